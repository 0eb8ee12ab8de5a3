"""``xuanjian demo``: the whole job on sample sites, offline, in under a minute.

Hides: where the sample sites, plan and decisions come from. It is the one place of this
package that knows ``samples``; everything it does is a step that a verb does too.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import steps
from pipeline.cli.progress import progress_line
from pipeline.config import CONFIG_NAME, Workspace, writing
from pipeline.coverage.gather import AuditOptions, coverage_report
from pipeline.coverage.report import CoverageReport
from pipeline.errors import BadInput, DiskTrouble
from pipeline.news import item_id

if TYPE_CHECKING:
    from pipeline.store.store import Store

__all__ = ["demo_command"]

MARK = ".xuanjian-demo"
"""A file in a folder that an earlier demo made, and that a new one may therefore clear."""

PLAN_NAME = "2025"
FIRST_DAY = "2025-01-01"
"""The sample plan's first day: lists that end after it are known to be complete from there."""


@click.command("demo")
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("demo"), required=False
)
def demo_command(folder: Path) -> None:
    """Offline tour: serve three sample sites on loopback, crawl them, map the news to a sample
    plan, and write the coverage report into FOLDER (default: demo).
    """
    from samples.serve import DEFAULT_PORTS, serve

    started = time.monotonic()
    _clear(folder)
    workspace = _make_workspace(folder)
    with serve(DEFAULT_PORTS) as bases:
        _declare_sources(workspace, dict(bases))
        with _step("采集三个样例网站") as progress:
            steps.crawl(workspace, (), FIRST_DAY, progress)
        with steps.open_store(workspace.path) as (_, store):
            with _step("读取方案并归类"):
                stored = steps.store_plan(store, workspace.plans / "plan.txt", PLAN_NAME)
            with _step("归类报道") as progress:
                model = steps.model_folder(workspace, None)
                steps.classify_stories(store, stored, "", model, progress)
            with _step("导入示例复核"):
                _import_reviews(store, stored.id, dict(bases))
            with _step("核算覆盖并写报告"), store.begin() as session:
                report = coverage_report(session, stored, AuditOptions())
    _write_reports(report, folder)
    _say_goodbye(report, folder, time.monotonic() - started)


def _clear(folder: Path) -> None:
    """Empty what an earlier demo left; refuse a folder that holds anything else."""
    if not folder.exists():
        return
    if not (folder / MARK).is_file():
        if any(folder.iterdir()):
            raise BadInput(
                f"{folder} is not empty and no earlier demo made it",
                "demo-folder-used",
                "Name another folder: xuanjian demo DIR.",
            )
        return
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "clearing", folder) from error


def _make_workspace(folder: Path) -> Workspace:
    from samples.articles import FOLDER as SAMPLES

    workspace = Workspace.create(
        folder, {"crawl.allow_private": True, "crawl.delay": 0.0, "plan.default": PLAN_NAME}
    )
    with writing(workspace.path / MARK) as out:
        out.write(f"Made by xuanjian demo; running it again clears this folder ({CONFIG_NAME}).\n")
    with writing(workspace.plans / "plan.txt") as out:
        out.write((SAMPLES / "plan.txt").read_text(encoding="utf-8"))
    return workspace


def _declare_sources(workspace: Workspace, bases: dict[str, str]) -> None:
    from samples.articles import FOLDER as SAMPLES

    for name, base in bases.items():
        declaration = (SAMPLES / "sources" / f"{name}.toml").read_text(encoding="utf-8")
        with writing(workspace.sources / f"{name}.toml") as out:
            out.write(declaration.replace("{base}", base))


def _import_reviews(store: Store, plan_id: int, bases: dict[str, str]) -> None:
    """The sample reviewer's decisions, about the publications they were made on."""
    from pipeline.store.assignments import Review, add_reviews
    from samples.articles import read_reviews, sample_corpus
    from samples.sites import address

    written = {item.key: item for item in sample_corpus().publications}
    reviews = []
    for decision in read_reviews():
        item = written[decision.key]
        url = bases[item.site] + address(item)
        reviews.append(
            Review(
                item=item_id(url, "", "", None),
                themes=decision.themes,
                not_themes=decision.not_themes,
                reviewer=decision.reviewer,
                at=decision.date.isoformat(),
            )
        )
    with store.begin() as session:
        add_reviews(session, plan_id, reviews)


def _write_reports(report: CoverageReport, folder: Path) -> None:
    from pipeline.reports import write_report

    for name in ("html", "xlsx", "json"):
        write_report(report, name, folder)


@contextmanager
def _step(doing: str) -> Iterator[Callable[[str, int], None]]:
    started = time.monotonic()
    with progress_line(doing) as progress:
        yield progress
    click.echo(f"✓ {doing}（{time.monotonic() - started:.1f} 秒）", err=True)


def _say_goodbye(report: CoverageReport, folder: Path, seconds: float) -> None:
    from pipeline.reports.terminal import summary_lines

    click.echo("")
    for line in summary_lines(report):
        click.echo(line)
    click.echo("")
    for name in ("report.html", "report.xlsx", "report.json"):
        click.echo(f"  {folder / name}")
    click.echo(f"用时 {seconds:.0f} 秒。再看一遍：cd {folder} && xuanjian coverage")
