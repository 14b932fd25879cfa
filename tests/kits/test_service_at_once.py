"""What there may be only once, written by two people at the same moment."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from flask import Flask

from hoffice.accounts.rules import Role
from hoffice.clock import today
from hoffice.kits import queries
from hoffice.kits.queries import counting as counts
from hoffice.kits.rules import ItemKind, LocationKind
from hoffice.kits.service import catalogue, changing, counting, desk_changes, desk_scans, teardown
from hoffice.kits.service.stock import ItemFacts
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.races import Meeting, at_once, meet_after

BY = makers.IT


@pytest.mark.parametrize("of_a_place", [False, True])
def test_one_place_is_counted_once_however_many_begin(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch, *, of_a_place: bool
) -> None:
    with given():
        [shelf] = catalogue.add_locations("Regal 1", 1, LocationKind.SHELF, by=BY)
        place_id = shelf.id if of_a_place else None
    meet_after(monkeypatch, counts, "open_count_of", Meeting())

    def begin() -> object:
        return counting.begin("Herbst", location_id=place_id, by=BY)

    said = at_once(app, begin, begin)

    assert sorted(said) == [
        "done",
        "“Herbst” counts the same already. Close it first.",
    ]


def test_a_count_goes_on_or_another_one_begins(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        owner_id = makers.account(Role.IT).id
        closed = counting.begin("Herbst", location_id=None, by=BY)
        counting.close(closed.id, owner_id=owner_id, due_on=today(), by=BY)
        closed_id = closed.id
    meet_after(monkeypatch, counts, "open_count_of", Meeting())

    said = at_once(
        app,
        lambda: counting.resume(closed_id, by=BY),
        lambda: counting.begin("Winter", location_id=None, by=BY),
    )

    assert sorted(answer == "done" for answer in said) == [False, True]
    with app.app_context():
        assert sum(count.closed_at is None for count in counts.counts()) == 1


def test_two_devices_never_get_the_same_serial_number(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        mice = [item.id for item in scene.in_stock(ItemKind.MOUSE, ItemKind.MOUSE)]
    meet_after(monkeypatch, queries, "tags_with_serial", Meeting())
    facts = ItemFacts(kind=ItemKind.MOUSE, serial="SN-1")

    said = at_once(app, *(partial(changing.change_item, one, facts, by=BY) for one in mice))

    assert sorted(answer == "done" for answer in said) == [False, True]
    with app.app_context():
        assert len(queries.tags_with_serial("SN-1")) == 1


def test_two_desks_never_note_the_same_serial_number(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kit_type_id = makers.kit_type().id
        desks = []
        for name, mouse in zip(
            ("Ada Ott", "Bo Rau"), scene.in_stock(ItemKind.MOUSE, ItemKind.MOUSE), strict=True
        ):
            found = teardown.begin(makers.employee(name).id, kit_type_id, by=BY)
            desk_scans.scan(found.id, str(uuid4()), mouse.asset_tag, by=BY)
            desks.append((found.id, mouse.id))
    meet_after(monkeypatch, queries, "tags_with_serial", Meeting())

    said = at_once(
        app,
        *(partial(desk_changes.note_serial, *desk, "SN-1", by=BY) for desk in desks),
    )

    assert sorted(answer == "done" for answer in said) == [False, True]
    with app.app_context():
        assert len(queries.tags_with_serial("SN-1")) == 1
