"""The file that carries crawls into a closed network 采集包: its format, written and verified.

Hides: that it is a ZIP file whose comment is the SHA-256 of every byte before it, what it may hold, and
how much. ``manifest.json`` names every other member with its size and hash; ``sources``, ``runs``,
``ledger``, ``items`` and ``alarms`` are JSON lines; ``archive/`` has the WARC files as they are.
Nothing of a pack is believed before all of it was verified. A hash tells damage and slips, not an
attacker who writes a pack of his own: for that the fingerprint is printed on both sides.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from pipeline import __version__
from pipeline.config import replacing
from pipeline.errors import BadInput, DiskTrouble

__all__ = [
    "LISTS",
    "Manifest",
    "OpenPack",
    "PackedFile",
    "is_archive_name",
    "open_pack",
    "write_pack",
]

FORMAT = 1
LISTS = ("sources", "runs", "ledger", "items", "alarms")
"""The lists a pack holds, each as ``NAME.jsonl``."""
LARGEST = 32 * 1024**3
"""Bytes of a pack, packed or unpacked."""
LARGEST_LIST = 4 * 1024**3
"""Bytes of one list, unpacked; it is read line by line."""
LARGEST_LINE = 64 * 1024**2
MOST_MEMBERS = 20_000
_LARGEST_MANIFEST = 16 * 1024**2
_MANIFEST = "manifest.json"
_DIGEST = 64
"""Characters of a SHA-256 in hexadecimal."""
_BLOCK = 1 << 20
_ARCHIVE = re.compile(r"archive/(xuanjian-(\d{4}-\d\d-\d\d)-run(\d{1,9})\.warc\.gz)")
_KINDS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_Record = TypeVar("_Record", bound=msgspec.Struct)


class PackedFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member of a pack: its size in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a pack says of itself.

    ``chain`` names the database it was written from, ``number`` its place among that database's
    packs; ``previous`` is the fingerprint of the pack it goes on from ('' for none), ``after`` the
    newest run that one covered and ``last_run`` the newest this one does.
    """

    format: int = FORMAT
    software: str = f"xuanjian {__version__}"
    chain: str
    number: int
    previous: str
    after: int
    last_run: int
    made_at: str
    files: tuple[PackedFile, ...] = ()


class _Versioned(msgspec.Struct):
    """As much of a manifest as every version has."""

    format: int


def is_archive_name(name: str) -> re.Match[str] | None:
    """Whether a member is a file of the archive; groups: file name, day, run."""
    match = _ARCHIVE.fullmatch(name)
    if match:
        try:
            datetime.date.fromisoformat(match[2])
        except ValueError:
            return None
    return match


# --- writing ---


def write_pack(
    path: Path,
    manifest: Manifest,
    lists: dict[str, Iterable[msgspec.Struct]],
    archives: Iterable[Path],
) -> str:
    """Write a pack whole or not at all; gives its fingerprint.

    Args:
        manifest: without its files.
        lists: records by name of ``LISTS``; consumed once, a line at a time.
        archives: files of the archive, taken as they are.

    Raises:
        BadInput: ``pack-exists``: a pack is never written over.
        DiskTrouble: it cannot be written.
    """
    if path.exists():
        raise BadInput(
            f"{path} exists already", "pack-exists", "Name another file; no pack is written over."
        )
    with replacing(path) as temporary:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as out:
            files = []
            for name in LISTS:
                with _Member(out, f"{name}.jsonl") as member:
                    for record in lists[name]:
                        member.write(msgspec.json.encode(record) + b"\n")
                files.append(member.file)
            for archive in archives:
                name = f"archive/{archive.name}"
                with _Member(out, name, packed=False) as member, archive.open("rb") as stream:
                    while block := stream.read(_BLOCK):
                        member.write(block)
                files.append(member.file)
            whole = msgspec.structs.replace(manifest, files=tuple(files))
            out.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(whole), indent=1))
            out.comment = b"0" * _DIGEST
        with temporary.open("r+b") as stream:
            fingerprint = _digest_before_comment(stream, temporary.stat().st_size)
            stream.seek(-_DIGEST, 2)
            stream.write(fingerprint.encode())
    return fingerprint


class _Member:
    """One member while it is written, and its hash."""

    def __init__(self, out: zipfile.ZipFile, name: str, *, packed: bool = True) -> None:
        entry = zipfile.ZipInfo(name, datetime.datetime.now(datetime.UTC).timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = 0o644 << 16
        self._name = name
        self._stream: IO[bytes] = out.open(entry, "w", force_zip64=True)
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, block: bytes) -> None:
        self._stream.write(block)
        self._hash.update(block)
        self._size += len(block)

    def __enter__(self) -> _Member:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    @property
    def file(self) -> PackedFile:
        return PackedFile(name=self._name, size=self._size, sha256=self._hash.hexdigest())


