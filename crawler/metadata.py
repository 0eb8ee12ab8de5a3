"""What a page says of its article's origin: meta tags and outlet. Pure.

Hides: how 来源 is written, and which of the values are nobody: a counter, the site itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import lxml.html

from crawler.markup import Element, all_text
from pipeline.text import squeeze

__all__ = ["find_outlet", "meta_tags"]


def meta_tags(root: Element) -> dict[str, str]:
    """The page's meta tags by lower-case name, markup inside removed; the first one wins."""
    found: dict[str, str] = {}
    for node in root.iter("meta"):
        name = node.get("name") or node.get("property") or node.get("itemprop")
        content = node.get("content")
        if not name or not content:
            continue
        value = plain(content)
        if value:
            found.setdefault(name.strip().lower(), value)
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
_STOP = rf"(?=\s{{2,}}|[|｜，。；;【\[\]】]|\s*[（(]|\s+{_LABELS}|\s*{_LABELS}[\u4e00-\u9fff]{{0,2}}\s*[:：]|\s*(?:20|19)\d\d[-/.年]|\s*大\s*中\s*小|\s*$)"
_SOURCE = re.compile(
    r"(?:稿件来源|信息来源|文章来源|新闻来源|来\s*源|稿\s*源|發文單位)\s*(?:于|自)?\s*[:：](?!\s*"
    + _LABELS
    + r"[\u4e00-\u9fff]{0,3}\s*[:：])\s*(?P<value>[^\n]{1,60}?)"
    + _STOP,
    re.MULTILINE,
)
_OWN = re.compile(r"^(?:本站|本网|本站原创|本网讯|原创|本报|本局|本站讯|局网站|本网站)$")


_NO_OUTLET = re.compile(
    r"^(?:(?:网络)?转载(?:文章)?|网络|互联网|网络整理|不详|未知|佚名|其他|其它|综合|无|null|none|admin\w*|\d+)$",
    re.I,
)


def _outlet(said: str, own: str) -> str:
    """A stated outlet; ``own`` for 本站, '' for nobody."""
    value = squeeze(said).strip(" :：·-—[【(（")
    if _OWN.match(value):
        return own
    return "" if _NO_OUTLET.match(value) or not re.search(r"\w", value) else value


def find_outlet(head: str, tail: str, meta: Mapping[str, str], *, ruled: str, own: str) -> str:
    """The printed 来源; ``own`` is what the source calls itself, used for 本站 and for none. A page
    without a declared source has the site's own name for 本站 only."""
    here = own or meta.get("sitename", "")
    for said in (ruled, meta.get("contentsource", "")):
        if squeeze(said):
            return _outlet(_SOURCE.sub(lambda match: match["value"], squeeze(said)), here) or own
    for text in (head, tail):
        for match in _SOURCE.finditer(text):
            if re.search(r"\w", match["value"]) and len(squeeze(match["value"])) <= 40:
                return _outlet(match["value"], here) or own
    value = meta.get("mediaid", "") or meta.get("source", "")
    return (_outlet(value, here) or own) if value and len(value) <= 30 else own
