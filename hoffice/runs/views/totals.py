"""A plan, or what is now, in the figures that people compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hoffice.runs import service
from hoffice.runs.models import Run, Van
from hoffice.runs.planning.costs import Costs, co2_g, costs
from hoffice.runs.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class Totals:
    """Van-days, visits, metres, minutes of work, what it costs, and grams of CO2 (if known)."""

    runs: int
    stops: int
    metres: int
    work_min: int
    costs: Costs
    co2_g: int | None

    @property
    def cents(self) -> int:
        """All costs, in cents."""
        return self.costs.cents

    @property
    def per_stop(self) -> int | None:
        """What one visit costs, in cents."""
        return self.cents // self.stops if self.stops else None


@dataclass(frozen=True, slots=True)
class VanDay:
    """One route with the van that drives it."""

    van: Van
    stops: int
    metres: int
    work_min: int


def totals_of(days: Iterable[VanDay]) -> Totals:
    """The sum of these van-days."""
    driven = list(days)
    paid = (costs(service.van_facts(d.van), d.metres / 1000, d.work_min) for d in driven)
    return Totals(
        runs=len(driven),
        stops=sum(day.stops for day in driven),
        metres=sum(day.metres for day in driven),
        work_min=sum(day.work_min for day in driven),
        costs=sum(paid, Costs()),
        co2_g=co2_g((day.van.co2_g_per_km, day.metres / 1000) for day in driven),
    )


def totals_of_runs(runs: Sequence[Run]) -> Totals:
    """What these runs come to."""
    return totals_of(
        VanDay(run.shift.van, len(run.stops), run.distance_m, run.work_min) for run in runs
    )


def totals_of_plan(answer: Plan, vans: Mapping[tuple[str, date], Van]) -> Totals:
    """What a plan comes to; routes whose shift is gone are not counted."""
    return totals_of(
        VanDay(vans[key], len(route.visits), round(route.km * 1000), route.work_min)
        for route in answer.routes
        if (key := (route.van, route.day)) in vans
    )
