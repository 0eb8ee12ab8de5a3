"""``xuanjian report``: a period's report as files; signing, locking and what came after.

Hides: that files of an issued period are made from its locked record alone.
"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.audits import JUDGING, AskedReport, audit_options
from pipeline.cli.comparing import compare_options, with_comparison
from pipeline.cli.progress import progress_line
from pipeline.cli.signing import corrections, list_reports, sign, stages
from pipeline.config import Workspace
from pipeline.coverage.assemble import period_report

__all__ = ["report_command"]


@click.group("report", invoke_without_command=True)
@click.option("--format", "formats", default="html,xlsx,json", help="Comma-separated formats.")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Folder.")
@click.option("--live", is_flag=True, help="As things stand now, though the period be issued.")
@click.option("--version", type=click.IntRange(min=1), help="Of the issued versions (the newest).")
@click.option("--issue", type=click.IntRange(0), default=0, help="Number of the bulletin's issue.")
@click.option(
    "--heading", "headings", multiple=True, help="Column of the bulletin: THEME=HEADING; again."
)
@click.option(
    "--story", "stories", multiple=True, help="Story the bulletin prints; again. [the confirmed]"
)
@compare_options
@audit_options
def report_command(
    asked: AskedReport,
    formats: str,
    output: Path | None,
    live: bool,
    version: int | None,
    issue: int,
    headings: tuple[str, ...],
    stories: tuple[str, ...],
    compare: str,
    against: str,
) -> None:
    """Write a period's report as files; sign it, lock it, see what came after.

    A period whose report is issued is written from its locked record, with the same numbers for
    ever; what came later stands in the next period's report as 补录 and 更正.

    Formats: html, xlsx and json; docx, the 通报 in official layout; ledger, the 工作台账; evidence,
    the 佐证材料 numbered to it; csv; bulletin, a draft 科技简报 with the texts of confirmed stories;
    inquiry, the 宣传空白核实单 for the offices.

    \b
    Examples:
      xuanjian report --period 2025Q1 --format html,xlsx,docx -o out
      xuanjian report --period 2025-03 --format ledger,evidence,csv -o out
      xuanjian report --period 2025-03 --format bulletin --issue 7 -o out
      xuanjian report sign --period 2025-03 --to check --by 王芳
    """
    context = click.get_current_context()
    if context.invoked_subcommand:
        return
    if output is None:
        raise click.UsageError("Missing option '-o' / '--output': the folder to write to.")
    if live and version:
        raise click.UsageError("--live excludes --version")
    from pipeline.papers import with_bulletin, write_paper
    from pipeline.reports import FORMATS

    names = [name.strip() for name in formats.split(",")]
    workspace = Workspace.open(asked.workspace)
    with asked.open() as opened, progress_line(JUDGING) as progress:
        session, stored, options = opened
        locked = None if live else asked.locked(session, stored, options, version)
        report = locked.report if locked else period_report(session, stored, options, progress)
        report = with_comparison(report, opened, compare, against, progress)
        drafted = report
        if "bulletin" in names:
            # The draft is the bulletin's alone: a locked report's JSON stays what was signed.
            drafted = with_bulletin(session, workspace.settings, report, issue, headings, stories)
        # Unknown names first: they are refused before anything is written.
        for name in sorted(names, key=FORMATS.__contains__):
            made = drafted if name == "bulletin" else report
            path = write_paper(session, workspace, stored, options, made, locked, name, output)
            click.echo(f"Written: {path}")


for command in (sign, stages, list_reports, corrections):
    report_command.add_command(command)
