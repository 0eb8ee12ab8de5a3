"""The tables as CSV: the JSON's numbers, read back; no formula opens."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from pipeline.coverage.report import CoverageReport
from pipeline.reports import write_report


@pytest.fixture(scope="module")
def folder(sample_report: CoverageReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("csv")
    write_report(sample_report, "json", made)
    return write_report(sample_report, "csv", made)


def read(folder: Path, name: str) -> list[dict[str, str]]:
    raw = (folder / name).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_the_tables_say_the_jsons_numbers(folder: Path) -> None:
    said = json.loads((folder.parent / "report.json").read_bytes())
    found = {row["编号"]: row for row in read(folder, "themes.csv")}
    for theme in said["themes"]:
        row, tally = found[theme["id"]], theme["tally"]
        assert int(row["已核实"]) == tally["confirmed"] + tally["corrected"]
        for head, key in (("机器", "machine"), ("已否定", "rejected"), ("已确认", "confirmed")):
            assert int(row[head]) == tally[key]
        for month, counts in zip(said["months"], theme["by_month"], strict=True):
            shown = counts["machine"] + counts["confirmed"] + counts["corrected"]
            assert int(row[month]) == shown
    stories = read(folder, "stories.csv")
    pairs = [(s["id"], link["theme"]) for s in said["stories"] for link in s["themes"]]
    assert [(r["报道编号"], r["条目编号"]) for r in stories if r["条目编号"]] == pairs
    assert {row["报道编号"] for row in stories} == {story["id"] for story in said["stories"]}
    for source in said["sources"]:
        rows = [row for row in read(folder, "sources.csv") if row["来源编号"] == source["id"]]
        assert {int(row["来源条数"]) for row in rows} == {source["items"]}
        counts = [int(row["取回"]) for row in rows if row["取回"]]
        assert counts == [c["fetched"] for c in source["columns"]]
    assert [row["未查范围"] for row in read(folder, "unchecked.csv")] == said["unchecked"]


def test_no_cell_opens_a_formula(folder: Path) -> None:
    titles = {row["题名"] for row in read(folder, "stories.csv")}
    assert any(title.startswith("'=HYPERLINK") for title in titles)  # kept, and made harmless
    for path in folder.iterdir():
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")):
            for cell in row:
                assert not cell.lstrip("\u3000 ").startswith(("=", "+", "@", "\t"))
                assert not (cell.startswith("-") and not cell[1:].replace(".", "").isdigit())
