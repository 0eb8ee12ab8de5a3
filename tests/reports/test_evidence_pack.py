"""佐证材料: the ZIP, its catalogue, and pages that are harmless."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import html as lxml_html

from pipeline.coverage.report import CoverageReport
from pipeline.news import canonical_url
from pipeline.reports.evidence_pack import CATALOGUE_HEADS, write_evidence
from pipeline.saved_pages import SavedPage, saved_pages
from tests.reports.making_publications import publication, publications

PAGE = """<!doctype html><html><head><title>页</title><script>alert(1)</script>
<meta http-equiv="refresh" content="0;url=https://evil.example"><base href="https://evil.example/">
<link rel="stylesheet" href="https://evil.example/a.css"></head>
<body onload="alert(2)"><h1 style="background:url(https://evil.example/b.png)">标题在此</h1>
<p onclick="x()">第一段&lt;正文&gt;<img src="https://evil.example/c.png" alt="图说"></p>
<iframe src="https://evil.example">框架</iframe><a href="javascript:alert(3)">链接文字</a>
<form><input value="表单"></form><svg><script>alert(4)</script></svg>
<table><tr><td colspan="2" onclick="y()">格</td></tr></table></body></html>""".encode("gb18030")


def pages(urls: Collection[str]) -> Iterator[SavedPage]:
    wanted = {canonical_url(url) for url in urls}
    for name in ("b", "a"):  # in the archive's order, not the ledger's
        url = f"https://rb.qingyuan.example/{name}.html"
        if canonical_url(url) in wanted:
            yield SavedPage(url=url, at="2025-03-06T01:00:00Z", body=PAGE)


def texts(ids: Collection[str]) -> dict[str, str]:
    return {"c": "<b>第一行</b>\n第二行"} if "c" in ids else {}


@pytest.fixture(scope="module")
def pack(sample_report: CoverageReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("evidence") / "evidence.zip"
    write_evidence(
        sample_report, path, publications=publications, pages=pages, texts=texts, browser=""
    )
    return path


@pytest.fixture(scope="module")
def catalogue(pack: Path) -> list[dict[str, str]]:
    with ZipFile(pack) as opened:
        raw = opened.read("目录.csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert tuple(table[0]) == CATALOGUE_HEADS
    return table


def _page(pack: Path, number: str) -> lxml_html.HtmlElement:
    with ZipFile(pack) as opened:
        return lxml_html.document_fromstring(opened.read(f"佐证/{number}.html").decode())


def test_every_line_of_the_ledger_has_one_numbered_document(pack: Path, catalogue: list) -> None:
    numbers = [f"202501-{place:04d}" for place in range(1, len(publications()))]
    assert [row["佐证编号"] for row in catalogue] == numbers
    with ZipFile(pack) as opened:
        names = opened.namelist()
        assert opened.testzip() is None
    assert sorted(names) == sorted([*(f"佐证/{n}.html" for n in numbers), "目录.csv", "目录.html"])
    assert [row["文件"] for row in catalogue] == [f"佐证/{n}.html" for n in numbers]


def test_a_document_tells_where_its_bytes_are_from(pack: Path, catalogue: list) -> None:
    digest = hashlib.sha256(PAGE).hexdigest()
    assert [row["材料"] for row in catalogue[:4]] == ["网页存档", "网页存档", "文字记录", "仅登记"]
    assert [row["存档网页 SHA-256"] for row in catalogue[:4]] == [digest, digest, "", ""]
    assert catalogue[0]["采集时间"] == "2025-03-06 09:00 北京时间"
    page = _page(pack, "202501-0001")
    words = page.text_content()
    for said in (
        "202501-0001",
        "青原日报",
        "2025-03-05",
        digest,
        "标题在此",
        "第一段<正文>",
        "［图：图说］",
    ):
        assert said in words
    assert "<b>第一行</b>" in _page(pack, "202501-0003").text_content()


def test_a_saved_page_runs_and_loads_nothing(pack: Path) -> None:
    with ZipFile(pack) as opened:
        for name in opened.namelist():
            if not name.endswith(".html"):
                continue
            page = lxml_html.document_fromstring(opened.read(name).decode())
            tags = {element.tag for element in page.iter() if isinstance(element.tag, str)}
            assert not tags & {"script", "iframe", "img", "form", "input", "svg", "base", "object"}
            assert [link.get("rel") for link in page.iter("link")] == []
            for element in page.iter():
                assert not [key for key in element.attrib if key.startswith("on")]
                assert element.get("style") is None
                assert not (element.get("href") or "").lower().startswith("javascript")
            policies = [m.get("content") for m in page.iter("meta") if m.get("http-equiv")]
            assert len(policies) == 1
            assert policies[0].startswith("default-src 'none'")
            if name.startswith("佐证"):
                assert "evil.example" not in opened.read(name).decode()


def test_no_cell_of_the_catalogue_opens_a_formula(catalogue: list) -> None:
    for row in catalogue:
        for value in row.values():
            assert not value.lstrip("\u3000 ").startswith(("=", "+", "-", "@", "\t", "＝"))


def test_the_same_report_gives_the_same_bytes(
    pack: Path, sample_report: CoverageReport, tmp_path: Path
) -> None:
    again = tmp_path / "again.zip"
    write_evidence(
        sample_report, again, publications=publications, pages=pages, texts=texts, browser=""
    )
    assert again.read_bytes() == pack.read_bytes()


def test_hostile_pages_end_as_documents(sample_report: CoverageReport, tmp_path: Path) -> None:
    bodies = (b"\x00\xff\xfe\x80" * 50, b"<div>" * 5_000 + b"deep", b"", "长".encode() * 600_000)

    def hostile(_: Collection[str]) -> Iterator[SavedPage]:
        for place, body in enumerate(bodies):
            yield SavedPage(url=f"https://rb.qingyuan.example/h{place}.html", at="", body=body)

    path = tmp_path / "hostile.zip"
    given = [publication(f"h{place}") for place in range(len(bodies))]
    write_evidence(sample_report, path, publications=lambda: given, pages=hostile, browser="")
    with ZipFile(path) as opened:
        sizes = [info.file_size for info in opened.infolist() if info.filename.startswith("佐证")]
    assert len(sizes) == len(bodies)
    assert max(sizes) < 3_000_000


@pytest.mark.browser
def test_pages_are_printed_where_a_browser_is(
    chromium: str, sample_report: CoverageReport, tmp_path: Path
) -> None:
    path = tmp_path / "printed.zip"
    write_evidence(
        sample_report, path, publications=lambda: publications()[:1], pages=pages, browser=chromium
    )
    with ZipFile(path) as opened:
        assert opened.read("佐证/202501-0001.pdf").startswith(b"%PDF")


def test_pages_are_read_from_the_archives_of_crawls(tmp_path: Path) -> None:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    def archive(name: str, *saved: tuple[str, str, bytes]) -> Path:
        path = tmp_path / name
        with path.open("wb") as stream:
            writer = WARCWriter(stream, gzip=True)
            for url, status, body in saved:
                head = StatusAndHeaders(
                    status, [("Content-Type", "text/html")], protocol="HTTP/1.1"
                )
                record = writer.create_warc_record(
                    url, "response", payload=io.BytesIO(body), length=len(body), http_headers=head
                )
                writer.write_record(record)
        return path

    archive("xuanjian-2025-03-06-run10.warc.gz", ("http://a.example/1.html", "200 -", b"later"))
    archive(
        "xuanjian-2025-03-06-run9.warc.gz",
        ("http://a.example/2.html", "404 -", b"gone"),
        ("http://a.example/1.html", "200 -", b"first"),
    )
    cut = archive(
        "xuanjian-2025-03-07-run11.warc.gz", ("http://a.example/3.html", "200 -", b"x" * 9)
    )
    cut.write_bytes(cut.read_bytes()[:-30])
    archive("xuanjian-2025-03-08-run12.warc.gz", ("http://a.example/2.html", "200 -", b"two"))
    wanted = ["https://a.example/1.html#top", "http://a.example/2.html", "http://a.example/3.html"]
    found = {page.url: page.body for page in saved_pages(tmp_path, wanted)}
    assert found["http://a.example/1.html"] == b"first"
    assert found["http://a.example/2.html"] == b"two"
    assert [page.url for page in saved_pages(tmp_path, ["http://b.example/"])] == []
