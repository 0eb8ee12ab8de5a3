"""How a gap is put before the office that is asked about it, and how its answer is shown."""

from __future__ import annotations

from pipeline.coverage.inquiry import Inquiry, InquiryItem
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import STATE_NAMES, CoverageReport
from pipeline.errors import BadInput
from pipeline.inquiry import CHOICE_NAMES, CURES, ThemeAnswer
from pipeline.reports.wording import clean

__all__ = ["answer_words", "found_words", "inquiry_in", "offices_words"]


def inquiry_in(report: CoverageReport) -> Inquiry:
    """The inquiry a report carries.

    Raises:
        BadInput: ``inquiry-missing``.
    """
    found = report.inquiry if isinstance(report, PeriodReport) else None
    if found is None:
        raise BadInput(
            "the report carries no inquiry",
            "inquiry-missing",
            "Write it with: xuanjian inquiry export -o SHEET.docx.",
        )
    return found


def offices_words(item: InquiryItem) -> str:
    """Who is asked, and whether the plan says so."""
    if not item.offices:
        return "方案未写明，请办公室指定"
    names = "、".join(clean(office, 40) for office in item.offices)
    return f"{names}（按科室重点推荐，方案未写明）" if item.proposed else names


def found_words(item: InquiryItem) -> str:
    """State, figures and reason of an item."""
    at_most = "" if item.at_most is None else f"，抽查推算至多{item.at_most}篇"
    figures = f"已核实{item.verified}篇，标准{item.bar}篇，机器待核{item.machine}篇{at_most}"
    return f"{STATE_NAMES[item.state]}：{figures}。{clean(item.reason, 300)}"


def answer_words(answer: ThemeAnswer) -> str:
    """What an office answered, and the next step it asks for; of 不宜公开 no details."""
    who = clean(answer.office, 40)
    if answer.excused:
        return f"{who}已说明：{CHOICE_NAMES[answer.choice]}。"
    told = "；".join(filter(None, (clean(answer.proof, 200), clean(answer.note, 200))))
    said = f"{who}答复：{CHOICE_NAMES[answer.choice]}" + (f"（{told}）" if told else "")
    return f"{said}。{CURES[answer.choice]}。"
