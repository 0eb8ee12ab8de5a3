"""Place names in Chinese text: administrative divisions and where a text mentions them.

Hides: the list of divisions (``divisions.csv``: six-digit codes of GB/T 2260 and names, as
published by the Ministry of Civil Affairs) and which short forms (鄂尔多斯 for 鄂尔多斯市) are
safe to recognise. Codes nest: 15 is the region, 1506 the city, 150603 the district.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

__all__ = ["LONGEST_SOUGHT", "Division", "PlaceFinder", "divisions", "nested", "short_name"]

LONGEST_SOUGHT = 1_000
"""Characters of a word that is looked for in texts. What pyahocorasick holds it frees by recursion:
a word of 1 000 000 characters, as a hostile plan may have, ended the process; of 100 000 it did not."""

_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇"
    "|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|塔吉克|怒|鄂温克|裕固|保安|独龙|鄂伦春|门巴|珞巴|各"
)
_SUFFIX = re.compile(
    rf"(?:(?:(?:{_PEOPLES})族|蒙古|哈萨克|柯尔克孜|维吾尔)*自治[区州县旗]"
    r"|特别行政区|地区|林区|矿区|[省市盟州区县旗])$"
)
_PROVINCE_SHORT = {
    "15": "内蒙古",
    "45": "广西",
    "54": "西藏",
    "64": "宁夏",
    "65": "新疆",
    "81": "香港",
    "82": "澳门",
}

_ALSO_WORDS = frozenset(
    {
        "日照",
        "来宾",
        "大同",
        "朝阳",
        "长治",
        "三明",
        "安康",
        "白银",
        "中卫",
        "平凉",
        "资阳",
        "宜春",
        "德州",
        "东方",
        "吉安",
        "海东",
        "黄山",
        "中山",
        "保山",
        "丽江",
    }
)
"""Cities whose short form is also an ordinary word or a landmark: only 日照市 is sure."""


_SPOKEN = {"呼市": "1501", "锡盟": "1525", "阿盟": "1529", "赤市": "1504", "乌市": "6501"}
"""Cities and leagues as people call them, where no other name has that form."""

_BANNER = re.compile(r"^(.).*?([左右])翼([前中后])旗$")
_NATURE = re.compile("盆地|高原|平原|山脉|海峡|海域|湾畔")
"""What follows a short form that names a landscape and no division: 鄂尔多斯盆地."""


@dataclass(frozen=True)
class Division:
    """An administrative division; ``code`` has 2, 4 or 6 digits by its level."""

    code: str
    name: str


def _trim(code: str) -> str:
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


@lru_cache(maxsize=1)
def divisions() -> dict[str, Division]:
    """All divisions by code."""
    lines = (Path(__file__).parent / "divisions.csv").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(",", 1) for line in lines[1:])
    found = (Division(_trim(code), name) for code, name in pairs)
    return {division.code: division for division in found}


def nested(code: str, inside: str) -> bool:
    """Whether ``code`` is ``inside`` itself or lies in it.

    >>> nested("150603", "1506"), nested("15", "1506")
    (True, False)
    """
    return code.startswith(inside)


def short_name(division: Division) -> str:
    """The name without its kind of division; the full name where nothing is left of it.

    >>> short_name(Division("150625", "杭锦旗")), short_name(Division("2224", "延边朝鲜族自治州"))
    ('杭锦', '延边')
    """
    if division.code in _PROVINCE_SHORT:
        return _PROVINCE_SHORT[division.code]
    short = _SUFFIX.sub("", division.name)
    return short if len(short) >= 2 else division.name


@lru_cache(maxsize=32)
def _names_of_places(home: str, extra: tuple[str, ...]) -> Any:
    """The automaton of all names, each with the divisions it may mean; made once a home, as making
    it takes longer than reading hundreds of stories with it."""
    import ahocorasick

    surfaces: dict[str, set[str]] = {}
    shorts = Counter(short_name(division) for division in divisions().values())
    for code, division in divisions().items():
        surfaces.setdefault(division.name, set()).add(code)
        short = short_name(division)
        known = len(code) < 6 or (len(short) >= 3 and shorts[short] == 1)
        known = known and short not in _ALSO_WORDS
        if known or (home and nested(code, home[:4])):
            surfaces.setdefault(short, set()).add(code)
        if banner := _BANNER.match(division.name):
            surfaces.setdefault("".join(banner.groups()) + "旗", set()).add(code)
    for spoken, code in {**_SPOKEN, **_neighbours(home)}.items():
        surfaces.setdefault(spoken, set()).add(code)
    for name in extra:
        if 3 <= len(name) <= LONGEST_SOUGHT:
            surfaces.setdefault(name, set()).add(home)
    automaton: Any = ahocorasick.Automaton()
    for surface, codes in surfaces.items():
        automaton.add_word(surface, (surface, frozenset(codes)))
    automaton.make_automaton()
    return automaton


class PlaceFinder:
    """Finds divisions in text, with an eye on a home place.

    Short forms are recognised for provinces and cities everywhere, for counties only inside
    ``home`` or where the short form has three characters and is unique: many counties share
    names such as 和平 or 向阳 with ordinary words.

    Args:
        home: code of the home division, or ''.
        extra: further names that stand for the home place (parks, units, landmarks).
    """

    def __init__(self, home: str = "", extra: Iterable[str] = ()) -> None:
        self.home = home
        self._automaton = _names_of_places(home, tuple(extra) if home else ())

    def mentions(self, text: str) -> list[tuple[int, str, str]]:
        """Where places are named: (offset, name as written, code), longest names first taken.

        A name shared by several divisions goes to the one in the home place, else to the
        one whose parent the text names too, else to none.
        """
        hits: list[tuple[int, int, str, frozenset[str]]] = []
        for end, (surface, codes) in self._automaton.iter(text):
            hits.append((end - len(surface) + 1, end + 1, surface, codes))
        hits.sort(key=lambda hit: (hit[0], -hit[1]))
        kept: list[tuple[int, str, frozenset[str]]] = []
        reach = 0
        for start, end, surface, codes in hits:
            if start >= reach:
                kept.append((start, surface, codes))
                reach = end
        kept = [hit for number, hit in enumerate(kept) if not _part_of_name(text, kept, number)]
        sure = {next(iter(codes)) for _, _, codes in kept if len(codes) == 1}
        found: list[tuple[int, str, str]] = []
        for start, surface, codes in kept:
            code = self._settle(codes, sure)
            if code:
                found.append((start, surface, code))
        return found

    def _settle(self, codes: frozenset[str], sure: set[str]) -> str:
        if len(codes) == 1:
            return next(iter(codes))
        for width in (4, 2) if self.home else ():
            at_home = [code for code in codes if nested(code, self.home[:width])]
            if len(at_home) == 1:
                return at_home[0]
        widest = min(codes, key=len)
        if all(nested(code, widest) for code in codes):
            return widest  # 吉林 the province and the city: the wider one is certain
        beside = [c for c in codes if any(s != c and (nested(c, s) or nested(s, c)) for s in sure)]
        return beside[0] if len(beside) == 1 else ""


def _neighbours(home: str) -> dict[str, str]:
    """How counties of home's city are called there, by their first character: 准旗, 达旗."""
    forms: dict[str, list[str]] = {}
    for code, division in divisions().items():
        if len(code) == 6 and len(home) >= 4 and nested(code, home[:4]):
            name = division.name
            if name[-1] in "旗县" and len(name) > 3:
                forms.setdefault(name[0] + name[-1], []).append(code)
    return {form: codes[0] for form, codes in forms.items() if len(codes) == 1}


def _part_of_name(text: str, hits: list[tuple[int, str, frozenset[str]]], number: int) -> bool:
    """Whether a short form is part of another name: 石家庄市金水源社区, 鄂尔多斯盆地."""
    start, surface, codes = hits[number]
    if any(divisions()[code].name == surface for code in codes):
        return False
    if _NATURE.match(text, start + len(surface)):
        return True
    if not number:
        return False
    before, name, outer = hits[number - 1]
    inside = any(nested(code, wide) for code in codes for wide in outer)
    return before + len(name) == start and not inside
