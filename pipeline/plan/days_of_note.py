"""Days, weeks and months of note 节点 whose dates are fixed, for plans that only name them.

Hides: the calendar of such days. A plan that writes 结合科技活动周 gives no date, and means the one
everybody knows. Days whose date is set anew each year (双创活动周, 节能宣传周, 食品安全宣传周) are
left out: they stay without a date until the plan or a person gives one.

Sources: United Nations and WHO observances; the State Council's and the ministries' notices that
set the national ones (科技活动周 the third week of May, 国函〔2001〕30号; 全国科普月 September, the
science popularisation law of 2024).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

__all__ = ["day_of_note"]

_Days = Callable[[int], tuple[date, date]]
_SATURDAY, _SUNDAY = 5, 6
_NATION = re.compile(r"^(?:全国|世界|国际|国家|中国|全民)")


def _day(month: int, day: int) -> _Days:
    return lambda year: (date(year, month, day), date(year, month, day))


def _span(first: tuple[int, int], last: tuple[int, int]) -> _Days:
    return lambda year: (date(year, *first), date(year, *last))


def _nth(month: int, weekday: int, number: int, days: int = 1) -> _Days:
    """``days`` days from the ``number``-th ``weekday`` (Monday 0) of a month."""

    def days_of(year: int) -> tuple[date, date]:
        first = date(year, month, 1)
        start = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
        return start, start + timedelta(days=days - 1)

    return days_of


_KNOWN: dict[str, _Days] = {
    "消费者权益日": _day(3, 15),
    "水日": _day(3, 22),
    "水周": _span((3, 22), (3, 28)),
    "气象日": _day(3, 23),
    "结核病日": _day(3, 24),
    "防治结核病日": _day(3, 24),
    "卫生日": _day(4, 7),
    "国家安全教育日": _day(4, 15),
    "安全教育日": _day(4, 15),
    "知识产权宣传周": _span((4, 20), (4, 26)),
    "地球日": _day(4, 22),
    "读书日": _day(4, 23),
    "知识产权日": _day(4, 26),
    "品牌日": _day(5, 10),
    "防灾减灾日": _day(5, 12),
    "防灾减灾周": _span((5, 6), (5, 12)),
    "防灾减灾宣传周": _span((5, 6), (5, 12)),
    "护士节": _day(5, 12),
    "科技活动周": _nth(5, _SATURDAY, 3, 8),
    "科技周": _nth(5, _SATURDAY, 3, 8),
    "学生营养日": _day(5, 20),
    "科技工作者日": _day(5, 30),
    "无烟日": _day(5, 31),
    "环境日": _day(6, 5),
    "爱眼日": _day(6, 6),
    "档案日": _day(6, 9),
    "文化和自然遗产日": _nth(6, _SATURDAY, 2),
    "自然遗产日": _nth(6, _SATURDAY, 2),
    "献血者日": _day(6, 14),
    "安全生产月": _span((6, 1), (6, 30)),
    "安全宣传咨询日": _day(6, 16),
    "土地日": _day(6, 25),
    "禁毒日": _day(6, 26),
    "青年技能日": _day(7, 15),
    "医师节": _day(8, 19),
    "科普月": _span((9, 1), (9, 30)),
    "质量月": _span((9, 1), (9, 30)),
    "教师节": _day(9, 10),
    "科普日": _nth(9, _SATURDAY, 3, 2),
    "精神卫生日": _day(10, 10),
    "粮食日": _day(10, 16),
    "记者节": _day(11, 8),
    "消防日": _day(11, 9),
    "消防宣传日": _day(11, 9),
    "消防安全宣传日": _day(11, 9),
    "消防宣传月": _span((11, 1), (11, 30)),
    "糖尿病日": _day(11, 14),
    "艾滋病日": _day(12, 1),
    "法制宣传日": _day(12, 4),
    "宪法日": _day(12, 4),
    "宪法宣传周": _span((12, 1), (12, 7)),
}
"""By name without 全国, 世界 and so on."""


def day_of_note(name: str, year: int) -> tuple[date, date] | None:
    """First and last day of what ``name`` names in ``year``; None where it has no fixed date.

    >>> day_of_note("世界知识产权日", 2017)
    (datetime.date(2017, 4, 26), datetime.date(2017, 4, 26))
    >>> day_of_note("科技活动周", 2017)
    (datetime.date(2017, 5, 20), datetime.date(2017, 5, 27))
    >>> day_of_note("创新创业大赛", 2017) is None
    True
    """
    days = _KNOWN.get(_NATION.sub("", name))
    return days(year) if days else None
