"""The alarms 告警 there are: what each means, and what people are shown.

Hides: nothing but the list, which crawler, store and reports share.
"""

from __future__ import annotations

__all__ = ["ALARMS", "ALARM_NAMES"]

ALARMS: dict[str, str] = {
    "blocked": "the site refused (403, 412, 521, a cookie wall or a maintenance page)",
    "refused": "robots.txt or the guard forbids what the column needs",
    "robots-unreachable": "robots.txt did not come (5xx, no answer), which forbids everything",
    "list-failed": "a list page did not come",
    "pages-failed": "an article page did not come",
    "empty-list": "a list page has no links",
    "extraction-collapsed": "most pages gave no text: the layout has changed",
    "interrupted": "the run was killed before it could write its ledger",
    "stale": "no new item for longer than the column is ever quiet",
    "clock-skew": "this machine's clock and the site's differ by more than an hour",
}
"""Alarm names with their meaning. The last two say nothing against the days a run observed: they
are events, and stand in no ledger."""

ALARM_NAMES: dict[str, str] = {
    "blocked": "被拦截",
    "refused": "不许采集",
    "robots-unreachable": "站点规则 robots.txt 取不到，按规定未采",
    "list-failed": "列表读取失败",
    "pages-failed": "文章取回失败",
    "empty-list": "列表为空",
    "extraction-collapsed": "正文抽取异常",
    "interrupted": "采集中断",
    "stale": "久未更新，请核对是否停更、改版或迁移",
    "clock-skew": "本机时间与站点时间不一致",
}
"""Alarms as officers read them."""
