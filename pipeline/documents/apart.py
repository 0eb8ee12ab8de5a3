"""A program run in a process of its own, with bounds on its time and memory.

Hides: how the bounds are set and how a process is ended with all it started. PDF and old Office
formats are read by large C and C++ libraries that a hostile file can send into endless work: a
form of 60 bytes that draws itself twice took 19 GB from pdfium before this bound was set.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

__all__ = ["OutOfTime", "run_apart"]

# The limit is set in the new process, before the program is put in its place; systems without
# such limits (Windows) run it without.
_LIMITED = """
import os, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, ValueError, OSError):
    pass
os.execv(sys.argv[2], sys.argv[2:])
"""


class OutOfTime(Exception):
    """The program did not end in time and was ended."""


def run_apart(
    command: Sequence[str],
    *,
    seconds: float,
    memory: int,
    given: bytes = b"",
    told: Callable[[bytes], None] | None = None,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run ``command`` to its end and return its exit code; negative when a signal ended it.

    Args:
        command: an absolute path and arguments.
        memory: bytes of address space.
        given: written to its standard input.
        told: called with every line it writes to its standard output.

    Raises:
        OutOfTime: after ``seconds``.
    """
    limited = (
        [sys.executable, "-I", "-S", "-c", _LIMITED, str(memory)] if os.name == "posix" else []
    )
    with subprocess.Popen(
        [*limited, *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        late = threading.Event()

        def end() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            with suppress(BrokenPipeError):  # it ended before it read all; its code tells why
                process.stdin.write(given)
                process.stdin.close()
            for line in process.stdout:
                if told is not None:
                    told(line)
            code = process.wait()
        finally:
            timer.cancel()
            if process.poll() is None:
                _kill(process)
        if late.is_set():
            raise OutOfTime
        return code


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
