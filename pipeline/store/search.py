"""The index of the words of stored news: which items hold them, newest first.

Hides: how an item is found by its words on either database. An item is indexed in the transaction
that stores it, under a number that sorts by day; its pairs of characters (``pipeline.search_words``)
stand in a contentless FTS5 table on SQLite, in an array with a GIN index on PostgreSQL. An item whose
words change gets a new number, and the old one leads nowhere. A database that held news before there
was an index is filled by ``fill``, newest news first, in steps that can be left and gone on with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from struct import Struct

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from pipeline.news import NewsItem, parse_day
from pipeline.search_words import SearchWords, pairs_of
from pipeline.store.search_tables import SearchEntryRow, SearchFillRow
from pipeline.store.tables import NewsItemRow
from pipeline.text import comparable

__all__ = ["Hit", "Waiting", "fill", "hits", "index_items", "waiting"]

_DAY_BITS = {"sqlite": 22, "postgresql": 40}
"""Numbers of a day. SQLite has one writer, who takes the next of the day: small gaps make a small
index, and four million items may bear one day. PostgreSQL's writers draw from one sequence."""
_UNDATED_END = 300_000
"""The first day that is one (in the year 822): what is undated has the numbers before it."""
_STEP = 2_000
"""Items of one step of filling: each is a segment that SQLite merges with others later."""
_NEAR = 15
"""Items looked at for every hit that is wanted before the index is asked, on PostgreSQL."""
_MOST_PAIRS = 40
"""Pairs asked for: more hardly part any items, and every hit is read again."""
_PART = 500
_MERGING = "64MB"
"""Memory of PostgreSQL for merging new arrays into its index: with its usual 4 MB, 0.51 ms of processor
an item, with plenty (256 MB) 0.39, at 50 000 items."""
_COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"
_ROW = Struct(">hiqiiiIii")
_INT4 = 23
"""PostgreSQL's number of the type of the array's elements."""


@dataclass(frozen=True)
class Hit:
    """An item that has all pairs of a search; ``number`` descends with its day."""

    number: int
    item: str
    """'' where an edited item's old words were found."""


@dataclass(frozen=True)
class Waiting:
    """News not yet indexed: what is dated after ``since`` is, and ``done`` of ``total`` items."""

    since: str
    done: int
    total: int


def index_items(session: Session, items: Sequence[NewsItem]) -> None:
    """Index items that are new, or whose words or day changed."""
    if not items:
        return
    names = [item.id for item in items]
    old: list[int] = []
    for start in range(0, len(names), _PART):
        held = select(SearchEntryRow.number).where(
            SearchEntryRow.item_id.in_(names[start : start + _PART])
        )
        old += session.scalars(held)
    if old:
        session.execute(delete(SearchEntryRow).where(SearchEntryRow.number.in_(old)))
    numbered = sorted(_numbered(session, items), key=lambda one: one[0])
    session.execute(
        insert(SearchEntryRow), [{"number": n, "item_id": item.id} for n, item in numbered]
    )
    if _is_sqlite(session):
        session.connection().exec_driver_sql(
            "INSERT INTO search_pair(rowid, pairs) VALUES (?, ?)",
            [(n, " ".join(pairs_of(item.title, item.text))) for n, item in numbered],
        )
        return
    if old:
        session.execute(text("DELETE FROM search_pair WHERE number = ANY(:old)"), {"old": old})
    _insert_arrays(session, numbered)


def _insert_arrays(session: Session, numbered: Sequence[tuple[int, NewsItem]]) -> None:
    """All rows as the server holds them (COPY, binary): written out as text and read again they cost
    a fifth more processor (0.45 instead of 0.38 ms an item, 8 000 items)."""
    session.execute(text(f"SET LOCAL work_mem = '{_MERGING}'"))
    connection = session.connection().connection.driver_connection
    assert connection is not None
    rows = (
        _row(number, _codes((comparable(item.title), comparable(item.text))))
        for number, item in numbered
    )
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY search_pair (number, pairs) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(_COPY_HEAD + b"".join(rows) + _COPY_END)


def _row(number: int, codes: NDArray[np.int32]) -> bytes:
    """A row of two fields, each after its length: the number, and the array of one dimension, each of
    its elements after its length."""
    elements = np.empty((len(codes), 2), ">i4")
    elements[:, 0] = 4
    elements[:, 1] = codes
    length = 20 + 8 * len(codes)
    return _ROW.pack(2, 8, number, length, 1, 0, _INT4, len(codes), 1) + elements.tobytes()


def _numbered(session: Session, items: Sequence[NewsItem]) -> Iterator[tuple[int, NewsItem]]:
    """Free numbers of the items' days; those of one day in order of id."""
    if not _is_sqlite(session):
        query = text("SELECT nextval('search_number') FROM generate_series(1, :count)")
        drawn = session.scalars(query, {"count": len(items)})
        for number, item in zip(drawn, items, strict=True):
            yield _first_number(session, _ordinal(item.day)) + number, item
        return
    by_day: dict[int, list[NewsItem]] = defaultdict(list)
    for item in items:
        by_day[_ordinal(item.day)].append(item)
    for day, dated in by_day.items():
        first = _first_number(session, day)
        top = session.scalar(
            select(func.max(SearchEntryRow.number)).where(
                SearchEntryRow.number >= first,
                SearchEntryRow.number < _first_number(session, day + 1 if day else _UNDATED_END),
            )
        )
        free = first if top is None else top + 1
        for place, item in enumerate(sorted(dated, key=lambda one: one.id)):
            yield free + place, item


def _ordinal(day: date | None) -> int:
    return max(day.toordinal(), _UNDATED_END) if day else 0


