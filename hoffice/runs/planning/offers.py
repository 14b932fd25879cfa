"""Windows for one more person: where a visit costs least, given everybody who is planned.

Each offer has a witness, the plan with the visit in it, so what is offered can be kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .assembly import routes_of
from .board import Board, Line, Place
from .frame import Frame
from .plan import Plan
from .problem import Window
from .schedule import Miss, Timed, Trips, timed

WIDTH_MIN: Final = 120
GRID_MIN: Final = 30
LEAD_MIN: Final = 30
"""The window opens so much before the planned visit, rounded down to the grid."""

APART_MIN: Final = 60
"""Two offers of one day start at least so far apart, or they would be no choice."""


@dataclass(frozen=True)
class Offer:
    """A window, the van that would come and the detour it takes; ``opens_day``: for this alone."""

    window: Window
    van: str
    detour_min: float
    detour_km: float
    opens_day: bool


def offers(frame: Frame, plan: Plan, stop: str, count: int = 3) -> list[Offer]:
    """Up to ``count`` windows for a stop, the cheapest detour first, on two days if it can be.

    A van-day is opened only if nothing else is left. ``KeyError`` if the stop is not in the
    problem, or the plan names what the problem does not know.
    """
    node = frame.node[stop]
    board = Board(frame, routes_of(frame, plan))
    if node in board.home:
        board.take(node)
    found = []
    for line in board.lines:
        found.extend(_on(frame, line, node))
    found.sort(key=lambda offer: (offer.opens_day, offer.detour_min + offer.detour_km))
    return _choice(found, count)


def _on(frame: Frame, line: Line, node: int) -> list[Offer]:
    made = []
    for place in line.all_places(node):
        trips = line.with_stop(node, place)
        run = timed(frame, line.day, trips)
        if isinstance(run, Miss):
            continue
        made.append(_offer(frame, line, place, trips, run))
    return made


def _offer(frame: Frame, line: Line, place: Place, trips: Trips, run: Timed) -> Offer:
    day = line.day
    node = trips[place.trip][max(0, place.position)]
    begin = day.clock.minute(run.begins[run.sequence.index(node)])
    start = max(day.shift.start, (begin - LEAD_MIN) // GRID_MIN * GRID_MIN)
    old, new = ([] if line.is_empty else line.nodes), run.sequence
    seconds = sum(frame.seconds[a][b] for a, b in pairwise(new))
    seconds -= sum(frame.seconds[a][b] for a, b in pairwise(old))
    metres = sum(frame.metres[a][b] for a, b in pairwise(new))
    metres -= sum(frame.metres[a][b] for a, b in pairwise(old))
    return Offer(
        Window(day.shift.day, start, start + WIDTH_MIN),
        day.shift.van,
        round(seconds / 60, 1),
        round(metres / 1000, 1),
        line.is_empty and not day.is_begun,
    )


def _choice(found: list[Offer], count: int) -> list[Offer]:
    """The cheapest that are a real choice; the last one gives way to another day if all agree."""
    chosen: list[Offer] = []
    for offer in found:
        if len(chosen) < count and all(_is_apart(offer, other) for other in chosen):
            chosen.append(offer)
    if len(chosen) > 1 and len({offer.window.day for offer in chosen}) == 1:
        day = chosen[0].window.day
        other = next((o for o in found if o.window.day != day and not o.opens_day), None)
        if other:
            chosen[-1] = other
    return chosen


def _is_apart(one: Offer, other: Offer) -> bool:
    if one.window.day != other.window.day:
        return True
    return abs(one.window.start - other.window.start) >= APART_MIN
