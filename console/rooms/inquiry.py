"""The inquiry 宣传空白核实单: which gaps are asked of whom, what was answered, and the sheet to send.

Hides: how gaps and answers come together, and which answers of a filled sheet are new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from litestar.datastructures import UploadFile
from litestar.response import Stream
from sqlalchemy.orm import Session

from console.desk import Desk
from console.downloads import download
from console.language import _
from console.pages import Changed, change, page
from console.period_choice import Choice, choice_of, period_words
from console.problem import FormAgain
from console.shown import StandingNote, plainly, said_of
from console.standing import standing_report
from console.uploads import drop_upload, keep_upload, kept_upload, looked_at
from pipeline.clock import today
from pipeline.config import replacing
from pipeline.coverage.inquiry import (
    Inquiry,
    InquiryItem,
    InquiryKey,
    inquiry_of,
    newest_answers,
    settled_answers,
)
from pipeline.errors import BadInput, XuanjianError
from pipeline.inquiry import (
    CHOICE_HINTS,
    CHOICE_NAMES,
    CURES,
    AnswerChoice,
    ThemeAnswer,
    made_answer,
)
from pipeline.inquiry_files import AnswerSheet, read_answers
from pipeline.plan.model import schemes
from pipeline.register import RowTrouble
from pipeline.reports.inquiry_wording import found_words, offices_words
from pipeline.store.inquiry import add_answers, answers_about
from pipeline.store.plans import StoredPlan, get_plan
from pipeline.text import comparable

__all__ = ["ROUTES"]

PURPOSE = "inquiry"
SHEET_TEMPLATE = "inquiry_import.html.j2"
ENDINGS = (".csv", ".docx", ".xlsx")

Name = Annotated[str, msgspec.Meta(max_length=200)]
Day = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
Text = Annotated[str, msgspec.Meta(max_length=1_000)]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One gap, who is asked about it, and what they answered."""

    item: InquiryItem
    whom: str
    found: str
    """State and figures, as the sheet says them."""
    answers: tuple[ThemeAnswer, ...]


class InquiryPage(msgspec.Struct, frozen=True, kw_only=True):
    """The gaps of a period, worst first."""

    title: str
    choice: Choice
    standing: StandingNote
    asked: tuple[Asked, ...]
    closed: tuple[ThemeAnswer, ...]
    """Answers about themes that are no gaps any more."""
    count: int
    """Of all gaps, whatever the filters."""
    unanswered: int
    offices: tuple[str, ...]
    office: str
    open: bool
    answer_by: str
    choices: dict[str, str]
    hints: dict[str, str]
    cures: dict[str, str]
    themes: dict[str, str]
    """Titles of the themes that answers name."""
    may_answer: bool
    today: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an office answers about one gap."""

    theme: Annotated[str, msgspec.Meta(max_length=64)]
    choice: AnswerChoice
    office: Name
    proof: Text = ""
    note: Text = ""
    by: Annotated[str, msgspec.Meta(max_length=100)] = ""
    day: Day = ""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A filled sheet."""

    file: UploadFile


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """That what was previewed shall be stored."""

    leave_out: bool = False
    """Go on without the answers that cannot be read."""


class SheetPage(msgspec.Struct, frozen=True, kw_only=True):
    """What sheets may be handed in."""

    endings: tuple[str, ...]


