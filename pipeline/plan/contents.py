"""Tables of contents 目录 found, left out, and used to restore what the body lost.

Hides: how a table of contents is told from the body it repeats.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.plan.cleaning import Line
from pipeline.plan.numbers import Mark, read_mark
from pipeline.text import comparable

__all__ = ["Contents", "Entry", "find_contents"]

_LABEL = re.compile(r"目\s*[录次]")
_LEADER = re.compile(r"[\s.．·…—_\-]*\d{0,4}\s*$")
_MANY_CHAPTERS = re.compile(r"第[一二三四五六七八九十]+[章节]")


@dataclass(frozen=True)
class Entry:
    """One line of a table of contents."""

    mark: Mark
    title: str


class Contents:
    """The entries of a table of contents, and which of them the body has lost the number of."""

    def __init__(
        self, entries: Sequence[Entry], body: Sequence[Line], span: tuple[int, int]
    ) -> None:
        self.entries = tuple(entries)
        self.span = span
        numbered = {
            comparable(line.text[mark.end :])
            for line in body
            if not line.cells and len(line.text) < 60 and (mark := read_mark(line.text)) is not None
        }
        self._lost = {
            comparable(entry.title): entry
            for entry in entries
            if entry.title and comparable(entry.title) not in numbered
        }

    def lost(self, line: str) -> Entry | None:
        """The entry whose title ``line`` is, when no numbered line of the body has it."""
        return self._lost.get(comparable(line)) if len(line) < 60 else None


def find_contents(lines: Sequence[Line]) -> tuple[tuple[Line, ...], Contents | None]:
    """The lines without the table of contents, and its entries when there is one."""
    kept = tuple(line for line in lines if not _is_flat_contents(line))
    found = _region(kept)
    if found is None:
        return kept, None
    start, end = found
    entries = [
        Entry(mark, _without_leader(line.text[mark.end :]).strip())
        for line in kept[start:end]
        if (mark := read_mark(line.text)) is not None
    ]
    span = (kept[start].start, kept[end - 1].end)
    label = start - 1 if start and _LABEL.fullmatch(kept[start - 1].text) else start
    body = kept[:label] + kept[end:]
    return body, Contents(entries, kept[end:], span)


def _is_flat_contents(line: Line) -> bool:
    """A whole table of contents on one line: chapter marks and no sentence."""
    if line.cells or len(line.text) < 60 or "。" in line.text:
        return False
    return len(_MANY_CHAPTERS.findall(line.text)) >= 4


def _region(lines: Sequence[Line]) -> tuple[int, int] | None:
    """First and last-plus-one index of lines that only list what stands again below."""
    labels = [index for index, line in enumerate(lines[:400]) if _LABEL.fullmatch(line.text)]
    starts = [label + 1 for label in labels] or [
        index for index, line in enumerate(lines[:400]) if _titled(line)
    ][:4]
    seen: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if len(line.text) < 80 and not line.cells:
            seen.setdefault(_key(line.text), []).append(index)
            if labels and _bare_key(line.text) != _key(line.text):
                # Below its label an entry may stand again without its number, or with another.
                seen.setdefault(_bare_key(line.text), []).append(index)
    for start in starts:
        if start >= len(lines):
            continue
        if not _key(lines[start].text):
            continue
        again = [index for index in seen.get(_key(lines[start].text), []) if index > start]
        if not again and labels:
            again = [index for index in seen.get(_bare_key(lines[start].text), []) if index > start]
        if not again and labels:
            again = _opening_with(lines, start)
        if not again:
            continue
        below = again[0]
        end = below
        # A preface 前言 may stand between the contents and the first chapter.
        while end > start and not _is_entry(lines[end - 1], seen, below):
            end -= 1
        region = lines[start:end]
        short = sum(1 for line in region if len(line.text) < 60 and "。" not in line.text)
        marked = sum(1 for line in region if read_mark(line.text) is not None)
        repeated = sum(
            1 for line in region if any(index >= below for index in seen.get(_key(line.text), []))
        )
        if (
            end - start >= 3
            and short >= 0.95 * len(region)
            and marked + repeated >= 0.9 * len(region)
        ):
            return start, end
    return None


def _is_entry(line: Line, seen: dict[str, list[int]], below: int) -> bool:
    """Whether a line can be an entry of a table of contents whose text starts at ``below``."""
    if line.cells or len(line.text) >= 60 or "。" in line.text:
        return False
    again = any(index >= below for index in seen.get(_key(line.text), []))
    return again or read_mark(line.text) is not None


def _opening_with(lines: Sequence[Line], start: int) -> list[int]:
    """Where a paragraph opens with the words of the entry at ``start``, its title run in."""
    words = _without_leader(lines[start].text).strip()
    return [
        index
        for index, line in enumerate(lines)
        if index > start and len(words) > 5 and line.text.startswith(words)
    ][:1]


def _titled(line: Line) -> bool:
    mark = read_mark(line.text)
    return mark is not None and mark.rank <= 4 and not line.cells


def _key(text: str) -> str:
    return comparable(_without_leader(text))


def _bare_key(text: str) -> str:
    mark = read_mark(text)
    return _key(text[mark.end :] if mark is not None else text)


def _without_leader(text: str) -> str:
    """``text`` without the dots and the page number behind it; only its end is looked at, since a
    pattern that ends with the line is slow on long runs of dots or spaces."""
    return text[:-60] + _LEADER.sub("", text[-60:])
