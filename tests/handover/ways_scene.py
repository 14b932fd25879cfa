"""People who come to the office or get a parcel, for the page tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from hoffice import clock
from hoffice.accounts.links import link_for
from hoffice.people.rules import holder_of
from hoffice.runs import service
from hoffice.runs.rules import Way
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.handover import scene
from tests.pageclient import PageClient
from tests.runs.scene import book

NINE = 9 * 60


@dataclass(frozen=True, slots=True)
class Going:
    """One person's numbers."""

    kit_id: int
    stop_id: int
    employee_id: int


def going(
    given: Given, way: Way, name: str = "Ayşe Kaya", *, signed: bool = True, depot: bool = True
) -> Going:
    """Somebody whose packed kit goes this way."""
    with given():
        if depot:
            makers.depot()
        kit = scene.ready(name, signed=signed)
        stop = service.propose_stop(kit.employee_id, by=makers.IT)
        service.set_way(stop.id, way, by=makers.IT)
        return Going(kit.id, stop.id, kit.employee_id)


def hours(given: Given, *, days_ahead: int = 2, places: int = 1) -> int:
    """An hour at the counter, from nine to ten."""
    with given():
        day = clock.today() + timedelta(days=days_ahead)
        return service.open_counter(
            day, start_min=NINE, end_min=NINE + 60, places=places, by=makers.IT
        ).id


def booked(given: Given, stop_id: int, counter_id: int, start: int = NINE) -> None:
    """She has booked this quarter."""
    with given():
        service.book(stop_id, counter_id, start, by=makers.IT, links=book())


def phone_of(app: Flask, given: Given, employee_id: int) -> PageClient:
    """Her phone, after she has opened the link of her mail."""
    with given():
        link = link_for(
            holder_of(employee_id), book=book(), by=Actor.system(), employee_id=employee_id
        )
        link_id = link.id
    client = PageClient(app)
    client.be_holder(link_id)
    return client
