"""What comes back: expected, scanned, checked, missing; losses."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from hoffice import clock
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries, service
from hoffice.kits.queries import bulk as counted
from hoffice.kits.queries import damage_cases, fitness, replacements, things_due
from hoffice.kits.queries import returning as reading
from hoffice.kits.rules import (
    AfterCheck,
    BoxState,
    DamageKind,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    ReturnOutcome,
    ReturnReason,
    WhoPays,
    WipeMethod,
)
from hoffice.kits.rules import returning as rules
from hoffice.kits.service import (
    asking_back,
    damages,
    fate,
    reserving,
    return_closing,
    return_lines,
    return_records,
    returning,
)
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.kits.returning_scene import begun, held, line_of
from tests.races import at_once

BY = makers.IT
COMPANY = returning_scene.COMPANY


# --- the whole way back ---------------------------------------------------------------------------


def test_a_kit_comes_back_with_one_mouse_missing(app: Flask, given: Given, tmp_path: Path) -> None:
    with given():
        kit = returning_scene.at_home("Marek Kowalczyk")
        cables = returning_scene.cables_with(kit.employee_id, 3)
        kit_id, person = kit.id, kit.employee_id
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        mouse_id, mouse_tag = mouse.id, mouse.asset_tag
        made = begun(kit)
        for item in kit.items:
            if item.id != mouse_id:
                returning.take_back(made.id, item.asset_tag, by=BY)
        line = next(line for line in made.lines if line.good_id == cables.id)
        returning.count_back(made.id, line.id, 2, by=BY)
        made_id = made.id

    with given():
        before = queries.kit(kit_id)
        assert [item.id for item in before.items] == [mouse_id]
        assert {box.state for box in before.boxes} == {BoxState.HANDED_OVER, BoxState.RETURNED}
        with pytest.raises(Refused, match="Not everything is back"):
            return_closing.close(
                made_id, by=BY, store=returning_scene.store(tmp_path), company=COMPANY
            )
        return_closing.close(
            made_id,
            by=BY,
            store=returning_scene.store(tmp_path),
            company=COMPANY,
            rest_is_missing=True,
        )

    with app.app_context():
        closed = reading.kit_return(made_id)
        outcomes = {line.outcome for line in closed.lines}
        assert outcomes == {ReturnOutcome.BACK, ReturnOutcome.MISSING}
        assert queries.kit(kit_id).dissolved_at is not None
        assert queries.item(mouse_id).state is ItemState.LOST
        assert queries.ledger_of_item(mouse_id)[0].because == f"return:{made_id}"
        assert not queries.held_by(Holder(HolderKind.EMPLOYEE, person))
        assert not counted.goods_with(person)
        [case] = damage_cases.cases_of(mouse_id)
        assert (case.kind, case.value_cents, case.employee_id) == (DamageKind.LOSS, 12_000, person)
        assert case.decided_at is None
        others = [line.item for line in closed.lines if line.item is not None and line.came]
        assert {item.state for item in others} == {ItemState.TO_CHECK}
        assert not queries.stock()
        file = reading.record_of(made_id)
        assert file is not None
        text = "".join(
            page.extract_text()
            for page in PdfReader(
                BytesIO(returning_scene.store(tmp_path).get(file.file.sha256))
            ).pages
        )
        assert mouse_tag in text
        assert "6 von 8" in text


def test_nothing_is_stock_again_before_it_was_checked_and_wiped(app: Flask, given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        made = begun(kit)
        made_id, ids = made.id, {item.kind: item.id for item in kit.items}
        for item in kit.items:
            returning.take_back(made.id, item.asset_tag, by=BY)

    with given():
        result = fate.settle(ids.values(), AfterCheck.STOCK, by=BY)
        assert len(result.items) == 4
        [refused] = result.refused
        assert "confirm first how its data were erased" in str(refused)
    with app.app_context():
        assert queries.item(ids[ItemKind.PC]).state is ItemState.TO_CHECK
        assert queries.item(ids[ItemKind.MOUSE]).state is ItemState.IN_STOCK

    with given():
        fate.wipe([ids[ItemKind.PC]], WipeMethod.PURGE, by=makers.IT)
        fate.settle([ids[ItemKind.PC]], AfterCheck.STOCK, by=BY)
    with app.app_context():
        assert queries.item(ids[ItemKind.PC]).state is ItemState.IN_STOCK
        line = line_of(reading.kit_return(made_id), ItemKind.PC)
        assert (line.wipe_method, line.wiped_by) == (WipeMethod.PURGE, str(makers.IT))
        assert (line.after, line.decided_by) == (AfterCheck.STOCK, str(BY))


def test_a_record_is_outdated_by_a_wipe_until_it_is_made_again(
    given: Given, tmp_path: Path
) -> None:
    store = returning_scene.store(tmp_path)
    with given():
        kit = returning_scene.at_home()
        pc, made = scene.item_in(kit, ItemKind.PC), begun(kit)
        for item in kit.items:
            returning.take_back(made.id, item.asset_tag, by=BY)
        return_closing.close(made.id, by=BY, store=store, company=COMPANY)
        pc_id, made_id = pc.id, made.id
        before = return_records.facts_of(made_id, company=COMPANY)

    with given():
        assert fate.wipe([pc_id], WipeMethod.PURGE, by=BY).records == (made_id,)
        old = return_records.made_of(before)
        assert not return_records.file(made_id, before, old, store=store, company=COMPANY, by=BY)
        return_records.write(made_id, store=store, company=COMPANY, by=BY)
        assert fate.outdated_by([queries.item(pc_id)]) == ()


def test_a_broken_device_goes_to_repair_and_is_checked_once_more(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        pc = scene.item_in(kit, ItemKind.PC)
        made = begun(kit)
        returning.take_back(made.id, pc.asset_tag, condition="damaged", by=BY)
        assert not fate.settle([pc.id], AfterCheck.REPAIR, by=BY).refused
        assert held(pc.id) == (HolderKind.REPAIR, 0)

        fate.back_from_repair(pc.id, by=BY)

        assert pc.state is ItemState.TO_CHECK
        assert fate.settle([pc.id], AfterCheck.STOCK, by=BY).refused
        fate.settle([pc.id], AfterCheck.RETIRED, method=WipeMethod.DESTROY, by=BY)
        assert held(pc.id) == (HolderKind.RETIRED, 0)


def test_what_is_damaged_is_given_again_only_by_hand_until_it_was_repaired(
    given: Given, tmp_path: Path
) -> None:
    with given():
        first, second = returning_scene.at_home("Ada Ott"), returning_scene.at_home("Bo Rau")
        monitor = scene.item_in(first, ItemKind.MONITOR)
        made = asking_back.begin(
            first.employee_id, ReturnReason.OTHER, item_ids=[monitor.id], by=BY
        )
        returning.take_back(made.id, monitor.asset_tag, condition="damaged", by=BY)
        fate.settle([monitor.id], AfterCheck.STOCK, by=BY)
        return_closing.close(made.id, by=BY, store=returning_scene.store(tmp_path), company=COMPANY)
        old = scene.item_in(second, ItemKind.MONITOR)

        def chosen() -> list[bool]:
            return [
                monitor in queries.free_items(ItemKind.MONITOR, limit=99),
                monitor in replacements.free_like(old, limit=99),
                queries.stock().get(ItemKind.MONITOR, 0) > 0,
            ]

        assert monitor.state is ItemState.IN_STOCK
        assert chosen() == [False] * 3
        assert monitor in replacements.free_like(old, words=monitor.asset_tag)
        monitor.condition = "used"  # put right, but nobody has decided about the damage
        db.session.flush()
        assert chosen() == [False] * 3
        monitor.condition = "damaged"
        with pytest.raises(Refused, match="None of these is free"):
            reserving.reserve_replacement(old.id, by=BY)
        kept = reserving.reserve_replacement(old.id, tag=monitor.asset_tag, by=BY)
        reserving.release(kept, by=BY)

        fate.to_repair(monitor.id, by=BY)
        fate.back_from_repair(monitor.id, by=BY)
        fate.settle([monitor.id], AfterCheck.STOCK, by=BY)

        assert damage_cases.cases_of(monitor.id)[0].decided_at is None
        assert chosen() == [True] * 3


def test_what_holds_no_storage_any_more_is_stock_only_after_a_repair(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        pc_id, made = scene.item_in(kit, ItemKind.PC).id, begun(kit)
        returning.take_back(made.id, queries.item(pc_id).asset_tag, by=BY)
        return_id = made.id
        fate.wipe([pc_id], WipeMethod.DESTROY, by=BY)
    with given():
        for refused in (
            fate.wipe([pc_id], WipeMethod.CLEAR, by=BY).refused,
            fate.settle([pc_id], AfterCheck.STOCK, method=WipeMethod.CLEAR, by=BY).refused,
            fate.settle([pc_id], AfterCheck.STOCK, by=BY).refused,
        ):
            assert "is destroyed" in str(refused[0])
        last = fitness.last_wipe(pc_id)
        assert last is not None
        assert (last.method, last.by) == (WipeMethod.DESTROY, str(BY))
        assert last.line is not None
        assert last.line.return_id == return_id
    with given():
        fate.settle([pc_id], AfterCheck.REPAIR, by=BY)
        fate.back_from_repair(pc_id, by=BY)
        assert not fate.settle([pc_id], AfterCheck.STOCK, method=WipeMethod.CLEAR, by=BY).refused
    with given():
        last = fitness.last_wipe(pc_id)  # it came without a return: the log alone knows
        assert last is not None
        assert (last.method, last.line) == (WipeMethod.CLEAR, None)


def test_a_kit_lives_on_while_something_of_it_is_out(given: Given, tmp_path: Path) -> None:
    with given():
        kit = returning_scene.at_home()
        monitor = scene.item_in(kit, ItemKind.MONITOR)
        made = asking_back.begin(kit.employee_id, ReturnReason.OTHER, item_ids=[monitor.id], by=BY)
        returning.take_back(made.id, monitor.asset_tag, condition="damaged", by=BY)

        return_closing.close(made.id, by=BY, store=returning_scene.store(tmp_path), company=COMPANY)

        assert kit.dissolved_at is None
        assert len(queries.kit(kit.id, lock=True).kit_items) == 4
        [case] = damage_cases.cases_of(monitor.id)
        assert case.kind is DamageKind.DAMAGE


# --- bad input ------------------------------------------------------------------------------------


def test_a_kit_that_waits_in_the_store_outlives_the_return_of_an_old_device(
    given: Given, tmp_path: Path
) -> None:
    with given():
        kit, old = scene.kit(packed=True), returning_scene.spare(ItemKind.LAMP)
        person = Holder(HolderKind.EMPLOYEE, kit.employee_id)
        service.hand_to([old.id], person, by=BY, because="import:1")
        made = begun(kit, ReturnReason.OTHER)
        returning.take_back(made.id, old.asset_tag, by=BY)

        return_closing.close(made.id, by=BY, store=returning_scene.store(tmp_path), company=COMPANY)

        assert queries.kit_of(kit.employee_id) is not None
        assert {box.state for box in kit.boxes} == {BoxState.PACKED}


def test_what_is_not_expected_is_refused_with_a_sentence_that_helps(given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        made = begun(kit)
        free = returning_scene.spare(ItemKind.DOCK)
        packed = scene.kit("Bo Rau").items[0]
        first = kit.items[0]
        first.serial, first.asset_tag = "5CG0-77", first.asset_tag
        take = partial(returning.take_back, made.id, by=BY)
        for code, said in (
            (free.asset_tag, "is in the store and was with nobody"),
            (packed.asset_tag, "lies in the house for Bo Rau and was never handed out"),
            (kit.boxes[0].code, "is the number of a box. Take the tag"),
            ("NIX-1", "There is no device with the tag or serial number NIX-1"),
            ("", "Scan or type the tag"),
        ):
            with pytest.raises(Refused, match=said):
                take(code)

        assert take("5CG0-77").item_id == first.id  # the serial number of one device will do
        with pytest.raises(Refused, match="scanned twice, it counts once"):
            take(first.asset_tag)
        assert held(free.id)[0] is HolderKind.STOCK


def test_what_somebody_else_has_comes_in_anyway_when_it_is_said(
    given: Given, tmp_path: Path
) -> None:
    with given():
        kit, other = returning_scene.at_home("Ada Ott"), returning_scene.at_home("Bo Rau")
        made = asking_back.begin(
            kit.employee_id, ReturnReason.OTHER, item_ids=[kit.items[0].id], by=BY
        )
        mouse = scene.item_in(other, ItemKind.MOUSE)
        with pytest.raises(
            return_lines.NotReturned, match="is with Bo Rau by the ledger"
        ) as refusal:
            returning.take_back(made.id, mouse.asset_tag, by=BY)
        assert refusal.value.may_come_anyway

        line = returning.take_back(made.id, mouse.asset_tag, anyway=True, by=BY)

        assert (line.expected, line.came) == (0, 1)
        assert mouse.state is ItemState.TO_CHECK
        assert mouse.id not in {item.id for item in queries.kit(other.id).items}
        returning.take_back(made.id, kit.items[0].asset_tag, by=BY)
        return_closing.close(made.id, by=BY, store=returning_scene.store(tmp_path), company=COMPANY)


def test_what_another_return_expects_is_taken_back_there(given: Given) -> None:
    with given():
        kit, other = returning_scene.at_home("Ada Ott"), returning_scene.at_home("Bo Rau")
        made, elsewhere = begun(kit), begun(other)
        with pytest.raises(return_lines.NotReturned, match="in the return of Bo Rau") as refusal:
            returning.take_back(made.id, other.items[0].asset_tag, anyway=True, by=BY)
        assert refusal.value.return_id == elsewhere.id


def test_what_has_just_come_back_in_another_return_says_when_and_in_which(
    given: Given, tmp_path: Path
) -> None:
    with given():
        kit, other = returning_scene.at_home("Ada Ott"), returning_scene.at_home("Bo Rau")
        made, elsewhere = begun(kit), begun(other)
        item = other.items[0]
        returning.take_back(elsewhere.id, item.asset_tag, by=BY)
        for is_closed in (False, True):
            if is_closed:
                store = returning_scene.store(tmp_path)
                return_closing.close(
                    elsewhere.id, by=BY, store=store, company=COMPANY, rest_is_missing=True
                )
            with pytest.raises(return_lines.NotReturned, match="in the return of Bo Rau") as said:
                returning.take_back(made.id, item.asset_tag, by=BY)
            assert said.value.reason.startswith("%(tag)s came back on %(day)s")
            assert said.value.facts["day"] == elsewhere.lines[0].came_at
            assert said.value.return_id == elsewhere.id


def test_nobody_is_asked_twice_or_for_nothing(given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        poor = makers.employee("Bo Rau")
        begun(kit)
        with pytest.raises(Refused, match="What Ada Ott has is asked for already"):
            begun(kit)
        with pytest.raises(Refused, match="Bo Rau has nothing of the house"):
            asking_back.begin(poor.id, ReturnReason.LEAVER, by=BY)
        with pytest.raises(Refused, match="Choose at least one device"):
            asking_back.begin(kit.employee_id, ReturnReason.OTHER, item_ids=[], by=BY)

        result = asking_back.begin_many([kit.employee_id, poor.id], ReturnReason.LEAVER, by=BY)
        assert (len(result.returns), len(result.refused)) == (0, 2)


def test_leavers_who_have_something_are_due_until_somebody_asks(app: Flask, given: Given) -> None:
    horizon = clock.today() + rules.DUE_AHEAD
    with given():
        leaver, stays = returning_scene.at_home("Ada Ott"), returning_scene.at_home("Bo Rau")
        leaver.employee.ends_on = clock.today() + timedelta(days=20)
        stays.employee.ends_on = clock.today() + timedelta(days=60)
        makers.employee("Cem Dal").ends_on = clock.today()
        person = leaver.employee_id

    with app.app_context():
        assert things_due.due_count(horizon) == 1
        assert things_due.held_counts([person]) == {person: 5}
    with given():
        made = asking_back.begin(person, ReturnReason.LEAVER, by=BY)
        made.due_on = clock.today() - timedelta(days=1)
    with app.app_context():
        assert things_due.due_count(horizon) == 0
        assert reading.return_counts(clock.today()) == (1, 1)


def test_one_broken_device_hides_neither_the_leaver_nor_her_cables(given: Given) -> None:
    horizon = clock.today() + rules.DUE_AHEAD
    with given():
        leaver = returning_scene.at_home("Ada Ott")
        leaver.employee.ends_on = clock.today() + timedelta(days=20)
        cables = returning_scene.cables_with(leaver.employee_id, 3)
        mouse = scene.item_in(leaver, ItemKind.MOUSE)
        asking_back.begin(leaver.employee_id, ReturnReason.DEFECT, item_ids=[mouse.id], by=BY)
        assert things_due.due_count(horizon) == 1

        made = begun(leaver)

        assert mouse.id not in {line.item_id for line in made.lines}
        assert [line.expected for line in made.lines if line.good_id == cables.id] == [3]
        assert things_due.due_count(horizon) == 0
        with pytest.raises(Refused, match="asked for already"):
            begun(leaver)


def test_a_device_comes_back_once_however_many_scan_it(app: Flask, given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        made = begun(kit)
        made_id, tag, item_id = made.id, kit.items[0].asset_tag, kit.items[0].id

    scan = partial(returning.take_back, made_id, tag, by=BY)
    said = at_once(app, scan, scan)

    assert sorted(answer == "done" for answer in said) == [False, True]
    with app.app_context():
        lines = queries.ledger_of_item(item_id)
        assert sum(line.because == f"return:{made_id}" for line in lines) == 1


def test_a_person_is_asked_once_however_many_ask(app: Flask, given: Given) -> None:
    with given():
        person = returning_scene.at_home("Ada Ott").employee_id

    ask = partial(asking_back.begin, person, ReturnReason.LEAVER, by=BY)
    said = at_once(app, ask, ask)

    assert sorted(answer == "done" for answer in said) == [False, True]
    assert "asked" in next(answer for answer in said if answer != "done")
    with app.app_context():
        assert len(reading.open_returns_of(person)) == 1


# --- losses and who bears them --------------------------------------------------------------------


def test_what_is_found_again_waits_for_a_check_and_closes_its_case(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        case = fate.lose(mouse.id, note="Im Zug liegen geblieben", by=BY)
        assert (mouse.state, mouse.kit_item) == (ItemState.LOST, None)
        assert case.employee_id == kit.employee_id

        fate.found_again(mouse.id, by=BY)

        assert mouse.state is ItemState.TO_CHECK
        assert (case.who_pays, case.amount_cents) == (WhoPays.COMPANY, 0)
        assert case.reason == rules.FOUND_AGAIN
        with pytest.raises(Refused, match="is not lost"):
            fate.found_again(mouse.id, by=BY)


def test_nobody_pays_more_than_it_was_worth_or_without_a_reason(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        case = fate.lose(scene.item_in(kit, ItemKind.MOUSE).id, by=BY)
        decide = partial(damages.decide, case.id, by=makers.IT)
        with pytest.raises(Refused, match="more than the thing was worth"):
            decide(WhoPays.PERSON, amount_cents=12_001, reason="grob fahrlässig")
        with pytest.raises(Refused, match="Say why"):
            decide(WhoPays.COMPANY, amount_cents=0, reason=" ")
        with pytest.raises(Refused, match="Say how much"):
            decide(WhoPays.PERSON, amount_cents=0, reason="mittlere Fahrlässigkeit")
        with pytest.raises(Refused, match="Only when the person pays"):
            decide(WhoPays.INSURANCE, amount_cents=5, reason="Hausrat")

        decide(WhoPays.PERSON, amount_cents=4_000, reason="mittlere Fahrlässigkeit")

        with pytest.raises(Refused, match="decided already"):
            decide(WhoPays.COMPANY, amount_cents=0, reason="doch nicht")


def test_what_is_out_of_the_house_is_neither_repaired_nor_retired(given: Given) -> None:
    with given():
        kit, packed = returning_scene.at_home(), scene.kit("Bo Rau")
        with pytest.raises(Refused, match="begin a return first"):
            fate.to_repair(kit.items[0].id, by=BY)
        with pytest.raises(Refused, match="lies in the kit of Bo Rau"):
            fate.retire(packed.items[0].id, by=BY)
        with pytest.raises(Refused, match="is not in repair"):
            fate.back_from_repair(kit.items[0].id, by=BY)
