"""The ledger 采集台账 of one run: what was looked at, and what that proves. Pure.

Hides: when a column's days count as observed. A window is claimed only when every list page
and article of the column that was wanted came and was read. It begins at ``since`` when the
list was read beyond it, at the oldest date when the list ended, one day after the oldest date
otherwise (the rest of that day may stand on the next page), or where an earlier window
begins when this run reached its ground. It ends the day before the run: the day is not over.
"""

from __future__ import annotations

import datetime
from array import array
from dataclasses import dataclass, field
from typing import Literal

from crawler.addresses import AddressSet
from crawler.listing import ListPage
from pipeline.alarms import ALARMS
from pipeline.news import parse_day
from pipeline.store.runs import LedgerEntry, Window

__all__ = ["ColumnAccount", "Known"]

_COLLAPSE_PAGES = 3
_COLLAPSE_SHARE = 0.5
_IN_ORDER = 0.7
"""Share of a list's rows that must run from new to old for its last row to prove anything."""
_ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Known:
    """What earlier runs left of one column: its windows, and whether the last run had one."""

    windows: tuple[Window, ...] = ()
    complete: bool = False


@dataclass
class ColumnAccount:
    """Counts of one column while a run goes on; ``open`` requests have no answer yet."""

    source: str
    column: str
    today: datetime.date
    since: datetime.date | None = None
    known_before: Known = field(default_factory=Known)
    list_pages: int = 0
    links_found: int = 0
    fetched: int = 0
    extracted: int = 0
    empty: int = 0
    dated: int = 0
    known: int = 0
    not_modified: int = 0
    refused: int = 0
    blocked: int = 0
    failed: int = 0
    duplicates: int = 0
    open: int = 0
    reached_end: bool = False
    reached_known: bool = False
    reached_since: bool = False
    site_today: datetime.date | None = None
    """The day it is by the site's clock, where that is known: only days are claimed that are over
    by both clocks."""
    ended: bool = False
    """Paging came to its own end (list end, known ground, ``since``), not to a cap."""
    listed: AddressSet = field(default_factory=AddressSet)
    """Canonical addresses seen in the list itself (not in its feed)."""
    refusals: dict[str, str] = field(default_factory=dict)
    """Why requests were refused (robots, robots-unreachable, private-address, off-site), each with
    its first address."""
    _oldest: datetime.date | None = None
    _newest: datetime.date | None = None
    _rows: array[int] = field(default_factory=lambda: array("i"))
    """Days (their ordinals) beside the rows of the list itself, in its order."""
    _undated_rows: int = 0
    _newest_skipped: datetime.date | None = None
    _undated_skipped: bool = False
    _alarms: dict[str, None] = field(default_factory=dict)

    def list_seen(self, page: ListPage, known: int, *, feed: bool = False) -> None:
        """A list page was read; ``known`` of its links are stored already."""
        self.list_pages += 1
        self.links_found += len(page.links)
        self.known += known
        if not (page.links or page.next_url or page.more or feed) and page.page <= 1:
            self.alarm("empty-list")
        if feed:
            return
        for value in page.dates:
            self._day(value)
            if day := parse_day(value):
                self._rows.append(day.toordinal())
        self._undated_rows += len(page.links) - len(page.dates)
        if page.links and known == len(page.links) and self._on_known_ground(page):
            self.reached_known = self.ended = True
        newest = parse_day(page.newest)
        if self.since and newest and newest < self.since and len(page.dates) == len(page.links):
            self.reached_since = self.ended = True
        if page.last and page.links:
            self.reached_end = self.ended = True

    def list_unchanged(self) -> None:
        """The server says that the list is as it was when the last run read all of it."""
        self.list_pages += 1
        self.not_modified += 1
        self.reached_known = self.ended = True

    @property
    def may_be_unchanged(self) -> bool:
        """Whether "not modified" would be enough: the last run was complete, and far enough back."""
        before = self.known_before
        if not before.complete or not before.windows:
            return False
        return self.since is None or before.windows[-1][0] <= self.since

    @property
    def nothing_read(self) -> bool:
        """Whether not even a list came, for a reason the column is not to blame for."""
        return not self.list_pages and bool(self.refused or self.blocked or self.failed)

    def _on_known_ground(self, page: ListPage) -> bool:
        before = self.known_before
        if not before.windows:
            return False
        newest, oldest = parse_day(page.newest), parse_day(page.oldest)
        if self.since and before.windows[-1][0] > self.since:
            return False
        if newest and oldest:
            start, end = before.windows[-1]
            return before.complete or (start <= oldest and newest <= end)
        return before.complete

    def article_seen(self, date: str | None, *, text: bool) -> None:
        """An article page was read."""
        self.fetched += 1
        if text:
            self.extracted += 1
        else:
            self.empty += 1
        if date:
            self.dated += 1
            self._day(date)

    def row_kept(self, date: str | None) -> None:
        """A row was kept without fetching anything (a file, a WeChat post)."""
        self.extracted += 1
        if date:
            self.dated += 1

    def skipped(self, date: str | None) -> None:
        """A link was left out because of a cap."""
        day = parse_day(date)
        if day is None:
            self._undated_skipped = True
        else:
            self._newest_skipped = max(day, self._newest_skipped or day)

    def refusal(self, reason: str, url: str) -> None:
        """A request was not made because of ``reason``."""
        self.refusals.setdefault(reason, url)
        self.refused += 1
        self.alarm(reason if reason in ALARMS else "refused")

    def failure(self, kind: Literal["blocked", "failed"], *, of_list: bool) -> None:
        """A request was made and brought nothing."""
        if kind == "blocked":
            self.blocked += 1
            self.alarm("blocked")
        else:
            self.failed += 1
            self.alarm("list-failed" if of_list else "pages-failed")

    def alarm(self, name: str) -> None:
        """Raise an alarm once."""
        self._alarms[name] = None

    def _day(self, value: str) -> None:
        day = parse_day(value)
        if day:
            self._oldest = min(day, self._oldest or day)
            self._newest = max(day, self._newest or day)

    def _collapsed(self) -> bool:
        return self.fetched >= _COLLAPSE_PAGES and self.empty > _COLLAPSE_SHARE * self.fetched

    def window(self) -> Window | None:
        """The days this run proves, or None."""
        if self.blocked or self.failed or self.refused or self.open or not self.list_pages:
            return None
        if self._alarms or self._collapsed():
            return None
        end = min(self.today, self.site_today or self.today) - _ONE_DAY
        start: datetime.date | None = None
        if self.since and (self.reached_since or self.reached_end):
            start = self.since
        elif self.reached_known and self.known_before.windows:
            start = self.known_before.windows[-1][0]
        elif (reached := self._reached_by_rows()) is not None:
            start = reached + (_ONE_DAY if not self.reached_end else datetime.timedelta())
        if start is None:
            return None
        if self._undated_skipped:
            return None
        if self._newest_skipped is not None:
            start = max(start, self._newest_skipped + _ONE_DAY)
        return (start, end) if start <= end else None

    def _reached_by_rows(self) -> datetime.date | None:
        """How far back a list that runs from new to old was read, by the days beside its rows.

        A row older than one below it is pinned 置顶 or misdated and proves nothing, nor does the
        date of an article. None when rows are undated, or too many stand out of order for the
        list to be one that runs from new to old.
        """
        if not self._rows or self._undated_rows:
            return None
        newest_below, in_order = self._rows[-1], 0
        for day in reversed(self._rows):
            if day >= newest_below:
                newest_below, in_order = day, in_order + 1
        if in_order < _IN_ORDER * len(self._rows):
            return None
        return datetime.date.fromordinal(self._rows[-1])

    def entry(self) -> LedgerEntry:
        """The ledger's line."""
        if self._collapsed():
            self.alarm("extraction-collapsed")
        window = self.window()
        return LedgerEntry(
            source=self.source,
            column=self.column,
            list_pages=self.list_pages,
            links_found=self.links_found,
            fetched=self.fetched,
            extracted=self.extracted,
            dated=self.dated,
            known=self.known,
            not_modified=self.not_modified,
            refused=self.refused,
            blocked=self.blocked,
            failed=self.failed,
            duplicates=self.duplicates,
            oldest=self._oldest.isoformat() if self._oldest else None,
            newest=self._newest.isoformat() if self._newest else None,
            reached_end=self.reached_end,
            reached_known=self.reached_known,
            window=(window[0].isoformat(), window[1].isoformat()) if window else None,
            alarms=tuple(sorted(self._alarms)),
        )
