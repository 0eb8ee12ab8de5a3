"""What the sample office hands in because no crawl reaches it: hides how the lists are written down.

The plan names a broadcaster and a WeChat account, and the bureau's column 政策解读 refuses the crawler;
somebody opens all three by hand, writes their lists into tables, and vouches for the days they hold.
"""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path

from samples.articles import FOLDER

HANDED_IN = FOLDER / "handed-in"


@dataclass(frozen=True)
class HandedIn:
    """One list 发布清单, and the word of the person who handed it in."""

    path: Path
    """A table or pasted links; addresses begin with ``{bureau}`` and so on, which stand for where a site is served."""
    medium: str
    column: str
    """Column of ``medium``, where that is a crawled site; '' where no site is crawled."""
    carrier: str
    first: dt.date
    last: dt.date
    """The days of which the list holds everything."""
    by: str

    def rows(self) -> tuple[tuple[dt.date, str], ...]:
        """Day and title of every row."""
        lines = self.path.read_text(encoding="utf-8").splitlines()
        if self.path.suffix == ".csv":
            rows = [(row[0], row[1]) for row in csv.reader(lines[1:])]
        else:
            rows = [(line[:10], line[10:].strip()) for line in lines if line[:4].isdigit()]
        return tuple((dt.date.fromisoformat(day), title) for day, title in rows)

    def text(self, bases: dict[str, str]) -> str:
        """The list with the addresses of the sites as they are served."""
        table = self.path.read_text(encoding="utf-8")
        for site, base in bases.items():
            table = table.replace(f"{{{site}}}", base)
        return table


def read_handed_in(path: Path = HANDED_IN / "lists.toml") -> tuple[HandedIn, ...]:
    """The lists, in the order of the file."""
    tree = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        HandedIn(
            path=path.parent / str(table["file"]),
            medium=str(table["medium"]),
            column=str(table.get("column", "")),
            carrier=str(table["carrier"]),
            first=table["first"],
            last=table["last"],
            by=str(tree["by"]),
        )
        for table in tree["list"]
    )
