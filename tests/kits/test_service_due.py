"""What comes due by itself: a signed return to the office, and what arrived broken."""

from __future__ import annotations

from datetime import timedelta

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.kits import queries
from hoffice.kits.queries import damage_cases, things_due
from hoffice.kits.rules import (
    DamageKind,
    Holder,
    HolderKind,
    HomeAnswer,
    ItemKind,
    ReturnOutcome,
    ReturnReason,
)
from hoffice.kits.service import asking_back, due, return_closing, returning
from hoffice.kits.service.ledger import correct
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene

BY = makers.IT
BROKEN = (HomeAnswer.BROKEN, "gesprungen")


def test_what_arrived_broken_and_comes_back_is_one_case_in_which_nobody_pays(given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        makers.account(Role.IT)
        monitor = scene.item_in(kit, ItemKind.MONITOR)
        due.arrived({monitor.id: BROKEN}, employee_id=kit.employee_id, name="Ada Ott", by=BY)
        [asked] = asking_back.begin_many([kit.employee_id], ReturnReason.DEFECT, by=BY).returns

        returning.take_back(asked.id, monitor.asset_tag, condition="damaged", by=BY)
        return_closing.close(asked.id, by=BY)

        [case] = damage_cases.cases_of(monitor.id)
        assert (case.kind, case.employee_id) == (DamageKind.DAMAGE, None)
        assert case.return_line_id == asked.lines[0].id


def test_a_late_word_about_a_device_breaks_nothing_that_somebody_else_has(given: Given) -> None:
    with given():
        kit, bo = returning_scene.at_home("Ada Ott"), makers.employee("Bo Rau")
        makers.account(Role.IT)
        monitor = scene.item_in(kit, ItemKind.MONITOR)
        held = queries.holding_of(monitor.id)
        assert held is not None
        correct(held.entry_id, Holder(HolderKind.EMPLOYEE, bo.id), note="vertauscht", by=BY)

        due.arrived({monitor.id: BROKEN}, employee_id=kit.employee_id, name="Ada Ott", by=BY)

        assert not things_due.broken_with(bo.id)
        assert not damage_cases.cases_of(monitor.id)


def test_who_stays_at_home_after_all_brings_nothing_more(given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        cables = returning_scene.cables_with(kit.employee_id, 3)
        asked = due.back_to_office(kit.employee_id, clock.today(), by=BY)
        assert asked is not None
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        returning.take_back(asked.id, mouse.asset_tag, by=BY)
        some = next(line for line in asked.lines if line.good_id == cables.id)
        returning.count_back(asked.id, some.id, 1, by=BY)

        due.stays_at_home(kit.employee_id, by=BY)

        assert (some.expected, some.came, some.outcome) == (1, 1, ReturnOutcome.BACK)
        outcomes = [line.outcome for line in asked.lines]
        assert outcomes.count(ReturnOutcome.NOT_DUE) == len(asked.lines) - 2
        return_closing.close(asked.id, by=BY)
        assert kit.dissolved_at is None


def test_a_paper_without_a_day_keeps_the_known_one_and_a_late_one_means_today(
    given: Given,
) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        day = clock.today() + timedelta(days=9)
        asked = due.back_to_office(kit.employee_id, day, by=BY)
        assert asked is not None

        due.back_to_office(kit.employee_id, None, by=BY)

        assert asked.due_on == day
        due.back_to_office(kit.employee_id, clock.today() - timedelta(days=2), by=BY)
        assert asked.due_on == clock.today()
