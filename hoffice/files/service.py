"""Keeping files: written once under their own hash, never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from hoffice import clock
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.files.models import StoredFile


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


def keep(store: Store, content: bytes, *, name: str, media_type: str) -> StoredFile:
    """Store a file and write its row, in the transaction of the deed that needs it."""
    digest = store.put(content)
    row = StoredFile(
        sha256=digest, size=len(content), media_type=media_type, name=name, created_at=clock.now()
    )
    db.session.add(row)
    db.session.flush()
    return row
