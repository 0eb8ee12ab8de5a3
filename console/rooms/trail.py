"""The audit trail 操作记录: who changed what, when, before and after.

Hides: how it is paged and exported. Lines are only ever added, so that the id of the last one seen is
a place that lasts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar.response import Stream

from console.desk import Desk
from console.language import N_, _
from console.pages import page
from pipeline.errors import BadInput
from pipeline.reports.csv_report import csv_bytes
from pipeline.store.trail import TrailLine, count_trail, trail

__all__ = ["ACTIONS", "ROUTES"]

PAGE = 100
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

ACTIONS: dict[str, str] = {
    "account": N_("帐户"),
    "session": N_("登录"),
    "plan": N_("方案"),
    "profile": N_("条目画像"),
    "review": N_("复核"),
    "audit": N_("抽查"),
    "job": N_("后台任务"),
    "source": N_("采集来源"),
    "import": N_("导入"),
    "media": N_("应查媒体"),
    "register": N_("报送登记"),
    "score": N_("考核计分"),
    "obligation": N_("落实情况"),
    "report": N_("报告签批"),
    "inquiry": N_("核实单"),
    "model": N_("模型"),
    "settings": N_("设置"),
}
"""Rooms of actions (``room.verb``) as officers read them."""

Word = Annotated[str, msgspec.Meta(max_length=64)]


class TrailPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the trail, the newest line first."""

    lines: tuple[TrailLine, ...]
    rooms: dict[str, str]
    """Rooms of actions with their names."""
    count: int
    """Lines in all that fit the filters."""
    older: int = 0
    """What to ask for as ``before`` to go on; 0 at the end."""
    who: str = ""
    action: str = ""
    since: str = ""
    until: str = ""
    query: str = ""
    """The filters as an address has them."""


@page("/trail", "trail.html.j2", role="approver")
def trail_page(
    desk: Desk, who: str = "", action: str = "", since: str = "", until: str = "", before: int = 0
) -> TrailPage:
    """Changes, the newest first; ``action`` may be a room, days are inclusive, ``before`` an id."""
    _check_days(since, until)
    with desk.begin() as session:
        filters = {"who": who, "action": action, "since": since, "until": until}
        lines = tuple(trail(session, **filters, before_id=before, limit=PAGE + 1))
        count = count_trail(session, **filters)
    return TrailPage(
        lines=lines[:PAGE],
        rooms=ACTIONS,
        count=count,
        older=lines[PAGE - 1].id if len(lines) > PAGE else 0,
        **filters,
        query=urlencode({name: value for name, value in filters.items() if value}),
    )


@page("/trail/export", "", role="approver", api=False)
def export_trail(
    desk: Desk, who: str = "", action: str = "", since: str = "", until: str = ""
) -> Stream:
    """All of it as CSV for a spreadsheet, formulas made harmless."""
    _check_days(since, until)
    parts = _csv(desk, who, action, since, until)
    return Stream(
        chain((next(parts),), parts),  # what goes wrong at once is told, not cut off
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="trail.csv"'},
    )


def _csv(desk: Desk, who: str, action: str, since: str, until: str) -> Iterator[bytes]:
    names = TrailLine.__struct_fields__
    heads = csv_bytes(names, ())
    filters = {"who": who, "action": action, "since": since, "until": until}
    last = 0
    while True:
        with desk.begin() as session:
            lines = list(trail(session, **filters, before_id=last, limit=1_000))
        yield heads
        heads = b""
        if not lines:
            return
        last = lines[-1].id
        _heads, _end, rows = csv_bytes(
            names, ([getattr(line, name) for name in names] for line in lines)
        ).partition(b"\r\n")
        yield rows


def _check_days(*days: str) -> None:
    for day in days:
        if day and not _DAY.fullmatch(day):
            raise BadInput(
                _("日期应写作 2025-03-01：") + day[:20], "day-unreadable", _("请改正日期。")
            )


ROUTES = [trail_page, export_trail]
