"""Long lists of ids, cut for the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

IN_ONE_GO: Final = 5000
"""So many ids stand in one statement; PostgreSQL ends at 65,535 and SQLite at 32,766."""


def portions(employee_ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in portions that fit into one statement; never an empty one."""
    wanted = list(employee_ids)
    for start in range(0, len(wanted), IN_ONE_GO):
        yield wanted[start : start + IN_ONE_GO]
