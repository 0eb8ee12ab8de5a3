"""Proofs of obligations 佐证 as people gave them: files kept, stories and submissions pointed to.

Hides: that a proof is withdrawn and never deleted, how a story is found again after stories were
folded anew (by its original), and how proofs survive a new version of their plan: one given for an
obligation of another version holds for the one that has the same words here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import BadInput
from pipeline.store.plans import StoredPlan
from pipeline.store.store import now
from pipeline.store.tables import PlanRow, ProofRow, StoryItemRow
from pipeline.text import comparable

__all__ = ["ProofKind", "StoredProof", "add_proof", "proofs_of", "withdraw_proof"]

ProofKind = Literal["file", "story", "submission"]


class StoredProof(msgspec.Struct, frozen=True, kw_only=True):
    """One proof; ``number`` is 0 before it is stored, and is printed as 佐证编号."""

    number: int = 0
    obligation: str
    kind: ProofKind
    day: str
    """The day of what it shows, ISO 8601."""
    reference: str
    """File under the workspace's ``proofs`` folder; item of the story, then the story; the
    submission's number."""
    by: str
    at: str = ""
    counts: bool = True
    """False where a person says that this story is no proof."""
    times: int = 1
    media: tuple[str, ...] = ()
    """The named media it is proof for; () for all of them."""
    title: str = ""
    note: str = ""
    sha256: str = ""


def add_proof(session: Session, stored: StoredPlan, words: str, proof: StoredProof) -> StoredProof:
    """Store a proof, and give it with its number; ``words`` are the obligation's.

    Raises:
        BadInput: ``proof-known`` where the same thing stands for this obligation already.
    """
    for other in proofs_of(session, stored, {proof.obligation: words}):
        same = other.sha256 == proof.sha256 if proof.sha256 else other.reference == proof.reference
        if other.kind == proof.kind and same and other.counts == proof.counts:
            raise BadInput(
                f"{proof.obligation} has this {proof.kind} already, as proof {other.number}",
                "proof-known",
                f"To change it, take it back first: xuanjian obligations unprove {other.number}.",
            )
    row = ProofRow(
        plan_id=stored.id,
        obligation=proof.obligation,
        what=words,
        kind=proof.kind,
        counts=proof.counts,
        reference=proof.reference,
        sha256=proof.sha256,
        day=proof.day,
        times=proof.times,
        media=msgspec.json.encode(proof.media).decode(),
        title=proof.title,
        note=proof.note,
        added_by=proof.by,
        added_at=now(),
    )
    session.add(row)
    session.flush()
    return msgspec.structs.replace(proof, number=row.id, at=row.added_at)


def withdraw_proof(session: Session, stored: StoredPlan, number: int, by: str, note: str) -> None:
    """Take a proof back; it stays in the store with who did so, when and why.

    Raises:
        BadInput: ``proof-missing``.
    """
    row = session.get(ProofRow, number)
    known = row is not None and session.get_one(PlanRow, row.plan_id).name == stored.name
    if row is None or not known or row.withdrawn_at is not None:
        raise BadInput(
            f"{stored.name} has no proof {number}",
            "proof-missing",
            "See the numbers with: xuanjian obligations.",
        )
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_note = by, now(), note


def proofs_of(
    session: Session, stored: StoredPlan, words: Mapping[str, str]
) -> tuple[StoredProof, ...]:
    """Proofs of a plan that were not withdrawn, by number.

    Args:
        words: what each obligation of this version says, by its id.
    """
    once = Counter(comparable(what) for what in words.values())
    here = {comparable(what): name for name, what in words.items() if once[comparable(what)] == 1}
    found = session.scalars(
        select(ProofRow)
        .join(PlanRow, PlanRow.id == ProofRow.plan_id)
        .where(PlanRow.name == stored.name, ProofRow.withdrawn_at.is_(None))
        .order_by(ProofRow.id)
    )
    proofs = []
    for row in found:
        name = row.obligation if row.plan_id == stored.id else here.get(comparable(row.what), "")
        if name in words:
            proofs.append(_proof(session, row, name))
    return tuple(proofs)


def _proof(session: Session, row: ProofRow, obligation: str) -> StoredProof:
    reference = row.reference
    if row.kind == "story":
        held = session.get(StoryItemRow, reference)
        reference = held.story_id if held else reference
    kinds: dict[str, ProofKind] = {"file": "file", "story": "story", "submission": "submission"}
    return StoredProof(
        number=row.id,
        obligation=obligation,
        kind=kinds[row.kind],
        day=row.day,
        reference=reference,
        by=row.added_by,
        at=row.added_at,
        counts=row.counts,
        times=row.times,
        media=msgspec.json.decode(row.media, type=tuple[str, ...]),
        title=row.title,
        note=row.note,
        sha256=row.sha256,
    )
