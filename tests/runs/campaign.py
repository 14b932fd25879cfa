"""A campaign under test: people with packed kits, planned runs from tomorrow on, invitations."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from hoffice.db import unit_of_work
from hoffice.people.models import Employee
from hoffice.places.travel.straight import StraightLine
from hoffice.runs import queries, service
from hoffice.runs.models import Shift, Stop
from hoffice.runs.service import slots
from hoffice.runs.service.offered import Choices
from hoffice.units import Actor
from tests import makers
from tests.runs import scene
from tests.runs.scene import IT
from tests.told import Told

ROADS = StraightLine()
TUESDAY = scene.TUESDAY
WEDNESDAY = TUESDAY + timedelta(days=1)
THURSDAY = TUESDAY + timedelta(days=2)


def shifts(*days: date) -> list[Shift]:
    """A depot, and one van on these days."""
    makers.depot()
    van = makers.van()
    return [makers.shift(of=van, on=day) for day in days]


def waiting(app: Flask, told: Told) -> list[int]:
    """Six people with packed kits and stops, one van on two days from Monday on; the shifts."""

    def tell(made: Flask) -> list[int]:
        with made.app_context(), unit_of_work():
            scene.people()
            shift_ids = [shift.id for shift in scene.shifts()]
            assert service.propose_missing(by=IT) == 6
            return shift_ids

    return list(told.into(app, "six who wait", tell))


def planned(app: Flask, told: Told, *days: date, count: int = 6) -> list[int]:
    """So many people all over town, planned on these days; the numbers of their stops."""
    return list(
        told.into(app, f"planned {count} {days}", lambda made: plan(made, *days, count=count))
    )


def plan(app: Flask, *days: date, count: int = 6) -> list[int]:
    """The same in a house in which something may have happened before."""
    with app.app_context(), unit_of_work():
        scene.people(count)
        shift_ids = [shift.id for shift in shifts(*(days or (TUESDAY, WEDNESDAY)))]
        service.propose_missing(by=IT)
    with app.app_context():
        plan_id = scene.planned(shift_ids)
        with unit_of_work():
            runs = scene.taken(plan_id)
            return sorted(stop.id for run in runs for stop in run.stops)


def me(stop: Stop) -> Actor:
    """The person of this stop."""
    return Actor.employee(stop.employee_id)


def offered(stop_id: int) -> Choices:
    """What this stop's person would see now."""
    return slots.windows_for(stop_id, roads=ROADS)


def take(choices: Choices, number: int = 0) -> None:
    """The person takes one of the windows."""
    stop = queries.stop(choices.stop_id)
    slots.choose(choices, number, roads=ROADS, by=me(stop), book=scene.book())


def person(stop_id: int) -> Employee:
    """Who is behind a stop."""
    return queries.stop(stop_id).employee
