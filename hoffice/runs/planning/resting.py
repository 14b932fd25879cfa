"""The rest of a day that has begun: who is visited next, when the plan no longer fits the clock.

The van is where it is, with what it has on board. The order may be left as it is, or be made anew;
who cannot be reached in the promised window any more is still visited, as early as that harms
nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .builder import build
from .effects import Driven, Kind, driven
from .frame import Frame, Legs
from .problem import Problem, Shift
from .schedule import Trips

LATEST_MIN = 23 * 60 + 59
DAY_MIN = 24 * 60
LONGER_MIN = (0, 30, 60, 120, 240)
"""So much longer windows are tried, until every promise is kept."""
WORTH_MIN = 10
"""Nobody is told another order to be home a few minutes earlier."""
BROKEN = 4
"""So many figures of a rank are about what breaks."""
TRIES = 300
"""So many orders are looked at to mend the best one; some 2 ms each."""
ON_BOARD = 1000.0
"""What is in the van goes before what is still at the depot."""


Order = tuple[tuple[str, ...], ...]
"""The stops that are left, trip by trip; the first trip is what is in the van."""


@dataclass(frozen=True)
class Rest:
    """One way to drive the rest of the day."""

    trips: Order
    driven: Driven

    @property
    def is_kept(self) -> bool:
        """Nothing breaks."""
        return self.driven.is_lawful

    @property
    def rank(self) -> tuple[float, ...]:
        """The smaller the better: the law, broken promises, how late they are, what else breaks.

        Then the evening, then the kilometres.
        """
        breaches = self.driven.breaches
        late = [one.late_min for one in breaches if one.kind is Kind.PROMISE]
        laws = sum(one.kind is Kind.LAW for one in breaches)
        minutes = sum(DAY_MIN if one is None else abs(one) for one in late)
        route = self.driven.route
        others = len(breaches) - laws - len(late)
        return laws, len(late), minutes, others, route.end, route.km

    def helps(self, before: Rest) -> bool:
        """Whether it is worth while: less breaks, or the evening comes clearly sooner."""
        mine, other = self.rank, before.rank
        if mine[:BROKEN] != other[:BROKEN]:
            return mine < other
        return self.driven.route.end + WORTH_MIN <= before.driven.route.end


def as_it_stands(problem: Problem, legs: Legs, trips: Order) -> Rest:
    """The rest of the day in this order; the first trip is what is in the van."""
    frame = Frame(problem, legs)
    return Rest(trips, driven(frame, frame.days[0], _nodes(frame, trips)))


def made_anew(problem: Problem, legs: Legs, present: Order) -> Rest:
    """The rest of the day in the best order found, never worse than the present one.

    ``problem`` has one shift, and it has begun. The builder is asked with the windows as they are,
    and with all of them longer; what it finds is then mended stop by stop.
    """
    best = as_it_stands(problem, legs, present)
    for longer in LONGER_MIN:
        found = _everybody(_with_longer(problem, longer), legs)
        if found is not None:
            best = min(best, as_it_stands(problem, legs, found), key=_rank)
        if best.is_kept:
            break
    return _mended(problem, legs, best)


def _rank(rest: Rest) -> tuple[float, ...]:
    return rest.rank


def _with_longer(problem: Problem, minutes: int) -> Problem:
    """The same question with windows that end so much later."""
    stops = (
        replace(
            stop,
            windows=tuple(
                replace(one, end=min(LATEST_MIN, one.end + minutes)) for one in stop.windows
            ),
        )
        for stop in problem.stops
    )
    return replace(problem, stops=tuple(stops))


def _mended(problem: Problem, legs: Legs, rest: Rest) -> Rest:
    """Put each stop to another place of its trip as long as that helps and the tries last."""
    frame = Frame(problem, legs)
    tries, best = TRIES, rest
    has_helped = True
    while has_helped and tries > 0 and not best.is_kept:
        has_helped = False
        for order in _neighbours(best.trips):
            if tries == 0:
                break
            tries -= 1
            other = Rest(order, driven(frame, frame.days[0], _nodes(frame, order)))
            if other.rank < best.rank:
                best, has_helped = other, True
                break
    return best


def _neighbours(trips: Order) -> Iterator[Order]:
    """Every order with one stop at another place of its trip."""
    for number, trip in enumerate(trips):
        for place, stop in enumerate(trip):
            rest = trip[:place] + trip[place + 1 :]
            for other in range(len(trip)):
                if other != place:
                    moved = (*rest[:other], stop, *rest[other:])
                    yield (*trips[:number], moved, *trips[number + 1 :])


def _everybody(problem: Problem, legs: Legs) -> Order | None:
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


def _nodes(frame: Frame, trips: Order) -> Trips:
    return [[frame.node[stop] for stop in trip] for trip in trips]
