"""``xuanjian advise``: what to report on next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click
import msgspec

from pipeline import clock
from pipeline.cli.audits import JUDGING, AskedReport, audit_options
from pipeline.cli.progress import progress_line

if TYPE_CHECKING:
    from pipeline.coverage.advice import Advice

__all__ = ["advise_command"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("advise")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--today", type=_DAY, help="Give advice as of this day (default: today).")
@click.option("-n", "--most", type=click.IntRange(1, 1000), default=20, show_default=True,
              help="Suggestions to print.")  # fmt: skip
@audit_options
def advise_command(asked: AskedReport, as_json: bool, today: datetime | None, most: int) -> None:
    """Print what to report on next, most urgent first, with reason, office, units and deadline.

    From blank and thin themes, duties overdue or coming due, days the plan names, sentences of the
    plan that nobody answered, and units never interviewed.

    \b
    Examples:
      xuanjian advise --period 2025Q2
      xuanjian advise --today 2025-04-01 -n 10 --json
    """
    from pipeline.coverage.answer_evidence import plan_parts
    from pipeline.coverage.gather import coverage_report

    day = (today.date() if today else clock.today()).isoformat()
    with asked.open() as (session, stored, options), progress_line(JUDGING) as progress:
        coverage = coverage_report(session, stored, options, progress)
        advice: Advice = plan_parts(session, stored, options, coverage, day, most=most).advice
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(advice), indent=1))
        return
    from rich.console import Console

    from pipeline.reports.duties_terminal import print_advice

    print_advice(advice, coverage, Console())
