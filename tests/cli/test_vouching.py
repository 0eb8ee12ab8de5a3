"""People's words that a column's days are whole, at the command line: called in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.config import Workspace
from pipeline.errors import XuanjianError
from pipeline.store.runs import (
    LedgerEntry,
    SourceRecord,
    observed_windows,
    record_ledger,
    record_source,
    start_run,
)
from pipeline.store.store import Store
from pipeline.store.trail import trail

Verb = Callable[..., str]
DAYS = ("--days", "2025-01-01", "2025-03-31")
WHOLE = (date(2025, 1, 1), date(2025, 3, 31))


@pytest.fixture
def verb(workspace: Workspace) -> Verb:
    """Run ``xuanjian`` with these arguments in this process; gives its words, or an error's slug."""
    with Store.open(workspace.database_url) as store, store.begin() as session:
        record_source(session, SourceRecord(id="kjj", name="市科技局"))
        blocked = LedgerEntry(source="kjj", column="解读", blocked=1, alarms=("blocked",))
        record_ledger(session, start_run(session, "crawl"), [blocked])

    def call(*arguments: object) -> str:
        done: Result = CliRunner().invoke(cli, ["-w", str(workspace.path), *map(str, arguments)])
        if isinstance(done.exception, XuanjianError):
            return done.exception.slug
        assert done.exit_code == 0, done.output
        return done.output

    return call


def windows(workspace: Workspace) -> object:
    with Store.open(workspace.database_url) as store, store.begin() as session:
        return observed_windows(session)["kjj", "解读"]


def test_a_column_is_vouched_for_listed_and_taken_back(workspace: Workspace, verb: Verb) -> None:
    column = ("media", "vouch", "市科技局", "--column", "解读", "--note", "逐页打开")
    told = verb(*column, *DAYS, "--by", "王芳")
    assert told == "市科技局 解读 2025-01-01—2025-03-31 确认齐全，王芳（编号 1）\n"
    assert windows(workspace) == (WHOLE,)
    listed = verb("media", "vouched", "市科技局")
    assert listed.startswith("1  市科技局 解读 2025-01-01—2025-03-31：王芳 ")
    assert listed.endswith("；逐页打开\n")
    assert verb("media", "vouched", "市电视台") == "没有人确认过哪些天齐全。\n"
    told = verb("media", "unvouch", 1, "--why", "漏看两页", "--by", "李晓")
    assert told == "市科技局 解读 2025-01-01—2025-03-31 的确认已撤回（漏看两页），李晓\n"
    assert windows(workspace) == ()
    assert json.loads(verb("media", "vouched", "--json")) == []
    (one,) = json.loads(verb("media", "vouched", "--all", "--json"))
    assert (one["name"], one["word"]["withdrawn_by"]) == ("市科技局", "李晓")
    assert "已撤回：李晓" in verb("media", "vouched", "--all")
    with Store.open(workspace.database_url) as store, store.begin() as session:
        back, given = trail(session)
    assert (given.action, back.action) == ("media.sign", "media.withdraw")
    assert json.loads(given.after)["by"] == "王芳"
    assert json.loads(back.after) == {"by": "李晓", "why": "漏看两页"}


def test_the_word_of_an_import_is_taken_back_as_well(
    workspace: Workspace, verb: Verb, tmp_path: Path
) -> None:
    (tmp_path / "解读.txt").write_text(
        "2025-03-26 方案解读\nhttp://kjj.example/1.html\n", encoding="utf-8"
    )
    complete = ("--complete", "2025-01-01", "2025-03-31", "--by", "王芳", "--note", "逐页打开")
    words = ("import", tmp_path / "解读.txt", "--medium", "市科技局", "--column", "解读")
    assert verb(*words, *complete) == "新增 1 条，已有 0 条，更新 0 条\n"
    again = verb(*words, *complete)
    assert "已由王芳确认齐全，没有另记" in again, "importing a file again is harmless"
    (one,) = json.loads(verb("media", "vouched", "--json"))
    assert (one["word"]["note"], one["word"]["by"]) == ("逐页打开", "王芳")
    assert windows(workspace) == (WHOLE,)
    verb("media", "unvouch", one["word"]["number"], "--why", "漏看两页")
    assert windows(workspace) == ()
    verb(*words, *complete)
    assert windows(workspace) == (WHOLE,)
    with Store.open(workspace.database_url) as store, store.begin() as session:
        actions = [line.action for line in trail(session)]
    assert actions == ["media.sign", "media.withdraw", "media.sign"]


def test_what_nobody_can_vouch_for_is_refused(verb: Verb, tmp_path: Path) -> None:
    note = ("--note", "逐页打开", "--by", "王芳")
    column = ("media", "vouch", "市科技局", "--column", "解读", *note)
    assert verb(*column, "--days", "2025-03-31", "2025-01-01") == "vouch-days"
    assert verb(*column, "--days", "2025-03-31", "2999-01-01") == "vouch-not-over"
    other = ("media", "vouch", "市科技局", "--column", "公告", *note)
    assert verb(*other, *DAYS) == "column-not-crawled"
    assert verb("media", "vouch", "鄂尔多斯日报", *DAYS, *note) == "media-empty"
    assert verb("media", "unvouch", 1, "--why", "没有") == "vouch-missing"
    verb("media", "vouch", "鄂尔多斯日报", *DAYS, *note, "--none")
    assert verb("media", "vouch", "鄂尔多斯日报", *DAYS, *note, "--none") == "vouch-already"
    (tmp_path / "3月.csv").write_text("标题,日期\n新添三家,2025-03-03\n", encoding="utf-8")
    paper = ("import", tmp_path / "3月.csv", "--medium", "鄂尔多斯日报")
    assert verb(*paper) == "media-signed-empty"
    verb("media", "unvouch", 1, "--why", "漏登")
    assert verb(*paper) == "新增 1 条，已有 0 条，更新 0 条\n"
    days = ("--complete", "2025-03-31", "2025-03-01", "--by", "王芳")
    assert verb(*paper, *days) == "vouch-days"
