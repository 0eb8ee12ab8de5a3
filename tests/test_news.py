"""What makes two addresses, two texts and two dates the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.news import (
    canonical_url,
    content_fingerprint,
    item_id,
    parse_day,
    written_date,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.cn/x/index.html", "https://A.cn:443/x/"),
        ("http://a.cn/x?b=2&a=1", "http://a.cn/x?a=1&b=2&utm_source=wx"),
        ("http://a.cn/x;jsessionid=1F?id=3", "http://a.cn/x?id=3#top"),
        ("http://a.cn/x/./y.html", "http://a.cn//x/y.html"),
    ],
)
def test_addresses_of_one_page_have_one_form(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.cn/list.asp?page=2", "http://a.cn/list.asp?page=3"),
        ("http://a.cn:8080/x", "http://a.cn/x"),
        ("http://a.cn/a.html", "http://a.cn/A.html"),
    ],
)
def test_addresses_of_different_pages_stay_different(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@given(st.text())
def test_the_canonical_form_of_any_text_is_its_own_canonical_form(address: str) -> None:
    assert canonical_url(canonical_url(address)) == canonical_url(address)


@given(
    st.text(alphabet="科技创新,。 \n\tab１1", min_size=1), st.sampled_from([" ", "\n", "\u3000"])
)
def test_a_fingerprint_ignores_white_space_and_width(text: str, space: str) -> None:
    import unicodedata

    changed = space.join(unicodedata.normalize("NFKC", text))
    assert content_fingerprint("题", text) == content_fingerprint("题", changed)


def test_a_fingerprint_does_not_ignore_words() -> None:
    assert content_fingerprint("题", "科技局召开会议") != content_fingerprint(
        "题", "科技局未开会议"
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2025年3月8日", "2025-03-08"),
        ("[2025-03-08]", "2025-03-08"),
        ("时间：2025/3/8 00:39", "2025-03-08T00:39:00"),
        ("2025.03.08 20:10:05", "2025-03-08T20:10:05"),
        ("20250308", "2025-03-08"),
        ("2025-02-30", None),
        ("本日", None),
        ("3月8日", None),
        ("2025-03-08 25:61", None),
    ],
)
def test_dates_are_read_as_written_and_never_guessed(written: str, expected: str | None) -> None:
    assert written_date(written) == expected


def test_a_day_is_read_from_a_date_time() -> None:
    assert str(parse_day("2025-03-08T23:59:59")) == "2025-03-08"
    assert parse_day("2025-13-01") is None
    assert parse_day(None) is None


def test_an_id_follows_the_address_not_the_words() -> None:
    one = item_id("http://a.cn/x?utm_source=q", "甲", "一", None)
    assert one == item_id("https://a.cn/x", "乙", "二", "2025-01-01")
    assert item_id("", "甲", "一", None) != item_id("", "乙", "一", None)
