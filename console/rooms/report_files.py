"""A report's papers as downloads.

Hides: that all of them are made of one record: the issued one where the period is locked, else the
standing one, so that no two papers of a page disagree.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from litestar.response import Stream

from console.desk import Desk
from console.downloads import download
from console.language import _
from console.pages import page
from console.period_choice import period_words
from console.rooms.reports import PAPERS, report_shown
from console.standing import change_since
from pipeline.coverage.issuing import key_of, locked_report
from pipeline.errors import XuanjianError
from pipeline.papers import with_bulletin, write_paper
from pipeline.reports.wording import clean

__all__ = ["ROUTES"]

PaperFormat = Literal[
    "docx", "html", "xlsx", "ledger", "evidence", "inquiry", "bulletin", "csv", "json"
]
_BY_PUBLICATION = frozenset(["evidence", "ledger"])
"""Their lines are read from the store, so that the report must be of now."""


@page("/reports/files/{paper:str}", "", api=False)
def report_file(
    desk: Desk,
    paper: PaperFormat,
    version: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0,
    live: bool = False,
    compare: bool = False,
    issue: Annotated[int, msgspec.Meta(ge=0, le=9_999)] = 0,
) -> Stream:
    """One paper of a period's report, from its locked record where it has one.

    ``version`` is an issued one, ``live`` means as things stand now, ``compare`` sets it beside the
    period before, ``issue`` numbers the bulletin.
    """
    shown = report_shown(desk, version, live)
    report = shown.report
    if shown.issued is None and not shown.fresh and paper in _BY_PUBLICATION:
        raise XuanjianError(
            _("新数字正在计算，逐条的材料要等算好再下载"),
            "report-being-renewed",
            _("稍等片刻再点一次。"),
        )
    if compare and report.comparison is None and (found := change_since(desk, shown)):
        report = msgspec.structs.replace(report, comparison=found)
    workspace = desk.workspace
    with desk.begin() as session:
        locked = None
        if shown.issued is not None:
            key = key_of(shown.stored, shown.options)
            locked = locked_report(session, key, shown.issued.version)
        if paper == "bulletin":
            report = with_bulletin(session, workspace.settings, report, issue, (), ())
        made = report

        def write(folder: Path) -> Path:
            return write_paper(
                session, workspace, shown.stored, shown.options, made, locked, paper, folder
            )

        words = _(PAPERS[paper]).partition("（")[0]
        name = f"{words}_{clean(report.plan.title, 30)}_{period_words(report.period)}"
        if shown.issued is not None:
            name += "_" + _("第%(n)s版") % {"n": shown.issued.version}
        return download(desk, name, write)


ROUTES = [report_file]
