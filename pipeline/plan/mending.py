"""Numbers of headings that are wrong, lost, or no heading's at all.

Hides: how a heading is told from a number in the text, and how a number that breaks its row is
read. Every change is a doubt, and the heading is marked inferred.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from pipeline.documents.wordnumbers import chinese_numeral
from pipeline.plan.cleaning import Line
from pipeline.plan.headings import Head
from pipeline.plan.model import Doubt
from pipeline.plan.numbers import RANKS, Mark, read_mark

__all__ = ["mend_heads"]

_TITLE = re.compile(r"[^。；：:！？，\s\d][^。；：:！？\s]{3,29}")
LONGEST_LOST = 30
"""A title that lost its number is shorter than the paragraph below it, which is longer than this."""
Heads = list[tuple[int, Head]]


def mend_heads(heads: Heads, body: Sequence[Line], doubts: list[Doubt]) -> Heads:
    """The headings of ``heads`` with their numbers set right; others are left to the text."""
    heads = _without_strays(heads)
    _mend_dashes(heads, doubts)
    _mend_misnumbered(heads, doubts)
    return _in_sequence(_with_lost(heads, body, doubts))


def _with_lost(heads: Heads, body: Sequence[Line], doubts: list[Doubt]) -> Heads:
    """``heads`` with the one short line between 一、 and 三、 that can only be the title of 二、."""
    outer = [(index, head.mark) for index, head in heads if head.mark and head.mark.family == "dun"]
    taken = {index for index, _ in heads}
    found: Heads = []
    for (before, low), (after, high) in itertools.pairwise(outer):
        if low is None or high is None or high.value != low.value + 2:
            continue
        between = [
            index
            for index in range(before + 2, after - 1)
            if index not in taken and _could_be_title(body, index)
        ]
        if len(between) == 1:
            line = body[between[0]]
            number = f"{chinese_numeral(low.value + 1)}、"
            mark = Mark("dun", low.value + 1, number, 0)
            head = Head(line, mark, mark.rank, line.text, False, number, True, whole=line.text)
            what = f"正文缺序号，按前后序号补为“{number}”"
            doubts.append(Doubt(span=_place(head), what=what, slug="number-restored"))
            found.append((between[0], head))
    return sorted([*heads, *found], key=lambda entry: entry[0])


def _could_be_title(body: Sequence[Line], index: int) -> bool:
    """A short line without an end, below a sentence and above what belongs under a heading."""
    above, line, below = body[index - 1], body[index], body[index + 1]
    if above.cells or line.cells or below.cells or above.text[-1:] not in "。；！）)":
        return False
    if not _TITLE.fullmatch(line.text):
        return False
    mark = read_mark(below.text)
    return mark.rank > RANKS["dun"] if mark is not None else len(below.text) > LONGEST_LOST


def _without_strays(heads: Heads) -> Heads:
    """Drop what stands before the first of the outermost numbers: numbers of an inner family,
    and a heading style worn once, which is the document's title."""
    bare = [head.rank for _, head in heads if head.mark is None]
    numbered = [head.rank for _, head in heads if head.mark is not None]
    if not numbered:
        return heads[1:] if bare and bare.count(bare[0]) == 1 < len(bare) else heads
    first = next(index for index, (_, head) in enumerate(heads) if head.rank == min(numbered))
    index, opening = heads[0]
    if index == 0 and opening.mark is not None and opening.mark.value > 1 and not opening.run_in:
        return heads  # a fragment: the document starts in the middle of a section
    kept = [
        entry for entry in heads[:first] if entry[1].mark is None and bare.count(entry[1].rank) > 1
    ]
    return kept + heads[first:]


def _in_sequence(heads: Heads) -> Heads:
    """Drop inner numbers that neither start nor continue a count: they are words of the text."""
    kept: Heads = []
    last: dict[str, int] = {}
    for position, (index, head) in enumerate(heads):
        mark = head.mark
        if mark is not None and mark.family in ("digit", "digit_paren", "circle"):
            first_lost = mark.value == 2 and _goes_on(heads, position)
            follows = 0 < mark.value - last.get(mark.family, 0) <= 2 and (
                mark.value > 2 or mark.family in last
            )
            if mark.value != 1 and not follows and not first_lost:
                continue
            last[mark.family] = mark.value
        kept.append((index, head))
    return kept


def _goes_on(heads: Heads, position: int) -> bool:
    """Whether 2. is followed by 3. and 4. of its kind, all short headings: 1. alone was lost."""
    mark, expected = heads[position][1].mark, 3
    if mark is None or heads[position][1].run_in:
        return False
    for _, head in heads[position + 1 :]:
        if head.mark is None or head.rank < RANKS[mark.family] or expected > 4:
            break
        if head.mark.family == mark.family:
            if head.mark.value != expected or head.run_in or len(head.title) > 40:
                return False
            expected += 1
    return expected > 4


def _mend_dashes(heads: Heads, doubts: list[Doubt]) -> None:
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
                    what=f"序号写作横线，读作“{head.number}”",
                    slug="number-mended",
                )
            )
        previous[head.rank] = head.mark.value


def _mend_misnumbered(heads: Heads, doubts: list[Doubt]) -> None:
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
                and not _is_continued(heads, position, after)
            ]
            if len(between) == 1:
                head = heads[between[0]][1]
                _renumber(head, outer, low.value + 1)
                doubts.append(
                    Doubt(
                        span=_place(head),
                        what=f"序号与同级条目不一致，读作“{head.number}”",
                        slug="number-mended",
                    )
                )


def _continues(heads: Heads, position: int) -> bool:
    """Whether the number before it in the same family makes this one's value expected."""
    mark = heads[position][1].mark
    for _, head in reversed(heads[:position]):
        if head.mark is None or mark is None or head.rank < min(mark.rank, 4):
            return False
        if head.mark.family == mark.family:
            return head.mark.value == mark.value - 1
    return False


def _is_continued(heads: Heads, position: int, before: int) -> bool:
    """Whether the next number of its own family follows before the heading ``before``."""
    mark = heads[position][1].mark
    return mark is not None and any(
        head.mark is not None
        and head.mark.family == mark.family
        and head.mark.value == mark.value + 1
        for _, head in heads[position + 1 : before]
    )


def _renumber(head: Head, family: str, value: int) -> None:
    written = chinese_numeral(value)
    written = f"{written}、" if family == "dun" else f"（{written}）"
    end = head.mark.end if head.mark is not None else 0
    head.mark = Mark(family, value, written, end)
    head.rank, head.number, head.inferred = head.mark.rank, written, True


def _place(head: Head) -> tuple[int, int]:
    return head.line.start, head.line.end
