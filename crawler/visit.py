"""What a request is for: the typed record that travels with it."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.links import Link
from crawler.sources import Column, Source

__all__ = ["Visit"]


@dataclass(frozen=True)
class Visit:
    """One request: for which column, which page of its list, or which link found there."""

    source: Source
    column: Column
    page: int = 0
    """Number of the list page from 1; 0 for an article."""
    feed: bool = False
    link: Link | None = None

    @property
    def is_list(self) -> bool:
        """Whether a list page is asked for, and no article."""
        return self.link is None
