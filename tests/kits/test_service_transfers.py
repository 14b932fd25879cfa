"""Devices pass from one person to another when both have said so, and not before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.kits import queries, service
from hoffice.kits.models import Item, Transfer
from hoffice.kits.queries import transfers as reading
from hoffice.kits.rules import STOCK, Holder, HolderKind, ItemKind, ItemState
from hoffice.kits.service import fate, transfers
from hoffice.kits.service.following import WENT_ELSEWHERE
from hoffice.kits.service.ledger import correct
from hoffice.notices.models import Notice
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.races import Meanwhile, at_once

BY = makers.IT
BOOK = LinkBook("k" * 40, (), "http://localhost", timedelta(days=30))


@dataclass
class Two:
    """Ada has a whole kit at home; Bo has one too, or none."""

    ada: int
    bo: int
    items: list[Item]

    def propose(self, *items: Item, note: str = "") -> Transfer:
        """Ask both to pass these items (all of them without a name) from Ada to Bo."""
        ids = [item.id for item in items or self.items]
        return transfers.propose(ids, self.ada, self.bo, note=note, by=BY, book=BOOK)

    def say(self, made: Transfer, *people: int) -> None:
        """These people say that it has happened."""
        for one in people:
            transfers.confirm(made.id, employee_id=one, by=Actor.employee(one))


def two(*, with_kit: bool = False) -> Two:
    """The two people of the stories."""
    kit = scene.kit("Ada Ott")
    ada = Holder(HolderKind.EMPLOYEE, kit.employee_id)
    items = [scene.item_in(kit, ItemKind.PC), scene.item_in(kit, ItemKind.MONITOR)]
    service.hand_to([item.id for item in kit.items], ada, by=BY, because="handover:1")
    bo = scene.kit("Bo Rau").employee_id if with_kit else makers.employee("Bo Rau").id
    return Two(ada.id, bo, items)


def holders(*item_ids: int) -> set[int]:
    """The numbers of the people who have these items."""
    held = [queries.holding_of(item_id) for item_id in item_ids]
    assert all(one is not None and one.holder_kind is HolderKind.EMPLOYEE for one in held)
    return {one.holder_id for one in held if one is not None}


@pytest.mark.parametrize("first", ["giver", "receiver"])
def test_it_counts_when_both_have_said_so(given: Given, first: str) -> None:
    with given():
        people = two()
        made = people.propose(note="Am Empfang")
        ids = [item.id for item in people.items]
        order = (people.ada, people.bo) if first == "giver" else (people.bo, people.ada)

        people.say(made, order[0], order[0])
        assert holders(*ids) == {people.ada}
        people.say(made, order[1])

        assert holders(*ids) == {people.bo}
        assert made.ended_at is not None
        assert all(item.kit_item is None for item in people.items)
        assert {item.state for item in people.items} == {ItemState.OUT}
        line = queries.ledger_of_item(ids[0])[0]
        assert (line.because, line.from_id, line.to_id) == (
            f"transfer:{made.id}",
            people.ada,
            people.bo,
        )
        people.say(made, *order)  # said once more, it counts no second time
        assert len([x for x in queries.ledger_of_item(ids[0]) if x.to_id == people.bo]) == 1


def test_both_are_asked_by_mail_each_with_the_own_link(given: Given) -> None:
    with given():
        people = two()
        people.propose(people.items[0], note="Am Empfang")
        mails = list(db.session.scalars(select(Notice).where(Notice.template == "transfer")))

        assert {mail.employee_id for mail in mails} == {people.ada, people.bo}
        assert len({mail.link_id for mail in mails}) == 2
        told = {mail.employee_id: mail.facts for mail in mails}
        assert told[people.ada]["is_giver"] is True
        assert told[people.bo]["other"] == "Ada Ott"
        assert people.items[0].asset_tag in told[people.bo]["devices"][0]


def test_the_items_move_from_kit_to_kit(given: Given) -> None:
    with given():
        people = two(with_kit=True)
        made = people.propose()
        people.say(made, people.ada, people.bo)

        his, hers = queries.kit_of(people.bo), queries.kit_of(people.ada)
        assert his is not None
        assert hers is not None
        for item in people.items:
            assert item.kit_item is not None
            assert (item.kit_item.kit_id, item.kit_item.box_id) == (his.id, None)
        assert service.missing_of(hers) == {ItemKind.PC: 1, ItemKind.MONITOR: 1}


def test_what_was_passed_on_stays_at_home_when_the_kit_in_the_store_ends(given: Given) -> None:
    with given():
        people = two(with_kit=True)
        made = people.propose()
        people.say(made, people.ada, people.bo)
        his = queries.kit_of(people.bo)
        assert his is not None

        service.dissolve_kit(his.id, by=BY)

        assert holders(*(item.id for item in people.items)) == {people.bo}
        assert {item.state for item in people.items} == {ItemState.OUT}
        scene.assert_order()


def test_either_of_the_two_can_say_no_and_it_is_over(given: Given) -> None:
    with given():
        people = two()
        for one in (people.ada, people.bo):
            made = people.propose()
            say_no = partial(transfers.decline, made.id, employee_id=one, by=Actor.employee(one))
            with pytest.raises(Refused, match="Say in a few words why"):
                say_no(" ")

            say_no("Der Monitor ist kaputt.")

            assert (made.reason, made.declined_by) == ("Der Monitor ist kaputt.", f"employee:{one}")
            for person in (people.ada, people.bo):
                with pytest.raises(Refused, match="ended already"):
                    people.say(made, person)
        assert holders(*(item.id for item in people.items)) == {people.ada}


def test_it_withdraws_a_proposal_once(given: Given) -> None:
    with given():
        people = two()
        made = people.propose()
        people.say(made, people.ada)

        transfers.withdraw(made.id, by=BY)

        assert list(reading.open_transfers()) == []
        with pytest.raises(Refused, match="ended already"):
            transfers.withdraw(made.id, by=BY)
        with pytest.raises(Refused, match="ended already"):
            people.say(made, people.bo)


def test_what_cannot_be_passed_on_is_refused(given: Given) -> None:
    with given():
        people = two()
        pc = people.items[0]
        dock = scene.in_stock(ItemKind.DOCK)[0]
        for items, giver, receiver, why in (
            ([], people.ada, people.bo, "at least one"),
            ([pc.id], people.ada, people.ada, "not two people"),
            ([dock.id], people.ada, people.bo, f"{dock.asset_tag} is not with Ada Ott"),
            ([pc.id], people.bo, people.ada, f"{pc.asset_tag} is not with Bo Rau"),
        ):
            with pytest.raises(Refused, match=why):
                transfers.propose(items, giver, receiver, note="", by=BY, book=BOOK)
        with pytest.raises(NotFound):
            transfers.propose([pc.id], people.ada, 4711, note="", by=BY, book=BOOK)

        people.propose(pc)

        with pytest.raises(Refused, match="about to pass to somebody else"):
            people.propose(pc)


def test_what_went_another_way_meanwhile_is_not_passed_on(given: Given) -> None:
    with given():
        people = two()
        made = people.propose()
        people.say(made, people.ada)
        held = queries.holding_of(people.items[1].id)
        assert held is not None
        with pytest.raises(Refused, match="withdraw that first"), db.session.begin_nested():
            correct(held.entry_id, STOCK, note="falsch", by=BY)

        service.hand_to([people.items[0].id], STOCK, by=BY, because="return:1")

        assert (made.ended_at is not None, made.reason) == (True, WENT_ELSEWHERE)
        with pytest.raises(Refused, match="ended already"), db.session.begin_nested():
            people.say(made, people.bo)
        assert holders(people.items[1].id) == {people.ada}
        correct(held.entry_id, STOCK, note="falsch", by=BY)


def test_a_transfer_ends_when_its_device_is_lost_while_one_of_the_two_says_yes(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        both = two()
        made = both.propose(both.items[1])
        transfer_id, item_id, ada = made.id, both.items[1].id, both.ada
    meanwhile = Meanwhile()
    meanwhile.after(monkeypatch, transfers, "record")

    said = at_once(
        app,
        partial(transfers.confirm, transfer_id, employee_id=ada, by=Actor.employee(ada)),
        meanwhile.done(lambda: fate.lose(item_id, by=BY)),
    )

    assert said[1] == "done"
    with app.app_context():
        assert reading.transfer(transfer_id).ended_at is not None
        assert reading.transfer(transfer_id).reason == WENT_ELSEWHERE


def test_a_third_person_cannot_say_anything(given: Given) -> None:
    with given():
        people = two()
        made = people.propose()
        other = makers.employee("Cem Ak").id
        with pytest.raises(NotFound):
            people.say(made, other)
        with pytest.raises(NotFound):
            transfers.decline(made.id, "nein", employee_id=other, by=Actor.employee(other))


def test_both_say_so_at_the_same_moment_and_one_line_is_written(app: Flask, given: Given) -> None:
    for _ in range(4):
        with given():
            people = two()
            transfer_id = people.propose().id
            item_id, ada, bo = people.items[0].id, people.ada, people.bo
            before = len(queries.ledger_of_item(item_id))

        said = at_once(
            app,
            *(
                partial(transfers.confirm, transfer_id, employee_id=one, by=Actor.employee(one))
                for one in (ada, bo, bo)
            ),
        )

        assert said == ["done"] * 3
        with app.app_context():
            assert len(queries.ledger_of_item(item_id)) == before + 1
            assert holders(item_id) == {bo}
            made = reading.transfer(transfer_id)
            assert made.ended_at is not None
            assert made.ended_at <= clock.now()


def test_one_device_is_proposed_to_one_person_only_however_many_ask(
    app: Flask, given: Given
) -> None:
    with given():
        people = two()
        item_id, ada, bo = people.items[0].id, people.ada, people.bo
        other = makers.employee("Cem Ak").id

    said = at_once(
        app,
        *(
            partial(transfers.propose, [item_id], ada, one, note="", by=BY, book=BOOK)
            for one in (bo, other)
        ),
    )

    assert sorted(answer == "done" for answer in said) == [False, True]
    assert any("about to pass to somebody else" in answer for answer in said)
