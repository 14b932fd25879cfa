"""Times that people insist on: what each would cost, and what a dispatcher decides.

Nothing here is planned silently: a wish stays a wish until somebody who knows the price grants it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.paper.words import weekday
from hoffice.runs import queries, rules
from hoffice.runs.models import Booking, Shift, Slot, SlotWish, Stop
from hoffice.runs.planning.assembly import route_of
from hoffice.runs.planning.costs import Costs, costs
from hoffice.runs.planning.frame import Frame, Roads
from hoffice.runs.planning.problem import Window
from hoffice.runs.planning.schedule import Miss, Trips, timed
from hoffice.runs.planning.slots.keeping import price
from hoffice.runs.planning.slots.offers import Offer
from hoffice.runs.queries import slots as records
from hoffice.runs.rules import Way, WishState
from hoffice.runs.service import counter as counters
from hoffice.runs.service import slots
from hoffice.runs.service.counter import Quarter
from hoffice.runs.service.letters import clock_text, write_to
from hoffice.runs.service.offered import Choices
from hoffice.runs.service.outlook import Outlook, first_day, held, outlook
from hoffice.runs.service.ways import set_way
from hoffice.units import Actor, ActorKind

SPAN_MIN = 180
"""People name three hours: two for the promised window, and one in which to put it."""
EARLIEST_MIN, LATEST_MIN = 6 * 60, 22 * 60
AHEAD = timedelta(days=90)
NOTE_CHARS = 500

TAXI_BASE_CENTS = 430
TAXI_CENTS_PER_KM = ((3.0, 280), (7.0, 260), (float("inf"), 210))
"""What a taxi costs in Berlin: a base price, then up to so many kilometres so much for each.

Prices of November 2022. Source: docs/sources.md#taxi. Waiting, and carrying boxes upstairs, come on
top: what is shown is "about" and a lower bound.
"""

QUARTERS_SHOWN = 3

MOVED_FROM_MIN = 60
"""Somebody without a promise who is visited less than that earlier or later has not moved."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody without a promise who would be visited at another time."""

    stop: Stop
    shift: Shift
    start_min: int


@dataclass(frozen=True, slots=True)
class ByVan:
    """What the wish costs the plan; ``opens_day`` means that a van leaves the yard for it."""

    shift: Shift
    start_min: int
    detour_min: float
    detour_km: float
    cents: int
    opens_day: bool
    moved: tuple[Moved, ...]
    """Who would be planned at another time for it, by an hour or more or on another shift."""


@dataclass(frozen=True, slots=True)
class Price:
    """A wish and the ways to grant it; ``van`` is None when no shift of the day can do it."""

    wish: SlotWish
    van: ByVan | None
    has_shift: bool
    """A van drives on that day, or could."""
    hours: tuple[int, int] | None
    """From when until when the vans of that day drive, where the wish lies outside."""
    taxi_cents: int | None
    km: float | None
    quarters: tuple[Quarter, ...]
    """When the kit could be picked up at the office instead: that day if it can be."""


def insist(  # noqa: PLR0913  # a wish has these facts
    stop_id: int,
    on_date: date,
    start_min: int,
    end_min: int,
    *,
    by: Actor,
    text: str = "",
    left: Choices | None = None,
) -> SlotWish:
    """Name a time of one's own; a wish that is still open is replaced. A promise stays meanwhile.

    The person herself may do so once she has refused two sets of windows, or when none is ``left``,
    which the caller has looked up before anything was held; on the phone staff may at any time.
    Refused for a day that is too near, too far or no span of three hours within the day.
    """
    held()
    stop = queries.stop(stop_id)
    slots.refuse_settled(stop)
    if by.kind is ActorKind.EMPLOYEE:
        _refuse_early(stop, left)
    today = clock.today()
    if not first_day() <= on_date <= today + AHEAD:
        raise Refused(N_("Choose a day from tomorrow on, within three months."))
    if not EARLIEST_MIN <= start_min < end_min <= LATEST_MIN or end_min - start_min != SPAN_MIN:
        raise Refused(N_("Name three hours between 6:00 and 22:00."))
    wish = records.open_wish(stop.id)
    if wish is None:
        wish = SlotWish(stop_id=stop.id, said_at=clock.now())
        db.session.add(wish)
    wish.on_date, wish.start_min, wish.end_min = on_date, start_min, end_min
    wish.note = " ".join(text.split())[:NOTE_CHARS]
    flush_or(N_("This wish has just been written down."))
    record(
        by,
        "runs.wish_said",
        stop,
        employee_id=stop.employee_id,
        date=on_date.isoformat(),
        start=start_min,
        personal={"note": wish.note} if wish.note else None,
    )
    return wish


