"""Files of the archive: which are dropped with age, and which never."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from crawler.archive import drop_archives

TODAY = date(2026, 3, 31)


def _files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_files_older_than_they_are_kept_are_removed_and_nothing_else(tmp_path: Path) -> None:
    old, edge = "xuanjian-2026-02-28-run1.warc.gz", "xuanjian-2026-03-01-run2.warc.gz"
    others = {
        edge,
        "xuanjian-2026-03-30-run10.warc.gz",
        "xuanjian-2020-01-01.warc.gz",
        "by-hand-2020-01-01-run1.warc.gz",
        ".xuanjian-2020-01-01-run3.warc.gz.part",
    }
    for name in (old, *others):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in drop_archives(tmp_path, 30, TODAY)] == [old]
    assert _files(tmp_path) == others


def test_with_no_days_to_keep_all_is_kept(tmp_path: Path) -> None:
    (tmp_path / "xuanjian-2000-01-01-run1.warc.gz").write_bytes(b"x")
    assert drop_archives(tmp_path, 0, TODAY) == ()
    assert drop_archives(tmp_path / "absent", 5, TODAY) == ()
