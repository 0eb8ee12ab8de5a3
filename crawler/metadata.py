"""What a page says of its article beside the words: title, date, outlet, author. Pure.

Hides: the order in which statements are believed. The national meta tags (ArticleTitle,
PubDate, ContentSource, Author) come first, then visible labels, then the address, then the
list, then the first date printed near the title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import lxml.html

from crawler.body import is_dateline
from crawler.dates import FoundDate, date_in_url, dates_in, first_date, month_in_url
from crawler.markup import Element, Line, all_text
from pipeline.news import DateEvidence, parse_day
from pipeline.text import comparable, squeeze

__all__ = ["Dated", "find_author", "find_date", "find_outlet", "find_title", "meta_tags"]


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


# --- title -----------------------------------------------------------------------------------

_SEPARATOR = re.compile(r"\s*(?:_{1,3}|\||｜|--+|——+|-|–|—|::|>>|»|·|@)\s*")
_TITLE_MARK = re.compile(r"title|^bt$|biaoti|headline|^tit$|^h1$|_tit|tit_|wzbt|hd", re.IGNORECASE)
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
    best = _heading(all_lines, whole_key, names, first)
    if best:
        return _joined(all_lines, best, whole_key)
    for name in ("og:title", "twitter:title"):
        value = _without_site(meta.get(name, ""), names)
        if len(comparable(value)) >= 4 and comparable(value) not in names:
            return value
    stripped = _without_site(whole, names)
    if stripped and comparable(stripped) not in names and not _NOT_TITLE.match(stripped):
        return stripped
    return listed or squeeze(list_title) or stripped


def _heading(all_lines: list[Line], whole: str, names: list[str], first: int) -> str:
    """The heading that the page's <title> repeats; else the line above the dateline."""
    best, best_score = "", 0.0
    stem = whole[:10]
    known = bool(stem) and any(stem in comparable(line.text) for line in all_lines)
    dateline = next(
        (
            n
            for n, line in enumerate(all_lines)
            if n <= first + 3 and is_dateline(line.text) and n > 0
        ),
        -1,
    )
    for number, line in enumerate(all_lines):
        text = line.text
        if not 4 <= len(text) <= 120 or "\t" in text:
            continue
        key = comparable(text)
        if len(key) < 4 or key in names or _NOT_TITLE.search(text) or is_dateline(text):
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
        if line.links > 0.5 * len(text):
            score -= 3
        if number > first + 2:
            score -= 2
        if known is False and number <= first + 1 and not line.links:
            score += _looks_large(line)
        if score > best_score and score >= 2.5:
            best, best_score = text, score
    return best


def _joined(all_lines: list[Line], part: str, whole: str) -> str:
    """A heading broken over several lines, put together when <title> has it in one."""
    texts = [line.text for line in all_lines]
    number = texts.index(part)
    title = part
    for text in texts[number + 1 : number + 4]:
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
    site = re.compile(
        r"(?:网|网站|门户|在线|频道|政府|日报|晚报|新闻|中心|局|厅|委员会|首页|博客|论坛|百科)$"
    )
    while (
        len(kept) > 1
        and len(kept[-1]) <= 16
        and (site.search(kept[-1]) or len(kept[-1]) <= 6 or len(kept[-1]) < len(kept[0]))
    ):
        kept.pop()
    longest = max(kept, key=len)
    if len(kept) > 1:
        begin = title.find(kept[0])
        end = title.rfind(kept[-1]) + len(kept[-1])
        return title[begin:end].strip() if begin >= 0 else longest
    return longest.strip()


# --- date ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dated:
    """A publication date with where it was read; both empty when unknown."""

    value: str | None = None
    evidence: DateEvidence = ""


_META_DATES = (
    "pubdate",
    "publishdate",
    "firstpublishedtime",
    "article:published_time",
    "og:published_time",
    "datepublished",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "publish_time",
    "publishtime",
    "releasedate",
    "pubtime",
    "maketime",
    "dc.date.issued",
    "dc.date",
    "parsely-pub-date",
    "createtime",
)
_DATE_LABEL = re.compile(
    r"(?:发布(?:日期|时间|于)?|发表(?:日期|时间|于)?|刊发时间|播发时间|发稿时间|发文日期|更新(?:日期|时间)?|时\s*间|日\s*期|上传时间|录入时间|添加时间|编辑时间|發布時間|發佈|發表|pubDate|Date)\s*[:：]?\s*[\[【(（]?\s*$",
    re.IGNORECASE,
)
_WEAK_LABEL = re.compile(
    r"成文日期|生效|失效|截止|活动时间|会议时间|报名|开始时间|结束时间|当前|今天|现在|打印时间|最后更新|成文时间"
)
_REIMPORT_DAYS = 31
"""A meta date this much later than the printed one is that of moving the site."""


