"""What a plan's scoring notes leave open 方案未明确，待定口径, and how it is read.

Hides: which readings an open question has, which of them is taken unless somebody chooses another,
and how a choice is written (``boundary=higher``). The default gives the fewest points where the
wording allows two figures (a boundary belongs to the lower band), and otherwise adds nothing that
the plan does not say: no cap, no offsetting, no splitting into months.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import msgspec

from pipeline.errors import BadInput
from pipeline.plan.model import ScoringRule
from pipeline.plan.openquestions import ChosenReading, left_open

__all__ = ["READINGS", "OpenQuestion", "Reading", "Readings", "asked_by", "open_questions"]

READINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "boundary": (
        ("lower", "恰为界限字数的稿件计入低一档"),
        ("higher", "恰为界限字数的稿件计入高一档"),
    ),
    "cap-scope": (
        ("office", "上限按科室分别计算"),
        ("bureau", "上限按全局合计，先采用的先计"),
    ),
    "cap-span": (("year", "上限按全年计算"), ("month", "上限按月计算")),
    "surplus": (
        ("none", "超报不抵补少报"),
        ("months", "同一栏目各月之间超报抵补少报"),
        ("columns", "同一月内各栏目之间超报抵补少报"),
    ),
    "deduction-time": (("month", "按期扣分"), ("year", "年终合并计算")),
    "deduction-floor": (("none", "扣分没有下限"), ("zero", "扣分以扣完该科室本期得分为止")),
    "bonus-cap": (
        ("none", "方案没有写上限的加分不设上限"),
        ("N", "方案没有写上限的加分每科室每年至多 N 分（写数字）"),
    ),
    "repeat": (
        ("each", "同一稿件多家采用的加分，每家各计"),
        ("once", "同一稿件多家采用的加分，只计最高的一次"),
    ),
    "special": (("instead", "只计专项的分"), ("both", "专项的分与一般的分都计")),
    "over-target": (("counted", "超过分解分值的得分计入"), ("limited", "得分计到分解分值为止")),
    "multipliers": (("highest", "只取最高的一项倍数"), ("product", "各项倍数连乘")),
    "joint": (
        ("split", "合写稿件的分由各科室均分"),
        ("first", "合写稿件的分全归排在首位的科室"),
        ("each", "合写稿件的分各科室都计全分"),
    ),
    "several-uses": (
        ("each", "同一稿件多家采用，每家各计"),
        ("highest", "同一稿件多家采用，只计最高的一次"),
    ),
    "stages": (
        ("instead", "采用的分包含报送的分，采用时补足"),
        ("both", "报送的分与采用的分都计"),
    ),
    "contribution": (
        ("printed", "“投稿”以刊发为准"),
        ("handed-in", "“投稿”以报送为准，不论是否刊发"),
    ),
}
"""Question -> its readings as (code, words), the default first."""

_QUESTIONS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile("恰为.*字时计入哪一档"), ("boundary",)),
    (re.compile("上限按科室计还是按全局合计"), ("cap-scope", "cap-span")),
    (re.compile("超报部分能否抵补"), ("surplus",)),
    (re.compile("按月扣分还是年终"), ("deduction-time", "deduction-floor")),
    (re.compile("加分有无上限"), ("bonus-cap", "repeat")),
    (re.compile("是否另计.*的分"), ("special",)),
    (re.compile("超过分解分值时是否计入"), ("over-target",)),
    (re.compile("加倍条件同时符合时是否连乘"), ("multipliers",)),
    (re.compile("哪些稿件按人数分摊"), ("joint",)),
)
"""How ``pipeline.plan.openquestions`` words a question -> what has to be chosen."""
_AMOUNT = "bonus-cap"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One way to read an open question."""

    code: str
    words: str


class OpenQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question of one note, the reading taken, and the others that could be."""

    note: int
    """Number of the scoring note, from 1; 0 where the question is about all of them."""
    question: str
    slug: str = ""
    """'' where no reading can be chosen: nothing was counted under these words."""
    reading: Reading | None = None
    is_default: bool = True
    others: tuple[Reading, ...] = ()
    by: str = ""
    """Who chose the reading for the plan; '' for a default and for a choice of this one sheet."""
    at: str = ""
    """When, in UTC, ISO 8601."""


@dataclass(frozen=True)
class Readings:
    """The readings chosen; what is not chosen has its default."""

    chosen: tuple[tuple[str, str], ...] = ()
    signed: tuple[ChosenReading, ...] = ()
    """Choices stored for the plan, with who and when."""

    @classmethod
    def stored(cls, choices: Sequence[ChosenReading], written: Iterable[str] = ()) -> Readings:
        """The readings chosen for a plan, those of this one sheet (``slug=code``) before them.

        Raises:
            BadInput: ``reading-unknown``.
        """
        now = cls.of(written)
        own = dict(now.chosen)
        kept = tuple(one for one in choices if one.question not in own)
        both = (*own.items(), *((one.question, one.choice) for one in kept))
        return cls(cls.of(f"{slug}={code}" for slug, code in both).chosen, kept)

    @classmethod
    def of(cls, written: Iterable[str]) -> Readings:
        """The readings written as ``slug=code``.

        >>> Readings.of(["boundary=higher"]).code("boundary"), Readings().code("boundary")
        ('higher', 'lower')

        Raises:
            BadInput: ``reading-unknown``; names what there is.
        """
        chosen: dict[str, str] = {}
        for choice in written:
            slug, _, code = choice.partition("=")
            codes = [known for known, _ in READINGS.get(slug, ())]
            if not codes:
                raise _unknown(choice, "Questions are " + ", ".join(READINGS) + ".")
            if code not in codes and not (slug == _AMOUNT and _amount(code) is not None):
                raise _unknown(choice, f"For {slug} there is " + ", ".join(codes) + ".")
            if code == "N":
                raise _unknown(choice, f"Write a number of points, such as {slug}=10.")
            if chosen.get(slug, code) != code:
                raise _unknown(choice, f"{slug} was chosen as {chosen[slug]} before.")
            chosen[slug] = code
        return cls(tuple(sorted(chosen.items())))

    def code(self, slug: str) -> str:
        """The code taken for a question of ``READINGS``."""
        return dict(self.chosen).get(slug, READINGS[slug][0][0])

    @property
    def bonus_cap(self) -> Decimal | None:
        """Points a year an office may get in bonuses without a cap of their own; None for any."""
        return _amount(self.code(_AMOUNT))

    def line(self, note: int, question: str, slug: str) -> OpenQuestion:
        """What a sheet prints about one question."""
        code = self.code(slug)
        signed = next((one for one in self.signed if one.question == slug), None)
        words = dict(READINGS[slug])
        shown = words.get(code) or words["N"].replace("N", code).replace("（写数字）", "")
        return OpenQuestion(
            note=note,
            question=question,
            slug=slug,
            reading=Reading(code=code, words=shown),
            is_default=code == READINGS[slug][0][0],
            others=tuple(
                Reading(code=other, words=text) for other, text in READINGS[slug] if other != code
            ),
            by=signed.by if signed else "",
            at=signed.at if signed else "",
        )


def _amount(code: str) -> Decimal | None:
    if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", code):
        return None
    try:
        return Decimal(code)
    except InvalidOperation:
        return None


def _unknown(choice: str, hint: str) -> BadInput:
    return BadInput(f"no reading {choice!r}", "reading-unknown", hint)


def asked_by(note: ScoringRule) -> tuple[str, ...]:
    """The questions of a note: those its plan file keeps, and those its wording raises anyway.

    A question that was taken out of a plan file is still asked, because a plan file has no place
    for the answer: the choice must stand on the sheet.
    """
    kept = list(note.open_questions)
    slugs = {slug for question in kept for slug in _slugs(question)}
    raised = [q for q in left_open(note.text, note.rule) if q not in kept]
    return (*kept, *(q for q in raised if not _slugs(q) or not slugs.issuperset(_slugs(q))))


def open_questions(
    notes: Sequence[ScoringRule], readings: Readings, further: Sequence[str] = ()
) -> tuple[OpenQuestion, ...]:
    """Every question of the notes with the reading taken, in the order of the notes.

    Args:
        further: questions of ``READINGS`` that no note asks but the submissions raise.
    """
    found: list[OpenQuestion] = []
    for number, note in enumerate(notes, 1):
        for question in asked_by(note):
            slugs = _slugs(question)
            found += [readings.line(number, question, slug) for slug in slugs]
            if not slugs:
                found.append(OpenQuestion(note=number, question=question))
    asked = {line.slug for line in found}
    found += [readings.line(0, _FURTHER[slug], slug) for slug in further if slug not in asked]
    return tuple(found)


_FURTHER = {
    "contribution": "“投稿”按报送计还是按刊发计",
    "several-uses": "同一稿件多家采用是否重复计分",
    "stages": "采用的稿件，报送的分是否另计",
    "joint": "几个科室合写的稿件怎样计分",
    "multipliers": "几项加倍条件同时符合时是否连乘",
}


def _slugs(question: str) -> tuple[str, ...]:
    return next((slugs for pattern, slugs in _QUESTIONS if pattern.search(question)), ())
