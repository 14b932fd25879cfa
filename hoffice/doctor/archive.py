"""The backup as a file: one ``.tar.gz`` with a manifest that names every part and its hash.

Pure: standard library only. Parts are read and written by name; nothing in an archive can choose
where it lands.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hoffice.errors import Refused

FORMAT = 1
MANIFEST = "manifest.json"
MANIFEST_MOST_BYTES = 64 * 1024 * 1024
READ_BYTES = 1024 * 1024


class BadArchive(Refused):
    """The archive is damaged, or no backup at all; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part as the manifest knows it."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds, and what made it."""

    made_at: str
    version: str
    revision: str
    """The newest migration of the database."""
    key_mark: str
    """Tells whether a house has the same secret key, without telling the key."""
    head: tuple[int, str]
    """Number and hash of the last line of the log."""
    tables: dict[str, int]
    """How many rows each table has."""
    missing_files: list[str]
    """Stored files that were gone or damaged when the backup was made."""
    parts: list[Part] = field(default_factory=list)
    format: int = FORMAT


@dataclass
class Writing:
    """An archive that is being written; the manifest goes in last, under its own name."""

    tar: tarfile.TarFile
    parts: list[Part] = field(default_factory=list)

    def add(self, name: str, content: bytes) -> None:
        """Put one part in."""
        self.parts.append(Part(name, hashlib.sha256(content).hexdigest(), len(content)))
        self._add(name, content)

    def add_file(self, name: str, path: Path) -> None:
        """Put in what lies in a file, however large."""
        digest = hashlib.sha256()
        with path.open("rb") as source:
            for block in iter(lambda: source.read(READ_BYTES), b""):
                digest.update(block)
            size = source.tell()
            source.seek(0)
            self.tar.addfile(_entry(name, size), source)
        self.parts.append(Part(name, digest.hexdigest(), size))

    def finish(self, manifest: Manifest) -> None:
        """Write down what is in here."""
        self._add(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode())

    def _add(self, name: str, content: bytes) -> None:
        self.tar.addfile(_entry(name, len(content)), io.BytesIO(content))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


@contextmanager
def written(path: Path) -> Iterator[Writing]:
    """Write an archive at one stroke: it appears under its name when it is whole, or not at all.

    Nobody but its owner can read it.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            with (
                gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6, mtime=0) as packed,
                tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):
                yield Writing(tar)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except BaseException:  # whatever it was: leave no half archive, then let it go on
        beside.unlink(missing_ok=True)
        raise


def checked(path: Path) -> Manifest:
    """Read the whole archive once: every part named by the manifest is there, and unchanged.

    Raises :class:`BadArchive` with a sentence for the first fault.
    """
    found: dict[str, Part] = {}
    manifest: Manifest | None = None
    with _told():
        for name, source, size in _entries(path):
            if name == MANIFEST:
                manifest = _manifest(source.read(MANIFEST_MOST_BYTES))
                continue
            digest = hashlib.sha256()
            for block in _blocks(source):
                digest.update(block)
            found[name] = Part(name, digest.hexdigest(), size)
    if manifest is None:
        raise BadArchive("The archive has no manifest: it is no backup, or its end is missing.")
    named = {part.name: part for part in manifest.parts}
    for name, part in named.items():
        if name not in found:
            raise BadArchive(f"The archive is damaged: {name} is missing.")
        if found[name] != part:
            raise BadArchive(f"The archive is damaged: {name} is not as it was written.")
    if found.keys() - named.keys():
        raise BadArchive("The archive holds parts that its manifest does not name.")
    return manifest


def parts_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every part with its bytes, in the order in which they were written; check before."""
    with _told():
        for name, source, _size in _entries(path):
            if name != MANIFEST:
                yield name, b"".join(_blocks(source))


@contextmanager
def _told() -> Iterator[None]:
    """Say in one sentence what the readers of tar and gzip stumble over."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadArchive("The archive cannot be read: it is damaged, or no backup.") from error


def _blocks(source: Any) -> Iterable[bytes]:
    return iter(lambda: source.read(READ_BYTES), b"")


def _entries(path: Path) -> Iterator[tuple[str, Any, int]]:
    with tarfile.open(path, mode="r|gz") as tar:
        for entry in tar:
            source = tar.extractfile(entry) if entry.isreg() else None
            if source is None:
                raise BadArchive("The archive holds something that is no file.")
            yield entry.name, source, entry.size


def _manifest(content: bytes) -> Manifest:
    try:
        said = json.loads(content)
        if said["format"] != FORMAT:
            raise BadArchive(f"This backup has format {said['format']}; we read {FORMAT}.")
        parts = [Part(**part) for part in said.pop("parts")]
        seq, digest = said.pop("head")
        return Manifest(**said, head=(int(seq), str(digest)), parts=parts)
    except (ValueError, KeyError, TypeError) as error:
        raise BadArchive("The manifest of the archive cannot be read.") from error
