"""First use 首次设置: from an empty workspace to the first overview, step by step.

Hides: what each step asks for, and what is proposed.
"""

from __future__ import annotations

import threading
from datetime import date
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from sqlalchemy.orm import Session

from console.desk import Desk
from console.first_steps import (
    SEEN,
    SKIPPED,
    STEPS,
    StepName,
    steps_done,
    stored_plan,
    unconfirmed,
)
from console.jobs import settle_jobs, start_job
from console.language import _
from console.pages import BLANKS_COUNT, Changed, change, page
from console.plan_files import ENDINGS
from console.rooms.plans import PlanFacts, facts_of
from pipeline import crawling
from pipeline.clock import today
from pipeline.errors import BadInput
from pipeline.locality import home_of
from pipeline.news import source_id
from pipeline.places import divisions, short_name
from pipeline.plan.model import Medium, schemes
from pipeline.settings_file import change_settings
from pipeline.store.items import stored_days
from pipeline.store.jobs import jobs_of
from pipeline.store.media_choices import choose_media, media_choices
from pipeline.store.media_tables import MediaChoice
from pipeline.store.plans import StoredPlan

__all__ = ["ROUTES", "needed"]

State = Literal["done", "now", "later"]
_setting = threading.Lock()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step and how far it is."""

    name: StepName
    title: str
    state: State
    summary: str


class MediumLine(msgspec.Struct, frozen=True, kw_only=True):
    """A medium the plan names; ``choice`` '' before any, ``proposed`` what seems likely."""

    name: str
    kind: str
    choice: str
    proposed: MediaChoice


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A declaration of a source that comes with Xuanjian."""

    id: str
    name: str
    level: str
    columns: tuple[str, ...]
    address: str
    near: bool
    """Whether it is of the plan's own place."""
    taken: bool


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """The newest piece of work of a kind."""

    id: int
    running: bool
    failed: bool
    said: str


class FirstUsePage(msgspec.Struct, frozen=True, kw_only=True):
    """All steps with what each needs."""

    steps: tuple[Step, ...]
    done: int
    endings: tuple[str, ...]
    plan: str
    """Name of the plan in use; '' before any."""
    facts: PlanFacts | None
    themes: int
    next_profile: str
    media: tuple[MediumLine, ...]
    offered: tuple[Offered, ...]
    declared: tuple[str, ...]
    """Declarations the workspace has, by file."""
    month_starts: int
    bar: int
    since: str
    crawl: Work | None
    classify: Work | None


class Skip(msgspec.Struct, frozen=True, kw_only=True):
    """A step that is not needed here."""

    step: Literal["sources", "crawl"]


