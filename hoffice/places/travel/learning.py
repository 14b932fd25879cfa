"""One factor from the company's own driven legs: its vans, its drivers, its streets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final

from hoffice.errors import N_
from hoffice.places.travel.answers import Note, Spot
from hoffice.places.travel.straight import UNCERTAINTY, StraightLine

LATEST: Final = 300
"""So many of the latest legs count: a campaign's worth, so that a new district is learnt."""

LEAST: Final = 30
"""Before that, chance would teach more than the streets: the median of 30 legs that scatter by
±27 % is still off by some 4 %."""

FACTOR_LEAST: Final = 0.7
FACTOR_MOST: Final = 1.6
"""A factor beyond is no traffic but a mistake, such as visits written down in the evening."""

MODEL_LEAST_MIN: Final = 3.0
DRIVEN_LEAST_MIN: Final = 1.0
DRIVEN_MOST: Final = 4.0
"""Legs outside teach nothing: next doors, and pauses that nobody wrote down."""

CORRECTED: Final = N_("Corrected by %(legs)s drives of your own: × %(factor)s.")


@dataclass(frozen=True, slots=True)
class Driven:
    """One leg as it was driven: where from, where to, and how long it took."""

    reference: str
    start: Spot
    end: Spot
    minutes: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the legs have taught: a factor for the minutes, and how far legs still lie off it."""

    factor: float = 1.0
    uncertainty: float = UNCERTAINTY
    legs: int = 0

    @property
    def is_own(self) -> bool:
        """Whether there were enough legs to learn from."""
        return self.legs >= LEAST

    def model(self) -> StraightLine:
        """The embedded model as it was corrected; it says so."""
        if not self.is_own:
            return StraightLine()
        note = Note(CORRECTED, {"legs": self.legs, "factor": round(self.factor, 2)})
        return StraightLine(self.factor, self.uncertainty, (note,))


def model_min(leg: Driven) -> float:
    """What the embedded model says without any factor."""
    return StraightLine().leg(leg.start, leg.end)[0]


def plausible(legs: Iterable[Driven]) -> list[tuple[Driven, float]]:
    """The legs that can teach something, each with the model's minutes."""
    made = ((leg, model_min(leg)) for leg in legs)
    return [
        (leg, expected)
        for leg, expected in made
        if expected >= MODEL_LEAST_MIN and DRIVEN_LEAST_MIN <= leg.minutes <= DRIVEN_MOST * expected
    ]


def learn(ratios: Sequence[float]) -> Learnt:
    """What the latest legs teach, each given as driven minutes over the model's.

    The uncertainty is the one that nine in ten of these legs keep with the factor applied.
    """
    if len(ratios) < LEAST:
        return Learnt(legs=len(ratios))
    factor = min(max(median(ratios), FACTOR_LEAST), FACTOR_MOST)
    off = sorted(abs(ratio / factor - 1) for ratio in ratios)
    return Learnt(factor, off[-(-9 * len(off) // 10) - 1], len(ratios))
