"""What one run tells the next about single addresses: list pages' validators, pages gone for good.

Hides: where that is kept (``crawl-notes.json`` of the workspace) and when it is not believed any
more. Losing it costs a few requests, never a claim: whatever proves completeness is in the ledger.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import msgspec

from pipeline.config import writing

__all__ = ["CrawlNotes", "Validators"]

_NAME = "crawl-notes.json"
_GONE_AFTER = 2
"""Runs in which an address must answer 404 before it is gone; 410 says so itself, at once."""
_ASK_GONE_AGAIN = datetime.timedelta(days=30)
_READ_AGAIN = datetime.timedelta(days=7)
"""A list is read without conditions at least this often: some servers' validators never change."""


class Validators(msgspec.Struct, frozen=True):
    """What a server said a list page can be recognised by, and when the page was last read."""

    etag: str
    modified: str
    read_on: datetime.date


class _Gone(msgspec.Struct):
    times: int
    asked_on: datetime.date


class CrawlNotes(msgspec.Struct):
    """The notes of a workspace; addresses are canonical for pages, as asked for lists."""

    format: int = 1
    lists: dict[str, Validators] = {}
    gone: dict[str, _Gone] = {}

    @classmethod
    def read(cls, folder: Path) -> CrawlNotes:
        """The notes of the workspace at ``folder``; empty where there are none to be read."""
        try:
            found = msgspec.json.decode((folder / _NAME).read_bytes(), type=cls)
        except (OSError, msgspec.DecodeError):
            return cls()
        return found if found.format == 1 else cls()

    def write(self, folder: Path) -> None:
        """Keep the notes."""
        with writing(folder / _NAME) as out:
            out.write(msgspec.json.encode(self).decode())

    def conditions(self, url: str, today: datetime.date) -> dict[str, str]:
        """Headers that ask for a list page only if it changed; none when it is due in full."""
        known = self.lists.get(url)
        if known is None or not datetime.timedelta() <= today - known.read_on < _READ_AGAIN:
            return {}
        named = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        return {name: value for name, value in named.items() if value}

    def list_came(self, url: str, etag: str, modified: str, today: datetime.date) -> None:
        """A list page was read in full."""
        if etag or modified:
            self.lists[url] = Validators(etag, modified, today)
        else:
            self.lists.pop(url, None)

    def answered_gone(self, address: str, status: int, today: datetime.date) -> bool:
        """A page answered 404 or 410; whether that makes it gone for good."""
        before = self.gone.get(address)
        times = (before.times if before else 0) + (_GONE_AFTER if status == 410 else 1)
        self.gone[address] = _Gone(times, today)
        return times >= _GONE_AFTER

    def came_back(self, address: str) -> None:
        """A page that had been missing is there."""
        self.gone.pop(address, None)

    def is_gone(self, address: str, today: datetime.date) -> bool:
        """Whether a page is gone and need not be asked for again yet."""
        known = self.gone.get(address)
        return (
            known is not None
            and known.times >= _GONE_AFTER
            and today - known.asked_on < _ASK_GONE_AGAIN
        )
