from __future__ import annotations

import itertools
import random

import msgspec
import pytest

from pipeline.assignment import ThemeScore
from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier, joined
from pipeline.classify.profiles import clauses, propose_profiles
from pipeline.errors import BadInput
from pipeline.plan.model import Plan, PlanNode, Unit
from pipeline.plan.profile import ThemeProfile

PLAN = Plan(
    title="科技宣传方案",
    kind="publicity_plan",
    nodes=(
        PlanNode(
            id="focus-1",
            kind="focus_area",
            level=1,
            title="推进大众创业、万众创新",
            text="落实《关于引进高层次人才的意见》，建设众创空间，打造人才高地。",
        ),
        PlanNode(
            id="focus-2",
            kind="focus_area",
            level=1,
            title="培养创新人才",
            text="引进高层次人才，建设院士工作站。",
        ),
        PlanNode(id="focus-3", kind="focus_area", level=1, title="农牧业科技", text="推广新品种。"),
        PlanNode(id="heading", kind="heading", level=1, title="工作要求"),
    ),
    units=(Unit(name="青川种业有限公司", aliases=("青川种业",), theme="focus-3"),),
)


@pytest.fixture
def profiles(model: BaseModel) -> tuple[ThemeProfile, ...]:
    return propose_profiles(PLAN, "focus_area", model)


def strongest(profile: ThemeProfile) -> str:
    return profile.topics[0].topic


def test_titles_decide_and_cited_documents_do_not(profiles: tuple[ThemeProfile, ...]) -> None:
    assert [strongest(profile) for profile in profiles] == ["T01", "T06", "T11"]
    assert "T06" not in [link.topic for link in profiles[0].topics]
    assert clauses("落实《关于人才的意见》，建设“双创”。") == ["落实", "建设双创"]


def test_every_link_says_why(profiles: tuple[ThemeProfile, ...]) -> None:
    for profile in profiles:
        for link in profile.topics:
            assert 0 < link.weight <= 1
            assert link.why
    assert "标题“大众创业”" in profiles[0].topics[0].why


def test_units_go_with_their_theme(profiles: tuple[ThemeProfile, ...]) -> None:
    assert profiles[2].units == ("青川种业有限公司", "青川种业")
    assert not profiles[0].units


@pytest.mark.parametrize("scheme", ["chapter", "nonsense"])
def test_a_plan_without_themes_is_refused(model: BaseModel, scheme: str) -> None:
    with pytest.raises(BadInput, match=scheme) as caught:
        propose_profiles(PLAN, scheme, model)
    assert caught.value.slug == "scheme-missing"
    assert "focus_area" in caught.value.hint
    with pytest.raises(BadInput) as caught:
        propose_profiles(Plan(title="空", kind="other"), "focus_area", model)
    assert caught.value.slug == "plan-without-themes"


def test_assignments_do_not_depend_on_batch_or_order(
    model: BaseModel, profiles: tuple[ThemeProfile, ...], items: list[TrainingItem]
) -> None:
    reference = list(ThemeClassifier(model, profiles).classify(items))
    for batch_size in (1, 7):
        again = ThemeClassifier(model, profiles, batch_size=batch_size).classify(items)
        assert list(again) == reference
    shuffled = items[:]
    random.Random(3).shuffle(shuffled)
    by_id = {result.id: result for result in ThemeClassifier(model, profiles).classify(shuffled)}
    assert [by_id[item.id] for item in items] == reference


def test_items_reach_their_theme_and_others_none(
    model: BaseModel, profiles: tuple[ThemeProfile, ...], items: list[TrainingItem]
) -> None:
    wanted = {"T01": {"focus-1"}, "T06": {"focus-2"}, "T11": {"focus-3"}}
    for item, result in zip(items, ThemeClassifier(model, profiles).classify(items), strict=True):
        said = {theme.id for theme in result.themes if theme.assigned}
        assert said == wanted.get(item.id.partition("-")[0], set()), item.title
        chances = [theme.probability for theme in result.themes]
        assert chances == sorted(chances, reverse=True)
        assert all(0 <= chance <= 1 for chance in chances)
        assert len(result.themes) == 3


