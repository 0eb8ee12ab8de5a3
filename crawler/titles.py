"""The headline of a page, without the site's name. Pure.

Hides: which words of a page are its title. What the page states (ArticleTitle) is believed first,
then what its list said, then the heading that ``<title>`` repeats or that stands above the
dateline, then ``<title>`` itself without the parts that name site and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from crawler.furniture import is_dateline, is_furniture, names_hosts
from crawler.markup import Element, Line, all_text
from pipeline.text import comparable, squeeze

__all__ = ["find_title"]

_SEPARATOR = re.compile(r"\s*(?:_{1,3}|<|>|\||｜|--+|——+|-|–|—|::|>>|»|·|@)\s*")
_TITLE_MARK = re.compile(
    r"title|^bt$|biaoti|headline|heading|^tit$|^h1$|_tit|tit_|wzbt|hd", re.IGNORECASE
)
_NOT_TITLE = re.compile(
    r"^(首页|当前位置|您的?位置|你的位置|无标题文档|文章|正文|详细内容|内容|新闻|文章内容|新闻中心|信息公开|政务公开|通知公告|工作动态|详情|详细页|网站首页|文章正文)|当前位置|您现在的位置"
)


def find_title(
    root: Element,
    all_lines: list[Line],
    meta: Mapping[str, str],
    *,
    ruled: str,
    list_title: str,
    site_names: Iterable[str],
    first: int,
) -> str:
    """The title without the site's name; ``first`` is the number of the body's first line."""
    names = [
        comparable(name)
        for name in (*site_names, meta.get("sitename", ""), meta.get("og:site_name", ""))
        if name
    ]
    if ruled:
        return ruled
    given = meta.get("articletitle", "")
    if len(comparable(given)) >= 2:
        return given
    node = root.find(".//title")
    whole = squeeze(all_text(node)) if node is not None else ""
    names += _owners(whole, all_lines)
    whole_key = comparable(whole)
    stem = re.sub(r"\s*(?:\.{2,}|…+)\s*$", "", squeeze(list_title))
    listed = stem if stem == squeeze(list_title) else ""
    key = comparable(stem)
    if len(key) >= 4:
        if listed and (key in whole_key or any(comparable(line.text) == key for line in all_lines)):
            return listed
        full = [line.text for line in all_lines if comparable(line.text).startswith(key)]
        if not listed and full and len(full[0]) <= 120:
            return full[0]
    headline = "" if whole_key in names else whole_key
    best = _heading(all_lines, headline, names, first)
    if best:
        return _joined(all_lines, best, headline)
    for name in ("og:title", "twitter:title"):
        value = _without_site(meta.get(name, ""), names)
        if len(comparable(value)) >= 4 and comparable(value) not in names:
            return value
    called = _named(all_lines, first)
    if called:
        return called
    stripped = _without_site(whole, names)
    if stripped and comparable(stripped) not in names and not _NOT_TITLE.match(stripped):
        return stripped
    nameless = "" if comparable(stripped) in names else stripped
    return listed or squeeze(list_title) or nameless or _right_above(all_lines, first) or stripped


_SITE = re.compile(
    r"(?:网|网站|门户|在线|频道|政府|日报|晚报|新闻|中心|局|厅|委员会|首页|博客|论坛|百科)$"
)
_CRUMBS = re.compile(r"^.{2,20}?\s*(?:>+|›|»|→|-->)\s*\S")


def _is_of_site(text: str) -> bool:
    """A footer's line, or one that tells where in the site the page is."""
    return is_furniture(text) or names_hosts(text) or bool(_CRUMBS.match(text))


def _owners(whole: str, all_lines: list[Line]) -> list[str]:
    """The parts of <title> that name whose site it is: what footer or crumbs say, too."""
    parts = [part for part in _SEPARATOR.split(whole) if 4 <= len(part) <= 20]
    return [
        comparable(part)
        for part in parts
        if any(_owns(part, line.text, alone=len(parts) == 1) for line in all_lines)
    ]


def _owns(part: str, text: str, *, alone: bool) -> bool:
    """Whether a line says that ``part`` is the site: by its kind of name, or as the first of the crumbs
    where it is all that <title> has."""
    if part not in text or not _is_of_site(text):
        return False
    return bool(_SITE.search(part)) or (
        alone and text.startswith(part) and bool(_CRUMBS.match(text))
    )


