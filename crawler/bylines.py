"""Who wrote an article: the many forms of a byline 署名. Pure.

Hides: where 作者, 记者 and 通讯员 stand and how names are told from everything else. An editor is no
writer; a person is believed before an office, and both before nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pipeline.text import comparable, squeeze

__all__ = ["find_author"]

_NAME = r"[\u4e00-\u9fff](?:[\u4e00-\u9fff·•・]{1,7}|[ \u3000][\u4e00-\u9fff])"
_NAMES = rf"{_NAME}(?:\s*[\s、，,/]\s*{_NAME}){{0,7}}"
_ROLE = (
    r"(?:全媒体|融媒体|首席|特约|见习|實習|实习|特派|驻[\u4e00-\u9fff]{1,4}|职工)*"
    r"(?:记\s?者|記\s?者|通讯员|评论员|实习生|撰稿人?|撰\s?文|执笔人?|作\s?者)"
)
_HOUSE = r"(?:(?:本报|本网|本台|本刊|本社|《?[\u4e00-\u9fff·]{2,14}(?:报|報|网|社|台|新闻|客户端|频道|中心|刊|谈)(?:·[\u4e00-\u9fff]{2,8})?》?)\s*)?"
_AFTER = r"(?:[/／]?[\u4e00-\u9fff]{0,8}(?:报道|報導|摄影|摄影报道|摄|整理|整合|综合|供图)|发自[\u4e00-\u9fff]{2,6}|[/／]?\s*(?:图/?文|文/?图|文|摄|即時報導).{0,12})"
_LINE = re.compile(
    rf"^[□■●◎△▲◆\s（(【\[]*(?:(?:整合|综合|采写)\s*[:：]?\s*)?{_HOUSE}{_ROLE}\s*[:：]?\s*(?P<value>{_NAMES}?)(?:\s*{_AFTER}|\s+{_HOUSE}{_ROLE}\s*[:：]?\s*(?P<more>{_NAMES}?)(?:\s*{_AFTER})?)?\s*[）)】\]]?$",
    re.MULTILINE,
)
"""A line that is nothing but a byline."""
_LABELS = (
    r"(?:发布|发表|时间|日期|作者|编辑|责编|责任|字号|字体|浏览|点击|阅读|访问|打印|分享|发稿|录入|供稿|审核|查看|评论|人气|关注|"
    r"更新|记者|摄影|通讯员|编校|上传|来源|稿源|收藏|撰稿|网友评论|我来说两句|转载|所属分类|标签|第\d)"
)
_STOP = rf"(?=\s{{2,}}|[|｜，。；;【\[\]】]|\s*[（(]|\s+{_LABELS}|\s*{_LABELS}[\u4e00-\u9fff]{{0,2}}\s*[:：]|\s*(?:20|19)\d\d[-/.年]|\s*大\s*中\s*小|\s+[图摄][/／]|\s*$)"
_LABELLED = re.compile(
    r"(?:作\s*者|撰\s*稿\s*人?|撰\s*文|执笔人?|供稿人|投稿人|通讯员|(?<![\u4e00-\u9fff])文\s*(?=[/／])|(?<![\u4e00-\u9fff])文字|[记記]\s*者)\s*[:：／/]\s*(?P<value>[^\n:：]{1,40}?)"
    + _STOP,
    re.MULTILINE,
)
_GLUED = re.compile(r"(?:记者|記者)(?P<value>[\u4e00-\u9fff]{2,4})\s*[/／](?:文|[即综]|$)")
_BRACKETS = re.compile(
    rf"[（(【〔［\[]\s*{_HOUSE}(?:[\u4e00-\u9fff]{{0,8}}?){_ROLE}\s*[:：]?\s*(?P<value>{_NAMES}?)"
    rf"(?:\s+(?:{_ROLE})\s*(?P<more>{_NAMES}?))?\s*(?:{_AFTER})?\s*[）)】〕］\]]"
)
_SIGNED = re.compile(
    rf"[（(]\s*(?:文/图|图/文|文|图文)?\s*[:：]?\s*(?P<value>{_NAME}(?:[\s、，]+{_NAME}){{0,4}}?)\s*(?:文/图|图/文|图文|[\u4e00-\u9fff]{{2,4}}报道)?\s*[）)]\s*$"
)
"""Names alone in brackets at the very end."""

_TEXT_BY = re.compile(
    rf"^[（(【\s]*(?:图文|文图|文/图|图/文|文|采写)\s*[:：|｜丨/／]\s*(?:{_HOUSE}{_ROLE}\s*)?(?P<value>{_NAMES})"
    r"(?:\s*(?:[|｜丨/／]|图|摄).{0,20})?\s*[）)】]?$",
    re.MULTILINE,
)
"""文 | 张某, 文/图：张某: a line of who wrote it."""
_EDITED = re.compile(
    rf"(?:责任编辑|责编|编\s?辑|编审|审核|校对|网编)\s*[:：/／]?\s*(?P<value>{_NAMES}?)(?=\s*(?:[\]】）)〕|｜\n]|$|\s[^\s]{{2,6}}[:：/／]))",
    re.MULTILINE,
)
"""Who edited; a site's ``author`` tag often holds that name."""

