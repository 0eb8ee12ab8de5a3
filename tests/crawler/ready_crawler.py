"""Crawls by ``crawler.run`` in a process of their own each, without each loading Scrapy anew.

One process a test worker loads the program and is copied for every crawl, which saves a second each
time. ``python -m crawler.run`` itself is begun by the tests that kill or stop it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

__all__ = ["Ended", "run_crawler"]

ROOT = Path(__file__).resolve().parents[2]
_LONGEST = 120
"""Seconds a crawl may take."""


@dataclass(frozen=True)
class Ended:
    """How a crawl ended, and what it said."""

    code: int
    stdout: str
    stderr: str


def run_crawler(*arguments: str) -> Ended:
    """What ``python -m crawler.run ARGUMENTS`` does."""
    ready = _ready()
    assert ready.stdin is not None
    assert ready.stdout is not None
    with tempfile.TemporaryDirectory(prefix="xuanjian-crawl-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        asked = {
            "arguments": arguments,
            "out": str(out),
            "err": str(err),
            "environment": dict(os.environ),
        }
        ready.stdin.write(json.dumps(asked) + "\n")
        ready.stdin.flush()
        code = ready.stdout.readline()
        assert code, "the ready crawler ended"
        return Ended(int(code), out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


@cache
def _ready() -> subprocess.Popen[str]:
    """The loaded program; it ends when its input does."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crawler.ready_crawler"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _crawl(arguments: list[str], out: str, err: str, environment: dict[str, str]) -> int:
    """In the copy: the crawl, with its own output, ended by a signal when it does not end itself."""
    signal.alarm(_LONGEST)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    from crawler.run import main

    try:
        return main(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _serve(asking: IO[str], answers: IO[str]) -> None:
    import scrapy.crawler  # noqa: F401 - loaded once, for all

    import crawler.archive
    import crawler.download
    import crawler.run
    import crawler.settings
    import crawler.spider  # noqa: F401

    assert "twisted.internet.reactor" not in sys.modules
    for line in asking:
        child = os.fork()
        if not child:
            os._exit(_crawl(**json.loads(line)))
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


if __name__ == "__main__":
    _serve(sys.stdin, sys.stdout)
