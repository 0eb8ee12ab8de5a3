"""Reports that pages show: when they are worked out, by whom, and what is said when they cannot be."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import lxml.html
import msgspec
import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from console import standing, standing_work
from console.access.secrets import Marks
from console.access.visitor import Visitor
from console.app import Console
from console.desk import Asked, Desk
from console.standing import BeingMade, Standing, change_since, shown_report, standing_report
from pipeline.config import Workspace
from pipeline.coverage.issuing import sign_report
from pipeline.errors import XuanjianError
from pipeline.register import Submission
from pipeline.store.assignments import Review, add_reviews
from pipeline.store.items import stored_days
from pipeline.store.leases import Holder, hold
from pipeline.store.register import take_in
from tests.console.browsing import looking, served
from tests.console.conftest import SignIn

MONTH = "2025-04"


@pytest.fixture
def desk(console: Console, workspace: Workspace) -> Desk:
    return Desk(
        workspace=workspace,
        store=console.store,
        marks=Marks.of(workspace.path),
        code=console.code,
        visitor=Visitor(cookie="", address="", agent="", secure=False),
        asked=Asked(period=MONTH),
        path="/overview",
        described=lambda: console.litestar.openapi_schema,
    )


@pytest.fixture(autouse=True)
def _begin_and_end_without_work(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(standing, "_memory", standing._Memory(standing.HELD))
    standing_work._failed.clear()
    yield
    _wait()


def _wait() -> None:
    end = time.monotonic() + 60
    while standing_work._running and time.monotonic() < end:
        time.sleep(0.02)
    assert not standing_work._running


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every report takes longer than a page may, and may be made anew at once."""
    monkeypatch.setattr(standing, "AT_ONCE", -1)
    monkeypatch.setattr(standing, "FEW", 0)
    monkeypatch.setattr(standing_work, "PATIENCE", 0)


def decide(desk: Desk, reviewer: str = "王芳") -> None:
    """A decision about the first story of the report."""
    report = standing_report(desk).report
    said = Review(
        item=report.stories[0].id, themes=(), not_themes=(report.themes[0].id,), reviewer=reviewer
    )
    with desk.begin() as session:
        add_reviews(session, desk.plan().id, [said])


def count_made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    made: list[int] = []
    make = standing.make_standing

    def counting(*words: object) -> object:
        made.append(1)
        return make(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(standing, "make_standing", counting)
    return made


def test_the_first_report_of_many_submissions_is_not_made_while_a_page_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = count_made(monkeypatch)
    monkeypatch.setattr(standing, "FEW_PIECES", 1)
    one = Submission(
        file="报送.xlsx", row=2, offices=("科技科",), day="2025-04-05", column="简报", title="创新"
    )
    with desk.begin() as session:
        take_in(
            session, [one, msgspec.structs.replace(one, row=3, title="成果")], "add", "王敏", ""
        )
    with pytest.raises(BeingMade):
        standing_report(desk)
    _wait()
    assert standing_report(desk).fresh
    assert made == []


def test_a_report_is_worked_out_once_and_again_when_something_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = count_made(monkeypatch)
    first = standing_report(desk)
    assert standing_report(desk).report is first.report
    assert len(made) == 1
    decide(desk)
    second = standing_report(desk)
    assert len(made) == 2
    assert second.made_at > first.made_at
    assert second.fresh


def test_another_server_reads_what_one_worked_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = standing_report(desk).report
    made = count_made(monkeypatch)
    monkeypatch.setattr(standing, "_memory", standing._Memory(standing.HELD))
    assert standing_report(desk).report == first
    assert not made


def test_many_who_ask_at_once_wait_for_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = count_made(monkeypatch)
    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(lambda _n: standing_report(desk).report, range(8)))
    assert len(made) == 1
    assert all(report == reports[0] for report in reports)


def test_a_body_that_cannot_be_read_is_worked_out_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = standing_report(desk).report
    monkeypatch.setattr(standing, "_memory", standing._Memory(standing.HELD))
    with desk.begin() as session:
        session.execute(text("UPDATE standing_report SET body = substr(body, 1, 99)"))
    again = standing_report(desk).report
    assert again.themes == first.themes
    monkeypatch.setattr(standing, "_memory", standing._Memory(standing.HELD))
    assert standing_report(desk).report.themes == first.themes, "and kept whole"


def test_memory_holds_so_many_bytes_and_the_report_asked_for_last(desk: Desk) -> None:
    report = standing_report(desk).report
    memory = standing._Memory(100)
    for name, size in (("a", 40), ("b", 40), ("c", 40)):
        memory.put(name, "mark", size, report)
        memory.get("a", "mark")
    assert [memory.mark(name) for name in "abc"] == ["mark", "", "mark"]
    memory.put("large", "mark", 1000, report)
    assert memory.get("large", "mark") is report
    assert memory.get("large", "other") is None


