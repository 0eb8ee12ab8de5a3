"""The sample news as data: hides how stories and reprints 转载 are written down in TOML.

A file under `articles/` holds `[[article]]` tables (written stories) or `[[reprint]]` tables (the
same story on another site, as a short list of edits). Readers of this module only ever see
`Publication` values with every edit already applied, each carrying the writer's own judgement of
themes 对照条目 and locality 属地.
"""

from __future__ import annotations

import datetime as dt
import tomllib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PLAN_PATH = FOLDER / "plan.txt"

THEMES = tuple(f"focus-{n}" for n in range(1, 7))
LOCALITIES = ("local", "upper_about_local", "upper_general", "elsewhere")
COUNTED_LOCALITIES = frozenset(LOCALITIES[:2])
"""Only 本地工作 and 上级涉本地 count for coverage of a local plan."""

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "bureau": {"kjdt": "科技动态", "tzgg": "通知公告", "mtbd": "媒体报道", "zcjd": "政策解读"},
    "district": {"kjxw": "科技新闻", "zhxx": "综合信息"},
    "daily": {"keji": "科教民生"},
}
"""The columns 栏目 of each site, by the folder they live in."""

_ARTICLE_KEYS = frozenset(
    [
        "key",
        "title",
        "date",
        "outlet",
        "author",
        "site",
        "column",
        "themes",
        "locality",
        "text",
        "hacked",
        "title_markup",
        "attachment",
    ]
)
_REPRINT_KEYS = frozenset(
    [
        "key",
        "reprint_of",
        "date",
        "outlet",
        "author",
        "site",
        "column",
        "title",
        "drop_last",
        "editor_note",
        "source_line",
    ]
)


class SampleError(ValueError):
    """The sample data contradicts itself; the message names the key and what to mend."""


@dataclass(frozen=True)
class Publication:
    """One publication 刊发记录 on one sample site, as a reader of that site sees it."""

    key: str
    story: str
    """Key of the written story: the publication's own key, or that of the one it reprints."""
    title: str
    date: dt.date
    outlet: str
    """The printed 来源."""
    author: str
    site: str
    column: str
    paragraphs: tuple[str, ...]
    themes: tuple[str, ...]
    locality: str
    hacked: bool = False
    """The page was broken into: the renderer splices spam; `paragraphs` stay clean."""
    title_markup: str = ""
    """What the page's ArticleTitle meta tag says instead, with markup inside."""
    attachment: str = ""
    """Name of the attached form 附件, if any."""

    @property
    def is_reprint(self) -> bool:
        """Whether this is a 转载 of another publication in the corpus."""
        return self.key != self.story

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)

    @property
    def counted(self) -> bool:
        """Whether the story's locality lets it count for the city's plan."""
        return self.locality in COUNTED_LOCALITIES

    @property
    def number(self) -> int:
        """A six-digit document number that stays when other articles come or go."""
        return 100_000 + zlib.crc32(self.key.encode()) % 900_000


@dataclass(frozen=True)
class Review:
    """The sample reviewer's 复核员 decision: all themes of the plan decided for one story."""

    key: str
    themes: tuple[str, ...]
    reviewer: str
    date: dt.date
    note: str = ""

    @property
    def not_themes(self) -> tuple[str, ...]:
        """The themes the reviewer looked at and refused."""
        return tuple(theme for theme in THEMES if theme not in self.themes)


@dataclass(frozen=True)
class Corpus:
    """All publications of the three sites, newest first."""

    publications: tuple[Publication, ...]

    @property
    def originals(self) -> tuple[Publication, ...]:
        """The written stories, without their reprints."""
        return tuple(item for item in self.publications if not item.is_reprint)

    @property
    def reprints(self) -> tuple[Publication, ...]:
        """The publications that repeat another one."""
        return tuple(item for item in self.publications if item.is_reprint)

    def on(self, site: str, column: str | None = None) -> tuple[Publication, ...]:
        """Publications of one site, or one column of it, newest first."""
        return tuple(
            item
            for item in self.publications
            if item.site == site and column in (None, item.column)
        )

    def __getitem__(self, key: str) -> Publication:
        for item in self.publications:
            if item.key == key:
                return item
        raise KeyError(key)


def read_corpus(folder: Path = FOLDER / "articles") -> Corpus:
    """Read every TOML file of `folder`, apply the reprints' edits and check the whole.

    Raises `SampleError` when a key is double, a field unknown, or an original missing.
    """
    stories: dict[str, Publication] = {}
    reprints: list[tuple[str, Mapping[str, object]]] = []
    for path in sorted(folder.glob("*.toml")):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        for table in tables.get("article", ()):
            story = _story(table, path.name)
            if story.key in stories:
                raise SampleError(f"{path.name}: key {story.key!r} is used twice")
            stories[story.key] = story
        reprints.extend((path.name, table) for table in tables.get("reprint", ()))
    items = [*stories.values(), *(_reprint(table, name, stories) for name, table in reprints)]
    _check_unique(items)
    return Corpus(tuple(sorted(items, key=lambda item: (item.date, item.number), reverse=True)))


