"""How well article pages are read: ``python benchmarks/extraction.py DATA_DIR``.

For the pages of ``DATA_DIR/html/index.jsonl`` that were read by hand: body as the F1 of the
multisets of 4-grams (white space ignored), share of dates right to the day (``date_also``
accepted), share of titles right (signs and white space ignored), for the old pages
(``articles/``, ``others/`` without gold) and the government and news pages apart.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from crawler.dates import first_date
from crawler.encoding import decode_page
from crawler.extract import extract_article
from pipeline.text import comparable


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


def score_pages(folder: Path) -> list[PageScore]:
    """Scores of all pages with gold under ``folder`` (the data folder's ``html``)."""
    scores = []
    for row in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        page = cast("dict[str, object]", json.loads(row))
        file = str(page["file"])
        if file.startswith("lists/") or not (page.get("text") or page.get("date")):
            continue
        raw = (folder / file).read_bytes()
        if page.get("text") and not _same_page(decode_page(raw), str(page["text"])):
            continue  # several pages were saved under one name; only the last one is there
        begin = time.perf_counter()
        item = extract_article(raw, str(page.get("url") or ""))
        seconds = time.perf_counter() - begin
        by_hand = page.get("gold") == "read by hand" or file.startswith("gov/")
        text = str(page["text"]) if page.get("text") else None
        days = [
            found.day
            for value in [page.get("date"), *cast("list[str]", page.get("date_also") or [])]
            if value and (found := first_date(str(value)))
        ]
        title = comparable(str(page["title"])) if page.get("title") and by_hand else None
        scores.append(
            PageScore(
                file=file,
                old=not by_hand,
                f1=overlap_f1(item.text, text) if text is not None else None,
                date=((item.date or "")[:10] in days) if days else None,
                title=comparable(item.title) == title if title else None,
                seconds=seconds,
                said=f"{item.date} [{item.date_evidence}] {item.title}",
            )
        )
    return scores


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds html/index.jsonl")
    parser.add_argument("--pages", action="store_true", help="print every page")
    options = parser.parse_args()
    scores = score_pages(options.data / "html")
    if options.pages:
        for page in scores:
            f1 = "  -  " if page.f1 is None else f"{page.f1:.3f}"
            print(f"{f1} date={page.date} title={page.title} {page.file[-44:]} {page.said}")  # noqa: T201
    for name, old in (("old pages", True), ("government and news pages", False)):
        part = [page for page in scores if page.old is old]
        bodies = [page.f1 for page in part if page.f1 is not None]
        dates = [page.date for page in part if page.date is not None]
        titles = [page.title for page in part if page.title is not None]
        print(  # noqa: T201
            f"{name}: body F1 {sum(bodies) / max(len(bodies), 1):.3f} ({len(bodies)} pages), "
            f"dates {sum(dates)} of {len(dates)}, titles {sum(titles)} of {len(titles)}"
        )
    each = 1000 * sum(page.seconds for page in scores) / max(len(scores), 1)
    print(f"{each:.1f} ms a page")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
