"""When a duty falls due 应办时次: days, weeks, months, quarters, from what the plan writes.

Hides: how 4月上旬, 6月中旬起, 每月不少于两次, 年底前 or 科技活动周 become spans of days. Pure; what
cannot be made out is one occasion, the whole term.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from pipeline.coverage.report import Period
from pipeline.plan.days_of_note import day_of_note
from pipeline.plan.events import EVENT
from pipeline.plan.numbers import chinese_value

__all__ = ["Occasion", "Timing", "occasions_of"]


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """A span of days in which a duty is to be done ``wanted`` times; due on its ``last`` day."""

    first: str
    last: str
    label: str
    wanted: int = 1


@dataclass(frozen=True)
class Timing:
    """All occasions of a duty in its term, in order, and what had to be assumed."""

    occasions: tuple[Occasion, ...]
    notes: tuple[str, ...] = ()
    whole_term: bool = False
    """The plan gives no time: the one occasion is the term."""


@dataclass(frozen=True)
class _Span:
    first: date
    last: date
    label: str = ""


_NUMBER = r"(\d{1,5}|[一二两三四五六七八九十]{1,3})"
_COUNT = re.compile(rf"{_NUMBER}\s?[次篇期条场个批组件部幅集档]")
_PERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("day", re.compile(r"每[天日]|每个?工作日")),
    ("fortnight", re.compile(r"每两周|每半月")),
    ("week", re.compile(r"每个?(?:周|星期)|按周")),
    ("two_months", re.compile(r"每双月|每两个?月")),
    ("month", re.compile(r"每个?月|按月|逐月")),
    ("quarter", re.compile(r"每个?季|按季|逐季")),
    ("half", re.compile(r"每半年|每个?学期")),
    ("year", re.compile(r"每年|每个?年度|全年|年内|按年")),
)
_WEEKS = {"week": 7, "fortnight": 14}
_DUE_DAY = re.compile(r"每(?:个?月|季度|年)[^，。；、\n\d]{0,6}(\d{1,2})日前")
_DAY = r"(\d{1,2})\s?月\s?(\d{1,2})\s?日"
_RANGE_DAYS = re.compile(
    rf"{_DAY}\s?(?:[—–―~～\-至到]{{1,2}})\s?(?:(\d{{1,2}})\s?月\s?)?(\d{{1,2}})\s?日"
)
_ONE_DAY = re.compile(_DAY)
_DOTTED = re.compile(r"(?<![\d.．·])(\d{1,2})[.．·](\d{1,2})(?!\d)")
_PARTS = {
    "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "初": (1, 10), "中": (11, 20),
    "底": (21, 31), "末": (21, 31),
}  # fmt: skip
_MONTHS = re.compile(
    r"(\d{1,2})\s?月?\s?(上旬|中旬|下旬|初|中|底|末)?\s?(?:[—–―~～\-]{1,2}|至|到)\s?(\d{1,2})\s?月(上旬|中旬|下旬|初|中|底|末)?"
)
_MONTH = re.compile(r"(\d{1,2})\s?月份?\s?(上旬|中旬|下旬|初|中|底|末)?")
_QUARTER = re.compile(r"第?([一二三四])季度")
_HALF = re.compile(r"(上|下)半年")
_YEAR_END = re.compile(r"(?<!半)(?:年底|年末|年终|岁末)")
_YEAR = re.compile(r"((?:19|20)\d\d)\s?年")
_CHINESE_MONTH = re.compile(r"(十[一二]?|[一二三四五六七八九])月")


def occasions_of(when: str, every: str, term: Period) -> Timing:
    """The occasions of a duty in ``term``.

    Args:
        when, every: as the plan writes them (``Obligation.when``, ``Obligation.every``).
        term: the plan's term, or the audited years where the plan names none.

    >>> term = Period(first="2017-01-01", last="2017-12-31")
    >>> [(o.first, o.last, o.wanted) for o in occasions_of("4月上旬", "", term).occasions]
    [('2017-04-01', '2017-04-10', 1)]
    >>> len(occasions_of("", "每月走访不少于两次", term).occasions)
    12
    """
    first, last = date.fromisoformat(term.first), date.fromisoformat(term.last)
    spans, notes = _spans(when, first, last)
    frequencies = list(_frequencies(every or when))
    found: list[Occasion] = []
    for per, wanted in frequencies:
        within = spans or [_Span(first, last)]
        if per == "term":
            found += [_occasion(span, wanted, term) for span in within]
            continue
        if per == "year" and len(within) == 1:
            # 下半年 .. 全年不少于六期: the count is the year's, the span says when in it.
            found += [_occasion(span, wanted, term) for span in within]
            continue
        for span in within:
            found += [_occasion(part, wanted, term) for part in _cut(span, per)]
    if due := _DUE_DAY.search(every or when):
        found = [_until(one, int(due[1])) for one in found]
    if not found:
        found = [_occasion(span, 1, term) for span in spans]
    whole = not found
    if whole:
        found = [_occasion(_Span(first, last), 1, term)]
    inside = {(o.first, o.last, o.wanted): o for o in found if o.first <= o.last}
    ordered = tuple(sorted(inside.values(), key=lambda o: (o.last, o.first, o.wanted)))
    return Timing(ordered, tuple(notes), whole)


def _frequencies(words: str) -> Iterator[tuple[str, int]]:
    """(per, how often) for every frequency in ``words``; a bare number is over the whole term."""
    for part in words.split("；"):
        per = next((name for name, pattern in _PERS if pattern.search(part)), "")
        count = _COUNT.findall(part)
        number = _value(count[-1]) if count else 1
        if per:
            yield per, number
        elif count and re.search("不少于|至少|不低于|各", part):
            yield "term", number


def _value(written: str) -> int:
    return int(written) if written.isdecimal() else chinese_value(written.replace("两", "二"))


def _spans(when: str, first: date, last: date) -> tuple[list[_Span], list[str]]:
    """What ``when`` names, in every year of the term, clipped to it."""
    words = _CHINESE_MONTH.sub(lambda m: f"{chinese_value(m[1])}月", when)
    named = [int(year) for year in _YEAR.findall(words)]
    words = _YEAR.sub("", words)
    found: list[_Span] = []
    notes: list[str] = []
    for year in named or range(first.year, last.year + 1):
        for span in _in_year(words, year, notes):
            end = last if re.search("起(?!草)", words) else span.last
            start = first if re.search(r"前(?!后)", words) else span.first
            start, end = max(start, first), min(end, last)
            if re.search(r"前(?!后)", words) and not named:
                start = max(start, date(year, 1, 1))
            if start <= end:
                label = span.label if (start, end) == (span.first, span.last) else ""
                found.append(_Span(start, end, label))
        if found and re.search("起(?!草)", words):
            break
    return found, list(dict.fromkeys(notes))


def _in_year(words: str, year: int, notes: list[str]) -> Iterator[_Span]:
    rest = words
    any_found = False
    for pattern, make in (
        (_RANGE_DAYS, _days),
        (_ONE_DAY, _one_day),
        (_DOTTED, _one_day),
        (_MONTHS, _months),
        (_MONTH, _month),
        (_QUARTER, _quarter),
        (_HALF, _half),
        (_YEAR_END, _year_end),
    ):
        for match in pattern.finditer(rest):
            if span := make(match, year):
                any_found = True
                yield span
        rest = pattern.sub("｜", rest)
    if any_found:
        return
    for match in EVENT.finditer(rest):
        if days := day_of_note(match.group(), year):
            notes.append(f"方案未写“{match.group()}”的日期，按惯例日期列出，以当年通知为准")
            yield _Span(*days, f"{year}年{match.group()}")
        else:
            notes.append(f"方案未写“{match.group()}”的日期，也没有固定日期")


def _safe(year: int, month: int, day: int) -> date | None:
    if not 1 <= month <= 12 or day < 1:
        return None
    return date(year, month, min(day, monthrange(year, month)[1]))


def _days(match: re.Match[str], year: int) -> _Span | None:
    first = _safe(year, int(match[1]), int(match[2]))
    last = _safe(year, int(match[3] or match[1]), int(match[4]))
    return _Span(first, last) if first and last and first <= last else None


def _one_day(match: re.Match[str], year: int) -> _Span | None:
    day = _safe(year, int(match[1]), int(match[2]))
    return _Span(day, day) if day else None


def _months(match: re.Match[str], year: int) -> _Span | None:
    from_day, _ = _PARTS.get(match[2] or "", (1, 31))
    _, to_day = _PARTS.get(match[4] or "", (1, 31))
    first, last = _safe(year, int(match[1]), from_day), _safe(year, int(match[3]), to_day)
    return _Span(first, last) if first and last and first <= last else None


def _month(match: re.Match[str], year: int) -> _Span | None:
    low, high = _PARTS.get(match[2] or "", (1, 31))
    first, last = _safe(year, int(match[1]), low), _safe(year, int(match[1]), high)
    label = f"{year}年{int(match[1])}月{match[2] or ''}"
    return _Span(first, last, label) if first and last else None


def _quarter(match: re.Match[str], year: int) -> _Span | None:
    number = "一二三四".index(match[1])
    return _part_of_year(year, 3 * number + 1, 3 * number + 3, f"{year}年第{match[1]}季度")


def _half(match: re.Match[str], year: int) -> _Span | None:
    low = 1 if match[1] == "上" else 7
    return _part_of_year(year, low, low + 5, f"{year}年{match[1]}半年")


def _year_end(_: re.Match[str], year: int) -> _Span | None:
    return _part_of_year(year, 12, 12, f"{year}年底")


def _part_of_year(year: int, low: int, high: int, label: str) -> _Span:
    return _Span(date(year, low, 1), date(year, high, monthrange(year, high)[1]), label)


def _cut(span: _Span, per: str) -> Iterator[_Span]:
    """Calendar pieces of a span; the first and the last may be shorter."""
    start = span.first
    while start <= span.last:
        end, label = _piece(start, per)
        days = (min(end, span.last) - start).days + 1
        # A stump of a week at either end asks for nothing of its own.
        if per not in _WEEKS or 2 * days > _WEEKS[per]:
            yield _Span(start, min(end, span.last), label if end <= span.last else "")
        start = end + timedelta(days=1)


def _piece(start: date, per: str) -> tuple[date, str]:
    """Last day and name of the calendar piece that holds ``start``."""
    year, month = start.year, start.month
    if per == "day":
        return start, f"{year}年{month}月{start.day}日"
    if per in ("week", "fortnight"):
        days = _WEEKS[per] - 1 - start.weekday()
        return start + timedelta(days=days), ""
    if per == "year":
        return date(year, 12, 31), f"{year}年"
    size = {"month": 1, "two_months": 2, "quarter": 3, "half": 6}[per]
    last_month = (month - 1) // size * size + size
    label = {
        "month": f"{year}年{month}月",
        "quarter": f"{year}年第{'一二三四'[(month - 1) // 3]}季度",
        "half": f"{year}年{'上' if month <= 6 else '下'}半年",
    }.get(per, "")
    return date(year, last_month, monthrange(year, last_month)[1]), label


def _occasion(span: _Span, wanted: int, term: Period) -> Occasion:
    label = span.label
    if not label and (span.first.isoformat(), span.last.isoformat()) == (term.first, term.last):
        label = term.label
    return Occasion(
        first=span.first.isoformat(),
        last=span.last.isoformat(),
        label=label or _days_label(span),
        wanted=max(wanted, 1),
    )


def _days_label(span: _Span) -> str:
    first, last = span.first, span.last
    written = f"{first.year}年{first.month}月{first.day}日"
    if first == last:
        return written
    year = f"{last.year}年" if last.year != first.year else ""
    return f"{written}至{year}{last.month}月{last.day}日"


def _until(one: Occasion, day: int) -> Occasion:
    last = date.fromisoformat(one.last)
    due = last.replace(day=min(day, last.day))
    return msgspec.structs.replace(one, last=max(due.isoformat(), one.first))
