"""Labels JSONL: people's decisions as lines of a file (design section 5).

Hides: how a decision is written down. A line names an item, the themes it belongs to and those
it does not; what it does not name is not decided. The same file is a review queue that was
filled in, an export of reviews, and what a model is trained or evaluated on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.clock import BEIJING
from pipeline.errors import BadInput, DiskTrouble

__all__ = ["Label", "checked_label", "moment", "read_labels"]


class Label(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line: what one person decided about one item or story."""

    id: str
    title: str = ""
    text: str = ""
    themes: tuple[str, ...] = ()
    not_themes: tuple[str, ...] = ()
    others: Literal["", "no"] = ""
    """"no" decides against every theme of the scheme that ``themes`` does not name."""
    suggested: tuple[str, ...] = ()
    """The machine's opinion in a queue; it decides nothing."""
    reviewer: str = ""
    at: str = ""
    """ISO 8601 day or moment; '' where unknown."""
    chosen_by: str = "search"
    """How the item came before the person: audit (at random), queue (by use), search."""
    inclusion_probability: float | None = None
    """With which chance an audit drew it, above 0 and at most 1."""
    comment: str = ""

    @property
    def decides(self) -> bool:
        """Whether a person filled the line in."""
        return bool(self.themes or self.not_themes or self.others)

    def spelled_out(self, every: Sequence[str]) -> Label:
        """With "others" written out: ``every`` theme of the scheme is named if it says "no"."""
        if not self.others:
            return self
        named = {*self.themes, *self.not_themes}
        rest = tuple(theme for theme in every if theme not in named)
        return msgspec.structs.replace(self, not_themes=(*self.not_themes, *rest), others="")

    def to_jsonl(self) -> bytes:
        """One line of JSON, UTF-8, with its newline: every key of the format, and of the keys
        beside it (others, suggested, comment) those that say something."""
        line = _Line(
            id=self.id,
            title=self.title,
            text=self.text,
            themes=self.themes,
            not_themes=self.not_themes,
            reviewer=self.reviewer,
            at=self.at,
            chosen_by=self.chosen_by,
            inclusion_probability=self.inclusion_probability,
            others=self.others or msgspec.UNSET,
            suggested=self.suggested or msgspec.UNSET,
            comment=self.comment or msgspec.UNSET,
        )
        return msgspec.json.encode(line) + b"\n"


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: str
    text: str
    themes: tuple[str, ...]
    not_themes: tuple[str, ...]
    reviewer: str
    at: str
    chosen_by: str
    inclusion_probability: float | None
    others: str | msgspec.UnsetType
    suggested: tuple[str, ...] | msgspec.UnsetType
    comment: str | msgspec.UnsetType


def read_labels(file: Path) -> tuple[Label, ...]:
    """The labels of a JSONL file, lines nobody filled in too.

    Raises:
        BadInput: ``labels-bad-line`` names the line that is wrong.
        DiskTrouble: the file cannot be read.
    """
    decoder = msgspec.json.Decoder(Label)
    labels = []
    try:
        lines = file.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", file) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        if b"\0" in line:  # UTF-16, as some editors save "Unicode"
            raise _other_encoding(where)
        try:
            label = decoder.decode(line)
        except UnicodeDecodeError as error:
            raise _other_encoding(where) from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise BadInput(
                f"{where}: not a label: {error}",
                "labels-bad-line",
                'Each line must be JSON such as {"id": "1", "themes": ["focus-1"]}.',
            ) from error
        labels.append(checked_label(label, where))
    return tuple(labels)


def _other_encoding(where: str) -> BadInput:
    return BadInput(f"{where}: not UTF-8 text", "labels-bad-line", "Save the file as UTF-8.")


def checked_label(label: Label, where: str) -> Label:
    """``label`` itself, if it does not contradict itself.

    Raises:
        BadInput: ``labels-bad-line``, beginning with ``where``.
    """
    both = set(label.themes) & set(label.not_themes)
    if both:
        raise BadInput(
            f"{where}: {min(both)} is both in themes and in not_themes",
            "labels-bad-line",
            "Decide one way.",
        )
    chance = label.inclusion_probability
    if chance is not None and not 0 < chance <= 1:
        raise BadInput(
            f"{where}: inclusion_probability must be above 0 and at most 1, got {chance} instead",
            "labels-bad-line",
            "Keep the figure the queue was written with, or leave it out.",
        )
    return label


def moment(at: str, item: str) -> datetime:
    """When the decision about ``item`` was made, from ISO 8601; it names its zone.

    Raises:
        BadInput: ``review-date`` when ``at`` is no day or moment.
    """
    try:
        read = datetime.fromisoformat(at)
    except ValueError as error:
        raise BadInput(
            f"the decision about {item} is dated {at!r}",
            "review-date",
            "Write a day or a moment such as 2025-03-18 or 2025-03-18T09:30:00+08:00.",
        ) from error
    # One that names no zone is Beijing's: the people who decide are in China.
    return read if read.tzinfo else read.replace(tzinfo=BEIJING)
