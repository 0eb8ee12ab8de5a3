"""When a source is due: its time came, it never ran, or it did not finish; and never twice."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from pipeline.timing import LastRun, Timed, due_among, next_time, read_off_hours

RETRY = timedelta(minutes=60)
DAILY = Timed("daily", "30 6 * * *", "Asia/Shanghai")


def beijing(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def names(*sources: Timed, last: dict[str, LastRun], now: datetime) -> list[tuple[str, str]]:
    return [(due.id, due.why) for due in due_among(sources, last, now, RETRY)]


def test_a_source_that_never_ran_is_due_at_once_and_one_by_hand_never() -> None:
    by_hand = Timed("hand", "", "Asia/Shanghai")
    assert names(DAILY, by_hand, last={}, now=beijing(2, 3)) == [("daily", "never-read")]


def test_a_source_is_due_when_its_time_has_come_in_its_own_zone() -> None:
    last = {"daily": LastRun(beijing(1, 6, 30), True)}
    assert names(DAILY, last=last, now=beijing(2, 6, 29)) == []
    assert names(DAILY, last=last, now=beijing(2, 6, 30)) == [("daily", "schedule")]


def test_days_that_were_missed_are_caught_up_once() -> None:
    now = beijing(9, 12)
    assert names(DAILY, last={"daily": LastRun(beijing(1, 6, 30), True)}, now=now) == [
        ("daily", "schedule")
    ]
    assert names(DAILY, last={"daily": LastRun(now, True)}, now=beijing(9, 13)) == []


def test_a_run_that_did_not_finish_is_tried_again_after_a_while() -> None:
    last = {"daily": LastRun(beijing(2, 6, 30), False)}
    assert names(DAILY, last=last, now=beijing(2, 7, 29)) == []
    assert names(DAILY, last=last, now=beijing(2, 7, 30)) == [("daily", "not-finished")]


def test_a_clock_that_was_set_back_makes_a_source_due_once() -> None:
    ahead = {"daily": LastRun(beijing(20, 6, 30), True)}
    assert names(DAILY, last=ahead, now=beijing(2, 12)) == [("daily", "clock-set-back")]
    again = {"daily": LastRun(beijing(2, 12), True)}
    assert names(DAILY, last=again, now=beijing(2, 13)) == []
    assert names(DAILY, last=again, now=beijing(3, 6, 30)) == [("daily", "schedule")]


def test_who_waits_longest_comes_first() -> None:
    hourly = Timed("hourly", "0 * * * *", "Asia/Shanghai")
    last = {"daily": LastRun(beijing(1, 7), True), "hourly": LastRun(beijing(2, 9), True)}
    assert names(hourly, DAILY, last=last, now=beijing(2, 10)) == [
        ("daily", "schedule"),
        ("hourly", "schedule"),
    ]


def test_a_site_is_left_alone_in_its_off_hours_also_over_midnight() -> None:
    rests = Timed("rests", "0 * * * *", "Asia/Shanghai", (read_off_hours("22:00-06:00"),))
    for hour, due in (
        (23, []),
        (3, []),
        (6, [("rests", "never-read")]),
        (21, [("rests", "never-read")]),
    ):
        assert names(rests, last={}, now=beijing(2, hour)) == due


def test_off_hours_may_end_at_midnight() -> None:
    evening = read_off_hours("18:00-24:00")
    assert [time(hour) in evening for hour in (17, 18, 23, 0)] == [False, True, True, False]


def test_weekdays_are_counted_as_cron_counts_them() -> None:
    # 2026-03-06 is a Friday, 2026-03-08 a Sunday.
    assert next_time("0 8 * * 1-5", "Asia/Shanghai", beijing(6, 9)) == beijing(9, 8)
    assert next_time("0 8 * * 0", "Asia/Shanghai", beijing(6, 9)) == beijing(8, 8)
    assert next_time("0 8 * * 7", "Asia/Shanghai", beijing(6, 9)) == beijing(8, 8)
    assert next_time("0 8 * * sat", "Asia/Shanghai", beijing(6, 9)) == beijing(7, 8)


@pytest.mark.parametrize("written", ["", "61 * * * *", "daily", "* * * *", "0 8 * * 9"])
def test_a_schedule_that_is_none_is_an_error(written: str) -> None:
    with pytest.raises(ValueError, match=r"field|number of|expression|value|weekday"):
        next_time(written, "Asia/Shanghai", beijing(1, 1))


@pytest.mark.parametrize(
    "written", ["8-18", "25:00-26:00", "08:00", "08:00-18:61", "08:00-30:00", "00:00-24:00"]
)
def test_off_hours_that_are_none_are_an_error(written: str) -> None:
    with pytest.raises(ValueError, match=r"span|must be in|length"):
        read_off_hours(written)
