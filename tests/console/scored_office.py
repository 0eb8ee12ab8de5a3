"""An office with a plan that scores submissions, for tests of the scorecard and the papers."""

from __future__ import annotations

from pathlib import Path

from console.app import Console
from pipeline.register import Adoption, Submission
from pipeline.steps import store_plan
from pipeline.store.register import take_in

PLAN = "jinshui"
PLANS = Path(__file__).parents[2] / "plans"


def store_scored_office(console: Console) -> list[str]:
    """Store a shipped plan with scoring notes and three pieces of March 2017; gives its offices."""
    stored = store_plan(console.store, PLANS / "jinshui-2017-publicity.toml", PLAN)
    offices = [office.name for office in stored.plan.offices]
    pieces = [
        Submission(
            file="3月.xlsx",
            row=row,
            offices=(offices[place],),
            day=f"2017-03-{row:02}",
            title=title,
            column="区委信息",
            words=600,
            adopted=(Adoption(outlet="河南日报", level="regional", day="2017-03-20"),)
            if used
            else (),
        )
        for row, place, title, used in (
            (2, 0, "园区企业培育", True),
            (3, 0, "<script>alert(1)</script>专利情况", False),
            (4, 1, "科普活动", True),
        )
    ]
    with console.store.begin() as session:
        take_in(session, pieces, "import", "王芳", "3月.xlsx")
    return offices
