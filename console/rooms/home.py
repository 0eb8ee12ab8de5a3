"""The first page 首页: the office's rhythm, and what is due.

Hides: what an office hands in when (周报送统计 each week, 月通报 each month, 季分析 each quarter, 年终考核
at the end of the plan's year), and what of everything that waits comes first. Days count from today,
but never beyond the plan's own term.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import msgspec
from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import _
from console.pages import page
from console.period_choice import period_words, stepped
from console.problem import Trouble
from console.shown import StandingNote, said_of
from console.standing import standing_report
from pipeline.accounts import Role
from pipeline.clock import today
from pipeline.coverage.issuing import key_of
from pipeline.coverage.obligations import ObligationLine
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import month_starts, parse_period
from pipeline.coverage.report import CoverageState
from pipeline.coverage.sign_off import STAGE_NAMES, sign_off_of
from pipeline.errors import XuanjianError
from pipeline.reports.wording import days_words, state_counts
from pipeline.store.alarms import standing_alarms
from pipeline.store.audits import audits_of
from pipeline.store.jobs import jobs_of
from pipeline.store.plans import StoredPlan
from pipeline.store.register_list import RegisterAsked, count_register
from pipeline.store.runs import known_sources
from pipeline.store.signed import issued_reports, steps_of

__all__ = ["ROUTES"]

SOON = 14
"""Days in which something that falls due is named."""

Urgency = Literal["urgent", "soon", "later"]


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do; its page is where it is done."""

    urgency: Urgency
    words: str
    detail: str = ""
    address: str


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """One beat of the office's rhythm: the last span that is over, or the running one."""

    name: str
    """周报送统计, 月通报, 季分析 or 年终考核."""
    span: str
    lines: tuple[str, ...]
    address: str
    go: str
    """Words of the link."""


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """The first page."""

    today: str
    plan: str
    """Title of the plan in use; '' before any."""
    name: str
    period: str
    standing: StandingNote | None
    """None where there are no figures (yet)."""
    trouble: Trouble | None
    """Why there are none; None where there are."""
    states: dict[CoverageState, int]
    rhythm: tuple[Rhythm, ...]
    due: tuple[Due, ...]
    quiet: bool
    """Whether nothing waits."""


@page("/", "home.html.j2")
def home(desk: Desk) -> HomePage:
    """What is due in the office's rhythm, and what to do next; where there is no plan, where to begin."""
    day = today()
    with desk.begin() as session:
        begun = desk.has_plan(session)
    if not begun:
        return HomePage(
            today=day.isoformat(), plan="", name="", period="", standing=None, trouble=None,
            states={}, rhythm=(), due=(), quiet=True,
        )  # fmt: skip
    stored = desk.plan()
    try:
        standing, trouble = standing_report(desk), None
    except XuanjianError as error:  # the page says so, and what else waits
        standing, trouble = None, Trouble.of(error, desk.workspace.path)
    look = _Look(desk, stored, day)
    report = standing.report if standing else None
    with desk.begin() as session:
        rhythm = tuple(_rhythm(session, look))
        due = [*_of_store(session, look), *(_of_report(report, look) if report else ())]
    order: list[Urgency] = ["urgent", "soon", "later"]
    shown = [one for one in due if desk.account.may(_role_of(one.address))]
    shown.sort(key=lambda one: order.index(one.urgency))
    return HomePage(
        today=day.isoformat(),
        plan=stored.plan.title or stored.name,
        name=stored.name,
        period=period_words(report.period) if report else "",
        standing=said_of(standing) if standing else None,
        trouble=trouble,
        states=state_counts(report) if report else {},
        rhythm=rhythm,
        due=tuple(shown),
        quiet=not shown and standing is not None,
    )


@dataclass(frozen=True)
class _Look:
    """From which day, at which plan; ``at`` is that day within the plan's term."""

    desk: Desk
    stored: StoredPlan
    day: date

    @property
    def at(self) -> date:
        term = self.stored.plan.period
        if term is None:
            return self.day
        first, last = map(date.fromisoformat, term)
        return min(max(self.day, first), last)

    @property
    def over(self) -> bool:
        """Whether the plan's term has ended."""
        term = self.stored.plan.period
        return term is not None and term[1] < self.day.isoformat()

    def month_over(self) -> str:
        """The last month that is over, or the term's first where none is."""
        month = f"{self.at.year}-{self.at.month:02d}"
        starts = month_starts(self.desk.workspace.settings)
        if parse_period(month, starts).last >= self.day.isoformat():
            month = stepped(month, -1)
        return month

    def quarter_over(self) -> str:
        year, month = map(int, self.month_over().split("-"))
        return f"{year}Q{month // 3}" if month >= 3 else f"{year - 1}Q4"


