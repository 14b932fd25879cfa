"""The one place that writes which stop is driven when, by which run.

Plans that are taken, windows that are chosen, stops that are dragged: all of them end here. Whoever
changes runs or promises holds the timetable first, so two changes never pass each other by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hoffice.db import db, flush_or
from hoffice.errors import N_, NotFound, Refused
from hoffice.runs import queries, rules
from hoffice.runs.models import Plan, Run, Shift, Stop, Timetable
from hoffice.runs.planning.plan import Route
from hoffice.runs.rules import RunState, StopState
from hoffice.runs.service.question import Key

PLANNED_BY_ANOTHER = N_("Somebody has just planned one of these shifts; plan again.")


def hold() -> Timetable:
    """Keep everybody else from changing runs and promises until this transaction ends."""
    return queries.timetable(lock=True)


def changed() -> None:
    """Runs or promises are other than before: whoever has looked at them must look again."""
    hold().version += 1


def write(
    routes: Iterable[Route],
    shifts: Mapping[Key, Shift],
    *,
    emptied: Iterable[Key] = (),
    plan: Plan | None = None,
) -> list[Run]:
    """Make the runs of these shifts what the routes say; what ``emptied`` names is driven no more.

    Stops of these shifts that no route names wait for the next plan. Promised windows move along
    to the shift that now serves them. Refused when a run is fixed, loading or driving, when a stop
    is gone, or when somebody who was promised a window would not be served inside it.
    """
    changed()
    wanted = {(route.van, route.day): route for route in routes if route.visits}
    concerned = {key: shifts[key] for key in (*wanted, *emptied)}
    for key in wanted:
        _refuse_off(shifts[key])
    runs = {key: _run_of(shift) for key, shift in concerned.items()}
    loose = _loosen([run for run in runs.values() if run is not None])
    loose.update({stop.id: stop for stop in queries.unplanned_stops(lock=True)})
    made = []
    for key, route in wanted.items():
        run = runs[key] or Run(shift=shifts[key], breaks=[])
        _fill(run, route, plan, loose)
        made.append(run)
    _refuse_forgotten(loose.values())
    for stop in loose.values():
        stop.fixed_at = None  # nobody is bound to a run that no longer visits her
    flush_or(PLANNED_BY_ANOTHER)
    for run in made:
        db.session.expire(run, ["stops"])
        settle_state(run)
    for key, run_ in runs.items():
        if run_ is not None and key not in wanted:
            db.session.delete(run_)
            db.session.flush()
            db.session.expire(concerned[key], ["run"])
    return made


def settle_state(run: Run) -> None:
    """A run whose stops are all promised is promised; one with others among them is planned."""
    if run.state in rules.RUN_OPEN_TO_PLANNING:
        whole = all(stop.slot is not None for stop in run.stops)
        run.state = RunState.PROMISED if whole else RunState.PLANNED


def _refuse_off(shift: Shift) -> None:
    """Refused for a shift that was called off: nothing is planned or promised on it."""
    if shift.off_at is not None:
        raise Refused(
            N_("%(van)s does not drive on %(date)s."), van=shift.van.name, date=shift.on_date
        )


def _run_of(shift: Shift) -> Run | None:
    if shift.run is None:
        return None
    try:
        run = queries.run(shift.run.id, lock=True)
    except NotFound:
        raise Refused(PLANNED_BY_ANOTHER) from None
    facts = {"van": shift.van.name, "date": shift.on_date}
    if run.state not in rules.RUN_OPEN_TO_PLANNING:
        raise Refused(
            N_("The run of %(van)s on %(date)s is already being loaded; it stays as it is."),
            **facts,
        )
    if run.fixed_at is not None:
        raise Refused(N_("The run of %(van)s on %(date)s is fixed; release it first."), **facts)
    return run


def _loosen(runs: Iterable[Run]) -> dict[int, Stop]:
    """Take all stops out of these runs; they keep what was promised."""
    loose = {stop.id: stop for run in runs for stop in run.stops}
    for stop in loose.values():
        stop.run = None
        stop.position = stop.arrive_min = stop.start_min = stop.leave_min = None
    db.session.flush()
    return loose


def _fill(run: Run, route: Route, plan: Plan | None, loose: dict[int, Stop]) -> None:
    run.plan_id = plan.id if plan else run.plan_id
    run.state = run.state or RunState.PLANNED
    run.start_min, run.end_min = route.start, route.end
    run.distance_m, run.work_min = round(route.km * 1000), route.work_min
    run.breaks = [[span.start, span.end] for span in route.breaks]
    db.session.add(run)
    flush_or(PLANNED_BY_ANOTHER)
    position = 0
    for number, trip in enumerate(route.trips, start=1):
        for visit in trip.stops:
            stop = loose.pop(queries.stop_number(visit.id), None)
            if stop is None:
                raise Refused(N_("A stop of this plan has changed in the meantime; plan again."))
            position += 1
            stop.run, stop.position, stop.trip = run, position, number
            stop.arrive_min, stop.start_min = visit.arrive, visit.start
            stop.leave_min = visit.leave
            _take_slot_along(stop, run.shift, visit.start)


def _take_slot_along(stop: Stop, shift: Shift, start: int) -> None:
    slot = stop.slot
    if slot is None:
        return
    is_kept = slot.shift.on_date == shift.on_date and slot.start_min <= start <= slot.end_min
    if not is_kept:
        raise Refused(
            N_("%(name)s was promised another window in the meantime; plan again."),
            name=stop.employee.name,
        )
    if slot.shift_id != shift.id:
        slot.seat = queries.free_seat(shift.id)
        slot.shift = shift
        db.session.flush()


def _refuse_forgotten(left: Iterable[Stop]) -> None:
    forgotten = [stop for stop in left if stop.state is StopState.PROMISED]
    if forgotten:
        raise Refused(
            N_("Nobody would drive to %(names)s, who were promised a window. Plan again."),
            names=", ".join(stop.employee.name for stop in forgotten),
        )
