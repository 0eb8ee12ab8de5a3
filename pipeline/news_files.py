"""News handed in as files: JSONL, CSV and XLSX tables.

Hides: which columns a table may have and by which names, and how cells become an item. A file is
read whole before anything is stored, so that a bad line stores nothing.
"""

from __future__ import annotations

import itertools
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from pipeline.errors import BadInput, DiskTrouble
from pipeline.news import NewsItem, item_id, written_date
from pipeline.outlets import level_named, outlet_level
from pipeline.table_rows import csv_rows, serial_day, xlsx_rows
from pipeline.text import comparable, count_characters, squeeze

__all__ = [
    "COLUMNS",
    "ItemFile",
    "is_item_file",
    "item_of_cells",
    "iter_items",
    "read_items",
    "read_jsonl",
    "row_id",
    "seconds_of",
]

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("编号", "序号", "id"),
    "title": (
        "标题", "题目", "稿件标题", "新闻标题", "稿件名称", "稿件题目", "文章标题", "图文标题",
        "推文标题", "内容标题", "播出内容", "title",
    ),
    "text": ("正文", "内容", "全文", "text", "content", "body"),
    "url": (
        "链接", "网址", "地址", "文章链接", "图文链接", "内容链接", "原文链接", "永久链接", "网页链接",
        "url", "link",
    ),
    "date": (
        "日期", "刊发日期", "发布日期", "发布时间", "发表时间", "发表日期", "刊发时间", "发稿时间",
        "播出时间", "播出日期", "首播时间", "首播日期", "见报日期", "刊登日期", "刊登时间", "推送时间",
        "推送日期", "群发时间", "印发日期", "时间", "date",
    ),
    "outlet": (
        "来源", "媒体", "刊发媒体", "媒体名称", "发布媒体", "稿源", "公众号", "公众号名称", "outlet",
        "source",
    ),
    "author": ("作者", "记者", "author"),
    "contributor": ("通讯员", "供稿", "供稿单位", "供稿人", "投稿人", "撰稿", "contributor"),
    "carrier": ("载体", "媒体类型", "carrier"),
    "column": (
        "栏目", "版面/栏目", "栏目名称", "播出栏目", "节目", "节目名称", "频道", "版块", "column",
    ),
    "page": ("版次", "版面", "版号", "页码", "page"),
    "genre": ("体裁", "稿件体裁", "文体", "genre"),
    "seconds": (
        "时长", "播出时长", "节目时长", "时长（秒）", "时长（秒钟）", "播出时长（秒）", "seconds",
    ),
    "minutes": ("时长（分）", "时长（分钟）", "播出时长（分钟）"),
    "words": ("字数", "words"),
    "reads": ("阅读量", "阅读数", "总阅读量", "阅读次数", "总阅读次数", "图文总阅读次数", "reads"),
    "level": ("级别", "媒体级别", "level"),
}  # fmt: skip
"""Field of a news item -> names its column may have, compared without signs and width."""

_NEEDED = ("title",)
_MAX_BYTES = 500_000_000
_MAX_LINE = 8_000_000
_WORDS = re.compile(r"[0-9]{1,9}")
_BY_NAME = {comparable(name): field for field, names in COLUMNS.items() for name in names}


class _Line(msgspec.Struct, kw_only=True):
    """One line of items JSONL as it comes in (design section 5)."""

    id: str | int
    title: str
    text: str
    url: str | None = None
    date: str | None = None
    outlet: str | None = None
    author: str | None = None
    carrier: str | None = None
    column: str | None = None
    words: int | None = None
    page: str | None = None
    seconds: int | None = None
    genre: str | None = None
    contributor: str | None = None


def is_item_file(path: Path) -> bool:
    """Whether ``read_items`` knows the file's ending."""
    return path.suffix.lower() in {".jsonl", ".ndjson", ".csv", ".xlsx"}


@dataclass(frozen=True)
class ItemFile:
    """What a file of news held: its items, and in words what a person should look at."""

    items: tuple[NewsItem, ...]
    remarks: tuple[str, ...] = ()


def read_items(path: Path) -> ItemFile:
    """All items of one file; raises what ``iter_items`` does and ``items-empty``."""
    remarks: list[str] = []
    items = []
    seen: dict[str, NewsItem] = {}
    for item in iter_items(path, remarks):
        before = seen.setdefault(item.id, item)
        if before is not item and before != item:
            raise BadInput(
                f"{path}: the id {item.id} stands for two items: {before.title}; {item.title}",
                "items-id-collision",
                "Give each item its own id, or leave the ids out.",
            )
        if before is item:
            items.append(item)
    if not items:
        raise BadInput(f"{path} holds no item", "items-empty", "Check that it is the right file.")
    return ItemFile(tuple(items), tuple(remarks))


