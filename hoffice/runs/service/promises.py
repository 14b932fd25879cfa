"""Windows promised to people: around the planned time, and never outside what they said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hoffice import clock
from hoffice.accounts.links import LinkBook, link_for
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.notices import service as notices
from hoffice.notices.rules import LinkKind
from hoffice.paper.words import weekday
from hoffice.people import queries as people
from hoffice.people.rules import holder_of
from hoffice.runs import queries, rules
from hoffice.runs.models import Run, Slot, Stop
from hoffice.runs.rules import RunState, StopState
from hoffice.runs.service import timetable
from hoffice.units import Actor, Window


@dataclass(frozen=True, slots=True)
class Promise:
    """What one person would be promised."""

    stop: Stop
    window: Window
    is_away: bool
    """The person has named other times only; such a window must not be promised."""

    @property
    def is_mailed(self) -> bool:
        """Whether we can write to the person."""
        return bool(self.stop.employee.email)

    @property
    def is_asked(self) -> bool:
        """Whether the person was asked to choose a window, and has not chosen yet."""
        return self.stop.invited_at is not None


def promises_of(run: Run) -> list[Promise]:
    """The window each person of a planned run would get, in the order of the stops.

    Whoever holds a promise keeps it, and is not among them.
    """
    stops = [stop for stop in run.stops if stop.slot is None]
    said = people.at_home_of([stop.employee_id for stop in stops], clock.today())
    made = []
    for stop in stops:
        start = run.start_min if stop.start_min is None else stop.start_min
        spans = said.get(stop.employee_id, [])
        that_day = [
            (span.start_min, span.end_min) for span in spans if span.on_date == run.shift.on_date
        ]
        window = rules.window_around(
            start, that_day, shift=(run.shift.start_min, run.shift.end_min)
        )
        is_away = bool(spans) and not any(first <= start <= last for first, last in that_day)
        made.append(Promise(stop, Window(*window), is_away))
    return made


def promise_run(run_id: int, *, by: Actor, book: LinkBook) -> Run:
    """Promise everybody of the run without a window one around the planned time; write to them.

    Refused when somebody has moved or is not at home then any more: the run must be planned again.
    """
    timetable.changed()
    run = queries.run(run_id, lock=True)
    if run.state is not RunState.PLANNED:
        raise Refused(N_("Only a planned run can be promised."))
    _refuse_dissolved(run)
    promises = promises_of(run)
    _refuse_moved(promises)
    _refuse_away(promises)
    now = clock.now()
    for promise in promises:
        stop = promise.stop
        slot = Slot(
            stop_id=stop.id,
            shift_id=run.shift_id,
            seat=queries.free_seat(run.shift_id),
            start_min=promise.window.start_min,
            end_min=promise.window.end_min,
            promised_at=now,
        )
        db.session.add(slot)
        flush_or(N_("One of these stops has been promised already."))
        stop.state = StopState.PROMISED
    run.state = RunState.PROMISED
    db.session.flush()
    for promise in promises:
        db.session.expire(promise.stop, ["slot"])
        _tell(promise, run, by=by, book=book)
    record(by, "runs.promised", run)
    return run


def _refuse_dissolved(run: Run) -> None:
    gone = [stop.employee.name for stop in run.stops if stop.kit.dissolved_at is not None]
    if gone:
        raise Refused(
            N_("The kit was dissolved in the meantime: %(names)s. Plan this run again."),
            names=", ".join(gone),
        )


def _refuse_moved(promises: Sequence[Promise]) -> None:
    homes = people.homes_of({promise.stop.employee_id for promise in promises})
    for stop in (promise.stop for promise in promises):
        home = homes.get(stop.employee_id)
        if home is not None and home.id != stop.home_id:
            raise Refused(
                N_("%(name)s has another address now; plan again."), name=stop.employee.name
            )


def _refuse_away(promises: Sequence[Promise]) -> None:
    away = [promise.stop.employee.name for promise in promises if promise.is_away]
    if away:
        raise Refused(
            N_("Not at home at the planned time any more: %(names)s. Plan this run again."),
            names=", ".join(away),
        )


def _tell(promise: Promise, run: Run, *, by: Actor, book: LinkBook) -> None:
    employee, window = promise.stop.employee, promise.window
    record(
        by,
        "runs.slot_promised",
        promise.stop,
        employee_id=employee.id,
        date=run.shift.on_date.isoformat(),
        start=window.start_min,
        end=window.end_min,
    )
    if not promise.is_mailed:
        return
    link = link_for(holder_of(employee.id), book=book, by=by, employee_id=employee.id)
    notices.send(
        "slot",
        to=employee.email,
        language=employee.language,
        by=by,
        employee_id=employee.id,
        facts={
            "first_name": employee.first_name,
            "day": weekday(run.shift.on_date, employee.language),
            "start": _clock(window.start_min),
            "end": _clock(window.end_min),
            "boxes": len(promise.stop.kit.boxes),
        },
        link=(LinkKind.PERSONAL, link.id),
    )


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def withdraw_slot(stop: Stop) -> None:
    """The promise no longer holds."""
    if stop.slot is not None:
        stop.slot.withdrawn_at = clock.now()
        db.session.flush()
        db.session.expire(stop, ["slot"])
