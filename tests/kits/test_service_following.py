"""A device that goes another way leaves no return or transfer waiting for it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries, service
from hoffice.kits.models import Item, Return, ReturnLine, Transfer
from hoffice.kits.queries import damage_cases
from hoffice.kits.queries import returning as returns
from hoffice.kits.queries import transfers as reading
from hoffice.kits.rules import (
    STOCK,
    AfterCheck,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    ReturnOutcome,
    ReturnReason,
    WipeMethod,
)
from hoffice.kits.rules.returning import FOUND_AGAIN
from hoffice.kits.service import (
    asking_back,
    counting,
    differences,
    fate,
    return_closing,
    return_lines,
    returning,
    transfers,
)
from hoffice.kits.service.following import WENT_ELSEWHERE
from hoffice.kits.service.ledger import correct
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.races import Meanwhile, at_once

BY = makers.IT
BOOK = LinkBook("k" * 40, (), "http://localhost", timedelta(days=30))


def proposed(item_id: int, giver_id: int, receiver_id: int) -> Transfer:
    return transfers.propose([item_id], giver_id, receiver_id, note="", by=BY, book=BOOK)


def last_line(item_id: int) -> int:
    """The number of the line that says who has it."""
    held = queries.holding_of(item_id)
    assert held is not None
    return held.entry_id


def with_person(employee_id: int) -> Holder:
    """A person as a holder."""
    return Holder(HolderKind.EMPLOYEE, employee_id)


def line_about(made: Return, item: Item) -> ReturnLine:
    """The line of a return about a device."""
    return next(line for line in made.lines if line.item_id == item.id)


def test_what_a_count_finds_came_back_in_its_return_and_passes_to_nobody(
    app: Flask, given: Given
) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        pc, owner = scene.item_in(kit, ItemKind.PC), makers.account(Role.IT)
        bo = makers.employee("Bo Rau")
        asked = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        passing = proposed(pc.id, kit.employee_id, bo.id)
        count = counting.begin("Dezember", location_id=None, by=BY)
        counting.scan(count.id, str(uuid.uuid4()), pc.asset_tag, by=BY)
        counting.close(count.id, owner_id=owner.id, due_on=clock.today(), by=BY)

        differences.put_right(count.id, pc.id, by=BY)

        ids = asked.id, passing.id, pc.id
    with given():
        asked_id, passing_id, pc_id = ids
        ended = reading.transfer(passing_id)
        assert (ended.ended_at is not None, ended.reason) == (True, WENT_ELSEWHERE)
        [line] = [one for one in returns.kit_return(asked_id).lines if one.item_id == pc_id]
        assert (line.came, line.outcome) == (1, ReturnOutcome.BACK)
        done = fate.settle([pc_id], AfterCheck.STOCK, method=WipeMethod.CLEAR, by=BY)
        assert not done.refused
    with app.app_context():
        [line] = [one for one in returns.kit_return(ids[0]).lines if one.item_id == ids[2]]
        assert (line.wipe_method, line.after) == (WipeMethod.CLEAR, AfterCheck.STOCK)
        assert queries.item(ids[2]).state is ItemState.IN_STOCK


def test_what_somebody_else_has_is_no_longer_due_and_the_rest_is(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        kit, bo = returning_scene.at_home("Ada Ott"), makers.employee("Bo Rau")
        mouse, pc = scene.item_in(kit, ItemKind.MOUSE), scene.item_in(kit, ItemKind.PC)
        asked = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        held = queries.holding_of(mouse.id)
        assert held is not None
        correct(held.entry_id, Holder(HolderKind.EMPLOYEE, bo.id), note="vertauscht", by=BY)
        passing = proposed(pc.id, kit.employee_id, bo.id)
        for person in (kit.employee_id, bo.id):
            transfers.confirm(passing.id, employee_id=person, by=BY)
        for item in queries.held_by(Holder(HolderKind.EMPLOYEE, kit.employee_id)):
            returning.take_back(asked.id, item.asset_tag, by=BY)

        return_closing.close(
            asked.id,
            by=BY,
            store=returning_scene.store(tmp_path),
            company=returning_scene.COMPANY,
        )

        ids = asked.id, {mouse.id, pc.id}, bo.id
    with app.app_context():
        asked_id, gone, bo_id = ids
        lines = returns.kit_return(asked_id).lines
        assert {one.item_id for one in lines if one.outcome is ReturnOutcome.NOT_DUE} == gone
        assert {one.id for one in queries.held_by(Holder(HolderKind.EMPLOYEE, bo_id))} == gone
        assert not any(damage_cases.cases_of(item_id) for item_id in gone)


def test_what_went_to_somebody_else_is_taken_from_there_only_anyway_and_never_charged_to_her(
    given: Given,
) -> None:
    with given():
        kit, bo = returning_scene.at_home("Ada Ott"), makers.employee("Bo Rau")
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        asked = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        correct(last_line(mouse.id), with_person(bo.id), note="vertauscht", by=BY)
        with pytest.raises(return_lines.NotReturned, match="is with Bo Rau") as refusal:
            returning.take_back(asked.id, mouse.asset_tag, condition="damaged", by=BY)
        assert refusal.value.may_come_anyway

        returning.take_back(asked.id, mouse.asset_tag, condition="damaged", anyway=True, by=BY)

        assert line_about(asked, mouse).expected == 0
        return_closing.close(asked.id, rest_is_missing=True, by=BY)
        [case] = damage_cases.cases_of(mouse.id)
        assert case.employee_id is None


def test_what_is_back_and_needs_no_check_is_asked_of_whoever_gets_it_next(given: Given) -> None:
    with given():
        kit, bo = returning_scene.at_home("Ada Ott"), makers.employee("Bo Rau")
        mouse, pc = scene.item_in(kit, ItemKind.MOUSE), scene.item_in(kit, ItemKind.PC)
        asked = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        service.hand_to([mouse.id], STOCK, by=BY, because="x:1")
        service.hand_to([mouse.id], with_person(bo.id), by=BY, because="handover:9")

        anew = asking_back.begin(bo.id, ReturnReason.LEAVER, by=BY)

        assert [line.item_id for line in anew.lines] == [mouse.id]
        assert line_about(asked, mouse).came == 1
        service.hand_to([pc.id], Holder(HolderKind.RETIRED), by=BY, because="import:1")
        gone = line_about(asked, pc)
        assert (gone.came, gone.outcome) == (0, ReturnOutcome.NOT_DUE)


def test_what_came_back_and_went_on_to_somebody_else_stays_back(given: Given) -> None:
    with given():
        kit, bo = returning_scene.at_home("Ada Ott"), makers.employee("Bo Rau")
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        asked = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        line = returning.take_back(asked.id, mouse.asset_tag, by=BY)
        fate.settle([mouse.id], AfterCheck.STOCK, by=BY)
        service.hand_to([mouse.id], Holder(HolderKind.DESK), by=BY, because="x:1")

        correct(last_line(mouse.id), with_person(bo.id), note="ging an Bo", by=BY)

        assert (line.came, line.outcome) == (1, ReturnOutcome.BACK)


def test_what_was_lost_and_is_brought_all_the_same_is_a_loss_no_longer(given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        asked = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        case = fate.lose(mouse.id, by=BY)

        returning.take_back(asked.id, mouse.asset_tag, by=BY)

        assert case.reason == FOUND_AGAIN
        assert mouse.state is ItemState.TO_CHECK


def test_a_slip_of_an_open_return_is_taken_back_there_and_after_the_wipe_by_a_correction(
    given: Given,
) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        pc, her = scene.item_in(kit, ItemKind.PC), with_person(kit.employee_id)
        asked = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        for item in queries.held_by(her):
            returning.take_back(asked.id, item.asset_tag, by=BY)
        with pytest.raises(Refused, match="still open: say there"), db.session.begin_nested():
            correct(last_line(pc.id), her, note="falsches Etikett", by=BY)
        fate.wipe([pc.id], WipeMethod.CLEAR, by=BY)

        correct(last_line(pc.id), her, note="falsches Etikett", by=BY)

        line = line_about(asked, pc)
        assert (line.came, line.outcome, line.is_open, line.wiped_at) == (0, None, True, None)
        with pytest.raises(Refused, match="Not everything is back"):
            return_closing.close(asked.id, by=BY)


def put_into_stock(item_id: int) -> None:
    """IT writes that a device lies in the store."""
    correct(last_line(item_id), STOCK, note="lag im Lager", by=BY)


def test_what_comes_in_while_it_is_asked_for_is_back_and_not_lost(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        person_id, pc_id = kit.employee_id, scene.item_in(kit, ItemKind.PC).id
    meanwhile = Meanwhile()
    meanwhile.after(monkeypatch, asking_back, "_goods_to_ask")

    said = at_once(
        app,
        lambda: asking_back.begin(person_id, ReturnReason.LEAVER, by=BY),
        meanwhile.done(lambda: put_into_stock(pc_id)),
    )

    assert said == ["done", "done"]
    with given():
        [asked] = returns.open_returns_of(person_id)
        for item in queries.held_by(with_person(person_id)):
            returning.take_back(asked.id, item.asset_tag, by=BY)
        return_closing.close(asked.id, rest_is_missing=True, by=BY)
    with app.app_context():
        assert queries.item(pc_id).state is ItemState.TO_CHECK
        assert not damage_cases.cases_of(pc_id)


def test_what_comes_in_while_its_return_is_called_off_is_back(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        pc = scene.item_in(kit, ItemKind.PC)
        asked = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        asked_id, pc_id = asked.id, pc.id
    meanwhile = Meanwhile()
    meanwhile.after(monkeypatch, returning, "open_return")

    said = at_once(
        app,
        lambda: return_closing.call_off(asked_id, by=BY),
        meanwhile.done(lambda: put_into_stock(pc_id)),
    )

    with app.app_context():
        lines = [one for one in returns.kit_return(asked_id).lines if one.item_id == pc_id]
        assert said[1] == "done"
        assert queries.item(pc_id).state is ItemState.TO_CHECK
        assert [one.outcome for one in lines if one.came] == (
            [] if said[0] == "done" else [ReturnOutcome.BACK]
        )
