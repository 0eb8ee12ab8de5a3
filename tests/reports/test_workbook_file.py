"""What a workbook is written to, and what becomes of it where it cannot be."""

from __future__ import annotations

import errno
from pathlib import Path

import openpyxl
import pytest

from pipeline.errors import DiskTrouble
from pipeline.reports.register_table import write_register
from pipeline.reports.workbook_file import workbook_file

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("row_by_row", [False, True])
def test_a_full_disk_is_an_os_error_and_not_the_librarys_own(row_by_row: bool) -> None:
    with (
        pytest.raises(OSError, match="space") as caught,
        workbook_file(FULL, row_by_row=row_by_row) as book,
    ):
        book.add_worksheet()
    assert caught.value.errno == errno.ENOSPC


def test_a_full_disk_is_told_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "登记.xlsx"
    write_register([], path)
    before = path.read_bytes()

    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", no_room)
    with pytest.raises(DiskTrouble) as caught:
        write_register([], path)
    assert caught.value.slug == "disk-full"
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_text_stays_text(tmp_path: Path) -> None:
    written = ["=1+1", "https://example.org/", "007"]
    with workbook_file(tmp_path / "b.xlsx") as book:
        book.add_worksheet().write_row(0, 0, written)
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx").active
    assert [(cell.value, cell.data_type) for cell in sheet[1]] == [(text, "s") for text in written]
