"""Our own planner: fast, without an engine; the preview, the fallback and the engine's first plan.

Two ways are gone and the better plan is kept: cheapest insertion with regret, which minds windows,
and savings with days as bins, which needs stops without windows and is then near what an engine
finds in ten seconds. Both end with the same repair: small days are closed, stops are moved, and
who may come on other days gives way to who may not.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .board import Board, Place, Routes, score, tiers
from .frame import VAN_DAY, Day, Frame
from .problem import Amount
from .schedule import Miss, timed

NOWHERE: Final = 2 * VAN_DAY
"""The regret of a stop that has one shift only: it goes before those that have two."""

PASSES: Final = 2
"""How often all stops are tried elsewhere.

Over six scenarios of 140 stops the first pass saved 1.2 % of the cost, the second 0.3 %, a third
0.02 % for as much time again.
"""


def build(frame: Frame, *, until: float | None = None) -> dict[int, list[list[int]]]:
    """Routes that can all be driven and serve as many stops as this way finds room for.

    After ``until`` (as ``time.perf_counter`` counts) nothing new is begun: the plan stays as it is
    then, and the second way is not gone.
    """
    free = [node for node in range(1, frame.size) if _is_free(frame, node)]
    plans = [_by_savings(frame, free, until)] if 2 * len(free) > len(frame.stops) else []
    if len(free) < len(frame.stops) or not free:
        for regret in (True, False):
            if not plans or not _is_late(until):
                plans.append(_by_insertion(frame, until, regret=regret))
            if free and not _is_late(until):
                plans.append(_by_insertion(frame, until, regret=regret, last=frozenset(free)))
    return max((board.routes for board in plans), key=lambda routes: score(frame, routes))


def complete(
    frame: Frame, routes: Routes, *, until: float | None = None
) -> dict[int, list[list[int]]]:
    """The same routes with every stop put in that still fits somewhere."""
    board = Board(frame, routes)
    insert(board, until, regret=True)
    _make_way(board, until)
    return board.routes


def refine(
    frame: Frame, routes: Routes, *, until: float | None = None
) -> dict[int, list[list[int]]]:
    """The same routes with everybody put in who fits, small days closed and stops moved."""
    board = Board(frame, routes)
    insert(board, until, regret=True)
    _tidy(board, until)
    return board.routes


def _is_late(until: float | None) -> bool:
    return until is not None and time.perf_counter() >= until


def _is_free(frame: Frame, node: int) -> bool:
    stop = frame.stop(node)
    return (
        not stop.windows
        and stop.lock is None
        and any(day.open[node] and not day.is_begun for day in frame.days)
    )


def _by_insertion(
    frame: Frame, until: float | None, *, regret: bool, last: frozenset[int] = frozenset()
) -> Board:
    """Everybody one after the other; who is in ``last``, and may come at any time, at the end."""
    board = Board(frame)
    if last:
        bound = (node for node in range(1, frame.size) if node not in last)
        for tier in tiers(frame, bound):
            _insert_tier(board, tier, until, regret=regret)
        _move_stops(board, until)
    insert(board, until, regret=regret)
    _tidy(board, until)
    return board


def _tidy(board: Board, until: float | None) -> None:
    if not _is_late(until):
        _close_small_days(board)
    _move_stops(board, until)
    _make_way(board, until)


def _make_way(board: Board, until: float | None) -> None:
    """Let those who may come on other days give way to who is left out and may not.

    Whoever gives way is served elsewhere, on a day of its own if need be: nobody is lost.
    """
    missing = (node for node in range(1, board.frame.size) if node not in board.home)
    for tier in tiers(board.frame, missing):
        for node in tier:
            days = [line.day.index for line in board.lines if line.day.open[node]]
            next((day for day in days if _gives_way(board, node, day, until)), None)


def _gives_way(board: Board, node: int, day: int, until: float | None) -> bool:
    """Put a stop on this shift in the place of another one, which goes to another shift."""
    before = [list(trip) for trip in board.lines[day].trips]
    others = [line.day.index for line in board.lines if line.day.index != day]
    for old in [old for trip in before for old in trip]:
        if _is_late(until):
            return False
        elsewhere = [other for other in others if board.frame.days[other].open[old]]
        if not elsewhere:
            continue
        board.take(old)
        place = board.best(node, [day])
        if place and board.put(node, place) and board.put_cheapest(old, elsewhere):
            return True
        board.set_route(day, before)
    return False


def insert(board: Board, until: float | None = None, *, regret: bool = True) -> None:
    """Put in what is missing, the stops that matter most first."""
    missing = (node for node in range(1, board.frame.size) if node not in board.home)
    for tier in tiers(board.frame, missing):
        _insert_tier(board, tier, until, regret=regret)


def _insert_tier(board: Board, tier: Sequence[int], until: float | None, *, regret: bool) -> None:
    """One after the other, each time whom it costs most to wait (or who is cheapest now).

    The best place of each stop on each shift is remembered; only the shift that has changed is
    looked at again.
    """
    open_days = [(line.day.index, line.day.open) for line in board.lines if any(line.day.open)]
    heads: dict[int, dict[int, Place]] = {}
    ranks: dict[int, tuple[int, int, Place]] = {}

    def look(node: int, days: Iterable[int]) -> None:
        mine = heads.setdefault(node, {})
        for day in days:
            mine.pop(day, None)
            places = board.places(node, day)
            if places:
                mine[day] = places[0]
        if mine:
            ranks[node] = _rank(node, mine.values(), regret=regret)
        else:
            ranks.pop(node, None)

    for node in tier:
        look(node, [day for day, opened in open_days if opened[node]])
    while ranks and not _is_late(until):
        _, node, place = min(ranks.values())
        if not board.put(node, place):
            look(node, [place.day])
            continue
        del ranks[node]
        for other in list(ranks):
            if board.frame.days[place.day].open[other]:
                look(other, [place.day])


def _rank(node: int, places: Iterable[Place], *, regret: bool) -> tuple[int, int, Place]:
    """What the stop costs now; with regret, how much less than in its second-best shift."""
    best, *others = heapq.nsmallest(2, places)
    if not regret:
        return best.cost, node, best
    second = others[0].cost if others else best.cost + NOWHERE
    return best.cost - second, node, best


def _close_small_days(board: Board) -> None:
    """Empty the smallest days into the others, as long as everybody finds a place there."""
    hopeless: set[int] = set()
    while True:
        open_days = [
            line.day.index
            for line in board.lines
            if not line.is_empty and not line.day.is_begun and line.day.index not in hopeless
        ]
        if not open_days:
            return
        smallest = min(open_days, key=lambda day: (sum(map(len, board.lines[day].trips)), day))
        if not _empty_day(board, smallest):
            hopeless.add(smallest)


def _empty_day(board: Board, day: int) -> bool:
    before = board.snapshot()
    others = [line.day.index for line in board.lines if not line.is_empty and line.day.index != day]
    for node in [node for trip in board.lines[day].trips for node in trip]:
        board.take(node)
        if not board.put_cheapest(node, others):
            board.restore(before)
            return False
    return True


def _move_stops(board: Board, until: float | None) -> None:
    """Take each stop out and put it where it is cheapest now."""
    for _ in range(PASSES):
        has_moved = False
        for node in sorted(board.home):
            if _is_late(until):
                return
            day = board.home[node]
            trips = [list(trip) for trip in board.lines[day].trips]
            board.take(node)
            rest = board.lines[day].trips
            is_broken = any(rest) and isinstance(
                timed(board.frame, board.lines[day].day, rest, thorough=False), Miss
            )
            if is_broken or not board.put_cheapest(node):
                board.set_route(day, trips)
            else:
                has_moved = has_moved or board.lines[day].trips != trips
        if not has_moved:
            return


@dataclass(frozen=True)
class _Saving:
    metres_and_seconds: int
    end: int
    start: int


def _by_savings(frame: Frame, free: Sequence[int], until: float | None) -> Board:
    """Savings trips put into days as into bins, the long ones first; then the rest by insertion."""
    board = Board(frame)
    bound = [node for node in range(1, frame.size) if node not in set(free)]
    for tier in tiers(frame, bound):
        _insert_tier(board, tier, until, regret=True)
    days = [day for day in frame.days if not day.is_begun]
    trips = _savings_trips(frame, free, min(days, key=lambda day: day.capacity.boxes))
    trips.sort(key=lambda trip: (-_trip_seconds(frame, trip), trip))
    for trip in trips:
        _put_trip(board, trip, days)
    insert(board, until, regret=True)
    _tidy(board, until)
    return board


def _put_trip(board: Board, trip: list[int], days: Sequence[Day]) -> bool:
    """Into the fullest day that still has the time, else into a new one."""
    fullest = sorted(days, key=lambda day: (-board.lines[day.index].least_work, day.index))
    for day in fullest:
        line = board.lines[day.index]
        if line.least_work + _trip_seconds(board.frame, trip) > day.limit + day.load:
            continue
        trips = [trip] if line.is_empty else [*line.trips, trip]
        if not isinstance(timed(board.frame, day, trips), Miss):
            board.set_route(day.index, trips)
            return True
    return False


def _savings_trips(frame: Frame, nodes: Sequence[int], day: Day) -> list[list[int]]:
    """Clarke and Wright: join ends of trips, the greatest saving first, while they fit a van."""
    trip_of = {node: [node] for node in nodes}
    savings = sorted(
        (
            _Saving(
                _arc(frame, end, 0) + _arc(frame, 0, start) - _arc(frame, end, start), end, start
            )
            for end in nodes
            for start in nodes
            if end != start
        ),
        key=lambda saving: (-saving.metres_and_seconds, saving.end, saving.start),
    )
    for saving in savings:
        first, second = trip_of[saving.end], trip_of[saving.start]
        if saving.metres_and_seconds <= 0:
            break
        if first is second or first[-1] != saving.end or second[0] != saving.start:
            continue
        joined = first + second
        load = sum((frame.out[node] for node in joined), Amount())
        back = sum((frame.back[node] for node in joined), Amount())
        is_full = load.over(day.capacity) or back.over(day.capacity)
        if is_full or isinstance(timed(frame, day, [joined], thorough=False), Miss):
            continue
        for node in joined:
            trip_of[node] = joined
    return [trip for node, trip in trip_of.items() if trip[0] == node]


def _arc(frame: Frame, start: int, end: int) -> int:
    return frame.metres[start][end] + frame.seconds[start][end]


def _trip_seconds(frame: Frame, trip: Sequence[int]) -> int:
    nodes = [0, *trip, 0]
    drive = sum(frame.seconds[a][b] for a, b in pairwise(nodes))
    return drive + sum(frame.service[node] for node in trip)
