"""A month's whole report, made from the ready plan of seed 001: nine focus areas, six offices, a
register worked by hand elsewhere, with long and hostile titles among the stories."""

from __future__ import annotations

import msgspec

from pipeline.coverage.advice import advise
from pipeline.coverage.comparison import compare_reports
from pipeline.coverage.figures import FigureQuote, TargetFigures
from pipeline.coverage.handed_in import handed_in
from pipeline.coverage.inquiry import inquiry_of
from pipeline.coverage.obligations import ObligationLine, ProofLine
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import parse_period
from pipeline.coverage.report import CoverageState, SampleEstimate, Tally
from pipeline.coverage.sentences import SentenceLine, ThemeSentences
from pipeline.coverage.sign_off import SignOff
from pipeline.coverage.supplement import Correction, LateFind, Supplement
from pipeline.inquiry import ThemeAnswer
from pipeline.plan.schemes import choose_scheme
from pipeline.register import Register
from pipeline.store.signed import SignStep
from tests.coverage.scoring_cases import JINSHUI, march, scored
from tests.reports.making_report import build_report

__all__ = ["made_report", "whole_report"]

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


def whole_report() -> PeriodReport:
    """``made_report`` with every further part: duties, sentences, targets, 补录, comparison, advice,
    signatures, answers of offices."""
    made = made_report()
    before = msgspec.structs.replace(
        made,
        period=parse_period("2017-02"),
        themes=tuple(
            msgspec.structs.replace(theme, state="covered", tally=Tally(confirmed=5))
            for theme in made.themes[:-1]
        ),
    )
    duties = tuple(
        ObligationLine(
            id=duty.node,
            what=duty.what,
            when=duty.when,
            offices=duty.offices,
            state=("done", "partly", "none", "not_due")[place % 4],  # type: ignore[arg-type]
            reason=f"应办{place + 2}次，见佐证{place}次。",
            proofs=(
                ProofLine(
                    kind="story", day="2017-03-08", reference="s1", title="科技活动周启动", number=7
                ),
            )
            * (place % 3),
        )
        for place, duty in enumerate(JINSHUI.obligations)
    )
    answered = SentenceLine(node="focus-1", text="宣传双创综合体建设成效", verified=1, machine=2)
    silent = SentenceLine(node="focus-1", text="宣传众创空间入驻团队的故事")
    figure = FigureQuote(
        story="s1", title="孵化器新增三家", day="2017-03-11", outlet="郑州日报", verified=True,
        value=3, unit="家", year=2017, sentence="全区新增孵化器三家。",
    )  # fmt: skip
    late = LateFind(
        item="n90", story="s90", title="二月的一篇迟到报道", day="2017-02-20", outlet="郑州日报",
        level="municipal", url="https://zz.example/1", period=before.period, counts=True,
        themes={made.themes[0].id: "confirmed"},
    )  # fmt: skip
    changed = Correction(
        kind="decision", period=before.period, version=1, item="n3", title="一篇改判的报道",
        theme_title=made.themes[1].title, old="machine", new="rejected", by="王芳",
        at="2017-03-20T02:00:00+00:00",
    )  # fmt: skip
    told = (ThemeSentences(theme="focus-1", title="大众创业", sentences=(answered, silent)),)
    return msgspec.structs.replace(
        made,
        inquiry=inquiry_of(JINSHUI, made),
        answers=(
            ThemeAnswer(
                theme=made.worst_first()[0].id, choice="unpublicised", office="综合科",
                note="3月10日办过双创沙龙",
            ),
        ),
        obligations=duties,
        sentences=told,
        figures=(
            TargetFigures(
                name="孵化器", operator=">=", value=5, unit="家", year=2017, reported=(figure,)
            ),
        ),
        supplement=Supplement(
            late_stories=1, late=(late,), corrections_total=1, corrections=(changed,)
        ),
        comparison=compare_reports(made, before),
        advice=advise(made, JINSHUI, duties, told, "2017-04-02"),
        sign_off=SignOff(
            stage="check",
            version=1,
            steps=(
                SignStep(version=1, stage="draft", by="李文", at="2017-04-02T01:00:00+00:00"),
                SignStep(version=1, stage="check", by="王芳", at="2017-04-02T02:00:00+00:00"),
            ),
        ),
    )  # fmt: skip


def _under(story: object, theme: str, renamed: dict[str, str]) -> bool:
    links = story.themes  # type: ignore[attr-defined]
    return any(renamed[link.theme] == theme and link.state != "rejected" for link in links)
