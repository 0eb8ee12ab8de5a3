"""What a request is for: the typed record that travels with it."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.links import Link
from crawler.sources import Column, Source
from pipeline.news import NewsItem

__all__ = ["Unfinished", "Visit"]


@dataclass(frozen=True)
class Unfinished:
    """An article of several pages of which some are read."""

    first: NewsItem
    parts: tuple[NewsItem, ...] = ()
    waiting: tuple[str, ...] = ()
    """Addresses still to be asked for, in order."""
    asked: frozenset[str] = frozenset()
    """Canonical addresses of all parts asked for or waiting."""


@dataclass(frozen=True)
class Visit:
    """One request: for which column, which page of its list, or which link found there."""

    source: Source
    column: Column
    page: int = 0
    """Number of the list page from 1; 0 for an article."""
    feed: bool = False
    pattern: str = ""
    """How the pages of a list are named that does not say so; '' where it does."""
    guesses: tuple[str, ...] = ()
    """What else is tried where ``pattern`` is wrong; only for page 2."""
    rows: tuple[str, ...] = ()
    """Where page 1 of the list leads, for what is believed of a guessed page 2."""
    link: Link | None = None
    unfinished: Unfinished | None = None
    """What came before, where a further page of an article is asked for."""

    @property
    def is_list(self) -> bool:
        """Whether a list page is asked for, and no article."""
        return self.link is None
