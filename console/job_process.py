"""``python -m console.job_process FOLDER NUMBER WORDS``: one piece of long work, from start to end.

Hides: that the work outlives the server that started it. This process runs the command line, waits
for it, and notes its end itself; told to stop it tells the command line, and ends it when that does
not listen. Nothing of the store is imported before the work is over: waiting costs 10 MB.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

__all__ = ["PROGRAM", "log_of", "main", "read_words"]

PROGRAM = "console.job_process"
GRACE = 60
"""Seconds the work has to end in order once it was told to; a crawl is given 15 by ours."""
STOPPED = 130
"""Exit code of the command line when it was told to stop."""

_TAIL = 20_000
"""Bytes of the end of what was said that are read: the newest lines are wanted."""
_NICE = 5


def log_of(folder: Path, number: int) -> Path:
    """Where work says its words while it runs."""
    return folder / "jobs" / f"{number}.log"


def read_words(path: Path) -> str:
    """The last lines of what was said; a line that overwrote itself is told as it was last."""
    try:
        with path.open("rb") as source:
            length = source.seek(0, os.SEEK_END)
            source.seek(max(0, length - _TAIL))
            raw = source.read()
    except FileNotFoundError:
        return ""
    if length > _TAIL:  # it may begin within a line, even within a character
        raw = raw[min(mark for mark in (raw.find(b"\n"), raw.find(b"\r"), len(raw)) if mark >= 0) :]
    lines = raw.decode("utf-8", "replace").split("\n")
    last = (line.rstrip("\r").rpartition("\r")[2].rstrip() for line in lines)
    return "\n".join(line for line in last if line)


def main() -> int:
    """Do the work named on the command line, and note how it ended."""
    folder, number = Path(sys.argv[1]), int(sys.argv[2])
    command = [sys.executable, "-m", "pipeline.cli", "-w", str(folder), *sys.argv[3:]]
    os.nice(_NICE)  # pages that people wait for come first
    told = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        told.set()
        if process is not None and process.poll() is None:
            process.terminate()
            signal.alarm(GRACE)

    def give_up(_number: int, _frame: FrameType | None) -> None:
        if process is not None and process.poll() is None:
            process.kill()

    process: subprocess.Popen[bytes] | None = None
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, give_up)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # its words go where ours do
    if told.is_set():
        process.terminate()
        signal.alarm(GRACE)
    code = process.wait()
    signal.alarm(0)
    _note_end(folder, number, STOPPED if told.is_set() and code else code)
    return code


def _note_end(folder: Path, number: int, code: int) -> None:
    from pipeline.config import Workspace
    from pipeline.store.jobs import end_job
    from pipeline.store.store import Store

    sys.stdout.flush()
    log = log_of(folder, number)
    with Store.open(Workspace.open(folder).database_url) as store, store.begin() as session:
        end_job(session, number, code, read_words(log))
    log.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