def test_evidence_stands_where_it_says(
    model: BaseModel, profiles: tuple[ThemeProfile, ...], items: list[TrainingItem]
) -> None:
    shown = 0
    for item, result in zip(items, ThemeClassifier(model, profiles).classify(items), strict=True):
        for theme in result.themes:
            assert len(theme.evidence) <= 5
            assert bool(theme.evidence) == theme.assigned
            for stretch in theme.evidence:
                shown += 1
                assert joined(item)[stretch.start : stretch.end] == stretch.text
                assert stretch.weight > 0
            spans = sorted((stretch.start, stretch.end) for stretch in theme.evidence)
            assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    assert shown > 20


@pytest.mark.parametrize("text", ["", " \n", "！？……", "\x00", "zzzz"])
def test_without_known_words_there_is_no_theme(
    model: BaseModel, profiles: tuple[ThemeProfile, ...], text: str
) -> None:
    nothing = TrainingItem(id="n", title=text, text=text)
    (result,) = ThemeClassifier(model, profiles).classify([nothing])
    assert [theme.assigned for theme in result.themes] == [False] * 3
    assert all(theme.probability == 0.0 for theme in result.themes)


def test_a_unit_is_found_by_its_alias_and_shown_whole(
    model: BaseModel, profiles: tuple[ThemeProfile, ...]
) -> None:
    text = "青川种业在田间推广新品种，育种基地丰收，农机装备帮助农户。"
    with_unit = TrainingItem(id="u", title="育种基地丰收", text=text)
    without = TrainingItem(id="w", title="育种基地丰收", text=text.replace("青川种业", "有人"))
    named, plain = ThemeClassifier(model, profiles).classify([with_unit, without])
    theme = next(theme for theme in named.themes if theme.id == "focus-3")
    assert any("青川种业" in stretch.text for stretch in theme.evidence)
    assert theme.probability > next(t for t in plain.themes if t.id == "focus-3").probability


def test_items_are_read_no_further_ahead_than_a_batch(
    model: BaseModel, profiles: tuple[ThemeProfile, ...], items: list[TrainingItem]
) -> None:
    stream = iter(items)
    next(iter(ThemeClassifier(model, profiles, batch_size=4).classify(stream)))
    assert next(stream).id == items[4].id


def farming_theme(
    model: BaseModel, profiles: list[ThemeProfile], items: list[TrainingItem]
) -> list[ThemeScore]:
    results = ThemeClassifier(model, profiles).classify(items)
    return [theme for result in results for theme in result.themes if theme.id == "focus-3"]


def test_an_excluded_term_in_the_title_counts_against_the_theme(
    model: BaseModel, profiles: tuple[ThemeProfile, ...], items: list[TrainingItem]
) -> None:
    farming = [item for item in items if item.id.startswith("T11")]
    strict = [msgspec.structs.replace(one, exclusions=("农技人员",)) for one in profiles]
    before = farming_theme(model, list(profiles), farming)
    after = farming_theme(model, strict, farming)
    for item, then, now in zip(farming, before, after, strict=True):
        if "农技人员" in item.title:
            assert now.probability < then.probability
        else:
            assert now == then


def test_a_theme_may_demand_more_evidence_than_there_is(
    model: BaseModel, profiles: tuple[ThemeProfile, ...], items: list[TrainingItem]
) -> None:
    farming = [item for item in items if item.id.startswith("T11")]
    strict = [msgspec.structs.replace(one, minimum_evidence=99.0) for one in profiles]
    assert all(theme.assigned for theme in farming_theme(model, list(profiles), farming))
    assert not any(theme.assigned for theme in farming_theme(model, strict, farming))
