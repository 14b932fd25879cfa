"""Keeping the text true that the one search field looks through."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import update

from hoffice.db import db
from hoffice.people import queries
from hoffice.people.models import Employee
from hoffice.people.rules import searchable


def refresh_search(employee_ids: Iterable[int]) -> None:
    """Write the search text of these people anew; what was changed before must be flushed."""
    rows = [
        {
            "id": row.id,
            "search_text": searchable(
                row.name, row.number, row.email, row.team, row.street_line, row.town_line
            ),
        }
        for row in queries.rows_of(list(employee_ids))
    ]
    if rows:
        db.session.execute(update(Employee), rows)
