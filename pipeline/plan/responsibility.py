"""Which offices a piece of a plan makes answer for it: 牵头 and 责任 kept apart.

Hides: the four ways plans say so: a line 责任科室：…, the same in brackets, 甲科牵头，乙科配合 in
brackets or as a sentence, and a bare list of offices in brackets at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.plan.lists import divided

__all__ = [
    "Answering",
    "answering",
    "assigned",
    "is_everyone",
    "is_office",
    "names_lead_first",
    "split_names",
    "without_line",
]

_LABELLED = re.compile(
    r"(?:^|(?<=[。；;，、,\s（(]))(?P<lead>牵头|主办|主责|负责)?(?:责任|承办|配合|协办|协助|参与|参加|落实|实施|责任落实)?"
    r"(?:(?:科室|单位|部门|处室|股室|部室)(?:及责任人|和责任人)?\s*[：:]|(?<=[办头责合助加])\s*[：:])\s*(?P<names>(?:[^。；;：:（()）\n]|[（(][^（）()\n]{1,12}[）)]){1,400}?)"
    r"(?:[。；;]|(?=[）)\n]|[（(][^（）()\n]{0,12}[：:\n]|[（(][^（）()\n]{13})|\Z|(?=[，,、\s]{1,3}[\u4e00-\u9fff]{2,6}[：:]))"
)
_SAID = re.compile(
    r"(?P<lead>牵头|主办|主责)?(?:责任|承办|配合|协办)?(?:科室|单位|部门|处室|股室|部室)[为是](?P<names>[^，。；;：:）)\n]{2,60})"
)
_PERSONS = re.compile(
    r"(?:^|(?<=[。；;，、,\s（(]))(?:责任人|负责人|责任领导)\s*[：:]\s*(?P<names>[^。；;：:）)\n]+)[。；;]?"
)
_BRACKETS = re.compile(r"[（(]([^（）()\n]{2,120})[）)]")
_ASIDE = re.compile(r"[（(][^（）()\n]{7,120}[）)]")
"""What stands in brackets; a short bracket is part of a name: 各县（市、区）应急局."""
_SENTENCE = re.compile(r"[^。；;\n]+")
_ROLE = re.compile(
    r"(?:^|[，,；;、\s])(?:由|请)?(?P<names>[^，,；;：:。]{2,60}?)"
    r"(?:按照?职责(?:分工)?|分别|共同|会同有关部门|具体|统一)*(?P<role>牵头(?:负责|组织|落实|实施|承办)?|主办|承办|负责[\u4e00-\u9fff]{0,6}|配合|协办|参与|参加|协同|协助)(?=[，,；;。、）)\s]|$)"
)
_BY = re.compile(
    r"由(?P<names>[^，,；;：:。由]{2,40}?)(?P<role>负责|牵头|承办|主办|组织|统筹|具体(?:实施|落实|组织)|组织实施)(?=[\u4e00-\u9fff]{0,12}(?:[，,；;。]|$))"
)
_TOGETHER = re.compile(
    r"(?P<lead>[^，,；;：:。、]{2,20})(?:会同|联合)(?P<names>[^，,；;：:。]{2,60})"
)
_OFFICE = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9（）()、]*(?:科室|科|处|室|股|办|部|局|中心|委|会|站|所|队|院|馆|社|台|集团|公司|街道|镇|乡|单位|部门|工会|团委|妇联|学校|处室|股室|支队|中队|组|媒体|学会|协会|科协)"
)
_GROUP = re.compile(
    r"各(?!项|类|种|界|方|自|环节|个|级|地)[\u4e00-\u9fff（）()、]{1,14}|每[名个位][\u4e00-\u9fff]{2,8}"
)
"""A kind of body, or of people, that each has to do something: 各景区, 每名通讯员."""
_NOT_OFFICE = re.compile(
    r"^(?:在|向|于|从|把|将|对(?!外)|大力|积极|认真|严格|全面|及时|切实|组织(?!人事|部|科|处|股|宣传)|开展|做好|明确|加强|建立|落实|通过|邀请|利用|围绕|结合|突出|主要|同时|共同)"
    r"|要(?!闻)|等(?!教育|级|职业|学)|须|应当|的|了|[“”《》\d]"
)
_EVERYONE = re.compile(
    r"(?:局属|机关|本局|全局|全委|委属|局机关|委机关|局系统)?(?:各|全体|所有)(?:有关|相关)?"
    r"(?:职能|业务)?(?:科室|处室|股室|部室|部门|单位|科|股)(?:[（(][^（）()]{1,10}[）)]|[、和及][^，。；、和及要应须]{1,12})?"
    r"|(?:有关|相关)(?:科室|处室|股室|部室|部门|单位)"
)
_LAST_BRACKET = re.compile(
    r"[（(]((?:[^（()）\n]|[（(][^（()）\n]{1,14}[）)]){2,400})[）)](?=[。；;]?(?:\n|\Z)|。)"
)
_ASSIGNED = re.compile(
    r"(?:牵头|责任|配合|主办|承办|协办|实施|落实)(?:责任)?(?:单位|部门|科室|处室)?\s*[：:]"
)
_ASSIGNED_LINE = re.compile(
    r"(?m)^[ \t\u3000]*(?:牵头|责任|配合|主办|承办|协办)(?:单位|部门|科室|处室)\s*[：:].+$"
)
_PART = re.compile(
    r"(?P<names>[^，；,;]{2,200}?)(?:按照?(?:各自)?职责(?:分工)?|分别|共同|具体)*"
    r"(?P<role>总?牵头(?:负责|组织|落实)?|主办|负责|参与|参加|配合|协同|协助|协办|承办|指导|落实|实施)(?=[，；,;]|$)"
)
"""甲部牵头，乙局、丙办等相关部门按职责分工负责 in a bracket."""
_ORGAN = re.compile(
    r"[\u4e00-\u9fffA-Za-z（）()]{1,22}(?:委|局|部|办|厅|府|院|会|署|中心|银行|海关|集团|科协|残联|妇联|文联)"
    r"|(?:各|相关|有关)(?:省|市|区|县|旗|镇|乡|乡镇|街道|地区|园区|市县|区县)"
)
_VAGUE = re.compile(r"等?(?:国务院|省直|市直)?(?:其他)?(?:相关|有关)(?:职能)?(?:部门|单位|方面)")
_LEAD_FIRST = re.compile(
    r"(?:列|排)(?:在)?(?:首位|第一位?|最前)的?(?:者|单位|部门)?[为是](?:总)?牵头(?:单位|部门)?"
)
LONGEST = 25


@dataclass(frozen=True)
class Answering:
    """Offices by part, in the order named; ``unread`` are words that name nobody we can tell."""

    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def is_everyone(name: str) -> bool:
    """Whether ``name`` means all offices.

    >>> is_everyone("各科室"), is_everyone("局属各单位"), is_everyone("宣教科")
    (True, True, False)
    """
    return _EVERYONE.fullmatch(re.sub(r"^(?:局属|机关|县属|区属|市属)(?=各)", "", name)) is not None


def is_office(name: str) -> bool:
    """Whether ``name`` can be the name of an office or organ.

    >>> is_office("高新技术科"), is_office("各县（市、区）市场监管局"), is_office("积极组织开展")
    (True, True, False)
    """
    return (
        1 < len(name) <= LONGEST
        and (_OFFICE.fullmatch(name) is not None or _GROUP.fullmatch(name) is not None)
        and (_NOT_OFFICE.search(name) is None or is_everyone(name))
    )


def split_names(names: str) -> tuple[str, ...]:
    """The names of a list; what stands in brackets is not divided.

    >>> split_names("宣教科、各县（市、区）应急局，办公室")
    ('宣教科', '各县（市、区）应急局', '办公室')
    """
    found: list[str] = []
    for part, gap in divided(names, "、，,；; \t\n\u3000和及"):
        # 和 and 及 divide offices, and are also part of names: 住房和城乡建设局.
        if found and found[-1].endswith(("和", "及")):
            whole = found.pop() + part
            left, right = whole.split(whole[len(whole) - len(part) - 1], 1)
            found += [left, right] if is_office(left) and is_office(right) else [whole]
        elif part:
            found.append(part)
        if gap in ("和", "及") and found:
            found[-1] += gap
    return tuple(name for part in found if (name := part.strip("。 等")))


def without_line(text: str) -> str:
    """``text`` without offices when it is a line that only names them."""
    if _LABELLED.match(text) or _PERSONS.match(text):
        return _PERSONS.sub("", _LABELLED.sub("", text)).strip()
    return text


def answering(text: str) -> Answering:
    """The offices ``text`` makes answer.

    >>> answering("举办科普展。（宣教科牵头，各科室配合）").lead
    ('宣教科',)
    >>> answering("组织采访。新闻科牵头，网信科、外宣科配合。").responsible
    ('网信科', '外宣科')
    """
    lead: list[str] = []
    responsible: list[str] = []
    unread: list[str] = []
    for match in _LABELLED.finditer(text):
        names = match["names"]
        if _ROLE.search(names + "。"):
            continue  # 责任单位：甲科牵头，乙科配合
        (lead if match["lead"] and match["lead"] != "负责" else responsible).extend(
            split_names(names)
        )
    for match in _SAID.finditer(text):
        names = split_names(match["names"])
        if all(map(is_office, names)):
            (lead if match["lead"] else responsible).extend(names)
    for match in _PERSONS.finditer(text):
        responsible.extend(name for name in split_names(match["names"]) if is_office(name))
    rest = _without_labels(text)
    for match in _BRACKETS.finditer(rest):
        _read_roles(match[1], lead, responsible, unread)
        names = split_names(match[1])
        at_end = not rest[match.end() :].strip("。；; \n") or rest[match.end()] in "。；\n"
        if at_end and names and all(_is_plain_office(name) for name in names):
            responsible.extend(names)
    for sentence in _SENTENCE.finditer(_ASIDE.sub("", rest)):
        _read_roles(sentence.group(), lead, responsible, [])
    return Answering(
        tuple(dict.fromkeys(lead)),
        tuple(name for name in dict.fromkeys(responsible) if name not in lead),
        tuple(unread),
    )


def assigned(text: str) -> Answering:
    """The organs a measure of a work plan is given to, in brackets behind it or in a line below.

    >>> assigned("修好支渠。（责任单位：水务局、各镇政府）").responsible
    ('水务局', '各镇政府')
    >>> assigned("修好支渠。（水务局、农业农村局）").responsible
    ('水务局', '农业农村局')
    >>> assigned("由水务局牵头修好支渠（共三条）。")
    Answering(lead=(), responsible=(), unread=())
    """
    lead: list[str] = []
    responsible: list[str] = []
    for match in _LAST_BRACKET.finditer(text):
        words = match[1]
        if "、" in words:
            words = re.sub(r"\s+", "", words)  # a bracket over two lines
        if _ASSIGNED.search(words):
            found = answering(f"（{words}）")
            lead += found.lead
            responsible += found.responsible
        elif parts := list(_PART.finditer(re.sub(r"。.*", "", words))):
            for part in parts:
                names = _organs(part["names"], others=True)
                (lead if "牵头" in part["role"] or part["role"] == "主办" else responsible).extend(
                    names
                )
        elif all(_is_given(name) for name in split_names(words)):
            responsible += split_names(words)
    for line in _ASSIGNED_LINE.finditer(text):
        found = answering(line.group().strip())
        lead += found.lead
        responsible += found.responsible
    return Answering(
        tuple(dict.fromkeys(lead)),
        tuple(name for name in dict.fromkeys(responsible) if name not in lead),
    )


def _organs(words: str, *, others: bool) -> list[str]:
    """The organs of a list, and with ``others`` halls, stations and firms; 等有关部门 names nobody."""
    plain = re.sub("[、及和与]+(?=各|相关|有关|、)", "、", _VAGUE.sub("、", words))
    return [name for name in split_names(plain) if _is_given(name) or (others and is_office(name))]


def _is_given(name: str) -> bool:
    return is_everyone(name) or _ORGAN.fullmatch(name) is not None or _is_plain_office(name)


def names_lead_first(text: str) -> bool:
    """Whether the document says that the first named of each list leads.

    >>> names_lead_first("（水务局、财政局负责。列第一位者为牵头单位，下同）")
    True
    """
    return _LEAD_FIRST.search(text) is not None


def _without_labels(text: str) -> str:
    return _LABELLED.sub(
        lambda match: match.group() if _ROLE.search(match["names"] + "。") else "", text
    )


def _is_plain_office(name: str) -> bool:
    """Whether a bare name in brackets at the end can only be an office of the house."""
    return is_everyone(name) or (
        is_office(name) and re.search(r"(?:科|处|室|股|办|部|大队|支队)$", name) is not None
    )


def _read_roles(words: str, lead: list[str], responsible: list[str], unread: list[str]) -> None:
    """甲科牵头，乙科、丙科配合 in one bracket or sentence."""
    words = re.sub(r"^(?:责任|牵头)?(?:科室|单位|部门)[：:]", "", words)
    for match in (*_ROLE.finditer(words), *_BY.finditer(words)):
        leads = match["role"].startswith(("牵头", "主办"))
        together = _TOGETHER.fullmatch(match["names"])
        if together and is_office(together["lead"]):
            _add(together["lead"], lead if leads else responsible, unread)
            _add(together["names"], responsible, unread)
        else:
            _add(match["names"], lead if leads else responsible, unread)


def _add(names: str, to: list[str], unread: list[str]) -> None:
    found = split_names(re.sub(r"^(?:由|请|其中|并由)", "", names.strip()))
    known = [name for name in found if is_office(name)]
    if found and len(known) == len(found):
        to.extend(known)
    elif known or not found:
        to.extend(known)
        unread.extend(name for name in found if name not in known)
    else:
        unread.append(names)
