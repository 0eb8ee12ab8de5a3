"""Changes of the register: entered, corrected, used, noted, withdrawn, imported with a preview.

Hides: how what was typed becomes a record, and that nothing of a table is stored before somebody saw
what it would change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
from litestar.datastructures import UploadFile
from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import _
from console.pages import Changed, change, page
from console.problem import FormAgain
from console.rooms.register import named_plan, names_told, office_names, seen_mark, today
from console.uploads import drop_upload, keep_upload, kept_upload, looked_at
from pipeline.errors import BadInput, XuanjianError
from pipeline.register import RowTrouble, Submission
from pipeline.register_history import Registered
from pipeline.registering import (
    entered_event,
    entered_submission,
    entered_use,
    read_registers,
    settled,
)
from pipeline.reports.register_terminal import change_words
from pipeline.store.printings import decide_printing
from pipeline.store.register import (
    adopt,
    correct,
    get_registered,
    note_event,
    restore,
    take_in,
    what_would_change,
    withdraw,
)

__all__ = ["ROUTES"]

PURPOSE = "register"
UPLOAD_TEMPLATE = "register_import.html.j2"
ENDINGS = (".csv", ".xlsx")
SHOWN = 200
"""Rows of each kind that a preview shows; it counts all of them."""

Line = Annotated[str, msgspec.Meta(max_length=100)]
Title = Annotated[str, msgspec.Meta(max_length=300)]
Reason = Annotated[str, msgspec.Meta(max_length=300)]
Day = Annotated[str, msgspec.Meta(max_length=10)]
Count = Annotated[str, msgspec.Meta(pattern=r"^\d{0,7}$")]
Mark = Annotated[str, msgspec.Meta(max_length=16)]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A submission as it is typed; several offices or authors stand with 、 between them."""

    offices: Title
    day: Day
    title: Title
    column: Line
    words: Count = ""
    authors: Title = ""
    story: Line = ""


class Correction(Entry, frozen=True, kw_only=True):
    """A submission put right, with the reason."""

    why: Reason
    seen: Mark
    drop_uses: tuple[int, ...] = ()
    """Uses that were none, by their place from 0."""
    drop_events: tuple[int, ...] = ()


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """Where a submission was used 采用."""

    outlet: Line
    level: Line = ""
    day: Day = ""
    position: Line = ""
    proof: Line = ""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A 批示 or 约稿: level and kind, never its text."""

    what: Line
    day: Day = ""
    proof: Line = ""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a crawled item is a printing of the submission."""

    item: Line
    same: bool = False


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """The reason of a change."""

    why: Reason


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table to take in."""

    file: UploadFile


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """That what was previewed shall be stored."""

    leave_out: bool = False
    """Go on without the rows that cannot be read."""


class EntryPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a form for one submission offers."""

    offices: tuple[str, ...]
    columns: tuple[str, ...]
    today: str


class UploadPage(msgspec.Struct, frozen=True, kw_only=True):
    """What tables may be handed in."""

    endings: tuple[str, ...]
    heads: tuple[str, ...]
    """Names of the columns that are read."""


class Changing(msgspec.Struct, frozen=True, kw_only=True):
    """A registered piece that a table changes."""

    place: str
    title: str
    what: str


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """A new row that looks like a registered piece of another day."""

    place: str
    title: str
    day: str
    registered: str
    """The registered piece's day."""


class PreviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a table would change; nothing of it is stored yet. Lists show the first rows of each kind."""

    mark: str
    name: str
    new: tuple[Submission, ...]
    new_count: int
    changed: tuple[Changing, ...]
    changed_count: int
    known_count: int
    withdrawn: tuple[Submission, ...]
    withdrawn_count: int
    alike: tuple[Alike, ...]
    alike_count: int
    troubles: tuple[RowTrouble, ...]
    troubles_count: int
    remarks: tuple[str, ...]


@page("/register/add", "register_add.html.j2", role="editor")
def entry_page(desk: Desk) -> EntryPage:
    """A form for one submission."""
    with desk.begin() as session:
        offices, columns = names_told(desk, session)
    return EntryPage(offices=office_names(desk, offices), columns=columns, today=today())


@change("/register/add", role="editor")
def add(desk: Desk, given: Entry) -> Changed:
    """Register one submission."""
    one = settled(_typed(given), named_plan(desk), today())
    with desk.begin() as session:
        taken = take_in(session, [one], "add", desk.account.display, one.title[:80])
        if taken.withdrawn:
            raise XuanjianError(
                _("这件稿件登记过，已撤回"), "submission-exists", _("请在已撤回的稿件里恢复它。")
            )
        if taken.new or taken.changed:
            before = taken.changed[0][0] if taken.changed else None
            desk.record(session, "register.add", one.title[:80], before=before, after=one)
    if taken.known:
        return Changed(said=_("这件稿件已经登记，没有改动"), to="/register", tone="note")
    if taken.changed:
        return Changed(said=_("这件稿件已经登记，已按新填的更新"), to="/register")
    note = _("；另有同科室同栏目同题的稿件，请核对是否重复") if taken.alike else ""
    return Changed(said=_("已登记：") + one.title[:80] + note, to="/register")


@change("/register/{number:int}/adopt", role="editor")
def add_use(desk: Desk, number: int, given: Use) -> Changed:
    """Note where a submission was used; a use by the same outlet on the same day is renewed."""
    use = entered_use(**msgspec.structs.asdict(given), today=today())
    return _changed(
        desk, number, "adopt", _("已记采用"), lambda session, by: adopt(session, number, use, by)
    )


@change("/register/{number:int}/event", role="editor")
def add_event(desk: Desk, number: int, given: Event) -> Changed:
    """Note a 批示 or 约稿 about a submission."""
    event = entered_event(**msgspec.structs.asdict(given), today=today())
    return _changed(
        desk,
        number,
        "event",
        _("已记批示约稿"),
        lambda session, by: note_event(session, number, event, by),
    )


@change("/register/{number:int}/correct", role="editor")
def put_right(desk: Desk, number: int, given: Correction) -> Changed:
    """Correct a submission by hand; what it was is kept with the reason."""
    if not given.why.strip():
        raise BadInput(_("更正须写明理由"), "register-reason", _("请填写理由。"))
    typed = _typed(given)
    plan = named_plan(desk)

    def made(session: Session, by: str) -> Registered:
        old = get_registered(session, number).submission
        if seen_mark(old) != given.seen:
            raise XuanjianError(
                _("这件稿件刚被别人改过"), "submission-changed", _("请重新打开，看过以后再改。")
            )
        right = msgspec.structs.replace(
            typed,
            file=old.file,
            row=old.row,
            adopted=tuple(u for n, u in enumerate(old.adopted) if n not in given.drop_uses),
            events=tuple(e for n, e in enumerate(old.events) if n not in given.drop_events),
        )
        if right.offices != old.offices:
            right = settled(right, plan, today())
        return correct(session, number, right, by, given.why)

    return _changed(desk, number, "correct", _("已更正"), made, given.why)


@change("/register/{number:int}/withdraw", role="editor")
def take_out(desk: Desk, number: int, given: Why) -> Changed:
    """Withdraw a submission; it is kept and can be restored."""
    if not given.why.strip():
        raise BadInput(_("撤回须写明理由"), "register-reason", _("请填写理由。"))
    return _changed(
        desk,
        number,
        "withdraw",
        _("已撤回"),
        lambda session, by: withdraw(session, number, by, given.why.strip()),
        given.why,
    )


@change("/register/{number:int}/restore", role="editor")
def bring_back(desk: Desk, number: int) -> Changed:
    """Undo a withdrawal."""
    return _changed(
        desk, number, "restore", _("已恢复"), lambda session, by: restore(session, number, by)
    )


@change("/register/{number:int}/link", role="editor")
def link(desk: Desk, number: int, given: Link) -> Changed:
    """Say that a crawled item is a printing of the submission, which makes it a use, or that it is not."""
    said = _("已确认是刊发，记为采用") if given.same else _("已确认不是这件稿件")
    return _changed(
        desk,
        number,
        "link" if given.same else "unlink",
        said,
        lambda session, by: decide_printing(session, number, given.item, by, same=given.same),
        given.item,
    )


@page("/register/import", UPLOAD_TEMPLATE, role="editor")
def upload_page(desk: Desk) -> UploadPage:  # noqa: ARG001  # a page is rendered at a desk
    """Ask for a table."""
    return _upload_page()


@change("/register/import", role="editor", upload=True)
def upload(desk: Desk, given: Table) -> Changed:
    """Hand in a table; leads to the preview of what it would change."""
    try:
        kept = keep_upload(desk, PURPOSE, given.file, ENDINGS)
        with looked_at(desk, PURPOSE, kept):
            read_registers([kept.path], named_plan(desk), today())
    except BadInput as error:
        raise FormAgain(error, UPLOAD_TEMPLATE, _upload_page()) from error
    return Changed(said="", to=f"/register/import/{kept.mark}{desk.asked.query()}")


@page("/register/import/{mark:str}", "register_preview.html.j2", role="editor")
def preview(desk: Desk, mark: str) -> PreviewPage:
    """What a table would change."""
    kept = kept_upload(desk, PURPOSE, mark)
    register = read_registers([kept.path], named_plan(desk), today())
    with desk.begin() as session:
        would = what_would_change(session, register.submissions)
    changed = tuple(
        Changing(place=new.place, title=new.title, what=change_words(old, new))
        for old, new in would.changed[:SHOWN]
    )
    return PreviewPage(
        mark=mark,
        name=kept.name,
        new=would.new[:SHOWN],
        new_count=len(would.new),
        changed=changed,
        changed_count=len(would.changed),
        known_count=len(would.known),
        withdrawn=would.withdrawn[:SHOWN],
        withdrawn_count=len(would.withdrawn),
        alike=tuple(
            Alike(place=new.place, title=new.title, day=new.day, registered=old.day)
            for new, old in would.alike[:SHOWN]
        ),
        alike_count=len(would.alike),
        troubles=register.troubles[:SHOWN],
        troubles_count=len(register.troubles),
        remarks=register.remarks[:SHOWN],
    )


@change("/register/import/{mark:str}/confirm", role="editor")
def confirm(desk: Desk, mark: str, given: Confirmed) -> Changed:
    """Store what was previewed: all rows that can be read, or none."""
    kept = kept_upload(desk, PURPOSE, mark)
    register = read_registers([kept.path], named_plan(desk), today())
    if register.troubles and not given.leave_out:
        raise BadInput(
            _("%(n)s 行读不出来，整份没有导入") % {"n": len(register.troubles)},
            "register-rows",
            _("请改好表格重新上传，或勾选“不导入这些行”。"),
        )
    with desk.begin() as session:
        taken = take_in(session, register.submissions, "import", desk.account.display, kept.name)
        counts = {
            "new": len(taken.new),
            "changed": len(taken.changed),
            "known": len(taken.known),
            "withdrawn": len(taken.withdrawn),
            "left_out": len(register.troubles),
        }
        desk.record(session, "register.import", kept.name, after=counts)
    drop_upload(desk, PURPOSE, mark)
    said = _(
        "已导入：新增 %(new)s 件，更改 %(changed)s 件，已有 %(known)s 件，未导入 %(left_out)s 行"
    )
    return Changed(said=said % counts, to="/register")


@change("/register/import/{mark:str}/discard", role="editor")
def discard(desk: Desk, mark: str) -> Changed:
    """Give a table up; nothing of it is stored."""
    drop_upload(desk, PURPOSE, mark)
    return Changed(said=_("已放弃，什么也没有存"), to="/register/import", tone="note")


def _upload_page() -> UploadPage:
    from pipeline.register_files import REGISTER_COLUMNS

    return UploadPage(endings=ENDINGS, heads=tuple(names[0] for names in REGISTER_COLUMNS.values()))


def _typed(given: Entry) -> Submission:
    return entered_submission(
        offices=(given.offices,),
        day=given.day,
        title=given.title,
        column=given.column,
        words=int(given.words) if given.words else None,
        authors=tuple(given.authors.replace(",", "、").replace("，", "、").split("、")),
        story=given.story,
        today=today(),
    )


def _changed(
    desk: Desk,
    number: int,
    verb: str,
    said: str,
    make: Callable[[Session, str], Registered],
    why: str = "",
) -> Changed:
    """Change one piece, and write what it was and is into the trail."""
    with desk.begin() as session:
        before = get_registered(session, number)
        after = make(session, desk.account.display)
        told = f"{number} {before.submission.title[:80]}" + (f" · {why.strip()}" if why else "")
        desk.record(session, f"register.{verb}", told, before=_state(before), after=_state(after))
    return Changed(said=said, to=f"/register/{number}{desk.asked.query()}")


class _State(msgspec.Struct, frozen=True):
    submission: Submission
    withdrawn: bool


def _state(one: Registered) -> _State:
    return _State(one.submission, one.withdrawn)


ROUTES = [
    entry_page,
    add,
    add_use,
    add_event,
    put_right,
    take_out,
    bring_back,
    link,
    upload_page,
    upload,
    preview,
    confirm,
    discard,
]
