"""Publication dates as pages write them.

Hides: the forms a date takes (2025-03-18 09:30, 2025年3月18日, t20250318_, /2025/0318/ ..) and
which of them cannot be one. A date that cannot be is unknown, never guessed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

__all__ = [
    "FoundDate",
    "chinese_date",
    "date_in_url",
    "dates_in",
    "english_date",
    "first_date",
    "instant_date",
    "month_day_in",
    "month_in_url",
    "split_date",
]

_FIRST_YEAR = 1990
"""No page of the web was published before."""
_LAST_YEAR = 2100

_CLOCK = (
    r"(?:[\sT日,，]*(?:星期[一二三四五六日天]|周[一二三四五六日])?[\s,，]*(?:(?P<half>上午|下午|晚上?|凌晨|[AP]M)\s*)?"
    r"(?P<hour>[01]?\d|2[0-4])\s*[:：时點点]\s*(?P<minute>[0-5]\d)(?:\s*[:：分]\s*(?P<second>[0-5]\d))?)?"
)
_DATE = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d{2})\s*(?:(?P<cn>年)|(?P<sep>[-/.．－—]))\s*(?P<month>\d{1,2})\s*(?(cn)月|(?P=sep))\s*"
    r"(?P<day>\d{1,2})(?!\d)(?![.．]\d)[日号]?" + _CLOCK
)
_REVERSED = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})\s+(?P<year>20\d{2})\s*[-/.年]\s*(?P<month>\d{1,2})(?!\s*[-/.月]\s*\d)月?(?!\d)"
)
_SPLIT = re.compile(
    r"(?<!\d)(?P<year>20\d{2})\s*[-/.年]\s*(?P<month>\d{1,2})\s*月?\s+(?P<day>\d{1,2})(?![\d:：./-])"
)
_AMERICAN = re.compile(
    r"(?<!\d)(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>20\d{2})(?!\d)" + _CLOCK
)
_CHINESE = re.compile(
    r"(?P<year>[二一][〇零○OＯ0九一二三四五六七八]{3})年(?P<month>[一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})日"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_ENGLISH = (
    re.compile(
        r"(?<![a-z])"
        + _MONTH_NAME
        + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>20\d{2}|199\d)(?!\d)",
        re.I,
    ),
    re.compile(
        r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+"
        + _MONTH_NAME
        + r",?\s+(?P<year>20\d{2}|199\d)(?!\d)",
        re.I,
    ),
)
_MONTH_DAY = re.compile(
    r"(?<![\d.:：/-])(?P<month>0?[1-9]|1[0-2])\s*[-/.月]\s*(?P<day>[12]\d|3[01]|0?[1-9])(?![\d:：]|\s*[-/.年]\s*\d)日?"
)
_NARROW = str.maketrans("０１２３４５６７８９－／：", "0123456789-/:")
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "○": 0,
    "O": 0,
    "Ｏ": 0,
    "0": 0,
}

_URL_DAY = (
    re.compile(
        r"(?:/|[a-z]_?)(?P<year>20\d{2}|199\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?=[_/.-]|$)",
        re.I,
    ),
    re.compile(
        r"/(?P<year>20\d{2}|199\d)[/-]?(?P<month>0[1-9]|1[0-2])[/-]?(?P<day>0[1-9]|[12]\d|3[01])/"
    ),
    re.compile(r"/(?P<year>20\d{2}|199\d)[/-](?P<month>\d{1,2})[/-](?P<day>\d{1,2})(?=[/_.-]|$)"),
    re.compile(
        r"/(?P<year>20\d{2}|199\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])\d{0,10}\.s?html?"
    ),
)
_URL_MONTH = re.compile(r"/(?P<year>20\d{2}|199\d)[/-]?(?P<month>0[1-9]|1[0-2])(?=/)")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date that stands in a text: ISO 8601 day or local date-time, and where it stands."""

    value: str
    start: int
    end: int

    @property
    def day(self) -> str:
        """The day alone, YYYY-MM-DD."""
        return self.value[:10]


