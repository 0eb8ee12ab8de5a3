"""A bulletin 简报 read as a plan: columns 【高层声音】 and the dated items in them.

Hides: where one item ends and the next begins when neither has a number: a new item has a
title sentence followed by a dateline, or starts with its date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.plan.cleaning import Line
from pipeline.plan.dates import find_day, find_days
from pipeline.plan.headings import SENTENCE_END
from pipeline.plan.model import PlanNode
from pipeline.plan.numbers import read_mark
from pipeline.plan.outline import joined

__all__ = ["BulletinReading", "Masthead", "headline", "is_bulletin", "read_bulletin_plan"]

_COLUMN = re.compile(r"【\s*([^【】\n]{1,20}?)\s*】")
_MASTHEAD = re.compile(r".{2,24}(?:简报|快报|通讯|专报|动态|信息|参考|要情|月报|周报|工作交流)")
_ISSUE = re.compile(
    r"[（(]?\s*(?:\d{4}\s*年\s*)?第\s*(\d+|[一二三四五六七八九十]+)\s*期(?:\s*[（(]?总第\s*\d+\s*期[）)]?)?\s*[）)]?"
)
_FOOT = re.compile(
    r"(?:报|送|发|抄送|抄报|主送|主报|分送|报送|编辑|责任编辑|责编|主编|编审|审核|审签|签发|校对|撰稿|电话|联系电话|传真|投稿)"
    r"\s*[：:]|[（(]?共印\s*\d+\s*份|.{0,30}(?:办公室)?\s*\d{4}\s?年\d{1,2}\s?月\d{1,2}\s?日印发"
)
_DATE_START = re.compile(
    r"(?:\d{4}\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?日|\d{1,2}\s?日[，,]|(?:近日|日前)[，,]"
)
_DATELINE = re.compile(
    r"[^。]{0,14}?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?|[^。]{0,4}?(?:近日|日前|近年来|近期|今年以来|为[^。]{4,30}，)|\d{4}\s?年"
)
_GOES_ON = re.compile(
    r"(?:会议|会上|会后|会前|座谈会|活动|据悉|此次|此外|同时|调研|其中|下一步|目前|截至|随后|他|她|在.{0,12}(?:上|中|期间)|一是|二是|三是)"
    r"|.{2,4}(?:强调|指出|要求|表示|介绍|认为)"
)
_BULLET = re.compile(r"[◆●■▲★※◇○□▪•·]\s*")
_CONTENTS = re.compile(r"(?:本期|内容)?\s*(?:要目|导读|目\s*录|目\s*次|内容|提要|看点)")
_EDITED = re.compile(r"(?:编印|编发|主办|编辑|印发)$")
_LEADING_DATE = re.compile(
    r"(?:(?:\d{4}\s?年\s?)?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?(?:\s?(?:[—–~～\-]{1,2}|至|到)\s?(?:\d{1,2}\s?月\s?)?\d{1,2}\s?日)?"
    r"(?:[上下]午|[上中下]旬)?|近日|日前|近期)[，,]\s*"
)
LONGEST_TITLE = 50
SHORTEST_CLAUSE = 8
DATELINE_REACH = 60
"""The date of an item stands in the first 60 characters of its text, or it has none."""


@dataclass(frozen=True)
class Masthead:
    """What stands above the first column."""

    title: str
    issue: str
    issuer: str
    date: str | None


@dataclass(frozen=True)
class BulletinReading:
    """The masthead and the columns with their items."""

    masthead: Masthead
    nodes: tuple[PlanNode, ...]


@dataclass
class _Item:
    title: str
    first: Line
    paragraphs: list[str] = field(default_factory=list)
    end: int = 0


def is_bulletin(lines: Sequence[Line]) -> bool:
    """A masthead with an issue number, or columns in black brackets on lines of their own."""
    columns = sum(1 for line in lines if _COLUMN.fullmatch(line.text))
    head = [line.text for line in lines[:12]]
    masthead = any(_MASTHEAD.fullmatch(text) for text in head)
    issue = any(_ISSUE.fullmatch(text) for text in head)
    outlined = any((mark := read_mark(line.text)) and mark.family == "dun" for line in lines)
    return (masthead and issue) or (columns >= 2 and (masthead or issue or not outlined))


def read_bulletin_plan(lines: Sequence[Line]) -> BulletinReading:
    """The bulletin in ``lines``; without columns its items hang under no heading."""
    first = next((i for i, line in enumerate(lines) if _is_column(line)), None)
    head = lines[: first if first is not None else _head_end(lines)]
    masthead = _read_masthead(head)
    nodes: list[PlanNode] = []
    column: Line | None = None
    held: list[Line] = []
    for line in [*lines[len(head) :], None]:
        foot = line is None or _FOOT.match(line.text) is not None
        heading = line is not None and _is_column(line)
        if not foot and not heading and line is not None:
            held.append(line)
            continue
        if (column is not None or held) and not _is_contents(column):
            nodes.append(_column(column, held, len(nodes) + 1, masthead.date))
        column, held = line if heading else None, []
        if foot:
            break
    return BulletinReading(masthead, tuple(nodes))


def _is_column(line: Line) -> bool:
    return _COLUMN.fullmatch(line.text) is not None


def _is_contents(column: Line | None) -> bool:
    """Whether a column only lists what is in the issue."""
    name = _COLUMN.fullmatch(column.text) if column is not None else None
    return name is not None and _CONTENTS.fullmatch(name.group(1)) is not None


def _head_end(lines: Sequence[Line]) -> int:
    """How many lines the masthead has where no column ends it: to the date of issue, or to the
    first line that is a sentence."""
    for index, line in enumerate(lines[:15]):
        text = line.text
        if len(text) <= LONGEST_TITLE and find_day(text) and "。" not in text:
            return index + 1
        sentence = len(text) > LONGEST_TITLE or "。" in text or read_mark(text) is not None
        if sentence and not text.endswith(("：", ":")) and not _ISSUE.search(text):
            return index
    return 0


def _read_masthead(head: Sequence[Line]) -> Masthead:
    title = next((line.text for line in head if _MASTHEAD.fullmatch(line.text)), "")
    if not title and head:
        title = head[0].text
    issue = next((m.group() for line in head if (m := _ISSUE.search(line.text))), "")
    published, issuer = None, ""
    for index, line in enumerate(head):
        day = find_day(line.text)
        if day is None:
            continue
        published = day
        beside = re.split(r"(?:19|20)\d\s?\d\s?年", line.text)[0].strip()
        above = head[index - 1].text if index else ""
        issuer = beside or ("" if _ISSUE.search(above) or above == title else above)
        issuer = _EDITED.sub("", issuer)
        break
    return Masthead(title, re.sub(r"\s+", "", issue), issuer, published)


def _column(
    column: Line | None, held: Sequence[Line], order: int, published: str | None
) -> PlanNode:
    items = tuple(
        _node(item, f"item-{order}.{position}", published)
        for position, item in enumerate(_items(held), 1)
    )
    name = _COLUMN.fullmatch(column.text) if column is not None else None
    start = column.start if column is not None else held[0].start
    end = max([item.span[1] for item in items], default=column.end if column is not None else start)
    return PlanNode(
        id=f"heading-{order}",
        kind="heading",
        level=1,
        title=name.group(1) if name is not None else "",
        span=(start, end),
        inferred=column is None,
        children=items,
    )


def headline(text: str) -> str:
    """What to call an item without a title of its own: its first clause, without its date.

    >>> headline("6月25日，县科协召开全委（扩大）会议，审议工作报告。会后座谈。")
    '县科协召开全委（扩大）会议'
    """
    sentence = re.split("[。！？!?\n]", text, maxsplit=1)[0].strip()
    bare = sentence[found.end() :] if (found := _LEADING_DATE.match(sentence)) else sentence
    depth = 0
    for index, character in enumerate(bare):
        depth += (character in "“《（(") - (character in "”》）)")
        if depth <= 0 and character in "，,；;" and index >= SHORTEST_CLAUSE:
            bare = bare[:index]
            break
    if len(bare) <= LONGEST_TITLE:
        return bare
    return bare[: max(bare.rfind("、", SHORTEST_CLAUSE, LONGEST_TITLE), 0) or LONGEST_TITLE]


def _items(held: Sequence[Line]) -> list[_Item]:
    items: list[_Item] = []
    for index, line in enumerate(held):
        words = _bare(line.text).strip()
        if not words:
            continue
        following = held[index + 1].text if index + 1 < len(held) else ""
        broken = (
            bool(items)
            and bool(items[-1].paragraphs)
            and items[-1].paragraphs[-1][-1:] not in SENTENCE_END
        )
        title, rest = _title(words, following)
        awaiting = bool(items) and not items[-1].paragraphs
        new = not items or (
            not broken and not awaiting and _opens(words, title, rest, len(words) < len(line.text))
        )
        if not new:
            items[-1].paragraphs.append(words)
        else:
            items.append(_Item(title, line, [rest] if rest else []))
        items[-1].end = line.end
    return items


def _bare(text: str) -> str:
    if bullet := _BULLET.match(text):
        return text[bullet.end() :]
    mark = read_mark(text)
    return (
        text[mark.end :] if mark is not None and mark.family in ("dun", "digit", "paren") else text
    )


def _title(words: str, following: str) -> tuple[str, str]:
    """Title and rest of an item's first paragraph; '' for an item without title."""
    if _DATE_START.match(words):
        return "", words
    stop = words.find("。")
    if stop < 0:
        own_line = (
            len(words) <= LONGEST_TITLE
            and words[-1:] not in SENTENCE_END
            and len(following) > len(words)
        )
        return (words, "") if own_line else ("", words)
    if stop > LONGEST_TITLE or stop + 1 == len(words):
        return "", words
    return words[:stop], words[stop + 1 :].strip()


def _opens(words: str, title: str, rest: str, marked: bool) -> bool:
    """Whether a paragraph after a finished one starts a new item."""
    if marked or _DATE_START.match(words):
        return True
    if not title or _GOES_ON.match(words):
        return False
    return not rest or _DATELINE.match(rest) is not None


def _node(item: _Item, identifier: str, published: str | None) -> PlanNode:
    text = joined(item.paragraphs)
    return PlanNode(
        id=identifier,
        kind="item",
        level=2,
        title=item.title,
        text=text,
        date=find_days(text[:DATELINE_REACH], published),
        span=(item.first.start, item.end),
    )
