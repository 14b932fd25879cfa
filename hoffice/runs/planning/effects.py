"""What a route does when it is driven as somebody arranged it, even if it breaks rules.

A lawful route is timed as every other. One that is not is driven as it comes: who is reached too
late is served late, the break is taken where it costs the promises least, and the evening comes
when it comes. What that breaks is said by the independent checker.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from .assembly import drawn_up
from .checker import check
from .findings import Code, Finding
from .frame import LONG_PAUSE, NINE_HOURS, SHORT_PAUSE, SIX_HOURS, Clock, Day, Frame, Windows
from .plan import Engine, Plan, Route, Totals, Unplanned
from .problem import Amount, Stop
from .schedule import Miss, Timed, Trips, timed

FAR: Final = 14 * 24 * 3600
"""A moment that no route reaches."""

_BY_HAND: Final = Engine("by hand", "1", 0, 0, 0)
_ANYTHING: Final = Amount(10**9, 10**9, 10**9)
_DAY_MIN: Final = 24 * 60


class Kind(StrEnum):
    """What a breach breaks."""

    PROMISE = "promise"
    LAW = "law"
    LOAD = "load"
    WINDOW = "window"
    LOCK = "lock"
    TIME = "time"


KINDS: Final[Mapping[Code, Kind]] = {
    Code.OUTSIDE_WINDOW: Kind.WINDOW,
    Code.OVERLOAD: Kind.LOAD,
    Code.WRONG_LOAD: Kind.LOAD,
    Code.SMALL_CREW: Kind.LOAD,
    Code.NOT_ON_BOARD: Kind.LOAD,
    Code.WRONG_SHIFT: Kind.LOCK,
    Code.WRONG_ORDER: Kind.LOCK,
    Code.TOO_MUCH_WORK: Kind.LAW,
    Code.BREAK_MISSING: Kind.LAW,
    Code.LONG_STRETCH: Kind.LAW,
    Code.BREAK_AT_WORK: Kind.LAW,
    Code.BREAK_OUTSIDE: Kind.LAW,
}
"""What each violation breaks; the others are about time. A promised window is a promise."""

LAWS: Final[Mapping[Code, str]] = {
    Code.TOO_MUCH_WORK: "§ 3 ArbZG",
    Code.BREAK_MISSING: "§ 4 ArbZG",
    Code.LONG_STRETCH: "§ 4 ArbZG",
    Code.BREAK_AT_WORK: "§ 4 ArbZG",
    Code.BREAK_OUTSIDE: "§ 4 ArbZG",
}

_AT_A_STOP: Final = ("stop", "place")
"""The facts of a finding that name the stop it is about."""


@dataclass(frozen=True)
class Breach:
    """One thing that breaks: at a stop, or on the route as a whole (``stop`` None).

    ``late_min`` is by how much a window is missed: minutes after it, negative before it, None on a
    day without one.
    """

    kind: Kind
    finding: Finding
    stop: str | None = None
    late_min: int | None = None

    @property
    def law(self) -> str | None:
        """The paragraph, where it is one that is broken."""
        return LAWS.get(self.finding.code)


@dataclass(frozen=True)
class Driven:
    """A route as it would be driven, and everything that breaks on it."""

    route: Route
    breaches: tuple[Breach, ...]

    @property
    def is_lawful(self) -> bool:
        """Nothing breaks."""
        return not self.breaches


def driven(frame: Frame, day: Day, trips: Trips) -> Driven:
    """How this shift would be driven; ``trips`` name at least one stop, each at most once.

    Minutes after midnight go on beyond 1440 when the route does.
    """
    run = timed(frame, day, trips)
    if isinstance(run, Miss):
        run = _as_it_comes(frame, day, trips)
    route = drawn_up(
        frame, replace(day, clock=_LongClock(day.shift.day, day.clock.zone)), trips, run
    )
    return Driven(route, tuple(_breaches(frame, route)))


class _LongClock(Clock):
    """A clock on which the evening goes on after midnight."""

    def minute(self, seconds: int) -> int:
        """The minute of the wall clock, beyond 1440 on the next day."""
        moment = datetime.fromtimestamp(self._midnight.timestamp() + seconds, self.zone)
        days = (moment.date() - self._day).days
        return days * _DAY_MIN + moment.hour * 60 + moment.minute + (moment.second > 0)


def _breaches(frame: Frame, route: Route) -> Iterator[Breach]:
    problem = frame.problem
    served = {visit.id for visit in route.visits}
    others = tuple(Unplanned(stop.id, ()) for stop in problem.stops if stop.id not in served)
    van = problem.van[route.van]
    cents = van.cost_cents_per_day + route.km * van.cost_cents_per_km
    cents += route.work_min / 60 * van.cost_cents_per_hour
    totals = Totals(1, len(served), route.km, route.work_min, round(cents))
    plan = Plan(problem.sha256, _BY_HAND, (route,), others, totals)
    starts = {visit.id: visit.start for visit in route.visits}
    for finding in check(problem, plan, frame.legs).violations:
        facts = dict(finding.facts)
        stop = next((str(facts[n]) for n in _AT_A_STOP if facts.get(n) in starts), None)
        kind = KINDS.get(finding.code, Kind.TIME)
        late = None
        if stop is not None and finding.code is Code.OUTSIDE_WINDOW:
            kind = Kind.PROMISE if problem.stop[stop].required else Kind.WINDOW
            late = _late(problem.stop[stop], route, starts[stop])
        yield Breach(kind, finding, stop, late)


def _late(stop: Stop, route: Route, start: int) -> int | None:
    """By how many minutes a visit misses the nearest window of its day."""
    misses = [
        start - window.end if start > window.end else start - window.start
        for window in stop.windows
        if window.day == route.day
    ]
    return min(misses, key=abs, default=None)


@dataclass(frozen=True)
class _Course:
    """A shift as a chain of places with the windows that people have, whatever else they lack."""

    nodes: tuple[int, ...]
    service: tuple[int, ...]
    drive: tuple[int, ...]
    windows: tuple[Windows, ...]
    weight: tuple[int, ...]
    """How bad a second too late is: a promise weighs more than anything else."""

    def followed(self, start: int, pause: tuple[int, int] = (-1, 0)) -> list[int]:
        """When service begins at each place; ``pause`` is the leg before which one rests."""
        begins = [start]
        now = start
        for leg, drive in enumerate(self.drive):
            now += self.service[leg]
            if leg == pause[0]:
                now = -(-now // 60) * 60 + pause[1]
            now = _waited(self.windows[leg + 1], now + drive)
            begins.append(now)
        return begins

    def late(self, begins: list[int]) -> int:
        """What these begins miss, promises above all."""
        return sum(
            weight * (begin - windows[-1][1])
            for begin, windows, weight in zip(begins, self.windows, self.weight, strict=True)
            if windows and begin > windows[-1][1]
        )


PROMISE_WEIGHT: Final = 1000


def _waited(windows: Windows, second: int) -> int:
    """When service begins for somebody who arrives now: in the next window, else at once."""
    return next((max(start, second) for start, end in windows if second <= end), second)


def _course(frame: Frame, day: Day, trips: Trips) -> _Course:
    evening: Windows = ((day.start, day.end),)
    places = [(day.origin, 0 if day.is_begun else day.load, evening, 0)]
    for index, trip in enumerate(trips):
        if index:
            places.append((0, day.load, evening, 0))
        for node in trip:
            stop = frame.stop(node)
            weight = PROMISE_WEIGHT if stop.required else 1
            places.append((node, frame.service[node], _said(day, stop), weight))
    places.append((0, 0, evening, 2))
    nodes = tuple(place[0] for place in places)
    return _Course(
        nodes,
        tuple(place[1] for place in places),
        tuple(frame.seconds[a][b] for a, b in pairwise(nodes)),
        tuple(place[2] for place in places),
        tuple(place[3] for place in places),
    )


def _said(day: Day, stop: Stop) -> Windows:
    """The windows of a stop on this day, even where the shift may not serve it otherwise."""
    return tuple(
        sorted(
            (max(day.start, day.clock.seconds(one.start)), day.clock.seconds(one.end))
            for one in stop.windows
            if one.day == day.shift.day and day.clock.seconds(one.end) >= day.start
        )
    )


def _as_it_comes(frame: Frame, day: Day, trips: Trips) -> Timed:
    """The route with nothing refused: no later than it must be, with a lawful break if it can be.

    The begins of the least late way are what each window is stretched to; the timing of lawful
    routes then does the rest, so a route that lacks only room or order is timed as if it lacked
    nothing.
    """
    course = _course(frame, day, trips)
    begins = _least_late(day, course)
    ways = ((0, True), (120, True), (LONG_PAUSE + 120, True), (0, False), (FAR, False))
    for grace, with_breaks in ways:
        loose = _stretched(day, trips, course, begins, grace)
        run = timed(frame, replace(loose, has_breaks=with_breaks and day.has_breaks), trips)
        if isinstance(run, Timed):
            return run
    msg = f"the route of {day.shift.key} cannot be driven at all"
    raise ValueError(msg)


def _least_late(day: Day, course: _Course) -> list[int]:
    """When service begins if as little as possible is late, with a lawful rest if one fits in."""
    plain = course.followed(day.start)
    if not day.has_breaks or _is_rested(day, plain, ()):
        return plain
    best: tuple[int, int, list[int]] | None = None
    for length in (SHORT_PAUSE, LONG_PAUSE):
        for leg in range(len(course.drive)):
            begins = course.followed(day.start, (leg, length))
            end = begins[leg + 1] - course.drive[leg]
            first = begins[leg] + course.service[leg]
            if not _is_rested(day, begins, ((first, max(first + length, end - length), length),)):
                continue
            rank = course.late(begins), begins[-1], begins
            best = rank if best is None else min(best, rank)
    return best[2] if best else plain


def _is_rested(day: Day, begins: list[int], rests: tuple[tuple[int, int, int], ...]) -> bool:
    """§ 4 ArbZG for one rest (earliest begin, latest end, length), roughly: ``timed`` decides."""
    length = sum(rest[2] for rest in rests)
    work = day.worked + begins[-1] - begins[0] - length
    need = 0 if work <= SIX_HOURS else SHORT_PAUSE if work <= NINE_HOURS else LONG_PAUSE
    if day.rested + length < need:
        return False
    since = begins[0] - day.stretch
    for first, last, long in rests:
        if first - since > SIX_HOURS:
            return False
        since = max(first + long, last)
    return begins[-1] - since <= SIX_HOURS


def _stretched(day: Day, trips: Trips, course: _Course, begins: list[int], grace: int) -> Day:
    """The day on which everything may be served as late as here, with any load in any order."""
    open_ = [*day.open]
    for node, windows, begin in zip(course.nodes, course.windows, begins, strict=True):
        if 0 < node < len(open_):
            until = min(FAR, begin + grace)
            *before, last = windows or ((day.start, FAR),)
            open_[node] = (*before, (last[0], max(last[1], until)))
    return replace(
        day,
        end=max(day.end, min(FAR, begins[-1] + 60 + grace)),
        limit=FAR,
        capacity=_ANYTHING,
        aboard=tuple(trips[0]) if day.is_begun else (),
        ranks=(),
        open=tuple(open_),
        pause=max(day.pause, LONG_PAUSE - day.rested) if day.has_breaks else 0,
    )
