"""The archived page of an item, found without reading a whole archive for every look.

Hides: which archive an item's page lies in (the one of the run that brought it), and that the places
of its pages are kept in memory once an archive was gone through: 300 bytes a page.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from pipeline.news import canonical_url
from pipeline.saved_pages import PagePlace, SavedPage, page_at, page_places

__all__ = ["archived_page"]

_KEPT = 40
"""Archives whose places are kept."""

_Places = Mapping[str, tuple[PagePlace, ...]]
_held: OrderedDict[tuple[Path, int, int], _Places] = OrderedDict()
_lock = threading.Lock()


def archived_page(archive: Path, url: str, runs: tuple[int, ...]) -> SavedPage | None:
    """The page saved under ``url`` by the first of ``runs`` that saved it; None where none did."""
    address = canonical_url(url) if url else ""
    for run in runs if address else ():
        for path in sorted(archive.glob(f"*-run{run}.warc.gz")):
            for place in _places(path).get(address, ()):
                found = page_at(place)
                if found is not None:
                    return found
    return None


def _places(path: Path) -> _Places:
    at = path.stat()
    key = (path, at.st_size, at.st_mtime_ns)
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]
        # Within the lock: of two who look at one archive at once the second waits.
        _held[key] = page_places([path])
        while len(_held) > _KEPT:
            _held.popitem(last=False)
        return _held[key]
