"""One search in this process: from routes to better routes that can all be driven.

What the engine brings back is timed and mended here until every route keeps its breaks. The
shifts the engine cannot model, begun ones and those with a fixed order, keep the routes they have.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hoffice.runs.planning.board import Board, Routes, score
from hoffice.runs.planning.builder import complete
from hoffice.runs.planning.closing import EFFORTS, close_days
from hoffice.runs.planning.engine import Cancel
from hoffice.runs.planning.frame import Day, Frame
from hoffice.runs.planning.recreating import OnBetter, recreate
from hoffice.runs.planning.schedule import Miss, timed
from hoffice.runs.planning.validation import hopeless

from .model import Made, Model, OnBest

if TYPE_CHECKING:
    import pyvrp

DEFAULT_SECONDS: Final = 10.0
"""How long a search lasts if nobody says how long, and how many iterations, it may take."""

TRAIL: Final = 4
"""So many of the engine's last better plans are mended; the very best may lose most by it."""


@dataclass
class Limit:
    """When a search is over: after so much time or so many iterations, or when it is cancelled.

    ``clock`` says what a second is: wall time, or CPU time of this process.
    """

    seconds: float | None = None
    iterations: int | None = None
    cancel: Cancel | None = None
    clock: Callable[[], float] = time.perf_counter
    begin: float = field(default=-1.0)
    done: int = -1

    def __post_init__(self) -> None:
        if self.begin < 0:
            self.begin = self.clock()

    @property
    def spent(self) -> float:
        """Seconds since the begin."""
        return self.clock() - self.begin

    def is_over(self) -> bool:
        """The time is up, or nobody wants the plan any more."""
        if self.seconds is not None and self.spent >= self.seconds:
            return True
        return self.cancel is not None and self.cancel()

    def __call__(self, best_cost: int) -> bool:
        """Asked by the engine before each iteration."""
        del best_cost
        self.done += 1
        return (self.iterations is not None and self.done >= self.iterations) or self.is_over()


def improve(  # noqa: PLR0913  # a search has many knobs, all but two with a default
    frame: Frame,
    routes: Routes,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
    cancel: Cancel | None = None,
    optional: frozenset[int] = frozenset(),
    all_days: bool = False,
) -> Made:
    """Better routes for whom these routes serve; never worse than they are, by ``board.score``.

    Nobody served is lost but those in ``optional``; who is not served yet may come in. The
    van-days in use and one spare shift are open to the search, with ``all_days`` every shift.
    Runs in this process; ``seconds`` are CPU seconds of this process, ten without any limit. The
    same iterations and seed give the same routes. Routes that cannot be driven are mended first.
    """
    if seconds is None and iterations is None:
        seconds = DEFAULT_SECONDS
    limit = Limit(seconds, iterations, cancel, time.process_time)
    start = routes if _can_be_driven(frame, routes) else mend(frame, routes)
    days = None if all_days else _open_days(frame, start)
    kept = frozenset(_nodes(start)) - optional
    return search(frame, start, limit, seed=seed, days=days, required=kept)[0]


def search(  # noqa: PLR0913  # what a search is told
    frame: Frame,
    first: Routes,
    limit: Limit,
    *,
    seed: int,
    days: frozenset[int] | None = None,
    required: frozenset[int] = frozenset(),
    on_best: OnBest | None = None,
    on_routes: OnBetter | None = None,
    neighbours: int | None = None,
) -> tuple[Made, int]:
    """The best of the first plan and what the engine makes of it, and the iterations done.

    ``days`` names the shifts that may be used, None all; who is in ``required`` stays served.
    ``on_routes`` hears of better routes before the engine begins, ``on_best`` of the engine's.
    """
    if days is None:
        first = _prepared(frame, first, limit, seed=seed, required=required, on_routes=on_routes)
    by_hand = {day.index for day in frame.days if day.is_begun or day.ranks}
    kept = {index: _copy(trips) for index, trips in first.items() if index in by_hand}
    free = {index: _copy(trips) for index, trips in first.items() if index not in by_hand}
    settled = set(_nodes(kept)) | hopeless(frame).keys()
    model = Model(
        frame,
        [d for d in frame.days if d.index not in by_hand and (days is None or d.index in days)],
        [node for node in range(1, frame.size) if node not in settled],
        required,
    )
    best: Made = {**kept, **free}
    if not model.own or limit.is_over():
        return best, 0
    trail: deque[pyvrp.Solution] = deque(maxlen=TRAIL)

    def found(found_by: Model, solution: pyvrp.Solution) -> None:
        trail.append(solution)
        if on_best is not None:
            on_best(found_by, solution)

    last, done = model.solve(free, seed=seed, stop=limit, on_best=found, neighbours=neighbours)
    tried = [last, *(model.routes(solution) for solution in reversed(trail))]
    plans = [best]
    for routes in _distinct(tried):
        whole = {**kept, **routes}
        is_sound = _can_be_driven(frame, whole)
        plan = mend(frame, whole)
        if required <= set(_nodes(plan)):
            plans.append(plan)
        if is_sound or (limit.cancel is not None and limit.cancel()):
            break  # those before it are worse, or nobody waits for them
    return max(plans, key=lambda routes: score(frame, routes)), done


