"""The only door to PyVRP: a problem goes in, a checked plan comes out.

The engine knows no breaks, no fixed order and no van that is already on the road. So it plans on
the break-free clock, the shifts it cannot model are planned by our own builder, and what comes
back is timed and mended here until the checker is silent.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hoffice.runs.planning.assembly import assemble
from hoffice.runs.planning.board import Board, Routes, score
from hoffice.runs.planning.builder import build, complete
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.engine import Cancel, OnProgress, Progress
from hoffice.runs.planning.frame import NO_ENGINES, Day, Frame, Roads, ask
from hoffice.runs.planning.plan import Engine, Plan
from hoffice.runs.planning.problem import Problem
from hoffice.runs.planning.schedule import Miss, timed
from hoffice.runs.planning.validation import hopeless, left_out

if TYPE_CHECKING:
    import pyvrp

ENGINE: Final = "pyvrp"
DAY_S: Final = 86_400
"""Distance between two days on the engine's time axis."""

PRIZE: Final = 2_000_000
PRIZE_SPREAD: Final = 4_000_000
"""What leaving out a stop costs the engine, in metres plus seconds, and what the highest rank adds.

Prizes far above the engine's penalties (100,000 for one unit too many) make it overload vans
rather than drop stops, and plans longer: see ``frame.VAN_DAY`` for what was measured.
"""

MAX_RELOADS: Final = 9
OVERTIME_COST: Final = 10
"""A second of overtime costs the engine as much as ten of work."""

DEFAULT_SECONDS: Final = 10.0

SOLOMON_SCALE: Final = 10
SOLOMON_COLUMNS: Final = 7
SOLOMON_FLEET_COLUMNS: Final = 2


