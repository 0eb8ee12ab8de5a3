"""How figures, codes and foreign text are put before an officer.

Hides: the Chinese word for every code a report carries, the rounding of shares, and what is
taken out of text that came from other people's pages before any reporter shows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from pipeline.alarms import ALARM_NAMES
from pipeline.clock import beijing_day, beijing_time
from pipeline.coverage.report import (
    ColumnLine,
    CoverageReport,
    CoverageState,
    MediumLine,
    StoryLine,
    ThemeLine,
    UnitState,
)
from pipeline.news import LEVEL_NAMES
from pipeline.stories import Edit

__all__ = [
    "MEDIUM_STATES",
    "NO_DATA",
    "STATE_MEANINGS",
    "alarm_words",
    "channel_name",
    "clean",
    "column_alarms",
    "column_name",
    "day_made",
    "days_words",
    "flag_words",
    "full_title",
    "home_words",
    "level_name",
    "made_words",
    "medium_kind",
    "medium_source",
    "medium_state",
    "model_words",
    "most_urgent",
    "no_data",
    "printing_words",
    "read_words",
    "reviewer_of",
    "safe_href",
    "says_nothing",
    "sentence",
    "share",
    "source_name",
    "state_counts",
    "unchecked_note",
    "unclassified_note",
    "unit_counts",
    "windows_words",
]

NO_DATA = "没有数据"

STATE_MEANINGS: dict[CoverageState, str] = {
    "blank": "没有一篇核实的报道，来源采集完整，方案点名的媒体都已查过，"
    "并且有人通读或抽查证明至多为规定篇数。",
    "thin": "至少有一篇核实的报道，但即使按最多估计也不到达标线，且相关来源在整个统计周期内没有漏采。",
    "undecided": "证据还不够：有来源未采全、有媒体未查，或人工复核太少。待核实不等于没有报道。",
    "covered": "核实的报道（或其估计下限）达到达标线。",
}
"""What each coverage state claims, worst first, as the page explains it."""

MEDIUM_STATES: dict[str, str] = {
    "crawled": "已采集",
    "registered": "人工登记",
    "seen": "有零星收录",
    "unchecked": "未查",
}

_FLAGS: dict[str, str] = {
    "spam": "夹带垃圾内容",
    "hidden_text": "含隐藏文字",
    "text_missing": "缺正文",
    "date_unknown": "日期不明",
    "date_weak": "日期依据弱",
    "text_incomplete": "分页未取全",
    "no_article": "不像文章页",
    "attachment": "附件",
    "wechat": "微信公众号",
    "elsewhere": "站外链接",
}

_EDITS: dict[Edit, str] = {"title": "改题", "cut": "删节", "added": "增补", "reworded": "改写"}

_CARRIERS: dict[str, str] = {
    "website": "网站",
    "site": "网站",
    "newspaper": "报纸",
    "paper": "报纸",
    "broadcaster": "广播电视",
    "other": "其他",
    "television": "电视",
    "radio": "广播",
    "wechat": "微信公众号",
    "weibo": "微博",
    "app": "客户端",
    "bulletin": "内部简报",
    "import": "导入",
    "file": "导入文件",
    "feed": "订阅源",
    "rss": "订阅源",
}

_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control and direction characters: invisible, or illegal in XML, or able to reorder a line."""

_STACKED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u20d0-\u20f0]{2})[\u0300-\u036f\u0483-\u0489\u20d0-\u20f0]+"
)
"""Towers of combining marks, which paint over the neighbouring lines."""

_LONGEST_HREF = 2_000
_NAMES_SHOWN = 3


def clean(text: str, limit: int = 0) -> str:
    """``text`` without control, direction and stacked marks, cut to ``limit`` characters.

    >>> clean("科技\\u202e局\\x00")
    '科技局'
    >>> clean("一二三四五", 3)
    '一二…'
    """
    if limit and len(text) > 4 * limit:
        text = text[: 4 * limit]
    if text.isascii() and text.isprintable():
        return text if not limit or len(text) <= limit else text[: limit - 1] + "…"
    text = _STACKED.sub(r"\1", _UNWANTED.sub("", text))
    return text if not limit or len(text) <= limit else text[: limit - 1] + "…"


def share(part: int, whole: int) -> str:
    """A percentage that says 0 only for none and 100 only for all.

    >>> share(0, 22), share(1, 2000), share(8, 22), share(1999, 2000), share(22, 22), share(0, 0)
    ('0 %', '不到 1 %', '36 %', '99 % 以上', '100 %', '没有数据')
    """
    if whole <= 0:
        return NO_DATA
    if part <= 0:
        return "0 %"
    if part >= whole:
        return "100 %"
    percent = 100 * part / whole
    if percent < 1:
        return "不到 1 %"
    if percent > 99:
        return "99 % 以上"
    return f"{percent:.0f} %"


