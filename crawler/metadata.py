"""What a page says of its article's origin: meta tags and outlet. Pure.

Hides: how 来源 is written, and which of the values are nobody: a counter, the site itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import lxml.html

from crawler.markup import Element, all_text
from pipeline.text import squeeze

__all__ = ["find_outlet", "meta_tags"]


_LINKED_DATA = re.compile(
    r"\"(?P<name>datePublished|pubDate)\"\s*:\s*\"(?P<value>[^\"]{8,40})\"", re.IGNORECASE
)


def meta_tags(root: Element) -> dict[str, str]:
    """The page's meta tags by lower-case name, markup inside removed; the first one wins. With them
    what linked data says of the day (``ld:datepublished``), and the one ``<time>`` of a page."""
    found: dict[str, str] = {}
    for node in root.iter("meta"):
        name = node.get("name") or node.get("property") or node.get("itemprop")
        content = node.get("content")
        if not name or not content:
            continue
        value = plain(content)
        if value:
            found.setdefault(name.strip().lower(), value)
    for node in root.iter("script"):
        if "ld+json" in (node.get("type") or ""):
            for match in _LINKED_DATA.finditer(node.text or ""):
                found.setdefault(f"ld:{match['name'].lower()}", match["value"])
    moments = {node.get("datetime") or "" for node in root.iter("time")} - {""}
    if len(moments) == 1:  # with more, they are those of other articles, too
        found["time:datetime"] = moments.pop()
    return found


def plain(value: str) -> str:
    """Text without the markup some sites leave in attributes."""
    if "<" in value and ">" in value:
        value = all_text(lxml.html.fragment_fromstring(value, create_parent="div"))
    return squeeze(value)


_LABELS = (
    r"(?:发布|发表|时间|日期|作者|编辑|责编|责任|字号|字体|浏览|点击|阅读|访问|打印|分享|发稿|录入|供稿|审核|查看|评论|人气|关注|"
    r"更新|记者|摄影|通讯员|编校|上传|来源|稿源|收藏|撰稿|网友评论|转载|所属分类|标签|第\d)"
)
_STOP = rf"(?=\s{{2,}}|[|｜，。；;【\[\]】]|\s*[（(）)]|\s+{_LABELS}|\s*{_LABELS}[\u4e00-\u9fff]{{0,2}}\s*[:：]|\s*(?:20|19)\d\d[-/.年]|\s*大\s*中\s*小|\s*$)"
_SOURCE = re.compile(
    r"(?:文章出处|稿件来源|(?<![料片据材费金])来\s*源|稿\s*源|發文單位)\s*(?:于|自)?\s*[:：](?!\s*"
    + _LABELS
    + r"[\u4e00-\u9fff]{0,3}\s*[:：])\s*(?P<value>[^\n]{1,60}?)"
    + _STOP,
    re.MULTILINE,
)
_REPRINT = re.compile(
    r"(?:转自|摘自|转载自|原载于?|刊于|刊载于)\s*[:：]?\s*《(?P<titled>[^》\n]{2,20})》"
    r"|^《(?P<paper>[^》\n]{2,14})》\s*[（(]\s*(?:19|20)\d{2}\s*年"
    r"|^[（(【]?\s*(?:转自|摘自|转载自|原载)\s*[:：]\s*(?P<bare>[\w·“”]{2,20})\s*[）)】]?$",
    re.MULTILINE,
)
"""How a reprint names its paper below the article."""
_NAMED = r"[\u4e00-\u9fff·]{2,12}(?:报|網|网|社|刊|台|杂志|客户端)"
_DAY = (
    r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?"
)
_IN_DATELINE = re.compile(
    rf"^(?:\S{{1,40}}\s+)?{_DAY}\s*(?:《(?P<titled>[^》\n]{{2,20}})》|(?P<after>{_NAMED}))$|^(?P<before>{_NAMED})\s*{_DAY}$",
    re.MULTILINE,
)
"""A dateline that names its paper without saying that it does."""
_ISSUER = re.compile(
    r"(?:发布机构|发布单位|发文机关|发文单位)\s*[:：\t]\s*(?P<value>[^\s:：]{2,40})(?=\s|$)"
)
_END = 60
"""Characters at the end of an article in which its source may stand in brackets."""
_OWN = re.compile(r"^(?:本站|本网|本站原创|本网讯|原创|本报|本局|本站讯|局网站|本网站)$")


_NO_OUTLET = re.compile(
    r"^(?:(?:网络)?转载(?:文章)?|网络|互联网|网络整理|不详|未知|佚名|其他|其它|综合|无|null|none|admin\w*|\d+)$",
    re.I,
)


def _outlet(said: str, own: str) -> str:
    """A stated outlet; ``own`` for 本站, '' for nobody."""
    value = squeeze(said).strip(" :：·-—[【(（]】)）")
    if _OWN.match(value):
        return own
    return "" if _NO_OUTLET.match(value) or not re.search(r"\w", value) else value


def find_outlet(
    head: str, tail: str, meta: Mapping[str, str], *, ruled: str, own: str, body: str = ""
) -> str:
    """The printed 来源, where there is none the office that issued the page or the paper it is
    reprinted from; ``own`` is what the source calls itself, used for 本站 and for none. A page
    without a declared source has the site's own name for 本站 only.

    Args:
        head: the lines around the dateline; ``tail``, those right below the body.
        meta: the page's meta tags.
        ruled: what a site's own rule found.
        own: the declared source's name, '' without one.
        body: the article's text, whose end may name its source in brackets.
    """
    here = own or meta.get("sitename", "")
    for said in (ruled, meta.get("contentsource", "")):
        if squeeze(said):
            return _outlet(_SOURCE.sub(lambda match: match["value"], squeeze(said)), here) or own
    for said in _printed(head, tail, body[-_END:]):
        if re.search(r"\w", said) and len(squeeze(said)) <= 40 and (value := _outlet(said, here)):
            stated = meta.get("source", "")  # a second link beside it is the site that found it
            return stated if stated and value.startswith(f"{stated} ") else value
    value = meta.get("mediaid", "") or meta.get("source", "")
    return (_outlet(value, here) or own) if value and len(value) <= 30 else own


def _printed(head: str, tail: str, end: str) -> Iterator[str]:
    """What the page prints of its article's source, the surest first."""
    datelines = [match.groupdict() for match in _IN_DATELINE.finditer(head)]
    yield from (match["value"] for match in _SOURCE.finditer(head))
    yield from (said for line in datelines if (said := line["titled"] or line["after"]))
    yield from (match["value"] for match in _SOURCE.finditer(tail))
    bracket = max(end.rfind("（"), end.rfind("("))
    if bracket >= 0:
        yield from (match["value"] for match in _SOURCE.finditer(end[bracket:]))
    yield from (line["before"] for line in datelines if line["before"])
    yield from (match["value"] for match in _ISSUER.finditer(head))
    yield from (_said(match) for text in (end, tail) for match in _REPRINT.finditer(text))


def _said(match: re.Match[str]) -> str:
    """The one group of ``match`` that took part."""
    return next(value for value in match.groups() if value)
