"""``xuanjian classify``: map news to a plan's themes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO

import click

from pipeline.cli import steps
from pipeline.cli.progress import progress_line
from pipeline.config import Workspace, replacing
from pipeline.errors import DiskTrouble, XuanjianError
from pipeline.news import NewsItem
from pipeline.plan.model import Plan

__all__ = ["classify_command"]


@click.command("classify")
@click.option("--plan", default="", help="Plan document, plan file (.toml) or stored name.")
@click.option("--scheme", default="", help="focus_area, chapter, section .. (default: the main).")
@click.option("--model", type=click.Path(path_type=Path), help="Model folder.")
@click.option("--items", "items_file", default="", help="Items JSONL, CSV or XLSX; - for stdin.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Assignments JSONL.")
@click.option("--jobs", default=1, show_default=True, help="Processes to work in.")
@click.pass_obj
def classify_command(
    workspace: Path,
    plan: str,
    scheme: str,
    model: Path | None,
    items_file: str,
    output: Path | None,
    jobs: int,
) -> None:
    """Map news to a plan's themes.

    With --items: that file's items, to -o or standard output; no workspace is needed.
    Without: all stories of the workspace, into its store.

    \b
    Examples:
      xuanjian classify --plan plan.docx --items news.jsonl -o out.jsonl
      xuanjian classify --plan 2025
    """
    if items_file:
        _classify_file(workspace, plan, scheme, model, items_file, output, jobs)
        return
    if output is not None:
        raise click.UsageError("-o goes with --items")
    with steps.open_store(workspace) as (place, store), progress_line("归类") as progress:
        stored = steps.resolve_plan(store, place, plan)
        folder = steps.model_folder(place, model)
        stories, hit = steps.classify_stories(store, stored, scheme, folder, progress, jobs)
    click.echo(f"{stored.name}：{stories} 篇报道，{hit} 篇归入条目，{stories - hit} 篇未归入")


def _classify_file(
    workspace: Path,
    plan_name: str,
    scheme: str,
    model: Path | None,
    items_file: str,
    output: Path | None,
    jobs: int,
) -> None:
    from pipeline.classify.bundle import open_bundle
    from pipeline.classify.classifier import ThemeClassifier
    from pipeline.classify.profiles import profiles_of
    from pipeline.plan.schemes import choose_scheme

    place, plan = _plan_without_store(workspace, plan_name)
    scheme, _ = choose_scheme(plan, scheme)
    bundle = open_bundle(steps.model_folder(place, model))
    classifier = ThemeClassifier(bundle, profiles_of(plan, scheme, bundle))
    count = hit = 0
    target = nullcontext(None) if output is None else replacing(output)
    with progress_line("归类") as progress, target as temporary, _sink(temporary) as out:
        for result in classifier.classify(_items(items_file), jobs=jobs):
            out.write(result.to_jsonl())
            count += 1
            hit += any(theme.assigned for theme in result.themes)
            progress("items", count)
    click.echo(f"{count} 条，{hit} 条归入条目，{count - hit} 条未归入", err=True)


def _plan_without_store(workspace: Path, wanted: str) -> tuple[Workspace | None, Plan]:
    """A plan by file needs no workspace; by name it does."""
    if wanted and Path(wanted).is_file():
        try:
            place = Workspace.open(workspace)
        except XuanjianError as error:
            if error.slug != "workspace-missing":
                raise
            place = None
        return place, steps.read_plan_file(Path(wanted)).plan
    if Path(wanted).suffix:
        raise DiskTrouble(f"{wanted} does not exist", "file-missing", "Check the path.")
    with steps.open_store(workspace) as (found, store):
        return found, steps.resolve_plan(store, found, wanted).plan


def _items(items_file: str) -> Iterator[NewsItem]:
    from pipeline.news_files import iter_items, read_jsonl

    if items_file == "-":
        return read_jsonl(sys.stdin.buffer, "standard input")
    return iter_items(Path(items_file))


def _sink(temporary: Path | None) -> IO[bytes] | nullcontext[IO[bytes]]:
    if temporary is None:
        return nullcontext(sys.stdout.buffer)
    return temporary.open("wb")
