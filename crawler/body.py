"""Where the article's own words stand on a page. Pure.

Hides: how the body is told from navigation, footers, datelines and editor lines. A container
a CMS is known to use is believed when it holds real text; otherwise the run of lines with the
best sum of scores is taken (long lines with Chinese punctuation count for, links and short
lines against), so bare text with ``<br>`` and table markup need no paragraphs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.markup import Element, Line
from pipeline.text import comparable

__all__ = ["Body", "find_body", "is_article", "trim"]

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
_FOOTER = re.compile(r"foot|bottom|copyright|banquan|db_|^btm", re.IGNORECASE)
_ASIDE = re.compile(
    r"^(?:[a-z0-9]+[-_])?(?:comments?|feedback|reply|replies|relat\w*|recommend\w*|sidebar|share|hot\w{0,5}|rank\w{0,4}|xgyd|xglj|yqlj"
    r"|friend\w*|nav|menu|breadcrumb\w*|crumbs?|pinglun|tuijian|banner|copyright|footer)(?:[-_]\w+)?$",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[，。；！？：、“”]|[,.;!?](?=\s|$|[\u4e00-\u9fff])")
_FURNITURE = re.compile(
    r"版权所有|版权声明|copyright|ICP[备备证]|公网安备|网站标识码|主办单位|承办单位|技术支持|Powered by|未经.{0,12}(?:授权|许可|书面)|违法和?不良信息|"
    r"网站地图|设为首页|加入收藏|免责声明|All Rights Reserved|许可证|^友情链接|发表评论|文明上网",
    re.IGNORECASE,
)
_FORM = re.compile(r"浏览器|分辨率|用户名|密码|验证码|登录|登陆|注册|忘记密码")
"""Words of sign-in boxes; prose has them too, but with a full stop."""


_RECORD = re.compile(
    r"^(?:索\s*引\s*号|发布机构|发文机关|发文字号|名\s*称|文\s*号|主题分类|主题词|成文日期|发布日期|公开方式|公开时限|公开范围|公开形式|"
    r"有效性|有效期|信息分类|体裁分类|组配分类|服务对象)\s*[:：]"
)
"""A row of the record that stands above an open-government document."""


def _is_furniture(text: str) -> bool:
    if _FURNITURE.search(text):
        return len(text) < 150 or "。" not in text
    return len(text) < 40 and "。" not in text and bool(_FORM.search(text))


@dataclass(frozen=True)
class Body:
    """The article's lines as found, and the element that holds them (None for a bare run)."""

    lines: list[Line]
    element: Element | None
    named: bool


@dataclass(slots=True)
class _Span:
    """Lines ``start`` to ``stop`` (exclusive) stand under one element."""

    start: int
    stop: int
    good: float = 0.0
    chars: int = 0


def _score(line: Line, asides: dict[Element, bool]) -> float:
    """How much a line looks like prose; negative for navigation, comments and lists."""
    plain = line.plain
    signs = len(_PUNCTUATION.findall(line.text))
    value = float(plain) if signs else plain * 0.4
    if signs and plain > 40:
        value += min(signs, 10) * 2
    value -= 2.0 * line.links + (10 if line.links else 5)
    if _is_furniture(line.text) or _RECORD.match(line.text):
        value = min(value, 0.0) - 60
    if _in_aside(line.parent, asides):
        value = min(value, 0.0) - 20
    return value


def _in_aside(node: Element, asides: dict[Element, bool]) -> bool:
    """Whether ``node`` stands in comments, related reading or the like; answers are kept."""
    known = asides.get(node)
    if known is None:
        above = node.getparent()
        known = (
            node.tag in ("aside", "nav", "footer")
            or any(_ASIDE.search(mark) for mark in _marks(node))
            or (above is not None and _in_aside(above, asides))
        )
        asides[node] = known
    return known


def find_body(all_lines: list[Line], rule: list[Element] | None = None) -> Body:
    """Find the body among ``all_lines`` (the lines of a page); ``rule`` are the elements a
    site's own rule found."""
    spans: dict[Element, _Span] = {}
    asides: dict[Element, bool] = {}
    scores = [_score(line, asides) for line in all_lines]
    for number, line in enumerate(all_lines):
        good = max(scores[number], 0.0)
        node: Element | None = line.parent
        while node is not None:
            span = spans.get(node)
            if span is None:
                span = spans[node] = _Span(number, number + 1)
            span.stop = number + 1
            span.good += good
            span.chars += line.plain
            node = node.getparent()
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
    marks = (node.get("class") or "").split()
    ident = node.get("id")
    if ident:
        marks.append(ident.strip())
    return marks


