"""A draft 科技简报: red head, 领导批示 box, columns of pieces, and the foot 版记.

Hides: how an issue is laid out. Texts are printed as they are in the record, none is rewritten;
under every piece stands where it was published. 批示 is an empty box: its text is kept nowhere.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.coverage.bulletin_issue import BulletinIssue, BulletinPiece
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import CoverageReport
from pipeline.errors import BadInput
from pipeline.reports.docx.paper import Paper
from pipeline.reports.docx.wording import day_words
from pipeline.reports.wording import clean, safe_href, unchecked_note

__all__ = ["write_bulletin"]

_LONGEST_TEXT = 50_000
"""Characters of a text; a longer one is a broken page, not an article."""
_RED = "C00000"
_ENDS = "。！？…：；.!?"


def write_bulletin(report: CoverageReport, path: Path, template: Path | None = None) -> None:
    """Write the draft issue to ``path``, in the layout of ``template`` or our own.

    Raises:
        BadInput: ``bulletin-without-issue`` when the report carries none; what ``open_template``
            raises.
    """
    issue = report.bulletin if isinstance(report, PeriodReport) else None
    if issue is None:
        raise BadInput(
            "the report carries no issue of a bulletin",
            "bulletin-without-issue",
            "Write it with: xuanjian report --format bulletin.",
        )
    name = clean(issue.imprint.name, 30)
    paper = Paper(template, name, report.generated_at)
    _head(paper, issue, name)
    count = sum(len(column.pieces) for column in issue.columns)
    for column in issue.columns:
        paper.line(f"【{clean(column.heading, 60)}】", "简报栏目")
        for piece in column.pieces:
            _piece(paper, piece)
    if not count:
        paper.line("本期没有经人确认的报道可选。请先复核，或用 --story 指定篇目。")
    _foot(paper, issue)
    _remarks(paper, report, issue, count)
    paper.save(path)


def _head(paper: Paper, issue: BulletinIssue, name: str) -> None:
    imprint = issue.imprint
    if not issue.reviewer:
        paper.line("草稿（未经审核，不得印发）", "公文草稿")
    paper.line(" ".join(name), "简报报头")
    paper.line(f"第　{imprint.number or '　'}　期", "简报期号")
    day = day_words(imprint.day) if imprint.day else "年　月　日"
    paper.ends(clean(imprint.issuer, 40), day, "简报出版")
    paper.rule(_RED)
    paper.box("领导批示：", "简报批示", millimetres=26)


def _piece(paper: Paper, piece: BulletinPiece) -> None:
    title = clean(piece.title, 200).strip() or "（无标题）"
    text = clean(piece.text).strip()
    cut = len(text) > _LONGEST_TEXT
    first, *rest = [part for part in text[:_LONGEST_TEXT].split("\n") if part.strip()] or [""]
    paper.run_in(title if title[-1] in _ENDS else f"{title}。", first, "公文正文")
    if not text:
        paper.line("（没有采集到正文，请据报纸或节目补录原文。）")
    for part in rest:
        paper.whole(part)
    if cut:
        paper.line(f"（原文过长，至此 {_LONGEST_TEXT} 字，其后见来源。）")
    paper.line(_source(piece), "简报来源")


def _source(piece: BulletinPiece) -> str:
    """Where it was published, with its address as plain text."""
    where = clean(piece.outlet, 60) or "稿源不明"
    parts = [f"来源：{where}", day_words(piece.day) if piece.day else "日期不明"]
    if address := safe_href(piece.url):
        parts.append(address if len(address) <= 300 else f"{address[:300]}…")
    if piece.internal:
        parts.append("内部信息（简报），不作为媒体报道")
    return f"（{'，'.join(parts)}）"


def _foot(paper: Paper, issue: BulletinIssue) -> None:
    """版记; what nobody filled in stays blank."""
    imprint = issue.imprint
    paper.line("", "简报版记")
    paper.rule()
    paper.line(f"报：{clean(imprint.report_to, 400)}", "简报版记")
    paper.line(f"送：{clean(imprint.send_to, 400)}", "简报版记")
    paper.rule()
    paper.line(f"编辑：{clean(imprint.editor, 40)}", "简报版记")
    paper.line(f"审核：{clean(issue.reviewer, 40)}", "简报版记")
    paper.line(f"电话：{clean(imprint.phone, 40)}", "简报版记")
    paper.line(f"（共印 {imprint.copies or '　'} 份）", "简报版记")
    paper.rule()


def _remarks(paper: Paper, report: CoverageReport, issue: BulletinIssue, count: int) -> None:
    """For who edits the draft; it is no part of the issue."""
    masked = sum(piece.masked for column in issue.columns for piece in column.pieces)
    said = f"编辑说明（印发时删去）：共{count}篇，正文照录采集原文，未作改写"
    said += f"，遮盖电话号码{masked}处。" if masked else "。"
    if issue.left_out:
        titles = "；".join(clean(title, 40) for title in issue.left_out[:10])
        more = "等" if len(issue.left_out) > 10 else ""
        said += f"另有{len(issue.left_out)}篇已确认的报道未列入：{titles}{more}。"
    paper.line(f"{said}{unchecked_note(report)}", "公文表注")