def _iso(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    try:
        day = datetime.date(int(groups["year"]), int(groups["month"]), int(groups["day"]))
    except ValueError:
        return None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return None
    if groups.get("hour") is None:
        return day.isoformat()
    hour = int(groups["hour"])
    half = groups.get("half") or ""
    if half in ("下午", "晚", "晚上", "PM") and hour < 12:
        hour += 12
    if hour > 23:
        return day.isoformat()
    return f"{day.isoformat()}T{hour:02d}:{groups['minute']}:{groups.get('second') or '00'}"


def dates_in(text: str) -> Iterator[FoundDate]:
    """The possible dates of ``text`` in order; impossible ones are left out.

    >>> [found.value for found in dates_in("2025年3月18日 9:05　又 2026-02-30")]
    ['2025-03-18T09:05:00']
    """
    if "０" in text:
        text = text.translate(_NARROW)
    if "20" not in text and "19" not in text:
        return  # most lines have no year, which is found out in a tenth of the time
    for match in _DATE.finditer(text):
        value = _iso(match)
        if value:
            yield FoundDate(value, match.start(), match.end())


def first_date(text: str) -> FoundDate | None:
    """The first date of ``text`` in any form that has a year."""
    for found in dates_in(text):
        return found
    for pattern in (_REVERSED, _AMERICAN):
        for match in pattern.finditer(text):
            value = _iso(match)
            if value:
                return FoundDate(value, match.start(), match.end())
    return chinese_date(text) or english_date(text)


def split_date(text: str) -> FoundDate | None:
    """A day that stands apart from its year and month, as lists print it in a box.

    >>> split_date("2025.09 24").value
    '2025-09-24'
    """
    for match in _SPLIT.finditer(text):
        value = _iso(match)
        if value:
            return FoundDate(value, match.start(), match.end())
    return None


def chinese_date(text: str) -> FoundDate | None:
    """A date in Chinese numerals, as documents are signed.

    >>> chinese_date("二〇二五年三月十八日").value
    '2025-03-18'
    """
    for match in _CHINESE.finditer(text):
        value = _chinese(match)
        if value:
            return FoundDate(value, match.start(), match.end())
    return None


def english_date(text: str) -> FoundDate | None:
    """A date with the month's English name, as blogs print it.

    >>> english_date("Saturday, September 10th, 2005 10:56 am").value
    '2005-09-10'
    """
    for pattern in _ENGLISH:
        for match in pattern.finditer(text):
            month = _MONTHS.index(match["name"].lower()) + 1
            try:
                day = datetime.date(int(match["year"]), month, int(match["day"]))
            except ValueError:
                continue
            return FoundDate(day.isoformat(), match.start(), match.end())
    return None


def _chinese(match: re.Match[str]) -> str | None:
    year = 0
    for char in match["year"]:
        if char not in _DIGITS:
            return None
        year = year * 10 + _DIGITS[char]
    try:
        return datetime.date(year, _number(match["month"]), _number(match["day"])).isoformat()
    except ValueError:
        return None


def _number(text: str) -> int:
    tens, mark, ones = text.rpartition("十")
    if not mark:
        return _DIGITS.get(text, 0)
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


def month_day_in(text: str) -> tuple[int, int] | None:
    """Month and day of a date that lacks its year.

    >>> month_day_in("(09-12)")
    (9, 12)
    """
    match = _MONTH_DAY.search(text)
    return (int(match["month"]), int(match["day"])) if match else None


def date_in_url(url: str) -> str | None:
    """The day an address names, as ``t20250318_1.html`` or ``/2025/0318/`` do.

    >>> date_in_url("http://a.example/kjdt/202503/t20250318_17.html")
    '2025-03-18'
    """
    path = url.split("://", 1)[-1]
    path = path[path.find("/") :] if "/" in path else ""
    for pattern in _URL_DAY:
        for match in pattern.finditer(path):
            value = _iso(match)
            if value:
                return value
    return None


def month_in_url(url: str) -> tuple[int, int] | None:
    """Year and month an address names, as ``/202503/`` does."""
    match = _URL_MONTH.search(url)
    return (int(match["year"]), int(match["month"])) if match else None


def instant_date(text: str, timezone: str) -> str | None:
    """A feed's moment (RFC 822 or ISO 8601 with offset) as local date-time of ``timezone``.

    >>> instant_date("Tue, 18 Mar 2025 16:30:00 +0000", "Asia/Shanghai")
    '2025-03-19T00:30:00'
    """
    text = text.strip()
    moment: datetime.datetime | None = None
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            found = first_date(text)
            return found.value if found else None
    if len(text) <= 10:
        return moment.date().isoformat()
    if moment.tzinfo is not None:
        moment = moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds")