def _is_strong(node: Element) -> bool:
    return any(_STRONG.match(mark) for mark in _marks(node))


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
        marks = _marks(node)
        if not marks:
            continue
        strong = _is_strong(node)
        if not strong and not any(_WEAK.match(mark) for mark in marks):
            continue
        if _in_footer(node):
            continue
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
        return Body(inside, node, False)
    first, last = start, stop
    while first > span.start and _sibling(all_lines[first - 1], all_lines[first]):
        first -= 1
    while last < span.stop and _sibling(all_lines[last], all_lines[last - 1]):
        last += 1
    return Body(all_lines[first:last], within, within is not None)


def _sibling(line: Line, other: Line) -> bool:
    """Whether a short line beside the run belongs to it: same parent, or like paragraphs."""
    if line.links > line.plain or _is_furniture(line.text):
        return False
    if line.parent is other.parent:
        return True
    return (
        line.parent.tag == "p"
        and other.parent.tag == "p"
        and line.parent.getparent() is other.parent.getparent()
    )


# --- datelines, editor lines, what follows the article ------------------------------------------

_LABEL = (
    r"(?:发布|发表|更新|上传|录入|时间|日期|来源|稿源|作者|编辑|责编|审核|校对|字号|字体|字体大小|浏览|点击|阅读|访问|人气|关注|打印|分享|"
    r"关闭|收藏|评论|我要纠错|信息来源|文章来源|稿件来源|发布机构|发布人|发布者|录入者|供稿|阅读次数|浏览次数|点击数|大\s*中\s*小)"
)
_META_WORD = re.compile(rf"(?:{_LABEL})\s*[:：]")
_ONLY_DATE = re.compile(
    r"^[\[【(（]?\s*(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*(?:星期.|周.))?[\sT]*(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?\s*[\]】)）]?"
)
_FURNITURE_LINE = re.compile(
    r"^[\[【(（]?\s*(?:打印(?:本页|本文|文章)?|关闭(?:窗口|本页|页面)?|收藏(?:本文)?|返回(?:顶部|列表|上一?页)?|推荐(?:本文)?|我要评论|"
    r"分享(?:到|至|本文)?[:：]?.{0,30}|扫一扫.{0,30}|加入收藏|设为首页|复制链接|字号.{0,20}|放大|缩小|默认|TOP|顶部|举报|纠错|微信|微博|QQ空间|朋友圈|纠错|\+\d+|图集|"
    r"点击(?:下载|查看|进入|关闭).{0,20}|查看(?:原图|更多)|更多(?:内容|新闻)?|下载附件|下一页|上一页|尾页|首页|\d+|[|>»<«·\s]+)\s*[\]】)）]?[>»]*$"
)
_EDITOR = re.compile(
    r"[\[【（(〔]?\s*(?:本文|本期|网络|实习|值班|图文|本网)?\s*(?:责任编辑|责编|编辑|编\s*辑|责任编审|执行编辑|值班编辑|审核|初审|终审|校对|网编|一审|二审|三审|监制)"
    r"\s*[:：/／]?\s*[\u4e00-\u9fffA-Za-z0-9_·、,，\s]{1,24}[\]】）)〕]?\s*$"
)
_EDITOR_WHOLE = re.compile(
    r"^[\[【（(〔]?\s*(?:[\u4e00-\u9fff]{2,8}网)?(?:责任编辑|责编|编辑|编\s*辑|审核|校对|录入|网编|初审|终审|复审|监制|一审|二审|三审|值班编辑|实习编辑|打印|阅读原文|原标题|原文链接|本文来源|文章来源|稿源|来源|转自|作者|信息来源|供稿单位|发布单位)"
    r"\s*[:：／/].{0,60}$"
)
_PRINTED = re.compile(
    r"^(?:发布(?:日期|时间)|更新(?:日期|时间)|时间|日期|信息来源|来源于?|发布于|所属分类|标签|浏览次数|阅读次数|点击数?)\s*[:：]"
)
_RESPONSIBLE = re.compile(r"^[\[【（(〔]?\s*(?:责任编辑|责编)\s*[:：]")
_AFTER = re.compile(
    r"^[\s\[【■●◆▪>»]*(?:相关(?:阅读|新闻|文章|链接|报道|稿件|资讯|专题|推荐|内容|信息|文档|附件下载)|延伸阅读|推荐阅读|热门(?:推荐|文章|新闻|点击|點閱)|精彩推荐|猜你喜欢|"
    r"上一[篇条則则页]|下一[篇条則则]|前一篇|后一篇|友情链接|网友评论|最新评论|发表评论|我要评论|评论列表|分享(?:到|至)|扫一扫|扫码|版权声明|免责声明|声明[:：]|"
    r"更多(?:精彩|新闻|相关)|为您推荐|编辑推荐|今日热点|您可能(?:还)?(?:感兴趣|关注|喜欢)|新闻排行|阅读排行|热点(?:新闻|推荐)|【?打印|【?关闭|打印本[页文]|关闭窗口|Copyright|"
    r"特别声明|返回顶部|返回首页|本文地址|本页网址|收藏本|参与互动|频道精选|延伸閱讀|熱門|推薦|相關)",
    re.IGNORECASE,
)
_EDGES = re.compile(r"^[\s|·•\-—_]+|[\s|]+$")


