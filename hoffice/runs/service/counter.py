"""Hours at the counter of the office, and the quarters of them that people book."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.paper.words import weekday
from hoffice.runs import queries, rules
from hoffice.runs.models import Booking, Counter, Stop
from hoffice.runs.rules import StopState, Way
from hoffice.runs.service.letters import clock_text, office, write_to
from hoffice.units import Actor, ActorKind


class QuarterTaken(Refused):
    """Somebody else was faster; whoever shows this offers what is still free."""

    def __init__(self) -> None:
        super().__init__(N_("This quarter of an hour has just been taken. Choose another one."))


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of an hour at the counter in which so many people may still come."""

    counter_id: int
    on_date: date
    start_min: int
    free: int

    @property
    def end_min(self) -> int:
        """When the next quarter begins."""
        return self.start_min + rules.QUARTER_MIN


def open_counter(  # noqa: PLR0913  # hours have these facts
    on_date: date, *, start_min: int, end_min: int, places: int, by: Actor, note: str = ""
) -> Counter:
    """Hand out kits at the office in these hours, to so many people in each quarter of an hour."""
    if queries.depot() is None:
        raise Refused(N_("Say first where the office is: the depot is missing."))
    if on_date < clock.today():
        raise Refused(N_("%(date)s is over."), date=on_date)
    _check(start_min, end_min, places)
    _refuse_overlap(on_date, start_min, end_min, but=None)
    made = Counter(on_date=on_date, start_min=start_min, end_min=end_min, places=places, note=note)
    db.session.add(made)
    flush_or(N_("Somebody has just opened the same hours on %(date)s."), date=on_date)
    record(by, "runs.counter_opened", made, date=on_date.isoformat())
    return made


def open_counters(  # noqa: PLR0913  # as above
    days: Iterable[date],
    *,
    start_min: int,
    end_min: int,
    places: int,
    by: Actor,
    note: str = "",
) -> list[Counter]:
    """The same hours on several days; all of them or none."""
    return [
        open_counter(day, start_min=start_min, end_min=end_min, places=places, by=by, note=note)
        for day in days
    ]


def change_counter(  # noqa: PLR0913  # as above
    counter_id: int, *, start_min: int, end_min: int, places: int, note: str, by: Actor
) -> Counter:
    """Change hours, places or note; refused while somebody has booked what would be gone."""
    counter = queries.counter(counter_id, lock=True)
    _check(start_min, end_min, places)
    _refuse_overlap(counter.on_date, start_min, end_min, but=counter.id)
    booked = queries.bookings_at([counter.id])
    crowd = Tally(booking.start_min for booking in booked)
    kept = rules.quarters_of(start_min, end_min)
    _refuse_booked(
        booking
        for booking in booked
        if booking.start_min not in kept or crowd[booking.start_min] > places
    )
    counter.start_min, counter.end_min = start_min, end_min
    counter.places, counter.note = places, note
    flush_or(N_("Somebody has just opened the same hours on %(date)s."), date=counter.on_date)
    record(by, "runs.counter_changed", counter)
    return counter


def close_counter(counter_id: int, *, by: Actor) -> None:
    """Take hours away again; refused while somebody has booked in them."""
    counter = queries.counter(counter_id, lock=True)
    _refuse_booked(queries.bookings_at([counter.id]))
    record(by, "runs.counter_closed", f"counter:{counter.id}", date=counter.on_date.isoformat())
    for booking in queries.withdrawn_bookings(counter.id):
        db.session.delete(booking)  # no longer held; when it was made stays in the log
    db.session.flush()
    db.session.delete(counter)
    db.session.flush()


def _check(start_min: int, end_min: int, places: int) -> None:
    if start_min % rules.QUARTER_MIN or end_min % rules.QUARTER_MIN:
        raise Refused(N_("The hours begin and end on a quarter of an hour."))
    if not 0 <= start_min < end_min <= 24 * 60:
        raise Refused(N_("The hours end before they begin."))
    if not 1 <= places <= rules.MOST_PLACES:
        raise Refused(
            N_("From 1 to %(most)s people may come in a quarter of an hour."),
            most=rules.MOST_PLACES,
        )


def _refuse_overlap(on_date: date, start_min: int, end_min: int, *, but: int | None) -> None:
    for other in queries.counters(on_date, to_date=on_date):
        if other.id != but and start_min < other.end_min and other.start_min < end_min:
            raise Refused(
                N_("On %(date)s the counter is open from %(start)s to %(end)s already."),
                date=on_date,
                start=clock_text(other.start_min),
                end=clock_text(other.end_min),
            )


def _refuse_booked(bookings: Iterable[Booking]) -> None:
    names = [booking.stop.employee.name for booking in bookings]
    if names:
        raise Refused(
            N_("Booked by %(names)s. Give them another time first."), names=", ".join(names)
        )


def free_quarters(
    *, from_date: date | None = None, to_date: date | None = None
) -> tuple[Quarter, ...]:
    """What can still be booked, in the order of time; nothing that has begun already."""
    today, minute = clock.today(), _minute_now()
    counters = queries.counters(max(today, from_date or today), to_date=to_date)
    taken = queries.seats_taken(counter.id for counter in counters)
    return tuple(
        Quarter(counter.id, counter.on_date, start, free)
        for counter in counters
        for start in rules.quarters_of(counter.start_min, counter.end_min)
        if (free := counter.places - len(taken.get((counter.id, start), ()))) > 0
        and (counter.on_date > today or start > minute)
    )


