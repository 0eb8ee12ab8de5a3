"""What people decided in a workspace, as labels a model can learn from.

Hides: what stands between a stored review and a learning set. Decisions are kept per item; the
story is what is read and decided by machine, so that the reprints of one story are one example.
Machine assignments are never labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from pipeline.classify.learning_set import LabelledItem, LearningSet, own_words
from pipeline.errors import BadInput
from pipeline.labels import Label
from pipeline.plan.model import Plan, schemes
from pipeline.store.assignments import Review, reviews_of
from pipeline.store.items import items_by_id
from pipeline.store.stories import stories_between

__all__ = ["check_labels", "label_of", "learning_set_of"]

_NAMED = 12
"""Themes an error names, at most."""


def label_of(review: Review) -> Label:
    """A stored decision as a label without the item's words."""
    return Label(
        id=review.item,
        themes=review.themes,
        not_themes=review.not_themes,
        reviewer=review.reviewer,
        at=review.at,
        chosen_by=review.chosen_by,
        inclusion_probability=review.inclusion_probability,
        comment=review.comment,
    )


def learning_set_of(
    session: Session,
    plan_id: int,
    themes: Sequence[str],
    labels: Iterable[Label] = (),
    *,
    reviews: bool = True,
) -> LearningSet:
    """The decisions of a workspace about ``themes`` of a stored plan, story by story.

    Args:
        labels: further ones, from a file; about items and stories of the workspace, or about
            others, which must bring their words.
        reviews: whether the workspace's own decisions count.

    Raises:
        BadInput: ``labels-without-words`` for a label about an item nobody has the words of.
    """
    stored = [label_of(one) for one in reviews_of(session, plan_id)] if reviews else []
    given = tuple(labels)
    stories = {story.id: story for story in stories_between(session)}
    story_of = {item: story.id for story in stories.values() for item in story.items}
    wanted = {story_of.get(label.id, label.id) for label in (*stored, *given)}
    members = (item for one in wanted if one in stories for item in stories[one].items)
    items = items_by_id(session, (*members, *(one for one in wanted if one not in stories)))
    read: dict[str, LabelledItem] = {}
    for name in wanted:
        if name in stories:
            story = stories[name]
            told = story.as_item(items)
            read[name] = LabelledItem.of(name, told.title, told.text, *story.items)
        elif name in items:
            read[name] = LabelledItem.of(name, items[name].title, items[name].text)

    def item_of(label: Label) -> LabelledItem:
        return read.get(story_of.get(label.id, label.id)) or own_words(label)

    there = [label for label in stored if story_of.get(label.id, label.id) in read]
    return LearningSet.gather((*there, *given), themes, item_of)


def check_labels(labels: Iterable[Label], plan: Plan, name: str, where: str) -> None:
    """Refuse labels that name themes ``plan`` does not have: gathering passes those over.

    Args:
        name: what the plan is called.
        where: what the message begins with, such as the file the labels are of.

    Raises:
        BadInput: ``labels-unknown-theme`` names every such theme and an item of it.
    """
    known = {node.id: node.title for nodes in schemes(plan).values() for node in nodes}
    strange: dict[str, str] = {}
    for label in labels:
        for theme in (*label.themes, *label.not_themes):
            if theme not in known:
                strange.setdefault(theme, label.id)
    if strange:
        said = [f"{theme} (item {item})" for theme, item in strange.items()]
        there = [f"{theme} {title[:16]}" for theme, title in known.items()]
        raise BadInput(
            f"{where}: the plan {name} has no theme {_listed(said)}",
            "labels-unknown-theme",
            f"Its themes: {_listed(there)}.",
        )


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:_NAMED])}{' ..' if len(words) > _NAMED else ''}"
