"""Whom a reprint names and what it changed, from the store to the report and the ledger."""

from __future__ import annotations

from pipeline.coverage.gather import AuditOptions, coverage_report
from pipeline.coverage.periods import parse_period
from pipeline.coverage.publications import Counting
from pipeline.store.plans import save_plan
from pipeline.store.store import Store
from tests.coverage.issuing_office import plan
from tests.store.test_folding import ITEMS, open_with_sources, take


def test_a_reprint_says_from_whom_it_was_taken_in_the_report_and_in_the_ledger(
    store: Store,
) -> None:
    days = sorted(item.date for item in ITEMS if item.date)
    period = parse_period(days[0][:4])
    with store.begin() as session:
        open_with_sources(session)
        take(session, ITEMS)
        stored = save_plan(session, "2025", plan("创业", "农业"), "")
        options = AuditOptions(period=period)
        report = coverage_report(session, stored, options)
        listed = {item.id: item for story in report.stories for item in story.items}
        one = listed["re-water-bureau"]
        assert (one.original, one.reprint_of, one.edits) == (False, "鄂尔多斯样例日报", ())
        assert one.outlet == "鄂尔多斯市科学技术局", "where it stood, not whom it names"
        first = listed["jiukang-water-station"]
        assert (first.original, first.reprint_of, first.edits) == (True, "", ())
        assert any(item.edits for item in listed.values())
        printed = {one.item: one for one in Counting.of(session, stored, options).between(period)}
        assert printed
        for name, line in printed.items():
            item = listed[name]
            said = (item.original, item.reprint_of, item.edits, item.outlet)
            assert (line.original, line.reprint_of, line.edits, line.outlet) == said
