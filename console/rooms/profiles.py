"""Profiles 条目画像: what each theme of a plan stands for, proposed, changed and confirmed by a person.

Hides: that a profile is part of the plan, so that confirming one makes the plan's next version; and how
a profile that is only being typed is tried on stored news or on words of one's own.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from console.desk import Desk
from console.first_steps import unconfirmed
from console.language import _
from console.pages import Changed, change, page
from console.problem import Trouble
from console.rooms.plan_mending import store_revision, told_names
from console.rooms.plan_tree import KIND_NAMES
from console.rooms.plans import model_trouble, plan_address
from pipeline.assignment import ItemAssignments
from pipeline.classify.bundle import BaseModel, open_bundle
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.hierarchy import classifier_of
from pipeline.classify.profiles import profiles_of
from pipeline.deciding import base_folder
from pipeline.errors import BadInput, XuanjianError
from pipeline.news import NewsItem
from pipeline.plan.model import PlanNode, schemes
from pipeline.plan.profile import OwnTerm, ThemeProfile, TopicLink
from pipeline.plan.revising import revised_profiles
from pipeline.plan.schemes import choose_scheme
from pipeline.store.items import items_by_id
from pipeline.store.plans import StoredPlan, get_plan
from pipeline.store.story_list import Narrow, next_stories

__all__ = ["ROUTES"]

TRIED = 200
"""Stories a profile is tried on, the newest: read and classified in 0.1 s."""
SHOWN, NEAR = 8, 3
_TEXT = 4_000
"""Characters of a story that are read for a trial."""
_OWN_WEIGHT = 0.5

Weight = Annotated[float, msgspec.Meta(ge=0, le=1)]
Lines = Annotated[str, msgspec.Meta(max_length=4000)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]


class ProfileLine(msgspec.Struct, frozen=True, kw_only=True):
    """One theme's profile in the list."""

    theme: str
    number: str
    title: str
    topics: tuple[tuple[str, float], ...]
    """Names and weights, the heaviest first."""
    terms: int
    units: int
    confirmed_by: str


class ProfilesPage(msgspec.Struct, frozen=True, kw_only=True):
    """The profiles of a scheme's themes."""

    name: str
    version: int
    scheme: str
    schemes: tuple[tuple[str, str, int], ...]
    lines: tuple[ProfileLine, ...]
    confirmed: int
    next: str
    """The first theme whose profile nobody confirmed; '' for none."""
    model_trouble: Trouble | None


class TopicChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A general topic, and how fully the theme stands for it."""

    id: str
    name: str
    weight: float
    why: tuple[str, ...]


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A story, or words of one's own, as the profile decides it."""

    story: str
    title: str
    day: str
    probability: float
    taken: bool
    evidence: tuple[str, ...]


class ProfilePage(msgspec.Struct, frozen=True, kw_only=True):
    """A theme's profile to be looked at, changed, tried and confirmed."""

    name: str
    version: int
    scheme: str
    theme: str
    number: str
    title: str
    text: str
    place: int
    total: int
    before: str
    after: str
    """Ids of the themes beside it; '' at the ends."""
    topics: tuple[TopicChoice, ...]
    terms: tuple[str, ...]
    exclusions: tuple[str, ...]
    minimum: float
    units: tuple[str, ...]
    confirmed_by: str
    edited: bool
    """Whether what is shown was typed and is not stored."""
    looked: int
    """Stories it was tried on."""
    takes: int
    """How many of them it takes."""
    tried: tuple[Tried, ...]
    """What it takes, then what it nearly takes."""
    words: str
    told: Tried | None
    """The words one gave, as the profile decides them; None without words."""


class ConfirmProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A theme's profile, as a person confirms it."""

    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    weights: Annotated[tuple[Weight, ...], msgspec.Meta(max_length=500)]
    """By general topic, in the order the page gives them."""
    terms: Lines = ""
    exclusions: Lines = ""
    minimum: Annotated[float, msgspec.Meta(ge=0, le=20)] = 0.0
    text: Text = ""
    """Words it was tried on; they are not kept."""


