"""What pages ask of crawls, on both engines."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import XuanjianError
from pipeline.news import NewsItem
from pipeline.store import crawled
from pipeline.store.folding import fold_stored
from pipeline.store.items import add_items
from pipeline.store.runs import (
    LedgerEntry,
    SourceRecord,
    finish_run,
    last_crawls,
    record_ledger,
    record_source,
    start_run,
)
from pipeline.store.store import Store


def item(number: int, day: str | None, source: str = "kjj") -> NewsItem:
    return NewsItem(
        id=f"n{number}", title=f"第{number}场讲座在第{number}小学举行", date=day, source=source
    )


def run(store: Store, items: list[NewsItem], *entries: LedgerEntry, kind: str = "crawl") -> int:
    with store.begin() as session:
        number = start_run(session, kind, "kjj")
        record_ledger(session, number, entries)
        add_items(session, items, number)
        finish_run(session, number, "finished")
    return number


def test_a_runs_items_come_in_parts_with_their_stories(store: Store) -> None:
    first = run(store, [item(1, "2025-03-01"), item(2, None)])
    second = run(store, [item(2, None), item(3, "2025-03-02")])
    with store.begin() as session:
        fold_stored(session)
    with store.begin() as session:
        assert crawled.count_brought(session, first) == 2
        assert [one.id for one in crawled.brought_by(session, second)] == ["n3"]
        (one,) = crawled.brought_by(session, first, limit=1)
        (other,) = crawled.brought_by(session, first, after=one.id)
        assert (one.id, other.id) == ("n1", "n2")
        assert one.story != ""
        assert crawled.run_numbered(session, first).outcome == "finished"
        with pytest.raises(XuanjianError, match="no run 99"):
            crawled.run_numbered(session, 99)


def test_runs_come_newest_first_with_what_their_ledgers_add_up_to(store: Store) -> None:
    first = run(
        store,
        [],
        LedgerEntry(source="kjj", column="甲", extracted=3, refused=1, blocked=1),
        LedgerEntry(source="kjj", column="乙", extracted=4, failed=2),
    )
    second = run(store, [], kind="import")
    with store.begin() as session:
        assert [one.id for one in crawled.runs_before(session)] == [second, first]
        assert [one.id for one in crawled.runs_before(session, kind="crawl")] == [first]
        assert [one.id for one in crawled.runs_before(session, before=second)] == [first]
        assert crawled.sums_of_runs(session, [first, second]) == {first: (2, 7, 2, 2)}


def test_the_newest_line_of_every_column_is_given_with_its_run(store: Store) -> None:
    with store.begin() as session:
        for source in ("aaa", "kjj", "zzz"):  # read never, twice, and once
            record_source(
                session, SourceRecord(id=source, name=source, level="municipal", channel="website")
            )
    first = run(
        store,
        [],
        LedgerEntry(source="kjj", column="甲", extracted=1),
        LedgerEntry(source="kjj", column="乙", extracted=2),
    )
    second = run(
        store,
        [],
        LedgerEntry(source="kjj", column="甲", extracted=5),
        LedgerEntry(source="zzz", column="丙", extracted=6),
    )
    with store.begin() as session:
        lines = crawled.newest_lines(session)
        assert [(a.column, a.extracted, b.id) for a, b in lines] == [
            ("乙", 2, first),
            ("甲", 5, second),
            ("丙", 6, second),
        ]
        assert {one: of.id for one, of in last_crawls(session).items()} == {
            "kjj": second,
            "zzz": second,
        }
        history = crawled.runs_of_source(session, "kjj")
        assert next((a.column, b.id) for a, b in history) == ("甲", second)
        assert len(history) == 3


def test_days_of_a_source_are_those_asked_about(store: Store) -> None:
    run(
        store,
        [
            item(1, "2025-03-01"),
            item(2, "2025-03-01T08:00:00"),
            item(3, "2025-04-01"),
            item(4, "2025-03-02", "other"),
            item(5, None),
        ],
        LedgerEntry(source="kjj", column="甲", window=("2025-02-01", "2025-03-05")),
        LedgerEntry(source="kjj", column="乙", window=("2025-04-01", "2025-04-05")),
        LedgerEntry(source="kjj", column="丙"),
        LedgerEntry(
            source="kjj", column="丁", window=("2025-03-31", "2025-04-01"), vouched_by="王芳"
        ),
    )
    march = date(2025, 3, 1), date(2025, 3, 31)
    with store.begin() as session:
        assert crawled.items_by_day(session, "kjj", *march) == {"2025-03-01": 2}
        found = crawled.observed_days(session, "kjj", *march)
        assert sorted((one.first, one.by) for one in found) == [
            ("2025-02-01", ""),
            ("2025-03-31", "王芳"),
        ]
