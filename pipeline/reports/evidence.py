"""Where the evidence of an assignment falls in what a reader sees.

Hides: how offsets into an item's title and text become marked stretches of the shown title
and excerpt. Text is cut first and cleaned last, because the offsets count raw characters.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.assignment import Evidence
from pipeline.coverage.report import StoryLine
from pipeline.reports.wording import clean

__all__ = ["Piece", "Quote", "ShownEvidence", "place_evidence"]


@dataclass(frozen=True)
class Piece:
    """A stretch of shown text; ``marked`` when it spoke for the theme."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Quote:
    """A quoted span with its weight; ``inside`` when it is marked in title or excerpt."""

    text: str
    weight: str
    inside: bool


@dataclass(frozen=True)
class ShownEvidence:
    """Title and excerpt cut into pieces, and every span with its weight, heaviest first."""

    title: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]
    quotes: tuple[Quote, ...]


def place_evidence(
    story: StoryLine,
    evidence: tuple[Evidence, ...],
    *,
    title_length: int = 200,
    excerpt_length: int = 600,
    most: int = 12,
) -> ShownEvidence:
    """Mark ``evidence`` in the story's title and excerpt.

    A span is marked where its offsets point when the words stand there, else at the first
    place in the excerpt that has the same words, else it is only quoted. Spans that spoke
    against the theme (negative weight) are quoted, never marked.
    """
    title, excerpt = story.title[:title_length], story.excerpt[:excerpt_length]
    title_spans: list[tuple[int, int]] = []
    excerpt_spans: list[tuple[int, int]] = []
    quotes = []
    for span in sorted(evidence, key=lambda e: (-abs(e.weight), e.start))[:most]:
        inside = False
        if span.text and span.weight > 0:
            offset = span.start - len(story.title) - 1
            if offset < 0 or excerpt[offset : offset + len(span.text)] != span.text:
                offset = excerpt.find(span.text)
            if title[span.start : span.start + len(span.text)] == span.text:
                title_spans.append((span.start, span.start + len(span.text)))
                inside = True
            elif offset >= 0:
                excerpt_spans.append((offset, offset + len(span.text)))
                inside = True
        quotes.append(Quote(clean(span.text, 60), f"{span.weight:+.2f}", inside))
    return ShownEvidence(
        title=_pieces(title, title_spans, cut=len(story.title) > title_length),
        excerpt=_pieces(excerpt, excerpt_spans, cut=len(story.excerpt) > excerpt_length),
        quotes=tuple(quotes),
    )


def _pieces(text: str, spans: list[tuple[int, int]], *, cut: bool) -> tuple[Piece, ...]:
    """``text`` cut at ``spans``; overlapping and touching spans become one mark."""
    pieces: list[Piece] = []
    at = 0
    for start, end in _joined(spans):
        if start > at:
            pieces.append(Piece(clean(text[at:start]), False))
        pieces.append(Piece(clean(text[start:end]), True))
        at = end
    tail = clean(text[at:]) + ("…" if cut else "")
    if tail:
        pieces.append(Piece(tail, False))
    return tuple(pieces)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
