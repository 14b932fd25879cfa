"""Backup and restore: database, stored files and keys as one archive, checked on both ways."""

from __future__ import annotations

import hmac
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hoffice import VERSION, clock
from hoffice.audit.models import AuditHead
from hoffice.audit.queries import first_break
from hoffice.audit.rules import Break
from hoffice.db import db
from hoffice.doctor import archive, rows
from hoffice.doctor.archive import BadArchive, Manifest, Part
from hoffice.errors import NotFound, Refused
from hoffice.files.models import StoredFile
from hoffice.files.service import Store
from hoffice.runs.models import Timetable
from hoffice.settings import Settings

TABLES, FILES, KEY = "database/", "files/", "keys/secret-key"
SEAL_KEYS = "keys/seal/"
SEAL_KEY = re.compile(r"(?:[0-9a-f]{64}|authority)\.p12")
"""How a key for seals is called; it is encrypted, and its password is in no backup."""
KEY_FILE = "secret-key"
"""Where ``make run`` keeps the key it made; production has it in its environment instead."""


def key_mark(secret_key: str) -> str:
    """Tells two keys apart without telling either."""
    return hmac.new(secret_key.encode(), b"hoffice backup", "sha256").hexdigest()[:16]


def backup(path: Path, *, settings: Settings, store: Store, revision: str) -> Manifest:
    """Write everything into one archive, while the house goes on working.

    All tables are read as of one moment. A stored file that is gone or damaged does not stop the
    backup of all others: the manifest names it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="hoffice-") as folder,
        archive.written(path) as writing,
        _one_moment() as connection,
    ):
        counted = {}
        for table in rows.tables():
            lines = Path(folder) / table.name
            counted[table.name] = rows.write(connection, table, lines)
            writing.add_file(f"{TABLES}{table.name}.jsonl", lines)
            lines.unlink()
        head = connection.execute(sa.select(AuditHead.seq, AuditHead.hash)).one_or_none()
        hashes = connection.scalars(
            sa.select(StoredFile.sha256).distinct().order_by(StoredFile.sha256)
        ).all()
        missing = []
        for sha256 in hashes:
            try:
                writing.add(f"{FILES}{sha256}", store.get(sha256))
            except NotFound:
                missing.append(sha256)
        key = settings.instance / KEY_FILE
        if key.is_file():
            writing.add_file(KEY, key)
        for seal_key in sorted((settings.instance / "seal").glob("*.p12")):
            writing.add_file(f"{SEAL_KEYS}{seal_key.name}", seal_key)
        manifest = Manifest(
            made_at=clock.now().isoformat(),
            version=VERSION,
            revision=revision,
            key_mark=key_mark(settings.secret_key),
            head=(0, "") if head is None else (head.seq, head.hash),
            tables=counted,
            missing_files=missing,
            parts=writing.parts,
        )
        writing.finish(manifest)
    return manifest


def _one_moment() -> Connection:
    """A connection that sees the database as of its first look, whatever others write."""
    db.session.rollback()
    options = {} if _is_sqlite() else {"isolation_level": "REPEATABLE READ"}
    return db.engine.connect().execution_options(**options)


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what is to be told about it."""

    manifest: Manifest
    is_same_key: bool
    fault: Break | None
    """Where the log does not hold; it did not when the backup was made either."""


def restore(path: Path, *, settings: Settings, store: Store, revision: str) -> Restored:
    """Put a backup back, all of it or nothing; the archive was read and checked as a whole before.

    To be called in a writing transaction. Refused when anything is in the house already, and when
    the backup is of another version of the database.
    """
    manifest = archive.checked(path)
    if manifest.revision != revision:
        raise Refused(
            f"This backup is of another version of hoffice (database at {manifest.revision}, here "
            f"{revision}): restore it with that version, then upgrade."
        )
    connection = db.session.connection()
    filled = [name for name, count in rows.counts(connection).items() if count]
    head = connection.scalar(sa.select(AuditHead.seq)) or 0
    if head or set(filled) - {AuditHead.__tablename__, Timetable.__tablename__}:
        raise Refused("This house is not empty. A backup is restored into an empty one only.")
    for counter in (AuditHead, Timetable):  # the migrations wrote an empty one of each
        connection.execute(sa.delete(counter))
    _put_back(path, manifest, connection, settings=settings, store=store)
    rows.go_on_counting(connection)
    if rows.counts(connection) != manifest.tables:
        raise BadArchive("The archive is damaged: it has not as many rows as its manifest says.")
    return Restored(
        manifest,
        is_same_key=manifest.key_mark
        in map(key_mark, (settings.secret_key, *settings.old_secret_keys)),
        fault=first_break(),
    )


def _put_back(
    path: Path, manifest: Manifest, connection: Connection, *, settings: Settings, store: Store
) -> None:
    """Every part to its place; a part nobody knows the place of is refused."""
    known = {f"{TABLES}{table.name}.jsonl": table for table in rows.tables()}
    expected = {part.name: part for part in manifest.parts}
    for name, content in archive.parts_of(path):
        if name in known:
            rows.read(connection, known[name], content)
        elif name.startswith(FILES):
            _put_file(expected[name], content, store)
        elif name == KEY:
            _keep_key(settings.instance / KEY_FILE, content)
        elif name.startswith(SEAL_KEYS) and SEAL_KEY.fullmatch(name.removeprefix(SEAL_KEYS)):
            folder = settings.instance / "seal"
            folder.mkdir(mode=0o700, exist_ok=True)
            _keep_key(folder / name.removeprefix(SEAL_KEYS), content)
        else:
            raise BadArchive(f"The archive holds something unknown: {name}.")


def _put_file(part: Part, content: bytes, store: Store) -> None:
    if part.name != f"{FILES}{part.sha256}" or store.put(content) != part.sha256:
        raise BadArchive(f"The archive is damaged: {part.name} is not as it was written.")


def _keep_key(path: Path, content: bytes) -> None:
    """Write the key where ``make run`` looks for it; one that is there already stays."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(content)