def trim(found: list[Line], title: str) -> list[str]:
    """The lines without title, dateline, editor lines and what follows the article."""
    kept = list(found)
    total = sum(len(line.text) for line in kept) or 1
    kept = kept[_head(kept, comparable(title), total) :]
    kept = _first_entry(kept)
    rest = _prose_after(kept)
    out: list[str] = []
    done = 0
    length = sum(line.plain for line in kept) or 1
    for number, line in enumerate(kept):
        text = _EDGES.sub("", line.text) if "\t" not in line.text else line.text
        if not text:
            continue
        if done > 0.25 * length and len(text) < 60 and _AFTER.match(text):
            if rest[number] < (0.4 if done > 0.5 * length else 0.3) * rest[0]:
                break
            continue  # a box in the middle of the article
        if _drop(line, text, done / length):
            if done > 0.5 * length and rest[number] < 0.4 * rest[0] and _RESPONSIBLE.match(text):
                break
            continue
        done += line.plain
        if done > 0.6 * length or len(text) < 60:
            text = _EDITOR.sub("", text).rstrip()
            if not text:
                continue
        out.append(text)
    return out


_TEMPLATE = re.compile(r"\$\{[\w.]+\}|\{\{[^{}]+\}\}|<%=")
_SHORT = 60
_LINKED_LINES = 5


def is_article(found: Body, text: str) -> bool:
    """Whether what was found reads like an article, on a page that does not say that it is one:
    neither a few words without a sentence, nor rows of links, nor a template never filled in."""
    if not text or (len(_TEMPLATE.findall(text)) >= 1 and len(text) < 400):
        return False
    if len(text) < _SHORT and not re.search(r"[。！？]", text):
        return False
    linked = sum(line.links >= 0.5 * len(line.text) for line in found.lines)
    return linked < _LINKED_LINES or linked < 0.4 * len(found.lines)


_ENTRY = re.compile(r"^.{2,50}?\s(?:19|20)\d{2}-\d{1,2}-\d{1,2}\s+\d{1,2}:\d{2}(?::\d{2})?$")


def _first_entry(kept: list[Line]) -> list[Line]:
    """Where several entries follow each other, each under its own dated heading: the first."""
    heads = [number for number, line in enumerate(kept) if _ENTRY.match(line.text)]
    if len(heads) >= 2 and heads[0] <= 2:
        return kept[heads[0] + 1 : heads[1]]
    return kept


def _prose_after(kept: list[Line]) -> list[float]:
    """How much prose stands from each line to the end."""
    total = 0.0
    sums = []
    for line in reversed(kept):
        if line.plain > 20 and _PUNCTUATION.search(line.text) and not _is_furniture(line.text):
            total += line.plain
        sums.append(total)
    sums.reverse()
    return sums or [0.0]


def _head(kept: list[Line], title: str, total: int) -> int:
    """How many lines at the beginning are title, dateline and page furniture."""
    cut = seen = 0
    for number, line in enumerate(kept[:40]):
        text = line.text
        same = comparable(text)
        if (title and len(same) >= 4 and (same == title or (same in title and number == cut))) or (
            len(text) <= 160 and is_dateline(text) and seen < 0.5 * total
        ):
            cut = number + 1
        seen += len(text)
        if seen > 0.35 * total and len(text) > 60:
            break
    return cut


def is_dateline(text: str) -> bool:
    """A line of labels (发布时间, 来源, 作者 ..) or nothing but a date."""
    if len(text) > 200:
        return False
    labels = len(_META_WORD.findall(text))
    if labels >= 2 and "。" not in text:
        return True
    found = _ONLY_DATE.match(text)
    if found:
        rest = text[found.end() :]
        return (len(rest) <= 12 and "，" not in rest and "。" not in rest) or labels >= 1
    return (
        labels == 1
        and len(text) <= 60
        and bool(re.match(r"^[\[【(（\s]*" + _LABEL, text))
        and "。" not in text
    )


def _drop(line: Line, text: str, progress: float) -> bool:
    if _FURNITURE_LINE.match(text) and (not text.isdigit() or line.links):
        return True
    if len(text) <= 70 and _EDITOR_WHOLE.match(text):
        return True
    if line.links > 0.6 * len(text) and (
        progress < 0.02 or progress > 0.9 or line.links == len(text)
    ):
        return len(text) < 60
    if progress > 0.9 and _PRINTED.match(text) and len(text) <= 80:
        return True
    return progress > 0.7 and _is_furniture(text) and len(text) < 120
