"""The whole demo, played to its end: every kit and every device has a history that can be so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select

from hoffice import clock
from hoffice.db import db
from hoffice.demo import service
from hoffice.demo.cast.stock import WARRANTY_MONTHS
from hoffice.demo.models import DemoMark
from hoffice.factory import create_app
from hoffice.handover.models import Handover
from hoffice.kits.models import (
    CustodyEntry,
    Holding,
    Item,
    Kit,
    KitItem,
    Location,
    Return,
    Teardown,
)
from hoffice.kits.rules import BoxState, HolderKind, warranty_end
from hoffice.kits.views.naming import PAPERS
from hoffice.people.models import Employee
from hoffice.runs.models import Parcel, Run, Van
from tests import houses
from tests.browser import live

SATURDAY = 5
FIRST_HOUR, LAST_HOUR = 7, 18
SOONEST, LATEST = timedelta(days=1), timedelta(days=7)
"""So long after its purchase a device was taken in."""
MANY_TICKS = timedelta(milliseconds=1)
"""Lines of one device in one moment follow one another by ticks, also in a demo made at night."""
NAMED = {
    "item": Item,
    "lost": Item,
    "repair": Item,
    "repaired": Item,
    "location": Location,
    "teardown": Teardown,
    "run": Run,
    "handover": Handover,
    "parcel": Parcel,
    "return": Return,
    "correction": CustodyEntry,
}
"""What the word of a reason names."""
HOLDERS = {
    HolderKind.EMPLOYEE: Employee,
    HolderKind.DESK: Location,
    HolderKind.REPAIR: Location,
    HolderKind.VAN: Van,
    HolderKind.PARCEL: Parcel,
}
WITH_BOX = {
    BoxState.OPEN: HolderKind.STOCK,
    BoxState.PACKED: HolderKind.STOCK,
    BoxState.RELEASED: HolderKind.STOCK,
    BoxState.LOADED: HolderKind.VAN,
    BoxState.HANDED_OVER: HolderKind.EMPLOYEE,
    BoxState.RETURNED: HolderKind.STOCK,
}
"""Who has what lies in a box, by how far the box has come."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Flask]:
    """The house of the demo as ``make run`` makes it, with all its days."""
    folder = tmp_path_factory.mktemp("whole-demo")
    assert pytestconfig.cache is not None
    live.demo_in(folder, pytestconfig.cache.mkdir("hoffice-demo"))
    app = create_app(houses.settings(f"sqlite:///{folder / live.DATABASE}", folder, demo=True))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def made(demo: Flask) -> Iterator[DemoMark]:
    """When the demo was made."""
    with demo.app_context():
        found = service.mark()
        assert found is not None
        yield found


def histories() -> dict[int, list[CustodyEntry]]:
    """The lines of each device that count, the oldest first: without those that were corrected."""
    lines = db.session.scalars(select(CustodyEntry).order_by(CustodyEntry.at, CustodyEntry.id))
    every = lines.all()
    wrong = {line.corrects_id for line in every}
    found = defaultdict(list)
    for line in every:
        if line.id not in wrong:
            found[line.item_id].append(line)
    return found


@pytest.mark.usefixtures("made")
def test_each_of_the_140_people_has_exactly_one_kit() -> None:
    people = db.session.scalars(select(Employee.id).order_by(Employee.id)).all()
    kits = db.session.scalars(select(Kit).order_by(Kit.employee_id)).all()

    assert len(people) == 140
    assert [kit.employee_id for kit in kits] == people
    assert {kit.dissolved_at for kit in kits} == {None}
    desks = {desk.kit_id: desk for desk in db.session.scalars(select(Teardown))}
    assert desks.keys() == {kit.id for kit in kits}
    half = {kit_id for kit_id, desk in desks.items() if desk.done_at is None}
    assert len(half) == 10
    assert {kit.id for kit in kits if any(box.state is BoxState.OPEN for box in kit.boxes)} == half
    standing = select(Holding.holder_id).where(Holding.holder_kind == HolderKind.DESK)
    assert {desks[kit_id].location_id for kit_id in half} <= {*db.session.scalars(standing)}


@pytest.mark.usefixtures("made")
def test_no_device_is_in_two_hands_or_two_boxes() -> None:
    items = db.session.scalars(select(Item.id).order_by(Item.id)).all()
    held = db.session.scalars(select(Holding.item_id).order_by(Holding.item_id)).all()
    packed = db.session.scalars(select(KitItem)).all()

    assert held == items
    assert len({row.item_id for row in packed}) == len(packed)
    for row in packed:
        holding = row.item.holding
        assert holding is not None
        assert row.box is not None
        assert holding.holder_kind is WITH_BOX[row.box.state], row.item.asset_tag
        if holding.holder_kind is HolderKind.EMPLOYEE:
            assert holding.holder_id == row.kit.employee_id


@pytest.mark.usefixtures("made")
def test_every_device_came_from_its_purchase_to_where_it_is_without_a_gap() -> None:
    items = {item.id: item for item in db.session.scalars(select(Item))}
    told = histories()

    assert told.keys() == items.keys()
    for item_id, lines in told.items():
        item, first, last = items[item_id], lines[0], lines[-1]
        assert (first.from_kind, first.because) == (None, f"item:{item_id}")
        assert item.bought_on is not None
        assert item.bought_on.weekday() < SATURDAY, item.asset_tag
        assert SOONEST <= first.at.date() - item.bought_on <= LATEST, item.asset_tag
        assert item.warranty_until == warranty_end(item.bought_on, WARRANTY_MONTHS)
        for before, after in pairwise(lines):
            assert (after.from_kind, after.from_id) == (before.to_kind, before.to_id)
            assert after.at > before.at, item.asset_tag
        held = item.holding
        assert held is not None
        assert (held.holder_kind, held.holder_id) == (last.to_kind, last.to_id)
        assert (held.entry_id, held.since) == (last.id, last.at)


@pytest.mark.usefixtures("made")
def test_every_line_of_the_ledger_has_a_reason_and_a_holder_that_are_there() -> None:
    known = {
        model: {*db.session.scalars(select(model.id))}  # type: ignore[attr-defined]
        for model in {*NAMED.values(), *HOLDERS.values()}
    }
    for line in db.session.scalars(select(CustodyEntry)):
        word, _colon, number = line.because.partition(":")
        assert word in PAPERS
        assert int(number) in known[NAMED[word]], line.because
        if line.to_kind in HOLDERS:
            assert line.to_id in known[HOLDERS[line.to_kind]], line.because


def test_everything_happened_while_somebody_was_at_work(made: DemoMark) -> None:
    """Whenever the demo is made: only what is told of today may lie at the hour of its making."""
    for line in db.session.scalars(select(CustodyEntry)):
        at = line.at.astimezone(clock.BERLIN)
        if at.date() < made.day_three:
            assert at.weekday() < SATURDAY
            assert FIRST_HOUR <= at.hour < LAST_HOUR, line.because
        assert line.at <= line.recorded_at <= made.made_at + MANY_TICKS
