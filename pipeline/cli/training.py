"""``xuanjian train`` and ``xuanjian evaluate``: learning from people's decisions, and measuring.

Hides: which decisions are learned from and which are measured on. Nothing is ever measured on what
a model learned from: training gives cross-validated figures, and an evaluation leaves out every
item the model has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import steps
from pipeline.config import Workspace
from pipeline.deciding import NamedPlan, base_folder, deciding, plan_anywhere
from pipeline.errors import BadInput
from pipeline.labels import Label, read_labels
from pipeline.plan.model import Plan
from pipeline.plan.schemes import choose_scheme
from pipeline.store.plans import get_plan

if TYPE_CHECKING:
    from pipeline.classify.bundle import BaseModel
    from pipeline.classify.learning_set import LearningSet
    from pipeline.cli.measured import DoubtfulLine

__all__ = ["evaluate_command", "train_command"]


@click.command("train")
@click.option("--plan", default="", help="Stored plan, or a plan document to store.")
@click.option("--scheme", default="", help="focus_area, chapter, section .. (default: the main).")
@click.option(
    "--labels",
    "labels_file",
    type=click.Path(path_type=Path),
    help="Labels JSONL to learn from, beside the decisions in the workspace.",
)
@click.option("--only-labels", is_flag=True, help="Leave the workspace's own decisions out.")
@click.option("--name", default="", help="Name of the model (default: plan and scheme).")
@click.option(
    "--base",
    type=click.Path(path_type=Path),
    help="Base model folder to learn on (default: the workspace's).",
)
@click.option("--promote", is_flag=True, help="Take the model into use at once.")
@click.option("--json", "print_json", is_flag=True, help="Print figures and lists as JSON.")
@click.pass_obj
def train_command(
    workspace: Path,
    plan: str,
    scheme: str,
    labels_file: Path | None,
    only_labels: bool,
    name: str,
    base: Path | None,
    promote: bool,
    print_json: bool,
) -> None:
    """Learn from people's decisions what a plan's themes mean; machine assignments never count.

    Writes a model folder under models/ of the workspace and prints how well it does on decisions
    it did not see, beside the profiles alone. It decides nothing until it is promoted.

    \b
    Examples:
      xuanjian train
      xuanjian train --labels labels.jsonl --name with-old-labels --promote
    """
    if only_labels and labels_file is None:
        raise click.UsageError("--only-labels goes with --labels")
    from pipeline.classify.bundle import open_bundle
    from pipeline.classify.registry import ModelRegistry
    from pipeline.classify.reviewed import learning_set_of
    from pipeline.classify.trained_bundle import train
    from pipeline.cli.measured import Training, as_json, tell_training

    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
        scheme, nodes = choose_scheme(stored.plan, scheme)
        named = NamedPlan(stored.plan, stored.name)
        themes = [node.id for node in nodes]
        labels = _labels(labels_file, named, themes) if labels_file else ()
        with store.begin() as session:
            learning = learning_set_of(session, stored.id, themes, labels, reviews=not only_labels)
    model = open_bundle(base or base_folder(place))
    registry = ModelRegistry(place.models)
    stem, version = registry.next_version(name or f"{stored.name}-{scheme}")
    trained = train(
        stored.plan,
        scheme,
        model,
        learning.items,
        learning.decided,
        name=stem,
        version=version,
        created=_now(),
    )
    folder = registry.add(trained, learning.names)
    if promote:
        registry.promote(folder.name, stored.name, stored.plan, model, _now())
    described = trained.described
    told = Training(
        model=folder.name,
        plan=stored.name,
        scheme=scheme,
        promoted=promote,
        items=described.by_labels.items,
        at_random=int(learning.at_random.sum()),
        by_profiles=described.by_profiles,
        by_labels=described.by_labels,
        disagreements=learning.disagreements,
        doubtful=_doubtful(stored.plan, scheme, model, learning),
    )
    if print_json:
        click.echo(as_json(told))
    else:
        tell_training(told, {node.id: node.title for node in nodes})


@click.command("evaluate")
@click.option(
    "--labels",
    "labels_file",
    type=click.Path(path_type=Path),
    required=True,
    help="Labels JSONL to measure on.",
)
@click.option("--plan", default="", help="Plan document, plan file (.toml) or stored name.")
@click.option("--scheme", default="", help="focus_area, chapter, section .. (default: the main).")
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="Model folder, a base model or a trained one (default: what is in use).",
)
@click.option("--no-model", is_flag=True, help="Measure the profiles alone.")
@click.option(
    "--fail-below",
    type=click.FloatRange(0, 1),
    help="Exit 2 when the micro-F1 is below this, or cannot be given.",
)
@click.option("--json", "print_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_obj
def evaluate_command(
    workspace: Path,
    labels_file: Path,
    plan: str,
    scheme: str,
    model: Path | None,
    no_model: bool,
    fail_below: float | None,
    print_json: bool,
) -> None:
    """Measure on labels what classifies a plan's news: F1, average precision, calibration.

    Items the model has learned from are left out and counted. With --plan FILE no workspace is
    needed.

    \b
    Examples:
      xuanjian evaluate --labels held-back.jsonl
      xuanjian evaluate --labels held-back.jsonl --plan plan.toml --model models/2025-focus_area-1
    """
    if model is not None and no_model:
        raise click.UsageError("--model and --no-model exclude each other")
    from pipeline.classify.learned_names import read_learned_names
    from pipeline.classify.measuring import figures_of
    from pipeline.cli.measured import Evaluation, as_json, tell_evaluation

    place, named = plan_anywhere(workspace, plan)
    chosen = deciding(place, named.plan, named.name, scheme, model=model, profiles_only=no_model)
    _, nodes = choose_scheme(named.plan, chosen.scheme)
    learning = _measured_on(place, named, [node.id for node in nodes], labels_file)
    learned = frozenset[str]().union(*(read_learned_names(folder) for folder in chosen.trained))
    left = learning.without(learned)
    if not left.items:
        learned_from = f": the model has learned from all {len(learning.items)}"
        raise BadInput(
            f"{labels_file} holds no item to measure {chosen.scheme} on"
            f"{learned_from if learning.items else ''}",
            "labels-too-few",
            "Give labels that were held back from training.",
        )
    chances, assigned = chosen.classifier.decide(left.items)
    figures = figures_of(left.themes, chances, assigned, left.decided)
    told = Evaluation(
        plan=named.name or named.plan.title,
        scheme=chosen.scheme,
        model=chosen.name,
        learned=len(learning.items) - len(left.items),
        at_random=int(left.at_random.sum()),
        disagreements=len(left.disagreements),
        figures=figures,
    )
    if print_json:
        click.echo(as_json(told))
    else:
        tell_evaluation(told, chosen.words, {node.id: node.title for node in nodes})
    if fail_below is not None and (not figures.positives or figures.micro_f1 < fail_below):
        raise SystemExit(2)


def _labels(file: Path, named: NamedPlan, themes: Sequence[str]) -> tuple[Label, ...]:
    """The decisions in a file, "others" written out, all about themes the plan has."""
    from pipeline.classify.reviewed import check_labels

    labels = tuple(label for label in read_labels(file) if label.decides)
    check_labels(labels, named.plan, named.name or named.plan.title, str(file))
    return tuple(label.spelled_out(themes) for label in labels)


def _measured_on(
    place: Workspace | None, named: NamedPlan, themes: Sequence[str], file: Path
) -> LearningSet:
    """The labels of a file; items of the workspace with its words and under all their names."""
    from pipeline.classify.learning_set import LearningSet
    from pipeline.classify.reviewed import learning_set_of

    labels = _labels(file, named, themes)
    if place is None or not named.name:
        return LearningSet.gather(labels, themes)
    with steps.open_store(place.path) as (_, store), store.begin() as session:
        stored = get_plan(session, named.name)
        return learning_set_of(session, stored.id, themes, labels, reviews=False)


def _doubtful(
    plan: Plan, scheme: str, model: BaseModel, learning: LearningSet
) -> tuple[DoubtfulLine, ...]:
    from pipeline.classify.noise import doubtful_labels
    from pipeline.classify.profiles import profiles_of
    from pipeline.classify.trained import ThemeRegression
    from pipeline.cli.measured import DoubtfulLine

    regression = ThemeRegression(model, profiles_of(plan, scheme, model))
    regression.fit(learning.items, learning.decided)
    return tuple(
        DoubtfulLine(
            item=learning.items[one.row].id,
            title=learning.items[one.row].title,
            theme=one.theme,
            belongs=one.belongs,
            probability=one.probability,
        )
        for one in doubtful_labels(learning.themes, learning.decided, regression.cross_fitted_)
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
