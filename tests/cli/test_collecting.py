"""Verbs of collecting, called in this process: what is due, one schedule, packs, media, rereading."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from crawler import due
from pipeline import crawling, steps
from pipeline.cli import cli, schedule
from pipeline.config import Workspace
from pipeline.errors import XuanjianError
from pipeline.store import leases
from pipeline.store.items import items_between
from pipeline.store.leases import Holder, hold, holder_of, release, take
from pipeline.store.runs import (
    LedgerEntry,
    SourceRecord,
    finish_run,
    known_sources,
    record_ledger,
    record_source,
    start_run,
)
from pipeline.store.store import Store

Verb = Callable[..., Result]


@pytest.fixture
def verb(workspace: Workspace) -> Verb:
    """Run ``xuanjian`` with these arguments in this process."""

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(cli, ["-w", str(workspace.path), *map(str, arguments)])

    return call


class Crawls:
    """Stands for crawls: remembers what was asked for, fails when told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.error: XuanjianError | None = None

    def __call__(
        self, workspace: Workspace, sources: Sequence[str], since: str, progress: steps.Progress
    ) -> dict[str, int]:
        self.asked.append(tuple(sources))
        if self.error:
            raise self.error
        return {"items": 2}


@pytest.fixture
def crawls(monkeypatch: pytest.MonkeyPatch) -> Crawls:
    stand_in = Crawls()
    monkeypatch.setattr(crawling, "crawl", stand_in)
    return stand_in


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Programs of the crawler run here, which spares seconds; what they print is captured."""
    import importlib

    def run(program: str, *arguments: str) -> None:
        code = importlib.import_module(f"crawler.{program}").main(arguments)
        if code:
            raise SystemExit(code)

    def lines(program: str, *arguments: str) -> Iterator[str]:
        capfd.readouterr()
        run(program, *arguments)
        yield from capfd.readouterr().out.splitlines()

    monkeypatch.setattr(crawling, "run_crawler", run)
    monkeypatch.setattr(crawling, "crawler_lines", lines)


def declare(workspace: Workspace, name: str, *lines: str) -> None:
    text = [f'id = "{name}"', f'name = "{name}"', *lines, "[[columns]]", 'name = "动态"']
    text.append('url = "http://a.example/"')
    (workspace.sources / f"{name}.toml").write_text("\n".join(text), encoding="utf-8")


def crawled(workspace: Workspace, source: str, outcome: str) -> None:
    with Store.open(workspace.database_url) as store, store.begin() as session:
        run = start_run(session, "crawl")
        record_source(session, SourceRecord(id=source, name=source))
        record_ledger(session, run, [LedgerEntry(source=source, column="动态")])
        if outcome != "running":
            finish_run(session, run, outcome)


def test_what_is_due_follows_from_declarations_settings_and_runs(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    declare(workspace, "by-hand", 'schedule = ""')
    declare(workspace, "never")
    declare(workspace, "done")
    declare(workspace, "killed", 'schedule = "0 0 1 1 *"')
    (workspace.sources / "bad.toml").write_text('id = "b', encoding="utf-8")
    crawled(workspace, "done", "finished")
    crawled(workspace, "killed", "running")
    assert due.main(["--workspace", str(workspace.path)]) == 0
    said = capsys.readouterr()
    assert [line.split("\t")[:2] for line in said.out.splitlines()] == [["never", "never-read"]]
    assert "warning: " in said.err
    assert "bad.toml" in said.err
    later = datetime.now(UTC) + timedelta(hours=2)
    from crawler.source_folder import choose_sources

    sources = choose_sources(workspace.sources).sources
    found = {one.id: one.why for one in due.due_sources(workspace, sources, later)}
    assert found["killed"] == "not-finished"
    assert "by-hand" not in found


def test_a_crawl_says_its_alarms_in_the_words_of_the_list(
    verb: Verb, crawls: Crawls, workspace: Workspace
) -> None:
    with Store.open(workspace.database_url) as store, store.begin() as session:
        run = start_run(session, "crawl")
        record_source(session, SourceRecord(id="a", name="市科技局"))
        record_ledger(
            session, run, [LedgerEntry(source="a", column="动态", alarms=("list-failed",))]
        )
    said = verb("crawl").output
    assert "⚠ 列表读取失败" in said
    assert "list-failed" not in said


def test_a_pack_given_as_a_file_is_told_how_it_is_taken_in(verb: Verb, tmp_path: Path) -> None:
    (tmp_path / "1.pack").write_bytes(b"PK")
    refused = verb("import", tmp_path / "1.pack")
    assert refused.exit_code == 2
    assert "xuanjian import --pack FILE" in refused.output


@pytest.mark.parametrize("setting", ['[schedule]\ncron = "daily"', '[crawl]\noff_hours = "night"'])
def test_a_schedule_nobody_can_read_is_an_error_that_names_the_setting(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], setting: str
) -> None:
    path = workspace.path / "xuanjian.toml"
    path.write_text(f"format = 1\n{setting}\n", encoding="utf-8")
    assert due.main(["--workspace", str(workspace.path)]) == 1
    assert "[settings-bad-value]" in capsys.readouterr().err


def test_crawl_due_reads_what_is_due_and_nothing_else(
    verb: Verb, crawls: Crawls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "due_sources", lambda _: ("b", "a"))
    assert verb("crawl", "--due", "--json").exit_code == 0
    assert crawls.asked == [("b", "a")]
    assert verb("crawl", "--due", "a").exit_code == 2
    monkeypatch.setattr(schedule, "due_sources", lambda _: ())
    assert "没有到点的来源" in verb("crawl", "--due").output
    assert len(crawls.asked) == 1


def test_a_schedule_reads_what_is_due_and_an_error_does_not_end_it(
    verb: Verb, crawls: Crawls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "due_sources", lambda _: ("a",))
    assert "2 new items" in verb("schedule", "--once").output
    crawls.error = XuanjianError("no list could be read", "crawl-nothing")
    failed = verb("schedule", "--once")
    assert failed.exit_code == 0
    assert "error: no list could be read" in failed.output
    assert crawls.asked == [("a",), ("a",)]


def test_a_second_schedule_stands_by_and_reads_nothing(
    workspace: Workspace, verb: Verb, crawls: Crawls
) -> None:
    other = Holder("elsewhere", 7, "then")
    with Store.open(workspace.database_url) as store, hold(store, ("schedule",), other):
        done = verb("schedule", "--once")
    assert done.exit_code == 0
    assert "another schedule runs (elsewhere, process 7): standing by" in done.output
    assert crawls.asked == []


def test_a_schedule_that_stands_by_takes_over_when_the_first_is_gone_and_ends_when_told(
    workspace: Workspace, verb: Verb, crawls: Crawls, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Holder("elsewhere", 7, "then")
    with Store.open(workspace.database_url) as store:
        with store.begin() as session:
            assert take(session, "schedule", other)

        def end_of_the_other(session: Session, task: str) -> Holder | tuple[()]:
            release(session, task, other)  # while the second looks who it is
            return other

        def told_to_stop(place: Workspace) -> tuple[str, ...]:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(60)  # broken off by the signal
            raise AssertionError("the signal was not heard")

        monkeypatch.setattr(leases, "holder_of", end_of_the_other)
        monkeypatch.setattr(schedule, "_STANDS_BY", 0.01)
        monkeypatch.setattr(schedule, "due_sources", told_to_stop)
        done = verb("schedule")
        with store.begin() as session:
            assert holder_of(session, "schedule") == ()
    assert done.exit_code == 0
    said = [line.partition(" ")[2] for line in done.output.splitlines()]
    assert said[1:] == ["schedule begins", "schedule ends"]
    assert said[0].startswith("another schedule runs")
    assert crawls.asked == []


@pytest.mark.usefixtures("in_this_process")
def test_what_was_crawled_is_packed_even_where_the_crawl_failed(
    workspace: Workspace, verb: Verb, crawls: Crawls, tmp_path: Path
) -> None:
    crawled(workspace, "a", "finished")
    crawls.error = XuanjianError("no list could be read", "crawl-nothing")
    failed = verb("crawl", "--pack", tmp_path / "1.pack")
    assert isinstance(failed.exception, XuanjianError)
    assert (tmp_path / "1.pack").is_file()
    inside = Workspace.create(tmp_path / "inside")
    taken = CliRunner().invoke(
        cli, ["-w", str(inside.path), "import", "--pack", str(tmp_path / "1.pack")]
    )
    assert taken.exit_code == 0
    with Store.open(inside.database_url) as store, store.begin() as session:
        from pipeline.store.runs import latest_entries

        assert [entry.source for entry in latest_entries(session)] == ["a"]
    assert verb("crawl", "--pack-only").exit_code == 2
    assert verb("crawl", "a", "--pack", "x", "--pack-only").exit_code == 2
    assert verb("import").exit_code == 2
    assert verb("import", "--pack", "x", "--medium", "y").exit_code == 2


@pytest.mark.usefixtures("in_this_process")
def test_rereading_without_an_archive_says_so_and_options_go_together(verb: Verb) -> None:
    assert verb("extract", "--from-archive").exit_code == 1
    assert verb("extract", "page.html").exit_code == 2
    assert verb("extract", "page.html", "--url", "http://a/", "--dry-run").exit_code == 2
    assert verb("extract", "--from-archive", "--url", "http://a/").exit_code == 2


PLAN = """全市科技宣传报道方案
为做好鄂尔多斯市科技宣传，制定本方案。本方案执行时间为2025年1月至3月。
一、宣传重点
（一）推进众创空间与创业孵化。宣传我市众创空间、孵化器和创业大赛的做法。
二、报道安排
（一）组织集中采访。《鄂尔多斯日报》、鄂尔多斯电视台开设专栏，集中报道。
"""


def test_a_medium_no_crawl_reaches_is_registered_signed_and_listed(
    workspace: Workspace, verb: Verb, tmp_path: Path
) -> None:
    (tmp_path / "plan.txt").write_text(PLAN, encoding="utf-8")
    assert verb("plan", "use", tmp_path / "plan.txt").exit_code == 0
    rows = "版次,见报日期,标题,作者,字数\n1,2025-02-03,众创空间新添三家,王芳,600\n"
    (tmp_path / "2月.csv").write_text(rows, encoding="utf-8")
    paper = ("--medium", "鄂尔多斯日报", "--carrier", "newspaper")
    assert verb("import", tmp_path / "2月.csv", *paper).exit_code == 0
    with Store.open(workspace.database_url) as store, store.begin() as session:
        (item,) = items_between(session)
    assert (item.page, item.carrier, item.outlet) == ("1", "newspaper", "鄂尔多斯日报")
    for month, more in (("2025-01", ["--none"]), ("2025-02", [])):
        signed = verb("media", "sign", "鄂尔多斯日报", "--month", month, "--by", "王芳", *more)
        assert signed.exit_code == 0, signed.output
    assert verb("media", "sign", "鄂尔多斯电视台", "--month", "2025-01", "--none").exit_code == 0
    again = ("media", "unsign", "鄂尔多斯电视台", "--month", "2025-01", "--why", "误签")
    assert verb(*again).exit_code == 0
    listed = verb("media", "list")
    assert listed.exit_code == 0, listed.output
    first, second = listed.output.splitlines()[:2]
    assert first == (
        "鄂尔多斯日报：人工登记，1 条，登记完毕 2025-01 王芳（无刊发）、2025-02 王芳，"
        "未登记完毕 2025-03"
    )
    assert second == "鄂尔多斯电视台：未查，0 条"
    told = json.loads(verb("media", "list", "--json").output)
    assert [(one["name"], one["state"], one["missing_months"]) for one in told] == [
        ("鄂尔多斯日报", "registered", ["2025-03"]),
        ("鄂尔多斯电视台", "unchecked", []),
    ]
    (tmp_path / "1月.csv").write_text(rows.replace("02-03", "01-03"), encoding="utf-8")
    refused = verb("import", tmp_path / "1月.csv", *paper)
    assert isinstance(refused.exception, XuanjianError)
    assert refused.exception.slug == "media-signed-empty"


def test_a_month_vouched_for_when_it_was_imported_is_not_listed_as_open(
    workspace: Workspace, verb: Verb, tmp_path: Path
) -> None:
    (tmp_path / "plan.txt").write_text(PLAN, encoding="utf-8")
    assert verb("plan", "use", tmp_path / "plan.txt").exit_code == 0
    rows = "标题,日期\n众创空间新添三家,2025-02-03\n"
    (tmp_path / "2月.csv").write_text(rows, encoding="utf-8")
    days = ("--complete", "2025-02-01", "2025-02-28", "--by", "王芳")
    done = verb("import", tmp_path / "2月.csv", "--medium", "鄂尔多斯日报", *days)
    assert done.exit_code == 0, done.output
    first = verb("media", "list", "--period", "2025Q1").output.splitlines()[0]
    assert first == (
        "鄂尔多斯日报：人工登记，1 条，登记完毕 2025-02 王芳，未登记完毕 2025-01、2025-03"
    )


def test_a_person_vouches_for_a_column_that_refuses_the_crawler_and_the_alarm_stands(
    workspace: Workspace, verb: Verb, tmp_path: Path
) -> None:
    blocked = LedgerEntry(source="kjj", column="解读", blocked=1, alarms=("blocked",))
    with Store.open(workspace.database_url) as store, store.begin() as session:
        record_source(session, SourceRecord(id="kjj", name="市科技局", level="municipal"))
        record_ledger(session, start_run(session, "crawl"), [blocked])
    (tmp_path / "解读.txt").write_text(
        "2025-03-26 方案解读\nhttp://kjj.example/1.html\n", encoding="utf-8"
    )
    words = (tmp_path / "解读.txt", "--medium", "市科技局", "--column")
    days = ("--complete", "2025-01-01", "2025-03-31", "--by", "王芳")
    assert verb("import", *words, "解读").exit_code == 2
    refused = verb("import", *words, "公告", *days)
    assert isinstance(refused.exception, XuanjianError)
    assert refused.exception.slug == "column-not-crawled"
    done = verb("import", *words, "解读", *days)
    assert done.exit_code == 0, done.output
    with Store.open(workspace.database_url) as store, store.begin() as session:
        (item,) = items_between(session)
        assert [source.id for source in known_sources(session)] == ["kjj"]
    assert (item.source, item.column, item.outlet, item.level) == (
        "kjj",
        "解读",
        "市科技局",
        "municipal",
    )
    listed = verb("source", "list").output
    assert "被拦截" in listed
    assert "无漏采时段 2025-01-01—2025-03-31（王芳 确认）" in listed
    (line,) = json.loads(verb("source", "list", "--json").output)
    assert (line["source"], line["name"], line["column"]) == ("kjj", "市科技局", "解读")
    assert [alarm["name"] for alarm in line["alarms"]] == ["blocked"]
    assert line["observed"] == [["2025-01-01", "2025-03-31"]]
    assert line["vouched_by"] == ["王芳"]


def test_what_stood_in_an_internal_bulletin_is_internal_also_as_a_table(
    workspace: Workspace, verb: Verb, tmp_path: Path
) -> None:
    rows = "标题,印发日期,载体\n创新券兑现,2025-02-03,\n高企培育,2025-02-04,市电视台\n"
    (tmp_path / "内刊.csv").write_text(rows, encoding="utf-8")
    done = verb("import", tmp_path / "内刊.csv", "--medium", "金水时讯", "--carrier", "bulletin")
    assert done.exit_code == 0, done.output
    with Store.open(workspace.database_url) as store, store.begin() as session:
        first, second = items_between(session)
    assert (first.carrier, "internal" in first.flags) == ("bulletin", True)
    assert (second.carrier, "internal" in second.flags) == ("市电视台", False)
