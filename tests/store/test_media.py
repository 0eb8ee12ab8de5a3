"""Months of media no crawler reaches, signed off by a person."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import BadInput
from pipeline.news import NewsItem, source_id
from pipeline.store.items import add_items
from pipeline.store.media import refuse_empty_months, sign_month, sign_offs, withdraw_sign_off
from pipeline.store.media_choices import choose_media, media_choices
from pipeline.store.runs import observed_windows, start_run, vouched_windows
from pipeline.store.store import Store

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
        assert [one.month for one in sign_offs(session)[KEY[0]]] == ["2025-02", "2025-03"]


def test_a_sign_off_taken_back_leaves_its_trace_and_no_day(store: Store) -> None:
    register(store, "2025-02-03")
    with store.begin() as session:
        sign_month(session, PAPER, "2025-02", "王芳", empty=False, today=TODAY)
        taken = withdraw_sign_off(session, PAPER, "2025-02", "李晓", "漏登两期")
    assert (taken.withdrawn_by, taken.withdrawn_why) == ("李晓", "漏登两期")
    with store.begin() as session:
        assert observed_windows(session)[KEY] == ()
        assert sign_offs(session) == {}
        assert [one.by for one in sign_offs(session, withdrawn=True)[KEY[0]]] == ["王芳"]
        with pytest.raises(BadInput) as caught:
            withdraw_sign_off(session, PAPER, "2025-02", "李晓", "再撤")
        assert caught.value.slug == "media-unsigned"
        sign_month(session, PAPER, "2025-02", "李晓", empty=False, today=TODAY)
        assert len(observed_windows(session)[KEY]) == 1


def test_nobody_signs_what_cannot_be(store: Store) -> None:
    assert slug_of(store, "2025-04") == "media-month"
    assert slug_of(store, "3月") == "media-month"
    assert slug_of(store, "2025-03") == "media-empty"
    register(store, "2025-03-31")
    assert slug_of(store, "2025-03", empty=True) == "media-not-empty"
    with store.begin() as session:
        sign_month(session, PAPER, "2025-03", "王芳", empty=False, today=TODAY)
    assert slug_of(store, "2025-03") == "media-signed"


def test_items_of_a_month_signed_off_as_empty_are_refused(store: Store) -> None:
    with store.begin() as session:
        sign_month(session, PAPER, "2025-02", "王芳", empty=True, today=TODAY)
        refuse_empty_months(session, PAPER, ["2025-03-01"])
        with pytest.raises(BadInput, match="王芳") as caught:
            refuse_empty_months(session, PAPER, ["2025-03-01", "2025-02-28"])
    assert caught.value.slug == "media-signed-empty"


def test_the_newest_choice_for_a_medium_counts(store: Store) -> None:
    with store.begin() as session:
        assert media_choices(session) == {}
        choose_media(session, {"鄂尔多斯日报": "crawl", "东胜 电视台": "leave"}, "甲")
        choose_media(session, {"鄂尔多斯日报": "register"}, "乙")
        assert media_choices(session) == {
            source_id("鄂尔多斯日报"): "register",
            source_id("东胜 电视台"): "leave",
        }
