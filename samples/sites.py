"""What the three sample sites answer: hides how publications become addresses and bytes.

`build_sites()` renders everything once; `SampleSite.answer(target, headers)` is then a pure
function of the request. Each site copies one habit of real Chinese sites on purpose:

- *bureau* 科技局: TRS WCM addresses and meta tags, 0-based `createPageHTML`, and one list (政策解读)
  that always answers 521 with a cookie script, as the 加速乐 wall does;
- *district* 旗区: table markup, GB18030 bytes under a header that claims UTF-8, one hacked page;
- *daily* 日报: an RSS feed, and `createPageHTML` with the container first and pages from 1.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from html import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from samples.articles import COLUMNS, FOLDER, Corpus, Publication, sample_corpus

SITE_NAMES: Mapping[str, str] = {
    "bureau": "鄂尔多斯市科学技术局（样例）",
    "district": "东胜科技网（样例）",
    "daily": "鄂尔多斯样例日报",
}
NOTICE = "本站为演示而写，内容经改写并挪动日期，请勿引用。"
BLOCKED_COLUMN = ("bureau", "zcjd")
DISALLOWED = "/nosearch/"
ROWS_PER_PAGE: Mapping[str, int] = {"bureau": 10, "district": 10, "daily": 12}
FEED_PATH = "/rss/keji.xml"
FEED_ITEMS = 40
LIST_TITLE_WIDTH = 18
"""Characters of a title the district's list shows before `...`."""
SPAM_WORDS = ("博彩网址", "棋牌游戏下载", "娱乐城注册送", "彩票计划群", "时时彩开奖")

_HTML = "text/html; charset=utf-8"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BEIJING = dt.timezone(dt.timedelta(hours=8))
_BASE_MARK = b"@BASE@"


@dataclass(frozen=True)
class Response:
    """One HTTP answer; `headers` lack Content-Length and Date, which the server adds."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Page:
    """A rendered resource before the request's conditions are looked at."""

    body: bytes
    modified: dt.datetime
    content_type: str = _HTML
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SampleSite:
    """One site: every address it knows, and the rules for answering a request."""

    name: str
    pages: Mapping[str, Page]
    missing: Page

    def answer(self, target: str, headers: Mapping[str, str] | None = None) -> Response:
        """Answer a GET of `target` (path with query), honouring conditional request headers."""
        given = {name.lower(): value for name, value in (headers or {}).items()}
        page = self.pages.get(target, self.missing)
        base = f"http://{given.get('host', self.name + '.example')}"
        body = page.body.replace(_BASE_MARK, base.encode("ascii", "ignore"))
        answer_headers = {"Content-Type": page.content_type, **page.headers}
        if page.status != 200:
            return Response(page.status, answer_headers, body)
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        answer_headers |= {
            "ETag": etag,
            "Last-Modified": format_datetime(page.modified.astimezone(dt.UTC), usegmt=True),
        }
        if _unchanged(given, etag, page.modified):
            answer_headers.pop("Content-Type")
            return Response(304, answer_headers, b"")
        return Response(200, answer_headers, body)


def address(item: Publication) -> str:
    """The path of a publication on its site."""
    if item.site == "bureau":
        return f"/{item.column}/{item.date:%Y%m}/t{item.date:%Y%m%d}_{item.number}.html"
    if item.site == "district":
        return f"/news/{item.number}.htm"
    return f"/{item.date:%Y}/{item.date:%m%d}/c{item.number}.shtml"


