"""Stories judged once, in steps that stay when the work is ended."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from pipeline.coverage import judging
from pipeline.coverage.judging import judge_in_steps, judge_number, judge_stories
from pipeline.news import NewsItem
from pipeline.plan.model import Plan, PlanNode
from pipeline.store.folding import fold_stored
from pipeline.store.items import add_items
from pipeline.store.plans import StoredPlan, save_plan
from pipeline.store.runs import start_run
from pipeline.store.store import Store
from pipeline.store.tables import StoryFactRow

STORIES = 25


@pytest.fixture
def stored(store: Store) -> StoredPlan:
    """A plan, and stories nobody judged."""
    node = PlanNode(
        id="focus-1",
        kind="focus_area",
        level=1,
        number="（一）",
        title="众创空间",
        text="",
        span=(0, 4),
    )
    plan = Plan(
        title="鄂尔多斯市方案", kind="publicity_plan", nodes=(node,), issuer="鄂尔多斯市科技局"
    )
    with store.begin() as session:
        run = start_run(session, "import")
        items = [
            NewsItem(
                id=f"n{number}", title=f"第{number}个项目落地", text=f"杭锦旗第{number}个项目，" * 9
            )
            for number in range(STORIES)
        ]
        add_items(session, items, run)
        fold_stored(session)
        return save_plan(session, "2025", plan, "")


def judged(store: Store) -> int:
    with store.begin() as session:
        return session.scalar(select(func.count()).select_from(StoryFactRow)) or 0


def test_steps_judge_what_one_transaction_does(
    store: Store, stored: StoredPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_STEP", 10)
    said: list[int] = []
    assert judge_in_steps(store, stored, progress=lambda _, count: said.append(count)) == STORIES
    assert said == [10, 20, 25]
    with store.begin() as session:
        assert judge_stories(session, stored) == 0
        assert judge_number(session, stored) > 0
    assert judged(store) == STORIES


def test_what_was_judged_stays_when_the_work_is_ended(
    store: Store, stored: StoredPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_STEP", 10)

    def ended(_event: str, count: int) -> None:
        if count == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge_in_steps(store, stored, progress=ended)
    assert judged(store) == 20
    assert judge_in_steps(store, stored) == 5
