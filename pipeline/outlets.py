"""Outlets 稿源: at which level 级别 a medium stands, by its name or by a 级别 cell.

Hides: the names of central media and how a place in a name tells the level. A crawled item has
the level of its source's declaration; this is for news that comes in as tables and files.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.news import Level
from pipeline.places import PlaceFinder
from pipeline.text import comparable, squeeze

__all__ = ["level_named", "outlet_level", "same_outlet"]

_CENTRAL = re.compile(
    r"新华(?:社|网|每日)|中新[网社]|人民(?:日报|网|政协)|央视|央广|中央(?!大街)|光明(?:日报|网)|经济(?:日报|参考)|科技日报"
    r"|农民日报|工人日报|法治日报|学习强国|求是|瞭望|国际在线|中国(?:新闻|日报|青年|科学|经济|网|政府|农|环境|能源|质量)"
    r"|国务院|国家|科技部|科学网|工信部|农业农村部|教育部|生态环境部"
)
_BY_LENGTH: dict[int, Level] = {2: "regional", 4: "municipal", 6: "district"}
_LEVELS: tuple[tuple[str, Level], ...] = (
    ("中央", "central"),
    ("国家", "central"),
    ("省", "regional"),
    ("自治区", "regional"),
    ("市", "municipal"),
    ("盟", "municipal"),
    ("县", "district"),
    ("旗", "district"),
    ("区", "district"),
    ("州", "municipal"),
)
"""How a 级别 cell begins or ends -> level; 自治区 before 区."""
_OWN_PLACE = re.compile(
    r"(自治区|省|市|盟|州|县|旗|区)(?!场|民(?!政|族)|容|域|块|间|帜|心|内)"
    r"(?=党?委|政府|人民政府|.{0,16}(?:局|厅|委|办|台|部|社|中心|协会|学会|日报|晚报))"
)
"""市广播电视台: an outlet of the place the office itself belongs to, which a plan leaves out."""


_NOTE = re.compile(r"[（(][^（）()]*[）)]")
_CHANNEL = re.compile(
    r"(?:官方)?(?:门户|政务)?(?:网站|官网|微信公众号|公众号|订阅号|服务号|微信|微博|客户端|APP|视频号|数字报|电子版)+$",
    re.I,
)
_SHORT = (
    ("科学技术", "科技"),
    ("科学和技术", "科技"),
    ("人民政府", "政府"),
    ("委员会宣传部", "委宣传部"),
    ("教育体育", "教体"),
    ("市场监督管理", "市场监管"),
)


def level_named(written: str) -> Level | None:
    """The level a 级别 cell names; None when it names none.

    >>> level_named("自治区级"), level_named("头版")
    ('regional', None)
    """
    word = squeeze(written).removesuffix("级")
    return next((level for part, level in _LEVELS if part in word), None)


def outlet_level(outlet: str) -> Level:
    """The level of an outlet: central media by name, others by the place they are named after, or
    by what kind of place that is where the name is left out, as plans do.

    >>> [outlet_level(name) for name in ("新华社", "内蒙古日报", "鄂尔多斯日报", "东胜区融媒体中心", "大河网")]
    ['central', 'regional', 'municipal', 'district', 'other']
    >>> [outlet_level(name) for name in ("市广播电视台", "自治区科技厅", "市场导报社")]
    ['municipal', 'regional', 'other']
    """
    if not outlet:
        return "other"
    if _CENTRAL.search(outlet):
        return "central"
    codes = [code for _, _, code in _finder().mentions(outlet)]
    if codes:
        return _BY_LENGTH[max(map(len, codes))]
    own = _OWN_PLACE.match(outlet)
    return (level_named(own[1]) or "other") if own else "other"


def same_outlet(one: str, other: str) -> bool:
    """Whether two names mean one outlet: a note in brackets, the kind of channel and long forms of
    an office do not count, and a place before the name may be left out.

    >>> same_outlet("市科技局", "鄂尔多斯市科学技术局（样例）"), same_outlet("东胜科技网", "东胜科技局")
    (True, False)
    """
    shorter, longer = sorted((_bare(one), _bare(other)), key=len)
    return bool(shorter) and (shorter == longer or (len(shorter) >= 4 and longer.endswith(shorter)))


@lru_cache(maxsize=4096)
def _bare(name: str) -> str:
    bare = comparable(_CHANNEL.sub("", _NOTE.sub("", name)))
    for long, short in _SHORT:
        bare = bare.replace(long, short)
    return bare


@lru_cache(maxsize=1)
def _finder() -> PlaceFinder:
    return PlaceFinder()
