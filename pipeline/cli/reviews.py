"""``xuanjian review``: people's decisions out of and into the workspace."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Literal

import click
import msgspec

from pipeline.cli import steps
from pipeline.config import writing
from pipeline.errors import BadInput
from pipeline.labels import Label, read_labels
from pipeline.plan.model import schemes
from pipeline.plan.schemes import choose_scheme
from pipeline.store.assignments import Review, add_reviews, reviews_of
from pipeline.store.items import items_by_id, stories_between
from pipeline.store.plans import StoredPlan

__all__ = ["check_labels", "review_command"]


class QueueLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the review queue: a label a person fills in; ``suggested`` is the machine's."""

    id: str
    title: str
    text: str
    suggested: tuple[str, ...]
    themes: tuple[str, ...] = ()
    others: Literal["", "no"] = ""
    reviewer: str = ""
    chosen_by: str = "queue"


@click.group("review")
def review_command() -> None:
    """Export and import people's decisions."""


@review_command.command("queue")
@click.option("--plan", default="", help="Stored plan the decisions are about.")
@click.option("--period", default="", help="A year, quarter or month; by default the plan's.")
@click.option("--all", "everything", is_flag=True, help="Every counted story not read through.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
@click.option("--most", default=50, show_default=True, help="Stories, at most (not with --all).")
@click.pass_obj
def queue(
    workspace: Path, plan: str, period: str, everything: bool, output: Path, most: int
) -> None:
    """Write the stories whose review would decide most, as lines a person fills in.

    The machine's opinion stands in "suggested". Write yours in "themes"; set "others" to "no"
    to decide against every theme not named; put your name in "reviewer"; import the file.
    Lines left as they are decide nothing. With --all the whole period can be read through,
    which is what thin and blank need.
    """
    from pipeline.cli.audits import make_report

    report = make_report(workspace, plan=plan, period=period, whole=True)
    order: dict[str, None] = {}
    for theme in report.worst_first():
        if theme.state != "covered":
            order.update(dict.fromkeys(theme.queue))
    chosen = [*order][:most]
    if everything:
        order.update(dict.fromkeys(line.id for line in report.stories if line.counted))
        chosen = [*order]
    with writing(output) as out:
        for story in map(report.story, chosen):
            line = QueueLine(
                id=story.id,
                title=story.title,
                text=story.excerpt,
                suggested=tuple(m.theme for m in story.themes if m.state != "rejected"),
            )
            out.write(msgspec.json.encode(line).decode() + "\n")
    click.echo(f"Written: {output} ({len(chosen)} stories)", err=True)


@review_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--plan", default="", help="Stored plan the decisions are about.")
@click.option("--scheme", default="", help='Themes that "others" means (default: the main ones).')
@click.option(
    "--reviewer",
    default="",
    help="Who decided, for lines that do not say; by default the login name.",
)
@click.pass_obj
def import_reviews(workspace: Path, file: Path, plan: str, scheme: str, reviewer: str) -> None:
    """Take in decisions from a labels JSONL file; all lines or none. Twice is harmless.

    A line says which themes an item or story belongs to and which it does not; a theme it does
    not name stays undecided, unless "others" is "no". "comment" is kept beside the decision:

    \b
      {"id": "n12", "themes": ["focus-1"], "not_themes": ["focus-2"], "reviewer": "王芳"}
      {"id": "s7f", "themes": [], "others": "no", "reviewer": "王芳", "comment": "天气"}
    """
    every_line = read_labels(file)
    labels = tuple(label for label in every_line if label.decides)
    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
        check_labels(labels, stored, file)
        with store.begin() as session:
            originals = {story.id: story.original for story in stories_between(session)}
            known = items_by_id(session, (label.id for label in labels))
            missing = [x.id for x in labels if x.id not in known and x.id not in originals]
            if missing:
                raise BadInput(
                    f"{file}: no item or story with the id {missing[0]}"
                    f" ({len(missing)} such lines)",
                    "review-item-missing",
                    "Import the news before the decisions about it.",
                )
            _, themes = choose_scheme(stored.plan, scheme)
            every = tuple(theme.id for theme in themes)
            signed = reviewer or getpass.getuser()
            reviews = (to_review(x.spelled_out(every), originals, signed) for x in labels)
            count = add_reviews(session, stored.id, reviews)
    again = f"，{len(labels) - count} 条已有" if count < len(labels) else ""
    left = len(every_line) - len(labels)
    unfilled = f"，{left} 行未填、略去" if left else ""
    click.echo(f"{stored.name}：导入 {count} 条人工判定{again}{unfilled}")


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
                comment=review.comment,
            )
            out.write(label.to_jsonl().decode())
    click.echo(f"Written: {output} ({len(reviews)} decisions)", err=True)


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


def to_review(label: Label, originals: dict[str, str], reviewer: str) -> Review:
    """A label as the store keeps it: about an item, by somebody."""
    return Review(
        item=originals.get(label.id, label.id),
        themes=label.themes,
        not_themes=label.not_themes,
        reviewer=label.reviewer or reviewer,
        at=label.at,
        chosen_by=label.chosen_by,
        inclusion_probability=label.inclusion_probability,
        comment=label.comment,
    )
