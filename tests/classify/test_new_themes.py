"""Science news that no theme of the plan takes, in groups named by their terms."""

from __future__ import annotations

import itertools
import random

import pytest

from pipeline.classify import new_themes
from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.new_themes import NewThemes, find_new_themes
from pipeline.plan.profile import ThemeProfile, TopicLink

PLACES = ("东城", "西山", "南湖", "北岭", "河口", "青川", "白塔")
OUTREACH = (
    "科普大篷车开进小学，孩子们动手做科学实验",
    "科技馆为学生上科普课，讲解员演示静电实验",
    "科普志愿者走进社区，向居民讲垃圾分类里的科学",
    "全国科普日活动开幕，市民排队看机器人表演",
)
LOANS = (
    "银行向科技企业发放知识产权质押贷款，缓解融资难",
    "科技贷款风险补偿资金池扩大，企业凭专利贷到款",
    "银行推出科技贷款新产品，企业融资成本下降",
    "创业投资基金入驻，银行与基金投贷联动支持科技企业",
)
FARMING = (
    "农技人员推广玉米新品种，智慧农业示范田亩产创新高",
    "种业科技园区培育良种，农机手驾驶无人农机播种",
)
FOOTBALL = ("足球联赛昨晚结束，主队两球取胜，球迷庆祝", "篮球赛加时，客队险胜")


def news(kind: str, sentences: tuple[str, ...]) -> list[TrainingItem]:
    return [
        TrainingItem(
            id=f"{kind}-{place}-{n}", title=f"{place}：{part}", text=f"{place}{part}。{rest}。"
        )
        for place, (n, part) in itertools.product(PLACES, enumerate(sentences))
        for rest in [sentences[(n + 1) % len(sentences)]]
    ]


@pytest.fixture
def classifier(shipped_model: BaseModel) -> ThemeClassifier:
    topics = (TopicLink(topic="T11"), TopicLink(topic="T27"))
    return ThemeClassifier(shipped_model, [ThemeProfile(theme="focus-1", topics=topics)])


@pytest.fixture
def stream() -> list[TrainingItem]:
    return [
        *news("科普", OUTREACH),
        *news("金融", LOANS),
        *news("农", FARMING),
        *news("球", FOOTBALL),
    ]


def kinds(found: NewThemes) -> list[set[str]]:
    return [{item.partition("-")[0] for item in theme.items} for theme in found.themes]


def test_two_subjects_the_plan_lacks_are_found_apart_and_named(
    classifier: ThemeClassifier, stream: list[TrainingItem]
) -> None:
    found = find_new_themes(classifier, stream)
    assert {"科普"} in kinds(found)
    assert {"金融"} in kinds(found)
    assert all(len(kind) == 1 for kind in kinds(found))
    terms = {min(kind): set() for kind in kinds(found)}
    for kind, theme in zip(kinds(found), found.themes, strict=True):
        terms[min(kind)].update(theme.terms)
    assert "科普" in terms["科普"]
    assert {"贷款", "融资", "银行"} & terms["金融"]
    assert not terms["科普"] & terms["金融"]
    for theme in found.themes:
        assert [sample.id for sample in theme.samples] == list(theme.items[:3])
        assert len(theme.items) >= found.smallest
        assert 0 < theme.cohesion <= 1


def test_what_a_theme_takes_and_what_is_no_science_is_left_out(
    classifier: ThemeClassifier, stream: list[TrainingItem]
) -> None:
    found = find_new_themes(classifier, stream)
    assert found.read == len(stream)
    assert found.unmapped <= found.science - len(FARMING) * len(PLACES)
    assert not {"农", "球"} & set().union(*kinds(found))
    in_groups = sum(len(theme.items) for theme in found.themes)
    assert in_groups + found.loose == found.clustered == found.unmapped


def test_what_people_decided_is_taken(
    classifier: ThemeClassifier, stream: list[TrainingItem]
) -> None:
    decided = frozenset(item.id for item in stream if item.id.startswith("金融"))
    assert kinds(find_new_themes(classifier, stream, taken=decided)) == [{"科普"}] * len(
        find_new_themes(classifier, stream, taken=decided).themes
    )


def test_the_order_of_the_news_does_not_matter(
    classifier: ThemeClassifier, stream: list[TrainingItem]
) -> None:
    shuffled = random.Random(5).sample(stream, len(stream))
    assert find_new_themes(classifier, iter(shuffled)) == find_new_themes(classifier, stream)


def test_of_too_many_items_some_stand_for_all_whatever_their_order(
    classifier: ThemeClassifier, stream: list[TrainingItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_themes, "MOST", 20)
    found = find_new_themes(classifier, stream)
    assert found.clustered == 20 < found.unmapped
    shuffled = random.Random(5).sample(stream, len(stream))
    assert find_new_themes(classifier, shuffled) == found


def test_with_too_little_there_is_nothing_to_group(
    classifier: ThemeClassifier, stream: list[TrainingItem]
) -> None:
    few = find_new_themes(classifier, stream[:7])
    assert few.too_few
    assert few.themes == ()
    assert not find_new_themes(classifier, stream).too_few
    assert find_new_themes(classifier, []).read == 0
    with pytest.raises(ValueError, match="smallest must be at least 2, got 1 instead"):
        find_new_themes(classifier, [], smallest=1)
