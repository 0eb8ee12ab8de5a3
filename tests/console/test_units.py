"""The page of units, and the page of advice."""

from __future__ import annotations

import pytest

from console.app import Console
from pipeline.news import NewsItem
from pipeline.steps import fold_stories
from pipeline.store.items import add_items
from pipeline.store.runs import finish_run, start_run
from tests.console.conftest import SignIn


def test_units_stand_by_theme_with_state_and_stories(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    told = reader.api("/units")
    rows = [unit for group in told["groups"] for unit in group["units"]]
    assert len(rows) == sum(told["counts"].values()) == 22
    for state, count in told["counts"].items():
        assert sum(unit["state"] == state for unit in rows) == count
    for unit in rows:
        assert (unit["count"] == 0) == (unit["state"] == "unseen")
        assert len(unit["stories"]) == min(unit["count"], 5)
    page = reader.page("/units")
    seen = next(unit for unit in rows if unit["stories"])
    assert f'href="/stories/{seen["stories"][0]["id"]}"' in page
    assert "未查范围" in page


def test_units_are_narrowed_in_the_address(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    told = reader.api("/units", state="unseen", theme="focus-1")
    assert [group["theme"] for group in told["groups"]] == ["focus-1"]
    assert {unit["state"] for unit in told["groups"][0]["units"]} == {"unseen"}
    assert "按筛选没有单位" in reader.page("/units", theme="focus-99")
    assert reader.get("/units", state="odd").status_code == 400


def test_a_unit_is_seen_when_news_of_it_came_in(console: Console, sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    unseen = reader.api("/units", state="unseen")["groups"][0]["units"][0]["name"]
    title = f"<script>alert(1)</script>{unseen}"
    with console.store.begin() as session:
        run = start_run(session, "import")
        item = NewsItem(
            id="new-1",
            title=title,
            text=f"鄂尔多斯市{unseen}开放日",
            date="2025-11-03",
        )
        add_items(session, [item], run)
        finish_run(session, run, "finished")
    fold_stories(console.store)
    rows = [unit for group in reader.api("/units")["groups"] for unit in group["units"]]
    found = next(unit for unit in rows if unit["name"] == unseen)
    assert found["state"] != "unseen"
    page = reader.page("/units")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_advice_says_what_to_report_on_and_why(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    told = reader.api("/advice")
    assert told["suggestions"]
    page = reader.page("/advice")
    for one in told["suggestions"]:
        assert one["reason"]
        if one["theme"]:
            assert f'href="/themes/{one["theme"]}"' in page
        if one["obligation"]:
            assert f'href="/obligations#{one["obligation"]}"' in page
    assert "xuanjian " not in page


@pytest.mark.parametrize("kind", ["obligation", "sentence", "unit"])
def test_advice_is_narrowed_by_what_it_comes_from(kind: str, sign_in: SignIn) -> None:
    told = sign_in("viewer").api("/advice", kind=kind)
    assert {one["kind"] for one in told["suggestions"]} == {kind}


def test_advice_of_a_period_keeps_it_in_its_links(sign_in: SignIn) -> None:
    page = sign_in("viewer").page("/advice", period="2025-04")
    assert "?period=2025-04" in page
