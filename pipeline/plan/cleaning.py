"""Blocks made into the cleaned text of a plan, every repair recorded.

Hides: what counts as an artefact (editor's bookmarks, markup, letter-spaced words, Traditional
characters 繁体, shifted bytes 乱码, page furniture, a text pasted twice) and how each is mended.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pipeline.documents import Document
from pipeline.plan.flattened import flat_tables
from pipeline.plan.model import Doubt
from pipeline.text import comparable

__all__ = ["CleanText", "Line", "clean"]

_ENCLOSED = {
    **{
        chr(0x3220 + place): f"（{numeral}）"
        for place, numeral in enumerate("一二三四五六七八九十")
    },
    **{chr(0x2488 + place): f"{place + 1}." for place in range(20)},
    **{chr(0x2474 + place): f"（{place + 1}）" for place in range(20)},
}
"""㈠ ⒈ ⑴ of older documents, which are one character, as they are written today."""
_BULLET = re.compile(
    r"(?:[•●◆◇■□▪★☆➢❖>]\s*|[-*+]\s+)+(?=第[一二三四五六七八九十百\d]+[章节条]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d))"
)
"""A sign of a list drawn before the number of a heading."""
_QUOTED = re.compile(r"(?:>(?:\s+|$))+")
_BOOKMARK = re.compile(r"\[bookmark:[^\]\n]{0,80}\]|\[OLE_LINK\d*\]|MERGEFORMAT")
_MARKUP = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9]{0,10}(?:\s[^<>\n]{0,200})?/?>|<!--[^\n]{0,200}?-->|-->"
)
_LEFT_OUT = re.compile(r"(?<=[^\s*])\*\*(?=[\u4e00-\u9fff])|^\*\*(?=[省市县区旗镇乡村局校])")
"""Stars in the place of a name, **县; a mark of bold type has its other half."""
_SPACED = re.compile(r"[\u4e00-\u9fff](?:[\s\u3000]+[\u4e00-\u9fff]){3,40}")
_CYRILLIC = re.compile(r"[\u0400-\u04ff][^\u4e00-\u9fff]{0,2}[\u0400-\u04ff]")
_EDGE = " \t\u3000\xa0\u2002\u2003\u2009\u202f"
# Characters that Simplified text does not use and any Traditional page has many of.
_TRADITIONAL = frozenset("與這個為國會學時說對發業產創術動經濟機關區規劃標實體環強進開設應點務單書")
_FURNITURE = re.compile(
    r"(?:主办|承办|技术支持|网站维护|版权所有|联系我们|网站标识码|政府网站标识码|主办单位|相关解读"
    r"|相关阅读|相关链接|相关附件|全文下载|原文下载|附件下载|上一篇|下一篇|微信公众号|扫一扫"
    r"|打印本页|关闭窗口|分享到|字体大小)(?:\s*[:：].*|.{0,12})?$"
    r"|.*(?:ICP备|公网安备|网站标识码).*\d.*$|\S{0,4}邮箱\s*[:：]\s*\S+@\S+$"
    r"|违法和不良信息举报.*$|【?(?:原文|附件|全文)下载】?$|', 'HTML'\);?$"
    r"|(?:[-*•]\s*)?(?:\[[^\[\]]{1,150}\]\([^()\s]{1,300}\s?\)\s*){1,9}$"
    r"|(?:更新|检索|抓取|采集|下载)(?:时间|日期)\s*[:：]\s*\d[\d\s:/.年月日-]*$"
)
_CRUMB = re.compile(r"[-—_=·]{3,}$|\*$|['\"]\s*,\s*(?:null|true|false|['\"]).{0,60}$")
"""A rule drawn across the page, or what is left of a script; it may stand between paragraphs."""
_SPAM = re.compile(r"365bet|bet365|博彩网|官方开户|一区二区三区|国产刺激|百家乐|老虎机")


_SPAM_GAP = 20
"""Marks closer than this belong to one piece of spam."""


SHORTEST_COPY = 4
"""A text of so many paragraphs that stands there twice was pasted twice; fewer may be a form."""


@dataclass(frozen=True)
class Line:
    """One paragraph, or one row of a table (``cells``), of the cleaned text."""

    text: str
    start: int
    level: int = 0
    """Level of the heading style it wears, 0 for body text."""
    cells: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """Offset just behind its last character."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class CleanText:
    """The cleaned text, its lines, and what was mended."""

    text: str
    lines: tuple[Line, ...]
    doubts: tuple[Doubt, ...]
    dropped: tuple[str, ...] = ()
    """Page furniture left out; it may name the issuer."""


