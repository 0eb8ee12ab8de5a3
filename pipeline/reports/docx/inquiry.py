"""宣传空白核实单 as a Word form: one table an item, with boxes to tick.

Hides: how the form is laid out; ``pipeline.inquiry_files`` reads it back by the same names.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.coverage.inquiry import InquiryItem
from pipeline.coverage.report import CoverageReport
from pipeline.inquiry import CHOICE_HINTS, CHOICE_NAMES
from pipeline.inquiry_files import COLUMNS, MARK
from pipeline.reports.docx.paper import Paper
from pipeline.reports.docx.themes import checked_words
from pipeline.reports.docx.wording import day_words, period_words
from pipeline.reports.inquiry_wording import found_words, inquiry_in, offices_words
from pipeline.reports.wording import clean, unchecked_note

__all__ = ["write_inquiry"]

_SHARES = (30, 126)
_BOX = "☐"


def write_inquiry(report: CoverageReport, path: Path, template: Path | None = None) -> None:
    """Write the form to ``path``, in the layout of ``template`` or our own.

    Raises:
        BadInput: ``inquiry-missing`` when the report carries none; what ``open_template`` raises.
    """
    inquiry = inquiry_in(report)
    paper = Paper(template, "宣传空白核实单", report.generated_at)
    paper.line("宣传空白核实单", "公文标题")
    paper.line(f"{clean(inquiry.title, 120)}　{period_words(report)}", "公文副标题")
    paper.line(f"{MARK}：{clean(inquiry.mark, 300)}", "公文表注")
    paper.line(
        f"以下{len(inquiry.items)}项在本期没有达标。认定空白以前，请责任科室于"
        f"{day_words(inquiry.answer_by) or '　月　日'}前核实答复：在一项答复左侧打√，只选一项；"
        "没有宣传和没有开展，下一步的做法不同，请如实选择。"
    )
    paper.line(f"核算范围：{checked_words(report)}{unchecked_note(report)}")
    for number, item in enumerate(inquiry.items, 1):
        paper.line(f"{number}．{clean(item.title, 120)}", "公文三级标题")
        paper.form(_rows(item), _SHARES)
    if not inquiry.items:
        paper.line("本期各项都已达标，没有需要核实的。")
    paper.save(path)


def _rows(item: InquiryItem) -> list[tuple[str, str]]:
    offices = item.offices[0] if item.offices else ""
    return [
        (COLUMNS["theme"], clean(item.theme, 64)),
        (COLUMNS["title"], clean(f"{item.number}{item.title}", 160)),
        ("责任科室", offices_words(item)),
        ("核算情况", found_words(item)),
        *((_BOX, f"{name}——{CHOICE_HINTS[code]}") for code, name in CHOICE_NAMES.items()),
        (COLUMNS["proof"], ""),
        (COLUMNS["note"], ""),
        (COLUMNS["office"], clean(offices, 40)),
        (COLUMNS["by"], ""),
        (COLUMNS["day"], ""),
    ]
