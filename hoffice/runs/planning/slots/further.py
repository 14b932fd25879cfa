"""What an engine finds where our own ways end: one person optional, everybody else kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from hoffice.runs.planning.board import Line, Routes, cost
from hoffice.runs.planning.frame import Frame
from hoffice.runs.planning.problem import Window
from hoffice.runs.planning.schedule import Miss, timed

from .ways import Way, stands_open

Search = Callable[[Frame, Routes], Mapping[int, list[list[int]]]]
"""Better routes for everybody whom the given routes serve, and for who is missing if it can be."""


def searched(
    frame: Frame, routes: Routes, node: int, windows: Collection[Window], search: Search
) -> Way | None:
    """The way that an engine finds to serve the node in one of these windows, None if it cannot."""
    asked = frame.with_windows(
        node, tuple(sorted(windows, key=lambda window: (window.day, window.start)))
    )
    found = search(asked, without(routes, node, asked))
    day = next((i for i, trips in found.items() if any(node in trip for trip in trips)), None)
    if day is None:
        return None
    changed = {
        index: [list(trip) for trip in found.get(index, ())]
        for index in {*routes, *found}
        if [list(trip) for trip in found.get(index, ())]
        != [list(trip) for trip in routes.get(index, ())]
    }
    opens = any(
        any(trips) and not stands_open(Line(frame, frame.days[index], routes.get(index, ())))
        for index, trips in changed.items()
    )
    dearer = cost(asked, found) - _cost(frame, routes)
    return Way(dearer, 7, day, changed, opens)


def without(routes: Routes, node: int, frame: Frame) -> dict[int, list[list[int]]]:
    """The routes without a stop; a trip that becomes empty is not driven, but a begun one is."""
    left = {}
    for index, trips in routes.items():
        rest = [[stop for stop in trip if stop != node] for trip in trips]
        is_begun = frame.days[index].is_begun
        left[index] = [trip for place, trip in enumerate(rest) if trip or (is_begun and not place)]
    return left


def _cost(frame: Frame, routes: Routes) -> int:
    can_be_driven = not any(
        isinstance(timed(frame, frame.days[index], trips), Miss)
        for index, trips in routes.items()
        if any(trips)
    )
    return cost(frame, routes) if can_be_driven else 0
