"""Scoring notes 计分说明 read as rules.

Hides: how plans word points per piece, one figure for several outlets, bands of length, multiples,
bonuses with caps, and deductions. What the wording leaves open is ``openquestions``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from msgspec.structs import replace

from pipeline.news import Level
from pipeline.plan.model import Points, PointsRule, ScoringRule
from pipeline.plan.numbers import chinese_value
from pipeline.plan.openquestions import left_open

__all__ = ["gives_points", "level_in", "read_scoring_note"]

# 分 as a unit of merit: not 分钟, 分之一, 分公司, 分别 (unless a figure stands before it) ...
_FEN = r"分(?!钟|之|公司|局|管|析|布|类|工|为|部|支|会|享|片|段|解|配|值|数|级|行|院|歧|众|明|摊|组|子|厂|店|册|批|散)"
_FIGURE = re.compile(
    rf"(?<![\d.])(?P<numbers>\d{{1,4}}(?:\.\d{{1,2}})?(?:\s?分?[、/]\s?\d{{1,4}}(?:\.\d{{1,2}})?){{0,6}}"
    rf"|(?<=[计加扣得记奖按减])[一二两三四五六七八九十]{{1,2}})\s*{_FEN}"
)
_UNIT = "[条篇次期件个项部幅版场起例人]"
_PIECE = (
    rf"(?:每\s?(?:采用|刊发|发布|刊播|登)?\s?[一1]?\s?(?P<before>{_UNIT})(?:次)?(?:[（(]{_UNIT}[）)])?(?:稿件|信息|文章|作品|报道)?"
    rf"|[一1]\s?(?P<after>{_UNIT}))"
)
_VERB = r"(?:(?:分别|各|均|再|另外|另|额外|可|即|予以|按|给予|一次性)*(?P<verb>加|计|按|得|记|奖励|奖|扣除|扣|减)?(?:去|掉|予|除)?)"
_LAST = re.compile(rf"\s*{_PIECE}?\s*的?[，,]?\s*{_VERB}\s*[:：]?\s*\Z")
_BLANKS = re.compile(r"[^\S\n]{2,}")
_BEHIND = re.compile(rf"\s*(?:[/／]|每)\s?(?P<unit>{_UNIT})")
_BAND = re.compile(
    r"(?:(?P<low>\d{1,5})\s*(?:字)?\s*[—–―－‒‑~～\-至到]{1,2}\s*(?P<high>\d{1,5})|(?P<one>\d{1,5}))\s*字(?:符)?"
    r"(?:[（(][^（）()]{1,8}[）)])?(?P<side>以下|以内|以上|及以上|及以下)?[^，。；\d]{0,8}\Z"
)
_CAP = re.compile(
    r"(?:上限|最高|最多|封顶|不超过|不得超过|至多|限额)[^，。；\d]{0,10}\Z|(?:加|计|得)满\Z"
)
_CAP_BEHIND = re.compile(r"\s*(?:封顶|为上限|为限)")
_TOTAL = re.compile(r"(?:总分|满分|总分值|总计)[^，。；\d]{0,6}\Z")
_BASE = re.compile(r"(?:(?P<name>基础分|基本分|基准分|底分)[^，。；\d]{0,4})\Z")
_RANGE = re.compile(r"\d\s*(?:分)?\s*[—–―－‒‑~～\-至到]{1,2}\s*\Z")
_RESULT = re.compile(r"\s*(?:[（(][^（）()]{0,6}[）)])?(?:以上|以下|及以上|及以下|者|为)")
_SHORT = re.compile(
    rf"(?:[少漏缺欠](?:报|发|交|送)?|未(?:报|报送)|不足)\s*[一1每]?\s*(?P<unit>{_UNIT})[^，。；\d]{{0,6}}[扣减][除去分]?\s*\Z"
)
_MORE = re.compile(
    rf"(?:多|超|超额)(?:报|发|完成|采用|交)?\s*[一1每]?\s*(?P<unit>{_UNIT})[^，。；\d扣减]{{0,6}}\s*\Z"
)
_TIMES = re.compile(
    r"(?P<item>[^，。；]{0,40}?)(?:的)?(?:分值|得分|分数|再|均|予以|加)*(?:[按以为](?P<base>[^，。；按以]{0,16}?)(?:的|分值的?|标准的?)?)?"
    r"(?:乘以?|×)?(?:(?P<n>\d{1,2}(?:\.\d{1,2})?|[一两二三四五六七八九十])\s*倍|(?P<double>加倍|翻倍|双倍|翻番|翻一番))"
)
_HIGHEST = re.compile(
    r"最高(?:级别|层级|级|分值|得分|标准|一级|奖项)?(?:的一?[项家级次]?)?(?:得?分|计分|分值|标准)?(?:计|记|取|为准)|[计取]最高(?:分|级|一)"
    r"|就高|不重复|不累计|不再重复|不得重复|只计(?:一次|最高)|取最高"
)
_SHARED = re.compile(r"平均(?:分|计)|均分|均摊|平分|按[^，。]{0,4}人数|各计一半|分摊")
_QUOTED = re.compile(r"[“\"《]([^”\"》]{2,20})[”\"》]")
_LEAD = re.compile(
    r"^(?:其中|凡是|凡|对于|对|在|各科室|各单位|各部门|各处室|各股室|全局|积极|努力|主动|按要求|按照|按(?![时期质])|根据|向|被|[，、：:\s])+"
)
_LEVEL_WORD = r"(?:国家|中央|省|自治区|市|县|区|旗|盟|乡镇|镇)"
_ONLY_LEVEL = re.compile(rf"{_LEVEL_WORD}部?级?(?:及?以上)?(?:媒体)?")
_LEVELLED = re.compile(rf"{_LEVEL_WORD}部?级(?:及?以上)?")
_LEVELS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    (
        "district",
        re.compile(
            r"[县区旗](?:级|委|政府|局|直|领导|主要领导|报|台|融|广播|电视)|县以上|乡镇|镇级"
        ),
    ),
    (
        "municipal",
        re.compile(r"(?:市|盟|州)(?:级|委|政府|局|直|领导|主要领导|属|主流|以上|报|台)|地市"),
    ),
    (
        "regional",
        re.compile(
            r"省(?:部?级|委|政府|厅|直|领导|主要领导|主流|以上|报|台)|自治区|省(?=[^，]{0,8}(?:官网|媒体|采用|刊))"
        ),
    ),
    (
        "central",
        re.compile(r"国家级|国家|中央|全国|部委|国办|国务院|央视|中国科协"),
    ),
)
_CENTRAL_OUTLET = re.compile(
    r"人民日报|新华社|光明日报|经济日报|科技日报|中国[\u4e00-\u9fff]{1,8}(?:报|台|网)"
)
_SENTENCE = re.compile(r"[^。；;\n]+")
FARTHEST = 400
"""Characters before a figure that may say what it is for."""
_CLAUSE = re.compile(r"[，,：:]")
_TALK = re.compile(
    rf"(?:[计加扣得记奖减按]|每{_UNIT}|[一1]{_UNIT}|分别)[^，。；：\d]{{0,8}}?(?:\d|(?<=[计加扣得记奖减按])[一二两三四五六七八九十])[\d.、/一二三四五六七八九十]{{0,8}}\s*{_FEN}"
    rf"|\d\s*分\s?[/／]\s?{_UNIT}"
)


def gives_points(text: str) -> bool:
    """Whether ``text`` says what earns or costs points.

    >>> gives_points("市级媒体采用的每篇计3分"), gives_points("讲解不超过15分钟")
    (True, False)
    """
    return _TALK.search(text) is not None


def level_in(words: str) -> Level | None:
    """The lowest level 级别 that ``words`` name; 省级以上 is the level of a province.

    >>> level_in("被省级以上媒体采用"), level_in("市领导批示"), level_in("政务信息")
    ('regional', 'municipal', None)
    """
    named = next((level for level, pattern in _LEVELS if pattern.search(words)), None)
    if named is None and "、" not in words and _CENTRAL_OUTLET.search(words):
        return "central"
    return named


@dataclass
class _Note:
    """What has been read of one note so far."""

    points: list[Points] = field(default_factory=list)
    total: float | None = None
    questions: list[str] = field(default_factory=list)
    heading: str = ""
    """What stands before a colon and speaks of all that follows in its sentence and after ；."""


def read_scoring_note(text: str) -> ScoringRule:
    """One note as a rule.

    >>> rule = read_scoring_note("市局网站动态信息每条加0.5分（加分上限为5分）。").rule
    >>> [(p.item, p.unit, p.points, p.bonus, p.cap) for p in rule.points]
    [('市局网站动态信息', '条', 0.5, True, 5.0)]
    """
    note = _Note()
    stopped = 0
    # A long run of blanks, as in a table drawn with them, says no more than one.
    words = _BLANKS.sub(" ", text)
    for match in _SENTENCE.finditer(words):
        if "。" in words[stopped : match.start()] or "\n" in words[stopped : match.start()]:
            note.heading = ""
        stopped = match.end()
        above = words[max(0, match.start() - FARTHEST) : match.start()]
        _read_sentence(match.group(), above, note)
    rule = PointsRule(
        total=note.total,
        points=tuple(note.points),
        highest_only=_HIGHEST.search(words) is not None,
        shared=_SHARED.search(words) is not None,
    )
    return ScoringRule(
        text=text, rule=rule, open_questions=(*left_open(text, rule), *note.questions)
    )


def _read_sentence(sentence: str, above: str, note: _Note) -> None:
    first, done, last = len(note.points), 0, ("", "")
    for figure in _FIGURE.finditer(sentence):
        before = sentence[max(done, figure.start() - FARTHEST) : figure.start()]
        behind = sentence[figure.end() : figure.end() + 20]
        values = [_value(number) for number in re.split(r"\s?分?[、/]\s?", figure["numbers"])]
        if _CAP.search(before) or _CAP_BEHIND.match(behind):
            _cap(note, first, values[-1])
        elif _RESULT.match(behind) and not _LAST_VERB.search(before):
            pass
        elif _TOTAL.search(before):
            note.total = values[0]
        elif base := _BASE.search(before):
            note.points.append(Points(item=base["name"], points=values[0]))
        elif _RANGE.search(before):
            shown = sentence[max(0, figure.start() - 12) : figure.end()].strip("，、 ")
            note.questions.append(f"“{shown}”是一个区间，每次计多少分由谁定")
        else:
            last = _read_figure(sentence, above, (done, *figure.span()), values, last, note)
        done = figure.end()
        if unit := _BEHIND.match(behind):
            done += unit.end()
    _read_multiples(sentence, note)
    if not note.heading and (colon := re.match(r"[^，。：:]{2,40}(?=[：:])", sentence)):
        note.heading = colon.group()


_LAST_VERB = re.compile(r"[加计扣记奖减][^，。；]{0,4}\Z")


def _value(number: str) -> float:
    return float(number) if number[0].isdigit() else float(chinese_value(number))


def _cap(note: _Note, first: int, value: float) -> None:
    """A cap is that of the pieces named before it: in its sentence, else in the whole note."""
    here = [i for i in range(first, len(note.points)) if note.points[i].points > 0]
    for index in here or range(first):
        piece = note.points[index]
        if piece.cap is None and piece.points > 0 and piece.item not in ("基础分", "基本分"):
            note.points[index] = replace(piece, cap=value)


def _read_figure(
    sentence: str,
    above: str,
    place: tuple[int, int, int],
    values: list[float],
    last: tuple[str, str],
    note: _Note,
) -> tuple[str, str]:
    """The points of one figure; what is returned is the unit and verb that 市级3分 leaves out.

    Args:
        place: end of the figure before, start and end of this one.
    """
    start = max(place[0], place[1] - FARTHEST)
    before, behind = sentence[start : place[1]], sentence[place[2] : place[2] + 20]
    subject = re.split("[，,：:]", sentence[:FARTHEST], maxsplit=1)[0]
    if band := _BAND.search(before):
        note.points.append(_band(band, values[0], above or sentence[:FARTHEST], note))
        return last
    if short := _SHORT.search(before):
        quoted = _QUOTED.findall(above + sentence[max(0, start - FARTHEST) : start + short.start()])
        item = "、".join(quoted) or _short_of(subject, above)
        note.points.append(Points(item=f"{item} 少报", unit=short["unit"], points=-values[0]))
        return last
    if more := _MORE.search(before):
        item = _short_of(subject, above)
        bonus = Points(item=f"{item} 超报", unit=more["unit"], points=values[0], bonus=True)
        note.points.append(bonus)
        return last
    tail = _LAST.search(before)
    assert tail is not None  # every part of the pattern may be empty
    unit, verb = tail["before"] or tail["after"] or "", tail["verb"] or ""
    if behind_unit := _BEHIND.match(behind):
        unit = unit or behind_unit["unit"]
    items = _items(before[: tail.start()], sentence, start, len(values), note)
    if not unit and not verb:
        unit, verb = last
        items = [_like(item, note) for item in items]
    sign = -1 if verb[:1] in ("扣", "减") else 1
    if len(items) != len(values):
        note.questions.append(f"“{before.strip('，、 ')[:30]}”与后面的分值没有一一对应")
        items = [items[0]] * len(values)
    for item, value in zip(items, values, strict=True):
        note.points.append(
            Points(
                item=item,
                unit=unit,
                points=sign * value,
                bonus=verb[:1] in ("加", "奖"),
                level=level_in(item),
            )
        )
    return unit, verb


def _items(before: str, sentence: str, start: int, count: int, note: _Note) -> list[str]:
    """What the figure is for: the clause before it, or the clauses before that."""
    clauses = _CLAUSE.split(before)
    item = clauses[-1].strip(" ，、（(")
    if not _subject(item) or _subject(item) in ("分别", "每", "可"):
        item = "，".join(filter(None, (clause.strip() for clause in clauses)))
    else:
        condition = next(
            (
                clause.strip()
                for clause in reversed(
                    _CLAUSE.split(sentence[max(0, start - FARTHEST) : start] + before)[:-1]
                )
                if clause.endswith("的") and not _FIGURE.search(clause)
            ),
            "",
        )
        item = condition + item if condition and not item.startswith(condition) else item
    item = _subject(item) or _subject(note.heading) or _subject(sentence.split("，", 1)[0])
    item = re.sub("的?(?:分别)?$", "", item)
    if count == 1:
        return [item]
    return _several(item, count)


def _several(item: str, count: int) -> list[str]:
    """省、市、县级媒体 as three; the names as they are when there are not ``count`` of them."""
    bare = re.sub("(?:采用|刊发|刊登|发布|转载|播出|刊播)的?(?:稿件|信息)?$", "", item)
    names = [name.strip() for name in re.split(r"[、，]|(?<=级)和|及", bare) if name.strip()]
    if len(names) != count:
        return [item]
    rest = re.search(rf"{_LEVEL_WORD}(级.*)$", names[-1])
    return [
        name + rest[1] if rest and re.fullmatch(_LEVEL_WORD, name) else name
        for name in (_subject(name) for name in names)
    ]


def _like(item: str, note: _Note) -> str:
    """市级 behind 省级以上媒体采用 is 市级媒体采用."""
    model = note.points[-1].item if note.points else ""
    if _ONLY_LEVEL.fullmatch(item) and (named := _LEVELLED.search(model)):
        bare = item.removesuffix("媒体")
        return model[: named.start()] + bare + model[named.end() :]
    return item


def _band(band: re.Match[str], value: float, text: str, note: _Note) -> Points:
    last = note.points[-1] if note.points else None
    if last is not None and (last.characters_from or last.characters_to):
        item = last.item
    else:
        item = _subject(re.split("[，：:。；]", text, maxsplit=1)[0])
        item = re.sub("(?:按|以)?(?:稿件)?字数(?:计分|计算)?$|按$|的$", "", item)
    low, high = band["low"], band["high"]
    if band["one"]:
        above = (band["side"] or "").endswith("以上")
        low, high = (band["one"], None) if above else (None, band["one"])
    return Points(
        item=item,
        unit="篇",
        points=value,
        characters_from=int(low) if low else None,
        characters_to=int(high) if high else None,
        level=level_in(item),
    )


def _short_of(sentence: str, above: str) -> str:
    """What too little was handed in of: the duty named before the deduction."""
    words = re.split("[，,：:]", sentence, maxsplit=1)[0]
    if re.match(r"每[少漏缺欠一1]|[少漏缺欠]", words):
        words = re.split("[，。；,：:]", above, maxsplit=1)[0]
    words = re.split(
        r"[少漏缺欠](?:报|发|交|送)?[一1每]|每[少漏缺欠]|的?得满分|不少于|每?[多超]|的?[计得]?\d",
        words,
    )[0]
    return _subject(words).removesuffix("的")


def _read_multiples(sentence: str, note: _Note) -> None:
    subject = ""
    for clause in re.split("[，,]", sentence):
        times = _TIMES.search(clause) if "倍" in clause or "翻" in clause else None
        if times is not None and not _FIGURE.search(clause):
            item = _subject(times["item"]) or _subject(subject)
            n = "2" if times["double"] else times["n"]
            note.points.append(
                Points(
                    item=item.removesuffix("的"),
                    points=0,
                    level=level_in(item),
                    multiplier=_value(n),
                    multiplies=(times["base"] or "").removesuffix("的"),
                )
            )
        subject = clause


def _subject(words: str) -> str:
    words = _LEAD.sub("", words.strip(" ，、：:（("))
    return re.sub("进行(?=投稿)|(?<=投稿)宣传$|进行$", "", words)
