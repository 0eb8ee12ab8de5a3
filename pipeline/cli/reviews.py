"""``xuanjian review``: people's decisions out of and into the workspace."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from pipeline import steps
from pipeline.cli.stored_queues import choose_command
from pipeline.config import writing
from pipeline.errors import BadInput
from pipeline.labels import Label, moment, read_labels
from pipeline.plan.schemes import choose_scheme
from pipeline.store.assignments import Review, add_reviews, decisions, reviews_of
from pipeline.store.audits import StoredAudit, close_complete, get_audit
from pipeline.store.items import items_by_id, items_by_words
from pipeline.store.stories import stories_between

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.classify.active import Asked
    from pipeline.coverage.report import CoverageReport

__all__ = ["QueueLine", "review_command"]


_NAMED = 10
"""Ids an error names, at most."""


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
    inclusion_probability: float | None = None


def _no_table(_context: click.Context, _parameter: click.Parameter, output: Path) -> Path:
    """Refuse a file whose name says it is a table: its program would open JSON lines as one cell."""
    if output.suffix.lower() in (".csv", ".et", ".xls", ".xlsx"):
        raise click.BadParameter("JSON lines are written, no table: name a .jsonl file")
    return output


@click.group("review")
def review_command() -> None:
    """Ask for, import and export people's decisions."""


