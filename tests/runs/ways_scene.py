"""What the tests of pick-ups and parcels share: an office with hours, people who wait."""

from __future__ import annotations

from datetime import date

from hoffice.runs import service
from hoffice.runs.models import Counter, Stop
from hoffice.runs.rules import Way
from tests import makers
from tests.runs import scene

NINE, TEN = 9 * 60, 10 * 60
TUESDAY = scene.TUESDAY


def waiting(count: int = 2) -> list[Stop]:
    """So many people with a packed kit and a stop that goes by van, in an office with a depot."""
    makers.depot()
    return [service.propose_stop(employee.id, by=scene.IT) for employee in scene.people(count)]


def hours(on: date = TUESDAY, *, start: int = NINE, end: int = TEN, places: int = 1) -> Counter:
    """Hours at the counter, stored."""
    return service.open_counter(on, start_min=start, end_min=end, places=places, by=scene.IT)


def collecting(count: int = 2) -> list[int]:
    """The numbers of the stops of so many people who come to the office."""
    stops = waiting(count)
    for stop in stops:
        service.set_way(stop.id, Way.OFFICE, by=scene.IT)
    return [stop.id for stop in stops]


def book(stop_id: int, counter_id: int, start: int = NINE) -> None:
    """Somebody comes then, as IT writes down on the phone."""
    service.book(stop_id, counter_id, start, by=scene.IT, links=scene.book())
