"""The depot, the vans and the days on which they drive."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.runs import queries
from hoffice.runs.models import Depot, Shift, Stop, Van
from hoffice.runs.queries import slots as offered
from hoffice.runs.rules import OfferAnswer
from hoffice.runs.service import timetable
from hoffice.runs.service.moving import call_off_run
from hoffice.runs.service.outlook import held
from hoffice.runs.service.plans import take_apart
from hoffice.units import Actor

MOST_WORK_MIN = 600
"""Nobody works longer than ten hours a day. Source: ArbZG § 3."""


def set_depot(  # noqa: PLR0913  # a place has these facts
    name: str, address: str, *, lat: float, lon: float, load_min_per_trip: int, by: Actor
) -> Depot:
    """Say where runs begin and end."""
    made = queries.depot() or Depot(name=name)
    made.name, made.address, made.lat, made.lon = name, address, lat, lon
    made.load_min_per_trip = load_min_per_trip
    db.session.add(made)
    db.session.flush()
    record(by, "runs.depot_set", made)
    return made


def add_van(  # noqa: PLR0913  # a van has these facts
    name: str,
    *,
    boxes: int,
    litres: int,
    kg: int,
    by: Actor,
    plate: str = "",
    crew: int = 1,
    cost_cents_per_day: int = 0,
    cost_cents_per_km: int = 0,
    cost_cents_per_hour: int = 0,
    co2_g_per_km: int | None = None,
) -> Van:
    """Write down a van."""
    made = Van(
        name=name,
        plate=plate,
        boxes=boxes,
        litres=litres,
        kg=kg,
        crew=crew,
        cost_cents_per_day=cost_cents_per_day,
        cost_cents_per_km=cost_cents_per_km,
        cost_cents_per_hour=cost_cents_per_hour,
        co2_g_per_km=co2_g_per_km,
    )
    db.session.add(made)
    flush_or(N_("There is already a van of this name."))
    record(by, "runs.van_added", made)
    return made


def change_van(  # noqa: PLR0913  # a van has these facts
    van_id: int,
    *,
    name: str,
    plate: str,
    boxes: int,
    litres: int,
    kg: int,
    crew: int,
    cost_cents_per_day: int,
    cost_cents_per_km: int,
    cost_cents_per_hour: int,
    co2_g_per_km: int | None,
    by: Actor,
) -> Van:
    """Correct what is known of a van; runs already planned stay as they are."""
    van = queries.van(van_id)
    van.name, van.plate = name, plate
    van.boxes, van.litres, van.kg, van.crew = boxes, litres, kg, crew
    van.cost_cents_per_day = cost_cents_per_day
    van.cost_cents_per_km = cost_cents_per_km
    van.cost_cents_per_hour = cost_cents_per_hour
    van.co2_g_per_km = co2_g_per_km
    flush_or(N_("There is already a van of this name."))
    record(by, "runs.van_changed", van)
    return van


def retire_van(van_id: int, *, by: Actor) -> Van:
    """The van is given back; refused while it has shifts ahead."""
    van = queries.van(van_id)
    ahead = [
        shift
        for shift in queries.shifts(clock.today())
        if shift.van_id == van.id and shift.off_at is None
    ]
    if ahead:
        raise Refused(
            N_("%(van)s still has shifts from %(date)s on; remove them first."),
            van=van.name,
            date=ahead[0].on_date,
        )
    van.retired_at = clock.now()
    record(by, "runs.van_retired", van)
    return van


def add_shift(  # noqa: PLR0913  # a shift has these facts
    van_id: int,
    on_date: date,
    *,
    start_min: int,
    end_min: int,
    driver_id: int | None,
    by: Actor,
    crew_note: str = "",
    max_work_min: int = 480,
) -> Shift:
    """Let a van drive on one day."""
    van = queries.van(van_id)
    _check_hours(start_min, end_min)
    if max_work_min > MOST_WORK_MIN:
        raise Refused(N_("More than ten hours of work a day are not allowed (ArbZG § 3)."))
    made = Shift(
        van=van,
        on_date=on_date,
        start_min=start_min,
        end_min=end_min,
        max_work_min=max_work_min,
        driver_id=driver_id,
        crew_note=crew_note,
    )
    db.session.add(made)
    flush_or(N_("%(van)s already drives on %(date)s."), van=van.name, date=on_date)
    record(by, "runs.shift_added", made)
    return made


def add_shifts(  # noqa: PLR0913  # a shift has these facts
    van_id: int,
    days: Iterable[date],
    *,
    start_min: int,
    end_min: int,
    driver_id: int | None,
    by: Actor,
    crew_note: str = "",
    max_work_min: int = 480,
) -> list[Shift]:
    """Let a van drive on several days with the same hours; all of them or none."""
    return [
        add_shift(
            van_id,
            day,
            start_min=start_min,
            end_min=end_min,
            driver_id=driver_id,
            by=by,
            crew_note=crew_note,
            max_work_min=max_work_min,
        )
        for day in days
    ]


def change_shift(  # noqa: PLR0913  # a shift has these facts
    shift_id: int,
    *,
    start_min: int,
    end_min: int,
    driver_id: int | None,
    by: Actor,
    crew_note: str | None = None,
) -> Shift:
    """Change hours, driver or crew of a shift; its hours only while nothing is planned on it."""
    held()
    shift = queries.shift(shift_id)
    _check_hours(start_min, end_min)
    changed = (shift.start_min, shift.end_min) != (start_min, end_min)
    if changed and shift.run is not None:
        raise Refused(N_("This shift has a run; take the run apart before changing its hours."))
    shift.start_min, shift.end_min, shift.driver_id = start_min, end_min, driver_id
    if changed:
        timetable.changed()
    if crew_note is not None:
        shift.crew_note = crew_note
    record(by, "runs.shift_changed", shift)
    return shift


def set_driver(shift_id: int, driver_id: int | None, *, by: Actor) -> Shift:
    """Say who drives; everything else about the shift stays."""
    shift = queries.shift(shift_id)
    shift.driver_id = driver_id
    record(by, "runs.driver_set", shift, driver=driver_id)
    return shift


def call_off_shift(shift_id: int, why: str, *, by: Actor, book: LinkBook) -> list[Stop]:
    """The van does not drive on this day: its promises are taken back, its run is taken apart.

    Gives back whoever was promised a window; each of them reads why, and chooses anew. Refused for
    a day that is over, and while the run is fixed, loaded or driven. Said twice it counts once.
    """
    held()
    shift = queries.shift(shift_id)
    if shift.off_at is not None:
        return []
    _refuse_over(shift)
    run, called_off = shift.run, []
    if run is not None and any(stop.slot is not None for stop in run.stops):
        called_off = call_off_run(run.id, why, by=by, book=book)
    elif run is not None:
        take_apart(run.id, by=by)
    for offer in offered.open_moves_to(shift.id):
        offer.answer, offer.answered_at = OfferAnswer.LAPSED, clock.now()
    shift.off_at = clock.now()
    timetable.changed()
    record(by, "runs.shift_off", shift)
    db.session.flush()
    return called_off


def take_back(shift_id: int, *, by: Actor) -> Shift:
    """The van drives on this day after all; what was planned and promised before is gone."""
    held()
    shift = queries.shift(shift_id)
    if shift.off_at is None:
        return shift
    _refuse_over(shift)
    if shift.van.retired_at is not None:
        raise Refused(N_("%(van)s is no longer there."), van=shift.van.name)
    shift.off_at = None
    timetable.changed()
    record(by, "runs.shift_on", shift)
    db.session.flush()
    return shift


def _refuse_over(shift: Shift) -> None:
    if shift.on_date < clock.today():
        raise Refused(
            N_("The shift of %(van)s on %(date)s is over."),
            van=shift.van.name,
            date=shift.on_date,
        )


def remove_shift(shift_id: int, *, by: Actor) -> None:
    """Take a shift away that was never used; refused while it has a run, or once it had promises.

    A shift with a history is called off instead: :func:`call_off_shift`.
    """
    held()
    timetable.changed()
    shift = queries.shift(shift_id)
    if shift.run is not None:
        raise Refused(N_("This shift has a run; take the run apart first."))
    record(by, "runs.shift_removed", f"shift:{shift.id}", date=shift.on_date.isoformat())
    db.session.delete(shift)
    flush_or(N_("Windows were promised for this shift once; call it off instead."))


def _check_hours(start_min: int, end_min: int) -> None:
    if end_min <= start_min:
        raise Refused(N_("The shift ends before it begins."))
