"""The outlets a plan names 应查媒体.

Hides: how a medium's name is told from the words around it, which in Chinese no space divides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.plan.model import Medium

__all__ = ["find_media"]

_KINDS: tuple[tuple[str, str], ...] = (
    (
        "broadcaster",
        "广播电视台|广播电视总台|广播电台|电视台|融媒体中心|央视(?:新闻|频道)?(?!网|新闻|频道|客户端)|(?<!无线)电台",
    ),
    (
        "paper",
        "日报(?!道|客户端|社?新媒体)|晚报(?!道|客户端)|晨报|早报|都市报|商报|(?<![随及按定同])时报(?!送)|青年报|工人报|农民报|科技报|学习时报|周报"
        "|(?:法治|教育|环境|建设|科学|健康|旅游|文化|交通|应急管理|市场监管|知识产权|安全生产)报(?![道送告表名刊价销请考社备])"
        "|中国[\u4e00-\u9fff]{1,6}报(?![道送告表名刊价销请考社备])",
    ),
    (
        "site",
        "新闻网|政务网|政府网站|政府网|门户网站|官方网站|局网站|日报网|人民网|新华网|光明网|中国网|在线网|内网|科普网|官网|新华社|中新社|中国新闻社",
    ),
    ("app", "客户端|APP|App|学习强国"),
    (
        "other",
        "传媒(?:集团|中心)"
        "|(?<!影视|大众|现代|主流|文化|网络|数字|传统|社会)(?<![新各融级家全的])传媒(?=[，。、；）)\\s]|等|要|应|将|负责|刊|$)",
    ),
    ("wechat", "微信公众号|公众号|订阅号|服务号|视频号|企业微信|微信群|QQ群"),
    ("bulletin", "简报|内部刊物|时讯|快讯"),
)
_WHOLE = re.compile("新华社|中新社|中国新闻社|央视|中国[\u4e00-\u9fff]{1,6}报|学习强国")
"""Names that need nothing before them."""
_TITLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("paper", re.compile("(?:报|周刊|月刊|杂志|画报)$")),
    ("bulletin", re.compile("(?:信息|动态|参考|要情|专报|快报|简讯|通讯|内参|简报)$")),
)
"""What a name in 《》 is by its end."""
_SUFFIX = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS))
_QUOTED = re.compile(r"[“\"《]([^“”\"《》\n]{2,20})[”\"》]")
_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]{0,14}\Z")
# Words that end just before a name starts. Longest first within the alternation.
_LEAD = re.compile(
    r".*(?:通过|[0-9]月|[0-9]日|利用|充分|用好|依托|借助|发挥|积极|及时|推荐|投稿|报送|上报|刊登|刊发|登载|播出|同步|邀请|组织|协调|联系|联合|对接|开通|运用|推送至|刊发于"
    r"|市直|其中|主要|包括|例如|以及|并在|并向|向|在|由|于|和|与|及|或|经|如|用|以|是|为|到|等|的)"
)
_NAMELESS = frozenset(
    [
        "日报",
        "晚报",
        "晨报",
        "早报",
        "时报",
        "商报",
        "周报",
        "电视台",
        "电台",
        "广电",
        "新闻网",
        "政府网",
        "门户网站",
        "官方网站",
        "局网站",
        "官网",
        "内网",
        "客户端",
        "APP",
        "App",
        "微信公众号",
        "公众号",
        "订阅号",
        "服务号",
        "视频号",
        "简报",
        "内部刊物",
        "时讯",
        "快讯",
        "政务信息",
        "微信群",
        "政府网站",
        "融媒体中心",
        "传媒",
        "传媒集团",
        "传媒中心",
    ]
)
# Ordinary words as well as the end of a name: they need an owner before them.
_COMMON = frozenset(
    [
        "政府网站",
        "门户网站",
        "官方网站",
        "政府网",
        "官网",
        "客户端",
        "融媒体中心",
        "简报",
        "电台",
        "微信公众号",
        "公众号",
        "APP",
        "App",
        "快讯",
    ]
)
_OWNER = re.compile(
    r"(?![本各该所试])[\u4e00-\u9fff]{0,8}(?:省|市|(?<![地灾])区|县|旗|州|盟|局|厅|委|部|政府|机关|中国|科技|科普|日报|新闻|发布)"
)
_DATELINE = re.compile(r"[\u4e00-\u9fff]{0,8}(?:20\d\d年)?\d{1,2}月\d{1,2}日[电讯]")
"""新华社北京3月4日电 tells who printed the document, not whom the plan wants to print."""
LONGEST_TITLE = 12
_AFTER_QUOTE = re.compile(
    r"(?:(?:[、，和及与]|等)?[ \u3000]*[“\"《][^“”\"《》\n]{2,20}[”\"》]){0,6}[ \u3000]*(?:等)?(?:官方|政务)?"
    r"(?P<what>微博、微信|微博|微信|APP|App|客户端|订阅号|公众号|服务号|视频号|抖音|快手|头条号|小红书|双微|官微|账号|网站|报纸|内部刊物|信息刊物|刊物|简报|栏目组)"
)
_WHAT_KIND = {
    "微博、微信": "wechat",
    **dict.fromkeys(("微博", "抖音", "快手", "头条号", "小红书", "账号", "栏目组"), "other"),
    **dict.fromkeys(("微信", "双微", "官微", "订阅号", "公众号", "服务号", "视频号"), "wechat"),
    **dict.fromkeys(("APP", "App", "客户端"), "app"),
    **dict.fromkeys(("内部刊物", "信息刊物", "刊物", "简报"), "bulletin"),
    "网站": "site",
    "报纸": "paper",
}


def find_media(text: str, offset: int = 0) -> tuple[Medium, ...]:
    """Every outlet named in ``text``, once, in order; spans are shifted by ``offset``."""
    found: dict[str, Medium] = {}
    quoted = sorted(_quoted(text), key=lambda medium: medium.span)
    covered = [medium.span for medium in quoted]
    plain = [
        medium
        for medium in _plain(text)
        if not any(start <= medium.span[0] < end for start, end in covered)
    ]
    for medium in sorted([*quoted, *plain], key=lambda medium: medium.span):
        start, end = medium.span
        shifted = Medium(name=medium.name, kind=medium.kind, span=(start + offset, end + offset))
        found.setdefault(medium.name, shifted)
    return tuple(found.values())


def _quoted(text: str) -> Iterator[Medium]:
    for match in _QUOTED.finditer(text):
        name = match.group(1)
        suffix = _last_suffix(name) or (_by_title(name) if text[match.start()] == "《" else "")
        after = _AFTER_QUOTE.match(text, match.end())
        if after is None and not (suffix and name not in _NAMELESS):
            continue
        kind = suffix or (_WHAT_KIND[after["what"]] if after else "other")
        yield Medium(name=name, kind=kind, span=match.span(1))


def _by_title(name: str) -> str:
    if len(name) > LONGEST_TITLE:
        return ""
    return next((kind for kind, pattern in _TITLES if pattern.search(name)), "")


def _last_suffix(name: str) -> str:
    for match in _SUFFIX.finditer(name):
        if match.end() == len(name):
            return match.lastgroup or "other"
    return ""


def _plain(text: str) -> Iterator[Medium]:
    for match in _SUFFIX.finditer(text):
        before = _WORD.search(text, max(0, match.start() - 14), match.start())
        lead = before.group() if before else ""
        trimmed = _LEAD.sub("", lead)
        if len(trimmed) > 10 and not _WHOLE.fullmatch(match.group()):
            continue
        if _DATELINE.match(text, match.end()):
            continue
        name = match.group() if _WHOLE.fullmatch(match.group()) else trimmed + match.group()
        if name in _NAMELESS or (match.group() in _COMMON and not _OWNER.fullmatch(trimmed)):
            continue
        yield Medium(
            name=name, kind=match.lastgroup or "other", span=(match.end() - len(name), match.end())
        )
