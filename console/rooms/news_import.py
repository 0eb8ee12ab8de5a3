"""News handed in 人工登记: tables, lists of links and bulletins, shown before they are stored.

Hides: where a file lies between its preview and its storing, and when storing is long work.
"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from litestar.datastructures import UploadFile

from console.days import day_of
from console.desk import Desk
from console.jobs import start_job
from console.language import N_, _
from console.pages import Changed, change, page
from console.problem import FormAgain, Trouble
from console.uploads import (
    LARGEST,
    Upload,
    drop_upload,
    keep_upload,
    keep_words,
    kept_upload,
    looked_at,
)
from pipeline import steps
from pipeline.clock import today
from pipeline.errors import BadInput
from pipeline.news import NewsItem
from pipeline.news_files import ItemFile, item_of_cells
from pipeline.store.runs import known_sources
from pipeline.store.vouching import trail_given, vouches

__all__ = ["CARRIERS", "ENDINGS", "ROUTES", "Carrier", "HandIn", "keep_for_preview"]

Carrier = Literal["", "website", "newspaper", "television", "radio", "wechat", "app", "bulletin"]

CARRIERS: dict[Carrier, str] = {
    "": N_("按文件所写"),
    "newspaper": N_("报纸"),
    "television": N_("电视"),
    "radio": N_("广播"),
    "wechat": N_("微信公众号"),
    "app": N_("客户端"),
    "website": N_("网站"),
    "bulletin": N_("内部简报"),
}
ENDINGS = (".xlsx", ".csv", ".jsonl", ".ndjson", ".txt", ".docx")
_PURPOSE = "news"
_TEMPLATE = "import.html.j2"
_SHOWN = 200
_LONG = 3000
"""Items whose storing takes longer than somebody likes to wait for a page: about 5 s."""
_PASTED = 200_000

Medium = Annotated[str, msgspec.Meta(max_length=100)]
Short = Annotated[str, msgspec.Meta(max_length=100)]
Day = Annotated[str, msgspec.Meta(max_length=10)]


class ImportPage(msgspec.Struct, frozen=True, kw_only=True):
    """What can be handed in."""

    medium: str
    carriers: dict[str, str]
    endings: tuple[str, ...]
    largest: int
    """Megabytes."""
    carrier: Carrier = ""
    pasted: str = ""
    """What was pasted, when it is shown again."""


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for all items of a file; with days, who is signed in vouches that it is all."""

    medium: Medium = ""
    """A medium's name; the id of a crawled source, where there is a ``column``."""
    carrier: Carrier = ""
    column: Short = ""
    """That of the crawled source, which no crawl can read."""
    first: Day = ""
    last: Day = ""
    note: Annotated[str, msgspec.Meta(max_length=300)] = ""
    """How it was checked that it is all."""

    def query(self, desk: Desk) -> str:
        """The choices as the query of an address."""
        told = {name: str(getattr(self, name)).strip() for name in Choices.__struct_fields__}
        return desk.asked.query(**told)

    def vouched(self, desk: Desk) -> steps.Vouched | None:
        """The word that comes with the file.

        Raises:
            BadInput: ``form-value``.
        """
        if not (self.first or self.last or self.column):
            return None
        first, last = day_of(self.first).isoformat(), day_of(self.last).isoformat()
        return steps.Vouched(first, last, desk.account.display, self.column, self.note.strip())


class HandIn(Choices, frozen=True, kw_only=True):
    """A file, or what was pasted."""

    file: UploadFile | None = None
    pasted: Annotated[str, msgspec.Meta(max_length=_PASTED)] = ""

    @property
    def has_file(self) -> bool:
        """Whether a file was chosen: a browser sends one without a name where none was."""
        return self.file is not None and bool(self.file.filename)

    @property
    def brings_news(self) -> bool:
        """Whether there is anything to store."""
        return self.has_file or bool(self.pasted.strip())


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An item as it would be stored; ``doubts`` are what a person should look at."""

    title: str
    date: str
    outlet: str
    carrier: str
    place: str
    """版次 or 栏目."""
    length: str
    url: str
    text: int
    """Characters of its text; 0 for a title alone."""
    doubts: tuple[str, ...]


class PreviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """What storing a file would do; nothing is stored yet."""

    mark: str
    name: str
    chosen: Choices
    medium: str
    """Its name."""
    carrier_name: str
    days: tuple[str, str] | None
    """First and last day for which whoever stores it vouches that it is all; None for none."""
    back: str
    """Address of the page on which it was handed in."""
    items: int
    new: int
    known: int
    changed: int
    doubtful: int
    remarks: tuple[str, ...]
    """What was left out, or could not be read."""
    rows: tuple[Row, ...]
    """Doubtful ones first, then the others in their order; not all of a long file."""
    trouble: Trouble | None
    """Why it cannot be stored; None where it can."""


class Store(Choices, frozen=True, kw_only=True):
    """Store what was shown, with the same choices."""


class ItemPage(msgspec.Struct, frozen=True, kw_only=True):
    """A form for one item."""

    medium: str
    carriers: dict[str, str]


class OneItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item typed in."""

    medium: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    date: Annotated[str, msgspec.Meta(max_length=10)]
    outlet: Short = ""
    carrier: Carrier = ""
    page: Short = ""
    column: Short = ""
    words: Annotated[str, msgspec.Meta(max_length=9)] = ""
    seconds: Annotated[str, msgspec.Meta(max_length=12)] = ""
    author: Short = ""
    url: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    text: Annotated[str, msgspec.Meta(max_length=_PASTED)] = ""


