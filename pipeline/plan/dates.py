"""Dates and terms as plans write them, made ISO 8601.

Hides: the spellings of dates (6 月 18 日, 二○一一年, ranges) and of terms (十四五, 2026—2030年).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipeline.plan.numbers import chinese_value

__all__ = ["find_day", "find_days", "find_period", "year_term", "years_from"]

_YEAR = r"((?:19|20)\s?\d\s?\d|[二一][〇零○ＯOo〇九]{1,2}[一二三四五六七八九〇零○]{1,2})\s?年"
_FULL = re.compile(
    _YEAR
    + r"\s?([0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?月\s?([0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?日"
)
_NUMERIC = re.compile(r"((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_MONTH_DAY = re.compile(
    r"(?:((?:19|20)\d\d)\s?年\s?)?(\d{1,2})\s?月\s?(\d{1,2})\s?日?"
    r"(?:\s?(?:[—–―－‒‑~～\-]{1,2}|至|到)\s?(?:(\d{1,2})\s?月\s?)?(\d{1,2})\s?日)?(?<=日)"
)
_YEARS = re.compile(r"((?:19|20)\d\d)\s?年?\s?(?:[—–―－‒‑~～\-]{1,2}|至)\s?((?:19|20)\d\d)\s?年")
_MONTHS = re.compile(
    r"((?:19|20)\d\d)\s?年\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?日)?\s?(?:[—–―－‒‑~～\-]{1,2}|至|到)\s?"
    r"(?:((?:19|20)\d\d)\s?年)?\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?日)?"
)
_FIVE_YEARS = re.compile(r"[“\"]?([一二三四五六七八九十]{1,3})五[”\"]?")
_FIRST_FIVE_YEAR_PLAN = 1953


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _year(written: str) -> int:
    bare = written.replace(" ", "")
    if bare.isdecimal():
        return int(bare)
    digits = "".join(str("〇一二三四五六七八九".find(re.sub("[零○ＯOo]", "〇", c))) for c in bare)
    return int(digits) if digits.isdecimal() and len(digits) == 4 else 0


def find_day(text: str) -> str | None:
    """The first full date in ``text``.

    >>> find_day("2021 年 6 月 30 日"), find_day("成文日期: 2023-02-24"), find_day("6月")
    ('2021-06-30', '2023-02-24', None)
    """
    for match in _FULL.finditer(text):
        found = _iso(_year(match[1]), chinese_value(match[2]), chinese_value(match[3]))
        if found:
            return found
    for match in _NUMERIC.finditer(text):
        if found := _iso(int(match[1]), int(match[2]), int(match[3])):
            return found
    return None


def find_days(text: str, published: str | None) -> tuple[str, str] | None:
    """First and last day of the first date in ``text``; the year comes from ``published``.

    A month later than that of publication belongs to the year before.

    >>> find_days("6月26日—27日，调研", "2021-06-30")
    ('2021-06-26', '2021-06-27')
    >>> find_days("12月28日，召开", "2022-01-10")
    ('2021-12-28', '2021-12-28')
    """
    match = _MONTH_DAY.search(text)
    if match is None:
        return None
    month, day = int(match[2]), int(match[3])
    if match[1]:
        year = int(match[1])
    elif published:
        year = int(published[:4]) - (1 if month > int(published[5:7]) else 0)
    else:
        return None
    first = _iso(year, month, day)
    if first is None:
        return None
    last_month = int(match[4]) if match[4] else month
    last = _iso(year + (last_month < month), last_month, int(match[5])) if match[5] else first
    return first, last if last is not None and last >= first else first


def year_term(title: str) -> tuple[str, str] | None:
    """The calendar year named in a title.

    >>> year_term("2017 年科技宣传工作实施方案")
    ('2017-01-01', '2017-12-31')
    >>> year_term("行动方案（2025-2030年）") is None
    True
    """
    years = set(re.findall(r"(?<!\d)((?:19|20)\d\d)\s?年", title))
    if len(years) != 1 or _YEARS.search(title):
        return None
    year = years.pop()
    return f"{year}-01-01", f"{year}-12-31"


def years_from(first: str, years: int) -> tuple[str, str]:
    """So many whole years from a day on.

    >>> years_from("2025-06-01", 3), years_from("2024-02-29", 1)
    (('2025-06-01', '2028-05-31'), ('2024-02-29', '2025-02-28'))
    """
    begin = date.fromisoformat(first)
    leap = (begin.month, begin.day) == (2, 29)
    after = (date(begin.year, 3, 1) if leap else begin).replace(year=begin.year + years)
    return first, (after - timedelta(days=1)).isoformat()


def find_period(text: str, *, days: bool = False) -> tuple[str, str] | None:
    """The term a title or sentence gives: months, years, or a five-year plan by name.

    >>> find_period("2025年1月至12月"), find_period("行动方案（2026—2030年）")
    (('2025-01-01', '2025-12-31'), ('2026-01-01', '2030-12-31'))
    >>> find_period("发展战略规划纲要（2022－2035年）")
    ('2022-01-01', '2035-12-31')
    >>> find_period("科技创新“十四五”规划")
    ('2021-01-01', '2025-12-31')

    With ``days`` two full dates, or one whole year, count as well.

    >>> find_period("2026年1月1日起实施，有效期至2030年12月31日", days=True)
    ('2026-01-01', '2030-12-31')
    """
    if match := _MONTHS.search(text):
        year = int(match[4] or match[1])
        first = _iso(int(match[1]), int(match[2]), int(match[3] or 1))
        last = (
            _iso(year, int(match[5]), int(match[6]))
            if match[6]
            else _month_end(year, int(match[5]))
        )
        if first and last and first <= last:
            return first, last
    if (match := _YEARS.search(text)) and match[1] <= match[2]:
        return f"{match[1]}-01-01", f"{match[2]}-12-31"
    if days and (found := _full_days(text)):
        return found
    if match := _FIVE_YEARS.search(text):
        count = chinese_value(match[1])
        if 6 <= count <= 20 and not re.search(
            "以来|期间|时期", text[match.end() : match.end() + 4]
        ):
            start = _FIRST_FIVE_YEAR_PLAN + 5 * (count - 1)
            # The sixth plan started in 1981, after three years of adjustment.
            start += 3 if count >= 3 else 0
            return f"{start}-01-01", f"{start + 4}-12-31"
    return None


def _full_days(text: str) -> tuple[str, str] | None:
    whole = [
        found
        for match in _FULL.finditer(text)
        if (found := _iso(_year(match[1]), chinese_value(match[2]), chinese_value(match[3])))
    ]
    if len(whole) > 1 and whole[0] <= whole[-1]:
        return whole[0], whole[-1]
    return (
        year_term(text) if not whole and re.search(r"年(?:度|全年)?$|年(?:全年|度)", text) else None
    )


def _month_end(year: int, month: int) -> str | None:
    for day in (31, 30, 29, 28):
        if found := _iso(year, month, day):
            return found
    return None
