"""Slips in a return, missing small parts, and cases that are decided anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries, service
from hoffice.kits.models import BulkGood, DamageCase, Return, ReturnLine, Transfer
from hoffice.kits.queries import bulk as counted
from hoffice.kits.queries import damage_cases, replacements
from hoffice.kits.queries import returning as reading
from hoffice.kits.rules import (
    STOCK,
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
    exchanging,
    fate,
    reserving,
    return_closing,
    return_records,
    return_slips,
    returning,
    teardown,
    transfers,
)
from hoffice.kits.service.desk_scans import scan
from hoffice.kits.service.ledger import correct
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.kits.returning_scene import begun

BY = makers.IT
HR = Actor.staff(2)
BOOK = LinkBook("slips-" + "0" * 34, (), "http://localhost", timedelta(days=30))


def line_about(made: Return, item_id: int) -> ReturnLine:
    return next(line for line in made.lines if line.item_id == item_id)


def refusal(made: Return, line: ReturnLine) -> str:
    """Why this line cannot be taken back; nothing of the try is left."""
    with pytest.raises(Refused) as raised, db.session.begin_nested():
        return_slips.not_back(made.id, line.id, by=BY)
    return str(raised.value)


def closed_without_cables(count: int = 3, *, came: int = 1) -> tuple[BulkGood, DamageCase]:
    """Somebody gave everything back but some of her cables, and IT has closed the return."""
    kit = returning_scene.at_home("Ada Ott")
    cables = returning_scene.cables_with(kit.employee_id, count)
    cables.value_cents = 450
    made = begun(kit)
    for item in kit.items:
        returning.take_back(made.id, item.asset_tag, by=BY)
    line = next(line for line in made.lines if line.good_id == cables.id)
    returning.count_back(made.id, line.id, came, by=BY)
    return_closing.close(made.id, by=BY, rest_is_missing=True)
    [case_id] = damage_cases.cases_by_line([line.id]).values()
    return cables, damage_cases.damage_case(case_id)


# --- slips ----------------------------------------------------------------------------------------


def test_what_was_taken_back_by_mistake_is_with_her_again_in_kit_and_box(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        monitors = [scene.item_in(kit, kind) for kind in (ItemKind.MONITOR, ItemKind.HEADSET)]
        made, wrong = begun(kit), monitors[0]
        wrong.condition = "good"
        number = scene.box_number(wrong)
        for item in monitors:
            returning.take_back(made.id, item.asset_tag, condition="damaged", by=BY)
        box = next(box for box in kit.boxes if box.number == number)
        assert box.state is BoxState.RETURNED  # nothing of it is out any more
        kit_id, box_id, wrong_id, made_id = kit.id, box.id, wrong.id, made.id

        return_slips.not_back(made.id, line_about(made, wrong.id).id, by=BY)

    with given():
        item, made = queries.item(wrong_id), reading.kit_return(made_id)
        line = line_about(made, item.id)
        assert (line.came, line.outcome, line.is_open, line.condition) == (0, None, True, "")
        assert (item.state, item.condition, item.is_to_check) == (ItemState.OUT, "good", False)
        assert item.kit_item is not None
        assert (item.kit_item.kit_id, scene.box_number(item)) == (kit_id, number)
        assert queries.box(box_id).state is BoxState.HANDED_OVER
        papers = [entry.because for entry in queries.ledger_of_item(item.id)[:2]]
        assert papers == [f"slip:{made.id}", f"return:{made.id}"]
        assert [entry.to_kind for entry in queries.ledger_of_item(item.id)[:2]] == [
            HolderKind.EMPLOYEE,
            HolderKind.STOCK,
        ]
        returning.take_back(made.id, item.asset_tag, by=BY)
        assert line.came == 1
        assert reading.handed_out_by(made.id) == []  # the record tells of no exchange


def test_what_came_along_by_mistake_goes_back_to_whom_it_belongs(given: Given) -> None:
    with given():
        kit, other = returning_scene.at_home("Ada Ott"), returning_scene.at_home("Bo Rau")
        made, mouse = begun(kit), scene.item_in(other, ItemKind.MOUSE)
        line = returning.take_back(made.id, mouse.asset_tag, anyway=True, by=BY)

        return_slips.not_back(made.id, line.id, by=BY)

        assert mouse.id not in {line.item_id for line in reading.kit_return(made.id).lines}
        held = queries.holding_of(mouse.id)
        assert held is not None
        assert (held.holder_kind, held.holder_id) == (HolderKind.EMPLOYEE, other.employee_id)
        assert mouse.kit_item is not None
        assert mouse.kit_item.kit_id == other.id


def passing_on(giver_id: int, *item_ids: int) -> Transfer:
    """She says that she has given these to a colleague, who has not said so yet."""
    made = transfers.propose(
        item_ids, giver_id, makers.employee("Bo Rau").id, note="", by=BY, book=BOOK
    )
    return transfers.confirm(made.id, employee_id=giver_id, by=BY)


def test_a_slip_lets_the_transfer_wait_again_that_it_had_ended(given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        made, monitor = begun(kit), scene.item_in(kit, ItemKind.MONITOR)
        passing = passing_on(kit.employee_id, monitor.id, scene.item_in(kit, ItemKind.MOUSE).id)
        said = passing.given_at
        line = returning.take_back(made.id, monitor.asset_tag, by=BY)
        assert passing.reason

        return_slips.not_back(made.id, line.id, by=BY)

        assert (passing.ended_at, passing.reason, passing.given_at) == (None, "", said)
        transfers.confirm(passing.id, employee_id=passing.to_id, by=BY)
        assert returning_scene.held(monitor.id) == (HolderKind.EMPLOYEE, passing.to_id)


@pytest.mark.parametrize("other_way", ["withdrawn", "gone", "passed on anew"])
def test_a_slip_brings_no_transfer_back_that_ended_otherwise(given: Given, other_way: str) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        made, monitor = begun(kit), scene.item_in(kit, ItemKind.MONITOR)
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        passing = passing_on(kit.employee_id, monitor.id, mouse.id)
        if other_way == "withdrawn":
            transfers.withdraw(passing.id, by=BY)
        line = returning.take_back(made.id, monitor.asset_tag, by=BY)
        if other_way == "gone":
            returning.take_back(made.id, mouse.asset_tag, by=BY)
        if other_way == "passed on anew":
            passing_on(kit.employee_id, mouse.id)

        return_slips.not_back(made.id, line.id, by=BY)

        assert passing.ended_at is not None
        assert not any(one.is_open for one in passing.lines)


def test_what_was_looked_at_or_closed_is_no_slip_any_more(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        pc, mouse = scene.item_in(kit, ItemKind.PC), scene.item_in(kit, ItemKind.MOUSE)
        made = begun(kit)
        assert "Only a device that is back" in refusal(made, line_about(made, mouse.id))
        for item in kit.items:
            returning.take_back(made.id, item.asset_tag, by=BY)
        fate.wipe([pc.id], WipeMethod.PURGE, by=BY)
        assert "was looked at since" in refusal(made, line_about(made, pc.id))

        return_closing.close(made.id, by=BY)

        assert "This return is closed" in refusal(made, line_about(made, mouse.id))


def test_what_was_lost_before_the_slip_is_lost_again_and_its_case_waits(given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        made, monitor = begun(kit), scene.item_in(kit, ItemKind.MONITOR)
        case = fate.lose(monitor.id, by=BY)
        line = returning.take_back(made.id, monitor.asset_tag, by=BY)
        assert case.reason == rules.FOUND_AGAIN

        return_slips.not_back(made.id, line.id, by=BY)

        assert monitor.state is ItemState.LOST
        assert [one.id for one in damage_cases.cases_of(monitor.id)] == [case.id]
        assert (case.decided_at, case.who_pays, case.reason) == (None, None, "")
        damages.decide(case.id, WhoPays.COMPANY, amount_cents=0, reason="Kulanz", by=HR)


def test_a_slip_invents_no_case_for_what_a_list_had_said_to_be_lost(given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        made, monitor = begun(kit), scene.item_in(kit, ItemKind.MONITOR)
        service.hand_to([monitor.id], Holder(HolderKind.LOST), by=BY, because="import:1")
        line = returning.take_back(made.id, monitor.asset_tag, by=BY)

        return_slips.not_back(made.id, line.id, by=BY)

        assert monitor.state is ItemState.LOST
        assert damage_cases.cases_of(monitor.id) == []


def test_a_return_is_not_closed_over_more_than_the_page_said(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        made = begun(kit)
        first, *others = list(kit.items)[:4]
        for item in (first, *others):
            returning.take_back(made.id, item.asset_tag, by=BY)
        return_slips.not_back(made.id, line_about(made, first.id).id, by=BY)
        with pytest.raises(Refused, match="Meanwhile more of it is not here: 2"):
            return_closing.close(made.id, by=BY, rest_is_missing=True, missing=1)

        return_closing.close(made.id, by=BY, rest_is_missing=True, missing=2)

        outcomes = [line.outcome for line in made.lines]
        assert outcomes.count(ReturnOutcome.MISSING) == 2


# --- cases ----------------------------------------------------------------------------------------


def test_missing_small_parts_are_a_case_of_what_they_are_worth(given: Given) -> None:
    with given():
        cables, case = closed_without_cables(3, came=1)
        assert (case.kind, case.count, case.value_cents) == (DamageKind.LOSS, 2, 900)
        assert case.employee is not None
        assert (case.employee.name, case.name) == ("Ada Ott", f"2\xa0×\xa0{cables.name}")
        assert damage_cases.undecided_count() == 1
        lost = counted.holding(cables.id, Holder(HolderKind.LOST))
        assert lost is not None
        assert lost.count == 2
        with pytest.raises(Refused, match="Between 1 and 2"):
            damages.goods_found(case.id, 3, by=BY)

        damages.goods_found(case.id, 1, by=BY)

        assert (case.count, case.value_cents, case.decided_at) == (1, 450, None)
        damages.goods_found(case.id, 1, by=BY)
        assert (case.who_pays, case.reason) == (WhoPays.COMPANY, rules.FOUND_AGAIN)
        assert lost.count == 0
        with pytest.raises(Refused, match="found already"):
            damages.goods_found(case.id, 1, by=BY)


def test_a_decided_case_is_decided_anew_and_keeps_what_was_said(given: Given) -> None:
    with given():
        _cables, case = closed_without_cables()
        with pytest.raises(Refused, match="Nobody has decided"):
            damages.reopen(case.id, "zu früh", by=HR)
        damages.decide(case.id, WhoPays.PERSON, amount_cents=900, reason="grob fahrlässig", by=HR)
        with pytest.raises(Refused, match="why it is to be decided anew"):
            damages.reopen(case.id, "  ", by=HR)

        damages.reopen(case.id, "Die Kabel lagen beim Nachbarn", by=HR)

        assert (case.who_pays, case.amount_cents, case.decided_at) == (None, 0, None)
        [earlier] = case.earlier
        assert (earlier.who_pays, earlier.amount_cents) == (WhoPays.PERSON, 900)
        assert (earlier.reason, earlier.reopened_because) == (
            "grob fahrlässig",
            "Die Kabel lagen beim Nachbarn",
        )
        damages.decide(case.id, WhoPays.COMPANY, amount_cents=0, reason="Kulanz", by=HR)
        assert case.reason == "Kulanz"


def test_a_correction_of_the_ledger_opens_and_closes_the_case_of_a_loss(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        held = queries.holding_of(mouse.id)
        assert held is not None

        correct(held.entry_id, Holder(HolderKind.LOST), note="im Zug vergessen", by=BY)

        [case] = damage_cases.cases_of(mouse.id)
        assert (case.employee_id, case.note) == (kit.employee_id, "im Zug vergessen")
        correct(held.entry_id, STOCK, note="lag im Lager", by=BY)
        assert case.reason == rules.FOUND_AGAIN
        with pytest.raises(Refused, match="nothing to decide"):
            damages.reopen(case.id, "doch", by=HR)


def test_what_was_lost_before_leads_from_its_return_to_its_case(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        made = asking_back.begin(kit.employee_id, ReturnReason.OTHER, item_ids=[mouse.id], by=BY)
        case = fate.lose(mouse.id, by=BY)

        return_closing.close(made.id, by=BY, rest_is_missing=True)

        [line] = made.lines
        assert damage_cases.cases_by_line([line.id]) == {line.id: case.id}
        assert [one.id for one in damage_cases.cases_of(mouse.id)] == [case.id]


# --- days, records, what is kept for others -------------------------------------------------------


def test_nothing_is_due_on_a_day_that_is_over(given: Given) -> None:
    over = clock.today() - timedelta(days=1)
    with given():
        kit = returning_scene.at_home("Ada Ott")
        monitor = scene.item_in(kit, ItemKind.MONITOR)
        returning_scene.spare(ItemKind.MONITOR)
        for deed in (
            lambda: asking_back.begin(kit.employee_id, ReturnReason.LEAVER, due_on=over, by=BY),
            lambda: asking_back.begin_many(
                [kit.employee_id], ReturnReason.LEAVER, due_on=over, by=BY
            ),
            lambda: exchanging.begin_swap(monitor.id, ReturnReason.DEFECT, due_on=over, by=BY),
        ):
            with pytest.raises(Refused, match="is over: choose today"):
                deed()
        assert replacements.replacement_for(monitor.id) is None

        made = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, due_on=clock.today(), by=BY)
        with pytest.raises(Refused, match="is over"):
            returning.set_due(made.id, over, by=BY)
        made.due_on = over  # it has become overdue since
        assert returning.set_due(made.id, over, by=BY).due_on == over


def test_the_record_claims_no_more_than_was_asked_for(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        some = asking_back.begin(kit.employee_id, ReturnReason.OTHER, item_ids=[mouse.id], by=BY)
        returning.take_back(some.id, mouse.asset_tag, by=BY)
        return_closing.close(some.id, by=BY)
        rest = begun(kit)
        for item in queries.kit(kit.id).items:
            returning.take_back(rest.id, item.asset_tag, by=BY)
        return_closing.close(rest.id, by=BY)

        assert return_records.facts_of(some.id, company="").has_more
        assert not return_records.facts_of(rest.id, company="").has_more


def test_a_desk_that_is_torn_down_never_gets_what_is_kept_for_somebody_else(
    given: Given,
) -> None:
    with given():
        old = scene.item_in(returning_scene.at_home("Ada Ott"), ItemKind.MONITOR)
        spare = returning_scene.spare(ItemKind.MONITOR)
        reserving.reserve_replacement(old.id, by=BY)
        desk = teardown.begin(makers.employee("Bo Rau").id, makers.kit_type().id, by=BY)
        stranger = makers.employee("Cem Dal").id
        kit_type = scene.stocked(kinds=[kind for kind in scene.KINDS if kind is not spare.kind])
        for deed in (
            lambda: scan(desk.id, "8f4e1f0e-55d3-4d9a-9a51-6b0d2b8f1d01", spare.asset_tag, by=BY),
            lambda: service.give_kit(stranger, kit_type.id, tags=[spare.asset_tag], by=BY),
        ):
            with pytest.raises(Refused, match="is kept for Ada Ott"), db.session.begin_nested():
                deed()
        with pytest.raises(Refused, match="Not enough in stock"), db.session.begin_nested():
            service.give_kit(stranger, kit_type.id, by=BY)
        assert queries.item(spare.id).kit_item is None
