"""Nested schemes: what stands below is bounded by what stands above, never the other way."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.hierarchy import classifier_of, parents_of
from pipeline.classify.layer import TrainedLayer
from pipeline.classify.topics import TOPICS
from pipeline.plan.model import Plan, PlanNode, schemes
from pipeline.plan.profile import ThemeProfile, TopicLink


def node(kind: str, number: str, title: str, *children: PlanNode, auditable: bool = True):
    return PlanNode(
        id=f"{kind}-{number}",
        kind=kind,  # type: ignore[arg-type]
        level=1,
        title=title,
        children=children,
        auditable=auditable,
    )


PLAN = Plan(
    title="科技规划",
    kind="development_plan",
    nodes=(
        node("chapter", "1", "形势", node("section", "1.1", "研究平台"), auditable=False),
        node(
            "chapter",
            "2",
            "大众创业、万众创新",
            node(
                "section",
                "2.1",
                "众创空间和孵化器",
                node("subsection", "2.1.1", "创业大赛"),
                node("subsection", "2.1.2", "农牧业科技园区"),
            ),
            node("subsection", "2.0.1", "高层次人才创业"),
        ),
        node(
            "chapter",
            "3",
            "农牧业科技",
            node("section", "3.1", "推广新品种", node("subsection", "3.1.1", "育种")),
            node("section", "3.2", "临床医学"),
        ),
    ),
)


def test_a_theme_stands_under_the_nearest_theme_above_it() -> None:
    above = {
        theme.id: over.id if over else ""
        for scheme in ("chapter", "section", "subsection")
        for theme, over in zip(schemes(PLAN)[scheme], parents_of(PLAN, scheme), strict=True)
    }
    assert above == {
        "chapter-2": "",
        "chapter-3": "",
        "section-1.1": "",
        "section-2.1": "chapter-2",
        "section-3.1": "chapter-3",
        "section-3.2": "chapter-3",
        "subsection-2.1.1": "section-2.1",
        "subsection-2.1.2": "section-2.1",
        "subsection-2.0.1": "chapter-2",
        "subsection-3.1.1": "section-3.1",
    }


def decided(
    plan: Plan, scheme: str, model: BaseModel, items: list[TrainingItem], **more: object
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    classifier = classifier_of(plan, scheme, model, **more)  # type: ignore[arg-type]
    chances, assigned = classifier.decide(items)
    themes = [profile.theme for profile in classifier.profiles]
    return dict(zip(themes, chances.T, strict=True)), dict(zip(themes, assigned.T, strict=True))


def bounded(plan: Plan, model: BaseModel, items: list[TrainingItem], **more: object) -> int:
    """Checks every pair of a theme and the one above; how many were capped."""
    found = {s: decided(plan, s, model, items, **more) for s in schemes(plan)}
    capped = 0
    for scheme in schemes(plan):
        for theme, over in zip(schemes(plan)[scheme], parents_of(plan, scheme), strict=True):
            if over is None:
                continue
            chances, assigned = found[scheme]
            above, allowed = found[over.kind]
            assert (chances[theme.id] <= above[over.id]).all()
            assert (assigned[theme.id] <= allowed[over.id]).all()
            capped += int((chances[theme.id] == above[over.id]).sum())
    return capped


def test_children_are_never_more_probable_nor_assigned_without_their_parent(
    model: BaseModel, items: list[TrainingItem]
) -> None:
    assert bounded(PLAN, model, items) > 0


def test_the_written_probabilities_keep_the_order_too(
    model: BaseModel, items: list[TrainingItem]
) -> None:
    chapters = classifier_of(PLAN, "chapter", model).classify(items)
    sections = classifier_of(PLAN, "section", model).classify(items)
    for above, below in zip(chapters, sections, strict=True):
        whole = {theme.id: theme for theme in above.themes}
        for part in below.themes:
            over = whole.get(f"chapter-{part.id.partition('-')[2][0]}")
            if over is not None:
                assert part.probability <= over.probability
                assert part.assigned <= over.assigned


def test_what_is_above_does_not_depend_on_what_is_below(
    model: BaseModel, items: list[TrainingItem]
) -> None:
    bare = msgspec.structs.replace(
        PLAN,
        profiles=tuple(
            ThemeProfile(theme=one.theme, topics=one.topics)
            for one in classifier_of(PLAN, "chapter", model).profiles
        ),
    )
    alone = msgspec.structs.replace(
        bare, nodes=tuple(msgspec.structs.replace(one, children=()) for one in bare.nodes)
    )
    whole = decided(bare, "chapter", model, items)
    cut = decided(alone, "chapter", model, items)
    for theme in whole[0]:
        assert np.array_equal(whole[0][theme], cut[0][theme])
        assert np.array_equal(whole[1][theme], cut[1][theme])


def layer_of(themes: tuple[str, ...], model: BaseModel, offset: float) -> TrainedLayer:
    count = len(themes)
    return TrainedLayer(
        themes=themes,
        base_fingerprint=model.fingerprint,
        slopes=np.ones(count),
        topic_weights=np.zeros((len(model.topics), count)),
        latent_weights=np.zeros((len(model.latent_scale), count)),
        offsets=np.full(count, offset),
        thresholds=np.full(count, 0.4),
    )


def test_a_layer_above_bounds_those_below(model: BaseModel, items: list[TrainingItem]) -> None:
    chapters = tuple(one.id for one in schemes(PLAN)["chapter"])
    unlikely = {"chapter": layer_of(chapters, model, -20.0)}
    chances, assigned = decided(PLAN, "subsection", model, items, layers=unlikely)
    assert max(one.max() for one in chances.values()) < 0.01
    assert not any(one.any() for one in assigned.values())
    free, _ = decided(PLAN, "section", model, items, layers=unlikely)
    assert free["section-1.1"].max() > 0.5  # its chapter is not audited and bounds nothing


def test_processes_know_what_is_above(model: BaseModel, items: list[TrainingItem]) -> None:
    classifier = classifier_of(PLAN, "subsection", model, batch_size=8)
    assert list(classifier.classify(items, jobs=2)) == list(classifier.classify(items))


@st.composite
def random_profiles(draw: st.DrawFn) -> tuple[ThemeProfile, ...]:
    themes = [one.id for kind in schemes(PLAN).values() for one in kind]
    topic = st.sampled_from([TOPICS[place].id for place in (0, 3, 5, 6, 10, 17)])
    links = st.lists(st.tuples(topic, st.floats(0, 1)), max_size=4, unique_by=lambda one: one[0])
    return tuple(
        ThemeProfile(
            theme=theme,
            topics=tuple(TopicLink(topic=t, weight=round(w, 3)) for t, w in draw(links)),
        )
        for theme in themes
    )


@settings(max_examples=20, deadline=None)
@given(profiles=random_profiles(), offset=st.floats(-3, 3), at=st.sampled_from(list(schemes(PLAN))))
def test_whatever_the_profiles_and_labels_the_order_holds(
    profiles: tuple[ThemeProfile, ...],
    offset: float,
    at: str,
    model: BaseModel,
    items: list[TrainingItem],
) -> None:
    plan = msgspec.structs.replace(PLAN, profiles=profiles)
    layer = layer_of(tuple(one.id for one in schemes(plan)[at]), model, offset)
    bounded(plan, model, items[::3], layers={at: layer})


def test_a_layer_of_another_base_model_is_refused_at_any_level(model: BaseModel) -> None:
    chapters = tuple(one.id for one in schemes(PLAN)["chapter"])
    foreign = replace(layer_of(chapters, model, 0.0), base_fingerprint="0" * 16)
    with pytest.raises(ValueError, match="layer must be trained on the base model"):
        classifier_of(PLAN, "section", model, layers={"chapter": foreign})


def test_a_classifier_without_anything_above_is_the_plain_one(
    model: BaseModel, items: list[TrainingItem]
) -> None:
    whole = classifier_of(PLAN, "chapter", model)
    plain = ThemeClassifier(model, whole.profiles)
    assert np.array_equal(whole.probabilities(items), plain.probabilities(items))
