"""The page in a real Chromium: nothing runs off the screen, paper holds it all."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from pipeline.coverage.report import CoverageReport
from pipeline.reports import write_report

pytestmark = pytest.mark.browser

_PROBE = """<script>
addEventListener('load', () => {
  document.querySelectorAll('details').forEach(d => { if (OPEN) d.open = true; });
  const limit = innerWidth + 0.5, wide = [];
  for (const e of document.querySelectorAll('body *')) {
    const box = e.getBoundingClientRect();
    if (box.right > limit && getComputedStyle(e).position !== 'absolute') wide.push(e.tagName + '.' + e.className);
  }
  parent.postMessage([innerWidth, document.documentElement.scrollWidth, ...wide.slice(0, 5)].join(' '), '*');
});
</script>"""

_FRAME = """<!doctype html><body style="margin:0"><pre id="said"></pre>
<iframe style="border:0" width="{width}" height="900" src="{source}"></iframe>
<script>addEventListener('message', e => {{ document.getElementById('said').textContent = e.data; }});</script>
"""


def _run(chromium: str, profile: Path, *arguments: str) -> str:
    """Run the browser headless, offline in effect, with a profile of its own."""
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--disable-dev-shm-usage", f"--user-data-dir={profile}", *arguments,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return done.stdout.decode()


def _widths(chromium: str, page: Path, width: int, folder: Path, *, opened: bool) -> list[str]:
    """Frame width, scroll width and the elements past the edge, as the browser lays it out.

    The frame stands in for a phone: the browser's own window is never narrower than 500 px.
    The probe runs in a copy of the page whose policy is taken out.
    """
    text = page.read_text(encoding="utf-8")
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    probe = _PROBE.replace("OPEN", "true" if opened else "false")
    copy, frame = folder / "copy.html", folder / "frame.html"
    copy.write_text(text.replace("</body>", probe + "</body>"), encoding="utf-8")
    frame.write_text(_FRAME.format(width=width, source=copy.as_uri()), encoding="utf-8")
    dom = _run(
        chromium, folder / "profile", f"--window-size={max(width, 500)},1000",
        "--virtual-time-budget=5000", "--dump-dom", frame.as_uri(),
    )  # fmt: skip
    said = re.search(r'<pre id="said">(.*?)</pre>', dom, re.DOTALL)
    assert said, dom[:500]
    return html.unescape(said.group(1)).split()


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("width", [1400, 900, 640, 400, 320])
def test_nothing_runs_off_the_screen(
    chromium: str, sample_report: CoverageReport, tmp_path: Path, width: int, opened: bool
) -> None:
    page = write_report(sample_report, "html", tmp_path)
    seen, scroll, *wide = _widths(chromium, page, width, tmp_path, opened=opened)
    assert int(seen) == width
    assert int(scroll) <= width, wide
    assert not wide


@pytest.mark.parametrize("width", [1400, 400])
def test_monstrous_words_do_not_push_the_page_apart(
    chromium: str, monstrous_report: CoverageReport, tmp_path: Path, width: int
) -> None:
    page = write_report(monstrous_report, "html", tmp_path)
    seen, scroll, *wide = _widths(chromium, page, width, tmp_path, opened=True)
    assert int(seen) == width
    assert int(scroll) <= width, wide
    assert not wide


@pytest.mark.parametrize("width", [1400, 400])
def test_sixty_months_fit(
    chromium: str, large_report: CoverageReport, tmp_path: Path, width: int
) -> None:
    page = write_report(large_report, "html", tmp_path)
    _, scroll, *wide = _widths(chromium, page, width, tmp_path, opened=False)
    assert int(scroll) <= width, wide


def test_the_probe_sees_what_runs_off_the_screen(
    chromium: str, sample_report: CoverageReport, tmp_path: Path
) -> None:
    page = write_report(sample_report, "html", tmp_path)
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("<main", f"<p><nobr>{'宽' * 90}</nobr></p><main"))
    _, scroll, *wide = _widths(chromium, page, 400, tmp_path, opened=False)
    assert int(scroll) > 400
    assert wide


def test_the_page_is_drawn_in_full_under_its_own_policy(
    chromium: str, sample_report: CoverageReport, tmp_path: Path
) -> None:
    page = write_report(sample_report, "html", tmp_path)
    shot = tmp_path / "page.png"
    _run(
        chromium, tmp_path / "profile", "--window-size=1400,1200", "--hide-scrollbars",
        f"--screenshot={shot}", page.as_uri(),
    )  # fmt: skip
    assert shot.read_bytes().startswith(b"\x89PNG")
    assert shot.stat().st_size > 60_000  # an unstyled or empty page is far smaller


def test_no_page_of_paper_ends_with_a_head_without_a_row(
    chromium: str, sample_report: CoverageReport, tmp_path: Path
) -> None:
    to_text = shutil.which("pdftotext")
    if not to_text:
        pytest.skip("no pdftotext on this machine")
    text = "宣传我市顺应创业创新的新趋势，加快建设众创空间等服务平台的做法与成效。"
    for lines in range(0, 12, 2):  # moves the break through the table's head
        themes = tuple(
            msgspec.structs.replace(theme, text=text * lines, stories=theme.stories[:3])
            for theme in sample_report.themes
        )
        page = write_report(msgspec.structs.replace(sample_report, themes=themes), "html", tmp_path)
        paper = tmp_path / "page.pdf"
        _run(
            chromium, tmp_path / "profile", "--no-pdf-header-footer", f"--print-to-pdf={paper}",
            page.as_uri(),
        )  # fmt: skip
        done = subprocess.run(
            [to_text, "-layout", str(paper), "-"], capture_output=True, check=True
        )
        for sheet in done.stdout.decode().split("\f")[:-1]:
            *said, number = [line.strip() for line in sheet.splitlines() if line.strip()]
            assert re.fullmatch(r"\d+ ?/ ?\d+", number)
            head = r"日期.*认定$|科室.*篇数$|方案原文|篇数|按级别|（[一二三四五六]）(?!.*\d/\d)"
            assert not re.match(head, said[-1]), said[-1]


def test_the_evidence_is_on_paper_too(
    chromium: str, sample_report: CoverageReport, tmp_path: Path
) -> None:
    page = write_report(sample_report, "html", tmp_path)
    paper = tmp_path / "page.pdf"
    _run(
        chromium, tmp_path / "profile", "--no-pdf-header-footer", f"--print-to-pdf={paper}",
        page.as_uri(),
    )  # fmt: skip
    assert paper.read_bytes().startswith(b"%PDF")
    pages = max(map(int, re.findall(rb"/Count (\d+)", paper.read_bytes())))
    assert 3 <= pages <= 9
    to_text = shutil.which("pdftotext")
    if to_text:
        done = subprocess.run([to_text, str(paper), "-"], capture_output=True, check=True)
        words = re.sub(r"\s", "", done.stdout.decode())
        assert "由科技特派员一对一辅导" in words  # stands inside a closed <details>
        assert "未查范围" in words
        assert words.count("宣传覆盖对照报告") == 1
