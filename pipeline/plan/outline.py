"""The outline 提纲 of a document: which lines are headings, and what lies under each.

Hides: the grammar of numbered headings: levels, run-in titles, continued paragraphs, wrong or
lost numbers, tables of contents 目录, and where the document's own text starts and ends.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.plan.cleaning import CleanText, Line
from pipeline.plan.contents import find_contents
from pipeline.plan.gluing import unglue
from pipeline.plan.headings import SENTENCE_END, Head, find_heads, rest_of
from pipeline.plan.mending import mend_heads
from pipeline.plan.model import Doubt
from pipeline.plan.numbers import RANKS, Mark, read_mark

__all__ = ["Outline", "Section", "joined", "read_outline"]


_LIST_RANKS = frozenset(RANKS[family] for family in ("paren", "digit_paren", "circle"))
_SIGNED = re.compile(
    r"(?:[（(]?此件|[（(]本文有删减)|[二〇零○Ｏ一九0-9\s]{2,8}年[\s0-9一二三四五六七八九十]{1,5}月[\s0-9一二三四五六七八九十]{1,5}日\s*(?:印发)?$"
)
_ATTACHMENT = re.compile(r"附\s*件\s*[0-9一二三四五六]{0,2}\s*(?:[:：].{0,60})?$")
_ATTACHED = re.compile(r"附\s*件\s*[0-9一二三四五六]{0,2}\s*[:：]?")
_BOX_LABEL = re.compile(
    r"(?:索引号|主题分类|信息分类|体裁分类|公文种类|公开方式|公开类别|发文机关|发文单位|发布机构|成文日期|发文日期|生成日期|发布日期"
    r"|标题|名称|发文字号|文号|主题词|关键词|有效性|效力状态)[:：]"
)
_OF_ITSELF = re.compile(
    r"本(?:实施)?(?:方案|措施|办法|意见|计划|规划|纲要|规定|细则|预案|政策|通知|要点|若干措施)(?:自|从|由[^，。]{2,24}解释|有效期|执行期|各项)"
    r"|[^。，]{2,30}，?(?:可|请)?(?:参照|比照)本(?:方案|办法|意见|计划|规划|预案|措施)"
)
_ANSWERS = re.compile(r"[（(](?:牵头|责任|配合|主办|承办)[^（）()：:]{0,6}[：:][^：:]+[）)]。?$")
_ON_TERMS = re.compile("附则|附注|其他|其它|施行|有效|期限|解释|(?:实施|执行)(?:时间|日期|范围)")
FEWEST_BOX_LABELS = 4
MOST_BOX_LINES = 24
"""A page's box of labels and values has at least so many labels within so many lines."""
_ORDER = re.compile(
    r"[\u4e00-\u9fff]{4,20}令[\s（(]*第?\s*[0-9〇零一二三四五六七八九十百]{1,5}\s*号"
)
"""The head of a document that enacts another: …国务院令第12号."""
_ORGAN_END = re.compile(r"(?:局|府|厅|部|委|会|办公室|中心|院|署|司|科协|公司)$")
_OPENS_PLAN = re.compile(
    r"^[（(]?此件|^[（(]本文|^附\s*[件：:]|(?:方案|规划|计划|要点|意见|办法|措施|清单|纲要)[》）)]?$"
)


LONGEST_CELL = 12
MOST_ALIKE = 5
"""More short lines that are all the same are the cells of a column: 定量, 定性."""
_ENDS = ("。", "；", ";")
_SAID_BEHIND = re.compile(
    r"(?:^|[。！？；])[（(](?:[^（）()\n]|[（(][^（）()\n]{1,12}[）)])+[）)]$"
)
"""A bracket behind the last sentence: it belongs to the paragraph, and ends it."""
LONGEST_ASIDE = 300
_ENTRY = re.compile(
    r"[\u4e00-\u9fff]{0,4}(?:时间|地点|主题|对象|内容|形式|范围|单位|部门|科室|人员|联系人|电话|时限)[：:]"
)
"""An entry of a notice, 时间：…, on a line of its own."""
LONGEST_NAME = 25
"""A list in which every entry is shorter names its entries; see ``_fold_lists``."""
_OPEN_BRACKET = re.compile(r"[（(][^（）()]{0,20}$")
_CLOSES = re.compile(r"[^（(）)。]{0,24}[）)]")


