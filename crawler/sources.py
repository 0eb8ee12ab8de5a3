"""Source declarations 采集来源: one TOML file says all that is special about one site.

Hides: the file format of a declaration, and how a mistake in it is worded. The records are
frozen; nothing else in the crawler knows a site's name, address or layout.
"""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.markup import RuleError, compile_rule
from pipeline.errors import BadInput, DiskTrouble
from pipeline.news import Level
from pipeline.timing import OffHours, Timed, next_time, read_off_hours

__all__ = [
    "FAMILIES",
    "Channel",
    "Column",
    "Extractor",
    "Family",
    "Source",
    "close_name",
    "parse_source",
    "read_source",
]


FORMAT = 1

Channel = Literal["website", "newspaper", "broadcast", "wechat", "other"]
Family = Literal["auto", "trs", "trs-container", "paged", "table", "rss", "pattern"]

LEVELS = get_args(Level)
CHANNELS = get_args(Channel)
FAMILIES = get_args(Family)


@dataclass(frozen=True)
class Column:
    """One list 栏目 of a source.

    ``rows`` is a CSS or XPath rule (XPath starts with ``/``) for the rows of the list;
    ``page_pattern`` is the address of page k relative to ``url``, with ``{page}`` for k and
    ``{page-1}`` for k - 1; ``include`` and ``exclude`` are searched in article addresses;
    ``feed`` is a feed of the same column, read first; it never proves completeness. ``stale_days``
    without a new item are an alarm; None means the workspace's.
    """

    name: str
    url: str
    family: Family = "auto"
    rows: str = ""
    page_pattern: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    feed: str = ""
    stale_days: int | None = None


@dataclass(frozen=True)
class Extractor:
    """One layout of a source's article pages; rules are CSS or XPath, '' where not needed.

    ``valid_until`` is the last day the layout was seen; None for the present one.
    """

    valid_until: datetime.date | None = None
    title: str = ""
    body: str = ""
    date: str = ""
    outlet: str = ""
    author: str = ""


@dataclass(frozen=True)
class Source:
    """One declared source. ``hosts`` are the only ones a request may go to: ``name`` for any
    port, ``name:port`` for that port only. ``schedule`` are five cron fields in ``timezone``, None
    means the workspace's, '' by hand only; one that is ``paused`` is read when it is named only;
    ``notify`` are apprise addresses told of its alarms beside the workspace's."""

    id: str
    name: str
    level: Level
    channel: Channel
    columns: tuple[Column, ...]
    hosts: tuple[str, ...]
    outlet: str = ""
    site_names: tuple[str, ...] = ()
    timezone: str = "Asia/Shanghai"
    extractors: tuple[Extractor, ...] = ()
    checked_live: bool = False
    schedule: str | None = None
    paused: bool = False
    off_hours: tuple[OffHours, ...] | None = None
    notify: tuple[str, ...] = ()
    path: str = ""

    def timed(self, schedule: str, off_hours: tuple[OffHours, ...]) -> Timed:
        """As far as time goes; what it does not say itself is the workspace's, as given."""
        return Timed(
            id=self.id,
            schedule="" if self.paused else schedule if self.schedule is None else self.schedule,
            timezone=self.timezone,
            off_hours=off_hours if self.off_hours is None else self.off_hours,
        )

    def allows(self, url: str) -> bool:
        """Whether a request may go to ``url``."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        host = (parts.hostname or "").lower()
        if parts.scheme not in ("http", "https") or not host:
            return False
        return host in self.hosts or f"{host}:{port}" in self.hosts


_SOURCE_KEYS = {
    "format",
    "id",
    "name",
    "level",
    "channel",
    "outlet",
    "site_names",
    "timezone",
    "hosts",
    "checked_live",
    "schedule",
    "paused",
    "off_hours",
    "notify",
    "columns",
    "extractors",
}
_COLUMN_KEYS = {
    "name", "url", "family", "rows", "page_pattern", "include", "exclude", "feed", "stale_days",
}  # fmt: skip
_EXTRACTOR_KEYS = {"valid_until", "title", "body", "date", "outlet", "author"}
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")


def read_source(path: Path) -> Source:
    """Read and check one declaration.

    Raises:
        BadInput: ``source-unreadable``, ``source-unknown-key`` or ``source-bad-value``; names the
            file and the key.
        DiskTrouble: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path} is not UTF-8 text", "source-unreadable", "Save the file as UTF-8."
        ) from error
    return parse_source(text, path)


