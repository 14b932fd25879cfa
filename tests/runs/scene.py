"""What the tests of runs share: people with packed kits all over town, shifts, the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hoffice.accounts.links import LinkBook
from hoffice.db import db, unit_of_work
from hoffice.jobs import worker
from hoffice.kits import service as kits
from hoffice.kits.models import Kit, KitType
from hoffice.people.models import AtHome, Employee
from hoffice.places.travel.straight import StraightLine
from hoffice.runs import jobs, service
from hoffice.runs.models import Run, Shift
from hoffice.runs.planning.engine import Cancel, OnProgress, Solver, Start
from hoffice.runs.planning.plan import Plan
from hoffice.runs.planning.problem import Problem
from hoffice.runs.solver import PyvrpSolver
from tests import houses, makers

IT = makers.IT
TODAY = makers.MONDAY
MONDAY = makers.MONDAY_ON
TUESDAY = MONDAY + timedelta(days=1)

HOMES = (
    ("Ayşe Kaya", "Sonnenallee", "12045", 52.481, 13.436),
    ("Rosa Blumenthal", "Pappelallee", "10437", 52.544, 13.419),
    ("Emre Kaplan", "Müllerstraße", "13349", 52.556, 13.349),
    ("Jule Petersen", "Karl-Marx-Straße", "12057", 52.470, 13.441),
    ("Lars Jankowski", "Zeppelinstraße", "14471", 52.392, 13.036),
    ("Deniz Şahin", "Märkische Allee", "12681", 52.536, 13.548),
)


class QuickSolver:
    """The real engine with few iterations, always from the same seed: fast and repeatable."""

    def __init__(self, iterations: int = 30) -> None:
        self.engine: Solver = PyvrpSolver(StraightLine())
        self.iterations = iterations

    def solve(
        self,
        problem: Problem,
        *,
        seconds: float | None = None,
        iterations: int | None = None,
        seed: int = 1,
        start: Start | None = None,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> Plan:
        """The engine's plan after so many iterations, whatever time is granted."""
        del seconds, iterations
        return self.engine.solve(
            problem,
            iterations=self.iterations,
            seed=seed,
            start=start,
            on_progress=on_progress,
            cancel=cancel,
        )


def book() -> LinkBook:
    """The links of a house under test."""
    return LinkBook(
        secret_key=houses.SECRET,
        old_secret_keys=(),
        url="http://localhost",
        valid=timedelta(days=30),
    )


def roads() -> StraightLine:
    """The travel times of a house without a road engine."""
    return StraightLine()


def packed(employee: Employee, kit_type: KitType) -> Kit:
    """A packed kit of new items for this person."""
    tags = []
    for line in kit_type.lines:
        tags += [
            kits.add_item(
                f"T-{makers.number():05d}", line.kind, by=IT, litres=30, weight_g=6000
            ).asset_tag
            for _ in range(line.count)
        ]
    kit = kits.give_kit(employee.id, kit_type.id, by=IT, tags=tags)
    return kits.pack_kit(kit.id, by=IT)


def people(count: int = 6) -> list[Employee]:
    """So many people all over town, each with a packed kit in two boxes."""
    kit_type = makers.kit_type()
    made = []
    for name, street, postcode, lat, lon in HOMES[:count]:
        employee = makers.employee(name, street=street, postcode=postcode, lat=lat, lon=lon)
        packed(employee, kit_type)
        made.append(employee)
    return made


def at_home(employee: Employee, on: date, start: int, end: int) -> None:
    """Write down that somebody is at home then."""
    db.session.add(
        AtHome(
            employee_id=employee.id,
            on_date=on,
            start_min=start,
            end_min=end,
            said_at=TODAY,
        )
    )
    db.session.flush()


def shifts(count: int = 2) -> list[Shift]:
    """A depot, and one van that drives on so many days from Monday on."""
    makers.depot()
    van = makers.van()
    return [makers.shift(of=van, on=MONDAY + timedelta(days=n)) for n in range(count)]


def asked(of: Sequence[int]) -> int:
    """A plan that is asked for, not answered yet."""
    job = service.ask_for_plan(of, seconds=5, by=IT)
    return int(job.args["plan"])


def work(solver: Solver | None = None) -> int:
    """Let the worker do all plans that are due."""
    return worker.work_off(jobs.handlers(lambda: solver or QuickSolver()))


def planned(shift_ids: Sequence[int]) -> int:
    """The whole way from question to answer; gives back the plan's number."""
    with unit_of_work():
        plan_id = asked(shift_ids)
    assert work() == 1
    return plan_id


def taken(plan_id: int) -> list[Run]:
    """The runs of a plan."""
    return service.take_plan(plan_id, by=IT)
