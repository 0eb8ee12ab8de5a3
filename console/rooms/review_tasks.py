"""Deciding the stories of a queue one after another, by keyboard or without any script.

Hides: what an answer does. Accepting, correcting and "none" decide every theme of the scheme; unsure
and skipped decide nothing. A decision is one row more, and undoing it another. When somebody else
decided the same story meanwhile, both decisions are kept and the second person is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sqlalchemy.orm import Session

from console.asking import AskedStory, Earlier, asked_story, earlier_of
from console.desk import Desk
from console.language import _
from console.pages import Changed, change, page
from console.rooms.review import QueueLine, queue_line
from pipeline.errors import BadInput, XuanjianError
from pipeline.plan.model import PlanNode
from pipeline.plan.schemes import choose_scheme
from pipeline.reports.wording import clean
from pipeline.store.assignments import (
    Review,
    append_review,
    decisions,
    numbered_reviews,
    withdraw_reviews,
)
from pipeline.store.audits import close_about
from pipeline.store.items import items_by_id
from pipeline.store.plans import StoredPlan, get_version, plan_versions
from pipeline.store.review_queue import Queue, counts_of, get_queue
from pipeline.store.review_tasks import (
    Task,
    get_task,
    hold_story,
    hold_task,
    last_action,
    mark_decided,
    mark_elsewhere,
    next_task,
    pass_over,
    reopen,
)
from pipeline.store.stories import stories_by_id, story_of

__all__ = ["ROUTES"]

_TITLE = 40
_Theme = Annotated[str, Meta(max_length=64)]


class QueuePage(msgspec.Struct, frozen=True, kw_only=True):
    """A queue and the story to decide now; None when nothing is left to the reader."""

    queue: QueueLine
    scheme: str
    plan: str
    task: AskedStory | None
    undoable: bool


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a story.

    ``chosen``: it belongs to ``themes`` and to no other; ``none``: to none; ``unsure`` and ``skip``
    send it to the back. ``seen`` is the number of the newest decision the page knew of.
    """

    place: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    answer: Literal["chosen", "none", "unsure", "skip"]
    themes: tuple[_Theme, ...] = ()
    comment: Annotated[str, Meta(max_length=2000)] = ""
    seen: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


