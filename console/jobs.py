"""Long work (crawls, classification, training) as a process of its own, with what it says.

Hides: that it is the command line that does it, where its words are kept while it runs, and how its
end is noticed, also by a server that was started again since.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from console.desk import Desk
from pipeline.config import Workspace
from pipeline.errors import DiskTrouble, XuanjianError
from pipeline.store.jobs import Job, add_job, end_job, get_job, jobs_of, set_process
from pipeline.store.store import Store

__all__ = ["job_words", "settle_jobs", "start_job", "stop_job"]

_TAIL = 20_000
_LOST = -1
"""Exit code of work whose end nobody saw."""

_lock = threading.Lock()


def start_job(desk: Desk, kind: str, *arguments: str, alone: bool = True) -> Job:
    """Start ``xuanjian ARGUMENTS`` on the workspace.

    Args:
        kind: what it is, such as ``crawl``, ``classify``, ``train``.
        alone: refuse while other work of this kind runs.

    Raises:
        XuanjianError: ``job-running-exists``.
    """
    workspace, store = desk.workspace, desk.store
    with _lock:
        settle_jobs(store, workspace)
        with desk.begin() as session:
            if alone and (running := jobs_of(session, kind, running=True)):
                raise XuanjianError(
                    f"{kind} runs already (job {running[0].id})",
                    "job-running-exists",
                    "Wait for its end, or stop it.",
                )
            job = add_job(session, kind, arguments, desk.account.name)
            desk.record(session, f"job.{kind}", str(job.id), after=list(arguments))
        path = _log(workspace, job.id)
        try:
            path.parent.mkdir(exist_ok=True)
            with path.open("wb") as out:
                process = subprocess.Popen(
                    [sys.executable, "-m", "pipeline.cli", "-w", str(workspace.path), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
                    start_new_session=True,
                )
        except OSError as error:
            with desk.begin() as session:
                end_job(session, job.id, _LOST, str(error))
            raise DiskTrouble.from_os_error(error, "starting work in", path) from error
        with desk.begin() as session:
            set_process(session, job.id, process.pid)
    threading.Thread(target=_watch, args=(process, store, workspace, job.id), daemon=True).start()
    return job


def stop_job(desk: Desk, number: int) -> Job:
    """Ask a job to end in order.

    Raises:
        XuanjianError: ``job-missing``.
    """
    with desk.begin() as session:
        job = get_job(session, number)
        if job.running and _runs(job):
            os.kill(job.process, signal.SIGTERM)
            desk.record(session, "job.stop", str(number))
    return job


def job_words(workspace: Workspace, job: Job) -> str:
    """What it said so far, the end of it; progress that overwrote itself is told once."""
    if not job.running:
        return job.said
    return _read(_log(workspace, job.id))


def settle_jobs(store: Store, workspace: Workspace) -> None:
    """Note the end of work whose process is gone."""
    with store.begin() as session:
        for job in jobs_of(session, running=True):
            if job.process and not _runs(job):
                end_job(session, job.id, _LOST, _read(_log(workspace, job.id)))


def _watch(
    process: subprocess.Popen[bytes], store: Store, workspace: Workspace, number: int
) -> None:
    code = process.wait()
    with store.begin() as session:
        end_job(session, number, code, _read(_log(workspace, number)))
    _log(workspace, number).unlink(missing_ok=True)


def _runs(job: Job) -> bool:
    """Whether its process is there and is ours: numbers of processes are used again."""
    try:
        os.kill(job.process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False
    try:
        told = Path(f"/proc/{job.process}/cmdline").read_bytes()
    except OSError:
        return True
    return b"pipeline.cli" in told


def _log(workspace: Workspace, number: int) -> Path:
    return workspace.path / "jobs" / f"{number}.log"


def _read(path: Path) -> str:
    try:
        with path.open("rb") as source:
            source.seek(0, os.SEEK_END)
            source.seek(max(0, source.tell() - _TAIL))
            said = source.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in said.splitlines())
    return "\n".join(line for line in lines if line.strip())
