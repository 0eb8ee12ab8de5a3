"""The befores and afters of the audit trail as officers read them.

Hides: what the fields of stored values are called, which of their codes have names, and that fields
which did not change or hold nothing are left out. What is kept, exported and given by the API stays
as it was recorded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from console.language import N_, _
from console.queue_making import PURPOSES
from console.rooms.media import CHOICES
from console.story_page import CHOSEN_BY
from pipeline.accounts import ROLE_NAMES
from pipeline.coverage.obligations import PROOF_KIND_NAMES
from pipeline.coverage.readings import READINGS
from pipeline.coverage.sign_off import STAGE_NAMES
from pipeline.genre import CARRIER_NAMES
from pipeline.inquiry import CHOICE_NAMES
from pipeline.news import LEVEL_NAMES
from pipeline.reports.wording import made_words

__all__ = ["FIELDS", "changed_words", "plan_told"]

_Json: TypeAlias = bool | int | float | str | list["_Json"] | dict[str, "_Json"] | None

FIELDS: dict[str, str] = {
    "account": N_("帐户编号"),
    "added": N_("新增"),
    "adopted": N_("采用"),
    "at": N_("时间"),
    "authors": N_("作者"),
    "belongs": N_("属于"),
    "by": N_("经手人"),
    "carrier": N_("载体"),
    "changed": N_("更改"),
    "choice": N_("选定"),
    "chosen_by": N_("怎样选中"),
    "column": N_("栏目"),
    "comment": N_("附言"),
    "counts": N_("算作佐证"),
    "coverage.bar": N_("达标篇数"),
    "date": N_("日期"),
    "day": N_("日期"),
    "days": N_("哪些天"),
    "disabled": N_("已停用"),
    "display": N_("姓名"),
    "empty": N_("无刊发"),
    "ended": N_("结束的登录"),
    "events": N_("批示和约稿"),
    "figures": N_("数字指纹"),
    "file": N_("文件"),
    "items": N_("条数"),
    "job": N_("后台任务"),
    "kind": N_("种类"),
    "known": N_("已有"),
    "left_out": N_("未导入的行"),
    "level": N_("级别"),
    "media": N_("媒体"),
    "medium": N_("媒体"),
    "new": N_("新增"),
    "no": N_("判为不属于"),
    "note": N_("备注"),
    "number": N_("编号"),
    "obligation": N_("落实事项"),
    "office": N_("科室"),
    "offices": N_("科室"),
    "outlet": N_("媒体"),
    "period.month_starts": N_("统计月从几日开始"),
    "plan": N_("方案"),
    "position": N_("版面"),
    "proof": N_("佐证"),
    "purpose": N_("清单种类"),
    "reference": N_("对应材料"),
    "role": N_("角色"),
    "row": N_("行"),
    "run": N_("批次"),
    "sha256": N_("文件指纹"),
    "stage": N_("环节"),
    "stories": N_("篇数"),
    "story": N_("同一稿件"),
    "subject": N_("内容"),
    "submission": N_("登记"),
    "taken_in_at": N_("收入时间"),
    "taken_in_by": N_("收入人"),
    "theme": N_("条目"),
    "themes": N_("判为属于"),
    "times": N_("次数"),
    "title": N_("标题"),
    "version": N_("版次"),
    "what": N_("事项"),
    "why": N_("理由"),
    "withdrawn": N_("已撤回"),
    "words": N_("字数"),
    "yes": N_("判为属于"),
}
"""Fields of what is recorded, by the name they are stored under."""

_CODES: dict[str, Mapping[str, str]] = {
    "carrier": CARRIER_NAMES,
    "choice": CHOICE_NAMES | {code: words for one in READINGS.values() for code, words in one},
    "chosen_by": CHOSEN_BY,
    "kind": PROOF_KIND_NAMES,
    "level": LEVEL_NAMES,
    "purpose": {str(code): words for code, words in PURPOSES.items()},
    "role": ROLE_NAMES,
    "stage": STAGE_NAMES,
}
"""Codes that have names, by the field they stand in."""
_MEDIA = {str(code): words for code, words in CHOICES.items()}
_WHOLE = {"report.sign": "stage", "score.reading": "choice"}
"""The field that a bare value of an action would stand in."""
_MOMENTS = ("at", "taken_in_at")
_DIGESTS = ("figures", "sha256")
_THEMES = ("obligation", "theme", "themes", "yes", "no")
_SHOWN = 12
"""Marks of a digest that are enough to tell two apart."""


def changed_words(
    action: str, before: str, after: str, themes: Mapping[str, str]
) -> tuple[str, str]:
    """What a line of the trail tells of before and after, a field a line.

    Args:
        action: ``room.verb``.
        before, after: JSON, '' for nothing.
        themes: names of the plan's themes, by id.
    """
    was, became = _read(before), _read(after)
    if isinstance(was, dict) and isinstance(became, dict):
        was, became = _opened(was), _opened(became)
        both = {name for name in was if name in became and was[name] == became[name]}
        was = {name: value for name, value in was.items() if name not in both}
        became = {name: value for name, value in became.items() if name not in both}
    words = _Words(action, themes)
    return words.whole(was), words.whole(became)


def plan_told(before: str, after: str) -> str:
    """The name of the plan that a line of the trail says it is about; '' where it says none."""
    for told in (_read(after), _read(before)):
        if isinstance(told, dict) and isinstance(plan := told.get("plan"), str):
            return plan
    return ""


def _read(written: str) -> _Json:
    try:
        value: _Json = json.loads(written) if written else ""
    except ValueError:
        return written
    return value


def _opened(value: dict[str, _Json]) -> dict[str, _Json]:
    """With the fields of a registered submission beside what is said of it."""
    inner = value.get("submission")
    if not isinstance(inner, dict):
        return value
    return {**inner, **{name: one for name, one in value.items() if name != "submission"}}


class _Words:
    """Values of one line of the trail in words."""

    def __init__(self, action: str, themes: Mapping[str, str]) -> None:
        self._action = action
        self._themes = themes

    def whole(self, value: _Json) -> str:
        if isinstance(value, dict):
            return "\n".join(self._fields(_opened(value)))
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            return "\n\n".join(self.whole(one) for one in value)
        if isinstance(value, list):
            return self._plain("themes", value)
        return self._plain(_WHOLE.get(self._action, ""), value)

    def _fields(self, value: dict[str, _Json]) -> list[str]:
        found = []
        for name, inner in value.items():
            if inner in ("", None, [], {}) or (name == "row" and not inner):
                continue
            label = _(FIELDS[name]) if name in FIELDS else name
            found.append(
                _("%(field)s：%(value)s")
                % {
                    "field": label,
                    "value": self._plain(name, inner),
                }
            )
        return found

    def _plain(self, name: str, value: _Json) -> str:
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if isinstance(value, list):
            return "、".join(self._plain(name, one) for one in value)
        if isinstance(value, dict):
            return "，".join(self._plain(inner, one) for inner, one in value.items() if one)
        return self._code(name, "" if value is None else str(value))

    def _code(self, name: str, value: str) -> str:
        if self._action == "media.choose":
            return _(_MEDIA.get(value, value))
        if value in _CODES.get(name, {}):
            return _(_CODES[name][value])
        if name in _MOMENTS:
            return made_words(value)
        if name in _DIGESTS:
            return value[:_SHOWN]
        return self._themes.get(value, value) if name in _THEMES else value