def list_addresses(site: str, column: str, corpus: Corpus | None = None) -> tuple[str, ...]:
    """The paths of a column's list pages, first page first."""
    items = (corpus or sample_corpus()).on(site, column)
    pages = max(1, -(-len(items) // ROWS_PER_PAGE[site]))
    return tuple(_list_address(site, column, page) for page in range(1, pages + 1))


def build_site(name: str, corpus: Corpus | None = None) -> SampleSite:
    """Render one of the sites in `SITE_NAMES`."""
    render = _Renderer(name, corpus or sample_corpus())
    pages = dict(render.pages())
    missing = render.plain("您访问的页面不存在。", status=404)
    return SampleSite(name, pages, missing)


def build_sites(corpus: Corpus | None = None) -> dict[str, SampleSite]:
    """Render all three sites."""
    return {name: build_site(name, corpus) for name in SITE_NAMES}


def spliced(paragraph: str) -> str:
    """The paragraph as the hacked page shows it: spam words inside its sentences.

    >>> spliced("企业增加，收入提高。")
    '企业增加，博彩网址收入提高。'
    """
    head, *rest = paragraph.split("，")
    words = (SPAM_WORDS[n % len(SPAM_WORDS)] for n in range(len(rest)))
    return head + "".join(
        f"，{word if n % 2 == 0 else ''}{part}"
        for n, (word, part) in enumerate(zip(words, rest, strict=True))
    )


@dataclass(frozen=True)
class _Row:
    """A publication as the templates see it: what the page prints, nothing of the truth."""

    address: str
    title: str
    title_markup: str
    date: dt.date
    moment: dt.datetime
    outlet: str
    author: str
    paragraphs: tuple[str, ...]
    shown: tuple[str, ...]
    hacked: bool
    attachment: str
    attachment_href: str

    @property
    def clock(self) -> str:
        return f"{self.moment:%H:%M}"

    @property
    def rfc822(self) -> str:
        return format_datetime(self.moment)


def _row(item: Publication) -> _Row:
    minutes = 8 * 60 + 30 + item.number % 540
    moment = dt.datetime.combine(item.date, dt.time(minutes // 60, minutes % 60), _BEIJING)
    return _Row(
        address=address(item),
        title=item.title,
        title_markup=item.title_markup,
        date=item.date,
        moment=moment,
        outlet=item.outlet,
        author=item.author,
        paragraphs=item.paragraphs,
        shown=tuple(map(spliced, item.paragraphs)) if item.hacked else item.paragraphs,
        hacked=item.hacked,
        attachment=item.attachment,
        attachment_href=f"./P0{item.date:%Y%m%d}{item.number}000000.docx",
    )


@dataclass(frozen=True)
class _Renderer:
    """Turns one site's publications into pages; the templates hold the mark-up."""

    site: str
    corpus: Corpus

    def pages(self) -> Iterator[tuple[str, Page]]:
        """Every (path with query, page) of the site."""
        yield "/", self._page("home.html")
        yield "/robots.txt", self._robots()
        yield DISALLOWED, self.plain("检索功能只供站内使用，请勿抓取。")
        for column in COLUMNS[self.site]:
            rows = [_row(item) for item in self.corpus.on(self.site, column)]
            yield from self._list_pages(column, rows)
            yield from self._article_pages(column, rows)
            if (self.site, column) == ("daily", "keji"):
                yield FEED_PATH, self._feed(rows[:FEED_ITEMS])

    def plain(self, message: str, status: int = 200) -> Page:
        """A page that only says one sentence."""
        return self._page("plain.html", status=status, message=message)

    def _list_pages(self, column: str, rows: Sequence[_Row]) -> Iterator[tuple[str, Page]]:
        paths = list_addresses(self.site, column, self.corpus)
        size = ROWS_PER_PAGE[self.site]
        for number, path in enumerate(paths, start=1):
            if (self.site, column) == BLOCKED_COLUMN:
                page = self._blocked()
            else:
                page = self._page(
                    "list.html",
                    modified=rows[0].moment if rows else None,
                    folder=column,
                    column_name=COLUMNS[self.site][column],
                    items=rows[(number - 1) * size : number * size],
                    page=number,
                    pages=len(paths),
                    total=len(rows),
                )
            for alias in _aliases(self.site, column, path):
                yield alias, page

    def _article_pages(self, column: str, rows: Sequence[_Row]) -> Iterator[tuple[str, Page]]:
        for place, row in enumerate(rows):
            related = [*rows[max(0, place - 2) : place], *rows[place + 1 : place + 3]]
            yield (
                row.address,
                self._page(
                    "article.html",
                    modified=row.moment,
                    folder=column,
                    column_name=COLUMNS[self.site][column],
                    item=row,
                    related=related,
                    spam_words=SPAM_WORDS,
                ),
            )
            if row.attachment:
                folder = row.address.rpartition("/")[0]
                path = f"{folder}/{row.attachment_href.removeprefix('./')}"
                yield path, Page(_docx(row.attachment), row.moment, _DOCX)

    def _feed(self, rows: Sequence[_Row]) -> Page:
        text = self._text("rss.xml", items=rows)
        modified = rows[0].moment if rows else _first_day()
        return Page(text.encode(), modified, "application/rss+xml; charset=utf-8")

    def _blocked(self) -> Page:
        body = self._text("blocked.html").encode()
        cookie = {"Set-Cookie": "__jsluid_s=0123456789abcdef; path=/; HttpOnly"}
        return Page(body, _first_day(), _HTML, 521, cookie)

    def _robots(self) -> Page:
        body = f"User-agent: *\nDisallow: {DISALLOWED}\n".encode()
        return Page(body, _first_day(), "text/plain; charset=utf-8")

    def _page(
        self,
        template: str,
        *,
        modified: dt.datetime | None = None,
        status: int = 200,
        **context: object,
    ) -> Page:
        text = self._text(template, **context)
        # The district's header lies: GB18030 bytes go out as "charset=utf-8".
        body = text.encode("gb18030" if self.site == "district" else "utf-8")
        return Page(body, modified or _first_day(), status=status)

    def _text(self, template: str, **context: object) -> str:
        return (
            _environment()
            .get_template(f"{self.site}/{template}")
            .render(
                site_name=SITE_NAMES[self.site],
                columns=COLUMNS[self.site],
                notice=NOTICE,
                **context,
            )
        )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cut"] = _cut
    return environment


def _cut(title: str) -> str | Markup:
    """The district list's shortened title."""
    return title if len(title) <= LIST_TITLE_WIDTH else title[:LIST_TITLE_WIDTH] + "..."


def _list_address(site: str, column: str, page: int) -> str:
    if site == "bureau":
        return f"/{column}/index{'' if page == 1 else f'_{page - 1}'}.html"
    if site == "district":
        return f"/{column}/list.asp{'' if page == 1 else f'?page={page}'}"
    return f"/{column}/index{'' if page == 1 else f'_{page}'}.shtml"


def _aliases(site: str, column: str, path: str) -> tuple[str, ...]:
    """The first page of a list answers under several addresses."""
    if path != _list_address(site, column, 1):
        return (path,)
    if site == "district":
        return (path, f"{path}?page=1")
    return (path, f"/{column}/")


def _unchanged(given: Mapping[str, str], etag: str, modified: dt.datetime) -> bool:
    """RFC 9110: If-None-Match decides when present, else If-Modified-Since."""
    if "if-none-match" in given:
        tags = {tag.strip().removeprefix("W/") for tag in given["if-none-match"].split(",")}
        return "*" in tags or etag in tags
    try:
        since = parsedate_to_datetime(given.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and modified <= since


def _first_day() -> dt.datetime:
    return dt.datetime(2025, 1, 1, tzinfo=_BEIJING)


def _docx(title: str) -> bytes:
    """The smallest Word file that opens: one paragraph saying what it is."""
    kinds = "application/vnd.openxmlformats-"
    relations = "http://schemas.openxmlformats.org/"
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Default Extension="rels" ContentType="{kinds}package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" '
            f'ContentType="{_DOCX}.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{relations}package/2006/relationships">'
            '<Relationship Id="r1" Target="word/document.xml" '
            f'Type="{relations}officeDocument/2006/relationships/officeDocument"/></Relationships>'
        ),
        "word/document.xml": (
            f'<w:document xmlns:w="{relations}wordprocessingml/2006/main"><w:body><w:p><w:r>'
            f"<w:t>{escape(title)}（样例附件）</w:t></w:r></w:p></w:body></w:document>"
        ),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), head + text)
    return buffer.getvalue()