def _heading(all_lines: list[Line], whole: str, names: list[str], first: int) -> str:
    """The heading that the page's <title> repeats; else the line above the dateline."""
    best, best_score = "", 0.0
    stem = whole[:10]
    known = bool(stem) and any(
        stem in comparable(line.text) and not _is_of_site(line.text) for line in all_lines
    )
    dateline = next(
        (
            n
            for n, line in enumerate(all_lines)
            if n <= first + 3 and is_dateline(line.text) and n > 0
        ),
        -1,
    )
    for number, line in enumerate(all_lines):
        text = _title_text(line)
        whole_of_title = line.heading and whole.startswith(comparable(text))
        if not (2 if whole_of_title else 4) <= len(text) <= 120 or "\t" in text:
            continue
        key = comparable(text)
        if (
            len(key) < (2 if whole_of_title else 4)
            or key in names
            or _NOT_TITLE.search(text)
            or is_dateline(text)
            or _FIGURE.search(text)
            or (_CRUMBS.match(text) and any(key.startswith(name) for name in names))
        ):
            continue
        marks = f"{line.parent.get('class') or ''} {line.parent.get('id') or ''}"
        marked = line.heading or any(_TITLE_MARK.search(mark) for mark in marks.split())
        score = 0.0
        if len(whole) >= 4 and key in whole:
            score = (
                6 + 4 * len(key) / len(whole)
                if whole.startswith(key)
                else 3 + 4 * len(key) / len(whole)
            )
        elif whole and len(whole) >= 8 and whole in key:
            score = 7
        if marked:
            score += 1.5 + (1.0 if line.heading else 0.0)
        if 0 <= dateline - number <= 2 and dateline > number:
            score += 2.5 - 0.5 * (dateline - number)
        here = first - 2 <= number <= first
        over_dateline = dateline - number == 1 and number >= first - 4
        if line.links > 0.5 * len(text) and not (marked and here) and not over_dateline:
            score -= 3
        if number < first - 1 and _heads_links(all_lines, number):
            score -= 4
        if number > first + 2:
            score -= 2 if number <= first + 6 else 6  # a footer has headings, too
        if known is False and number <= first + 1:
            score += _looks_large(line) if not line.links else 0.0
            if here or number == first + 1:
                score += 1.5 if first - 1 <= number <= first else 0.5
            elif line.heading and first - 12 < number < first and not line.links:
                score += 1
            if text.endswith(("。", "；")):
                score -= 2
        if score > best_score and score >= 2.5:
            best, best_score = text, score
    return best


_FIGURE = re.compile(r"[:：]$|^[^:：]{1,6}[:：]\s*[\d/.-]+$")
"""A label, or a label with its figure: 能力值:5458."""
_CALLED = re.compile(r"^(?:帖子)?(?:主\s*题|标\s*题|题\s*目)\s*[:：]\s*")
_SIGNS = re.compile(r"(?:\s*[-—|_])+$|^[\s*#·•●■◆]+")


def _title_text(line: Line) -> str:
    """A line as a title: without 主题： before it, and a date or signs behind it."""
    text = line.text
    if "\t" in text:
        head, _, rest = text.partition("\t")
        text = head if is_dateline(rest) else text
    return _SIGNS.sub("", _CALLED.sub("", text)).strip()


def _heads_links(all_lines: list[Line], number: int) -> bool:
    """Whether what follows is a box of links: 最新评论, 分类, 友情链接 head those, no article."""
    after = all_lines[number + 1 : number + 3]
    return bool(after) and all(line.links >= 0.7 * len(line.text) for line in after)


_NAMED = re.compile(r"^(?:主\s*题|标\s*题|题\s*目)\s*[:：]\s*(?P<title>[^\t]{4,120})$")


def _named(all_lines: list[Line], first: int) -> str:
    """What stands behind 标题 or 主题 near the body's beginning; '' where nothing does."""
    for line in all_lines[max(0, first - 10) : first + 3]:
        found = _NAMED.match(line.text)
        if found:
            return squeeze(found["title"])
    return ""


def _right_above(all_lines: list[Line], first: int) -> str:
    """The line over the body, or at its beginning, of a page that says nothing of its title at all;
    '' where that is navigation."""
    for line in [*reversed(all_lines[max(0, first - 2) : first]), *all_lines[first : first + 2]]:
        text = _title_text(line)
        plain = not re.search(r"[>|›»\t]|[。；：:]$", text) and not _NOT_TITLE.search(text)
        if 6 <= len(text) <= 60 and plain and not is_dateline(text):
            return text
    return ""


def _joined(all_lines: list[Line], part: str, whole: str) -> str:
    """A heading broken over several lines, put together when <title> has it in one."""
    number = next(n for n, line in enumerate(all_lines) if _title_text(line) == part)
    head = all_lines[number].parent
    title = part
    for line in all_lines[number + 1 : number + 4]:
        text = line.text
        if line.parent is not head and line.parent.attrib != head.attrib:
            break
        if len(comparable(text)) < 2 or comparable(title + text) not in whole:
            break
        title += text
    return title


_LARGE = re.compile(
    r"font-weight\s*:\s*(?:bold|[6-9]00)|font-size\s*:\s*(?:1[6-9]|[2-9]\d)(?:px|pt)", re.I
)


def _looks_large(line: Line) -> float:
    """Bold or large letters, and centred: how old sites set a title."""
    node = line.parent
    value = 0.0
    if _LARGE.search(node.get("style") or "") or any(
        child.tag in ("b", "strong", "font") and len(all_text(child)) >= 0.9 * len(line.text)
        for child in node.iter("b", "strong", "font")
    ):
        value += 1.5
    if node.get("align") == "center" or "center" in (node.get("style") or ""):
        value += 1.0
    return value


def _without_site(title: str, names: list[str]) -> str:
    """``title`` without the parts after (or before) a separator that name site and column."""
    parts = [part for part in _SEPARATOR.split(title) if part.strip()]
    if len(parts) <= 1:
        return title.strip()
    kept = [part for part in parts if comparable(part) not in names]
    if not kept:
        return title.strip()
    while (
        len(kept) > 1
        and len(kept[-1]) <= 16
        and (_SITE.search(kept[-1]) or len(kept[-1]) <= 6 or len(kept[-1]) < len(kept[0]))
    ):
        kept.pop()
    longest = max(kept, key=len)
    if len(kept) > 1:
        begin = title.find(kept[0])
        end = title.rfind(kept[-1]) + len(kept[-1])
        return title[begin:end].strip() if begin >= 0 else longest
    return longest.strip()
