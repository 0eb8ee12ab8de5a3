"""What a piece of a plan asks to be done 落实事项: what, when, how often, by whom, where it appears.

Hides: how plans write a time to do something by and a frequency, and which media a short name
such as 两报 stands for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.plan.events import EVENT
from pipeline.plan.media import find_media
from pipeline.plan.model import Obligation, PlanNode, walk

__all__ = ["frequency_in", "media_called", "obligation_of", "promises", "quoted_among"]

_WHEN = re.compile(
    r"(?:(?:19|20)\d\d年)?(?:每年)?(?:\d{1,2}月?[—–~～\-至])?\d{1,2}月(?:\d{1,2}日(?:[—–―－~～\-至到]{1,2}(?:(?:(?:19|20)\d\d|次|翌)年)?(?:\d{1,2}月)?\d{1,2}日)?"
    r"(?:[“\"]?(?:世界|国际|全国|国家)?[\u4e00-\u9fff]{2,8}?[日节][”\"]?(?=[，。、前]|期间|当天))?|上旬|中旬|下旬|底前?|初|中|份)?(?:前后|前|起|期间)?"
    r"|(?:第[一二三四]|上|下)(?:季度|半年)(?:、下半年)?(?:各(?:举办|组织|开展|召开)?[一二三两\d]{1,2}[次期场])?|(?:年底|年末|季度末|月底)前|全年"
)
_STAGE = re.compile("第[一二三四五六七八九十]阶段")
_EVENT_DAY = re.compile(r"[“\"]?\d{1,2}[.．·]\d{1,2}[”\"]?\s?[\u4e00-\u9fff]{2,16}?(?:日|周|月|节)")
_PER = (
    r"(?:每个?(?:工作日|周|月|季度|季(?!度)|半年|学期|年|两周|双月)|每[天日]|按[周月季]|全年|年内)"
)
_NUMBER = r"(?:\d{1,5}|[一二两三四五六七八九十]{1,3})"
_PIECES = r"[次篇期条场个批组件部幅集档]"
_COUNTED = re.compile(
    rf"{_PER}(?!最后)(?:[^，。；：、\n]{{0,14}}?(?:不少于|至少|不低于)?|[^，。；：\n]{{0,30}}?(?:不少于|至少|不低于))"
    rf"\s?{_NUMBER}\s?{_PIECES}(?:以上)?"
)
_LEAST = re.compile(rf"[\u4e00-\u9fff]{{0,8}}(?:不少于|至少|不低于)\s?{_NUMBER}\s?{_PIECES}")
_EVERY = re.compile(
    r"每(?:季度|月|年)[^，。；、\n\d]{0,6}\d{1,2}日前"
    r"|(?:每(?:个工作日|周|月|季度|季(?!度)|半年|年|天|日)(?!最后)|按[周月季]|定期)[^，。；：、\n]{2,10}"
)
_SEVERAL_MEDIA = re.compile(
    r"[“\"]?([一两二三四五]报|[一两二三四五]台|两微一端)[”\"]?[（(]([^（）()]{4,60})[）)]"
)


def media_called(text: str) -> dict[str, tuple[str, ...]]:
    """The names the plan gives several media at once.

    >>> media_called("向“两报”（河南日报、郑州日报）投稿")
    {'两报': ('河南日报', '郑州日报')}
    """
    return {
        match[1]: tuple(re.split("[、，,和]", match[2])) for match in _SEVERAL_MEDIA.finditer(text)
    }


def frequency_in(words: str) -> str:
    """How often, as the plan writes it; several frequencies are joined by ；.

    >>> frequency_in("每月报送信息不少于2条，全年不少于6篇。")
    '每月报送信息不少于2条；全年不少于6篇'
    """
    counted = list(dict.fromkeys(match.group() for match in _COUNTED.finditer(words)))
    if counted:
        return "；".join(counted)
    found = _EVERY.search(words) or _LEAST.search(words)
    return found.group() if found else ""


def promises(node: PlanNode) -> bool:
    """Whether a requirement 工作要求 also says how often something is done, and so is a duty."""
    return _COUNTED.search(node.text or node.title) is not None


def obligation_of(
    node: PlanNode, called: Mapping[str, tuple[str, ...]], known: Sequence[str] = ()
) -> Obligation:
    """The duty a form states with what lies below it; ``called`` is what ``media_called`` found in the
    whole plan, and ``known`` are its media, which a piece may name without saying what they are."""
    below = tuple(walk(node.children))
    words = "。".join([node.title, node.text, *(f"{part.title}。{part.text}" for part in below)])
    every = frequency_in(words)
    when = _time_in(words.replace("全年", "") if "全年" in every else words)
    media = [medium.name for medium in find_media(words)]
    media += quoted_among(words, known)
    for short, names in called.items():
        if short in words:
            media += names
    return Obligation(
        node=node.id,
        what=node.number + node.title if _STAGE.fullmatch(node.number) else node.title,
        when=when,
        every=every,
        offices=tuple(
            dict.fromkeys(
                name for part in (node, *below) for name in part.lead_offices + part.offices
            )
        ),
        media=tuple(dict.fromkeys(media)),
    )


def quoted_among(words: str, known: Sequence[str]) -> list[str]:
    """The known media that ``words`` name in quotes and no more: “青禾发布”."""
    return [name for name in known if f"“{name}”" in words or f"《{name}》" in words]


def _time_in(words: str) -> str:
    found = _WHEN.search(words) or _EVENT_DAY.search(words) or EVENT.search(words)
    return re.sub('[“”"]', "", found.group()) if found else ""
