"""Where a plan's scoring rules 考核计分 stand when they are not the notes of its task table.

Hides: rules in the numbered items of a section 考核办法, in a sentence of any other section, and in a
table 项目/评分标准 or 媒体级别/分值.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from pipeline.plan.cleaning import Line
from pipeline.plan.model import Points, PointsRule, ScoringRule
from pipeline.plan.numbers import read_mark
from pipeline.plan.outline import Section, joined
from pipeline.plan.scoring import gives_points, level_in, read_scoring_note
from pipeline.plan.tables import Table, tight
from pipeline.text import comparable

__all__ = ["scoring_in_lines", "scoring_in_sections", "scoring_in_tables"]

_SECTION = re.compile(r"考核|计分|评分|记分|积分|加分|分值|奖惩|奖励|量化|评比")
_RULE = re.compile(
    r"不重复|就高|按最高|计最高|按人数|均分|平均分|加倍|翻倍|双倍|\d倍|酌情|适当加分|\d\s?元|不计分|不得分|一票否决"
)
"""Words of a rule without a figure of points; only read as one under a heading on scoring."""
_STANDARD = re.compile(
    r"(?:评分|计分|考核|加分|扣分|赋分|得分|记分)(?:标准|办法|细则|规则|说明|方法|要求)|扣分|加分"
)
_VALUE = re.compile(
    r"^(?:每[条篇次期件])?(?:分值|计分|得分|分数|记分|赋分|基础分|积分|采用分)(?:[（(].{1,10}[）)])?$"
)
_OF = re.compile(r"媒体|级别|类别|类型|项目|载体|采用|栏目|刊物|内容|指标|形式|平台|渠道")
LONGEST_HEADING = 30
_UNIT = re.compile(r"[条篇次期件个项部]")
_FIGURE = re.compile(
    r"(?P<sign>[-－—扣])?\s*(?P<n>\d{1,4}(?:\.\d{1,2})?)\s*分?(?:[/／每](?P<unit>[条篇次期件个项部]))?"
)


def scoring_in_sections(
    sections: Sequence[Section], read: Sequence[ScoringRule], *, only_rules: bool = False
) -> tuple[ScoringRule, ...]:
    """The rules in the text of ``sections``; what ``read`` holds already is left out.

    With ``only_rules`` the whole document is on scoring, and not one section of a plan.
    """
    known = [comparable(rule.text) for rule in read]
    found = []
    for text in _texts(sections, within=only_rules):
        bare = comparable(text)
        if not any(bare in note or note in bare for note in known):
            found.append(read_scoring_note(text))
            known.append(bare)
    return tuple(found)


def scoring_in_lines(lines: Sequence[Line], read: Sequence[ScoringRule]) -> tuple[ScoringRule, ...]:
    """The rules of lines that stand in no section, as those of an attachment 考核办法 do."""
    known = [comparable(rule.text) for rule in read]
    heading = next((i for i, line in enumerate(lines) if _is_heading(line.text)), len(lines))
    found = []
    for place, line in enumerate(lines):
        mark = read_mark(line.text)
        words = line.text[mark.end :] if mark else line.text
        rule = gives_points(words) or (place > heading and _RULE.search(words) is not None)
        if rule and not line.cells and not any(comparable(words) in note for note in known):
            found.append(read_scoring_note(words))
    return tuple(found)


def _is_heading(text: str) -> bool:
    return len(text) < LONGEST_HEADING and _SECTION.search(text) is not None


def _texts(sections: Sequence[Section], *, within: bool) -> Iterator[str]:
    for section in sections:
        inside = within or _SECTION.search(section.title) is not None
        words = _own_words(section)
        if gives_points(words) or (inside and within and _RULE.search(words)):
            yield words
        yield from _texts(section.children, within=inside)


def _own_words(section: Section) -> str:
    """A section's paragraph and what follows it, without tables and without its children."""
    lines = [line.text for line in section.lines if not line.cells]
    if section.run_in:
        lines = lines[1:]
    elif section.mark is not None and section.level == 1:
        return joined(lines)
    return joined([section.whole or section.title, *lines])


def scoring_in_tables(tables: Sequence[Table]) -> tuple[ScoringRule, ...]:
    """The rules of tables with a column of standards 评分标准 or of points 分值."""
    found: list[ScoringRule] = []
    for table in tables:
        standard = table.column(_STANDARD)
        if standard is not None and any(
            gives_points(table.cell(row, standard)) for row in table.rows
        ):
            found += _standards(table, standard)
            continue
        value = table.column(_VALUE)
        if value:
            found += _values(table, value)
    return tuple(found)


def _standards(table: Table, standard: int) -> Iterator[ScoringRule]:
    of = table.column(_OF, but=(standard,))
    above = ""
    for row in table.rows:
        item = table.cell(row, of) or above
        above = item
        words = table.cell(row, standard)
        if gives_points(words) or _RULE.search(words):
            note = read_scoring_note(words)
            yield replace(note, text=f"{item}：{words}" if item else words)


def _values(table: Table, value: int) -> Iterator[ScoringRule]:
    """媒体级别 | 分值: every row is a rule; the unit stands in the cell or in the column's name."""
    named = [i for i in range(value) if _OF.search(table.header[i])]
    if not named:
        return
    unit = _UNIT.search(table.header[value])
    above = dict.fromkeys(named, "")
    for row in table.rows:
        above = {i: table.cell(row, i) or above[i] for i in named}
        figure = _FIGURE.fullmatch(tight(table.cell(row, value)))
        item = "".join(dict.fromkeys(words for words in above.values() if words))
        if figure is None or not item or re.fullmatch("(?:合|总|小)计", item):
            continue
        points = float(figure["n"]) * (-1 if figure["sign"] else 1)
        piece = Points(
            item=item,
            unit=figure["unit"] or (unit.group() if unit else ""),
            points=points,
            level=level_in(item),
        )
        asked = () if piece.unit else (f"“{item}”{points:g}分按条还是按次计",)
        yield from (
            read_scoring_note(words)
            for i, words in enumerate(row.cells)
            if i > value and gives_points(words)
        )
        text = "，".join(tight(cell) for cell in row.cells if cell)
        yield ScoringRule(text=text, rule=PointsRule(points=(piece,)), open_questions=asked)
