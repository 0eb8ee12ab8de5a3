"""``xuanjian classify``: map news to a plan's themes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from pipeline import steps
from pipeline.cli.progress import progress_line
from pipeline.cli.resuming import unfinished
from pipeline.deciding import Deciding, deciding, plan_anywhere
from pipeline.news import NewsItem

__all__ = ["classify_command", "counted", "deciding_without_store", "items_of_file"]

_SAY_EVERY = 200
"""Items between two updates of the progress line: each costs as much as an item."""


@click.command("classify")
@click.option("--plan", default="", help="Plan document, plan file (.toml) or stored name.")
@click.option("--scheme", default="", help="focus_area, chapter, section .. (default: the main).")
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="Model folder, a base model or a trained one (default: what is in use).",
)
@click.option("--no-model", is_flag=True, help="Profiles alone, whatever was promoted.")
@click.option("--items", "items_file", default="", help="Items JSONL, CSV or XLSX; - for stdin.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Assignments JSONL.")
@click.option("--resume", is_flag=True, help="Go on where an interrupted run to -o stopped.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Processes to work in.",
)
@click.option(
    "--dask",
    default="",
    metavar="tcp://HOST:PORT",
    help="Dask scheduler to spread the work by (extra 'dask'); only in a network you trust:"
    " whoever reaches a scheduler can run programs on its workers.",
)
@click.pass_obj
def classify_command(
    workspace: Path,
    plan: str,
    scheme: str,
    model: Path | None,
    no_model: bool,
    items_file: str,
    output: Path | None,
    resume: bool,
    jobs: int,
    dask: str,
) -> None:
    """Map news to a plan's themes.

    With --items: that file's items, to -o or standard output; no workspace is needed.
    Without: all stories of the workspace, into its store. A model trained for these themes and
    promoted (xuanjian train, models promote) decides; otherwise the themes' profiles do.

    Output to -o that was interrupted is kept beside it and goes on with --resume, if plan,
    model and news are the same.

    \b
    Examples:
      xuanjian classify --plan plan.docx --items news.jsonl -o out.jsonl
      xuanjian classify --plan 2025
    """
    if jobs > 1 and dask:
        raise click.UsageError("--jobs and --dask exclude each other")
    if model is not None and no_model:
        raise click.UsageError("--model and --no-model exclude each other")
    spread = steps.Spread(jobs, dask)
    if items_file:
        chosen = deciding_without_store(workspace, plan, scheme, model, profiles_only=no_model)
        if resume and output is None:
            raise click.UsageError("--resume goes with -o")
        _classify_file(chosen, items_file, output, resume, spread)
        return
    if output is not None or resume:
        raise click.UsageError("-o and --resume go with --items")
    with steps.open_store(workspace) as (place, store), progress_line("归类") as progress:
        stored = steps.resolve_plan(store, place, plan)
        chosen = deciding(
            place, stored.plan, stored.name, scheme, model=model, profiles_only=no_model
        )
        home = place.settings.get("plan.home", str)
        stories, hit = steps.classify_stories(store, stored, chosen, progress, spread, home)
    click.echo(f"{stored.name}：{stories} 篇报道，{hit} 篇归入条目，{stories - hit} 篇未归入")
    click.echo(chosen.words)


def _classify_file(
    chosen: Deciding,
    items_file: str,
    output: Path | None,
    resume: bool,
    spread: steps.Spread,
) -> None:
    if output is None:
        with progress_line("归类") as progress:
            items = counted(items_of_file(items_file), progress)
            for result in spread.classify(chosen.classifier, items):
                sys.stdout.buffer.write(result.to_jsonl())
        return
    with (
        progress_line("归类") as progress,
        unfinished(output, chosen.classifier.fingerprint, resume=resume) as out,
    ):
        items = counted(out.left(items_of_file(items_file)), progress)
        for result in spread.classify(chosen.classifier, items):
            out.write(result)
    click.echo(f"{out.count} 条，{out.hit} 条归入条目，{out.count - out.hit} 条未归入", err=True)
    click.echo(chosen.words, err=True)


def counted(items: Iterable[NewsItem], progress: steps.Progress) -> Iterator[NewsItem]:
    """The items as they are, telling how many were read."""
    for count, item in enumerate(items, 1):
        if count % _SAY_EVERY == 0:
            progress("items", count)
        yield item


def deciding_without_store(
    workspace: Path,
    plan_name: str,
    scheme: str,
    model: Path | None,
    *,
    profiles_only: bool = False,
) -> Deciding:
    """What decides a plan given by file, or by name in the workspace."""
    place, named = plan_anywhere(workspace, plan_name)
    return deciding(place, named.plan, named.name, scheme, model=model, profiles_only=profiles_only)


def items_of_file(items_file: str) -> Iterator[NewsItem]:
    """The items of a file, or of standard input for ``-``, one by one."""
    from pipeline.news_files import iter_items, read_jsonl

    if items_file == "-":
        return read_jsonl(sys.stdin.buffer, "standard input")
    return iter_items(Path(items_file))
