"""佐证材料: a ZIP with a catalogue and one dated page for every line of the ledger.

Hides: how saved pages find their lines in one pass over the archive, and that names in the ZIP come
from the ledger's numbers alone. Apart from PDFs the same report gives the same bytes.
"""

from __future__ import annotations

import html
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pipeline.coverage.publications import Publication
from pipeline.coverage.report import CoverageReport
from pipeline.news import canonical_url
from pipeline.reports.csv_report import csv_bytes
from pipeline.reports.ledger import LedgerLine, ledger_lines
from pipeline.reports.page_print import find_chromium, print_pdf
from pipeline.reports.period_wording import sign_off_words
from pipeline.reports.saved_document import saved_document
from pipeline.reports.wording import clean, days_words, level_name, made_words, printing_words
from pipeline.saved_pages import SavedPage

__all__ = ["CATALOGUE_HEADS", "PRINTED", "write_evidence"]

CATALOGUE_HEADS = (
    "佐证编号", "序号", "刊发日期", "标题", "媒体", "级别", "首发/转载", "对应宣传重点", "链接",
    "材料", "文件", "采集时间", "存档网页 SHA-256", "备注",
)  # fmt: skip
PRINTED = 300
"""Pages printed to PDF at most: a browser takes about a second for each."""
_PART = 200


@dataclass(frozen=True)
class _Entry:
    """What the catalogue says of a line's document."""

    kind: str
    files: tuple[str, ...]
    collected: str
    sha256: str


def write_evidence(
    report: CoverageReport,
    path: Path,
    *,
    publications: Callable[[], Iterable[Publication]] = tuple,
    pages: Callable[[Collection[str]], Iterator[SavedPage]] | None = None,
    texts: Callable[[Collection[str]], Mapping[str, str]] | None = None,
    browser: str | None = None,
) -> None:
    """Write the pack to ``path``.

    Args:
        pages: gives saved pages by address; texts: the stored words by item id.
        browser: what prints PDFs; None looks for Chromium, '' prints none.
    """
    lines = list(ledger_lines(report, publications()))
    by_address: dict[str, list[LedgerLine]] = {}
    for line in lines:
        if line.publication.url:
            by_address.setdefault(canonical_url(line.publication.url), []).append(line)
    entries: dict[str, _Entry] = {}
    with ZipFile(path, "w", ZIP_DEFLATED) as pack:
        writing = _Pack(pack, find_chromium() if browser is None else browser or None)
        for page in pages(list(by_address)) if pages else ():
            for line in by_address[canonical_url(page.url)]:
                entries[line.evidence] = writing.add(line, page, "")
        missing = [line for line in lines if line.evidence not in entries]
        for start in range(0, len(missing), _PART):
            part = missing[start : start + _PART]
            words = texts([line.publication.item for line in part]) if texts else {}
            for line in part:
                text = words.get(line.publication.item, "")
                entries[line.evidence] = writing.add(line, None, text)
        rows = [_row(line, entries[line.evidence]) for line in lines]
        writing.write("目录.csv", csv_bytes(CATALOGUE_HEADS, rows))
        writing.write("目录.html", _catalogue(report, rows, writing.left_out).encode())


class _Pack:
    """The open ZIP; documents are added one by one."""

    def __init__(self, pack: ZipFile, browser: str | None) -> None:
        self._pack = pack
        self._browser = browser
        self._printed = 0
        self.left_out = 0
        """Documents without a PDF though a browser is there."""

    def write(self, name: str, data: bytes) -> None:
        entry = ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))  # the same bytes every time
        entry.compress_type = ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        self._pack.writestr(entry, data)

    def add(self, line: LedgerLine, page: SavedPage | None, text: str) -> _Entry:
        document, kind = saved_document(line, page, text)
        files = [f"佐证/{line.evidence}.html"]
        self.write(files[0], document.encode())
        if self._browser and self._printed < PRINTED:
            with tempfile.TemporaryDirectory(prefix="xuanjian-evidence-") as folder:
                source = Path(folder) / "page.html"
                source.write_text(document, encoding="utf-8")
                printed = print_pdf(self._browser, source)
            self._printed += 1
            if printed is not None:
                files.append(f"佐证/{line.evidence}.pdf")
                self.write(files[1], printed)
            else:
                self.left_out += 1
        elif self._browser:
            self.left_out += 1
        return _Entry(
            kind=kind,
            files=tuple(files),
            collected=made_words(page.at) if page else "",
            sha256=page.sha256 if page else "",
        )


def _row(line: LedgerLine, entry: _Entry) -> tuple[str | int, ...]:
    one = line.publication
    return (
        line.evidence,
        line.place,
        clean(one.day, 10) or "日期不明",
        clean(one.title, 200) or "（无标题）",
        clean(one.outlet, 60),
        level_name(one.level),
        printing_words(one.original, one.reprint_of, one.edits),
        line.themes,
        clean(one.url, 500),
        entry.kind,
        "；".join(entry.files),
        entry.collected,
        entry.sha256,
        line.remark,
    )


def _catalogue(report: CoverageReport, rows: list[tuple[str | int, ...]], left_out: int) -> str:
    """The catalogue as a page with links to the documents beside it."""

    def said(text: object) -> str:
        return html.escape(clean(str(text), 600))

    at = CATALOGUE_HEADS.index("文件")
    body = []
    for row in rows:
        cells = [f"<td>{said(value)}</td>" for value in row]
        links = " ".join(
            f'<a href="{html.escape(name)}">{name.rpartition(".")[2]}</a>'
            for name in str(row[at]).split("；")
        )
        cells[at] = f"<td>{links}</td>"
        body.append(f"<tr>{''.join(cells)}</tr>")
    heads = "".join(f'<th scope="col">{said(head)}</th>' for head in CATALOGUE_HEADS)
    notes = [f"未查范围：{line}" for line in report.unchecked] or ["未查范围：没有列出项目。"]
    if left_out:
        notes.insert(
            0, f"另有 {left_out} 份材料没有 PDF（至多印 {PRINTED} 份，或浏览器未能印出）。"
        )
    period = days_words(report.period.first, report.period.last)
    return (
        '<!doctype html>\n<html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\"><title>佐证材料目录</title><style>"
        "body{font:14px/1.6 'Microsoft YaHei','Noto Sans CJK SC',sans-serif;margin:1.5em}"
        "table{border-collapse:collapse;width:100%}td,th{border:1px solid #a9b4bf;padding:.2em .4em;"
        "vertical-align:top;word-break:break-all}th{background:#1b4b78;color:#fff;word-break:keep-all}"
        "thead{display:table-header-group}tr{break-inside:avoid}"
        "@page{size:A4 landscape;margin:12mm}</style></head><body>"
        f"<h1>佐证材料目录</h1><p>{said(report.plan.title)}　统计周期 {said(period)}　"
        f"{said(sign_off_words(report))}　共 {len(rows)} 份</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        + "".join(f"<p>{said(note)}</p>" for note in notes)
        + "</body></html>\n"
    )
