"""Which themes stand under which, when a plan's schemes nest: chapter, section, subsection.

Hides: how the schemes that bound one are found in the plan's tree. A theme stands under the
nearest piece above it that is a theme of a higher scheme; that may skip a level (a subsection
right under a chapter) and is none where nothing above is audited.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.classify.answers import PlanSide
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import Above, ThemeClassifier
from pipeline.classify.layer import TrainedLayer
from pipeline.classify.profiles import profiles_of
from pipeline.locality import home_of
from pipeline.plan.model import Plan, PlanNode, schemes
from pipeline.plan.schemes import choose_scheme

__all__ = ["classifier_of", "parents_of"]


def classifier_of(
    plan: Plan,
    scheme: str,
    model: BaseModel,
    *,
    layers: Mapping[str, TrainedLayer] | None = None,
    batch_size: int = 512,
) -> ThemeClassifier:
    """The classifier of a scheme's themes, bounded by the schemes above them.

    Args:
        scheme: its name, or "" for the plan's main one.
        layers: what labels taught, by scheme; also of the schemes above.

    Raises:
        BadInput: what ``profiles_of`` raises.
        ValueError: a layer is of other themes or of another base model.
    """
    chosen, _ = choose_scheme(plan, scheme)
    known = layers or {}
    return ThemeClassifier(
        model,
        profiles_of(plan, chosen, model),
        layer=known.get(chosen),
        above=_above(plan, chosen, model, known),
        side=PlanSide.of(plan, chosen, home_of(plan)),
        batch_size=batch_size,
    )


def parents_of(plan: Plan, scheme: str) -> tuple[PlanNode | None, ...]:
    """For each theme of ``scheme`` the theme it stands under, None where there is none."""
    order = list(schemes(plan))
    higher = set(order[: order.index(scheme)])
    found: dict[str, PlanNode | None] = {}

    def descend(nodes: tuple[PlanNode, ...], over: PlanNode | None) -> None:
        for node in nodes:
            found[node.id] = over
            bounds = node.kind in higher and node.auditable
            descend(node.children, node if bounds else over)

    descend(plan.nodes, None)
    return tuple(found[node.id] for node in schemes(plan)[scheme])


def _above(
    plan: Plan, scheme: str, model: BaseModel, layers: Mapping[str, TrainedLayer]
) -> tuple[Above, ...]:
    parents = parents_of(plan, scheme)
    kinds = dict.fromkeys(parent.kind for parent in parents if parent is not None)
    found = []
    for kind in kinds:
        places = {node.id: place for place, node in enumerate(schemes(plan)[kind])}
        found.append(
            Above(
                profiles=profiles_of(plan, kind, model),
                parents=tuple(places.get(one.id, -1) if one else -1 for one in parents),
                layer=layers.get(kind),
                above=_above(plan, kind, model, layers),
            )
        )
    return tuple(found)