def parse_source(text: str, path: Path) -> Source:
    """Check the text of a declaration; ``path`` names it in messages.

    Raises:
        BadInput: as ``read_source``.
    """
    try:
        tree: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, error) from error
    return _Reader(path, "").source(tree)


def _unreadable(path: Path, error: ValueError) -> BadInput:
    return BadInput(f"{path} is not valid TOML: {error}", "source-unreadable", "Mend that line.")


@dataclass(frozen=True)
class _Reader:
    """Checks the tables of one declaration; ``where`` names the table in messages."""

    path: Path
    where: str

    def source(self, tree: Mapping[str, object]) -> Source:
        self.known_keys(tree, _SOURCE_KEYS)
        if tree.get("format", FORMAT) != FORMAT:
            raise self.bad("format", tree["format"], f"{FORMAT}")
        columns = tuple(
            _Reader(self.path, f"columns[{number}].").column(table)
            for number, table in enumerate(self.tables(tree, "columns"), start=1)
        )
        if not columns:
            raise self.bad("columns", [], "at least one [[columns]] table")
        names = [column.name for column in columns]
        if len(set(names)) != len(names):
            raise self.bad("columns", names, "columns with different names")
        extractors = tuple(
            _Reader(self.path, f"extractors[{number}].").extractor(table)
            for number, table in enumerate(self.tables(tree, "extractors"), start=1)
        )
        ident = self.text(tree, "id")
        if not _ID.fullmatch(ident):
            raise self.bad("id", ident, "small letters, digits and '-', 2 to 64 of them")
        zone = self.text(tree, "timezone", "Asia/Shanghai")
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise self.bad("timezone", zone, "a zone name such as Asia/Shanghai") from error
        addresses = [a for column in columns for a in (column.url, column.feed) if a]
        hosts = self.texts(tree, "hosts") or tuple(
            dict.fromkeys(urlsplit(address).netloc for address in addresses)
        )
        source = Source(
            id=ident,
            name=self.text(tree, "name"),
            level=cast("Level", self.choice(tree, "level", LEVELS, "other")),
            channel=cast("Channel", self.choice(tree, "channel", CHANNELS, "website")),
            columns=columns,
            hosts=tuple(host.lower() for host in hosts),
            outlet=self.text(tree, "outlet", ""),
            site_names=self.texts(tree, "site_names"),
            timezone=zone,
            extractors=_newest_first(extractors),
            checked_live=self.flag(tree, "checked_live"),
            schedule=self.schedule(tree, zone),
            paused=self.flag(tree, "paused"),
            off_hours=self.off_hours(tree),
            notify=self.texts(tree, "notify"),
            path=str(self.path),
        )
        for address in addresses:
            if not source.allows(address):
                raise self.bad("hosts", list(source.hosts), f"such that {address} is allowed")
        return source

    def column(self, tree: Mapping[str, object]) -> Column:
        self.known_keys(tree, _COLUMN_KEYS)
        pattern = self.text(tree, "page_pattern", "")
        if pattern and not re.search(r"\{page(-1)?\}", pattern):
            raise self.bad("page_pattern", pattern, "an address with {page} or {page-1}")
        feed = self.text(tree, "feed", "")
        return Column(
            name=self.text(tree, "name"),
            url=self.address(tree, "url"),
            family=cast("Family", self.choice(tree, "family", FAMILIES, "auto")),
            rows=self.rule(tree, "rows"),
            page_pattern=pattern,
            include=self.patterns(tree, "include"),
            exclude=self.patterns(tree, "exclude"),
            feed=self.address(tree, "feed") if feed else "",
            stale_days=self.days(tree, "stale_days"),
        )

    def extractor(self, tree: Mapping[str, object]) -> Extractor:
        self.known_keys(tree, _EXTRACTOR_KEYS)
        until = tree.get("valid_until")
        if until is not None and type(until) is not datetime.date:
            raise self.bad("valid_until", until, "a day such as 2024-06-30, without quotes")
        return Extractor(
            valid_until=until,
            title=self.rule(tree, "title"),
            body=self.rule(tree, "body"),
            date=self.rule(tree, "date"),
            outlet=self.rule(tree, "outlet"),
            author=self.rule(tree, "author"),
        )

    def known_keys(self, tree: Mapping[str, object], allowed: set[str]) -> None:
        for key in tree:
            if key not in allowed:
                raise BadInput(
                    f"{self.path}: unknown key {self.where}{key}; allowed are "
                    + ", ".join(sorted(allowed)),
                    "source-unknown-key",
                    close_name(key, allowed) or "crawler/sources/README.md explains each key.",
                )

    def tables(self, tree: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
        value = tree.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self.bad(key, value, f"written as [[{key}]] tables")
        return value

    def text(self, tree: Mapping[str, object], key: str, default: str | None = None) -> str:
        value = tree.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.bad(key, value, "a text that is not empty")
        return value.strip()

    def texts(self, tree: Mapping[str, object], key: str) -> tuple[str, ...]:
        value = tree.get(key, [])
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise self.bad(key, value, "a list of texts")
        return tuple(part.strip() for part in value if part.strip())

    def patterns(self, tree: Mapping[str, object], key: str) -> tuple[str, ...]:
        patterns = self.texts(tree, key)
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise self.bad(key, pattern, f"a regular expression ({error})") from error
        return patterns

    def rule(self, tree: Mapping[str, object], key: str) -> str:
        rule = self.text(tree, key, "")
        if rule:
            try:
                compile_rule(rule)
            except RuleError as error:
                raise self.bad(key, rule, f"a CSS or XPath rule ({error})") from error
        return rule

    def address(self, tree: Mapping[str, object], key: str) -> str:
        value = self.text(tree, key)
        try:
            parts = urlsplit(value)
        except ValueError as error:
            raise self.bad(key, value, "a web address") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self.bad(key, value, "a web address that begins with http:// or https://")
        return value

    def choice(
        self, tree: Mapping[str, object], key: str, allowed: tuple[str, ...], default: str
    ) -> str:
        value = self.text(tree, key, default)
        if value not in allowed:
            raise self.bad(key, value, "one of " + ", ".join(allowed))
        return value

    def schedule(self, tree: Mapping[str, object], zone: str) -> str | None:
        if "schedule" not in tree:
            return None
        value = self.text(tree, "schedule", "")
        try:
            if value:
                next_time(value, zone, datetime.datetime.now(datetime.UTC))
        except ValueError as error:
            raise self.bad(
                "schedule", value, f'five cron fields such as "30 6 * * *" ({error})'
            ) from error
        return value

    def off_hours(self, tree: Mapping[str, object]) -> tuple[OffHours, ...] | None:
        if "off_hours" not in tree:
            return None
        spans = self.texts(tree, "off_hours")
        try:
            return tuple(map(read_off_hours, spans))
        except ValueError as error:
            raise self.bad("off_hours", list(spans), 'spans such as "08:00-18:00"') from error

    def days(self, tree: Mapping[str, object], key: str) -> int | None:
        value = tree.get(key)
        if value is not None and (type(value) is not int or value < 1):
            raise self.bad(key, value, "a number of days, at least 1")
        return value

    def flag(self, tree: Mapping[str, object], key: str) -> bool:
        value = tree.get(key, False)
        if not isinstance(value, bool):
            raise self.bad(key, value, "true or false")
        return value

    def bad(self, key: str, value: object, wanted: str) -> BadInput:
        return BadInput(
            f"{self.path}: {self.where}{key} must be {wanted}, got {value!r} instead",
            "source-bad-value",
            "crawler/sources/README.md explains each key.",
        )


def _newest_first(extractors: Iterable[Extractor]) -> tuple[Extractor, ...]:
    last = datetime.date.max
    return tuple(sorted(extractors, key=lambda e: e.valid_until or last, reverse=True))


def close_name(name: str, known: Iterable[str]) -> str:
    """The hint that names what was meant by a misspelt name; '' where nothing is near."""
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"Did you mean {close[0]}?" if close else ""
