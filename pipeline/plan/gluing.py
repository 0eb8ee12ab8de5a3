"""Headings glued into long lines, set on lines of their own.

Hides: how a plan that was scraped as one line 整篇一行 is cut again. The text is not changed:
the pieces keep their offsets.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from pipeline.plan.cleaning import Line
from pipeline.plan.numbers import RANKS, read_mark

__all__ = ["unglue"]

LONG = 150
VERY_LONG = 1500
"""No paragraph of the 44 plans read by hand is longer, but for those that are glued."""
SIGNATURE = 160
"""Longest end of a line that is searched for a signature, with the spaces that set it right."""

_GAP = re.compile(r"(?!(?<=\s[\u4e00-\u9fff])\s{2,4}[\u4e00-\u9fff]\s)\s{2,}")
"""But not between the letters of a word that is set wide: 国  务  院."""
_INNER = re.compile(
    r"(?:(?<=[。；！”）)])|(?<=[。；！”）)]\s))(?=(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|专栏\d))"
    r"|(?<=[。）)])(?=(?:具体|主要|工作|重点)(?:措施|举措|任务)[：:])"
)
_INNER_PAREN = re.compile(r"(?<=[^\s第（(])(?=[（(][一二三四五六七八九十]{1,3}[）)][^，。、）)])")
_MARK_AHEAD = re.compile(
    r"(?<=\S)[\u3000\xa0 ]{2,}(?=(?:第[一二三四五六七八九十百]{1,5}[章节条][\s\u3000]|[（(][一二三四五六七八九十]{1,3}[）)]"
    r"|[一二三四五六七八九十]{1,3}、|\d{1,2}[.．、](?!\d)))"
    r"|(?<=[。：；）%％])(?=专栏\d{1,2}[\s：:])|(?<=\S)(?=专栏\d{1,2}\u3000)"
    r"|(?<=条例|办法|规定|规划|方案|纲要)(?=第一章[\s\u3000])"
)
"""A paragraph's indent in mid-line, before a number: the break before it was lost."""
_TITLE_GAP = re.compile(
    r"([（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,3})[）)、.．][ \u3000]?[^\s。；：，]{4,30}(?:，[^\s。；：，]{4,20})?)[\s\u3000]{2,}"
    r"(?=[^\s。]{8,}[^。]{0,400}。)"
)
"""A title that only a gap divides from its text: （一）修好水渠　　年内修好三条渠。"""
_USUAL = re.compile(
    r"([一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾参]{1,3}、(?:总体要求|指导思想|基本原则|主要目标|总体目标|工作目标|发展目标|主要任务|重点任务"
    r"|主要内容|保障措施|组织实施|配套措施|工作要求|组织保障|实施步骤|宣传重点|报道安排|主要形式|重大意义|总体思路))(?=[^，、。和及与的（(])"
)


_EVENT_HEADING = re.compile(
    r"[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾参]{1,3}、(?:(?:活动|竞赛|比赛|大赛|培训|办理|参赛)"
    r"(?:主旨|宗旨|目的|单位|背景|主题|时间|地点|内容|对象|方式|资格))(?=[^\s，、。：:；（(和及与的安要][^。]{8})"
)
"""What the notice of an event 活动通知 names first, glued to its sentence."""


_DAY = (
    r"(?:[12]\s?[09](?:\s?\d){2}|[二一][〇零○Ｏ九一二三四五六七八]{3})\s?年"
    r"[\s0-9一二三四五六七八九十]{1,5}月[\s0-9一二三四五六七八九十]{1,5}日"
)
_SIGNER = (
    r"[\u4e00-\u9fff]{2,30}(?:局|府|厅|部|委|会|办公室|中心|院|署|科协)"
    r"|[\u4e00-\u9fff](?:\s{1,2}[\u4e00-\u9fff]){1,9}"
)
_REMARK = r"[（(](?:此件|本文|本件)[^（）()]{0,20}[）)]"
_SIGNED = re.compile(
    rf"(?<=。)(?:\s*(?P<organ>{_SIGNER})\s*(?P<day>{_DAY})|\s{{6,}}(?P<alone>{_SIGNER}))"
    rf"\s*(?P<remark>{_REMARK})?$"
)
"""The signature of a notice behind its last sentence."""
_SENT_OUT = re.compile("印发|转发|发给|通知|遵照|贯彻|特此")
_DAY_AND_TITLE = re.compile(
    rf"\s*({_DAY})(?:\s*(?={_REMARK})"
    r"|\s+(?=[^。；，：\s][^。；，：]{3,59}(?:方案|规划|计划|要点|意见|办法|措施|纲要|条例|规定)(?:\s{2,}|$)))"
)
"""The day of a notice before the title of what it sends out."""
_TITLE_AND_TEXT = re.compile(
    r"([^。；，：\s][^。；，：]{3,59}(?:方案|规划|计划|要点|意见|办法|措施|纲要|条例|规定))\s{2,}(?=\S)"
)