@dataclass(frozen=True)
class Section:
    """A heading with what lies under it."""

    level: int
    mark: Mark | None
    number: str
    title: str
    run_in: bool
    """The title and its text share a paragraph."""
    lines: tuple[Line, ...] = ()
    """The words under this heading and above the next; the first may be the rest of a run-in
    paragraph."""
    span: tuple[int, int] = (0, 0)
    inferred: bool = False
    children: tuple[Section, ...] = ()
    whole: str = ""
    """The heading's own paragraph, without the number."""

    @property
    def text(self) -> str:
        """The words under the heading, without its children's; table rows are left out."""
        return joined([line.text for line in self.lines if not line.cells])


@dataclass(frozen=True)
class Outline:
    """The headings of a document as a tree, and the lines before the first and after the last."""

    before: tuple[Line, ...]
    sections: tuple[Section, ...]
    after: tuple[Line, ...]
    doubts: tuple[Doubt, ...]


def joined(paragraphs: Sequence[str]) -> str:
    """Paragraphs as one text; one that stops in mid-sentence runs on into the next.

    >>> joined(["深入学习关于产业", "链的论述。", "会议强调"])
    '深入学习关于产业链的论述。\\n会议强调'
    >>> joined(["修好三条渠。（水利局负责）", "具体措施："])
    '修好三条渠。（水利局负责）\\n具体措施：'
    >>> joined(["主题：节水", "时间：3月22日"])
    '主题：节水\\n时间：3月22日'
    """
    text = ""
    for paragraph in filter(None, paragraphs):
        apart = text and (
            text[-1] in SENTENCE_END
            or _ENTRY.match(paragraph)
            or _SAID_BEHIND.search(text[-LONGEST_ASIDE:])
        )
        text += ("\n" if apart else "") + paragraph
    return text


def read_outline(cleaned: CleanText) -> Outline:
    """The outline of ``cleaned``; ``sections`` is empty when nothing is a heading."""
    doubts: list[Doubt] = []
    lines, contents = find_contents(_with_whole_headings(cleaned.lines))
    lines = unglue(lines)
    if contents is None:  # it may have been glued to the text
        lines, contents = find_contents(lines)
    if contents is not None:
        doubts.append(
            Doubt(
                span=contents.span,
                what="目录已略去，只用于补回正文缺失的序号",
                slug="contents-skipped",
            )
        )
    start, end = _own_text(lines)
    end = _before_closing(lines, start, end)
    before, body, after = list(lines[:start]), list(lines[start:end]), list(lines[end:])
    other = next((index for index, line in enumerate(after) if _is_order(line)), len(after))
    if other < len(after):
        span = (after[other].start, after[-1].end)
        doubts.append(Doubt(span=span, what="文末另有一件公文，未读入", slug="another-document"))
        after = after[:other]
    heads = mend_heads(find_heads(body, contents, doubts), body, doubts)
    if not heads:
        return Outline((*before, *body), (), tuple(after), tuple(doubts))
    first = heads[0][0]
    before += body[:first]
    roots = _nest(heads, body)
    for root in roots:
        _fold_lists(root)
        _end_at_offices(root)
    outermost = min(root.rank for root in roots)
    numbered = all(root.mark is not None for root in roots)
    sections = tuple(_close(root, 2 if numbered and root.rank > outermost else 1) for root in roots)
    return Outline(tuple(before), sections, tuple(after), tuple(doubts))


def _with_whole_headings(lines: Sequence[Line]) -> tuple[Line, ...]:
    """A numbered line broken inside a bracket, or right behind its number, is one line again; the
    text between is kept."""
    whole: list[Line] = []
    for line in lines:
        above = whole[-1] if whole else None
        if above is not None and _goes_on(above, line):
            level = max(above.level, line.level)
            whole[-1] = Line(f"{above.text} {line.text}", above.start, level)
        else:
            whole.append(line)
    return tuple(whole)


def _goes_on(above: Line, line: Line) -> bool:
    mark = read_mark(above.text)
    if mark is None or above.cells or line.cells or read_mark(line.text) is not None:
        return False
    if mark.end == len(above.text) and mark.family != "article":
        return True
    broken = len(above.text) < 60 and len(line.text) < 30 and _OPEN_BRACKET.search(above.text)
    return bool(broken and _CLOSES.match(line.text))


