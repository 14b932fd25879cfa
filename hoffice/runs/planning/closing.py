"""Fewer van-days: one shift is emptied, and its stops are put into the others by recreating.

The engine weighs opening a shift against driving, but hardly ever empties one: it would have to
move ten stops at once, through plans that lose people. Putting them in one by one, as in
``recreating``, is the way of fleet minimisation. With three windows of their own choice for each of
140 people, plans needed 14 and 15 van-days where the engine alone needed 17 and 18.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from .board import Routes, score
from .frame import Frame
from .recreating import OnBetter, recreate

EFFORTS: Final = (300, 1_500, 6_000)
"""So many steps are made for each shift, the easy ones first."""


def close_days(  # noqa: PLR0913  # what to begin with, whom to keep, and when to end
    frame: Frame,
    routes: Routes,
    *,
    seed: int,
    is_over: Callable[[], bool],
    efforts: Sequence[int] = EFFORTS,
    kept: frozenset[int] = frozenset(),
    on_better: OnBetter | None = None,
) -> dict[int, list[list[int]]]:
    """Routes on fewer shifts that serve as many and cost less, by ``board.score``; else the same.

    Shifts that have begun, or whose order is fixed, stay as they are. The same seed and efforts
    give the same routes unless ``is_over`` ends the search. The routes must be such that can be
    driven. ``on_better`` hears of each that is better than all before.
    """
    best = {index: [list(trip) for trip in trips] for index, trips in routes.items() if any(trips)}
    for rounds in efforts:
        tried: set[int] = set()
        while not is_over():
            index = _smallest(frame, best, tried)
            if index is None:
                break
            tried.add(index)
            rest = {other: trips for other, trips in best.items() if other != index}
            narrow = frame.with_only(rest)
            made = recreate(narrow, rest, seed=seed, rounds=rounds, is_over=is_over, kept=kept)
            if score(frame, made) > score(frame, best):
                best = made
                tried.clear()
                if on_better is not None:
                    on_better(best)
    return best


def _smallest(frame: Frame, routes: Routes, tried: set[int]) -> int | None:
    """The shift in use with the fewest stops that may be emptied and was not tried yet."""
    free = [
        index
        for index, trips in routes.items()
        if any(trips) and index not in tried and _may_be_emptied(frame, routes, index)
    ]
    return min(free, key=lambda index: (sum(map(len, routes[index])), index), default=None)


def _may_be_emptied(frame: Frame, routes: Routes, index: int) -> bool:
    day = frame.days[index]
    if day.is_begun or day.ranks or not day.opening:
        return False
    others = [frame.days[other] for other in routes if other != index]
    return all(any(day.open[node] for day in others) for trip in routes[index] for node in trip)
