"""Page 2 of a list that does not say where it is: what is tried, and what is believed. Pure.

Hides: the robust order. The names that content management systems give to page 2 are tried one after
the other; the first whose rows are new and stand where those of page 1 stand is kept. A wrong name
may be answered with another column's page and status 200, so new links alone prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urljoin, urlsplit

from crawler.links import Link
from pipeline.news import canonical_url

__all__ = ["continues_list", "guessed_address", "guessed_patterns"]

_SHARE = 0.6
"""Share of the new links that must stand under the folders of page 1's."""
_DATED = re.compile(r"^(?:(?:19|20)\d{2}(?:[01]\d(?:[0-3]\d)?)?|\d{1,2}|[0-9a-f]{16,})$")


def guessed_patterns(url: str) -> tuple[str, ...]:
    """How the pages of the list at ``url`` may be named, in the order to try; ``{page}`` is the page
    from 1, ``{page-1}`` one less.

    >>> guessed_patterns("http://a.example/kjdt/")[:2]
    ('index_{page-1}.html', 'index_{page}.html')
    """
    path = urlsplit(url).path
    stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    names = []
    if dot and not re.match(r"(?i)(?:jsp|php|aspx?|do|action)$", ending):
        names += [f"{stem}_{{page-1}}.{ending}", f"{stem}_{{page}}.{ending}"]
    if not path.endswith("/") and not dot:
        return ("?page={page}",)
    names += ["index_{page-1}.html", "index_{page}.html"]
    return (*dict.fromkeys(names), "?page={page}")


def guessed_address(url: str, pattern: str, page: int) -> str:
    """The address of ``page`` by ``pattern``, beside ``url``."""
    name = pattern.replace("{page-1}", str(page - 1)).replace("{page}", str(page))
    return urljoin(url, name)


def continues_list(first: Sequence[str], found: Iterable[Link]) -> bool:
    """Whether ``found`` are further rows of the list whose own rows lead to ``first``: some are new,
    and the new ones stand under the same folders."""
    known = {canonical_url(url) for url in first}
    folders = {_folder(url) for url in first}
    fresh = [link.url for link in found if canonical_url(link.url) not in known]
    alike = sum(_folder(url) in folders for url in fresh)
    return bool(fresh) and alike >= _SHARE * len(fresh)


def _folder(url: str) -> tuple[str, ...]:
    """Host and folders of an address without those that are a date or a number."""
    parts = urlsplit(url)
    folders = [part for part in parts.path.split("/")[1:-1] if part and not _DATED.match(part)]
    return (parts.netloc, *folders)
