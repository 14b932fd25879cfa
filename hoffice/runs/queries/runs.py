"""Reading runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from hoffice.accounts.models import Account
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.people.models import Employee
from hoffice.places.travel.answers import STRAIGHT_LINE
from hoffice.places.travel.straight import UNCERTAINTY
from hoffice.runs.models import (
    Plan,
    Run,
    Shift,
    Stop,
    Van,
)
from hoffice.runs.planning.plan import Travel
from hoffice.runs.queries.stops import whole_stop
from hoffice.runs.rules import RunState


def whole_run() -> tuple[_AbstractLoad, ...]:
    """Load options: a run with shift, van, driver and everything about its stops."""
    return (
        joinedload(Run.shift).joinedload(Shift.van),
        joinedload(Run.shift).joinedload(Shift.driver),
        selectinload(Run.stops).options(*whole_stop()),
    )


def run(run_id: int, *, lock: bool = False) -> Run:
    """The run with this number, with stops, people, homes and boxes loaded.

    With ``lock`` nobody else changes the run or its stops before this transaction ends, and what
    was read of them before is read again.
    """
    wanted = select(Run).where(Run.id == run_id).options(*whole_run())
    if lock:
        wanted = wanted.with_for_update(of=Run).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such run."))
    return found


def travel_of_run(run: Run) -> dict[str, Any] | None:
    """Where the travel times of the run came from, as its plan keeps it.

    A run that no plan has made, as in the demo, was timed with the embedded model.
    """
    if run.plan_id is None:
        return Travel(STRAIGHT_LINE, UNCERTAINTY).to_json()
    return db.session.scalars(select(Plan.travel).where(Plan.id == run.plan_id)).one_or_none()


def runs_between(first: date, last: date) -> Sequence[Run]:
    """The runs of these days with everything about their stops."""
    return db.session.scalars(
        select(Run)
        .join(Run.shift)
        .where(Shift.on_date >= first, Shift.on_date <= last)
        .options(*whole_run())
        .order_by(Shift.on_date, Shift.van_id)
    ).all()


def closed_runs() -> Sequence[Run]:
    """All runs that have ended, the first one first."""
    return db.session.scalars(
        select(Run).where(Run.closed_at.is_not(None)).options(*whole_run()).order_by(Run.closed_at)
    ).all()


def runs_on(day: date) -> Sequence[Run]:
    """The runs of one day."""
    return runs_between(day, day)


def runs_of_driver(account_id: int, from_date: date) -> Sequence[Run]:
    """What this driver drives from this day on."""
    return db.session.scalars(
        select(Run)
        .join(Run.shift)
        .where(Shift.driver_id == account_id, Shift.on_date >= from_date)
        .options(*whole_run())
        .order_by(Shift.on_date, Shift.van_id)
    ).all()


def runs() -> Select[Run]:
    """All runs with shift, van and driver, for the list page."""
    return (
        select(Run)
        .join(Run.shift)
        .join(Shift.van)
        .outerjoin(Shift.driver)
        .options(
            contains_eager(Run.shift).contains_eager(Shift.van),
            contains_eager(Run.shift).contains_eager(Shift.driver),
            selectinload(Run.stops),
        )
    )


def search_runs(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Runs where each word names the van, the driver or somebody who is visited."""
    each = words.split() if isinstance(words, str) else words
    return and_(true(), *(_names_run(word) for word in each))


def _names_run(word: str) -> ColumnElement[bool]:
    to_person = (
        select(Stop.run_id)
        .join(Employee, Employee.id == Stop.employee_id)
        .where(
            Stop.run_id.is_not(None), Employee.search_text.contains(word.lower(), autoescape=True)
        )
    )
    return or_(
        Van.name.icontains(word, autoescape=True),
        Account.name.icontains(word, autoescape=True),
        Run.id.in_(to_person),
    )


def in_state(state: RunState) -> ColumnElement[bool]:
    """Runs that stand so."""
    return Run.state == state


def from_day(day: date) -> ColumnElement[bool]:
    """Runs on this day or later."""
    return Shift.on_date >= day
