"""Rows of text cells from CSV files and XLSX workbooks.

Hides: encodings, separators, the types of a spreadsheet's cells, its serial numbers for days, and
how a broken or swollen file is told from a table.
"""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import BadInput

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = ["SheetMarks", "csv_rows", "serial_day", "xlsx_marks", "xlsx_rows"]

_MAX_UNPACKED = 300_000_000
_MAX_UNPACKED_WHOLE = 60_000_000
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
    workbook = _workbook(path, _MAX_UNPACKED, read_only=True, data_only=True)
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


@dataclass(frozen=True)
class SheetMarks:
    """What the values of a workbook's first sheet do not tell; rows and columns count from 1."""

    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Merged cells: first row, first column, last row, last column; the value is in the first."""
    formulas: frozenset[tuple[int, int]] = frozenset()
    """Row and column of the cells whose value a formula made."""
    other_sheets: tuple[str, ...] = ()
    days_from_1904: bool = False
    """Whether serial numbers of days are counted from 1904, as old Macintosh workbooks do."""


def xlsx_marks(path: Path) -> SheetMarks:
    """Merged cells, formulas and further sheets of a workbook that ``xlsx_rows`` could read.

    It takes the whole sheet into memory: for tables that people write, not for exports.

    Raises:
        BadInput: ``items-unreadable``; ``items-too-big`` where it unpacks to more than 60 MB.
    """
    workbook = _workbook(path, _MAX_UNPACKED_WHOLE)
    sheet = workbook.worksheets[0]
    return SheetMarks(
        merged=tuple(
            sorted(
                (area.min_row, area.min_col, area.max_row, area.max_col)
                for area in sheet.merged_cells.ranges
            )
        ),
        formulas=frozenset(
            (number, place)
            for number, row in enumerate(sheet.iter_rows(), sheet.min_row)
            for place, cell in enumerate(row, sheet.min_column)
            if cell.data_type == "f"
        ),
        other_sheets=tuple(other.title for other in workbook.worksheets[1:]),
        days_from_1904=workbook.epoch.year == 1904,
    )


def serial_day(written: str, *, from_1904: bool = False) -> str | None:
    """The day (ISO 8601) of a spreadsheet's serial number, 1990 to 2079; None for anything else.

    Serial numbers are days since 1899-12-30, or since 1904-01-01; a fraction is the time of day.

    >>> serial_day("42795"), serial_day("42795.5"), serial_day("2017")
    ('2017-03-01', '2017-03-01', None)
    """
    written, _, time = written.partition(".")
    if time and not time.isdecimal():
        return None
    if from_1904 and written.isdecimal() and len(written) == 5:
        written = str(int(written) + 1462)
    # isdecimal lets full-width digits in, which int() reads, but not ² and ①, which it does not.
    if not (written.isdecimal() and 32_874 <= int(written) <= 65_746):
        return None
    return (datetime.date(1899, 12, 30) + datetime.timedelta(days=int(written))).isoformat()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _workbook(
    path: Path, most: int, *, read_only: bool = False, data_only: bool = False
) -> Workbook:
    """The workbook of ``path``, which may unpack to ``most`` bytes."""
    import warnings

    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > most:
                raise BadInput(
                    f"{path} unpacks to more than {most // 1_000_000} MB",
                    "items-too-big",
                    "Split it into several files.",
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on styles and extensions we do not read
            return openpyxl.load_workbook(path, read_only=read_only, data_only=data_only)
    except (BadInput, OSError):
        raise
    except Exception as error:  # openpyxl meets a broken file with whatever comes up
        raise BadInput(
            f"{path} is not a readable XLSX workbook: {error}",
            "items-unreadable",
            "Open it in a spreadsheet program and save it again as .xlsx.",
        ) from error