@page("/plans/{name:str}/profiles", "profiles.html.j2")
def profiles(desk: Desk, name: str) -> ProfilesPage:
    """What the themes of a scheme stand for, and which of it a person confirmed."""
    stored = _present(desk, name)
    scheme, nodes = choose_scheme(stored.plan, desk.asked.scheme)
    found = profiles_of(stored.plan, scheme, _model(desk))
    lines = tuple(
        ProfileLine(
            theme=node.id,
            number=node.number,
            title=node.label,
            topics=tuple((link.name or link.topic, link.weight) for link in profile.topics[:5]),
            terms=len(profile.terms),
            units=len(profile.units),
            confirmed_by=profile.confirmed_by,
        )
        for node, profile in zip(nodes, found, strict=True)
    )
    return ProfilesPage(
        name=name,
        version=stored.version,
        scheme=scheme,
        schemes=tuple(
            (kind, _(KIND_NAMES[kind]), len(of_kind))
            for kind, of_kind in schemes(stored.plan).items()
        ),
        lines=lines,
        confirmed=sum(1 for line in lines if line.confirmed_by),
        next=unconfirmed(stored, scheme),
        model_trouble=model_trouble(desk, stored),
    )


@page("/plans/{name:str}/profiles/{theme:str}", "profile.html.j2")
def profile(
    desk: Desk,
    name: str,
    theme: str,
    weights: list[float] | None = None,
    terms: str = "",
    exclusions: str = "",
    minimum: float = 0.0,
    text: str = "",
) -> ProfilePage:
    """One theme's profile and what it would take of the newest stories.

    With ``weights`` (one for each general topic, in the order this page gives them) the profile that
    is given is tried in place of the one in force; nothing is stored.
    """
    stored = _present(desk, name)
    model = _model(desk)
    scheme, nodes = _scheme_of(stored, theme)
    found = profiles_of(stored.plan, scheme, model)
    place = next(number for number, node in enumerate(nodes) if node.id == theme)
    shown = found[place]
    if weights:
        shown = _typed(shown, model, tuple(weights), terms, exclusions, minimum)
    tried, takes, looked, told = _tried(desk, stored, shown, scheme, model, text[:2000])
    linked = {link.topic: link for link in shown.topics}
    return ProfilePage(
        name=name,
        version=stored.version,
        scheme=scheme,
        theme=theme,
        number=nodes[place].number,
        title=nodes[place].title,
        text=nodes[place].text[:2000],
        place=place + 1,
        total=len(nodes),
        before=nodes[place - 1].id if place else "",
        after=nodes[place + 1].id if place + 1 < len(nodes) else "",
        topics=tuple(
            TopicChoice(
                id=topic.id,
                name=topic.name,
                weight=linked[topic.id].weight if topic.id in linked else 0.0,
                why=linked[topic.id].why if topic.id in linked else (),
            )
            for topic in model.topics
        ),
        terms=tuple(term.term for term in shown.terms),
        exclusions=shown.exclusions,
        minimum=shown.minimum_evidence,
        units=shown.units,
        confirmed_by=found[place].confirmed_by,
        edited=bool(weights),
        looked=looked,
        takes=takes,
        tried=tried,
        words=text[:2000],
        told=told,
    )


@change("/plans/{name:str}/profiles/{theme:str}", role="editor")
def confirm(desk: Desk, name: str, theme: str, given: ConfirmProfile) -> Changed:
    """Confirm a theme's profile; it is part of the plan, which gets its next version."""
    stored = _present(desk, name)
    model = _model(desk)
    scheme, nodes = _scheme_of(stored, theme)
    found = {one.theme: one for one in profiles_of(stored.plan, scheme, model)}[theme]
    made = _typed(found, model, given.weights, given.terms, given.exclusions, given.minimum)
    made = replace(made, units=(), confirmed_by=desk.account.display)
    store_revision(
        desk, name, given.version, lambda plan: revised_profiles(plan, [made]), "plan.profile"
    )
    now = _present(desk, name)
    left = unconfirmed(now, scheme, after=theme)
    title = next(node.title for node in nodes if node.id == theme)
    done = sum(1 for one in now.plan.profiles if one.confirmed_by and _in(one.theme, nodes))
    said = _("“%(title)s”的画像已确认（%(a)s/%(b)s）") % {
        "title": title[:60],
        "a": done,
        "b": len(nodes),
    }
    to = f"{plan_address(name)}/profiles"
    return Changed(said=said, to=f"{to}/{quote(left, safe='')}" if left else to)


def _in(theme: str, nodes: tuple[PlanNode, ...]) -> bool:
    return any(node.id == theme for node in nodes)


