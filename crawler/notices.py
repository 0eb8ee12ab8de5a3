"""``python -m crawler.notices``: tells people of alarms, once each, and of their end.

Hides: how a notice is worded, who gets it, and that it goes through apprise. What could not be
sent stays untold and is tried again with the next run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.sources import Source, choose_sources
from pipeline.alarms import ALARM_NAMES
from pipeline.config import Workspace
from pipeline.errors import XuanjianError
from pipeline.store.alarms import Alarm, mark_told, untold_alarms
from pipeline.store.store import Store

__all__ = ["Notice", "Sender", "main", "notices_of", "send_notices", "worded"]

Sender = Callable[[Sequence[str], str, str], bool]
"""Sends a title and a text to addresses; false where any of them did not take it."""


@dataclass(frozen=True)
class Notice:
    """Events of one source, and the addresses they go to."""

    source: str
    name: str
    addresses: tuple[str, ...]
    alarms: tuple[Alarm, ...]

    @property
    def title(self) -> str:
        """One line: the source, and whether it fails or is well again."""
        if all(alarm.cleared_at for alarm in self.alarms):
            return f"宣鉴：{self.name}采集恢复"
        return f"宣鉴：{self.name}采集告警"

    @property
    def text(self) -> str:
        """One line an event."""
        return "\n".join(map(worded, self.alarms))


def worded(alarm: Alarm) -> str:
    """An event as an operator reads it."""
    column = f"“{alarm.column}”" if alarm.column else ""
    detail = f"（{alarm.detail}）" if alarm.detail else ""
    name = ALARM_NAMES.get(alarm.name, alarm.name)
    if alarm.cleared_at:
        return f"{column}{name}：已恢复，{_minute(alarm.cleared_at)}（始于 {_minute(alarm.raised_at)}）"
    return f"{column}{name}{detail}，{_minute(alarm.raised_at)} 起，采集第 {alarm.raised_run} 次"


def _minute(written: str) -> str:
    return written[:16].replace("T", " ")


def notices_of(
    alarms: Iterable[Alarm], sources: Mapping[str, Source], addresses: Sequence[str]
) -> tuple[Notice, ...]:
    """One notice a source, to the workspace's ``addresses`` and the source's own."""
    by_source: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        by_source.setdefault(alarm.source, []).append(alarm)
    return tuple(
        Notice(
            name,
            sources[name].name if name in sources else name,
            tuple(dict.fromkeys((*addresses, *(sources[name].notify if name in sources else ())))),
            tuple(events),
        )
        for name, events in by_source.items()
    )


def send_by_apprise(addresses: Sequence[str], title: str, text: str) -> bool:
    """Send through apprise.

    Raises:
        XuanjianError: ``notify-extra`` when it is not installed; ``notify-url`` for an address
            it does not know (said without the address: it may hold a password).
    """
    try:
        import apprise
    except ImportError as error:
        raise XuanjianError(
            "notices are asked for, but apprise is not installed",
            "notify-extra",
            "Install it: pip install 'xuanjian[notify]', or empty notify.urls.",
        ) from error
    box = apprise.Apprise()
    for address in addresses:
        if not box.add(address):
            raise XuanjianError(
                f"apprise does not know the address that begins with {address.partition('://')[0]}://",
                "notify-url",
                "Mend notify.urls in xuanjian.toml or notify in the source's declaration.",
            )
    return bool(box.notify(title=title, body=text))


def send_notices(
    workspace: Workspace, store: Store, send: Sender = send_by_apprise
) -> tuple[Notice, ...]:
    """Send what nobody was told of yet; gives the notices that went out.

    Where nobody is to be told, nothing is marked: an address given later hears of what stands.
    """
    addresses = workspace.settings.get("notify.urls", str).split()
    sources = {source.id: source for source in choose_sources(workspace.sources).sources}
    with store.begin() as session:
        notices = notices_of(untold_alarms(session), sources, addresses)
    sent = []
    for notice in notices:
        if notice.addresses and send(notice.addresses, notice.title, notice.text):
            with store.begin() as session:
                mark_told(session, notice.alarms)
            sent.append(notice)
    return tuple(sent)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see ``--help``."""
    parser = argparse.ArgumentParser(prog="python -m crawler.notices", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=Path(), help="the workspace's folder")
    options = parser.parse_args(arguments)
    try:
        workspace = Workspace.open(options.workspace)
        with Store.open(workspace.database_url) as store:
            for notice in send_notices(workspace, store):
                print(f"{notice.title}\n{notice.text}")  # noqa: T201
    except XuanjianError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
