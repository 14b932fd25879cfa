"""All the ways in which one person can be served, the cheapest first, everybody else kept.

A way is the present plan with a few routes changed: the person stays where she is, is put in
somewhere else, changes places with somebody, or her whole trip or day takes place at another time.
What others may do is what their windows allow; shifts under way are left as they are, but for the
person asked about. Ways are judged on the break-free clock; whoever offers one proves it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final

from hoffice.runs.planning.board import Line, Place, Routes
from hoffice.runs.planning.frame import Day, Frame
from hoffice.runs.planning.schedule import Trips, earliest, latest

NEAR: Final = 150
"""So many of the nearest people are asked to change places."""

NEAR_NEXT: Final = 12
"""In a ring of three, so many of the nearest are asked to give way to the second."""

RINGS: Final = 12
"""So many of the cheapest pairs are widened to rings of three."""

PLACES: Final = 2
"""So many places of a route are tried for each change."""

Changed = dict[int, list[list[int]]]


@dataclass(frozen=True)
class Way:
    """The changed routes with the person in them, and what the change costs (metres + seconds).

    ``order`` tells ways of equal cost apart: the earlier kind of change is the smaller one.
    """

    cost: int
    order: int
    day: int
    routes: Changed
    opens: bool = False


@dataclass(frozen=True)
class _Leave:
    """Somebody left a route for the person; she has taken her place in ``trips``."""

    cost: int
    node: int
    day: int
    trips: list[list[int]]


class Ways:
    """The ways for one node in a plan; the node may be in it or not."""

    def __init__(self, frame: Frame, routes: Routes, node: int) -> None:
        self.frame = frame
        self.node = node
        self.lines = [Line(frame, day, routes.get(day.index, ())) for day in frame.days]
        self.home = {
            stop: line.day.index for line in self.lines for trip in line.trips for stop in trip
        }
        self.own = self.home.get(node)
        self._left: dict[int, tuple[Line, int]] = {}
        self._best: dict[int, list[Place]] = {}
        self._near: dict[int, list[int]] = {}
        self._saved = 0
        self._rest: Line | None = None
        if self.own is not None:
            self._rest, self._saved = self._without(node)

    def all(self, *, may_open: bool = False) -> list[Way]:
        """Every way found, the cheapest first; a shift is left in the yard unless ``may_open``."""
        found = list(
            chain(
                self._stay(),
                self._other_times(),
                self._trips_of_other_days(),
                self._whole_days(),
                self._insertions(may_open=may_open),
                self._swaps_and_rings(),
            )
        )
        found.sort(key=lambda way: (way.cost, way.order))
        return found

    # The present plan, piece by piece.

    def _without(self, node: int) -> tuple[Line, int]:
        """The route without a stop, and what it costs less (a negative number)."""
        if node not in self._left:
            line = self.lines[self.home[node]]
            rest = [[stop for stop in trip if stop != node] for trip in line.trips]
            begun = line.day.is_begun
            kept = [trip for index, trip in enumerate(rest) if trip or (begun and not index)]
            shorter = Line(self.frame, line.day, kept)
            self._left[node] = shorter, self._length(shorter) - self._length(line)
        return self._left[node]

    def _length(self, line: Line) -> int:
        """Metres and seconds of driving and loading of a route, and what opening the day costs."""
        if line.is_empty and not line.day.is_begun:
            return 0
        opening = 0 if line.day.is_begun else line.day.opening
        metres, seconds = self.frame.metres, self.frame.seconds
        driven = sum(metres[a][b] + seconds[a][b] for a, b in pairwise(line.nodes))
        return opening + driven + len(line.trips) * line.day.load

    def _is_free(self, node: int) -> bool:
        """May this stop leave its route? Not one that is under way."""
        return not self.frame.days[self.home[node]].is_begun

    def _open_days(self, node: int) -> Iterator[int]:
        """Shifts that stand open, are not under way, and may serve a stop."""
        for line in self.lines:
            if stands_open(line) and not line.day.is_begun and line.day.open[node]:
                yield line.day.index

    def _elsewhere(self, node: int) -> Iterator[int]:
        """Such shifts, but for the one on which the stop is now."""
        return (day for day in self._open_days(node) if day != self.home[node])

    def _anywhere(self, node: int) -> list[Place]:
        """The best place for a stop on each shift as it is in the present plan, cheapest first."""
        if node not in self._best:
            heads = []
            for day in self._elsewhere(node):
                if day != self.own:
                    heads += self.lines[day].all_places(node)[:1]
            self._best[node] = sorted(heads)
        return self._best[node]

    def _neighbours(self, node: int) -> list[int]:
        """Everybody else in the plan who may leave her route, the nearest first."""
        if node not in self._near:
            to, back = self.frame.seconds[node], self.frame.seconds
            others = [
                other
                for other in self.home
                if other not in (node, self.node) and self._is_free(other)
            ]
            others.sort(key=lambda other: to[other] + back[other][node])
            self._near[node] = others
        return self._near[node]

    # The ways.

    def _stay(self) -> Iterator[Way]:
        if self.own is not None:
            yield Way(0, 0, self.own, {})

    def _other_times(self) -> Iterator[Way]:
        """Her trip at another place of the day, or the other way round."""
        if self.own is None or self.frame.days[self.own].is_begun:
            return
        line = self.lines[self.own]
        mine = next(trip for trip in line.trips if self.node in trip)
        others = [trip for trip in line.trips if trip is not mine]
        for position in range(len(others) + 1):
            for turned in (mine, mine[::-1]):
                trips = [*others[:position], turned, *others[position:]]
                if trips != line.trips:
                    yield from self._way(1, self.own, {self.own: trips})

    def _trips_of_other_days(self) -> Iterator[Way]:
        """Her whole trip on another day, in exchange for one of that day or for nothing."""
        if self.own is None or self.frame.days[self.own].is_begun:
            return
        line = self.lines[self.own]
        mine = next(trip for trip in line.trips if self.node in trip)
        others = [trip for trip in line.trips if trip is not mine]
        place = line.trips.index(mine)
        for other in self.lines:
            day = other.day
            if day.index == self.own or not stands_open(other) or day.is_begun:
                continue
            if not all(day.open[node] for node in mine):
                continue
            for kept, given in self._givable([trip for trip in other.trips if trip], line.day):
                back = [*others[:place], given, *others[place:]] if given else others
                for position in range(len(kept) + 1):
                    for turned in (mine, mine[::-1]):
                        trips = [*kept[:position], turned, *kept[position:]]
                        yield from self._way(2, day.index, {day.index: trips, self.own: back})

    @staticmethod
    def _givable(trips: list[list[int]], to: Day) -> Iterator[tuple[list[list[int]], list[int]]]:
        """The trips that stay and the one that goes to the other day; first, nothing goes."""
        yield trips, []
        for index, trip in enumerate(trips):
            if all(to.open[node] for node in trip):
                yield [*trips[:index], *trips[index + 1 :]], trip

    def _whole_days(self) -> Iterator[Way]:
        """Her whole day on another date: the van-day moves, none is opened."""
        if self.own is None or self.frame.days[self.own].is_begun:
            return
        trips = self.lines[self.own].trips
        for other in self.lines:
            day = other.day
            is_free = other.is_empty and not day.is_begun
            if is_free and all(day.open[node] for trip in trips for node in trip):
                yield from self._way(3, day.index, {day.index: trips, self.own: []})

    def _insertions(self, *, may_open: bool) -> Iterator[Way]:
        node = self.node
        for line in self.lines:
            opens = not stands_open(line)
            if not line.day.open[node] or (opens and not may_open):
                continue
            is_home = line.day.index == self.own
            base = self._rest if is_home and self._rest is not None else line
            for place in base.all_places(node):
                changed = {line.day.index: base.with_stop(node, place)}
                if not is_home:
                    changed |= self._home_without_her()
                cost = place.cost + self._saved
                yield Way(cost, 4, line.day.index, changed, opens)

    def _home_without_her(self) -> Changed:
        if self.own is None or self._rest is None:
            return {}
        return {self.own: [] if self._rest.is_empty else self._rest.trips}

    def _swaps_and_rings(self) -> Iterator[Way]:
        """She takes the place of another, who goes where she was or elsewhere, or of a third."""
        leaves = []
        for other in self._neighbours(self.node)[:NEAR]:
            day = self.home[other]
            if day == self.own or not self.frame.days[day].open[self.node]:
                continue
            shorter, saved = self._without(other)
            for place in shorter.all_places(self.node)[:PLACES]:
                trips = shorter.with_stop(self.node, place)
                cost = self._saved + saved + place.cost
                leave = _Leave(cost, other, day, trips)
                yield from self._same_day(leave)
                if any(self._elsewhere(other)):
                    leaves.append(leave)
                    yield from self._settle(5, leave, other, cost, {day: trips})
        leaves.sort(key=lambda leave: leave.cost)
        for leave in leaves[:RINGS]:
            yield from self._rings(leave)

    def _same_day(self, leave: _Leave) -> Iterator[Way]:
        """Who gave way comes again at another time of the same day."""
        line = Line(self.frame, self.frame.days[leave.day], leave.trips)
        for place in line.all_places(leave.node)[:1]:
            changed = self._home_without_her() | {leave.day: line.with_stop(leave.node, place)}
            yield Way(leave.cost + place.cost, 5, leave.day, changed)

    def _settle(
        self, order: int, leave: _Leave, node: int, cost: int, changed: Changed
    ) -> Iterator[Way]:
        """A homeless stop goes to the person's old route, or to the cheapest other one."""
        if self._rest is not None and self.own is not None and self._rest.day.open[node]:
            for place in self._rest.all_places(node)[:PLACES]:
                if not self._rest.is_empty:
                    with_guest = self._rest.with_stop(node, place)
                    yield Way(cost + place.cost, order, leave.day, changed | {self.own: with_guest})
        for place in self._anywhere(node)[:PLACES]:
            if place.day not in changed:
                moved = {place.day: self.lines[place.day].with_stop(node, place)}
                yield Way(
                    cost + place.cost, order, leave.day, self._home_without_her() | changed | moved
                )

    def _rings(self, leave: _Leave) -> Iterator[Way]:
        for third in self._neighbours(leave.node)[:NEAR_NEXT]:
            day = self.home[third]
            if day in (leave.day, self.own) or not self.frame.days[day].open[leave.node]:
                continue
            shorter, saved = self._without(third)
            for place in shorter.all_places(leave.node)[:1]:
                trips = shorter.with_stop(leave.node, place)
                cost = leave.cost + saved + place.cost
                changed = {leave.day: leave.trips, day: trips}
                yield from self._settle(6, leave, third, cost, changed)

    def _way(self, order: int, day: int, changed: Changed) -> Iterator[Way]:
        """A way made of whole trips, if the break-free clock allows it."""
        cost = 0
        for index, trips in changed.items():
            line = Line(self.frame, self.frame.days[index], trips)
            if not fits(line):
                return
            cost += self._length(line) - self._length(self.lines[index])
        yield Way(cost, order, day, changed)


def stands_open(line: Line) -> bool:
    """May a stop come in without a new van-day? The van drives that day, or it is booked."""
    return not line.is_empty or line.day.is_begun or line.day.opening == 0


def fits(line: Line) -> bool:
    """Can the route be driven on the break-free clock? Loads are not looked at."""
    if line.least_work > line.day.limit and not line.is_empty:
        return False
    return all(early <= late for early, late in zip(line.early, line.late, strict=True)) and all(
        earliest(line.windows(node), early) is not None
        for node, early in zip(line.nodes, line.early, strict=True)
    )


def leeway(frame: Frame, day: Day, trips: Trips, node: int) -> tuple[int, int] | None:
    """From when to when service of a stop may begin on the break-free clock, the rest kept."""
    line = Line(frame, day, trips)
    if not fits(line):
        return None
    place = line.nodes.index(node)
    bound = latest(line.windows(node), line.late[place])
    return None if bound is None else (line.early[place], bound)
