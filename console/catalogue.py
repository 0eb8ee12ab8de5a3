"""``python -m console.catalogue``: write ``locale/console.pot``, the list of every string officers read.

Hides: how strings are found (Babel, in Python and in templates) and in which order they stand. Another
language is one more file beside it: ``pybabel init -i console.pot -l LANGUAGE -o LANGUAGE.po``.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from console.language import LOCALE
from pipeline.config import replacing

__all__ = ["TEMPLATE", "catalogue", "written"]

TEMPLATE = LOCALE / "console.pot"

_METHODS = [("**.py", "python"), ("**.j2", "jinja2")]
_OPTIONS = {"**.j2": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
_KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


def catalogue() -> Catalog:
    """Every string, with the files it stands in."""
    found = Catalog(project="Xuanjian", charset="utf-8", fuzzy=False)
    for name, _line, message, comments, context in extract_from_dir(
        Path(__file__).parent, _METHODS, _OPTIONS, keywords=_KEYWORDS
    ):
        found.add(
            message, locations=[(f"console/{name}", 0)], auto_comments=comments, context=context
        )
    return found


def written() -> bytes:
    """The catalogue as a file: no dates and no line numbers, so that it changes with strings alone."""
    out = BytesIO()
    write_po(out, catalogue(), omit_header=True, sort_output=True, include_lineno=False, width=0)
    return out.getvalue()


if __name__ == "__main__":
    with replacing(TEMPLATE) as temporary:
        temporary.write_bytes(written())