# Where the document's own text lies


def _own_text(lines: Sequence[Line]) -> tuple[int, int]:
    """Start and end of the part with most headings, between dates of signature and appendices."""
    signed = {index + 1 for index in range(len(lines)) if _is_signature(lines, index)}
    attached = {index for index in range(len(lines)) if _opens_attachment(lines, index)}
    orders = {index for index in range(len(lines)) if _is_order(lines[index])}
    cuts = sorted({0, len(lines), *signed, *attached, *orders, *_boxes(lines)})
    best, best_weight = (0, len(lines)), 0
    for start, end in itertools.pairwise(cuts):
        weight = sum(
            3 if mark.rank <= 3 else 1
            for line in lines[start:end]
            if (mark := read_mark(line.text)) is not None and mark.rank <= 4.2 and not line.cells
        )
        bare = sum(1 for line in lines[start:end] if re.fullmatch(r"\d{1,3}", line.text))
        cells = Counter(line.text for line in lines[start:end] if len(line.text) <= LONGEST_CELL)
        if bare > 3 or max(cells.values(), default=0) > MOST_ALIKE:
            # A table flattened to one cell a line: its groups are numbered like headings.
            weight //= 2
        if weight > best_weight:
            best, best_weight = (start, end), weight
    start, end = best
    # The signature stands above its date: short lines that name who signs.
    if end < len(lines) or (end > 0 and _SIGNED.match(lines[end - 1].text)):
        while end > start and len(lines[end - 1].text) < 30 and not lines[end - 1].cells:
            last = lines[end - 1].text
            if read_mark(last) or not (_SIGNED.match(last) or _ORGAN_END.search(last)):
                break
            end -= 1
    return start, end


def _before_closing(lines: Sequence[Line], start: int, end: int) -> int:
    """Where the paragraphs on the plan itself (本措施自…起施行) begin that close it: they belong to
    none of its headings, unless the last is there to hold them."""
    begin = end
    while begin > start and _OF_ITSELF.match(lines[begin - 1].text) and not lines[begin - 1].cells:
        begin -= 1
    above = next((i for i in range(begin - 1, start - 1, -1) if read_mark(lines[i].text)), None)
    if begin == end or above is None or _ON_TERMS.search(lines[above].text[:20]):
        return end
    alone = above == begin - 1 and lines[above].text.rstrip("。").count("。") == 0
    return end if alone else begin


def _boxes(lines: Sequence[Line]) -> list[int]:
    """Where a page's box of labels and values (索引号, 发文机关, 成文日期, ...) starts."""
    labels = [
        index
        for index, line in enumerate(lines)
        if not line.cells and _BOX_LABEL.match(re.sub(r"\s", "", line.text[:20]))
    ]
    starts: list[int] = []
    for order, index in enumerate(labels[: 1 - FEWEST_BOX_LABELS]):
        whole = labels[order + FEWEST_BOX_LABELS - 1] - index < MOST_BOX_LINES
        if whole and not (starts and index - labels[order - 1] < MOST_BOX_LINES):
            starts.append(index)
    return starts


def _is_order(line: Line) -> bool:
    return not line.cells and _ORDER.match(line.text) is not None


def _opens_attachment(lines: Sequence[Line], index: int) -> bool:
    """``附件2`` on a line of its own above the title of what is attached, not above a list."""
    if lines[index].cells or not _ATTACHED.fullmatch(lines[index].text):
        return False
    below = lines[index + 1] if index + 1 < len(lines) else None
    return below is not None and read_mark(below.text) is None and len(below.text) < 60


def _is_signature(lines: Sequence[Line], index: int) -> bool:
    """A date on a line of its own that closes a notice or the plan, not a date in a schedule."""
    text = lines[index].text
    if lines[index].cells or len(text) >= 30 or not _SIGNED.match(text):
        return False
    above = lines[index - 1].text if index else ""
    below = lines[index + 1].text if index + 1 < len(lines) else ""
    return (
        text.endswith("印发")
        or index >= len(lines) - 3
        or (len(above) < 30 and _ORGAN_END.search(above) is not None)
        or (len(below) < 60 and _OPENS_PLAN.search(below) is not None)
    )


# The tree