def find_date(
    all_lines: list[Line],
    first: int,
    last: int,
    meta: Mapping[str, str],
    url: str,
    *,
    ruled: str,
    list_date: str | None,
    title: str,
) -> Dated:
    """When the article was published; ``first`` and ``last`` number its lines on the page."""
    if ruled:
        found = first_date(ruled)
        if found:
            return Dated(found.value, "site rule")
    label = _labelled(all_lines, first, last)
    for name in _META_DATES:
        if name not in meta:
            continue
        given = first_date(re.sub(r"(\d)-(\d{2}:\d{2})", r"\1 \2", meta[name]))
        if given is None:
            continue
        if label and _moved(given, label, url):
            return Dated(label.value, "label")
        return Dated(given.value, "meta")
    if label:
        return Dated(label.value, "label")
    in_url = date_in_url(url)
    if in_url:
        clock = next((f for f in _near(all_lines, first) if f.day == in_url), None)
        return Dated(clock.value if clock else in_url, "url")
    if list_date and parse_day(list_date):
        return Dated(list_date, "list")
    generic = _generic(all_lines, first, last, title)
    return Dated(generic.value, "text") if generic else Dated()


def _moved(given: FoundDate, label: FoundDate, url: str) -> bool:
    meta_day, label_day = parse_day(given.value), parse_day(label.value)
    if meta_day is None or label_day is None or label_day >= meta_day:
        return False
    if (meta_day - label_day).days <= _REIMPORT_DAYS:
        return False
    month = month_in_url(url)
    return month is None or month != (meta_day.year, meta_day.month)


def _labelled(all_lines: list[Line], first: int, last: int) -> FoundDate | None:
    """The date behind a label, above the body or right below it, before others further off."""
    near: list[tuple[int, int, FoundDate]] = []
    for number, line in enumerate(all_lines):
        text = line.text
        if len(text) > 400 and first <= number <= last:
            continue
        for found in dates_in(text):
            before = text[: found.start]
            if not _DATE_LABEL.search(before) or _WEAK_LABEL.search(before[-10:]):
                continue
            place = abs(number - first) if number <= last else 2 * (number - last) + 3
            updated = 1 if re.search(r"更新", before[-8:]) else 0
            near.append((updated, place, found))
    return min(near, key=lambda entry: entry[:2])[2] if near else None


def _near(all_lines: list[Line], first: int) -> list[FoundDate]:
    found = []
    for line in all_lines[max(0, first - 8) : first + 4]:
        if len(line.text) <= 200:
            found += list(dates_in(line.text))
    return found


def _generic(all_lines: list[Line], first: int, last: int, title: str) -> FoundDate | None:
    """A date that stands alone or beside 来源 between title and body, or right after the body."""
    key = comparable(title)
    start = 0
    for number, line in enumerate(all_lines[: first + 3]):
        if key and comparable(line.text) == key:
            start = number
    best: FoundDate | None = None
    best_score = 0.0
    for number, line in enumerate(all_lines):
        text = line.text
        if len(text) > 160 or line.links > 0.6 * len(text):
            continue
        for found in dates_in(text):
            score = 1.0
            rest = text[: found.start] + text[found.end :]
            if start <= number <= first + 2:
                score += 3
            elif first + 2 < number <= last and number < last - 2:
                score -= 1
            if "T" in found.value:
                score += 1.5
            if is_dateline(text):
                score += 2
            if len(rest) <= 30:
                score += 1
            if re.search(r"来源|作者|编辑|稿源", text):
                score += 1
            if re.search(r"于\s*$", text[: found.start]) and re.search(
                r"发表|发布", text[found.end :]
            ):
                score += 2.5
            if number > last:
                score -= 1.5
            if (
                re.search(r"今天|现在|农历|星期.\s*$|copyright|版权", text, re.I)
                and number < first
                and number < start
            ):
                score -= 3
            if score > best_score and score >= 3:
                best, best_score = found, score
    return best


# --- outlet and author -----------------------------------------------------------------------

_LABELS = (
    r"(?:发布|发表|时间|日期|作者|编辑|责编|责任|字号|字体|浏览|点击|阅读|访问|打印|分享|发稿|录入|供稿|审核|查看|评论|人气|关注|"
    r"更新|记者|摄影|通讯员|编校|上传|来源|稿源|收藏|撰稿|网友评论|转载|所属分类|标签|第\d)"
)
_STOP = rf"(?=\s{{2,}}|[|｜，。；;【\[\]】]|\s*[（(]|\s+{_LABELS}|\s*{_LABELS}[\u4e00-\u9fff]{{0,2}}\s*[:：]|\s*(?:20|19)\d\d[-/.年]|\s*大\s*中\s*小|\s*$)"
_SOURCE = re.compile(
    r"(?:稿件来源|信息来源|文章来源|新闻来源|来\s*源|稿\s*源|發文單位)\s*(?:于|自)?\s*[:：]\s*(?P<value>[^\n]{1,60}?)"
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


def find_outlet(head: str, tail: str, meta: Mapping[str, str], *, ruled: str, own: str) -> str:
    """The printed 来源; ``own`` is what the source calls itself, used for 本站 and for none."""
    for said in (ruled, meta.get("contentsource", "")):
        value = _SOURCE.sub(lambda match: match["value"], squeeze(said)).strip(" :：")
        if value:
            return own if own and _OWN.match(value) else value
    for text in (head, tail):
        for match in _SOURCE.finditer(text):
            value = squeeze(match["value"]).strip(" :：·-—")
            if re.search(r"\w", value) and len(value) <= 40:
                return own if own and _OWN.match(value) else value
    value = meta.get("mediaid", "") or meta.get("source", "")
    return value if value and len(value) <= 30 and not value.isdigit() else own


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
            and comparable(value) not in names
        ):
            return value
    return ""
