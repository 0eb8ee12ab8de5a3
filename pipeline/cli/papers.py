"""What the Word papers need beside a report: an issue of the bulletin with its texts.

Hides: which settings an issue is made from.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy.orm import Session

from pipeline.config import Settings
from pipeline.coverage.bulletin_issue import (
    Imprint,
    bulletin_issue,
    chosen_stories,
    read_headings,
)
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.sign_off import SignOff
from pipeline.reports.wording import day_made
from pipeline.store.items import items_by_id

__all__ = ["with_bulletin"]

_APPROVED = ("approval", "issued")
"""Stages at which a version's reviewer is known."""


def with_bulletin(
    session: Session,
    settings: Settings,
    report: PeriodReport,
    number: int,
    headings: Sequence[str],
    stories: Sequence[str],
) -> PeriodReport:
    """The report with a draft issue of the bulletin in it.

    Args:
        number: 第 N 期; 0 leaves it blank.
        headings: columns as THEME=HEADING, over those of the settings.
        stories: ids of the stories to print; the confirmed ones of the period without.

    Raises:
        BadInput: ``bulletin-headings``, ``bulletin-theme``, ``bulletin-story``.
    """
    wanted = chosen_stories(report, stories)
    issue = bulletin_issue(
        report,
        items_by_id(session, (item.id for story in wanted for item in story.items)),
        _imprint(settings, number, day_made(report)),
        wanted=stories,
        headings=read_headings(settings.get("bulletin.headings", str))
        | read_headings(";".join(headings)),
        reviewer=_approved_by(report.sign_off),
    )
    return msgspec.structs.replace(report, bulletin=issue)


def _imprint(settings: Settings, number: int, day: str) -> Imprint:
    def said(name: str) -> str:
        return settings.get(f"bulletin.{name}", str)

    return Imprint(
        name=said("name"),
        issuer=said("issuer"),
        number=number,
        day=day,
        report_to=said("report_to"),
        send_to=said("send_to"),
        editor=said("editor"),
        phone=said("phone"),
        copies=settings.get("bulletin.copies", int),
    )


def _approved_by(sign_off: SignOff | None) -> str:
    """Who approved the version 审核; '' before that."""
    if sign_off is None or sign_off.stage not in _APPROVED:
        return ""
    return next((step.by for step in reversed(sign_off.steps) if step.stage == "approval"), "")