_COUNTED = re.compile(r"(?<=[。；：:）)])(\d{1,2})\s?[.．、](?=[^\s\d]|20\d\d\s?年)")
_RUNNING = re.compile(r"(?<![\d.．—–\-第])(\d{1,3})[.．]\s?(?=[\u4e00-\u9fff“《]|20\d\d\s?年)")
SHORTEST_RUN = 3
_NUMBER_AHEAD = (
    r"(?=第[一二三四五六七八九十百]{1,5}[章节条]|[（(][一二三四五六七八九十]{1,3}[）)]"
    r"|[一二三四五六七八九十]{1,3}、|\d{1,3}[.．、](?!\d))"
)
_MARK_BEHIND_SPACE = re.compile(rf"(?<=\S)\s{_NUMBER_AHEAD}")
_MARK_BEHIND_GAP = re.compile(rf"(?<=\s)\s{_NUMBER_AHEAD}")
_SPACE = re.compile(
    rf"{_GAP.pattern}|(?<=\S)\s{_NUMBER_AHEAD}"
    r"|(?<=[^\x00-\x7f\s])(?<![、．章节条])(?<![（(][一二三四五六七八九十][）)])(?<![（(]十[一二三四五六七八九][）)])"
    r"(?!(?<=\s[\u4e00-\u9fff])\s[\u4e00-\u9fff]\s)\s(?=[^\x00-\x7f\s])"
)
_TASKS = re.compile("(?:具体|主要|工作|重点)(?:措施|举措|任务)[：:]")
_NEXT_ITEM = re.compile(r"(?<=。)(\d{1,2})\s?[.．、](?=[^\s\d]|20\d\d\s?年)")