def _refuse_early(stop: Stop, left: Choices | None) -> None:
    """Windows that cost the plan little come first; whoever has a wish already may change it."""
    is_empty = left is not None and left.stop_id == stop.id and not left.windows
    if is_empty or slots.sets_refused(stop) >= slots.ROUNDS or records.open_wish(stop.id):
        return
    raise Refused(
        N_("There are still windows to choose from. Say first that none of them suits you.")
    )


def take_back(stop_id: int, *, by: Actor) -> None:
    """The person no longer insists; nothing happens if she did not."""
    held()
    wish = records.open_wish(stop_id)
    if wish is not None:
        _end(wish, WishState.WITHDRAWN, by=by)


def prices_of(wishes: Iterable[SlotWish], *, roads: Roads) -> list[Price]:
    """What each of these wishes would cost, by every way. Reads only."""
    ahead = outlook(roads) if queries.depot() is not None else None
    quarters = counters.free_quarters(from_date=first_day())
    return [_price(wish, ahead, quarters) for wish in wishes]


def _price(wish: SlotWish, ahead: Outlook | None, quarters: tuple[Quarter, ...]) -> Price:
    stop = queries.stop(wish.stop_id)
    node = None if ahead is None else ahead.node(stop)
    km = taxi = van = None
    if ahead is not None and node is not None:
        km = ahead.frame.legs.km[0][node]
        taxi = taxi_cents(km)
        van = _by_van(wish, stop, ahead, node)
    near = sorted(
        quarters, key=lambda one: (abs((one.on_date - wish.on_date).days), _away(one, wish))
    )
    of_day = [s for s in ahead.shifts if s.on_date == wish.on_date] if ahead else []
    hours = _missed_hours(wish, of_day)
    return Price(wish, van, bool(of_day), hours, taxi, km, tuple(near[:QUARTERS_SHOWN]))


def _missed_hours(wish: SlotWish, shifts: Sequence[Shift]) -> tuple[int, int] | None:
    """When the vans of the day drive, if the wish lies before or after all of them."""
    if not shifts:
        return None
    first = min(shift.start_min for shift in shifts)
    last = max(shift.end_min for shift in shifts)
    return (first, last) if wish.start_min >= last or wish.end_min <= first else None


def _away(quarter: Quarter, wish: SlotWish) -> int:
    return max(0, wish.start_min - quarter.start_min, quarter.start_min - wish.end_min)


def _by_van(wish: SlotWish, stop: Stop, ahead: Outlook, node: int) -> ByVan | None:
    found = _offer(wish, stop, ahead, node)
    if found is None:
        return None
    return ByVan(
        ahead.by_key[found.van, found.window.day],
        found.start,
        found.detour_min,
        found.detour_km,
        _cents(ahead, node, found),
        found.opens_day,
        _moved(ahead, node, found),
    )


def _moved(ahead: Outlook, node: int, offer: Offer) -> tuple[Moved, ...]:
    """Who has no promise and would be planned otherwise for this visit, in the order of time."""
    after = ahead.frame.with_windows(node, (offer.window,))
    before = {
        who: (day, start)
        for day, trips in ahead.routes.items()
        for who, start in _starts(ahead.frame, day, trips).items()
    }
    moves = {
        who: (day, start)
        for day, trips in offer.routes.items()
        for who, start in _starts(after, day, trips).items()
        if who != node and who in before and _is_other(before[who], (day, start))
    }
    stops = queries.stops_by_id(
        queries.stop_number(ahead.frame.stop(who).id) for who in sorted(moves)
    )
    made = [
        Moved(stop, ahead.shifts[day], start)
        for stop in stops
        if stop.slot is None
        for day, start in [moves[ahead.frame.node[queries.stop_key(stop.id)]]]
    ]
    return tuple(sorted(made, key=lambda one: (one.shift.on_date, one.start_min, one.stop.id)))


def _is_other(before: tuple[int, int], after: tuple[int, int]) -> bool:
    return before[0] != after[0] or abs(before[1] - after[1]) >= MOVED_FROM_MIN


def _starts(frame: Frame, day: int, trips: Trips) -> dict[int, int]:
    """When each of these nodes is visited."""
    shift = frame.days[day]
    if not any(trips) or isinstance(timed(frame, shift, trips), Miss):
        return {}
    route = route_of(frame, shift, trips)
    return {frame.node[visit.id]: visit.start for visit in route.visits}


def _offer(wish: SlotWish, stop: Stop, ahead: Outlook, node: int) -> Offer | None:
    span = Window(wish.on_date, wish.start_min, wish.end_min)
    return price(ahead.for_person(stop, node), ahead.routes, node, span)


