"""A day as somebody typed it."""

from __future__ import annotations

from datetime import date

from console.language import _
from pipeline.errors import BadInput

__all__ = ["day_of"]


def day_of(written: str) -> date:
    """The day of ``2025-03-01``.

    Raises:
        BadInput: ``form-value``.
    """
    try:
        return date.fromisoformat(written.strip())
    except ValueError as error:
        raise BadInput(
            _("读不出这一天：%(day)s") % {"day": written[:40]},
            "form-value",
            _("请写成 2025-03-01。"),
        ) from error
