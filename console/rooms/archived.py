"""Archived pages 网页存档: what was printed, made harmless, and the bytes that were saved.

Hides: that crawled HTML is never served as it is from this site. The page is written anew without
anything that runs or loads (``pipeline.reports.saved_document``) and sent with a policy of its own
that lets nothing run in any case; the saved bytes go out as a download only.
"""

from __future__ import annotations

import hashlib
import re

from litestar.enums import MediaType
from litestar.response import Response
from sqlalchemy.orm import Session

from console.archive_pages import archived_page
from console.desk import Desk
from console.language import _
from console.pages import page
from pipeline.coverage.publications import Publication
from pipeline.errors import XuanjianError
from pipeline.genre import carrier_of
from pipeline.news import NewsItem
from pipeline.reports.ledger import LedgerLine
from pipeline.reports.saved_document import saved_document
from pipeline.saved_pages import SavedPage
from pipeline.store.folding import publisher_of, reprints_of
from pipeline.store.items import items_by_id
from pipeline.store.runs import known_sources
from pipeline.store.stories import story_of
from pipeline.store.story_links import came_by

__all__ = ["ROUTES"]

_STYLE = re.compile(r"style-src '(sha256-[A-Za-z0-9+/=]+)'")
_BYTES = {"text/html": "html", "application/pdf": "pdf", "application/json": "json"}


@page("/archived/{item:str}", "", api=False)
def archived(desk: Desk, item: str) -> Response[str]:
    """The archived page, or the stored words where none was saved."""
    with desk.begin() as session:
        line, told = _line(session, item)
        runs = _runs(session, item)
    saved = archived_page(desk.workspace.archive, told.url, runs)
    document, _kind = saved_document(line, saved, told.text)
    allowed = _STYLE.search(document)
    style = f"style-src '{allowed[1]}'" if allowed else "style-src 'none'"
    return Response(
        document,
        media_type=MediaType.HTML,
        headers={
            "content-security-policy": f"default-src 'none'; {style}; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'; "
            "sandbox",
            "referrer-policy": "no-referrer",
        },
    )


@page("/archived/{item:str}/bytes", "", api=False)
def archived_bytes(desk: Desk, item: str) -> Response[bytes]:
    """The saved bytes as a download, whose SHA-256 anybody may work out again."""
    with desk.begin() as session:
        told = _line(session, item)[1]
        runs = _runs(session, item)
    saved = archived_page(desk.workspace.archive, told.url, runs)
    if saved is None:
        raise XuanjianError(
            _("这条刊发没有网页存档"),
            "archived-missing",
            _("导入或登记的报道没有网页；采集时没有存档的也没有。"),
        )
    name = hashlib.sha256(item.encode()).hexdigest()[:16]
    return Response(
        saved.body,
        media_type="application/octet-stream",
        headers={
            "content-disposition": f'attachment; filename="{name}.{_ending(saved)}"',
            "content-security-policy": "default-src 'none'; sandbox",
            "digest": f"sha-256={saved.sha256}",
        },
    )


def _ending(saved: SavedPage) -> str:
    kind = saved.content_type.partition(";")[0].strip().lower()
    return _BYTES.get(kind, "bin")


def _line(session: Session, item: str) -> tuple[LedgerLine, NewsItem]:
    """The item as a line of a ledger that has no number yet."""
    items = items_by_id(session, [item])
    if item not in items:
        raise XuanjianError(
            _("没有编号为 %(item)s 的刊发记录") % {"item": item[:64]},
            "item-missing",
            _("请从报道页面打开。"),
        )
    told = items[item]
    reprint = reprints_of(session, [item]).get(item)
    sites = {source.id: source.name for source in known_sources(session)}
    publication = Publication(
        item=item,
        story=story_of(session, [item]).get(item, ""),
        original=reprint is None,
        reprint_of=reprint.outlet if reprint else "",
        edits=reprint.edits if reprint else (),
        title=told.title,
        day=(told.date or "")[:10],
        outlet=publisher_of(told, reprint, sites) or sites.get(told.source, ""),
        level=told.level,
        carrier=carrier_of(told),
        column=" ".join(filter(None, (told.page, told.column))),
        author=told.author,
        url=told.url,
    )
    return LedgerLine(0, publication, "", "", "", ""), told


def _runs(session: Session, item: str) -> tuple[int, ...]:
    came = came_by(session, [item])[item]
    return tuple(dict.fromkeys(run for run in (came.changed_run, came.run) if run))


ROUTES = [archived, archived_bytes]
