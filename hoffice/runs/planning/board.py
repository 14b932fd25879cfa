"""Routes while they are being made: put a stop in, take one out, and know at once where it fits.

Places are judged on the break-free clock (``Day.squeeze``), where a lawful break costs no time, so
one look at earliest and latest begins is enough; what is then really put in passes ``timed``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from .frame import Day, Frame, Windows
from .problem import Amount
from .schedule import Miss, Timed, Trips, earliest, keeps_order, latest, overload, timed

SHORTLIST: Final = 4
"""So many places of a route are kept in mind for a stop, should ``timed`` refuse the best."""

_NOTHING: Final = Amount()

Routes = Mapping[int, Trips]
"""Trips by the index of the shift; shifts that stay in the yard are missing or empty."""


@dataclass(frozen=True, order=True)
class Place:
    """Where a stop would go: the cheapest sorts first.

    ``position`` None is a trip of its own, made before trip ``trip``.
    """

    cost: int
    day: int
    trip: int
    position: int


OWN_TRIP: Final = -1
"""The position of a stop that gets a trip of its own."""


class Line:
    """One route with what a quick look needs: earliest and latest begins in break-free time."""

    def __init__(self, frame: Frame, day: Day, trips: Trips) -> None:
        self.frame = frame
        self.day = day
        self.trips = [list(trip) for trip in trips] or [[]]
        self.nodes = [day.origin]
        self.service = [0 if day.is_begun else day.load]
        self.trip_of = [0]
        for index, trip in enumerate(self.trips):
            if index:
                self._append(0, day.load, index)
            for node in trip:
                self._append(node, frame.service[node], index)
        self._append(0, 0, len(self.trips) - 1)
        self.is_empty = not any(self.trips)
        self._time()

    def _append(self, node: int, service: int, trip: int) -> None:
        self.nodes.append(node)
        self.service.append(service)
        self.trip_of.append(trip)

    @cached_property
    def cost(self) -> int | None:
        """Metres, seconds of work and what opening the shift costs; None if it cannot be driven."""
        return 0 if self.is_empty else _cost(self.frame, self.day, self.trips)

    def windows(self, node: int) -> Windows:
        """When service may start at a node, in break-free time."""
        day = self.day
        if 0 < node < self.frame.size:
            return tuple((day.squeeze(a), day.squeeze(b)) for a, b in day.open[node])
        return ((day.start, day.squeeze(day.end)),)

    def _time(self) -> None:
        seconds, nodes = self.frame.seconds, self.nodes
        windows = [self.windows(node) for node in nodes]
        now = self.day.start
        self.early = [now]
        for leg in range(len(nodes) - 1):
            now += self.service[leg] + seconds[nodes[leg]][nodes[leg + 1]]
            begin = earliest(windows[leg + 1], now)
            now = now if begin is None else begin
            self.early.append(now)
        now = self.day.squeeze(self.day.end)
        self.late = [now]
        for leg in range(len(nodes) - 2, -1, -1):
            now -= self.service[leg] + seconds[nodes[leg]][nodes[leg + 1]]
            bound = latest(windows[leg], now)
            now = now if bound is None else bound
            self.late.append(now)
        self.late.reverse()
        drive = sum(seconds[nodes[leg]][nodes[leg + 1]] for leg in range(len(nodes) - 1))
        self.least_work = self.day.worked + drive + sum(self.service)

    def places(self, node: int) -> list[Place]:
        """The cheapest places for a stop, best first; the fleet's fixed cost is included."""
        return self.all_places(node)[:SHORTLIST]

    def all_places(self, node: int) -> list[Place]:
        """Every place where a stop fits in break-free time, the cheapest first."""
        if not self.day.open[node]:
            return []
        return sorted(self._within(node) + self._own_trips(node))

    def _within(self, node: int) -> list[Place]:
        frame, day, nodes = self.frame, self.day, self.nodes
        opening = day.opening if self.is_empty and not day.is_begun else 0
        windows, service = self.windows(node), frame.service[node]
        seconds, metres = frame.seconds, frame.metres
        rooms = [self._has_room(index, node) for index in range(len(self.trips))]
        spare = day.limit - self.least_work - service
        found = []
        position = 0
        for leg in range(len(nodes) - 1):
            before, after = nodes[leg], nodes[leg + 1]
            position = 0 if leg == 0 or before == 0 else position + 1
            trip = self.trip_of[leg]
            if rooms[trip] is False or (trip and node in day.aboard):
                continue
            longer = seconds[before][node] + seconds[node][after] - seconds[before][after]
            if longer > spare:
                continue
            begin = earliest(windows, self.early[leg] + self.service[leg] + seconds[before][node])
            if begin is None or begin + service + seconds[node][after] > self.late[leg + 1]:
                continue
            if rooms[trip] is None and not self._fits_at(trip, position, node):
                continue
            further = metres[before][node] + metres[node][after] - metres[before][after]
            found.append(Place(opening + longer + further, day.index, trip, position))
        return found

    def lateness(self, node: int) -> list[int]:
        """How much too late all would be with the stop in each place of the present trips.

        In break-free time and in the order of the places; loads and orders are not looked at.
        """
        seconds, nodes = self.frame.seconds, self.nodes
        service, windows = self.frame.service[node], self.windows(node)
        found = []
        for leg in range(len(nodes) - 1):
            arrival = self.early[leg] + self.service[leg] + seconds[nodes[leg]][node]
            begin = earliest(windows, arrival)
            late = 0 if begin is not None else arrival - windows[-1][1]
            leave = (arrival if begin is None else begin) + service
            after = leave + seconds[node][nodes[leg + 1]] - self.late[leg + 1]
            found.append(max(0, late, after))
        return found

    def _own_trips(self, node: int) -> list[Place]:
        """A trip of its own before each trip that starts at the depot, and as the last one."""
        frame, day = self.frame, self.day
        if self.is_empty and not day.is_begun:
            return []
        if day.is_begun and node in day.aboard:
            return []
        seconds, service = frame.seconds, frame.service[node]
        away = seconds[0][node] + service + seconds[node][0]
        cost = away - service + frame.metres[0][node] + frame.metres[node][0] + day.load
        if self.least_work + away + day.load > day.limit:
            return []
        windows = self.windows(node)
        found = []
        for leg, place in enumerate(self.nodes):
            is_last = leg == len(self.nodes) - 1
            if place != 0 or (leg == 0 and day.is_begun):
                continue
            # The van loads here first for this stop, then for the trip that was to begin.
            begin = earliest(windows, self.early[leg] + day.load + seconds[0][node])
            if begin is None or begin + service + seconds[node][0] > self.late[leg]:
                continue
            trip = self.trip_of[leg] + is_last
            if self._keeps_order([*self.trips[:trip], [node], *self.trips[trip:]], node):
                found.append(Place(cost, day.index, trip, OWN_TRIP))
        return found

    def _has_room(self, trip: int, node: int) -> bool | None:
        """Room anywhere on the trip, nowhere, or (None) it depends on the position."""
        frame, day = self.frame, self.day
        stops = self.trips[trip]
        is_plain = not (trip == 0 and day.is_begun) and all(
            frame.back[stop] == _NOTHING for stop in (*stops, node)
        )
        if any(node in ranks for ranks in day.ranks) or not is_plain:
            return None
        load = sum((frame.out[stop] for stop in stops), frame.out[node])
        return not load.over(day.capacity)

    def _fits_at(self, trip: int, position: int, node: int) -> bool:
        stops = [*self.trips[trip][:position], node, *self.trips[trip][position:]]
        if overload(self.frame, self.day, stops, is_first=trip == 0):
            return False
        return self._keeps_order([*self.trips[:trip], stops, *self.trips[trip + 1 :]], node)

    def _keeps_order(self, trips: Trips, node: int) -> bool:
        if not any(node in ranks for ranks in self.day.ranks):
            return True
        return keeps_order(self.day, trips)

    def with_stop(self, node: int, place: Place) -> list[list[int]]:
        """The trips with the stop in that place."""
        trips = [list(trip) for trip in self.trips]
        if place.position == OWN_TRIP:
            trips.insert(place.trip, [node])
        else:
            trips[place.trip].insert(place.position, node)
        return trips