@dataclass
class _Draft:
    text: str
    level: int = 0
    cells: tuple[str, ...] = ()


class _Repairs:
    """Repairs noted by draft line; their spans are known once the text is put together."""

    def __init__(self) -> None:
        self.notes: list[tuple[_Draft | None, str, str]] = []
        self.dropped: list[str] = []
        self.bold = False

    def note(self, draft: _Draft | None, what: str, slug: str) -> None:
        self.notes.append((draft, what, slug))


def clean(document: Document) -> CleanText:
    """The cleaned text of ``document``; never fails, may be empty."""
    repairs = _Repairs()
    drafts: list[_Draft] = []
    first_of_block: dict[int, _Draft] = {}
    for index, block in enumerate(document.blocks):
        if block.furniture:
            continue
        made = (
            [_Draft("\t".join(row), cells=row) for row in block.rows if any(row)]
            if block.kind == "table"
            else [_Draft(_with_number(block.number, block.text), block.heading_level)]
        )
        if made:
            first_of_block[index] = made[0]
        drafts.extend(made)
    for repair in document.repairs:
        repairs.note(first_of_block.get(repair.block), repair.what, repair.slug)
    for draft in drafts:
        _mend(draft, repairs)
    _remove_spam(drafts, repairs)
    drafts = [draft for draft in drafts if draft.text]
    _simplify(drafts, repairs)
    drafts = _without_second_copy(drafts, repairs)
    drafts = _with_tables(_without_furniture(drafts, repairs), repairs)
    return _assemble(drafts, repairs)


def _with_number(number: str, text: str) -> str:
    # "1." needs a space before a digit, or "1." and "5亿元" would read as "1.5亿元".
    gap = " " if number and text[:1].isdigit() else ""
    return number + gap + text


def _mend(draft: _Draft, repairs: _Repairs) -> None:
    text = draft.text
    if "[" in text or "MERGEFORMAT" in text:
        shorter = _BOOKMARK.sub("", text)
        if shorter != text:
            repairs.note(draft, "删去编辑器书签标记", "artefact-removed")
            text = shorter
    if "<" in text or "-->" in text:
        shorter = _MARKUP.sub("", text)
        if shorter != text:
            repairs.note(draft, "删去网页标记", "markup-removed")
            text = shorter
    if "**" in text and not (text.count("**") == 1 and _LEFT_OUT.search(text)):
        if not repairs.bold:
            repairs.note(draft, "删去全文的加粗标记（首处）", "markup-removed")
        repairs.bold = True
        text = text.replace("**", "")
    if _CYRILLIC.search(text):
        decoded = _from_cyrillic(text)
        if decoded != text:
            repairs.note(draft, "乱码已还原（UTF-8 被当作西里尔字母）", "mojibake-repaired")
            text = decoded
    if "?" in text:
        shifted = _unshift(text)
        if shifted != text:
            repairs.note(draft, "乱码已还原（字节错位）", "mojibake-repaired")
            text = shifted
    text = text.strip(_EDGE + "\n")
    if not draft.cells and (quoted := _QUOTED.match(text)):
        text = text[quoted.end() :]
    if text and not draft.cells:
        if mark := _BULLET.match(text):
            text = text[mark.end() :]
        text = _ENCLOSED.get(text[0], text[0]) + text[1:]
    if not draft.cells and _SPACED.fullmatch(text):
        repairs.note(draft, "字间空格已合并", "letter-spacing")
        text = re.sub(r"[\s\u3000]+", "", text)
    if draft.cells:
        text = text if any(cell for cell in draft.cells) else ""
    draft.text = text


def _remove_spam(drafts: list[_Draft], repairs: _Repairs) -> None:
    """Cut out spam spliced into sentences; its end is where its occurrences stop agreeing."""
    places: list[tuple[_Draft, int]] = []
    for draft in drafts:
        last = -_SPAM_GAP - 1
        for match in _SPAM.finditer(draft.text):
            if match.start() - last > _SPAM_GAP:
                places.append((draft, match.start()))
            last = match.end()
    by_mark: dict[str, list[tuple[_Draft, int]]] = {}
    for draft, start in places:
        by_mark.setdefault(draft.text[start : start + 6], []).append((draft, start))
    for found in by_mark.values():
        tails = [draft.text[start : start + 80] for draft, start in found]
        phrase = _agreeing(tails) if len(tails) > 1 else ""
        word = _replaced_word(phrase, [draft.text for draft, _ in found])
        for draft in {id(draft): draft for draft, _ in found}.values():
            if phrase and phrase != draft.text:
                draft.text = draft.text.replace(phrase, word)
                if word:
                    what = f"垃圾信息替换了原词，按上下文补回“{word}”"
                    repairs.note(draft, what, "word-restored")
                    continue
                what = "句中混入的垃圾信息已删除，此处可能缺词"
            elif len(draft.text) < 200 and not re.search("[。，,]", draft.text):
                draft.text = ""
                what = "整行垃圾信息已删除"
            else:
                what = "本段疑似含有垃圾信息，未改动"
            repairs.note(draft, what, "spam-removed")


