"""A period's papers: every format of a report as a file, and what some need beside it.

Hides: where publications, saved pages and texts come from (of an issued period from its record alone),
and which settings an issue of the bulletin is made from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from pipeline.config import Settings, Workspace
from pipeline.coverage.bulletin_issue import (
    Imprint,
    bulletin_issue,
    chosen_stories,
    read_headings,
)
from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.issuing import Locked, publications_now
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.publications import Publication
from pipeline.coverage.sign_off import SignOff
from pipeline.reports import write_report
from pipeline.reports.wording import day_made
from pipeline.saved_pages import saved_pages
from pipeline.store.items import items_by_id
from pipeline.store.plans import StoredPlan

__all__ = ["with_bulletin", "write_paper"]

_APPROVED = ("approval", "issued")
"""Stages at which a version's reviewer is known."""


def write_paper(
    session: Session,
    workspace: Workspace,
    stored: StoredPlan,
    options: AuditOptions,
    report: PeriodReport,
    locked: Locked | None,
    format_name: str,
    folder: Path,
) -> Path:
    """Write a report in one format, whole or not at all; gives its path.

    Args:
        locked: the issued version ``report`` is of; None for one of how things stand.

    Raises:
        BadInput, DiskTrouble: what ``write_report`` raises.
        XuanjianError: ``report-tampered`` where the ledger is not what was issued.
    """

    def publications() -> Iterable[Publication]:
        if locked:
            return locked.publications(session)
        return publications_now(session, stored, options, report.period)

    def texts(ids: Collection[str]) -> dict[str, str]:
        return {item.id: item.text for item in items_by_id(session, ids).values()}

    return write_report(
        report,
        format_name,
        folder,
        template=workspace.template,
        publications=publications,
        pages=partial(saved_pages, workspace.archive),
        texts=texts,
    )


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
