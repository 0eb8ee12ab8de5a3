"""Names of organisations in text: the full name, its short forms, and how news writes them.

Hides: which short forms of a name are safe to recognise. A Chinese organisation's name is a
place, a trade name 字号, a line of business 行业 and a form of organisation 组织形式 (so demands
企业名称登记管理规定, article 6, of companies). News drops the place before it, the form after it,
or both: 内蒙古伊泰煤制油有限责任公司 is 伊泰煤制油. A short form counts only where what remains is
distinctive:

- at least ``SHORTEST`` characters, no word of the dictionary, no place;
- two or more characters are left when the words that say only the line of business or the kind
  of house are taken away; where those are ordinary words themselves (羊绒制品, 阳光), the form of
  organisation has to stand there or, of a company, the line of business;
- without such characters it has to be long, or the words right before it say whose it is
  (市科技创业服务中心);
- no other place stands right before it, and it does not go on as the name of another company
  (中科合成油技术有限公司 is not 中科合成油内蒙古有限公司);
- no two names share it.

What is given as a name or alias is always taken. Spaces, brackets and quotes inside a name and
the width of characters do not matter. Overlapping names: the longest wins.

Speed: one automaton over many texts at once looks for two characters of every name; only what
stands around them is read closely.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise, product
from typing import Any, Literal, NamedTuple

from pipeline.classify.topics import TOPICS
from pipeline.places import LONGEST_SOUGHT, PlaceFinder, divisions, nested
from pipeline.text import cut

__all__ = ["Mention", "NameFinder", "ShortForm", "short_forms"]

SHORTEST = 4
"""Characters of the shortest form that is looked for."""
ORDINARY = 5
"""Characters of a company's short form whose trade name is an ordinary word (大唐能源化工)."""
SAID_IN_FULL = 6
"""Characters of a form of ordinary words that keeps the kind of house (螺旋藻产业园区)."""
BEFORE, AFTER = 12, 20
"""Characters looked at before and after a name."""
LONG = 10
"""From here on a form is distinctive by its length (生产力促进中心研发基地)."""

Need = Literal["nothing", "no other place", "its place"]


class Mention(NamedTuple):
    """A name found: ``text[start:end]`` is ``written`` and names ``key``."""

    start: int
    end: int
    key: str
    written: str


class ShortForm(NamedTuple):
    """A way a name may be written, and what has to stand before it."""

    text: str
    needs: Need


_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: 0x20}
_FOLD = _WIDTH | {
    code: ord(chr(plain).lower())
    for code, plain in [*_WIDTH.items(), *((code, code) for code in range(0x41, 0x5B))]
}
_CLUTTER = frozenset(" \t\r\xa0\u200b()[]{}〔〕【】「」『』《》〈〉“”‘’\"'·•‧-—–_")
"""Signs that may stand inside a name; the end of a line may not."""

_COMPANY = re.compile(r"(?:股份|有限|责任|集团|总|分|子)*公司$|集团$")
_GOES_ON = re.compile(r"([\u4e00-\u9fff]{1,8}?)(?:股份|有限|责任|集团|总)*公司")
_FORM_AFTER = re.compile(r"(?:股份|有限|责任|集团|总)*公司|集团")
_COOPERATIVE = re.compile(r"(?:农牧民|农民|牧民)?(?:专业)?(?:合作社|联合社|合作联社)$")
_HOUSE = re.compile(
    r"(?:(?:工程|技术|科学|创新|产业|发展|产业技术)*(?:研究院|研究所|研究中心|研究会)|设计院|中心|基地"
    r"|工作站|实验室|合作社|协会|学会|厂|站|馆)$"
)
_PARK = (
    ("产业园区", "产业园"),
    ("科技园区", "科技园"),
    ("工业园区", "工业园"),
    ("示范园区", "示范园"),
)
_ZONE = re.compile(r"高新技术产业(?:开发区|园区)$")
_EMPTY_BUSINESS = re.compile(r"(?:科技|技术|实业|发展|控股|投资|工贸|商贸)$")
_BRACKETED = re.compile(r"\(([^()]*)\)")
_LIKE_A_COMPANY = re.compile(r"[种药矿铝乳酒煤钢木纸盐糖]业$")
_ELSEWHERE = re.compile(r"[各外他它邻某两几数多个0-9一二三四五六七八九十][省市盟州区县旗]$")

