"""What a van-day costs: the van, its kilometres, the hours of the people, and its exhaust."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .problem import Van


@dataclass(frozen=True)
class Costs:
    """Cents by what they are paid for, rounded only when shown; breaks are not paid."""

    day: float = 0
    km: float = 0
    work: float = 0

    def __add__(self, other: Costs) -> Costs:
        return Costs(self.day + other.day, self.km + other.km, self.work + other.work)

    @property
    def cents(self) -> int:
        """All of it, in whole cents."""
        return round(self.day + self.km + self.work)


def costs(van: Van, km: float, work_min: float) -> Costs:
    """What one van-day costs."""
    return Costs(
        van.cost_cents_per_day, km * van.cost_cents_per_km, work_min / 60 * van.cost_cents_per_hour
    )


def co2_g(drives: Iterable[tuple[int | None, float]]) -> int | None:
    """Grams of CO2 of drives, each a van's grams a kilometre and its kilometres.

    None when nothing is known of one of the vans: part of a sum would be a wrong sum.
    """
    total = 0.0
    for per_km, km in drives:
        if per_km is None:
            return None
        total += per_km * km
    return round(total)
