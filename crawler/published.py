"""When a page was published, with where that was read. Pure.

Hides: the order in which dates are believed: site rule, meta tag, visible label, address, list,
then a date that stands alone near the title. A meta date much later than the printed one is that
of moving the site. A date that cannot be (after the page was fetched, before the web, of a
copyright line, of comments or of other articles) is none.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from crawler.body import is_of_others
from crawler.dates import (
    FoundDate,
    chinese_date,
    date_in_url,
    dates_in,
    english_date,
    first_date,
    instant_date,
    month_in_url,
)
from crawler.furniture import is_dateline
from crawler.markup import Line
from pipeline.news import DateEvidence, parse_day
from pipeline.text import comparable

__all__ = ["DateConfidence", "Dated", "find_date"]

DateConfidence = Literal["", "sure", "likely", "weak"]
"""``sure``: stated by the page, and nothing else says otherwise. ``likely``: from the address or the
list, or stated where another statement lies more than a month off. ``weak``: a date that stands
near the title without saying what it is, or only that of the last change."""


@dataclass(frozen=True)
class Dated:
    """A publication date with where it was read and how sure that is; all empty when unknown."""

    value: str | None = None
    evidence: DateEvidence = ""
    confidence: DateConfidence = ""


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
    "ld:datepublished",
    "ld:pubdate",
    "createtime",
)
_OFFSET = re.compile(r"T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$")
_TIMEZONE = "Asia/Shanghai"
"""In which pages print their days."""
_META_UPDATED = ("dateupdate", "article:modified_time", "og:updated_time")
_DATE_LABEL = re.compile(
    r"(?:(?:发布|发表|刊发|播发|刊登|刊载|公布|更新)(?:日\s*期|时\s*间|于)?|發布時間|發佈(?:時間|日期)?|發表|pubDate|Date"
    r"|(?:(?<![\u4e00-\u9fff])|发稿|发文|生成|上传|录入|添加|编辑|公开|入库|转载|上网|信息|稿件|创建)(?:时\s*间|日\s*期))"
    r"\s*[:：]?\s*[\[【(（]?\s*$",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(r"(?:发布|发表|刊发|發布|發表|發佈)[^:：]{0,4}[:：]?\s*[\[【(（]?\s*$")
_WEAK_LABEL = re.compile(
    r"成文|引用|生效|失效|有效|截止|起止|施行|实施|活动|会议|培训|考试|比赛|开标|投标|公示|报名|开始|结束|当前|今天|现在|打印|最后|"
    r"发行|出版|上映|首播|出生|成立|举办|召开|注册|登录|访问|修订|建立|交易|开庭"
)
"""A day of something else than publishing."""
_ANY_LABEL = re.compile(r"[\u4e00-\u9fff]{2,}\s*[:：]\s*$")
_REIMPORT_DAYS = 31
"""A meta date this much later than the printed one is that of moving the site."""
_HEAD_LINES = 5
"""A label deeper inside the body names the day of an event."""
_TAIL_LINES = 12
_RECORD_LINES = 20
"""Lines of the record above an open-government document."""
_CELL = 12
"""Characters of a record's cell that names what stands in the next one."""
_DAY_IN_WORDS = 16
"""Characters; 二〇二五年三月十八日 alone on a line is no sentence that tells of a day."""
_ONLY_DAY = re.compile(r"^(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?$")
_GENERATED = re.compile(r"页面生成时间\s*(.+)")
_NOTICE = re.compile(r"今天|现在|农历|星期.\s*$|copyright|版权|©|备案", re.IGNORECASE)


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
    fetched: datetime.date | None = None,
) -> Dated:
    """When the article was published.

    Args:
        all_lines: the page's lines; ``first`` and ``last`` number the article's own.
        meta: the page's meta tags.
        url: its address.
        ruled: what a site's own rule found, '' without one.
        list_date: the ISO 8601 date its list showed.
        title: the article's title; a date above it is not the article's.
        fetched: when the page was fetched; what lies more than a day after that cannot be.
    """
    last_day = fetched + datetime.timedelta(days=1) if fetched else datetime.date.max

    def possible(value: str | None) -> bool:
        day = parse_day(value[:10]) if value else None
        return day is not None and day <= last_day

    by_rule = first_date(ruled)
    labels = [f for f in _labelled(all_lines, first, last) if possible(f.value)]
    label = labels[0] if labels else None
    given = next((f for f in _stated(meta, _META_DATES) if possible(f.value)), None)
    in_url = date_in_url(url)
    in_url = in_url if possible(in_url) else None
    in_list = list_date if possible(list_date) else None
    said = [f.day for f in (label, given) if f] + [d[:10] for d in (in_url, in_list) if d]
    near = _near(all_lines, first)
    if by_rule and possible(by_rule.value):
        return Dated(_timed(by_rule.value, near), "site rule", _confidence(by_rule.day, said))
    if given and not (label and (_moved(given, label, url) or _is_generation(given, meta))):
        return Dated(_timed(given.value, near), "meta", _confidence(given.day, said))
    if label:
        return Dated(label.value, "label", _confidence(label.day, said))
    if in_url:
        printed = any(f.day == in_url for f in near)
        return Dated(_timed(in_url, near), "url", "sure" if printed else "likely")
    if in_list:
        return Dated(_timed(in_list, near), "list", "likely")
    alone = _generic(all_lines, first, last, title, last_day)
    if alone:
        found, in_dateline = alone
        return Dated(found.value, "text", "likely" if in_dateline else "weak")
    element = next((f for f in _stated(meta, ("time:datetime",)) if possible(f.value)), None)
    written = next((f for f in _written(all_lines, first) if possible(f.value)), None)
    if element:
        return Dated(element.value, "meta", "weak")
    if written:
        return Dated(written.value, "label", "weak")
    changed = next((f for f in _stated(meta, _META_UPDATED) if possible(f.value)), None)
    return Dated(changed.value, "meta", "weak") if changed else Dated()


