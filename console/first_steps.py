"""How far the first use 首次设置 of a workspace is, for its page and for the way back to it.

Hides: how far one is. Nothing of it is kept for its own sake: steps are read off what is stored, set and
declared, so that anybody may leave and go on elsewhere; only "looked at" and "not needed" are lines
of the audit trail. A workspace in which news was mapped once is past its first use for good.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec
from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import N_, _
from pipeline.news import source_id
from pipeline.plan.schemes import choose_scheme
from pipeline.store.assignments import model_used, was_classified
from pipeline.store.items import stored_days
from pipeline.store.media_choices import media_choices
from pipeline.store.plans import StoredPlan, last_plan
from pipeline.store.trail import trail

__all__ = [
    "SEEN",
    "SKIPPED",
    "STEPS",
    "NextStep",
    "StepName",
    "next_first_step",
    "steps_done",
    "stored_plan",
    "unconfirmed",
]

StepName = Literal[
    "plan", "read", "profiles", "media", "sources", "periods", "crawl", "classify", "overview"
]
STEPS: dict[StepName, str] = {
    "plan": N_("放入方案"),
    "read": N_("对照原文看一遍，改正标题、种类、单位和执行时间"),
    "profiles": N_("确认每个条目的画像"),
    "media": N_("方案点名的媒体怎么查"),
    "sources": N_("选定采集来源"),
    "periods": N_("统计周期和达标篇数"),
    "crawl": N_("第一次采集"),
    "classify": N_("把报道归到条目"),
    "overview": N_("看覆盖总览"),
}
SEEN, SKIPPED = "first-use.seen", "first-use.skip"
"""What the audit trail calls a plan that was looked at, and a step that is not needed."""

_past: set[str] = set()
"""Databases of workspaces that are past their first use."""


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """The step that is to be done."""

    name: StepName
    title: str
    number: int
    of: int


def next_first_step(desk: Desk) -> NextStep | None:
    """The step of the first use that is to be done next; None where it is over, or for somebody who
    cannot do it."""
    place = desk.workspace.database_url
    account = desk.visitor.account
    if place in _past or account is None or not account.may("editor"):
        return None
    with desk.begin() as session:
        if was_classified(session):
            _past.add(place)
            return None
        # Not the plan of the page's address: what this is about is the workspace.
        stored = last_plan(session) or None
        declared = any(desk.workspace.sources.glob("*.toml"))
        done = steps_done(desk, session, stored, declared=declared)
    names = list(STEPS)
    name = next((one for one in names if not done[one]), names[-1])
    return NextStep(name=name, title=_(STEPS[name]), number=names.index(name) + 1, of=len(names))


def stored_plan(desk: Desk) -> StoredPlan | None:
    """The plan in use; None before any."""
    with desk.begin() as session:
        there = desk.has_plan(session)
    return desk.plan() if there else None


def steps_done(
    desk: Desk, session: Session, stored: StoredPlan | None, *, declared: bool
) -> dict[StepName, bool]:
    """By step whether it is done, read off the store, the settings and the declarations.

    Args:
        stored: the plan in use.
        declared: whether the workspace has a declaration of a source.
    """
    marks = {(line.action, line.subject) for line in trail(session, action="first-use", limit=200)}
    given: Collection[str] = desk.workspace.settings.given
    classified = stored is not None and bool(model_used(session, stored.id))
    dated = stored is not None and stored.plan.period is not None
    chosen = media_choices(session)
    return {
        "plan": stored is not None,
        "read": stored is not None and dated and (SEEN, stored.name) in marks,
        "profiles": stored is not None and not unconfirmed(stored),
        "media": stored is not None
        and all(chosen.get(source_id(medium.name)) for medium in stored.plan.media),
        "sources": declared or (SKIPPED, "sources") in marks,
        "periods": {"period.month_starts", "coverage.bar"} <= set(given),
        "crawl": bool(stored_days(session)) or (SKIPPED, "crawl") in marks,
        "classify": classified,
        "overview": classified and not unconfirmed(stored) if stored else False,
    }


def unconfirmed(stored: StoredPlan, scheme: str = "", after: str = "") -> str:
    """The first theme of a scheme whose profile nobody confirmed, looking behind ``after`` first; ''
    for none."""
    _scheme, nodes = choose_scheme(stored.plan, scheme)
    done = {one.theme for one in stored.plan.profiles if one.confirmed_by}
    ids = [node.id for node in nodes]
    start = ids.index(after) + 1 if after in ids else 0
    return next((one for one in (*ids[start:], *ids[:start]) if one not in done), "")
