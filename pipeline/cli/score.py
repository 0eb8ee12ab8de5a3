"""``xuanjian score``: points of offices from the register of their submissions."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import add
from pathlib import Path

import click

from pipeline.errors import BadInput

__all__ = ["score_command"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("score")
@click.option(
    "--plan",
    "plan_path",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Plan file (.toml) or document with the scoring notes.",
)
@click.option(
    "--submissions",
    "files",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Register of submissions, .xlsx or .csv; may be given again.",
)
@click.option("--from", "first", type=_DAY, help="First day of the period.")
@click.option("--to", "last", type=_DAY, help="Last day of the period.")
@click.option(
    "--period",
    default="",
    help="A year, quarter or month: 2025, 2025Q2, 2025-03 (default: the register's months).",
)
@click.option(
    "--reading",
    "choices",
    multiple=True,
    help="How to read an open question, such as boundary=higher; may be given again.",
)
@click.option("--preview", is_flag=True, help="Only show how the register is understood.")
@click.option("--leave-out", is_flag=True, help="Count without the rows that cannot be read.")
@click.option("--json", "as_json", is_flag=True, help="Print the scorecard as JSON.")
def score_command(
    plan_path: Path,
    files: tuple[Path, ...],
    first: datetime | None,
    last: datetime | None,
    period: str,
    choices: tuple[str, ...],
    preview: bool,
    leave_out: bool,
    as_json: bool,
) -> None:
    """Print the points of every office under the plan's own rules, each point with its derivation.

    The register names office, day, title and column of what was handed in, and words, outlets,
    level, position, authors, 批示 where there are any. Give what was handed in since the plan's
    term began: caps and offsets are counted from there. What the plan leaves open is printed with
    the reading taken; --reading chooses another. Nothing is stored.

    \b
    Examples:
      xuanjian score --plan plan.toml --submissions 3月.xlsx --preview
      xuanjian score --plan plan.toml --submissions 3月.xlsx --period 2017-03
      xuanjian score --plan plan.toml --submissions 全年.csv --reading cap-scope=bureau --json
    """
    from pipeline.cli import steps
    from pipeline.coverage.periods import make_period, parse_period
    from pipeline.coverage.readings import Readings
    from pipeline.coverage.scoring import score, span_of
    from pipeline.register import with_plan_offices
    from pipeline.register_files import read_register

    if period and (first or last):
        raise click.UsageError("--period excludes --from and --to")
    if bool(first) != bool(last):
        raise click.UsageError("--from and --to go together")
    if preview and as_json:
        raise click.UsageError("--preview excludes --json")
    readings = Readings.of(choices)
    span = parse_period(period) if period else None
    if first and last:
        span = make_period(first.date(), last.date())
    plan = steps.read_plan_file(plan_path).plan
    if not plan.scoring:
        raise BadInput(
            f"{plan_path} has no scoring notes", "plan-without-scoring", "Name another plan."
        )
    register = with_plan_offices(reduce(add, map(read_register, files)), plan.offices)
    if preview:
        from rich.console import Console

        from pipeline.reports.scorecard_terminal import print_register

        print_register(register, Console())
        return
    for remark in register.remarks:
        click.echo(remark, err=True)
    if register.troubles and not leave_out:
        for trouble in register.troubles:
            click.echo(str(trouble), err=True)
        raise BadInput(
            f"{len(register.troubles)} rows of the register cannot be counted",
            "register-rows",
            "Mend the rows named above, or count without them: --leave-out.",
        )
    span = span or span_of(plan, register.submissions)
    if span is None:
        raise BadInput(
            "no submission lies in the plan's term, and no period was given",
            "period-needed",
            "Give --period 2025-03, or --from and --to.",
        )
    sheet = score(plan, register, span, readings)
    if as_json:
        click.echo(sheet.to_json(), nl=False)
        return
    from rich.console import Console

    from pipeline.reports.scorecard_terminal import print_scorecard

    print_scorecard(sheet, Console())