def printing_words(original: bool, reprint_of: str = "", edits: Sequence[Edit] = ()) -> str:
    """首发 or 转载, of a reprint with whom it names as its source and what it changed.

    >>> printing_words(True), printing_words(False, "青原日报", ("title", "cut"))
    ('首发', '转载自青原日报（改题、删节）')
    """
    if original:
        return "首发"
    changed = f"（{'、'.join(_EDITS[edit] for edit in edits)}）" if edits else ""
    return (f"转载自{clean(reprint_of, 40)}" if reprint_of else "转载") + changed


def safe_href(url: str) -> str:
    """``url`` when it is a plain web address one may link to, else an empty string.

    Only http and https with an ASCII host and no user name pass; odd characters are encoded.

    >>> safe_href("javascript:alert(1)"), safe_href("https://kjj.example.cn/a 1.html")
    ('', 'https://kjj.example.cn/a%201.html')
    """
    address = url.strip()
    if not address or len(address) > _LONGEST_HREF or _UNWANTED.search(address):
        return ""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or not host.isascii():
        return ""
    if "@" in parts.netloc or any(sign in parts.netloc for sign in " \"'<>\\"):
        return ""
    return quote(address, safe="%/:=&?~#+!$,;@()*[].-_")


def full_title(theme: ThemeLine) -> str:
    """Number and title of a theme, as one reads them in the plan: （一）推动创业, 第二章 数字化转型."""
    apart = " " if theme.number[-1:].isalnum() else ""
    return clean(f"{theme.number}{apart}{theme.title}", 160)


def level_name(code: str) -> str:
    """An administrative level 级别 in Chinese."""
    return LEVEL_NAMES.get(code, code or "未知")


def channel_name(code: str) -> str:
    """How a source is published, in Chinese."""
    return _CARRIERS.get(code, clean(code, 40) or "渠道不明")


def medium_kind(code: str) -> str:
    """The kind of a medium the plan names, in Chinese; may be empty."""
    return _CARRIERS.get(code, clean(code, 40))


def medium_state(medium: MediumLine) -> str:
    """Whether a medium the plan names was looked at; what came in of it by chance is counted.

    One that was handed in stands with who vouches that it is all.
    """
    word = MEDIUM_STATES[medium.state]
    if medium.state == "seen":
        return f"{word} {medium.items} 条"
    if medium.state == "registered":
        return f"{word}（{_vouchers(medium.vouched_by) or '没有人确认本期齐全'}）"
    return word


def medium_source(report: CoverageReport, medium: MediumLine) -> str:
    """The source that stands for a medium; only crawling or registering makes one."""
    if medium.state not in ("crawled", "registered"):
        return ""
    return source_name(report, medium.source)


def home_words(report: CoverageReport) -> str:
    """The place whose news counts as local, or that none was found and all counts."""
    home = clean(report.plan.home, 40)
    return f"{home}（读自方案或设置）" if home else "未判定（方案未写明地域，全部计入）"


def model_words(report: CoverageReport) -> str:
    """Which model classified, and whether a person confirmed what the themes stand for."""
    name = clean(report.model.name, 60)
    if not name:
        return "尚未归类"
    confirmed = report.model.profiles == "confirmed"
    return f"{name}（{'条目画像已由人确认' if confirmed else '条目画像为系统推荐、未经人确认'}）"


def made_words(stamp: str) -> str:
    """When the report was made, in Beijing time; what is no time is shown as it was written.

    >>> made_words("2026-11-22T05:05:30+00:00")
    '2026-11-22 13:05 北京时间'
    """
    try:
        return f"{beijing_time(stamp):%Y-%m-%d %H:%M} 北京时间"
    except ValueError:
        return clean(stamp, 40)


def read_words(column: ColumnLine) -> str:
    """When a column was read last, in Beijing time; 不明 where the report does not say."""
    return made_words(column.read_at) if column.read_at else "不明"


def unclassified_note(report: CoverageReport) -> str:
    """The warning that machine figures are incomplete, or an empty string."""
    count = report.totals.unclassified
    if count <= 0:
        return ""
    return f"{count} 篇计入报道尚未归类，各条目的机器篇数不全（先运行 xuanjian classify）"


def day_made(report: CoverageReport) -> str:
    """The day the report was made, in Beijing, as ISO 8601; empty where that is unknown."""
    try:
        return beijing_day(report.generated_at)
    except ValueError:
        return ""


def no_data(report: CoverageReport) -> str:
    """Why nothing can be said of the period, with the next step; empty when something can."""
    if not report.themes:
        return "方案里没有可对照的条目，无从判断覆盖情况。请核对读入的方案（xuanjian plan check）。"
    made = day_made(report)
    if made and made < report.period.first:
        return (
            f"统计周期自 {clean(report.period.first, 10)} 起，生成报告时尚未开始。"
            "请到期后再核算，或改选已开始的周期（--period）。"
        )
    totals = report.totals
    if not totals.items:
        return (
            "统计周期内没有采集到任何报道。这不等于没有报道：请先采集或导入本期报道，"
            "并看来源与完整度、未查范围。"
        )
    if not totals.counted and not _decided(report):
        return (
            f"统计周期内采到 {totals.stories} 篇报道，没有一篇计入。"
            f"请核对属地（{home_words(report)}）和“不计入”所列的依据。"
        )
    return ""


