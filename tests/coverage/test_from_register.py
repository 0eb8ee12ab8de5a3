"""The scorecard and the figures of offices in a period's report, from the stored register."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.coverage.assemble import period_report
from pipeline.coverage.from_register import points_of_period, readings_for, register_for
from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import parse_period
from pipeline.errors import BadInput
from pipeline.store.plans import StoredPlan, save_plan
from pipeline.store.readings import choose_readings
from pipeline.store.register import take_in, withdraw
from pipeline.store.store import Store
from tests.coverage.scoring_cases import JINSHUI, PATENTS, march, scored, submission

MARCH = parse_period("2017-03")


@pytest.fixture
def stored(store: Store) -> StoredPlan:
    with store.begin() as session:
        take_in(session, march(), "import", "王芳", "三月.xlsx")
        return save_plan(session, "2017", JINSHUI, "")


def test_a_report_holds_the_scorecard_and_the_figures_of_its_period(
    store: Store, stored: StoredPlan
) -> None:
    with store.begin() as session:
        report = period_report(session, stored, AuditOptions(period=MARCH))
    assert report.scorecard is not None
    assert report.handed_in is not None
    assert report.scorecard.total == Decimal("27.00") == report.handed_in.counts.points
    by_hand = {card.office: card.total for card in scored(*march()).offices}
    assert {card.office: card.total for card in report.scorecard.offices} == by_hand
    assert report.handed_in.silent == (PATENTS,)
    again = PeriodReport.from_json(report.to_json())
    assert again == report
    assert again.to_json() == report.to_json()


def test_chosen_readings_of_the_plan_hold_for_its_report(store: Store, stored: StoredPlan) -> None:
    with store.begin() as session:
        choose_readings(session, "2017", {"boundary": "higher"}, "王芳")
        sheet, found = points_of_period(session, stored, MARCH)
        assert sheet is not None
        assert found is not None
        # The pieces of just 100, 300 and 500 characters: 0.5 + 2 + 2 more.
        assert sheet.total == Decimal("31.50") == found.counts.points
        (boundary,) = [q for q in sheet.questions if q.slug == "boundary"]
        assert (boundary.by, boundary.is_default) == ("王芳", False)
        assert readings_for(session, "2017", ["boundary=lower"]).code("boundary") == "lower"
        choose_readings(session, "2017", {"boundary": "gone"}, "王芳")
        with pytest.raises(BadInput, match="gone"):
            readings_for(session, "2017")


def test_without_a_register_there_is_no_scorecard(store: Store) -> None:
    with store.begin() as session:
        plan = save_plan(session, "2017", JINSHUI, "")
        assert points_of_period(session, plan, MARCH) == (None, None)


def test_what_was_withdrawn_or_is_of_no_office_of_the_plan_does_not_count(
    store: Store, stored: StoredPlan
) -> None:
    with store.begin() as session:
        take_in(session, [submission("外单位", "稿", "信息", "河南日报")], "add", "王芳", "")
        register = register_for(session, JINSHUI)
        assert [trouble.column for trouble in register.troubles] == ["责任科室"]
        withdraw(session, 1, "王芳")
        sheet, _ = points_of_period(session, stored, MARCH)
    assert sheet is not None
    assert sheet.total == Decimal("26.00")
    assert len(sheet.left_out) == 1
