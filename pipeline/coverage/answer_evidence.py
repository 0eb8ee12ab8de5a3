"""Collects from the store what is held against the plan's own words: sentences, targets, duties.

Hides: which stories may answer: counted ones of the period that stand under a theme. What a person
denied answers nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from pipeline.classify.answers import NEAR
from pipeline.coverage.advice import MOST, Advice, advise
from pipeline.coverage.duty_evidence import obligations_of, registered_of
from pipeline.coverage.figures import TargetFigures, ToldStory, cues, target_figures
from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.inquiry import newest_answers
from pipeline.coverage.judging import judge_number
from pipeline.coverage.obligations import ObligationLine
from pipeline.coverage.report import CoverageReport, Period
from pipeline.coverage.sentences import AnsweredClause, ThemeSentences, sentences
from pipeline.locality import home_of
from pipeline.plan.schemes import choose_scheme
from pipeline.store.answered import answered_clauses, stories_telling
from pipeline.store.assignments import Decision, decisions, reviews_of
from pipeline.store.inquiry import answers_about
from pipeline.store.plans import StoredPlan
from pipeline.store.stories import story_of

__all__ = ["PlanParts", "figures_of", "plan_parts", "sentences_of"]


@dataclass(frozen=True)
class PlanParts:
    """What a period's report says of the plan's own words, and the advice that follows."""

    obligations: tuple[ObligationLine, ...]
    sentences: tuple[ThemeSentences, ...]
    figures: tuple[TargetFigures, ...]
    advice: Advice


def plan_parts(
    session: Session,
    stored: StoredPlan,
    options: AuditOptions,
    coverage: CoverageReport,
    today: str,
    *,
    most: int = MOST,
) -> PlanParts:
    """All of it for one report.

    Args:
        today: ISO 8601; what is due by then can be missed, and advice is given from then on.
        most: suggestions given.
    """
    period = coverage.period
    span = (period.first, period.last)
    answers = newest_answers(answers_about(session, stored, coverage.plan.scheme, span))
    excused = {answer.theme for answer in answers if answer.excused}
    obligations = obligations_of(
        session,
        stored,
        period,
        today,
        localities=options.localities,
        home=options.home,
        submissions=registered_of(session, stored),
    )
    told = sentences_of(session, stored, period, options)
    return PlanParts(
        obligations=obligations,
        sentences=told,
        figures=figures_of(session, stored, period, options),
        advice=advise(coverage, stored.plan, obligations, told, today, excused=excused, most=most),
    )


def sentences_of(
    session: Session, stored: StoredPlan, period: Period, options: AuditOptions
) -> tuple[ThemeSentences, ...]:
    """The sentences of a stored plan and who answers them, over a period that was judged.

    Raises:
        BadInput: ``scheme-missing``, ``plan-without-themes``.
    """
    scheme, themes = choose_scheme(stored.plan, options.scheme)
    held = _decisions(session, stored)
    found = []
    for row in answered_clauses(
        session,
        stored.id,
        [theme.id for theme in themes],
        judge_number(session, stored, options.home),
        options.localities,
        (period.first, period.last),
        NEAR,
    ):
        said = held.get(row.story, {}).get(row.theme)
        if said is None or said.belongs:
            found.append(
                AnsweredClause(
                    theme=row.theme,
                    clause=row.clause,
                    story=row.story,
                    nearness=row.nearness,
                    standing="machine" if said is None else "verified",
                )
            )
    return sentences(stored.plan, scheme, found)


def figures_of(
    session: Session, stored: StoredPlan, period: Period, options: AuditOptions
) -> tuple[TargetFigures, ...]:
    """The targets of a stored plan beside what news of the period reports of them."""
    plan = stored.plan
    if not plan.targets:
        return ()
    held = _decisions(session, stored)
    verified = {story for story, said in held.items() if any(one.belongs for one in said.values())}
    denied = {story for story, said in held.items() if not any(x.belongs for x in said.values())}
    told = stories_telling(
        session,
        stored.id,
        judge_number(session, stored, options.home),
        options.localities,
        (period.first, period.last),
        {word for target in plan.targets for word in cues(target)},
        verified,
    )
    stories = (
        ToldStory(
            id=story,
            title=item.title,
            text=item.text,
            day=day,
            outlet=item.outlet,
            verified=story in verified,
        )
        for story, day, item in told
        if story not in denied
    )
    return target_figures(plan.targets, stories, home_of(plan, stored.text, options.home))


def _decisions(session: Session, stored: StoredPlan) -> dict[str, dict[str, Decision]]:
    reviews = reviews_of(session, stored.id)
    return decisions(reviews, story_of(session, {review.item for review in reviews}))
