"""Signing, locking, 补录 and 更正, on both databases."""

from __future__ import annotations

from pathlib import Path

import msgspec
import openpyxl
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipeline.coverage.assemble import period_report
from pipeline.coverage.issuing import key_of, locked_report, publications_now, sign_report
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.publications import Counting
from pipeline.coverage.report import Period
from pipeline.coverage.since_issue import corrections_of
from pipeline.errors import BadInput, XuanjianError
from pipeline.reports import write_report
from pipeline.store.plans import StoredPlan, save_plan
from pipeline.store.report_tables import IssuedPublicationRow, IssuedReportRow, SignStepRow
from pipeline.store.signed import (
    ReportKey,
    SignStep,
    add_step,
    issue_report,
    issued_reports,
    steps_of,
)
from pipeline.store.store import Store
from pipeline.store.stories import stories_between
from pipeline.store.tables import NewsItemRow, StoryItemRow
from tests.coverage.issuing_office import (
    FEBRUARY,
    JANUARY,
    MARCH,
    days,
    decide,
    fold,
    issue,
    open_office,
    options,
    plan,
    publish,
    story,
)


def locked(session: Session, stored: StoredPlan, period: Period, version: int | None = None):
    return locked_report(session, key_of(stored, options(period)), version)


def told(session: Session, stored: StoredPlan, period: Period) -> PeriodReport:
    return period_report(session, stored, options(period))


def late_items(report: PeriodReport) -> list[str]:
    return [one.item for one in report.supplement.late] if report.supplement else []


def test_a_locked_report_is_the_same_to_the_byte_after_new_items(
    store: Store, tmp_path: Path
) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
        before = locked(session, stored, JANUARY)
        rows = [*before.publications(session)]
    for name in ("html", "xlsx", "json", "ledger"):
        write_report(before.report, name, tmp_path / "before", publications=lambda: rows)
    with store.begin() as session:
        publish(session, stored, late=("2025-01-20", "focus-2"))
        decide(session, stored, "b", "focus-2")
    with store.begin() as session:
        after = locked(session, stored, JANUARY)
        again = [*after.publications(session)]
        live = told(session, stored, JANUARY)
    assert after.body == before.body
    assert after.report == before.report
    assert live.totals != after.report.totals  # the test would be empty otherwise
    for name in ("html", "xlsx", "json", "ledger"):
        write_report(after.report, name, tmp_path / "after", publications=lambda: again)
    for name in ("report.html", "report.json", "ledger.xlsx"):
        assert (tmp_path / "after" / name).read_bytes() == (tmp_path / "before" / name).read_bytes()
    assert _cells(tmp_path / "after") == _cells(tmp_path / "before")
    assert (tmp_path / "after" / "report.json").read_bytes() == before.body


