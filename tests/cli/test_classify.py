"""``xuanjian classify`` over files: answers and units, interruption and going on, Dask, gaps."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

MANY = 1_200
"""Items: more than two batches."""


@pytest.fixture
def folder(tmp_path: Path, plan_text: str, news_lines: str) -> Path:
    (tmp_path / "plan.txt").write_text(plan_text, encoding="utf-8")
    (tmp_path / "news.jsonl").write_text(news_lines, encoding="utf-8")
    rows = [json.loads(line) for line in news_lines.splitlines()]
    many = [rows[n % len(rows)] | {"id": f"n{n}"} for n in range(MANY)]
    (tmp_path / "many.jsonl").write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in many), encoding="utf-8"
    )
    return tmp_path


def assigned(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """By item and theme, what was assigned."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {
        (row["id"], theme["id"]): theme
        for row in rows
        for theme in row["themes"]
        if theme["assigned"]
    }


def test_assignments_tell_the_clause_of_the_plan_and_the_units_named(
    run: Run, folder: Path
) -> None:
    done = run("classify", "--plan", "plan.txt", "--items", "news.jsonl", "-o", "out.jsonl")
    assert done.code == 0, done.err
    found = assigned(folder / "out.jsonl")
    startup, farming = found["a", "focus-1"], found["c", "focus-2"]
    assert startup["units"] == ["东胜区大学生创业园"]
    assert startup["answers"]["node"] == "focus-1"
    assert "众创空间" in startup["answers"]["text"]
    assert 0 < startup["answers"]["similarity"] <= 1
    assert farming["answers"]["text"] == "宣传良种选育、智慧农业和科技特派员服务"
    assert "units" not in farming


CLASSIFY = ("classify", "--plan", "plan.txt", "--items", "many.jsonl", "-o", "out.jsonl")


def interrupt(folder: Path) -> Path:
    """Stop a run that reads from a pipe after its first batches; gives the unfinished file."""
    command = [sys.executable, "-m", "pipeline.cli", *CLASSIFY]
    command[command.index("many.jsonl")] = "-"
    lines = (folder / "many.jsonl").read_bytes().splitlines(keepends=True)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"".join(lines[:-1]))
        process.stdin.flush()
        until = time.monotonic() + 120
        while not any(one.stat().st_size for one in folder.glob("out.jsonl.*.part")):
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read().decode()
        process.wait()
    assert process.returncode == 130
    assert "--resume" in said
    (part,) = folder.glob("out.jsonl.*.part")
    return part


def test_an_interrupted_run_goes_on_and_ends_as_if_it_had_not_been(run: Run, folder: Path) -> None:
    part = interrupt(folder)
    assert not (folder / "out.jsonl").exists()
    written = part.read_bytes().count(b"\n")
    assert 0 < written < MANY
    with part.open("ab") as torn:
        torn.write(b'{"id":"n9')
    done = run(*CLASSIFY, "--resume")
    assert done.code == 0, done.err
    again = (folder / "out.jsonl").read_bytes()
    assert not list(folder.glob("*.part"))
    straight = run(*CLASSIFY)
    assert done.err == straight.err
    assert (folder / "out.jsonl").read_bytes() == again
    assert again.count(b"\n") == MANY


def test_another_plan_or_other_news_is_not_gone_on_with(
    run: Run, folder: Path, plan_text: str
) -> None:
    part = interrupt(folder)
    lines = (folder / "many.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "many.jsonl").write_text("".join(lines[1:]), encoding="utf-8")
    other_news = run(*CLASSIFY, "--resume")
    assert other_news.code == 1
    assert "[resume-other]" in other_news.err
    (folder / "many.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "plan.txt").write_text(plan_text.replace("众创空间", "孵化器"), encoding="utf-8")
    other_plan = run(*CLASSIFY, "--resume")
    assert other_plan.code == 1
    assert "[resume-other]" in other_plan.err
    assert part.exists()
    assert run(*CLASSIFY).code == 0
    assert not list(folder.glob("*.part"))


def test_to_go_on_without_a_beginning_is_to_begin(run: Run, folder: Path) -> None:
    arguments = ("classify", "--plan", "plan.txt", "--items", "news.jsonl", "-o", "out.jsonl")
    assert run(*arguments, "--resume").code == 0
    assert len((folder / "out.jsonl").read_text().splitlines()) == 4


@pytest.mark.parametrize(
    "wrong", [("--resume",), ("--jobs", "2", "--dask", "tcp://127.0.0.1:1"), ("--jobs", "0")]
)
def test_options_that_do_not_go_together_are_refused(
    run: Run, folder: Path, wrong: tuple[str, ...]
) -> None:
    done = run("classify", "--plan", "plan.txt", "--items", "news.jsonl", *wrong)
    assert done.code == 1
    assert "Usage" in done.err


def test_a_cluster_that_does_not_answer_is_one_line(run: Run, folder: Path) -> None:
    pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    done = run(*CLASSIFY, "--dask", "127.0.0.1:9")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "[dask-address]" in done.err
    assert not list(folder.glob("*.part"))


def test_news_no_theme_takes_is_grouped_as_text_and_json(run: Run, folder: Path) -> None:
    outreach = ("科普大篷车开进小学，孩子们动手做科学实验", "科技馆办科普日，讲解员演示静电实验")
    rows = [
        {"id": f"k{n}", "title": f"{where}：{said}", "text": f"{where}{said}，居民学到科学知识。"}
        for n, (where, said) in enumerate(
            (where, said) for where in ("城东", "城西", "城南", "城北") for said in outreach
        )
    ]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "outreach.jsonl").write_text(lines, encoding="utf-8")
    arguments = ("unmapped", "--plan", "plan.txt", "--items", "outreach.jsonl", "--smallest", "4")
    told = run(*arguments)
    assert told.code == 0, told.err
    assert "读 8 条" in told.out
    assert "科普" in told.out
    assert run(*arguments, "--json", "-o", "gaps.json").code == 0
    found = json.loads((folder / "gaps.json").read_text(encoding="utf-8"))
    assert found["format"] == 1
    assert found["read"] == 8
    assert {item for theme in found["themes"] for item in theme["items"]} <= {r["id"] for r in rows}
    assert "科普" in found["themes"][0]["terms"]
    few = run("unmapped", "--plan", "plan.txt", "--items", "news.jsonl")
    assert few.code == 0
    assert "太少" in few.out


def test_a_workspace_groups_its_stories_and_minds_what_people_decided(
    run: Run, folder: Path
) -> None:
    assert run("init", "office").code == 0
    assert run("-w", "office", "import", "news.jsonl").code == 0
    assert run("-w", "office", "plan", "use", "plan.txt").code == 0
    done = run("-w", "office", "unmapped", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["read"] == 3
    assert found["themes"] == []
