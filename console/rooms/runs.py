"""Runs 采集批次: what each crawl and import looked at, and what it brought.

Hides: how the ledger's line of a column is put before an officer.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from console.desk import Desk
from console.language import N_, _
from console.pages import page
from pipeline.store.crawled import (
    BroughtItem,
    brought_by,
    count_brought,
    run_numbered,
    runs_before,
    sums_of_runs,
)
from pipeline.store.runs import LedgerEntry, RunRecord, entries_of, known_sources
from pipeline.store.vouching import Vouch, vouches

__all__ = ["ROUTES"]

KINDS = {
    "crawl": N_("采集"),
    "import": N_("导入"),
    "sign": N_("确认齐全"),
    "reread": N_("重读存档"),
    "pack": N_("离线交换"),
}
OUTCOMES = {
    "finished": N_("已完成"),
    "failed": N_("没有做成"),
    "stopped": N_("已停止"),
    "running": N_("进行中或中断"),
}
_PAGE = 50
_ITEMS = 100
_COUNTED = 10_000


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """A run in the list."""

    run: RunRecord
    about: str
    """What it looked at; sources by their names."""
    columns: int
    read: int
    refused: int
    failed: int
    withdrawn: bool
    """Whether a person's word it holds was taken back."""


class RunsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Runs, the newest first; ``older`` is the ``before`` of the next page, 0 at the end."""

    runs: tuple[RunLine, ...]
    kind: str
    kinds: dict[str, str]
    outcomes: dict[str, str]
    older: int


class RunPage(msgspec.Struct, frozen=True, kw_only=True):
    """One run with its ledger, and the items nobody had before."""

    run: RunRecord
    about: str
    """What it looked at; sources by their names."""
    kind: str
    outcome: str
    lines: tuple[LedgerEntry, ...]
    names: dict[str, str]
    """Of the sources, by id."""
    media: tuple[str, ...]
    """Of the sources, the media registered by hand."""
    words: tuple[Vouch, ...]
    """People's words it holds, taken back or not."""
    brought: int
    """Items nobody had before, counted up to ``most``."""
    most: int
    items: tuple[BroughtItem, ...]
    more: str
    """The ``after`` of the next items; '' at the end."""


@page("/runs", "runs.html.j2")
def runs_page(
    desk: Desk,
    before: int = 0,
    kind: Annotated[str, msgspec.Meta(max_length=16)] = "",
) -> RunsPage:
    """Crawls and imports, the newest first."""
    with desk.begin() as session:
        found = runs_before(session, before=max(0, before), kind=kind, limit=_PAGE + 1)
        shown = found[:_PAGE]
        sums = sums_of_runs(session, (run.id for run in shown))
        names = {one.id: one.name for one in known_sources(session)}
        said = vouches(session, runs=[run.id for run in shown], withdrawn=True)
    taken_back = {one.run for one in said if one.withdrawn_at}
    lines = []
    for run in shown:
        columns, read, refused, failed = sums.get(run.id, (0, 0, 0, 0))
        about = _about(run, names)
        lines.append(
            RunLine(
                run=run,
                about=about,
                columns=columns,
                read=read,
                refused=refused,
                failed=failed,
                withdrawn=run.id in taken_back,
            )
        )
    return RunsPage(
        runs=tuple(lines),
        kind=kind,
        kinds={key: _(word) for key, word in KINDS.items()},
        outcomes={key: _(word) for key, word in OUTCOMES.items()},
        older=shown[-1].id if len(found) > _PAGE else 0,
    )


@page("/runs/{number:int}", "run.html.j2")
def run_page(
    desk: Desk, number: int, after: Annotated[str, msgspec.Meta(max_length=64)] = ""
) -> RunPage:
    """One run: its ledger by column, and the items it brought with their stories."""
    with desk.begin() as session:
        run = run_numbered(session, number)
        lines = entries_of(session, number)
        words = vouches(session, runs=[number], withdrawn=True)
        wanted = {line.source for line in lines}
        records = known_sources(session)
        items = brought_by(session, number, after, _ITEMS + 1)
        brought = count_brought(session, number, _COUNTED)
    shown = items[:_ITEMS]
    names = {one.id: one.name for one in records}
    wanted |= {item.source for item in shown}
    return RunPage(
        run=run,
        about=_about(run, names),
        kind=_(KINDS.get(run.kind, run.kind)),
        outcome=_(OUTCOMES.get(run.outcome, run.outcome)),
        lines=lines,
        names={one: names[one] for one in sorted(wanted & set(names))},
        media=tuple(one.id for one in records if one.id in wanted and one.channel == "register"),
        words=words,
        brought=brought,
        most=_COUNTED,
        items=shown,
        more=shown[-1].id if len(items) > _ITEMS else "",
    )


def _about(run: RunRecord, names: dict[str, str]) -> str:
    if run.kind != "crawl":
        return run.detail
    return "、".join(names.get(one, one) for one in run.detail.split(", "))


ROUTES = [runs_page, run_page]