_OFTEN_REPLACED = {
    "金融": re.compile(
        r"(?:科技\+?|普惠|绿色|数字|等)$|^(?:机构|业务|服务|产品|支持|资本|科技|部门)"
    ),
    "理财": re.compile(r"(?:家庭|个人|银行)$|^(?:产品|知识|意识)"),
    "体育": re.compile(r"(?:全民|文化|群众)$|^(?:赛事|场馆|设施|彩票|事业)"),
    "彩票": re.compile(r"(?:福利|体育)$|^(?:公益金|销售)"),
}
"""Words that link spammers search for and put their own in the place of, with what stands
before or behind them."""


def _replaced_word(phrase: str, texts: list[str]) -> str:
    """The word ``phrase`` was put in the place of, when most of its surroundings tell."""
    if not phrase or _SPAM.match(phrase) is None:
        return ""
    places = [
        (text[max(0, at - 4) : at], text[at + len(phrase) : at + len(phrase) + 4])
        for text in texts
        for at in [match.start() for match in re.finditer(re.escape(phrase), text)]
    ]
    for word, around in _OFTEN_REPLACED.items():
        fits = sum(1 for before, behind in places if around.search(before) or around.match(behind))
        if len(places) > 1 and fits > 0.6 * len(places):
            return word
    return ""


def _agreeing(texts: list[str]) -> str:
    """What all ``texts`` start with."""
    low, high = min(texts), max(texts)
    length = 0
    while length < len(low) and low[length] == high[length]:
        length += 1
    return low[:length]


def _from_cyrillic(text: str) -> str:
    """Undo UTF-8 read as Mac Cyrillic; characters cut at the edges of a line are lost."""
    try:
        decoded = text.encode("mac_cyrillic").decode("utf-8", errors="ignore")
    except UnicodeError:
        return text
    chinese = sum(1 for character in decoded if "\u3000" <= character <= "\uffee")
    return decoded if chinese * 6 >= len(text) else text


def _unshift(text: str) -> str:
    """Undo a lost lead byte: GBK text read one byte late until the next ASCII trail byte.

    ``?。ㄈ`` + private characters is ``（三）...``: the bytes are right, the pairing is off by one.
    """
    position = text.find("?")
    if position < 0:
        return text
    head, tail = text[:position], text[position + 1 :]
    if not re.search(r"[\ue000-\uf8ff]", tail[:40]):
        return text
    try:
        mended = tail.encode("gb18030")[1:].decode("gb18030")
    except UnicodeError:
        return text
    return head + mended if not re.search(r"[\ue000-\uf8ff]", mended) else text


def _simplify(drafts: list[_Draft], repairs: _Repairs) -> None:
    sample = "".join(draft.text for draft in drafts)
    counts = Counter(sample)
    chinese = sum(n for character, n in counts.items() if "\u4e00" <= character <= "\u9fff")
    marks = sum(counts[character] for character in _TRADITIONAL)
    if marks < 3 or marks < 0.03 * chinese:
        return
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    for draft in drafts:
        draft.text = _zhuo(convert(draft.text))
        draft.cells = tuple(convert(cell) for cell in draft.cells)
    repairs.note(None, "繁体已转为简体", "traditional-converted")


def _zhuo(text: str) -> str:
    """OpenCC keeps 著 where Simplified text writes 着."""
    return re.sub("著(?=[力手眼重实])|(?<=沿|随|朝|围)著", "着", text)


