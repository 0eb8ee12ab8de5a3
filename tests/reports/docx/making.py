"""A month's whole report, made from the ready plan of seed 001: nine focus areas, six offices, a
register worked by hand elsewhere, with long and hostile titles among the stories."""

from __future__ import annotations

import msgspec

from pipeline.coverage.handed_in import handed_in
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import parse_period
from pipeline.coverage.report import CoverageState, SampleEstimate, Tally
from pipeline.plan.schemes import choose_scheme
from pipeline.register import Register
from tests.coverage.scoring_cases import JINSHUI, march, scored
from tests.reports.conftest import build_report

__all__ = ["made_report"]

STATES: tuple[CoverageState, ...] = (
    "blank", "covered", "undecided", "thin", "covered", "undecided", "covered", "thin", "covered",
)  # fmt: skip


def made_report() -> PeriodReport:
    """The report of March 2017: stories of the sample report under the nine focus areas."""
    sample = build_report()
    _, focus = choose_scheme(JINSHUI, "focus_area")
    renamed = {f"focus-{n}": node.id for n, node in enumerate(focus, 1)}
    themes = []
    for number, (node, state) in enumerate(zip(focus, STATES, strict=True)):
        like = sample.themes[number % len(sample.themes)]
        tally = {"blank": Tally(rejected=2), "thin": Tally(confirmed=1, corrected=1)}.get(
            state, Tally(confirmed=4, machine=3) if state == "covered" else Tally(machine=9)
        )
        themes.append(
            msgspec.structs.replace(
                like,
                id=node.id,
                number=node.number,
                title=node.title,
                text=node.text,
                state=state,
                tally=tally,
                by_month=(tally,),
                by_level={"district": tally},
                stories=tuple(s.id for s in sample.stories if _under(s, node.id, renamed)),
                queue=(),
                estimate=SampleEstimate(
                    audit=1, read=60, low=tally.verified, high=tally.verified + 2 * (number % 3),
                    population=412, model="41d0e7aa9c2f6b03",
                ) if state in ("blank", "thin") else None,
            )
        )  # fmt: skip
    stories = tuple(
        msgspec.structs.replace(
            story,
            day=story.day and f"2017-03-{story.day[8:]}",
            themes=tuple(
                msgspec.structs.replace(link, theme=renamed[link.theme]) for link in story.themes
            ),
        )
        for story in sample.stories
    )
    period = parse_period("2017-03")
    coverage = msgspec.structs.replace(
        sample,
        plan=msgspec.structs.replace(
            sample.plan, title=JINSHUI.title, issuer="金水区科学技术局", home="金水区",
            period=JINSHUI.period, name="jinshui",
        ),
        period=period,
        generated_at="2017-04-02T09:30:00+08:00",
        months=("2017-03",),
        themes=tuple(themes),
        stories=stories,
        units=(),
    )  # fmt: skip
    submissions = tuple(march())
    return PeriodReport.of(
        coverage,
        scorecard=scored(*submissions),
        handed_in=handed_in(JINSHUI, Register(submissions=submissions), period),
    )


def _under(story: object, theme: str, renamed: dict[str, str]) -> bool:
    links = story.themes  # type: ignore[attr-defined]
    return any(renamed[link.theme] == theme and link.state != "rejected" for link in links)