_BUSINESS_WORDS = (
    "企业 公司 集团 有限 责任 股份 合作社 专业 联合社 研究 研究院 研究所 研究中心 研究会 中心 基地 园区 园 学院 学校"
    " 大学 医院 协会 学会 联盟 工作站 实验室 国家 全国 中国 中华 人民 国际 区域 地方 城市 城乡 市 旗 县 区 院 所 厂 站 馆 局"
    " 东部 西部 南部 北部 中部 东方 西方 南方 北方 华北 东北 西北 华东 华南 西南"
    " 生产力 促进 服务 示范 推广 试验 实验 检测 检验 监测 培训 教育 孵化 创业 创新 综合 公共 交流 展览 展示"
    " 科技 科学 技术 工程 高新 产业化 产业 工业 农业 牧业 农牧业 林业 渔业 畜牧 种植 养殖 种养殖 种业 乳业 药业 铝业 矿业"
    " 现代 绿色 生态 环保 环境 治理 材料 新材料 能源 新能源 化工 煤化工 煤制油 煤制气 煤业 煤炭 电力 热电 发电 光伏 风电 储能"
    " 生物 生物质 生物科技 医药 食品 饲料 肉业 农产品 农机 机械 装备 制造 设备 电子 信息 网络 数据 软件 智能 自动化 通信"
    " 爆破 制品 建筑 建设 水务 水利 交通 运输 物流 贸易 商贸 工贸 实业 发展 控股 投资 资产 管理 咨询 文化 旅游 传媒 广告 置业"
    " 数字 牧场 农场 特色 优质 高效 循环 经济 开发 开发区 大学生 青年 妇女 农民 牧民 农牧民 院士 专家 博士"
)
_BUSINESS = {
    *_BUSINESS_WORDS.split(),
    *(term for topic in TOPICS for term in (*topic.strong, *topic.weak)),
}
"""Words that say what a house does or what kind of house it is, never which one."""


@cache
def _business() -> re.Pattern[str]:
    longest_first = sorted(_BUSINESS, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)))


def _clean(text: str) -> str:
    return "".join(sign for sign in text.translate(_FOLD) if sign not in _CLUTTER)


def short_forms(name: str, places: PlaceFinder) -> tuple[ShortForm, ...]:
    """The ways news may write ``name``, the name itself first.

    >>> [form.text for form in short_forms("内蒙古伊泰煤制油有限责任公司", PlaceFinder("15"))]
    ['内蒙古伊泰煤制油有限责任公司', '伊泰煤制油有限责任公司', '伊泰煤制油', '伊泰煤制油公司']
    """
    found: dict[str, Need] = {}
    for whole in _spellings(name, places):
        found.setdefault(whole, "nothing")
        place = _leading_place(whole, places)
        core = whole[place:].removeprefix("国家") if place else whole
        bare = {whole[place:], core} - {whole}
        for text in sorted(bare, key=lambda text: (-len(text), text)):
            _add(found, text, places, kind="house")
        if tail := _COMPANY.search(core):
            stem = core[: tail.start()]
            _add_company(found, stem, places)
            if "集团" in tail.group():
                _add(found, f"{stem}集团", places, kind="house")
        elif tail := _COOPERATIVE.search(core):
            _add(found, core[: tail.start()], places, kind="company")
            _add(found, f"{core[: tail.start()]}合作社", places, kind="house")
        elif tail := _HOUSE.search(core):
            _add(found, core[: tail.start()], places, kind="bare")
    return tuple(ShortForm(text, needs) for text, needs in found.items())


def _spellings(name: str, places: PlaceFinder) -> list[str]:
    """The name as it is given, without a place in brackets, and with its usual shortenings."""
    folded = name.translate(_FOLD)
    found = [_clean(folded)]
    without = _BRACKETED.sub(
        lambda match: "" if not _without_places(match[1], places) else match[0], folded
    )
    found.append(_clean(without))
    for long, short in _PARK:
        found += [whole.removesuffix(long) + short for whole in found if whole.endswith(long)]
    if _ZONE.search(found[0]) and _leading_place(found[0], places):
        found.append(_ZONE.sub("高新区", found[0]))
    return list(dict.fromkeys(whole for whole in found if whole))


