"""``python -m crawler.notices``: tells people of alarms, once each, and of their end.

Hides: how a notice is worded, who gets it, and that it goes through apprise. What could not be
sent to anybody stays untold and is tried again with the next run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.source_folder import choose_sources
from crawler.sources import Source
from pipeline.alarms import ALARM_NAMES
from pipeline.config import Workspace
from pipeline.errors import XuanjianError
from pipeline.store.alarms import Alarm, mark_told, untold_alarms
from pipeline.store.store import Store

__all__ = ["Notice", "Sender", "main", "notices_of", "send_notices", "worded"]

Sender = Callable[[str, str, str], bool]
"""Sends a title and a text to one address; false where it did not take them."""


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


def send_by_apprise(address: str, title: str, text: str) -> bool:
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
    if not box.add(address):
        raise XuanjianError(
            f"apprise does not know the address that begins with {_kind(address)}",
            "notify-url",
            "Mend notify.urls in xuanjian.toml or notify in the source's declaration.",
        )
    return bool(box.notify(title=title, body=text))


def send_notices(
    workspace: Workspace, store: Store, send: Sender = send_by_apprise
) -> tuple[Notice, ...]:
    """Send what nobody was told of yet; gives the notices that went out.

    Each address is written to by itself, and a notice is told when any of them took it: one
    mailbox that is full must not have the others hear of one event after every run. Where nobody
    is to be told, nothing is marked: an address given later hears of what stands.

    Raises:
        XuanjianError: ``notify-failed`` when an address did not take a notice, or what ``send``
            raised; in either case only after every notice was tried.
    """
    addresses = workspace.settings.get("notify.urls", str).split()
    sources = {source.id: source for source in choose_sources(workspace.sources).sources}
    with store.begin() as session:
        notices = notices_of(untold_alarms(session), sources, addresses)
    sent = []
    troubles: list[XuanjianError] = []
    for notice in notices:
        took = False
        for address in notice.addresses:
            try:
                if not send(address, notice.title, notice.text):
                    raise XuanjianError(
                        f"an address that begins with {_kind(address)} did not take a notice of "
                        f"{notice.source}",
                        "notify-failed",
                        "Look at notify.urls and at that service; source list shows what stands.",
                    )
            except XuanjianError as error:
                troubles.append(error)
            else:
                took = True
        if took:
            with store.begin() as session:
                mark_told(session, notice.alarms)
            sent.append(notice)
    if troubles:
        raise troubles[0]
    return tuple(sent)


def _kind(address: str) -> str:
    """What may be said of an address, which may hold a password."""
    return address.partition("://")[0] + "://"


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
