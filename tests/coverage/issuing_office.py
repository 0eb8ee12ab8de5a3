"""An office with a plan of two focus areas and a month of stories, for tests of signing."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert
from sqlalchemy.orm import Session

from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.issuing import sign_report
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import make_period, parse_period
from pipeline.coverage.report import Period
from pipeline.news import NewsItem
from pipeline.plan.model import Plan, PlanNode
from pipeline.store import assignments, items, plans, runs
from pipeline.store.plans import StoredPlan
from pipeline.store.stories import StoredStory, replace_stories, stories_between
from pipeline.store.tables import AssignmentRow

JANUARY, FEBRUARY, MARCH = (parse_period(f"2025-0{month}") for month in (1, 2, 3))
ROUTE = ("check", "collation", "approval", "issued")


def plan(*titles: str) -> Plan:
    nodes = tuple(
        PlanNode(
            id=f"focus-{n}",
            kind="focus_area",
            level=1,
            number=f"（{n}）",
            title=title,
            lead_offices=("农村科",) if title == "农业" else (),
        )
        for n, title in enumerate(titles, start=1)
    )
    return Plan(title="方案", kind="publicity_plan", nodes=nodes)


def publish(session: Session, stored: StoredPlan, **stories: tuple[str, str]) -> None:
    """Take in items, one story each: id = (day, theme the machine assigns or '')."""
    run = runs.start_run(session, "import")
    made = [
        NewsItem(
            id=name, title=f"题{name}", text=f"文{name}" * 5, date=day, outlet="甲报",
            url=f"https://jia.example/{name}.html",
        )
        for name, (day, _) in stories.items()
    ]  # fmt: skip
    items.add_items(session, made, run)
    held = [*stories_between(session)]
    fold(
        session,
        *held,
        *(story(name, day) for name, (day, _) in stories.items()),
    )
    for name, (_, theme) in stories.items():
        assign(session, stored, f"s-{name}", theme)


def story(name: str, day: str, *members: str) -> StoredStory:
    return StoredStory(
        id=f"s-{name}", original=name, day=day, level="other", items=(name, *members)
    )


def fold(session: Session, *stories: StoredStory) -> None:
    replace_stories(session, stories)


def assign(session: Session, stored: StoredPlan, story_id: str, theme: str) -> None:
    """What the machine says of one story, beside what it said of the others."""
    model = assignments.register_model(session, "base", "f" * 16)
    session.execute(
        insert(AssignmentRow),
        [
            {
                "plan_id": stored.id,
                "story_id": story_id,
                "theme_id": node.id,
                "model_id": model,
                "probability": 0.9 if node.id == theme else 0.1,
                "assigned": node.id == theme,
                "evidence": "[]",
            }
            for node in stored.plan.nodes
        ],
    )


def decide(session: Session, stored: StoredPlan, item: str, *yes: str) -> None:
    no = tuple({node.id for node in stored.plan.nodes} - set(yes))
    said = assignments.Review(item=item, themes=yes, not_themes=no, reviewer="王芳")
    assignments.add_reviews(session, stored.id, [said])


def open_office(session: Session) -> StoredPlan:
    """January has a and b under 创业, c under none; February has d under 农业."""
    stored = plans.save_plan(session, "2025", plan("创业", "农业"), "")
    publish(
        session,
        stored,
        a=("2025-01-05", "focus-1"),
        b=("2025-01-09", "focus-1"),
        c=("2025-01-12", ""),
        d=("2025-02-03", "focus-2"),
    )
    decide(session, stored, "a", "focus-1")
    return stored


def options(period: Period) -> AuditOptions:
    return AuditOptions(period=period)


def issue(session: Session, stored: StoredPlan, period: Period, note: str = "") -> PeriodReport:
    """All stages to the end, after opening a corrected version where ``note`` is given."""
    for stage in ("draft", *ROUTE) if note else ROUTE:
        step, report = sign_report(
            session, stored, options(period), to=stage, by="办公室", note=note
        )
    assert step.stage == "issued"
    return report


def days(first: str, last: str) -> Period:
    return make_period(date.fromisoformat(first), date.fromisoformat(last))