class ConflictPage(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody else decided the same story meanwhile, and otherwise."""

    queue: int
    place: int
    story: str
    title: str
    mine: Earlier
    others: tuple[Earlier, ...]
    titles: dict[str, str]


class Settle(msgspec.Struct, frozen=True, kw_only=True):
    """``keep`` one's own decision, ``adopt`` the other's, or decide ``again``."""

    place: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    what: Literal["keep", "adopt", "again"]
    other: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


@dataclass(frozen=True)
class _Open:
    """A queue that is being worked in, with the version of the plan it was made for."""

    queue: Queue
    stored: StoredPlan
    themes: tuple[PlanNode, ...]

    @property
    def every(self) -> tuple[str, ...]:
        """Ids of its themes."""
        return tuple(node.id for node in self.themes)

    def words(self, themes: Sequence[str]) -> str:
        """Themes for people."""
        titles = {node.id: node.number or node.title for node in self.themes}
        return "、".join(clean(titles[one], _TITLE) for one in themes) or _("不属于任何条目")


@page("/review/{number:int}", "review_task.html.j2", role="reviewer")
def queue_page(desk: Desk, number: int) -> QueuePage:
    """The next story of a queue; the same again until it was decided or passed over."""
    account = desk.account.name
    with desk.begin() as session:
        opened = _opened(session, desk, number)
        asked = _ask(session, opened, account)
    with desk.begin() as session:  # the story is held: nobody need wait while the rest is read
        counts = counts_of(session, [number], account)[number]
        undoable = bool(last_action(session, number, account))
    return QueuePage(
        queue=queue_line(opened.queue, counts, account),
        scheme=opened.queue.scheme,
        plan=opened.stored.name,
        task=asked or None,
        undoable=undoable,
    )


@change("/review/{number:int}/answer", role="reviewer")
def answer(desk: Desk, number: int, given: Answer) -> Changed:
    """Decide a story, or pass it over; leads on to the next one."""
    here = f"/review/{number}{desk.asked.query()}"
    account = desk.account
    with desk.begin() as session:
        opened = _opened(session, desk, number)
        task = get_task(session, number, given.place)
        about = _about(session, task)
        if given.answer in ("unsure", "skip"):
            kind: Literal["unsure", "skipped"] = "unsure" if given.answer == "unsure" else "skipped"
            if task.state == "open":
                pass_over(session, task, account.name, kind, given.comment.strip())
                told = {"comment": given.comment.strip()} if given.comment.strip() else None
                desk.record(session, f"review.{given.answer}", about.words, after=told)
            said = _("拿不准，已放到最后") if kind == "unsure" else _("已跳过，放到最后")
            return Changed(said=said, to=here)
        yes = _chosen(opened, given)
        hold_story(session, about.story)
        before = numbered_reviews(session, opened.stored.id, about.items)
        review = Review(
            item=task.item,
            themes=yes,
            not_themes=tuple(theme for theme in opened.every if theme not in yes),
            reviewer=account.display,
            chosen_by=task.chosen_by,
            inclusion_probability=task.inclusion_probability,
            comment=given.comment.strip(),
        )
        if _sent_twice(task, account.name, before, review):
            return Changed(said=_("已判：") + opened.words(yes), to=here)
        made = append_review(session, opened.stored.id, review)
        mark_decided(session, task, account.name, made)
        closed = close_about(session, opened.stored, about.items)
        desk.record(
            session,
            "review.decide",
            about.words,
            before=before[-1][1].themes if before else None,
            after={
                "plan": opened.stored.name,
                "themes": yes,
                "chosen_by": review.chosen_by,
                "comment": review.comment,
            },
        )
        others = [] if task.chosen_by == "blind" else _others(before, given.seen, account.display)
    said = _("已判：") + opened.words(yes)
    for audit in closed:
        said += "；" + _("抽查 %(n)s 的样本已判完") % {"n": audit}
    if not others:
        return Changed(said=said, to=here)
    if any(set(other.themes) != set(yes) for other in others):
        return Changed(said="", to=f"/review/{number}/conflict/{given.place}{desk.asked.query()}")
    names = "、".join(dict.fromkeys(other.reviewer for other in others))
    said += "；" + _("%(names)s 刚刚也作了相同的判定，两份都已记下") % {"names": names}
    return Changed(said=said, to=here, tone="note")


@change("/review/{number:int}/undo", role="reviewer")
def undo(desk: Desk, number: int) -> Changed:
    """Take back one's own last answer in a queue; what was decided before it holds again."""
    account = desk.account
    with desk.begin() as session:
        stored = _opened(session, desk, number).stored
        found = last_action(session, number, account.name)
        if not found:
            raise BadInput(
                _("没有可以撤销的判定"), "review-undo-none", _("这份清单里您还没有判过。")
            )
        task, decided = found
        _take_back(session, desk, stored, task, decided)
    said = _("已撤销上一次判定") if decided else _("已取回刚才放过的一篇")
    return Changed(said=said, to=f"/review/{number}{desk.asked.query()}")


@page("/review/{number:int}/conflict/{place:int}", "review_conflict.html.j2", role="reviewer")
def conflict(desk: Desk, number: int, place: int) -> ConflictPage:
    """Who else decided the same story, what and when."""
    with desk.begin() as session:
        opened = _opened(session, desk, number)
        task = get_task(session, number, place)
        about = _about(session, task)
        mine, others = _both(session, desk, opened, task, about)
    return ConflictPage(
        queue=number,
        place=place,
        story=about.story,
        title=about.title,
        mine=mine,
        others=others,
        titles={node.id: f"{node.number}{node.title}" for node in opened.themes},
    )


@change("/review/{number:int}/settle", role="reviewer")
def settle(desk: Desk, number: int, given: Settle) -> Changed:
    """Keep one's own decision beside another's, adopt the other's, or decide again."""
    here = f"/review/{number}{desk.asked.query()}"
    account = desk.account
    with desk.begin() as session:
        opened = _opened(session, desk, number)
        task = get_task(session, number, given.place)
        about = _about(session, task)
        mine, others = _both(session, desk, opened, task, about)
        if given.what == "keep":
            kept = {"plan": opened.stored.name, "themes": mine.themes}
            desk.record(session, "review.keep", about.words, after=kept)
            return Changed(said=_("保留您的判定；两份都已记下，以后判者为准"), to=here)
        if given.what == "again":
            _take_back(session, desk, opened.stored, task, decided=True)
            return Changed(said=_("请重新判定"), to=here, tone="note")
        other = next((one for one in others if one.id == given.other), None)
        if other is None:
            raise _no_conflict()
        said = Review(
            item=task.item,
            themes=other.themes,
            not_themes=other.not_themes,
            reviewer=account.display,
            chosen_by=task.chosen_by,
            inclusion_probability=task.inclusion_probability,
        )
        mark_decided(session, task, account.name, append_review(session, opened.stored.id, said))
        desk.record(
            session,
            "review.adopt",
            about.words,
            before=mine.themes,
            after={"plan": opened.stored.name, "themes": other.themes},
        )
    return Changed(
        said=_("已改为 %(name)s 的判定") % {"name": other.reviewer},
        to=here,
    )


@dataclass(frozen=True)
class _About:
    """The story a task is about, as it is folded today."""

    story: str
    items: tuple[str, ...]
    title: str

    @property
    def words(self) -> str:
        """As the trail names it."""
        return f"《{clean(self.title, _TITLE)}》{self.story}"


def _about(session: Session, task: Task) -> _About:
    story = story_of(session, [task.item]).get(task.item, task.story)
    members = next((one.items for one in stories_by_id(session, [story])), (task.item,))
    items = items_by_id(session, members[:1])
    title = next((item.title for item in items.values()), "")
    return _About(story, members, title)


def _opened(session: Session, desk: Desk, number: int) -> _Open:
    """A queue the reader may work in.

    Raises:
        XuanjianError: ``review-queue-missing``, ``review-not-yours``.
    """
    queue = get_queue(session, number)
    if queue.reviewer not in {"", desk.account.name}:
        raise XuanjianError(
            _("这份清单是请别人复判的"),
            "review-not-yours",
            _("盲审清单只由被请的人判定。"),
        )
    version = next(one for one in plan_versions(session) if one.id == queue.plan_id)
    stored = get_version(session, version.name, version.version)
    _scheme, themes = choose_scheme(stored.plan, queue.scheme)
    return _Open(queue, stored, themes)


def _ask(session: Session, opened: _Open, account: str) -> AskedStory | tuple[()]:
    """The next story that is still to be decided, held for ``account``."""
    while task := next_task(session, opened.queue.id, account):
        asked = asked_story(session, opened.stored, opened.themes, task)
        if task.holder == account:
            if asked:
                return asked
        elif not hold_task(session, task, account):
            continue
        elif asked and not _known_already(opened, asked):
            return asked
        mark_elsewhere(session, task, "elsewhere" if asked else "gone")
    return ()


def _known_already(opened: _Open, asked: AskedStory) -> bool:
    """Whether every theme was decided since the queue was made; a second reading is asked all the
    same."""
    if asked.blind:
        return False
    said = {theme for one in asked.earlier for theme in (*one.themes, *one.not_themes)}
    return said >= {*opened.every}


def _chosen(opened: _Open, given: Answer) -> tuple[str, ...]:
    if given.answer == "none":
        return ()
    strange = set(given.themes) - set(opened.every)
    if strange:
        raise BadInput(
            _("方案没有这个条目：%(theme)s") % {"theme": min(strange)},
            "review-theme-unknown",
            _("请从条目列表中选择。"),
        )
    if not given.themes:
        raise BadInput(
            _("还没有选条目"),
            "review-nothing-chosen",
            _("按数字键选条目，或按 0 表示不属于任何条目。"),
        )
    return tuple(theme for theme in opened.every if theme in given.themes)


def _sent_twice(
    task: Task, account: str, before: Sequence[tuple[int, Review]], review: Review
) -> bool:
    """Whether a form was sent again that was taken already."""
    if task.state != "decided" or task.holder != account:
        return False
    return any(
        number == task.review
        and (held.themes, held.comment) == (review.themes, review.comment)
        and held.reviewer == review.reviewer
        for number, held in before
    )


def _others(before: Sequence[tuple[int, Review]], seen: int, reviewer: str) -> list[Review]:
    """What others decided since the page was made."""
    return [one for number, one in before if number > seen and one.reviewer != reviewer]


def _both(
    session: Session, desk: Desk, opened: _Open, task: Task, about: _About
) -> tuple[Earlier, tuple[Earlier, ...]]:
    """One's own decision in the queue and the newest of everybody else."""
    held = numbered_reviews(session, opened.stored.id, about.items)
    lines = earlier_of(held)
    mine = next((one for one in lines if one.id == task.review), None)
    if mine is None or task.holder != desk.account.name or task.chosen_by == "blind":
        raise _no_conflict()
    newest: dict[str, Earlier] = {}
    for one in lines:
        if one.reviewer != mine.reviewer:
            newest.setdefault(one.reviewer, one)
    return mine, tuple(newest.values())


def _take_back(session: Session, desk: Desk, stored: StoredPlan, task: Task, decided: bool) -> None:
    """Undo one's own answer, and put the story before oneself again."""
    about = _about(session, task)
    held = numbered_reviews(session, stored.id, about.items)
    before = next((one.themes for number, one in held if number == task.review), None)
    if decided and task.review is not None:
        withdraw_reviews(session, [task.review], desk.account.display)
    reopen(session, task, desk.account.name)
    left = decisions(
        (one for number, one in held if number != task.review),
        dict.fromkeys(about.items, about.story),
    ).get(about.story, {})
    after = sorted(theme for theme, one in left.items() if one.belongs) if left else None
    desk.record(
        session,
        "review.undo",
        about.words,
        before={"plan": stored.name, "themes": before},
        after=after,
    )


def _no_conflict() -> BadInput:
    return BadInput(_("这一篇没有待选择的两份判定"), "review-no-conflict", _("请回到清单继续。"))


ROUTES = [queue_page, answer, undo, conflict, settle]
