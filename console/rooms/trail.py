"""The audit trail 操作记录: who changed what, when, before and after.

Hides: how it is paged and exported. Lines are only ever added, so that the id of the last one seen is
a place that lasts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar.response import Stream
from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import N_, _
from console.pages import page
from console.rooms.trail_words import changed_words, plan_told
from pipeline.clock import day_span
from pipeline.errors import BadInput
from pipeline.plan.model import walk
from pipeline.reports.csv_report import csv_bytes
from pipeline.store.accounts import accounts
from pipeline.store.plans import list_plans
from pipeline.store.trail import TrailLine, count_trail, trail

__all__ = ["ACTIONS", "ROUTES"]

PAGE = 100

ACTIONS: dict[str, str] = {
    "account": N_("帐户"),
    "session": N_("登录"),
    "plan": N_("方案"),
    "review": N_("复核"),
    "job": N_("后台任务"),
    "source": N_("采集来源"),
    "news": N_("导入"),
    "media": N_("应查媒体"),
    "register": N_("报送登记"),
    "score": N_("考核计分"),
    "proof": N_("落实情况"),
    "report": N_("报告签批"),
    "inquiry": N_("核实单"),
    "models": N_("模型"),
    "settings": N_("设置"),
    "first-use": N_("首次设置"),
}
"""Rooms of actions (``room.verb``) as officers read them."""

VERBS: dict[str, str] = {
    "account.add": N_("新建帐户"),
    "account.change": N_("修改帐户"),
    "account.first": N_("建立第一个管理员"),
    "account.password": N_("改密码"),
    "first-use.seen": N_("方案对照原文看过"),
    "first-use.skip": N_("跳过一步"),
    "inquiry.answer": N_("记入答复"),
    "inquiry.import": N_("导入核实单"),
    "job.audit": N_("抽样或估算"),
    "job.classify": N_("归类"),
    "job.crawl": N_("采集"),
    "job.import": N_("导入"),
    "job.index": N_("建立检索"),
    "job.queue": N_("挑选待判报道"),
    "job.report": N_("印发"),
    "job.stop": N_("停止任务"),
    "job.train": N_("训练模型"),
    "media.choose": N_("定媒体怎么查"),
    "media.item": N_("登记一条"),
    "media.sign": N_("确认齐全"),
    "media.withdraw": N_("撤回确认"),
    "models.promote": N_("启用模型"),
    "models.rollback": N_("退回模型"),
    "news.import": N_("导入报道"),
    "plan.mend": N_("修改条目"),
    "plan.offices": N_("修改科室"),
    "plan.profile": N_("确认画像"),
    "plan.store": N_("存入方案"),
    "plan.units": N_("修改单位"),
    "plan.use": N_("启用方案"),
    "proof.add": N_("添加佐证"),
    "proof.deny": N_("认定不是佐证"),
    "proof.withdraw": N_("撤回佐证"),
    "register.add": N_("登记"),
    "register.adopt": N_("补记采用"),
    "register.correct": N_("更正登记"),
    "register.event": N_("补记批示约稿"),
    "register.import": N_("导入台账"),
    "register.link": N_("认定为同一篇"),
    "register.restore": N_("恢复登记"),
    "register.unlink": N_("认定不是同一篇"),
    "register.withdraw": N_("撤回登记"),
    "report.sign": N_("签批"),
    "review.adopt": N_("改用另一人的判定"),
    "review.bulk": N_("批量判定"),
    "review.bulk-undo": N_("撤销批量判定"),
    "review.decide": N_("判定"),
    "review.keep": N_("保留自己的判定"),
    "review.queue": N_("新建清单"),
    "review.queue-end": N_("收起清单"),
    "review.resolve": N_("裁定分歧"),
    "review.skip": N_("跳过"),
    "review.undo": N_("撤销判定"),
    "review.unsure": N_("拿不准"),
    "score.reading": N_("选定口径"),
    "session.end": N_("结束登录"),
    "session.sign-in": N_("登录"),
    "session.sign-out": N_("退出"),
    "settings.change": N_("修改设置"),
    "source.add": N_("新建来源"),
    "source.change": N_("修改声明"),
    "source.pause": N_("暂停来源"),
    "source.resume": N_("恢复来源"),
    "source.take": N_("选用来源"),
    "source.undo": N_("恢复上一份声明"),
}
"""Actions as officers read them."""

Word = Annotated[str, msgspec.Meta(max_length=64)]


class TrailPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the trail, the newest line first."""

    lines: tuple[TrailLine, ...]
    words: tuple[tuple[str, str], ...]
    """What each of the lines tells of before and after, as officers read it."""
    rooms: dict[str, str]
    """Rooms of actions with their names."""
    verbs: dict[str, str]
    """Actions with theirs."""
    people: dict[str, str]
    """How those are called who stand in the lines, by account."""
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
        seen = {line.who for line in lines}
        people = {one.name: one.display for one in accounts(session) if one.name in seen}
        themes = _Themes(session)
    shown = lines[:PAGE]
    return TrailPage(
        lines=shown,
        words=tuple(
            changed_words(one.action, one.before, one.after, themes.of(one)) for one in shown
        ),
        rooms=ACTIONS,
        verbs=VERBS,
        people=people,
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


class _Themes:
    """Names of themes by id: of the plan that a line tells, else of those ids that mean the same in
    all plans, because a wrong name would be worse than an id."""

    def __init__(self, session: Session) -> None:
        self._plans = {
            stored.name: {one.id: f"{one.number}{one.title}" for one in walk(stored.plan.nodes)}
            for stored in list_plans(session)
        }
        ids = [one for names in self._plans.values() for one in names.items()]
        many = Counter(theme for theme, _name in set(ids))
        self._agreed = {theme: name for theme, name in ids if many[theme] == 1}

    def of(self, line: TrailLine) -> dict[str, str]:
        told = plan_told(line.before, line.after)
        begun = [name for name in self._plans if f"{line.subject} ".startswith(f"{name} ")]
        plan = told or max(begun, key=len, default="")  # a name may have blanks
        return self._plans.get(plan, self._agreed)


def _check_days(*days: str) -> None:
    for day in days:
        if not day:
            continue
        try:
            day_span(day)
        except ValueError as error:
            raise BadInput(
                _("日期应写作 2025-03-01：") + day[:20], "day-unreadable", _("请改正日期。")
            ) from error


ROUTES = [trail_page, export_trail]
