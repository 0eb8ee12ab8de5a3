"""``xuanjian demo``: the whole job on sample sites, offline, in under a minute.

Hides: where the sample sites, plan and decisions come from. It is the one place of this
package that knows ``samples``; all it does but the sample reviewer's decisions is a step that a
verb does too.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import crawling, steps
from pipeline.cli.progress import progress_line
from pipeline.config import Workspace, writing
from pipeline.coverage.assemble import period_report
from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.report import STATE_NAMES, CoverageReport
from pipeline.deciding import deciding
from pipeline.errors import BadInput, DiskTrouble
from pipeline.news import item_id

if TYPE_CHECKING:
    from pipeline.store.store import Store

__all__ = ["demo_command"]

MARK = ".xuanjian-demo"
"""A file that lists what an earlier demo made, with hashes: only that may be cleared."""

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
    folder = folder.resolve()
    _clear(folder)
    workspace = _make_workspace(folder)
    with serve(DEFAULT_PORTS) as bases:
        _declare_sources(workspace, dict(bases))
        with _step("采集三个样例网站") as progress:
            crawling.crawl(workspace, (), FIRST_DAY, progress)
        with steps.open_store(workspace.path) as (_, store):
            with _step("登记采不到的媒体和被拦截的栏目"):
                _hand_in(store, folder / "handed-in", dict(bases))
            with _step("读取方案并归类"):
                stored = steps.store_plan(store, workspace.plans / "plan.txt", PLAN_NAME)
            with _step("归类报道") as progress:
                chosen = deciding(workspace, stored.plan, stored.name, "")
                steps.classify_stories(store, stored, chosen, progress)
            with _step("导入示例复核"):
                _import_reviews(store, stored.id, dict(bases))
            with _step("核算覆盖并写报告"), store.begin() as session:
                report = period_report(session, stored, AuditOptions.of(workspace.settings))
    _write_reports(report, folder)
    _leave_mark(folder)
    _say_goodbye(report, folder, time.monotonic() - started)


def _clear(folder: Path) -> None:
    """Remove what an earlier demo made, if nobody has worked in it since; refuse otherwise."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not folder.is_dir() or not _is_untouched(folder) or Path.cwd().is_relative_to(folder):
        raise BadInput(
            f"{folder} holds more than an untouched earlier demo",
            "demo-folder-used",
            "Name another folder: xuanjian demo DIR.",
        )
    try:
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "clearing", folder) from error


def _is_untouched(folder: Path) -> bool:
    try:
        made = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(made, dict) and made == _contents(folder)


def _leave_mark(folder: Path) -> None:
    made = _contents(folder)
    with writing(folder / MARK) as out:
        json.dump(made, out, indent=1)


def _contents(folder: Path) -> dict[str, str]:
    """Every file below ``folder`` but the mark, with its hash; a link is no file of ours."""
    return {
        str(path.relative_to(folder)): (
            "link" if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
        )
        for path in sorted(folder.rglob("*"))
        if (path.is_symlink() or path.is_file()) and path.name != MARK
    }


def _make_workspace(folder: Path) -> Workspace:
    from samples.articles import FOLDER as SAMPLES

    workspace = Workspace.create(
        folder,
        {
            "crawl.allow_private": True,
            "crawl.delay": 0.0,
            "plan.default": PLAN_NAME,
            # Ten months of made-up news are few: one story a quarter is asked for.
            "coverage.bar": 1,
        },
    )
    with writing(workspace.plans / "plan.txt") as out:
        out.write((SAMPLES / "plan.txt").read_text(encoding="utf-8"))
    return workspace


def _declare_sources(workspace: Workspace, bases: dict[str, str]) -> None:
    from samples.articles import FOLDER as SAMPLES

    for name, base in bases.items():
        declaration = (SAMPLES / "sources" / f"{name}.toml").read_text(encoding="utf-8")
        with writing(workspace.sources / f"{name}.toml") as out:
            out.write(declaration.replace("{base}", base))


def _hand_in(store: Store, folder: Path, bases: dict[str, str]) -> None:
    """The lists that the sample office writes off by hand, with its word for the days they hold."""
    from samples.handed_in import read_handed_in

    folder.mkdir()
    for handed in read_handed_in():
        table = folder / handed.path.name
        with writing(table) as out:
            out.write(handed.text(bases))
        word = steps.Vouched(
            handed.first.isoformat(), handed.last.isoformat(), handed.by, handed.column
        )
        steps.import_files(store, [table], handed.medium, word, handed.carrier)


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
    from pipeline.reports.wording import full_title, sentence

    click.echo("")
    for line in summary_lines(report):
        click.echo(line)
    click.echo("其余条目：")
    for theme in report.worst_first()[1:]:
        click.echo(f"  {full_title(theme)}，{STATE_NAMES[theme.state]}。{sentence(theme.reason)}")
    click.echo("")
    for name in ("report.html", "report.xlsx", "report.json"):
        click.echo(f"  {_short(folder / name)}")
    click.echo(
        f"用时 {seconds:.0f} 秒。再看一遍：cd {_short(folder)} && xuanjian coverage；在浏览器里看：xuanjian serve"
    )


def _short(path: Path) -> str:
    """``path`` as a person would type it from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
