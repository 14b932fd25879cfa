"""The first days of the story, done again by the deeds that people use, each at its moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from hoffice import clock
from hoffice.accounts import links
from hoffice.accounts import queries as accounts
from hoffice.accounts.rules import TokenKind
from hoffice.agreements import service as papers
from hoffice.agreements.rules import PaperKind
from hoffice.demo.cast.things import Lack, Person, Stage
from hoffice.demo.loading.campaign import Campaign
from hoffice.demo.loading.clients import Clients
from hoffice.demo.loading.custody import Custody
from hoffice.demo.loading.desks import Desks
from hoffice.demo.loading.roads import make_run
from hoffice.demo.loading.scene import DRIVER, HR, IT, OTHER_DRIVER, Scene
from hoffice.demo.loading.signatures import drawn
from hoffice.demo.loading.sittings import Sittings
from hoffice.demo.loading.timetable import (
    WHOLE_PACKS,
    Deed,
    Entry,
    runs_by_day,
    timetable,
)
from hoffice.demo.loading.ways import Ways
from hoffice.handover import queries as visits
from hoffice.handover import service as handover
from hoffice.handover.rules import ItemOutcome, ReceiptAnswer
from hoffice.handover.service import Confirmed, Said
from hoffice.people import queries as people
from hoffice.people import service as people_deeds
from hoffice.people.models import Employee
from hoffice.runs import queries as runs
from hoffice.runs import service as run_deeds
from hoffice.runs.models import Run, Stop
from hoffice.runs.rules import StopState
from hoffice.runs.service.stops import propose
from hoffice.units import Actor

PLAN_SECONDS = 3
PLANNED_DAYS = (3, 4)
"""Days whose shifts are free; a plan for them is asked for at the end."""
AT_HOME_DAYS = 8
WANT_A_STOP = frozenset({Stage.READY, Stage.SIGNED, Stage.PACKED})
"""Whoever has said when somebody is home, and has not declined."""
FIRST_PAPERS = (PaperKind.ADDENDUM, PaperKind.DATA_PROTECTION)
"""With these the move began; the other papers were written during its first days."""


@dataclass
class History:
    """What has happened, entry by entry; each can be done again without being done twice."""

    scene: Scene

    def __post_init__(self) -> None:
        cast = self.scene.cast
        self.entries: list[Entry] = sorted(timetable(cast), key=self.moment)
        self._people: dict[str, Person] = {person.number: person for person in cast.people}
        self._loads = runs_by_day(cast)
        self._day_of = {
            stop.person: day
            for day, loads in self._loads.items()
            for load in loads
            for stop in load.stops
        }
        self._deeds: dict[Deed, Callable[[Entry], None]] = {
            Deed.INVITE: self._invite,
            Deed.ANSWER: self._answer,
            Deed.PROMISE: self._promise,
            Deed.LOAD: self._load,
            Deed.START: self._start,
            Deed.DELIVER: self._deliver,
            Deed.RECEIVE: self._receive,
            Deed.REMIND: self._remind,
            **Desks(self.scene).deeds,
            **Sittings(self.scene, self._people).deeds,
            **Ways(self.scene, self._people).deeds,
            **Campaign(self.scene).deeds,
            **Clients(self.scene).deeds,
            **Custody(self.scene).deeds,
            Deed.PROPOSE: self._propose,
            Deed.PLAN: self._plan,
        }

    def moment(self, entry: Entry) -> datetime:
        """When this happened; what is told of today, at the latest when the demo was made."""
        put_off = self.scene.later_today if entry.day == 0 and entry.deed in ON_THE_ROAD else 0
        return self.scene.moment(entry.day, min(entry.minute + put_off, 24 * 60 - 1))

    def do(self, entry: Entry) -> None:
        """Do one entry; the clock has to stand at its moment."""
        self._deeds[entry.deed](entry)

    def _employee(self, number: str) -> Employee:
        found = people.by_number(number)
        if found is None:
            raise LookupError(number)
        return found

    # In the office

    def _invite(self, entry: Entry) -> None:
        papers.send_pack(
            self._employee(entry.who).id,
            store=self.scene.store,
            book=self.scene.book,
            by=self.scene.actor(HR),
            signer_name="Svenja Adler",
            terms=self.scene.terms,
            allow_unapproved=True,
            kinds=None if entry.who in WHOLE_PACKS else FIRST_PAPERS,
        )

    def _remind(self, entry: Entry) -> None:
        papers.remind(self._employee(entry.who).id, book=self.scene.book, by=self.scene.actor(HR))

    # At home, on the phone

    def _answer(self, entry: Entry) -> None:
        employee = self._employee(entry.who)
        self._open_link(employee)
        me = Actor.employee(employee.id)
        people_deeds.confirm_home(employee.id, by=me)
        people_deeds.say_at_home(employee.id, self._spans(self._people[entry.who]), by=me)

    def _open_link(self, employee: Employee) -> None:
        holder = str(Actor.employee(employee.id))
        link = accounts.open_link_of(holder, clock.now())
        if link is not None:
            token = self.scene.book.token(TokenKind.PERSONAL, link.id, link.nonce)
            links.open_link(token, book=self.scene.book)

    def _spans(self, person: Person) -> list[tuple[date, int, int]]:
        """When somebody says to be at home: the day of the own run, or most of the next days."""
        days = self.scene.days
        today = clock.today()
        run_day = self._day_of.get(person.number)
        if run_day is not None:
            return [(days.on(run_day), 7 * 60, 22 * 60)]
        number = int(person.number)
        hours = ((8 * 60, 13 * 60), (12 * 60, 18 * 60), (8 * 60, 17 * 60))[number % 3]
        wanted = [days.on(day) for day in range(AT_HOME_DAYS) if (number + day) % 4]
        return [(day, *hours) for day in wanted if day >= today]

    def _receive(self, entry: Entry) -> None:
        employee = self._employee(entry.who)
        visit = visits.open_receipt_of(employee.id)
        if visit is None:
            return
        handover.confirm_receipt(
            visit.id,
            {line.item_id: Confirmed(ReceiptAnswer.YES) for line in visit.lines},
            employee_id=employee.id,
            by=Actor.employee(employee.id),
            store=self.scene.store,
            company=self.scene.company,
        )

    # On the road

    def _run(self, day: int) -> Run | None:
        found = runs.runs_on(self.scene.days.on(day))
        return found[0] if found else None

    def _driver(self, day: int) -> Actor:
        return self.scene.actor(DRIVER if day >= 0 else OTHER_DRIVER)

    def _promise(self, entry: Entry) -> None:
        day, by = int(entry.who), self.scene.actor(IT)
        if self._run(day) is None:
            run = make_run(self.scene, day, self._loads[day], by=by)
            run_deeds.promise_run(run.id, by=by, book=self.scene.book)

    def _load(self, entry: Entry) -> None:
        run = self._run(int(entry.who))
        for stop in reversed(run.stops if run is not None else []):
            for box in stop.kit.boxes:
                handover.load_box(
                    box.code, run_id=stop.run_id or 0, by=self._driver(int(entry.who))
                )

    def _start(self, entry: Entry) -> None:
        run = self._run(int(entry.who))
        if run is not None:
            handover.start(run.id, by=self._driver(int(entry.who)))

    def _deliver(self, entry: Entry) -> None:
        employee = self._employee(entry.who)
        stop = runs.open_stop_of(employee.id)
        if stop is None or stop.state is not StopState.UNDER_WAY:
            return
        handover.deliver(
            stop.id,
            self._said_at_the_door(entry.who, stop),
            received_by=employee.name,
            strokes=drawn(employee.name),
            note="",
            by=self._driver(entry.day),
            store=self.scene.store,
            company=self.scene.company,
        )

    def _said_at_the_door(self, number: str, stop: Stop) -> dict[int, Said]:
        lacks = {one.asset_tag: one for one in self.scene.cast.shortfalls if one.person == number}
        said: dict[int, Said] = {}
        for row in stop.kit.kit_items:
            lack = lacks.get(row.item.asset_tag)
            if lack is None:
                said[row.item_id] = Said(ItemOutcome.GIVEN)
            elif lack.lack is Lack.MISSING:
                said[row.item_id] = Said(ItemOutcome.MISSING, lack.note)
            else:
                said[row.item_id] = Said(ItemOutcome.DAMAGED, lack.note)
        return said

    # What comes next

    def _propose(self, entry: Entry) -> None:
        """A stop for every kit whose person is on the way; the others wait for one more click."""
        del entry
        by = self.scene.actor(IT)
        for kit in runs.kits_without_stop():
            person = self._people.get(kit.employee.personnel_number)
            if person is not None and person.stage in WANT_A_STOP and kit.employee.home is not None:
                propose(kit, by=by)

    def _plan(self, entry: Entry) -> None:
        """Ask the planner for the next free days, so that somebody can look at its answer."""
        del entry
        if runs.newest_plans(limit=1):
            return
        on = {self.scene.days.on(day) for day in PLANNED_DAYS}
        free = [shift.id for shift in runs.shifts(min(on), to_date=max(on)) if shift.run is None]
        run_deeds.ask_for_plan(free, seconds=PLAN_SECONDS, by=self.scene.actor(IT))


ON_THE_ROAD = frozenset({Deed.LOAD, Deed.START, Deed.DELIVER, Deed.RECEIVE})
