"""The engine's view of a problem: vehicles, clients, load dimensions, and the way back to routes.

The engine knows no breaks, no fixed order and no van that is already on the road. It plans on the
break-free clock, and only the shifts and stops it is given here.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hoffice.runs.planning.board import Routes
from hoffice.runs.planning.frame import Day, Frame
from hoffice.runs.planning.schedule import Timed, Trips, timed

if TYPE_CHECKING:
    import pyvrp
    from pyvrp.stop import StoppingCriterion

DAY_S: Final = 86_400
"""Distance between two days on the engine's time axis."""

PRIZE: Final = 2_000_000
PRIZE_SPREAD: Final = 4_000_000
"""What leaving out a stop costs the engine, in metres plus seconds, and what the highest rank adds.

Prizes far above the engine's penalties (100,000 for one unit too many) make it overload vans
rather than drop stops, and plans longer: see ``frame.VAN_DAY`` for what was measured.
"""

FEW_CLIENTS: Final = 150
ALL_NEIGHBOURS: Final = 50
FEW_NEIGHBOURS: Final = 25
"""With how many near stops the engine tries each. Fewer than its own 50 mean more rounds, which
helps where there are many clients and no windows.

In 10 CPU-seconds (mean of seeds 1 to 5) X-n303-k21 came within 0.91 instead of 1.04 % of the best
known; but with windows r1_2_4 within 1.31 instead of 0.91 %, rc2_2_5 within 0.56 instead of 0.27 %.
"""

MAX_RELOADS: Final = 9
OVERTIME_COST: Final = 10
"""A second of overtime costs the engine as much as ten of work."""

Made = dict[int, list[list[int]]]
"""Trips by the index of the shift, as our own code changes them."""

OnBest = Callable[["Model", "pyvrp.Solution"], None]


@dataclass(frozen=True)
class _Dimension:
    """One load dimension: what each client takes and brings, what each vehicle carries."""

    out: list[int]
    back: list[int]
    capacity: list[int]