def test_a_slow_report_is_shown_as_it_was_while_the_next_is_worked_out(
    desk: Desk, slow: None
) -> None:
    with pytest.raises(BeingMade):
        standing_report(desk)
    _wait()
    first = standing_report(desk)
    assert first.fresh
    decide(desk)
    old = standing_report(desk)
    assert old.report is first.report
    assert (old.fresh, old.working, old.trouble) == (False, True, None)
    _wait()
    new = standing_report(desk)
    assert new.fresh
    assert new.made_at > first.made_at


def test_a_page_whose_report_is_being_made_comes_back_by_itself(
    sign_in: SignIn, slow: None
) -> None:
    reader = sign_in("viewer")
    answer = reader.get("/overview", period=MONTH)
    assert answer.status_code == 503
    assert answer.headers["refresh"] == "4"
    assert "正在首次计算" in answer.text
    assert reader.get("/api/overview", period=MONTH).json()["title"] == "report-being-made"
    _wait()
    assert reader.get("/overview", period=MONTH).status_code == 200


def test_a_page_of_old_figures_says_that_newer_ones_are_worked_out(
    desk: Desk, sign_in: SignIn, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BeingMade):
        standing_report(desk)
    _wait()
    reader = sign_in("viewer")
    assert "data-renew" not in reader.page("/overview", period=MONTH)
    decide(desk)
    with monkeypatch.context() as patch:
        patch.setattr(standing_work, "PATIENCE", 1e9)
        assert "即将重新核算" in reader.page("/overview", period=MONTH)
    for path in ("/overview", "/units", "/obligations", "/advice", f"/themes/{first_theme(desk)}"):
        page = lxml.html.fromstring(reader.page(path, period=MONTH))
        (line,) = page.xpath("//*[@data-renew]")
        assert line.text_content().startswith("正在重新核算"), path
        assert line.xpath(".//a[@href='']"), "without the script one asks again by hand"
        assert page.xpath("//script[contains(@src, 'renew.js')]")
    _wait()


@pytest.mark.browser
def test_a_page_of_old_figures_renews_itself_but_never_takes_what_is_being_typed(
    desk: Desk, sign_in: SignIn, chromium: str, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BeingMade):
        standing_report(desk)
    _wait()
    editor = sign_in("editor")
    with (
        served(editor.console) as address,
        looking(chromium, address, editor) as look,
        monkeypatch.context() as patch,
    ):
        decide(desk)
        patch.setattr(standing_work, "PATIENCE", 1e9)
        page = look.at(f"/overview?period={MONTH}", 1400)
        expect(page.locator("[data-renew]")).to_contain_text("算好后本页自动换成新数字")
        patch.setattr(standing_work, "PATIENCE", 0)
        expect(page.locator("[data-renew]")).to_have_count(0, timeout=60_000)
        decide(desk, "李红")
        patch.setattr(standing_work, "PATIENCE", 1e9)
        page = look.at(f"/obligations?period={MONTH}", 400)
        field = page.locator("main input[name=note]").first
        page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true; })")
        field.fill("还没有写完")
        patch.setattr(standing_work, "PATIENCE", 0)
        expect(page.locator("[data-renew-ready]")).to_be_visible(timeout=60_000)
        expect(field).to_have_value("还没有写完")
        assert look.said == []


def first_theme(desk: Desk) -> str:
    return standing_report(desk).report.themes[0].id


