"""Collects from the store what an audit rests on.

Hides: which questions of the store make up ``Known``, and what is said when the period or the
plan is not given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from pipeline.config import Settings
from pipeline.coverage.audit import audit
from pipeline.coverage.known import Known, KnownStory
from pipeline.coverage.periods import written_period
from pipeline.coverage.report import LOCALITY_NAMES, CoverageReport, ModelNote, Period, PlanNote
from pipeline.errors import BadInput
from pipeline.locality import LocalityJudge, home_of
from pipeline.places import divisions
from pipeline.plan.fingerprint import plan_fingerprint, scheme_fingerprint
from pipeline.plan.model import Plan, PlanNode
from pipeline.plan.schemes import choose_scheme
from pipeline.store.assignments import assignments_of, decisions, model_used, reviews_of
from pipeline.store.audits import audits_of
from pipeline.store.items import items_by_id, stories_between
from pipeline.store.plans import StoredPlan
from pipeline.store.runs import (
    known_sources,
    latest_entries,
    latest_runs,
    observed_windows,
    vouched_windows,
)
from pipeline.store.store import now

__all__ = ["AuditOptions", "coverage_report", "known_of"]

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


@dataclass(frozen=True)
class AuditOptions:
    """What a person may choose of an audit; defaults are those of the settings table.

    ``period`` None and ``scheme`` or ``home`` '' mean the plan's own.
    """

    period: Period | None = None
    scheme: str = ""
    bar: int = _DEFAULTS.get("coverage.bar", int)
    localities: frozenset[str] = _localities(_DEFAULTS)
    home: str = _DEFAULTS.get("plan.home", str)

    @classmethod
    def of(cls, settings: Settings) -> AuditOptions:
        """What a workspace's settings say."""
        return cls(
            bar=settings.get("coverage.bar", int),
            localities=_localities(settings),
            home=settings.get("plan.home", str),
        )


def coverage_report(session: Session, stored: StoredPlan, options: AuditOptions) -> CoverageReport:
    """Audit one stored plan; raises what ``known_of`` does."""
    return audit(known_of(session, stored, options))


def known_of(session: Session, stored: StoredPlan, options: AuditOptions) -> Known:
    """Everything the audit of one stored plan rests on.

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
    period = options.period or _plan_period(stored)
    reviews = reviews_of(session, stored.id)
    first, last = date.fromisoformat(period.first), date.fromisoformat(period.last)
    dated = stories_between(session, first, last)
    undated = [story for story in stories_between(session) if story.day is None]
    chosen = [*dated, *undated]
    items = items_by_id(session, (item for story in chosen for item in story.items))
    used = model_used(session, stored.id)
    home = home_of(plan, stored.text, options.home)
    audits = audits_of(session, stored, scheme, (period.first, period.last))
    now_is = scheme_fingerprint(plan, scheme)
    return Known(
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
        localities=options.localities,
        model=_model_note(used, plan, themes),
        generated_at=now(),
        judge=LocalityJudge(home, tuple(unit.name for unit in plan.units)),
        stories=tuple(
            KnownStory(
                id=story.id,
                day=story.day,
                level=story.level,
                items=tuple(items[item] for item in story.items),
            )
            for story in chosen
        ),
        assignments=assignments_of(session, stored.id),
        decisions=decisions(reviews, {item: story.id for story in chosen for item in story.items}),
        sources=known_sources(session),
        ledger=latest_entries(session),
        runs=latest_runs(session),
        windows=observed_windows(session),
        vouched=vouched_windows(session),
        audit=next((one for one in audits if one.scheme_fingerprint == now_is), None),
        stale_audits=tuple(one.id for one in audits if one.scheme_fingerprint != now_is),
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


def _plan_period(stored: StoredPlan) -> Period:
    if stored.plan.period is None:
        raise BadInput(
            f"the plan {stored.name} names no year",
            "period-needed",
            "Give the audited period: --period 2025 (or 2025Q2, 2025-03), or --from and --to.",
        )
    return written_period(stored.plan.period)
