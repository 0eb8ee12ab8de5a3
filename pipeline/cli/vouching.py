"""``xuanjian media vouch|unvouch|vouched``: people's words that a column's days are stored whole.

Hides: that a medium is either registered, as a whole, or crawled, by its columns.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from pipeline import steps
from pipeline.cli.person import here, who
from pipeline.clock import beijing_day, today

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.store.store import Store
    from pipeline.store.vouching import Vouch

__all__ = ["VOUCHING", "trail_words_of"]

_DAY = click.DateTime(["%Y-%m-%d"])


class _Word(msgspec.Struct, frozen=True, kw_only=True):
    """One person's word as ``media vouched --json`` prints it."""

    name: str
    """The medium's, or the source's."""
    word: Vouch


@click.command("vouch")
@click.argument("name")
@click.option("--days", nargs=2, type=_DAY, required=True, help="First and last day.")
@click.option("--column", default="", help="This column of NAME, a crawled source that refuses it.")
@click.option("--note", required=True, help="How it was checked; it is kept.")
@click.option("--none", "empty", is_flag=True, help="A registered medium published nothing then.")
@click.option("--by", default="", help="Who vouches for it. [default: the signed-in user]")
@click.pass_obj
def vouch(
    workspace: Path,
    name: str,
    days: tuple[datetime, datetime],
    column: str,
    note: str,
    empty: bool,
    by: str,
) -> None:
    """Vouch that all that NAME published on some days is stored 确认齐全: looked at by hand.

    NAME is a registered medium, or with --column a crawled source (name or id) whose list no crawl
    can read. The days count as observed; the column's alarm stands on. Together with a file of what was
    found: import --complete. Whole months of a medium: media sign.

    \b
    Examples:
      xuanjian media vouch 市科技局 --column 政策解读 --days 2025-01-01 2025-03-31 --note 逐页打开核对 --by 王芳
      xuanjian media vouch 鄂尔多斯日报 --days 2025-03-01 2025-03-09 --note 翻阅合订本 --by 王芳
    """
    from pipeline.store.media import sign_days, vouch_for_column
    from pipeline.store.vouching import trail_given

    if column and empty:
        raise click.UsageError("--none is said of registered media: leave out --column")
    window = (days[0].date(), days[1].date())
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        if column:
            said = vouch_for_column(
                session, name, column, window, who(by), note=note, today=today()
            )
        else:
            said, _count = sign_days(
                session, name, window, who(by), empty=empty, note=note, today=today()
            )
        trail_given(session, here(), said)
    click.echo(
        f"{name}{_of(said)} {said.first}—{said.last} 确认齐全，{said.by}（编号 {said.number}）"
    )


@click.command("unvouch")
@click.argument("number", type=click.IntRange(1))
@click.option("--why", required=True, help="The reason; it is kept.")
@click.option("--by", default="", help="Who takes it back. [default: the signed-in user]")
@click.pass_obj
def unvouch(workspace: Path, number: int, why: str, by: str) -> None:
    """Take back the word NUMBER of media vouched, however it was given: its days no longer count.

    Reports that were issued keep their figures; the next of their kind tell of it as 更正
    ("xuanjian report corrections" does at once).

    \b
    Example:
      xuanjian media unvouch 12 --why 漏看两页 --by 王芳
    """
    from pipeline.store.vouching import take_back, trail_taken

    with steps.open_store(workspace) as (_, store), store.begin() as session:
        taken = take_back(session, number, who(by), why)
        name = _names(session).get(taken.source, taken.source)
        trail_taken(session, here(), taken)
    click.echo(
        f"{name}{_of(taken)} {taken.first}—{taken.last} 的确认已撤回（{why}），{taken.withdrawn_by}"
    )


@click.command("vouched")
@click.argument("name", default="")
@click.option("--all", "withdrawn", is_flag=True, help="Also those taken back.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def vouched(workspace: Path, name: str, withdrawn: bool, as_json: bool) -> None:
    """List people's words that days of a column are whole, with their numbers; NAME: only of this
    medium or source.

    \b
    Examples:
      xuanjian media vouched
      xuanjian media vouched 市科技局 --all
    """
    from pipeline.store.vouching import vouches

    with steps.open_store(workspace) as (_, store), store.begin() as session:
        names = _names(session)
        words = tuple(
            _Word(name=names.get(one.source, one.source), word=one)
            for one in vouches(session, withdrawn=withdrawn)
            if name in {"", one.source, names.get(one.source)}
        )
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(words), indent=1))
        return
    if not words:
        click.echo("没有人确认过哪些天齐全。")
    for one in words:
        said = one.word
        parts = [f"{said.by} {beijing_day(said.at)}"]
        parts += ["无刊发"] if said.empty else []
        parts += [said.note] if said.note else []
        if said.withdrawn_at:
            back = f"{said.withdrawn_by} {beijing_day(said.withdrawn_at)}"
            parts.append(f"已撤回：{back}，{said.withdrawn_why}")
        click.echo(
            f"{said.number}  {one.name}{_of(said)} {said.first}—{said.last}：{'；'.join(parts)}"
        )


def trail_words_of(store: Store, run: int) -> None:
    """Write the words that a run holds into the audit trail."""
    from pipeline.store.vouching import trail_given, vouches

    with store.begin() as session:
        for said in vouches(session, runs=[run]):
            trail_given(session, here(), said)


def _names(session: Session) -> dict[str, str]:
    from pipeline.store.runs import known_sources

    return {source.id: source.name for source in known_sources(session)}


def _of(said: Vouch) -> str:
    from pipeline.store.runs import REGISTER_COLUMN

    return "" if said.column == REGISTER_COLUMN else f" {said.column}"


VOUCHING = (vouch, unvouch, vouched)
"""What ``xuanjian media`` has of it, in the order of its help."""
