"""``python -m crawler.exchange write|take``: crawls into a pack, and a pack into the store.

Hides: what of the store belongs into a pack, and that a pack is taken in whole or not at all, also
its files. Packs of one database are a chain: each names the one it goes on from, and none is taken in
without it, since its observed windows rest on the items that one brought.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from crawler.archive import drop_archives, rescue_archives
from crawler.pack import Manifest, OpenPack, is_archive_name, open_pack, write_pack
from pipeline.config import Workspace
from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.store.alarms import Alarm, all_alarms
from pipeline.store.items import Added
from pipeline.store.leases import Holder, hold
from pipeline.store.packs import (
    PackedItem,
    PackedLine,
    PackRecord,
    chain_of,
    items_of_runs,
    known_runs,
    lines_of_runs,
    packs,
    record_pack,
    runs_after,
    take_alarms,
    take_items,
    take_run,
)
from pipeline.store.runs import (
    LedgerEntry,
    RunRecord,
    SourceRecord,
    known_sources,
    record_ledger,
    record_source,
)
from pipeline.store.store import Store, now

__all__ = ["Taken", "Written", "main", "take_pack", "write_crawls"]

_TOGETHER = 500
"""Items stored at a time."""


@dataclass(frozen=True)
class Written:
    """A pack that was written."""

    pack: PackRecord
    runs: int
    archives: int


@dataclass(frozen=True)
class Taken:
    """What taking a pack in did; ``known`` when it had been taken in before."""

    pack: PackRecord
    known: bool = False
    runs: int = 0
    archives: int = 0
    added: Added = field(default_factory=Added)


def write_crawls(workspace: Workspace, path: Path, *, after: int | None = None) -> Written:
    """Write what was crawled since the last pack to ``path``, and remember that it was.

    Args:
        after: number of the pack to go on from instead; 0 for everything there is.

    Raises:
        BadInput: ``pack-exists``, ``pack-missing`` (no pack has the number ``after``).
        XuanjianError: ``pack-nothing``; ``source-busy`` while a crawl goes on.
        DiskTrouble: the pack cannot be written.
    """
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(workspace.database_url))
        _keep_crawls_away(stack, store)
        rescue_archives(workspace.archive)
        with store.begin() as session:
            made = packs(session, "made")
            before = _goes_on_from(made, after)
            begin = before.last_run if before else 0
            runs = runs_after(session, begin)
            if not runs:
                raise XuanjianError(
                    "nothing was crawled since the last pack",
                    "pack-nothing",
                    "Crawl first, or pack again from an earlier one: --pack-after NUMBER.",
                )
            manifest = Manifest(
                chain=chain_of(session, uuid.uuid4().hex),
                number=max((pack.number for pack in made), default=0) + 1,
                previous=before.fingerprint if before else "",
                after=begin,
                last_run=runs[-1].id,
                made_at=now(),
            )
            ids = [run.id for run in runs]
            sources = (one for one in known_sources(session) if one.channel != "register")
            archives = _archives_of(workspace.archive, set(ids))
            fingerprint = write_pack(
                path,
                manifest,
                {
                    "sources": sources,
                    "runs": runs,
                    "ledger": lines_of_runs(session, ids),
                    "items": items_of_runs(session, begin, manifest.last_run),
                    "alarms": all_alarms(session),
                },
                archives,
            )
            pack = _record(manifest, fingerprint)
            record_pack(session, "made", pack)
    return Written(pack, len(runs), len(archives))


def _keep_crawls_away(stack: ExitStack, store: Store) -> None:
    """What a crawl brings after it was packed would never be packed."""
    with store.begin() as session:
        tasks = tuple(f"crawl {source.id}" for source in known_sources(session))
    taken = stack.enter_context(hold(store, tasks, Holder.this()))
    if busy := sorted(set(tasks) - set(taken)):
        names = ", ".join(task.removeprefix("crawl ") for task in busy)
        raise XuanjianError(
            f"another process is crawling {names}",
            "source-busy",
            "Wait until it has ended, then pack: xuanjian crawl --pack FILE --pack-only.",
        )


def _goes_on_from(made: Sequence[PackRecord], after: int | None) -> PackRecord | None:
    """The pack the next one goes on from; None for none."""
    if after is None:
        return made[-1] if made else None
    if after == 0:
        return None
    found = [pack for pack in made if pack.number == after]
    if not found:
        there = ", ".join(str(pack.number) for pack in made) or "none"
        raise BadInput(
            f"no pack has the number {after}; written were: {there}",
            "pack-missing",
            "Ask the closed side for the last one it took in; 0 packs everything.",
        )
    return found[-1]


def _archives_of(folder: Path, runs: set[int]) -> list[Path]:
    found = []
    for path in sorted(folder.glob("xuanjian-*.warc.gz")):
        match = is_archive_name(f"archive/{path.name}")
        if match and int(match[3]) in runs:
            found.append(path)
    return found


def _record(manifest: Manifest, fingerprint: str) -> PackRecord:
    return PackRecord(
        chain=manifest.chain,
        number=manifest.number,
        fingerprint=fingerprint,
        previous=manifest.previous,
        last_run=manifest.last_run,
        made_at=manifest.made_at,
    )


# --- taking in ---


def take_pack(workspace: Workspace, path: Path, expected: str = "") -> Taken:
    """Verify a pack and take it in: all of it, or nothing. Twice is harmless.

    Args:
        expected: the fingerprint printed where it was written, or its beginning; '' for any.

    Raises:
        BadInput: what ``open_pack`` raises; ``pack-other`` for another fingerprint; ``pack-gap``
            when the pack it goes on from was not taken in; ``pack-own`` for one of this database's own.
        XuanjianError: ``pack-busy`` while another is taken in.
        DiskTrouble: its files cannot be written.
    """
    with ExitStack() as stack:
        pack = stack.enter_context(open_pack(path))
        if expected and not pack.fingerprint.startswith(expected.strip().lower()):
            raise BadInput(
                f"{path} has the fingerprint {pack.fingerprint}, not {expected}",
                "pack-other",
                "It is another pack than the one meant, or was written by somebody else.",
            )
        store = stack.enter_context(Store.open(workspace.database_url))
        if not stack.enter_context(hold(store, ("take pack",), Holder.this())):
            raise XuanjianError(
                "another process is taking in a pack", "pack-busy", "Wait until it has ended."
            )
        with store.begin() as session:
            record = _record(pack.manifest, pack.fingerprint)
            if _known(session, pack):
                return Taken(record, known=True)
        try:
            workspace.archive.mkdir(parents=True, exist_ok=True)
            for left in workspace.archive.glob(".taking-*"):  # by a process that was killed
                shutil.rmtree(left)
            folder = Path(
                stack.enter_context(
                    tempfile.TemporaryDirectory(prefix=".taking-", dir=workspace.archive)
                )
            )
            for name in pack.archives:
                pack.copy(name, folder / Path(name).name)
        except OSError as error:
            raise DiskTrouble.from_os_error(error, "writing to", workspace.archive) from error
        done = _store(workspace, store, pack, folder)
        keep = workspace.settings.get("crawl.keep_days", int)
        drop_archives(workspace.archive, keep, datetime.datetime.now(datetime.UTC).date())
    return done


def _known(session: Session, pack: OpenPack) -> bool:
    """Whether it was taken in; raises where it cannot be."""
    taken = {record.fingerprint for record in packs(session, "taken")}
    manifest = pack.manifest
    if pack.fingerprint in taken:
        return True
    if any(record.chain == manifest.chain for record in packs(session, "made")):
        raise BadInput(
            f"{pack.path} was written from this very database",
            "pack-own",
            "Take it in on the other side.",
        )
    if manifest.previous and manifest.previous not in taken:
        last = max(
            (r.number for r in packs(session, "taken") if r.chain == manifest.chain), default=0
        )
        raise BadInput(
            f"{pack.path} is pack {manifest.number} of its chain and goes on from one that was not "
            f"taken in (fingerprint {manifest.previous[:16]}); the last taken in is {last}",
            "pack-gap",
            "Take that one in first; if it is lost, have the other side write: "
            f"xuanjian crawl --pack FILE --pack-only --pack-after {last}.",
        )
    return False


def _store(workspace: Workspace, store: Store, pack: OpenPack, folder: Path) -> Taken:
    """Everything in one transaction; files get their names just before it is committed, and lose
    them again when it fails."""
    chain = pack.manifest.chain
    record = _record(pack.manifest, pack.fingerprint)
    new, added = 0, Added()
    with ExitStack() as undo:
        with store.begin() as session:
            for source in pack.records("sources", SourceRecord):
                record_source(session, source)
            runs = known_runs(session, chain)
            for run in pack.records("runs", RunRecord):
                if run.id not in runs:
                    runs[run.id] = take_run(session, chain, run)
                    new += 1
            for line in pack.records("ledger", PackedLine):
                record_ledger(session, _here(pack, runs, line.run), [_checked(pack, line.entry)])
            packed = pack.records("items", PackedItem)
            for there, together in itertools.groupby(packed, key=lambda one: one.run):
                here = _here(pack, runs, there)
                for part in _parts(together):
                    added += take_items(session, [one.item for one in part], here)
            take_alarms(session, pack.records("alarms", Alarm), runs)
            record_pack(session, "taken", record)
            for name in pack.archives:
                match = is_archive_name(name)
                assert match is not None
                here = _here(pack, runs, int(match[3]))
                target = workspace.archive / f"xuanjian-{match[2]}-run{here}.warc.gz"
                (folder / match[1]).replace(target)
                undo.callback(target.unlink, missing_ok=True)
        undo.pop_all()
    return Taken(record, runs=new, archives=len(pack.archives), added=added)


def _here(pack: OpenPack, runs: dict[int, int], there: int) -> int:
    if there not in runs:
        raise BadInput(
            f"{pack.path} holds what no pack holds: something of run {there}, which it does not name",
            "pack-refused",
            "Nothing was stored. Have it written anew: xuanjian crawl --pack.",
        )
    return runs[there]


def _checked(pack: OpenPack, entry: LedgerEntry) -> LedgerEntry:
    """A line whose window is one: the rest of it are counts."""
    if entry.window:
        try:
            first, last = map(datetime.date.fromisoformat, entry.window)
        except ValueError:
            first, last = datetime.date.max, datetime.date.min
        if first > last:
            raise BadInput(
                f"{pack.path} holds what no pack holds: the days {entry.window} of {entry.source}",
                "pack-refused",
                "Nothing was stored. Have it written anew: xuanjian crawl --pack.",
            )
    return entry


def _parts(items: Iterator[PackedItem]) -> Iterator[list[PackedItem]]:
    while part := list(itertools.islice(items, _TOGETHER)):
        yield part


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see ``--help``."""
    parser = argparse.ArgumentParser(prog="python -m crawler.exchange", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=Path(), help="the workspace's folder")
    verbs = parser.add_subparsers(dest="verb", required=True)
    write = verbs.add_parser("write", help="write what was crawled since the last pack")
    write.add_argument("file", type=Path)
    write.add_argument("--after", type=int, metavar="NUMBER", help="go on from this pack")
    take = verbs.add_parser("take", help="take packs in, in their order")
    take.add_argument("files", type=Path, nargs="+")
    take.add_argument("--expect", default="", metavar="FINGERPRINT")
    options = parser.parse_args(arguments)
    try:
        workspace = Workspace.open(options.workspace)
        if options.verb == "write":
            _say_written(options.file, write_crawls(workspace, options.file, after=options.after))
            return 0
        for path in _in_order(options.files):
            _say_taken(path, take_pack(workspace, path, options.expect))
    except XuanjianError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _in_order(paths: Sequence[Path]) -> list[Path]:
    if len(paths) == 1:
        return list(paths)
    numbered = []
    for path in paths:
        with open_pack(path) as pack:
            numbered.append((pack.manifest.chain, pack.manifest.number, path))
    return [path for _, _, path in sorted(numbered)]


def _say_written(path: Path, written: Written) -> None:
    print(  # noqa: T201
        f"{path}：采集包第 {written.pack.number} 号，含采集 {written.runs} 次、存档 {written.archives} 个\n"
        f"指纹 {written.pack.fingerprint}（导入时核对）"
    )


def _say_taken(path: Path, taken: Taken) -> None:
    if taken.known:
        said = "早已导入，未作改动"
    else:
        said = (
            f"采集 {taken.runs} 次、存档 {taken.archives} 个，新增 {taken.added.new} 条，"
            f"已有 {taken.added.known} 条，更新 {taken.added.changed} 条"
        )
    print(  # noqa: T201
        f"{path}：采集包第 {taken.pack.number} 号，{said}\n指纹 {taken.pack.fingerprint}"
    )


if __name__ == "__main__":
    sys.exit(main())
