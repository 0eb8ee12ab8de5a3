"""Counts of changes that leave no row of their own: stories folded anew, news classified again.

Hides: how two processes count at once. Whoever keeps something worked out from stories or
assignments (``pipeline.store.standing``) sees by the counts that it holds no longer.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.store.console_tables import ChangeCountRow

__all__ = ["Counted", "count_change"]

Counted = Literal["stories", "assignments"]


def count_change(session: Session, what: Counted) -> None:
    """Count one change, in the transaction of the change itself."""
    if _one_more(session, what):
        return
    try:
        with session.begin_nested():
            session.execute(insert(ChangeCountRow).values(what=what, count=1))
    except IntegrityError:  # another process counted its first change meanwhile
        _one_more(session, what)


def _one_more(session: Session, what: Counted) -> bool:
    done = session.execute(
        update(ChangeCountRow)
        .where(ChangeCountRow.what == what)
        .values(count=ChangeCountRow.count + 1)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
