"""What an office answers about a gap 宣传空白核实: five answers, each with another cure.

Hides: how an answer is written on a sheet, what makes it whole, and what of it is kept. Of a piece of work that is not
for publication 不宜公开 only the answer is kept; the grounds stay where they are 依据另存.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from pipeline.errors import BadInput, XuanjianError
from pipeline.plan.marks import mark_in_cell
from pipeline.text import comparable, squeeze

__all__ = [
    "CHOICE_HINTS",
    "CHOICE_NAMES",
    "CURES",
    "AnswerChoice",
    "ThemeAnswer",
    "choice_of",
    "made_answer",
]

AnswerChoice = Literal["published", "unused", "unpublicised", "undone", "not_public"]

CHOICE_NAMES: dict[AnswerChoice, str] = {
    "published": "已刊发未收录",
    "unused": "已报送未采用",
    "unpublicised": "已开展未宣传",
    "undone": "未开展",
    "not_public": "不宜公开（依据另存）",
}
"""Answers as officers read them, in the order of the sheet."""

CHOICE_HINTS: dict[AnswerChoice, str] = {
    "published": "须填佐证：媒体、日期、链接或版面",
    "unused": "填报送日期和栏目",
    "unpublicised": "填开展的工作和日期",
    "undone": "填计划开展的时间",
    "not_public": "不填内容，依据由科室另存",
}

CURES: dict[AnswerChoice, str] = {
    "published": "请登记该刊发记录并附佐证，复核后重新核算；登记以前状态不变",
    "unused": "工作已做、稿件已报：与编发单位沟通采用，或改写后再报",
    "unpublicised": "工作已做，缺的是宣传：安排采写和报送",
    "undone": "工作还没有做，不是宣传问题：先督促落实，再安排宣传",
    "not_public": "已说明，不再催报",
}
"""The next step each answer asks for."""

_LONGEST = 2_000
_NUMBER = re.compile(r"\s*[（(]?([1-5])[）).、．]?(?!\d)")


class ThemeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One office's answer about one theme and period."""

    theme: str
    choice: AnswerChoice
    office: str
    proof: str = ""
    """Outlet, day, address or page of what was published; '' for 不宜公开."""
    note: str = ""
    by: str = ""
    """Who answered."""
    day: str = ""
    """When, ISO 8601; '' where the sheet does not say."""
    taken_in_by: str = ""
    taken_in_at: str = ""

    @property
    def excused(self) -> bool:
        """Whether the gap is explained 已说明 and nothing more is asked."""
        return self.choice == "not_public"


def made_answer(
    theme: str,
    choice: AnswerChoice,
    office: str,
    *,
    proof: str = "",
    note: str = "",
    by: str = "",
    day: str = "",
) -> ThemeAnswer:
    """An answer as it is kept: of 不宜公开 nothing but the answer.

    Raises:
        BadInput: ``inquiry-answer`` without an office, or 已刊发 without what proves it.
        XuanjianError: ``document-secret`` where something bears a mark of secrecy.
    """
    if mark := next(filter(None, map(mark_in_cell, (proof, note, office, by))), ""):
        raise XuanjianError(
            f"not taken in: what was given is marked “{mark}”",
            "document-secret",
            "Marked information does not belong in this system.",
        )
    if not squeeze(office):
        raise BadInput("没有写明答复科室", "inquiry-answer", "Name the office.")
    if choice == "published" and not proof.strip():
        raise BadInput(
            "已刊发的须写明媒体、日期、链接或版面", "inquiry-answer", "Fill in the proof 佐证."
        )
    kept = choice != "not_public"
    return ThemeAnswer(
        theme=theme,
        choice=choice,
        office=squeeze(office)[:200],
        proof=proof.strip()[:_LONGEST] if kept else "",
        note=note.strip()[:_LONGEST] if kept else "",
        by=squeeze(by)[:100],
        day=day,
    )


def choice_of(written: str) -> AnswerChoice | None:
    """The answer a cell holds, by name or by number; None for anything else.

    >>> choice_of("2. 已报送未采用"), choice_of("不宜公开"), choice_of("4"), choice_of("无")
    ('unused', 'not_public', 'undone', None)
    """
    number = _NUMBER.fullmatch(written.strip())
    if number:
        return list(CHOICE_NAMES)[int(number[1]) - 1]
    said = comparable(_NUMBER.sub("", written, count=1))
    for code, name in CHOICE_NAMES.items():
        if said.startswith(comparable(name.partition("（")[0])):
            return code
    return None
