"""``xuanjian review choose``: a queue of what a model would learn most from, kept for the console.

Hides: how that is found among a million stories. The random share is drawn from all of them; the others
come from a random pool of those left, of which the probabilities that are stored pick the most
uncertain, and only these are read with the model.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import steps

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.classify.classifier import ThemeClassifier
    from pipeline.store.picking import Picked
    from pipeline.store.plans import StoredPlan
    from pipeline.store.review_tasks import Task

__all__ = ["choose_command"]

POOL = 20_000
"""Stories, drawn at random, whose stored probabilities are looked at: 1.2 s for six themes."""
READ = 2_000
"""Stories the model reads: the most uncertain of the pool; about 2 s."""


@click.command("choose")
@click.option("--plan", default="", help="Stored plan the decisions are about.")
@click.option("--scheme", default="", help="focus_area, chapter, section .. (default: the main).")
@click.option("--period", default="", help="A year, quarter or month; by default the plan's.")
@click.option("--limit", type=click.IntRange(1, 2000), default=100, show_default=True)
@click.option(
    "--audit-share",
    type=click.FloatRange(0, 1),
    help="Share of the queue that is drawn at random (default: a fifth).",
)
@click.option("--seed", default=0, show_default=True, help="Another seed draws others at random.")
@click.option("--by", default="", help="Who asks for it; by default the login name.")
@click.pass_obj
def choose_command(
    workspace: Path,
    plan: str,
    scheme: str,
    period: str,
    limit: int,
    audit_share: float | None,
    seed: int,
    by: str,
) -> None:
    """Choose the stories a model would learn most from, as a queue of the console.

    As 'review queue' does, but for any number of stories: those drawn at random come from all
    counted stories that nobody decided, the others from a random pool of them. They stand among
    each other in the queue.
    """
    from pipeline.classify.active import AUDIT_SHARE
    from pipeline.coverage.gather import AuditOptions, period_of, picking_of
    from pipeline.coverage.periods import make_period, month_starts, parse_period
    from pipeline.deciding import deciding
    from pipeline.plan.schemes import choose_scheme
    from pipeline.store.items import stored_days
    from pipeline.store.picking import every_picked
    from pipeline.store.review_queue import add_queue

    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
        chosen, _themes = choose_scheme(stored.plan, scheme)
        classifier = deciding(place, stored.plan, stored.name, chosen).classifier
        options = AuditOptions.of(place.settings)
        with store.begin() as session:
            span = parse_period(period, month_starts(place.settings)) if period else None
            if span is None and stored.plan.period is None and (held := stored_days(session)):
                span = make_period(*held)
            options = replace(options, period=span)
            over = period_of(stored, options)
            picking = picking_of(session, stored, options)
            candidates = list(every_picked(session, stored, picking))
            share = AUDIT_SHARE if audit_share is None else audit_share
            tasks = _choose(session, stored, classifier, candidates, limit, share, seed)
            made = add_queue(
                session,
                stored.id,
                chosen,
                "learning",
                tasks,
                subject=over.label or f"{over.first}—{over.last}",
                left_out=int(len(candidates) > len(tasks)),
                by=by or getpass.getuser(),
            )
    drawn = sum(task.chosen_by == "audit" for task in tasks)
    click.echo(
        f"{stored.name}：待判清单 {made.id}，从 {len(candidates)} 篇中选 {len(tasks)} 篇，"
        f"其中随机抽查 {drawn} 篇"
    )


def _choose(
    session: Session,
    stored: StoredPlan,
    classifier: ThemeClassifier,
    candidates: Sequence[Picked],
    limit: int,
    share: float,
    seed: int,
) -> list[Task]:
    """The random share and the most telling, mixed."""
    from pipeline.classify.active import items_to_ask, random_order
    from pipeline.store.review_tasks import Task
    from pipeline.store.stories import stories_by_id

    wanted = min(limit, len(candidates))
    audits = round(share * wanted)
    order = random_order([one.story for one in candidates], seed)
    chance = audits / len(candidates) if candidates else 0.0
    drawn = [
        Task(0, 0, candidates[row].story, candidates[row].item, "audit", chance)
        for row in order[:audits]
    ]
    pool = {candidates[row].story: candidates[row] for row in order[audits : audits + POOL]}
    names = _most_uncertain(session, stored, classifier, list(pool))
    stories = stories_by_id(session, names)
    items = list(steps.story_items(session, stories, lambda _event, _count: None))
    telling = [
        Task(0, 0, items[one.place].id, pool[items[one.place].id].item, "queue", None)
        for one in items_to_ask(
            classifier, items, count=wanted - audits, audit_share=0.0, seed=seed
        )
    ]
    return _mixed(telling, drawn)


def _most_uncertain(
    session: Session, stored: StoredPlan, classifier: ThemeClassifier, pool: Sequence[str]
) -> list[str]:
    """Those of the pool whose stored probability of some theme is nearest to its threshold, in
    log-odds; stories the model did not see yet come first."""
    import numpy as np

    from pipeline.classify.classifier import log_odds
    from pipeline.store.columns import chances_of

    if len(pool) <= READ:
        return list(pool)
    themes = [profile.theme for profile in classifier.profiles]
    rows = {story: row for row, story in enumerate(pool)}
    found = chances_of(session, stored.id, themes, dict.fromkeys(themes, rows))
    chances = np.tile(np.asarray(classifier.thresholds, dtype=float), (len(pool), 1))
    for (row, place), probability in found.items():
        chances[row, place] = probability
    distance = np.abs(log_odds(chances) - log_odds(classifier.thresholds)[None, :]).min(axis=1)
    return [pool[row] for row in np.argsort(distance, kind="stable")[:READ].tolist()]


def _mixed(telling: Sequence[Task], drawn: Sequence[Task]) -> list[Task]:
    """Both in their order, the random ones spread evenly among the others."""
    places = [((row + 0.5) / len(telling), task) for row, task in enumerate(telling)]
    places += [((row + 0.5) / len(drawn), task) for row, task in enumerate(drawn)]
    return [task for _, task in sorted(places, key=lambda pair: pair[0])]
