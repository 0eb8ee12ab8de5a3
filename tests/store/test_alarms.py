"""Alarms as events: one when it comes, one when it goes, none in between."""

from __future__ import annotations

from pipeline.store.alarms import mark_told, standing_alarms, untold_alarms, update_alarms
from pipeline.store.runs import start_run
from pipeline.store.store import Store

COLUMN = ("site", "动态")


def test_an_alarm_that_stands_is_told_once_and_its_end_once(store: Store) -> None:
    with store.begin() as session:
        told: list[tuple[str, bool]] = []
        for names in (["blocked"], ["blocked"], [], [], ["blocked", "stale"]):
            run = start_run(session, "crawl")
            update_alarms(session, run, [COLUMN], {COLUMN: dict.fromkeys(names, "")})
            events = untold_alarms(session)
            told += [(event.name, event.cleared_at is None) for event in events]
            mark_told(session, events)
        assert told == [("blocked", True), ("blocked", False), ("blocked", True), ("stale", True)]


def test_an_alarm_whose_notice_was_not_sent_waits_and_its_end_is_no_news(store: Store) -> None:
    with store.begin() as session:
        run = start_run(session, "crawl")
        update_alarms(session, run, [COLUMN], {COLUMN: {"blocked": "521"}})
        assert [event.detail for event in untold_alarms(session)] == ["521"]
        assert len(untold_alarms(session)) == 1
        update_alarms(session, run, [COLUMN], {})
        assert untold_alarms(session) == ()


def test_a_run_clears_only_what_it_looked_at(store: Store) -> None:
    with store.begin() as session:
        run = start_run(session, "crawl")
        update_alarms(session, run, [COLUMN], {COLUMN: {"blocked": ""}})
        update_alarms(session, run, [("other", "")], {})
        (alarm,) = standing_alarms(session)
        assert (alarm.source, alarm.name, alarm.raised_run) == ("site", "blocked", run)