def _cells(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(folder / "report.xlsx")
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_a_late_find_is_told_once_in_the_next_period_and_never_again(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
        assert told(session, stored, FEBRUARY).supplement is None
        publish(session, stored, late=("2025-01-20", "focus-2"))
        report = told(session, stored, FEBRUARY)
        assert late_items(report) == ["late"]
        assert report.supplement.late_stories == 1
        assert report.supplement.late_by_theme == {"focus-2": 1}
        # Apart from the period's own: only d is February's.
        assert report.totals.counted == 1
        assert [
            one.item for one in publications_now(session, stored, options(FEBRUARY), FEBRUARY)
        ] == ["d", "late"]
        issued = issue(session, stored, FEBRUARY)
        assert late_items(issued) == ["late"]
        assert told(session, stored, MARCH).supplement is None
        # The issued February says so for ever.
        assert late_items(locked(session, stored, FEBRUARY).report) == ["late"]


def test_a_late_reprint_of_an_issued_story_makes_no_story_more(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
        publish(session, stored, r=("2025-01-06", ""))
        held = [one for one in stories_between(session) if one.id not in ("s-a", "s-r")]
        fold(session, story("a", "2025-01-05", "r"), *held)
        said = told(session, stored, FEBRUARY).supplement
        assert (said.late_stories, said.late_reprints) == (0, 1)
        assert [one.counts for one in said.late] == [False]


def test_a_story_of_a_later_month_whose_original_is_found_late_is_not_counted_twice(
    store: Store,
) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
        issue(session, stored, FEBRUARY)  # it counted d
        publish(session, stored, first=("2025-01-30", "focus-2"))
        held = [one for one in stories_between(session) if one.id not in ("s-d", "s-first")]
        fold(session, story("first", "2025-01-30", "d"), *held)
        said = told(session, stored, MARCH).supplement
        assert said.late_stories == 0
        assert said.late_reprints == 1


def test_a_quarter_does_not_take_the_late_finds_of_months(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
        publish(session, stored, late=("2025-01-20", "focus-2"))
        assert told(session, stored, days("2025-04-01", "2025-06-30")).supplement is None


def test_a_decision_changed_after_issue_is_a_correction_with_old_and_new(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
        decide(session, stored, "a", "focus-2")
        said = told(session, stored, FEBRUARY).supplement
        found = {(one.item, one.theme): (one.old, one.new, one.by) for one in said.corrections}
        assert found == {
            ("a", "focus-1"): ("confirmed", "rejected", "王芳"),
            ("a", "focus-2"): ("", "corrected", "王芳"),
        }
        issue(session, stored, FEBRUARY)
        assert told(session, stored, MARCH).supplement is None
        # Changed once more: told once more, from the value last told.
        decide(session, stored, "a", "focus-1")
        again = told(session, stored, MARCH).supplement
        assert {(one.theme, one.old, one.new) for one in again.corrections} == {
            ("focus-1", "rejected", "confirmed"),
            ("focus-2", "corrected", ""),
        }


def test_a_decision_that_says_what_was_issued_is_no_correction(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        decide(session, stored, "c")
        issue(session, stored, JANUARY)
        decide(session, stored, "a", "focus-1")
        assert told(session, stored, FEBRUARY).supplement is None


def test_an_item_withdrawn_or_dated_anew_is_a_correction(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
        kept = [one for one in stories_between(session) if one.id not in ("s-a", "s-b")]
        fold(session, story("b", "2025-03-02"), *kept)
        session.execute(delete(NewsItemRow).where(NewsItemRow.id == "a"))
        counting = Counting.of(session, stored, options(JANUARY))
        found = corrections_of(counting, locked(session, stored, JANUARY).issued)
        assert [(one.kind, one.item, one.old, one.new) for one in found] == [
            ("withdrawn", "a", "counted", "withdrawn"),
            ("date", "b", "2025-01-09", "2025-03-02"),
        ]


def test_a_corrected_version_names_the_one_it_replaces_and_leaves_it(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
        first = locked(session, stored, JANUARY)
        publish(session, stored, late=("2025-01-20", "focus-2"))
        second = issue(session, stored, JANUARY, note="漏列一篇")
        assert second.sign_off.version == 2
        assert second.sign_off.replaces == first.issued.fingerprint
        assert second.totals.counted == first.report.totals.counted + 1
        assert locked(session, stored, JANUARY).report == second
        assert locked(session, stored, JANUARY, 1).body == first.body
        assert told(session, stored, JANUARY).sign_off == second.sign_off
        # What the new version counts is no late find any more.
        assert told(session, stored, FEBRUARY).supplement is None
        with pytest.raises(BadInput) as caught:
            locked(session, stored, JANUARY, 3)
        assert caught.value.slug == "report-version"


def test_a_corrected_version_says_what_another_report_told_as_late(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
        publish(session, stored, late=("2025-01-20", "focus-2"))
        issue(session, stored, FEBRUARY)
        corrected = issue(session, stored, JANUARY, note="更正")
        assert corrected.supplement.told_elsewhere == 1


def test_an_issued_record_that_was_changed_is_found(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
    changes = (
        update(IssuedReportRow).values(body=IssuedReportRow.body + " "),
        update(SignStepRow).where(SignStepRow.stage == "approval").values(signed_by="别人"),
        update(IssuedReportRow).values(fingerprint="0" * 64),
        update(SignStepRow).where(SignStepRow.stage == "check").values(account=9),
        delete(SignStepRow).where(SignStepRow.stage == "collation"),
        delete(SignStepRow).where(SignStepRow.stage == "issued"),
    )
    for change in changes:
        with pytest.raises(XuanjianError) as caught, store.begin() as session:
            session.execute(change)
            locked(session, stored, JANUARY)
        assert caught.value.slug == "report-tampered", change
    for change in (
        update(IssuedPublicationRow).where(IssuedPublicationRow.position == 1).values(item_id="x"),
        delete(IssuedPublicationRow).where(IssuedPublicationRow.position == 2),
    ):
        with pytest.raises(XuanjianError) as caught, store.begin() as session:
            session.execute(change)
            [*locked(session, stored, JANUARY).publications(session)]
        assert caught.value.slug == "report-tampered", change
    with store.begin() as session:
        assert locked(session, stored, JANUARY) is not None  # every change was rolled back


def test_a_signature_keeps_its_account_under_its_seal(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        sign_report(session, stored, options(JANUARY), to="check", by="甲", account=7)
        (step,) = steps_of(session, key_of(stored, options(JANUARY)))
        assert (step.by, step.account) == ("甲", 7)
    for other in (0, 8):
        with pytest.raises(XuanjianError) as caught, store.begin() as session:
            session.execute(update(SignStepRow).values(account=other))
            steps_of(session, key_of(stored, options(JANUARY)))
        assert caught.value.slug == "report-tampered"


def test_a_signature_of_before_accounts_were_noted_still_holds(store: Store) -> None:
    key = ReportKey(plan="p", scheme="focus_area", first="2025-01-01", last="2025-01-31")
    step = SignStep(
        version=1, stage="check", by="王芳", at="2025-02-01T00:00:00+00:00", figures="f"
    )
    with store.begin() as session:
        add_step(session, key, step)
        (seal,) = session.scalars(select(SignStepRow.seal))
        assert seal == "90035d6e0f6c597d9b6763fcd21a0b884be52ec97dc3814b81cf2a595a13b31c"
        assert steps_of(session, key) == (step,)


def test_an_issued_record_outlives_its_plan_and_its_items(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
        body = locked(session, stored, JANUARY).body
        session.execute(delete(StoryItemRow))
        save_plan(session, "2025", plan("创业", "工业"), "")
        assert locked(session, stored, JANUARY).body == body


def test_figures_that_changed_since_approval_are_approved_again(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        for stage in ("check", "collation", "approval"):
            sign_report(session, stored, options(JANUARY), to=stage, by="甲")
        publish(session, stored, late=("2025-01-20", "focus-2"))
        with pytest.raises(BadInput) as caught:
            sign_report(session, stored, options(JANUARY), to="issued", by="甲")
        assert caught.value.slug == "sign-off-figures"
        sign_report(session, stored, options(JANUARY), to="approval", by="甲")
        sign_report(session, stored, options(JANUARY), to="issued", by="甲")
        assert len(issued_reports(session)) == 1
        assert len(steps_of(session, key_of(stored, options(JANUARY)))) == 5


def test_a_period_that_is_not_over_cannot_be_issued(store: Store) -> None:
    period = days("2025-01-01", "2099-12-31")
    with store.begin() as session:
        stored = open_office(session)
        for stage in ("check", "collation", "approval"):
            sign_report(session, stored, options(period), to=stage, by="甲")
        with pytest.raises(BadInput) as caught:
            sign_report(session, stored, options(period), to="issued", by="甲")
        assert caught.value.slug == "sign-off-period"


def test_every_counted_publication_is_kept_with_its_report(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
        rows = session.scalars(select(IssuedPublicationRow.item_id)).all()
        assert sorted(rows) == ["a", "b", "c"]
        kept = [*locked(session, stored, JANUARY).publications(session)]
        now = [*publications_now(session, stored, options(JANUARY), JANUARY)]
        assert msgspec.json.encode(kept) == msgspec.json.encode(now)


def test_of_two_who_issue_one_version_at_once_the_second_is_told_so(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        issue(session, stored, JANUARY)
    step = SignStep(version=1, stage="issued", by="乙", at="2025-02-01T00:00:00+00:00")
    key = key_of(stored, options(JANUARY))
    with pytest.raises(BadInput) as caught, store.begin() as session:
        issue_report(session, key, step, b"{}", ())
    assert caught.value.slug == "sign-off-locked"
    with store.begin() as session:
        assert [one.issued_by for one in issued_reports(session)] == ["办公室"]
