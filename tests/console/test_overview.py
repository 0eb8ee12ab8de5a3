"""The overview: the matrix, what its address keeps, issued periods, and what changed."""

from __future__ import annotations

import re

import lxml.html
import pytest

from console.app import Console
from console.period_choice import stepped
from console.shown import plainly
from pipeline import steps
from pipeline.config import Workspace
from pipeline.coverage.assemble import period_report
from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.issuing import sign_report
from pipeline.coverage.periods import parse_period
from pipeline.plan.model import Plan, PlanNode
from pipeline.store.assignments import Review, add_reviews
from pipeline.store.plans import save_plan
from tests.console.conftest import SignIn


def issue(console: Console, workspace: Workspace, period: str) -> None:
    stored = steps.resolve_plan(console.store, workspace, "")
    options = AuditOptions(period=parse_period(period))
    with console.store.begin() as session:
        for stage in ("check", "collation", "approval", "issued"):
            sign_report(session, stored, options, to=stage, by="王芳")


def test_the_worst_theme_stands_first_with_state_counts_and_interval(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    told = reader.api("/overview")
    rows = told["rows"]
    assert len(rows) == 6
    ranks = ["blank", "thin", "undecided", "covered"]
    states = [ranks.index(row["theme"]["state"]) for row in rows]
    assert states == sorted(states)
    for row in rows:
        tally, interval = row["theme"]["tally"], row["theme"]["interval"]
        assert interval["how"] == "population"
        assert interval["low"] == tally["confirmed"] + tally["corrected"] <= interval["high"]
        shown = [
            sum(c["tally"][k] for k in ("machine", "confirmed", "corrected")) for c in row["cells"]
        ]
        assert sum(shown) == tally["machine"] + tally["confirmed"] + tally["corrected"]
    page = reader.page("/overview")
    assert page.index(rows[0]["theme"]["title"]) < page.index(rows[-1]["theme"]["title"])
    assert "未查范围" in page


def test_what_a_range_of_stories_means_is_explained_beside_it_with_its_sum(
    sign_in: SignIn,
) -> None:
    reader = sign_in("viewer")
    told = reader.api("/overview")
    for row in told["rows"]:
        interval = row["theme"]["interval"]
        assert interval["high"] == interval["low"] + interval["unread"] + interval["undated"]
    interval, totals = told["rows"][0]["theme"]["interval"], told["totals"]
    assert interval["unread"] == totals["counted"] - totals["reviewed"]
    page = lxml.html.fromstring(reader.page("/overview"))
    (words,) = page.xpath("//details[contains(summary, '真实篇数怎么看')]")
    assert (
        f"已核实 {interval['low']} 篇，加没有判完的 {interval['unread']} 篇、"
        f"没有日期的 {interval['undated']} 篇，最多 {interval['high']} 篇"
    ) in words.text_content()
    theme = reader.page(f"/themes/{told['rows'][0]['theme']['id']}")
    assert f"最多再加上没有判完的 {interval['unread']} 篇" in theme


def test_every_number_of_a_month_leads_to_its_stories(sign_in: SignIn) -> None:
    page = sign_in("viewer").page("/overview")
    assert re.search(r'href="/themes/focus-1\?month=2025-01#stories"', page)


def test_filters_are_kept_in_the_address(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    every = reader.api("/overview")
    told = reader.api("/overview", hide="covered")
    assert all(row["theme"]["state"] != "covered" for row in told["rows"])
    assert told["hidden"] == every["states"]["covered"] == 2
    page = reader.page("/overview", hide="covered", order="plan", view="level")
    assert 'value="covered" checked' in page
    assert '<option value="plan" selected>' in page
    assert "按筛选未列 2 条" in page
    two = reader.api("/overview?hide=covered&hide=undecided")
    assert [row["theme"]["state"] for row in two["rows"]] == ["thin"]
    assert reader.api("/overview?hide=covered&hide=undecided&hide=thin")["rows"] == []


@pytest.mark.parametrize("view", ["month", "term", "level", "carrier", "genre"])
def test_each_view_divides_a_theme_s_stories(view: str, sign_in: SignIn) -> None:
    told = sign_in("viewer").api("/overview", view=view)
    assert told["view"] == view
    for row in told["rows"]:
        assert len(row["cells"]) == len(told["columns"]) > 0
        whole = row["theme"]["tally"]["machine"]
        assert sum(cell["tally"]["machine"] for cell in row["cells"]) == whole
        assert (row["cells"][0]["state"] is not None) == (view == "term")


def test_a_view_nobody_knows_is_refused(sign_in: SignIn) -> None:
    assert sign_in("viewer").get("/overview", view="colour").status_code == 400


def test_the_period_before_and_after_are_one_step_away(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    page = reader.page("/overview", period="2025-01")
    assert 'href="/overview?period=2024-12"' in page
    assert 'href="/overview?period=2025-02"' in page
    told = reader.api("/overview", period="2025Q2")
    assert (told["choice"]["before"], told["choice"]["after"]) == ("2025Q1", "2025Q3")
    assert stepped("9998", 1) == ""
    assert reader.get("/overview", period="whenever").status_code == 422


def test_a_period_without_news_says_so_and_shows_no_empty_rows(sign_in: SignIn) -> None:
    told = sign_in("viewer").api("/overview", period="2024-01")
    assert told["rows"] == []
    assert "没有采集到任何报道" in told["nothing"]


def test_a_locked_period_is_its_record_with_a_way_to_the_figures_of_now(
    console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    issue(console, workspace, "2025-08")
    stored = steps.resolve_plan(console.store, workspace, "")
    reader = sign_in("viewer")
    before = reader.api("/overview", period="2025-08")
    with console.store.begin() as session:
        report = period_report(session, stored, AuditOptions(period=parse_period("2025-08")))
        line = next(line for line in report.themes if line.tally.machine)
        said = [
            Review(item=story, themes=(), not_themes=(line.id,), reviewer="李晓")
            for story in line.stories
        ]
        add_reviews(session, stored.id, said)
    page = reader.page("/overview", period="2025-08")
    assert "已印发锁定" in page
    assert "/overview?period=2025-08&amp;live=true" in page
    assert reader.api("/overview", period="2025-08")["rows"] == before["rows"]
    now = reader.api("/overview", period="2025-08", live="true")
    assert now["standing"]["issued_version"] == 0
    assert now["rows"] != before["rows"]


def test_what_changed_since_the_month_before_is_told(
    console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    reader = sign_in("viewer")
    changes = reader.api("/overview", period="2025-04")["changes"]
    assert (changes["period"], changes["before"]) == ("2025年4月", "2025年3月")
    assert len(changes["rows"]) + changes["same"] == 6
    whole = reader.api("/overview")["changes"]
    assert whole["period"].startswith("2025年"), "of a year, its last month with news"
    issue(console, workspace, "2025-03")
    assert reader.api("/overview", period="2025-04")["changes"]["issued_version"] == 1
    assert "按已印发第 1 版" in reader.page("/overview", period="2025-04")


def test_chapters_stand_above_their_sections(console: Console, sign_in: SignIn) -> None:
    sections = tuple(
        PlanNode(id=f"section-1.{n}", kind="section", level=2, number=f"第{n}节", title=title)
        for n, title in enumerate(("创新", "农业"), 1)
    )
    chapter = PlanNode(
        id="chapter-1", kind="chapter", level=1, number="第一章", title="任务", children=sections
    )
    plan = Plan(
        title="规划", kind="development_plan", nodes=(chapter,), period=("2025-01-01", "2025-12-31")
    )
    with console.store.begin() as session:
        save_plan(session, "five", plan, "")
    told = sign_in("viewer").api("/overview", plan="five", scheme="section")
    assert [(row["theme"]["id"], row["group"]) for row in told["rows"]] == [
        ("chapter-1", True), ("section-1.1", False), ("section-1.2", False),
    ]  # fmt: skip


def test_sentences_for_officers_name_no_commands() -> None:
    assert (
        plainly("扩大抽查（xuanjian audit extend），或通读其余 9 篇") == "扩大抽查，或通读其余 9 篇"
    )
    assert plainly("改选已开始的周期（--period）。") == "改选已开始的周期。"


def test_the_overview_names_no_command(sign_in: SignIn) -> None:
    assert "xuanjian " not in sign_in("viewer").page("/overview")