def says_nothing(report: CoverageReport) -> bool:
    """Whether figures by theme would be empty rows: there is no data, and nothing was proven."""
    return bool(no_data(report)) and not _decided(report)


def _decided(report: CoverageReport) -> bool:
    return any(theme.state != "undecided" for theme in report.themes)


def most_urgent(report: CoverageReport) -> ThemeLine | None:
    """The theme to deal with first; None where all are covered or nothing can be said."""
    if says_nothing(report):
        return None
    worst = report.worst_first()[0]
    return None if worst.state == "covered" else worst


def sentence(text: str, limit: int = 300) -> str:
    """``text`` as a sentence with its full stop; empty stays empty.

    >>> sentence("尚有 58 篇未人工判定"), sentence("已达标。"), sentence("")
    ('尚有 58 篇未人工判定。', '已达标。', '')
    """
    said = clean(text, limit).strip()
    return said if not said or said[-1] in "。！？…" else f"{said}。"


def _words(code: str, table: dict[str, str]) -> str:
    head, _, rest = code.partition(":")
    word = table.get(head.strip())
    if word is None:
        return clean(code, 120)
    return f"{word}（{clean(rest.strip(), 100)}）" if rest.strip() else word


def alarm_words(alarms: tuple[str, ...]) -> tuple[str, ...]:
    """Alarms of a column in Chinese; what is not a known code is shown as it was written.

    >>> alarm_words(("blocked: 521", "列表为空"))
    ('被拦截（521）', '列表为空')
    """
    return tuple(dict.fromkeys(_words(alarm, ALARM_NAMES) for alarm in alarms))


def column_alarms(column: ColumnLine) -> tuple[str, ...]:
    """All that is wrong with a column; pages refused by the site are named even without alarm."""
    words = alarm_words(column.alarms)
    if column.blocked and not any(ALARM_NAMES["blocked"] in word for word in words):
        words = (ALARM_NAMES["blocked"], *words)
    return words


def flag_words(flags: tuple[str, ...]) -> tuple[str, ...]:
    """Flags of a story in Chinese."""
    return tuple(dict.fromkeys(_words(flag, _FLAGS) for flag in flags))


def source_name(report: CoverageReport, source_id: str) -> str:
    """The name of a source by its id; the id itself for one the report does not list."""
    names = {source.id: source.name for source in report.sources}
    return clean(names.get(source_id) or source_id, 60)


def column_name(column: ColumnLine) -> str:
    """The name of a column, or that it is the whole site."""
    return clean(column.column, 60) or "（全站）"


def days_words(first: str, last: str) -> str:
    """A span of days, both inclusive.

    >>> days_words("2025-01-01", "2025-01-31"), days_words("2025-01-01", "2025-01-01")
    ('2025-01-01 至 2025-01-31', '2025-01-01')
    """
    return clean(first if first == last else f"{first} 至 {last}", 40)


def windows_words(column: ColumnLine) -> str:
    """Observed windows 无漏采时段 as one line, with who vouches for them where a person does."""
    spans = [days_words(first, last) for first, last in column.windows]
    said = _vouchers(column.vouched_by)
    return ("；".join(spans) or "无") + (f"（{said}）" if said else "")


def _vouchers(names: tuple[str, ...]) -> str:
    """Who vouches that nothing is missing; '' for nobody."""
    if not names:
        return ""
    rest = f"等 {len(names)} 人" if len(names) > _NAMES_SHOWN else ""
    return f"{'、'.join(clean(name, 20) for name in names[:_NAMES_SHOWN])}{rest}确认齐全"


def reviewer_of(story: StoryLine) -> str:
    """Who reviewed the story, or an empty string."""
    return clean(story.reviewer, 40)


def state_counts(report: CoverageReport) -> dict[CoverageState, int]:
    """Themes by state, best first."""
    counts: dict[CoverageState, int] = {"covered": 0, "thin": 0, "blank": 0, "undecided": 0}
    for theme in report.themes:
        counts[theme.state] += 1
    return counts


def unit_counts(report: CoverageReport) -> dict[UnitState, int]:
    """Units by where they were seen."""
    counts: dict[UnitState, int] = {"interviewed": 0, "mentioned": 0, "unseen": 0}
    for unit in report.units:
        counts[unit.state] += 1
    return counts


def unchecked_note(report: CoverageReport) -> str:
    """What was not checked 未查范围, short enough to stand under every table."""
    if not report.unchecked:
        return "未查范围：没有列出项目。"
    first = clean(report.unchecked[0], 70).rstrip("。；;")
    rest = len(report.unchecked) - 1
    return f"未查范围：{first}" + (f"；另有 {rest} 项。" if rest else "。")