class Model:
    """Some shifts and some stops of a frame as the engine writes them.

    A stop in ``required`` must be served; the others are worth a prize.
    """

    def __init__(
        self,
        frame: Frame,
        days: Sequence[Day],
        nodes: Sequence[int],
        required: frozenset[int] = frozenset(),
    ) -> None:
        self.frame = frame
        self.days = list(days)
        self.required = required
        self.own: list[int] = []
        """The node behind each of the engine's clients: one client for each window."""
        self._spans_of: list[tuple[int, int]] = []
        self._clients_of: dict[int, list[int]] = {}
        self._first_day = min((day.shift.day for day in frame.days), default=None)
        for node in nodes:
            for span in self._spans(node):
                self._clients_of.setdefault(node, []).append(len(self.own))
                self.own.append(node)
                self._spans_of.append(span)
        self.places = {0: 0}
        """Where a node stands in the engine's matrices: only nodes that may be served have one."""
        for node in self._clients_of:
            self.places[node] = len(self.places)
        self._problem: pyvrp.ProblemData | None = None

    def solve(
        self,
        first: Routes,
        *,
        seed: int,
        stop: StoppingCriterion,
        on_best: OnBest | None = None,
        neighbours: int | None = None,
    ) -> tuple[Made, int]:
        """Routes by shift as the engine left them, breaks not placed, and the iterations done.

        ``stop`` is asked before each iteration.
        """
        import pyvrp  # noqa: PLC0415  # heavy: only who plans pays for it

        problem = self.problem()
        params = pyvrp.SolveParams(
            ils=pyvrp.IteratedLocalSearchParams(callbacks=_watcher(self, on_best)),
            **near(neighbours or ALL_NEIGHBOURS),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)
            result = pyvrp.solve(
                problem,
                stop,
                seed=seed,
                collect_stats=False,
                display=False,
                params=params,
                initial_solution=self._solution(problem, first),
            )
        return self.routes(result.best), result.num_iterations

    def routes(self, solution: pyvrp.Solution) -> Made:
        """What the engine found, in nodes."""
        routes = {}
        for route in solution.routes():
            trips: list[list[int]] = [[]]
            for activity in route.schedule():
                if activity.is_depot():
                    trips.append([])
                elif activity.is_client():
                    trips[-1].append(self.own[activity.idx])
            day = self.days[route.vehicle_type()]
            routes[day.index] = [trip for trip in trips if trip]
        return routes

    def _axis(self, day: Day) -> int:
        """Where a shift's midnight lies on the engine's time axis."""
        if self._first_day is None:
            return 0
        return (day.shift.day - self._first_day).days * DAY_S

    def _spans(self, node: int) -> list[tuple[int, int]]:
        """The alternatives of a stop on the time axis; one for all days if any time will do."""
        open_days = [day for day in self.days if day.open[node]]
        if not open_days:
            return []
        stop = self.frame.stop(node)
        if not stop.windows and len({day.shift.day for day in open_days}) > 1:
            first = min(self._axis(day) for day in open_days)
            return [(first, max(self._axis(day) for day in open_days) + DAY_S - 1)]
        spans = {
            (self._axis(day) + day.squeeze(start), self._axis(day) + day.squeeze(end))
            for day in open_days
            for start, end in day.open[node]
        }
        return sorted(spans)

    def _dimensions(self) -> list[_Dimension]:
        """Load dimensions that somebody uses, then one for each set of shifts a stop must not use.

        The engine knows no crews and no locks: a vehicle without capacity in a dimension of which
        the stop needs one unit is a vehicle that may not come.
        """
        frame = self.frame
        used = [
            name
            for name in ("boxes", "litres", "kg")
            if any(getattr(frame.out[n], name) or getattr(frame.back[n], name) for n in self.own)
        ]
        made = [
            _Dimension(
                [getattr(frame.out[node], name) for node in self.own],
                [getattr(frame.back[node], name) for node in self.own],
                [getattr(day.capacity, name) for day in self.days],
            )
            for name in used
        ]
        closed: dict[tuple[bool, ...], set[int]] = {}
        for node in self._clients_of:
            dates = {day.shift.day for day in self.days if day.open[node]}
            is_any_time = not frame.stop(node).windows and len(dates) > 1
            shut = tuple(
                not day.open[node] and (is_any_time or day.shift.day in dates) for day in self.days
            )
            if any(shut):
                closed.setdefault(shut, set()).add(node)
        made.extend(
            _Dimension(
                [int(node in nodes) for node in self.own],
                [0] * len(self.own),
                [0 if is_shut else len(self.own) for is_shut in shut],
            )
            for shut, nodes in sorted(closed.items())
        )
        return made

    def problem(self) -> pyvrp.ProblemData:
        """The engine's data; made once."""
        if self._problem is None:
            self._problem = self._made()
        return self._problem

    def _made(self) -> pyvrp.ProblemData:
        import pyvrp  # noqa: PLC0415

        frame = self.frame
        dimensions = self._dimensions()
        several = [clients for clients in self._clients_of.values() if len(clients) > 1]
        group_of = {client: number for number, clients in enumerate(several) for client in clients}
        prizes = self._prizes()
        clients = [
            pyvrp.Client(
                location=self.places[node],
                delivery=[dimension.out[client] for dimension in dimensions],
                pickup=[dimension.back[client] for dimension in dimensions],
                service_duration=frame.service[node],
                tw_early=span[0],
                tw_late=span[1],
                required=node in self.required and client not in group_of,
                prize=prizes[self._rank(node)],
                group=group_of.get(client),
            )
            for client, (node, span) in enumerate(zip(self.own, self._spans_of, strict=True))
        ]
        vehicles = [
            self._vehicle(day, [dimension.capacity[number] for dimension in dimensions])
            for number, day in enumerate(self.days)
        ]
        depot = frame.problem.depot
        points = [depot.at, *(frame.stop(node).at for node in self.places if node)]
        matrices = self._matrices()
        return pyvrp.ProblemData(
            [pyvrp.Location(point.lon, point.lat) for point in points],
            clients,
            [pyvrp.Depot(location=0, service_duration=round(depot.load_min_per_trip * 60))],
            vehicles,
            matrices[:1],
            matrices[1:],
            [
                pyvrp.ClientGroup(clients, required=self.own[clients[0]] in self.required)
                for clients in several
            ],
        )

    def _matrices(self) -> list[Any]:
        """Metres and seconds among the nodes of this model."""
        import numpy as np  # noqa: PLC0415  # comes with the engine

        nodes = list(self.places)
        # The engine's stubs know one-dimensional arrays only.
        return [
            np.array([[row[b] for b in nodes] for row in (table[a] for a in nodes)])
            for table in (self.frame.metres, self.frame.seconds)
        ]

    def _prizes(self) -> dict[tuple[bool, float], int]:
        ranks = sorted({self._rank(node) for node in self.own})
        step = PRIZE_SPREAD // max(1, len(ranks) - 1)
        return {rank: PRIZE + step * place for place, rank in enumerate(ranks)}

    def _rank(self, node: int) -> tuple[bool, float]:
        stop = self.frame.stop(node)
        return stop.required, stop.priority

    def _vehicle(self, day: Day, capacity: list[int]) -> pyvrp.VehicleType:
        import pyvrp  # noqa: PLC0415

        axis = self._axis(day)
        overtime = self.frame.problem.rules.max_overtime_min * 60
        return pyvrp.VehicleType(
            num_available=1,
            capacity=capacity,
            tw_early=axis + day.start,
            tw_late=axis + day.squeeze(day.end),
            shift_duration=day.limit - overtime,
            max_overtime=overtime,
            unit_overtime_cost=OVERTIME_COST,
            unit_distance_cost=1,
            unit_duration_cost=1,
            fixed_cost=day.opening,
            reload_depots=[0],
            max_reloads=MAX_RELOADS,
        )

    def _solution(self, problem: pyvrp.ProblemData, first: Routes) -> pyvrp.Solution:
        """The first plan as the engine writes it."""
        import pyvrp  # noqa: PLC0415

        routes = []
        for vehicle, day in enumerate(self.days):
            trips = [trip for trip in first.get(day.index, ()) if trip]
            chosen = self._chosen(day, trips)
            visits = []
            for index, trip in enumerate(trips):
                if index:
                    visits.append(pyvrp.Activity(pyvrp.ActivityType.DEPOT, 0))
                visits += [
                    pyvrp.Activity(pyvrp.ActivityType.CLIENT, chosen[node])
                    for node in trip
                    if node in chosen
                ]
            if any(visit.is_client() for visit in visits):
                routes.append(pyvrp.Route(problem, visits, vehicle))
        return pyvrp.Solution(problem, routes)

    def _chosen(self, day: Day, trips: Trips) -> dict[int, int]:
        """The client of each stop of a route: of several windows the one it is served in."""
        run = timed(self.frame, day, trips) if trips else None
        begins = dict(zip(run.sequence, run.begins, strict=True)) if isinstance(run, Timed) else {}
        axis = self._axis(day)
        chosen = {}
        for node in (node for trip in trips for node in trip):
            mine = self._clients_of.get(node, ())
            if not mine:
                continue
            begin = axis + day.squeeze(begins.get(node, day.start))
            chosen[node] = min(mine, key=lambda client: (self._off(client, begin), client))
        return chosen

    def _off(self, client: int, second: int) -> int:
        """How far a moment lies outside the window of a client."""
        start, end = self._spans_of[client]
        return max(start - second, second - end, 0)


def neighbours_for(clients: int, *, has_windows: bool) -> int:
    """The size of the neighbourhood that does best with so many clients."""
    return FEW_NEIGHBOURS if clients > FEW_CLIENTS and not has_windows else ALL_NEIGHBOURS


def near(neighbours: int) -> dict[str, Any]:
    """The size of the engine's neighbourhood as its parameters want it."""
    import pyvrp  # noqa: PLC0415

    return {"neighbourhood": pyvrp.search.NeighbourhoodParams(num_neighbours=neighbours)}


def _watcher(model: Model, on_best: OnBest | None) -> pyvrp.IteratedLocalSearchCallbacks:
    """The engine's news of better plans."""
    import pyvrp  # noqa: PLC0415

    class Watcher(pyvrp.IteratedLocalSearchCallbacks):
        def on_best(self, best: pyvrp.Solution) -> None:
            if on_best is not None and best.is_feasible():
                on_best(model, best)

    return Watcher()
