"""People's words that a column's days are whole: months of media signed off, columns looked at by hand."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import BadInput
from pipeline.news import NewsItem, source_id
from pipeline.store.crawled import columns_read
from pipeline.store.items import add_items
from pipeline.store.media import (
    refuse_empty_days,
    sign_days,
    sign_month,
    signed_months,
    vouch_for_column,
    withdraw_sign_off,
)
from pipeline.store.media_choices import choose_media, media_choices
from pipeline.store.runs import (
    LedgerEntry,
    SourceRecord,
    latest_entries,
    observed_windows,
    record_ledger,
    record_source,
    start_run,
    vouched_windows,
)
from pipeline.store.store import Store
from pipeline.store.vouching import Vouch, take_back, vouches

PAPER = "鄂尔多斯日报"
KEY = (source_id(PAPER), "登记")
TODAY = date(2025, 4, 2)


def slug_of(store: Store, month: str, *, empty: bool = False) -> str:
    with pytest.raises(BadInput) as caught, store.begin() as session:
        sign_month(session, PAPER, month, "王芳", empty=empty, today=TODAY)
    return caught.value.slug


def register(store: Store, day: str) -> None:
    item = NewsItem(id=f"p{day}", title=f"报道{day}", date=day, source=source_id(PAPER))
    with store.begin() as session:
        add_items(session, [item], start_run(session, "import"))


def test_signed_months_are_the_medium_s_observed_days(store: Store) -> None:
    register(store, "2025-02-03")
    with store.begin() as session:
        signed, count = sign_month(session, PAPER, "2025-02", "王芳", empty=False, today=TODAY)
        none, _ = sign_month(session, PAPER, "2025-03", "李晓", empty=True, today=TODAY)
    assert (signed.by, count, none.empty) == ("王芳", 1, True)
    with store.begin() as session:
        assert observed_windows(session)[KEY] == ((date(2025, 2, 1), date(2025, 3, 31)),)
        assert [one.by for one in vouched_windows(session)[KEY]] == ["王芳", "李晓"]
        assert [*signed_months(vouches(session, source=KEY[0]))] == ["2025-02", "2025-03"]


def test_a_sign_off_taken_back_leaves_its_trace_and_no_day(store: Store) -> None:
    register(store, "2025-02-03")
    with store.begin() as session:
        sign_month(session, PAPER, "2025-02", "王芳", empty=False, today=TODAY)
        taken = withdraw_sign_off(session, PAPER, "2025-02", "李晓", "漏登两期")
    assert (taken.withdrawn_by, taken.withdrawn_why) == ("李晓", "漏登两期")
    with store.begin() as session:
        assert observed_windows(session)[KEY] == ()
        assert vouches(session) == ()
        assert [one.by for one in vouches(session, withdrawn=True)] == ["王芳"]
        with pytest.raises(BadInput) as caught:
            withdraw_sign_off(session, PAPER, "2025-02", "李晓", "再撤")
        assert caught.value.slug == "vouch-missing"
        sign_month(session, PAPER, "2025-02", "李晓", empty=False, today=TODAY)
        assert len(observed_windows(session)[KEY]) == 1


def test_nobody_signs_what_cannot_be(store: Store) -> None:
    assert slug_of(store, "2025-04") == "vouch-not-over"
    assert slug_of(store, "3月") == "media-month"
    assert slug_of(store, "2025-03") == "media-empty"
    register(store, "2025-03-31")
    assert slug_of(store, "2025-03", empty=True) == "media-not-empty"
    with store.begin() as session:
        sign_month(session, PAPER, "2025-03", "王芳", empty=False, today=TODAY)
    assert slug_of(store, "2025-03") == "vouch-already"


def test_items_of_a_month_signed_off_as_empty_are_refused(store: Store) -> None:
    with store.begin() as session:
        sign_month(session, PAPER, "2025-02", "王芳", empty=True, today=TODAY)
        refuse_empty_days(session, PAPER, ["2025-03-01", "2025-01-31T23:59"])
        with pytest.raises(BadInput, match="王芳") as caught:
            refuse_empty_days(session, PAPER, ["2025-03-01", "2025-02-28T08:00"])
    assert caught.value.slug == "media-signed-empty"


BLOCKED = LedgerEntry(source="kjj", column="解读", blocked=1, alarms=("blocked",))
JANUARY = (date(2025, 1, 1), date(2025, 1, 31))
FEBRUARY = (date(2025, 2, 1), date(2025, 2, 28))


def blocked(store: Store) -> None:
    with store.begin() as session:
        record_source(session, SourceRecord(id="kjj", name="市科技局"))
        record_ledger(session, start_run(session, "crawl"), [BLOCKED])


def looked_at(
    store: Store, window: tuple[date, date], by: str = "王芳", column: str = "解读"
) -> Vouch:
    with store.begin() as session:
        return vouch_for_column(
            session, "市科技局", column, window, by, note="逐页打开", today=TODAY
        )


def refused(store: Store, window: tuple[date, date], column: str = "解读") -> str:
    with pytest.raises(BadInput) as caught:
        looked_at(store, window, column=column)
    return caught.value.slug


def test_a_column_looked_at_by_hand_is_observed_until_the_word_is_taken_back(store: Store) -> None:
    blocked(store)
    first, second = looked_at(store, JANUARY), looked_at(store, FEBRUARY, "李晓")
    with store.begin() as session:
        assert observed_windows(session)["kjj", "解读"] == ((JANUARY[0], FEBRUARY[1]),)
        assert latest_entries(session) == (BLOCKED,), "the alarm stands on"
        assert vouches(session) == (first, second)
        assert (columns_read(session, "kjj"), columns_read(session, "kj")) == (("解读",), ())
    with store.begin() as session:
        taken = take_back(session, first.number, "赵", "漏看两页")
    assert (taken.by, taken.note) == ("王芳", "逐页打开")
    assert (taken.withdrawn_by, taken.withdrawn_why) == ("赵", "漏看两页")
    with store.begin() as session:
        assert observed_windows(session)["kjj", "解读"] == (FEBRUARY,)
        assert [one.by for one in vouched_windows(session)["kjj", "解读"]] == ["李晓"]
        assert latest_entries(session) == (BLOCKED,)
        assert vouches(session, source="kjj") == (second,)
        assert vouches(session, runs=[first.run], withdrawn=True) == (taken,)


def test_a_column_is_vouched_for_by_nobody_who_cannot_know(store: Store) -> None:
    blocked(store)
    assert refused(store, (JANUARY[1], JANUARY[0])) == "vouch-days"
    assert refused(store, (date(2025, 4, 1), TODAY)) == "vouch-not-over"
    assert refused(store, JANUARY, column="公告") == "column-not-crawled"
    looked_at(store, JANUARY)
    looked_at(store, (date(2025, 1, 20), FEBRUARY[1]))
    assert refused(store, (date(2025, 1, 5), date(2025, 2, 20))) == "vouch-already"
    with store.begin() as session:
        number = vouches(session)[0].number
        take_back(session, number, "李晓", "漏看")
        with pytest.raises(BadInput) as caught:
            take_back(session, number, "李晓", "再撤")
        assert caught.value.slug == "vouch-missing"
    looked_at(store, JANUARY, "李晓")


def test_a_month_of_which_two_people_hold_a_half_each_is_whole(store: Store) -> None:
    register(store, "2025-02-03")
    register(store, "2025-02-20")
    halves = ((FEBRUARY[0], date(2025, 2, 14)), (date(2025, 2, 15), FEBRUARY[1]))
    with store.begin() as session:
        for half, by in zip(halves, ("王芳", "李晓"), strict=True):
            sign_days(session, PAPER, half, by, empty=False, note="", today=TODAY)
        assert observed_windows(session)[KEY] == (FEBRUARY,)
    with pytest.raises(BadInput, match="王芳、李晓") as caught, store.begin() as session:
        sign_month(session, PAPER, "2025-02", "赵", empty=False, today=TODAY)
    assert caught.value.slug == "vouch-already"


def test_the_newest_choice_for_a_medium_counts(store: Store) -> None:
    with store.begin() as session:
        assert media_choices(session) == {}
        choose_media(session, {"鄂尔多斯日报": "crawl", "东胜 电视台": "leave"}, "甲")
        choose_media(session, {"鄂尔多斯日报": "register"}, "乙")
        assert media_choices(session) == {
            source_id("鄂尔多斯日报"): "register",
            source_id("东胜 电视台"): "leave",
        }
