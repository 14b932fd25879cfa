"""The archive of a backup: whole and as it was written, or refused."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hoffice.doctor import archive
from hoffice.doctor.archive import BadArchive, Manifest

Parts = dict[str, bytes]
PEOPLE = "database/employee.jsonl"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """An archive of two parts, the second one larger than what is read at once."""
    path = tmp_path / "good.tar.gz"
    with archive.written(path) as writing:
        writing.add(PEOPLE, b'{"id":1,"name":"Ay\xc5\x9fe"}\n')
        writing.add("files/0", os.urandom(archive.READ_BYTES + 5))
        writing.finish(
            Manifest(
                made_at="2026-11-21T22:00:00+00:00",
                version="0",
                revision="r",
                key_mark="k",
                head=(1, "h"),
                tables={"employee": 1},
                missing_files=[],
                parts=writing.parts,
            )
        )
    return path


def unpacked(path: Path) -> Parts:
    with tarfile.open(path) as tar:
        return {
            entry.name: found.read()
            for entry in tar
            if (found := tar.extractfile(entry)) is not None
        }


def pack(path: Path, parts: Parts) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return path


def test_what_was_written_is_read(good: Path) -> None:
    manifest = archive.checked(good)

    assert manifest.head == (1, "h")
    assert [part.name for part in manifest.parts] == [PEOPLE, "files/0"]
    assert dict(archive.parts_of(good)) == {
        name: content for name, content in unpacked(good).items() if name != archive.MANIFEST
    }


def test_an_archive_that_could_not_be_finished_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), archive.written(tmp_path / "b.tar.gz"):
        raise ZeroDivisionError

    assert list(tmp_path.iterdir()) == []


def test_a_failed_backup_leaves_the_last_one_alone(good: Path) -> None:
    before = good.read_bytes()

    with pytest.raises(ZeroDivisionError), archive.written(good):
        raise ZeroDivisionError

    assert good.read_bytes() == before


def changed_row(parts: Parts) -> None:
    parts[PEOPLE] = parts[PEOPLE].replace(b"1", b"2")


def missing_part(parts: Parts) -> None:
    del parts[PEOPLE]


def added_part(parts: Parts) -> None:
    parts["../../outside"] = b"x"


def no_manifest(parts: Parts) -> None:
    del parts[archive.MANIFEST]


def broken_manifest(parts: Parts) -> None:
    parts[archive.MANIFEST] = parts[archive.MANIFEST][:-40]


def newer_format(parts: Parts) -> None:
    said = json.loads(parts[archive.MANIFEST])
    parts[archive.MANIFEST] = json.dumps({**said, "format": 99}).encode()


@pytest.mark.parametrize(
    "damage",
    [changed_row, missing_part, added_part, no_manifest, broken_manifest, newer_format],
)
def test_a_changed_archive_is_refused(
    good: Path, tmp_path: Path, damage: Callable[[Parts], None]
) -> None:
    parts = unpacked(good)
    damage(parts)

    with pytest.raises(BadArchive):
        archive.checked(pack(tmp_path / "changed.tar.gz", parts))


def test_a_link_instead_of_a_part_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as tar:
        entry = tarfile.TarInfo(PEOPLE)
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(entry)

    with pytest.raises(BadArchive, match="no file"):
        archive.checked(tmp_path / "b.tar.gz")


@pytest.mark.parametrize("percent", range(2, 100, 7))
def test_a_single_flipped_bit_is_noticed(good: Path, percent: int) -> None:
    content = bytearray(good.read_bytes())
    content[len(content) * percent // 100] ^= 1
    good.write_bytes(content)

    with pytest.raises(BadArchive):
        archive.checked(good)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_an_archive_that_was_cut_off_is_refused(good: Path, share: float) -> None:
    content = good.read_bytes()
    good.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(BadArchive):
        archive.checked(good)


@pytest.mark.parametrize("content", [b"hello", gzip.compress(b"hello", mtime=0), b""])
def test_something_else_is_no_backup(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tar.gz").write_bytes(content)

    with pytest.raises(BadArchive):
        archive.checked(tmp_path / "x.tar.gz")
