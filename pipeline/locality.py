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
from pipeline.outlets import outlet_level
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
    r"国家(?:有关|相关)?部门|全国(?!重点)|我国|国务院|中共中央|党中央|中央(?!空调|大街)"
    r"|国家(?:发展|发改|科技|科学技术|知识产权局|工信|农业|林草|卫[健生]|自然资源|能源局|统计|税务|生态环境)"
    r"|科技部|工信部|工业和信息化部|教育部|农业农村部|生态环境部|财政部|央视"
    r"|中国(?!银行|联通|移动|电信|铝业|石油|石化|矿业)"
)
_AUTONOMOUS = frozenset({"15", "45", "54", "64", "65"})
_BODIES = (
    "委|政府|政协|人大|直(?:属|机关)?|科技|科协|科学技术|发改|工信|教育|教体|农牧|农业|财政|人社|气象|市场监管|知识产权"
    "|公安|交管|交通|应急|生态|自然资源|文[旅化]|卫健|供[热水]|体育|人才|总工会|团委|妇联|消防|统计|税务|住建|水利|林草"
    "|融媒体|广播电视|图书馆|博物馆|里(?:承诺|将|还)|内"
)
_ENUMERATED = re.compile(r"[^，。；！？\n]{0,8}[、和与及][^，。；！？\n]{0,4}")
"""What stands between two places of one list."""

_CHOSEN = re.compile(r"入选|入围|获批|获评|获奖|上榜|榜上有名|名列其中|认定|各有|升级|摘得|揭晓")
"""An upper level's choice that falls on home is home's news, though others are named beside it."""

_WEATHER = re.compile(r"降温|降雨|降水|暴雨|雨雪|降雪|寒潮|冷空气|气温|沙尘|大风|强对流|台风|高温")
_SENTENCE = re.compile(r"[。！？\n]")
_VOICES = {
    2: re.compile(r"[全我]省|省[委直]|自治区(?:党委|政府)?"),
    4: re.compile(r"[全我]市|市直|市委"),
    6: re.compile(r"[全我][旗县]|[旗县]委(?!宣传部和)"),
}
"""How a plan of a province, city or county speaks of itself, by the length of its code. 全区
is left out: it may mean an autonomous region or a district."""

_NATIONAL = re.compile(
    r"^(?:国务院|中共中央|中央|全国|国家[\u4e00-\u9fff]{1,14}(?:委员会|[委局署])"
    r"|中国(?:科协|科学技术协会|科学院|工程院|气象局)"
    r"|(?:工业和信息化|科学技术|科技|教育|应急管理|财政|生态环境|农业农村|交通运输|自然资源|水利|商务"
    r"|文化和旅游|公安|民政|司法|人力资源和?社会保障|住房和?城乡建设|退役军人事务)部)"
)
"""Issuers whose plans are for the whole country. Places such a plan names are examples: of 19 plans
of the State Council 13 would be a province's, a city's or a county's."""

Standing = Literal["home", "upper", "other", "unknown"]
"""Where an outlet stands, seen from home."""


@dataclass
class _Places:
    """Places named in one stretch of text, by where they lie."""

    home: int = 0
    passing: int = 0
    """Of home, but as one of a list."""
    own: int = 0
    """Home's organs without its name (市科技局) and its own voice (我市)."""
    upper: int = 0
    other: int = 0
    name: str = ""
    """The first elsewhere."""
    first: Literal["", "home", "upper", "other"] = ""
    """Which is named first."""


@dataclass(frozen=True)
class Locality:
    """The decision and its reason, in words an officer can check."""

    code: LocalityCode
    reason: str