def _stated(meta: Mapping[str, str], names: tuple[str, ...]) -> Iterator[FoundDate]:
    """The dates in the meta tags ``names``, in that order."""
    for name in names:
        said = meta.get(name, "")
        found = first_date(re.sub(r"(\d)-(\d{2}:\d{2})", r"\1 \2", said))
        if found and _OFFSET.search(said):
            local = instant_date(said, _TIMEZONE)
            found = FoundDate(local, found.start, found.end) if local else found
        if found:
            yield found


def _confidence(day: str, said: list[str]) -> DateConfidence:
    """How sure a stated day is, seen from all days the page, its address and its list state."""
    this = parse_day(day)
    others = [parse_day(other) for other in said]
    far = any(this and o and abs((this - o).days) > _REIMPORT_DAYS for o in others)
    return "likely" if far else "sure"


def _is_generation(given: FoundDate, meta: Mapping[str, str]) -> bool:
    """Whether a stated moment is only that of making the page, which another tag gives as such."""
    made = (_GENERATED.search(value) for value in meta.values())
    return any(m and (f := first_date(m.group(1))) and f.value == given.value for m in made)


def _moved(given: FoundDate, label: FoundDate, url: str) -> bool:
    meta_day, label_day = parse_day(given.value), parse_day(label.value)
    if meta_day is None or label_day is None or label_day >= meta_day:
        return False
    if (meta_day - label_day).days <= _REIMPORT_DAYS:
        return False
    month = month_in_url(url)
    return month is None or month != (meta_day.year, meta_day.month)


def _labelled(all_lines: list[Line], first: int, last: int) -> list[FoundDate]:
    """The dates behind a label, above the body or right below it, the nearest first."""
    near: list[tuple[int, int, FoundDate]] = []
    for number, line in enumerate(all_lines):
        text = line.text
        if number > last + _TAIL_LINES:
            continue
        cell = all_lines[number - 1].text if number and _ONLY_DAY.match(text) else ""
        cell = cell if _ANY_LABEL.search(cell) and len(cell) <= _CELL else ""
        inside = first + (_RECORD_LINES if cell else _HEAD_LINES) < number < last - 2
        if len(text) > 400 and first <= number <= last:
            continue
        if number > last and _of_others(line):
            continue
        for found in dates_in(text):
            before = cell or text[: found.start]
            if not _DATE_LABEL.search(before) or _WEAK_LABEL.search(before[-10:]):
                continue
            if inside and not _PUBLISHED.search(before):
                continue
            place = abs(number - first) if number <= last else 2 * (number - last) + 3
            updated = 1 if re.search(r"更新|生成|发文", before[-8:]) else 0
            near.append((updated, place, found))
    return [found for _, _, found in sorted(near, key=lambda entry: entry[:2])]


