"""A folder of source declarations: which of them can be used, and which a run is to read.

Hides: that a bad file spoils no other, and that a workspace's own declarations come before those that
are shipped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from crawler.sources import Source, close_name, read_source
from pipeline.errors import BadInput, DiskTrouble

__all__ = ["SHIPPED", "Choice", "Declarations", "choose_sources", "load_sources"]


SHIPPED = Path(__file__).resolve().parent / "sources"
"""The declarations that come with Xuanjian."""


@dataclass(frozen=True)
class Declarations:
    """A folder of declarations: those that can be used by id, and what is wrong with the others."""

    good: dict[str, Source]
    bad: dict[str, BadInput | DiskTrouble]
    """By file name without its ending."""

    @property
    def names(self) -> frozenset[str]:
        """Ids and file names in use, of files that cannot be used too."""
        stems = (Path(source.path).stem for source in self.good.values())
        return frozenset({*self.good, *self.bad, *stems})


def load_sources(folder: Path) -> Declarations:
    """All declarations of ``folder``; an absent folder has none, a bad file spoils no other.

    The errors are ``source-unreadable``, ``source-unknown-key``, ``source-bad-value`` and
    ``source-duplicate`` (the later of two files by name).
    """
    good: dict[str, Source] = {}
    bad: dict[str, BadInput | DiskTrouble] = {}
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        try:
            source = read_source(path)
        except (BadInput, DiskTrouble) as error:
            bad[path.stem] = error
            continue
        if source.id in good:
            bad[path.stem] = BadInput(
                f"{path}: the id {source.id} is also used by {good[source.id].path}",
                "source-duplicate",
                "Give each source its own id.",
            )
        else:
            good[source.id] = source
    return Declarations(good, bad)


@dataclass(frozen=True)
class Choice:
    """What a run is to crawl, and the declarations it had to leave out."""

    sources: tuple[Source, ...]
    bad: tuple[BadInput | DiskTrouble, ...] = ()


def choose_sources(folder: Path, wanted: Iterable[str] = ()) -> Choice:
    """The sources named in ``wanted``, from ``folder`` or else from the shipped ones; all of
    ``folder`` when nothing is named.

    Raises:
        BadInput: a named source whose own file is bad, or ``source-missing``. Named sources do
            not care about the mistakes of other files.
    """
    own = load_sources(folder)
    names = tuple(dict.fromkeys(wanted))
    if not names:
        return Choice(tuple(own.good.values()), tuple(own.bad.values()))
    shipped = load_sources(SHIPPED).good
    known = {**shipped, **own.good}
    for name in names:
        if name in own.bad and name not in own.good:
            raise own.bad[name]
        if name not in known:
            there = ", ".join(sorted({*own.good, *own.bad})) or "none"
            raise BadInput(
                f"there is no source {name}; here are: {there}; shipped: "
                + ", ".join(sorted(shipped)),
                "source-missing",
                close_name(name, known) or f"Write {folder / (name + '.toml')}.",
            )
    return Choice(tuple(known[name] for name in names))
