"""The language officers read: every string of the console in one gettext catalogue.

Hides: where catalogues lie and how one is chosen. Strings are written in Chinese where they are
used; ``locale/console.pot`` lists them, and ``locale/LANGUAGE.po`` says them in another language.
"""

from __future__ import annotations

import gettext
from io import BytesIO
from pathlib import Path

from pipeline.errors import BadInput

__all__ = ["LOCALE", "N_", "_", "languages", "ngettext", "speak"]

LOCALE = Path(__file__).parent / "locale"
OWN = "zh"
"""What the strings are written in."""

_spoken: gettext.NullTranslations = gettext.NullTranslations()


def _(text: str) -> str:
    """``text`` in the console's language."""
    return _spoken.gettext(text) if text else ""


def N_(text: str) -> str:  # noqa: N802 - gettext's name for it
    """``text`` as it is, for the catalogue: translated where it is shown."""
    return text


def ngettext(one: str, many: str, count: int) -> str:
    """``one`` or ``many`` in the console's language, by ``count``."""
    return _spoken.ngettext(one, many, count)


def languages() -> tuple[str, ...]:
    """Languages there is a catalogue for."""
    return (OWN, *sorted(path.stem for path in LOCALE.glob("*.po")))


def speak(language: str) -> None:
    """Choose the language of this process.

    Raises:
        BadInput: ``language-unknown``.
    """
    global _spoken  # noqa: PLW0603 - one process speaks one language
    if language == OWN:
        _spoken = gettext.NullTranslations()
        return
    if language not in languages():
        raise BadInput(
            f"the console has no catalogue for {language}",
            "language-unknown",
            f"Set console.language to one of: {', '.join(languages())}.",
        )
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (LOCALE / f"{language}.po").open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    _spoken = gettext.GNUTranslations(compiled)
