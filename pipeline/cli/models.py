"""``xuanjian models``: which trained models there are, and which of them decides."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from pipeline import steps
from pipeline.config import Workspace
from pipeline.plan.schemes import choose_scheme
from pipeline.store.plans import StoredPlan, list_plans

if TYPE_CHECKING:
    from pipeline.classify.registry import ModelRegistry, Use
    from pipeline.shelf import ModelLine

__all__ = ["models_command"]


class ModelList(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, and everything that was ever promoted."""

    format: Literal[1] = 1
    models: tuple[ModelLine, ...]
    uses: tuple[Use, ...]


@click.group("models")
def models_command() -> None:
    """List, show and promote trained models, and roll back."""


@models_command.command("list")
@click.option("--json", "print_json", is_flag=True, help="Print as JSON, with the history.")
@click.pass_obj
def list_models(workspace: Path, print_json: bool) -> None:
    """Which trained models there are, their figures, and which are in use since when."""
    from pipeline.shelf import shelf

    place, plans = _plans_of(workspace)
    uses = _registry(place).uses()
    lines = shelf(place, plans)
    if print_json:
        listed = ModelList(models=lines, uses=uses)
        click.echo(msgspec.json.format(msgspec.json.encode(listed), indent=1))
        return
    if not lines:
        click.echo("还没有训练过的模型，条目由画像判定。训练：xuanjian train")
        return
    _print_table(lines)


@models_command.command("show")
@click.argument("name")
@click.pass_obj
def show_model(workspace: Path, name: str) -> None:
    """Print a model's card and its history."""
    from pipeline.classify.trained_bundle import describe
    from pipeline.reports.wording import made_words
    from pipeline.shelf import model_folder

    place = Workspace.open(workspace)
    folder = model_folder(place, name)
    describe(folder)  # refuses a folder that is not as it was written
    click.echo((folder / "card.md").read_text(encoding="utf-8").rstrip())
    for use in _registry(place).uses():
        if use.model == folder.name:
            ended = f"，{made_words(use.rolled_back)} 撤回" if use.rolled_back else ""
            click.echo(f"- {use.plan}（{use.scheme}）：{made_words(use.since)} 启用{ended}")


@models_command.command("promote")
@click.argument("name")
@click.option("--plan", default="", help="Stored plan (default: the one it was trained for).")
@click.pass_obj
def promote_model(workspace: Path, name: str, plan: str) -> None:
    """Take a trained model into use for its plan and scheme.

    \b
    Example:
      xuanjian models promote 2025-focus_area-1 && xuanjian classify
    """
    from pipeline.classify.trained_bundle import describe
    from pipeline.shelf import fits, model_folder, promote

    place, plans = _plans_of(workspace)
    folder = model_folder(place, name)
    described = describe(folder)
    with steps.open_store(workspace) as (_, store):
        fitting = [one for one in plans if fits(described, one)]
        stored = fitting[0] if fitting and not plan else steps.resolve_plan(store, place, plan)
    use, before = promote(place, folder.name, stored)
    instead = f"，代替 {before.model}" if before and before.model != use.model else ""
    click.echo(
        f"{use.plan}（{use.scheme}）：已启用 {use.model}{instead}。下一步：xuanjian classify"
    )


@models_command.command("rollback")
@click.option("--plan", default="", help="Stored plan (default: the one in use).")
@click.option("--scheme", default="", help="focus_area, chapter, section .. (default: the main).")
@click.pass_obj
def roll_back_model(workspace: Path, plan: str, scheme: str) -> None:
    """Go back to what decided before the model in use: the one before it, or the profiles."""
    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
    scheme, _ = choose_scheme(stored.plan, scheme)
    ended, present = _registry(place).roll_back(stored.name, scheme, _now())
    now = f"现用 {present.model}" if present else "现由条目画像判定"
    click.echo(f"{stored.name}（{scheme}）：已撤回 {ended.model}，{now}。下一步：xuanjian classify")


def _registry(place: Workspace) -> ModelRegistry:
    from pipeline.classify.registry import ModelRegistry

    return ModelRegistry(place.models)


def _plans_of(workspace: Path) -> tuple[Workspace, tuple[StoredPlan, ...]]:
    with steps.open_store(workspace) as (place, store), store.begin() as session:
        return place, list_plans(session)


def _print_table(lines: tuple[ModelLine, ...]) -> None:
    import sys

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from pipeline.reports.wording import clean, made_words
    from pipeline.shelf import FITNESS_NAMES

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for name in ("模型", "方案", "训练", "条数", "F1 画像 → 学习后", "状态"):
        # A name is typed again to promote its model: narrow terminals fold it, nothing cuts it.
        table.add_column(
            name,
            justify="right" if name == "条数" else "left",
            no_wrap=name == "模型",
            overflow="fold",
        )
    for line in lines:
        told = line.described
        state = FITNESS_NAMES[line.fitness]
        if line.since:
            state += f"，{made_words(line.since)[:10]} 启用"
        if told is None:
            table.add_row(Text(clean(line.name)), "", "", "", "", Text(clean(line.trouble)))
            continue
        table.add_row(
            Text(clean(line.name)),
            Text(clean("、".join(line.plans) or told.plan, 30)),
            made_words(told.created)[:10],
            str(told.by_labels.items),
            f"{told.by_profiles.micro_f1:.2f} → {told.by_labels.micro_f1:.2f}",
            state,
        )
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
