"""The rest of a day that has begun: who is visited next, when the plan no longer fits the clock.

The van is where it is, with what it has on board. The order may be left as it is, or be made anew;
who cannot be reached in the promised window any more is still visited, as early as that harms
nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .builder import build
from .effects import Driven, Kind, driven
from .frame import Frame, Legs
from .problem import Problem, Shift
from .schedule import Trips

LATEST_MIN = 23 * 60 + 59
ON_BOARD = 1000.0
"""What is in the van goes before what is still at the depot."""


@dataclass(frozen=True)
class Rest:
    """One way to drive the rest of the day."""

    trips: tuple[tuple[str, ...], ...]
    driven: Driven

    @property
    def rank(self) -> tuple[int, int, int, float]:
        """The smaller the better: broken promises, other breaches, the evening, the kilometres."""
        broken = [breach for breach in self.driven.breaches if breach.kind is Kind.PROMISE]
        others = len(self.driven.breaches) - len(broken)
        route = self.driven.route
        return len(broken), others, route.end, route.km


def as_it_stands(problem: Problem, legs: Legs, trips: tuple[tuple[str, ...], ...]) -> Rest:
    """The rest of the day in this order; the first trip is what is in the van."""
    frame = Frame(problem, legs)
    return Rest(trips, driven(frame, frame.days[0], _nodes(frame, trips)))


def made_anew(problem: Problem, legs: Legs, present: tuple[tuple[str, ...], ...]) -> Rest:
    """The rest of the day in the best order found, never worse than the present one.

    ``problem`` has one shift, and it has begun. Windows that nobody can keep are given up one
    after the other, then the end of the shift.
    """
    now = as_it_stands(problem, legs, present)
    found = _everybody(problem, legs)
    if found is None:
        return now
    better = as_it_stands(problem, legs, found)
    return better if better.rank < now.rank else now


def _everybody(problem: Problem, legs: Legs) -> tuple[tuple[str, ...], ...] | None:
    """Trips that serve every stop, with as few windows given up as this way finds."""
    aboard = {one for shift in problem.shifts if shift.begun for one in shift.begun.on_board}
    stops = {
        stop.id: replace(stop, priority=stop.priority + ON_BOARD) if stop.id in aboard else stop
        for stop in problem.stops
    }
    shift = problem.shifts[0]
    for _ in range(len(stops) + 2):
        asked = replace(problem, shifts=(shift,), stops=tuple(stops.values()))
        frame = Frame(asked, legs)
        trips = build(frame).get(0, [])
        served = {frame.stop(node).id for trip in trips for node in trip}
        missing = [one for one in stops.values() if one.id not in served]
        if not missing:
            return tuple(tuple(frame.stop(node).id for node in trip) for trip in trips)
        bound = [stop for stop in missing if stop.windows]
        if bound:
            first = bound[0]
            stops[first.id] = replace(first, windows=())
        elif shift.end < LATEST_MIN:
            shift = _without_end(shift)
        else:
            return None
    return None


def _without_end(shift: Shift) -> Shift:
    return replace(shift, end=LATEST_MIN, max_work_min=24 * 60)


def _nodes(frame: Frame, trips: tuple[tuple[str, ...], ...]) -> Trips:
    return [[frame.node[stop] for stop in trip] for trip in trips]
