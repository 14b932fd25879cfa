"""Rows as lines of JSON, the same from every database, and back again into any of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hoffice.db import Model, Moment

BATCH = 1000


def tables() -> list[sa.Table]:
    """All tables, those first that others point to."""
    return list(Model.metadata.sorted_tables)


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in tables()
    }


def write(connection: Connection, table: sa.Table, path: Path) -> int:
    """Write all rows of a table, one JSON object a line, in the order of its key."""
    count = 0
    rows = connection.execution_options(yield_per=BATCH).execute(
        sa.select(table).order_by(*table.primary_key.columns)
    )
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            plain = {name: _plain(value) for name, value in row._mapping.items()}  # noqa: SLF001  # SQLAlchemy's documented way to a row as a mapping
            out.write(json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    return count


def _plain(value: object) -> object:
    """A value as JSON has it; words, numbers, lists and dictionaries are so already."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def read(connection: Connection, table: sa.Table, content: bytes) -> int:
    """Insert the rows of one table; gives how many."""
    count = 0
    for batch in _batches(table, content):
        connection.execute(sa.insert(table), batch)
        count += len(batch)
    return count


def _batches(table: sa.Table, content: bytes) -> Iterator[list[dict[str, Any]]]:
    columns = {column.name: column.type for column in table.columns}
    batch: list[dict[str, Any]] = []
    for line in content.splitlines():
        row = json.loads(line)
        batch.append({name: _value(columns[name], value) for name, value in row.items()})
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _value(kind: sa.types.TypeEngine[Any], plain: object) -> object:
    if not isinstance(plain, str):
        return plain
    if isinstance(kind, Moment):
        return datetime.fromisoformat(plain)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(plain)
    return plain


def go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL count on behind the rows that were put back; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = connection.scalar(sa.func.pg_get_serial_sequence(table.name, column.name))
        last = connection.scalar(sa.select(sa.func.max(column)))
        if sequence is not None and last is not None:
            connection.execute(sa.select(sa.func.setval(sequence, last)))
