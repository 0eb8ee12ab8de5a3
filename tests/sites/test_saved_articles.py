"""Every way articles are written: a saved page each, written for this, and what must be read from it."""

from __future__ import annotations

import datetime

import pytest

from crawler.extract import read_article
from tests.sites.test_saved_lists import CASES, expectation, saved


@pytest.mark.parametrize("name", CASES["articles"])
def test_a_saved_article_is_read_as_expected(name: str) -> None:
    wanted = expectation("articles", name)
    fetched = wanted.get("fetched")
    page = read_article(
        saved("articles", name, wanted.get("saved_as", "utf-8")),
        wanted["url"],
        list_title=wanted.get("list_title", ""),
        list_date=wanted.get("list_date"),
        content_type=wanted.get("header", ""),
        fetched=datetime.date.fromisoformat(fetched) if fetched else None,
    )
    item = page.item
    assert item.title == wanted["title"]
    assert (item.date or "", item.date_evidence) == (wanted["date"], wanted["evidence"])
    assert page.date_confidence == wanted.get("confidence", page.date_confidence)
    assert bool(page.date_confidence) is bool(item.date)
    assert (item.outlet, item.author) == (wanted["outlet"], wanted.get("author", ""))
    assert item.text.split("\n") == (wanted["text"] or [""])
    assert list(item.flags) == wanted.get("flags", [])
    assert [file.url for file in item.attachments] == wanted.get("attachments", [])
    assert list(page.parts) == wanted.get("parts", [])