def test_the_process_is_waited_for_and_only_one_runs(
    desk: Desk, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    begin = standing_work._begin

    def noting(*words: object) -> subprocess.Popen[bytes]:
        begun.append(begin(*words))  # type: ignore[arg-type]
        return begun[-1]

    monkeypatch.setattr(standing_work, "_begin", noting)
    for _again in range(5):
        with pytest.raises(BeingMade):
            standing_report(desk)
    assert len(begun) == 1
    _wait()
    assert begun[0].returncode == 0


def test_a_server_works_out_one_report_at_a_time(desk: Desk, slow: None) -> None:
    march = replace(desk, asked=Asked(period="2025-03"))
    for one in (desk, march):
        with pytest.raises(BeingMade):
            standing_report(one)
    assert len(standing_work._running) == 1
    _wait()
    assert standing_report(desk).fresh
    with pytest.raises(BeingMade):
        standing_report(march)
    _wait()
    assert standing_report(march).fresh


def test_a_report_is_not_made_anew_more_often_than_it_costs(
    desk: Desk, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BeingMade):
        standing_report(desk)
    _wait()
    decide(desk)
    monkeypatch.setattr(standing_work, "PATIENCE", 1e9)
    old = standing_report(desk)
    assert (old.fresh, old.working) == (False, False)


def test_what_another_server_works_out_is_waited_for(desk: Desk, slow: None) -> None:
    with pytest.raises(BeingMade):
        standing_report(desk)
    _wait()
    key = _key(standing_report(desk))
    decide(desk)
    other = Holder("another-machine", 1, "1")
    with hold(desk.store, (standing_work._task(key),), other) as taken:
        assert taken
        old = standing_report(desk)
        assert (old.fresh, old.working) == (False, True)
        assert not standing_work._running


def test_a_process_that_finds_another_at_it_leaves_it_to_that_one(desk: Desk) -> None:
    stored = desk.plan()
    key = _key(standing_report(desk))
    decide(desk)
    before = standing_report(desk).made_at
    decide(desk, "李晓")
    words = (stored.name, key.scheme, (key.first, key.last))
    with hold(desk.store, (standing_work._task(key),), Holder("another-machine", 1, "1")):
        standing_work._make(desk.workspace, desk.store, *words)
    with desk.begin() as session:
        kept = standing.read_standing(session, key)
    assert kept
    assert kept.made_at == before


def _key(found: Standing) -> standing.StandingKey:
    period = found.report.period
    return standing.StandingKey(
        found.stored.id, found.report.plan.scheme, period.first, period.last
    )


def test_a_failure_is_told_and_the_last_report_is_still_shown(
    desk: Desk, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BeingMade):
        standing_report(desk)
    _wait()
    first = standing_report(desk)
    decide(desk)
    fail = [sys.executable, "-c", "raise SystemExit('no space left')"]
    monkeypatch.setattr(
        standing_work, "_begin", lambda *_: subprocess.Popen(fail, stderr=subprocess.PIPE)
    )
    standing_report(desk)
    _wait()
    old = standing_report(desk)
    assert old.report is first.report
    assert old.trouble is not None
    assert old.trouble.slug == "report-not-made"
    assert "no space left" in old.trouble.message
    assert not old.working, "it is not tried again at once"
    monkeypatch.undo()


def test_an_error_of_the_process_comes_back_as_what_it_was(desk: Desk, slow: None) -> None:
    settings = desk.workspace.path / "xuanjian.toml"
    settings.write_text(settings.read_text("utf-8") + "\n[a]\n[a]\n", "utf-8")
    with pytest.raises(BeingMade):
        standing_report(desk)
    _wait()
    with pytest.raises(XuanjianError) as caught:
        standing_report(desk)
    assert caught.value.slug == "settings-unreadable"


def test_work_that_runs_is_ended_with_the_server(desk: Desk, slow: None) -> None:
    with pytest.raises(BeingMade):
        standing_report(desk)
    threads = {thread.name for thread in threading.enumerate()}
    assert any(name.startswith("standing report") for name in threads)
    standing_work._end_all()
    _wait()


def test_a_locked_period_is_shown_as_issued_and_live_as_it_stands(desk: Desk) -> None:
    assert shown_report(desk).issued is None
    stored = desk.plan()
    with desk.begin() as session:
        options = desk.options(session, stored)
        for stage in ("check", "collation", "approval", "issued"):
            sign_report(session, stored, options, to=stage, by="王芳")
    issued = shown_report(desk)
    assert issued.issued is not None
    assert issued.issued.version == 1
    decide(desk)
    assert shown_report(desk).report is issued.report
    live = shown_report(desk, live=True)
    assert live.issued is None
    assert live.report.generated_at >= issued.report.generated_at


def test_the_month_before_is_compared_by_its_issued_record(desk: Desk) -> None:
    now = standing_report(desk)
    change = change_since(desk, now)
    assert change is not None
    assert (change.period.first, change.period.last) == ("2025-03-01", "2025-03-31")
    assert change.issued_version == 0
    march = replace(desk, asked=Asked(period="2025-03"))
    stored = march.plan()
    with march.begin() as session:
        assert stored_days(session)
        options = march.options(session, stored)
        for stage in ("check", "collation", "approval", "issued"):
            sign_report(session, stored, options, to=stage, by="王芳")
    again = change_since(desk, now)
    assert again is not None
    assert again.issued_version == 1


def test_nothing_is_compared_with_the_time_before_the_plan(desk: Desk) -> None:
    january = replace(desk, asked=Asked(period="2025-01"))
    assert change_since(january, standing_report(january)) is None