def _first_number(session: Session, day: int) -> int:
    return day << _DAY_BITS[session.get_bind().dialect.name]


def hits(
    session: Session,
    words: SearchWords,
    *,
    first: str = "",
    last: str = "",
    before: int | None = None,
    most: int,
) -> tuple[Hit, ...]:
    """Items that have the pairs of ``words``, the newest first, the undated last. Whether a longer
    word stands there in one piece, or a single character at all, is for the caller to look up.

    Args:
        first, last: days of publication (ISO 8601), inclusive; '' for open.
        before: the number of the last hit looked at.
    """
    start = _ordinal(parse_day(first)) or (_UNDATED_END if last else 0)
    low = _first_number(session, start)
    high = _first_number(session, _ordinal(parse_day(last) or date.max) + 1)
    asked: dict[str, object] = {
        "low": low,
        "high": high if before is None else min(high, before),
        "most": most,
    }
    pairs = words.pairs[:_MOST_PAIRS]
    if not pairs:
        query = (
            "SELECT number, item_id FROM search_entry "
            "WHERE number >= :low AND number < :high ORDER BY number DESC LIMIT :most"
        )
    elif _is_sqlite(session):
        asked["pairs"] = " AND ".join(f'"{pair}"' for pair in pairs)
        query = (
            "SELECT found.number, e.item_id FROM (SELECT rowid AS number FROM search_pair "
            "WHERE search_pair MATCH :pairs AND rowid >= :low AND rowid < :high "
            "ORDER BY rowid DESC LIMIT :most) found "
            "LEFT JOIN search_entry e ON e.number = found.number ORDER BY found.number DESC"
        )
    else:
        return _hits_of_array(session, pairs, asked, most)
    rows = session.execute(text(query), asked)
    return tuple(Hit(number, item or "") for number, item in rows)


def _hits_of_array(
    session: Session, pairs: Sequence[str], asked: dict[str, object], most: int
) -> tuple[Hit, ...]:
    """The same on PostgreSQL, whose GIN gives hits in no order: what many items have is found among
    the newest of them, and only what few have is looked up in the index, all of it, and sorted. Left
    to itself the planner walks over all items for a word that none has (2 s at 200 000)."""
    asked |= {"pairs": _codes(pairs).tolist(), "near": _NEAR * most}
    newest = session.execute(
        text(
            "SELECT n.number, e.item_id, n.has FROM (SELECT number, "
            "pairs @> CAST(:pairs AS integer[]) AS has FROM search_pair "
            "WHERE number >= :low AND number < :high ORDER BY number DESC LIMIT :near) n "
            "LEFT JOIN search_entry e ON n.has AND e.number = n.number ORDER BY n.number DESC"
        ),
        asked,
    ).all()
    near = [Hit(number, item or "") for number, item, has in newest if has]
    if len(near) >= most or len(newest) < _NEAR * most:
        return tuple(near[:most])
    rows = session.execute(
        text(
            # The sum keeps the planner from the primary key.
            "WITH found AS MATERIALIZED (SELECT number FROM search_pair "
            "WHERE pairs @> CAST(:pairs AS integer[]) AND number + 0 >= :low AND number + 0 < :high) "
            "SELECT f.number, e.item_id FROM (SELECT number FROM found "
            "ORDER BY number DESC LIMIT :most) f "
            "LEFT JOIN search_entry e ON e.number = f.number ORDER BY f.number DESC"
        ),
        asked,
    )
    return tuple(Hit(number, item or "") for number, item in rows)


def waiting(session: Session) -> Waiting | tuple[()]:
    """How far the index of an older database was filled; () where nothing waits."""
    row = session.get(SearchFillRow, 1)
    return Waiting(row.day or "", row.done, row.total) if row else ()


def fill(session: Session) -> int:
    """Index the next news that wait, newest first; gives how many, 0 when nothing waits any more.

    One step of some thousand items: give each a transaction of its own.
    """
    row = session.get(SearchFillRow, 1)
    if row is None:
        return 0
    found: list[NewsItem] = []
    decoder = msgspec.json.Decoder(NewsItem)
    read = 0
    while read < _STEP:
        query = select(NewsItemRow.id, NewsItemRow.body)
        where = NewsItemRow.day == row.day if row.day else NewsItemRow.day.is_(None)
        query = query.where(where, NewsItemRow.id > row.item).order_by(NewsItemRow.id)
        part = session.execute(query.limit(_STEP - read)).all()
        read += len(part)
        have = _indexed(session, [one.id for one in part])
        found += [decoder.decode(one.body) for one in part if one.id not in have]
        if part:
            row.item = part[-1].id
        elif row.day is None:
            break
        else:
            earlier = select(func.max(NewsItemRow.day)).where(NewsItemRow.day < row.day)
            row.day, row.item = session.scalar(earlier), ""
    index_items(session, found)
    row.done += read
    if read < _STEP:
        session.delete(row)
    session.flush()
    return read


def _indexed(session: Session, names: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for part in _parts(names):
        query = select(SearchEntryRow.item_id).where(SearchEntryRow.item_id.in_(part))
        found.update(session.scalars(query))
    return found


def _codes(told: Iterable[str]) -> NDArray[np.int32]:
    """All pairs of neighbouring characters of texts as signed 32-bit numbers, ascending; of rare
    characters several may share one."""
    codes = []
    for one in told:
        characters = np.frombuffer(one.encode("utf-32-le", "surrogatepass"), "<u4")
        codes.append((characters[:-1] << 16) ^ characters[1:])
    return np.unique(np.concatenate(codes).astype(np.int32))


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(values)
    while part := list(islice(iterator, _PART)):
        yield part
