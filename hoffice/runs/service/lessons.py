"""What our own drives teach: how long vans really take from door to door.

Known are the moment a run drives off, the moment each visit was written down at the door, and how
long a visit was planned to take. So a leg lasts from the end of one visit to the end of the next,
less what is to be done there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from hoffice import clock
from hoffice.places.rules import Precision
from hoffice.places.service import legs
from hoffice.places.travel.answers import Spot
from hoffice.places.travel.learning import Driven
from hoffice.runs import queries
from hoffice.runs.models import Depot, Run, Stop
from hoffice.runs.rules import StopState

KNOWN_DOORS: Final = frozenset({Precision.PINNED, Precision.HOUSE, Precision.STREET})
"""A postcode's middle is too far from the door to measure a drive with."""

SERVED: Final = frozenset({StopState.DONE, StopState.PARTLY_DONE})
"""Where nobody opened, the visit did not take as long as planned."""

WAITED_MIN: Final = 5
"""A visit that began with its window or less than that later may have begun with a wait."""


def learn_from_runs(runs: Iterable[Run]) -> int:
    """Let the legs of closed runs teach the travel model, each once; says how many were new."""
    depot = queries.depot()
    driven = [leg for run in runs if run.closed_at is not None for leg in _legs(run, depot)]
    return legs.teach(driven)


def _legs(run: Run, depot: Depot | None) -> Iterator[Driven]:
    """The legs of a run whose ends and times are known well enough, in the order driven."""
    ended = sorted(
        (stop.ended_at, stop.position or 0, stop) for stop in run.stops if stop.ended_at is not None
    )
    stops = [stop for _at, _position, stop in ended]
    if stops and run.started_at is not None and depot is not None and stops[0].trip == 1:
        yield from _leg(run, (depot.lat, depot.lon), run.started_at, stops[0])
    for before, after in pairwise(stops):
        start = _door(before)
        if before.trip == after.trip and start is not None and before.ended_at is not None:
            yield from _leg(run, start, before.ended_at, after)


def _leg(run: Run, start: Spot, since: datetime, stop: Stop) -> Iterator[Driven]:
    """The leg to a stop, unless a break, a wait or an unknown door lies in it."""
    end = _door(stop)
    if end is None or stop.ended_at is None or stop.state not in SERVED:
        return
    arrived = stop.ended_at - timedelta(minutes=stop.service_min)
    if _has_break(run, since, stop.ended_at) or _may_have_waited(stop, arrived):
        return
    minutes = (arrived - since).total_seconds() / 60
    yield Driven(f"stop:{stop.id}", start, end, minutes, stop.ended_at)


def _door(stop: Stop) -> Spot | None:
    home = stop.home
    if home.precision not in KNOWN_DOORS or home.lat is None or home.lon is None:
        return None
    return home.lat, home.lon


def _has_break(run: Run, since: datetime, until: datetime) -> bool:
    """Whether a break was planned in this time; when it was really taken, nobody wrote down."""
    first, last = _minute(since), _minute(until)
    return any(start < last and first < end for start, end in run.breaks)


def _may_have_waited(stop: Stop, arrived: datetime) -> bool:
    opens = stop.slot.start_min if stop.slot is not None else None
    return opens is not None and _minute(arrived) < opens + WAITED_MIN


def _minute(moment: datetime) -> int:
    """The minute of the day in Berlin."""
    wall = moment.astimezone(clock.BERLIN)
    return wall.hour * 60 + wall.minute


def learn_from_all() -> int:
    """Let all closed runs teach, as after the model has changed; says how many legs were new."""
    return learn_from_runs(queries.closed_runs())