def _role_of(address: str) -> Role:
    """Who may open a page of ours at all."""
    return "reviewer" if address.startswith("/review") else "viewer"


def _rhythm(session: Session, look: _Look) -> Iterator[Rhythm]:
    desk = look.desk
    monday = look.at - timedelta(days=look.at.weekday())
    lines = []
    # Before a plan's term and after it, its first or last week is shown, which is not this one.
    present = monday <= look.day < monday + timedelta(days=7)
    this, before = (_("本周"), _("上周")) if present else (_("这一周"), _("前一周"))
    for words, first in ((this, monday), (before, monday - timedelta(days=7))):
        span = (first.isoformat(), (first + timedelta(days=6)).isoformat())
        handed = count_register(session, RegisterAsked(first=span[0], last=span[1]))
        used = count_register(session, RegisterAsked(first=span[0], last=span[1], state="used"))
        lines.append(
            _("%(w)s登记报送 %(n)s 篇，采用 %(u)s 篇") % {"w": words, "n": handed, "u": used}
        )
    sunday = (monday + timedelta(days=6)).isoformat()
    yield Rhythm(
        name=_("周报送统计"),
        span=days_words(monday.isoformat(), sunday),
        lines=tuple(lines),
        address="/register",
        go=_("去登记"),
    )
    month, quarter = look.month_over(), look.quarter_over()
    yield _paper(session, look, _("月通报"), month, f"/reports{desk.asked.query(period=month)}")
    yield _paper(
        session, look, _("季分析"), quarter, f"/overview{desk.asked.query(period=quarter)}"
    )
    year = str(look.at.year)
    yield _paper(session, look, _("年终考核"), year, f"/scorecard{desk.asked.query(period=year)}")


def _paper(session: Session, look: _Look, name: str, period: str, address: str) -> Rhythm:
    stage, last = _stage(session, look, period)
    lines = [_("签批：%(stage)s") % {"stage": _(STAGE_NAMES[stage])}]
    left = (date.fromisoformat(last) - look.day).days
    if left >= 0:
        lines.append(_("本期还有 %(n)s 天") % {"n": left + 1})
    elif stage != "issued":
        lines.append(_("本期已结束 %(n)s 天") % {"n": -left})
    starts = month_starts(look.desk.workspace.settings)
    return Rhythm(
        name=name,
        span=period_words(parse_period(period, starts)),
        lines=tuple(lines),
        address=address,
        go=_("去办理"),
    )


def _stage(session: Session, look: _Look, period: str) -> tuple[str, str]:
    """How far a period's report is signed, and its last day."""
    starts = month_starts(look.desk.workspace.settings)
    span = parse_period(period, starts)
    key = key_of(look.stored, replace(look.desk.options(session, look.stored), period=span))
    steps = steps_of(session, key)
    return sign_off_of(steps, issued_reports(session, key)).stage, span.last


def _of_store(session: Session, look: _Look) -> Iterator[Due]:
    desk, ask = look.desk, look.desk.asked.query
    if alarms := standing_alarms(session):
        names = {one.id: one.name for one in known_sources(session)}
        first = dict.fromkeys(names.get(one.source, one.source) for one in alarms)
        named = "、".join(list(first)[:3])
        yield Due(
            urgency="urgent",
            words=_("采集告警 %(n)s 处未解除") % {"n": len(alarms)},
            detail=named,
            address="/sources",
        )
    for audit in audits_of(session, look.stored, stories=False):
        if not audit.closed_at:
            yield Due(
                urgency="soon",
                words=_("抽查 %(n)s 的样本还没有判完") % {"n": audit.id},
                detail=days_words(*audit.period),
                address=f"/review{ask()}",
            )
    month = look.month_over()
    stage, _last = _stage(session, look, month)
    term = look.stored.plan.period
    inside = term is None or term[0] <= f"{month}-28"
    if stage != "issued" and inside:
        yield Due(
            urgency="urgent" if look.day.day > SOON or look.over else "soon",
            words=_("%(m)s月通报尚未印发（%(s)s）")
            % {"m": period_words(parse_period(month)), "s": _(STAGE_NAMES[stage])},
            address=f"/reports{ask(period=month)}",
        )
    for job in jobs_of(session, running=True)[:3]:
        yield Due(
            urgency="later",
            words=_("后台任务 %(n)s 正在进行") % {"n": job.id},
            address=f"/jobs/{job.id}",
        )
    if not desk.asked.plan and look.over:
        yield Due(
            urgency="later",
            words=_("方案的执行期已于 %(d)s 结束") % {"d": look.at.isoformat()},
            detail=_("有新一年的方案时，在“方案”里上传并启用"),
            address="/plans",
        )


