"""Why a stop is not planned: what needs no solver first, then what the finished routes refuse."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import islice
from typing import Final

from .board import Board, Line
from .findings import Code, Finding
from .frame import Day, Frame
from .problem import Shift, Stop
from .schedule import Lack, Miss, Timed, timed

TRIES: Final = 4
"""So many places of a shift are timed to say what a stop lacks: the nearest one of a trip, a trip
of its own in the evening and in the morning, the next nearest."""


def hopeless(frame: Frame) -> dict[int, tuple[Finding, ...]]:
    """The stops that no plan can serve, each with every reason that holds for all its shifts."""
    reasons = {}
    for node in range(1, frame.size):
        found = tuple(_hopeless(frame, node))
        if found:
            reasons[node] = found
    return reasons


def _hopeless(frame: Frame, node: int) -> list[Finding]:
    stop = frame.stop(node)
    shifts = [shift for shift in frame.problem.shifts if _is_meant(stop, shift)]
    found = []
    dated = [shift for shift in shifts if _meets(stop, shift)]
    if not dated:
        found.append(Finding.of(Code.NO_WINDOW))
    vans = [frame.problem.van[shift.van] for shift in dated or shifts]
    if vans and all(van.crew < stop.crew for van in vans):
        most = max(van.crew for van in vans)
        found.append(Finding.of(Code.CREW, need=stop.crew, most=most))
    excess = [stop.out.over(van.capacity) or stop.back.over(van.capacity) for van in vans]
    if vans and all(excess):
        least = min(excess, key=lambda over: sum(over.values()))
        found.extend(
            Finding.of(Code.TOO_BIG, excess=amount, dimension=dimension)
            for dimension, amount in least.items()
        )
    if found:
        return found
    days = [day for day in frame.days if day.open[node]]
    if not days:
        return [Finding.of(Code.IN_OTHER_VAN if _is_aboard(frame, stop) else Code.NO_WINDOW)]
    alone = []
    for day in days:
        run = timed(frame, day, _alone(day, node))
        if isinstance(run, Timed):
            return []
        alone.append(run)
    if all(run.lack == Lack.ROOM for run in alone):
        return []
    short = [run.seconds for run in alone if run.lack in (Lack.TIME, Lack.WORK)]
    if short:
        is_tight = any(_would_do(frame, day, node) for day in days)
        code = Code.TIGHT_WINDOW if is_tight else Code.TOO_FAR
        return [Finding.of(code, minutes=_minutes(min(short)))]
    return [Finding.of(Code.NO_BREAK)]


def _would_do(frame: Frame, day: Day, node: int) -> bool:
    """Whether the stop could be served alone if only it were at home all day."""
    all_day = ((day.start, day.end),)
    opened = replace(day, open=(*day.open[:node], all_day, *day.open[node + 1 :]))
    return isinstance(timed(frame, opened, _alone(day, node)), Timed)


def _alone(day: Day, node: int) -> list[list[int]]:
    if day.is_begun and node not in day.aboard:
        return [[], [node]]
    return [[node]]


def _is_meant(stop: Stop, shift: Shift) -> bool:
    return stop.lock is None or (stop.lock.van, stop.lock.day) == shift.key


def _meets(stop: Stop, shift: Shift) -> bool:
    start = shift.begun.at if shift.begun else shift.start
    return not stop.windows or any(
        window.day == shift.day and window.end >= start and window.start <= shift.end
        for window in stop.windows
    )


def _is_aboard(frame: Frame, stop: Stop) -> bool:
    return any(shift.begun and stop.id in shift.begun.on_board for shift in frame.problem.shifts)


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)


def left_out(board: Board, *, until: float | None = None) -> dict[int, tuple[Finding, ...]]:
    """Why each stop that is on no route found no place: the nearest place, and what fails there.

    After ``until`` (as ``time.perf_counter`` counts) one place has to do for each stop.
    """
    reasons = hopeless(board.frame)
    for node in range(1, board.frame.size):
        if node not in board.home and node not in reasons:
            is_late = until is not None and time.perf_counter() >= until
            reasons[node] = _nearest(board, node, tries=1 if is_late else TRIES)
    return reasons


def _nearest(board: Board, node: int, *, tries: int | None) -> tuple[Finding, ...]:
    """The smallest lack of each sort over the nearest places of all shifts, the time first."""
    misses: dict[Lack, Miss] = {}
    lines = (line for line in board.lines if line.day.open[node])
    for line in lines if tries != 1 else islice(lines, 1):
        for trips in _attempts(line, node)[:tries]:
            run = timed(board.frame, line.day, trips, thorough=False)
            if isinstance(run, Timed):
                continue
            known = misses.get(run.lack)
            if known is None or _size(run) < _size(known):
                misses[run.lack] = run
    order = (Lack.TIME, Lack.WORK, Lack.BREAK, Lack.ROOM, Lack.ORDER)
    found = tuple(_finding(misses[lack]) for lack in order if lack in misses)
    suiting = sum(bool(line.day.open[node]) for line in board.lines)
    if found and suiting < len(board.lines):
        found = (Finding.of(Code.DAYS_FULL, days=suiting, of=len(board.lines)), *found)
    if found or tries is None:
        return found or (Finding.of(Code.NO_WINDOW),)
    return _nearest(board, node, tries=None)


def _attempts(line: Line, node: int) -> list[list[list[int]]]:
    """The route with the stop in every place, those first in which it comes least late."""
    trips, is_begun = line.trips, line.day.is_begun
    attempts = []
    for index, trip in enumerate(trips):
        for position in range(len(trip) + 1):
            longer = [*trip[:position], node, *trip[position:]]
            attempts.append([*trips[:index], longer, *trips[index + 1 :]])
    late = line.lateness(node)
    ranked = [attempt for _, attempt in sorted(zip(late, attempts, strict=True))]
    if any(trips):
        ranked[1:1] = [
            [*trips[:index], [node], *trips[index:]] for index in (len(trips), int(is_begun))
        ]
    return ranked


def _size(miss: Miss) -> int:
    excess = miss.excess
    return miss.seconds + max(0, excess.boxes) + max(0, excess.litres) + max(0, excess.kg)


def _finding(miss: Miss) -> Finding:
    if miss.lack == Lack.ROOM:
        dimension, excess = max(vars(miss.excess).items(), key=lambda item: int(item[1]))
        return Finding.of(Code.NO_ROOM, excess=excess, dimension=dimension)
    if miss.lack == Lack.TIME:
        return Finding.of(Code.NO_TIME, minutes=_minutes(miss.seconds))
    if miss.lack == Lack.WORK:
        return Finding.of(Code.NO_WORK_TIME, minutes=_minutes(miss.seconds))
    return Finding.of(Code.NO_BREAK if miss.lack == Lack.BREAK else Code.NO_ORDER)
