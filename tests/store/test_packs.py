"""What goes into a pack and what comes of one, as far as the store knows. On both engines."""

from __future__ import annotations

from pipeline.news import NewsItem
from pipeline.store.alarms import all_alarms, standing_alarms, update_alarms
from pipeline.store.items import add_items, items_by_id, renew_items
from pipeline.store.packs import (
    PackRecord,
    items_of_runs,
    known_runs,
    packs,
    record_pack,
    runs_after,
    take_alarms,
    take_items,
    take_run,
)
from pipeline.store.runs import RunRecord, start_run
from pipeline.store.store import Store

KEY = ("kjj", "动态")


def news(name: str, **fields: object) -> NewsItem:
    values: dict[str, object] = {"title": f"题{name}", "text": f"正文{name}", "date": "2025-03-18"}
    return NewsItem(id=name, **{**values, **fields})  # type: ignore[arg-type]


def test_items_are_packed_with_the_crawl_that_brought_or_changed_them(store: Store) -> None:
    with store.begin() as session:
        first, table = start_run(session, "crawl"), start_run(session, "import")
        second, again = start_run(session, "crawl"), start_run(session, "reread")
        add_items(session, [news("a"), news("b")], first)
        add_items(session, [news("by-hand")], table)
        add_items(session, [news("c")], second)
        renew_items(session, [news("a", date="2025-03-19"), news("c", date=None)], again)
        assert [run.id for run in runs_after(session, first)] == [second, again]
        packed = [(one.run, one.item.id) for one in items_of_runs(session, first, again)]
        assert packed == [(second, "c"), (again, "a")]
        every = [one.item.id for one in items_of_runs(session, 0, again)]
        assert every == ["a", "b", "c"]


def test_what_is_taken_in_is_added_or_renewed_and_keeps_its_text(store: Store) -> None:
    with store.begin() as session:
        run = take_run(session, "chain", RunRecord(
            id=41, kind="crawl", started_at="2025-03-18T06:30:00+00:00", finished_at=None,
            outcome="running", detail="kjj"))  # fmt: skip
        assert known_runs(session, "chain") == {41: run}
        take_items(session, [news("a"), news("b")], run)
        done = take_items(
            session, [news("a", date="2025-03-20"), news("b", text=""), news("c")], run
        )
        assert (done.new, done.known, done.changed) == (1, 1, 1)
        found = items_by_id(session, ["a", "b"])
        assert (found["a"].date, found["b"].text) == ("2025-03-20", "正文b")


def test_an_event_taken_in_twice_is_one_and_its_end_comes_with_the_next_pack(store: Store) -> None:
    with store.begin() as session:
        there = start_run(session, "crawl")
        update_alarms(session, there, [KEY], {KEY: {"blocked": ""}})
        standing = all_alarms(session)
        update_alarms(session, there, [KEY], {})
        ended = all_alarms(session)
        here = start_run(session, "crawl")
        runs = {there: here}
        assert [take_alarms(session, standing, runs) for _ in range(2)] == [1, 0]
        assert [alarm.raised_run for alarm in standing_alarms(session)] == [here]
        assert take_alarms(session, ended, runs) == 1
        assert standing_alarms(session) == ()
        assert take_alarms(session, ended, {}) == 0


def test_packs_written_and_taken_are_remembered_apart(store: Store) -> None:
    pack = PackRecord(
        chain="c", number=1, fingerprint="f" * 64, previous="", last_run=3, made_at="2025-03-18"
    )
    with store.begin() as session:
        record_pack(session, "taken", pack)
        assert packs(session, "taken") == (pack,)
        assert packs(session, "made") == ()