def _typed(
    known: ThemeProfile,
    model: BaseModel,
    weights: tuple[float, ...],
    terms: str,
    exclusions: str,
    minimum: float,
) -> ThemeProfile:
    if len(weights) != len(model.topics):
        raise BadInput(
            _("主题有 %(n)s 个，只给了 %(m)s 个") % {"n": len(model.topics), "m": len(weights)},
            "form-value",
            _("请重新打开页面后再提交。"),
        )
    links = {link.topic: link for link in known.topics}
    own = {term.term: term for term in known.terms}
    made = [
        TopicLink(
            topic=topic.id,
            name=topic.name,
            weight=round(min(1.0, max(0.0, weight)), 3),
            why=links[topic.id].why if topic.id in links else (),
        )
        for topic, weight in zip(model.topics, weights, strict=True)
        if weight > 0
    ]
    return replace(
        known,
        topics=tuple(sorted(made, key=lambda link: -link.weight)),
        terms=tuple(
            own.get(term, OwnTerm(term=term, weight=_OWN_WEIGHT)) for term in told_names(terms)
        ),
        exclusions=told_names(exclusions),
        minimum_evidence=max(0.0, minimum),
    )


def _tried(
    desk: Desk,
    stored: StoredPlan,
    shown: ThemeProfile,
    scheme: str,
    model: BaseModel,
    text: str,
) -> tuple[tuple[Tried, ...], int, int, Tried | None]:
    """What the profile takes of the newest stories and nearly takes, surest first, how many it takes
    of how many, and what it says of words one gave. Its siblings decide along: a story answers to three
    themes at most."""
    plan = revised_profiles(stored.plan, [replace(shown, units=())])
    whole = classifier_of(plan, scheme, model)
    # Without the plan's clauses: they cost more than the decision, and are not shown here.
    classifier = ThemeClassifier(model, whole.profiles, above=whole.above)
    column = [one.theme for one in classifier.profiles].index(shown.theme)
    stories = _newest(desk)
    chances, assigned = classifier.decide(stories)
    order = sorted(
        range(len(stories)),
        key=lambda row: (not assigned[row, column], -chances[row, column]),
    )
    takes = int(assigned[:, column].sum())
    looked_at = [
        stories[row] for row in (*order[: min(takes, SHOWN)], *order[takes : takes + NEAR])
    ]
    tried = [
        _as_tried(result, shown.theme, item)
        for item, result in zip(looked_at, classifier.classify(looked_at), strict=True)
    ]
    told = None
    if text.strip():
        title, _line, rest = text.strip().partition("\n")
        words = NewsItem(id="", title=title, text=rest)
        [result] = classifier.classify([words])
        told = _as_tried(result, shown.theme, words)
    return tuple(tried), takes, len(stories), told


def _newest(desk: Desk) -> list[NewsItem]:
    with desk.begin() as session:
        heads = next_stories(session, Narrow(), None, TRIED)
        items = items_by_id(session, {one for head in heads for one in (head.original, head.text)})
    return [
        NewsItem(
            id=head.id,
            title=items[head.original].title[:300],
            text=items[head.text].text[:_TEXT] if head.text in items else "",
            date=items[head.original].date,
        )
        for head in heads
        if head.original in items
    ]


def _as_tried(result: ItemAssignments, theme: str, item: NewsItem) -> Tried:
    score = next(one for one in result.themes if one.id == theme)
    return Tried(
        story=item.id,
        title=item.title[:300],
        day=(item.date or "")[:10],
        probability=score.probability,
        taken=score.assigned,
        evidence=tuple(one.text for one in score.evidence[:4]),
    )


def _scheme_of(stored: StoredPlan, theme: str) -> tuple[str, tuple[PlanNode, ...]]:
    for scheme, nodes in schemes(stored.plan).items():
        if _in(theme, nodes):
            return scheme, nodes
    raise XuanjianError(
        _("方案里没有这个条目"), "plan-theme-missing", _("它可能已改为不对照，或方案换了版本。")
    )


def _present(desk: Desk, name: str) -> StoredPlan:
    with desk.begin() as session:
        return get_plan(session, name)


def _model(desk: Desk) -> BaseModel:
    folder = base_folder(desk.workspace)
    manifest = folder / "model.json"
    return _opened(folder, manifest.stat().st_mtime_ns if manifest.is_file() else 0)


@lru_cache(2)
def _opened(folder: Path, _changed: int) -> BaseModel:
    """Opened once: it takes half a second."""
    return open_bundle(folder)


ROUTES = [profiles, profile, confirm]
