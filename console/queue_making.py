"""Which stories a new review queue asks about.

Hides: where they come from. A queue is chosen once, from indexes of the store or from the period's
standing report, and has an end; no story is scored while somebody waits. What a model would learn most
from must be worked out with the model, and is left to a process of its own.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from random import Random

from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import N_, _
from console.standing import standing_report
from console.story_asking import Asking
from console.story_filters import Filters
from console.story_sets import story_set
from pipeline.coverage.gather import period_of, picking_of
from pipeline.coverage.report import ASSIGNMENT_NAMES, CoverageReport, Period
from pipeline.errors import BadInput
from pipeline.plan.model import PlanNode
from pipeline.plan.schemes import choose_scheme
from pipeline.store.accounts import account_named
from pipeline.store.audits import audits_of, undecided_sample
from pipeline.store.picking import Picked, decided_by_others, incomplete, pick_stories
from pipeline.store.plans import StoredPlan
from pipeline.store.review_queue import MOST, Purpose, Queue, add_queue
from pipeline.store.review_tasks import Task
from pipeline.store.stories import stories_by_id

__all__ = ["PURPOSES", "AskedQueue", "filter_words", "make_queue", "theme_words"]

PURPOSES: dict[Purpose, str] = {
    "coverage": N_("补齐薄弱条目"),
    "learning": N_("供模型学习"),
    "audit": N_("抽查样本"),
    "everything": N_("全部通读"),
    "theme": N_("一个条目"),
    "search": N_("筛选结果"),
    "blind": N_("盲审复判"),
}
"""What queues are made for, as officers read it."""


@dataclass(frozen=True)
class AskedQueue:
    """What a queue is asked for.

    ``filters`` narrow what was filtered; of other purposes their theme and days alone count.
    """

    purpose: Purpose
    filters: Filters
    audit: int = 0
    limit: int = 200
    share: int = 10
    """Of every hundred decided stories, those a second person is asked about."""
    reviewer: str = ""
    """Account a second reading is for."""


@dataclass(frozen=True)
class _Chosen:
    """Stories to ask about, and whether there are more than were taken."""

    tasks: tuple[Task, ...]
    subject: str = ""
    more: bool = False
    reviewer: str = ""
    scheme: str = ""


def make_queue(desk: Desk, asked: AskedQueue) -> Queue:
    """Choose the stories and store the queue; everything but a queue for learning.

    Raises:
        BadInput: ``review-queue-empty``, ``review-theme-unknown``, and what reports and audits
            raise.
    """
    stored = desk.plan()
    scheme, themes = choose_scheme(stored.plan, desk.asked.scheme)
    limit = max(1, min(asked.limit, MOST))
    # Before the transaction: a report may be worked out and stored in one of its own.
    report = standing_report(desk).report if asked.purpose == "coverage" else None
    with desk.begin() as session:
        if report is not None:
            chosen = _for_coverage(session, report, limit)
        elif asked.purpose == "audit":
            chosen = _of_audit(session, stored, asked.audit)
        elif asked.purpose == "blind":
            chosen = _second_reading(session, stored, asked, limit)
        elif asked.purpose == "search":
            chosen = _filtered(desk, session, stored, asked, limit)
        else:
            chosen = _picked(desk, session, stored, themes, asked, limit)
        queue = add_queue(
            session,
            stored.id,
            chosen.scheme or scheme,
            asked.purpose,
            chosen.tasks,
            subject=chosen.subject,
            audit=asked.audit if asked.purpose == "audit" else None,
            reviewer=chosen.reviewer,
            left_out=int(chosen.more),
            by=desk.account.name,
        )
        told = {"purpose": queue.purpose, "subject": queue.subject, "stories": len(chosen.tasks)}
        desk.record(session, "review.queue", str(queue.id), after=told)
    return queue


def theme_words(stored: StoredPlan, scheme: str, theme: str) -> str:
    """Number and title of a theme; raises ``review-theme-unknown``."""
    for node in choose_scheme(stored.plan, scheme)[1]:
        if node.id == theme:
            return f"{node.number}{node.title}"
    raise BadInput(
        _("方案没有这个条目：%(theme)s") % {"theme": theme[:64]},
        "review-theme-unknown",
        _("请从条目列表中选择。"),
    )


def _for_coverage(session: Session, report: CoverageReport, limit: int) -> _Chosen:
    """Stories whose review would settle the weakest themes, the weakest first."""
    order: dict[str, None] = {}
    for theme in report.worst_first():
        if theme.state != "covered":
            order.update(dict.fromkeys(theme.queue))
    names = list(order)[:limit]
    originals = {story.id: story.original for story in stories_by_id(session, names)}
    found = tuple(
        _task(Picked(name, originals[name]), "queue") for name in names if name in originals
    )
    return _Chosen(found, _days(report.period), more=len(order) > limit)


def _of_audit(session: Session, stored: StoredPlan, number: int) -> _Chosen:
    """What is left to decide of an audit's sample, with the probability it was drawn with."""
    rows = undecided_sample(session, stored, number)
    tasks = tuple(
        replace(_task(Picked(row.story, row.item), "audit"), inclusion_probability=chance)
        for row, chance in rows
    )
    scheme = next(
        (a.scheme for a in audits_of(session, stored, stories=False) if a.id == number), ""
    )
    return _Chosen(tasks, _("抽查 %(n)s") % {"n": number}, scheme=scheme)


