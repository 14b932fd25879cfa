"""Whatever people do with devices, each has one holder, and it is the one its ledger says."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoffice.db import db, start_writing
from hoffice.errors import Refused
from hoffice.kits import queries, service
from hoffice.kits.models import Item, Kit
from hoffice.kits.rules import STOCK, BoxState, Holder, HolderKind, ItemKind
from tests import makers
from tests.kits import scene

BY = makers.IT
PEOPLE = 2
number = st.integers(0, 11)
deeds = st.lists(
    st.tuples(
        st.sampled_from(
            ("give", "put", "take", "swap", "pack", "unpack", "release", "load", "hand", "dissolve")
        ),
        st.integers(0, PEOPLE - 1),
        number,
        number,
    ),
    max_size=14,
)
HOLDERS = (HolderKind.EMPLOYEE, HolderKind.VAN, HolderKind.STOCK, HolderKind.LOST)


class House:
    """A small house: two people, one kit type, twelve devices."""

    def __init__(self) -> None:
        self.people = [makers.employee(f"Person {n}").id for n in range(PEOPLE)]
        self.kit_type_id = scene.stocked(sets=2).id
        scene.in_stock(ItemKind.DOCK, ItemKind.MOUSE)
        self.items = sorted(item.id for item in queries.held_by(STOCK))[-12:]

    def kit(self, person: int) -> Kit:
        """The present kit of a person; a deed without one is refused."""
        found = queries.kit_of(self.people[person])
        if found is None:
            raise Refused("no kit")
        return found

    def item(self, which: int) -> Item:
        """One of the twelve."""
        return queries.item(self.items[which])

    def do(self, deed: str, person: int, one: int, other: int) -> None:
        """One deed; refused ones leave nothing behind."""
        with suppress(Refused), db.session.begin_nested():
            self._do(deed, person, one, other)

    def _do(self, deed: str, person: int, one: int, other: int) -> None:
        match deed:
            case "give":
                service.give_kit(self.people[person], self.kit_type_id, by=BY)
            case "put":
                service.add_to_kit(self.kit(person).id, self.item(one).asset_tag, by=BY)
            case "take":
                service.take_out(self.kit(person).id, self.items[one], by=BY)
            case "swap":
                tag = self.item(other).asset_tag
                service.swap_item(self.kit(person).id, self.items[one], tag, by=BY)
            case "pack":
                service.pack_kit(self.kit(person).id, by=BY)
            case "unpack":
                service.unpack_box(self.kit(person).boxes[one % 2].id, by=BY)
            case "release":
                service.release_boxes(self.kit(person).id, "[]", by=BY)
            case "load":
                box = self.kit(person).boxes[one % 2]
                service.set_box_state(box, BoxState.LOADED, by=BY)
                held = [row.item_id for row in box.kit_items]
                service.hand_to(held, Holder(HolderKind.VAN, 1), by=BY, because="run:1")
            case "hand":
                kind = HOLDERS[other % len(HOLDERS)]
                to = Holder(kind, 0 if kind in {HolderKind.STOCK, HolderKind.LOST} else 1)
                service.hand_to([self.items[one]], to, by=BY, because="note")
            case _:
                assert deed == "dissolve"
                service.dissolve_kit(self.kit(person).id, by=BY)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deeds)
def test_each_device_has_one_holder_and_one_kit_at_most(
    app: Flask, planned: list[tuple[str, int, int, int]]
) -> None:
    with app.app_context():
        start_writing()
        house = House()
        for deed in [("give", 0, 0, 0), *planned]:
            house.do(*deed)
        scene.assert_order()
        db.session.rollback()
