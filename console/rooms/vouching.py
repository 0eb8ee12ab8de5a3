"""People's words 确认齐全: a column looked at by hand, from its page or its medium's; given and taken back.

Hides: where a word is given that comes with a file or pasted links, which are shown before they are
stored. Who vouches is who is signed in.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

import msgspec
from sqlalchemy.orm import Session

from console.days import day_of
from console.desk import Desk
from console.language import _
from console.pages import Changed, change
from console.rooms.news_import import CARRIERS, ENDINGS, HandIn, keep_for_preview
from console.uploads import LARGEST
from pipeline.clock import today
from pipeline.errors import BadInput
from pipeline.store.media import sign_days, vouch_for_column
from pipeline.store.runs import known_sources
from pipeline.store.vouching import (
    Vouch,
    crawled_source,
    refuse_days,
    take_back,
    trail_given,
    trail_taken,
)

__all__ = ["ROUTES", "VouchForm", "vouch_form"]


class VouchForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed to vouch for days on a page."""

    medium: str
    """A registered medium's name, or a crawled source's id."""
    columns: tuple[str, ...]
    """Of the crawled source; none for a registered medium."""
    column: str
    """The one chosen at first."""
    latest: str
    """The last day that is over."""
    carriers: dict[str, str]
    endings: tuple[str, ...]
    largest: int
    """Megabytes."""


class Vouching(HandIn, frozen=True, kw_only=True):
    """Vouch for days, with what was found or without; ``empty`` says that nothing was published."""

    first: Annotated[str, msgspec.Meta(min_length=1, max_length=10)]
    last: Annotated[str, msgspec.Meta(min_length=1, max_length=10)]
    medium: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    empty: bool = False


class TakeBack(msgspec.Struct, frozen=True, kw_only=True):
    """Take a word back."""

    why: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


def vouch_form(medium: str, columns: tuple[str, ...] = (), column: str = "") -> VouchForm:
    """The form for a medium, or for the columns of a source."""
    return VouchForm(
        medium=medium,
        columns=columns,
        column=column if column in columns else "",
        latest=(today() - timedelta(days=1)).isoformat(),
        carriers={str(key): _(word) for key, word in CARRIERS.items()},
        endings=ENDINGS,
        largest=LARGEST // 1_000_000,
    )


@change("/vouched", role="editor", upload=True)
def vouch(desk: Desk, given: Vouching) -> Changed:
    """Vouch that all a column published on some days is stored; with a file or pasted links it is
    shown what storing them would do before anything is stored."""
    if not given.note.strip():
        raise BadInput(_("请写明怎样核对的"), "form-value", _("这句话会和确认一起保留。"))
    window = (day_of(given.first), day_of(given.last))
    refuse_days(window, today())
    medium = given.medium.strip()
    if given.empty and (given.column or given.brings_news):
        raise BadInput(
            _("“没有刊发”只能用于登记的媒体，不能同时交来报道"),
            "form-value",
            _("请去掉其中一样再提交。"),
        )
    if given.brings_news:
        if given.column:
            with desk.begin() as session:
                crawled_source(session, medium, given.column)
        return keep_for_preview(desk, given)
    by, note = desk.account.display, given.note.strip()
    with desk.begin() as session:
        if given.column:
            said = vouch_for_column(
                session, medium, given.column, window, by, note=note, today=today()
            )
        else:
            said, _count = sign_days(
                session, medium, window, by, empty=given.empty, note=note, today=today()
            )
        trail_given(session, desk.visitor.actor(), said)
        told = _("已确认齐全：%(days)s") % {"days": _days(said)}
        return Changed(said=told, to=_place(desk, session, said))


@change("/vouched/{number:int}/withdraw", role="editor")
def withdraw(desk: Desk, number: int, given: TakeBack) -> Changed:
    """Take a word back, with the reason; it is kept, and its days no longer count as complete."""
    if not given.why.strip():
        raise BadInput(_("请写明理由"), "form-value", _("撤回的理由会保留。"))
    with desk.begin() as session:
        taken = take_back(session, number, desk.account.display, given.why.strip())
        trail_taken(session, desk.visitor.actor(), taken)
        said = _("%(days)s 的确认已撤回") % {"days": _days(taken)}
        return Changed(said=said, to=_place(desk, session, taken))


def _days(said: Vouch) -> str:
    return "—".join(dict.fromkeys((said.first, said.last)))


def _place(desk: Desk, session: Session, said: Vouch) -> str:
    """The page that shows the word."""
    source = next(one for one in known_sources(session) if one.id == said.source)
    if source.channel == "register":
        return f"/media/months{desk.asked.query(medium=source.name)}#words"
    return f"/sources/{quote(source.id)}{desk.asked.query(year=said.first[:4])}#words"


ROUTES = [vouch, withdraw]
