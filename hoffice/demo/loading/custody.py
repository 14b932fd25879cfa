"""What becomes of single devices beside the moves: counted, lost, exchanged, repaired, passed on.

All of it happened on the working days before today, at hours in which somebody was there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import exists, select

from hoffice import clock
from hoffice.db import db
from hoffice.demo.cast import stock
from hoffice.demo.cast.things import Lack
from hoffice.demo.loading.scene import HR, IT, OTHER_IT, Scene
from hoffice.demo.loading.timetable import BROKEN_AT, Deed, Entry
from hoffice.kits import queries as kits
from hoffice.kits.models import CustodyEntry, Item, Return
from hoffice.kits.queries import bulk, damage_cases
from hoffice.kits.queries import counting as counts
from hoffice.kits.queries import home_checks as checks
from hoffice.kits.queries import returning as returns
from hoffice.kits.queries import transfers as transfers_of
from hoffice.kits.rules import (
    AfterCheck,
    Holder,
    HolderKind,
    HomeAnswer,
    ItemKind,
    ItemState,
    LocationKind,
    ReturnReason,
    WhoPays,
)
from hoffice.kits.service import (
    asking_back,
    counting,
    damages,
    exchanging,
    fate,
    home_checks,
    returning,
    transfers,
)
from hoffice.kits.service.handing_goods import hand_goods
from hoffice.kits.service.ledger import correct
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.units import Actor

COUNTED = "B-289"
"""The desk that is counted: nobody's, and its last device is not found."""
COUNTING, NEXT_TO_IT = "B-277", "B-279"
"""The desk whose count is still open, and the one whose mouse lies there."""
LABEL_OF_ANOTHER_HOUSE = "LEASE-40718"
"""Stands on something that the house does not know."""
WRONG_DESK, RIGHT_DESK = "B-213", "B-215"
"""Two desks that are nobody's; the ledger had a device at the one that stands at the other."""
DUE_DAYS = 10
MIXED_UP = "Steht nebenan, beim Aufbau verwechselt."
SEARCHED = "Im Karton, im Bus und im Lager gesucht."
OUR_FAULT = "Lag nicht im Karton, und gepackt hatten wir."
LOOSE = "Wackelkontakt am Kabel."
CRACK = "Riss oben links im Bildschirm."
BUZZES = "Brummt auf dem linken Ohr."
RATTLES = "Für das, das knackt, bis ein neues da ist."
NO_LINE = "Der Anschluss zu Hause ist zu langsam."
FAR_FROM_ROUTER = "Der Router steht zwei Zimmer weiter."
CABLE = stock.SMALL_PARTS[0].name
MORE_CABLES = 2


