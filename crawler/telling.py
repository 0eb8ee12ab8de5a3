"""``python -m crawler.telling sources|check|try|new``: declarations told to another program, in JSON.

Hides: how a mistake finds its line. Every answer is one line of the
records of ``pipeline.declared``; what is wrong with a declaration is an answer, not an error. A page
is asked for by the rules of a crawl, one page a process.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from crawler.listing import ListPage, read_list
from crawler.proposing import propose, system_of
from crawler.source_folder import load_sources
from crawler.sources import Column, Source, read_source
from pipeline.config import Workspace
from pipeline.declared import Checked, Declared, Mistake, Proposed, Tried, TriedRow
from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.news import LEVEL_NAMES
from pipeline.timing import schedule_of

__all__ = ["line_of", "main"]

_ROWS = 100
_CELL = 500
_WHERE = re.compile(r"(?:unknown key )?(?:(columns|extractors)\[(\d+)\]\.)?([a-z_]+)\b")


def line_of(text: str, message: str) -> int:
    """The line (from 1) of a declaration that a message about it speaks of; 0 for none.

    >>> line_of('id = "a"\\n[[columns]]\\nname = "b"\\nrows = "<"\\n', "columns[1].rows must be a rule")
    4
    """
    if told := re.search(r"at line (\d+)", message):
        return int(told[1])
    if "at end of document" in message:
        return len(text.splitlines())
    found = _WHERE.match(message)
    if not found:
        return 0
    table, count, key = found[1], int(found[2] or 0), found[3]
    within, heads = "", 0
    head_at = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if head := re.match(r"\s*\[\[?\s*([a-z_]+)", line):
            within = head[1]
            heads += within == (table or key)
            if (within, heads) == (table, count) or within == key:
                head_at = head_at or number
        elif (within, heads) == (table or "", count) and re.match(rf"\s*{key}\s*=", line):
            return number
    return head_at


def _mistake(error: XuanjianError, path: Path, text: str = "") -> Mistake:
    message = error.message.removeprefix(f"{path}: ").removeprefix(f"{path} ")
    return Mistake(
        message=message,
        slug=error.slug,
        hint=error.hint,
        line=line_of(text, message) if text else 0,
    )


def _sources(options: argparse.Namespace) -> Iterator[msgspec.Struct]:
    workspace = Workspace.open(options.workspace)
    schedule = schedule_of(workspace.settings)
    found = load_sources(workspace.sources)
    for source in found.good.values():
        yield Declared(
            file=Path(source.path).name,
            id=source.id,
            name=source.name,
            level=source.level,
            channel=source.channel,
            columns=tuple(column.name for column in source.columns),
            addresses=tuple(column.url for column in source.columns),
            schedule=schedule if source.schedule is None else source.schedule,
            timezone=source.timezone,
            paused=source.paused,
        )
    for stem, error in found.bad.items():
        path = workspace.sources / f"{stem}.toml"
        yield Declared(file=path.name, mistake=_mistake(error, path, _text(path)))


def _check(options: argparse.Namespace) -> Iterator[msgspec.Struct]:
    path: Path = options.file
    try:
        source = read_source(path)
    except (BadInput, DiskTrouble) as error:
        yield Checked(mistake=_mistake(error, path, _text(path)))
        return
    columns = tuple(column.name for column in source.columns)
    yield Checked(id=source.id, name=source.name, columns=columns)


def _try(options: argparse.Namespace) -> Iterator[msgspec.Struct]:
    source = read_source(options.file)
    column = {column.name: column for column in source.columns}.get(options.column)
    if column is None:
        raise BadInput(f"{source.id} has no column {options.column}", "source-missing", "Name one.")
    from crawler.fetching import fetch_page  # here: Scrapy takes a second to load

    try:
        fetched = fetch_page(column.url, Workspace.open(options.workspace).settings)
    except BadInput as error:
        mistake = Mistake(message=error.message, slug=error.slug, hint=error.hint)
        yield Tried(column=column.name, url=column.url, mistake=mistake)
        return
    page = read_list(
        fetched.raw, fetched.url, column=column, source=source, content_type=fetched.content_type
    )
    yield _tried(source, column, page, ())


def _new(options: argparse.Namespace) -> Iterator[msgspec.Struct]:
    from crawler.fetching import fetch_page

    workspace = Workspace.open(options.workspace)
    fetched = fetch_page(options.url, workspace.settings)
    proposal = propose(
        fetched.raw,
        fetched.url,
        name=options.name,
        level=options.level,
        content_type=fetched.content_type,
        taken=load_sources(workspace.sources).names,
    )
    column = proposal.source.columns[0]
    yield Proposed(
        declaration=proposal.declaration,
        tried=_tried(proposal.source, column, proposal.page, proposal.notes),
    )


def _tried(source: Source, column: Column, page: ListPage, notes: Sequence[str]) -> Tried:
    undated = sum(link.date is None for link in page.links)
    said = list(notes)
    if not notes and not page.links:
        said.append("没有读到任何条目：请核对列表规则 rows、网址规则 include。")
    elif not notes and undated:
        said.append(f"{undated} 条没有日期：无法凭列表确认无漏采时段。")
    if len(page.links) > _ROWS:
        said.append(f"只列出前 {_ROWS} 条，共 {len(page.links)} 条。")
    outside = sum(not source.allows(link.url) and link.kind == "article" for link in page.links)
    if outside:
        said.append(f"{outside} 条在 hosts 之外，不会采集。")
    return Tried(
        column=column.name,
        url=column.url,
        system=system_of(page),
        rules=column.rows or "自动识别",
        next_page=page.next_url or "",
        last=bool(page.last),
        rows=tuple(
            TriedRow(
                date=link.date or "", title=link.title[:_CELL], url=link.url[:2000], kind=link.kind
            )
            for link in page.links[:_ROWS]
        ),
        notes=tuple(said),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # that it cannot be read is what the mistake says


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see ``--help``."""
    parser = argparse.ArgumentParser(prog="python -m crawler.telling", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=Path(), help="the workspace's folder")
    verbs = parser.add_subparsers(required=True)
    verbs.add_parser("sources").set_defaults(tell=_sources)
    check = verbs.add_parser("check")
    check.add_argument("file", type=Path, help="a declaration")
    check.set_defaults(tell=_check)
    tried = verbs.add_parser("try")
    tried.add_argument("file", type=Path, help="a declaration")
    tried.add_argument("--column", required=True, help="the column whose list is asked for")
    tried.set_defaults(tell=_try)
    new = verbs.add_parser("new")
    new.add_argument("url", help="address of a list page")
    new.add_argument("--name", default="", help="what the source is called")
    new.add_argument("--level", choices=LEVEL_NAMES, help="its level, where the name does not tell")
    new.set_defaults(tell=_new)
    options = parser.parse_args(arguments)
    try:
        for told in options.tell(options):
            sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    except XuanjianError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