@page("/import", _TEMPLATE, role="editor")
def import_page(desk: Desk, medium: Medium = "") -> ImportPage:  # noqa: ARG001 - renders it
    """Choose a file or paste links; with ``medium`` all items are of that medium."""
    return _import_page(medium)


@change("/import", role="editor", upload=True)
def hand_in(desk: Desk, given: HandIn) -> Changed:
    """Keep a file, or pasted text, for its preview; nothing is stored."""
    try:
        return keep_for_preview(desk, given)
    except BadInput as error:
        filled = _import_page(given.medium, given.carrier, given.pasted)
        raise FormAgain(error, _TEMPLATE, filled) from error


def keep_for_preview(desk: Desk, given: HandIn) -> Changed:
    """Keep what was handed in, and lead to its preview.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        kept = _kept(desk, given)
        with looked_at(desk, _PURPOSE, kept):
            steps.read_files([kept.path], given.carrier)
    except BadInput as error:
        raise _refused(given, error) from error
    return Changed(said=_("请核对后再存入"), to=f"/import/{kept.mark}{given.query(desk)}")


@page("/import/{mark:str}", "import_preview.html.j2", role="editor")
def preview_page(desk: Desk, mark: str, chosen: Choices) -> PreviewPage:
    """What would be stored: new, known, changed; each row, the doubtful ones first."""
    kept = kept_upload(desk, _PURPOSE, mark)
    file = steps.read_files([kept.path], chosen.carrier)
    vouched = chosen.vouched(desk)
    trouble = None
    new = known = changed = 0
    remarks = file.remarks
    try:
        done = steps.preview_items(desk.store, file, chosen.medium, vouched)
        new, known, changed = done.added.new, done.added.known, done.added.changed
        remarks = done.remarks
    except BadInput as error:
        trouble = Trouble.of(error, desk.workspace.path)
    day = today().isoformat()
    medium = _name_of(desk, chosen)
    rows = [_row(item, medium, day) for item in file.items]
    doubtful = [row for row in rows if row.doubts]
    shown = (doubtful + [row for row in rows if not row.doubts])[:_SHOWN]
    return PreviewPage(
        mark=mark,
        name=kept.name,
        chosen=chosen,
        medium=medium,
        carrier_name=_(CARRIERS[chosen.carrier]),
        days=(vouched.first, vouched.last) if vouched else None,
        back=_handed_in_on(desk, chosen),
        items=len(rows),
        new=new,
        known=known,
        changed=changed,
        doubtful=len(doubtful),
        remarks=remarks[:_SHOWN],
        rows=tuple(shown),
        trouble=trouble,
    )


@change("/import/{mark:str}/store", role="editor")
def store(desk: Desk, mark: str, given: Store) -> Changed:
    """Store what was shown: all of it or nothing."""
    kept = kept_upload(desk, _PURPOSE, mark)
    medium = given.medium.strip()
    file = steps.read_files([kept.path], given.carrier)
    vouched = given.vouched(desk)
    after = {"medium": _name_of(desk, given), "carrier": given.carrier, "items": len(file.items)}
    if vouched:
        after |= {"column": vouched.column, "days": f"{vouched.first}—{vouched.last}"}
    if len(file.items) > _LONG:
        steps.preview_items(desk.store, file, medium, vouched)  # what is refused is refused here
        words = ["import", str(kept.path)]
        words += [f"--medium={medium}"] if medium else []
        words += [f"--carrier={given.carrier}"] if given.carrier else []
        if vouched:
            words += [f"--column={vouched.column}"] if vouched.column else []
            words += ["--complete", vouched.first, vouched.last]
            words += [f"--by={vouched.by}", f"--note={vouched.note}"]
        with desk.begin() as session:
            desk.record(session, "news.import", kept.name, after=after)
        job = start_job(desk, "import", *words)
        return Changed(said=_("条目多，在后台存入"), to=f"/jobs/{job.id}")
    done = steps.import_items(desk.store, file, kept.name, medium, vouched)
    with desk.begin() as session:
        desk.record(session, "news.import", kept.name, after={**after, "run": done.run})
        for said in vouches(session, runs=[done.run]):
            trail_given(session, desk.visitor.actor(), said)
    drop_upload(desk, _PURPOSE, mark)
    return Changed(
        said=_told(done.added.new, done.added.known, done.added.changed), to=f"/runs/{done.run}"
    )


@change("/import/{mark:str}/discard", role="editor")
def discard(desk: Desk, mark: str) -> Changed:
    """Give a file up; nothing of it was stored."""
    drop_upload(desk, _PURPOSE, mark)
    return Changed(said=_("已放弃，没有存入"), to="/import", tone="note")


@page("/media/item", "media_item.html.j2", role="editor")
def item_page(desk: Desk, medium: Medium = "") -> ItemPage:  # noqa: ARG001 - renders it
    """A form for one item of a medium."""
    return ItemPage(medium=medium, carriers=_carriers())


@change("/media/item", role="editor")
def add_item(desk: Desk, given: OneItem) -> Changed:
    """Register one item of a medium."""
    day = day_of(given.date)
    cells = msgspec.structs.asdict(given)
    medium = cells.pop("medium").strip()
    item = item_of_cells({**cells, "date": day.isoformat(), "outlet": given.outlet or medium})
    if not item.title or not medium:
        raise BadInput(_("标题和媒体不能是空白"), "form-value", _("请填写。"))
    file = steps.on_carrier(ItemFile((item,)), given.carrier)
    done = steps.import_items(desk.store, file, _("手工登记"), medium)
    with desk.begin() as session:
        desk.record(
            session, "media.item", medium, after={"title": item.title, "date": item.date or ""}
        )
    more = desk.asked.query(medium=medium)
    return Changed(
        said=_told(done.added.new, done.added.known, done.added.changed), to=f"/media/item{more}"
    )


def _name_of(desk: Desk, chosen: Choices) -> str:
    """What the medium is called, which a crawled source is told by its id."""
    if not chosen.column:
        return chosen.medium
    with desk.begin() as session:
        names = {one.id: one.name for one in known_sources(session)}
    return names.get(chosen.medium, chosen.medium)


def _handed_in_on(desk: Desk, chosen: Choices) -> str:
    if chosen.column:
        return f"/sources/{quote(chosen.medium)}"
    words = desk.asked.query(medium=chosen.medium)
    return f"/media/months{words}" if chosen.first else f"/import{words}"


def _import_page(medium: str, carrier: Carrier = "", pasted: str = "") -> ImportPage:
    return ImportPage(
        medium=medium,
        carriers=_carriers(),
        endings=ENDINGS,
        largest=LARGEST // 1_000_000,
        carrier=carrier,
        pasted=pasted,
    )


def _kept(desk: Desk, given: HandIn) -> Upload:
    if given.file is not None and given.has_file:
        return keep_upload(desk, _PURPOSE, given.file, ENDINGS)
    if given.pasted.strip():
        name = f"{_('粘贴的链接')}.txt"
        return keep_words(desk, _PURPOSE, name, given.pasted.encode())
    raise BadInput(_("没有选择文件，也没有粘贴内容"), "form-file", _("请选一样。"))


def _refused(given: HandIn, error: BadInput) -> BadInput:
    """Why what was handed in cannot be taken; of what was pasted without links not that it is no
    bulletin, as which such a text is read."""
    if not given.has_file and error.slug == "not-a-bulletin":
        return BadInput(
            _("粘贴的内容里没有读到链接"),
            error.slug,
            _("每条写标题和以 http:// 或 https:// 开头的链接，可带日期。"),
        )
    return error


def _row(item: NewsItem, medium: str, day: str) -> Row:
    doubts = []
    if "date_unreadable" in item.flags:
        doubts.append(_("日期读不出，不会计入任何时段"))
    elif not item.date:
        doubts.append(_("没有日期，不会计入任何时段"))
    elif item.date[:10] > day:
        doubts.append(_("日期还没到"))
    if not (item.outlet or medium):
        doubts.append(_("没有写刊发媒体"))
    if len(item.title) < 4:
        doubts.append(_("标题很短"))
    place = " ".join(part for part in (item.page, item.column) if part)
    length = _("%(n)s 字") % {"n": item.words} if item.words else ""
    if item.seconds:
        length = _("%(n)s 秒") % {"n": item.seconds}
    return Row(
        title=item.title[:500],
        date=(item.date or "")[:10],
        outlet=(item.outlet or medium)[:100],
        carrier=item.carrier,
        place=place[:100],
        length=length,
        url=item.url,
        text=len(item.text),
        doubts=tuple(doubts),
    )


def _told(new: int, known: int, changed: int) -> str:
    return _("新增 %(new)s 条，已有 %(known)s 条，更新 %(changed)s 条") % {
        "new": new,
        "known": known,
        "changed": changed,
    }


def _carriers() -> dict[str, str]:
    return {str(key): _(word) for key, word in CARRIERS.items()}


ROUTES = [
    import_page,
    hand_in,
    preview_page,
    store,
    discard,
    item_page,
    add_item,
]
