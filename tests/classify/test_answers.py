"""The clause of the plan an item answers to, and how it is kept."""

from __future__ import annotations

import json

import msgspec
import pytest

from pipeline.assignment import Evidence, Grounds, PlanClause, ThemeScore
from pipeline.classify.answers import PlanIndex, PlanSide
from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel
from pipeline.errors import BadInput
from pipeline.plan.model import Plan, PlanNode, Unit

PLAN = Plan(
    title="科技宣传方案",
    kind="development_plan",
    nodes=(
        PlanNode(
            id="chapter-1",
            kind="chapter",
            level=1,
            title="完善创新创业服务",
            text="宣传我市加快建设众创空间，落实，引导大学生返乡创业。宣传知识产权质押融资，推动科技成果转化。",
            children=(
                PlanNode(
                    id="section-1.1",
                    kind="section",
                    level=2,
                    title="科技金融",
                    text="宣传发展风险投资，扩大科技贷款。",
                ),
            ),
        ),
        PlanNode(id="chapter-2", kind="chapter", level=1, title="发展农牧业科技", text=""),
    ),
    units=(
        Unit(name="青川种业有限公司", theme="chapter-2"),
        Unit(name="白塔风险投资中心", theme="section-1.1"),
    ),
)


@pytest.fixture
def side() -> PlanSide:
    return PlanSide.of(PLAN, "chapter")


def nearest(side: PlanSide, model: BaseModel, title: str, theme: int = 0) -> PlanClause | None:
    item = TrainingItem(id="n", title=title, text="")
    rows = model.vocabulary.matrix([item])
    return PlanIndex(side, model.vocabulary).nearest(rows, [(0, theme)]).get((0, theme))


def test_clauses_are_those_of_title_and_text_and_of_what_stands_below(side: PlanSide) -> None:
    assert [(theme, node) for theme, node, _ in side.clauses if node == "section-1.1"] == [
        (0, "section-1.1")
    ] * 3
    texts = [clause for _, _, clause in side.clauses]
    assert "落实，引导大学生返乡创业" in texts
    assert "宣传知识产权质押融资" in texts
    assert [(theme, unit.name) for theme, unit in side.units] == [
        (0, "白塔风险投资中心"),
        (1, "青川种业有限公司"),
    ]


@pytest.mark.parametrize(
    ("title", "node", "clause"),
    [
        ("二十名大学生返乡创业，合作社里年轻人多了", "chapter-1", "落实，引导大学生返乡创业"),
        ("知识产权质押融资帮企业贷到三千万元", "chapter-1", "宣传知识产权质押融资"),
        ("科技贷款余额翻一番", "section-1.1", "扩大科技贷款"),
    ],
)
def test_the_nearest_clause_is_the_one_that_says_the_same(
    side: PlanSide, shipped_model: BaseModel, title: str, node: str, clause: str
) -> None:
    found = nearest(side, shipped_model, title)
    assert found is not None
    assert (found.node, found.text) == (node, clause)
    assert 0 < found.similarity <= 1


@pytest.mark.parametrize("title", ["", "台风过境，列车停运", "会议昨天闭幕"])
def test_where_nothing_is_near_no_clause_is_named(
    side: PlanSide, shipped_model: BaseModel, title: str
) -> None:
    assert nearest(side, shipped_model, title) is None


def test_clauses_of_other_themes_are_never_named(side: PlanSide, shipped_model: BaseModel) -> None:
    assert nearest(side, shipped_model, "众创空间开张", theme=1) is None
    found = nearest(side, shipped_model, "农牧业科技进了牧区", theme=1)
    assert found is not None
    assert found.text == "发展农牧业科技"


def test_the_clause_does_not_depend_on_the_batch(side: PlanSide, shipped_model: BaseModel) -> None:
    items = [
        TrainingItem(id=str(n), title=title, text="")
        for n, title in enumerate(("众创空间开张", "", "科技贷款", "成果转化提速"))
    ]
    index = PlanIndex(side, shipped_model.vocabulary)
    together = index.nearest(shipped_model.vocabulary.matrix(items), [(n, 0) for n in range(4)])
    for n, item in enumerate(items):
        alone = index.nearest(shipped_model.vocabulary.matrix([item]), [(0, 0)])
        assert alone.get((0, 0)) == together.get((n, 0))


def test_a_plan_without_the_scheme_is_refused() -> None:
    with pytest.raises(BadInput):
        PlanSide.of(PLAN, "measure")


CLAUSE = PlanClause(node="chapter-1", text="建设众创空间", similarity=0.5)
SPAN = Evidence(start=0, end=2, text="众创", weight=1.0)


def score(**changes: object) -> ThemeScore:
    plain = ThemeScore(id="c", title="章", probability=0.5, assigned=True, evidence=())
    return msgspec.structs.replace(plain, **changes)


def test_the_json_leaves_out_what_there_is_not_to_tell() -> None:
    assert json.loads(msgspec.json.encode(score())) == {
        "id": "c",
        "title": "章",
        "probability": 0.5,
        "assigned": True,
        "evidence": [],
    }
    with_both = score(answers=CLAUSE, units=("青川种业有限公司",))
    told = json.loads(msgspec.json.encode(with_both))
    assert told["answers"] == {"node": "chapter-1", "text": "建设众创空间", "similarity": 0.5}
    assert told["units"] == ["青川种业有限公司"]


def test_grounds_are_kept_and_older_ones_still_read() -> None:
    grounds = Grounds.of(score(evidence=(SPAN,), answers=CLAUSE, units=("青川种业有限公司",)))
    assert Grounds.from_json(grounds.to_json()) == grounds
    assert grounds.units == ("青川种业有限公司",)
    older = msgspec.json.encode((SPAN,))
    assert Grounds.from_json(older) == Grounds(evidence=(SPAN,))
    assert Grounds.from_json("[]") == Grounds()
    assert Grounds.of(score(assigned=False, evidence=(SPAN,))) == Grounds()
