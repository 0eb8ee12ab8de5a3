"""A proof 佐证 put together from what a person names: a story, a submission.

Hides: how a story is found that is named by its own id, by that of one of its items, or by the address
of its page; and which day a proof has that nobody gave one.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from pipeline.coverage.duties import Duty, duties_of
from pipeline.errors import BadInput
from pipeline.store.items import items_by_id
from pipeline.store.plans import StoredPlan
from pipeline.store.proofs import StoredProof
from pipeline.store.register import get_registered
from pipeline.store.stories import stories_by_id, story_of

__all__ = ["check_media", "duty_of", "proof_of_story", "proof_of_submission"]


def duty_of(stored: StoredPlan, name: str) -> Duty:
    """The duty called ``name``.

    Raises:
        BadInput: ``obligation-unknown``.
    """
    duties = {duty.id: duty for duty in duties_of(stored.plan)}
    if name not in duties:
        there = ", ".join(duties) or "none"
        raise BadInput(
            f"{stored.name} has no obligation {name}", "obligation-unknown", f"There are: {there}."
        )
    return duties[name]


def check_media(duty: Duty, media: Collection[str]) -> None:
    """Raise ``obligation-medium`` for a medium the duty does not name."""
    unknown = set(media) - set(duty.obligation.media)
    if unknown:
        raise BadInput(
            f"{duty.id} does not name {', '.join(sorted(unknown))}",
            "obligation-medium",
            f"It names: {', '.join(duty.obligation.media) or 'none'}.",
        )


def proof_of_story(session: Session, obligation: str, name: str, by: str) -> StoredProof:
    """A story as proof; its day is '' where the story has none.

    Raises:
        BadInput: ``story-unknown``.
    """
    wanted = name.split("?")[0].rstrip("/").rpartition("/")[2]
    found = stories_by_id(session, [wanted])
    found = found or stories_by_id(session, list(story_of(session, [wanted]).values()))
    if not found:
        raise BadInput(
            f"there is no story or item {name[:100]}",
            "story-unknown",
            "Take the id from: xuanjian obligations -v, or from the report.",
        )
    original = items_by_id(session, [found[0].original])[found[0].original]
    return StoredProof(
        obligation=obligation,
        kind="story",
        day=found[0].day or "",
        reference=original.id,
        title=original.title,
        by=by,
    )


def proof_of_submission(session: Session, obligation: str, number: int, by: str) -> StoredProof:
    """A registered submission as proof.

    Raises:
        XuanjianError: ``submission-missing``.
    """
    held = get_registered(session, number).submission
    return StoredProof(
        obligation=obligation,
        kind="submission",
        day=held.day,
        reference=str(number),
        title=held.title,
        by=by,
    )
