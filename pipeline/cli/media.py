"""``xuanjian media``: the media a plan names 应查媒体, and the months persons signed off for them.

What people say of other days stands in ``pipeline.cli.vouching``. Hides: how what was crawled, registered and signed is put together for one medium.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from pipeline import steps
from pipeline.cli.person import here, who
from pipeline.cli.vouching import VOUCHING
from pipeline.clock import today

if TYPE_CHECKING:
    from pipeline.coverage.known import Known
    from pipeline.store.vouching import Vouch

__all__ = ["media_command"]

_STATES = {
    "crawled": "已采集",
    "registered": "人工登记",
    "seen": "只见零星收录",
    "unchecked": "未查",
}


class _SignedMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A month of a medium for which a person vouches."""

    month: str
    empty: bool
    """Whether nothing was published in it."""
    by: str
    at: str
    number: int
    """That of the word, which takes it back."""


class _MediumLine(msgspec.Struct, frozen=True, kw_only=True):
    """One medium as ``media list --json`` prints it."""

    name: str
    kind: str
    named_by_plan: bool
    state: str
    items: int
    source: str
    signed: tuple[_SignedMonth, ...]
    observed_months: tuple[str, ...]
    missing_months: tuple[str, ...]


@click.group("media")
def media_command() -> None:
    """Show the media a plan names, and sign months off for those no crawl reaches.

    \b
    Example:
      xuanjian media list --plan 2025 --period 2025Q1
      xuanjian media sign 鄂尔多斯日报 --month 2025-03 --by 王芳
    """


for _command in VOUCHING:
    media_command.add_command(_command)


@media_command.command("list")
@click.option("--plan", default="", help="Plan document or stored name.")
@click.option("--period", default="", help="A year, quarter or month (default: the plan's).")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def list_media(workspace: Path, plan: str, period: str, as_json: bool) -> None:
    """List every medium the plan names: crawled, registered, or not checked; and others registered.

    For a registered medium the months of the period that are signed off are named with who signed,
    those that other words hold whole, and those that are neither. For every word: media vouched.

    \b
    Example:
      xuanjian media list --plan 2025 --period 2025-03
    """
    from pipeline.cli.audits import AskedReport, make_known
    from pipeline.store.vouching import vouches

    known = make_known(AskedReport(workspace, plan=plan, period=period))
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        words = vouches(session)
    lines = _lines(known, words)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(lines), indent=1))
        return
    if not lines:
        click.echo("方案没有点名媒体，也没有登记过媒体。")
    for line in lines:
        said = [_STATES.get(line.state, line.state), f"{line.items} 条"]
        if line.signed:
            months = (f"{s.month} {s.by}{'（无刊发）' if s.empty else ''}" for s in line.signed)
            said.append(f"登记完毕 {'、'.join(months)}")
        if line.observed_months:
            said.append(f"已确认齐全 {'、'.join(line.observed_months)}")
        if line.missing_months:
            said.append(f"未登记完毕 {'、'.join(line.missing_months)}")
        note = "" if line.named_by_plan else "（方案未点名）"
        click.echo(f"{line.name}{note}：{'，'.join(said)}")


def _lines(known: Known, words: tuple[Vouch, ...]) -> tuple[_MediumLine, ...]:
    from pipeline.coverage.checked import media_lines
    from pipeline.coverage.periods import months_of
    from pipeline.news import source_id
    from pipeline.store.media import signed_months

    now = today().isoformat()[:7]
    months = [month for month in months_of(known.period) if month < now]
    published: dict[str, int] = {}
    for one in known.published:
        published[one.source] = published.get(one.source, 0) + one.items

    def line(name: str, kind: str, state: str, items: int, source: str, named: bool) -> _MediumLine:
        said = signed_months(one for one in words if one.source == source_id(source))
        mine = tuple(
            _SignedMonth(month=m, empty=one.empty, by=one.by, at=one.at, number=one.number)
            for m, one in sorted(said.items())
            if m in months
        )
        there = {s.month for s in mine}
        open_months = [m for m in months if m not in there] if state == "registered" else []
        # Days vouched for otherwise than by the month are observed without a sign-off.
        observed = tuple(m for m in open_months if _observed(known, source_id(source), m))
        missing = tuple(m for m in open_months if m not in observed)
        return _MediumLine(
            name=name,
            kind=kind,
            named_by_plan=named,
            state=state,
            items=items,
            source=source,
            signed=mine,
            observed_months=observed,
            missing_months=missing,
        )

    found = []
    for medium in media_lines(known):
        found.append(
            line(medium.name, medium.kind, medium.state, medium.items, medium.source, True)
        )
    # One whose sign-offs were all taken back is no source of the medium, and still bears its name.
    used = {one.source for one in found} | {one.name for one in found}
    for record in known.sources:
        if record.channel == "register" and record.name not in used:
            items = published.get(record.id, 0)
            found.append(line(record.name, "", "registered", items, record.name, False))
    return tuple(found)


def _observed(known: Known, source: str, month: str) -> bool:
    from pipeline.coverage.periods import days_missing, parse_period

    days = parse_period(month)
    return any(
        not days_missing(days, windows)
        for (owner, _), windows in known.windows.items()
        if owner == source
    )


@media_command.command("sign")
@click.argument("name")
@click.option("--month", required=True, metavar="YYYY-MM", help="The month that is whole.")
@click.option("--by", default="", help="Who vouches for it. [default: the signed-in user]")
@click.option("--none", "empty", is_flag=True, help="Nothing was published in it.")
@click.pass_obj
def sign(workspace: Path, name: str, month: str, by: str, empty: bool) -> None:
    """Vouch that all that medium NAME published in a month is registered 登记完毕.

    Its days then count as observed. A month without items is signed with --none only.

    \b
    Examples:
      xuanjian media sign 鄂尔多斯日报 --month 2025-03 --by 王芳
      xuanjian media sign 鄂尔多斯电视台 --month 2025-02 --none --by 王芳
    """
    from pipeline.store.media import sign_month
    from pipeline.store.vouching import trail_given

    with steps.open_store(workspace) as (_, store), store.begin() as session:
        signed, count = sign_month(session, name, month, who(by), empty=empty, today=today())
        trail_given(session, here(), signed)
    what = "无刊发" if signed.empty else f"{count} 条"
    click.echo(f"{name} {month} 登记完毕（{what}），{signed.by}")


@media_command.command("unsign")
@click.argument("name")
@click.option("--month", required=True, metavar="YYYY-MM", help="The month that was signed off.")
@click.option("--why", required=True, help="The reason; it is kept.")
@click.option("--by", default="", help="Who takes it back. [default: the signed-in user]")
@click.pass_obj
def unsign(workspace: Path, name: str, month: str, why: str, by: str) -> None:
    """Take a sign-off back: the month's days no longer count as observed.

    \b
    Example:
      xuanjian media unsign 鄂尔多斯日报 --month 2025-03 --why 漏登两期 --by 王芳
    """
    from pipeline.store.media import withdraw_sign_off
    from pipeline.store.vouching import trail_taken

    with steps.open_store(workspace) as (_, store), store.begin() as session:
        taken = withdraw_sign_off(session, name, month, who(by), why)
        trail_taken(session, here(), taken)
    click.echo(f"{name} {month} 的登记完毕已撤回（{why}），{taken.withdrawn_by}")
