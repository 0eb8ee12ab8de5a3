"""Where the article's own words stand on a page. Pure.

Hides: how the body is told from navigation, comments and footers. A container a CMS is known to
use is believed when it holds real text; otherwise the run of lines with the best sum of scores is
taken (long lines with Chinese punctuation count for, links and short lines against), so bare text
with ``<br>`` and table markup need no paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Literal

from crawler.dates import first_date
from crawler.furniture import PUNCTUATION, is_furniture, is_record, names_hosts
from crawler.markup import Element, Line

__all__ = ["Body", "find_body", "is_article", "is_of_others"]

# Containers that only ever hold the article.
_STRONG = re.compile(
    r"^(?:TRS_Editor|TRS_UEDITOR|trs_editor_view|Custom_UnionStyle|xl-cont|UCAP-CONTENT|vsb_content\w*|v_news_content"
    r"|zoom|artibody|article_?content|articleContent|arti_content|wp_articlecontent|rm_txt_con|pages_content|p-detail"
    r"|TRS_PreAppend|conTxt|news_content|newsContent|content_area|bt-content|cont_txt|main-text|text_content"
    r"|view-content|info_content|articleText|Cnt-Main-Article-QQ|endText|post_text|post_body|text_area|detail_content"
    r"|js_content|rich_media_content|xxgk_content|zwxl-article|scroll_cont|gsj_htmlcon_bot|ivs_content|news_con"
    r"|article-body|articleBody|story-body|print_content|printContent|maincontent_text|j-content|art_content)$",
    re.IGNORECASE,
)
# Containers that may also hold navigation.
_WEAK = re.compile(
    r"^(?:content|contents|con|cont|text|article|article_?con|article-con|main_?text|main_?con\w*|neirong|nr|zhengwen|detail|details"
    r"|article-detail|news_?text|newstext|show_content|info|body|article_txt|articletxt|left_zw|text_con|news-con|entry"
    r"|entry-content|post-content|story|box_con|txt|cont_bd|c_content|pagecontent|contentbox|w1200_con)$",
    re.IGNORECASE,
)
_NO_CONTAINER = frozenset(("p", "a", "li", "h1", "h2", "h3", "h4", "h5", "h6"))
"""A class of these names one paragraph's looks."""
_BOX_LINES = 10
"""A longer box between two paragraphs divides two articles."""
_FOOTER = re.compile(r"foot|bottom|copyright|banquan|db_|^btm", re.IGNORECASE)
_ASIDE = re.compile(
    r"^(?:[a-z0-9]+[-_])?(?:comments?|feedback|reply|replies|relat\w*|recommend\w*|sidebar|share|hot\w{0,5}|rank\w{0,4}|xgyd|xglj|yqlj"
    r"|friend\w*|nav|menu|breadcrumb\w*|crumbs?|pinglun|tuijian|banner|copyright|footer)(?:[-_]\w+)?$",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"^(?:[a-z0-9]+[-_])?(?:comments?|feedback|reply|replies|relat\w*|recommend\w*|sidebar|hot\w{0,5}|rank\w{0,4}|xgyd|xglj|pinglun|tuijian)"
    r"(?:[-_]\w+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Body:
    """The article's lines as found, and the element that holds them (None for a bare run)."""

    lines: list[Line]
    element: Element | None
    named: bool


@dataclass(slots=True)
class _Span:
    """Lines ``start`` to ``stop`` (exclusive) stand under one element; what their scores above 0 and
    their characters outside links add up to."""

    start: int
    stop: int
    good: float
    chars: int


def _score(line: Line, asides: dict[Element, bool]) -> float:
    """How much a line looks like prose; negative for navigation, comments and lists."""
    words = _short_words if len(line.text) <= _MENU else _words
    value = words(line.text, line.links)
    if _in_aside(line.parent, asides):
        value = min(value, 0.0) - 20
    return value


def _words(text: str, links: int) -> float:
    """What a line's words alone say of that; ``links`` of its characters stand in links."""
    plain = len(text) - links
    signs = len(PUNCTUATION.findall(text))
    value = float(plain) if signs else plain * 0.4
    if signs and plain > 40:
        value += min(signs, 10) * 2
    value -= 2.0 * links + (10 if links else 5)
    if is_furniture(text) or is_record(text):
        value = min(value, 0.0) - 60
    elif names_hosts(text):
        value = min(value, 0.0) - 15  # no reason to go on, nor to stop: an event has hosts, too
    return value


_MENU = 30
"""Characters; what is no longer is mostly menu and footer, the same on all pages of a site."""
_short_words = lru_cache(maxsize=4096)(_words)


def is_of_others(line: Line) -> bool:
    """Whether a line belongs to comments or other articles by the names of its elements."""
    return any(
        _OTHERS.search(mark)
        for above in (line.parent, *line.parent.iterancestors())
        for mark in _marks(above)
    )


def _in_aside(node: Element, asides: dict[Element, bool]) -> bool:
    """Whether ``node`` stands in comments, related reading or the like; answers are kept."""
    known = asides.get(node)
    if known is None:
        above = node.getparent()
        known = asides[node] = (
            (above is not None and _in_aside(above, asides))
            or node.tag in ("aside", "nav", "footer")
            or _is_aside(node.get("class"), node.get("id"))
        )
    return known


@lru_cache(maxsize=2048)  # all pages of a site have the same
def _is_aside(classes: str | None, ident: str | None) -> bool:
    return any(_ASIDE.search(mark) for mark in _marks_of(classes, ident))


def find_body(all_lines: list[Line], rule: list[Element] | None = None) -> Body:
    """Find the body among ``all_lines`` (the lines of a page); ``rule`` are the elements a
    site's own rule found."""
    asides: dict[Element, bool] = {}
    scores = [_score(line, asides) for line in all_lines]
    spans = _spans(all_lines, scores)
    if rule:
        kept = [line for node in rule if node in spans for line in _under(all_lines, spans[node])]
        if kept:
            return Body(kept, rule[0] if len(rule) == 1 else None, True)
    start, stop, best = _best_run(scores)
    named = _named(spans, all_lines, best)
    if named is not None:
        span = spans[named]
        if _is_strong(named):
            return Body(_under(all_lines, span), named, True)
        start, stop, _ = _best_run(scores[span.start : span.stop])
        return _around(all_lines, spans, span.start + start, span.start + stop, named)
    if best <= 0:
        return Body([], None, False)
    return _around(all_lines, spans, start, stop)


def _spans(all_lines: list[Line], scores: list[float]) -> dict[Element, _Span]:
    """The lines under each element that has any: they follow each other, so each element is looked at
    when its first and when its last line comes, and not for every line."""
    starts: dict[Element, int] = {}
    for number, line in enumerate(all_lines):
        node: Element | None = line.parent
        while node is not None and node not in starts:
            starts[node] = number
            node = node.getparent()
    stops: dict[Element, int] = {}
    for number in range(len(all_lines), 0, -1):
        node = all_lines[number - 1].parent
        while node is not None and node not in stops:
            stops[node] = number
            node = node.getparent()
    good = list(accumulate((max(score, 0.0) for score in scores), initial=0.0))
    chars = list(accumulate((line.plain for line in all_lines), initial=0))
    return {
        node: _Span(
            start, stops[node], good[stops[node]] - good[start], chars[stops[node]] - chars[start]
        )
        for node, start in starts.items()
    }


def _under(all_lines: list[Line], span: _Span) -> list[Line]:
    return all_lines[span.start : span.stop]


def _best_run(scores: list[float]) -> tuple[int, int, float]:
    """The stretch of lines with the highest sum of scores."""
    best = here = 0.0
    start = begin = stop = 0
    for number, value in enumerate(scores):
        if here <= 0:
            here, begin = value, number
        else:
            here += value
        if here > best:
            best, start, stop = here, begin, number + 1
    return start, stop, best


def _marks(node: Element) -> list[str]:
    return _marks_of(node.get("class"), node.get("id"))


def _marks_of(classes: str | None, ident: str | None) -> list[str]:
    marks = classes.split() if classes else []
    if ident:
        marks.append(ident.strip())
    return marks


def _is_strong(node: Element) -> bool:
    return _container(node.get("class"), node.get("id")) == "strong"


@lru_cache(maxsize=2048)  # all pages of a site have the same
def _container(classes: str | None, ident: str | None) -> Literal["strong", "weak", ""]:
    """Whether an element so named holds the article, and nothing else."""
    marks = _marks_of(classes, ident)
    if any(_STRONG.match(mark) for mark in marks):
        return "strong"
    return "weak" if any(_WEAK.match(mark) for mark in marks) else ""


def _in_footer(node: Element) -> bool:
    for above in (node, *node.iterancestors()):
        if above.tag == "footer" or any(_FOOTER.search(mark) for mark in _marks(above)):
            return True
    return False


def _named(spans: dict[Element, _Span], all_lines: list[Line], best: float) -> Element | None:
    """The container a CMS marks as the article's, when it holds enough of the page's prose."""
    found: list[tuple[float, int, Element]] = []
    sure: set[Element] = set()
    for node, span in spans.items():
        kind = _container(node.get("class"), node.get("id"))
        if not kind or node.tag in _NO_CONTAINER or _in_footer(node):
            continue
        strong = kind == "strong"
        inside = _under(all_lines, span)
        links = sum(line.links for line in inside)
        if links > span.chars:
            continue
        enough = (
            span.good >= 0.5 * best
            if not strong
            else (span.good >= 0.25 * best or (span.chars >= 60 and span.good >= 0.1 * best))
        )
        if span.chars >= 15 and enough:
            found.append((span.good, span.stop - span.start, node))
            if strong:
                sure.add(node)
    if not found:
        return None
    most = max(good for good, _, _ in found)
    near = [entry for entry in found if entry[2] in sure and entry[0] >= 0.8 * most]
    near = near or [entry for entry in found if entry[0] >= 0.92 * most]
    return min(near, key=lambda entry: entry[1])[2]


def _around(
    all_lines: list[Line],
    spans: dict[Element, _Span],
    start: int,
    stop: int,
    within: Element | None = None,
) -> Body:
    """The element around the run (``within``, where given), when it holds little else; else
    the run and its siblings."""
    run = all_lines[start:stop]
    chars = sum(line.plain for line in run)
    node: Element | None = within if within is not None else run[0].parent
    while node is not None and not (spans[node].start <= start and spans[node].stop >= stop):
        node = node.getparent()
    if node is None:
        return Body(run, None, False)
    span = spans[node]
    inside = _under(all_lines, span)
    links = sum(line.links for line in inside)
    if chars >= 0.8 * (span.chars + links):
        own = set(map(id, run))
        asides: dict[Element, bool] = {}
        kept = [
            k
            for k in inside
            if id(k) in own or not (_in_footer(k.parent) or _in_aside(k.parent, asides))
        ]
        return Body(kept, node, False)
    first, last = start, stop
    gaps = _far_paragraphs(all_lines, span, start, stop)
    while first > span.start and _sibling(all_lines[first - 1], all_lines[first]):
        first -= 1
    while last < span.stop and _sibling(all_lines[last], all_lines[last - 1]):
        last += 1
    if last < len(all_lines) and is_furniture(all_lines[last].text):
        while last > stop and names_hosts(all_lines[last - 1].text):
            last -= 1  # the site's, not an event's
    found = all_lines[first:last]
    far_before = [line for number, line in gaps if number < first]
    far_after = [line for number, line in gaps if number >= last]
    return Body([*far_before, *found, *far_after], within, within is not None)


def _far_paragraphs(
    all_lines: list[Line], span: _Span, start: int, stop: int
) -> list[tuple[int, Line]]:
    """Paragraphs of the article beyond a box set into it: prose under the same class of paragraph;
    of paragraphs without a class those in the same element."""
    own = [line.parent for line in all_lines[start:stop] if line.parent.tag == "p"]
    kinds = {node.get("class") for node in own}
    if len(kinds) != 1:
        return []
    kind = kinds.pop()
    holders = {node.getparent() for node in own}
    found = []
    for way in (range(start - 1, span.start - 1, -1), range(stop, span.stop)):
        gap = 0
        for number in way:
            line = all_lines[number]
            gap += 1
            if gap > _BOX_LINES or (len(line.text) < 80 and first_date(line.text)):
                break  # too far, or another entry begins
            same = line.parent.tag == "p" and line.parent.get("class") == kind
            same = same and (bool(kind) or line.parent.getparent() in holders)
            if same and line.plain > 20 and not line.links and PUNCTUATION.search(line.text):
                found.append((number, line))
                gap = 0
    return sorted(found, key=lambda entry: entry[0])


def _sibling(line: Line, other: Line) -> bool:
    """Whether a short line beside the run belongs to it: same parent, or like paragraphs."""
    if line.links > line.plain or is_furniture(line.text):
        return False
    if line.parent is other.parent:
        return True
    if line.parent.getparent() is not other.parent.getparent():
        return False
    like = line.parent.tag == other.parent.tag
    return like and (
        line.parent.tag == "p"
        or (line.parent.tag == "div" and line.parent.get("class") == other.parent.get("class"))
    )


_TEMPLATE = re.compile(r"\$\{[\w.]+\}|\{\{[^{}]+\}\}|<%=")
_SHORT = 60
_LINKED_LINES = 5


_GONE = re.compile(
    r"(?:页面|网页|文章|信息|内容|文件|访问的).{0,12}(?:不存在|已(?:经|被)*(?:删除|移除|下线)|找不到|未找到|无法访问)|^\W*404\b"
)
_TEASER = re.compile(
    r"(?:\.{3,}|…+)\s*(?:[\[【(（]?(?:详细|详情|全文|更多|查看).{0,6}|\d{1,2}-\d{1,2})?$"
)
"""How the first words of an article end on a page that leads to it."""


def is_article(found: Sequence[Line], text: str) -> bool:
    """Whether the lines ``found`` read like an article, on a page that does not say that it is one:
    neither a few words without a sentence, nor rows of links, nor a template never filled in, nor
    an error, nor the beginning of an article that stands elsewhere."""
    if len(text) < 2 * _SHORT and (_GONE.search(text) or _TEASER.search(text)):
        return False
    if not text or (len(_TEMPLATE.findall(text)) >= 1 and len(text) < 400):
        return False
    if len(text) < _SHORT and not re.search(r"[。！？]", text):
        return False
    linked = sum(line.links >= 0.5 * len(line.text) for line in found)
    return linked < _LINKED_LINES or linked < 0.4 * len(found)