def by_day(quarters: Iterable[Quarter]) -> dict[date, list[Quarter]]:
    """What is free, day by day."""
    found: dict[date, list[Quarter]] = {}
    for quarter in quarters:
        found.setdefault(quarter.on_date, []).append(quarter)
    return found


def _minute_now() -> int:
    wall = clock.now().astimezone(clock.BERLIN)
    return wall.hour * 60 + wall.minute


def book(stop_id: int, counter_id: int, start_min: int, *, by: Actor, links: LinkBook) -> Booking:
    """Keep a quarter of an hour for one person, and confirm it by mail.

    Raises :class:`QuarterTaken` when the last place is gone: the constraint has the last word.
    """
    stop = _to_be_collected(stop_id)
    if stop.booking is not None:
        raise Refused(
            N_("A pick-up is booked already, on %(date)s at %(time)s. Change that one."),
            date=stop.booking.counter.on_date,
            time=clock_text(stop.booking.start_min),
        )
    return _keep(stop, counter_id, start_min, by=by, links=links)


def rebook(stop_id: int, counter_id: int, start_min: int, *, by: Actor, links: LinkBook) -> Booking:
    """Come at another time; the old one is free again, at once and only if the new one is kept."""
    stop = _to_be_collected(stop_id)
    present = stop.booking
    if present is None:
        return _keep(stop, counter_id, start_min, by=by, links=links)
    if (present.counter_id, present.start_min) == (counter_id, start_min):
        return present
    _refuse_late(present, by)
    _withdraw(stop)
    return _keep(stop, counter_id, start_min, by=by, links=links)


def cancel_booking(stop_id: int, *, by: Actor, links: LinkBook) -> Stop:
    """The person does not come then; she chooses another time. Staff tell her by mail."""
    stop = _to_be_collected(stop_id)
    booking = stop.booking
    if booking is None:
        raise Refused(N_("No pick-up is booked."))
    _refuse_late(booking, by)
    counter, start_min = booking.counter, booking.start_min
    _withdraw(stop)
    stop.state = StopState.PROPOSED
    record(by, "runs.pickup_cancelled", stop, employee_id=stop.employee_id)
    if by.kind is not ActorKind.EMPLOYEE:
        write_to(stop, "pickup_off", _when(stop, counter, start_min), by=by, links=links)
    return stop


def free_the_place(stop: Stop) -> None:
    """Somebody came earlier than booked: others may have the place."""
    booking = stop.booking
    if booking is not None and booking.counter.on_date > clock.today():
        _withdraw(stop)


def _to_be_collected(stop_id: int) -> Stop:
    stop = queries.locked_stop(stop_id)
    if stop.way is not Way.OFFICE:
        raise Refused(N_("This kit is not picked up at the office; choose its way first."))
    if stop.state not in {StopState.PROPOSED, StopState.PROMISED}:
        raise Refused(N_("This kit was handed out already."))
    return stop


def _refuse_late(booking: Booking, by: Actor) -> None:
    """Until the evening before people change it themselves; on the day they call."""
    if by.kind is ActorKind.EMPLOYEE and booking.counter.on_date <= clock.today():
        raise Refused(N_("Your pick-up is today: call IT if you cannot come."))


def _withdraw(stop: Stop) -> None:
    if stop.booking is not None:
        stop.booking.withdrawn_at = clock.now()
        db.session.flush()
        db.session.expire(stop, ["booking"])


def _keep(stop: Stop, counter_id: int, start_min: int, *, by: Actor, links: LinkBook) -> Booking:
    if stop.kit.dissolved_at is not None:
        raise Refused(N_("This kit was dissolved; there is nothing to pick up."))
    counter = queries.counter(counter_id, lock=True)
    if start_min not in rules.quarters_of(counter.start_min, counter.end_min):
        raise Refused(N_("Nobody is at the counter then. Choose another time."))
    today = clock.today()
    if counter.on_date < today or (counter.on_date == today and start_min <= _minute_now()):
        raise Refused(N_("This time is over. Choose a later one."))
    taken = queries.seats_taken([counter.id]).get((counter.id, start_min), set())
    if len(taken) >= counter.places:
        raise QuarterTaken
    seat = next(number for number in range(1, counter.places + 1) if number not in taken)
    made = Booking(
        stop_id=stop.id,
        counter_id=counter.id,
        start_min=start_min,
        seat=seat,
        booked_at=clock.now(),
    )
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError:
        raise QuarterTaken from None
    stop.state = StopState.PROMISED
    db.session.flush()
    db.session.expire(stop, ["booking"])
    record(
        by,
        "runs.pickup_booked",
        stop,
        employee_id=stop.employee_id,
        date=counter.on_date.isoformat(),
        start=start_min,
    )
    write_to(stop, "pickup", _when(stop, counter, start_min), by=by, links=links)
    return made


def _when(stop: Stop, counter: Counter, start_min: int) -> dict[str, object]:
    return {
        "day": weekday(counter.on_date, stop.employee.language),
        "time": clock_text(start_min),
        "boxes": len(stop.kit.boxes),
        **office(),
    }
