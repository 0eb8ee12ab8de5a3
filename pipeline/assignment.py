"""What the classifier says of one item, and its public JSONL.

Hides: how assignments are written down (design section 5, Assignments JSONL).
"""

from __future__ import annotations

import msgspec

__all__ = ["Evidence", "ItemAssignments", "ThemeScore"]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the item that spoke for a theme.

    ``start`` and ``end`` are character offsets into ``title + "\\n" + text``; ``weight`` is
    its share of the score in log-odds.
    """

    start: int
    end: int
    text: str
    weight: float


class ThemeScore(msgspec.Struct, frozen=True, kw_only=True):
    """One theme's probability (0 to 1) for one item, and whether it was assigned."""

    id: str
    title: str
    probability: float
    assigned: bool
    evidence: tuple[Evidence, ...] = ()


class ItemAssignments(msgspec.Struct, frozen=True, kw_only=True):
    """All themes of one scheme for one item, most probable first."""

    id: str
    themes: tuple[ThemeScore, ...]

    def to_jsonl(self) -> bytes:
        """One line of JSON, UTF-8, with its newline."""
        return msgspec.json.encode(self) + b"\n"
