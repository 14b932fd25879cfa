"""Who may see which people, and who may see where they live."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.people import queries

CHANGES_PEOPLE = (Role.IT, Role.HR)
"""Who imports, adds and changes people, and who sees their addresses: they must get there."""
SEES_PEOPLE = (
    *CHANGES_PEOPLE,
    Role.LEAD,
    Role.WORKS_COUNCIL,
    Role.DPO,
    Role.AUDITOR,
)
"""Who sees the list of people; all but IT and HR without addresses, team leads their own team."""
_SEES_EVERYBODY = frozenset(SEES_PEOPLE) - {Role.LEAD}


def may_change(account: Account) -> bool:
    """Whether this account changes people, and therefore sees addresses."""
    return bool(account.roles & frozenset(CHANGES_PEOPLE))


def within(account: Account) -> ColumnElement[bool] | None:
    """Which people this account may see; None for everybody."""
    return None if account.roles & _SEES_EVERYBODY else queries.led_by(account.id)
