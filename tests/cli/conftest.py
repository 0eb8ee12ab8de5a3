"""The command line as a person runs it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run ``xuanjian`` with these arguments in ``tmp_path``."""

    def call(*arguments: object, stdin: str = "", cwd: Path = tmp_path) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=cwd,
            env={**os.environ, "PYTHONWARNINGS": "error::DeprecationWarning:pipeline"},
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return call


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
