"""A person's word 确认齐全 that is taken back after a report rested on it, on both databases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import docx
import lxml.html
import msgspec
import openpyxl
import pytest
from sqlalchemy.orm import Session

from pipeline.coverage.issuing import key_of, locked_report
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import parse_period
from pipeline.coverage.publications import Counting
from pipeline.coverage.report import CoverageReport, Period
from pipeline.coverage.since_issue import corrections_of
from pipeline.coverage.supplement import Correction, correction_about, correction_words
from pipeline.news import NewsItem
from pipeline.reports import write_report
from pipeline.store.items import add_items
from pipeline.store.media import vouch_for_column
from pipeline.store.plans import StoredPlan
from pipeline.store.runs import (
    LedgerEntry,
    SourceRecord,
    record_ledger,
    record_source,
    start_run,
)
from pipeline.store.store import Store
from pipeline.store.stories import stories_between
from pipeline.store.vouching import Vouch, take_back
from tests.coverage.issuing_office import (
    MARCH,
    assign,
    days,
    decide,
    fold,
    issue,
    open_office,
    options,
    story,
)
from tests.coverage.test_issuing import told

APRIL, MAY = parse_period("2025-04"), parse_period("2025-05")
YEAR = parse_period("2024")
THEMES = ["（1）创业", "（2）农业"]
TODAY = date(2025, 7, 1)
ALL = ("2024-01-01", "2025-06-30")


def crawl(session: Session, source: str, name: str, column: str) -> None:
    """A crawl that the column refuses."""
    record_source(session, SourceRecord(id=source, name=name))
    line = LedgerEntry(source=source, column=column, blocked=1, alarms=("blocked",))
    record_ledger(session, start_run(session, "crawl"), [line])


def look_at(
    session: Session, first: str, last: str, by: str = "刘洋", name: str = "市科技局"
) -> Vouch:
    window = (date.fromisoformat(first), date.fromisoformat(last))
    return vouch_for_column(session, name, "解读", window, by, note="逐页打开", today=TODAY)


def open_month(session: Session) -> tuple[StoredPlan, Vouch]:
    """March has no story: both themes are blank, on one person's word about the only column."""
    stored = open_office(session)
    crawl(session, "kjj", "市科技局", "解读")
    return stored, look_at(session, *ALL)


def publish(session: Session, stored: StoredPlan, name: str, day: str, theme: str) -> None:
    """A story of the crawled source, which a person read."""
    item = NewsItem(
        id=name, title=f"题{name}", text=f"文{name}" * 5, date=day, source="kjj",
        url=f"https://kjj.example/{name}.html",
    )  # fmt: skip
    add_items(session, [item], start_run(session, "crawl"))
    fold(session, *stories_between(session), story(name, day))
    assign(session, stored, f"s-{name}", theme)
    decide(session, stored, name, theme)


def corrections(report: PeriodReport) -> tuple[Correction, ...]:
    return report.supplement.corrections if report.supplement else ()


def now_corrected(session: Session, stored: StoredPlan, period: Period) -> tuple[Correction, ...]:
    locked = locked_report(session, key_of(stored, options(period)))
    assert locked is not None
    return corrections_of(Counting.of(session, stored, options(period)), locked.issued)


def claims(report: CoverageReport) -> dict[tuple[str, str], str]:
    """By theme and first day of the term ('' for the whole period) the state."""
    return {
        (line.id, first): state
        for line in report.themes
        for first, state in (
            ("", line.state),
            *((term.period.first, term.state) for term in line.by_term),
        )
    }


def fallen(issued: PeriodReport, now: PeriodReport) -> dict[tuple[str, str], str]:
    """What the issued report calls blank or thin and the figures of today undecided."""
    stands = claims(now)
    return {
        key: state
        for key, state in claims(issued).items()
        if state in ("blank", "thin") and stands[key] == "undecided"
    }


def unproven(correction: Correction) -> dict[tuple[str, str], str]:
    assert correction.vouched is not None
    return {
        (one.theme, one.term.first if one.term else ""): one.state
        for one in correction.vouched.unproven
    }


def test_a_word_taken_back_is_told_once_with_what_rested_on_it(store: Store) -> None:
    with store.begin() as session:
        stored, said = open_month(session)
        before = issue(session, stored, MARCH)
        assert [line.state for line in before.themes] == ["blank", "blank"]
        body = locked_report(session, key_of(stored, options(MARCH))).body
        assert corrections(told(session, stored, APRIL)) == ()
        taken = take_back(session, said.number, "赵敏", "漏看两页")
        (one,) = corrections(told(session, stored, APRIL))
        assert (one.kind, one.period, one.version) == ("vouch", MARCH, 1)
        assert (one.title, one.old, one.new) == ("市科技局“解读”", "2025-03-01/2025-03-31", "")
        assert (one.by, one.at) == ("赵敏", taken.withdrawn_at)
        assert (one.vouched.vouched_by, one.vouched.why) == (("刘洋",), "漏看两页")
        assert one.vouched.missing == (("2025-03-01", "2025-03-31"),)
        assert [theme.title for theme in one.vouched.unproven] == THEMES
        assert unproven(one) == fallen(before, told(session, stored, MARCH))
        assert correction_words(one) == (
            "无漏采：2025-03-01 至 2025-03-31（刘洋确认齐全）",
            "确认已撤回，缺 31 天：2025-03-01 至 2025-03-31；理由：漏看两页",
        )
        assert correction_about(one) == "空白（已核实） → 待核实 2 条：（1）创业、（2）农业"
        issued = issue(session, stored, APRIL)
        assert corrections(issued) == (one,), "the issue keeps what it told"
        assert corrections(told(session, stored, MAY)) == (), "once"
        assert now_corrected(session, stored, MARCH) == (one,), "asked for, it is still so"
        assert locked_report(session, key_of(stored, options(MARCH))).body == body


