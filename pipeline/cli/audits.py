"""``xuanjian coverage`` and ``xuanjian report``: the audit, on the terminal and in files."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from pipeline.cli import steps
from pipeline.cli.progress import progress_line
from pipeline.config import Workspace
from pipeline.coverage.assemble import period_report
from pipeline.coverage.gather import EVERY, AuditOptions, known_of
from pipeline.coverage.known import Known
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import make_period, parse_period
from pipeline.store.items import stored_days
from pipeline.store.plans import StoredPlan

__all__ = ["coverage_command", "make_known", "make_report", "report_command"]

_JUDGING = "核对属地和采访单位"
_DAY = click.DateTime(["%Y-%m-%d"])


def _audit_options(command: Callable[..., None]) -> Callable[..., Any]:
    """The options every verb about an audit has; the verb gets the report made of them."""

    @click.option("--plan", default="", help="Plan document or stored name.")
    @click.option("--scheme", default="", help="focus_area, chapter, section .. (default: main).")
    @click.option("--from", "first", type=_DAY, help="First day of the period.")
    @click.option("--to", "last", type=_DAY, help="Last day of the period.")
    @click.option("--period", default="", help="A year, quarter or month: 2025, 2025Q2, 2025-03.")
    @click.option("--bar", type=int, help="Stories a theme needs to count as covered.")
    @click.pass_context
    def wrapped(ctx: click.Context, /, **options: Any) -> None:
        chosen = {key: options.pop(key) for key in ("plan", "scheme", "first", "last", "period")}
        report = make_report(ctx.obj, bar=options.pop("bar"), **chosen)
        command(report, **options)

    return functools.update_wrapper(wrapped, command)


def make_report(
    workspace: Path,
    *,
    plan: str = "",
    scheme: str = "",
    first: datetime | None = None,
    last: datetime | None = None,
    period: str = "",
    bar: int | None = None,
    whole: bool = False,
    every: bool = False,
) -> PeriodReport:
    """Report on a plan of the workspace.

    With ``whole``, a plan that names no year is reported over everything that is stored; with
    ``every``, no story is left out of the list.
    """
    with (
        _asked(workspace, plan, scheme, (first, last), period, bar, whole) as asked,
        progress_line(_JUDGING) as progress,
    ):
        session, stored, options = asked
        most = EVERY if every else options.most
        return period_report(session, stored, replace(options, most=most), progress)


def make_known(
    workspace: Path,
    *,
    plan: str = "",
    scheme: str = "",
    first: datetime | None = None,
    last: datetime | None = None,
    period: str = "",
    bar: int | None = None,
) -> Known:
    """Everything the audit of a plan of the workspace rests on, with every story in full."""
    with (
        _asked(workspace, plan, scheme, (first, last), period, bar) as asked,
        progress_line(_JUDGING) as progress,
    ):
        session, stored, options = asked
        return known_of(session, stored, replace(options, most=EVERY), progress)


@contextmanager
def _asked(
    workspace: Path,
    plan: str,
    scheme: str,
    days: tuple[datetime | None, datetime | None],
    period: str,
    bar: int | None,
    whole: bool = False,
) -> Iterator[tuple[Session, StoredPlan, AuditOptions]]:
    """An open transaction, the plan and the options that a person's words mean."""
    first, last = days
    if period and (first or last):
        raise click.UsageError("--period excludes --from and --to")
    if bool(first) != bool(last):
        raise click.UsageError("--from and --to go together")
    span = parse_period(period) if period else None
    if first and last:
        span = make_period(first.date(), last.date())
    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
        options = AuditOptions.of(place.settings)
        with store.begin() as session:
            if span is None and whole and stored.plan.period is None:
                stored_from_to = stored_days(session)
                span = make_period(*stored_from_to) if stored_from_to else None
            chosen = options.bar if bar is None else bar
            yield session, stored, replace(options, period=span, scheme=scheme, bar=chosen)


@click.command("coverage")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--fail-if",
    type=click.Choice(["blank", "thin", "undecided"]),
    multiple=True,
    help="Exit 2 when a theme is in this state.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the stories under each theme.")
@_audit_options
def coverage_command(
    report: PeriodReport, as_json: bool, fail_if: tuple[str, ...], verbose: bool
) -> None:
    """Print which of a plan's themes are covered, thin, blank or undecided, and why.

    \b
    Examples:
      xuanjian coverage --period 2025
      xuanjian coverage --plan 2025 --from 2025-01-01 --to 2025-06-30 --fail-if blank
    """
    if as_json:
        click.echo(report.to_json(), nl=False)
    else:
        from rich.console import Console

        from pipeline.reports.terminal import print_report

        print_report(report, Console(), verbose=verbose)
    failing = [theme.title for theme in report.themes if theme.state in fail_if]
    if failing:
        raise SystemExit(2)


@click.command("report")
@click.option("--format", "formats", default="html,xlsx,json", help="Comma-separated formats.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder.",
)
@_audit_options
def report_command(report: PeriodReport, formats: str, output: Path) -> None:
    """Write the coverage report as files.

    \b
    Example:
      xuanjian report --period 2025Q1 --format html,xlsx,docx -o out
    """
    from pipeline.reports import FORMATS, write_report

    names = [name.strip() for name in formats.split(",")]
    template = Workspace.open(click.get_current_context().obj).template
    # Unknown names first: they are refused before anything is written.
    for name in sorted(names, key=FORMATS.__contains__):
        click.echo(f"Written: {write_report(report, name, output, template=template)}")
