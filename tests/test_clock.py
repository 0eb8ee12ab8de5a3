"""Days are Beijing's, moments are UTC's."""

from __future__ import annotations

import datetime

import pytest

from pipeline import clock


class _Late(datetime.datetime):
    """Half past eleven in the evening of the last of April, in UTC."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> _Late:
        return cls(2026, 4, 30, 23, 30, tzinfo=datetime.UTC).astimezone(tz)


def test_the_day_has_begun_in_beijing_when_it_has_not_in_utc(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock.datetime, "datetime", _Late)
    assert clock.today() == datetime.date(2026, 5, 1)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-04-30T23:30:00+00:00", "2026-05-01"),
        ("2026-04-30T23:30:00", "2026-05-01"),
        ("2026-04-30T23:30:00+08:00", "2026-04-30"),
        ("2026-04-30T15:59:59Z", "2026-04-30"),
    ],
)
def test_a_moment_has_one_day(moment: str, day: str) -> None:
    assert clock.beijing_day(moment) == day


def test_a_day_lasts_from_midnight_to_midnight_in_beijing() -> None:
    assert clock.day_span("2026-03-01") == (
        "2026-02-28T16:00:00+00:00",
        "2026-03-01T16:00:00+00:00",
    )


@pytest.mark.parametrize("day", ["", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_what_is_no_day_does_not_last(day: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid isoformat|out of range|no day of the calendar"):
        clock.day_span(day)


@pytest.mark.parametrize("moment", ["", "soon", "9999-12-31T23:30:00+00:00"])
def test_what_is_no_moment_has_no_day(moment: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid isoformat|no day in Beijing"):
        clock.beijing_day(moment)
