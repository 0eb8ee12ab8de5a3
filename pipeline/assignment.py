"""What the classifier says of one item, and its public JSONL.

Hides: how assignments are written down (design section 5, Assignments JSONL).

The records hold nothing that could refer back to them, so that the garbage collector need not
look at them (``gc=False``): with millions in one run it took a fifth of the time.
"""

from __future__ import annotations

import hashlib

import msgspec

__all__ = ["Evidence", "Grounds", "ItemAssignments", "PlanClause", "ThemeScore", "clause_key"]


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A stretch of the item that spoke for a theme.

    ``start`` and ``end`` are character offsets into ``title + "\\n" + text``; ``weight`` is
    its share of the score in log-odds.
    """

    start: int
    end: int
    text: str
    weight: float


class PlanClause(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The clause of the plan an item answers to.

    ``node`` is the id of the piece of the plan it stands in, the theme's own or one below it;
    ``similarity`` is the cosine of clause and item, 0 to 1.
    """

    node: str
    text: str
    similarity: float

    @property
    def key(self) -> str:
        """The same for the same words of the same node."""
        return clause_key(self.node, self.text)


def clause_key(node: str, text: str) -> str:
    """16 hexadecimal digits that stand for a clause of a plan."""
    return hashlib.blake2b(f"{node}\n{text}".encode(), digest_size=8).hexdigest()


class ThemeScore(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One theme's probability (0 to 1) for one item, and whether it was assigned.

    Assigned themes also tell, where there is something to tell, which clause of the plan the
    item answers to (``answers``) and which of the theme's units it names (``units``, their full
    names, in the order of the item); the JSON leaves both out otherwise.
    """

    id: str
    title: str
    probability: float
    assigned: bool
    evidence: tuple[Evidence, ...]
    answers: PlanClause | None = None
    units: tuple[str, ...] = ()


class Grounds(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an assignment rests on, as it is kept in the store."""

    evidence: tuple[Evidence, ...] = ()
    answers: PlanClause | None = None
    units: tuple[str, ...] = ()

    @classmethod
    def of(cls, score: ThemeScore) -> Grounds:
        """The grounds of a theme that was assigned; of any other theme none are kept."""
        if not score.assigned:
            return cls()
        return cls(evidence=score.evidence, answers=score.answers, units=score.units)

    def to_json(self) -> str:
        """Without what is empty: ``{}`` where nothing is known."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, raw: str | bytes) -> Grounds:
        """The grounds of ``to_json``, or of the bare list of evidence that was kept before."""
        held = _grounds.decode(raw)
        return held if isinstance(held, Grounds) else cls(evidence=held)


_grounds = msgspec.json.Decoder(Grounds | tuple[Evidence, ...])


class ItemAssignments(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All themes of one scheme for one item, most probable first."""

    id: str
    themes: tuple[ThemeScore, ...]

    def to_jsonl(self) -> bytes:
        """One line of JSON, UTF-8, with its newline."""
        return msgspec.json.encode(self) + b"\n"
