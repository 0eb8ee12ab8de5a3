"""Agreement 复核一致性: how far second, blind readings agree with the first, and where they do not.

Hides: when a disagreement counts as settled: once somebody decided that theme of that story again.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import _
from console.pages import Changed, change, page
from console.queue_making import theme_words
from console.story_page import story_missing
from pipeline.coverage.agreement import Agreement, Pair, agreement_of, pairs_of
from pipeline.plan.schemes import choose_scheme
from pipeline.reports.wording import clean
from pipeline.store.assignments import Review, append_review, numbered_reviews
from pipeline.store.items import items_by_id
from pipeline.store.plans import StoredPlan
from pipeline.store.review_tasks import hold_story
from pipeline.store.stories import stories_by_id, story_of

__all__ = ["ROUTES"]

LISTED = 100
"""Disagreements listed, those not settled first."""


class AgreementLine(msgspec.Struct, frozen=True, kw_only=True):
    """Two readings of one theme, counted; ``kappa`` None where it cannot be given."""

    theme: str
    title: str
    count: int
    agreed: int
    both: int
    first: int
    second: int
    neither: int
    kappa: float | None


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A story and theme two people decided otherwise."""

    story: str
    title: str
    theme: str
    theme_title: str
    yes: str
    """Who says that it belongs."""
    no: str
    settled: bool
    comments: tuple[str, ...]


class AgreementPage(msgspec.Struct, frozen=True, kw_only=True):
    """Agreement by theme and over all of them, and what is to be settled."""

    plan: str
    stories: int
    lines: tuple[AgreementLine, ...]
    total: AgreementLine
    disagreements: tuple[Disagreement, ...]
    open: int
    """Disagreements nobody settled."""


class Resolve(msgspec.Struct, frozen=True, kw_only=True):
    """Settle a disagreement: whether the story belongs to the theme."""

    story: Annotated[str, Meta(max_length=64)]
    theme: Annotated[str, Meta(max_length=64)]
    belongs: bool
    comment: Annotated[str, Meta(max_length=1000)] = ""


@page("/agreement", "agreement.html.j2", role="reviewer")
def agreement_page(desk: Desk) -> AgreementPage:
    """Cohen's kappa and agreement in per cent by theme, and disagreements to settle."""
    stored = desk.plan()
    _scheme, nodes = choose_scheme(stored.plan, desk.asked.scheme)
    titles = {node.id: f"{node.number}{node.title}" for node in nodes}
    with desk.begin() as session:
        pairs = _pairs(session, stored, tuple(titles))
        split = sorted(
            (pair for pair in pairs if pair.said[0] != pair.said[1]),
            key=lambda pair: (pair.settled > 0, pair.story, pair.theme),
        )
        listed = split[:LISTED]
        stories = stories_by_id(session, {pair.story for pair in listed})
        items = items_by_id(session, (story.original for story in stories))
    names = {story.id: items[story.original].title for story in stories}
    return AgreementPage(
        plan=stored.name,
        stories=len({pair.story for pair in pairs}),
        lines=tuple(
            _line(theme, title, agreement_of(pair for pair in pairs if pair.theme == theme))
            for theme, title in titles.items()
        ),
        total=_line("", _("全部条目"), agreement_of(pairs)),
        disagreements=tuple(_disagreement(pair, names, titles) for pair in listed),
        open=sum(not pair.settled for pair in split),
    )


@change("/agreement/resolve", role="reviewer")
def resolve(desk: Desk, given: Resolve) -> Changed:
    """Settle a disagreement by one decision more, about this theme alone; both readings stay."""
    stored = desk.plan()
    title = theme_words(stored, desk.asked.scheme, given.theme)
    with desk.begin() as session:
        found = stories_by_id(session, [given.story])
        if not found:
            raise story_missing(given.story)
        hold_story(session, given.story)
        review = Review(
            item=found[0].original,
            themes=(given.theme,) if given.belongs else (),
            not_themes=() if given.belongs else (given.theme,),
            reviewer=desk.account.display,
            chosen_by="search",
            comment=given.comment.strip(),
        )
        append_review(session, stored.id, review)
        desk.record(
            session,
            "review.resolve",
            given.story,
            after={
                "plan": stored.name,
                "theme": given.theme,
                "belongs": given.belongs,
                "comment": review.comment,
            },
        )
    said = _("已定：属于%(theme)s") if given.belongs else _("已定：不属于%(theme)s")
    return Changed(said=said % {"theme": clean(title, 40)}, to="/agreement" + desk.asked.query())


def _pairs(session: Session, stored: StoredPlan, themes: tuple[str, ...]) -> tuple[Pair, ...]:
    reviews = numbered_reviews(session, stored.id)
    member_of = story_of(session, {review.item for _number, review in reviews})
    return pairs_of(reviews, member_of, themes)


def _line(theme: str, title: str, one: Agreement) -> AgreementLine:
    return AgreementLine(
        theme=theme,
        title=title,
        count=one.count,
        agreed=one.agreed,
        both=one.both,
        first=one.first,
        second=one.second,
        neither=one.neither,
        kappa=one.kappa,
    )


def _disagreement(pair: Pair, names: dict[str, str], titles: dict[str, str]) -> Disagreement:
    first_says = pair.said[0]
    yes, no = (pair.first, pair.second) if first_says else (pair.second, pair.first)
    return Disagreement(
        story=pair.story,
        title=names.get(pair.story, ""),
        theme=pair.theme,
        theme_title=titles[pair.theme],
        yes=yes.reviewer,
        no=no.reviewer,
        settled=pair.settled > 0,
        comments=tuple(one.comment for one in (pair.first, pair.second) if one.comment),
    )


ROUTES = [agreement_page, resolve]
