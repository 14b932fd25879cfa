"""Small parts that a person gets beside her kit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from hoffice import clock
from hoffice.errors import Refused
from hoffice.kits.models import BulkGood
from hoffice.kits.queries import bulk as counted
from hoffice.kits.rules import Holder, HolderKind, ReturnReason
from hoffice.kits.service import asking_back, bulk
from hoffice.kits.service.handing_goods import hand_goods
from tests import makers
from tests.conftest import Given

BY = makers.IT


@pytest.fixture
def house(given: Given) -> Iterator[None]:
    """A house of its own for each test."""
    with given():
        yield


def good(name: str, count: int) -> BulkGood:
    """A small part of which so many lie in the store."""
    made = bulk.add_good(bulk.GoodFacts(name), by=BY)
    bulk.take_in(made.id, count, by=BY)
    return made


def has(employee_id: int) -> dict[int, int]:
    """What a person has in small parts."""
    return {one.good_id: one.count for one in counted.goods_with(employee_id)}


@pytest.mark.usefixtures("house")
def test_a_person_gets_small_parts_and_brings_some_back_all_of_it_or_nothing() -> None:
    ada = makers.employee("Ada Ott").id
    cable, headset = good("Kabel", 3), good("Headset", 1)

    assert hand_goods(ada, {cable.id: 2, headset.id: 1}, {}, note="fürs Büro", by=BY) == 3
    assert has(ada) == {cable.id: 2, headset.id: 1}
    assert hand_goods(ada, {cable.id: 1}, {headset.id: 1}, by=BY) == 2
    assert has(ada) == {cable.id: 3}
    assert counted.free_goods() == {cable.id: 0, headset.id: 1}
    with pytest.raises(Refused, match="only 0"):
        hand_goods(ada, {cable.id: 1}, {}, by=BY)
    with pytest.raises(Refused, match="Ada Ott has only 3 × Kabel"):
        hand_goods(ada, {}, {cable.id: 4}, by=BY)
    with pytest.raises(Refused, match="at least one"):
        hand_goods(ada, {cable.id: 0}, {}, by=BY)


@pytest.mark.usefixtures("house")
def test_the_ledger_knows_how_many_somebody_had_at_any_moment() -> None:
    ada = makers.employee("Ada Ott").id
    person = Holder(HolderKind.EMPLOYEE, ada)
    cable, today = good("Kabel", 9), clock.now()
    for days, given, back in ((1, 4, 0), (3, 0, 3), (5, 0, 1)):
        with clock.frozen(today + timedelta(days=days)):
            hand_goods(ada, {cable.id: given}, {cable.id: back}, by=BY)

    def had(days: int) -> list[tuple[int, str, int]]:
        return list(counted.held_then(person, today + timedelta(days=days)))

    assert [had(days) for days in (0, 2, 4, 6)] == [
        [],
        [(cable.id, "Kabel", 4)],
        [(cable.id, "Kabel", 1)],
        [],
    ]
    at, known = today + timedelta(days=4), today + timedelta(days=2)
    assert counted.held_then(person, at, known_at=known) == [(cable.id, "Kabel", 4)]


@pytest.mark.usefixtures("house")
def test_a_return_asks_for_what_was_given_by_hand_and_alone_takes_it_back() -> None:
    ada = makers.employee("Ada Ott").id
    cable = good("Kabel", 5)
    hand_goods(ada, {cable.id: 2}, {}, by=BY)
    made = asking_back.begin(
        ada, reason=ReturnReason.LEAVER, due_on=clock.today() + timedelta(days=7), by=BY
    )
    assert [(line.good_id, line.expected) for line in made.lines] == [(cable.id, 2)]

    with pytest.raises(Refused, match="Take it back there"):
        hand_goods(ada, {}, {cable.id: 1}, by=BY)
    hand_goods(ada, {cable.id: 1}, {}, by=BY)
    hand_goods(ada, {}, {cable.id: 1}, by=BY)
    assert has(ada) == {cable.id: 2}
