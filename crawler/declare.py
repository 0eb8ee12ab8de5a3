"""``python -m crawler.declare new|check|shipped|take``: declarations proposed, tried and taken over.

Hides: where a page comes from, a file or the network, and where shipped declarations lie. ``new``
proposes a declaration and shows what it would collect; ``check`` shows what a declaration reads from a
saved page; ``shipped`` lists those that come with Xuanjian as JSON lines, ``take`` copies some into the
workspace. None stores news.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from crawler.listing import read_list
from crawler.proposing import propose, readable
from crawler.source_folder import SHIPPED, choose_sources, load_sources
from crawler.sources import Source, read_source
from pipeline.config import CONFIG_NAME, Settings, Workspace, writing
from pipeline.errors import BadInput, DiskTrouble, XuanjianError

__all__ = ["main"]


def _new(options: argparse.Namespace) -> int:
    target: str = options.target
    if target.startswith(("http://", "https://")):
        from crawler.fetching import fetch_page

        fetched = fetch_page(_address(target), _settings(options.workspace))
        raw, url, kind = fetched.raw, fetched.url, fetched.content_type
    else:
        raw, url, kind = _read(Path(target)), _address(options.url), ""
    taken = load_sources(options.workspace / "sources").names
    proposal = propose(raw, url, name=options.name, content_type=kind, taken=taken)
    shown = readable(proposal.page, proposal.source.columns[0], proposal.notes)
    out: Path | None = options.output
    if out is None:
        sys.stdout.buffer.write(f"{shown}\n{proposal.declaration}".encode())
        return 0
    if out.exists():
        raise BadInput(
            f"{out} is there already", "source-file-exists", "Choose another name, or remove it."
        )
    with writing(out) as stream:
        stream.write(proposal.declaration)
    sys.stdout.buffer.write(f"{shown}已写入 {out}\n".encode())
    return 0


def _check(options: argparse.Namespace) -> int:
    """Show what the columns of a declaration read from a saved page: the one it is of, or all."""
    source = _named(options.source, options.workspace)
    raw = _read(options.page)
    chosen = [c for c in source.columns if options.column in ("", c.name)]
    if not chosen:
        raise BadInput(
            f"{source.id} has no column {options.column}; it has: "
            + ", ".join(column.name for column in source.columns),
            "source-missing",
            "Name one of these with --column.",
        )
    found = False
    for column in chosen:
        url = options.url or column.url
        page = read_list(raw, url, column=column, source=source)
        found = found or bool(page.links)
        said = f"{source.name}（{source.id}）· {column.name}\n{readable(page, column)}"
        sys.stdout.buffer.write(said.encode())
    return 0 if found else 2


def _shipped(options: argparse.Namespace) -> int:
    """Print a JSON line for every shipped declaration."""
    own = load_sources(options.workspace / "sources")
    for source in load_sources(SHIPPED).good.values():
        line = {
            "id": source.id,
            "name": source.name,
            "level": source.level,
            "channel": source.channel,
            "columns": [column.name for column in source.columns],
            "address": source.columns[0].url if source.columns else "",
            "taken": source.id in own.good or source.id in own.bad,
        }
        sys.stdout.buffer.write(f"{json.dumps(line, ensure_ascii=False)}\n".encode())
    return 0


def _take(options: argparse.Namespace) -> int:
    """Copy shipped declarations into the workspace; those it has already stay as they are."""
    shipped = load_sources(SHIPPED).good
    for name in options.source:
        if name not in shipped:
            raise BadInput(
                f"no source {name} is shipped",
                "source-missing",
                f"Shipped are: {', '.join(sorted(shipped))}.",
            )
    for name in options.source:
        out = options.workspace / "sources" / f"{name}.toml"
        if not out.exists():
            text = _read(Path(shipped[name].path)).decode()
            with writing(out) as stream:
                stream.write(text)
    return 0


def _named(name: str, workspace: Path) -> Source:
    if name.endswith(".toml"):
        return read_source(Path(name))
    return choose_sources(workspace / "sources", [name]).sources[0]


def _settings(folder: Path) -> Settings:
    """A workspace's settings; the defaults outside of one."""
    inside = (folder / CONFIG_NAME).is_file()
    return Workspace.open(folder).settings if inside else Settings.defaults()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise BadInput(
            f"a saved page needs the address it was saved from, got {url!r}",
            "url-bad",
            "Give it with --url, as the browser shows it, beginning with http:// or https://.",
        )
    return url


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see ``--help``."""
    parser = argparse.ArgumentParser(prog="python -m crawler.declare", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=Path(), help="the workspace's folder")
    verbs = parser.add_subparsers(required=True)
    new = verbs.add_parser("new")
    new.add_argument("target", help="address of a list page, or a saved one")
    new.add_argument("--url", default="", help="the address a saved page is of")
    new.add_argument("--name", default="", help="what the source is called")
    new.add_argument("-o", "--output", type=Path, help="write the declaration there")
    new.set_defaults(verb=_new)
    check = verbs.add_parser("check")
    check.add_argument("source", help="id of a source, or a .toml file")
    check.add_argument("--page", type=Path, required=True, help="a saved list page")
    check.add_argument("--url", default="", help="its address; the column's own without")
    check.add_argument("--column", default="", help="only this column")
    check.set_defaults(verb=_check)
    verbs.add_parser("shipped").set_defaults(verb=_shipped)
    take = verbs.add_parser("take")
    take.add_argument("source", nargs="+", help="id of a shipped source")
    take.set_defaults(verb=_take)
    options = parser.parse_args(arguments)
    try:
        code: int = options.verb(options)
    except XuanjianError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
