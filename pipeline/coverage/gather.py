"""Collects from the store what an audit rests on.

Hides: which questions of the store make up ``Known``, and what is said when the period or the
plan is not given.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from pipeline.config import Settings
from pipeline.coverage.audit import audit, stories_to_list
from pipeline.coverage.judging import Progress, judge_number, judge_stories, silent
from pipeline.coverage.known import Known, KnownStory
from pipeline.coverage.periods import written_period
from pipeline.coverage.report import LOCALITY_NAMES, CoverageReport, ModelNote, Period, PlanNote
from pipeline.coverage.unions import (
    Union,
    confirmed_parts,
    joined_assigned,
    joined_assignments,
    joined_chances,
    joined_decisions,
    joined_population,
    unions_of,
)
from pipeline.errors import BadInput
from pipeline.locality import home_of
from pipeline.places import divisions
from pipeline.plan.fingerprint import plan_fingerprint, scheme_fingerprint
from pipeline.plan.model import Plan, PlanNode
from pipeline.plan.schemes import choose_scheme
from pipeline.store.assignments import assignments_of, decisions, model_used, reviews_of
from pipeline.store.audits import audits_of
from pipeline.store.columns import (
    assigned_columns,
    chances_of,
    published_between,
    story_columns,
)
from pipeline.store.facts import facts_of
from pipeline.store.folding import reprints_of
from pipeline.store.items import items_by_id
from pipeline.store.picking import Picking
from pipeline.store.plans import StoredPlan
from pipeline.store.populations import read_population
from pipeline.store.runs import (
    known_sources,
    latest_entries,
    latest_runs,
    observed_windows,
    vouched_windows,
)
from pipeline.store.store import now
from pipeline.store.stories import stories_by_id, story_of

__all__ = ["EVERY", "AuditOptions", "coverage_report", "known_of", "period_of", "picking_of"]

EVERY = 2**62
"""Stories to list where none may be left out."""

SCHEME_NAMES: dict[str, str] = {
    "focus_area": "宣传重点",
    "chapter": "章",
    "section": "节",
    "subsection": "目",
    "measure": "措施",
}
"""Kinds of theme as officers read them."""


def _localities(settings: Settings) -> frozenset[str]:
    names = settings.get("coverage.localities", str).split(",")
    return frozenset(name.strip() for name in names if name.strip())


_DEFAULTS = Settings.defaults()
_PART = 500
"""Stories loaded at a time."""


@dataclass(frozen=True)
class AuditOptions:
    """What a person may choose of an audit; defaults are those of the settings table.

    ``period`` None and ``scheme`` or ``home`` '' mean the plan's own.
    """

    period: Period | None = None
    scheme: str = ""
    bar: int = _DEFAULTS.get("coverage.bar", int)
    bars: tuple[tuple[str, int], ...] = ()
    """Themes with a bar of their own."""
    localities: frozenset[str] = _localities(_DEFAULTS)
    home: str = _DEFAULTS.get("plan.home", str)
    most: int = _DEFAULTS.get("report.stories", int)

    @classmethod
    def of(cls, settings: Settings) -> AuditOptions:
        """What a workspace's settings say."""
        return cls(
            bar=settings.get("coverage.bar", int),
            bars=_bars(settings.get("coverage.bars", str)),
            localities=_localities(settings),
            home=settings.get("plan.home", str),
            most=settings.get("report.stories", int),
        )


def _bars(written: str) -> tuple[tuple[str, int], ...]:
    """The setting ``coverage.bars``; raises ``settings-bad-value``."""
    found = []
    for part in filter(None, map(str.strip, written.split(","))):
        theme, _, bar = map(str.strip, part.partition("="))
        if not theme or not bar.isdecimal() or not 1 <= len(bar) <= 6 or int(bar) < 1:
            raise BadInput(
                f"coverage.bars must hold pairs of theme and bar, got {part!r} instead",
                "settings-bad-value",
                "Write them as focus-1=5,focus-6=1; plan read shows the themes' ids.",
            )
        found.append((theme, int(bar)))
    return tuple(found)