def _add_company(found: dict[str, Need], stem: str, places: PlaceFinder) -> None:
    """What is left of a company's name without its legal form, also without a place or a word
    such as 科技 at its end."""
    for short in dict.fromkeys((stem, _without_last_place(stem, places))):
        _add(found, short, places, kind="company")
        _add(found, f"{short}公司", places, kind="house")
        trimmed = _EMPTY_BUSINESS.sub("", short)
        if trimmed != short:
            _add(found, trimmed, places, kind="company")
            name = _business().split(trimmed)[0]
            if not _ordinary(name):
                _add(found, name, places, kind="company")


def _add(
    found: dict[str, Need],
    text: str,
    places: PlaceFinder,
    *,
    kind: Literal["house", "company", "bare"],
) -> None:
    """Take ``text`` up if it is distinctive. ``kind``: the kind of house still stands there; a
    company's name without its form; any other name without the kind of house."""
    needs = _needs(text, places, kind)
    if needs is not None:
        found.setdefault(text, needs)


def _needs(text: str, places: PlaceFinder, kind: str) -> Need | None:
    if len(text) < SHORTEST or cut(text) == [text]:
        return None
    own = _own_part(text, places)
    if len(own) >= 2:
        if not _ordinary(own) or _LIKE_A_COMPANY.search(text):
            return "no other place"
        if len(text) >= {"house": SAID_IN_FULL, "company": ORDINARY}.get(kind, 99):
            return "no other place"
        return None
    if kind != "house" or len(text) < SAID_IN_FULL:
        return None
    return "no other place" if len(text) >= LONG else "its place"


def _own_part(text: str, places: PlaceFinder) -> str:
    """What is left without places and without words that say no more than the business."""
    return "".join(_business().split(_without_places(text, places)))


def _ordinary(own: str) -> bool:
    """Whether it reads as words of the dictionary, so that it may well be no name: what is no
    word falls into single characters, two or more in a row."""
    return all(len(one) > 1 or len(two) > 1 for one, two in pairwise(cut(own)))


def _without_places(text: str, places: PlaceFinder) -> str:
    for start, surface, _ in reversed(places.mentions(text)):
        text = text[:start] + text[start + len(surface) :]
    return text


def _leading_place(name: str, places: PlaceFinder) -> int:
    """Length of the divisions (region, city, county) that ``name`` begins with."""
    length = 2 if name.startswith("中国") else 0
    for start, surface, _ in places.mentions(name):
        if start != length:
            break
        length += len(surface)
    return length if len(name) - length >= 2 else 0


def _without_last_place(stem: str, places: PlaceFinder) -> str:
    for start, surface, _ in places.mentions(stem):
        if start and start + len(surface) == len(stem):
            return stem[:start]
    return stem


@dataclass(frozen=True)
class _Entry:
    """A form in the automaton: whose it is, and whether it was given or made."""

    keys: tuple[str, ...]
    length: int
    needs: Need
    codes: tuple[str, ...]
    """Divisions the name says it is of."""


