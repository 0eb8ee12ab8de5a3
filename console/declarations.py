"""Declarations of sources in the console: what stands in their files, tried and changed.

Hides: that the crawler is another program, which is asked in a process of its own; that its answer about
all files is kept until a file or a setting changed; and how a file is written and taken back.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from console.desk import Desk
from console.language import _
from pipeline import crawling
from pipeline.config import CONFIG_NAME, Workspace, writing
from pipeline.declared import Checked, Declared, Proposed, Tried
from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.news import Level

__all__ = [
    "check_text",
    "declared",
    "declared_as",
    "pause_in",
    "previous_text",
    "propose_from",
    "save_text",
    "text_of",
    "try_text",
]

LONGEST = 60_000
"""Characters of a declaration; the longest shipped has 3 000."""
COLUMNS_TRIED = 5
"""Columns of a declaration that are tried: each is a request to the site."""

_PAUSED = re.compile(r"^[ \t]*paused[ \t]*=.*\n?", re.MULTILINE)
_Record = TypeVar("_Record", bound=msgspec.Struct)

_lock = threading.Lock()
_kept: dict[Path, tuple[object, tuple[Declared, ...]]] = {}


def declared(desk: Desk) -> tuple[Declared, ...]:
    """Every declaration of the workspace, by name of its file.

    Raises:
        XuanjianError: what the crawler says of the settings or the database.
    """
    folder = desk.workspace.path
    with _lock:
        state = _state(desk)
        kept = _kept.get(folder)
        if kept is None or kept[0] != state:
            found = _asked(desk.workspace, Declared, "sources")
            kept = _kept[folder] = (state, tuple(sorted(found, key=lambda one: one.file)))
    return kept[1]


def declared_as(desk: Desk, source: str) -> Declared:
    """The declaration of a source, by its id.

    Raises:
        XuanjianError: ``source-missing``.
    """
    for one in declared(desk):
        if one.id == source:
            return one
    raise XuanjianError(
        _("没有声明这个来源：%(id)s") % {"id": source[:80]},
        "source-missing",
        _("请从采集来源的列表里选择。"),
    )


def text_of(workspace: Workspace, file: str) -> str:
    """What stands in a declaration's file.

    Raises:
        DiskTrouble: it cannot be read.
    """
    return _read(workspace.sources / file)


def previous_text(workspace: Workspace, file: str) -> str:
    """What stood there before the last change of the console's; '' for nothing."""
    path = _previous(workspace, file)
    return _read(path) if path.is_file() else ""


def save_text(workspace: Workspace, file: str, text: str) -> None:
    """Write a declaration whole; what stood there before is kept for one step back.

    Raises:
        DiskTrouble: it cannot be written.
    """
    path = workspace.sources / file
    if path.is_file():
        with writing(_previous(workspace, file)) as out:
            out.write(_read(path))
    with writing(path) as out:
        out.write(text)


def pause_in(text: str, paused: bool) -> str:
    """The declaration with the source paused or not; all else stays as it is written.

    >>> pause_in('id = "a"\\n', True)
    'paused = true\\nid = "a"\\n'
    >>> pause_in('paused = true\\nid = "a"\\n', False)
    'id = "a"\\n'
    """
    head, bracket, tables = text.partition("[[")
    head = _PAUSED.sub("", head)
    return ("paused = true\n" if paused else "") + head + bracket + tables


def check_text(workspace: Workspace, text: str) -> Checked:
    """Read a declaration as the crawler would; asks no site."""
    with _as_file(text) as path:
        (checked,) = _asked(workspace, Checked, "check", str(path))
    return checked


def try_text(workspace: Workspace, text: str) -> tuple[Checked, tuple[Tried, ...]]:
    """Read a declaration and ask its sites for its lists, the first page of each; stores nothing."""
    checked = check_text(workspace, text)
    tried: list[Tried] = []
    with _as_file(text) as path:
        for column in checked.columns[:COLUMNS_TRIED]:
            tried += _asked(workspace, Tried, "try", str(path), f"--column={column}")
    return checked, tuple(tried)


def propose_from(workspace: Workspace, url: str, name: str, level: Level | None) -> Proposed:
    """A declaration proposed from a list page, and what it would collect; without a level it is told
    by the name.

    Raises:
        BadInput: ``url-bad``.
        XuanjianError: ``page-not-fetched``.
    """
    if not url.startswith(("http://", "https://")):
        raise BadInput(
            _("网址要以 http:// 或 https:// 开头"), "url-bad", _("请从浏览器的地址栏复制。")
        )
    words = [f"--name={name}", *([f"--level={level}"] if level else [])]
    (proposed,) = _asked(workspace, Proposed, "new", url, *words)
    return proposed


def _asked(
    workspace: Workspace, kind: type[_Record], verb: str, *arguments: str
) -> tuple[_Record, ...]:
    command = ("--workspace", str(workspace.path), verb, *arguments)
    with closing(crawling.crawler_lines("telling", *command)) as lines:
        return tuple(msgspec.json.decode(line, type=kind) for line in lines)


def _state(desk: Desk) -> tuple[Any, ...]:
    """What the crawler's answer depends on."""
    folder = desk.workspace.sources
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    return tuple(
        (path.name, facts.st_mtime_ns, facts.st_size)
        for path in (*files, desk.workspace.path / CONFIG_NAME)
        for facts in (path.stat(),)
    )


def _previous(workspace: Workspace, file: str) -> Path:
    return workspace.sources / "previous" / file


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error


@contextmanager
def _as_file(text: str) -> Iterator[Path]:
    """A declaration in a file of its own, for the crawler to read."""
    with tempfile.TemporaryDirectory(prefix="xuanjian-declaration-") as folder:
        path = Path(folder) / "declaration.toml"
        path.write_text(text, encoding="utf-8", newline="\n")
        yield path
