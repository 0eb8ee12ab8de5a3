"""The file a workbook is written to.

Hides: that XlsxWriter takes text for formulas, links and numbers unless told not to, and that it has
errors of its own for a disk that is full.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

__all__ = ["workbook_file"]

_AS_WRITTEN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@contextmanager
def workbook_file(path: Path, *, row_by_row: bool = False) -> Iterator[Workbook]:
    """A workbook whose text stays text, written to ``path`` when the block ends.

    It is packed in memory first: XlsxWriter's archive complains once more, on its own, about a file
    it could not finish.

    Args:
        row_by_row: hold one row of each sheet at a time; rows can then only be written in order.

    Raises:
        OSError: it cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {**_AS_WRITTEN, "constant_memory": row_by_row})
    try:
        yield book
    finally:
        try:
            book.close()
        except FileCreateError as error:
            (cause,) = error.args
            raise cause if isinstance(cause, OSError) else OSError(str(cause)) from error
    path.write_bytes(packed.getbuffer())
