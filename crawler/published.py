"""When a page was published, with where that was read. Pure.

Hides: the order in which dates are believed: site rule, meta tag, visible label, address, list,
then a date that stands alone near the title. A meta date much later than the printed one is that
of moving the site.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from crawler.dates import FoundDate, date_in_url, dates_in, first_date, month_in_url
from crawler.furniture import is_dateline
from crawler.markup import Line
from pipeline.news import DateEvidence, parse_day
from pipeline.text import comparable

__all__ = ["Dated", "find_date"]


@dataclass(frozen=True)
class Dated:
    """A publication date with where it was read; both empty when unknown."""

    value: str | None = None
    evidence: DateEvidence = ""


_META_DATES = (
    "pubdate",
    "publishdate",
    "firstpublishedtime",
    "article:published_time",
    "og:published_time",
    "datepublished",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "publish_time",
    "publishtime",
    "releasedate",
    "pubtime",
    "maketime",
    "dc.date.issued",
    "dc.date",
    "parsely-pub-date",
    "createtime",
)
_DATE_LABEL = re.compile(
    r"(?:发布(?:日期|时间|于)?|发表(?:日期|时间|于)?|刊发时间|播发时间|发稿时间|发文日期|更新(?:日期|时间)?|时\s*间|日\s*期|上传时间|录入时间|添加时间|编辑时间|發布時間|發佈|發表|pubDate|Date)\s*[:：]?\s*[\[【(（]?\s*$",
    re.IGNORECASE,
)
_WEAK_LABEL = re.compile(
    r"成文日期|引用日期|生效|失效|截止|活动时间|会议时间|报名|开始时间|结束时间|当前|今天|现在|打印时间|最后更新|成文时间"
)
_REIMPORT_DAYS = 31
"""A meta date this much later than the printed one is that of moving the site."""


def find_date(
    all_lines: list[Line],
    first: int,
    last: int,
    meta: Mapping[str, str],
    url: str,
    *,
    ruled: str,
    list_date: str | None,
    title: str,
) -> Dated:
    """When the article was published; ``first`` and ``last`` number its lines on the page."""
    if ruled:
        found = first_date(ruled)
        if found:
            return Dated(found.value, "site rule")
    label = _labelled(all_lines, first, last)
    for name in _META_DATES:
        if name not in meta:
            continue
        given = first_date(re.sub(r"(\d)-(\d{2}:\d{2})", r"\1 \2", meta[name]))
        if given is None:
            continue
        if label and _moved(given, label, url):
            return Dated(label.value, "label")
        return Dated(given.value, "meta")
    if label:
        return Dated(label.value, "label")
    in_url = date_in_url(url)
    if in_url:
        clock = next((f for f in _near(all_lines, first) if f.day == in_url), None)
        return Dated(clock.value if clock else in_url, "url")
    if list_date and parse_day(list_date):
        return Dated(list_date, "list")
    generic = _generic(all_lines, first, last, title)
    return Dated(generic.value, "text") if generic else Dated()


def _moved(given: FoundDate, label: FoundDate, url: str) -> bool:
    meta_day, label_day = parse_day(given.value), parse_day(label.value)
    if meta_day is None or label_day is None or label_day >= meta_day:
        return False
    if (meta_day - label_day).days <= _REIMPORT_DAYS:
        return False
    month = month_in_url(url)
    return month is None or month != (meta_day.year, meta_day.month)


def _labelled(all_lines: list[Line], first: int, last: int) -> FoundDate | None:
    """The date behind a label, above the body or right below it, before others further off."""
    near: list[tuple[int, int, FoundDate]] = []
    for number, line in enumerate(all_lines):
        text = line.text
        if len(text) > 400 and first <= number <= last:
            continue
        for found in dates_in(text):
            before = text[: found.start]
            if not _DATE_LABEL.search(before) or _WEAK_LABEL.search(before[-10:]):
                continue
            place = abs(number - first) if number <= last else 2 * (number - last) + 3
            updated = 1 if re.search(r"更新", before[-8:]) else 0
            near.append((updated, place, found))
    return min(near, key=lambda entry: entry[:2])[2] if near else None


def _near(all_lines: list[Line], first: int) -> list[FoundDate]:
    found = []
    for line in all_lines[max(0, first - 8) : first + 4]:
        if len(line.text) <= 200:
            found += list(dates_in(line.text))
    return found


def _is_short_dateline(text: str) -> bool:
    """A date and hardly more: "2003-7-24 钱江晚报" above a reprint's first words."""
    return len(text) <= 30 and text[:1].isdigit() and is_dateline(text)


def _generic(all_lines: list[Line], first: int, last: int, title: str) -> FoundDate | None:
    """A date that stands alone or beside 来源 between title and body, or right after the body."""
    key = comparable(title)
    start = 0
    for number, line in enumerate(all_lines[: first + 3]):
        if key and comparable(line.text) == key:
            start = number
    best: FoundDate | None = None
    best_score = 0.0
    for number, line in enumerate(all_lines):
        text = line.text
        if len(text) > 160 or line.links > 0.6 * len(text):
            continue
        for found in dates_in(text):
            score = 1.0
            rest = text[: found.start] + text[found.end :]
            if start <= number <= first + 2 or (number <= first + 5 and _is_short_dateline(text)):
                score += 3
            elif first + 2 < number <= last and number < last - 2:
                score -= 1
            if "T" in found.value:
                score += 1.5
            if is_dateline(text):
                score += 2
            if len(rest) <= 30:
                score += 1
            if re.search(r"来源|作者|编辑|稿源", text):
                score += 1
            if re.search(r"于\s*$", text[: found.start]) and re.search(
                r"发表|发布", text[found.end :]
            ):
                score += 2.5
            if number > last:
                score -= 1.5
            if (
                re.search(r"今天|现在|农历|星期.\s*$|copyright|版权", text, re.I)
                and number < first
                and number < start
            ):
                score -= 3
            if score > best_score and score >= 3:
                best, best_score = found, score
    return best