def _digest_before_comment(stream: IO[bytes], size: int) -> str:
    digest, left = hashlib.sha256(), size - _DIGEST
    stream.seek(0)
    while left > 0 and (block := stream.read(min(_BLOCK, left))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest()


# --- reading ---


@dataclass(frozen=True)
class OpenPack:
    """A pack that was verified to its last byte."""

    path: Path
    fingerprint: str
    manifest: Manifest
    _archive: zipfile.ZipFile

    def records(self, name: str, kind: type[_Record]) -> Iterator[_Record]:
        """The records of one list, one by one.

        Raises:
            BadInput: ``pack-refused``; names the line.
        """
        decoder = msgspec.json.Decoder(kind)
        with self._archive.open(f"{name}.jsonl") as stream:
            number = 0
            while line := stream.readline(LARGEST_LINE + 1):
                number += 1
                if len(line) > LARGEST_LINE:
                    raise _refused(self.path, f"{name}.jsonl, line {number} is too long")
                try:
                    yield decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    raise _refused(self.path, f"{name}.jsonl, line {number}: {error}") from error

    @property
    def archives(self) -> tuple[str, ...]:
        """Names of the members that are files of the archive."""
        return tuple(file.name for file in self.manifest.files if is_archive_name(file.name))

    def copy(self, name: str, target: Path) -> None:
        """Write one member to ``target``."""
        with self._archive.open(name) as stream, target.open("wb") as out:
            while block := stream.read(_BLOCK):
                out.write(block)


@contextmanager
def open_pack(path: Path) -> Iterator[OpenPack]:
    """Open a pack, all of which is verified before the block begins.

    Raises:
        BadInput: ``pack-damaged`` (cut off or changed since it was written, or no pack),
            ``pack-newer`` (written by a newer Xuanjian), ``pack-refused`` (holds what no pack
            holds: strange names, more than it says, too much).
        DiskTrouble: it cannot be read.
    """
    with ExitStack() as stack:
        try:
            # The very file that was verified is read, whatever becomes of its name.
            stream = stack.enter_context(path.open("rb"))
            size = path.stat().st_size
            if size > LARGEST:
                raise _refused(path, f"more than {LARGEST // 1024**3} GB")
            fingerprint = _digest_before_comment(stream, size)
            stream.seek(max(0, size - _DIGEST))
            if size <= _DIGEST or stream.read() != fingerprint.encode():
                raise _damaged(path)
            archive = stack.enter_context(zipfile.ZipFile(stream))
            pack = OpenPack(path, fingerprint, _verified(path, archive), archive)
        except _BROKEN as error:
            raise _damaged(path) from error
        except OSError as error:
            raise DiskTrouble.from_os_error(error, "reading", path) from error
        yield pack


_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    UnicodeDecodeError,
)
"""What a broken ZIP file raises, wherever it is broken."""


def _verified(path: Path, archive: zipfile.ZipFile) -> Manifest:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(names) > MOST_MEMBERS:
        raise _refused(path, f"more than {MOST_MEMBERS} files")
    if len(set(names)) != len(names):
        raise _refused(path, "a file twice")
    if _MANIFEST not in names:
        raise _damaged(path)
    lists = {f"{name}.jsonl" for name in LISTS}
    for entry in entries:
        name = entry.filename
        if name != _MANIFEST and name not in lists and not is_archive_name(name):
            raise _refused(path, f"a file named {name[:80]!r}")
        if entry.flag_bits & 1 or entry.compress_type not in _KINDS:
            raise _refused(path, f"{name} packed in a way no pack is")
    unpacked = {entry.filename: entry.file_size for entry in entries}
    if sum(unpacked.values()) > LARGEST or unpacked[_MANIFEST] > _LARGEST_MANIFEST:
        raise _refused(path, "more than a pack may hold when unpacked")
    for name in lists & set(names):
        if unpacked[name] > LARGEST_LIST:
            raise _refused(path, f"{name} larger than {LARGEST_LIST // 1024**3} GB")
    manifest = _manifest(path, archive.read(_MANIFEST))
    said = {file.name: file for file in manifest.files}
    if len(said) != len(manifest.files) or set(said) != set(names) - {_MANIFEST}:
        raise _refused(path, "other files than its manifest names")
    if not lists <= set(said):
        raise _refused(path, "not all lists")
    for name, file in said.items():
        if unpacked[name] != file.size or _hash_of(archive, file) != file.sha256:
            raise _refused(path, f"{name} differs from what the manifest says")
    return manifest


def _manifest(path: Path, raw: bytes) -> Manifest:
    try:
        version = msgspec.json.decode(raw, type=_Versioned).format
        if version > FORMAT:
            raise BadInput(
                f"{path} has format {version}, this Xuanjian knows {FORMAT}",
                "pack-newer",
                "Update Xuanjian on this side.",
            )
        return msgspec.json.decode(raw, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(path, f"a manifest that cannot be read: {error}") from error


def _hash_of(archive: zipfile.ZipFile, file: PackedFile) -> str:
    digest, left = hashlib.sha256(), file.size
    with archive.open(file.name) as stream:
        while block := stream.read(_BLOCK):
            left -= len(block)
            if left < 0:
                return ""
            digest.update(block)
    return digest.hexdigest()


def _damaged(path: Path) -> BadInput:
    return BadInput(
        f"{path} is no whole pack: it was cut off or changed since it was written",
        "pack-damaged",
        "Copy it again from the other side, and compare the fingerprint printed there.",
    )


def _refused(path: Path, what: str) -> BadInput:
    return BadInput(
        f"{path} holds what no pack holds: {what}",
        "pack-refused",
        "Nothing was stored. Do not use it; have it written anew: xuanjian crawl --pack.",
    )
