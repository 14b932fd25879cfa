"""Which runs somebody may look at."""

from __future__ import annotations

from datetime import timedelta

from hoffice import clock
from hoffice.accounts.access import current_account
from hoffice.accounts.rules import Role
from hoffice.errors import N_, NotFound
from hoffice.runs import queries
from hoffice.runs.models import Run

OPEN_DAYS_AFTER = 1
"""How long a driver may still look at a run after its day: doors of old runs stay closed."""


def own_run(run_id: int) -> Run:
    """A run this person may drive: IT every one, a driver the own ones; others are not there."""
    run = queries.run(run_id)
    account = current_account()
    is_mine = run.shift.driver_id == account.id and clock.today() <= run.shift.on_date + timedelta(
        days=OPEN_DAYS_AFTER
    )
    if not is_mine and Role.IT not in account.roles:
        raise NotFound(N_("There is no such run."))
    return run
