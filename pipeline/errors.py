"""The one error type a user of Xuanjian ever meets.

Hides: how an error is worded and shown. Every error names what went wrong and where,
carries a slug that has a line in ``docs/errors.md``, and a hint: what to do next.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["BadInput", "DiskTrouble", "XuanjianError"]


class XuanjianError(Exception):
    """Something the user can understand and mend.

    Args:
        message: one line: what is wrong, and where.
        slug: stable short name, listed in ``docs/errors.md``.
        hint: one line: what to do next; may be empty when nothing can be done.
    """

    def __init__(self, message: str, slug: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.slug = slug
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} [{self.slug}]" + (f" {self.hint}" if self.hint else "")

    def __reduce__(self) -> tuple[type[XuanjianError], tuple[str, str, str]]:
        return type(self), (self.message, self.slug, self.hint)


class BadInput(XuanjianError):
    """A file or value handed in by the user cannot be used."""


class DiskTrouble(XuanjianError):
    """The machine refused a read or a write (full disk, no permission, missing folder)."""

    @classmethod
    def from_os_error(cls, error: OSError, doing: str, path: Path | str) -> DiskTrouble:
        """Word an ``OSError`` met while ``doing`` something to ``path``."""
        import errno

        if error.errno == errno.ENOSPC:
            return cls(
                f"no space left while {doing} {path}",
                "disk-full",
                "Free some space and run the command again; nothing was half-written.",
            )
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return cls(
                f"permission denied while {doing} {path}",
                "permission-denied",
                "Check the owner and the rights of the file and its folder.",
            )
        if isinstance(error, FileNotFoundError):
            return cls(f"{path} does not exist", "file-missing", "Check the path.")
        return cls(
            f"{error.strerror or error} while {doing} {path}",
            "disk-trouble",
            "Check the path and the device, then run the command again.",
        )
