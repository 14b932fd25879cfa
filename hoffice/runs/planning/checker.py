"""Does a plan keep what the problem demands? Recomputed from the two files alone.

Nothing here is shared with the planner's timing: a checker that repeats the planner's mistakes is
none. All figures are minutes; plans show whole minutes, so each of them may be one minute off,
and kilometres, work and cost one per cent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from .findings import Code, Finding
from .frame import Legs
from .plan import Plan, Route, Totals, Visit
from .problem import Amount, Begun, Problem, Shift, Stop
from .shape import clock_text

TOLERANCE_MIN: Final = 1
TOLERANCE_SHARE: Final = 0.01
STRETCH_MIN: Final = 360
PIECE_MIN: Final = 15
NEEDS: Final = ((540, 45), (360, 30))
"""§ 4 ArbZG: work beyond so many minutes needs so many minutes of break."""


@dataclass(frozen=True)
class Verdict:
    """All violations, and the figures as recomputed; ``is_same_problem`` compares fingerprints."""

    violations: tuple[Finding, ...]
    totals: Totals
    required_missing: tuple[str, ...]
    is_same_problem: bool


def check(problem: Problem, plan: Plan, legs: Legs) -> Verdict:
    """Every violation of a plan, in the order of its routes."""
    found = list(_bookkeeping(problem, plan))
    figures = []
    book = _Book.of(problem)
    for route in plan.routes:
        shift = problem.shift.get((route.van, route.day))
        if shift is None:
            found.append(Finding.of(Code.UNKNOWN_SHIFT, van=route.van, date=route.day.isoformat()))
            continue
        audit = _Audit(problem, legs, route, shift, book)
        found.extend(audit.violations())
        figures.append(audit)
    totals = _totals(problem, plan, figures)
    found.extend(_wrong_totals(plan.totals, totals))
    served = {visit.id for route in plan.routes for visit in route.visits}
    return Verdict(
        tuple(found),
        totals,
        tuple(stop.id for stop in problem.stops if stop.required and stop.id not in served),
        plan.problem_sha256 == problem.sha256,
    )


def _bookkeeping(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Each stop in one place, each shift once, all names known."""
    shifts = Counter((route.van, route.day) for route in plan.routes)
    for (van, day), times in shifts.items():
        if times > 1:
            yield Finding.of(Code.SHIFT_TWICE, van=van, date=day.isoformat())
    places = Counter(visit.id for route in plan.routes for visit in route.visits)
    places.update(left.id for left in plan.unplanned)
    for stop, times in places.items():
        if stop not in problem.stop:
            yield Finding.of(Code.UNKNOWN_STOP, stop=stop)
        elif times > 1:
            yield Finding.of(Code.STOP_TWICE, stop=stop, times=times)
    for stop in problem.stop:
        if stop not in places:
            yield Finding.of(Code.STOP_LOST, stop=stop)


def _totals(problem: Problem, plan: Plan, figures: list[_Audit]) -> Totals:
    cost = 0.0
    for audit in figures:
        van = problem.van[audit.route.van]
        cost += van.cost_cents_per_day + audit.km * van.cost_cents_per_km
        cost += audit.work / 60 * van.cost_cents_per_hour
    served = {visit.id for route in plan.routes for visit in route.visits}
    return Totals(
        van_days=sum(1 for route in plan.routes if route.visits),
        served=len(served & problem.stop.keys()),
        km=round(sum(audit.km for audit in figures), 1),
        work_min=round(sum(audit.work for audit in figures)),
        cost_cents=round(cost),
    )


def _wrong_totals(said: Totals, totals: Totals) -> Iterator[Finding]:
    for name, value in vars(totals).items():
        claim = getattr(said, name)
        is_count = name in ("van_days", "served")
        slack = 0 if is_count else max(1.0, TOLERANCE_SHARE * abs(value))
        if abs(claim - value) > slack:
            yield Finding.of(
                Code.WRONG_FIGURE, figure=f"totals.{name}", said=claim, **{"is": value}
            )


@dataclass(frozen=True)
class _Book:
    """What every route asks of the problem, looked up once."""

    index: dict[str, int]
    """The places of the stops in the matrices."""
    origin: dict[tuple[str, date], int]
    """The places of the vans under way in the matrices."""
    positions: dict[tuple[str, date], dict[str, int]]
    """The frozen places of stops, by shift."""
    carriers: dict[str, Shift]
    """The shifts under way that have the boxes of a stop on board."""

    @classmethod
    def of(cls, problem: Problem) -> _Book:
        """The book of a problem."""
        positions: dict[tuple[str, date], dict[str, int]] = {}
        for stop in problem.stops:
            if stop.lock and stop.lock.position is not None:
                key = stop.lock.van, stop.lock.day
                positions.setdefault(key, {})[stop.id] = stop.lock.position
        under_way = [shift for shift in problem.shifts if shift.begun]
        return cls(
            {stop.id: 1 + place for place, stop in enumerate(problem.stops)},
            {shift.key: 1 + len(problem.stops) + place for place, shift in enumerate(under_way)},
            positions,
            {
                stop: shift
                for shift in under_way
                for stop in (shift.begun.on_board if shift.begun else ())
            },
        )