@review_command.command("queue")
@click.option("--plan", default="", help="Stored plan the decisions are about.")
@click.option("--scheme", default="", help="focus_area, chapter, section .. (default: the main).")
@click.option("--period", default="", help="A year, quarter or month; by default the plan's.")
@click.option(
    "--for",
    "purpose",
    type=click.Choice(["learning", "coverage"]),
    default="learning",
    show_default=True,
    help="What the stories are chosen for.",
)
@click.option("--all", "everything", is_flag=True, help="Every counted story not read through.")
@click.option("--limit", default=50, show_default=True, help="Stories, at most (not with --all).")
@click.option(
    "--audit-share",
    type=click.FloatRange(0, 1),
    help="Share of a queue for learning that is drawn at random (default: a fifth).",
)
@click.option("--seed", default=0, show_default=True, help="Another seed draws others at random.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, callback=_no_table)
@click.pass_obj
def queue(
    workspace: Path,
    plan: str,
    scheme: str,
    period: str,
    purpose: str,
    everything: bool,
    limit: int,
    audit_share: float | None,
    seed: int,
    output: Path,
) -> None:
    """Write the stories to ask a person about next, as lines to fill in.

    The machine's opinion stands in "suggested". Write yours in "themes"; set "others" to "no"
    to decide against every theme not named; put your name in "reviewer"; import the file.
    Lines left as they are decide nothing.

    By default the stories are those a model would learn most from, mixed with some drawn at
    random ("chosen_by": "audit", with their "inclusion_probability"): only these may ever stand
    for the rest. With --for coverage they are those that would settle the weakest themes first;
    with --all the whole period can be read through, which is what thin and blank need.
    """
    from pipeline.cli.audits import AskedReport, make_report

    wanted = AskedReport(workspace, plan=plan, scheme=scheme, period=period)
    report = make_report(wanted, whole=True, every=True)
    if purpose == "learning" and not everything:
        chosen = _most_telling(workspace, plan, report, limit, audit_share, seed)
    else:
        chosen = _most_settling(report, limit, everything)
    with writing(output) as out:
        for name, asked in chosen.items():
            story = report.story(name)
            line = QueueLine(
                id=story.id,
                title=story.title,
                text=story.excerpt,
                suggested=tuple(m.theme for m in story.themes if m.state != "rejected"),
                chosen_by=asked.chosen_by if asked else "queue",
                inclusion_probability=asked.inclusion_probability if asked else None,
            )
            out.write(msgspec.json.encode(line).decode() + "\n")
    drawn = sum(asked is not None and asked.chosen_by == "audit" for asked in chosen.values())
    at_random = f", {drawn} of them at random" if drawn else ""
    click.echo(f"Written: {output} ({len(chosen)} stories{at_random})", err=True)


def _most_settling(report: CoverageReport, limit: int, everything: bool) -> dict[str, Asked | None]:
    """The stories that would settle the weakest themes, the weakest first."""
    order: dict[str, Asked | None] = {}
    for theme in report.worst_first():
        if theme.state != "covered":
            order.update(dict.fromkeys(theme.queue))
    if everything:
        return order | dict.fromkeys(line.id for line in report.stories if line.counted)
    return dict(list(order.items())[:limit])


def _most_telling(
    workspace: Path,
    plan: str,
    report: CoverageReport,
    limit: int,
    audit_share: float | None,
    seed: int,
) -> dict[str, Asked | None]:
    """The counted stories nobody decided from which most can be learned, audits first."""
    from pipeline.classify.active import AUDIT_SHARE, items_to_ask
    from pipeline.deciding import deciding

    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
        classifier = deciding(place, stored.plan, stored.name, report.plan.scheme).classifier
        themes = {profile.theme for profile in classifier.profiles}
        counted = {line.id for line in report.stories if line.counted}
        with store.begin() as session:
            stories = stories_between(session)
            story_of = {item: story.id for story in stories for item in story.items}
            held = decisions(reviews_of(session, stored.id), story_of)
            decided = {story for story, by in held.items() if themes & by.keys()}
            asked_of = [story for story in stories if story.id in counted | decided]
            items = tuple(steps.story_items(session, asked_of, lambda _event, _count: None))
    candidates = [item for item in items if item.id not in decided]
    chosen = items_to_ask(
        classifier,
        candidates,
        [item for item in items if item.id in decided],
        count=limit,
        audit_share=AUDIT_SHARE if audit_share is None else audit_share,
        seed=seed,
    )
    return {candidates[asked.place].id: asked for asked in chosen}


@review_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--plan", default="", help="Stored plan the decisions are about.")
@click.option("--scheme", default="", help='Themes that "others" means (default: the main ones).')
@click.option(
    "--reviewer",
    default="",
    help="Who decided, for lines that do not say; by default the login name.",
)
@click.option("--audit", type=int, help="Number of the audit whose sample the lines must be of.")
@click.pass_obj
def import_reviews(
    workspace: Path, file: Path, plan: str, scheme: str, reviewer: str, audit: int | None
) -> None:
    """Take in decisions from a labels JSONL file; all lines or none. Twice is harmless.

    A line says which themes an item or story belongs to and which it does not; a theme it does
    not name stays undecided, unless "others" is "no". "comment" is kept beside the decision:

    \b
      {"id": "n12", "themes": ["focus-1"], "not_themes": ["focus-2"], "reviewer": "王芳"}
      {"id": "s7f", "themes": [], "others": "no", "reviewer": "王芳", "comment": "天气"}
    """
    from pipeline.classify.reviewed import check_labels

    every_line = read_labels(file)
    labels = tuple(label for label in every_line if label.decides)
    _check_dates(labels, file)
    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
        check_labels(labels, stored.plan, stored.name, str(file))
        with store.begin() as session:
            originals = {story.id: story.original for story in stories_between(session)}
            labels, renamed = _as_stored(session, labels, originals, file)
            drawn = None if audit is None else get_audit(session, stored, audit)
            asked = scheme or (drawn.scheme if drawn else "")
            every = tuple(theme.id for theme in choose_scheme(stored.plan, asked)[1])
            if drawn is not None:
                check_sample(drawn, labels, originals, every, file)
            signed = reviewer or getpass.getuser()
            reviews = (to_review(x.spelled_out(every), originals, signed) for x in labels)
            count = add_reviews(session, stored.id, reviews)
            closed = close_complete(session, stored)
    again = f"，{len(labels) - count} 条已有" if count < len(labels) else ""
    left = len(every_line) - len(labels)
    unfilled = f"，{left} 行未填、略去" if left else ""
    click.echo(f"{stored.name}：导入 {count} 条人工判定{again}{unfilled}")
    if renamed:
        click.echo(f"{renamed} 行的 id 库里没有，按标题和正文对上了已有的报道")
    for number in closed:
        click.echo(f"抽查 {number} 的样本已判完，推算见 xuanjian audit status")


@review_command.command("export")
@click.option("--plan", default="", help="Stored plan the decisions are about.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, callback=_no_table)
@click.pass_obj
def export_reviews(workspace: Path, plan: str, output: Path) -> None:
    """Write all decisions about a plan as labels JSONL."""
    from pipeline.classify.reviewed import label_of

    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
        with store.begin() as session:
            reviews = reviews_of(session, stored.id)
            items = items_by_id(session, {review.item for review in reviews})
    with writing(output) as out:
        for review in reviews:
            item = items.get(review.item)
            label = label_of(review)
            if item is not None:
                label = msgspec.structs.replace(label, title=item.title, text=item.text)
            out.write(label.to_jsonl().decode())
    click.echo(f"Written: {output} ({len(reviews)} decisions)", err=True)


review_command.add_command(choose_command)


def _as_stored(
    session: Session, labels: tuple[Label, ...], originals: Mapping[str, str], file: Path
) -> tuple[tuple[Label, ...], int]:
    """Labels under the ids their items are stored under, and how many had another one.

    News that was stored already, from another file or a crawl, keeps its first id: a line that brings
    the words is about that item.

    Raises:
        BadInput: ``review-item-missing`` for lines about what is not stored.
    """
    known = items_by_id(session, (label.id for label in labels)).keys() | originals.keys()
    strange = [label for label in labels if label.id not in known]
    stored = items_by_words(session, ((label.title, label.text) for label in strange))
    missing = [label.id for label in strange if (label.title, label.text) not in stored]
    if missing:
        named = list(dict.fromkeys(missing))
        raise BadInput(
            f"{file}: no item or story with the id {', '.join(named[:_NAMED])}"
            f"{' ..' if len(named) > _NAMED else ''} (lines: {len(missing)})",
            "review-item-missing",
            "Import the news before the decisions about it. What was stored already under another"
            " id keeps that one; lines with its title and text find it.",
        )
    found = (
        label
        if label.id in known
        else msgspec.structs.replace(label, id=stored[label.title, label.text])
        for label in labels
    )
    return tuple(found), len(strange)


def _check_dates(labels: tuple[Label, ...], file: Path) -> None:
    """Refuse a decision that is still to come: the newest holds, so that none could correct it."""
    until = datetime.now(UTC) + timedelta(days=1)
    for label in labels:
        if label.at and moment(label.at, label.id) > until:
            raise BadInput(
                f"{file}: the decision about {label.id} is dated {label.at}, which is to come",
                "review-date",
                "Mend the date, or this machine's clock.",
            )


def check_sample(
    audit: StoredAudit,
    labels: Sequence[Label],
    originals: Mapping[str, str],
    themes: Sequence[str],
    file: Path,
) -> None:
    """Raise unless every label is about a story the audit drew, with the probability it was drawn
    with, and none decides otherwise than another or than the sample was closed with.

    Raises:
        BadInput: ``audit-outside-sample``, ``audit-sample``, ``audit-twice`` or ``audit-closed``.
    """
    rows = {row.item: row for row in audit.drawn}
    decided: dict[str, Label] = {}
    looks = [audit.shares(look) for look in range(1, audit.looks + 1)]
    for label in labels:
        row = rows.get(originals.get(label.id, label.id))
        if row is None:
            raise BadInput(
                f"{file}: {label.id} is not in the sample of audit {audit.id}",
                "audit-outside-sample",
                "Import decisions about other stories without --audit: they never stand for others.",
            )
        given = label.inclusion_probability
        if given is None or all(abs(given - look[row.stratum]) > 1e-9 for look in looks):
            raise BadInput(
                f"{file}: {label.id} was not drawn with the probability {given}",
                "audit-sample",
                "Fill in the queue as it was written by 'xuanjian audit'.",
            )
        said = label.spelled_out(themes)
        before = decided.setdefault(row.item, said)
        if {*before.themes} & {*said.not_themes} or {*said.themes} & {*before.not_themes}:
            raise BadInput(
                f"{file}: {label.id} stands there twice, decided differently",
                "audit-twice",
                "Agree on one decision for each story of the sample, and keep one line.",
            )
        if row.closed_themes is not None and (
            set(said.themes) - set(row.closed_themes) or set(said.not_themes) & {*row.closed_themes}
        ):
            raise BadInput(
                f"{file}: {label.id} was decided otherwise when audit {audit.id} was closed",
                "audit-closed",
                "Correct it without --audit: the audit's limits then allow for both decisions.",
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
