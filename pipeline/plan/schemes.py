"""Choosing the scheme 对照层级 of a plan that an audit or a classifier works on."""

from __future__ import annotations

from pipeline.errors import BadInput
from pipeline.plan.model import Plan, PlanNode, schemes

__all__ = ["choose_scheme"]


def choose_scheme(plan: Plan, wanted: str = "") -> tuple[str, tuple[PlanNode, ...]]:
    """The scheme asked for, or the plan's main one, with its themes.

    Raises:
        BadInput: ``plan-without-themes`` when nothing in the plan can be audited, else
            ``scheme-missing``; the hint names the schemes there are.
    """
    found = schemes(plan)
    if not found:
        raise BadInput(
            f"the plan {plan.title or '(untitled)'} has no focus area, chapter, section or measure",
            "plan-without-themes",
            "Check the reading with: xuanjian plan read FILE; a plan needs numbered headings.",
        )
    scheme = wanted or next(iter(found))
    if scheme not in found:
        raise BadInput(
            f"the plan {plan.title or '(untitled)'} has no scheme {wanted}",
            "scheme-missing",
            f"It has: {', '.join(found)}.",
        )
    return scheme, found[scheme]