def test_a_word_given_anew_is_told_the_other_way_round(store: Store) -> None:
    with store.begin() as session:
        stored, said = open_month(session)
        issue(session, stored, MARCH)
        take_back(session, said.number, "赵敏", "漏看两页")
        issue(session, stored, APRIL)
        again = look_at(session, "2025-03-01", "2025-03-31", by="李晓")
        assert now_corrected(session, stored, MARCH) == (), "it is as it was issued"
        (one,) = corrections(told(session, stored, MAY))
        assert (one.old, one.new) == ("", "2025-03-01/2025-03-31")
        assert (one.by, one.at) == ("李晓", again.at)
        assert (one.vouched.missing, one.vouched.unproven) == ((), ())
        assert correction_words(one) == (
            "无漏采：无",
            "无漏采：2025-03-01 至 2025-03-31（李晓确认齐全）",
        )
        issue(session, stored, MAY)
        june = parse_period("2025-06")
        assert corrections(told(session, stored, june)) == ()
        take_back(session, again.number, "赵敏", "还是漏了")
        (one,) = corrections(told(session, stored, june))
        assert (one.vouched.vouched_by, one.vouched.why) == (("李晓",), "还是漏了")


def test_what_a_crawl_read_since_is_told_and_nobody_is_named(store: Store) -> None:
    with store.begin() as session:
        stored, said = open_month(session)
        issue(session, stored, MARCH)
        take_back(session, said.number, "赵敏", "漏看两页")
        issue(session, stored, APRIL)
        for last, new in (("2025-03-10", "2025-03-01/2025-03-10"), ("2025-04-02", None)):
            line = LedgerEntry(source="kjj", column="解读", window=("2025-02-01", last))
            record_ledger(session, start_run(session, "crawl"), [line])
            (one,) = corrections(told(session, stored, MAY))
            assert one.new == (new or "2025-03-01/2025-03-31")
            assert bool(one.vouched.unproven) == bool(new), "part of the days proves nothing"
        assert (one.by, one.at, one.vouched.vouched_by) == ("", "", ())


