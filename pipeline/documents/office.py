"""Old and foreign office formats (.doc .wps .odt .rtf), made docx by LibreOffice.

Hides: where LibreOffice is, how it is run so that the document can do nothing (own empty profile,
no macros, no linked files, a time limit), and that it may be absent.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from pipeline.documents.apart import OutOfTime, run_apart
from pipeline.documents.blocks import too_large, unreadable
from pipeline.errors import BadInput

__all__ = ["as_docx", "find_soffice"]

TIME_LIMIT = 120.0
"""Seconds; a 200-page .doc takes about ten."""
MEMORY_LIMIT = 4 * 2**30
"""Bytes of address space; LibreOffice maps one before it opens anything."""
_KINDS = ((b"\xd0\xcf\x11\xe0", ".doc"), (b"{\\rtf", ".rtf"), (b"PK", ".odt"))
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
    # WPS Office writes .wps in the format of .doc, and LibreOffice goes by the ending.
    kind = next((kind for mark, kind in _KINDS if raw.startswith(mark)), suffix)
    with tempfile.TemporaryDirectory(prefix="xuanjian-office-") as folder:
        work = Path(folder)
        profile = work / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        source = work / f"source{kind}"
        source.write_bytes(raw)
        command = [
            str(Path(program).resolve()),
            f"-env:UserInstallation={(work / 'profile').as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--nodefault"),
            *("--convert-to", "docx", "--outdir", str(work / "made"), str(source)),
        ]
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(work), "TMPDIR": str(work)}
        try:
            run_apart(
                command,
                seconds=TIME_LIMIT,
                memory=MEMORY_LIMIT,
                folder=work,
                environment=environment,
            )
        except OutOfTime as error:
            why = f"LibreOffice did not finish it in {TIME_LIMIT:.0f} seconds"
            raise too_large(name, why) from error
        made = work / "made" / "source.docx"
        if not made.is_file():
            raise unreadable(name, f"LibreOffice cannot open it; it may be damaged or no {suffix}")
        return made.read_bytes()
