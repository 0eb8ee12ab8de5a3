"""One saved publication as a page that is safe to open: 佐证 document.

Hides: how an archived page is kept readable and made harmless. Its words, headings, lists and tables
are written anew from a short list of elements; scripts, styles, frames, forms, pictures and whatever
else a page may load or run stays out, and the document says so. The archived bytes themselves are
named by their SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from pipeline.documents.encoding import decode
from pipeline.errors import XuanjianError
from pipeline.reports.ledger import LedgerLine
from pipeline.reports.wording import clean, level_name, made_words, printing_words, safe_href
from pipeline.saved_pages import SavedPage

__all__ = ["ARCHIVED", "LISTED_ONLY", "TEXT_ONLY", "saved_document"]

ARCHIVED, TEXT_ONLY, LISTED_ONLY = "网页存档", "文字记录", "仅登记"
"""What a document shows: the saved page, the stored words, or only that it was published."""

_LONGEST = 400_000
"""Characters of a page that are shown; what is cut is said."""
_KEPT = {
    *("p", "div", "section", "article", "main", "blockquote", "pre", "br", "hr"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("b", "strong", "i", "em", "u", "sub", "sup", "span"),
}
_DROPPED = {
    *("script", "style", "noscript", "template", "head", "iframe", "frame", "frameset", "object"),
    *("embed", "applet", "form", "input", "button", "select", "textarea", "option", "svg", "math"),
    *("video", "audio", "canvas", "map", "link", "meta", "base", "title", "marquee"),
}
_EMPTY = {"br", "hr"}
_SPAN = re.compile(r"[1-9]\d?", re.ASCII)
_STYLE = (
    "body{font:16px/1.8 'Songti SC','SimSun','Noto Serif CJK SC',serif;max-width:46em;margin:2em auto;"
    "padding:0 1em;color:#1d2630}"
    "header{border:1px solid #566372;padding:.6em 1em;margin-bottom:1.5em}"
    "header h1{font-size:1.25em;margin:.2em 0}header table{font-size:.85em;border-collapse:collapse}"
    "header th{text-align:left;font-weight:normal;color:#566372;padding:.1em 1em .1em 0;"
    "white-space:nowrap;vertical-align:top}header td{word-break:break-all}"
    ".saved{overflow-wrap:anywhere}.saved h1{font-size:1.3em}.saved h2{font-size:1.15em}.saved table{border-collapse:collapse}"
    ".saved td,.saved th{border:1px solid #d5dbe1;padding:.2em .5em}"
    ".note{color:#566372;font-size:.85em}"
    "@page{size:A4;margin:18mm 16mm}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def saved_document(line: LedgerLine, page: SavedPage | None, text: str = "") -> tuple[str, str]:
    """The document of one ledger line, and what it shows.

    Args:
        page: the archived page; None where none was saved.
        text: the stored words, shown where there is no page.
    """
    if page is not None:
        body, notes = _page_body(page)
        kind = ARCHIVED
    elif text.strip():
        paragraphs = [part.strip() for part in text.splitlines() if part.strip()]
        body = "".join(f"<p>{_said(part, _LONGEST)}</p>" for part in paragraphs)
        notes = ["没有网页存档，下为采集或导入时记录的文字。"]
        kind = TEXT_ONLY
    else:
        body, notes, kind = "", ["没有网页存档，也没有记录正文，只登记刊发情况。"], LISTED_ONLY
    said = "".join(f'<p class="note">{_said(note, 300)}</p>' for note in notes)
    head = "".join(
        f'<tr><th scope="row">{_said(name, 20)}</th><td>{value}</td></tr>'
        for name, value in _about(line, page, kind)
        if value
    )
    title = _said(line.publication.title, 200) or "（无标题）"
    policy = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'"
    document = (
        '<!doctype html>\n<html lang="zh-Hans"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_said(line.evidence, 40)} {title}</title><style>{_STYLE}</style></head>"
        f"<body><header><h1>{title}</h1><table>{head}</table>{said}</header>"
        f'<div class="saved">{body}</div></body></html>\n'
    )
    return document, kind


def _about(line: LedgerLine, page: SavedPage | None, kind: str) -> Iterator[tuple[str, str]]:
    one = line.publication
    yield "佐证编号", _said(line.evidence, 40)
    yield "媒体", _said(one.outlet, 80) or "稿源不明"
    yield "级别", _said(level_name(one.level), 20)
    yield "刊发日期", _said(one.day, 10) or "日期不明"
    yield "版面/栏目", _said(one.column, 80)
    yield "作者", _said(one.author, 80)
    yield "首发/转载", printing_words(one.original, one.reprint_of, one.edits)
    yield "对应宣传重点", _said(line.themes, 400)
    href = safe_href(one.url)
    address = _said(one.url, 500)
    yield (
        "链接",
        f'<a href="{html.escape(href)}" rel="noopener noreferrer nofollow">{address}</a>'
        if href
        else address,
    )
    yield "材料", kind
    if page is not None:
        yield "采集时间", _said(made_words(page.at), 60)
        yield "存档网页 SHA-256", page.sha256
    yield "备注", _said(line.remark, 400)


def _page_body(page: SavedPage) -> tuple[str, list[str]]:
    notes = ["网页存档的文字、标题和表格；脚本、图片、框架和表单未予保留。"]
    try:
        text, repairs = decode(page.body, page.url)
        parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True)
        root = lxml_html.document_fromstring(
            re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\x00", ""), parser=parser
        )
    except (etree.LxmlError, ValueError, XuanjianError):
        return "", ["存档网页无法读出文字；其字节以 SHA-256 为准。"]
    notes += [repair.what for repair in repairs]
    parts: list[str] = []
    length = 0
    for part in _harmless(root):
        parts.append(part)
        length += len(part)
        if length > _LONGEST:
            notes.append("网页过长，只印出前面部分；全文以存档字节为准。")
            break
    # The parser closes what the cut left open, and gives text that stands alone its element.
    whole = lxml_html.fragment_fromstring("".join(parts) or "<p></p>", create_parent="div")
    return str(lxml_html.tostring(whole, encoding="unicode")), notes


def _harmless(root: lxml_html.HtmlElement) -> Iterator[str]:
    """The page's words inside the elements that are kept, escaped anew."""
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _DROPPED or not tag:
            hidden += 1 if event == "start" else -1
        elif hidden:
            pass
        elif event == "start":
            if tag == "img" and element.get("alt"):
                yield f"［图：{_said(element.get('alt'), 80)}］"
            if tag in _KEPT:
                yield f"<{tag}{_spans(element, tag)}>"
            yield _said(element.text or "", 0)
        elif tag in _KEPT and tag not in _EMPTY:
            yield f"</{tag}>"
        if event == "end" and not hidden:
            yield _said(element.tail or "", 0)


def _spans(element: lxml_html.HtmlElement, tag: str) -> str:
    if tag not in ("td", "th"):
        return ""
    values = ((name, element.get(name, "")) for name in ("colspan", "rowspan"))
    return "".join(f' {name}="{value}"' for name, value in values if _SPAN.fullmatch(value))


def _said(text: str, limit: int) -> str:
    return html.escape(clean(text, limit))
