"""Plans for more people than one search can hold: part by part, then group by group.

Every part is built and searched by one of the children; then groups of van-days that share people
are searched again and again, none of them in two hands at once, until the time is over. Whoever is
left over is tried in every group that could take him. No step looks at the whole at once but the
checker, which follows the routes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Final, cast

from hoffice.runs.planning.assembly import assemble
from hoffice.runs.planning.board import Board
from hoffice.runs.planning.builder import complete
from hoffice.runs.planning.findings import Code, Finding
from hoffice.runs.planning.frame import Frame, Legs, Roads
from hoffice.runs.planning.plan import Engine, Plan, Route, Totals, Travel, Unplanned
from hoffice.runs.planning.problem import Matrices, Problem
from hoffice.runs.planning.splitting import (
    FEW_SHIFTS,
    PART_STOPS,
    GlobalRoutes,
    PairLegs,
    Part,
    Splitting,
    from_part,
    matrix_places,
    subproblem,
    to_part,
)
from hoffice.runs.planning.validation import left_out

from .asked import Asked, Figures
from .child import Table, Task
from .parallel import Outcome, Team

NEIGHBOURS: Final = 20
"""With how many near stops the engine tries each, where nearly everybody has several windows.

Of 500 people on 40 van-days, planned in such groups, 495 were served with 20 and 490 with 50, in
25 CPU-seconds each.
"""

GROUP_S: Final = 0.5
"""So many CPU seconds a group is searched; twice as many, and half as often, served fewer."""

PART_SHARE: Final = 0.12
"""At most so much of the time goes into the first plans of the parts."""

CHUNK_SHIFTS: Final = 12
"""So many shifts are timed together in the end."""

MOST_LEFT: Final = 200
"""So many left over are looked at together in the end."""

MOST_STOPS: Final = 300
"""With how many stops a part is built; beyond that, only those that matter most."""

REASONS_S: Final = 2.0
"""After so many seconds, reasons are looked for in one place only."""

LEAST_S: Final = 0.2
ROUNDS: Final = 2
"""Without a time, each van-day is searched again about so often."""


@dataclass
class _State:
    """The whole plan in the making."""

    routes: GlobalRoutes = field(default_factory=dict)
    km: dict[int, float] = field(default_factory=dict)
    iterations: int = 0
    searches: int = 0
    lost: int = 0

    @property
    def figures(self) -> Figures:
        """People served, van-days, kilometres."""
        served = sum(len(trip) for trips in self.routes.values() for trip in trips)
        van_days = sum(any(trips) for trips in self.routes.values())
        return served, van_days, round(sum(self.km.values()), 1)


@dataclass(frozen=True)
class Large:
    """What was made of a large problem."""

    plan: Plan
    legs: Legs
    iterations: int
    searches: int
    lost: int


class LargePlanner:
    """One plan of a large problem."""

    def __init__(self, problem: Problem, roads: Roads, asked: Asked, team: Team) -> None:
        self.problem, self.roads, self.asked, self.team = problem, roads, asked, team
        self.splitting = Splitting(problem)
        self.state = _State()
        self.travel: Travel | None = None
        self._numbers = iter(range(1 << 62))
        self._is_cancelled = False

    def plan(self, engine: Engine) -> Large:
        """Parts, then groups, then the plan with this engine's name in it."""
        self._first_plans()
        self._groups()
        return self._finished(engine)

    def _first_plans(self) -> None:
        parts = [self._bounded(part) for part in self.splitting.parts(PART_STOPS)]
        seconds = self._share_for(len(parts))
        at_hand: dict[int, tuple[Part, Legs]] = {}

        def tasks() -> Iterator[Task]:
            for part in parts:
                yield self._task(part, at_hand, seconds)

        self._apply(self._run(tasks()), at_hand)

    def _bounded(self, part: Part) -> Part:
        """The part without those who matter least, if it has far more than its vans could visit."""
        if len(part.stops) <= MOST_STOPS:
            return part
        tied = {stop for shift in part.shifts for stop in self.splitting.tied.get(shift, ())}
        stops = self.problem.stops

        def rank(number: int) -> tuple[bool, bool, float, int]:
            one = stops[number]
            return number not in tied, not one.required, -one.priority, number

        most = max(MOST_STOPS, len(tied))
        return Part(tuple(sorted(sorted(part.stops, key=rank)[:most])), part.shifts)

    def _share_for(self, parts: int) -> float | None:
        rest = self.asked.rest
        if rest is None:
            return None
        turns = max(1.0, parts / self.asked.processes)
        return max(LEAST_S, min(GROUP_S, PART_SHARE * rest / turns))

    def _groups(self) -> None:
        dice = Random(self.asked.seed)  # noqa: S311  # to search with, no secret
        most = ROUNDS * len(self.problem.shifts) // 10 // self.asked.processes + 1
        done = 0
        while not self._is_over() and (self.asked.seconds is not None or done < most):
            done += 1
            busy: list[Part] = []
            at_hand: dict[int, tuple[Part, Legs]] = {}
            tasks = []
            for _ in range(self.asked.processes):
                part = self.splitting.group(self.state.routes, busy, dice)
                if part is None or not part.stops:
                    break
                busy.append(part)
                tasks.append(self._task(part, at_hand, GROUP_S, self.state.routes))
            if not tasks:
                return
            outcomes = self._run(tasks)
            self._apply(outcomes, at_hand)
            share = done / most if self.asked.seconds is None else 0.0
            self._tell(share)
            if not any(outcome.error is None for outcome in outcomes.values()):
                return

    def _is_over(self) -> bool:
        rest = self.asked.rest
        return self._is_cancelled or (rest is not None and rest < LEAST_S)

    def _run(self, tasks: Iterable[Task]) -> dict[int, Outcome]:
        return self.team.run(tasks, until=self.asked.until, cancel=self._cancel)

    def _cancel(self) -> bool:
        if not self._is_cancelled and self.asked.cancel is not None:
            self._is_cancelled = self.asked.cancel()
        return self._is_cancelled

    def _task(
        self,
        part: Part,
        at_hand: dict[int, tuple[Part, Legs]],
        seconds: float | None,
        routes: GlobalRoutes | None = None,
    ) -> Task:
        number = next(self._numbers)
        sub = subproblem(self.problem, part)
        legs = self._legs(sub)
        at_hand[number] = part, legs
        first = None if routes is None else to_part(part, routes)
        if self.asked.seconds is None:
            seconds = None
        return Task(
            number,
            sub,
            Table(legs.minutes, legs.km),
            first,
            self.asked.seed + number,
            seconds,
            self.asked.iterations,
            NEIGHBOURS,
            counts_cpu=True,
            build_s=self.asked.rest,
        )

    def _legs(self, sub: Problem) -> Legs:
        if isinstance(sub.travel, Matrices):
            return sub.travel
        said = self.roads.matrix(sub.points())
        notes = tuple((note.text, note.facts) for note in said.notes)
        if self.travel is not None:
            said_already = {text for text, _ in self.travel.notes}
            notes = (*self.travel.notes, *(note for note in notes if note[0] not in said_already))
        self.travel = Travel(said.model, said.uncertainty, notes)
        return said

    def _apply(self, outcomes: dict[int, Outcome], at_hand: dict[int, tuple[Part, Legs]]) -> None:
        """Take over what was searched to its end; what broke off stays as it was."""
        state = self.state
        for number, outcome in sorted(outcomes.items()):
            state.searches += 1
            state.lost += outcome.error is not None
            if outcome.told is None or outcome.told.routes is None or not outcome.is_over:
                continue
            part, legs = at_hand[number]
            state.iterations += outcome.told.iterations
            for place, shift in enumerate(part.shifts):
                trips = outcome.told.routes.get(place, [])
                state.routes[shift] = [[part.stops[node - 1] for node in trip] for trip in trips]
                state.km[shift] = sum(
                    legs.km[a][b] for trip in trips if trip for a, b in pairwise([0, *trip, 0])
                )
        self._tell()

    def _tell(self, share: float = 0.0) -> None:
        self.asked.tell(
            iterations=self.state.iterations,
            best=self.state.figures,
            seed=self.asked.seed,
            done=share,
        )

    def _finished(self, engine: Engine) -> Large:
        """The plan from frames of a few shifts each, and the legs that its routes use."""
        pairs = PairLegs()
        routes: list[Route] = []
        reasons: dict[str, tuple[Finding, ...]] = {}
        totals = Totals(0, 0, 0, 0, 0)
        is_timed = self.asked.seconds is not None  # else the same plan is wanted every time
        until = time.perf_counter() + REASONS_S if is_timed else None
        for part, others in self._chunks():
            sub = subproblem(self.problem, part)
            legs = self._legs(sub)
            frame = Frame(sub, legs)
            own = complete(frame, to_part(part, self.state.routes), until=until)
            self.state.routes.update(from_part(part, own))
            chunk = assemble(frame, own, engine, left_out(Board(frame, own), until=until))
            routes.extend(chunk.routes)
            totals = _sum(totals, chunk.totals)
            found = {left.id: left.reasons for left in chunk.unplanned}
            for more in others:
                found.update(self._reasons(more, until))
            for name, said in found.items():
                reasons[name] = _nearer(reasons.get(name, ()), said)
            places = matrix_places(self.problem, part)
            pairs.learn(places, legs, _used(frame, own))
        served = self._served()
        unplanned = tuple(
            Unplanned(stop.id, reasons[stop.id])
            for number, stop in enumerate(self.problem.stops)
            if number not in served
        )
        routes.sort(key=lambda route: (route.day, route.van))
        plan = Plan(self.problem.sha256, engine, tuple(routes), unplanned, totals, self.travel)
        state = self.state
        return Large(plan, cast("Legs", pairs), state.iterations, state.searches, state.lost)

    def _reasons(self, part: Part, until: float | None) -> dict[str, tuple[Finding, ...]]:
        """Why these, too, found no place on the shifts of a part."""
        sub = subproblem(self.problem, part)
        frame = Frame(sub, self._legs(sub))
        found = left_out(Board(frame, to_part(part, self.state.routes)), until=until)
        return {frame.stop(node).id: said for node, said in found.items()}

    def _chunks(self) -> Iterator[tuple[Part, list[Part]]]:
        """All shifts, a few at a time in their order, with whom they serve or might have served.

        Whom a frame of bounded size cannot hold besides comes in further parts of the same shifts.
        """
        state, opened = self.state, self.splitting.open
        count = max(1, -(-len(self.problem.shifts) // CHUNK_SHIFTS))
        left: list[list[int]] = [[] for _ in range(count)]
        served = self._served()
        for stop in range(len(self.problem.stops)):
            if stop in served:
                continue
            shifts = opened[stop]
            chunks = {shift // CHUNK_SHIFTS for shift in shifts} or {0}
            if len(shifts) > FEW_SHIFTS:
                chunks = {stop % count}
            for chunk in chunks:
                left[chunk].append(stop)
        for chunk in range(count):
            first = chunk * CHUNK_SHIFTS
            shifts = tuple(range(first, min(first + CHUNK_SHIFTS, len(self.problem.shifts))))
            mine = [s for shift in shifts for trip in state.routes.get(shift, ()) for s in trip]
            placed = self._served()
            tied = {stop for shift in shifts for stop in self.splitting.tied.get(shift, ())}
            mine += sorted(tied - placed)
            rest = [stop for stop in left[chunk] if stop not in placed and stop not in tied]
            parts = [
                Part(tuple(sorted([*mine, *rest[at : at + MOST_LEFT]])), shifts)
                for at in range(0, max(1, len(rest)), MOST_LEFT)
            ]
            yield parts[0], parts[1:]

    def _served(self) -> set[int]:
        routes = self.state.routes.values()
        return {stop for trips in routes for trip in trips for stop in trip}


def _sum(one: Totals, other: Totals) -> Totals:
    return Totals(
        one.van_days + other.van_days,
        one.served + other.served,
        round(one.km + other.km, 1),
        one.work_min + other.work_min,
        one.cost_cents + other.cost_cents,
    )


def _nearer(known: tuple[Finding, ...], found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Of each kind of reason the smaller lack; that no window fits is said only if it is all."""
    best: dict[Code, Finding] = {}
    for reason in (*known, *found):
        other = best.get(reason.code)
        if other is None or _size(reason) < _size(other):
            best[reason.code] = reason
    if len(best) > 1:
        best.pop(Code.NO_WINDOW, None)
    return tuple(best.values())


def _size(reason: Finding) -> float:
    values = dict(reason.values)
    return float(str(values.get("minutes", values.get("excess", 0))))


def _used(frame: Frame, routes: GlobalRoutes) -> Iterator[tuple[int, int]]:
    """The legs of these routes."""
    for index, trips in routes.items():
        here = frame.days[index].origin
        for trip in trips:
            yield from pairwise([here, *trip, 0])
            here = 0
