"""Long work (crawls, classification, training) as a process of its own, with what it says.

Hides: that it is the command line that does it, where its words are kept while it runs, and how work
is found that ended without noting it (a machine that was switched off, a process that was killed).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

from console.desk import Desk
from console.job_process import PROGRAM, STOPPED, log_of, read_words
from pipeline.cli.progress import SAID
from pipeline.config import Workspace
from pipeline.errors import DiskTrouble, XuanjianError
from pipeline.store.jobs import Job, add_job, end_job, get_job, jobs_of, set_process
from pipeline.store.store import Store

__all__ = ["LOST", "STOPPED", "job_words", "settle_jobs", "start_job", "stop_job"]

LOST = -1
"""Exit code of work whose end nobody saw."""

_lock = threading.Lock()


def start_job(desk: Desk, kind: str, *arguments: str, alone: bool = True) -> Job:
    """Start ``xuanjian ARGUMENTS`` on the workspace.

    Args:
        kind: what it is, such as ``crawl``, ``classify``, ``train``.
        alone: refuse while other work of this kind runs; otherwise only while the very same does.

    Raises:
        XuanjianError: ``job-running-exists``.
        DiskTrouble: its words cannot be written, or no process can be started.
    """
    workspace = desk.workspace
    with _lock, ExitStack() as unless_noted:
        settle_jobs(desk.store, workspace)
        with desk.begin() as session:
            for running in jobs_of(session, kind, running=True):
                if alone or running.arguments == arguments:
                    raise XuanjianError(
                        f"{kind} runs already (job {running.id})",
                        "job-running-exists",
                        "Wait for its end, or stop it.",
                    )
            job = add_job(session, kind, arguments, desk.account.name)
            desk.record(session, f"job.{kind}", str(job.id), after=list(arguments))
            process = _begin(workspace, job.id, arguments)
            unless_noted.callback(process.terminate)
            # In the same transaction: work without a process would seem to run for ever.
            set_process(session, job.id, process.pid)
        unless_noted.pop_all()
    threading.Thread(target=process.wait, name=f"job {job.id}", daemon=True).start()
    return job


def stop_job(desk: Desk, number: int) -> Job:
    """Ask a job to end in order.

    Raises:
        XuanjianError: ``job-missing``.
    """
    settle_jobs(desk.store, desk.workspace)
    with desk.begin() as session:
        job = get_job(session, number)
        if job.running and _runs(job, desk.workspace):
            os.kill(job.process, signal.SIGTERM)
            desk.record(session, "job.stop", str(number))
    return job


def job_words(workspace: Workspace, job: Job) -> str:
    """What it said so far, the end of it; progress that overwrote itself is told once."""
    return read_words(log_of(workspace.path, job.id)) if job.running else job.said


def settle_jobs(store: Store, workspace: Workspace) -> None:
    """Note the end of work whose process is gone without having done so itself."""
    with store.begin() as session:
        gone = [job for job in jobs_of(session, running=True) if not _runs(job, workspace)]
        for job in gone:
            end_job(session, job.id, LOST, read_words(log_of(workspace.path, job.id)))
    for job in gone:
        log_of(workspace.path, job.id).unlink(missing_ok=True)


def _begin(
    workspace: Workspace, number: int, arguments: tuple[str, ...]
) -> subprocess.Popen[bytes]:
    log = log_of(workspace.path, number)
    try:
        log.parent.mkdir(exist_ok=True)
        with log.open("wb") as out:
            return subprocess.Popen(
                [sys.executable, "-m", PROGRAM, str(workspace.path), str(number), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", SAID: "1"},
                start_new_session=True,
            )
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "starting work in", log.parent) from error


def _runs(job: Job, workspace: Workspace) -> bool:
    """Whether its process is there and is this very work: numbers of processes are used again, and
    one that ended but was not waited for (a zombie) has no command line."""
    try:
        os.kill(job.process, 0)
    except (ProcessLookupError, PermissionError):
        return False
    try:
        told = Path(f"/proc/{job.process}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return not Path("/proc/self").exists()  # a system that does not say
    mine = [PROGRAM.encode(), os.fsencode(workspace.path), str(job.id).encode()]
    return any(told[place : place + 3] == mine for place in range(len(told)))
