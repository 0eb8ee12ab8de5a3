"""``xuanjian inquiry``: offices are asked about gaps before they are called gaps."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path

import click
import msgspec

from pipeline import steps
from pipeline.cli.audits import JUDGING, AskedReport, audit_options
from pipeline.cli.progress import progress_line
from pipeline.config import Workspace, replacing
from pipeline.coverage.assemble import period_report
from pipeline.coverage.inquiry import InquiryKey, inquiry_of, newest_answers, settled_answers
from pipeline.errors import BadInput
from pipeline.inquiry_files import AnswerSheet, read_answers
from pipeline.reports.inquiry_wording import answer_words
from pipeline.reports.wording import clean, full_title
from pipeline.store.inquiry import add_answers
from pipeline.store.plans import get_plan

__all__ = ["inquiry_command"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("inquiry")
def inquiry_command() -> None:
    """Ask offices about gaps before they are called gaps, and take in what they answer."""


@inquiry_command.command("export")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Sheet to write: .docx or .xlsx.",
)
@click.option("--answer-by", type=_DAY, help="Last day to answer (default: in a week).")
@audit_options
def export(asked: AskedReport, output: Path, answer_by: datetime | None) -> None:
    """Write the sheet 宣传空白核实单 about every theme that is not covered.

    For each it says what was checked and who answers for it; the office chooses one of: published
    but missed, handed in but not used, done but not publicised, not done, not for publication.

    \b
    Example:
      xuanjian inquiry export --period 2025-03 --answer-by 2025-04-10 -o 核实单.docx
    """
    from pipeline.reports.docx.inquiry import write_inquiry
    from pipeline.reports.xlsx.inquiry import write_inquiry_workbook

    kind = output.suffix.lower()
    if kind not in (".docx", ".xlsx"):
        raise BadInput(f"no sheet is written as {output}", "inquiry-kind", "Use .docx or .xlsx.")
    template = Workspace.open(asked.workspace).template
    with asked.open() as opened, progress_line(JUDGING) as progress:
        report = period_report(*opened, progress)
        day = answer_by.date().isoformat() if answer_by else ""
        inquiry = inquiry_of(opened[1].plan, report, day)
    report = msgspec.structs.replace(report, inquiry=inquiry)
    with replacing(output) as temporary:
        if kind == ".docx":
            write_inquiry(report, temporary, template)
        else:
            write_inquiry_workbook(report, temporary)
    click.echo(f"Written: {output} ({len(inquiry.items)} themes, answer by {inquiry.answer_by})")


@inquiry_command.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True)
)
@click.option("--by", default="", help="Who takes the answers in (default: your login name).")
@click.option("--preview", is_flag=True, help="Only show what would be stored.")
@click.option("--leave-out", is_flag=True, help="Store the rest where rows cannot be read.")
@click.pass_obj
def take_in(
    workspace: Path, files: tuple[Path, ...], by: str, preview: bool, leave_out: bool
) -> None:
    """Take in filled sheets: .xlsx, .csv or .docx. All of them are stored, or none.

    A later answer follows an earlier one; the report shows the newest of every theme and office.
    Of 不宜公开 only the answer is kept, no details.

    \b
    Examples:
      xuanjian inquiry import 综合科.docx 高新科.xlsx --preview
      xuanjian inquiry import 综合科.docx 高新科.xlsx --by 王芳
    """
    sheets = [(path, read_answers(path)) for path in files]
    for _, sheet in sheets:
        for line in (*sheet.remarks, *map(str, sheet.troubles)):
            click.echo(clean(line, 300), err=True)
    troubles = sum(len(sheet.troubles) for _, sheet in sheets)
    if troubles and not (leave_out or preview):
        raise BadInput(
            f"{troubles} answers cannot be read",
            "inquiry-rows",
            "Mend the rows named above, or store the rest: --leave-out.",
        )
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        for path, sheet in sheets:
            key = InquiryKey.of(sheet.mark, path.name)
            stored = get_plan(session, key.plan)
            answers = settled_answers(stored.plan, key, sheet.answers, path.name)
            if preview:
                for answer in answers:
                    click.echo(f"{answer.theme}　{answer_words(answer)}")
            else:
                add_answers(
                    session,
                    stored,
                    key.scheme,
                    key.period,
                    answers,
                    by=by or getpass.getuser(),
                    file=path.name,
                )
            click.echo(_told(path, sheet, preview))


def _told(path: Path, sheet: AnswerSheet, preview: bool) -> str:
    done = "可存" if preview else "已存"
    return (
        f"{path.name}：{done}答复{len(sheet.answers)}项，未答复{sheet.unanswered}项，"
        f"读不出{len(sheet.troubles)}项"
    )


@inquiry_command.command("list")
@audit_options
def list_answers(asked: AskedReport) -> None:
    """Show who answered what about a period's gaps, and who has not answered."""
    with asked.open() as opened, progress_line(JUDGING) as progress:
        report = period_report(*opened, progress)
    by_theme: dict[str, list[str]] = {}
    for answer in newest_answers(report.answers):
        by_theme.setdefault(answer.theme, []).append(answer_words(answer))
    for theme in report.worst_first():
        said = by_theme.get(theme.id, [])
        if said or theme.state != "covered":
            click.echo(f"{full_title(theme)}：{' '.join(said) or '尚未答复'}")
