"""Two plans side by side: who is visited at another time, who only by one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .plan import Plan


@dataclass(frozen=True)
class Place:
    """Where a stop stands in a plan: van, day, begin of service (minute of the day)."""

    van: str
    day: date
    start: int


@dataclass(frozen=True)
class Moved:
    """A stop that the two plans serve differently; None where a plan leaves it out."""

    id: str
    first: Place | None
    second: Place | None

    @property
    def is_other_shift(self) -> bool:
        """Another van or another day, not only another time."""
        return (self.first and (self.first.van, self.first.day)) != (
            self.second and (self.second.van, self.second.day)
        )


@dataclass(frozen=True)
class Comparison:
    """What differs, in the order of the first plan; ``same`` stops keep their shift and time."""

    moved: tuple[Moved, ...]
    same: int


def compare(first: Plan, second: Plan) -> Comparison:
    """How the second plan serves the stops of both otherwise than the first."""
    one, other = places(first), places(second)
    keys = [*one, *(key for key in other if key not in one)]
    moved = tuple(
        Moved(key, one.get(key), other.get(key)) for key in keys if one.get(key) != other.get(key)
    )
    return Comparison(moved, len(keys) - len(moved))


def places(plan: Plan) -> Mapping[str, Place]:
    """Every stop that a plan serves, day by day in the order driven."""
    routes = sorted(plan.routes, key=lambda route: (route.day, route.van))
    return {
        visit.id: Place(route.van, route.day, visit.start)
        for route in routes
        for visit in route.visits
    }
