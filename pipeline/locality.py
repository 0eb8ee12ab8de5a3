"""Locality 属地: is a story about local work, or only about others?

Hides: how that is decided from the outlet, the places named and the plan's own places. Only
本地工作 and 上级涉本地 count as coverage of a local plan; 上级普发 and 外地 are shown as 不计入.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import BadInput
from pipeline.news import NewsItem
from pipeline.places import PlaceFinder, divisions, nested, short_name
from pipeline.plan.model import Plan, walk

__all__ = ["Locality", "LocalityCode", "LocalityJudge", "home_of"]

LocalityCode = Literal["local", "upper_about_local", "upper_general", "elsewhere"]

_LEAD = 260
"""Characters at the start of a text that say where a story happens (dateline, first sentence)."""

_CAMPAIGN = re.compile(
    r"(?:全国|中国|国家|世界|国际)[\u4e00-\u9fff]{0,8}?(?:日|周|月|节|年|大赛|竞赛|联赛|挑战赛|展示赛|博览会)"
)
"""Names of days and contests: 全国科普日 in a county is the county's own work."""

_NATION = re.compile(
    r"国家(?:有关|相关)?部门|全国|我国|国务院|中共中央|党中央|中央|国家[发科知工农林卫自能统]|科技部|工信部|工业和信息化部"
    r"|教育部|农业农村部|生态环境部|财政部|中国(?!银行|联通|移动|电信|铝业|石油|石化|矿业)|央视"
)
_OWN_VOICE = re.compile(r"我[市区旗县]|全[市旗县]|本[市区旗县]|市委|市政府|旗委|区委|旗区")
_VOICES = {
    2: re.compile(r"[全我]省|省[委直]|自治区(?:党委|政府)?"),
    4: re.compile(r"[全我]市|市直|市委"),
    6: re.compile(r"[全我][旗县]|[旗县]委(?!宣传部和)"),
}
"""How a plan of a province, city or county speaks of itself, by the length of its code. 全区
is left out: it may mean an autonomous region or a district."""
_CENTRAL_OUTLET = re.compile(
    r"新华|人民日报|人民网|央视|中央|光明日报|经济日报|科技日报|中国|国家|国务院|[部委]网站?$"
)


@dataclass
class _Counts:
    """Places named in one stretch of text, by where they lie; ``name`` is the first elsewhere."""

    home: int = 0
    upper: int = 0
    other: int = 0
    name: str = ""


@dataclass(frozen=True)
class Locality:
    """The decision and its reason, in words an officer can check."""

    code: LocalityCode
    reason: str


def home_of(plan: Plan, text: str = "", given: str = "") -> str:
    """Code of the place a plan is for; '' where it names none.

    ``given`` (a division's name from the settings) wins, then the narrowest place in the
    title or the issuer's name. Otherwise the plan is of the level it speaks as (全市, 我旗,
    自治区) and of the place of that level it names most; among equals the wider one wins, so
    that a city plan with many district units stays the city's.

    Raises:
        BadInput: ``place-unknown`` when ``given`` is no division's name.
    """
    if given:
        codes = [d.code for d in divisions().values() if given in (d.name, short_name(d))]
        if not codes:
            raise BadInput(
                f"plan.home names no known place: {given}",
                "place-unknown",
                "Use the full name of a province, city or county, such as 鄂尔多斯市.",
            )
        return min(codes, key=len)
    finder = PlaceFinder()
    titled = [code for _, _, code in finder.mentions(f"{plan.title}\n{plan.issuer}")]
    if titled:
        return max(titled, key=len)
    pieces = [f"{node.title}\n{node.text}" for node in walk(plan.nodes)]
    body = text or "\n".join([plan.title, *pieces, *(unit.name for unit in plan.units)])
    scores = Counter(code for _, _, code in finder.mentions(body))
    voices = {width: len(voice.findall(body)) for width, voice in _VOICES.items()}
    width = max(voices, key=lambda width: voices[width])
    spoken = {code: score for code, score in scores.items() if len(code) == width}
    found = (spoken if voices[width] else {}) or scores
    if not found:
        return ""
    return max(found, key=lambda code: (found[code], -len(code), code))


class LocalityJudge:
    """Decides the locality of items for one plan.

    Args:
        home: code of the plan's place (``home_of``); '' means it is unknown, and every item
            is taken as local.
        own_names: names that stand for the home place: the plan's units.
    """

    def __init__(self, home: str, own_names: tuple[str, ...] = ()) -> None:
        self.home = home
        self.name = divisions()[home].name if home else ""
        self._finder = PlaceFinder(home, own_names)

    def judge(self, item: NewsItem, source_level: str = "other") -> Locality:
        """The locality of one item.

        Title and lead say where a story happens; the outlet says whose story it is. A story
        that names the home place is local work unless an upper authority acts in it (named
        before the home place, or as its outlet); one that names only upper places is general;
        one that names only other places is elsewhere; one that names none is its outlet's.
        """
        if not self.home:
            return Locality("local", "方案未写明地域，属地未判定")
        title = self._places(item.title)
        lead = self._places(item.text[:_LEAD])
        whole = self._places(item.text)
        outlet = self._places(item.outlet)
        at_home = title.home * 3 + lead.home * 2 + whole.home
        elsewhere = title.other * 3 + lead.other * 2 + whole.other
        upper = title.upper * 3 + lead.upper * 2 + whole.upper
        from_upper = self._is_upper_outlet(item, outlet)
        if at_home and (title.home or lead.home or at_home >= max(elsewhere, 3)):
            if title.upper and not title.home:
                return Locality("upper_about_local", f"标题讲上级，文中涉及{self.name}")
            if not title.home and not lead.home and upper > at_home:
                return Locality("upper_about_local", f"以上级为主，文中涉及{self.name}")
            if not title.home and upper > at_home and from_upper:
                return Locality("upper_about_local", f"上级稿件，文中涉及{self.name}")
            where = "标题" if title.home else "正文"
            return Locality("local", f"{where}写明{self.name}或所辖地、单位")
        if at_home and not elsewhere:
            return Locality("upper_about_local", f"文中提到{self.name}")
        if at_home:
            return Locality("elsewhere", f"以外地为主，仅提到{self.name}")
        if elsewhere > upper:
            return Locality("elsewhere", f"只写外地：{whole.name or title.name}")
        if outlet.home or (source_level in ("municipal", "district") and not from_upper):
            if upper and not _OWN_VOICE.search(item.title + item.text):
                return Locality("upper_general", "本地媒体刊载的上级内容")
            return Locality("local", "本地媒体稿件，文中无外地地名")
        if outlet.other:
            return Locality("elsewhere", f"外地稿源：{item.outlet}")
        if upper or from_upper:
            return Locality("upper_general", "上级内容，未涉及本地")
        return Locality("upper_general", "未写地名，稿源不属本地")

    def _places(self, text: str) -> _Counts:
        counts = _Counts()
        for _, surface, code in self._finder.mentions(text):
            if nested(code, self.home):
                counts.home += 1
            elif nested(self.home, code):
                counts.upper += 1
            else:
                counts.other += 1
                counts.name = counts.name or surface
        own = _CAMPAIGN.sub("", text)
        counts.upper += len(_NATION.findall(own)) + own.count("自治区")
        return counts

    def _is_upper_outlet(self, item: NewsItem, outlet: _Counts) -> bool:
        if item.level in ("central", "regional"):
            return True
        return bool(outlet.upper or _CENTRAL_OUTLET.search(item.outlet)) and not outlet.home
