"""The one shape of an error, as programs read it (RFC 9457), and one whose page is its form."""

from __future__ import annotations

import msgspec

from pipeline.errors import XuanjianError

__all__ = ["FormAgain", "Problem"]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details: ``type`` names the error (docs/errors.md), ``hint`` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    hint: str = ""


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
