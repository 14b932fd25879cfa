"""What people say of their own things unasked: a task of IT, and nothing changes hands."""

from __future__ import annotations

import pytest

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.errors import NotFound, Refused
from hoffice.kits import queries as kits
from hoffice.kits import service as things
from hoffice.kits.queries import belongings, things_due
from hoffice.kits.rules import Holder, HolderKind, HomeAnswer, ItemKind
from hoffice.kits.service import handing_goods, telling
from hoffice.tasks import queries as tasks
from hoffice.tasks import service as task_deeds
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.kits.test_service_handing_goods import good
from tests.kits.test_service_home_checks import at_home


def test_what_is_broken_becomes_a_task_of_it_and_stays_where_it_is(given: Given) -> None:
    with given():
        owner = makers.account(Role.IT).id
        ada, (item, _other) = at_home("Ada Ott")
        me = Actor.employee(ada)

        telling.tell_of_device(ada, item.id, HomeAnswer.BROKEN, " Flackert  links ", by=me)

        [task] = tasks.tasks_about(f"item:{item.id}")
        assert (task.kind, task.owner_id) == ("kits.broken_at_home", owner)
        assert task.facts["note"] == "Flackert links"
        assert task.facts["name"] == "Ada Ott"
        assert task.due_on > clock.today()
        holding = kits.holding_of(item.id)
        assert holding is not None
        assert holding.holder_id == ada


def test_what_somebody_calls_broken_can_be_asked_back_as_a_defect(given: Given) -> None:
    with given():
        makers.account(Role.IT)
        ada, (item, _other) = at_home("Ada Ott")
        assert not things_due.broken_with(ada)
        task = telling.tell_of_device(
            ada, item.id, HomeAnswer.BROKEN, "flackert", by=Actor.employee(ada)
        )
        assert things_due.broken_with(ada) == [item.id]
        task_deeds.finish(task.id, "Stecker saß locker", by=makers.IT)
        assert not things_due.broken_with(ada)


def test_what_is_said_again_adds_to_the_open_task_and_once_only(given: Given) -> None:
    with given():
        makers.account(Role.IT)
        ada, (item, _other) = at_home()
        me = Actor.employee(ada)
        for words in ("flackert", "flackert", "und brummt"):
            telling.tell_of_device(ada, item.id, HomeAnswer.BROKEN, words, by=me)
        telling.doubt_list(ada, "Maus fehlt", by=me)
        telling.doubt_list(ada, "Kabel auch", by=me)

        [task] = tasks.tasks_about(f"item:{item.id}")
        assert task.facts["note"] == "flackert · und brummt"
        [task] = tasks.tasks_about(f"employee:{ada}")
        assert task.facts["note"] == "Maus fehlt · Kabel auch"

        for number in range(4):
            telling.doubt_list(ada, f"{number} {'x' * 450}", by=me)
        with pytest.raises(Refused, match="So much was said"):
            telling.doubt_list(ada, "y" * 450, by=me)


def test_after_the_task_is_done_a_new_one_is_written(given: Given) -> None:
    with given():
        makers.account(Role.IT)
        ada, _items = at_home()
        first = telling.doubt_list(ada, "Maus fehlt", by=Actor.employee(ada))
        task_deeds.finish(first.id, "nachgetragen", by=makers.IT)

        second = telling.doubt_list(ada, "Kabel fehlt", by=Actor.employee(ada))

        assert second.id != first.id
        assert second.facts["note"] == "Kabel fehlt"


def test_what_the_next_holder_says_is_a_task_in_her_name_and_ends_the_former(given: Given) -> None:
    with given():
        makers.account(Role.IT)
        ada, (item, _other) = at_home("Ada Ott")
        bo = makers.employee("Bo Rau").id
        telling.tell_of_device(ada, item.id, HomeAnswer.BROKEN, "alt", by=Actor.employee(ada))
        things.hand_to(
            [item.id], Holder(HolderKind.EMPLOYEE, bo), by=makers.IT, because="transfer:1"
        )

        telling.tell_of_device(bo, item.id, HomeAnswer.BROKEN, "neu", by=Actor.employee(bo))

        former, present = sorted(tasks.tasks_about(f"item:{item.id}"), key=lambda task: task.id)
        assert (former.facts["note"], former.outcome) == ("alt", telling.PASSED_ON)
        assert (present.facts["name"], present.facts["note"]) == ("Bo Rau", "neu")
        assert (former.done_at is None, present.done_at is None) == (False, True)
        assert item.id in things_due.broken_with(bo)


def test_what_cannot_be_said_is_refused_and_things_of_others_are_not_there(given: Given) -> None:
    with given():
        ada, (item, _other) = at_home("Ada Ott")
        _bo, (his, _another) = at_home("Bo Rau")
        me = Actor.employee(ada)
        with pytest.raises(Refused, match="Nobody of IT"):
            telling.doubt_list(ada, "Maus fehlt", by=me)
        makers.account(Role.IT)
        with pytest.raises(Refused, match="in a few words"):
            telling.doubt_list(ada, "  ", by=me)
        with pytest.raises(Refused, match="is it broken"):
            telling.tell_of_device(ada, item.id, HomeAnswer.YES, "alles gut", by=me)
        with pytest.raises(NotFound):
            telling.tell_of_device(ada, his.id, HomeAnswer.BROKEN, "kaputt", by=me)
        assert not tasks.tasks_about(f"item:{his.id}")


def test_a_list_has_what_she_has_and_what_of_her_kit_is_to_come(given: Given) -> None:
    with given():
        kit = scene.kit("Ada Ott")
        ada = kit.employee_id
        here, van, *rest = kit.items
        her = Holder(HolderKind.EMPLOYEE, ada)
        things.hand_to([here.id], her, by=makers.IT, because="handover:7")
        things.hand_to([van.id], Holder(HolderKind.VAN, 1), by=makers.IT, because="run:1")
        cables = good("Kabel", 9)
        handing_goods.hand_goods(ada, {cables.id: 2}, {}, by=makers.IT)
        stranger = scene.in_stock(ItemKind.MOUSE)[0]

        [held] = belongings.devices_with(ada)
        assert (held.item.id, held.because) == (here.id, "handover:7")
        [part] = belongings.small_parts_with(ada)
        assert (part.good.id, part.count) == (cables.id, 2)
        assert part.because == f"good_given:{cables.id}"
        coming = {one.what.id: one.holder for one in belongings.coming_to(ada)}
        assert coming == {
            van.id: HolderKind.VAN,
            **{one.id: HolderKind.STOCK for one in rest},
        }
        assert stranger.id not in coming
        assert belongings.has_things(ada)
        assert not belongings.has_things(makers.employee("Bo Rau").id)
