"""What an item is printed on 载体, and what kind of piece it is 体裁.

Hides: the rules for both. They are conservative: a piece is called an interview, a column or a
feature only where its column, title or shape says so; everything else is plain news 消息, without a
text it is ``unknown``. A carrier nobody names is ``other``. A crawled item has the carrier of its source; this reads the
words people write into tables (微信公众号, 市电视台) and, where there are none, the outlet's name.

What a register says of the genre itself (体裁) goes first. Else the first rule that holds decides:

1. *unknown* 未定: the column or the end of the title says that it is a notice and no news: 通知,
   公告, 公示, 公报, 批复;
2. *policy* 政策解读: column or title says 解读, 图解, 一图读懂 or 答记者问;
3. *interview* 专访: column or title says 专访, 访谈 or 人物对话, or the title goes on with ——访;
4. *pictures* 图片/视频: column or title says 图集, 组图, 视频, 短片, or the title ends with （图）,
   and the text is shorter than ``CAPTION``;
5. *column* 专栏: the column is called 专栏, 专版, 专题 or 连载;
6. *unknown* 未定: there is no text;
7. *news* 消息: the text begins with a dateline (本报讯, 记者 .. 报道, 12月3日电);
8. *feature* 通讯: it opens with a scene and not with the event, neither the title nor the first
   ``OPENING`` characters say when, by whom or to what purpose something was held or issued, and
   somebody is quoted or a reporter is on the spot;
9. *news* 消息.

Measured on 84 sample articles labelled by hand (``tests/genres.tsv``; the rules were made on the first
44, the other 40 were labelled before they were run on them): every piece called anything but news is
so by hand in both parts; of the features 8 of 13 and 7 of 13 are found, the others are called news.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from pipeline.news import NewsItem

__all__ = [
    "CARRIERS",
    "CARRIER_NAMES",
    "GENRES",
    "GENRE_NAMES",
    "Carrier",
    "Genre",
    "carrier_of",
    "genre_of",
]

Carrier = Literal["website", "newspaper", "broadcast", "wechat", "app", "bulletin", "other"]
CARRIER_NAMES: dict[str, str] = {
    "website": "网站",
    "newspaper": "报纸",
    "broadcast": "广播电视",
    "wechat": "微信",
    "app": "客户端",
    "bulletin": "内部简报",
    "other": "其他或不明",
}
CARRIERS: tuple[Carrier, ...] = get_args(Carrier)

Genre = Literal["news", "interview", "column", "feature", "pictures", "policy", "unknown"]
GENRE_NAMES: dict[str, str] = {
    "news": "消息",
    "interview": "专访",
    "column": "专栏",
    "feature": "通讯",
    "pictures": "图片/视频",
    "policy": "政策解读",
    "unknown": "未定",
}
GENRES: tuple[Genre, ...] = get_args(Genre)

OPENING = 60
"""Characters in which news says what happened."""
LONG = 150
"""Characters from which a piece may be a feature."""
CAPTION = 300
"""Characters below which a text is a caption."""

_CARRIERS: tuple[tuple[re.Pattern[str], Carrier], ...] = (
    (re.compile(r"wechat|微信|公众号|订阅号|服务号|视频号", re.I), "wechat"),
    (re.compile(r"^app$|客户端|移动端|APP|抖音|快手|学习强国|微博", re.I), "app"),
    (re.compile(r"bulletin|简报|内刊|内参|内网|专报", re.I), "bulletin"),
    (re.compile(r"^(?:television|radio|broadcast)$|电视|广播|电台|频道|频率", re.I), "broadcast"),
    (
        re.compile(r"newspaper|报纸|报刊|(?:日|晚|早|时|商|周|都市|晨)报|报社|报$|^报", re.I),
        "newspaper",
    ),
    (re.compile(r"website|网站|门户|官网|新闻网|网$|^网", re.I), "website"),
)
_NOTICE = re.compile(r"(?:通知|公告|公示|公报|批复)(?:[（(].*[）)])?\s*$|^(?:通知|公告|公示)", re.M)
_POLICY = re.compile(r"解读|图解|一图读懂|一图看懂|答记者问")
_INTERVIEW = re.compile(r"专访|访谈|人物对话|高端对话|——\s*访(?!问)")
_PICTURES = re.compile(r"图集|组图|图片新闻|视频|短片|微电影|[（(\[【](?:多|组)?图[）)\]】]\s*$")
_COLUMN = re.compile(r"专栏|专版|专题|连载")
_DATELINE = re.compile(
    r"^\s*(?:[（(【\[]?(?:本报|本台|本网|新华社|中新社|中新网|人民网|央视网|科技日报)[^。\n]{0,40}?(?:讯|电|消息|报道)"
    r"|[^。\n]{0,30}?(?:\d{1,2}月\d{1,2}日)[电讯]|[^。\n]{0,30}?记者[^。\n]{0,16}?(?:报道|[）)]))"
)
_EVENT = re.compile(
    r"\d{1,2}月|\d日|[0-9]年|近日|近期|日前|本周|[上中下]旬|获悉|据悉|据介绍|揭晓|预计|公布|公示|印发|发布|通知|召开|开幕"
    r"|举行|举办|落幕|开赛|启动|主持|会议|为[^。]{0,12}(?:推进|贯彻|落实|做好|加强|提高|进一步)|根据|按照"
)
_ON_THE_SPOT = re.compile(r"“[^”]{8,}”|走进|看到|只见|映入眼帘|告诉记者|笔者")


_WRITTEN: tuple[tuple[re.Pattern[str], Genre], ...] = (
    (_POLICY, "policy"),
    (re.compile(r"专访|访谈|对话"), "interview"),
    (re.compile(r"图片|图集|组图|视频|短片|海报"), "pictures"),
    (re.compile(r"专栏|专版|专题|连载"), "column"),
    (re.compile(r"通讯(?!员)|特写|纪实|侧记|深度"), "feature"),
    (re.compile(r"消息|简讯|快讯|动态|口播"), "news"),
)
"""What a register says of the genre, which goes before every rule."""


def carrier_of(item: NewsItem) -> Carrier:
    """What the item was printed on.

    >>> [carrier_of(NewsItem(id="a", title="", carrier=written)) for written in ("微信公众号", "radio")]
    ['wechat', 'broadcast']
    >>> carrier_of(NewsItem(id="a", title="", outlet="鄂尔多斯日报"))
    'newspaper'
    """
    for written in (item.carrier, "" if item.url else item.outlet):
        for pattern, carrier in _CARRIERS:
            if written and pattern.search(written):
                return carrier
    return "website" if item.url else "other"


def genre_of(item: NewsItem) -> Genre:
    """What kind of piece the item is.

    >>> genre_of(NewsItem(id="a", title="《科技成果转化条例》解读", text="正文"))
    'policy'
    """
    for pattern, genre in _WRITTEN:
        if item.genre and pattern.search(item.genre):
            return genre
    named = f"{item.column}\n{item.title}"
    if _NOTICE.search(named):
        return "unknown"
    if _POLICY.search(named):
        return "policy"
    if _INTERVIEW.search(named):
        return "interview"
    if len(item.text) < CAPTION and _PICTURES.search(named):
        return "pictures"
    if _COLUMN.search(item.column):
        return "column"
    if item.text_missing:
        return "unknown"
    if _DATELINE.match(item.text):
        return "news"
    told = _ON_THE_SPOT.search(item.text) and len(item.text) >= LONG
    event = _EVENT.search(item.title) or _EVENT.search(item.text[:OPENING])
    return "feature" if told and not event else "news"
