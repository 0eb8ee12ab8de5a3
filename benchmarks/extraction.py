"""How well article pages are read: ``python benchmarks/extraction.py DATA_DIR``.

For the pages of ``DATA_DIR/html/index.jsonl`` that were read by hand: body as the F1 of the
multisets of 4-grams (white space ignored), share of dates right to the day (``date_also``
accepted), share of titles right (signs and white space ignored), for the old pages
(``articles/``, ``others/`` without gold) and the government and news pages apart.

Beside ours, on the same pages with the same figures: trafilatura with htmldate, readability-lxml,
newspaper4k. They are no dependencies of Xuanjian; where one is absent its row says so::

    .venv/bin/uv pip install --python .venv/bin/python --target DIR -r benchmarks/readers.txt
    PYTHONPATH=DIR .venv/bin/python benchmarks/extraction.py DATA_DIR

``--check`` compares ours with ``benchmarks/extraction_floors.toml`` (exit code 2 below a floor).
The floors hold for the pages whose fingerprint stands beside them; on others none is claimed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import re
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from crawler.dates import first_date
from crawler.encoding import decode_page
from crawler.extract import extract_article
from pipeline.text import comparable

FLOORS = Path(__file__).with_name("extraction_floors.toml")
GROUPS = {"old pages": True, "government and news pages": False}


@dataclass(frozen=True)
class GoldPage:
    """A page that was read by hand; '' and () where something was not."""

    file: str
    url: str
    raw: bytes
    old: bool
    text: str
    days: tuple[str, ...]
    title: str
    """In the form that is compared."""


@dataclass(frozen=True)
class Reading:
    """What a reader says of a page."""

    text: str
    date: str
    title: str
    said: str = ""


@dataclass(frozen=True)
class PageScore:
    """One page: F1 of the body, and whether date and title are right; None where no gold."""

    file: str
    old: bool
    f1: float | None
    date: bool | None
    title: bool | None
    seconds: float
    said: str


Reader = Callable[[GoldPage], Reading]


def overlap_f1(found: str, wanted: str) -> float:
    """F1 of the 4-gram multisets of two texts, white space ignored."""
    grams = []
    for text in (found, wanted):
        dense = re.sub(r"\s+", "", text)
        grams.append(Counter(dense[n : n + 4] for n in range(max(len(dense) - 3, 1))))
    common = sum((grams[0] & grams[1]).values())
    total = sum(grams[0].values()) + sum(grams[1].values())
    return 2 * common / total if total else 1.0


def _same_page(markup: str, text: str) -> bool:
    """Whether the gold text belongs to this file at all: some of its words stand there."""
    dense = re.sub(r"<[^>]*>|\s+|&nbsp;", "", markup)
    words = re.sub(r"\s+", "", text)
    pieces = [words[n : n + 6] for n in range(0, len(words), max(len(words) // 20, 1))]
    return sum(piece in dense for piece in pieces) >= 0.3 * len(pieces)


def gold_pages(folder: Path) -> Iterator[GoldPage]:
    """The pages with gold under ``folder`` (the data folder's ``html``)."""
    for row in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        page = cast("dict[str, object]", json.loads(row))
        file = str(page["file"])
        if file.startswith("lists/") or not (page.get("text") or page.get("date")):
            continue
        raw = (folder / file).read_bytes()
        text = str(page.get("text") or "")
        if text and not _same_page(decode_page(raw), text):
            continue  # several pages were saved under one name; only the last one is there
        by_hand = page.get("gold") == "read by hand" or file.startswith("gov/")
        said = [page.get("date"), *cast("list[str]", page.get("date_also") or [])]
        found = [first_date(str(value)) for value in said if value]
        yield GoldPage(
            file=file,
            url=str(page.get("url") or ""),
            raw=raw,
            old=not by_hand,
            text=text,
            days=tuple(date.day for date in found if date),
            title=comparable(str(page["title"])) if page.get("title") and by_hand else "",
        )


def fingerprint(pages: Sequence[GoldPage]) -> str:
    """A hash of the pages and their gold: floors hold for these and no others."""
    found = hashlib.blake2b(digest_size=8)
    for page in sorted(pages, key=lambda p: (p.file, p.text)):
        for part in (page.file, page.text, *page.days, page.title):
            found.update(part.encode() + b"\0")
        found.update(page.raw)
    return found.hexdigest()


def score(pages: Sequence[GoldPage], reader: Reader) -> list[PageScore]:
    """How ``reader`` does on ``pages``; a reader that raises has read nothing of that page."""
    scores = []
    for page in pages:
        begin = time.perf_counter()
        try:
            read = reader(page)
        except Exception as error:  # a benchmark of other people's programs goes on
            read = Reading("", "", "", f"{type(error).__name__}: {error}")
        seconds = time.perf_counter() - begin
        scores.append(
            PageScore(
                file=page.file,
                old=page.old,
                f1=overlap_f1(read.text, page.text) if page.text else None,
                date=(read.date[:10] in page.days) if page.days else None,
                title=comparable(read.title) == page.title if page.title else None,
                seconds=seconds,
                said=read.said or f"{read.date} {read.title}",
            )
        )
    return scores


# --- readers ---


def _ours(page: GoldPage) -> Reading:
    item = extract_article(page.raw, page.url)
    said = f"{item.date} [{item.date_evidence}] {item.title}"
    return Reading(item.text, item.date or "", item.title, said)


def _trafilatura() -> Reader:
    trafilatura = importlib.import_module("trafilatura")
    htmldate = importlib.import_module("htmldate")

    def read(page: GoldPage) -> Reading:
        markup = decode_page(page.raw)
        text = trafilatura.extract(markup, url=page.url or None, include_comments=False) or ""
        date = htmldate.find_date(markup, url=page.url or None, original_date=True) or ""
        meta = trafilatura.extract_metadata(markup)
        return Reading(text, date, (meta.title if meta else "") or "")

    return read


def _readability() -> Reader:
    readability = importlib.import_module("readability")
    html = importlib.import_module("lxml.html")

    def read(page: GoldPage) -> Reading:
        document = readability.Document(decode_page(page.raw))
        body = html.fromstring(document.summary())
        return Reading("\n".join(body.itertext()), "", document.short_title() or "")

    return read


def _newspaper() -> Reader:
    newspaper = importlib.import_module("newspaper")

    def read(page: GoldPage) -> Reading:
        article = newspaper.Article(page.url or "http://a.example/", language="zh")
        article.download(input_html=decode_page(page.raw))
        article.parse()
        date = article.publish_date
        return Reading(article.text, date.isoformat() if date else "", article.title or "")

    return read


OTHERS: dict[str, Callable[[], Reader]] = {
    "trafilatura + htmldate": _trafilatura,
    "readability-lxml": _readability,
    "newspaper4k": _newspaper,
}


# --- output ---


@dataclass(frozen=True)
class Figures:
    """What one reader reaches on one group of pages."""

    body: float
    bodies: int
    dates: int
    dated: int
    titles: int
    titled: int

    @classmethod
    def of(cls, scores: Sequence[PageScore]) -> Figures:
        """The figures of some pages."""
        bodies = [page.f1 for page in scores if page.f1 is not None]
        dates = [page.date for page in scores if page.date is not None]
        titles = [page.title for page in scores if page.title is not None]
        mean = sum(bodies) / max(len(bodies), 1)
        return cls(mean, len(bodies), sum(dates), len(dates), sum(titles), len(titles))

    def __str__(self) -> str:
        return (
            f"body F1 {self.body:.3f} ({self.bodies} pages), "
            f"dates {self.dates} of {self.dated}, titles {self.titles} of {self.titled}"
        )


def _below(figures: Figures, floor: dict[str, float]) -> list[str]:
    """What of ``figures`` lies below ``floor``."""
    found = {
        "body": figures.body,
        "dates": figures.dates / max(figures.dated, 1),
        "titles": figures.titles / max(figures.titled, 1),
    }
    return [
        f"{name} {found[name]:.3f} < {least}"
        for name, least in floor.items()
        if found[name] < least
    ]


def _print(text: str) -> None:
    print(text)  # noqa: T201


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds html/index.jsonl")
    parser.add_argument("--pages", action="store_true", help="print every page of ours")
    parser.add_argument("--check", action="store_true", help="compare ours with the pinned floors")
    options = parser.parse_args()
    pages = list(gold_pages(options.data / "html"))
    mark = fingerprint(pages)
    scores = score(pages, _ours)
    if options.pages:
        for page in scores:
            f1 = "  -  " if page.f1 is None else f"{page.f1:.3f}"
            _print(f"{f1} date={page.date} title={page.title} {page.file[-44:]} {page.said}")
    _print(f"{len(pages)} pages with gold, fingerprint {mark}")
    ours = {name: Figures.of([p for p in scores if p.old is old]) for name, old in GROUPS.items()}
    for name, figures in ours.items():
        _print(f"{name}: {figures}")
    each = 1000 * sum(page.seconds for page in scores) / max(len(scores), 1)
    _print(f"{each:.1f} ms a page")
    if options.check:
        return _check(ours, mark)
    for reader, make in OTHERS.items():
        try:
            theirs = score(pages, make())
        except ImportError as error:
            _print(f"{reader}: not measured, {error} (see benchmarks/readers.txt)")
            continue
        for name, old in GROUPS.items():
            _print(f"{reader}, {name}: {Figures.of([p for p in theirs if p.old is old])}")
    return 0


def _check(ours: dict[str, Figures], mark: str) -> int:
    with FLOORS.open("rb") as stream:
        floors = tomllib.load(stream)
    if floors["fingerprint"] != mark:
        _print(f"no floor is pinned for these pages: pinned are {floors['fingerprint']}")
        return 2
    below = [f"{name}: {said}" for name in GROUPS for said in _below(ours[name], floors[name])]
    for said in below:
        _print(said)
    return 2 if below else 0


if __name__ == "__main__":
    sys.exit(main())