@dataclass
class Custody:
    """The deeds about single devices; each can be done again without being done twice."""

    scene: Scene

    @property
    def deeds(self) -> dict[Deed, Callable[[Entry], None]]:
        """Which function does which deed."""
        return {
            Deed.CORRECT: self._correct,
            Deed.LOSE: self._lose,
            Deed.DECIDE: self._decide,
            Deed.EXCHANGE: self._exchange,
            Deed.REPAIR: self._repair,
            Deed.SWAP: self._swap,
            Deed.CHECK_HOMES: self._check,
            Deed.SAY_AT_HOME: self._say,
            Deed.HAND_ON: self._pass_on,
            Deed.SAY_GIVEN: self._say_given,
            Deed.COUNT_DESK: self._count,
            Deed.CLOSE_COUNT: self._close_count,
            Deed.COUNT_ON: self._count_on,
            Deed.GIVE_CABLES: self._give_cables,
            Deed.GIVE_BACK: self._give_back,
        }

    # In the house

    def _correct(self, entry: Entry) -> None:
        """A device was booked to the wrong desk when it was put up; the line is put right."""
        del entry
        wrong, right = _at_desk(WRONG_DESK), _desk(RIGHT_DESK)
        is_done = db.session.scalar(select(exists().where(CustodyEntry.corrects_id.is_not(None))))
        held = wrong[-1].holding if wrong and not is_done else None
        if held is not None and right is not None:
            correct(held.entry_id, right, note=MIXED_UP, by=self.scene.actor(OTHER_IT))

    def _lose(self, entry: Entry) -> None:
        """What was not in the box at the door is nowhere else either: it is lost."""
        item = self._missing(entry.who)
        if item is not None and item.state is not ItemState.LOST:
            fate.lose(item.id, note=SEARCHED, by=self.scene.actor(IT))

    def _decide(self, entry: Entry) -> None:
        item = self._missing(entry.who)
        for case in damage_cases.cases_of(item.id) if item is not None else ():
            if case.decided_at is None:
                by = self.scene.actor(HR)
                damages.decide(case.id, WhoPays.COMPANY, amount_cents=0, reason=OUR_FAULT, by=by)

    def _missing(self, number: str) -> Item | None:
        """The device that somebody missed at the door."""
        return next(
            (
                kits.item_by_tag(one.asset_tag)
                for one in self.scene.cast.shortfalls
                if one.person == number and one.lack is Lack.MISSING
            ),
            None,
        )

    def _count(self, entry: Entry) -> None:
        """Everything of a desk is seen but one device."""
        del entry
        desk, there, by = _desk(COUNTED), _at_desk(COUNTED), self.scene.actor(IT)
        if desk is None or not there or counts.counts():
            return
        made = counting.begin(f"Platz {COUNTED}", location_id=desk.id, by=by)
        for item in there[:-1]:
            counting.tick(made.id, item.id, by=by)

    def _close_count(self, entry: Entry) -> None:
        """Looking for what was not seen is somebody's task."""
        del entry
        desk, by = _desk(COUNTED), self.scene.actor(IT)
        found = counts.open_count_of(desk.id) if desk is not None else None
        if found is not None:
            counting.close(found.id, owner_id=by.id, due_on=self._due(), by=by)

    def _count_on(self, entry: Entry) -> None:
        """Another desk is half counted, and holds two things that nobody expected there."""
        del entry
        desk, there, by = _desk(COUNTING), _at_desk(COUNTING), self.scene.actor(OTHER_IT)
        if desk is None or not there or counts.open_count_of(desk.id) is not None:
            return
        made = counting.begin(f"Platz {COUNTING}", location_id=desk.id, by=by)
        strays = [item for item in _at_desk(NEXT_TO_IT) if item.kind is ItemKind.MOUSE]
        for item in (*there[:2], *strays):
            counting.tick(made.id, item.id, by=by)
        scan_id = str(uuid5(NAMESPACE_OID, f"{made.id} {LABEL_OF_ANOTHER_HOUSE}"))
        counting.scan(made.id, scan_id, LABEL_OF_ANOTHER_HOUSE, by=by)

    def _due(self) -> date:
        return clock.today() + timedelta(days=DUE_DAYS)

    # At the counter

    def _exchange(self, entry: Entry) -> None:
        """A headset is broken: another one goes home at once, and the record says so."""
        employee = people.by_number(entry.who)
        broken = _first(employee, ItemKind.HEADSET)
        if employee is None or broken is None or _returns_of(employee):
            return
        by = self.scene.actor(IT)
        exchanging.begin_swap(broken.id, ReturnReason.DEFECT, note=LOOSE, by=by)
        exchanging.exchange(
            broken.id,
            received_by=employee.name,
            condition="damaged",
            by=by,
            store=self.scene.store,
            company=self.scene.company,
        )

    def _give_cables(self, entry: Entry) -> None:
        """Whoever picks the boxes up takes more cables along."""
        employee = people.by_number(entry.who)
        good = bulk.good_by_name(CABLE)
        if employee is None or good is None or not _hers(employee):
            return
        held = bulk.holding(good.id, Holder(HolderKind.EMPLOYEE, employee.id))
        if held is not None and held.count > MORE_CABLES:
            return
        by = self.scene.actor(IT)
        hand_goods(employee.id, {good.id: MORE_CABLES}, {}, note=FAR_FROM_ROUTER, by=by)

    def _repair(self, entry: Entry) -> None:
        """What came back broken goes to the workshop."""
        employee = people.by_number(entry.who)
        shops = kits.locations_in_use(LocationKind.REPAIR)
        shop = next((one for one in shops if one.name == stock.WORKSHOP), None)
        if employee is None or shop is None:
            return
        waiting = [
            line.item.id
            for one in _returns_of(employee)
            for line in one.lines
            if line.item is not None and line.item.state is ItemState.TO_CHECK
        ]
        by = self.scene.actor(OTHER_IT)
        fate.settle(waiting, AfterCheck.REPAIR, repair_id=shop.id, by=by)

    def _give_back(self, entry: Entry) -> None:
        """Somebody comes back to the office: all is here again but the mouse."""
        employee = people.by_number(entry.who)
        if employee is None or returns.open_returns_of(employee.id):
            return
        mine = _hers(employee)
        if not mine:
            return
        by = self.scene.actor(IT)
        made = asking_back.begin(
            employee.id, ReturnReason.OFFICE, due_on=self._due(), note=NO_LINE, by=by
        )
        for item in mine:
            if item.kind is not ItemKind.MOUSE:
                returning.take_back(made.id, item.asset_tag, by=by)

    # At home

    def _swap(self, entry: Entry) -> None:
        """A monitor came broken: another one is kept at once, and the old one is asked for."""
        employee = people.by_number(entry.who)
        broken = [item for item in _hers(employee) if item.condition == "damaged"]
        if employee is not None and broken and not returns.open_returns_of(employee.id):
            by = self.scene.actor(IT)
            exchanging.begin_swap(broken[0].id, ReturnReason.DEFECT, note=CRACK, by=by)

    def _check(self, entry: Entry) -> None:
        """A few are asked what they have."""
        numbers = entry.who.split()
        asked = [one for number in numbers if (one := people.by_number(number)) is not None]
        if not any(_hers(one) for one in asked) or checks.newest_of(asked[0].id) is not None:
            return
        home_checks.begin(
            "Stichprobe nach der Übergabe",
            due_on=self._due(),
            wants_photo=False,
            employee_ids=[one.id for one in asked],
            team_id=None,
            by=self.scene.actor(IT),
            book=self.scene.book,
        )

    def _say(self, entry: Entry) -> None:
        """Somebody answers on the phone: all is there, and one thing may be broken."""
        employee = people.by_number(entry.who)
        asked = checks.newest_of(employee.id) if employee is not None else None
        if employee is None or asked is None or asked.answered_at is not None:
            return
        for item in _hers(employee):
            is_broken = entry.who == BROKEN_AT and item.kind is ItemKind.HEADSET
            answer = HomeAnswer.BROKEN if is_broken else HomeAnswer.YES
            line = home_checks.say(employee.id, item.id, answer)
            line.note = BUZZES if is_broken else ""
        home_checks.send(employee.id)

    def _pass_on(self, entry: Entry) -> None:
        """A headset is to go from one colleague to another."""
        giver, receiver = (people.by_number(number) for number in entry.who.split())
        headset = _first(giver, ItemKind.HEADSET)
        if giver is None or receiver is None or headset is None:
            return
        if transfers_of.open_transfers_of(giver.id):
            return
        transfers.propose(
            [headset.id],
            giver.id,
            receiver.id,
            note=RATTLES,
            by=self.scene.actor(IT),
            book=self.scene.book,
        )

    def _say_given(self, entry: Entry) -> None:
        """The giver says that it was handed over; the other has not said so yet."""
        giver = people.by_number(entry.who.split()[0])
        for made in transfers_of.open_transfers_of(giver.id) if giver is not None else ():
            if giver is not None and giver.id == made.from_id:
                transfers.confirm(made.id, employee_id=giver.id, by=Actor.employee(giver.id))


def _hers(employee: Employee | None) -> Sequence[Item]:
    if employee is None:
        return ()
    return kits.held_by(Holder(HolderKind.EMPLOYEE, employee.id))


def _first(employee: Employee | None, kind: ItemKind) -> Item | None:
    return next((item for item in _hers(employee) if item.kind is kind), None)


def _returns_of(employee: Employee) -> Sequence[Return]:
    """Begun or finished, all of somebody's."""
    return db.session.scalars(returns.returns().where(Return.employee_id == employee.id)).all()


def _desk(name: str) -> Holder | None:
    desks = kits.locations_in_use(LocationKind.DESK)
    found = next((one for one in desks if one.name == name), None)
    return None if found is None else Holder(HolderKind.DESK, found.id)


def _at_desk(name: str) -> Sequence[Item]:
    """What stands at a desk, the oldest first."""
    desk = _desk(name)
    return () if desk is None else kits.held_by(desk)