def iter_items(path: Path, remarks: list[str] | None = None) -> Iterator[NewsItem]:
    """The items of one file, one by one; ``remarks`` collects what was left out or unreadable.

    Raises:
        BadInput: ``items-bad-line`` (JSONL; names the line), ``items-missing-columns`` (a table;
            names the columns it found), ``items-unreadable``, ``items-too-big`` or ``items-kind-unsupported``.
        DiskTrouble: the file cannot be read.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise BadInput(
                f"{path} is not a regular file", "items-kind-unsupported", "Name a file."
            )
        if facts.st_size > _MAX_BYTES:
            raise BadInput(
                f"{path} is larger than {_MAX_BYTES // 1_000_000} MB",
                "items-too-big",
                "Split it into several files.",
            )
        match path.suffix.lower():
            case ".jsonl" | ".ndjson":
                with path.open("rb") as stream:
                    yield from read_jsonl(stream, str(path))
            case ".csv":
                yield from _from_table(csv_rows(path), path.name, remarks)
            case ".xlsx":
                yield from _from_table(xlsx_rows(path), path.name, remarks)
            case other:
                raise BadInput(
                    f"{path}: news cannot be read from {other or 'a file without an ending'}",
                    "items-kind-unsupported",
                    "Use .jsonl, .csv or .xlsx, or a bulletin as .txt or .docx.",
                )
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error


def read_jsonl(stream: IO[bytes], name: str) -> Iterator[NewsItem]:
    """Items of a JSONL stream, one by one; blank lines are passed over.

    Raises:
        BadInput: ``items-bad-line`` with the line's number.
    """
    decoder = msgspec.json.Decoder(_Line)
    for number in itertools.count(1):
        raw = stream.readline(_MAX_LINE + 1)
        if not raw:
            return
        if len(raw) > _MAX_LINE:
            raise BadInput(
                f"{name}, line {number}: longer than {_MAX_LINE // 1_000_000} MB",
                "items-bad-line",
                "One line holds one item; check that the file is JSON lines.",
            )
        line = raw.removeprefix(b"\xef\xbb\xbf").strip()
        if not line:
            continue
        if b"\0" in line:  # UTF-16, as some editors save "Unicode"
            raise _other_encoding(name, number)
        try:
            item = _from_line(decoder.decode(line))
            if "date_unreadable" in item.flags:
                raise msgspec.ValidationError("`date` is no day that exists")
            yield item
        except UnicodeDecodeError as error:
            raise _other_encoding(name, number) from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise BadInput(
                f"{name}, line {number}: not an item: {error}",
                "items-bad-line",
                'Each line must be JSON such as {"id": "1", "title": "..", "text": ".."}.',
            ) from error


def _other_encoding(name: str, number: int) -> BadInput:
    return BadInput(
        f"{name}, line {number}: not UTF-8 text", "items-bad-line", "Save the file as UTF-8."
    )


def _from_line(line: _Line) -> NewsItem:
    return item_of_cells(
        {
            "id": str(line.id),
            "title": line.title,
            "text": line.text,
            "url": line.url or "",
            "date": line.date or "",
            "outlet": line.outlet or "",
            "author": line.author or "",
            "carrier": line.carrier or "",
            "column": line.column or "",
            "words": "" if line.words is None else str(line.words),
            "page": line.page or "",
            "seconds": "" if line.seconds is None else str(line.seconds),
            "genre": line.genre or "",
            "contributor": line.contributor or "",
        }
    )


def item_of_cells(cells: dict[str, str]) -> NewsItem:
    """An item from text cells by field of ``COLUMNS``, whatever wrote them."""
    title = squeeze(cells.get("title", ""))
    text = cells.get("text", "").replace("\r\n", "\n").strip()
    url = cells.get("url", "").strip()
    written = cells.get("date", "").strip()
    day = serial_day(written) or written_date(written)
    words = cells.get("words", "").strip()
    flags = []
    if not text:
        flags.append("text_missing")
    if day is None:
        flags.append("date_unreadable" if written else "date_unknown")
    outlet = squeeze(cells.get("outlet", ""))
    return NewsItem(
        id=cells.get("id", "").strip() or row_id(title, text, day, url, outlet),
        title=title,
        text=text,
        url=url if url.lower().startswith(("http://", "https://")) else "",
        date=day,
        date_evidence="given" if day else "",
        outlet=outlet,
        level=level_named(cells.get("level", "")) or outlet_level(outlet),
        author=squeeze(cells.get("author", "")),
        carrier=squeeze(cells.get("carrier", "")),
        column=squeeze(cells.get("column", "")),
        words=int(words) if _WORDS.fullmatch(words) else (count_characters(text) if text else None),
        page=squeeze(cells.get("page", "")),
        seconds=seconds_of(cells.get("seconds", "")) or seconds_of(cells.get("minutes", ""), 60),
        genre=squeeze(cells.get("genre", "")),
        contributor=squeeze(cells.get("contributor", "")),
        reads=_count(cells.get("reads", "")),
        flags=tuple(flags),
    )


_CLOCK = re.compile(r"(?:(\d{1,2})[:：时])?(\d{1,3})[:：分′'](\d{1,2})?[秒″\"]{0,2}")
_SECONDS = re.compile(r"(\d{1,6})(?:\.\d+)?\s*(秒钟?|″|\"|分钟?|′|')?")


def seconds_of(written: str, unit: int = 1) -> int | None:
    """A length 时长 in seconds; None for none or one nobody can read.

    Args:
        unit: seconds of a bare number, as the head of its column says.

    >>> [seconds_of(text) for text in ("00:03:25", "3分25秒", "3′25″", "205", "4分钟")]
    [205, 205, 205, 205, 240]
    """
    written = written.strip()
    if match := _CLOCK.fullmatch(written):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds or None
    if match := _SECONDS.fullmatch(written):
        minutes = (match[2] or "").startswith(("分", "′", "'"))
        return int(match[1]) * (60 if minutes else 1 if match[2] else unit) or None
    return None


def _count(written: str) -> int | None:
    """A count such as 1,234, 1.2万 or 10万+; None for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(万?)\+?", written.replace(",", "").strip())
    if not match or len(match[1]) > 9:
        return None
    return round(float(match[1]) * (10_000 if match[2] else 1))


