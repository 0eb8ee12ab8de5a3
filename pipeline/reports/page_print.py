"""Pages printed to PDF by Chromium, where it is installed.

Hides: how a browser is run so that it loads nothing, keeps nothing and cannot hang.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

__all__ = ["find_chromium", "print_pdf"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
_SECONDS = 60


def find_chromium() -> str | None:
    """The browser's program; None where there is none."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def print_pdf(browser: str, page: Path) -> bytes | None:
    """The page, a file without scripts, as PDF; None where the browser fails or takes too long."""
    with tempfile.TemporaryDirectory(prefix="xuanjian-print-") as folder:
        printed = Path(folder) / "page.pdf"
        command = [
            browser, "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--disable-javascript", "--no-pdf-header-footer",
            "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={printed}", page.resolve().as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium refuses root otherwise
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                process.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return None
        return printed.read_bytes() if process.returncode == 0 and printed.is_file() else None