@cache
def sample_corpus() -> Corpus:
    """The shipped corpus, read once."""
    return read_corpus()


def read_reviews(path: Path = FOLDER / "reviews.toml") -> tuple[Review, ...]:
    """The sample reviewer's decisions, in the order of the file."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    reviewer = str(tables["reviewer"])
    return tuple(
        Review(
            key=str(table["key"]),
            themes=_themes(table, path.name),
            reviewer=reviewer,
            date=_date(table, path.name),
            note=str(table.get("note", "")),
        )
        for table in tables["review"]
    )


def _story(table: Mapping[str, object], file: str) -> Publication:
    _refuse_unknown(table, _ARTICLE_KEYS, file)
    key = _words(table, "key", file)
    locality = _words(table, "locality", file)
    if locality not in LOCALITIES:
        raise SampleError(f"{file}: {key}: locality must be one of {LOCALITIES}, got {locality!r}")
    blocks = _words(table, "text", file).strip().split("\n\n")
    return Publication(
        key=key,
        story=key,
        title=_words(table, "title", file),
        date=_date(table, file),
        outlet=_words(table, "outlet", file),
        author=str(table.get("author", "")),
        site=_site(table, file),
        column=_words(table, "column", file),
        paragraphs=tuple("".join(block.split("\n")).strip() for block in blocks),
        themes=_themes(table, file),
        locality=locality,
        hacked=bool(table.get("hacked", False)),
        title_markup=str(table.get("title_markup", "")),
        attachment=str(table.get("attachment", "")),
    )


def _reprint(
    table: Mapping[str, object], file: str, stories: Mapping[str, Publication]
) -> Publication:
    _refuse_unknown(table, _REPRINT_KEYS, file)
    key = _words(table, "key", file)
    name = _words(table, "reprint_of", file)
    if name not in stories:
        raise SampleError(f"{file}: {key}: reprint_of names {name!r}, which no file writes")
    original = stories[name]
    site = _site(table, file)
    date = _date(table, file)
    if site == original.site or date < original.date:
        raise SampleError(f"{file}: {key}: a reprint stands on another site, not before {name}")
    body = original.paragraphs[:-1] if table.get("drop_last", False) else original.paragraphs
    before = (f"编者按：{table['editor_note']}",) if "editor_note" in table else ()
    after = (str(table["source_line"]),) if "source_line" in table else ()
    return Publication(
        key=key,
        story=name,
        title=str(table.get("title", original.title)),
        date=date,
        outlet=str(table.get("outlet", original.outlet)),
        author=str(table.get("author", "")),
        site=site,
        column=_words(table, "column", file),
        paragraphs=(*before, *body, *after),
        themes=original.themes,
        locality=original.locality,
    )


def _check_unique(items: Iterable[Publication]) -> None:
    keys: set[str] = set()
    numbers: set[int] = set()
    for item in items:
        if item.key in keys:
            raise SampleError(f"key {item.key!r} is used twice")
        if item.number in numbers:
            raise SampleError(f"{item.key}: document number collides; choose another key")
        if item.column not in COLUMNS[item.site]:
            raise SampleError(f"{item.key}: site {item.site} has no column {item.column!r}")
        keys.add(item.key)
        numbers.add(item.number)


def _refuse_unknown(table: Mapping[str, object], known: frozenset[str], file: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise SampleError(f"{file}: {table.get('key', '?')}: unknown fields {unknown}")


def _words(table: Mapping[str, object], field: str, file: str) -> str:
    value = table.get(field)
    if not isinstance(value, str) or not value.strip():
        raise SampleError(f"{file}: {table.get('key', '?')}: field {field!r} must be words")
    return value


def _date(table: Mapping[str, object], file: str) -> dt.date:
    value = table.get("date")
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise SampleError(f"{file}: {table.get('key', '?')}: date must be a day, as 2025-03-18")
    return value


def _site(table: Mapping[str, object], file: str) -> str:
    site = _words(table, "site", file)
    if site not in COLUMNS:
        raise SampleError(f"{file}: {table.get('key', '?')}: site must be one of {list(COLUMNS)}")
    return site


def _themes(table: Mapping[str, object], file: str) -> tuple[str, ...]:
    value = table.get("themes")
    if not isinstance(value, list) or not set(value) <= set(THEMES):
        raise SampleError(f"{file}: {table.get('key', '?')}: themes must be a list from {THEMES}")
    return tuple(value)