def _without_second_copy(drafts: list[_Draft], repairs: _Repairs) -> list[_Draft]:
    """Drop a second copy of the whole text (a page that was pasted or scraped twice)."""
    if copies := _whole_copies(drafts):
        once = len(drafts) // copies
        what = f"全文出现 {copies} 遍，略去重复的 {len(drafts) - once} 段"
        gone = {id(draft) for draft in drafts[once:]}
        repairs.notes = [note for note in repairs.notes if id(note[0]) not in gone]
        repairs.note(drafts[0], what, "second-copy")
        drafts = drafts[:once]
    first: dict[str, int] = {}
    keys = [comparable(draft.text) if len(draft.text) >= 4 else "" for draft in drafts]
    repeated: list[int] = []
    for index, key in enumerate(keys):
        if not key:
            continue
        if key in first:
            repeated.append(index)
        else:
            first[key] = index
    long = [index for index in repeated if len(keys[index]) >= 60]
    if len(long) < 3:
        return drafts
    copied = sum(len(keys[index]) for index in repeated)
    begin = next((index for index in repeated if len(keys[index]) >= 30), long[0])
    at, found = first[keys[begin]], begin
    while at and begin > at + 1 and drafts[begin - 1].text == drafts[at - 1].text:
        at, begin = at - 1, begin - 1  # its title, number and addressees are short
    rest = sum(len(key) for key in keys[begin:])
    if copied < 0.6 * rest or at > begin // 2:
        return drafts
    drop = {*range(begin, found), *(index for index in repeated if index >= found)}
    copies = 1 + max(Counter(keys[index] for index in long).values())
    what = f"全文出现 {copies} 遍，略去重复的 {len(drop)} 段"
    gone = {id(drafts[index]) for index in drop}
    repairs.notes = [note for note in repairs.notes if id(note[0]) not in gone]
    repairs.note(drafts[at], what, "second-copy")
    return [draft for index, draft in enumerate(drafts) if index not in drop]


def _whole_copies(drafts: list[_Draft]) -> int:
    """How often the text is exactly repeated, however short it is; 0 when it is not."""
    texts = [draft.text for draft in drafts]
    for copies in (2, 3, 4):
        once, left = divmod(len(texts), copies)
        if not left and once >= SHORTEST_COPY and texts == texts[:once] * copies:
            return copies
    return 0


def _without_furniture(drafts: list[_Draft], repairs: _Repairs) -> list[_Draft]:
    """Drop what a site prints around the document; two such lines near the end open its foot."""
    drafts = [draft for draft in drafts if draft.cells or not _CRUMB.match(draft.text)]
    marked = [index for index, draft in enumerate(drafts) if _FURNITURE.match(draft.text)]
    if not marked:
        return drafts
    foot = len(drafts)
    late = [index for index in marked if index > len(drafts) * 0.5]
    for index in late:
        below = drafts[index:]
        count = sum(1 for draft in below if _FURNITURE.match(draft.text))
        words = max(len(draft.text) for draft in below)
        if count >= 2 and (words < 120 or count >= 0.3 * len(below)) and len(below) < 40:
            foot = index
            break
    drop = set(marked) | set(range(foot, len(drafts)))
    what = f"略去网页框架文字 {len(drop)} 行"
    repairs.note(None, what, "furniture-removed")
    repairs.dropped = [drafts[index].text for index in sorted(drop)]
    return [draft for index, draft in enumerate(drafts) if index not in drop]


def _with_tables(drafts: list[_Draft], repairs: _Repairs) -> list[_Draft]:
    """Make tables again of what stands one cell a line."""
    texts = ["" if draft.cells else draft.text for draft in drafts]
    whole: list[_Draft] = []
    done = 0
    for table in flat_tables(texts):
        whole += drafts[done : table.start]
        rows = [
            tuple(texts[at : at + table.width]) for at in range(table.start, table.end, table.width)
        ]
        made = [_Draft("\t".join(row), cells=row) for row in rows]
        repairs.note(made[0], f"逐行排列的单元格已还原为 {len(made)} 行的表格", "table-restored")
        whole += made
        done = table.end
    return whole + drafts[done:]


def _assemble(drafts: list[_Draft], repairs: _Repairs) -> CleanText:
    lines: list[Line] = []
    spans: dict[int, tuple[int, int]] = {}
    position = 0
    for draft in drafts:
        line = Line(draft.text, position, draft.level, draft.cells)
        lines.append(line)
        spans[id(draft)] = (line.start, line.end)
        position = line.end + 1
    text = "\n".join(line.text for line in lines)
    doubts = tuple(
        Doubt(span=spans.get(id(draft), (0, 0)), what=what, slug=slug)
        for draft, what, slug in repairs.notes
    )
    return CleanText(text, tuple(lines), doubts, tuple(repairs.dropped))
