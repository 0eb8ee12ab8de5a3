"""The first page: where to begin, the office's rhythm, and what is due."""

from __future__ import annotations

import re
from datetime import date

import pytest

from console.app import Console
from console.rooms import home
from pipeline import steps
from pipeline.accounts import Role
from pipeline.config import Workspace
from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.issuing import sign_report
from pipeline.coverage.periods import parse_period
from pipeline.register import Submission
from pipeline.store.alarms import standing_alarms
from pipeline.store.register import take_in
from pipeline.store.runs import start_run
from tests.console.conftest import Person, SignIn


def words_of(person: Person) -> str:
    told = person.api("/")
    return "\n".join(f"{one['urgency']} {one['words']} {one['address']}" for one in told["due"])


@pytest.fixture
def september(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the plan's term, in the middle of a week."""
    monkeypatch.setattr(home, "today", lambda: date(2025, 9, 17))


def test_each_line_leads_to_its_page(
    september: None, console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    plan = workspace.plans / "plan.txt"
    named = "“鄂尔多斯样例发布”"
    text = plan.read_text(encoding="utf-8").replace(named, f"{named}“样例观察”")
    plan.write_text(text, encoding="utf-8")
    steps.store_plan(console.store, plan, "2025")
    person = sign_in("editor")
    told = words_of(person)
    assert "urgent 采集告警" in told
    assert "个条目待核实 /overview" in told
    assert "项落实事项到期未见齐佐证 /obligations" in told
    assert "篇计入报道未经人工复核 /review" in told
    assert "方案点名的媒体还有 1 家未查 /media" in told
    page = person.page("/")
    for address in ("/sources", "/obligations", "/overview", "/reports?period=2025-08"):
        assert f'href="{address}"' in page
    assert "xuanjian " not in page


def test_what_is_urgent_stands_first(september: None, sign_in: SignIn) -> None:
    order = ["urgent", "soon", "later"]
    due = [order.index(one["urgency"]) for one in sign_in("editor").api("/")["due"]]
    assert due == sorted(due)


def test_a_viewer_is_not_sent_where_viewers_may_not_go(september: None, sign_in: SignIn) -> None:
    assert "/review" not in words_of(sign_in("viewer"))


def test_alarms_that_were_mended_are_not_named(
    september: None, console: Console, sign_in: SignIn
) -> None:
    from pipeline.store.alarms import update_alarms

    person = sign_in("editor")
    assert "采集告警" in words_of(person)
    (alarm,) = [one for one in person.api("/")["due"] if "采集告警" in one["words"]]
    assert alarm["detail"].startswith("鄂尔多斯")  # sources by name, not by id
    with console.store.begin() as session:
        run = start_run(session, "crawl")
        columns = {(one.source, one.column) for one in standing_alarms(session)}
        update_alarms(session, run, columns, {})
    assert "采集告警" not in words_of(person)


def test_a_month_is_due_until_its_report_is_issued(
    september: None, console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    person = sign_in("editor")
    assert "2025年8月月通报尚未印发（草稿）" in words_of(person)
    stored = steps.resolve_plan(console.store, workspace, "")
    options = AuditOptions(period=parse_period("2025-08"))
    with console.store.begin() as session:
        sign_report(session, stored, options, to="check", by="王芳")
    assert "2025年8月月通报尚未印发（科室核对）" in words_of(person)
    with console.store.begin() as session:
        for stage in ("collation", "approval", "issued"):
            sign_report(session, stored, options, to=stage, by="王芳")
    assert "月通报尚未印发" not in words_of(person)
    papers = {one["name"]: one for one in person.api("/")["rhythm"]}
    assert papers["月通报"]["lines"][0] == "签批：已印发"
    assert papers["季分析"]["span"] == "2025年第二季度"
    assert papers["年终考核"]["lines"][1] == "本期还有 106 天"


def test_the_week_counts_what_was_handed_in(
    september: None, console: Console, sign_in: SignIn
) -> None:
    with console.store.begin() as session:
        rows = [
            Submission(
                file="报送.xlsx",
                row=n,
                offices=("科技科",),
                day=day,
                title=f"信息{n}",
                column="简报",
            )
            for n, day in enumerate(("2025-09-15", "2025-09-21", "2025-09-14", "2025-09-22"))
        ]
        take_in(session, rows, "import", "王芳", "")
    week = sign_in("viewer").api("/")["rhythm"][0]
    assert week["span"] == "2025-09-15 至 2025-09-21"
    assert week["lines"] == ["本周登记报送 2 篇，采用 0 篇", "上周登记报送 1 篇，采用 0 篇"]


def test_after_the_plan_s_term_its_last_periods_are_shown(
    monkeypatch: pytest.MonkeyPatch, sign_in: SignIn
) -> None:
    monkeypatch.setattr(home, "today", lambda: date(2026, 11, 22))
    person = sign_in("viewer")
    rhythm = person.api("/")["rhythm"]
    spans = {one["name"]: one["span"] for one in rhythm}
    assert rhythm[0]["lines"] == [
        "这一周登记报送 0 篇，采用 0 篇",
        "前一周登记报送 0 篇，采用 0 篇",
    ]
    assert spans["月通报"] == "2025年12月"
    assert spans["年终考核"] == "2025年"
    assert "方案的执行期已于 2025-12-31 结束 /plans" in words_of(person)


def test_before_the_term_nothing_is_due_of_it(
    monkeypatch: pytest.MonkeyPatch, sign_in: SignIn
) -> None:
    monkeypatch.setattr(home, "today", lambda: date(2024, 12, 30))
    assert "月通报尚未印发" not in words_of(sign_in("viewer"))


class TestAnEmptyWorkspace:
    """One with no plan yet."""

    @pytest.fixture
    def workspace(self, tmp_path) -> Workspace:  # type: ignore[no-untyped-def]
        return Workspace.create(tmp_path / "empty")

    @pytest.mark.parametrize("role", ["viewer", "editor", "admin"])
    def test_leads_to_the_first_use(self, role: Role, sign_in: SignIn) -> None:
        page = sign_in(role).page("/")
        assert re.search(r'href="/first-use"', page)

    def test_says_in_words_where_a_plan_without_a_year_has_no_news(
        self, console: Console, sign_in: SignIn
    ) -> None:
        from pipeline.plan.model import Plan, PlanNode
        from pipeline.store.plans import save_plan

        node = PlanNode(id="focus-1", kind="focus_area", level=1, title="创新")
        with console.store.begin() as session:
            save_plan(session, "p", Plan(title="方案", kind="publicity_plan", nodes=(node,)), "")
        viewer = sign_in("viewer")
        told = viewer.api("/")
        assert told["plan"] == "方案"
        assert told["trouble"]["slug"] == "period-needed"
        page = viewer.page("/")
        assert "方案没有写明执行时间。请到“方案”里补填执行时间" in page
        assert "names no year" in page.partition("详情：")[2]
        assert "--period" not in page
