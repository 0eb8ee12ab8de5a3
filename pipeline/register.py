"""Submissions 报送信息: what offices handed in, and where it was printed or used.

Hides: what makes rows of a register the same piece, and which name of an office means which office
of the plan. 报送 handed in, 采用 taken up and 刊发 printed are three events: a submission says what
was handed in, its adoptions where it was printed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import msgspec

from pipeline.news import Level
from pipeline.plan.model import Office
from pipeline.text import comparable, squeeze

__all__ = [
    "Adoption",
    "LeaderEvent",
    "Register",
    "RowTrouble",
    "Submission",
    "parts_of",
    "with_days_checked",
    "with_plan_offices",
]

_EARLIEST = "1980-01-01"
"""Days before it are typing errors: no register of a department goes back so far."""
_SEPARATOR = re.compile(r"[、；;，,/\n]")


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """Where a submission was printed or used 采用."""

    outlet: str
    level: Level = "other"
    position: str = ""
    """头版头条, 转载 and so on, as written."""
    day: str = ""
    """ISO 8601; '' where only the day of handing in is known, which then stands for it."""
    proof: str = ""
    """佐证: the id of the crawled item a person confirmed it by, or a number of one's own."""


class LeaderEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A leader's 批示, or a 约稿 that was done or not: that it was, when, and where its proof is.

    Never the text of a 批示.
    """

    what: str
    """Level and kind, such as 市领导批示 or 约稿不报."""
    day: str = ""
    """ISO 8601; '' where the day of handing in stands for it."""
    proof: str = ""
    """Number under which the proof is kept."""

    def __str__(self) -> str:
        more = "，".join(filter(None, (self.day, self.proof)))
        return f"{self.what}（{more}）" if more else self.what


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """One thing an office handed in 报送信息."""

    file: str
    row: int
    """Where it is registered 登记处."""
    offices: tuple[str, ...]
    """Who handed it in; several share the byline 合写, the first counts it towards its quota."""
    day: str
    """When it was handed in, ISO 8601."""
    title: str
    column: str
    """The column or channel 栏目 it was handed in for."""
    words: int | None = None
    """As an office suite counts; None where not given."""
    adopted: tuple[Adoption, ...] = ()
    authors: tuple[str, ...] = ()
    story: str = ""
    """What makes two rows the same piece 同一稿件; '' lets the title say it."""
    events: tuple[LeaderEvent, ...] = ()

    @property
    def place(self) -> str:
        """File and row, as officers read them."""
        return f"{self.file} 第{self.row}行" if self.row else self.file

    @property
    def first_used(self) -> str:
        """The day of the first of its adoptions (ISO 8601); '' where there is none."""
        return min((use.day or self.day for use in self.adopted), default="")

    @property
    def story_key(self) -> str:
        """The same for all rows about one piece."""
        return comparable(self.story) or comparable(self.title)


class RowTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """A row that cannot be counted, and why."""

    file: str
    row: int
    column: str
    """Name of the column as the file has it."""
    what: str

    def __str__(self) -> str:
        row = f" 第{self.row}行" if self.row else ""
        return f"{self.file}{row}「{self.column}」：{self.what}"


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """What tables of submissions held, and how they were understood."""

    submissions: tuple[Submission, ...] = ()
    troubles: tuple[RowTrouble, ...] = ()
    remarks: tuple[str, ...] = ()
    """How the files were understood, and what of them was not read."""

    def __add__(self, other: Register) -> Register:
        return Register(
            submissions=self.submissions + other.submissions,
            troubles=self.troubles + other.troubles,
            remarks=self.remarks + other.remarks,
        )


def parts_of(written: str) -> tuple[str, ...]:
    """The names in a cell that holds several.

    >>> parts_of("综合科、高新科/办公室")
    ('综合科', '高新科', '办公室')
    """
    return tuple(part for part in map(squeeze, _SEPARATOR.split(written)) if part)


def with_plan_offices(register: Register, offices: Sequence[Office]) -> Register:
    """The register with offices as the plan calls them; who is not in the plan is a trouble.

    A cell may name several (综合科、高新科): they share the byline. A plan that names no office
    leaves names as they are written.
    """
    called = {
        comparable(name): office.name
        for office in reversed(offices)
        for name in (*office.aliases, office.name)
    }
    kept: list[Submission] = []
    troubles = list(register.troubles)
    for submission in register.submissions:
        written = "、".join(submission.offices)
        names = (written,) if comparable(written) in called else parts_of(written)
        if not names:
            what = f"“{written[:20]}”里没有科室的名称"
            troubles.append(
                RowTrouble(file=submission.file, row=submission.row, column="责任科室", what=what)
            )
            continue
        unknown = next((n for n in names if called and comparable(n) not in called), "")
        if unknown:
            troubles.append(
                RowTrouble(
                    file=submission.file,
                    row=submission.row,
                    column="责任科室",
                    what=f"方案中没有“{unknown}”；" + _nearest(unknown, called),
                )
            )
            continue
        settled = tuple(dict.fromkeys(called.get(comparable(name), name) for name in names))
        kept.append(msgspec.structs.replace(submission, offices=settled))
    return msgspec.structs.replace(register, submissions=tuple(kept), troubles=tuple(troubles))


def with_days_checked(register: Register, today: str, term: tuple[str, str] | None) -> Register:
    """The register without what is said to happen after ``today``, which is a trouble; with a remark
    on what lies outside the plan's term.

    Args:
        today: ISO 8601.
        term: the plan's first and last day; None where it gives none.
    """
    kept: list[Submission] = []
    troubles, remarks = list(register.troubles), list(register.remarks)
    for one in register.submissions:
        days = [("报送日期", one.day), *(("采用日期", use.day) for use in one.adopted)]
        days += [("批示日期", event.day) for event in one.events]
        column, last = max(days, key=lambda named: named[1])
        early_in, first = min((d for d in days if d[1]), key=lambda named: named[1])
        if last > today or first < _EARLIEST:
            late = last > today
            column = column if late else early_in
            what = f"{last}还没有到（今天{today}）" if late else f"{first}早得不像真的"
            troubles.append(RowTrouble(file=one.file, row=one.row, column=column, what=what))
            continue
        kept.append(one)
        if term and not term[0] <= one.day <= term[1]:
            remarks.append(
                f"{one.place} {one.day}不在方案期内（{term[0]}至{term[1]}），登记但不计分"
            )
    return Register(submissions=tuple(kept), troubles=tuple(troubles), remarks=tuple(remarks))


def _nearest(name: str, called: dict[str, str]) -> str:
    close = difflib.get_close_matches(comparable(name), called, n=3, cutoff=0.3)
    names = dict.fromkeys(called[key] for key in close)
    return (
        f"相近的有：{'、'.join(names)}"
        if names
        else f"方案有：{'、'.join(dict.fromkeys(called.values()))}"
    )
