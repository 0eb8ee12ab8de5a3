"""The scorecard in the console: numbers lead to their derivations, open questions to their readings."""

from __future__ import annotations

import json
from decimal import Decimal

from console.app import Console
from pipeline.store.readings import chosen_readings
from pipeline.store.trail import trail
from tests.console.conftest import SignIn
from tests.console.scored_office import PLAN, store_scored_office

ASKED = {"plan": PLAN, "period": "2017-03"}


def test_every_number_is_the_sum_of_the_lines_it_leads_to(
    console: Console, sign_in: SignIn
) -> None:
    offices = store_scored_office(console)
    reader = sign_in("viewer")
    sheet = reader.api("/scorecard", **ASKED)
    assert {row["office"] for row in sheet["offices"]} >= set(offices)
    assert any(Decimal(row["total"]) for row in sheet["offices"])
    for row in sheet["offices"]:
        for kind, name in (
            ("points", "points"),
            ("bonus", "bonus"),
            ("deduction", "deductions"),
            ("adjustment", "adjustments"),
            ("", "total"),
        ):
            found = reader.api("/scorecard/lines", office=row["office"], kind=kind, **ASKED)
            points = sum((Decimal(line["points"]) for line in found["lines"]), Decimal(0))
            assert points == Decimal(found["sum"]) == Decimal(row[name]), (row["office"], kind)
            assert all(line["derivation"] for line in found["lines"])
    assert sum(Decimal(row["total"]) for row in sheet["offices"]) == Decimal(sheet["total"])


def test_the_page_names_who_is_at_zero_and_how_long(console: Console, sign_in: SignIn) -> None:
    offices = store_scored_office(console)
    reader = sign_in("viewer")
    sheet = reader.api("/scorecard", **ASKED)
    assert set(sheet["silent"]) == set(offices[2:])
    told = reader.page("/scorecard", **ASKED)
    assert "零报送 1 个月" in told
    assert "计分说明（方案原文）" in told
    assert "<script>alert" not in reader.page("/scorecard/lines", office=offices[0], **ASKED)


def test_a_reading_is_chosen_with_a_reason_and_moves_the_points(
    console: Console, sign_in: SignIn
) -> None:
    store_scored_office(console)
    editor = sign_in("editor")
    before = editor.api("/scorecard", **ASKED)
    slugs = [one["asked"]["slug"] for one in before["questions"] if one["asked"]["slug"]]
    assert "surplus" in slugs
    where = "/scorecard/readings?plan=jinshui&period=2017-03"
    form = {"question": "surplus", "choice": "months"}
    assert editor.send(where, **form, why=" ").status_code == 422
    assert editor.send(where, question="surplus", choice="x", why="试").status_code == 422
    assert editor.send(where, question="x", choice="", why="试").status_code == 422
    assert sign_in("reviewer").send(where, **form, why="试").status_code == 403
    assert editor.change(where, **form, why="局办公会议定") == (
        "/scorecard?plan=jinshui&period=2017-03#open"
    )
    after = editor.api("/scorecard", **ASKED)
    (asked,) = (one for one in after["questions"] if one["asked"]["slug"] == "surplus")
    assert (asked["asked"]["reading"]["code"], asked["asked"]["by"]) == ("months", "editor")
    assert asked["why"] == "局办公会议定"
    assert "局办公会议定" in editor.page("/scorecard", **ASKED)
    with console.store.begin() as session:
        (kept,) = chosen_readings(session, PLAN)
        line = next(iter(trail(session)))
    assert (kept.choice, kept.by, kept.why) == ("months", "editor", "局办公会议定")
    assert line.action == "score.reading"
    assert json.loads(line.before) == "none"


def test_an_office_that_is_not_on_the_sheet_is_not_found(console: Console, sign_in: SignIn) -> None:
    store_scored_office(console)
    assert sign_in("viewer").get("/scorecard/lines", office="无", **ASKED).status_code == 404


def test_without_submissions_the_page_says_so(sign_in: SignIn) -> None:
    assert "还没有登记报送" in sign_in("viewer").page("/scorecard")
