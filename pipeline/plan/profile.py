"""What a theme stands for, as it is kept in a plan file: its profile.

Hides: the shape of a profile. How one is proposed from the plan's text, and how it decides
about news, is the business of ``pipeline.classify``.
"""

from __future__ import annotations

import msgspec

__all__ = ["OwnTerm", "ThemeProfile", "TopicLink"]


class TopicLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A general topic a theme stands for, how fully (0 to 1), and why."""

    topic: str
    name: str = ""
    weight: float = 1.0
    why: tuple[str, ...] = ()


class OwnTerm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A term of the theme's own; ``weight`` in log-odds when an item holds it."""

    term: str
    weight: float = 0.5


class ThemeProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What news must be about to answer to a theme 对照条目."""

    theme: str
    title: str = ""
    topics: tuple[TopicLink, ...] = ()
    terms: tuple[OwnTerm, ...] = ()
    units: tuple[str, ...] = ()
    """Names and aliases of its interview units 采访单位; in a plan file usually left out, as the
    plan's own units are meant."""
    exclusions: tuple[str, ...] = ()
    """Terms that speak against the theme when they stand in an item's title."""
    minimum_evidence: float = 0.0
    """Log-odds an item's text must add over silence before the theme may be assigned."""
    confirmed_by: str = ""
    """Who confirmed it; empty while it is only proposed."""