def row_id(title: str, text: str, day: str | None, url: str, outlet: str) -> str:
    """A stable id for a table's row: rows may share an address, such as a paper's home page."""
    return item_id("", f"{title}|{url}|{outlet}", text, day)


def _from_table(
    rows: Iterable[Sequence[str]], name: str, remarks: list[str] | None
) -> Iterator[NewsItem]:
    """Items of a table whose first row with a known title column is the head."""
    iterator = iter(rows)
    remarks = [] if remarks is None else remarks
    number = 0
    looked: list[str] = []
    fields: dict[int, str] = {}
    for row in iterator:
        number += 1
        fields = {}
        for index, cell in enumerate(row):
            field = _BY_NAME.get(comparable(cell))
            if field and field not in fields.values():
                fields[index] = field
        if all(needed in fields.values() for needed in _NEEDED):
            break
        looked.append(" | ".join(cell for cell in row if cell.strip()))
        if len(looked) == 5:
            fields = {}
            break
    if not all(needed in fields.values() for needed in _NEEDED):
        found = "; ".join(line for line in looked if line) or "nothing"
        raise BadInput(
            f"{name}: no column 标题 (title) in the first rows; found: {found[:200]}",
            "items-missing-columns",
            "Name the columns "
            + "、".join(names[0] for field, names in COLUMNS.items() if field != "minutes")
            + ".",
        )
    # 序号 numbers the rows of one table; as an id it would clash with the next table's.
    numbered = {index for index, field in fields.items() if field == "id"}
    for row in iterator:
        number += 1
        cells = {
            field: row[index]
            for index, field in fields.items()
            if index < len(row) and not (index in numbered and row[index].strip().isdigit())
        }
        if not cells.get("title", "").strip():
            if any(cell.strip() for cell in row):
                remarks.append(f"{name} 第 {number} 行没有标题，略去")
            continue
        item = item_of_cells(cells)
        if "date_unreadable" in item.flags:
            remarks.append(f"{name} 第 {number} 行日期读不出：{cells['date'].strip()[:20]}")
        length = (cells.get("seconds") or cells.get("minutes") or "").strip()
        if length and item.seconds is None:
            remarks.append(f"{name} 第 {number} 行时长读不出：{length[:20]}")
        yield item
