"""Drawing and extending the random sample 抽查 that turns "undecided" into a proof.

Hides: that both are work of a process of its own: every counted story of the period is looked at.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from console.desk import Desk
from console.jobs import start_job
from console.language import _
from console.pages import Changed, change
from pipeline.coverage.gather import period_of
from pipeline.plan.schemes import choose_scheme
from pipeline.store.audits import get_audit

__all__ = ["ROUTES"]

KIND = "audit"


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """A sample to draw of the period asked about; without either, the one that is proposed."""

    at_most: Annotated[int, msgspec.Meta(ge=-1, le=1_000)] = -1
    """The bound k that it should prove of a theme none of whose stories is found; -1 leaves it open."""
    size: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 0
    """Stories; 0 leaves it open."""
    price: bool = False
    """Only say what it would cost."""


class Extend(msgspec.Struct, frozen=True, kw_only=True):
    """How many more to draw; 0 leaves it open."""

    size: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 0


@change("/audits/draw", role="editor")
def draw(desk: Desk, given: Draw) -> Changed:
    """Draw a sample of the period's stories, or say what one would cost."""
    stored = desk.plan()
    with desk.begin() as session:
        period = period_of(stored, desk.options(session, stored))
    scheme, _themes = choose_scheme(stored.plan, desk.asked.scheme)
    words = ["audit", "sample", "--plan", stored.name, "--scheme", scheme]
    words += ["--from", period.first, "--to", period.last]
    if given.at_most >= 0 and not given.size:
        words += ["--k", str(given.at_most)]
    if given.size:
        words += ["--size", str(given.size)]
    if not given.price:
        words.append("--draw")
    job = start_job(desk, KIND, *words)
    said = _("正在估算抽查要读多少篇") if given.price else _("正在抽取样本，抽好后到人工复核里判定")
    return Changed(said=said, to=f"/jobs/{job.id}")


@change("/audits/{number:int}/extend", role="editor")
def extend(desk: Desk, number: int, given: Extend) -> Changed:
    """Draw the next stories of an audit whose sample is read to the end."""
    stored = desk.plan()
    with desk.begin() as session:
        get_audit(session, stored, number)
    words = ["audit", "extend", "--plan", stored.name, "--audit", str(number)]
    words += ["--size", str(given.size)] if given.size else []
    job = start_job(desk, KIND, *words)
    return Changed(said=_("正在扩大样本，抽好后到人工复核里判定"), to=f"/jobs/{job.id}")


ROUTES = [draw, extend]
