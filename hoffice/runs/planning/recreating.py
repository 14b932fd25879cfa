"""Making room for who is left out: a few stops are taken out round her and put in again, better.

The engine seldom finds room where windows leave many days half full: it would have to open one more
day first and fill the gap only then. Here both happen in one step. A step may also leave out
somebody else in her stead, if that one was left out less often so far: so the search does not stand
before the same closed door, and those who are hard to place come in first. The idea of counting
absences is from fleet minimisation by ruin and recreate (Christiaens and Vanden Berghe 2020,
"Slack Induction by String Removals", Transportation Science 54/2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Final

from .board import Board, Routes, tiers
from .builder import insert
from .frame import Frame
from .validation import hopeless

MOST_TAKEN: Final = 6
"""So many stops are taken out at most in one step."""

IN_VAIN: Final = 6_000
"""After so many steps without anything better, nothing better is expected.

With 500 people for 40 van-days, the longest wait before one more was served took 3,100.
"""


OnBetter = Callable[[Routes], None]
"""Hears of routes that are better than all before."""


def recreate(  # noqa: PLR0913  # what to begin with, whom to keep, and when to end
    frame: Frame,
    routes: Routes,
    *,
    seed: int,
    rounds: int | None,
    is_over: Callable[[], bool],
    kept: frozenset[int] = frozenset(),
    on_better: OnBetter | None = None,
) -> dict[int, list[list[int]]]:
    """Routes that serve more people, or the same for less; never worse by ``board.score``.

    Ends after so many rounds, when ``is_over`` says so, when everybody is served, or when nothing
    better was found for long. Who is served and in ``kept`` stays served. The same seed and rounds
    give the same routes. The routes must be such that can be driven. ``on_better`` hears of each
    that is better than all before.
    """
    search = _Search(frame, routes, kept)
    dice = Random(seed)  # noqa: S311  # a search, no secret
    done = 0
    while search.missing and (rounds is None or done < rounds) and not is_over():
        if done - search.best_at > IN_VAIN:
            break
        done += 1
        before = search.board.snapshot()
        _shake(search.board, dice.choice(search.missing), dice)
        if not search.accepts(done):
            search.board.restore(before)
        elif search.best_at == done and on_better is not None:
            on_better(search.board.routes)
    return search.best_routes


class _Search:
    """Where the search stands, the best it has seen, and how often everybody was left out."""

    def __init__(self, frame: Frame, routes: Routes, kept: frozenset[int]) -> None:
        self.board = Board(frame, routes)
        self._ranks = tiers(frame, range(1, frame.size))
        never = hopeless(frame).keys()
        self._able = [node for node in range(1, frame.size) if node not in never]
        self._kept = kept.intersection(self.board.home)
        self._absences = [0] * frame.size
        self.missing = self._left_out()
        cost = self.board.cost
        if cost is None:
            raise ValueError("a route cannot be driven")
        self._now = self._best = (*self._counts(), -cost)
        self._best_board = self.board.snapshot()
        self.best_at = 0

    @property
    def best_routes(self) -> dict[int, list[list[int]]]:
        """The best that was seen."""
        self.board.restore(self._best_board)
        return self.board.routes

    def accepts(self, step: int) -> bool:
        """Whether the search goes on from what is on the board now."""
        left = self._left_out()
        goes_on = self._goes_on(left, step)
        for node in left:
            self._absences[node] += 1
        if goes_on:
            self.missing = left
        return goes_on

    def _goes_on(self, left: list[int], step: int) -> bool:
        cost = self.board.cost
        if cost is None or not self._kept <= self.board.home.keys():
            return False
        made = (*self._counts(), -cost)
        if made > self._best:
            self._best, self._best_board, self.best_at = made, self.board.snapshot(), step
        is_accepted = made >= self._now or (
            len(left) <= len(self.missing) + 1
            and made[:-2] >= self._now[:-2]  # whoever matters more gives way to nobody
            and self._sum(left) < self._sum(self.missing)
        )
        if is_accepted:
            self._now = made
        return is_accepted

    def _left_out(self) -> list[int]:
        home = self.board.home
        return [node for node in self._able if node not in home]

    def _counts(self) -> list[int]:
        home = self.board.home
        return [sum(node in home for node in tier) for tier in self._ranks]

    def _sum(self, nodes: Iterable[int]) -> int:
        return sum(self._absences[node] for node in nodes)


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