@dataclass(frozen=True)
class Snapshot:
    """How a board stood once: its lines never change, another one takes their place."""

    lines: tuple[Line, ...]
    known: tuple[dict[int, list[Place]], ...]
    home: dict[int, int]


class Board:
    """All routes of a plan in the making; every route on it can be driven."""

    def __init__(self, frame: Frame, routes: Routes | None = None) -> None:
        self.frame = frame
        self.lines = [Line(frame, day, (routes or {}).get(day.index, [])) for day in frame.days]
        self.home = {
            node: line.day.index for line in self.lines for trip in line.trips for node in trip
        }
        self._known: list[dict[int, list[Place]]] = [{} for _ in self.lines]

    @property
    def routes(self) -> dict[int, list[list[int]]]:
        """The trips of every shift that leaves the yard, without empty trips."""
        return {
            line.day.index: [list(trip) for trip in line.trips]
            for line in self.lines
            if not line.is_empty
        }

    def places(self, node: int, day: int) -> list[Place]:
        """The cheapest places for a stop on one shift; remembered until that route changes."""
        known = self._known[day]
        if node not in known:
            known[node] = self.lines[day].places(node)
        return known[node]

    def best(self, node: int, days: Iterable[int] | None = None) -> Place | None:
        """The cheapest place for a stop anywhere."""
        heads = [
            places[0]
            for day in (days if days is not None else range(len(self.lines)))
            if (places := self.places(node, day))
        ]
        return min(heads, default=None)

    def put(self, node: int, place: Place) -> bool:
        """Put a stop there if the route can then be driven; else forget the place."""
        line = self.lines[place.day]
        trips = line.with_stop(node, place)
        if isinstance(timed(self.frame, line.day, trips, thorough=False), Miss):
            self._known[place.day][node].remove(place)
            return False
        self._set(line.day, trips)
        self.home[node] = place.day
        return True

    def put_cheapest(self, node: int, days: Iterable[int] | None = None) -> bool:
        """Put a stop in the cheapest place in which its route can be driven."""
        tried = list(days) if days is not None else None
        while (place := self.best(node, tried)) is not None:
            if self.put(node, place):
                return True
        return False

    def take(self, node: int) -> None:
        """Take a stop out; a trip that becomes empty is not driven.

        With windows apart a shorter route may hold a longer wait than the law allows without a
        break; such a route is refused by the next ``timed`` and not by this.
        """
        line = self.lines[self.home.pop(node)]
        rest = [[stop for stop in trip if stop != node] for trip in line.trips]
        kept = [trip for index, trip in enumerate(rest) if trip or self._stays(line.day, index)]
        self._set(line.day, kept)

    def set_route(self, day: int, trips: Trips) -> bool:
        """Put a whole route in the place of another, if it can be driven."""
        shift = self.frame.days[day]
        if any(trips) and isinstance(timed(self.frame, shift, trips), Miss):
            return False
        for old in self.lines[day].trips:
            for node in old:
                del self.home[node]
        self._set(shift, trips)
        self.home.update((node, day) for trip in trips for node in trip)
        return True

    def snapshot(self) -> Snapshot:
        """How everything stands now."""
        return Snapshot(tuple(self.lines), tuple(self._known), dict(self.home))

    def restore(self, before: Snapshot) -> None:
        """Put everything back to where it stood."""
        self.lines = list(before.lines)
        self._known = list(before.known)
        self.home = dict(before.home)

    @property
    def cost(self) -> int | None:
        """What all routes cost, as ``cost`` says; None if one of them cannot be driven."""
        costs = [line.cost for line in self.lines]
        return None if None in costs else sum(cost or 0 for cost in costs)

    def timing(self, day: int) -> Timed | Miss:
        """When everything happens on one shift."""
        line = self.lines[day]
        return timed(self.frame, line.day, line.trips)

    def _set(self, day: Day, trips: Trips) -> None:
        self.lines[day.index] = Line(self.frame, day, trips)
        self._known[day.index] = {}

    @staticmethod
    def _stays(day: Day, index: int) -> bool:
        return day.is_begun and index == 0