def _of_report(report: PeriodReport, look: _Look) -> Iterator[Due]:
    ask = look.desk.asked.query
    yield from _of_obligations(report.obligations, look)
    states = state_counts(report)
    totals = report.totals
    if totals.unclassified:
        yield Due(
            urgency="urgent",
            words=_("%(n)s 篇报道尚未归类") % {"n": totals.unclassified},
            detail=_("各条目的机器篇数不全"),
            address="/jobs",
        )
    if report.model.profiles == "proposed":
        yield Due(
            urgency="soon",
            words=_("条目画像还没有由人确认"),
            detail=_("每条约一分钟，归类会准得多"),
            address=f"/plans/{look.stored.name}",
        )
    if states["undecided"]:
        yield Due(
            urgency="soon",
            words=_("%(n)s 个条目待核实") % {"n": states["undecided"]},
            detail=_("复核、抽查或补齐采集后才能认定"),
            address=f"/overview{ask()}",
        )
    if gaps := states["blank"] + states["thin"]:
        yield Due(
            urgency="soon",
            words=_("%(n)s 个条目空白或薄弱") % {"n": gaps},
            detail=_("看选题建议，或发核实单问责任科室"),
            address=f"/advice{ask()}",
        )
    answered = {one.theme for one in report.answers}
    asked = (
        [one for one in report.inquiry.items if one.theme not in answered] if report.inquiry else []
    )
    proven = [one for one in asked if one.state != "undecided"]
    if proven:
        yield Due(
            urgency="soon",
            words=_("%(n)s 个缺口尚未问过责任科室") % {"n": len(proven)},
            address=f"/inquiry{ask()}",
        )
    if unread := totals.counted - totals.reviewed:
        yield Due(
            urgency="later",
            words=_("%(n)s 篇计入报道未经人工复核") % {"n": unread},
            address=f"/review{ask()}",
        )
    unchecked = [one for one in report.media if one.state == "unchecked"]
    vouched = [one for one in report.media if one.state == "registered" and not one.vouched_by]
    if unchecked:
        yield Due(
            urgency="soon",
            words=_("方案点名的媒体还有 %(n)s 家未查") % {"n": len(unchecked)},
            detail="、".join(one.name for one in unchecked[:4]),
            address=f"/media{ask()}",
        )
    if vouched:
        yield Due(
            urgency="soon",
            words=_("%(n)s 家登记媒体没有人确认齐全") % {"n": len(vouched)},
            detail="、".join(one.name for one in vouched[:4]),
            address=f"/media{ask()}",
        )


def _of_obligations(lines: tuple[ObligationLine, ...], look: _Look) -> Iterator[Due]:
    ask = look.desk.asked.query
    late = [one for one in lines if one.state in ("none", "partly")]
    if late:
        yield Due(
            urgency="urgent",
            words=_("%(n)s 项落实事项到期未见齐佐证") % {"n": len(late)},
            detail="、".join(one.what for one in late[:3]),
            address=f"/obligations{ask()}",
        )
    soon = (look.day + timedelta(days=SOON)).isoformat()
    for one in lines:
        if (
            one.state in ("not_due", "partly", "none")
            and look.day.isoformat() <= one.next_due <= soon
        ):
            yield Due(
                urgency="soon",
                words=_("%(what)s：%(day)s 到期") % {"what": one.what[:40], "day": one.next_due},
                detail=one.reason,
                address=f"/obligations{ask()}#{one.id}",
            )


ROUTES = [home]
