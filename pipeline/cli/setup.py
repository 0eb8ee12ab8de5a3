"""``xuanjian init`` and ``xuanjian doctor``: a place to work in, and a machine fit for it."""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.config import CONFIG_NAME, Workspace, shipped
from pipeline.errors import XuanjianError

if TYPE_CHECKING:
    from pipeline.store.plans import StoredPlan

__all__ = ["doctor_command", "init_command"]

_LOW_SPACE = 1_000_000_000


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def init_command(folder: Path) -> None:
    """Make a workspace in FOLDER: settings, sources/, plans/, archive/ and the database."""
    from pipeline.store.store import Store

    workspace = Workspace.create(folder)
    with Store.open(workspace.database_url):
        pass
    click.echo(f"Workspace made: {workspace.path}")
    click.echo(f"Next: cd {folder} && xuanjian plan use PLAN.docx, then import or crawl news.")


@dataclass(frozen=True)
class _Finding:
    ok: bool
    what: str
    remedy: str = ""


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor_command(workspace: Path, as_json: bool) -> None:
    """Say what is missing or wrong on this machine; exit 2 when something is."""
    findings = [*_machine(), *_workspace(workspace)]
    if as_json:
        import json

        rows = [{"ok": f.ok, "what": f.what, "remedy": f.remedy} for f in findings]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            mark = click.style("ok ", fg="green") if finding.ok else click.style("BAD", fg="red")
            click.echo(f"{mark}  {finding.what}")
            if not finding.ok and finding.remedy:
                click.echo(f"     {finding.remedy}")
    if not all(finding.ok for finding in findings):
        sys.exit(2)


def _machine() -> Iterator[_Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield _Finding(sys.version_info >= (3, 11), f"Python {version}", "Use Python 3.11 or newer.")
    yield _Finding(
        sqlite3.sqlite_version_info >= (3, 35),
        f"SQLite {sqlite3.sqlite_version}",
        "Use SQLite 3.35 or newer.",
    )
    for module, purpose in (
        ("scrapy", "crawling"),
        ("sklearn", "training"),
        ("jieba", "words"),
        ("lxml", "pages"),
        ("docx", "Word documents"),
        ("xlsxwriter", "Excel reports"),
    ):
        yield _Finding(
            importlib.util.find_spec(module) is not None,
            f"{module} for {purpose}",
            "Install Xuanjian again; a package is missing.",
        )
    try:
        folder = shipped("models") / "base"
        from pipeline.classify.bundle import open_bundle

        open_bundle(folder)
        yield _Finding(True, f"base model in {folder}")
    except XuanjianError as error:
        yield _Finding(False, f"base model: {error.message}", error.hint)
    for tool, purpose in (("soffice", "reading .doc and .wps"), ("chromium", "browser tests")):
        if shutil.which(tool) is None:
            yield _Finding(True, f"{tool} is absent (optional: {purpose})")


def _workspace(path: Path) -> Iterator[_Finding]:
    from pipeline.store.store import Store

    try:
        workspace = Workspace.open(path)
    except XuanjianError as error:
        missing = error.slug == "workspace-missing"
        yield _Finding(missing, f"workspace: {error.message}", error.hint)
        return
    yield _Finding(True, f"workspace {workspace.path} ({CONFIG_NAME} is valid)")
    free = shutil.disk_usage(workspace.path).free
    yield _Finding(
        free > _LOW_SPACE, f"{free // 1_000_000} MB free there", "Free some space before crawling."
    )
    yield from _sources(workspace)
    try:
        with Store.open(workspace.database_url) as store:
            store.check()
            with store.begin() as session:
                from pipeline.store.items import count_items
                from pipeline.store.plans import list_plans

                stored = list_plans(session)
                plans = ", ".join(p.name for p in stored) or "none"
                yield _Finding(True, f"database: {count_items(session)} items, plans: {plans}")
                yield from _models(workspace, stored)
                from pipeline.store.runs import last_crawls
                from pipeline.store.search import waiting

                if not last_crawls(session) and any(workspace.archive.glob("*.warc.gz")):
                    yield _Finding(
                        False,
                        "database: it knows of no crawl, but the archive holds pages of some",
                        "Was it lost, or emptied? Put your copy of it back: docs/operating.md.",
                    )

                if left := waiting(session):
                    yield _Finding(
                        False,
                        f"search: {left.done} of {left.total} older items are indexed",
                        "Run xuanjian search index; it can be stopped and goes on where it was.",
                    )
    except XuanjianError as error:
        yield _Finding(False, f"database: {error.message}", error.hint)


def _models(workspace: Workspace, plans: Sequence[StoredPlan]) -> Iterator[_Finding]:
    """Whether the models in use can be used; nothing is classified where one cannot."""
    if not workspace.models.is_dir():
        return
    from pipeline.classify.registry import ModelRegistry
    from pipeline.deciding import deciding

    try:
        registry = ModelRegistry(workspace.models)
        schemes = {(use.plan, use.scheme) for use in registry.uses()}
        in_use = sorted(place for place in schemes if registry.in_use(*place))
    except XuanjianError as error:
        yield _Finding(False, f"models: {error.message}", error.hint)
        return
    by_name = {one.name: one.plan for one in plans}
    for name, scheme in in_use:
        if name not in by_name:
            continue
        try:
            model = deciding(workspace, by_name[name], name, scheme).name
            yield _Finding(True, f"model {model} decides {name} ({scheme})")
        except XuanjianError as error:
            yield _Finding(False, f"model of {name} ({scheme}): {error.message}", error.hint)


def _sources(workspace: Workspace) -> Iterator[_Finding]:
    """Whether every declaration can be used; the crawler leaves out one that cannot."""
    from contextlib import closing

    import msgspec

    from pipeline.crawling import crawler_lines
    from pipeline.declared import Declared

    if not any(workspace.sources.glob("*.toml")):
        return
    asked = ("--workspace", str(workspace.path), "sources")
    try:
        with closing(crawler_lines("telling", *asked)) as lines:
            declared = [msgspec.json.decode(line, type=Declared) for line in lines]
    except XuanjianError as error:
        yield _Finding(False, f"sources: {error.message}", error.hint)
        return
    usable = sum(one.mistake is None for one in declared)
    yield _Finding(True, f"{usable} of {len(declared)} declared sources can be crawled")
    for one in declared:
        if one.mistake is not None:
            what = f"{workspace.sources.name}/{one.file}: {one.mistake.message}"
            yield _Finding(False, what, one.mistake.hint)