_NOBODY = re.compile(
    r"^(?:本报|本网|本刊|本站|佚名|未知|不详|匿名|管理员|系统管理员|网站管理员|超级管理员|admin\w*|记者|本报记者|本网记者|无|null|[A-Za-z]?_?\d+|网络|转载|原创|"
    r".*[,，].*(?:网|社|刊|集团|出版).*|.*\.(?:com|cn|net).*)$",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"^(?:Discuz.*|.*CMS|大汉网络|大汉版通|.*(?:科技|网络|软件)有限公司|WordPress.*|www\..*)$", re.I
)
_OFFICE = re.compile(
    r"(?:局|科|处|室|办|部|组|支部|社|院|校|公司|中心|委|站|队|会|厅|馆|所|团|网|报|報|集团|大学|政府|小组|协会|园区|管委会)$"
)
_FAMILY = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝乌斯敬"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭葉蘇呂盧鍾譚陸賈韋鄒閻龍賀顧龔萬錢嚴賴蔣顏莊聶魯倫範紀單齊歐關"
)
"""The commonest family names; together over 98 % of all bearers."""
_PREFIX = re.compile(
    r"^(?:本报|本网|本刊|本台)?(?:见习|实习|特约|全媒体|融媒体)*(?:记者|記者|通讯员|实习生)\s*"
)
_SUFFIX = re.compile(
    r"\s*(?:我来说两句|整合|报道|综合|摄影|摄|文/图|图/文|整理|发自[\u4e00-\u9fff]{2,6})$"
)


def find_author(
    head: str,
    body: str,
    meta: Mapping[str, str],
    *,
    ruled: str,
    site_names: Iterable[str],
    tail: str = "",
) -> str:
    """The writer's name, '' where only an editor, an id or nobody is named.

    Args:
        head: the lines around the dateline; ``tail``, those right below the body.
        body: the article's text; its first and last lines may be bylines.
        meta: the page's meta tags.
        ruled: what a site's own rule found.
        site_names: what the site calls itself; never an author.

    >>> find_author("", "□ 本报记者 葛某某 通讯员 王某", {}, ruled="", site_names=())
    '葛某某 王某'
    """
    names = {comparable(name) for name in site_names}
    offices = []
    for said in _candidates(head, body, tail, meta, ruled):
        value = _SUFFIX.sub("", _PREFIX.sub("", squeeze(said))).strip(" :：/、，,")
        if not _may_be(value) or comparable(value) in names:
            continue
        if not _OFFICE.search(value):
            return value
        offices.append(value)
    return offices[0] if offices else ""


def _candidates(
    head: str, body: str, tail: str, meta: Mapping[str, str], ruled: str
) -> Iterator[str]:
    yield ruled
    given = meta.get("author", "")
    if given and not _is_editor(given, f"{head}\n{body[-_END:]}\n{tail}"):
        yield given
    for part in (head, tail):
        yield from (match["value"] for match in _LABELLED.finditer(part))
    rows = body.split("\n")
    ends = "\n".join([*rows[:3], *rows[-3:]]) if len(rows) > 6 else body
    for part in (head, "\n".join(row for row in ends.split("\n") if len(row) <= 60), tail):
        for pattern in (_LINE, _GLUED, _TEXT_BY):
            yield from (_both(match) for match in pattern.finditer(part) if _are_persons(match))
    for part in (body[:200], body[-120:]):
        yield from (_both(match) for match in _BRACKETS.finditer(part) if _are_persons(match))
    signed = _SIGNED.search(body[-60:])
    if signed and all(_is_person(name) for name in re.split(r"[\s、，]+", signed["value"])):
        yield signed["value"]


_END = 200
"""Characters at the end of an article in which its editor may be named."""


def _is_editor(name: str, said: str) -> bool:
    """Whether ``said`` names the same person as the page's editor."""
    found = (editor for match in _EDITED.finditer(said) for editor in match["value"].split())
    return any(name.endswith(editor) for editor in found)


def _both(match: re.Match[str]) -> str:
    more = match.groupdict().get("more")
    return f"{match['value']} {more}" if more else match["value"]


def _are_persons(match: re.Match[str]) -> bool:
    """Whether what stands behind a role is names: one of them a Chinese person's at least, or one
    name alone that is longer than those (阿拉腾花 has no family name)."""
    names = re.split(r"[\s、，,/]+", match["value"])
    return any(_is_person(name) for name in names) or (len(names) == 1 and len(names[0]) >= 3)


def _is_person(name: str) -> bool:
    """A family name, and as many characters as a name has."""
    return 2 <= len(name) <= 4 and name[0] in _FAMILY


def _may_be(value: str) -> bool:
    if not 2 <= len(value) <= 40 or _NOBODY.match(value) or _MACHINE.match(value):
        return False
    if re.search(r"[。！？：:]|\d{4}", value):
        return False
    unbroken = re.fullmatch(r"[\u4e00-\u9fff]{8,}", value)
    return not unbroken or bool(_OFFICE.search(value))
