"""Keeping files: written once under their own hash, never changed; erased when nobody has them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, delete, exists, func, or_, select

from hoffice import clock
from hoffice.db import Model, db
from hoffice.errors import N_, NotFound
from hoffice.files.models import StoredFile

LOCK: Final = 0x66696C65
"""The first of the two numbers under which PostgreSQL keeps locks on stored bytes."""


class Store:
    """The folder of stored files; the only one who knows where bytes lie."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, sha256: str) -> Path:
        """Where the bytes with this hash lie."""
        return self.root / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Write the bytes, durably and at one stroke; gives back their SHA-256.

        Written before the row is committed: a row never points to a missing file, at worst a file
        has no row, which costs space and nothing else.
        """
        digest = hashlib.sha256(content).hexdigest()
        target = self.path_of(digest)
        if target.exists():
            return digest
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(target)
        except BaseException:  # whatever it was: leave no half file, then let it go on
            Path(name).unlink(missing_ok=True)
            raise
        return digest

    def get(self, sha256: str) -> bytes:
        """The bytes with this hash, checked; :class:`NotFound` when they are gone or damaged."""
        try:
            content = self.path_of(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFound(N_("This file is no longer there.")) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotFound(N_("This file is damaged; restore it from a backup."))
        return content

    def discard(self, sha256: str) -> None:
        """Erase the bytes with this hash; nothing happens where they are gone already."""
        self.path_of(sha256).unlink(missing_ok=True)


def keep(store: Store, content: bytes, *, name: str, media_type: str) -> StoredFile:
    """Store a file and write its row, in the transaction of the deed that needs it."""
    _hold(hashlib.sha256(content).hexdigest(), alone=False)
    digest = store.put(content)
    row = StoredFile(
        sha256=digest, size=len(content), media_type=media_type, name=name, created_at=clock.now()
    )
    db.session.add(row)
    db.session.flush()
    return row


def erase(store: Store, file_id: int) -> bool:
    """Erase a file to which nothing in the house refers any more; False where something does.

    Bytes that another row shares stay. They go before the transaction ends: should it fail, the
    row is there without its bytes, and erasing it once more puts that right.
    """
    file = db.session.get(StoredFile, file_id)
    if file is None:
        return True
    sha256 = file.sha256
    _hold(sha256, alone=True)
    if db.session.scalar(select(or_(*(exists().where(one == file_id) for one in _referring())))):
        return False
    db.session.execute(delete(StoredFile).where(StoredFile.id == file_id))
    if not db.session.scalar(select(exists().where(StoredFile.sha256 == sha256))):
        store.discard(sha256)
    return True


def _referring() -> list[Column[Any]]:
    """Every column of the house that may point to a stored file, whoever made it."""
    files = Model.metadata.tables[StoredFile.__tablename__]
    return [
        key.parent
        for table in Model.metadata.sorted_tables
        for key in table.foreign_keys
        if key.references(files)
    ]


def _hold(sha256: str, *, alone: bool) -> None:
    """Until the transaction ends nobody erases these bytes; ``alone``: and nobody keeps them anew.

    Otherwise bytes could go between the moment they were found in the store and the moment the new
    row is seen. SQLite has one writer at a time and needs no lock.
    """
    if db.engine.dialect.name != "postgresql":
        return
    lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
    db.session.execute(select(lock(LOCK, int(sha256[:7], 16))))
