"""Entries of ``xuanjian register`` made by hand, and what every way in has in common.

Hides: how a person is known, and which plan names the offices.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import clock, steps
from pipeline.cli.person import who
from pipeline.errors import BadInput

if TYPE_CHECKING:
    from pipeline.config import Workspace
    from pipeline.plan.model import Plan
    from pipeline.register import Register
    from pipeline.register_history import Registered
    from pipeline.store.store import Store

__all__ = [
    "BY",
    "ENTRIES",
    "PLAN",
    "named_plan",
    "plan_of",
    "read_submissions",
    "refuse_troubles",
    "tell",
    "today",
]

_DAY = click.DateTime(["%Y-%m-%d"])
BY = click.option("--by", default="", help="Who does it. [default: the signed-in user]")
PLAN = click.option("--plan", default="", help="Plan that names the offices: file or stored name.")


@click.command("add")
@click.option("--office", "offices", multiple=True, required=True, help="Again: shared byline.")
@click.option("--day", type=_DAY, required=True, help="When it was handed in.")
@click.option("--title", required=True, help="Title of the piece.")
@click.option("--column", required=True, help="Column or channel it was handed in for.")
@click.option("--words", type=click.IntRange(0), help="Characters, as an office suite counts.")
@click.option("--author", "authors", multiple=True, help="May be given again.")
@click.option("--number", "story", default="", help="The piece's own number 稿件编号.")
@PLAN
@BY
@click.pass_obj
def add_submission(
    workspace: Path,
    offices: tuple[str, ...],
    day: datetime,
    title: str,
    column: str,
    words: int | None,
    authors: tuple[str, ...],
    story: str,
    plan: str,
    by: str,
) -> None:
    """Enter one submission. Where it was used: register adopt; a leader's note: register event.

    \b
    Example:
      xuanjian register add --office 高新科 --day 2017-03-05 --title 园区纪实 --column 金水时讯 --words 320
    """
    from rich.console import Console

    from pipeline.registering import entered_submission, settled
    from pipeline.reports.register_terminal import print_taken
    from pipeline.store.register import take_in

    one = entered_submission(
        offices=offices,
        day=_iso(day),
        title=title,
        column=column,
        words=words,
        authors=authors,
        story=story,
        today=today(),
    )
    with steps.open_store(workspace) as (place, store):
        one = settled(one, plan_of(store, place, plan), today())
        with store.begin() as session:
            taken = take_in(session, [one], "add", who(by), one.title[:80])
        print_taken(taken, Console(), done=True)


@click.command("adopt")
@click.argument("number", type=int)
@click.option("--outlet", required=True, help="Who printed or used it.")
@click.option("--day", type=_DAY, help="When; by default the day it was handed in.")
@click.option("--position", default="", help="头版头条, 转载 and so on.")
@click.option("--level", default="", help="中央, 省级, 市级, 县级 (default: by the outlet's name).")
@click.option("--proof", default="", help="Number of the proof 佐证编号.")
@BY
@click.pass_obj
def adopt_submission(
    workspace: Path,
    number: int,
    outlet: str,
    day: datetime | None,
    position: str,
    level: str,
    proof: str,
    by: str,
) -> None:
    """Note that submission NUMBER was used 采用; a use by the same outlet on the same day is renewed.

    \b
    Example:
      xuanjian register adopt 12 --outlet 河南日报 --day 2017-03-08 --position 头版
    """
    from pipeline.registering import entered_use
    from pipeline.store.register import adopt

    use = entered_use(
        outlet=outlet, level=level, position=position, day=_iso(day), proof=proof, today=today()
    )
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        tell(adopt(session, number, use, who(by)))


@click.command("event")
@click.argument("number", type=int)
@click.option("--what", required=True, help="Level and kind: 市领导批示, 约稿, 约稿不报.")
@click.option("--day", type=_DAY, help="When; by default the day the piece was handed in.")
@click.option("--proof", default="", help="Number under which the proof is kept.")
@BY
@click.pass_obj
def note_leader_event(
    workspace: Path, number: int, what: str, day: datetime | None, proof: str, by: str
) -> None:
    """Note a 批示 or 约稿 about submission NUMBER: level and kind, day, proof; never its text.

    \b
    Example:
      xuanjian register event 12 --what 市领导批示 --day 2017-03-09 --proof 批2017-3
    """
    from pipeline.registering import entered_event
    from pipeline.store.register import note_event

    event = entered_event(what=what, day=_iso(day), proof=proof, today=today())
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        tell(note_event(session, number, event, who(by)))


@click.command("remove")
@click.argument("number", type=int)
@click.option("--why", default="", help="Kept with it.")
@BY
@click.pass_obj
def remove_submission(workspace: Path, number: int, why: str, by: str) -> None:
    """Withdraw submission NUMBER; it is kept, and register restore brings it back."""
    from pipeline.store.register import withdraw

    with steps.open_store(workspace) as (_, store), store.begin() as session:
        tell(withdraw(session, number, who(by), why))


@click.command("restore")
@click.argument("number", type=int)
@BY
@click.pass_obj
def restore_submission(workspace: Path, number: int, by: str) -> None:
    """Undo register remove."""
    from pipeline.store.register import restore

    with steps.open_store(workspace) as (_, store), store.begin() as session:
        tell(restore(session, number, who(by)))


def read_submissions(files: Sequence[Path], plan: Plan | None) -> Register:
    """The submissions of tables, one a piece, offices as the plan calls them."""
    from pipeline.registering import read_registers

    return read_registers(files, plan, today())


def refuse_troubles(register: Register) -> None:
    """Raise ``register-rows`` after naming every row that cannot be counted."""
    if not register.troubles:
        return
    for trouble in register.troubles:
        click.echo(str(trouble), err=True)
    raise BadInput(
        f"{len(register.troubles)} rows of the register cannot be counted",
        "register-rows",
        "Mend the rows named above, or go on without them: --leave-out.",
    )


def named_plan(store: Store, place: Workspace, wanted: str) -> tuple[str, Plan]:
    """A plan and the name readings are kept under. A file is read and not stored: a scheme of points
    has no themes, which a stored plan must have.

    Raises:
        XuanjianError: ``plan-missing`` or ``plan-needed``.
    """
    if wanted and Path(wanted).is_file():
        return Path(wanted).stem, steps.read_plan_file(Path(wanted)).plan
    stored = steps.resolve_plan(store, place, wanted)
    return stored.name, stored.plan


def plan_of(store: Store, place: Workspace, wanted: str) -> Plan | None:
    """The plan whose offices are meant; None where none is stored and none was named."""
    from pipeline.store.plans import list_plans

    with store.begin() as session:
        if not wanted and not list_plans(session):
            return None
    return named_plan(store, place, wanted)[1]


def today() -> str:
    """The present day, ISO 8601."""
    return clock.today().isoformat()


def _iso(day: datetime | None) -> str:
    return day.date().isoformat() if day else ""


def tell(one: Registered) -> None:
    """Print a submission as it stands now."""
    from rich.console import Console

    from pipeline.reports.register_terminal import print_submission

    print_submission(one, (), Console())


ENTRIES = (
    add_submission,
    adopt_submission,
    note_leader_event,
    remove_submission,
    restore_submission,
)
"""The commands of this module, for the group."""
