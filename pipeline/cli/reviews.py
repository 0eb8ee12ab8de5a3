"""``xuanjian review``: people's decisions out of and into the workspace."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from pipeline.cli import steps
from pipeline.config import writing
from pipeline.errors import BadInput, DiskTrouble
from pipeline.plan.model import schemes
from pipeline.store.assignments import Review, add_reviews, reviews_of
from pipeline.store.items import items_by_id
from pipeline.store.plans import StoredPlan

__all__ = ["Label", "read_labels", "review_command"]


class Label(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of labels JSONL (design section 5)."""

    id: str
    title: str = ""
    text: str = ""
    themes: tuple[str, ...] = ()
    not_themes: tuple[str, ...] = ()
    reviewer: str = ""
    at: str = ""
    chosen_by: str = "search"
    inclusion_probability: float | None = None


@click.group("review")
def review_command() -> None:
    """Export and import people's decisions."""


@review_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--plan", default="", help="Stored plan the decisions are about.")
@click.pass_obj
def import_reviews(workspace: Path, file: Path, plan: str) -> None:
    """Take in decisions from a labels JSONL file; all lines or none.

    A line says which themes an item belongs to and which it does not:

    \b
      {"id": "n12", "themes": ["focus-1"], "not_themes": ["focus-2"], "reviewer": "王芳"}
    """
    labels = read_labels(file)
    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
        check_labels(labels, stored, file)
        with store.begin() as session:
            known = items_by_id(session, (label.id for label in labels))
            missing = [label.id for label in labels if label.id not in known]
            if missing:
                raise BadInput(
                    f"{file}: {len(missing)} items are not stored, the first is {missing[0]}",
                    "review-item-missing",
                    "Import the news before the decisions about it.",
                )
            count = add_reviews(session, stored.id, map(to_review, labels))
    click.echo(f"{stored.name}：导入 {count} 条人工判定")


@review_command.command("export")
@click.option("--plan", default="", help="Stored plan the decisions are about.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
@click.pass_obj
def export_reviews(workspace: Path, plan: str, output: Path) -> None:
    """Write all decisions about a plan as labels JSONL."""
    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
        with store.begin() as session:
            reviews = reviews_of(session, stored.id)
            items = items_by_id(session, {review.item for review in reviews})
    with writing(output) as out:
        for review in reviews:
            item = items.get(review.item)
            label = Label(
                id=review.item,
                title=item.title if item else "",
                text=item.text if item else "",
                themes=review.themes,
                not_themes=review.not_themes,
                reviewer=review.reviewer,
                at=review.at,
                chosen_by=review.chosen_by,
                inclusion_probability=review.inclusion_probability,
            )
            out.write(msgspec.json.encode(label).decode() + "\n")
    click.echo(f"Written: {output} ({len(reviews)} decisions)", err=True)


def read_labels(file: Path) -> tuple[Label, ...]:
    """The labels of a JSONL file; ``labels-bad-line`` names the line that is wrong."""
    decoder = msgspec.json.Decoder(Label)
    labels = []
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", file) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            label = decoder.decode(line)
        except msgspec.DecodeError as error:
            raise BadInput(
                f"{file}, line {number}: not a label: {error}",
                "labels-bad-line",
                'Each line must be JSON such as {"id": "1", "themes": ["focus-1"]}.',
            ) from error
        both = set(label.themes) & set(label.not_themes)
        if both:
            raise BadInput(
                f"{file}, line {number}: {min(both)} is both in themes and in not_themes",
                "labels-bad-line",
                "Decide one way.",
            )
        labels.append(label)
    return tuple(labels)


def check_labels(labels: tuple[Label, ...], stored: StoredPlan, file: Path) -> None:
    """Raise ``labels-unknown-theme`` when a label names a theme the plan does not have."""
    known = {node.id for nodes in schemes(stored.plan).values() for node in nodes}
    for label in labels:
        strange = {*label.themes, *label.not_themes} - known
        if strange:
            raise BadInput(
                f"{file}: the plan {stored.name} has no theme {min(strange)} (item {label.id})",
                "labels-unknown-theme",
                f"Its themes: {', '.join(sorted(known)[:12])} ..",
            )


def to_review(label: Label) -> Review:
    """A label as the store keeps it."""
    return Review(
        item=label.id,
        themes=label.themes,
        not_themes=label.not_themes,
        reviewer=label.reviewer,
        at=label.at,
        chosen_by=label.chosen_by,
        inclusion_probability=label.inclusion_probability,
    )
