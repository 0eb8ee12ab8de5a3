"""What a sheet and a paper's table say, and how the figures of a report's JSON are put beside them."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl

Grid = list[list[object]]


_HEAD = 5
"""Row (from 1) of every sheet's table head."""


def sheet_of(files: Path, name: str) -> Grid:
    book = openpyxl.load_workbook(files / "report.xlsx")
    return [[cell.value for cell in row] for row in book[name].iter_rows(min_row=_HEAD)]


def table_of(files: Path, first: str, second: str) -> list[list[str]]:
    """The rows of the paper's table with these two first heads."""
    for table in docx.Document(str(files / "report.docx")).tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if rows[0][:2] == [first, second]:
            return rows[1:]
    raise AssertionError(f"no table {first}, {second}")


def rank(theme: dict) -> tuple:
    order = ["blank", "thin", "undecided", "covered"]
    tally = theme["tally"]
    verified = tally["confirmed"] + tally["corrected"]
    return order.index(theme["state"]), verified, verified + tally["machine"]


def by_theme(said: dict, wanted: str) -> dict[str, dict]:
    return {
        link["theme"]: {**link, "story": story}
        for story in said["stories"]
        for link in story["themes"]
        if story["id"] == wanted
    }


def pair_of(name: str, tally: dict[str, int]) -> dict[str, object]:
    return {
        f"{name}.verified": tally["confirmed"] + tally["corrected"],
        f"{name}.machine": tally["machine"],
    }
