"""The register of submissions as a table that reads back as the same submissions.

Hides: that a submission with several uses takes several rows, and that a spreadsheet must not take a
title for a formula or an address.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.config import replacing, writing
from pipeline.errors import BadInput
from pipeline.news import LEVEL_NAMES
from pipeline.register import Submission
from pipeline.register_files import REGISTER_COLUMNS
from pipeline.reports.wording import clean
from pipeline.reports.workbook_file import workbook_file

__all__ = ["write_register"]

_FIELDS = tuple(field for field in REGISTER_COLUMNS if field != "text")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_register(submissions: Sequence[Submission], path: Path) -> None:
    """Write submissions as .xlsx or .csv, whole or not at all; one row a use.

    Raises:
        BadInput: ``register-kind`` for another ending.
        DiskTrouble: the file cannot be written.
    """
    head = [REGISTER_COLUMNS[field][0] for field in _FIELDS]
    rows = [[clean(cell) for cell in row] for one in submissions for row in _rows(one)]
    if path.suffix.lower() == ".xlsx":
        _write_xlsx([head, *rows], path)
    elif path.suffix.lower() == ".csv":
        out = io.StringIO()
        # An apostrophe, which reading takes off again, keeps spreadsheets from calculating a title.
        guarded = [[f"'{c}" if c.startswith(_FORMULA) else c for c in row] for row in rows]
        csv.writer(out).writerows([head, *guarded])
        with writing(path) as file:
            file.write("\ufeff" + out.getvalue())  # without it spreadsheets take it for GBK
    else:
        raise BadInput(
            f"a register cannot be written to {path}", "register-kind", "Use .xlsx or .csv."
        )


def _rows(one: Submission) -> Iterator[list[str]]:
    for place in range(max(len(one.adopted), len(one.events), 1)):
        use = one.adopted[place] if place < len(one.adopted) else None
        event = one.events[place] if place < len(one.events) else None
        told = {
            "office": "、".join(one.offices),
            "day": one.day,
            "title": one.title,
            "column": one.column,
            "words": "" if one.words is None else str(one.words),
            "authors": "、".join(one.authors),
            "story": one.story,
            "adopted": use.outlet if use else "",
            "level": LEVEL_NAMES[use.level] if use and use.level != "other" else "",
            "position": use.position if use else "",
            "printed": use.day if use else "",
            "proof": use.proof if use else "",
            "events": event.what if event else "",
            "event_day": event.day if event else "",
            "event_proof": event.proof if event else "",
        }
        yield [told[field] for field in _FIELDS]


def _write_xlsx(rows: Sequence[Sequence[str]], path: Path) -> None:
    with replacing(path) as partial, workbook_file(partial) as book:
        sheet = book.add_worksheet("报送登记")
        bold = book.add_format({"bold": True})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell, bold if number == 0 else None)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(rows) - 1, 1), len(_FIELDS) - 1)
        sheet.set_column(_FIELDS.index("title"), _FIELDS.index("title"), 40)
