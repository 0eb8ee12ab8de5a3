"""``xuanjian register``: what offices hand in, and where it was used."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from pipeline import steps
from pipeline.cli.person import who
from pipeline.cli.register_entries import (
    BY,
    ENTRIES,
    PLAN,
    plan_of,
    read_submissions,
    refuse_troubles,
    tell,
)

__all__ = ["register_command"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("register")
def register_command() -> None:
    """Keep the register of what offices hand in 报送登记.

    \b
    Example:
      xuanjian register import 3月报送台账.xlsx --preview
      xuanjian register import 3月报送台账.xlsx --by 王芳
      xuanjian score --period 2017-03
    """


for _entry in ENTRIES:
    register_command.add_command(_entry)


@register_command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@PLAN
@click.option("--preview", is_flag=True, help="Show what it would do; store nothing.")
@click.option("--leave-out", is_flag=True, help="Import without the rows that cannot be read.")
@BY
@click.pass_obj
def import_submissions(
    workspace: Path, files: tuple[Path, ...], plan: str, preview: bool, leave_out: bool, by: str
) -> None:
    """Take in tables of submissions, .xlsx or .csv: all rows, or none.

    Importing a table again is harmless. A row about a piece that is registered renews it, the old
    value is kept; uses and notes that were added by hand stay. Rows of one piece (a row for every
    paper that used it) become one.

    \b
    Examples:
      xuanjian register import 3月.xlsx --preview
      xuanjian register import 3月.xlsx 4月.csv --by 王芳
    """
    from rich.console import Console

    from pipeline.reports.register_terminal import print_register, print_taken
    from pipeline.store.register import take_in, what_would_change

    with steps.open_store(workspace) as (place, store):
        register = read_submissions(files, plan_of(store, place, plan))
        console = Console()
        if preview:
            print_register(register, console)
            with store.begin() as session:
                print_taken(what_would_change(session, register.submissions), console, done=False)
            return
        for remark in register.remarks:
            click.echo(remark, err=True)
        if not leave_out:
            refuse_troubles(register)
        names = "、".join(path.name for path in files)
        with store.begin() as session:
            taken = take_in(session, register.submissions, "import", who(by), names)
        print_taken(taken, console, done=True)
        for trouble in register.troubles:
            click.echo(f"未导入：{trouble}", err=True)


@register_command.command("list")
@click.option("--period", default="", help="A year, quarter or month: 2025, 2025Q2, 2025-03.")
@click.option("--from", "first", type=_DAY, help="First day of handing in.")
@click.option("--to", "last", type=_DAY, help="Last day of handing in.")
@click.option("--office", default="", help="Only what this office handed in.")
@click.option("--withdrawn", is_flag=True, help="Only what was withdrawn.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def list_submissions(
    workspace: Path,
    period: str,
    first: datetime | None,
    last: datetime | None,
    office: str,
    withdrawn: bool,
    as_json: bool,
) -> None:
    """List what is registered, and crawled items that may be printings of it.

    \b
    Examples:
      xuanjian register list --period 2017-03 --office 高新科
      xuanjian register list --json > 报送.json
    """
    import msgspec
    from rich.console import Console

    from pipeline.reports.register_terminal import print_registered
    from pipeline.store.printings import possible_printings
    from pipeline.store.register import registered

    begin, end = _span(period, first, last)
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        found = registered(session, first=begin, last=end, office=office, withdrawn=withdrawn)
        printings = {} if withdrawn else possible_printings(session, found)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=1))
    else:
        print_registered(found, printings, Console())


@register_command.command("show")
@click.argument("number", type=int)
@click.pass_obj
def show_submission(workspace: Path, number: int) -> None:
    """Print submission NUMBER whole, and what it was before each change."""
    from rich.console import Console

    from pipeline.reports.register_terminal import print_submission
    from pipeline.store.register import earlier, get_registered

    with steps.open_store(workspace) as (_, store), store.begin() as session:
        print_submission(get_registered(session, number), earlier(session, number), Console())


@register_command.command("link")
@click.argument("number", type=int)
@click.argument("item")
@click.option("--not-same", is_flag=True, help="The item is no printing of the submission.")
@BY
@click.pass_obj
def link_printing(workspace: Path, number: int, item: str, not_same: bool, by: str) -> None:
    """Confirm that the crawled ITEM is a printing of submission NUMBER, which makes it a use 采用.

    register list names items with the submission's title within a week. Only what a person
    confirmed counts under a rule about published news.

    \b
    Example:
      xuanjian register link 12 n3f9a --by 王芳
    """
    from pipeline.store.printings import decide_printing

    with steps.open_store(workspace) as (_, store), store.begin() as session:
        tell(decide_printing(session, number, item, who(by), same=not not_same))


@register_command.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--period", default="", help="A year, quarter or month: 2025, 2025Q2, 2025-03.")
@click.option("--from", "first", type=_DAY, help="First day of handing in.")
@click.option("--to", "last", type=_DAY, help="Last day of handing in.")
@click.pass_obj
def export_submissions(
    workspace: Path, file: Path, period: str, first: datetime | None, last: datetime | None
) -> None:
    """Write the register as FILE, .xlsx or .csv, a row a use; it imports as the same submissions."""
    from pipeline.reports.register_table import write_register
    from pipeline.store.register import registered

    begin, end = _span(period, first, last)
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        found = registered(session, first=begin, last=end)
    write_register([one.submission for one in found], file)
    click.echo(f"{file}：{len(found)} 条")


@register_command.command("runs")
@click.pass_obj
def show_runs(workspace: Path) -> None:
    """Print who changed the register, and when, the newest change first."""
    from rich.console import Console

    from pipeline.reports.register_terminal import print_runs
    from pipeline.store.register import register_runs

    with steps.open_store(workspace) as (_, store), store.begin() as session:
        print_runs(register_runs(session), Console())


def _span(period: str, first: datetime | None, last: datetime | None) -> tuple[str, str]:
    """First and last day; '' for no bound."""
    from pipeline.coverage.periods import make_period, parse_period

    if period and (first or last):
        raise click.UsageError("--period excludes --from and --to")
    if period:
        span = parse_period(period)
        return span.first, span.last
    if first and last:
        make_period(first.date(), last.date())  # refuses days the wrong way round
    begin, end = (day.date().isoformat() if day else "" for day in (first, last))
    return begin, end
