"""Old and foreign office formats (.doc .wps .odt .rtf), made docx by LibreOffice.

Hides: where LibreOffice is, how it is run so that the document can do nothing (own empty profile,
no macros, no linked files, a time limit), and that it may be absent.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from pipeline.documents.blocks import unreadable
from pipeline.errors import BadInput

__all__ = ["OFFICE_SUFFIXES", "as_docx", "find_soffice"]

OFFICE_SUFFIXES = (".doc", ".wps", ".odt", ".rtf")
TIME_LIMIT = 120
"""Seconds; a 200-page .doc takes about ten."""
_COMPOUND = b"\xd0\xcf\x11\xe0"
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel"
 oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def find_soffice() -> str | None:
    """The LibreOffice program, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def as_docx(raw: bytes, suffix: str, name: str) -> bytes:
    """The document as docx bytes.

    Raises:
        BadInput: ``office-missing`` without LibreOffice, ``document-unreadable`` when it fails.
    """
    program = find_soffice()
    if program is None:
        raise BadInput(
            f"{name}: documents of kind {suffix} are read through LibreOffice, which is not here",
            "office-missing",
            "Install libreoffice-writer, or save the file as .docx in Word or WPS and read that.",
        )
    # WPS Office writes .wps in the format of .doc; LibreOffice goes by the ending.
    kind = ".doc" if raw.startswith(_COMPOUND) else suffix
    with tempfile.TemporaryDirectory(prefix="xuanjian-office-") as folder:
        work = Path(folder)
        profile = work / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        source = work / f"source{kind}"
        source.write_bytes(raw)
        _run(
            [
                program,
                f"-env:UserInstallation={(work / 'profile').as_uri()}",
                *("--headless", "--norestore", "--nolockcheck", "--nodefault"),
                *("--convert-to", "docx", "--outdir", str(work / "made"), str(source)),
            ],
            work,
            name,
        )
        made = work / "made" / "source.docx"
        if not made.is_file():
            raise unreadable(name, f"LibreOffice cannot open it; it may be damaged or no {suffix}")
        return made.read_bytes()


def _run(command: list[str], work: Path, name: str) -> None:
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(work), "TMPDIR": str(work)}
    with subprocess.Popen(
        command,
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            process.wait(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise unreadable(
                name, f"LibreOffice did not finish it in {TIME_LIMIT} seconds", "Split it."
            ) from error
