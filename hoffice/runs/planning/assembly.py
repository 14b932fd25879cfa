"""From routes by index to the plan that people, vans and files use."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from .board import Routes
from .costs import Costs, costs
from .findings import Finding
from .frame import Day, Frame
from .plan import Engine, Plan, Route, Totals, Trip, Unplanned, Visit
from .problem import Amount, Span
from .schedule import Miss, Timed, Trips, timed


def assemble(
    frame: Frame, routes: Routes, engine: Engine, reasons: Mapping[int, tuple[Finding, ...]]
) -> Plan:
    """The plan of routes that can all be driven, in the order of days and vans.

    ``reasons`` says for each node that no route serves why that is so.
    """
    planned = sorted(
        (
            route_of(frame, frame.days[index], trips)
            for index, trips in routes.items()
            if any(trips)
        ),
        key=lambda route: (route.day, route.van),
    )
    served = {node for trips in routes.values() for trip in trips for node in trip}
    unplanned = tuple(
        Unplanned(frame.stop(node).id, reasons[node])
        for node in range(1, frame.size)
        if node not in served
    )
    return Plan(
        frame.problem.sha256, engine, tuple(planned), unplanned, _totals(frame, tuple(planned))
    )


def route_of(frame: Frame, day: Day, trips: Trips) -> Route:
    """One shift as planned; ``ValueError`` if it cannot be driven."""
    run = timed(frame, day, trips)
    if isinstance(run, Miss):
        msg = f"the route of {day.shift.key} cannot be driven: {run.lack}"
        raise ValueError(msg)  # noqa: TRY004  # the route is wrong, not its type
    return drawn_up(frame, day, trips, run)


def drawn_up(frame: Frame, day: Day, trips: Trips, run: Timed) -> Route:
    """A timed shift as it stands in a plan."""
    metres = sum(frame.metres[a][b] for a, b in pairwise(run.sequence))
    minute = day.clock.minute
    return Route(
        van=day.shift.van,
        day=day.shift.day,
        start=minute(run.start),
        end=minute(run.end),
        km=round(metres / 1000, 1),
        work_min=run.work // 60,
        breaks=tuple(Span(minute(begin), minute(end)) for begin, end in run.breaks),
        trips=_trips(frame, day, trips, run),
    )


def _trips(frame: Frame, day: Day, trips: Trips, run: Timed) -> tuple[Trip, ...]:
    minute = day.clock.minute
    place = 0
    made = []
    for index, trip in enumerate(trips):
        start = run.begins[place]
        visits = []
        for node in trip:
            place += 1
            begin = run.begins[place]
            visits.append(
                Visit(
                    frame.stop(node).id,
                    minute(run.arrivals[place]),
                    minute(begin),
                    minute(begin + frame.service[node]),
                )
            )
        place += 1
        aboard = day.aboard if day.is_begun and index == 0 else trip
        load = sum((frame.out[node] for node in aboard), Amount())
        made.append(Trip(minute(start), load, tuple(visits)))
    return tuple(made)


def _totals(frame: Frame, routes: tuple[Route, ...]) -> Totals:
    van = frame.problem.van
    paid = (costs(van[route.van], route.km, route.work_min) for route in routes)
    return Totals(
        van_days=len(routes),
        served=sum(len(route.visits) for route in routes),
        km=round(sum(route.km for route in routes), 1),
        work_min=sum(route.work_min for route in routes),
        cost_cents=sum(paid, Costs()).cents,
    )


def routes_of(frame: Frame, plan: Plan) -> dict[int, list[list[int]]]:
    """The trips of a plan by the index of their shift; ``KeyError`` for unknown stops or shifts."""
    index = {day.shift.key: day.index for day in frame.days}
    return {
        index[route.van, route.day]: [
            [frame.node[visit.id] for visit in trip.stops] for trip in route.trips
        ]
        for route in plan.routes
    }
