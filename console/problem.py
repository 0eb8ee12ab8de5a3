"""The one shape of an error, as programs read it (RFC 9457), and one whose page is its form."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec

from pipeline.errors import XuanjianError

__all__ = ["FormAgain", "Problem", "Trouble", "without_folders"]

_UPLOAD = re.compile(r"\buploads/[0-9]+/[a-z-]+/[0-9a-f]{16}/")


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details: ``type`` names the error (docs/errors.md), ``hint`` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    hint: str = ""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why a part of a page is not there, told within the page."""

    message: str
    slug: str
    hint: str = ""

    @classmethod
    def of(cls, error: XuanjianError, workspace: Path) -> Trouble:
        """What an error tells, without the folder of the workspace."""
        return cls(
            message=without_folders(error.message, workspace),
            slug=error.slug,
            hint=without_folders(error.hint, workspace),
        )


class FormAgain(XuanjianError):
    """A form that cannot be taken: it is shown again as it was filled in, with what is wrong with it.

    Args:
        refused: what is wrong; programs are told this alone.
        template: that of the form's page.
        filled: the page's record.
        wait: seconds until it may be sent again; 0 for at once.
    """

    def __init__(
        self, refused: XuanjianError, template: str, filled: msgspec.Struct, wait: int = 0
    ) -> None:
        super().__init__(refused.message, refused.slug, refused.hint)
        self.refused = refused
        self.template = template
        self.filled = filled
        self.wait = wait


def without_folders(words: str, workspace: Path) -> str:
    """``words`` without where the workspace lies on the server, and where a file handed in does."""
    return _UPLOAD.sub("", words.replace(f"{workspace}{os.sep}", ""))
