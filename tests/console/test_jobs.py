"""Long work: it is watched, stopped, and its end is known, whoever saw it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.app import Console
from console.job_process import STOPPED, log_of, read_words
from console.jobs import LOST, settle_jobs
from pipeline.config import Workspace
from pipeline.store.jobs import Job, add_job, get_job, set_process
from pipeline.store.trail import trail
from tests.console.conftest import Person, SignIn

LONG = 60


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(what)


def job_of(console: Console, number: int) -> Job:
    with console.store.begin() as session:
        return get_job(session, number)


def started(person: Person, path: str, **fields: str) -> int:
    return int(person.change(path, **fields).removeprefix("/jobs/"))


def test_work_is_watched_to_its_end(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    number = started(editor, "/jobs/classify")
    text = editor.page(f"/jobs/{number}")
    assert "归类" in text
    assert "editor" in text
    until(lambda: editor.api(f"/jobs/{number}")["job"]["state"] != "running", "it never ended")
    told = editor.api(f"/jobs/{number}")
    assert told["job"]["state"] == "done"
    assert told["exit_code"] == 0
    assert any("篇归入条目" in line for line in told["words"]), told["words"]
    assert "/overview" in [one["address"] for one in told["after"]]
    assert f'href="/jobs/{number}"' in editor.page("/jobs")
    assert not log_of(console.litestar.state.workspace.path, number).exists()
    with console.store.begin() as session:
        actions = [(line.action, line.subject) for line in trail(session)]
    assert ("job.classify", str(number)) in actions


def test_work_that_failed_says_why(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    number = started(editor, "/jobs/classify", plan="没有这个方案")
    until(lambda: not job_of(console, number).running, "it never ended")
    told = editor.api(f"/jobs/{number}")
    assert told["job"]["state"] == "failed"
    assert "plan-missing" in told["words"][-1]
    assert "没有做成" in editor.page(f"/jobs/{number}")


def test_work_of_one_kind_is_not_started_twice(
    console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    with Running(console, workspace):
        answer = editor.send("/jobs/classify")
        assert answer.status_code == 409
        assert "job-running-exists" in answer.text


def test_work_is_stopped_in_order(
    console: Console, workspace: Workspace, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A schedule runs until it is told to stop: the surest work to be stopped."""
    with console.store.begin() as session:
        job = add_job(session, "crawl", ("schedule",), "editor")
    with RealProcess(workspace, job.id, "schedule") as process:
        with console.store.begin() as session:
            set_process(session, job.id, process.pid)
        editor = sign_in("editor")
        until(lambda: "schedule begins" in str(editor.api(f"/jobs/{job.id}")["words"]), "silent")
        assert sign_in("viewer").send(f"/jobs/{job.id}/stop").status_code == 403
        assert editor.change(f"/jobs/{job.id}/stop") == f"/jobs/{job.id}"
        until(lambda: not job_of(console, job.id).running, "it does not listen")
        process.wait(LONG)
    assert "schedule ends" in job_of(console, job.id).said
    assert editor.api(f"/jobs/{job.id}")["job"]["state"] in {"stopped", "done"}
    with console.store.begin() as session:
        assert "job.stop" in [line.action for line in trail(session)]


def test_the_end_is_noted_although_the_server_that_started_it_is_gone(
    console: Console, workspace: Workspace
) -> None:
    """Nobody of ours waits for this process: it notes its end by itself."""
    with console.store.begin() as session:
        job = add_job(session, "classify", ("plan", "list"), "editor")
    with RealProcess(workspace, job.id, "plan", "list") as process:
        assert process.wait(LONG) == 0
    ended = job_of(console, job.id)
    assert (ended.exit_code, ended.running) == (0, False)
    assert "demo" in ended.said or ended.said


def test_work_whose_process_was_killed_is_found(
    console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    with Running(console, workspace) as (job, process):
        log = log_of(workspace.path, job.id)
        log.parent.mkdir(exist_ok=True)
        log.write_text("读了一半\n", encoding="utf-8")
        assert editor.api(f"/jobs/{job.id}")["job"]["state"] == "running"
        process.kill()  # not waited for: it is a zombie until the block ends
        until(lambda: editor.api(f"/jobs/{job.id}")["job"]["state"] == "lost", "taken for running")
    told = editor.api(f"/jobs/{job.id}")
    assert told["words"] == ["读了一半"]
    assert told["exit_code"] == LOST
    assert "中断" in editor.page(f"/jobs/{job.id}")


def test_a_number_that_another_process_has_now_is_not_the_work(
    console: Console, workspace: Workspace
) -> None:
    with console.store.begin() as session:
        reused = add_job(session, "crawl", ("crawl",), "editor")
        set_process(session, reused.id, os.getpid())
        never = add_job(session, "train", ("train",), "editor")
        set_process(session, never.id, 2**22 + 5)  # beyond what the kernel gives out
    settle_jobs(console.store, workspace)
    assert job_of(console, reused.id).exit_code == LOST
    assert job_of(console, never.id).exit_code == LOST


def test_work_whose_words_were_removed_is_shown_without_them(
    console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    with Running(console, workspace) as (job, _):
        assert sign_in("viewer").api(f"/jobs/{job.id}")["words"] == []
        assert "还没有输出" in sign_in("viewer").page(f"/jobs/{job.id}")


def test_stopping_what_has_ended_says_so(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    number = started(editor, "/jobs/classify", plan="没有这个方案")
    until(lambda: not job_of(console, number).running, "it never ended")
    assert editor.change(f"/jobs/{number}/stop") == f"/jobs/{number}"
    assert editor.send("/jobs/999/stop").status_code == 404
    assert editor.get("/jobs/999").status_code == 404


def test_words_that_overwrote_themselves_are_told_once(tmp_path: Path) -> None:
    log = tmp_path / "1.log"
    log.write_bytes("采集……\r采集：列表 1 页\r采集：列表 2 页\n完成\r\n".encode())
    assert read_words(log) == "采集：列表 2 页\n完成"
    log.write_bytes("采集……\r采集：列表 1 页\rwarning: 甲\n采集：列表 2 页\r".encode())
    assert read_words(log) == "warning: 甲\n采集：列表 2 页"
    log.write_bytes(("第一行" * 9000 + "\n最后\n").encode())
    assert read_words(log).splitlines()[-1] == "最后"
    assert "\ufffd" not in read_words(log)
    assert read_words(tmp_path / "none.log") == ""


class Running:
    """A job whose process does nothing, started outside of the server."""

    def __init__(self, console: Console, workspace: Workspace) -> None:
        with console.store.begin() as session:
            self.job = add_job(session, "classify", ("classify",), "editor")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-c", "import time; time.sleep(600)"),
                *("console.job_process", str(workspace.path), str(self.job.id)),
            ],
            start_new_session=True,
        )
        with console.store.begin() as session:
            set_process(session, self.job.id, self.process.pid)

    def __enter__(self) -> tuple[Job, subprocess.Popen[bytes]]:
        return self.job, self.process

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


class RealProcess:
    """What ``start_job`` starts, without a server that waits for it."""

    def __init__(self, workspace: Workspace, number: int, *words: str) -> None:
        log = log_of(workspace.path, number)
        log.parent.mkdir(exist_ok=True)
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "console.job_process"),
                    *(str(workspace.path), str(number), *words),
                ],
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )

    def __enter__(self) -> subprocess.Popen[bytes]:
        return self.process

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


assert STOPPED == 130
