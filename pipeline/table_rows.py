"""Rows of text cells from CSV files and XLSX workbooks.

Hides: encodings, separators, the types of a spreadsheet's cells, and how a broken or swollen file
is told from a table.
"""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import BadInput

__all__ = ["csv_rows", "xlsx_rows"]

_MAX_UNPACKED = 300_000_000
_MAX_ROWS = 1_048_576
"""Rows a worksheet may have; more is no spreadsheet a person made."""


def csv_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV file (UTF-8 or GB18030; commas, tabs or semicolons), cells as written.

    Raises:
        BadInput: ``items-unreadable``; names the line where there is one.
    """
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadInput(
            f"{path} is neither UTF-8 nor GB18030 text", "items-unreadable", "Save it as UTF-8 CSV."
        )
    if "\0" in text:
        raise BadInput(
            f"{path} is not a text file", "items-unreadable", "Export it as CSV or XLSX."
        )
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",\t;", key=head.count)
    try:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        yield from reader
    except csv.Error as error:
        raise BadInput(
            f"{path}, line {reader.line_num}: not a readable table: {error}",
            "items-unreadable",
            "Look for a quotation mark that is not closed, or save it again as CSV.",
        ) from error


def xlsx_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a workbook's first sheet; days as ISO 8601, whole numbers without a point.

    Raises:
        BadInput: ``items-unreadable`` or ``items-too-big`` (unpacked, or in rows).
        OSError: the file cannot be read.
    """
    import warnings

    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
                raise BadInput(
                    f"{path} unpacks to more than {_MAX_UNPACKED // 1_000_000} MB",
                    "items-too-big",
                    "Split it into several files.",
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on styles and extensions we do not read
            workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except BadInput:
        raise
    except OSError:
        raise
    except Exception as error:  # openpyxl meets a broken file with whatever comes up
        raise BadInput(
            f"{path} is not a readable XLSX workbook: {error}",
            "items-unreadable",
            "Open it in a spreadsheet program and save it again as .xlsx.",
        ) from error
    try:
        rows = workbook.worksheets[0].iter_rows(values_only=True)
        for number in itertools.count(1):
            try:
                row = next(rows, None)
            except Exception as error:  # a broken sheet fails only when its cells are read
                raise BadInput(
                    f"{path}, row {number} cannot be read: {error}",
                    "items-unreadable",
                    "Open it in a spreadsheet program and save it again as .xlsx.",
                ) from error
            if row is None:
                return
            if number > _MAX_ROWS:
                raise BadInput(
                    f"{path} has more than {_MAX_ROWS} rows", "items-too-big", "Split it."
                )
            yield [_cell(value) for value in row]
    finally:
        workbook.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
