"""The blueprint that the pages of this domain hang on, and where they lead outside of it."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, current_app, url_for

from hoffice.accounts.rules import Role

bp = Blueprint("runs", __name__, url_prefix="/fahrten")

READERS: Final = (Role.IT,)
"""Who sees all runs with their addresses; a driver sees the own ones on the doorstep pages."""


def elsewhere(endpoint: str, **values: Any) -> str | None:
    """The address of a page above this domain; None in a house without it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def person_url(employee_id: int) -> str | None:
    """Where everything about a person stands."""
    return elsewhere("desk.person", employee_id=employee_id)