def test_days_of_several_words_are_told_as_they_go(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        crawl(session, "kjj", "市科技局", "解读")
        first = look_at(session, "2025-02-20", "2025-03-20")
        second = look_at(session, "2025-03-15", "2025-05-31", by="李晓")
        issue(session, stored, MARCH)
        take_back(session, first.number, "赵敏", "漏看")
        (one,) = now_corrected(session, stored, MARCH)
        assert one.new == "2025-03-15/2025-03-31", "the other word holds the rest"
        assert (one.vouched.vouched_by, one.by) == (("刘洋",), "赵敏")
        issue(session, stored, APRIL)
        take_back(session, second.number, "王芳", "记错了")
        one, other = corrections(told(session, stored, MAY))
        assert (one.old, one.new) == ("2025-03-15/2025-03-31", "")
        assert (other.period, other.old, other.new) == (APRIL, "2025-04-01/2025-04-30", "")
        assert one.vouched.vouched_by == ("刘洋", "李晓")
        assert (one.by, one.vouched.why) == ("赵敏、王芳", "漏看；记错了")


def test_only_days_and_sources_the_report_rested_on_are_told(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        crawl(session, "kjj", "市科技局", "解读")
        outside = look_at(session, "2025-01-01", "2025-02-28")
        earlier = look_at(session, "2025-02-25", "2025-03-05")
        look_at(session, "2025-03-01", "2025-05-31")
        take_back(session, earlier.number, "赵敏", "给错了")
        issue(session, stored, MARCH)
        crawl(session, "fgw", "市发改委", "解读")
        later = look_at(session, *ALL, name="市发改委")
        take_back(session, outside.number, "赵敏", "漏看")
        take_back(session, later.number, "赵敏", "漏看")
        assert now_corrected(session, stored, MARCH) == ()
        assert told(session, stored, APRIL).supplement is None


def test_days_a_crawl_read_as_well_are_not_lost(store: Store) -> None:
    with store.begin() as session:
        stored, said = open_month(session)
        issue(session, stored, MARCH)
        line = LedgerEntry(source="kjj", column="解读", window=("2025-02-01", "2025-04-30"))
        record_ledger(session, start_run(session, "crawl"), [line])
        take_back(session, said.number, "赵敏", "漏看两页")
        assert now_corrected(session, stored, MARCH) == ()


def test_a_corrected_version_has_nothing_left_to_tell(store: Store) -> None:
    with store.begin() as session:
        stored, said = open_month(session)
        issue(session, stored, MARCH)
        take_back(session, said.number, "赵敏", "漏看两页")
        again = issue(session, stored, MARCH, note="确认已撤回")
        assert [line.state for line in again.themes] == ["undecided", "undecided"]
        assert told(session, stored, APRIL).supplement is None


FIRST, LATER = ("2024-01-01", "2024-03-31"), ("2024-04-01", "2024-12-31")


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (
            FIRST,
            "空白（已核实） → 待核实 1 条：（2）农业（全期、2024年1—3月）；"
            "薄弱 → 待核实 1 条：（1）创业（2024年1—3月）",
        ),
        (
            LATER,
            "空白（已核实） → 待核实 2 条："
            "（1）创业（2024年4—6月、2024年7—9月、2024年10—12月）、"
            "（2）农业（全期、2024年4—6月、2024年7—9月、2024年10—12月）",
        ),
    ],
)
def test_of_a_year_s_terms_those_fall_that_rested_on_the_days(
    store: Store, taken: tuple[str, str], words: str
) -> None:
    with store.begin() as session:
        stored = open_office(session)
        crawl(session, "kjj", "市科技局", "解读")
        said = {span: look_at(session, *span) for span in (FIRST, LATER)}
        publish(session, stored, "e", "2024-02-06", "focus-1")
        issued = issue(session, stored, YEAR)
        assert claims(issued)["focus-1", ""] == "thin"
        assert claims(issued)["focus-2", ""] == "blank"
        take_back(session, said[taken].number, "赵敏", "漏看")
        (one,) = now_corrected(session, stored, YEAR)
        now = told(session, stored, YEAR)
        assert unproven(one) == fallen(issued, now)
        # A term that is proved to fall short keeps the theme thin, whatever else is open.
        assert claims(now)["focus-1", ""] == "thin"
        assert ("focus-1", "") not in unproven(one)
        assert correction_about(one) == words


def test_every_paper_tells_it(store: Store, tmp_path: Path) -> None:
    with store.begin() as session:
        stored, said = open_month(session)
        issue(session, stored, MARCH)
        take_back(session, said.number, "赵敏", "漏看<b>两页")
        report = issue(session, stored, APRIL)
    for name in ("html", "xlsx", "docx", "json"):
        write_report(report, name, tmp_path)
    said_in_all = (
        "空白（已核实） → 待核实 2 条：（1）创业、（2）农业",
        "无漏采：2025-03-01 至 2025-03-31（刘洋确认齐全）",
        "确认已撤回，缺 31 天：2025-03-01 至 2025-03-31；理由：漏看<b>两页",
        "赵敏",
    )
    page = lxml.html.fromstring((tmp_path / "report.html").read_text(encoding="utf-8"))
    cells = [cell.text_content().strip() for cell in page.xpath("//*[@id='supplement']//td")]
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    sheet = [cell for row in book["更正"].iter_rows(values_only=True) for cell in row]
    paper = [
        cell.text
        for table in docx.Document(str(tmp_path / "report.docx")).tables
        for row in table.rows
        for cell in row.cells
    ]
    for words in said_in_all:
        assert words in cells
        assert words in sheet
        assert words in paper
    raw = msgspec.json.decode((tmp_path / "report.json").read_bytes())
    (one,) = raw["supplement"]["corrections"]
    assert one["vouched"]["why"] == "漏看<b>两页"
    assert [theme["theme"] for theme in one["vouched"]["unproven"]] == ["focus-1", "focus-2"]


def test_one_day_is_told_as_one_day(store: Store) -> None:
    with store.begin() as session:
        stored = open_office(session)
        crawl(session, "kjj", "市科技局", "解读")
        look_at(session, ALL[0], "2025-03-30")
        last = look_at(session, "2025-03-31", "2025-03-31", by="李晓")
        issue(session, stored, MARCH)
        take_back(session, last.number, "赵敏", "漏看")
        (one,) = now_corrected(session, stored, MARCH)
        assert correction_words(one) == (
            "无漏采：2025-03-01 至 2025-03-31（李晓确认齐全）",
            "确认已撤回，缺 1 天：2025-03-31；理由：漏看",
        )


def test_a_correction_of_before_words_were_told_is_still_read() -> None:
    old = msgspec.json.encode(
        {"kind": "date", "period": days("2025-01-01", "2025-01-31"), "version": 1, "item": "a",
         "title": "题", "old": "2025-01-02", "new": "2025-02-02"}
    )  # fmt: skip
    assert msgspec.json.decode(old, type=Correction).vouched is None
