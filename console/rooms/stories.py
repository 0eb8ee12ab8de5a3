"""Stories 报道: the list with its filters, each story's page, and deciding there.

Hides: how filters stand in the address, and that a story may be decided outside of any queue.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated
from urllib.parse import quote

import msgspec
from litestar.response import Redirect, Stream
from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import _
from console.pages import Changed, change, page
from console.story_asking import Asking
from console.story_filters import Filters, ListFilters
from console.story_lines import StoryLine, csv_lines, lines_of
from console.story_lists import Found, find_stories
from console.story_page import StoryPage, story_missing, story_page
from pipeline.errors import BadInput, XuanjianError
from pipeline.plan.model import PlanNode
from pipeline.plan.schemes import choose_scheme
from pipeline.reports.wording import clean
from pipeline.search_words import search_words
from pipeline.store.assignments import Review, append_review, numbered_reviews
from pipeline.store.audits import close_about
from pipeline.store.plans import StoredPlan
from pipeline.store.review_tasks import hold_story
from pipeline.store.runs import known_sources
from pipeline.store.stories import stories_by_id, story_of

__all__ = ["ROUTES", "FilterChoices", "StoryList", "asked_filters", "choices_of", "story_list"]

PAGE = 30
EXPORTED = 5_000
"""Stories of a CSV file; a longer list is parted by its days."""

Word = Annotated[str, msgspec.Meta(max_length=64)]


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A value with its name."""

    value: str
    words: str


class FilterChoices(msgspec.Struct, frozen=True, kw_only=True):
    """What may be chosen."""

    themes: tuple[Named, ...]
    sources: tuple[Named, ...]


class StoryList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list of stories."""

    filters: Filters
    choices: FilterChoices
    lines: tuple[StoryLine, ...]
    after: str
    """What to ask for to go on; '' at the end."""
    reached: str
    """The day the list came to when its time was up; '' otherwise."""
    first: bool
    """Whether this is the list's beginning."""
    query: str
    """The filters, plan and period as an address has them."""
    own_days: bool
    """Whether the days are those of the period the address asks about."""


class Decide(msgspec.Struct, frozen=True, kw_only=True):
    """A decision about all themes of the scheme: it belongs to ``themes`` and to no other."""

    themes: tuple[Word, ...] = ()
    none: bool = False
    """That it belongs to no theme."""
    comment: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    seen: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0
    """Number of the newest decision about it that the page knew."""


@page("/stories", "stories.html.j2")
def stories(desk: Desk, asked: ListFilters, after: str = "") -> StoryList:
    """Stories by filters, the newest first; ``after`` goes on where a page ended."""
    return story_list(desk, Filters.of(asked), after)


@page("/stories/export", "", api=False)
def export_stories(desk: Desk, filters: Filters) -> Stream:
    """The list as CSV for a spreadsheet, formulas made harmless; so many stories as it may hold."""
    asked, _own = asked_filters(desk, filters.checked())
    parts = _csv(desk, desk.plan(), asked)
    return Stream(
        chain((next(parts),), parts),  # what goes wrong at once is told, not cut off
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="stories.csv"'},
    )


def story_list(desk: Desk, filters: Filters, after: str = "") -> StoryList:
    """A page of the list that ``filters`` ask for.

    Raises:
        XuanjianError: what ``find_stories``, ``Desk.plan`` and ``Desk.options`` raise.
    """
    stored = desk.plan()
    asked, own = asked_filters(desk, filters.checked())
    with desk.begin() as session:
        asking = Asking.of(desk, session, stored)
        found = find_stories(asking, asked, after, PAGE)
        lines = lines_of(asking, found.stories, search_words(asked.words))
        choices = choices_of(session, asking)
    given = {name: getattr(filters, name) for name in filters.__struct_fields__}
    return StoryList(
        filters=asked,
        choices=choices,
        lines=lines,
        after=found.after,
        reached=found.reached,
        first=not after,
        query=desk.asked.query(**given).removeprefix("?"),
        own_days=own,
    )


def asked_filters(desk: Desk, filters: Filters) -> tuple[Filters, bool]:
    """``filters`` with the days of the period the address asks about, where it asks about one and
    they have none; and whether that is so.

    Raises:
        BadInput: ``period-unknown``.
    """
    if filters.since or filters.until or not desk.asked.period:
        return filters, False
    with desk.begin() as session:
        period = desk.options(session, desk.plan()).period
    if period is None:
        return filters, False
    return msgspec.structs.replace(filters, since=period.first, until=period.last), True