class PyvrpSolver:
    """PyVRP behind ``planning.engine.Solver``; made with whoever knows the roads.

    ``engines`` are the road engines that a problem may name instead of the default model.
    """

    def __init__(self, roads: Roads, engines: Mapping[str, Roads] = NO_ENGINES) -> None:
        self._roads = roads
        self._engines = engines

    def solve(  # noqa: PLR0913  # the Protocol's
        self,
        problem: Problem,
        *,
        seconds: float | None = None,
        iterations: int | None = None,
        seed: int = 1,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> Plan:
        """The best plan found; without ``seconds`` and ``iterations``, ten seconds are taken.

        Seconds are wall time and include building the first plan. The plan is checked before it
        is returned; a violation is a bug here and raises ``AssertionError``.
        """
        begin = time.perf_counter()
        if seconds is None and iterations is None:
            seconds = DEFAULT_SECONDS
        legs, travel = ask(problem, self._roads, self._engines)
        frame = Frame(problem, legs)
        first = build(frame)
        run = _Run(begin, seconds, iterations, seed, on_progress, cancel)
        best, done = _improve(frame, first, run)
        engine = Engine(ENGINE, _version(), seed, done, round(time.perf_counter() - begin, 3))
        plan = assemble(frame, best, engine, left_out(Board(frame, best)))
        verdict = check(problem, plan, frame.legs)
        if verdict.violations:
            raise AssertionError("; ".join(found.sentence for found in verdict.violations))
        return replace(plan, travel=travel)


@dataclass(frozen=True)
class _Run:
    """How long to search, and whom to tell."""

    begin: float
    seconds: float | None
    iterations: int | None
    seed: int
    on_progress: OnProgress | None
    cancel: Cancel | None

    def is_over(self) -> bool:
        """The time is up, or nobody wants the plan any more."""
        if self.seconds is not None and time.perf_counter() - self.begin >= self.seconds:
            return True
        return self.cancel is not None and self.cancel()


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415  # only needed with the engine

    return version("pyvrp")


def _improve(frame: Frame, first: Routes, run: _Run) -> tuple[Routes, int]:
    """The better of the first plan and what the engine makes of it, and the iterations done."""
    by_hand = {day.index for day in frame.days if day.is_begun or day.ranks}
    kept = {index: trips for index, trips in first.items() if index in by_hand}
    model = _Model(frame, by_hand, {node for t in kept.values() for trip in t for node in trip})
    if not model.own or run.is_over():
        return first, 0
    found, done = model.solve({i: t for i, t in first.items() if i not in by_hand}, run)
    mended = _mend(frame, {**kept, **found})
    return max((first, mended), key=lambda routes: score(frame, routes)), done


@dataclass
class _Model:
    """The engine's view of the shifts and stops that it can plan."""

    frame: Frame
    by_hand: set[int]
    taken: set[int]
    own: list[int] = field(default_factory=list)
    """The node behind each of the engine's clients: one client for each window."""
    days: list[Day] = field(default_factory=list)
    """The shift behind each of the engine's vehicle types."""

    def __post_init__(self) -> None:
        frame = self.frame
        self.days = [day for day in frame.days if day.index not in self.by_hand]
        self._first_day = min((day.shift.day for day in frame.days), default=None)
        self._clients = []
        lost = hopeless(frame)
        for node in range(1, frame.size):
            if node in self.taken or node in lost:
                continue
            for span in self._spans(node):
                self.own.append(node)
                self._clients.append(span)

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

    def solve(self, first: Routes, run: _Run) -> tuple[dict[int, list[list[int]]], int]:
        """Routes by shift as the engine left them, breaks not placed, and the iterations done."""
        import pyvrp  # noqa: PLC0415  # heavy: only who plans pays for it

        dimensions = self._dimensions()
        problem = self._problem(dimensions)
        stop = _Stop(run)
        watcher = _watcher(run, stop)
        params = pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=watcher))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)
            result = pyvrp.solve(
                problem,
                stop,
                seed=run.seed,
                collect_stats=False,
                display=False,
                params=params,
                initial_solution=self._solution(problem, first),
            )
        return self._routes(result.best), result.num_iterations

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
        for node in set(self.own):
            dates = {day.shift.day for day in self.days if day.open[node]}
            is_any_time = not self.frame.stop(node).windows and len(dates) > 1
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

    def _problem(self, dimensions: Sequence[_Dimension]) -> pyvrp.ProblemData:
        import numpy as np  # noqa: PLC0415  # comes with the engine
        import pyvrp  # noqa: PLC0415

        frame = self.frame
        points = [frame.problem.depot.at, *(stop.at for stop in frame.stops)]
        groups: dict[int, list[int]] = {}
        for client, node in enumerate(self.own):
            groups.setdefault(node, []).append(client)
        several = [clients for clients in groups.values() if len(clients) > 1]
        group_of = {client: number for number, clients in enumerate(several) for client in clients}
        prizes = self._prizes()
        clients = [
            pyvrp.Client(
                location=node,
                delivery=[dimension.out[client] for dimension in dimensions],
                pickup=[dimension.back[client] for dimension in dimensions],
                service_duration=frame.service[node],
                tw_early=span[0],
                tw_late=span[1],
                required=False,
                prize=prizes[self._rank(node)],
                group=group_of.get(client),
            )
            for client, (node, span) in enumerate(zip(self.own, self._clients, strict=True))
        ]
        vehicles = [
            self._vehicle(day, [dimension.capacity[number] for dimension in dimensions])
            for number, day in enumerate(self.days)
        ]
        size = frame.size
        # The engine's stubs know one-dimensional arrays only.
        matrices: list[Any] = [
            np.array([row[:size] for row in rows[:size]]) for rows in (frame.metres, frame.seconds)
        ]
        return pyvrp.ProblemData(
            [pyvrp.Location(point.lon, point.lat) for point in points],
            clients,
            [
                pyvrp.Depot(
                    location=0, service_duration=round(frame.problem.depot.load_min_per_trip * 60)
                )
            ],
            vehicles,
            matrices[:1],
            matrices[1:],
            [pyvrp.ClientGroup(clients, required=False) for clients in several],
        )

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
            visits = []
            for index, trip in enumerate(trips):
                if index:
                    visits.append(pyvrp.Activity(pyvrp.ActivityType.DEPOT, 0))
                visits += [
                    pyvrp.Activity(pyvrp.ActivityType.CLIENT, self._client(node, day))
                    for node in trip
                ]
            if visits:
                routes.append(pyvrp.Route(problem, visits, vehicle))
        return pyvrp.Solution(problem, routes)

    def _client(self, node: int, day: Day) -> int:
        """The client of a stop on a day; with two windows on one day, the first of them.

        The engine finds the other window itself; a first plan may break rules.
        """
        axis = self._axis(day)
        mine = [client for client, owner in enumerate(self.own) if owner == node]
        for client in mine:
            start, end = self._clients[client]
            if start <= axis + day.end and end >= axis + day.start:
                return client
        return mine[0]

    def _routes(self, solution: pyvrp.Solution) -> dict[int, list[list[int]]]:
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