def _cents(ahead: Outlook, node: int, offer: Offer) -> int:
    """What the changed shifts cost more than now: the van's day, its kilometres, the hours."""
    after = ahead.frame.with_windows(node, (offer.window,))
    return sum(
        _costs(after, day, trips).cents - _costs(ahead.frame, day, ahead.routes.get(day, ())).cents
        for day, trips in offer.routes.items()
    )


def _costs(frame: Frame, day: int, trips: Trips) -> Costs:
    shift = frame.days[day]
    if not any(trips) or isinstance(timed(frame, shift, trips), Miss):
        return Costs()
    route = route_of(frame, shift, trips)
    return costs(frame.problem.van[shift.shift.van], route.km, route.work_min)


def taxi_cents(km: float) -> int:
    """What a taxi takes for so many kilometres, by the tariff; without waiting."""
    cents, driven = float(TAXI_BASE_CENTS), 0.0
    for until, each in TAXI_CENTS_PER_KM:
        part = max(0.0, min(km, until) - driven)
        cents += part * each
        driven += part
    return round(cents)


def grant(wish_id: int, *, may_open: bool, roads: Roads, by: Actor, book: LinkBook) -> Slot:
    """Promise a window inside the wished time. A van leaves the yard for it only if told so.

    Raises :class:`~hoffice.runs.service.slots.SlotGone` if it cannot be kept any more.
    """
    wish, stop = _open(wish_id)
    ahead = outlook(roads)
    node = None if ahead is None else ahead.node(stop)
    if ahead is None or node is None:
        raise slots.SlotGone
    found = _offer(wish, stop, ahead, node)
    if found is None:
        raise Refused(N_("No van can be there at that time."))
    if found.opens_day and not may_open:
        raise Refused(N_("By now a van would have to leave the yard for this. Look at the price."))
    shift = ahead.by_key[found.van, found.window.day]
    first, last = rules.window_around(
        found.start, [(wish.start_min, wish.end_min)], shift=(shift.start_min, shift.end_min)
    )
    window = Window(wish.on_date, first, last)
    slot = slots.promise(stop, window, roads=roads, by=by, may_open=may_open)
    slots.close_questions(stop, by=by, wish=WishState.GRANTED)
    slots.tell_promised(stop, slot, by=by, book=book)
    record(by, "runs.wish_granted", stop, employee_id=stop.employee_id, opened=found.opens_day)
    return slot


def decline(wish_id: int, sentence: str, *, by: Actor, book: LinkBook) -> None:
    """Say no, in a sentence to the person, and let her choose among windows anew."""
    wish, stop = _open(wish_id)
    sentence = " ".join(sentence.split())[:NOTE_CHARS]
    if not sentence:
        raise Refused(N_("Write a sentence to the person: why it does not go."))
    wish.answer = sentence
    _end(wish, WishState.DECLINED, by=by)
    slots.ask_anew(stop, by=by)
    record(
        by,
        "runs.wish_declined",
        stop,
        employee_id=stop.employee_id,
        personal={"reason": sentence},
    )
    facts = {
        "day": weekday(wish.on_date, stop.employee.language),
        "start": clock_text(wish.start_min),
        "end": clock_text(wish.end_min),
        "sentence": sentence,
        "has_slot": stop.slot is not None,
    }
    write_to(stop, "wish_declined", facts, by=by, links=book)


def hand_out_at_office(  # noqa: PLR0913  # what, when, and the doors
    wish_id: int,
    counter_id: int,
    start_min: int,
    *,
    by: Actor,
    book: LinkBook,
    roads: Roads | None = None,
) -> Booking:
    """Agreed by phone: the kit is picked up at the office instead, at this quarter of an hour."""
    wish, stop = _open(wish_id)
    stop_id = stop.id
    set_way(stop_id, Way.OFFICE, by=by, roads=roads)
    booking = counters.book(stop_id, counter_id, start_min, by=by, links=book)
    wish = records.wish(wish_id, lock=True)
    wish.state, wish.ended_at, wish.ended_by = WishState.GRANTED, clock.now(), str(by)
    wish.answer = ""
    db.session.flush()
    return booking


def _open(wish_id: int) -> tuple[SlotWish, Stop]:
    held()
    wish = records.wish(wish_id, lock=True)
    if wish.state is not WishState.OPEN:
        raise Refused(N_("This wish was answered already."))
    stop = queries.stop(wish.stop_id)
    slots.refuse_settled(stop)
    return wish, stop


def _end(wish: SlotWish, state: WishState, *, by: Actor) -> None:
    wish.state, wish.ended_at, wish.ended_by = state, clock.now(), str(by)
    db.session.flush()
    if state is WishState.WITHDRAWN:
        record(
            by,
            "runs.wish_withdrawn",
            f"stop:{wish.stop_id}",
            employee_id=by.id if by.kind is ActorKind.EMPLOYEE else None,
        )
