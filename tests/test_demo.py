"""What the tour leaves behind, held against what the sample articles truly say."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from pipeline.config import Workspace
from pipeline.coverage.report import STATE_NAMES, CoverageReport
from pipeline.frames import (
    assignments_frame,
    coverage_frame,
    items_frame,
    reviews_frame,
    stories_frame,
)
from pipeline.store.assignments import reviews_of
from pipeline.store.items import items_between
from pipeline.store.plans import get_plan
from pipeline.store.store import Store
from samples.articles import read_reviews, sample_corpus
from samples.handed_in import read_handed_in
from samples.sites import BLOCKED_COLUMN

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def report(demo: Path) -> CoverageReport:
    return CoverageReport.from_json((demo / "report.json").read_bytes())


def test_the_tour_leaves_a_workspace_and_three_reports(demo: Path) -> None:
    assert Workspace.open(demo).path == demo
    for name in ("report.html", "report.xlsx", "report.json"):
        assert (demo / name).stat().st_size > 10_000


def test_all_six_focus_areas_have_a_state_and_a_reason(report: CoverageReport) -> None:
    assert [theme.id for theme in report.themes] == [f"focus-{n}" for n in range(1, 7)]
    for theme in report.themes:
        assert theme.state in STATE_NAMES
        assert "已核实" in theme.reason
        assert theme.next_step
    assert {"covered", "thin", "undecided"} == {theme.state for theme in report.themes}


def test_a_quarter_read_to_the_end_is_proven_blank_where_its_articles_have_nothing(
    report: CoverageReport,
) -> None:
    """Every proof of the tour against what the sample articles truly say, those behind the wall too."""
    told = {
        (theme, (item.date.month - 1) // 3)
        for item in sample_corpus().originals
        if item.counted
        for theme in item.themes
    }
    terms = {
        (theme.id, quarter): term
        for theme in report.themes
        for quarter, term in enumerate(theme.by_term)
    }
    blank = {key for key, term in terms.items() if term.state == "blank"}
    assert blank == {("focus-6", 0)}
    assert not blank & told
    assert {key for key, term in terms.items() if term.state == "covered"} <= told
    assert "计入的全部通读，无漏采；已核实 0 篇" in terms["focus-6", 0].reason
    (thin,) = [theme for theme in report.themes if theme.state == "thin"]
    assert thin.id == "focus-6"
    assert "2025年1—3月空白" in thin.reason


def test_a_quarter_as_well_read_stays_undecided_where_nobody_vouches_for_the_blocked_column(
    report: CoverageReport,
) -> None:
    (theme,) = [theme for theme in report.themes if theme.id == "focus-4"]
    spring = theme.by_term[1]
    assert (theme.state, spring.state) == ("undecided", "undecided")
    assert "计入的全部通读；已核实 0 篇" in spring.reason
    assert "采集不完整：鄂尔多斯市科学技术局（样例）“政策解读”缺 91 天" in spring.reason


def test_a_persons_word_stands_beside_the_blocked_column(report: CoverageReport) -> None:
    (handed,) = [one for one in read_handed_in() if one.column]
    (column,) = [
        column
        for source in report.sources
        for column in source.columns
        if column.column == handed.column
    ]
    assert column.vouched_by == (handed.by,)
    assert column.windows == ((handed.first.isoformat(), handed.last.isoformat()),)
    assert (column.blocked, column.missing_days) == (1, 275)


def test_each_medium_of_the_plan_counts_what_its_source_published(report: CoverageReport) -> None:
    items = {source.name: source.items for source in report.sources}
    assert {medium.source: medium.items for medium in report.media} == {
        name: items[name] for name in {medium.source for medium in report.media}
    }
    assert [medium.state for medium in report.media] == [
        "crawled", "registered", "crawled", "registered",
    ]  # fmt: skip
    assert min(medium.items for medium in report.media) > 0


def test_the_reprints_are_folded_exactly_as_they_were_written(report: CoverageReport) -> None:
    corpus = sample_corpus()
    reachable = [item for item in corpus.publications if (item.site, item.column) != BLOCKED_COLUMN]
    stories = {item.title: item.story for item in corpus.originals}
    by_hand = [stories[title] for one in read_handed_in() for _, title in one.rows()]
    sizes = Counter([*(item.story for item in reachable), *by_hand])
    items = len(reachable) + len(by_hand)
    assert report.totals.items == items
    assert report.totals.stories == len(sizes)
    assert report.totals.reprints == items - len(sizes)
    found = Counter(len(story.items) for story in report.stories)
    assert found == Counter(sizes.values())


def test_the_blocked_list_is_named_as_an_alarm(report: CoverageReport) -> None:
    assert any("政策解读”被拦截" in line for line in report.unchecked)
    alarms = {
        (source.id, column.column): column.alarms
        for source in report.sources
        for column in source.columns
        if column.alarms
    }
    assert alarms == {("sample-bureau", "政策解读"): ("blocked",)}


def test_locality_agrees_with_the_authors_on_nearly_every_story(report: CoverageReport) -> None:
    truth = {item.title: item.counted for item in sample_corpus().originals}
    said = [(truth[story.title], story.counted) for story in report.stories if story.title in truth]
    assert len(said) > 80
    assert sum(a == b for a, b in said) / len(said) > 0.93


def test_the_hacked_page_is_flagged_and_its_spam_is_not_in_the_text(
    demo: Path, report: CoverageReport
) -> None:
    flagged = [story for story in report.stories if "spam" in story.flags]
    hacked = [item for item in sample_corpus().publications if item.hacked]
    assert [story.title for story in flagged] == [item.title for item in hacked]
    assert "棋牌" not in (demo / "report.html").read_text(encoding="utf-8")


def test_pages_under_a_wrong_charset_are_read_right(report: CoverageReport) -> None:
    district = {item.title for item in sample_corpus().on("district") if not item.is_reprint}
    assert district <= {line.title for story in report.stories for line in story.items}


def test_confirmed_and_machine_are_told_apart(report: CoverageReport) -> None:
    first = report.themes[0]
    assert first.state == "covered"
    assert first.tally.verified >= first.bar
    states = {mark.state for story in report.stories for mark in story.themes}
    assert {"machine", "confirmed"} <= states


def test_it_ends_by_printing_five_lines_every_reason_and_where_the_files_are(
    demo: Path, report: CoverageReport
) -> None:
    printed = (demo / "printed.txt").read_text(encoding="utf-8")
    lines = [line for line in printed.splitlines() if line.strip()]
    assert any(f"转载 {report.totals.reprints}" in line for line in lines[:5])
    assert any("分期 24 项：已达标 18、空白（已核实） 1、待核实 5" in line for line in lines[:5])
    assert any("被拦截" in line for line in lines[:5])
    for theme in report.themes:
        (said,) = [line for line in lines[2:12] if theme.title in line]
        assert theme.reason in said
        assert STATE_NAMES[theme.state] in said
    for name in ("report.html", "report.xlsx", "report.json"):
        assert str(demo / name) in printed


def run_demo(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "demo", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
    )


@pytest.mark.parametrize("mark", [None, "", "{}", '{"letter.txt": "0"}'])
def test_a_folder_the_tour_did_not_make_is_never_cleared(tmp_path: Path, mark: str | None) -> None:
    mine = tmp_path / "mine"
    (mine / "deep").mkdir(parents=True)
    (mine / "letter.txt").write_text("keep", encoding="utf-8")
    if mark is not None:
        (mine / ".xuanjian-demo").write_text(mark, encoding="utf-8")
    done = run_demo(mine, cwd=tmp_path)
    assert done.returncode == 1
    assert "[demo-folder-used]" in done.stderr
    assert (mine / "letter.txt").read_text(encoding="utf-8") == "keep"


def test_a_tour_someone_worked_in_is_kept_and_an_untouched_one_is_made_again(
    demo: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "demo"
    shutil.copytree(demo, mine)
    (mine / "printed.txt").unlink()
    (mine / "plans" / "mine.toml").write_text("x", encoding="utf-8")
    refused = run_demo(mine, cwd=tmp_path)
    assert "[demo-folder-used]" in refused.stderr
    assert (mine / "plans" / "mine.toml").exists()
    (mine / "plans" / "mine.toml").unlink()
    inside = run_demo(".", cwd=mine)
    assert "[demo-folder-used]" in inside.stderr
    again = run_demo(mine, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (mine / "report.html").exists()


def test_frames_hold_the_same_numbers_as_the_report(
    demo: Path, report: CoverageReport, tmp_path: Path
) -> None:
    stories = stories_frame(report)
    assert int(stories["counted"].sum()) == report.totals.counted
    assert int(stories["items"].sum()) == report.totals.items
    coverage = coverage_frame(report)
    assert coverage["verified"].tolist() == [theme.tally.verified for theme in report.themes]
    months = coverage[list(report.months)].to_numpy().sum(axis=1)
    assert months.tolist() == [theme.tally.shown for theme in report.themes]
    marks = assignments_frame(report)
    counted = marks[marks["story"].isin(stories.index[stories["counted"]])]
    shown = counted[counted["state"] != "rejected"].groupby("theme").size()
    assert all(shown.get(theme.id, 0) == theme.tally.shown for theme in report.themes)
    folder = shutil.copytree(demo, tmp_path / "demo")
    with Store.open(Workspace.open(folder).database_url) as store, store.begin() as session:
        items = items_frame(items_between(session))
        reviews = reviews_frame(reviews_of(session, get_plan(session, "2025").id))
    assert len(items) == report.totals.items + report.totals.undated
    assert items["date"].notna().all()
    assert len(reviews) == len(read_reviews()) * 6
