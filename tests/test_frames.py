"""Frames for researchers: the same columns and types whether or not there are rows."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pandas as pd
import pytest

from pipeline.coverage.report import CoverageReport
from pipeline.frames import (
    assignments_frame,
    coverage_frame,
    items_frame,
    reviews_frame,
    stories_frame,
)
from pipeline.news import NewsItem
from pipeline.store.assignments import Review
from tests.reports.making_report import build_report

BARE = NewsItem(id="a", title="题", text="")
FULL = NewsItem(
    id="b", title="题", text="文", date="1024-03-18", words=1, flags=("internal", "spam")
)


def _reviews(*moments: str) -> tuple[Review, ...]:
    return tuple(
        Review(item="a", themes=("t",), not_themes=("u",), reviewer="王", at=at) for at in moments
    )


def _without_lines(report: CoverageReport) -> CoverageReport:
    return msgspec.structs.replace(report, stories=(), themes=())


@pytest.mark.parametrize(
    ("make", "full", "empty"),
    [
        (items_frame, (BARE, FULL), ()),
        (items_frame, (BARE,), ()),
        (reviews_frame, _reviews("2025-03-18T01:02:03+00:00"), ()),
        *(
            (make, build_report(), _without_lines(build_report()))
            for make in (stories_frame, assignments_frame, coverage_frame)
        ),
    ],
)
def test_a_frame_without_rows_has_the_columns_and_types_of_one_with_rows(
    make: Callable[[object], pd.DataFrame], full: object, empty: object
) -> None:
    with_rows, without = make(full), make(empty)
    assert len(with_rows) > 0
    assert len(without) == 0
    assert without.dtypes.to_dict() == with_rows.dtypes.to_dict()
    assert (without.index.name, without.index.dtype) == (
        with_rows.index.name,
        with_rows.index.dtype if with_rows.index.name else without.index.dtype,
    )


def test_what_an_item_does_not_say_is_missing_and_no_number() -> None:
    frame = items_frame((BARE, FULL))
    assert frame.loc["a", ["date", "words"]].isna().all()
    assert frame.loc["b", "words"] == 1
    assert frame.loc["b", "date"] == pd.Timestamp("1024-03-18"), "before the days of nanoseconds"
    assert frame.loc["b", "flags"] == "internal,spam"


def test_moments_written_in_several_ways_stand_in_one_column() -> None:
    moments = ("2025-03-18", "2025-03-18T01:02:03.000004+00:00", "2025-03-18T08:00:00+08:00")
    frame = reviews_frame(_reviews(*moments))
    assert str(frame["at"].dtype) == "datetime64[us, UTC]"
    assert frame["at"].iloc[0] == frame["at"].iloc[4] == pd.Timestamp("2025-03-18", tz="UTC")
    assert frame["belongs"].tolist() == [True, False] * 3
