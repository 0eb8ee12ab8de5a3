"""Dated events 节点 a plan names: 4·26, 5·12, 科技活动周, 安全生产月.

Hides: how a day or week of note is told from an ordinary word that ends in 日 or 周, and where a
plan gives its date: in the name, before it, behind it, or in the same row of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.plan.model import PlanEvent

__all__ = ["EVENT", "find_events", "with_dates"]

_QUOTED = re.compile(
    r"[“\"]?(?<![\d.．·])(\d{1,2})[.．·](\d{1,2})[”\"]?\s?((?![个本])[^\W\d_a-zA-Z的]{2,16}?(?:(?<!之)日|周|月|节))(?![前后内上中下])"
)
_OF_NOTE = (
    "科技活动周|科技活动月|科普活动周|科普活动月|科普日|科普月|科普宣传周|科技工作者日|知识产权宣传周|双创活动周|双创周|防灾减灾日|防灾减灾周|防灾减灾宣传周|科技周|世界知识产权日"
    "|创新创业大赛|安全生产月|消防宣传月|消防宣传日|消防安全宣传日|质量月|宪法宣传周|节能宣传周|低碳日|环境日|食品安全宣传周|网络安全宣传周|爱国卫生月|职业病防治法宣传周"
    "|国家安全教育日|消费者权益日|地球日|世界水日|水周|气象日|无烟日|读书日|禁毒日|土地日|粮食日|法治宣传日|国际护士节|医师节|教师节|记者节|丰收节"
    "|民族团结进步宣传月|诚信建设宣传月|自然遗产日|文化和自然遗产日|统计开放日|档案日|献血者日|爱眼日|糖尿病日|艾滋病日|高血压日|精神卫生日|结核病日|卫生日|学生营养日|控烟日"
    "|职业教育活动周|推广普通话宣传周|民法典宣传月|金融知识普及月|保密宣传月|全民营养周|敬老月|助残日|交通安全日|中小学生安全教育日|生物多样性日"
    "|海洋日|航天日|植树节|信用记录关爱日|残疾预防日|听力日|睡眠日|预防接种日"
)
EVENT = re.compile(
    rf"(?:(?:全国|世界|国际|国家|中国|全民)[^\W\d_a-zA-Z的了在将]{{1,12}}?(?:(?<![昨今明当每工作休节假平交生往近终末之])日|[^一二两三四五每各上下岁\d](?:宣传|活动|安全)?[周月]|(?<![环季时情章细关调])节)(?![\u4e00-\u9fff]{{0,1}}(?:报|刊|社|期|常|程|益|末|度|目|约|趋|渐|臻|均|点|能|水|奏))"
    rf"|(?:全国|世界|国际)?(?:{_OF_NOTE}))"
)
"""The name of a day, week or month of note."""
_DAY_BEFORE = re.compile(
    r"(?<!\d)(\d{1,2})月(\d{1,2})日(?:[（(][^（）()]{1,6}[）)])?(?:是|为)?[“\"]?(?:第[一二三四五六七八九十\d]{1,4}个)?"
    rf"({EVENT.pattern})"
)
_NATION = re.compile(r"^(?:全国|国家)")
_FIRST_DAY = re.compile(r"(?<!\d)(?:(?:19|20)\d\d年)?(\d{1,2})月(\d{1,2})日")
_STATED = re.compile(
    r"(?:时间|日期|期间|定于|于|将于)[^，。；\d]{0,4}(?:(?:19|20)\d\d年)?(\d{1,2})月(\d{1,2})日"
)
_BRACKET = re.compile(
    r"[”\"]?[（(](?:(?:19|20)\d\d年)?(\d{1,2})(?:月|[.．·])(\d{1,2})日?[^（）()]{0,12}[）)]"
)


def find_events(text: str) -> tuple[PlanEvent, ...]:
    """Dated events the plan names; ``date`` is ``MM-DD`` where the text gives it.

    >>> [(e.name, e.date) for e in find_events("结合“4.26世界知识产权日”和科技活动周")]
    [('世界知识产权日', '04-26'), ('科技活动周', '')]
    >>> [(e.name, e.date) for e in find_events("围绕9月10日教师节推出报道")]
    [('教师节', '09-10')]
    """
    found: dict[str, PlanEvent] = {}
    for pattern in (_QUOTED, _DAY_BEFORE):
        for match in pattern.finditer(text):
            _put(found, match[3], _month_day(match[1], match[2]))
    for match in EVENT.finditer(text):
        behind = _BRACKET.match(text, match.end())
        sentence = re.split("[。；;\n]", text[match.end() : match.end() + 40], maxsplit=1)[0]
        stated = behind or _STATED.match(sentence) or _STATED.search(sentence)
        _put(found, match.group(), _month_day(stated[1], stated[2]) if stated else "")
    return tuple(found.values())


def with_dates(
    events: Iterable[PlanEvent], duties: Iterable[tuple[str, str]]
) -> tuple[PlanEvent, ...]:
    """The events with the first day of the duty that is called after them.

    Args:
        duties: name of a form or row, and when it is to be done.
    """
    known = list(duties)
    dated = []
    for event in events:
        name = _NATION.sub("", event.name)
        days = [
            _month_day(day[1], day[2])
            for what, when in known
            if name in what
            and not when.rstrip().endswith("前")
            and (day := _FIRST_DAY.search(when))
        ]
        dated.append(PlanEvent(name=event.name, date=event.date or (days[0] if days else "")))
    return tuple(dated)


def _put(found: dict[str, PlanEvent], name: str, date: str) -> None:
    """One event once, whether the plan writes 全国 before it or not."""
    bare = _NATION.sub("", name)
    same = next((key for key in found if bare in key or _NATION.sub("", key) in bare), None)
    if same is None:
        found[name] = PlanEvent(name=name, date=date)
    elif date and not found[same].date:
        found[same] = PlanEvent(name=found[same].name, date=date)


def _month_day(month: str, day: str) -> str:
    if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
        return f"{int(month):02d}-{int(day):02d}"
    return ""
