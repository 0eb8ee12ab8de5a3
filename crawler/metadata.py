"""What a page says of its article's origin: meta tags, outlet, author. Pure.

Hides: how 来源 and 作者 are written, and which of the values are nobody: a counter, a software, the
site itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import lxml.html

from crawler.markup import Element, all_text
from pipeline.text import comparable, squeeze

__all__ = ["find_author", "find_outlet", "meta_tags"]


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
_WRITER = re.compile(
    r"(?:作\s*者|撰\s*稿人?|供稿人|通讯员|(?<![\u4e00-\u9fff])文\s*/|记\s*者)\s*[:：／/]\s*(?P<value>[^\n:：]{1,40}?)"
    + _STOP,
    re.MULTILINE,
)
_BYLINE = re.compile(
    r"[（(【]\s*(?:[\u4e00-\u9fff]{0,8}?)(?:记者|通讯员|评论员|特约记者|实习记者|见习记者)\s*[:：]?\s*(?P<value>[\u4e00-\u9fff·、 \u3000]{2,30}?)\s*(?:整合|报道|综合|摄影|摄|文/图)?\s*[）)】]"
)
_NOBODY = re.compile(
    r"^(?:本报|本网|本刊|本站|佚名|未知|不详|匿名|管理员|admin\w*|记者|本报记者|本网记者|无|null|[A-Za-z]?_?\d+|网络|转载|原创|.*[,，].*(?:网|社|刊|集团|出版).*|.*\.(?:com|cn|net).*)$",
    re.IGNORECASE,
)
_OWN = re.compile(r"^(?:本站|本网|本站原创|本网讯|原创|本报|本局|本站讯|局网站|本网站)$")


_NO_OUTLET = re.compile(
    r"^(?:(?:网络)?转载(?:文章)?|网络|互联网|网络整理|不详|未知|佚名|其他|其它|综合|无|null|none|admin\w*|\d+)$",
    re.I,
)
_MACHINE = re.compile(
    r"^(?:Discuz.*|.*CMS|大汉网络|.*(?:科技|网络|软件)有限公司|WordPress.*|www\..*)$", re.I
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


def find_author(
    head: str, body: str, meta: Mapping[str, str], *, ruled: str, site_names: Iterable[str]
) -> str:
    """The writer's name, '' where only an editor, an id or nobody is named."""
    names = {comparable(name) for name in site_names}
    candidates = [ruled, meta.get("author", "")]
    candidates += [match["value"] for match in _WRITER.finditer(head)]
    candidates += [match["value"] for match in _BYLINE.finditer(body[:200])]
    candidates += [match["value"] for match in _BYLINE.finditer(body[-120:])]
    for said in candidates:
        value = re.sub(
            r"^(?:本报|本网|本刊)?(?:见习|实习|特约)?(?:记者|通讯员)\s*", "", squeeze(said)
        ).strip(" :：/")
        if (
            len(value) >= 2
            and len(value) <= 40
            and not _NOBODY.match(value)
            and not _MACHINE.match(value)
            and comparable(value) not in names
        ):
            return value
    return ""