def unglue(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, glued ones cut before their headings and at wide gaps."""
    lines = [
        piece
        for line in lines
        for unsigned in _signature_apart(line)
        for broken in _at_lost_breaks(unsigned)
        for piece in _items_apart(broken)
    ]
    if not any(len(line.text) > LONG for line in lines):
        return tuple(lines)
    headings = sum(
        1
        for line in lines
        if not line.cells and (mark := read_mark(line.text)) is not None and mark.rank <= 4
    )
    sparse = headings <= 2
    return tuple(piece for line in lines for piece in _apart(line, sparse=sparse))


def _apart(line: Line, *, sparse: bool) -> Iterator[Line]:
    size = len(line.text)
    whole = not line.cells and (
        size > VERY_LONG or (size > LONG and _counts(_MARK_BEHIND_SPACE, line.text))
    )
    gap = _gaps(line.text) if whole else None
    for part in _run_on(line) if whole else (line,):
        for cut in _cut(part, gap, sparse=sparse):
            yield from _counted(cut) if whole or (sparse and size > LONG) else (cut,)


def _counts(pattern: re.Pattern[str], text: str) -> bool:
    """Whether ``pattern`` occurs often enough to be a habit of the text."""
    return sum(1 for _ in itertools.islice(pattern.finditer(text), SHORTEST_RUN)) == SHORTEST_RUN


def _at_lost_breaks(line: Line) -> Iterator[Line]:
    if not line.cells and (match := _EVENT_HEADING.match(line.text)):
        yield _piece(line, 0, match.end())
        yield from _at_lost_breaks(_piece(line, match.end(), len(line.text)))
        return
    if not line.cells and (match := _TITLE_GAP.match(line.text)) and read_mark(line.text):
        yield _piece(line, 0, match.end(1))
        yield from _at_lost_breaks(_piece(line, match.end(), len(line.text)))
        return
    if line.cells or len(line.text) > VERY_LONG or not _MARK_AHEAD.search(line.text):
        yield line
        return
    lines = [(0, len(line.text))]
    if _counts(_MARK_AHEAD, line.text):  # where every paragraph is indented, all breaks are lost
        lines = list(_spans(_GAP, line.text, *lines[0]))
    for begin, until in lines:
        for start, end in _spans(_MARK_AHEAD, line.text, begin, until):
            yield _piece(line, start, end)


def _signature_apart(line: Line) -> Iterator[Line]:
    """Who signs and when on lines of their own, and the title behind the day."""
    if line.cells:
        yield line
        return
    end = len(line.text)
    signed = _SIGNED.search(line.text, max(0, end - SIGNATURE))
    if signed is not None and _SENT_OUT.search(line.text):
        starts = [signed.start(name) for name in signed.groupdict() if signed[name]]
        yield _piece(line, 0, starts[0])
        for start, until in itertools.pairwise([*starts, end]):
            yield _piece(line, start, until)
    elif (day := _DAY_AND_TITLE.match(line.text)) is not None:
        yield _piece(line, 0, day.end(1))
        title = _TITLE_AND_TEXT.match(line.text, day.end())
        if title is not None:
            yield _piece(line, *title.span(1))
        yield _piece(line, title.end() if title else day.end(), end)
    else:
        yield line


def _items_apart(line: Line) -> Iterator[Line]:
    """``1.……。2.……。`` in one paragraph as a line for each number that goes on counting."""
    mark = read_mark(line.text)
    if line.cells or mark is None or mark.family != "digit" or len(line.text) > VERY_LONG:
        yield line
        return
    start, expected = 0, mark.value + 1
    for match in _NEXT_ITEM.finditer(line.text):
        if int(match[1]) == expected:
            yield _piece(line, start, match.start())
            start, expected = match.start(), expected + 1
    yield _piece(line, start, len(line.text)) if start else line


def _counted(line: Line) -> Iterator[Line]:
    """``（一）……：1.……）2.……`` cut from a line that held a whole plan, where it counts from 1."""
    mark = read_mark(line.text)
    opens = _TASKS.match(line.text) or (mark is not None and mark.rank <= RANKS["paren"])
    if line.cells or not opens:
        yield line
        return
    starts: list[int] = []
    for match in _COUNTED.finditer(line.text):
        if int(match[1]) == len(starts) + 1:
            starts.append(match.start())
    if len(starts) < 2:
        starts = []
    for start, end in itertools.pairwise([0, *starts, len(line.text)]):
        yield _piece(line, start, end)


def _run_on(line: Line) -> Iterator[Line]:
    """A whole plan on one line cut before numbers that count through it, 1. to 20., even where
    a heading stands right before them."""
    starts: list[int] = []
    run: list[int] = []
    for match in () if line.cells or "专栏" in line.text else _RUNNING.finditer(line.text):
        value = int(match[1])
        if value == len(run) + 1:
            run.append(match.start())
        elif value == 1:
            starts += run if len(run) >= SHORTEST_RUN else []
            run = [match.start()]
    starts += run if len(run) >= SHORTEST_RUN else []
    for start, end in itertools.pairwise([0, *starts, len(line.text)]):
        yield _piece(line, start, end) if starts else line


def _gaps(text: str) -> re.Pattern[str]:
    """What stands where the lines of a very long one ended: wide gaps, or each single space where
    white space was reduced to that."""
    single = sum(1 for _ in _MARK_BEHIND_SPACE.finditer(text))
    wide = sum(1 for _ in _MARK_BEHIND_GAP.finditer(text))
    return _SPACE if single >= SHORTEST_RUN and single > wide else _GAP


def _cut(line: Line, gap: re.Pattern[str] | None, *, sparse: bool) -> Iterator[Line]:
    """``line`` cut at ``gap``, when it holds a whole text, and before the numbers of headings."""
    boxed = line.text.startswith("专栏")  # what a box 专栏 numbers is not of the outline
    if line.cells:
        yield line
        return
    if gap is None and not (sparse and len(line.text) > LONG):
        yield from _second_level(line, 0, len(line.text))
        return
    whole = (0, len(line.text))
    for start, end in _spans(gap, line.text, *whole) if gap is not None else [whole]:
        pieces = list(_spans(_INNER, line.text, start, end))
        if (boxed and start == 0) or (len(pieces) < 2 and not (start == 0 and sparse)):
            yield _piece(line, start, end)
            continue
        for piece_start, piece_end in pieces:
            yield from _usual(line, piece_start, piece_end)


def _usual(line: Line, start: int, end: int) -> Iterator[Line]:
    """Cut a well-known heading from the sentence glued to it, and （一） from its heading."""
    if match := _USUAL.match(line.text, start, end):
        yield _piece(line, match.start(), match.end())
        start = match.end()
    yield from _second_level(line, start, end)


def _second_level(line: Line, start: int, end: int) -> Iterator[Line]:
    """Cut （一） from the heading 一、 it is glued to."""
    mark = read_mark(line.text[start : start + 40])
    if mark is not None and mark.family == "dun":
        stop = line.text.find("。", start, end)
        inner = _INNER_PAREN.search(
            line.text, start + mark.end + 1, min(end if stop < 0 else stop, start + LONG)
        )
        if inner is not None:
            yield _piece(line, start, inner.start())
            start = inner.start()
    yield _piece(line, start, end) if (start, end) != (0, len(line.text)) else line


def _spans(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    position = start
    for match in pattern.finditer(text, start, end):
        if match.start() > position:
            yield position, match.start()
        position = match.end()
    if position < end:
        yield position, end


def _piece(line: Line, start: int, end: int) -> Line:
    words = line.text[start:end]
    lead = len(words) - len(words.lstrip())
    return Line(words.strip(), line.start + start + lead)
