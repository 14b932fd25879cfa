"""Keeping files."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoffice.errors import NotFound
from hoffice.files.service import Store


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    store = Store(tmp_path)

    assert store.get(store.put(b"Zusatzvereinbarung")) == b"Zusatzvereinbarung"


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    store = Store(tmp_path)

    assert store.put(b"a") == store.put(b"a")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_damaged_file_is_never_given_out(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = store.put(b"Zusatzvereinbarung")
    store.path_of(digest).write_bytes(b"etwas anderes")

    with pytest.raises(NotFound, match="damaged"):
        store.get(digest)


def test_a_missing_file_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no longer there"):
        Store(tmp_path).get("0" * 64)
