"""The outline 提纲 of a document: which lines are headings, and what lies under each.

Hides: the grammar of numbered headings: levels, run-in titles, continued paragraphs, wrong or
lost numbers, tables of contents 目录, and where the document's own text starts and ends.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.plan.cleaning import CleanText, Line
from pipeline.plan.contents import Contents, find_contents
from pipeline.plan.gluing import unglue
from pipeline.plan.model import Doubt
from pipeline.plan.numbers import RANKS, Mark, read_mark

__all__ = ["Outline", "Section", "joined", "read_outline"]

SENTENCE_END = "。！？!?；;：:…”"
LONGEST_TITLE = 130
"""Longest run-in title kept whole: seed plans have first sentences of 92 characters."""
LONGEST_OWN_LINE = 70

_LIST_RANKS = frozenset(RANKS[family] for family in ("paren", "digit_paren", "circle"))
_TITLE_EDGE = " \t\u3000\xa0。：:；;，,、．."
_SIGNED = re.compile(
    r"(?:[（(]?此件|[（(]本文有删减)|[二〇零○Ｏ一九0-9\s]{2,8}年[\s0-9一二三四五六七八九十]{1,5}月[\s0-9一二三四五六七八九十]{1,5}日\s*(?:印发)?$"
)
_BOX_TITLE_END = re.compile(r"[：:。\s]|序号|指\s+标|[（(]一[）)]")


@dataclass(frozen=True)
class Section:
    """A heading with what lies under it."""

    level: int
    mark: Mark | None
    number: str
    title: str
    run_in: bool
    """The title and its text share a paragraph."""
    lines: tuple[Line, ...] = ()
    """The words under this heading and above the next; the first may be the rest of a run-in
    paragraph."""
    span: tuple[int, int] = (0, 0)
    inferred: bool = False
    children: tuple[Section, ...] = ()
    whole: str = ""
    """The heading's own paragraph, without the number."""

    @property
    def text(self) -> str:
        """The words under the heading, without its children's; table rows are left out."""
        return joined([line.text for line in self.lines if not line.cells])


@dataclass(frozen=True)
class Outline:
    """The headings of a document as a tree, and the lines before the first and after the last."""

    before: tuple[Line, ...]
    sections: tuple[Section, ...]
    after: tuple[Line, ...]
    doubts: tuple[Doubt, ...]


@dataclass
class _Open:
    """A heading being filled."""

    line: Line
    mark: Mark | None
    rank: float
    title: str
    run_in: bool
    number: str
    inferred: bool = False
    level: int = 0
    lines: list[Line] = field(default_factory=list)
    children: list[_Open] = field(default_factory=list)
    whole: str = ""


def joined(paragraphs: Sequence[str]) -> str:
    """Paragraphs as one text; one that stops in mid-sentence runs on into the next.

    >>> joined(["深入学习关于产业", "链的论述。", "会议强调"])
    '深入学习关于产业链的论述。\\n会议强调'
    """
    text = ""
    for paragraph in filter(None, paragraphs):
        text += ("\n" if text and text[-1] in SENTENCE_END else "") + paragraph
    return text


def read_outline(cleaned: CleanText) -> Outline:
    """The outline of ``cleaned``; ``sections`` is empty when nothing is a heading."""
    doubts: list[Doubt] = []
    lines, contents = find_contents(cleaned.lines)
    lines = unglue(lines)
    if contents is not None:
        doubts.append(
            Doubt(
                span=contents.span, what="a table of contents was left out", slug="contents-skipped"
            )
        )
    start, end = _own_text(lines)
    before, body, after = list(lines[:start]), list(lines[start:end]), list(lines[end:])
    heads = _candidates(body, contents, doubts)
    heads = _without_strays(heads)
    _mend_dashes(heads, doubts)
    _mend_misnumbered(heads, doubts)
    heads = _in_sequence(heads)
    if not heads:
        return Outline((*before, *body), (), tuple(after), tuple(doubts))
    first = heads[0][0]
    before += body[:first]
    roots = _nest(heads, body)
    sections = tuple(_close(root, 1) for root in roots)
    return Outline(tuple(before), sections, tuple(after), tuple(doubts))


# Where the document's own text lies