def tiers(frame: Frame, nodes: Iterable[int]) -> list[list[int]]:
    """The stops in groups of equal rank: required ones first, then the higher priority."""
    groups: dict[tuple[bool, float], list[int]] = {}
    for node in nodes:
        stop = frame.stop(node)
        groups.setdefault((stop.required, stop.priority), []).append(node)
    return [groups[rank] for rank in sorted(groups, reverse=True)]


def score(frame: Frame, routes: Routes) -> tuple[int, ...]:
    """How good a plan is, the higher the better: served by rank first, then what it costs.

    Cost is metres, seconds of work and what opening each van-day costs, as the engine sees it.
    """
    served = {node for trips in routes.values() for trip in trips for node in trip}
    ranks = [len(served.intersection(tier)) for tier in tiers(frame, range(1, frame.size))]
    return (*ranks, -cost(frame, routes))


def cost(frame: Frame, routes: Routes) -> int:
    """Metres, seconds of work and van-days of routes that can be driven."""
    total = 0
    for index, trips in routes.items():
        if any(trips):
            one = _cost(frame, frame.days[index], trips)
            if one is None:
                raise ValueError(f"the route of shift {index} cannot be driven")
            total += one
    return total


def _cost(frame: Frame, day: Day, trips: Trips) -> int | None:
    run = timed(frame, day, trips)
    if isinstance(run, Miss):
        return None
    metres = sum(frame.metres[a][b] for a, b in pairwise(run.sequence))
    return day.opening + run.work + metres
