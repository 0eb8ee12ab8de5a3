"""``xuanjian score``: points of offices from the register of their submissions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import steps
from pipeline.cli.person import who
from pipeline.cli.register_entries import (
    BY,
    named_plan,
    read_submissions,
    refuse_troubles,
)
from pipeline.clock import beijing_day, today
from pipeline.config import Workspace
from pipeline.errors import BadInput

if TYPE_CHECKING:
    from pipeline.coverage.readings import Readings
    from pipeline.plan.model import Plan
    from pipeline.register import Register

__all__ = ["score_command"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("score", invoke_without_command=True)
@click.option(
    "--plan", "wanted", default="", help="Plan with the scoring notes: file or stored name."
)
@click.option(
    "--submissions",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Tables of submissions, .xlsx or .csv, instead of the workspace's register; again.",
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
    help="How this sheet reads an open question, such as boundary=higher; may be given again.",
)
@click.option("--preview", is_flag=True, help="Only show how the tables are understood.")
@click.option("--leave-out", is_flag=True, help="Count without the rows that cannot be read.")
@click.option("--json", "as_json", is_flag=True, help="Print the scorecard as JSON.")
@click.pass_context
def score_command(
    ctx: click.Context,
    wanted: str,
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

    Counted is what the register of the workspace holds (xuanjian register), or the tables given
    with --submissions: then give what was handed in since the plan's term began, because caps and
    offsets are counted from there. What the plan leaves open is printed with the reading taken, and
    who chose it; `score readings set` chooses for a plan, --reading for this sheet.

    \b
    Examples:
      xuanjian score --period 2017-03
      xuanjian score --plan plan.toml --submissions 3月.xlsx --preview
      xuanjian score --plan plan.toml --submissions 全年.csv --reading cap-scope=bureau --json
    """
    if ctx.invoked_subcommand is not None:
        return
    from pipeline.coverage.periods import make_period, month_starts, parse_period
    from pipeline.coverage.readings import Readings
    from pipeline.coverage.scoring import score, span_of

    if period and (first or last):
        raise click.UsageError("--period excludes --from and --to")
    if bool(first) != bool(last):
        raise click.UsageError("--from and --to go together")
    if preview and as_json:
        raise click.UsageError("--preview excludes --json")
    if files and not wanted:
        raise click.UsageError("--submissions needs --plan")
    if preview and not files:
        raise click.UsageError("--preview is about --submissions")
    Readings.of(choices)  # a wrong one is refused before anything is read
    starts = 1 if files else month_starts(Workspace.open(ctx.obj).settings)
    span = parse_period(period, starts) if period else None
    if first and last:
        span = make_period(first.date(), last.date())
    if files:
        plan = _with_rules(steps.read_plan_file(Path(wanted)).plan, wanted)
        register, readings = read_submissions(files, plan), Readings.of(choices)
    else:
        plan, register, readings = _stored(ctx.obj, wanted, choices)
    from rich.console import Console

    if preview:
        from pipeline.reports.register_terminal import print_register

        print_register(register, Console())
        return
    for remark in register.remarks:
        click.echo(remark, err=True)
    if not leave_out:
        refuse_troubles(register)
    span = span or span_of(plan, register.submissions)
    if span is None:
        raise BadInput(
            "no submission lies in the plan's term, and no period was given",
            "period-needed",
            "Give --period 2025-03, or --from and --to.",
        )
    sheet = score(plan, register, span, readings, today=today().isoformat())
    if as_json:
        click.echo(sheet.to_json(), nl=False)
        return
    from pipeline.reports.scorecard_terminal import print_scorecard

    print_scorecard(sheet, Console())


@score_command.group("readings")
def readings_group() -> None:
    """Choose for a plan how its open questions are read 选定口径; every sheet prints the choice."""


@readings_group.command("set")
@click.argument("choices", nargs=-1, required=True)
@click.option("--plan", "wanted", default="", help="Plan file or stored name.")
@BY
@click.pass_obj
def set_readings(workspace: Path, choices: tuple[str, ...], wanted: str, by: str) -> None:
    """Choose readings, written QUESTION=CHOICE; QUESTION= goes back to the default.

    \b
    Examples:
      xuanjian score readings set boundary=higher cap-scope=bureau --by 王芳
      xuanjian score readings set boundary=
    """
    from pipeline.coverage.readings import READINGS, Readings
    from pipeline.store.readings import choose_readings

    written = dict(choice.partition("=")[::2] for choice in choices)
    Readings.of(f"{slug}={code}" for slug, code in written.items() if code)
    if unknown := next((slug for slug in written if slug not in READINGS), ""):
        raise BadInput(
            f"no open question {unknown!r}",
            "reading-unknown",
            f"Questions are {', '.join(READINGS)}.",
        )
    with steps.open_store(workspace) as (place, store):
        name, _ = named_plan(store, place, wanted)
        with store.begin() as session:
            choose_readings(session, name, written, who(by))
    _print_readings(workspace, wanted)


@readings_group.command("list")
@click.option("--plan", "wanted", default="", help="Plan file or stored name.")
@click.pass_obj
def list_readings(workspace: Path, wanted: str) -> None:
    """Print the readings chosen for a plan, with who chose them and when, and what else there is."""
    _print_readings(workspace, wanted)


def _print_readings(workspace: Path, wanted: str) -> None:
    from pipeline.coverage.readings import READINGS
    from pipeline.store.readings import chosen_readings

    with steps.open_store(workspace) as (place, store):
        name, _ = named_plan(store, place, wanted)
        with store.begin() as session:
            chosen = {one.question: one for one in chosen_readings(session, name)}
    click.echo(f"{name}：选定口径")
    for slug, readings in READINGS.items():
        one = chosen.get(slug)
        code = one.choice if one else readings[0][0]
        words = dict(readings).get(code, code)
        signed = f"{one.by} {beijing_day(one.at)}选定" if one else "默认"
        others = "；".join(f"{other} {text}" for other, text in readings if other != code)
        click.echo(f"  {slug}={code}（{signed}）{words}。另可：{others}")


def _stored(
    workspace: Path, wanted: str, choices: Iterable[str]
) -> tuple[Plan, Register, Readings]:
    """Plan, register and readings of the workspace."""
    from pipeline.coverage.from_register import readings_for, register_for

    with steps.open_store(workspace) as (place, store):
        name, plan = named_plan(store, place, wanted)
        with store.begin() as session:
            register = register_for(session, _with_rules(plan, name))
            return plan, register, readings_for(session, name, choices)


def _with_rules(plan: Plan, name: str) -> Plan:
    if not plan.scoring:
        raise BadInput(f"{name} has no scoring notes", "plan-without-scoring", "Name another plan.")
    return plan
