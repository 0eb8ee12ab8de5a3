"""How points, and what a plan leaves open about them, are put before an officer."""

from __future__ import annotations

from decimal import Decimal

from pipeline.coverage.readings import OpenQuestion
from pipeline.reports.wording import clean, made_words

__all__ = ["points_words", "question_words"]


def points_words(points: Decimal | float) -> str:
    """Points with the two places they are counted in, none where they are whole.

    >>> points_words(Decimal("12.00")), points_words(Decimal("-0.50")), points_words(16.0)
    ('12', '-0.50', '16')
    """
    said = f"{points:.2f}".removesuffix(".00")
    return "0" if said == "-0" else said


def question_words(question: OpenQuestion) -> str:
    """An open question with the reading taken and those that could be."""
    where = f"计分说明{question.note}：" if question.note else ""
    asked = f"{where}{clean(question.question, 200)}"
    if question.reading is None:
        return f"{asked}——没有据此计分，由人定"
    taken = "默认" if question.is_default else "选定"
    if question.by:
        taken = f"{clean(question.by, 20)}{made_words(question.at)[:10]}选定"
    others = "；".join(f"{other.code} {other.words}" for other in question.others)
    reading = f"{question.reading.words}（{taken}，{question.slug}={question.reading.code}"
    return f"{asked}——本表按：{reading}；另可：{others}）"