def _own_text(lines: Sequence[Line]) -> tuple[int, int]:
    """Start and end of the part with most headings, between dates of signature and appendices."""
    cuts = [0]
    for index, line in enumerate(lines):
        if line.cells:
            continue
        if len(line.text) < 30 and _SIGNED.match(line.text):
            cuts.append(index + 1)
    cuts.append(len(lines))
    best, best_weight = (0, len(lines)), 0
    for start, end in itertools.pairwise(cuts):
        weight = sum(
            3 if mark.rank <= 3 else 1
            for line in lines[start:end]
            if (mark := read_mark(line.text)) is not None and mark.rank <= 4.2 and not line.cells
        )
        bare = sum(1 for line in lines[start:end] if re.fullmatch(r"\d{1,3}", line.text))
        if bare > 3:
            weight //= (
                2  # a table flattened to one cell a line; its groups are numbered like headings
            )
        if weight > best_weight:
            best, best_weight = (start, end), weight
    start, end = best
    # The signature stands above its date: short lines that name who signs.
    if end < len(lines) or (end > 0 and _SIGNED.match(lines[end - 1].text)):
        while end > start and len(lines[end - 1].text) < 30 and not lines[end - 1].cells:
            last = lines[end - 1].text
            if read_mark(last) or not (
                _SIGNED.match(last)
                or re.search(r"(?:局|府|厅|部|委|会|办公室|中心|院|署|司|科协|公司)$", last)
            ):
                break
            end -= 1
    return start, end


# Which lines are headings


def _candidates(
    body: list[Line], contents: Contents | None, doubts: list[Doubt]
) -> list[tuple[int, _Open]]:
    found: list[tuple[int, _Open]] = []
    for index, line in enumerate(body):
        if line.cells:
            continue
        mark = read_mark(line.text)
        if mark is not None:
            head = _heading(line, mark)
            if head is not None:
                found.append((index, head))
            continue
        if contents is not None and (entry := contents.lost(line.text)) is not None:
            head = _Open(
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
                    what="number missing, restored from the table of contents",
                    slug="number-restored",
                )
            )
            found.append((index, head))
        elif _is_unnumbered_heading(body, index):
            found.append((index, _Open(line, None, -1.0, _titled(line.text), False, "")))
    return found


def _is_unnumbered_heading(body: list[Line], index: int) -> bool:
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


_UNITS_HEADING = re.compile(
    r"(?:附\s*[件:：]*\s*)?.{0,12}(?:采访|宣传|报道)(?:单位|对象|点|名单|线索)(?:名单|安排)?"
)


def _heading(line: Line, mark: Mark) -> _Open | None:
    words = line.text[mark.end :].strip()
    if mark.family == "article":
        return _Open(line, mark, mark.rank, "", True, mark.written, whole=words)
    if not words:
        return None
    if mark.family == "box":
        title = _BOX_TITLE_END.split(words.lstrip("：: "), maxsplit=1)[0]
        return _Open(
            line,
            mark,
            mark.rank,
            _titled(title),
            len(title) < len(words),
            mark.written,
            whole=words,
        )
    title, run_in = _split_title(words)
    if title is None:
        return None
    return _Open(line, mark, mark.rank, title, run_in, mark.written, whole=words)


def _split_title(words: str) -> tuple[str | None, bool]:
    """The title in ``words`` and whether text follows it in the same paragraph."""
    colon = re.match(r"([^。：:；;，,]{2,20})[：:](?=.)", words)
    stop = _first_stop(words)
    if colon and (stop < 0 or colon.end(1) < stop):
        return _titled(colon.group(1)), True
    if stop < 0:
        if len(words) > LONGEST_TITLE:
            return "", True
        return _titled(words), False
    title = words[:stop]
    if len(title) > LONGEST_TITLE:
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


def _without_strays(heads: list[tuple[int, _Open]]) -> list[tuple[int, _Open]]:
    """Drop numbers of an inner family that stand before the first of the outermost."""
    numbered = [head.rank for _, head in heads if head.mark is not None]
    if not numbered:
        return heads
    outermost = min(numbered)
    first = next(position for position, (_, head) in enumerate(heads) if head.rank == outermost)
    if outermost == heads[0][1].rank:
        return heads
    return heads[first:]


def _in_sequence(heads: list[tuple[int, _Open]]) -> list[tuple[int, _Open]]:
    """Drop inner numbers that neither start nor continue a count: they are words of the text."""
    kept: list[tuple[int, _Open]] = []
    last: dict[str, int] = {}
    for index, head in heads:
        mark = head.mark
        if mark is not None and mark.family in ("digit", "digit_paren", "circle"):
            if mark.value != 1 and not 0 < mark.value - last.get(mark.family, 0) <= 2:
                continue
            if mark.value == 2 and mark.family not in last:
                continue
            last[mark.family] = mark.value
        kept.append((index, head))
    return kept


# Numbers that are wrong or lost


def _mend_dashes(heads: list[tuple[int, _Open]], doubts: list[Doubt]) -> None:
    previous: dict[float, int] = {}
    for _, head in heads:
        if head.mark is None:
            continue
        for rank in [rank for rank in previous if rank > head.rank]:
            del previous[rank]
        if head.mark.value == 0 and head.mark.family == "dun":
            value = previous.get(head.rank, 0) + 1
            _renumber(head, "dun", value)
            doubts.append(
                Doubt(
                    span=_place(head),
                    what=f"a dash stands for the number {head.number}",
                    slug="number-mended",
                )
            )
        previous[head.rank] = head.mark.value


