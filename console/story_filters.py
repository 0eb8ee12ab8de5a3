"""What a list of stories may be asked for.

Hides: which values each filter has; whatever else an address holds is refused in words.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from console.language import _
from pipeline.coverage.report import ASSIGNMENT_NAMES, LOCALITY_NAMES
from pipeline.errors import BadInput
from pipeline.genre import CARRIERS, GENRES
from pipeline.news import LEVEL_NAMES, parse_day
from pipeline.search_words import LONGEST

__all__ = ["Filters", "ListFilters", "is_day"]

LOCALITIES = ("counted", "not_counted", *LOCALITY_NAMES)
STATES = (*ASSIGNMENT_NAMES, "none")


class ListFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for beside words; '' leaves a question open.

    ``state`` is about ``theme``, or about any theme without one: ``none`` where nobody said anything
    of it. A theme without a state is one the story stands under.
    """

    since: str = ""
    until: str = ""
    source: str = ""
    outlet: str = ""
    level: str = ""
    carrier: str = ""
    genre: str = ""
    theme: str = ""
    state: str = ""
    locality: str = ""
    reviewed: str = ""
    text: str = ""


class Filters(ListFilters, frozen=True, kw_only=True):
    """What is asked for, words too."""

    words: str = ""

    @classmethod
    def of(cls, asked: ListFilters) -> Filters:
        """What ``asked``, which may hold more besides, says of a list."""
        known = [name for name in cls.__struct_fields__ if hasattr(asked, name)]
        return cls(**{name: getattr(asked, name) for name in known})

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked but words."""
        return self != Filters(words=self.words)

    def checked(self) -> Filters:
        """Itself, when it can be asked.

        Raises:
            BadInput: ``filter-unknown``.
        """
        known: tuple[tuple[str, Sequence[str]], ...] = (
            (self.level, tuple(LEVEL_NAMES)),
            (self.carrier, CARRIERS),
            (self.genre, GENRES),
            (self.state, STATES),
            (self.locality, LOCALITIES),
            (self.reviewed, ("yes", "no")),
            (self.text, ("yes", "no")),
        )
        strange = [value for value, values in known if value and value not in values]
        strange += [day for day in (self.since, self.until) if day and not is_day(day)]
        free = (self.source, self.outlet, self.theme, self.words)
        strange += [value for value in free if len(value) > LONGEST or "\x00" in value]
        if strange:
            raise BadInput(
                _("没有这样的筛选条件：%(what)s") % {"what": strange[0][:60]},
                "filter-unknown",
                _("请在页面上重新选择。"),
            )
        return self


def is_day(written: str) -> bool:
    """Whether it is a day as ISO 8601 writes it."""
    day = parse_day(written)
    return day is not None and day.isoformat() == written
