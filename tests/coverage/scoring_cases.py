"""Submissions and plans written for the tests of points, and how to look at a sheet."""

from __future__ import annotations

import itertools
from pathlib import Path

from pipeline.coverage.periods import parse_period
from pipeline.coverage.readings import Readings
from pipeline.coverage.scorecard import OfficeCard, Scorecard
from pipeline.coverage.scoring import score
from pipeline.news import Level
from pipeline.plan.model import Office, Plan
from pipeline.plan.plan_file import read_plan_toml
from pipeline.plan.scoring import read_scoring_note
from pipeline.register import Adoption, LeaderEvent, Register, Submission

PLANS = Path(__file__).parents[2] / "plans"
JINSHUI = read_plan_toml(PLANS / "jinshui-2017-publicity.toml")
ROWS = itertools.count(2)

OFFICE, GAOXIN, PLANNING = "办公室、财务室", "高新科", "发展计划科"
GENERAL, PATENTS, CENTRE = "综合科", "知识产权科", "生产力促进中心"
NEWS, ISSUE, PAPER = "机关内网科技动态信息", "机关内网专期", "金水时讯"
PARKS, RESOURCES, SITE = "园区动态信息", "科技资源亮点", "市局网站"


def submission(
    office: str | tuple[str, ...],
    title: str,
    column: str,
    *printed: str | tuple[str, Level] | tuple[str, Level, str],
    day: str = "2017-03-10",
    words: int | None = None,
    story: str = "",
    events: tuple[str, ...] = (),
    authors: tuple[str, ...] = (),
) -> Submission:
    uses = [(use,) if isinstance(use, str) else use for use in printed]
    return Submission(
        file="三月.xlsx",
        row=next(ROWS),
        offices=(office,) if isinstance(office, str) else office,
        day=day,
        title=title,
        column=column,
        words=words,
        adopted=tuple(
            Adoption(outlet=use[0], level=level, position="".join(position))
            for use in uses
            for level, *position in [use[1:] or ("other",)]
        ),
        authors=authors,
        story=story,
        events=tuple(LeaderEvent(what=event) for event in events),
    )


def piece(office: str, title: str, column: str, **more: object) -> Submission:
    """Handed in for a column and printed in it."""
    return submission(office, title, column, column, **more)  # type: ignore[arg-type]


def owed(office: str, column: str, count: int, day: str = "2017-03-20") -> list[Submission]:
    """Pieces for a quota, printed nowhere."""
    return [submission(office, f"{column}{day}之{n}", column, day=day) for n in range(count)]


def scored(
    *submissions: Submission, plan: Plan = JINSHUI, period: str = "2017-03", readings: str = ""
) -> Scorecard:
    return score(
        plan,
        Register(submissions=submissions),
        parse_period(period),
        Readings.of(readings.split()),
    )


def card(sheet: Scorecard, office: str) -> OfficeCard:
    return next(card for card in sheet.offices if card.office == office)


def figures(sheet: Scorecard, office: str = "甲科") -> list[str]:
    return [str(line.points) for line in card(sheet, office).lines]


def plan_of(*notes: str, offices: tuple[Office, ...] = (Office(name="甲科"),)) -> Plan:
    return Plan(
        title="办法",
        kind="publicity_plan",
        offices=offices,
        scoring=tuple(read_scoring_note(note) for note in notes),
    )


def march() -> list[Submission]:
    """A month of the six offices of seed 001's scheme."""
    return [
        # 办公室、财务室: two news items, one issue. No quotas.
        piece(OFFICE, "机关党课", NEWS),
        piece(OFFICE, "作风整顿", NEWS),
        piece(OFFICE, "党建专期", ISSUE),
        # 高新科: the six lengths of 金水时讯, and its quotas.
        *(piece(GAOXIN, f"{n}字稿", PAPER, words=n) for n in (99, 100, 101, 300, 500, 501)),
        *owed(GAOXIN, PARKS, 1),
        *owed(GAOXIN, RESOURCES, 2),
        # 发展计划科: twelve items on the city bureau's site; one resource item short.
        *(submission(PLANNING, f"计划{n}", "信息", SITE) for n in range(12)),
        *owed(PLANNING, PARKS, 1),
        *owed(PLANNING, RESOURCES, 1),
        # 综合科: two papers; a piece handed in that nobody printed; quota met.
        submission(GENERAL, "科普日", "信息", ("河南日报", "regional")),
        submission(GENERAL, "体验中心", "信息", "郑州日报"),
        submission(GENERAL, "未采用稿", NEWS),
        *owed(GENERAL, RESOURCES, 1),
        # 知识产权科: nothing handed in at all.
        # 生产力促进中心: a surplus of parks beside a shortage of resources, and one news item.
        piece(CENTRE, "孵化器", NEWS),
        *owed(CENTRE, PARKS, 5),
        *owed(CENTRE, RESOURCES, 1),
    ]
