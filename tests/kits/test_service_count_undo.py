"""That it is here now is taken back, one by one or in bulk; a job names what it passed over."""

from __future__ import annotations

import pytest
from flask import Flask

from hoffice.db import db
from hoffice.errors import Refused
from hoffice.jobs import queries as jobs
from hoffice.jobs import worker
from hoffice.jobs.models import Job
from hoffice.kits import queries, service
from hoffice.kits.jobs import handlers
from hoffice.kits.models import Item
from hoffice.kits.queries import counting as reading
from hoffice.kits.queries import damage_cases, due_lines
from hoffice.kits.rules import (
    STOCK,
    AfterCheck,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    LocationKind,
    ReturnReason,
    WhoPays,
)
from hoffice.kits.rules.counting import UNEXPECTED, Decision, Found
from hoffice.kits.service import (
    asking_back,
    auditing,
    counting,
    damages,
    differences,
    fate,
)
from hoffice.tasks import queries as tasks
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.kits.test_service_counting import BY, begin, close, holder_of, place, scan


def put_right(*items: Item) -> int:
    """A count found these where nobody expected them, and the ledger says so since."""
    count_id = begin()
    for item in items:
        scan(count_id, item.asset_tag)
    close(count_id)
    done = differences.decide(count_id, [one.id for one in items], Decision.HERE, by=BY)
    assert done == differences.Decided(len(items), ())
    return count_id


def test_what_was_said_to_be_here_is_where_it_was_and_waits_again(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        monitor = scene.item_in(kit, ItemKind.MONITOR)
        before = holder_of(monitor)
        count_id = put_right(monitor)
        assert (holder_of(monitor), monitor.kit_item) == (STOCK, None)

        back = differences.decide_all(count_id, Decision.NOT_HERE, by=BY, agreed=1)

        assert back == differences.Decided(1, ())
        assert holder_of(monitor) == before
        assert monitor.state is ItemState.OUT
        assert monitor.kit_item is not None
        assert monitor.kit_item.kit_id == kit.id
        assert reading.unsettled(count_id) == {Found.UNEXPECTED: 1}
        [task] = [t for t in tasks.tasks_about(f"item:{monitor.id}") if t.kind == UNEXPECTED]
        assert task.done_at is None
        newest = queries.ledger_of_item(monitor.id)[0]
        assert newest.corrects_id is not None
        assert list(auditing.faults()) == []
        counting.resume(count_id, by=BY)  # nothing of it stands in the ledger any more,
        counting.discard(count_id, by=BY)  # so it may have been a mistake as a whole


def test_it_can_be_said_again_and_taken_back_again(given: Given) -> None:
    with given():
        [mouse] = scene.in_stock(ItemKind.MOUSE)
        desk = Holder(HolderKind.DESK, place(LocationKind.DESK).id)
        service.hand_to([mouse.id], desk, by=BY, because="x:1")
        shelf = place()
        count_id = begin(shelf.id)
        scan(count_id, mouse.asset_tag)
        close(count_id)
        for _ in range(2):
            differences.put_right(count_id, mouse.id, by=BY)
            assert holder_of(mouse) == Holder(HolderKind.STOCK, shelf.id)
            differences.take_back_here(count_id, mouse.id, by=BY)
            assert holder_of(mouse) == desk
        with pytest.raises(Refused, match="already"):
            differences.take_back_here(count_id, mouse.id, by=BY)
        assert list(auditing.faults()) == []


def test_a_return_that_had_it_back_asks_for_it_again(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        monitor = scene.item_in(kit, ItemKind.MONITOR)
        asking_back.begin(kit.employee_id, ReturnReason.OFFICE, by=BY)
        count_id = put_right(monitor)

        differences.take_back_here(count_id, monitor.id, by=BY)

        line = due_lines.open_lines_of([monitor.id])[monitor.id]
        assert (line.came, line.outcome) == (0, None)


def test_a_loss_that_its_finding_closed_waits_again_with_who_had_it(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        open_loss, decided = (
            scene.item_in(kit, kind) for kind in (ItemKind.MONITOR, ItemKind.HEADSET)
        )
        for item in (open_loss, decided):
            fate.lose(item.id, by=BY)
        [case] = damage_cases.cases_of(decided.id)
        damages.decide(case.id, WhoPays.COMPANY, amount_cents=0, reason="alt", by=BY)
        count_id = put_right(open_loss, decided)

        differences.decide(count_id, [open_loss.id, decided.id], Decision.NOT_HERE, by=BY)

        [again] = damage_cases.cases_of(open_loss.id)
        assert (again.decided_at, again.employee_id) == (None, kit.employee_id)
        [same] = damage_cases.cases_of(decided.id)
        assert same.decided_at is not None
        assert {holder_of(one).kind for one in (open_loss, decided)} == {HolderKind.LOST}


def test_a_job_takes_many_back_and_names_what_it_passed_over(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "LONG_FROM", 3)
    monkeypatch.setattr(differences, "DECIDED_IN_ONE_GO", 2)
    with given():
        person = Holder(HolderKind.EMPLOYEE, makers.employee().id)
        items = scene.in_stock(*[ItemKind.MOUSE] * 4)
        service.hand_to([one.id for one in items], person, by=BY, because="handover:1")
        count_id = put_right(*items)
        fate.settle([items[1].id], AfterCheck.STOCK, by=BY)
        fate.to_repair(items[1].id, by=BY)
        job = differences.decide_all(count_id, Decision.NOT_HERE, by=BY)
        assert isinstance(job, Job)
        job_id, item_ids, tag = job.id, [one.id for one in items], items[1].asset_tag

    with app.app_context():
        worker.work_off(handlers())

    with app.app_context():
        kinds = [holder_of(queries.item(one)).kind for one in item_ids]
        assert kinds == ["employee", "repair", "employee", "employee"]
        result = jobs.job(job_id).result
        assert result is not None
        [passed] = result["passed"]
        assert passed["item"] == item_ids[1]
        assert "has a new holder since the count" in passed["say"]
        assert passed["facts"] == {"tag": tag}
        assert result["more"] == 0
        assert db.session.get(Item, item_ids[1]) is not None