class _Audit:
    """One route followed from the first loading to the last drive home."""

    def __init__(
        self, problem: Problem, legs: Legs, route: Route, shift: Shift, book: _Book
    ) -> None:
        self.problem = problem
        self.legs = legs
        self.route = route
        self.shift = shift
        self.zone = ZoneInfo(problem.timezone)
        self.index = book.index
        self.origin = book.origin.get(shift.key, 0)
        self.positions = book.positions.get(shift.key, {})
        self.carriers = book.carriers
        self.breaks = [
            (self._at(span.start), self._at(span.end))
            for span in sorted(route.breaks, key=lambda span: span.start)
        ]
        pieces = [
            (a, b)
            for (a, b), is_real in zip(self.breaks, self._are_real(), strict=True)
            if is_real and b - a >= PIECE_MIN - TOLERANCE_MIN
        ]
        self.pieces = pieces
        """Breaks as the law counts them: shorter ones, or ones outside the route, are work."""
        worked = shift.begun.worked_min if shift.begun else 0
        length = self._at(route.end) - self._at(route.start)
        self.work = worked + length - sum(b - a for a, b in pieces)
        self.km = self._km()

    def _are_real(self) -> list[bool]:
        """Whether each break lies within the route and begins after the one before it ended."""
        free, end = self._at(self.route.start), self._at(self.route.end)
        real = []
        for begin, over in self.breaks:
            real.append(free <= begin <= over <= end)
            free = max(free, over)
        return real

    def _at(self, minute: float) -> float:
        """Minutes that really pass since midnight of the route's day."""
        return real_minutes(self.route.day, minute, self.zone)

    def _km(self) -> float:
        total = 0.0
        for number, trip in enumerate(self.route.trips):
            here = self.origin if number == 0 else 0
            for visit in trip.stops:
                if visit.id in self.index:
                    total += self.legs.km[here][self.index[visit.id]]
                    here = self.index[visit.id]
            total += self.legs.km[here][0]
        return total

    def violations(self) -> Iterator[Finding]:
        """Everything that is wrong with this route alone."""
        yield from self._shift_bounds()
        yield from self._outside_breaks()
        yield from self._movement()
        yield from self._doors()
        yield from self._loads()
        yield from self._orders()
        yield from self._work()
        yield from self._figures()

    def _shift_bounds(self) -> Iterator[Finding]:
        route, begun = self.route, self.shift.begun
        facts = {"van": route.van, "date": route.day.isoformat()}
        bound = begun.at if begun else self.shift.start
        if self._at(route.start) < self._at(bound) - TOLERANCE_MIN:
            yield Finding.of(
                Code.EARLY_START, time=clock_text(route.start), bound=clock_text(bound), **facts
            )
        if self._at(route.end) > self._at(self.shift.end) + TOLERANCE_MIN:
            yield Finding.of(
                Code.LATE_END,
                time=clock_text(route.end),
                bound=clock_text(self.shift.end),
                **facts,
            )

    def _outside_breaks(self) -> Iterator[Finding]:
        for (begin, _), is_real in zip(self.breaks, self._are_real(), strict=True):
            if not is_real:
                yield Finding.of(Code.BREAK_OUTSIDE, van=self.route.van, time=self._text(begin))

    def _movement(self) -> Iterator[Finding]:
        """Loading, driving and service take the time they take, and no break lies in them."""
        route = self.route
        load = self.problem.depot.load_min_per_trip
        there = self._at(route.start)
        for number, trip in enumerate(route.trips):
            start = self._at(trip.start)
            if start < there - TOLERANCE_MIN:
                yield Finding.of(Code.SHORT_LOADING, van=route.van, time=clock_text(trip.start))
            is_under_way = number == 0 and self.shift.begun is not None
            free = start + (0 if is_under_way else load)
            yield from self._no_break_in(start, free)
            here = self.origin if number == 0 else 0
            for visit in trip.stops:
                if visit.id not in self.index:
                    continue
                target = self.index[visit.id]
                arrive = self._at(visit.arrive)
                yield from self._leg(free, arrive, self.legs.minutes[here][target], visit.id)
                yield from self._service(visit)
                free, here = self._at(visit.leave), target
            is_last = number == len(route.trips) - 1
            there = self._at(route.end if is_last else route.trips[number + 1].start)
            drive = self.legs.minutes[here][0]
            yield from self._leg(free, there, drive, self.problem.depot.id)
            if is_last:
                # The day ends with the drive home; whoever rests afterwards has not taken a break.
                yield from self._no_break_in(there - drive, there)

    def _leg(self, free: float, arrive: float, drive: float, place: str) -> Iterator[Finding]:
        """Between two places there must be one piece of time without a break, long enough."""
        longest, now = 0.0, free
        for begin, end in self.breaks:
            if end > free and begin < arrive:
                longest = max(longest, begin - now)
                now = max(now, end)
        longest = max(longest, arrive - now)
        if longest >= drive - TOLERANCE_MIN - 1e-6:
            return
        if arrive - free >= drive - TOLERANCE_MIN - 1e-6:
            inside = next(begin for begin, end in self.breaks if end > free and begin < arrive)
            yield self._break_at_work(inside)
            return
        short = round(drive - (arrive - free), 1)
        yield Finding.of(Code.SHORT_LEG, place=place, time=self._text(arrive), minutes=short)

    def _service(self, visit: Visit) -> Iterator[Finding]:
        stop = self.problem.stop[visit.id]
        arrive, start, leave = (
            self._at(minute) for minute in (visit.arrive, visit.start, visit.leave)
        )
        if start < arrive - TOLERANCE_MIN:
            yield Finding.of(
                Code.SHORT_LEG,
                place=visit.id,
                time=clock_text(visit.start),
                minutes=round(arrive - start, 1),
            )
        short = stop.service_min - (leave - start)
        if short > TOLERANCE_MIN:
            yield Finding.of(Code.SHORT_SERVICE, stop=visit.id, minutes=round(short, 1))
        yield from self._no_break_in(start, max(leave, start + stop.service_min))

    def _no_break_in(self, start: float, end: float) -> Iterator[Finding]:
        for begin, over in self.breaks:
            if begin < end - TOLERANCE_MIN and over > start + TOLERANCE_MIN:
                yield self._break_at_work(begin)

    def _break_at_work(self, begin: float) -> Finding:
        return Finding.of(Code.BREAK_AT_WORK, van=self.route.van, time=self._text(begin))

    def _text(self, minutes: float) -> str:
        midnight = datetime.combine(self.route.day, datetime.min.time(), self.zone)
        moment = midnight.astimezone(UTC) + timedelta(minutes=minutes)
        return moment.astimezone(self.zone).strftime("%H:%M")

    def _doors(self) -> Iterator[Finding]:
        """Windows, crew and the shift a stop is bound to."""
        route = self.route
        crew = self.problem.van[route.van].crew
        for visit in route.visits:
            stop = self.problem.stop.get(visit.id)
            if stop is None:
                continue
            if not self._is_in_window(stop, visit.start):
                yield Finding.of(
                    Code.OUTSIDE_WINDOW,
                    stop=stop.id,
                    date=route.day.isoformat(),
                    time=clock_text(visit.start),
                )
            if stop.crew > crew:
                yield Finding.of(
                    Code.SMALL_CREW, stop=stop.id, need=stop.crew, van=route.van, crew=crew
                )
            if stop.lock and (stop.lock.van, stop.lock.day) != self.shift.key:
                yield Finding.of(
                    Code.WRONG_SHIFT,
                    stop=stop.id,
                    van=stop.lock.van,
                    date=stop.lock.day.isoformat(),
                )
            if self._is_in_other_van(stop):
                yield Finding.of(Code.NOT_ON_BOARD, stop=stop.id, van=route.van)

    def _is_in_window(self, stop: Stop, start: int) -> bool:
        return not stop.windows or any(
            self._at(window.start) - TOLERANCE_MIN
            <= self._at(start)
            <= self._at(window.end) + TOLERANCE_MIN
            for window in stop.windows
            if window.day == self.route.day
        )

    def _is_in_other_van(self, stop: Stop) -> bool:
        """The boxes ride in another van, and that van is not back before this day."""
        other = self.carriers.get(stop.id, self.shift)
        return other.key != self.shift.key and other.day >= self.shift.day

    def _loads(self) -> Iterator[Finding]:
        capacity = self.problem.van[self.route.van].capacity
        for number, trip in enumerate(self.route.trips):
            known = [self.problem.stop[v.id] for v in trip.stops if v.id in self.problem.stop]
            begun = self.shift.begun if number == 0 else None
            aboard = [self.problem.stop[stop] for stop in begun.on_board] if begun else known
            load = sum((stop.out for stop in aboard), Amount())
            for name, value in vars(load).items():
                said = getattr(trip.load, name)
                if said != value:
                    yield Finding.of(
                        Code.WRONG_LOAD,
                        van=self.route.van,
                        time=clock_text(trip.start),
                        said=said,
                        dimension=name,
                        **{"is": value},
                    )
            yield from self._overload(load, capacity, self.problem.depot.id)
            for stop in known:
                if begun and stop.out != Amount() and stop.id not in begun.on_board:
                    yield Finding.of(Code.NOT_ON_BOARD, stop=stop.id, van=self.route.van)
                    continue
                load = load - stop.out + stop.back
                yield from self._overload(load, capacity, stop.id)

    def _overload(self, load: Amount, capacity: Amount, place: str) -> Iterator[Finding]:
        for dimension, excess in load.over(capacity).items():
            yield Finding.of(
                Code.OVERLOAD,
                van=self.route.van,
                excess=excess,
                dimension=dimension,
                place=place,
            )

    def _orders(self) -> Iterator[Finding]:
        visits = [visit.id for visit in self.route.visits]
        yield from _out_of_order(visits, self.positions)
        begun = self.shift.begun
        if begun and begun.is_order_fixed:
            order = {stop: place for place, stop in enumerate(begun.on_board)}
            yield from _out_of_order(visits, order)

    def _work(self) -> Iterator[Finding]:
        route, begun = self.route, self.shift.begun
        facts = {"van": route.van, "date": route.day.isoformat()}
        most = self.shift.max_work_min + self.problem.rules.max_overtime_min
        if self.work > most + TOLERANCE_MIN:
            yield Finding.of(Code.TOO_MUCH_WORK, minutes=round(self.work), most=most, **facts)
        if self.problem.rules.breaks is None:
            return
        rest = sum(end - begin for begin, end in self.pieces) + self._rested(begun)
        for bound, need in NEEDS:
            if self.work > bound + TOLERANCE_MIN and rest < need - TOLERANCE_MIN:
                yield Finding.of(Code.BREAK_MISSING, minutes=round(rest), need=need, **facts)
                break
        since = self._at(route.start) - self._stretch_before(begun)
        for begin, end in (*self.pieces, (self._at(route.end), 0.0)):
            if begin - since > STRETCH_MIN + TOLERANCE_MIN:
                yield Finding.of(Code.LONG_STRETCH, minutes=round(begin - since), **facts)
            since = end

    def _rested(self, begun: Begun | None) -> float:
        lengths = [self._at(s.end) - self._at(s.start) for s in begun.breaks] if begun else []
        return sum(length for length in lengths if length >= PIECE_MIN - TOLERANCE_MIN)

    def _stretch_before(self, begun: Begun | None) -> float:
        """Minutes worked in a row when a begun shift is taken over."""
        if begun is None:
            return 0
        ends = [s.end for s in begun.breaks if s.end - s.start >= PIECE_MIN - TOLERANCE_MIN]
        if not ends:
            return begun.worked_min
        return min(begun.worked_min, self._at(begun.at) - self._at(max(ends)))

    def _figures(self) -> Iterator[Finding]:
        place = f"{self.route.van} {self.route.day.isoformat()}"
        begun, trips = self.shift.begun, self.route.trips
        start = begun.at if begun else trips[0].start if trips else self.route.start
        if abs(self.route.start - start) > TOLERANCE_MIN:
            yield Finding.of(
                Code.WRONG_FIGURE,
                figure=f"{place} start",
                said=clock_text(self.route.start),
                **{"is": clock_text(start)},
            )
        figures = (("km", self.route.km, self.km), ("work_min", self.route.work_min, self.work))
        for name, said, value in figures:
            if abs(said - value) > max(1.0, TOLERANCE_SHARE * value):
                yield Finding.of(
                    Code.WRONG_FIGURE,
                    figure=f"{place} {name}",
                    said=said,
                    **{"is": round(value, 1)},
                )


def real_minutes(day: date, minute: float, zone: ZoneInfo) -> float:
    """Minutes that really pass from midnight to a wall time; clock changes are seen by the zone.

    A time that no clock shows, as it jumps over it, is the moment of the jump.
    """
    midnight = datetime.combine(day, datetime.min.time(), zone)
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    before, after = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if before is not None and after is not None and before < after:
        wall = _shown_next(wall, zone)
    passed = wall.replace(tzinfo=zone).astimezone(UTC) - midnight.astimezone(UTC)
    return passed.total_seconds() / 60


def _shown_next(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first whole minute from a jumped-over time on that the clock shows."""
    while (
        wall.replace(tzinfo=zone, fold=0).utcoffset()
        != wall.replace(tzinfo=zone, fold=1).utcoffset()
    ):
        wall += timedelta(minutes=1)
    return wall


def _out_of_order(visits: list[str], places: dict[str, int]) -> Iterator[Finding]:
    fixed = [stop for stop in visits if stop in places]
    for first, second in pairwise(fixed):
        if places[first] > places[second]:
            yield Finding.of(Code.WRONG_ORDER, stop=first, other=second)