def _mend_misnumbered(heads: list[tuple[int, _Open]], doubts: list[Doubt]) -> None:
    """Read ``2、`` between 一、 and 三、 as 二、 when it stands alone and its value is the missing one."""
    by_family: dict[str, list[int]] = {}
    for position, (_, head) in enumerate(heads):
        if head.mark is not None:
            by_family.setdefault(head.mark.family, []).append(position)
    for outer in ("dun", "paren"):
        positions = by_family.get(outer, [])
        for before, after in itertools.pairwise(positions):
            low, high = heads[before][1].mark, heads[after][1].mark
            if low is None or high is None or high.value != low.value + 2:
                continue
            between = [
                position
                for position in range(before + 1, after)
                if (mark := heads[position][1].mark) is not None
                and mark.family != outer
                and mark.value == low.value + 1
                and not heads[position][1].run_in
                and mark.family in ("digit", "paren", "dun")
                and not _continues(heads, position)
            ]
            if len(between) == 1:
                head = heads[between[0]][1]
                _renumber(head, outer, low.value + 1)
                doubts.append(
                    Doubt(
                        span=_place(head),
                        what=f"numbered differently from its siblings; read as {head.number}",
                        slug="number-mended",
                    )
                )


def _continues(heads: list[tuple[int, _Open]], position: int) -> bool:
    """Whether the number before it in the same family makes this one's value expected."""
    mark = heads[position][1].mark
    for _, head in reversed(heads[:position]):
        if head.mark is None or mark is None or head.rank < min(mark.rank, 4):
            return False
        if head.mark.family == mark.family:
            return head.mark.value == mark.value - 1
    return False


def _renumber(head: _Open, family: str, value: int) -> None:
    from pipeline.documents.wordnumbers import chinese_numeral

    written = chinese_numeral(value)
    written = f"{written}、" if family == "dun" else f"（{written}）"
    end = head.mark.end if head.mark is not None else 0
    head.mark = Mark(family, value, written, end)
    head.rank, head.number, head.inferred = head.mark.rank, written, True


def _place(head: _Open) -> tuple[int, int]:
    return head.line.start, head.line.end


# The tree


def _nest(heads: list[tuple[int, _Open]], body: list[Line]) -> list[_Open]:
    roots: list[_Open] = []
    stack: list[_Open] = []
    for order, (index, head) in enumerate(heads):
        until = heads[order + 1][0] if order + 1 < len(heads) else len(body)
        rest = _rest(head)
        if rest is not None:
            head.lines.append(rest)
        head.lines.extend(body[index + 1 : until])
        in_article = bool(stack) and stack[-1].rank == RANKS["article"]
        if in_article and head.rank in _LIST_RANKS:
            # Lists under an article 条 are its text, not headings.
            stack[-1].lines.append(head.line)
            stack[-1].lines.extend(body[index + 1 : until])
            continue
        while stack and stack[-1].rank >= head.rank:
            stack.pop()
        if stack and stack[-1].rank == RANKS["article"] and not _is_label(head):
            head.title, head.run_in, head.lines = "", True, [_rest_of_line(head), *head.lines]
        (stack[-1].children if stack else roots).append(head)
        stack.append(head)
    return roots


def _is_label(head: _Open) -> bool:
    """Whether a list entry under an article opens with a name, not with its sentence."""
    return head.run_in and len(head.title) <= 15 and "，" not in head.title


def _rest_of_line(head: _Open) -> Line:
    offset = head.mark.end if head.mark is not None else 0
    return Line(head.whole, head.line.start + offset)


def _rest(head: _Open) -> Line | None:
    """What follows a run-in title in its own paragraph."""
    if not head.run_in or head.mark is None:
        return None
    line = head.line
    at = line.text.find(head.whole)
    offset = max(at, 0)
    if head.title:
        stop = _first_stop(head.whole)
        colon = re.match(r"([^。：:；;，,]{2,20})[：:](?=.)", head.whole)
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


def _close(head: _Open, level: int) -> Section:
    children = tuple(_close(child, level + 1) for child in head.children)
    end = max([head.line.end, *(line.end for line in head.lines), *(c.span[1] for c in children)])
    return Section(
        level=level,
        mark=head.mark,
        number=head.number,
        title=head.title,
        run_in=head.run_in,
        lines=tuple(head.lines),
        span=(head.line.start, end),
        inferred=head.inferred,
        children=children,
        whole=head.whole or head.line.text,
    )
