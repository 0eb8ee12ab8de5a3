"""The crawler as a program of its own: started, listened to, told to end in order.

Hides: that it is another process, so that nothing here imports Scrapy, and how what it says at its
end becomes an error of ours. What a crawl brought in is folded into stories, however it ended.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import closing

from pipeline.config import Workspace
from pipeline.errors import XuanjianError
from pipeline.steps import Progress, fold_stories

__all__ = ["crawl", "crawl_error", "crawler_lines", "run_crawler"]


_CHILD_GRACE = 15
"""Seconds a crawl has to end in order when we are told to stop."""


def crawl(
    workspace: Workspace, sources: Sequence[str], since: str, progress: Progress
) -> dict[str, int]:
    """Crawl in a process of its own and fold what came in; gives the last event's counts.

    Raises:
        XuanjianError: what the crawl process said when it failed.
    """
    from pipeline.store.store import Store

    asked = ["--events", "--workspace", str(workspace.path)]
    for source in sources:
        asked += ["--source", source]
    if since:
        asked += ["--since", since]
    counts: dict[str, int] = {}
    try:
        with closing(crawler_lines("run", *asked)) as lines:
            for line in lines:
                event = json.loads(line)
                counts = {key: value for key, value in event.items() if isinstance(value, int)}
                progress(
                    f"列表 {counts.get('lists', 0)} 页，文章 {counts.get('pages', 0)} 篇，"
                    f"失败 {counts.get('failed', 0)}，新取 {counts.get('items', 0)} 条",
                    0,
                )
    finally:
        if not isinstance(sys.exception(), KeyboardInterrupt):
            with Store.open(workspace.database_url) as store:
                fold_stories(store)  # also what a crawl that failed half-way brought in
    return counts


def crawler_lines(program: str, *arguments: str) -> Generator[str, None, None]:
    """The lines that a program of the crawler's prints, as they come; its warnings go to stderr.

    It is told to end in order when we are told to stop, or nobody wants more lines.

    Raises:
        XuanjianError: what it said when it failed.
    """
    # A file takes whatever it has to say besides; a pipe nobody reads yet would stop it.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as words,
        subprocess.Popen(
            [sys.executable, "-m", f"crawler.{program}", *arguments],
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # a Ctrl-C reaches it once, from us: twice would cut it off
        ) as process,
    ):
        assert process.stdout is not None
        try:
            yield from process.stdout
            process.wait()
        except BaseException:
            process.send_signal(signal.SIGTERM)  # a crawl closes its run and its archive
            try:
                process.wait(_CHILD_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
        words.seek(0)
        said = words.read()
    for line in said.splitlines():
        if line.startswith("warning: "):
            print(line, file=sys.stderr)  # noqa: T201  # its own words
    if process.returncode != 0:
        raise crawl_error(said)


def run_crawler(program: str, *arguments: str) -> None:
    """Run a program of the crawler's with our own streams.

    Raises:
        SystemExit: with its exit code where that is not 0; it has said why itself.
    """
    command = [sys.executable, "-m", f"crawler.{program}", *arguments]
    sys.stdout.flush()  # our own words come before its
    code = subprocess.run(command, check=False).returncode
    if code:
        raise SystemExit(code)


def crawl_error(said: str) -> XuanjianError:
    """The error line of a process of the crawler's as an error of ours."""
    last = [line for line in said.splitlines() if line.strip()][-1:] or ["the crawl stopped"]
    message, _, rest = last[0].removeprefix("error: ").partition(" [")
    slug, _, hint = rest.partition("]")
    return XuanjianError(
        message, slug or "crawl-failed", hint.strip() or "Run it again; known pages are kept."
    )
