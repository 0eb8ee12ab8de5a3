"""Which lines are headings, and where the title of each ends.

Hides: the grammar of one heading: a number, then a title on a line of its own, or run in before
the first full stop or colon of a paragraph.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.plan.cleaning import Line
from pipeline.plan.contents import Contents
from pipeline.plan.model import Doubt
from pipeline.plan.numbers import RANKS, Mark, read_bare_digit, read_mark

__all__ = ["SENTENCE_END", "Head", "find_heads", "rest_of"]

SENTENCE_END = "。！？!?；;：:…”"
LONGEST_TITLE = 130
"""Longest run-in title kept whole: seed plans have first sentences of 92 characters."""
LONGEST_LISTED = 42
"""Longest sentence that titles an entry of a list (1. and below): what is longer is its text.
The longest such title in 24 documents read by hand has 41 characters."""
LONGEST_OWN_LINE = 70
_PROVISION = re.compile(
    r"^本[\u4e00-\u9fff]{2,6}(?:自|由)|(?:下列|之一)[\u4e00-\u9fff]{0,12}的，|的，(?:由|依照|按照|给予|不得|应)"
    r"|，(?:应当|不得|必须|须|应(?=给予|及时|立即|依法|按|由|在|向))"
)
"""What a rule says and no title does: 有下列行为之一的，…; 对…的人员，应给予….; 本办法自…起施行."""

_TITLE_EDGE = " \t\u3000\xa0。：:；;，,、．."
_BOX_TITLE_END = re.compile(
    r"[：:。\s]|序号|指\s+标|[（(]一[）)]|(?<=[^\s]{4})(?:公约|项目|工程|城市|单位|指标)名称"
)
_LABEL = re.compile(
    r"([^。：:；;，,]{2,20}|[^。：:；;，,要应须将]{4,16}，[^。：:；;，,要应须将]{4,20}"
    r"(?<!如下)(?<!以下)(?<!包括)(?<!分为)(?<!方面)(?<!内容)(?<!任务)(?<!工作)(?<![是为有即指到说]))[：:](?=.)"
)
"""A title before a colon; one of two clauses is a title when it announces no list."""
_UNITS_HEADING = re.compile(
    r"(?:附\s*件\s*\d{0,2}\s*)?[^：:]{0,12}(?:采访|宣传|报道)(?:单位|对象|点|名单|线索)(?:名单|安排)?"
)


_STAGE = re.compile(
    r"(第[一二三四五六七八九十]阶段)\s*(?:[（(][^（）()]{2,40}[）)]|[:：]\s*[^。，；：（()）]{2,20}(?:[（(][^（）()]{2,40}[）)])?)\s*[:：。]?"
)
STAGE_RANK = 4.4
"""A stage stands inside （一） and holds 1."""


@dataclass
class Head:
    """A heading, filled with lines and children while the outline is put together."""

    line: Line
    mark: Mark | None
    rank: float
    title: str
    run_in: bool
    number: str
    inferred: bool = False
    lines: list[Line] = field(default_factory=list)
    children: list[Head] = field(default_factory=list)
    whole: str = ""


def find_heads(
    body: Sequence[Line], contents: Contents | None, doubts: list[Doubt]
) -> list[tuple[int, Head]]:
    """The headings of ``body`` with their line numbers; what is restored goes to ``doubts``."""
    found: list[tuple[int, Head]] = []
    decimal = _numbers_decimally(body)
    for index, line in enumerate(body):
        if line.cells:
            continue
        mark = read_mark(line.text)
        if mark is None and decimal:
            mark = read_bare_digit(line.text)
        if mark is not None:
            head = _heading(line, mark)
            if head is not None:
                found.append((index, head))
            continue
        if contents is not None and (entry := contents.lost(line.text)) is not None:
            head = Head(
                line,
                entry.mark,
                entry.mark.rank,
                _titled(line.text),
                False,
                entry.mark.written,
                True,
            )
            doubts.append(
                Doubt(
                    span=(line.start, line.end),
                    what=f"正文缺序号，按目录补为“{entry.mark.written}”",
                    slug="number-restored",
                )
            )
            found.append((index, head))
        elif (stage := _stage(body, index)) is not None:
            title = _titled(line.text[stage.end(1) :])
            found.append((index, Head(line, None, STAGE_RANK, title, False, stage[1])))
        elif _is_unnumbered_heading(body, index):
            found.append(
                (index, Head(line, None, _styled_rank(line), _titled(line.text), False, ""))
            )
    return found


def _numbers_decimally(body: Sequence[Line]) -> bool:
    """Whether the outermost headings count 1, 2, and the next, if there are any, 1.1, 1.2."""
    found = [mark for line in body if (mark := read_mark(line.text)) is not None]
    decimal = sum(1 for mark in found if mark.family == "multi" and not mark.depth)
    if any(mark.rank <= RANKS["dun"] for mark in found):
        return False
    return decimal > 2 or _counts_headings(body)


def _counts_headings(body: Sequence[Line]) -> bool:
    """Whether bare numbers count 1, 2, 3 through the document with text between them, which
    the rows of a table do not have."""
    bare = [
        (index, mark.value)
        for index, line in enumerate(body)
        if not line.cells and (mark := read_bare_digit(line.text)) is not None
    ]
    return (
        len(bare) > 2
        and [value for _, value in bare] == list(range(1, len(bare) + 1))
        and all(after - before > 1 for (before, _), (after, _) in itertools.pairwise(bare))
    )


def _stage(body: Sequence[Line], index: int) -> re.Match[str] | None:
    """A stage 第一阶段（...） on a line of its own, above what is done in it."""
    stage = _STAGE.fullmatch(body[index].text)
    above = index + 1 < len(body) and not body[index + 1].cells
    return stage if above and len(body[index].text) <= LONGEST_OWN_LINE else None


def _is_unnumbered_heading(body: Sequence[Line], index: int) -> bool:
    line = body[index]
    if line.level and len(line.text) <= LONGEST_OWN_LINE and line.text[-1] not in SENTENCE_END:
        return line.level > 0
    if len(line.text) > 40 or line.text[-1:] in SENTENCE_END or "，" in line.text:
        return False
    following = body[index + 1] if index + 1 < len(body) else None
    if following is None:
        return False
    if line.text.endswith("表") and following.cells:
        return True
    return bool(_UNITS_HEADING.fullmatch(line.text))


def _heading(line: Line, mark: Mark) -> Head | None:
    words = line.text[mark.end :].strip()
    if mark.family == "article":
        return Head(line, mark, mark.rank, "", True, mark.written, whole=words)
    if not words:
        return None
    if mark.family == "box":
        title = _BOX_TITLE_END.split(words.lstrip("：: "), maxsplit=1)[0]
        return Head(
            line,
            mark,
            mark.rank,
            _titled(title),
            len(title) < len(words),
            mark.written,
            whole=words,
        )
    longest = LONGEST_LISTED if mark.rank >= RANKS["digit"] else LONGEST_TITLE
    title, run_in = _split_title(words, longest)
    if mark.rank >= RANKS["digit"] and "。" in words and _PROVISION.search(title):
        title, run_in = "", True
    return Head(line, mark, mark.rank, title, run_in, mark.written, whole=words)


def _split_title(words: str, longest: int) -> tuple[str, bool]:
    """The title in ``words``, empty where the first sentence is longer than ``longest``, and
    whether text follows it in the same paragraph."""
    colon = _LABEL.match(words)
    stop = _first_stop(words)
    if colon and (stop < 0 or colon.end(1) < stop):
        return _titled(colon.group(1)), True
    if stop < 0:
        return ("", True) if len(words) > longest else (_titled(words), False)
    title = words[:stop]
    if len(title) > longest:
        return "", True
    return _titled(title), bool(words[stop + 1 :].strip(" 。"))


def _first_stop(words: str) -> int:
    """Offset of the first full stop outside quotation marks and brackets; -1 for none."""
    depth = 0
    for offset, character in enumerate(words[: LONGEST_TITLE + 20]):
        if character in "“（(《":
            depth += 1
        elif character in "”）)》":
            depth = max(0, depth - 1)
        elif character in "。！？" and depth == 0:
            return offset
    return words.find("。")


def _titled(words: str) -> str:
    title = re.sub(
        r"(?<=[\u4e00-\u9fff])[ \u3000\xa0]+(?=[\u4e00-\u9fff，。、])", "", words.strip(_TITLE_EDGE)
    )
    return title.replace("\u3000", " ")


def _styled_rank(line: Line) -> float:
    """An unnumbered heading stands above all numbered ones, a deeper style inside a higher."""
    return -1.0 + 0.1 * max(line.level - 1, 0)


def rest_of(head: Head) -> Line | None:
    """What follows a run-in title in its own paragraph."""
    if not head.run_in or head.mark is None:
        return None
    line = head.line
    at = line.text.find(head.whole)
    offset = max(at, 0)
    if head.title:
        stop = _first_stop(head.whole)
        colon = _LABEL.match(head.whole)
        if head.mark.family == "box":
            split = _BOX_TITLE_END.search(head.whole)
            skip = split.end() if split else len(head.whole)
        elif colon and (stop < 0 or colon.end(1) < stop):
            skip = colon.end()
        else:
            skip = stop + 1
        offset += skip
    words = line.text[offset:]
    lead = len(words) - len(words.lstrip(" \u3000\xa0"))
    return Line(words.strip(), line.start + offset + lead) if words.strip() else None