class Replaced(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that follows an earlier one of the same office."""

    old: ThemeAnswer
    new: ThemeAnswer


class SheetPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a filled sheet answers; nothing of it is stored yet."""

    mark: str
    name: str
    plan: str
    first: str
    last: str
    new: tuple[ThemeAnswer, ...]
    changed: tuple[Replaced, ...]
    known: int
    unanswered: int
    troubles: tuple[RowTrouble, ...]
    remarks: tuple[str, ...]
    choices: dict[str, str]
    themes: dict[str, str]


@page("/inquiry", "inquiry.html.j2")
def inquiry(desk: Desk, office: Name = "", open: bool = False) -> InquiryPage:
    """What is asked of whom about the period's gaps, and their answers; ``open`` leaves out what is
    answered."""
    standing = standing_report(desk)
    report = standing.report
    sheet = _of_report(report.inquiry)
    by_theme: dict[str, list[ThemeAnswer]] = {}
    for answer in newest_answers(report.answers):
        by_theme.setdefault(answer.theme, []).append(answer)
    asked = [
        Asked(
            item=item,
            whom=offices_words(item),
            found=plainly(found_words(item)),
            answers=tuple(by_theme.get(item.theme, ())),
        )
        for item in sheet.items
    ]
    gaps = {item.theme for item in sheet.items}
    offices = tuple(dict.fromkeys(name for item in sheet.items for name in item.offices))
    return InquiryPage(
        title=report.plan.title,
        choice=choice_of(desk, standing),
        standing=said_of(standing),
        asked=tuple(
            one
            for one in asked
            if (not office or office in one.item.offices) and not (open and one.answers)
        ),
        closed=tuple(a for theme, told in by_theme.items() if theme not in gaps for a in told),
        count=len(asked),
        unanswered=sum(not one.answers for one in asked),
        offices=offices,
        office=office,
        open=open,
        answer_by=sheet.answer_by,
        choices=_words(CHOICE_NAMES),
        hints=_words(CHOICE_HINTS),
        cures=_words(CURES),
        themes=_titles(standing.stored, report.plan.scheme),
        may_answer=desk.account.may("editor"),
        today=today().isoformat(),
    )


@page("/inquiry/file/{kind:str}", "", api=False)
def inquiry_file(
    desk: Desk, kind: Literal["docx", "xlsx"], office: Name = "", answer_by: Day = ""
) -> Stream:
    """The sheet to send, for all offices or the gaps of one; ``answer_by`` is the last day."""
    from pipeline.reports.docx.inquiry import write_inquiry
    from pipeline.reports.xlsx.inquiry import write_inquiry_workbook

    standing = standing_report(desk)
    report = standing.report
    found = inquiry_of(standing.stored.plan, report, _day(answer_by))
    if office:
        items = tuple(item for item in found.items if office in item.offices)
        found = msgspec.structs.replace(found, items=items)
    made = msgspec.structs.replace(report, inquiry=found)

    def write(folder: Path) -> Path:
        path = folder / f"inquiry.{kind}"
        with replacing(path) as temporary:
            if kind == "docx":
                write_inquiry(made, temporary, desk.workspace.template)
            else:
                write_inquiry_workbook(made, temporary)
        return path

    parts = (_("宣传空白核实单"), office, period_words(report.period))
    return download(desk, "_".join(filter(None, parts)), write)


@change("/inquiry/answer", role="editor")
def answer(desk: Desk, given: Answer) -> Changed:
    """Take in one office's answer about one gap; a later answer follows an earlier one."""
    standing = standing_report(desk)
    sheet = _of_report(standing.report.inquiry)
    told = made_answer(
        given.theme,
        given.choice,
        given.office,
        proof=given.proof,
        note=given.note,
        by=given.by,
        day=_day(given.day),
    )
    period = (sheet.period.first, sheet.period.last)
    key = InquiryKey(sheet.plan, sheet.scheme, sheet.scheme_fingerprint, period)
    (settled,) = settled_answers(standing.stored.plan, key, [told], _("手工录入"))
    with desk.begin() as session:
        before = _held(session, standing.stored, key).get(_who(settled))
        add_answers(
            session,
            standing.stored,
            key.scheme,
            key.period,
            [settled],
            by=desk.account.display,
            file=_("手工录入"),
        )
        desk.record(session, "inquiry.answer", _subject(key), before=before, after=settled)
    return Changed(said=_("答复已记"), to=f"/inquiry{desk.asked.query()}#theme-{settled.theme}")


@page("/inquiry/import", SHEET_TEMPLATE, role="editor")
def sheet_page(desk: Desk) -> SheetPage:  # noqa: ARG001  # a page is rendered at a desk
    """Ask for a filled sheet."""
    return SheetPage(endings=ENDINGS)


@change("/inquiry/import", role="editor", upload=True)
def hand_in(desk: Desk, given: Sheet) -> Changed:
    """Hand in a filled sheet; leads to the preview of its answers."""
    try:
        kept = keep_upload(desk, PURPOSE, given.file, ENDINGS)
        with looked_at(desk, PURPOSE, kept), desk.begin() as session:
            _read(session, kept.path)
    except BadInput as error:
        raise FormAgain(error, SHEET_TEMPLATE, SheetPage(endings=ENDINGS)) from error
    return Changed(said="", to=f"/inquiry/import/{kept.mark}{desk.asked.query()}")


@page("/inquiry/import/{mark:str}", "inquiry_preview.html.j2", role="editor")
def sheet_preview(desk: Desk, mark: str) -> SheetPreview:
    """What a filled sheet answers, and which of it is new."""
    kept = kept_upload(desk, PURPOSE, mark)
    with desk.begin() as session:
        read = _read(session, kept.path)
    return SheetPreview(
        mark=mark,
        name=kept.name,
        plan=read.stored.plan.title or read.stored.name,
        first=read.key.period[0],
        last=read.key.period[1],
        new=read.new,
        changed=read.changed,
        known=read.known,
        unanswered=read.sheet.unanswered,
        troubles=read.sheet.troubles,
        remarks=read.sheet.remarks,
        choices=_words(CHOICE_NAMES),
        themes=_titles(read.stored, read.key.scheme),
    )


@change("/inquiry/import/{mark:str}/confirm", role="editor")
def confirm_sheet(desk: Desk, mark: str, given: Confirmed) -> Changed:
    """Store the answers that were previewed: all that can be read and are new, or none."""
    kept = kept_upload(desk, PURPOSE, mark)
    with desk.begin() as session:
        read = _read(session, kept.path)
        if read.sheet.troubles and not given.leave_out:
            raise BadInput(
                _("%(n)s 项答复读不出来，整份没有存") % {"n": len(read.sheet.troubles)},
                "inquiry-rows",
                _("请改好重新上传，或勾选“不存这些项”。"),
            )
        answers = (*read.new, *(one.new for one in read.changed))
        key = read.key
        by = desk.account.display
        add_answers(session, read.stored, key.scheme, key.period, answers, by=by, file=kept.name)
        before = [one.old for one in read.changed]
        desk.record(
            session,
            "inquiry.import",
            f"{_subject(key)} · {kept.name}",
            before=before,
            after=answers,
        )
    drop_upload(desk, PURPOSE, mark)
    said = _("已存答复 %(new)s 项，其中替代以前答复的 %(changed)s 项")
    return Changed(
        said=said % {"new": len(answers), "changed": len(before)},
        to=f"/inquiry{desk.asked.query()}",
    )


@change("/inquiry/import/{mark:str}/discard", role="editor")
def discard_sheet(desk: Desk, mark: str) -> Changed:
    """Give a sheet up; nothing of it is stored."""
    drop_upload(desk, PURPOSE, mark)
    to = f"/inquiry/import{desk.asked.query()}"
    return Changed(said=_("已放弃，什么也没有存"), to=to, tone="note")


@dataclass(frozen=True)
class _Read:
    """A filled sheet held against what is stored."""

    sheet: AnswerSheet
    key: InquiryKey
    stored: StoredPlan
    new: tuple[ThemeAnswer, ...]
    changed: tuple[Replaced, ...]
    known: int


def _read(session: Session, path: Path) -> _Read:
    sheet = read_answers(path)
    key = InquiryKey.of(sheet.mark, path.name)
    stored = get_plan(session, key.plan)
    held = _held(session, stored, key)
    new: list[ThemeAnswer] = []
    changed: list[Replaced] = []
    known = 0
    for one in newest_answers(settled_answers(stored.plan, key, sheet.answers, path.name)):
        old = held.get(_who(one))
        if old is None:
            new.append(one)
        elif msgspec.structs.replace(old, taken_in_by="", taken_in_at="") == one:
            known += 1
        else:
            changed.append(Replaced(old=old, new=one))
    return _Read(sheet, key, stored, tuple(new), tuple(changed), known)


def _held(
    session: Session, stored: StoredPlan, key: InquiryKey
) -> dict[tuple[str, str], ThemeAnswer]:
    """The newest answer of every theme and office."""
    told: Sequence[ThemeAnswer] = answers_about(session, stored, key.scheme, key.period)
    return {_who(one): one for one in newest_answers(told)}


def _who(one: ThemeAnswer) -> tuple[str, str]:
    return one.theme, comparable(one.office)


def _of_report(found: Inquiry | None) -> Inquiry:
    if found is None:
        raise XuanjianError(_("这份报告没有核实单"), "inquiry-missing", _("请看现在的数字。"))
    return found


def _titles(stored: StoredPlan, scheme: str) -> dict[str, str]:
    nodes = schemes(stored.plan).get(scheme, ())
    return {node.id: f"{node.number}{node.title}" for node in nodes}


def _words(names: dict[AnswerChoice, str]) -> dict[str, str]:
    return {str(code): words for code, words in names.items()}


def _day(written: str) -> str:
    """A day somebody chose; '' for none."""
    try:
        return date.fromisoformat(written).isoformat() if written else ""
    except ValueError as error:
        raise BadInput(
            _("没有这一天：") + written[:20], "day-unreadable", _("请改正日期。")
        ) from error


def _subject(key: InquiryKey) -> str:
    return f"{key.plan} {key.period[0]} – {key.period[1]}"


ROUTES = [
    inquiry,
    inquiry_file,
    answer,
    sheet_page,
    hand_in,
    sheet_preview,
    confirm_sheet,
    discard_sheet,
]
