"""Crawled items that may be printings of what is registered 疑似刊发, and people's word on them.

Hides: how they are found without reading every item's text, and that an item somebody decided about
is not asked for again. Only a person makes an item a use 采用 that rules count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import XuanjianError
from pipeline.news import NewsItem
from pipeline.outlets import outlet_level
from pipeline.pieces import DAYS_APART, Printing, printings_of
from pipeline.register_history import Registered
from pipeline.store.register import adopt, get_registered, remember_run
from pipeline.store.register_tables import SubmissionLinkRow, SubmissionRow
from pipeline.store.tables import NewsItemRow
from pipeline.text import comparable

__all__ = ["decide_printing", "possible_printings"]

_CHUNK = 500


def possible_printings(
    session: Session, submissions: Sequence[Registered]
) -> dict[int, tuple[Printing, ...]]:
    """By number of the submission, crawled items that may be its printings 疑似刊发 and that nobody
    has decided about."""
    if not submissions:
        return {}
    titles = {comparable(one.submission.title) for one in submissions}
    items: dict[str, list[Printing]] = {}
    first = _days_from(min(one.submission.day for one in submissions), -DAYS_APART)
    last = _days_from(max(one.submission.day for one in submissions), DAYS_APART)
    for printing in _items_titled(session, titles, first, last):
        items.setdefault(comparable(printing.title), []).append(printing)
    decided = {
        (row.submission_id, row.item_id) for row in session.scalars(select(SubmissionLinkRow))
    }
    found = {
        one.id: tuple(
            printing
            for printing in printings_of(one.submission, items)
            if (one.id, printing.item) not in decided
        )
        for one in submissions
    }
    return {number: printings for number, printings in found.items() if printings}


def decide_printing(session: Session, number: int, item: str, by: str, *, same: bool) -> Registered:
    """A person's word that a crawled item is a printing of a submission, which makes it a use of it,
    or that it is not.

    Raises:
        XuanjianError: ``submission-missing``, ``item-missing``.
    """
    one = get_registered(session, number)
    row = session.get(NewsItemRow, item)
    if row is None:
        raise XuanjianError(
            f"no item {item} is stored", "item-missing", "See: xuanjian register links."
        )
    if same:
        one = adopt(session, number, _printing(row).adoption, by, "link")
        run = session.get_one(SubmissionRow, number).run_id
    else:
        run = remember_run(session, "link", by, f"{number} ≠ {item}").id
    session.merge(SubmissionLinkRow(submission_id=number, item_id=item, same=same, run_id=run))
    session.flush()
    return one


def _items_titled(session: Session, titles: set[str], first: str, last: str) -> Iterator[Printing]:
    """Items of those days with one of the titles; bodies are read of these only."""
    days = (NewsItemRow.day >= first, NewsItemRow.day <= last)
    query = select(NewsItemRow.id, NewsItemRow.title).where(*days)
    named = [number for number, title in session.execute(query) if comparable(title) in titles]
    for start in range(0, len(named), _CHUNK):
        part = named[start : start + _CHUNK]
        chosen = select(NewsItemRow).where(NewsItemRow.id.in_(part)).order_by(NewsItemRow.id)
        yield from map(_printing, session.scalars(chosen))


def _printing(row: NewsItemRow) -> Printing:
    item = msgspec.json.decode(row.body, type=NewsItem)
    outlet = item.outlet or row.source_id or "采集来源"
    level = item.level if item.level != "other" else outlet_level(outlet)
    return Printing(
        item=item.id,
        title=item.title,
        day=row.day or "",
        outlet=outlet,
        level=level,
        url=item.url,
    )


def _days_from(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