def _second_reading(session: Session, stored: StoredPlan, asked: AskedQueue, limit: int) -> _Chosen:
    """A share, drawn at random, of what others than the second reader decided."""
    reader = account_named(session, asked.reviewer)
    rows = decided_by_others(
        session, stored, reader.display, asked.filters.since, asked.filters.until
    )
    share = max(1, min(asked.share, 100))
    count = min(limit, -(-len(rows) * share // 100))
    drawn = Random(secrets.randbits(64)).sample(rows, count)
    subject = _("%(name)s 复判，抽 %(share)s %%") % {"name": reader.display, "share": share}
    tasks = tuple(_task(picked, "blind") for picked, _number in drawn)
    return _Chosen(tasks, subject, reviewer=reader.name)


def _picked(
    desk: Desk,
    session: Session,
    stored: StoredPlan,
    themes: tuple[PlanNode, ...],
    asked: AskedQueue,
    limit: int,
) -> _Chosen:
    """Undecided stories that count: of the whole period, or those of it under a theme."""
    options = desk.options(session, stored)
    period = period_of(stored, options)
    picking = picking_of(session, stored, options)
    said = _days(period)
    if asked.purpose == "everything":
        limit = MOST
        picking = replace(picking, undated=True)
        every = replace(picking, undecided=False)
        half = incomplete(session, stored, [node.id for node in themes], every)
    else:
        said = f"{theme_words(stored, desk.asked.scheme, asked.filters.theme)} · {said}"
        picking = replace(picking, theme=asked.filters.theme)
        half = ()
    rows = tuple(dict.fromkeys((*half, *pick_stories(session, stored, picking, limit + 1))))
    tasks = tuple(_task(row, "queue") for row in rows)
    return _Chosen(tasks[:limit], said, more=len(tasks) > limit)


def _filtered(
    desk: Desk, session: Session, stored: StoredPlan, asked: AskedQueue, limit: int
) -> _Chosen:
    """The stories of a list, as the page of stories shows it."""
    asking = Asking.of(desk, session, stored)
    found = story_set(asking, asked.filters, limit)
    rows = [Picked(one.head.id, one.head.original) for one in found.stories]
    tasks = tuple(_task(row, "search") for row in rows)
    return _Chosen(tasks, filter_words(asking, asked.filters), more=found.more)


def filter_words(asking: Asking, filters: Filters) -> str:
    """What a list was asked with, for people."""
    themes = {union.theme.id: f"{union.theme.number}{union.theme.title}" for union in asking.unions}
    days = f"{filters.since}—{filters.until}" if filters.since or filters.until else ""
    rest = (
        ASSIGNMENT_NAMES.get(filters.state, _("未归入") if filters.state else ""),
        filters.source,
        filters.outlet,
        *(getattr(filters, name) for name in ("level", "carrier", "genre")),
    )
    words = (themes.get(filters.theme, filters.theme), days, filters.words, *rest)
    return " · ".join(filter(None, words)) or _("全部报道")


def _task(picked: Picked, chosen_by: str) -> Task:
    return Task(0, 0, picked.story, picked.item, chosen_by, None)


def _days(period: Period) -> str:
    return period.label or f"{period.first}—{period.last}"