def home_of(plan: Plan, text: str = "", given: str = "") -> str:
    """Code of the place a plan is for; '' where it names none.

    ``given`` (a division's name from the settings) wins, then the narrowest place in the
    title or the issuer's name. A plan of the State Council or a ministry is no place's, whatever
    places it names. Otherwise the plan is of the level it speaks as (全市, 我旗,
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
    if _NATIONAL.match(plan.issuer):
        return ""
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
        own, above = _self_names(home, self.name)
        self._own = re.compile(
            rf"(?<![各盟省治自地两三四多])(?:[{own}](?:{_BODIES})|[我本][{own}]|全(?:{_whole(home, own)}))"
        )
        self._above = re.compile(rf"(?<![各盟县])[{above}](?:{_BODIES})|[我全][{above}]")
        self._own_outlet = re.compile(rf"^[{own}](?:{_BODIES}|级)")
        self._above_outlet = re.compile(rf"^[{above}](?:{_BODIES})")

    def judge(self, item: NewsItem, source_level: str = "other") -> Locality:
        """The locality of one item.

        Title and lead say where a story happens; the outlet says whose story it is. A story
        that names the home place is local work, unless an upper level acts in it or tells it; home
        named in a list only is not a part in it. A story that names only other places is
        elsewhere; one that names none is its outlet's: a local medium's own item is local, and so
        is one of 市科技局, whose city is not said.

        Args:
            source_level: level of the source, which stands for an outlet that is not named.
        """
        if not self.home:
            return Locality("local", "方案未写明地域，属地未判定")
        standing = self._standing(item, source_level)
        speaks = standing in ("home", "unknown")
        title, lead, whole = (
            self._places(part, speaks) for part in (item.title, item.text[:_LEAD], item.text)
        )
        if not title.home + whole.home and "other" in (title.first, lead.first):
            title.own = lead.own = whole.own = 0  # 我市 is the city it names
        at_home = (title.home + title.own) * 3 + (lead.home + lead.own) * 2 + whole.home + whole.own
        elsewhere = title.other * 3 + lead.other * 2 + whole.other
        upper = title.upper * 3 + lead.upper * 2 + whole.upper
        if standing == "upper" and _WEATHER.search(item.title) and not title.home:
            at_home = 0  # a weather report passes over many places
        early = title.home + title.own + lead.home + lead.own
        if at_home and (early or at_home >= max(elsewhere, 3)):
            return self._at_home(title, lead, item, standing, upper > at_home, elsewhere > at_home)
        if at_home and elsewhere and standing != "upper":
            return Locality("elsewhere", f"以外地为主，仅提到{self.name}")
        if at_home:
            return Locality("upper_about_local", f"文中提到{self.name}")
        return self._away(title, lead, whole, standing, elsewhere > upper, item.outlet)

    def _at_home(
        self,
        title: _Places,
        lead: _Places,
        item: NewsItem,
        standing: Standing,
        mostly_upper: bool,
        mostly_other: bool,
    ) -> Locality:
        """Of a story that home has a part in."""
        about = title.home + title.own
        if title.other > about and title.first == "other" and (about or mostly_other):
            return Locality("elsewhere", f"标题讲外地：{title.name}")
        if not about and mostly_other and lead.first == "other" and standing != "home":
            code: LocalityCode = "upper_about_local" if standing == "upper" else "elsewhere"
            return Locality(code, f"以外地为主，文中涉及{self.name}")
        if standing == "upper":
            return Locality("upper_about_local", f"上级稿件，涉及{self.name}")
        if title.upper and (not about or title.first == "upper" or _CHOSEN.search(item.title)):
            return Locality("upper_about_local", f"标题讲上级，涉及{self.name}")
        if not about and (lead.first == "upper" or mostly_upper):
            return Locality("upper_about_local", f"以上级为主，文中涉及{self.name}")
        if title.home or lead.home:
            where = "标题" if title.home else "正文"
            return Locality("local", f"{where}写明{self.name}或所辖地、单位")
        return Locality("local", "本地稿件，写明本地部门或自称本地")

    def _away(
        self,
        title: _Places,
        lead: _Places,
        whole: _Places,
        standing: Standing,
        mostly_other: bool,
        outlet: str,
    ) -> Locality:
        """Of a story that home has no part in by name."""
        passing = title.passing + whole.passing
        if mostly_other and not passing:
            return Locality("elsewhere", f"只写外地：{whole.name or title.name}")
        if passing:
            return Locality("upper_general", f"仅在名单、排名或天气中提到{self.name}")
        if standing == "home":
            if title.upper or lead.first == "upper":
                return Locality("upper_general", "本地媒体刊载的上级内容")
            return Locality("local", "本地媒体稿件，文中无外地地名")
        if standing == "other" and not title.upper and not lead.upper:
            return Locality("elsewhere", f"外地稿源：{outlet}")
        if whole.upper or title.upper or standing == "upper":
            return Locality("upper_general", "上级内容，未涉及本地")
        return Locality("upper_general", "未写地名，稿源不属本地")

    def _standing(self, item: NewsItem, source_level: str) -> Standing:
        codes = [code for _, _, code in self._finder.mentions(item.outlet)]
        if any(nested(code, self.home) for code in codes) or self._own_outlet.search(item.outlet):
            return "home"
        if any(not nested(self.home, code) for code in codes):
            return "other"
        level = item.level if item.level != "other" else source_level
        if outlet_level(item.outlet) == "central":
            level = "central"
        if level == "central" or self._above_outlet.search(item.outlet):
            return "upper"
        if codes:  # the province, or the city that a district's plan lies in
            return "upper" if min(map(len, codes)) == 2 else "unknown"
        if level == "regional":
            return "upper" if len(self.home) > 2 else "home"
        return "home" if level in ("municipal", "district") else "unknown"

    def _lies(self, code: str) -> Literal["home", "upper", "other"]:
        if nested(code, self.home):
            return "home"
        return "upper" if nested(self.home, code) else "other"

    def _places(self, text: str, speaks: bool) -> _Places:
        """The places in ``text``; ``speaks``: it may leave out home's name."""
        found = _Places()
        named: list[tuple[int, Literal["home", "upper", "other"]]] = []
        blank = list(text)
        mentions = self._finder.mentions(text)
        lies = [self._lies(code) for _, _, code in mentions]
        spans = [(start, start + len(surface)) for start, surface, _ in mentions]
        for number, (start, end) in enumerate(spans):
            blank[start:end] = "□" * (end - start)
            beside = [n for n in (number - 1, number + 1) if 0 <= n < len(spans)]
            near = [spans[n] for n in beside if lies[n] == "other"]
            if lies[number] == "home" and any(_listed(text, (start, end), span) for span in near):
                found.passing += 1
                continue
            found.home += lies[number] == "home"
            found.upper += lies[number] == "upper"
            found.other += lies[number] == "other"
            if lies[number] == "other":
                found.name = found.name or text[start:end]
            named.append((start, lies[number]))
        rest = _CAMPAIGN.sub(lambda match: "□" * len(match[0]), "".join(blank))
        above = [match.start() for match in _NATION.finditer(rest)]
        above += [match.start() for match in self._above.finditer(rest)]
        if self.home[:2] in _AUTONOMOUS and len(self.home) > 2:
            above += [match.start() for match in re.finditer("自治区(?!级)", rest)]
        found.upper += len(above)
        named += [(start, "upper") for start in above]
        if speaks:
            own = [match.start() for match in self._own.finditer(rest)]
            found.own = len(own)
            named += [(start, "home") for start in own]
        found.first = min(named)[1] if named else ""
        return found


def _self_names(home: str, name: str) -> tuple[str, str]:
    """The characters with which home and what lies in it speak of themselves, and those of the
    levels above: 市科技局 is a city's own, a district's upper level."""
    if len(home) == 4:
        return "市盟区县旗", "省"
    if len(home) == 2:
        return "省市盟区县旗", "□"
    own = name[-1:] if name[-1:] in tuple("市区县旗") else "区"
    return own, "市盟".replace(own, "")


def _whole(home: str, own: str) -> str:
    """What may follow 全 in home's own voice: 全区 may mean the autonomous region around it."""
    unsure = home[:2] in _AUTONOMOUS and len(home) > 2
    return f"[{own.replace('区', '□') if unsure else own}]"


def _listed(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether the places at two spans are of one list, from which none was chosen."""
    first, second = sorted((one, other))
    if not _ENUMERATED.fullmatch(text[first[1] : second[0]]):
        return False
    begin = max(text.rfind(sign, 0, first[0]) for sign in "。！？\n")
    end = _SENTENCE.search(text, second[1])
    return not _CHOSEN.search(text[begin + 1 : end.start() if end else len(text)])