def _nest(heads: list[tuple[int, Head]], body: list[Line]) -> list[Head]:
    roots: list[Head] = []
    stack: list[Head] = []
    for order, (index, head) in enumerate(heads):
        until = heads[order + 1][0] if order + 1 < len(heads) else len(body)
        until = _before_attachments(body, index + 1, until)
        rest = rest_of(head)
        if rest is not None:
            head.lines.append(rest)
        head.lines.extend(body[index + 1 : until])
        in_article = bool(stack) and stack[-1].rank == RANKS["article"]
        if in_article and head.rank in _LIST_RANKS:
            # Lists under an article 条 are its text, not headings.
            stack[-1].lines.append(head.line)
            stack[-1].lines.extend(body[index + 1 : until])
            continue
        if stack and _is_behind_box(stack[-1], head, body[index - 1] if index else None):
            stack.pop()
        while stack and stack[-1].rank >= head.rank:
            stack.pop()
        if stack and stack[-1].rank == RANKS["article"] and not _is_label(head):
            head.title, head.run_in, head.lines = "", True, [_rest_of_line(head), *head.lines]
        (stack[-1].children if stack else roots).append(head)
        stack.append(head)
    return roots


def _is_behind_box(box: Head, head: Head, above: Line | None) -> bool:
    """Whether ``head`` goes on where the box 专栏 interrupted, and is not numbered inside it."""
    if box.mark is None or box.mark.family != "box" or head.mark is None or box.children:
        return False
    if head.mark.family == "digit" and head.mark.value > 1:
        return True
    # Cut from the very line of the box: two indents stand between, a line end would be one.
    return above is box.line and head.line.start - box.line.end >= 2


def _before_attachments(body: Sequence[Line], start: int, end: int) -> int:
    """Where the list of attachments 附件 starts, which is not the text of the last heading."""
    for index in range(start, end):
        if not body[index].cells and _ATTACHMENT.match(body[index].text):
            return index
    return end


def _fold_lists(head: Head) -> None:
    """Make a list of sentences (（1）, ①) text again: its entries have no titles of their own."""
    for child in head.children:
        _fold_lists(child)
    entries = head.children
    if (
        len(entries) > 1
        and all(_is_sentence(entry) for entry in entries)
        and (
            max(len(entry.whole) for entry in entries) > LONGEST_NAME
            or all(entry.title.endswith("的") for entry in entries)
        )
    ):
        for entry in entries:
            head.lines.append(entry.line)
            head.lines.extend(line for line in entry.lines if line.start >= entry.line.end)
        head.children = []


def _end_at_offices(head: Head) -> None:
    """Where measures end with who answers （责任单位：…）, what follows the last one's is of the
    section above."""
    for child in head.children:
        _end_at_offices(child)
    if len(head.children) < 2:
        return
    *others, last = head.children
    ends = [at for at, line in enumerate(last.lines) if _ANSWERS.search(line.text)]
    if ends and all(other.lines and _ANSWERS.search(other.lines[-1].text) for other in others):
        head.lines.extend(last.lines[ends[-1] + 1 :])
        del last.lines[ends[-1] + 1 :]


def _is_sentence(entry: Head) -> bool:
    """Whether an entry of a list is one sentence, or a clause of one, with nothing below it."""
    untitled = not entry.title or not entry.run_in
    deep = entry.rank >= RANKS["digit_paren"] and not entry.children
    return deep and untitled and entry.whole[-1:] in _ENDS


def _is_label(head: Head) -> bool:
    """Whether a list entry under an article opens with a name, not with its sentence."""
    return head.run_in and len(head.title) <= 15 and "，" not in head.title


def _rest_of_line(head: Head) -> Line:
    offset = head.mark.end if head.mark is not None else 0
    return Line(head.whole, head.line.start + offset)


def _close(head: Head, level: int) -> Section:
    children = tuple(_close(child, level + 1) for child in head.children)
    end = max([head.line.end, *(line.end for line in head.lines), *(c.span[1] for c in children)])
    return Section(
        level=level,
        mark=head.mark,
        number=head.number,
        title=head.title,
        run_in=head.run_in,
        lines=tuple(head.lines),
        span=(head.line.start, end),
        inferred=head.inferred,
        children=children,
        whole=head.whole or head.line.text,
    )
