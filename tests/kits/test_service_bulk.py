"""Counted goods: taken in, laid into kits, carried with the boxes, and never fewer than none."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from hoffice.db import db, start_writing
from hoffice.errors import Refused
from hoffice.gates import queries as gates
from hoffice.kits import queries, service
from hoffice.kits.models import BulkEntry, BulkGood, BulkHolding, Kit, KitGood, KitTypeGood
from hoffice.kits.queries import bulk as counted
from hoffice.kits.rules import STOCK, BoxState, Holder, HolderKind
from hoffice.kits.service import bulk
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.races import at_once

BY = makers.IT
LOST = Holder(HolderKind.LOST)


def _good(count: int = 0, name: str = "Network cable") -> BulkGood:
    made = bulk.add_good(bulk.GoodFacts(f"{name} {makers.number()}", weight_g=100), by=BY)
    if count:
        bulk.take_in(made.id, count, by=BY)
    return made


def _kit_with(good: BulkGood, count: int = 2, *, name: str = "Ayşe Kaya") -> Kit:
    """A kit whose type asks for so many of a good in its second box."""
    kit_type = scene.stocked()
    kit_type.goods.append(KitTypeGood(good_id=good.id, count=count, box_no=2))
    db.session.flush()
    return service.give_kit(makers.employee(name).id, kit_type.id, by=BY)


def _held(good_id: int, holder: Holder) -> int:
    found = counted.holding(good_id, holder)
    return found.count if found is not None else 0


def assert_balance() -> None:
    """What all holders have is what came into the house, and no holder lacks what a kit says."""
    db.session.flush()
    rows = db.session.execute(
        select(BulkEntry.good_id, func.sum(BulkEntry.count))
        .where(BulkEntry.from_kind.is_(None))
        .group_by(BulkEntry.good_id)
    ).all()
    came = {row[0]: row[1] for row in rows}
    db.session.expire_all()
    held: dict[int, int] = {}
    for row in db.session.scalars(select(BulkHolding)):
        assert row.count >= 0
        held[row.good_id] = held.get(row.good_id, 0) + row.count
        gone = _moved(BulkEntry.from_kind, BulkEntry.from_id, row)
        assert row.count == _moved(BulkEntry.to_kind, BulkEntry.to_id, row) - gone
    assert held == came
    bound = db.session.execute(
        select(
            KitGood.good_id, KitGood.holder_kind, KitGood.holder_id, func.sum(KitGood.count)
        ).group_by(KitGood.good_id, KitGood.holder_kind, KitGood.holder_id)
    ).all()
    for good_id, kind, number, count in bound:
        assert _held(good_id, Holder(kind, number)) >= count


def _moved(
    kind: InstrumentedAttribute[Any], number: InstrumentedAttribute[Any], row: BulkHolding
) -> int:
    return (
        db.session.scalar(
            select(func.coalesce(func.sum(BulkEntry.count), 0)).where(
                BulkEntry.good_id == row.good_id,
                kind == row.holder_kind,
                number == row.holder_id,
            )
        )
        or 0
    )


def test_a_kit_takes_its_goods_from_the_store_and_nobody_else_gets_them(
    app: Flask, given: Given
) -> None:
    with given():
        good = _good(3)
        first = _kit_with(good, 2)
        second = _kit_with(good, 2, name="Bo Rau")
        good_id, first_id, second_id, name = good.id, first.id, second.id, good.name

    with app.app_context():
        assert service.missing_goods(queries.kit(first_id)) == {}
        assert service.missing_goods(queries.kit(second_id)) == {name: 1}
        assert counted.free_goods([good_id]) == {good_id: 0}
        assert _held(good_id, STOCK) == 3
        assert [row.box.number for row in queries.kit(first_id).goods] == [2]
        assert_balance()


def test_a_lacking_cable_stops_packing_and_the_gate_until_it_is_filled_up(
    app: Flask, given: Given
) -> None:
    with given():
        good = _good(1)
        kit = _kit_with(good, 2)
        kit_id, good_id, person = kit.id, good.id, kit.employee_id
        with pytest.raises(Refused, match=rf"1\xa0×\xa0{good.name} missing"):
            service.pack_kit(kit_id, by=BY)
    with app.app_context():
        assert gates.facts_of([person])[person].missing_items == 1
        assert db.session.scalars(queries.kits().where(queries.is_incomplete())).unique().all()
    with pytest.raises(Refused, match="lies free in the store"), given():
        bulk.fill_up(kit_id, by=BY)

    with given():
        bulk.take_in(good_id, 5, by=BY)
        bulk.fill_up(kit_id, by=BY)
        service.pack_kit(kit_id, by=BY)

    with app.app_context():
        assert gates.facts_of([person])[person].missing_items == 0
        assert not db.session.scalars(queries.kits().where(queries.is_incomplete())).unique().all()
        assert counted.free_goods([good_id]) == {good_id: 4}


def test_what_is_laid_out_of_a_packed_box_opens_it_and_is_free_again(
    app: Flask, given: Given
) -> None:
    with given():
        good = _good(2)
        kit = _kit_with(good, 2)
        service.pack_kit(kit.id, by=BY)
        bulk.take_goods_out(kit.id, kit.goods[0].id, by=BY)
        with pytest.raises(Refused, match="not in the kit"):
            bulk.take_goods_out(kit.id, 4711, by=BY)
        kit_id, good_id = kit.id, good.id

    with app.app_context():
        states = [box.state for box in queries.kit(kit_id).boxes]
        assert states == [BoxState.PACKED, BoxState.OPEN]
        assert counted.free_goods([good_id]) == {good_id: 2}


def test_a_dissolved_kit_gives_its_goods_back_but_not_what_somebody_still_has(
    app: Flask, given: Given
) -> None:
    with given():
        good = _good(4)
        kit = _kit_with(good, 3)
        kit_id, person, good_id = kit.id, Holder(HolderKind.EMPLOYEE, kit.employee_id), good.id
        bulk.hand_goods_to(kit.boxes, person, by=BY, because="handover:1")
        bulk.move(good_id, person, STOCK, 2, by=BY, because="return:1")
        assert [row.count for row in kit.goods] == [1]
        service.dissolve_kit(kit_id, by=BY)

    with app.app_context():
        assert counted.free_goods([good_id]) == {good_id: 3}
        assert _held(good_id, person) == 1
        assert not queries.kit(kit_id).goods
        assert counted.goods_by_paper("handover:1") == {queries_name(good_id): 3}
        assert_balance()


def queries_name(good_id: int) -> str:
    """The name of a good."""
    return counted.good(good_id).name


def test_a_count_is_corrected_with_a_reason_and_only_by_who_saw_the_present_number(
    app: Flask, given: Given
) -> None:
    with given():
        good = _good(10)
        good_id = good.id
        for counted_now, expected, reason, why in (
            (8, 10, " ", "Say why"),
            (8, 9, "counted", "now there should be 10"),
            (10, 10, "counted", "nothing was changed"),
            (-1, 10, "counted", "Between 0"),
        ):
            with pytest.raises(Refused, match=why):
                bulk.correct(good_id, counted_now, expected=expected, reason=reason, by=BY)

        bulk.correct(good_id, 7, expected=10, reason="three are gone", by=BY)
        bulk.correct(good_id, 12, expected=7, reason="found behind the shelf", by=BY)

    with app.app_context():
        assert counted.free_goods([good_id]) == {good_id: 12}
        assert _held(good_id, LOST) == 0
        lines = [(line.from_kind, line.count, line.note) for line in counted.entries_of(good_id)]
        assert lines[0] == (None, 2, "found behind the shelf")
        assert lines[1] == (HolderKind.LOST, 3, "found behind the shelf")
        assert_balance()


def test_bad_numbers_and_names_are_refused(given: Given) -> None:
    with given():
        good = _good(1)
        with pytest.raises(Refused, match="Say how many"):
            bulk.take_in(good.id, 0, by=BY)
        with pytest.raises(Refused, match=f"only 1 of “{good.name}”"):
            bulk.move(good.id, STOCK, LOST, 2, by=BY, because="note")
        with pytest.raises(Refused, match="needs a name"):
            bulk.add_good(bulk.GoodFacts(" "), by=BY)
        with pytest.raises(Refused, match="no such small part"):
            bulk.take_in(4711, 1, by=BY)
        bulk.retire_good(good.id, by=BY)
        with pytest.raises(Refused, match="no longer in use"):
            bulk.retire_good(good.id, by=BY)
        bulk.reinstate_good(good.id, by=BY)
        name = good.name
    with pytest.raises(Refused, match="already a small part"), given():
        bulk.add_good(bulk.GoodFacts(name.swapcase()), by=BY)


def test_however_many_take_from_the_store_it_never_holds_fewer_than_none(
    app: Flask, given: Given
) -> None:
    with given():
        good_id = _good(5).id
        people = [makers.employee(f"Person {n}").id for n in range(4)]

    said = at_once(
        app,
        *(
            partial(
                bulk.move,
                good_id,
                STOCK,
                Holder(HolderKind.EMPLOYEE, one),
                2,
                by=BY,
                because="note",
            )
            for one in people
        ),
    )

    assert sorted(answer == "done" for answer in said) == [False, False, True, True]
    assert all("only 1 of" in answer for answer in said if answer != "done")
    with app.app_context():
        assert _held(good_id, STOCK) == 1
        assert_balance()


def test_two_who_give_kits_at_once_share_what_goods_there_are(app: Flask, given: Given) -> None:
    with given():
        good = _good(3)
        kit_type = scene.stocked(sets=2)
        kit_type.goods.append(KitTypeGood(good_id=good.id, count=2, box_no=1))
        db.session.flush()
        kit_type_id, good_id = kit_type.id, good.id
        people = [makers.employee(f"Person {n}").id for n in range(2)]

    said = at_once(app, *(partial(service.give_kit, one, kit_type_id, by=BY) for one in people))

    assert said == ["done", "done"]
    with app.app_context():
        rows = [row.count for kit in queries.kits_of(people).values() for row in kit.goods]
        assert sorted(rows) == [1, 2]
        assert counted.free_goods([good_id]) == {good_id: 0}
        assert_balance()


steps = st.lists(
    st.tuples(
        st.sampled_from(
            ("take_in", "give", "fill", "out", "load", "deliver", "back", "return", "count", "end")
        ),
        st.integers(0, 1),
        st.integers(0, 6),
    ),
    max_size=16,
)


class House:
    """Two people, one good, one kit type that asks for three of it."""

    def __init__(self) -> None:
        self.people = [makers.employee(f"Person {n}").id for n in range(2)]
        kit_type = scene.stocked(sets=2)
        self.good_id = _good(4).id
        kit_type.goods.append(KitTypeGood(good_id=self.good_id, count=3, box_no=1))
        db.session.flush()
        self.kit_type_id = kit_type.id

    def do(self, step: str, person: int, number: int) -> None:
        """One deed; refused ones leave nothing behind."""
        with suppress(Refused), db.session.begin_nested():
            self._do(step, self.people[person], number)

    def _do(self, step: str, person: int, number: int) -> None:
        home = Holder(HolderKind.EMPLOYEE, person)
        match step:
            case "take_in":
                bulk.take_in(self.good_id, number, by=BY)
            case "give":
                service.give_kit(person, self.kit_type_id, by=BY)
            case "count":
                free = counted.free_goods([self.good_id]).get(self.good_id, 0)
                bulk.correct(self.good_id, number, expected=free, reason="counted", by=BY)
            case "return":
                bulk.move(self.good_id, home, STOCK, number, by=BY, because="return:1")
            case _:
                self._with_kit(step, queries.kit_of(person), home)

    def _with_kit(self, step: str, kit: Kit | None, home: Holder) -> None:
        if kit is None:
            return
        to = {"load": Holder(HolderKind.VAN, 1), "deliver": home, "back": STOCK}
        if step in to:
            bulk.hand_goods_to(kit.boxes, to[step], by=BY, because="run:1")
        elif step == "fill":
            bulk.fill_up(kit.id, by=BY)
        elif step == "out" and kit.goods:
            bulk.take_goods_out(kit.id, kit.goods[0].id, by=BY)
        elif step == "end":
            service.dissolve_kit(kit.id, by=BY)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@drawn(steps)
def test_all_holders_together_have_what_came_into_the_house(
    app: Flask, planned: list[tuple[str, int, int]]
) -> None:
    with app.app_context():
        start_writing()
        house = House()
        for step in [("give", 0, 0), *planned]:
            house.do(*step)
        assert_balance()
        db.session.rollback()


def test_goods_that_come_back_while_their_kit_ends_are_counted_once(
    app: Flask, given: Given
) -> None:
    for _ in range(4):
        with given():
            house = House()
            person, good_id = house.people[0], house.good_id
            home = Holder(HolderKind.EMPLOYEE, person)
            kit = service.give_kit(person, house.kit_type_id, by=BY)
            bulk.hand_goods_to(kit.boxes, home, by=BY, because="handover:1")
            kit_id = kit.id

        said = at_once(
            app,
            partial(bulk.move, good_id, home, STOCK, 2, by=BY, because="return:1"),
            partial(service.dissolve_kit, kit_id, by=BY),
        )

        assert said == ["done", "done"]
        with app.app_context():
            assert _held(good_id, home) == 1
            assert counted.free_goods([good_id])[good_id] == 3
            assert not queries.kit(kit_id).goods
