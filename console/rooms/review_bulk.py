"""Deciding a whole list at once 批量判定: looked at first, undone as one.

Hides: what such a decision says. "Belongs" and "does not belong" decide one theme and leave the others
open, "none" decides all. Only the very list that was looked at is decided: its fingerprint is sent along.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import _
from console.pages import Changed, change, page
from console.queue_making import filter_words, theme_words
from console.rooms.stories import FilterChoices, asked_filters, choices_of
from console.story_asking import Asking
from console.story_filters import Filters
from console.story_lines import StoryLine, lines_of
from console.story_sets import StorySet, story_set, written_filters
from pipeline.coverage.marks import mark_state
from pipeline.coverage.report import AssignmentState
from pipeline.errors import BadInput
from pipeline.search_words import search_words
from pipeline.store.assignments import Decision, Review
from pipeline.store.audits import close_about
from pipeline.store.plans import plan_versions
from pipeline.store.review_bulk import bulks_of, decide_in_bulk, undo_bulk
from pipeline.store.review_tasks import hold_story
from pipeline.store.since_issue import assigned_themes
from pipeline.store.stories import stories_by_id

__all__ = ["ROUTES"]

MOST = 500
"""Stories of one decision in bulk: what a page can show and a person answer for."""
SHOWN = 20
Verdict = Literal["belongs", "belongs_not", "none"]


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """How many stories stand under a theme by whose word, before and after; None for not at all."""

    theme: str
    title: str
    before: AssignmentState | None
    after: AssignmentState | None
    stories: int


class BulkLine(msgspec.Struct, frozen=True, kw_only=True):
    """A decision in bulk that was made."""

    id: int
    subject: str
    stories: int
    made_by: str
    made_at: str
    undone_by: str
    undone_at: str


class BulkPage(msgspec.Struct, frozen=True, kw_only=True):
    """A list, what deciding it would change, and what was decided so before."""

    filters: Filters
    choices: FilterChoices
    verdict: str
    about: str
    asked: bool
    """Whether a list and a decision were asked for."""
    count: int
    more: bool
    """Whether the list goes on: only its first ``most`` stories would be decided."""
    most: int
    undecided: int
    """Stories nobody decided yet about what would be decided."""
    by_others: int
    """Stories about which somebody else's decision would be followed by another."""
    turns: tuple[Turn, ...]
    sample: tuple[StoryLine, ...]
    fingerprint: str
    query: str
    bulks: tuple[BulkLine, ...]


class Bulk(Filters, frozen=True, kw_only=True):
    """A decision about the list that was looked at; ``about`` names a theme of the plan."""

    verdict: Verdict
    about: Annotated[str, Meta(max_length=64)] = ""
    fingerprint: Annotated[str, Meta(max_length=16)]
    comment: Annotated[str, Meta(max_length=1000)] = ""


@page("/review/bulk", "review_bulk.html.j2", role="reviewer")
def bulk_page(desk: Desk, filters: Filters, verdict: str = "", about: str = "") -> BulkPage:
    """Look at a list before it is decided: how many, which, and what would change."""
    filters = filters.checked()
    stored = desk.plan()
    full, _own = asked_filters(desk, filters)
    asked = _checked(desk, verdict, about)
    with desk.begin() as session:
        asking = Asking.of(desk, session, stored)
        found = story_set(asking, full, MOST) if asked else StorySet((), more=False)
        yes, no = _decides(asking, verdict, about) if asked else ((), ())
        said = _said(session, asking, found, yes, no)
        lines = lines_of(asking, found.stories[:SHOWN], search_words(filters.words))
        choices = choices_of(session, asking)
        versions = [one.id for one in plan_versions(session, stored.name)]
        bulks = bulks_of(session, versions)
    return BulkPage(
        filters=full,
        choices=choices,
        verdict=verdict,
        about=about,
        asked=asked,
        count=len(found.stories),
        more=found.more,
        most=MOST,
        undecided=said.undecided,
        by_others=sum(desk.account.display not in names for names in said.deciders),
        turns=said.turns,
        sample=lines,
        fingerprint=found.fingerprint,
        query=written_filters(full),
        bulks=tuple(
            BulkLine(
                id=one.id,
                subject=one.subject,
                stories=one.stories,
                made_by=one.made_by,
                made_at=one.made_at,
                undone_by=one.undone_by,
                undone_at=one.undone_at or "",
            )
            for one in bulks
        ),
    )