class ChooseMedia(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen for each medium, row by row."""

    names: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=300)], ...],
        msgspec.Meta(max_length=500, extra={BLANKS_COUNT: True}),
    ]
    choices: Annotated[tuple[MediaChoice, ...], msgspec.Meta(max_length=500)]


class TakeSources(msgspec.Struct, frozen=True, kw_only=True):
    """Shipped declarations to take over."""

    ids: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,100}$")], ...],
        msgspec.Meta(max_length=100),
    ] = ()


class SetPeriods(msgspec.Struct, frozen=True, kw_only=True):
    """When a reporting month begins, and how many stories a theme needs."""

    month_starts: Annotated[int, msgspec.Meta(ge=1, le=28)]
    bar: Annotated[int, msgspec.Meta(ge=1, le=1000)]


class StartCrawl(msgspec.Struct, frozen=True, kw_only=True):
    """The day from which news is collected, ISO 8601."""

    since: Annotated[str, msgspec.Meta(max_length=10)]


def needed(desk: Desk) -> bool:
    """Whether there is nothing to show yet: no plan, or no news."""
    with desk.begin() as session:
        return not (desk.has_plan(session) and stored_days(session))


@page("/first-use", "first_use.html.j2")
def first_use(desk: Desk) -> FirstUsePage:
    """The steps from an empty workspace to the first overview, and how far one is."""
    settle_jobs(desk.store, desk.workspace)
    stored = stored_plan(desk)
    settings = desk.workspace.settings
    declared = tuple(sorted(path.stem for path in desk.workspace.sources.glob("*.toml")))
    themes = len(next(iter(schemes(stored.plan).values()))) if stored else 0
    with desk.begin() as session:
        media = _media(session, stored)
        done = steps_done(desk, session, stored, declared=bool(declared))
        crawl, classify = _work(session, "crawl"), _work(session, "classify")
    facts = facts_of(stored.plan) if stored else None
    names = list(STEPS)
    now = next((name for name in names if not done[name]), "overview")
    summaries = _summaries(stored, facts, themes, media, declared)
    return FirstUsePage(
        steps=tuple(
            Step(
                name=name,
                title=_(STEPS[name]),
                state="done" if done[name] else "now" if name == now else "later",
                summary=summaries.get(name, ""),
            )
            for name in names
        ),
        done=sum(done.values()),
        endings=ENDINGS,
        plan=stored.name if stored else "",
        facts=facts,
        themes=themes,
        next_profile=unconfirmed(stored) if stored else "",
        media=media,
        offered=_offered(desk, stored),
        declared=declared,
        month_starts=settings.get("period.month_starts", int),
        bar=settings.get("coverage.bar", int),
        since=_since(stored),
        crawl=crawl,
        classify=classify,
    )


@change("/first-use/seen", role="editor")
def seen(desk: Desk) -> Changed:
    """Note that the plan was looked at beside its document."""
    stored = desk.plan()
    with desk.begin() as session:
        desk.record(session, SEEN, stored.name, after={"version": stored.version})
    return Changed(said=_("已记下：方案对照原文看过了"), to="/first-use")


@change("/first-use/skip", role="editor")
def skip(desk: Desk, given: Skip) -> Changed:
    """Note that a step is not needed here, such as crawling where all media are registered by hand."""
    with desk.begin() as session:
        desk.record(session, SKIPPED, given.step)
    return Changed(said=_("已跳过，以后随时可以补做"), to="/first-use")


@change("/first-use/media", role="editor")
def choose(desk: Desk, given: ChooseMedia) -> Changed:
    """Keep how each medium the plan names is to be looked at."""
    if len(given.names) != len(given.choices):
        raise BadInput(_("表单的各行不齐"), "form-value", _("请重新打开页面后再提交。"))
    chosen = dict(zip(given.names, given.choices, strict=True))
    with desk.begin() as session:
        known = media_choices(session)
        before = {name: known[source_id(name)] for name in chosen if source_id(name) in known}
        choose_media(session, chosen, desk.account.display)
        desk.record(session, "media.choose", _("应查媒体"), before=before or None, after=chosen)
    return Changed(said=_("已记下 %(n)s 家媒体怎么查") % {"n": len(chosen)}, to="/first-use")


@change("/first-use/sources", role="editor")
def take_sources(desk: Desk, given: TakeSources) -> Changed:
    """Take shipped declarations of sources over into the workspace."""
    if not given.ids:
        raise BadInput(_("没有选来源"), "form-value", _("请至少选一个，或按网址添加。"))
    list(
        crawling.crawler_lines(
            "declare", "--workspace", str(desk.workspace.path), "take", *given.ids
        )
    )
    with desk.begin() as session:
        desk.record(session, "source.take", "、".join(given.ids))
    return Changed(said=_("已选定 %(n)s 个来源") % {"n": len(given.ids)}, to="/first-use")


@change("/first-use/periods", role="editor")
def set_periods(desk: Desk, given: SetPeriods) -> Changed:
    """Set when a reporting month begins and how many stories cover a theme."""
    names = ("period.month_starts", "coverage.bar")
    before = {name: desk.workspace.settings.get(name, int) for name in names}
    after = dict(zip(names, (given.month_starts, given.bar), strict=True))
    with _setting:
        change_settings(desk.workspace, dict(after))
    with desk.begin() as session:
        desk.record(session, "settings.change", "xuanjian.toml", before=before, after=after)
    return Changed(said=_("统计周期和达标篇数已设定"), to="/first-use")


@change("/first-use/crawl", role="editor")
def crawl(desk: Desk, given: StartCrawl) -> Changed:
    """Start the first crawl of all declared sources."""
    try:
        since = date.fromisoformat(given.since).isoformat()
    except ValueError as error:
        raise BadInput(
            _("%(day)s 不是日期") % {"day": given.since}, "form-value", _("例如：2026-01-01。")
        ) from error
    job = start_job(desk, "crawl", "crawl", "--since", since)
    return Changed(said=_("采集已开始"), to=f"/jobs/{job.id}")


@change("/first-use/classify", role="editor")
def classify(desk: Desk) -> Changed:
    """Start mapping all stories to the themes of the plan in use."""
    job = start_job(desk, "classify", "classify", "--plan", desk.plan().name)
    return Changed(said=_("归类已开始"), to=f"/jobs/{job.id}")


def _summaries(
    stored: StoredPlan | None,
    facts: PlanFacts | None,
    themes: int,
    media: tuple[MediumLine, ...],
    declared: tuple[str, ...],
) -> dict[StepName, str]:
    if stored is None or facts is None:
        return {}
    chosen = sum(1 for one in media if one.choice)
    return {
        "plan": _("%(name)s 第 %(n)s 版") % {"name": stored.name, "n": stored.version},
        "read": _("存疑 %(n)s 处") % {"n": facts.doubts},
        "profiles": _("%(a)s/%(b)s 已确认") % {"a": facts.confirmed, "b": themes},
        "media": _("%(a)s/%(b)s 已选") % {"a": chosen, "b": len(media)}
        if media
        else _("方案没有点名媒体"),
        "sources": _("已有 %(n)s 个来源") % {"n": len(declared)},
    }


def _media(session: Session, stored: StoredPlan | None) -> tuple[MediumLine, ...]:
    chosen = media_choices(session)
    return tuple(
        MediumLine(
            name=medium.name,
            kind=medium.kind,
            choice=chosen.get(source_id(medium.name), ""),
            proposed=_proposed(medium),
        )
        for medium in (stored.plan.media if stored else ())
    )


def _proposed(medium: Medium) -> MediaChoice:
    """Sites and papers that come with a declaration are crawled; what no crawler reaches is
    registered."""
    if any(line.name == medium.name for line in _shipped()):
        return "crawl"
    return "crawl" if medium.kind == "site" else "register"


class _Shipped(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    level: str
    columns: tuple[str, ...]
    address: str


@lru_cache(1)
def _shipped() -> tuple[_Shipped, ...]:
    """Asked of the crawler once: they change with the installation only."""
    lines = crawling.crawler_lines("declare", "shipped")
    return tuple(msgspec.json.decode(line, type=_Shipped) for line in lines)


def _offered(desk: Desk, stored: StoredPlan | None) -> tuple[Offered, ...]:
    place = ""
    if stored is not None:
        given = desk.workspace.settings.get("plan.home", str)
        home = home_of(stored.plan, stored.text, given)
        place = short_name(divisions()[home]) if home else ""
    offered = [
        Offered(
            id=one.id,
            name=one.name,
            level=one.level,
            columns=one.columns,
            address=one.address,
            near=bool(place) and place in one.name,
            taken=(desk.workspace.sources / f"{one.id}.toml").exists(),
        )
        for one in _shipped()
    ]
    return tuple(sorted(offered, key=lambda one: not one.near))


def _work(session: Session, kind: str) -> Work | None:
    for job in jobs_of(session, kind, limit=1):
        return Work(
            id=job.id,
            running=job.running,
            failed=not job.running and job.exit_code != 0,
            said=job.said.strip().rpartition("\n")[2][:300],
        )
    return None


def _since(stored: StoredPlan | None) -> str:
    if stored is not None and stored.plan.period is not None:
        return min(stored.plan.period[0], today().isoformat())
    return f"{today().year}-01-01"


ROUTES = [
    first_use,
    seen,
    skip,
    choose,
    take_sources,
    set_periods,
    crawl,
    classify,
]
