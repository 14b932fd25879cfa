"""Large problems in parts of a size that an engine plans well: who goes where, and with which vans.

First everybody belongs to one part, by the dates he can be visited on and by his direction from the
depot; each part has van-days of its own. Later, van-days that share people are taken together
again and again, in groups that do not touch each other, and with them whoever is left over.
Nothing here looks at all pairs of stops: the work grows with the number of stops (n log n to sort
them), not with its square.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final

from .frame import Legs
from .problem import Amount, Matrices, Point, Problem, Shift, Stop

LARGE: Final = 700
"""With more stops than that a plan is made in parts.

The whole of 500 people on 40 van-days (three windows each) is searched in seconds; the table of
ways, and with it the memory of each search, grows with the square.
"""

PART_STOPS: Final = 130
"""So many stops a part should have."""

GROUP_SHIFTS: Final = 10
"""So many van-days are planned together later on; with 16 the same time served fewer."""

GROUP_STOPS: Final = 160
"""More stops than that make a group smaller."""

MOST_EXTRA: Final = 40
"""At most so many of those left over are tried in one group."""

FEW_SHIFTS: Final = 60
"""Whoever has more shifts to choose from does not bind them together."""

SPREAD: Final = 1.1
"""Where people live decides, as long as a part is not fuller than the others by so much."""

GlobalRoutes = dict[int, list[list[int]]]
"""Trips of stops (as the problem numbers them from 0) by the index of the shift."""


@dataclass(frozen=True)
class Part:
    """Some stops and some shifts of a problem, by their indices from 0, in order."""

    stops: tuple[int, ...]
    shifts: tuple[int, ...]


@dataclass(frozen=True)
class _Choice:
    """What a stop demands of a van, where nothing else binds it."""

    crew: int
    out: Amount
    back: Amount


class Splitting:
    """What is asked again and again when a problem is taken apart."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._on: dict[date, list[int]] = {}
        for index, shift in enumerate(problem.shifts):
            self._on.setdefault(shift.day, []).append(index)
        self._index = {shift.key: index for index, shift in enumerate(problem.shifts)}
        self._carrier = {
            stop: index
            for index, shift in enumerate(problem.shifts)
            if shift.begun
            for stop in shift.begun.on_board
        }
        self._number = {stop.id: number for number, stop in enumerate(problem.stops)}
        self._cached: dict[_Choice, tuple[int, ...]] = {}
        self.open = [self._open(stop) for stop in problem.stops]
        """The shifts that may visit each stop, as far as dates, crew, size and locks say."""
        self.tied: dict[int, list[int]] = {}
        """The stops that a part must hold if it holds their shift: on board there, or locked."""
        self._home: dict[int, int] = {}
        for number, stop in enumerate(problem.stops):
            home = self._bound_to(stop)
            if home is not None and home >= 0:
                self.tied.setdefault(home, []).append(number)
                self._home[number] = home

    def parts(self, stops_each: int = PART_STOPS) -> list[Part]:
        """Every stop and every shift in exactly one part."""
        count = min(-(-len(self.problem.stops) // stops_each), len(self.problem.shifts))
        part_of, count = self._deal_shifts(max(1, count))
        cells = self._sweep(count)
        room = [0.0] * count
        for index, shift in enumerate(self.problem.shifts):
            room[part_of[index]] += min(shift.max_work_min, shift.end - shift.start)
        load = [0] * count
        members: list[list[int]] = [[] for _ in range(count)]
        order = sorted(
            range(len(self.open)), key=lambda stop: (len(self.open[stop]), cells[stop], stop)
        )
        for done, stop in enumerate(order):
            shifts = self.open[stop]
            if stop in self._home:
                best = part_of[self._home[stop]]
            elif len(shifts) > FEW_SHIFTS and load[cells[stop]] <= SPREAD * done / count + 5:
                best = cells[stop]
            else:
                choices = {part_of[shift] for shift in shifts} or range(count)
                best = min(choices, key=lambda part: (_fullness(load[part], room[part]), part))
            members[best].append(stop)
            load[best] += 1
        made: list[list[int]] = [[] for _ in range(count)]
        for index, part in enumerate(part_of):
            made[part].append(index)
        return [
            Part(tuple(sorted(stops)), tuple(shifts))
            for stops, shifts in zip(members, made, strict=True)
        ]

    def group(
        self, routes: Mapping[int, Sequence[Sequence[int]]], busy: Sequence[Part], dice: Random
    ) -> Part | None:
        """Van-days that share people, with whoever is left over for them; nothing that is busy.

        None if no van-day is left.
        """
        shut = {shift for part in busy for shift in part.shifts}
        idle = [index for index in range(len(self.problem.shifts)) if index not in shut]
        if not idle:
            return None
        served = {stop for trips in routes.values() for trip in trips for stop in trip}
        served.update(stop for part in busy for stop in part.stops)
        left = [stop for stop in range(len(self.open)) if stop not in served]
        chosen = self._first_shifts(routes, idle, left, dice)
        people = sum(len(trip) for shift in chosen for trip in routes.get(shift, ()))
        while len(chosen) < GROUP_SHIFTS and people < GROUP_STOPS:
            following = self._next_shift(routes, chosen, idle, left, dice)
            if following is None:
                break
            chosen.append(following)
            people += sum(map(len, routes.get(following, ())))
        shifts = set(chosen)
        stops = {stop for shift in chosen for trip in routes.get(shift, ()) for stop in trip}
        stops.update(stop for shift in chosen for stop in self.tied.get(shift, ()))
        extra = [
            stop for stop in left if stop not in stops and shifts.intersection(self.open[stop])
        ]
        if len(extra) > MOST_EXTRA:
            extra = dice.sample(extra, MOST_EXTRA)
        return Part(tuple(sorted(stops.union(extra))), tuple(sorted(shifts)))

    def _first_shifts(
        self,
        routes: Mapping[int, Sequence[Sequence[int]]],
        idle: Sequence[int],
        left: Sequence[int],
        dice: Random,
    ) -> list[int]:
        """Where to begin: with the shifts of somebody left over, or anywhere that is in use."""
        free = set(idle)
        for stop in dice.sample(left, min(len(left), 5)):
            shifts = [shift for shift in self.open[stop] if shift in free]
            if shifts:
                return dice.sample(shifts, min(len(shifts), 3))
        used = [shift for shift in idle if routes.get(shift)]
        return [dice.choice(used or list(idle))]

    def _next_shift(
        self,
        routes: Mapping[int, Sequence[Sequence[int]]],
        chosen: Sequence[int],
        idle: Sequence[int],
        left: Sequence[int],
        dice: Random,
    ) -> int | None:
        """A shift that many people of the chosen ones could use; else one driving near them.

        Who is left over counts twice.
        """
        rest = set(idle).difference(chosen)
        if not rest:
            return None
        weights: dict[int, int] = {}
        people = [(stop, 1) for shift in chosen for trip in routes.get(shift, ()) for stop in trip]
        people += [(stop, 2) for stop in left]
        here = set(chosen)
        for stop, weight in people:
            shifts = self.open[stop]
            if len(shifts) > FEW_SHIFTS or here.isdisjoint(shifts):
                continue
            for other in shifts:
                if other in rest:
                    weights[other] = weights.get(other, 0) + weight
        if weights:
            found = sorted(weights)
            return dice.choices(found, [weights[shift] ** 2 for shift in found])[0]
        middle = self._middle(routes, chosen)
        tried = dice.sample(sorted(rest), min(len(rest), 4 * GROUP_SHIFTS))
        return min(tried, key=lambda shift: (_apart(middle, self._middle(routes, [shift])), shift))

    def _middle(
        self, routes: Mapping[int, Sequence[Sequence[int]]], shifts: Iterable[int]
    ) -> Point:
        """The middle of the stops of some routes; the depot where there is none."""
        points = [
            self.problem.stops[stop].at
            for shift in shifts
            for trip in routes.get(shift, ())
            for stop in trip
        ]
        if not points:
            return self.problem.depot.at
        return Point(
            sum(point.lat for point in points) / len(points),
            sum(point.lon for point in points) / len(points),
        )

    def _deal_shifts(self, count: int) -> tuple[list[int], int]:
        """The part of each shift and how many parts there are: blocks of dates, shares of vans."""
        dates = sorted(self._on)
        vans = max(1, min(len(shifts) for shifts in self._on.values()))
        cells = min(vans, count)
        blocks = min(len(dates), -(-count // cells))
        part_of = [0] * len(self.problem.shifts)
        for place, day in enumerate(dates):
            block = place * blocks // len(dates)
            for turn, shift in enumerate(self._on[day]):
                part_of[shift] = block * cells + turn % cells
        return part_of, blocks * cells

    def _sweep(self, count: int) -> list[int]:
        """So many sectors around the depot with as many stops each."""
        depot = self.problem.depot.at
        angles = [
            (math.atan2(stop.at.lat - depot.lat, stop.at.lon - depot.lon), number)
            for number, stop in enumerate(self.problem.stops)
        ]
        cells = [0] * len(angles)
        for place, (_, number) in enumerate(sorted(angles)):
            cells[number] = place * count // len(angles)
        return cells

    def _open(self, stop: Stop) -> tuple[int, ...]:
        fitting = self._fitting(_Choice(stop.crew, stop.out, stop.back))
        bound = self._bound_to(stop)
        if bound is not None:
            return (bound,) if bound >= 0 else ()
        if not stop.windows:
            return fitting
        days = {window.day for window in stop.windows}
        shifts = (shift for day in days for shift in self._on.get(day, ()))
        return tuple(sorted(shift for shift in shifts if self._fits(stop, shift)))

    def _bound_to(self, stop: Stop) -> int | None:
        """The one shift a stop belongs to, -1 if that does not exist; boxes on board say first."""
        if stop.id in self._carrier:
            return self._carrier[stop.id]
        if stop.lock:
            return self._index.get((stop.lock.van, stop.lock.day), -1)
        return None

    def _fitting(self, choice: _Choice) -> tuple[int, ...]:
        if choice not in self._cached:
            vans = {
                van.id
                for van in self.problem.vans
                if choice.crew <= van.crew
                and not choice.out.over(van.capacity)
                and not choice.back.over(van.capacity)
            }
            self._cached[choice] = tuple(
                index for index, shift in enumerate(self.problem.shifts) if shift.van in vans
            )
        return self._cached[choice]

    def _fits(self, stop: Stop, index: int) -> bool:
        shift: Shift = self.problem.shifts[index]
        van = self.problem.van[shift.van]
        if stop.crew > van.crew or stop.out.over(van.capacity) or stop.back.over(van.capacity):
            return False
        return any(
            window.day == shift.day and window.start <= shift.end and window.end >= shift.start
            for window in stop.windows
        )


def _fullness(load: int, room: float) -> float:
    return load / room if room else math.inf


def subproblem(problem: Problem, part: Part) -> Problem:
    """The part as a problem of its own; matrices of its own if the problem brings some."""
    made = replace(
        problem,
        stops=tuple(problem.stops[stop] for stop in part.stops),
        shifts=tuple(problem.shifts[shift] for shift in part.shifts),
    )
    if not isinstance(problem.travel, Matrices):
        return made
    places = matrix_places(problem, part)
    minutes, km = (
        tuple(tuple(table[row][column] for column in places) for row in places)
        for table in (problem.travel.minutes, problem.travel.km)
    )
    return replace(made, travel=Matrices(minutes, km))


def matrix_places(problem: Problem, part: Part) -> list[int]:
    """Where the points of a part stand among the points of the problem."""
    tail = {}
    place = 1 + len(problem.stops)
    for index, shift in enumerate(problem.shifts):
        if shift.begun:
            tail[index] = place
            place += 1
    begun = (tail[shift] for shift in part.shifts if shift in tail)
    return [0, *(1 + stop for stop in part.stops), *begun]


def to_part(part: Part, routes: Mapping[int, Sequence[Sequence[int]]]) -> GlobalRoutes:
    """The routes of a part's shifts, as the part's own frame numbers them (stops from node 1)."""
    node = {stop: 1 + place for place, stop in enumerate(part.stops)}
    return {
        place: [[node[stop] for stop in trip] for trip in routes[shift]]
        for place, shift in enumerate(part.shifts)
        if routes.get(shift)
    }


def from_part(part: Part, routes: Mapping[int, Sequence[Sequence[int]]]) -> GlobalRoutes:
    """The way back; a shift of the part without a route has none any more."""
    return {
        shift: [[part.stops[node - 1] for node in trip] for trip in routes.get(place, ())]
        for place, shift in enumerate(part.shifts)
    }


class PairLegs:
    """Legs of a large problem, kept pair by pair as they are used: no n × n anywhere."""

    def __init__(self) -> None:
        self.minutes = _Pairs()
        self.km = _Pairs()

    def learn(self, places: Sequence[int], legs: Legs, pairs: Iterable[tuple[int, int]]) -> None:
        """Keep these legs of a part, whose n-th point is the ``places[n]``-th of all."""
        for start, end in pairs:
            self.minutes[places[start]][places[end]] = legs.minutes[start][end]
            self.km[places[start]][places[end]] = legs.km[start][end]


class _Pairs(dict[int, dict[int, float]]):
    def __missing__(self, key: int) -> dict[int, float]:
        row: dict[int, float] = {}
        self[key] = row
        return row


def _apart(one: Point, other: Point) -> float:
    """How far two points are apart, in degrees of latitude; near enough to compare."""
    narrow = math.cos(math.radians(one.lat))
    return math.hypot(one.lat - other.lat, narrow * (one.lon - other.lon))