class NameFinder:
    """Finds names in texts.

    Args:
        names: for each thing to be found its key and all names and aliases it goes by.
        home: code of the place the texts are of ('' when unknown), for names that say no place
            of their own.
    """

    def __init__(self, names: Iterable[tuple[str, Sequence[str]]], home: str = "") -> None:
        import ahocorasick

        self._home = home
        given = [
            (key, [name for name in all_names if 1 < len(_clean(name)) <= LONGEST_SOUGHT])
            for key, all_names in names
        ]
        self._automaton: Any = ahocorasick.Automaton()
        self._anchors: Any = ahocorasick.Automaton()
        if not any(all_names for _, all_names in given):
            return
        self._places = PlaceFinder(home)
        for text, entry in self._entries(given).items():
            self._automaton.add_word(text, entry)
            for anchor in self._anchors_of(text):
                self._anchors.add_word(anchor, True)
        self._automaton.make_automaton()
        self._anchors.make_automaton()
        self._reach = 2 * max(map(len, self._automaton)) + BEFORE + AFTER

    def __len__(self) -> int:
        return len(self._automaton)

    def _entries(self, given: Sequence[tuple[str, Sequence[str]]]) -> dict[str, _Entry]:
        whole: dict[str, list[str]] = {}
        made: dict[str, dict[str, tuple[Need, tuple[str, ...]]]] = {}
        for key, all_names in given:
            for name in all_names:
                whole.setdefault(_clean(name), []).append(key)
                codes = tuple(code for _, _, code in self._places.mentions(name))
                for form in short_forms(name, self._places):
                    made.setdefault(form.text, {}).setdefault(key, (form.needs, codes))
        found = {
            text: _Entry(tuple(dict.fromkeys(keys)), len(text), "nothing", ())
            for text, keys in whole.items()
        }
        for text, owners in made.items():
            if text not in found and len(owners) == 1:
                ((key, (needs, codes)),) = owners.items()
                found[text] = _Entry((key,), len(text), needs, codes)
        return found

    def _anchors_of(self, text: str) -> list[str]:
        """Two characters of the form's own part, or all of its core, in every width and case."""
        own = [
            part for part in _business().split(_without_places(text, self._places)) if len(part) > 1
        ]
        anchor = own[0][:2] if own else text[_leading_place(text, self._places) :]
        if len(anchor) > 8:
            anchor = anchor[:8]
        variants = [
            {sign, sign.upper(), *(chr(ord(one) + 0xFEE0) for one in {sign, sign.upper()})}
            if "!" <= sign <= "~"
            else {sign}
            for sign in (anchor if len(anchor) <= 2 or not anchor.isascii() else anchor[:2])
        ]
        return ["".join(signs) for signs in product(*variants)]

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """All names in ``text``, none overlapping another, in the order of the text."""
        return self.mentions_in([text]).get(0, ())

    def mentions_in(self, texts: Sequence[str]) -> dict[int, tuple[Mention, ...]]:
        """By place in ``texts``, for those that hold a name, what ``mentions`` gives."""
        if not len(self):
            return {}
        starts = [0, *accumulate(len(text) + 1 for text in texts)]
        anchored: dict[int, list[int]] = {}
        for end, _ in self._anchors.iter("\n".join(texts)):
            row = bisect_right(starts, end) - 1
            anchored.setdefault(row, []).append(end - starts[row])
        return {
            row: found
            for row, places in anchored.items()
            if (found := tuple(self._read_around(texts[row], places)))
        }

    def _read_around(self, text: str, places: Sequence[int]) -> Iterator[Mention]:
        """The names near ``places``; stretches that touch are read as one."""
        first = max(0, places[0] - self._reach)
        last = 0
        for place in [*places, None]:
            if place is None or (last and place - self._reach > last):
                for one in self._read(text[first:last]):
                    yield Mention(one.start + first, one.end + first, one.key, one.written)
                first = 0 if place is None else place - self._reach
            last = 0 if place is None else place + self._reach

    def _read(self, text: str) -> tuple[Mention, ...]:
        folded = text.translate(_FOLD)
        places = [place for place, sign in enumerate(folded) if sign not in _CLUTTER]
        clean = "".join([folded[place] for place in places])
        hits = sorted(
            (
                (end + 1 - entry.length, end + 1, entry)
                for end, entry in self._automaton.iter(clean)
                if self._stands(clean, end + 1 - entry.length, end + 1, entry)
            ),
            key=lambda hit: (hit[0] - hit[1], hit[0]),
        )
        taken: list[tuple[int, int, _Entry]] = []
        for start, end, entry in hits:
            if all(end <= other or start >= last for other, last, _ in taken):
                form = _FORM_AFTER.match(clean, end)
                taken.append((start, form.end() if form else end, entry))
        return tuple(
            Mention(places[start], last, key, text[places[start] : last])
            for start, end, entry in sorted(taken, key=lambda hit: hit[:2])
            for last in [places[end - 1] + 1]
            for key in entry.keys
        )

    def _stands(self, clean: str, start: int, end: int, entry: _Entry) -> bool:
        """Whether what stands around a form allows it to be the name."""
        if entry.needs == "nothing":
            return True
        goes_on = _GOES_ON.match(clean, end)
        if goes_on and not _FORM_AFTER.match(clean, end):
            between = _own_part(goes_on[1], self._places)
            if not between:
                return False
        before = clean[max(0, start - BEFORE) : start].removesuffix("的")
        line = entry.codes or ((self._home,) if self._home else ())
        for place, surface, code in self._places.mentions(before):
            if place + len(surface) == len(before):
                return any(nested(code, own) or nested(own, code) for own in line)
        if entry.needs == "no other place":
            return True
        ends = {divisions()[code].name[-1] for code in line}
        return bool(before) and before[-1] in ends and not _ELSEWHERE.search(before)
