"""Whoever gets the kit without the van: hours at the office, bookings, handovers, parcels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hoffice.demo.cast.things import Person
from hoffice.demo.cast.things import Way as StoryWay
from hoffice.demo.loading.scene import IT, Scene
from hoffice.demo.loading.signatures import drawn
from hoffice.demo.loading.timetable import Deed, Entry, pickup_day
from hoffice.handover import service as handover
from hoffice.handover.rules import ItemOutcome
from hoffice.handover.service import Said
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.runs import queries, service
from hoffice.runs.models import Stop
from hoffice.runs.rules import StopState, Way
from hoffice.units import Actor

MORNING, AFTERNOON = (9 * 60, 12 * 60), (14 * 60, 17 * 60)
PLACES = 2
"""So many people may come in each quarter of an hour."""
WAYS = {StoryWay.PICK_UP: Way.OFFICE, StoryWay.PARCEL: Way.PARCEL}


@dataclass
class Ways:
    """The deeds of pick-ups and parcels; each can be done again without being done twice."""

    scene: Scene
    cast: Mapping[str, Person]

    @property
    def deeds(self) -> dict[Deed, Callable[[Entry], None]]:
        """Which function does which deed."""
        return {
            Deed.OPEN_COUNTER: self._open_counter,
            Deed.WAY: self._choose,
            Deed.BOOK: self._book,
            Deed.HAND_OUT: self._hand_out,
            Deed.POST: self._post,
            Deed.ARRIVE: self._arrive,
        }

    def _put_off(self, day: int) -> int:
        """Today's hours lie as much later as today's run, so that somebody is still to come."""
        return self.scene.later_today if day == 0 else 0

    def _open_counter(self, entry: Entry) -> None:
        day = int(entry.who)
        on = self.scene.days.on(day)
        if queries.counters(on, to_date=on):
            return
        later = self._put_off(day)
        for start, end in (MORNING, AFTERNOON):
            service.open_counter(
                on,
                start_min=start + later,
                end_min=end + later,
                places=PLACES,
                by=self.scene.actor(IT),
            )

    def _employee(self, number: str) -> Employee:
        found = people.by_number(number)
        if found is None:
            raise LookupError(number)
        return found

    def _stop(self, number: str, *states: StopState) -> Stop | None:
        stop = queries.open_stop_of(self._employee(number).id)
        return stop if stop is not None and stop.state in states else None

    def _choose(self, entry: Entry) -> None:
        by, employee = self.scene.actor(IT), self._employee(entry.who)
        if queries.stops_of(employee.id):
            return
        stop = service.propose_stop(employee.id, by=by)
        service.set_way(stop.id, WAYS[self.cast[entry.who].way], by=by, links=self.scene.book)

    def _book(self, entry: Entry) -> None:
        person = self.cast[entry.who]
        stop = self._stop(entry.who, StopState.PROPOSED)
        if stop is None or person.journey.window is None:
            return
        day = pickup_day(person)
        on = self.scene.days.on(day)
        start = person.journey.window.start.hour * 60 + self._put_off(day)
        counter = next(
            one for one in queries.counters(on, to_date=on) if one.start_min <= start < one.end_min
        )
        me = Actor.employee(stop.employee_id)
        service.book(stop.id, counter.id, start, by=me, links=self.scene.book)

    def _hand_out(self, entry: Entry) -> None:
        stop = self._stop(entry.who, StopState.PROMISED)
        if stop is None:
            return
        employee = self._employee(entry.who)
        handover.deliver(
            stop.id,
            {row.item_id: Said(ItemOutcome.GIVEN) for row in stop.kit.kit_items},
            received_by=employee.name,
            strokes=drawn(employee.name),
            note="",
            by=self.scene.actor(IT),
            store=self.scene.store,
            company=self.scene.company,
        )

    def _post(self, entry: Entry) -> None:
        stop = self._stop(entry.who, StopState.PROPOSED)
        parcel = next(one for one in self.scene.cast.parcels if one.person == entry.who)
        if stop is not None:
            handover.post(
                stop.id,
                parcel.carrier,
                parcel.tracking_number,
                by=self.scene.actor(IT),
                links=self.scene.book,
            )

    def _arrive(self, entry: Entry) -> None:
        stop = self._stop(entry.who, StopState.UNDER_WAY)
        if stop is not None:
            handover.arrive(
                stop.id,
                by=Actor.employee(stop.employee_id),
                store=self.scene.store,
                company=self.scene.company,
            )
