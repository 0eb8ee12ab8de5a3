"""How each medium a plan names 应查媒体 is to be looked at: what a person chose.

Hides: columns. A choice is an intention; whether a medium was really looked at follows from the
ledger (``pipeline.coverage.checked``).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.news import source_id
from pipeline.store.media_tables import MediaChoice, MediaChoiceRow
from pipeline.store.store import now

__all__ = ["MediaChoice", "choose_media", "media_choices"]


def choose_media(session: Session, choices: Mapping[str, MediaChoice], by: str) -> None:
    """Note what ``by`` chose, by name of the medium; the newest choice counts."""
    for name, choice in choices.items():
        key = source_id(name)
        row = session.get(MediaChoiceRow, key)
        if row is None:
            row = MediaChoiceRow(medium=key)
            session.add(row)
        if row.choice != choice:
            row.choice, row.chosen_by, row.chosen_at = choice, by, now()
    session.flush()


def media_choices(session: Session) -> dict[str, MediaChoice]:
    """By ``source_id`` of the medium's name, what was chosen last."""
    return {row.medium: row.choice for row in session.scalars(select(MediaChoiceRow))}