@dataclass(frozen=True)
class _Dimension:
    """One load dimension: what each client takes and brings, what each vehicle carries."""

    out: list[int]
    back: list[int]
    capacity: list[int]


class _Stop:
    """When the engine stops, and how many iterations it has done."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self.iterations = -1

    def __call__(self, best_cost: int) -> bool:
        """Asked by the engine before each iteration."""
        del best_cost
        self.iterations += 1
        most = self._run.iterations
        return (most is not None and self.iterations >= most) or self._run.is_over()


def _watcher(run: _Run, stop: _Stop) -> pyvrp.IteratedLocalSearchCallbacks:
    """The engine's news of better plans, passed on in our words."""
    import pyvrp  # noqa: PLC0415

    class Watcher(pyvrp.IteratedLocalSearchCallbacks):
        def on_best(self, best: pyvrp.Solution) -> None:
            if run.on_progress is None or not best.is_feasible():
                return
            run.on_progress(
                Progress(
                    seconds=round(time.perf_counter() - run.begin, 3),
                    iterations=stop.iterations,
                    served=best.num_clients(),
                    van_days=best.num_routes(),
                    km=round(best.distance() / 1000, 1),
                )
            )

    return Watcher()


def _mend(frame: Frame, routes: Routes) -> dict[int, list[list[int]]]:
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


@dataclass(frozen=True)
class Benchmark:
    """What the engine made of a public instance, the cost recomputed from the routes."""

    cost: float
    routes: list[list[int]]
    """Customers as the instance numbers them from 1, depot left out."""
    cpu_seconds: float
    is_feasible: bool


def benchmark(instance: Path, *, seconds: float, seed: int = 1) -> Benchmark:
    """Solve a CVRPLIB (``.vrp``) or Solomon (``.txt``) instance by distance alone.

    ``seconds`` is CPU time of this process from its start. Rounding is that of the DIMACS
    challenge: Euclid rounded to the nearest integer for CVRPLIB, times ten and truncated for
    Solomon, whose cost is given in the instance's own unit again. ``ValueError`` if the file is
    neither.
    """
    import pyvrp  # noqa: PLC0415

    is_solomon = instance.suffix.lower() == ".txt"
    data = _solomon(instance) if is_solomon else pyvrp.read(instance, round_func="round")
    result = pyvrp.solve(
        data,
        lambda _: time.process_time() >= seconds,
        seed=seed,
        collect_stats=False,
        display=False,
    )
    routes = [
        [data.client(step.idx).location for step in route.schedule() if step.is_client()]
        for route in result.best.routes()
    ]
    metres = data.distance_matrix(0).tolist()
    cost = sum(metres[a][b] for route in routes for a, b in pairwise([0, *route, 0]))
    return Benchmark(
        cost=round(cost / SOLOMON_SCALE, 1) if is_solomon else cost,
        routes=routes,
        cpu_seconds=round(time.process_time(), 2),
        is_feasible=result.is_feasible() and result.best.is_complete(),
    )


def _solomon(instance: Path) -> pyvrp.ProblemData:
    """The instance with everything but demands times ten, distances truncated."""
    import numpy as np  # noqa: PLC0415
    import pyvrp  # noqa: PLC0415

    rows = [
        [int(float(word)) for word in line.split()]
        for line in instance.read_text().splitlines()
        if line.split() and all(word.replace(".", "", 1).isdigit() for word in line.split())
    ]
    fleet = next((row for row in rows if len(row) == SOLOMON_FLEET_COLUMNS), None)
    table = [row for row in rows if len(row) == SOLOMON_COLUMNS]
    if fleet is None or not table:
        raise ValueError("no fleet or no customers in the Solomon format")
    scale = SOLOMON_SCALE
    points = np.array([row[1:3] for row in table], dtype=float)
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    matrix: Any = (scale * apart).astype(np.int64)
    depot, *customers = table
    return pyvrp.ProblemData(
        [pyvrp.Location(row[1], row[2]) for row in table],
        [
            pyvrp.Client(
                location=number,
                delivery=[row[3]],
                tw_early=scale * row[4],
                tw_late=scale * row[5],
                service_duration=scale * row[6],
            )
            for number, row in enumerate(customers, start=1)
        ],
        [pyvrp.Depot(location=0)],
        [pyvrp.VehicleType(fleet[0], [fleet[1]], tw_early=0, tw_late=scale * depot[5])],
        [matrix],
        [matrix],
    )
