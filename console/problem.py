"""The one shape of an error, as programs read it (RFC 9457), and one whose page is its form."""

from __future__ import annotations

import msgspec

from pipeline.errors import XuanjianError

__all__ = ["FormAgain", "Problem", "Trouble"]


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
    def of(cls, error: XuanjianError) -> Trouble:
        """What an error tells."""
        return cls(message=error.message, slug=error.slug, hint=error.hint)


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