_WRITTEN = re.compile(r"成文(?:日期|时间)\s*[:：]?\s*$")


def _written(all_lines: list[Line], first: int) -> Iterator[FoundDate]:
    """The day a document above whose text nothing else is said was written 成文日期."""
    for line in all_lines[max(0, first - _RECORD_LINES) : first + 1]:
        for found in dates_in(line.text):
            if _WRITTEN.search(line.text[: found.start]):
                yield found


def _of_others(line: Line) -> bool:
    """Whether a line below the body belongs to other articles, to comments or to the site."""
    share = 0.6 if re.search(r"[:：]", line.text) else 0.25  # a dateline's source may be a link
    linked = line.links > share * len(line.text)
    return linked or bool(_NOTICE.search(line.text)) or is_of_others(line)


def _near(all_lines: list[Line], first: int) -> list[FoundDate]:
    found = []
    for line in all_lines[max(0, first - 8) : first + 4]:
        if len(line.text) <= 200:
            found += list(dates_in(line.text))
    return found


def _timed(value: str, near: list[FoundDate]) -> str:
    """A bare day with the hour that the dateline prints beside it."""
    if "T" in value:
        return value
    return next((f.value for f in near if f.day == value and "T" in f.value), value)


def _is_short_dateline(text: str) -> bool:
    """A date and hardly more: "2003-7-24 钱江晚报" above a reprint's first words."""
    return len(text) <= 30 and text[:1].isdigit() and is_dateline(text)


def _generic(
    all_lines: list[Line], first: int, last: int, title: str, last_day: datetime.date
) -> tuple[FoundDate, bool] | None:
    """A date that stands alone or beside 来源 between title and body, or right after the body; and
    whether it is the line between title and body that is only there to say it."""
    key = comparable(title)
    start = 0
    for number, line in enumerate(all_lines[: first + 3]):
        if key and comparable(line.text) == key:
            start = number
    best: tuple[FoundDate, bool] | None = None
    best_score = 0.0
    for number, line in enumerate(all_lines):
        text = line.text
        if len(text) > 160 or line.links > 0.6 * len(text):
            continue
        if number > last and _of_others(line):
            continue
        english = [] if number > first + 2 else [english_date(text)]
        if len(text) <= _DAY_IN_WORDS and (worded := chinese_date(text)):
            english.append(worded)
        for found in [*dates_in(text), *(e for e in english if e)]:
            score = 1.0
            if found.day > last_day.isoformat():
                continue
            rest = text[: found.start] + text[found.end :]
            if start <= number <= first + 2 or (
                start <= number <= first + 5 and _is_short_dateline(text)
            ):
                score += 3
            elif first + 2 < number <= last and number < last - 2:
                score -= 1
            if "T" in found.value:
                score += 1.5
            if is_dateline(text):
                score += 2
            if len(rest) <= 30:
                score += 1
            before = text[: found.start]
            if _WEAK_LABEL.search(before[-10:]) or (
                _ANY_LABEL.search(before) and not _DATE_LABEL.search(before)
            ):
                score -= 3  # the day of something else
            if found in english and start - 3 <= number:
                score += 2
            if re.search(r"[，。；]", rest):
                score -= 2.5  # a sentence tells of a day
            if re.search(r"来源|作者|编辑|稿源", text):
                score += 1
            if (
                number <= last + 2
                and re.search(r"于\s*$", text[: found.start])
                and re.search(r"发表|发布", text[found.end :])
            ):
                score += 2.5
            if number > last:
                score -= 1.5
            if _NOTICE.search(text) and (number > last or number < min(first, start)):
                score -= 3
            if score > best_score and score >= 3:
                in_dateline = start <= number <= first + 2 and is_dateline(text)
                best, best_score = (found, in_dateline), score
    return best
