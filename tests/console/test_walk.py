"""An officer's way through the console in a real browser, from nothing to a locked month.

One walk, in the order of the work: the first account, a plan handed in and confirmed, sources found
by their address, the first crawl, forty stories decided by keyboard, a model trained, a month signed off
by three people of three roles, every paper downloaded. Nothing may be said on the browser's console,
and no request may go to another host.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from pipeline.config import Workspace
from pipeline.store.accounts import accounts
from pipeline.store.assignments import reviews_of
from pipeline.store.plans import list_plans
from pipeline.store.signed import signed_keys, steps_of
from pipeline.store.store import Store
from samples.articles import FOLDER as SAMPLES
from samples.serve import serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "noch eine lange Nacht"
PATIENCE = 120_000
"""Milliseconds to wait for anything: some of it is long work, and other tests have the cores, too."""
LISTS = (
    ("bureau", "/kjdt/index.html"),
    ("bureau", "/mtbd/index.html"),
    ("daily", "/keji/index.shtml"),
    ("district", "/kjxw/list.asp"),
)
"""Columns of the sample sites that are added by their address; others are declared by hand."""


@dataclass
class Watched:
    """What pages said and asked for that they should not."""

    address: str
    said: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", self._asked)
        context.on("console", lambda line: self._told(line.type, line.text))
        context.on("weberror", lambda error: self.said.append(str(error.error)))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def _told(self, kind: str, words: str) -> None:
        if kind in {"error", "warning"}:
            self.said.append(words)


@dataclass
class Office:
    """The console under one roof: people sign in with browsers of their own."""

    address: str
    browser: Browser
    watched: Watched

    def visitor(self) -> Page:
        context = self.browser.new_context(
            base_url=self.address, locale="zh-CN", viewport={"width": 1400, "height": 900}
        )
        context.set_default_timeout(PATIENCE)
        self.watched.watch(context)
        return context.new_page()

    def signed_in(self, name: str) -> Page:
        page = self.visitor()
        page.goto("/sign-in")
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("status").first).to_contain_text("已登录")
        return page


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    """An empty workspace of an intranet, whose sites have private addresses."""
    return Workspace.create(tmp_path / "office", {"crawl.allow_private": True, "crawl.delay": 0.0})


@pytest.fixture
def served(empty: Workspace) -> Iterator[tuple[str, str]]:
    """``xuanjian serve``: its address and the code it printed.

    It finds no Chromium, one of which would print each page of the evidence: 12 to 20 seconds for what
    the tests of the evidence and of the reports look at.
    """
    command = [sys.executable, "-m", "console", "--workspace", str(empty.path), "--port", "0"]
    alone = {**os.environ, "PATH": str(Path(sys.executable).parent)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=alone
    ) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            yield address, process.stdout.readline().strip().rpartition(" ")[2]
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture
def office(served: tuple[str, str], chromium: str) -> Iterator[Office]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        watched = Watched(served[0])
        yield Office(served[0], browser, watched)
        browser.close()
    assert watched.said == []
    assert watched.elsewhere == []


def test_an_officer_goes_from_nothing_to_a_locked_month(
    office: Office, served: tuple[str, str], empty: Workspace, tmp_path: Path
) -> None:
    page = office.visitor()
    _make_the_first_account(page, served[1])
    _hand_in_the_plan(page, tmp_path)
    _confirm_every_profile(page)
    _go_through_the_media(page)
    with serve((0, 0, 0)) as bases:
        _add_sources(page, dict(bases))
        _choose_periods(page)
        _crawl(page)
    _classify(page)
    _look_at_the_overview(page)
    _review_forty(page)
    _train(page)
    _sign_off(page, office)
    _download_everything(page, tmp_path)
    with Store.open(empty.database_url) as store, store.begin() as session:
        (stored,) = list_plans(session)
        decided = [one for one in reviews_of(session, stored.id) if one.reviewer == "王芳"]
        assert len({one.item for one in decided}) >= 40
        (key,) = signed_keys(session)
        assert [(step.stage, step.by) for step in steps_of(session, key)] == [
            ("check", "李红"),
            ("collation", "李红"),
            ("approval", "赵局"),
            ("issued", "王芳"),
        ]
        roles = {account.display: account.role for account in accounts(session)}
        signed_by = {step.by for step in steps_of(session, key)}
        assert {roles[name] for name in signed_by} == {"editor", "approver", "admin"}


def _make_the_first_account(page: Page, code: str) -> None:
    page.goto("/")
    page.get_by_label("一次性代码").fill(code.lower())
    page.get_by_label("用户名").fill("wangfang")
    page.get_by_label("姓名").fill("王芳")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="建立帐户").click()
    page.get_by_role("link", name="开始使用").click()
    expect(page).to_have_url(re.compile("/first-use$"))


def _hand_in_the_plan(page: Page, folder: Path) -> None:
    plan = folder / "2025年科技宣传报道方案.txt"
    plan.write_text((SAMPLES / "plan.txt").read_text(encoding="utf-8"), encoding="utf-8")
    page.locator("#step-plan input[type=file]").set_input_files(plan)
    page.locator("#step-plan").get_by_role("button", name=re.compile("上传")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("查看上传的方案")
    page.get_by_label(re.compile("方案名称")).fill("2025")
    page.get_by_role("button", name=re.compile("存入并启用")).click()
    page.get_by_role("button", name="看过了，没有问题").click()


def _confirm_every_profile(page: Page) -> None:
    page.get_by_role("link", name="确认下一条").click()
    for _theme in range(6):
        with page.expect_navigation():
            page.get_by_role("button", name="确认这个画像").click()
    page.goto("/first-use")
    expect(page.locator("#step-profiles")).to_contain_text("6/6")


def _go_through_the_media(page: Page) -> None:
    step = page.locator("#step-media")
    for choice in step.locator("select").all()[1:2]:
        choice.select_option("leave")
    step.get_by_role("button", name="就这样查").click()
    expect(page.locator("#step-media .state").first).to_contain_text("已完成")


def _add_sources(page: Page, bases: dict[str, str]) -> None:
    for name, path in LISTS:
        page.goto("/sources/new")
        page.get_by_label("列表网址").fill(bases[name] + path)
        page.get_by_label(re.compile("来源名称")).fill(f"样例{name}{path.split('/')[1]}")
        page.get_by_role("button", name="读一次看看").click()
        expect(page.get_by_role("button", name="保存声明")).to_be_visible()
        expect(page.locator("main")).to_contain_text("将采集")
        page.get_by_role("button", name="保存声明").click()
        expect(page.get_by_role("status").first).to_be_visible()
    page.goto("/first-use")
    expect(page.locator("#step-sources .state").first).to_contain_text("已完成")


def _choose_periods(page: Page) -> None:
    step = page.locator("#step-periods")
    step.get_by_label(re.compile("至少要有几篇")).fill("1")
    step.get_by_role("button", name="就用这个").click()


def _crawl(page: Page) -> None:
    step = page.locator("#step-crawl")
    step.get_by_label("从哪一天起采集").fill("2025-01-01")
    step.get_by_role("button", name="开始采集").click()
    expect(page).to_have_url(re.compile(r"/jobs/\d+"))
    expect(page.locator("main")).to_contain_text("已完成")


def _classify(page: Page) -> None:
    page.goto("/first-use")
    page.locator("#step-classify").get_by_role("button", name="开始归类").click()
    expect(page).to_have_url(re.compile(r"/jobs/\d+"))
    expect(page.locator("main")).to_contain_text("已完成")


def _look_at_the_overview(page: Page) -> None:
    page.goto("/overview?period=2025")
    expect(page.get_by_role("heading", level=1)).to_contain_text("覆盖总览")
    expect(page.locator("table").first.locator("tbody tr")).to_have_count(6)


def _review_forty(page: Page) -> None:
    page.goto("/review?period=2025")
    card = page.locator("form").filter(has_text="本期每一篇没有判过的报道")
    card.get_by_role("button", name="开始").click()
    expect(page).to_have_url(re.compile(r"/review/\d+"))
    here = page.url
    for number in range(1, 41):
        before = page.locator("#task input[name=place]").input_value()
        key = "Enter" if number % 4 else "0"
        page.keyboard.press(key)
        page.wait_for_function(
            "before => document.querySelector('#task input[name=place]')?.value !== before",
            arg=before,
        )
        expect(page.locator(".queue-head")).to_contain_text(f"已判 {number} /")
    page.keyboard.press("z")
    expect(page.locator(".queue-head")).to_contain_text("已判 39 /")
    page.reload()
    assert page.url == here
    page.keyboard.press("0")
    expect(page.locator(".queue-head")).to_contain_text("已判 40 /")


def _train(page: Page) -> None:
    page.goto("/models")
    page.get_by_role("button", name="用人工判定重新训练").click()
    expect(page).to_have_url(re.compile(r"/jobs/\d+"))
    expect(page.locator("main")).to_contain_text("已完成")
    page.goto("/models")
    page.locator("table").first.get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("学习后")


def _sign_off(page: Page, office: Office) -> None:
    page.goto("/users")
    new = page.locator("form[action='/users']")
    for name, display, role in (("lihong", "李红", "editor"), ("zhao", "赵局", "approver")):
        new.get_by_label("用户名").fill(name)
        new.get_by_label("姓名").fill(display)
        new.get_by_label("角色").select_option(role)
        new.get_by_label("密码").fill(PASSWORD)
        new.get_by_role("button", name="新建").click()
        expect(page.get_by_role("status").first).to_contain_text(display)
    for name, stages, refused in (("lihong", 2, "由审核人签"), ("zhao", 1, "")):
        own = office.signed_in(name)
        for _stage in range(stages):
            _sign(own)
        own.goto("/reports/period?period=2025-03")
        if refused:
            expect(own.locator("main")).to_contain_text(refused)
            expect(own.get_by_role("button", name=re.compile("^签："))).to_have_count(0)
        own.context.close()
    _sign(page)
    page.goto("/reports/period?period=2025-03")
    expect(page.locator("main")).to_contain_text("已印发")
    expect(page.locator("main")).to_contain_text("指纹")


def _sign(page: Page) -> None:
    page.goto("/reports/period?period=2025-03")
    page.get_by_role("button", name=re.compile("^签：")).click()
    expect(page.get_by_role("status").first).to_contain_text(re.compile("已签|已印发"))


def _download_everything(page: Page, folder: Path) -> None:
    links = page.locator("ul.papers a")
    assert links.count() >= 7
    kinds: set[str] = set()
    for link in links.all():
        with page.expect_download() as started:
            link.click()
        path = folder / started.value.suggested_filename
        started.value.save_as(path)
        assert path.stat().st_size > 0
        kinds.add(path.suffix)
        if path.suffix in {".docx", ".zip"}:
            assert zipfile.ZipFile(path).testzip() is None
        if path.suffix == ".xlsx":
            assert openpyxl.load_workbook(path).sheetnames
    assert {".html", ".xlsx", ".docx", ".json", ".zip"} <= kinds
