"""``xuanjian coverage``, and what every verb about a plan's period asks for.

Hides: how a person's words become a plan, a period and a bar, and that an issued period is answered
from its locked record.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from pipeline import steps
from pipeline.cli.comparing import compare_options, with_comparison
from pipeline.cli.progress import progress_line
from pipeline.coverage.assemble import period_report
from pipeline.coverage.gather import EVERY, AuditOptions, known_of
from pipeline.coverage.issuing import Locked, key_of, locked_report
from pipeline.coverage.known import Known
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import OWN_TERM, make_period, month_starts, parse_period
from pipeline.errors import BadInput
from pipeline.store.items import stored_days
from pipeline.store.plans import StoredPlan

__all__ = [
    "JUDGING",
    "AskedReport",
    "audit_options",
    "coverage_command",
    "make_known",
    "make_report",
    "options_until",
]

JUDGING = "核对属地和采访单位"
_DAY = click.DateTime(["%Y-%m-%d"])


@dataclass(frozen=True)
class AskedReport:
    """Which report a person asks for, in their words; '' and None mean the plan's own."""

    workspace: Path
    plan: str = ""
    scheme: str = ""
    first: datetime | None = None
    last: datetime | None = None
    period: str = ""
    bar: int | None = None

    @contextmanager
    def open(self, *, whole: bool = False) -> Iterator[tuple[Session, StoredPlan, AuditOptions]]:
        """An open transaction, the plan and the options that the words mean.

        With ``whole``, a plan that names no year is asked about over everything that is stored.
        """
        if self.period and (self.first or self.last):
            raise click.UsageError("--period excludes --from and --to")
        if bool(self.first) != bool(self.last):
            raise click.UsageError("--from and --to go together")
        with steps.open_store(self.workspace) as (place, store):
            starts = month_starts(place.settings)
            named = self.period and self.period not in OWN_TERM
            span = parse_period(self.period, starts) if named else None
            if self.first and self.last:
                span = make_period(self.first.date(), self.last.date())
            stored = steps.resolve_plan(store, place, self.plan)
            options = AuditOptions.of(place.settings)
            if self.bar is not None:
                options = replace(options, bars=())
            with store.begin() as session:
                if span is None and whole and stored.plan.period is None:
                    stored_from_to = stored_days(session)
                    span = make_period(*stored_from_to) if stored_from_to else None
                bar = options.bar if self.bar is None else self.bar
                yield session, stored, replace(options, period=span, scheme=self.scheme, bar=bar)

    def locked(
        self,
        session: Session,
        stored: StoredPlan,
        options: AuditOptions,
        version: int | None = None,
    ) -> Locked | None:
        """The issued report, where the period is locked.

        Raises:
            BadInput: ``report-locked`` when another bar is asked of it.
        """
        found = locked_report(session, key_of(stored, options), version)
        if found is not None and self.bar is not None:
            raise BadInput(
                f"{found.issued.key.words()} is issued and locked with its bar",
                "report-locked",
                "Leave --bar out, or look at how things stand now: --live.",
            )
        return found


def options_until(last: str) -> Callable[[Callable[..., None]], Callable[..., Any]]:
    """The options every verb about a period has, its last day called ``last``; the verb gets what a
    person asked."""

    def with_options(command: Callable[..., None]) -> Callable[..., Any]:
        @click.option("--plan", default="", help="Plan document or stored name.")
        @click.option(
            "--scheme", default="", help="focus_area, chapter, section .. (default: main)."
        )
        @click.option("--from", "first", type=_DAY, help="First day of the period.")
        @click.option(last, "last", type=_DAY, help="Last day of the period.")
        @click.option(
            "--period", default="", help="A year, quarter or month: 2025, 2025Q2, 2025-03."
        )
        @click.option("--bar", type=int, help="Stories a theme needs to count as covered.")
        @click.pass_context
        def wrapped(ctx: click.Context, /, **options: Any) -> None:
            names = ("plan", "scheme", "first", "last", "period", "bar")
            asked = AskedReport(ctx.obj, **{name: options.pop(name) for name in names})
            command(asked, **options)

        return functools.update_wrapper(wrapped, command)

    return with_options


audit_options = options_until("--to")
"""As ``options_until`` gives them where ``--to`` means nothing else."""


def make_report(asked: AskedReport, *, whole: bool = False, every: bool = False) -> PeriodReport:
    """The report that is asked for.

    With ``whole``, a plan that names no year is reported over everything that is stored; with
    ``every``, no story is left out of the list.
    """
    with asked.open(whole=whole) as opened, progress_line(JUDGING) as progress:
        session, stored, options = opened
        most = EVERY if every else options.most
        return period_report(session, stored, replace(options, most=most), progress)


def make_known(asked: AskedReport) -> Known:
    """Everything that report rests on, with every story in full."""
    with asked.open() as opened, progress_line(JUDGING) as progress:
        session, stored, options = opened
        return known_of(session, stored, replace(options, most=EVERY), progress)


@click.command("coverage")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--fail-if",
    type=click.Choice(["blank", "thin", "undecided", "dropped"]),
    multiple=True,
    help="Exit 2 when a theme is in this state, or did worse than what it is compared with.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the stories under each theme.")
@click.option("--live", is_flag=True, help="As things stand now, though the period be issued.")
@compare_options
@audit_options
def coverage_command(
    asked: AskedReport,
    as_json: bool,
    fail_if: tuple[str, ...],
    verbose: bool,
    live: bool,
    compare: str,
    against: str,
) -> None:
    """Print which of a plan's themes are covered, thin, blank or undecided, and why.

    A period whose report is issued is printed from the issued record. --compare sets it beside
    another period or plan and says what dropped, what is new and what vanished.

    \b
    Examples:
      xuanjian coverage --period 2025
      xuanjian coverage --plan 2025 --from 2025-01-01 --to 2025-06-30 --fail-if blank
      xuanjian coverage --period 2025-03 --compare previous --fail-if dropped
    """
    if "dropped" in fail_if and not (compare or against):
        raise click.UsageError("--fail-if dropped needs --compare or --against")
    with asked.open() as opened, progress_line(JUDGING) as progress:
        locked = None if live else asked.locked(*opened)
        report = locked.report if locked else period_report(*opened, progress)
        report = with_comparison(report, opened, compare, against, progress)
    if as_json:
        click.echo(report.to_json(), nl=False)
    else:
        from rich.console import Console

        from pipeline.reports.terminal import print_report

        print_report(report, Console(), verbose=verbose)
    worse = report.comparison is not None and report.comparison.dropped
    if any(theme.state in fail_if for theme in report.themes) or ("dropped" in fail_if and worse):
        raise SystemExit(2)
