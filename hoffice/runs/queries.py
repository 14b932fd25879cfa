"""Reading vans, shifts, runs, stops and plans. Every ``select`` of this domain is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import Kit, KitItem
from hoffice.people.models import Employee
from hoffice.runs.models import Depot, Plan, Run, Shift, Stop, Van
from hoffice.runs.rules import STOP_ENDED, StopState

OPEN_STOPS = sorted(set(StopState) - STOP_ENDED)


def depot() -> Depot | None:
    """Where runs begin, when somebody has said so."""
    return db.session.scalars(select(Depot).order_by(Depot.id).limit(1)).one_or_none()


def vans() -> Sequence[Van]:
    """The vans in use, by name."""
    return db.session.scalars(select(Van).where(Van.retired_at.is_(None)).order_by(Van.name)).all()


def van(van_id: int) -> Van:
    """The van with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Van, van_id)
    if found is None:
        raise NotFound(N_("There is no such van."))
    return found


def shift(shift_id: int) -> Shift:
    """The shift with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Shift, shift_id)
    if found is None:
        raise NotFound(N_("There is no such shift."))
    return found


def shifts(from_date: date, *, to_date: date | None = None) -> Sequence[Shift]:
    """The shifts from this day on, with van, driver and run."""
    wanted = (
        select(Shift)
        .where(Shift.on_date >= from_date)
        .options(
            joinedload(Shift.van),
            joinedload(Shift.driver),
            joinedload(Shift.run).selectinload(Run.stops),
        )
        .order_by(Shift.on_date, Shift.van_id)
    )
    if to_date is not None:
        wanted = wanted.where(Shift.on_date <= to_date)
    return db.session.scalars(wanted).all()


def shifts_by_id(ids: Iterable[int]) -> Sequence[Shift]:
    """These shifts with van and run, in the order of their days."""
    return db.session.scalars(
        select(Shift)
        .where(Shift.id.in_(list(ids)))
        .options(joinedload(Shift.van), joinedload(Shift.run))
        .order_by(Shift.on_date, Shift.van_id)
    ).all()


def _whole_stop() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Stop.employee),
        joinedload(Stop.home),
        joinedload(Stop.slot),
        joinedload(Stop.kit).selectinload(Kit.boxes),
        joinedload(Stop.kit).selectinload(Kit.kit_items).joinedload(KitItem.item),
    )


def _whole_run() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Run.shift).joinedload(Shift.van),
        joinedload(Run.shift).joinedload(Shift.driver),
        selectinload(Run.stops).options(*_whole_stop()),
    )


def run(run_id: int) -> Run:
    """The run with this number, with stops, people, homes and boxes loaded."""
    found = db.session.scalars(
        select(Run).where(Run.id == run_id).options(*_whole_run())
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such run."))
    return found


def runs_between(first: date, last: date) -> Sequence[Run]:
    """The runs of these days with everything about their stops."""
    return db.session.scalars(
        select(Run)
        .join(Run.shift)
        .where(Shift.on_date >= first, Shift.on_date <= last)
        .options(*_whole_run())
        .order_by(Shift.on_date, Shift.van_id)
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
        .options(*_whole_run())
        .order_by(Shift.on_date, Shift.van_id)
    ).all()


def stop(stop_id: int) -> Stop:
    """The stop with this number, with everything about it."""
    found = db.session.scalars(
        select(Stop)
        .where(Stop.id == stop_id)
        .options(*_whole_stop(), joinedload(Stop.run).joinedload(Run.shift))
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such stop."))
    return found


def open_stop_of(employee_id: int) -> Stop | None:
    """The person's stop that has not ended, newest first."""
    return db.session.scalars(
        select(Stop)
        .where(Stop.employee_id == employee_id, Stop.state.in_(OPEN_STOPS))
        .options(joinedload(Stop.slot), joinedload(Stop.run).joinedload(Run.shift))
        .order_by(Stop.id.desc())
        .limit(1)
    ).one_or_none()


def stops_of(employee_id: int) -> Sequence[Stop]:
    """All stops of one person, newest first."""
    return db.session.scalars(
        select(Stop)
        .where(Stop.employee_id == employee_id)
        .options(joinedload(Stop.slot), joinedload(Stop.run).joinedload(Run.shift))
        .order_by(Stop.id.desc())
    ).all()


def open_stop_of_kit(kit_id: int) -> Stop | None:
    """The stop that waits for this kit."""
    return db.session.scalars(
        select(Stop)
        .where(Stop.kit_id == kit_id, Stop.state.in_(OPEN_STOPS))
        .options(joinedload(Stop.run).joinedload(Run.shift))
    ).one_or_none()


def unplanned_stops() -> Sequence[Stop]:
    """Stops that no run has taken yet, the oldest first."""
    return db.session.scalars(
        select(Stop)
        .where(Stop.state == StopState.PROPOSED, Stop.run_id.is_(None))
        .options(*_whole_stop())
        .order_by(Stop.id)
    ).all()


def stops_by_id(ids: Iterable[int]) -> Sequence[Stop]:
    """These stops with everything about them."""
    return db.session.scalars(
        select(Stop).where(Stop.id.in_(list(ids))).options(*_whole_stop()).order_by(Stop.id)
    ).all()


def kits_without_stop() -> Sequence[Kit]:
    """Present kits of people for whom no stop was ever made, or whose stops all failed."""
    served = select(Stop.kit_id).where(Stop.state != StopState.FAILED)
    return db.session.scalars(
        select(Kit).where(Kit.dissolved_at.is_(None), Kit.id.not_in(served)).order_by(Kit.id)
    ).all()


def plan(plan_id: int) -> Plan:
    """The plan with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Plan, plan_id)
    if found is None:
        raise NotFound(N_("There is no such plan."))
    return found


def newest_plans(*, limit: int = 10) -> Sequence[Plan]:
    """The last plans, newest first."""
    return db.session.scalars(select(Plan).order_by(Plan.id.desc()).limit(limit)).all()


def runs() -> Select[Run]:
    """All runs with shift and van, for the list page."""
    return (
        select(Run)
        .join(Run.shift)
        .join(Shift.van)
        .options(
            joinedload(Run.shift).joinedload(Shift.van),
            joinedload(Run.shift).joinedload(Shift.driver),
            selectinload(Run.stops),
        )
    )


def search_runs(words: str) -> ColumnElement[bool]:
    """Runs of a van with these words, or to a person with these words."""
    to_person = (
        select(Stop.run_id)
        .join(Employee, Employee.id == Stop.employee_id)
        .where(Employee.search_text.contains(words.lower(), autoescape=True))
    )
    return Van.name.icontains(words, autoescape=True) | Run.id.in_(to_person)
