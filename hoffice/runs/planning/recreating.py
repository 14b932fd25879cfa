"""Making room for who is left out: a few stops are taken out round her and put in again, better.

The engine seldom finds room where windows leave many days half full: it would have to open one more
day first and fill the gap only then. Here both happen in one step, and a step that loses somebody
is taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from .board import Board, Routes, score
from .builder import insert, restore
from .frame import Frame

MOST_TAKEN: Final = 6
"""So many stops are taken out at most in one step."""


def recreate(
    frame: Frame, routes: Routes, *, seed: int, rounds: int, is_over: Callable[[], bool]
) -> dict[int, list[list[int]]]:
    """Routes that serve more people, or the same for less; never worse by ``board.score``.

    Ends after so many rounds, when ``is_over`` says so, or when everybody is served. The same seed
    and rounds give the same routes.
    """
    dice = Random(seed)  # noqa: S311  # a search, no secret
    board = Board(frame, routes)
    best = score(frame, board.routes)
    for _ in range(rounds):
        missing = [
            node
            for node in range(1, frame.size)
            if node not in board.home and any(day.open[node] for day in frame.days)
        ]
        if not missing or is_over():
            break
        before = board.routes
        _shake(board, dice.choice(missing), dice)
        made = score(frame, board.routes)
        if made >= best:
            best = made
        else:
            restore(board, before)
    return board.routes


def _shake(board: Board, wanted: int, dice: Random) -> None:
    """Take some stops out of one shift that could serve her, then put in her and all of them."""
    frame = board.frame
    days = [line.day.index for line in board.lines if line.day.open[wanted]]
    day = dice.choice(days)
    here = [node for trip in board.lines[day].trips for node in trip]
    aboard = set(frame.days[day].aboard)
    movable = sorted(
        (node for node in here if node not in aboard),
        key=lambda node: (frame.seconds[wanted][node] * dice.uniform(0.5, 1.5), node),
    )
    for node in movable[: dice.randint(1, MOST_TAKEN)]:
        board.take(node)
    board.put_cheapest(wanted, [day])
    insert(board, regret=dice.random() < 0.5)  # noqa: PLR2004  # heads or tails
