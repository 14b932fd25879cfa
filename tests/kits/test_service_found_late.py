"""What turns up after somebody decided who bears it: the case says so, and HR decides anew."""

from __future__ import annotations

import pytest

from hoffice.accounts.rules import Role
from hoffice.errors import Refused
from hoffice.kits.models import BulkGood, DamageCase
from hoffice.kits.queries import bulk as counted
from hoffice.kits.queries import damage_cases
from hoffice.kits.rules import Holder, HolderKind, ItemKind, WhoPays
from hoffice.kits.rules import returning as rules
from hoffice.kits.rules.counting import DECIDE_ANEW
from hoffice.kits.service import bulk, damages, fate
from hoffice.kits.service.counting_goods import count_goods
from hoffice.tasks import queries as tasks
from hoffice.tasks.models import Task
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.kits.test_service_return_slips import closed_without_cables

BY = makers.IT


def decided(who: WhoPays = WhoPays.PERSON) -> tuple[BulkGood, DamageCase, Actor]:
    """Two cables are missing, and HR said who bears them."""
    makers.account(Role.HR)
    hr = Actor.staff(makers.account(Role.HR).id)
    cables, case = closed_without_cables(3, came=1)
    amount = 900 if who is WhoPays.PERSON else 0
    damages.decide(case.id, who, amount_cents=amount, reason="selbst verloren", by=hr)
    return cables, case, hr


def waiting(case: DamageCase) -> list[Task]:
    """The open tasks to decide this case anew."""
    found = tasks.tasks_about(f"damage_case:{case.id}")
    return [one for one in found if one.kind == DECIDE_ANEW and one.done_at is None]


def test_small_parts_found_after_the_decision_ask_who_decided_to_decide_anew(
    given: Given,
) -> None:
    with given():
        cables, case, hr = decided()

        damages.goods_found(case.id, 1, by=BY)

        assert (case.count, case.amount_cents, case.who_pays) == (2, 900, WhoPays.PERSON)
        assert damage_cases.found_since(case) == 1
        [task] = waiting(case)
        assert task.owner_id == hr.id
        assert task.facts["what"] == cables.name
        damages.goods_found(case.id, 1, by=BY)
        assert len(waiting(case)) == 1
        with pytest.raises(Refused, match="found already"):
            damages.goods_found(case.id, 1, by=BY)
        lost = counted.holding(cables.id, Holder(HolderKind.LOST))
        assert lost is not None
        assert lost.count == 0


def test_decided_anew_the_case_is_about_what_is_still_missing(given: Given) -> None:
    with given():
        _cables, case, hr = decided()
        damages.goods_found(case.id, 1, by=BY)

        damages.reopen(case.id, "eins ist wieder da", by=hr)

        assert (case.count, case.value_cents, case.decided_at) == (1, 450, None)
        assert waiting(case) == []
        assert damage_cases.found_since(case) == 0
        [earlier] = case.earlier
        assert earlier.amount_cents == 900
        damages.decide(case.id, WhoPays.PERSON, amount_cents=450, reason="eins fehlt", by=hr)
        damages.goods_found(case.id, 1, by=BY)
        damages.reopen(case.id, "alles wieder da", by=hr)
        assert (case.who_pays, case.reason) == (WhoPays.COMPANY, rules.FOUND_AGAIN)


def test_what_the_company_bears_asks_nobody_and_the_case_says_it_all_the_same(
    given: Given,
) -> None:
    with given():
        _cables, case, _hr = decided(WhoPays.COMPANY)

        damages.goods_found(case.id, 2, by=BY)

        assert waiting(case) == []
        assert damage_cases.found_since(case) == 2


def test_a_device_found_after_the_decision_asks_too_until_it_is_lost_again(given: Given) -> None:
    with given():
        hr = Actor.staff(makers.account(Role.HR).id)
        kit = returning_scene.at_home()
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        case = fate.lose(mouse.id, by=BY)
        damages.decide(case.id, WhoPays.PERSON, amount_cents=100, reason="verloren", by=hr)

        fate.found_again(mouse.id, by=BY)

        [task] = waiting(case)
        assert task.facts["what"] == mouse.asset_tag
        damages.lost_after_all(mouse, by=BY, note="doch nicht")
        assert waiting(case) == []


def counted_more(good: BulkGood, more: int) -> None:
    """So many more lie in the store than it said."""
    free = counted.free_goods()[good.id]
    count_goods(good.id, free + more, expected=free, reason="lagen im Fach", by=BY)


def test_small_parts_that_a_count_finds_are_missing_in_no_case_any_more(given: Given) -> None:
    with given():
        cables, case = closed_without_cables(3, came=1)

        counted_more(cables, 1)

        assert (case.count, case.value_cents, case.decided_at) == (1, 450, None)
        damages.goods_found(case.id, 1, by=BY)
        assert (case.who_pays, case.reason) == (WhoPays.COMPANY, rules.FOUND_AGAIN)


def test_a_count_closes_the_case_whose_small_parts_are_all_there_and_the_rest_is_new(
    given: Given,
) -> None:
    with given():
        cables, case = closed_without_cables(3, came=1)

        counted_more(cables, 5)

        assert (case.who_pays, case.reason) == (WhoPays.COMPANY, rules.FOUND_AGAIN)
        lost = counted.holding(cables.id, Holder(HolderKind.LOST))
        assert lost is not None
        assert lost.count == 0


def test_a_count_asks_whoever_decided_to_decide_anew(given: Given) -> None:
    with given():
        cables, case, hr = decided()

        counted_more(cables, 1)

        assert (case.count, damage_cases.found_since(case)) == (2, 1)
        assert [task.owner_id for task in waiting(case)] == [hr.id]
        damages.reopen(case.id, "eins lag im Fach", by=hr)
        assert (case.count, case.value_cents) == (1, 450)


def test_what_was_lost_in_the_store_turns_up_before_what_a_person_lost(given: Given) -> None:
    with given():
        cables, case = closed_without_cables(3, came=1)
        free = counted.free_goods()[cables.id]
        bulk.correct(cables.id, free - 2, expected=free, reason="fehlen", by=BY)

        counted_more(cables, 2)

        assert case.count == 2
        counted_more(cables, 1)
        assert case.count == 1