def choices_of(session: Session, asking: Asking) -> FilterChoices:
    """The themes of the plan and the sources of the workspace."""
    return FilterChoices(
        themes=tuple(
            Named(value=union.theme.id, words=clean(_name(union.theme), 60))
            for union in asking.unions
        ),
        sources=tuple(
            Named(value=source.id, words=clean(source.name, 60))
            for source in known_sources(session)
        ),
    )


def _csv(desk: Desk, stored: StoredPlan, filters: Filters) -> Iterator[bytes]:
    """Page after page, each in a transaction of its own: a slow reader must not hold one open."""
    after, count, head = "", 0, True
    words = search_words(filters.words)
    while count < EXPORTED:
        with desk.begin() as session:
            asking = Asking.of(desk, session, stored)
            found: Found = find_stories(asking, filters, after, 200)
            lines = lines_of(asking, found.stories, words)
        yield from csv_lines(lines, head)
        head, after, count = False, found.after, count + len(lines)
        if not after:
            return


@page("/stories/{story:str}", "story.html.j2")
def one_story(desk: Desk, story: str, theme: str = "", words: str = "") -> StoryPage:
    """A story with its evidence, themes, decisions, publications and all that refers to it; ``theme``
    chooses whose evidence is marked (``all``, ``none``), ``words`` marks what was searched for."""
    Filters(words=words, theme=theme).checked()
    stored = desk.plan()
    with desk.begin() as session:
        return story_page(desk, session, stored, story, theme, search_words(words), words)


@page("/items/{item:str}", "", api=False)
def one_item(desk: Desk, item: str) -> Redirect:
    """To the story an item is a publication of."""
    with desk.begin() as session:
        story = story_of(session, [item]).get(item)
    if story is None:
        raise XuanjianError(
            _("没有编号为 %(item)s 的刊发记录，或尚未归并成报道") % {"item": item[:64]},
            "item-missing",
            _("刚采到的报道在归类后出现。"),
        )
    return Redirect(f"/stories/{quote(story, safe='')}{desk.asked.query()}", status_code=303)


@change("/stories/{story:str}/decide", role="reviewer")
def decide(desk: Desk, story: str, given: Decide) -> Changed:
    """Decide all themes of a story; a decision somebody else made meanwhile is kept and told of."""
    stored = desk.plan()
    _scheme, themes = choose_scheme(stored.plan, desk.asked.scheme)
    yes = _chosen(themes, given)
    here = f"/stories/{quote(story, safe='')}{desk.asked.query()}"
    with desk.begin() as session:
        hold_story(session, story)
        found = stories_by_id(session, [story])
        if not found:
            raise story_missing(story)
        before = numbered_reviews(session, stored.id, found[0].items)
        review = Review(
            item=found[0].original,
            themes=yes,
            not_themes=tuple(node.id for node in themes if node.id not in yes),
            reviewer=desk.account.display,
            chosen_by="search",
            comment=given.comment.strip(),
        )
        append_review(session, stored.id, review)
        closed = close_about(session, stored, found[0].items)
        desk.record(
            session,
            "review.decide",
            story,
            before=before[-1][1].themes if before else None,
            after={
                "plan": stored.name,
                "themes": yes,
                "chosen_by": "search",
                "comment": review.comment,
            },
        )
    others = [
        held
        for number, held in before
        if number > given.seen and held.reviewer != desk.account.display
    ]
    names = {node.id: clean(_name(node), 40) for node in themes}
    said = _("已判：") + ("、".join(names[one] for one in yes) or _("不属于任何条目"))
    for audit in closed:
        said += "；" + _("抽查 %(n)s 的样本已判完") % {"n": audit}
    if others:
        last = others[-1]
        told = "、".join(names.get(one, one) for one in last.themes) or _("不属于任何条目")
        said += "；" + _("%(who)s 刚刚也判过这一篇（%(what)s），两份都已记下，以后判的为准") % {
            "who": last.reviewer,
            "what": told,
        }
    return Changed(said=said, to=here, tone="note" if others else "done")


def _chosen(themes: tuple[PlanNode, ...], given: Decide) -> tuple[str, ...]:
    every = tuple(node.id for node in themes)
    strange = set(given.themes) - set(every)
    if strange:
        raise BadInput(
            _("方案没有这个条目：%(theme)s") % {"theme": min(strange)},
            "review-theme-unknown",
            _("请从条目列表中选择。"),
        )
    if bool(given.themes) == given.none:
        raise BadInput(
            _("请选一个或几个条目，或者选“不属于任何条目”"),
            "review-nothing-chosen",
            _("两者只选其一。"),
        )
    return tuple(theme for theme in every if theme in given.themes)


def _name(node: PlanNode) -> str:
    return f"{node.number}{node.title}" or node.id


ROUTES = [stories, export_stories, one_story, one_item, decide]
