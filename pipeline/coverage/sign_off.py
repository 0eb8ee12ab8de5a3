"""Sign-off of a report 签批: its stages, and which step may follow which.

Hides: the order of the stages and what is refused. A report goes stage by stage; back to any earlier
one with a reason, never over one; what is issued is locked, and only a new version, opened with a
reason, can follow it. What is issued is what the leader approved: when figures changed since, the
approval is asked for again. Whoever collated a report does not approve it, unless nobody else could.

Approval 审核 and issue 印发 may be one person's: what is issued is by its fingerprint what was approved,
so that issuing decides nothing more, and no practice that we know of asks for two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from pipeline.errors import BadInput, XuanjianError
from pipeline.store.signed import ISSUED, Issued, SignStep

if TYPE_CHECKING:
    from pipeline.coverage.period_report import PeriodReport

__all__ = [
    "STAGE_NAMES",
    "SignOff",
    "figures_fingerprint",
    "next_step",
    "same_person",
    "sign_off_of",
    "stage_code",
]

STAGE_NAMES: dict[str, str] = {
    "draft": "草稿",
    "check": "科室核对",
    "collation": "办公室汇总",
    "approval": "分管局领导审核",
    ISSUED: "已印发",
}
"""Stages 签批环节 in their order."""

_ORDER = list(STAGE_NAMES)


class SignOff(msgspec.Struct, frozen=True, kw_only=True):
    """How far a report's version is signed."""

    stage: str
    version: int
    replaces: str = ""
    """Fingerprint of the issued version this one corrects; '' for a first version."""
    steps: tuple[SignStep, ...] = ()
    """Signatures on this version, oldest first."""

    @property
    def locked(self) -> bool:
        """Whether it is issued 已印发."""
        return self.stage == ISSUED


def stage_code(written: str) -> str:
    """The code of a stage a person wrote, as code or in Chinese.

    >>> stage_code("科室核对"), stage_code("issued")
    ('check', 'issued')

    Raises:
        BadInput: ``sign-off-stage``.
    """
    for code, name in STAGE_NAMES.items():
        if written.strip() in (code, name):
            return code
    known = ", ".join(f"{code} {name}" for code, name in STAGE_NAMES.items())
    raise BadInput(f"unknown stage {written!r}", "sign-off-stage", f"Stages: {known}.")


def sign_off_of(steps: Sequence[SignStep], issued: Sequence[Issued] = ()) -> SignOff:
    """Where a report stands after ``steps``; a draft of version 1 before any.

    Args:
        issued: the report's issued versions, by version.
    """
    if not steps:
        return SignOff(stage="draft", version=1)
    version = steps[-1].version
    before = [one.fingerprint for one in issued if one.version < version]
    return SignOff(
        stage=steps[-1].stage,
        version=version,
        replaces=before[-1] if before else "",
        steps=tuple(step for step in steps if step.version == version),
    )


def same_person(steps: Sequence[SignStep], to: str, by: str, account: int = 0) -> bool:
    """Whether somebody who collated a report would approve it, too.

    Accounts are compared, since two people may be called the same and one may come to be called
    otherwise; names only where one of the signatures was given at the command line.

    Args:
        account: number of the account that signs, 0 at the command line.
    """
    collated = [step for step in sign_off_of(steps).steps if step.stage == "collation"]
    if to != "approval" or not collated:
        return False
    last = collated[-1]
    if last.account and account:
        return last.account == account
    return last.by == by.strip()


def next_step(
    steps: Sequence[SignStep],
    to: str,
    by: str,
    note: str,
    figures: str,
    *,
    account: int = 0,
    alone: bool = False,
) -> SignStep:
    """The signature that takes a report to stage ``to``.

    Signing the present stage again is allowed: figures may have changed since. After issue only
    ``draft`` follows, which opens the next version.

    Args:
        account: number of the account that signs, 0 at the command line.
        alone: whether nobody else could sign.

    Raises:
        XuanjianError: ``sign-off-same-person`` when whoever collated it would approve it, too.
        BadInput: ``sign-off-name`` without a name; ``sign-off-order`` when a stage is left out;
            ``sign-off-reason`` when a step back or a new version gives none; ``sign-off-locked``
            when the report is issued; ``sign-off-figures`` when figures are not those approved.
    """
    if not by.strip():
        raise BadInput("a signature needs a name", "sign-off-name", "Give it with --by.")
    now = sign_off_of(steps)
    made = SignStep(
        version=now.version,
        stage=to,
        by=by.strip(),
        note=note.strip(),
        figures=figures,
        account=account,
    )
    if now.locked:
        if to != "draft":
            raise BadInput(
                f"version {now.version} is issued (已印发) and locked",
                "sign-off-locked",
                "Later finds enter the next period; to correct it anew: --to draft --note REASON.",
            )
        if not made.note:
            raise _no_reason("a corrected version")
        return msgspec.structs.replace(made, version=now.version + 1)
    here, there = _ORDER.index(now.stage), _ORDER.index(to)
    if there > here + 1:
        following = _ORDER[here + 1]
        raise BadInput(
            f"{STAGE_NAMES[to]} cannot follow {STAGE_NAMES[now.stage]}",
            "sign-off-order",
            f"Next is {STAGE_NAMES[following]}: --to {following}.",
        )
    if there < here and not made.note:
        raise _no_reason("a step back")
    if same_person(steps, to, by, account) and not alone:
        raise XuanjianError(
            f"{made.by} signed {STAGE_NAMES['collation']} and cannot sign {STAGE_NAMES[to]}, too",
            "sign-off-same-person",
            "Another person signs it; only where no second account is active may one sign both.",
        )
    if to == ISSUED and steps[-1].figures != figures:
        raise BadInput(
            f"figures changed since {steps[-1].by} approved them at {steps[-1].at}",
            "sign-off-figures",
            "Have them approved again: --to approval; see what changed: coverage --live.",
        )
    return made


def figures_fingerprint(report: PeriodReport) -> str:
    """SHA-256 of what a signature stands for: themes with state and counts, totals, points, what
    is told of earlier periods.

    When it was made and which crawl ran last do not enter it: a report may be approved on one day
    and issued on the next.
    """
    themes = [(line.id, line.state, line.bar, line.tally, line.estimate) for line in report.themes]
    card = report.scorecard
    points = [(office.office, office.total) for office in card.offices] if card else []
    signed = (report.plan.fingerprint, report.period, themes, report.totals, points)
    return hashlib.sha256(msgspec.json.encode((signed, report.supplement))).hexdigest()


def _no_reason(what: str) -> BadInput:
    return BadInput(f"{what} needs a reason", "sign-off-reason", "Give it with --note.")
