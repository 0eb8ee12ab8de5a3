"""Signing a report in the console: who may sign which stage, and the signature.

Hides: which role a stage asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from sqlalchemy.orm import Session

from console.access.guards import NotAllowed
from console.desk import Desk
from console.jobs import start_job
from console.language import _
from console.pages import Changed, change
from console.standing import Standing, change_since, standing_report, takes_long
from pipeline.accounts import Role
from pipeline.clock import beijing_day
from pipeline.coverage.issuing import is_alone, key_of, sign_report
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import month_starts, notation_of
from pipeline.coverage.sign_off import (
    STAGE_NAMES,
    figures_fingerprint,
    same_person,
    sign_off_of,
)
from pipeline.errors import XuanjianError
from pipeline.reports.wording import days_words
from pipeline.store.signed import ISSUED, SignStep, steps_of

__all__ = ["ROUTES", "SignPath", "sign_path"]

Stage = Literal["draft", "check", "collation", "approval", "issued"]

_ORDER: tuple[Stage, ...] = ("draft", "check", "collation", "approval", "issued")
_ROLES: dict[Stage, Role] = {
    "draft": "editor",
    "check": "editor",
    "collation": "editor",
    "approval": "approver",
    "issued": "approver",
}


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """The stage a report is taken to."""

    to: Stage
    figures: Annotated[str, msgspec.Meta(max_length=64)]
    """Fingerprint of the figures that were looked at, which are what is signed; any for ``draft``."""
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """A remark; the reason of a step back and of a new version."""
    compare: bool = False
    """Issue it with the comparison with the period before."""


class SignPath(msgspec.Struct, frozen=True, kw_only=True):
    """Where a report may go from where it stands."""

    next: str
    """The stage that follows; '' where it is issued."""
    back: tuple[str, ...]
    """Earlier stages it may be sent back to, with a reason."""
    refused: str
    """Why this account may not sign the next stage; '' where it may."""
    may_send_back: bool
    may_open_again: bool
    """Whether it may open a corrected version of what is issued."""


def sign_path(
    session: Session, desk: Desk, standing: Standing, steps: Sequence[SignStep]
) -> SignPath:
    """What the account may do with a report next."""
    now = sign_off_of(steps)
    here = _ORDER.index(_stage(now.stage))
    following: Stage | None = None if now.locked else _ORDER[here + 1]
    if following is None:
        refused = ""
    elif not desk.account.may(_ROLES[following]):
        refused = _("这一环节由%(role)s签。") % {"role": _role_words(_ROLES[following])}
    elif _collated(desk, steps, following) and not is_alone(session):
        refused = _("办公室汇总是您签的，分管局领导审核须由另一人签。")
    elif following == ISSUED and standing.report.period.last >= beijing_day(
        standing.report.generated_at
    ):
        refused = _("本期还没有结束，到期后才能印发。")
    else:
        refused = ""
    editor = desk.account.may("editor")
    return SignPath(
        next=following or "",
        back=() if now.locked else _ORDER[:here],
        refused=refused,
        may_send_back=editor and not now.locked and here > 0,
        may_open_again=now.locked and desk.account.may("approver"),
    )


@change("/reports/sign", role="editor")
def sign(desk: Desk, given: Signature) -> Changed:
    """Take the period's report one stage further, or back to an earlier one with a reason.

    Issuing locks it with every publication it counted; ``draft`` after that opens a corrected version.
    """
    standing = standing_report(desk)
    stored, options = standing.stored, standing.options
    key = key_of(stored, options)
    looked = given.to != "draft"  # what is sent back or opened anew was not agreed to
    if looked and figures_fingerprint(standing.report) != given.figures:
        raise _changed_figures()
    with desk.begin() as session:
        steps = steps_of(session, key)
        _allow(desk, steps, given.to)
        large = given.to == ISSUED and takes_long(session)
    here = f"/reports/period{desk.asked.query()}"
    subject = f"{key.plan} {days_words(key.first, key.last)} · {STAGE_NAMES[given.to]}"
    if large:
        return _issue_as_job(desk, standing, given, subject)
    # Worked out before the signature's own transaction, which should be short.
    comparison = change_since(desk, standing) if given.compare else None

    def compared(report: PeriodReport) -> PeriodReport:
        return msgspec.structs.replace(report, comparison=comparison) if comparison else report

    with desk.begin() as session:
        before = sign_off_of(steps_of(session, key)).stage
        step, _report = sign_report(
            session,
            stored,
            options,
            to=given.to,
            by=desk.account.display,
            account=desk.account.id,
            note=given.note,
            compared=compared,
        )
        if looked and step.figures != given.figures:
            raise _changed_figures()
        desk.record(session, "report.sign", subject, before=before, after=step)
    said = _("已签：%(stage)s") if before != ISSUED else _("已另起新版：%(stage)s")
    if given.to == ISSUED:
        said = _("已印发并锁定：%(stage)s")
    return Changed(said=said % {"stage": STAGE_NAMES[given.to]}, to=here)


def _issue_as_job(desk: Desk, standing: Standing, given: Signature, subject: str) -> Changed:
    """Issue over a large store: its record takes longer than a page may."""
    words = [
        *("report", "sign", f"--plan={standing.stored.name}"),
        f"--scheme={standing.report.plan.scheme}",
        f"--period={notation_of(standing.report.period, month_starts(desk.workspace.settings))}",
        *(f"--to={ISSUED}", f"--by={desk.account.display}", f"--note={given.note}"),
        *(["--compare=previous"] if given.compare else []),
    ]
    job = start_job(desk, "report", *words)
    with desk.begin() as session:
        desk.record(session, "report.sign", subject, after={"job": job.id, "note": given.note})
    return Changed(said=_("报道很多，正在后台印发"), to=f"/jobs/{job.id}")


def _allow(desk: Desk, steps: Sequence[SignStep], to: Stage) -> None:
    now = sign_off_of(steps)
    least: Role = "approver" if now.locked else _ROLES[to]
    if not desk.account.may(least):
        raise NotAllowed(
            _("这一环节由%(role)s签") % {"role": _role_words(least)},
            "role-too-low",
            _("请有这个角色的同事登录后签。"),
        )


def _collated(desk: Desk, steps: Sequence[SignStep], following: Stage) -> bool:
    return same_person(steps, following, desk.account.display, desk.account.id)


def _changed_figures() -> XuanjianError:
    return XuanjianError(
        _("数字在您看过以后有变化，没有签"),
        "sign-off-seen",
        _("请重新打开本期报告，看过新的数字再签。"),
    )


def _stage(code: str) -> Stage:
    return msgspec.convert(code, Stage)  # type: ignore[no-any-return]


def _role_words(role: Role) -> str:
    from pipeline.accounts import ROLE_NAMES

    return _(ROLE_NAMES[role])


ROUTES = [sign]