@change("/review/bulk", role="reviewer")
def decide_list(desk: Desk, given: Bulk) -> Changed:
    """Decide every story of a list that was looked at; each keeps a decision of its own."""
    filters = Filters.of(given).checked()
    _checked(desk, given.verdict, given.about)
    stored = desk.plan()
    with desk.begin() as session:
        asking = Asking.of(desk, session, stored)
        found = story_set(asking, filters, MOST)
        if not found.stories or found.fingerprint != given.fingerprint:
            raise BadInput(
                _("名单在您看过之后变了"), "review-list-changed", _("请重新预览，再判定。")
            )
        yes, no = _decides(asking, given.verdict, given.about)
        subject = f"{_verdict_words(desk, given)}：{filter_words(asking, filters)}"
        members = stories_by_id(session, [one.head.id for one in found.stories])
        for story in members:
            hold_story(session, story.id)
        made = decide_in_bulk(
            session,
            stored.id,
            subject,
            (
                Review(
                    item=story.original,
                    themes=yes,
                    not_themes=no,
                    reviewer=desk.account.display,
                    chosen_by="search",
                    comment=given.comment.strip(),
                )
                for story in members
            ),
            desk.account.display,
        )
        closed = close_about(session, stored, [story.original for story in members])
        desk.record(
            session,
            "review.bulk",
            str(made.id),
            after={
                "plan": stored.name,
                "subject": subject,
                "stories": made.stories,
                "yes": yes,
                "no": no,
            },
        )
    said = _("已批量判定 %(n)s 篇，可在下面整批撤销") % {"n": made.stories}
    for audit in closed:
        said += "；" + _("抽查 %(n)s 的样本已判完") % {"n": audit}
    return Changed(said=said, to="/review/bulk" + desk.asked.query())


@change("/review/bulk/{number:int}/undo", role="reviewer")
def undo_list(desk: Desk, number: int) -> Changed:
    """Take a whole decision in bulk back; what was decided before it holds again."""
    with desk.begin() as session:
        bulk, count = undo_bulk(session, number, desk.account.display)
        desk.record(
            session, "review.bulk-undo", str(number), before=bulk.subject, after={"stories": count}
        )
    said = _("已整批撤销，%(n)s 篇回到批量判定之前") % {"n": count}
    return Changed(said=said, to="/review/bulk" + desk.asked.query())


class _Said(msgspec.Struct, frozen=True):
    """What was said of a list before, and what would become of it."""

    undecided: int
    deciders: tuple[frozenset[str], ...]
    """Of every story that was decided, who did."""
    turns: tuple[Turn, ...]


def _said(
    session: Session, asking: Asking, found: StorySet, yes: Sequence[str], no: Sequence[str]
) -> _Said:
    stories = stories_by_id(session, [one.head.id for one in found.stories])
    held = asking.decided_about(stories)
    assigned = assigned_themes(session, asking.stored.id, [story.id for story in stories])
    new = {theme: Decision(True, "") for theme in yes} | {
        theme: Decision(False, "") for theme in no
    }
    turns: Counter[tuple[str, AssignmentState | None, AssignmentState | None]] = Counter()
    deciders: list[frozenset[str]] = []
    for story in stories:
        said: Mapping[str, Decision] = held.get(story.id, {})
        own = frozenset(said[theme].reviewer for theme in new if theme in said)
        if own:
            deciders.append(own)
        for theme, decision in new.items():
            by_machine = theme in assigned.get(story.id, ())
            before, after = (
                mark_state(by_machine, said.get(theme)),
                mark_state(by_machine, decision),
            )
            if before != after:
                turns[theme, before, after] += 1
    titles = {node.id: f"{node.number}{node.title}" for node in asking.themes}
    order = list(titles)
    return _Said(
        len(stories) - len(deciders) if new else 0,
        tuple(deciders),
        tuple(
            Turn(theme=theme, title=titles[theme], before=before, after=after, stories=count)
            for (theme, before, after), count in sorted(
                turns.items(), key=lambda one: (order.index(one[0][0]), -one[1], str(one[0][1:]))
            )
        ),
    )


def _checked(desk: Desk, verdict: str, about: str) -> bool:
    """Whether a decision was asked for; raises ``filter-unknown`` or ``review-theme-unknown``."""
    if not verdict:
        return False
    if verdict not in ("belongs", "belongs_not", "none"):
        raise BadInput(
            _("没有这样的判定：%(what)s") % {"what": verdict[:20]},
            "filter-unknown",
            _("请在页面上重新选择。"),
        )
    if verdict != "none":
        theme_words(desk.plan(), desk.asked.scheme, about)
    return True


def _decides(asking: Asking, verdict: str, about: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Themes the stories are said to belong to, and not to."""
    if verdict == "none":
        return (), tuple(node.id for node in asking.themes)
    return ((about,), ()) if verdict == "belongs" else ((), (about,))


def _verdict_words(desk: Desk, given: Bulk) -> str:
    if given.verdict == "none":
        return _("不属于任何条目")
    title = theme_words(desk.plan(), desk.asked.scheme, given.about)
    words = _("属于%(theme)s") if given.verdict == "belongs" else _("不属于%(theme)s")
    return words % {"theme": title}


ROUTES = [bulk_page, decide_list, undo_list]