def _prepared(  # noqa: PLR0913  # what a search is told
    frame: Frame,
    routes: Routes,
    limit: Limit,
    *,
    seed: int,
    required: frozenset[int],
    on_routes: OnBetter | None,
) -> Routes:
    """Routes with more of those who are left out, then on fewer shifts, in half of the time."""
    if not _can_be_driven(frame, routes):
        return routes
    half = None if limit.seconds is None else limit.spent + (limit.seconds - limit.spent) / 2

    def is_over() -> bool:
        return limit.is_over() or (half is not None and limit.spent >= half)

    rounds = limit.iterations
    wide = recreate(
        frame,
        routes,
        seed=seed,
        rounds=rounds,
        is_over=is_over,
        kept=required,
        on_better=on_routes,
    )
    return close_days(
        frame,
        wide,
        seed=seed,
        is_over=is_over,
        efforts=EFFORTS if rounds is None else (min(rounds, EFFORTS[0]),),
        kept=required,
        on_better=on_routes,
    )


def _distinct(plans: Iterable[Made]) -> list[Made]:
    kept: list[Made] = []
    for plan in plans:
        if plan not in kept:
            kept.append(plan)
    return kept


def _copy(trips: Sequence[Sequence[int]]) -> list[list[int]]:
    return [list(trip) for trip in trips]


def _nodes(routes: Routes) -> Iterable[int]:
    return (node for trips in routes.values() for trip in trips for node in trip)


def _can_be_driven(frame: Frame, routes: Routes) -> bool:
    return not any(
        any(trips) and isinstance(timed(frame, frame.days[index], trips), Miss)
        for index, trips in routes.items()
    )


def _open_days(frame: Frame, routes: Routes) -> frozenset[int]:
    """The shifts in use, and of the others the one on which most of these people are at home."""
    used = {index for index, trips in routes.items() if any(trips)}
    people = list(_nodes(routes))
    spare = min(
        (day for day in frame.days if day.index not in used),
        key=lambda day: (-sum(1 for node in people if day.open[node]), day.index),
        default=None,
    )
    return frozenset(used if spare is None else {*used, spare.index})


def mend(frame: Frame, routes: Routes) -> Made:
    """Routes that can all be driven with their breaks; who had to leave one is put elsewhere."""
    board = Board(frame)
    for index, trips in sorted(routes.items()):
        if not board.set_route(index, trips):
            board.set_route(index, _shortened(frame, frame.days[index], trips))
    return complete(frame, board.routes)


def _shortened(frame: Frame, day: Day, trips: Iterable[Sequence[int]]) -> list[list[int]]:
    """The route without the stops that keep it from being driven.

    The least important go first; of equals the one whose leaving makes the route work, or saves
    most time.
    """
    left = [list(trip) for trip in trips]
    while any(left) and isinstance(timed(frame, day, left), Miss):
        options = []
        for node in [node for trip in left for node in trip]:
            stop = frame.stop(node)
            rest = [[other for other in trip if other != node] for trip in left]
            rest = [trip for index, trip in enumerate(rest) if trip or (day.is_begun and not index)]
            fails = any(rest) and isinstance(timed(frame, day, rest, thorough=False), Miss)
            driven = _drive_seconds(frame, rest)
            options.append((stop.required, stop.priority, fails, driven, node, rest))
        left = min(options)[-1]
    return left if any(left) else []


def _drive_seconds(frame: Frame, trips: Iterable[Sequence[int]]) -> int:
    total = 0
    for trip in trips:
        nodes = [0, *trip, 0]
        total += sum(frame.seconds[a][b] for a, b in pairwise(nodes))
    return total
