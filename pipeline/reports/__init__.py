"""Reporters: one thin module per format, all fed by one frozen ``CoverageReport``.

Hides: which formats there are and what their files are called. A writer's module is imported
when it is first asked for, so that listing the formats costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pipeline.config import replacing
from pipeline.coverage.report import CoverageReport
from pipeline.errors import BadInput

if TYPE_CHECKING:
    from pipeline.coverage.publications import Publication
    from pipeline.saved_pages import SavedPage

__all__ = ["FORMATS", "Publications", "SavedPages", "StoredTexts", "Writer", "write_report"]

Writer = Callable[[CoverageReport, Path], None]
"""Writes a report to exactly this path."""

Publications = Callable[[], "Iterable[Publication]"]
SavedPages = Callable[[Collection[str]], "Iterator[SavedPage]"]
"""Gives the saved pages among these addresses, each the one that was saved first."""
StoredTexts = Callable[[Collection[str]], Mapping[str, str]]
"""Gives the stored words of the items with these ids."""


class _Formats(Mapping[str, Writer]):
    """Format name -> writer, importing the writer's module on access."""

    _PLACES: ClassVar[dict[str, tuple[str, str]]] = {
        "bulletin": ("pipeline.reports.docx.bulletin", "write_bulletin"),
        "csv": ("pipeline.reports.csv_report", "write_tables"),
        "docx": ("pipeline.reports.docx.circular", "write_docx"),
        "evidence": ("pipeline.reports.evidence_pack", "write_evidence"),
        "html": ("pipeline.reports.html", "write_html"),
        "inquiry": ("pipeline.reports.docx.inquiry", "write_inquiry"),
        "json": ("pipeline.reports.json_report", "write_json"),
        "ledger": ("pipeline.reports.ledger", "write_ledger"),
        "xlsx": ("pipeline.reports.xlsx", "write_xlsx"),
    }

    def __getitem__(self, name: str) -> Writer:
        module, function = self._PLACES[name]
        writer: Writer = getattr(import_module(module), function)
        return writer

    def __contains__(self, name: object) -> bool:
        return name in self._PLACES

    def __iter__(self) -> Iterator[str]:
        return iter(self._PLACES)

    def __len__(self) -> int:
        return len(self._PLACES)


FORMATS: Mapping[str, Writer] = _Formats()
"""The formats ``write_report`` knows."""

_FILES = {
    "bulletin": "bulletin.docx",
    "inquiry": "inquiry.docx",
    "csv": "csv",
    "evidence": "evidence.zip",
    "ledger": "ledger.xlsx",
}
"""What a format's file is called where that is not ``report.<format>``."""
_PAPERS = frozenset(["bulletin", "docx", "inquiry"])
"""Formats whose layout a department may replace by a Word file of its own."""
_BY_PUBLICATION = frozenset(["evidence", "ledger"])
"""Formats with a line for every publication, of which a report lists only some."""


def write_report(
    report: CoverageReport,
    format_name: str,
    folder: Path,
    *,
    template: Path | None = None,
    publications: Publications = tuple,
    pages: SavedPages | None = None,
    texts: StoredTexts | None = None,
) -> Path:
    """Write ``report`` as ``folder/report.<format>``, whole or not at all, and give its path.

    Args:
        template: a Word file whose styles the papers take; None for our own layout.
        publications: gives those the report counted, in the order of its ledger, anew each time.
        pages: gives the saved pages at some addresses; None where nothing was saved.
        texts: gives the stored words of some items; None where they are not to be had.

    Raises:
        BadInput: the format is not known (``report-format``), or the template cannot be used
            (``template-unreadable``, ``template-styles``, ``template-external``).
        DiskTrouble: the folder cannot be written.
    """
    if format_name not in FORMATS:
        raise BadInput(
            f"unknown report format {format_name!r}",
            "report-format",
            f"Known formats: {', '.join(FORMATS)}.",
        )
    path = folder / _FILES.get(format_name, f"report.{format_name}")
    writer = FORMATS[format_name]
    if format_name in _PAPERS:
        writer = partial(writer, template=template)  # type: ignore[call-arg]
    if format_name in _BY_PUBLICATION:
        writer = partial(writer, publications=publications)  # type: ignore[call-arg]
    if format_name == "evidence":
        writer = partial(writer, pages=pages, texts=texts)  # type: ignore[call-arg]
    if format_name == "csv":  # several files, each of them whole
        writer(report, path)
        return path
    with replacing(path) as temporary:
        writer(report, temporary)
    return path
