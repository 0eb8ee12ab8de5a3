"""The command line as a person runs it: a process of its own.

The process is forked from the tests', which has imported everything once: a command then costs its
own work and not a second or two of imports. That ``python -m pipeline.cli`` starts at all is tested
in ``test_job``.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedRandom
from pathlib import Path

import pytest

from pipeline.cli import VERBS, main

_LATER = (
    "alembic.command",
    "alembic.config",
    "pipeline.classify.bundle",
    "pipeline.classify.classifier",
    "pipeline.classify.training_data",
    "pipeline.classify.trained_bundle",
    "pipeline.coverage.assemble",
    "pipeline.reports.csv_report",
    "pipeline.reports.docx",
    "pipeline.reports.evidence_pack",
    "pipeline.reports.html",
    "pipeline.reports.json_report",
    "pipeline.reports.ledger",
    "pipeline.reports.terminal",
    "pipeline.reports.xlsx",
    "rich.console",
    "sklearn.linear_model",
)
"""What verbs import when they are used."""


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture(scope="session")
def _everything_imported() -> None:
    for name in (*(f"pipeline.cli.{module}" for module, _ in VERBS.values()), *_LATER):
        importlib.import_module(name)


@pytest.fixture
def run(tmp_path: Path, _everything_imported: None) -> Run:
    """Run ``xuanjian`` with these arguments in ``tmp_path``."""

    def call(*arguments: object, stdin: str = "", cwd: Path = tmp_path) -> Result:
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            given.write(stdin.encode())
            given.seek(0)
            child = os.fork()
            if not child:
                _be_the_command([str(one) for one in arguments], cwd, (given, out, err))
            _, status = os.waitpid(child, 0)
            out.seek(0)
            err.seek(0)
            code = os.waitstatus_to_exitcode(status)
            return Result(code, out.read().decode(), err.read().decode())

    return call


def _be_the_command(
    arguments: list[str], cwd: Path, files: tuple[BufferedRandom, BufferedRandom, BufferedRandom]
) -> None:
    """Run in the forked child; never comes back."""
    code = 1
    try:
        os.chdir(cwd)
        for number, file in enumerate(files):
            os.dup2(file.fileno(), number)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - ends with the process
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.argv = ["xuanjian", *arguments]
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


@pytest.fixture
def plan_text() -> str:
    """A small publicity plan written for the tests."""
    return """全市科技宣传报道方案
    为做好鄂尔多斯市科技宣传，制定本方案。本方案执行时间为2025年1月至12月。
    一、宣传重点
    （一）推进众创空间与创业孵化。宣传我市众创空间、孵化器和创业大赛的做法。
    （二）发展现代农牧业科技。宣传良种选育、智慧农业和科技特派员服务。
    二、报道安排
    （一）组织集中采访。2025年4月上旬组织一次集中采访。
    三、采访单位
    （一）推进众创空间与创业孵化。
    1.东胜区大学生创业园（创业苗圃）。
"""


@pytest.fixture
def news_lines() -> str:
    """Four items as JSONL: two on start-ups (one the other's reprint), farming, weather."""
    import json

    startup = (
        "3月18日，鄂尔多斯市众创空间现场会在东胜区召开，二十余家孵化器负责人走进东胜区大学生创业园，"
        "听取创业导师结对、创业大赛项目落地和创业担保贷款等情况介绍，首批十二个初创团队签约入驻。"
    )
    rows = [
        {"id": "a", "title": "东胜区召开众创空间现场会", "text": startup, "date": "2025-03-18"},
        {
            "id": "b",
            "title": "众创空间现场会在东胜举行",
            "text": "本网讯 " + startup,
            "date": "2025-03-19",
        },
        {
            "id": "c",
            "title": "杭锦旗玉米新品种示范田丰收",
            "text": "杭锦旗农业技术推广中心引进的玉米新品种在智慧农业示范基地测产，科技特派员现场指导密植滴灌技术，"
            "亩产比对照田提高一成，农牧民参加观摩。",
            "date": "2025-09-20",
        },
        {"id": "d", "title": "今日天气", "text": "鄂尔多斯市晴，北风三级。", "date": "2025-03-18"},
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
