"""``xuanjian obligations`` and ``xuanjian advise`` as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.errors import XuanjianError
from tests.cli.conftest import Result

Run = Callable[..., Result]

PLAN = """全市科技宣传报道方案
    为做好鄂尔多斯市科技宣传，制定本方案。本方案执行时间为2025年1月至12月。
    一、宣传重点
    （一）推进众创空间与创业孵化。宣传我市众创空间、孵化器和创业大赛的做法。
    （二）发展现代农牧业科技。宣传良种选育、智慧农业和科技特派员服务。
    二、报道安排
    （一）组织集中采访。4月上旬组织一次集中采访。
    （二）做好“科技集市”活动报道。每月走访企业不少于两次，9月举办“科技集市”。
"""
NEWS = [
    {
        "id": "fair", "title": "杭锦旗“科技集市”开到田间", "date": "2025-09-12",
        "text": "鄂尔多斯市杭锦旗科技集市开市，科技特派员讲解玉米新品种和智慧农业装备。",
    },
    {
        "id": "far", "title": "郑州“科技集市”热闹开场", "date": "2025-09-13",
        "text": "郑州市金水区科技集市在河南科技园区举行。",
    },
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The verbs within this process: a process a call would take minutes."""

    def call(*arguments: object, cwd: Path = tmp_path) -> Result:
        done = CliRunner().invoke(cli, ["-w", str(cwd), *map(str, arguments)])
        error = done.exception
        if error is not None and not isinstance(error, XuanjianError | SystemExit):
            raise error
        return Result(done.exit_code, done.stdout, f"{done.stderr}{error or ''}")

    return call


@pytest.fixture
def place(run: Run, tmp_path: Path) -> Path:
    assert run("init", tmp_path / "work").code == 0
    work = tmp_path / "work"
    (work / "plan.txt").write_text(PLAN, encoding="utf-8")
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in NEWS)
    (work / "news.jsonl").write_text(lines, encoding="utf-8")
    for done in (
        run("plan", "use", work / "plan.txt", cwd=work),
        run("import", work / "news.jsonl", cwd=work),
    ):
        assert done.code == 0, done.err
    return work


def told(run: Run, place: Path, *options: str) -> dict[str, dict[str, object]]:
    done = run("obligations", "--today", "2025-12-31", "--json", *options, cwd=place)
    assert done.code == 0, done.err
    return {line["id"]: line for line in json.loads(done.out)}


def test_a_duty_is_proved_by_a_file_that_is_kept_and_taken_back_again(
    run: Run, place: Path
) -> None:
    assert told(run, place)["form-1"]["state"] == "none"
    (place / "签到.txt").write_text("媒体签到表", encoding="utf-8")
    prove = ("obligations", "prove", "form-1", "--file", place / "签到.txt", "--by", "李晓")
    assert run(*prove, cwd=place).code == 2, "a file has no day of its own"
    done = run(*prove, "--date", "2025-04-08", "--note", "12 家", cwd=place)
    assert done.code == 0, done.err
    line = told(run, place)["form-1"]
    assert line["state"] == "done"
    (proof,) = line["proofs"]  # type: ignore[misc]
    assert (proof["by"], proof["note"], proof["title"]) == ("李晓", "12 家", "签到.txt")
    assert (place / "proofs" / proof["reference"]).read_text(encoding="utf-8") == "媒体签到表"
    shown = run("obligations", "--today", "2025-12-31", cwd=place)
    assert "[已落实] 组织集中采访（form-1）" in shown.out
    assert "佐证0001" in shown.out
    assert run("obligations", "unprove", "1", "--by", "王", cwd=place).code == 0
    assert told(run, place)["form-1"]["state"] == "none"


def test_a_local_story_that_names_the_duty_is_proposed_and_a_person_decides(
    run: Run, place: Path
) -> None:
    (proposal,) = told(run, place)["form-2"]["proposals"]  # type: ignore[misc]
    assert proposal["title"].startswith("杭锦旗")
    prove = ("obligations", "prove", "form-2", "--story", proposal["story"], "--by", "李晓")
    assert run(*prove, cwd=place).code == 0
    assert [p["day"] for p in told(run, place)["form-2"]["proofs"]] == ["2025-09-12"]  # type: ignore[index, union-attr]
    assert run("obligations", "unprove", "1", "--by", "李晓", cwd=place).code == 0
    deny = ("obligations", "deny", "form-2", "--story", "fair", "--by", "李晓")
    assert run(*deny, cwd=place).code == 0
    line = told(run, place)["form-2"]
    assert (line["proposals"], line["proofs"]) == ([], [])


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        (("prove", "form-9", "--story", "fair", "--by", "李"), "obligation-unknown"),
        (("prove", "form-1", "--story", "none", "--by", "李"), "story-unknown"),
        (("prove", "form-1", "--story", "fair", "--medium", "日报", "--by", "李"), "obligation-medium"),
        (("unprove", "7", "--by", "李"), "proof-missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_proof_is_refused_in_words(
    run: Run, place: Path, arguments: tuple[str, ...], slug: str
) -> None:
    done = run("obligations", *arguments, cwd=place)
    assert (done.code, f"[{slug}]" in done.err) == (1, True)


def test_a_marked_file_is_refused(run: Run, place: Path) -> None:
    (place / "通知.txt").write_text("秘密★1年\n集中采访通知", encoding="utf-8")
    prove = ("obligations", "prove", "form-1", "--file", place / "通知.txt", "--date", "2025-04-08")
    done = run(*prove, "--by", "李", cwd=place)
    assert "[proof-secret]" in done.err
    assert not (place / "proofs").exists()


def test_advice_begins_with_what_is_due_and_says_until_when(run: Run, place: Path) -> None:
    assert run("classify", cwd=place).code == 0
    done = run("advise", "--today", "2025-04-01", "--json", cwd=place)
    assert done.code == 0, done.err
    advice = json.loads(done.out)
    first = advice["suggestions"][0]
    assert (first["kind"], first["obligation"], first["deadline"]) == (
        "obligation", "form-1", "2025-04-10",
    )  # fmt: skip
    shown = run("advise", "--today", "2025-04-01", "-n", "1", cwd=place)
    assert "1. [落实事项] “组织集中采访”4月10日到期" in shown.out
    assert "另有" in shown.out