def coverage_report(
    session: Session, stored: StoredPlan, options: AuditOptions, progress: Progress = silent
) -> CoverageReport:
    """Audit one stored plan; raises what ``known_of`` does."""
    with _no_collection():
        return audit(known_of(session, stored, options, progress))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the search for cycles: millions of rows come and go and hold none, and looking for
    them took a tenth of a report's time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def known_of(
    session: Session, stored: StoredPlan, options: AuditOptions, progress: Progress = silent
) -> Known:
    """Everything the audit of one stored plan rests on.

    Stories that came in since the plan was last classified are judged first.

    Raises:
        BadInput: ``period-needed`` when neither the plan nor the caller gives a period,
            ``plan-without-themes``,
            ``scheme-missing``, ``bar-too-low``, ``locality-unknown``, ``place-unknown``.
    """
    if options.bar < 1:
        raise BadInput(
            f"the bar must be at least 1, got {options.bar} instead",
            "bar-too-low",
            "A theme with no story can never count as covered.",
        )
    strange = options.localities - set(LOCALITY_NAMES)
    if strange:
        raise BadInput(
            f"unknown locality {', '.join(sorted(strange))}",
            "locality-unknown",
            f"Known: {', '.join(LOCALITY_NAMES)}.",
        )
    plan = stored.plan
    scheme, themes = choose_scheme(plan, options.scheme)
    period = period_of(stored, options)
    reviews = reviews_of(session, stored.id)
    first, last = date.fromisoformat(period.first), date.fromisoformat(period.last)
    judge = judge_number(session, stored, options.home)
    names = [theme.id for theme in themes]
    columns = story_columns(session, judge, (stored.id, names[0]), first, last)
    if not columns.judged:
        judge_stories(session, stored, options.home, progress)
        columns = story_columns(session, judge, (stored.id, names[0]), first, last)
    unions = unions_of(plan, themes)
    parts = list(dict.fromkeys(part for union in unions for part in union.parts))
    places = {part: place for place, part in enumerate(parts)}
    held = joined_decisions(
        decisions(reviews, story_of(session, {review.item for review in reviews})), unions
    )
    confirmed = {
        part: columns.rows.of(stories) for part, stories in confirmed_parts(held, unions).items()
    }
    used = model_used(session, stored.id)
    home = home_of(plan, stored.text, options.home)
    audits = audits_of(session, stored, scheme, (period.first, period.last), stories=False)
    now_is = scheme_fingerprint(plan, scheme)
    current = next((one for one in audits if one.scheme_fingerprint == now_is), None)
    known = Known(
        plan=plan,
        note=PlanNote(
            title=plan.title,
            name=stored.name,
            kind=plan.kind,
            fingerprint=plan_fingerprint(plan),
            scheme=scheme,
            scheme_name=SCHEME_NAMES[scheme],
            issuer=plan.issuer,
            date=plan.date,
            period=plan.period,
            home=divisions()[home].name if home else "",
        ),
        themes=themes,
        period=period,
        bar=options.bar,
        bars=dict(options.bars),
        localities=options.localities,
        model=_model_note(used, plan, themes),
        generated_at=now(),
        home=home,
        columns=columns,
        assigned=joined_assigned(
            assigned_columns(session, stored.id, parts, columns.rows), places, unions
        ),
        groups=tuple(union.theme for union in unions if union.members),
        chances=joined_chances(chances_of(session, stored.id, parts, confirmed), places, unions),
        decisions=held,
        published=published_between(session, first, last),
        most=options.most,
        sources=known_sources(session),
        ledger=latest_entries(session),
        runs=latest_runs(session),
        windows=observed_windows(session),
        vouched=vouched_windows(session),
        audit=current,
        population=joined_population(read_population(session, current.id, names, columns), unions)
        if current
        else None,
        stale_audits=tuple(one.id for one in audits if one.scheme_fingerprint != now_is),
    )
    listed = stories_to_list(known)
    stories = _stories(session, stored.id, judge, listed, unions)
    return replace(known, stories=tuple(stories))


def _stories(
    session: Session, plan_id: int, judge: int, ids: Sequence[str], unions: Sequence[Union]
) -> Iterator[KnownStory]:
    """These stories in full, by day and id."""
    for start in range(0, len(ids), _PART):
        part = stories_by_id(session, ids[start : start + _PART])
        items = items_by_id(session, (item for story in part for item in story.items))
        facts = facts_of(session, judge, (story.id for story in part))
        said = assignments_of(session, plan_id, (story.id for story in part))
        reprints = reprints_of(session, (item for story in part for item in story.items[1:]))
        for story in part:
            yield KnownStory(
                id=story.id,
                day=story.day,
                level=story.level,
                items=tuple(items[item] for item in story.items),
                fact=facts[story.id],
                assignments=joined_assignments(said.get(story.id, ()), unions),
                reprints={item: reprints[item] for item in story.items if item in reprints},
            )


def _model_note(
    used: tuple[str, str] | tuple[()], plan: Plan, themes: tuple[PlanNode, ...]
) -> ModelNote:
    """Profiles count as confirmed when a person signed that of every theme."""
    signed = {profile.theme for profile in plan.profiles if profile.confirmed_by}
    name, fingerprint = used or ("", "")
    confirmed = all(theme.id in signed for theme in themes)
    return ModelNote(
        name=name, fingerprint=fingerprint, profiles="confirmed" if confirmed else "proposed"
    )


def period_of(stored: StoredPlan, options: AuditOptions) -> Period:
    """The period asked for, else the plan's own.

    Raises:
        BadInput: ``period-needed`` when neither is given.
    """
    if options.period is not None:
        return options.period
    if stored.plan.period is None:
        raise BadInput(
            f"the plan {stored.name} names no year",
            "period-needed",
            "Give the audited period: --period 2025 (or 2025Q2, 2025-03), or --from and --to.",
        )
    return written_period(stored.plan.period)


def picking_of(session: Session, stored: StoredPlan, options: AuditOptions) -> Picking:
    """The stories of the period that count and are not decided: those a person may be asked about.

    Raises:
        BadInput: ``period-needed``.
    """
    period = period_of(stored, options)
    return Picking(
        first=period.first,
        last=period.last,
        localities=options.localities,
        judge=judge_number(session, stored, options.home),
    )
