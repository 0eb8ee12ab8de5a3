"""Reviewing 人工复核: which queues there are, and making new ones.

Hides: what a person chooses among before the first story is shown.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from console.audit_offer import why_no_draw
from console.desk import Desk
from console.error_words import words_of
from console.jobs import start_job
from console.language import _
from console.pages import Changed, change, page
from console.queue_making import PURPOSES, AskedQueue, make_queue
from console.standing import BeingMade, shown_report
from console.story_filters import Filters
from pipeline.accounts import Role
from pipeline.coverage.periods import written_period
from pipeline.errors import BadInput
from pipeline.plan.schemes import choose_scheme
from pipeline.store.accounts import accounts
from pipeline.store.audits import audits_of
from pipeline.store.jobs import jobs_of
from pipeline.store.plans import plan_versions
from pipeline.store.review_queue import MOST, Purpose, Queue, QueueCounts, counts_of, end_queue
from pipeline.store.review_queue import queues_of as stored_queues
from pipeline.store.runs import known_sources

__all__ = ["ROUTES", "Choice", "QueueLine", "queue_line"]

_READER: Role = "reviewer"


class QueueLine(msgspec.Struct, frozen=True, kw_only=True):
    """One queue and how far it is; ``skipped`` and ``unsure`` are the reader's own."""

    id: int
    purpose: Purpose
    name: str
    subject: str
    reviewer: str
    made_by: str
    made_at: str
    total: int
    open: int
    decided: int
    elsewhere: int
    skipped: int
    unsure: int
    more: bool
    """Whether more stories were found than were taken in."""
    mine: bool
    """Whether the reader may work in it."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Something to choose: what is sent, and what people read."""

    id: str
    words: str


class ReviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """Queues of the plan, and what new ones can be made of."""

    plan: str
    queues: tuple[QueueLine, ...]
    themes: tuple[Choice, ...]
    audits: tuple[Choice, ...]
    """Audits 抽查 whose sample is not read to the end."""
    no_draw: str
    """Why no sample of the period can be drawn; '' where one can, or the report is being made."""
    sources: tuple[Choice, ...]
    readers: tuple[Choice, ...]
    """Accounts that may review."""
    people: dict[str, str]
    """How those are called who made the queues, and for whom, by account."""
    jobs: tuple[int, ...]
    """Numbers of work that chooses stories at present."""
    theme: str
    """Chosen beforehand by the address."""
    source: str
    words: str
    since: str
    until: str
    most: int


class NewQueue(Filters, frozen=True, kw_only=True):
    """A queue to make: what for, and what narrows it; the filters are those of the list of stories."""

    purpose: Literal["learning", "coverage", "audit", "everything", "theme", "search", "blind"]
    audit: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 200
    share: Annotated[int, Meta(ge=1, le=100)] = 10
    reviewer: Annotated[str, Meta(max_length=64)] = ""


@page("/review", "review.html.j2", role="reviewer")
def review(
    desk: Desk, theme: str = "", source: str = "", words: str = "", since: str = "", until: str = ""
) -> ReviewPage:
    """Queues in work, and what to ask about next; the rest of the address fills the forms."""
    stored = desk.plan()
    _scheme, themes = choose_scheme(stored.plan, desk.asked.scheme)
    account = desk.account
    with desk.begin() as session:
        versions = [one.id for one in plan_versions(session, stored.name)]
        queues = stored_queues(session, versions)
        counts = counts_of(session, [queue.id for queue in queues], account.name)
        audits = audits_of(session, stored, stories=False)
        known = accounts(session)
        readers = [one for one in known if one.may(_READER) and not one.disabled]
        named = known_sources(session)
        jobs = jobs_of(session, "queue", running=True)
    return ReviewPage(
        plan=stored.name,
        queues=tuple(queue_line(queue, counts[queue.id], account.name) for queue in queues),
        themes=tuple(Choice(id=n.id, words=f"{n.number}{n.title}") for n in themes),
        audits=tuple(
            Choice(id=str(one.id), words=f"{one.id} · {_words_of(one.period)}")
            for one in audits
            if not one.closed_at
        ),
        no_draw=_no_draw(desk),
        sources=tuple(Choice(id=one.id, words=one.name) for one in named),
        people={
            one.name: one.display
            for one in known
            if any(one.name in (queue.made_by, queue.reviewer) for queue in queues)
        },
        readers=tuple(Choice(id=one.name, words=one.display) for one in readers),
        jobs=tuple(job.id for job in jobs),
        theme=theme[:64],
        source=source[:100],
        words=words[:100],
        since=since[:10],
        until=until[:10],
        most=MOST,
    )


def _no_draw(desk: Desk) -> str:
    try:
        standing = shown_report(desk)
    except BeingMade:
        return ""
    except BadInput as error:  # a plan without a term, and no news to take one from
        return words_of(error.slug).sentence
    with desk.begin() as session:
        return why_no_draw(session, standing)


@change("/review/queues", role="reviewer")
def new_queue(desk: Desk, given: NewQueue) -> Changed:
    """Make a queue; one for learning is chosen by a process of its own."""
    if given.purpose == "learning":
        asked = desk.asked
        words = ["review", "choose", "--by", desk.account.name]
        words += ["--plan", desk.plan().name, "--limit", str(given.limit)]
        for name, value in (("--scheme", asked.scheme), ("--period", asked.period)):
            words += [name, value] if value else []
        job = start_job(desk, "queue", *words)
        said = _("正在为模型学习挑选报道，挑好后列在「人工复核」里")
        return Changed(said=said, to=f"/jobs/{job.id}")
    queue = make_queue(
        desk,
        AskedQueue(
            purpose=given.purpose,
            filters=Filters.of(given).checked(),
            audit=given.audit,
            limit=given.limit,
            share=given.share,
            reviewer=given.reviewer,
        ),
    )
    to = f"/review/{queue.id}" if queue.reviewer in {"", desk.account.name} else "/review"
    return Changed(said=_("清单已建好"), to=to + desk.asked.query())


@change("/review/{number:int}/end", role="reviewer")
def put_away(desk: Desk, number: int) -> Changed:
    """Put a queue away; what was decided in it stays."""
    with desk.begin() as session:
        queue = end_queue(session, number)
        desk.record(session, "review.queue-end", str(number), before=queue.subject)
    return Changed(said=_("清单已收起，已作的判定都在"), to="/review" + desk.asked.query())


def queue_line(queue: Queue, counts: QueueCounts, account: str) -> QueueLine:
    """A queue for people."""
    return QueueLine(
        id=queue.id,
        purpose=queue.purpose,
        name=_(PURPOSES[queue.purpose]),
        subject=queue.subject,
        reviewer=queue.reviewer,
        made_by=queue.made_by,
        made_at=queue.made_at,
        total=counts.total,
        open=counts.open,
        decided=counts.decided,
        elsewhere=counts.elsewhere,
        skipped=counts.skipped,
        unsure=counts.unsure,
        more=bool(queue.left_out),
        mine=queue.reviewer in {"", account},
    )


def _words_of(period: tuple[str, str]) -> str:
    return written_period(period).label or "—".join(period)


ROUTES = [review, new_queue, put_away]
