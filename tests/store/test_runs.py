"""Runs and their ledger: which days are known whole, by whose word, and what was read last. On both engines."""

from __future__ import annotations

from datetime import date

from pipeline.store import runs
from pipeline.store.crawled import newest_lines
from pipeline.store.store import Store


def test_windows_of_several_runs_are_joined_and_a_blocked_column_has_none(store: Store) -> None:
    with store.begin() as session:
        for window in (("2025-01-01", "2025-01-31"), ("2025-02-01", "2025-02-10"), None):
            run = runs.start_run(session, "crawl")
            runs.record_ledger(
                session,
                run,
                [
                    runs.LedgerEntry(source="s", column="动态", window=window),
                    runs.LedgerEntry(source="s", column="解读", blocked=1, alarms=("blocked",)),
                ],
            )
        windows = runs.observed_windows(session)
        newest = runs.latest_entries(session)
    assert windows["s", "动态"] == ((date(2025, 1, 1), date(2025, 2, 10)),)
    assert windows["s", "解读"] == ()
    assert [entry.alarms for entry in newest] == [(), ("blocked",)]


def test_a_window_says_who_vouches_for_it(store: Store) -> None:
    months = (("2025-02-01", "2025-02-28", "李"), ("2025-01-01", "2025-01-31", "王"))
    with store.begin() as session:
        for first, last, by in (*months, ("2025-03-01", "2025-03-31", "")):
            run = runs.start_run(session, "import")
            entry = runs.LedgerEntry(source="paper", window=(first, last), vouched_by=by)
            runs.record_ledger(session, run, [entry])
        found = runs.vouched_windows(session)
        assert runs.latest_entries(session) == (entry,)
        assert len(runs.observed_windows(session)["paper", ""]) == 1
    assert {key: [(str(one.window[0]), one.by) for one in rows] for key, rows in found.items()} == {
        ("paper", ""): [("2025-01-01", "王"), ("2025-02-01", "李")]
    }


def test_a_persons_word_for_days_of_a_crawled_column_leaves_its_alarm_standing(
    store: Store,
) -> None:
    blocked = runs.LedgerEntry(source="s", column="解读", blocked=1, alarms=("blocked",))
    january = ("2025-01-01", "2025-01-31")
    word = runs.LedgerEntry(source="s", column="解读", window=january, vouched_by="王")
    signed = runs.LedgerEntry(source="tv", column="登记", window=january, vouched_by="王")
    handed = runs.LedgerEntry(source="tv", column="登记", extracted=2)
    with store.begin() as session:
        for source in ("s", "tv"):
            runs.record_source(session, runs.SourceRecord(id=source, name=source))
        crawl = runs.start_run(session, "crawl")
        runs.record_ledger(session, crawl, [blocked, handed])
        later = runs.start_run(session, "import")
        runs.record_ledger(session, later, [word, signed])
        assert runs.latest_entries(session) == (blocked, signed)
        assert [run.id for run in runs.latest_runs(session).values()] == [crawl, later]
        assert [line for line, _ in newest_lines(session)] == [blocked, signed]
        assert runs.observed_windows(session)["s", "解读"] == (
            (date(2025, 1, 1), date(2025, 1, 31)),
        )
        assert runs.observed_windows(session, proved=True) == {
            ("s", "解读"): (),
            ("tv", "登记"): (),
        }


def test_a_column_knows_the_run_that_read_it_last(store: Store) -> None:
    with store.begin() as session:
        crawl = runs.start_run(session, "crawl", "s")
        runs.record_ledger(session, crawl, [runs.LedgerEntry(source="s", column="动态")])
        runs.finish_run(session, crawl, "finished")
        killed = runs.start_run(session, "crawl", "s")
        runs.record_ledger(session, killed, [runs.LedgerEntry(source="s", column="解读")])
        found = runs.latest_runs(session)
    assert {key: (run.id, run.outcome) for key, run in found.items()} == {
        ("s", "动态"): (crawl, "finished"),
        ("s", "解读"): (killed, "running"),
    }
    assert found["s", "动态"].started_at <= str(found["s", "动态"].finished_at)
    assert found["s", "解读"].finished_at is None
