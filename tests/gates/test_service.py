"""Asking the gates afresh at the van: what was open yesterday may be closed now."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice.agreements import service as agreements
from hoffice.agreements.rules import SIGNERS, PaperKind, SignerRole
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.gates import rules, service
from hoffice.gates.rules import Gate, Turn
from hoffice.kits import queries as kits
from hoffice.kits import service as kit_deeds
from hoffice.kits.models import Box, Release
from hoffice.kits.rules import BoxState
from hoffice.people.models import Employee
from hoffice.places.rules import Precision
from tests import makers
from tests.conftest import Given
from tests.handover import scene
from tests.kits import scene as kit_scene

BY = makers.IT


def closed_of(employee_id: int) -> list[Gate]:
    """The gates that hold this person's boxes back."""
    return [one.gate for one in rules.closed(service.answers_about(employee_id))]


def states() -> list[BoxState]:
    """The states of all boxes."""
    return list(db.session.scalars(select(Box.state).order_by(Box.id)))


def test_asking_for_twenty_people_costs_as_many_statements_as_for_two(
    app: Flask, given: Given, queries: list[str]
) -> None:
    with given():
        ids = [scene.ready(f"Person {number}").employee_id for number in range(20)]
        scene.run_of(list(kits.kits_of(ids[:9]).values()))

    def cost(asked: list[int]) -> int:
        with app.app_context():
            queries.clear()
            assert list(service.answers_of(asked)) == asked
            return len(queries)

    few, many = cost(ids[:2]), cost(ids)
    assert few == many
    assert few <= 12


def test_somebody_of_whom_nothing_is_known_is_answered_too(app: Flask, given: Given) -> None:
    with given():
        employee = Employee(
            personnel_number="P-0",
            first_name="Nur",
            last_name="Name",
            search_text="nur name",
            email="",
            phone="",
            language="de",
            created_at=makers.MONDAY,
        )
        db.session.add(employee)
        db.session.flush()
        employee_id = employee.id
    with app.app_context():
        said = service.answers_of([employee_id])[employee_id]
        assert [one.gate for one in said if one.is_open] == [Gate.CLIENT]
        assert service.answers_of([]) == {}


def test_a_box_is_refused_with_every_closed_gate_and_nothing_changes(
    app: Flask, given: Given
) -> None:
    with given():
        kit = kit_scene.kit()
        code, employee_id = kit.boxes[0].code, kit.employee_id
    with app.app_context():
        with pytest.raises(service.GateClosed) as refusal:
            service.check_load(kits.box_by_code(code), by=BY)
        db.session.commit()

        assert [one.gate for one in refusal.value.closed] == [
            Gate.ADDRESS,
            Gate.ADDENDUM,
            Gate.DATA_PROTECTION,
            Gate.KIT,
        ]
        assert [one.turn for one in refusal.value.closed] == [
            Turn.EMPLOYEE,
            Turn.HR,
            Turn.HR,
            Turn.IT,
        ]
        assert code in str(refusal.value)
        assert db.session.scalar(select(func.count()).select_from(Release)) == 0
        assert set(states()) == {BoxState.OPEN}
        assert closed_of(employee_id) == [one.gate for one in refusal.value.closed]


def test_a_kit_whose_gates_are_open_is_released_once_for_all_its_boxes(
    app: Flask, given: Given
) -> None:
    with given():
        kit = scene.ready()
        first, second = scene.codes(kit.id)
        release_id = service.check_load(kits.box_by_code(first), by=BY).id
    with given():
        again = service.check_load(kits.box_by_code(first), by=BY)
        other = service.check_load(kits.box_by_code(second), by=BY)
        assert again.id == other.id == release_id

    with app.app_context():
        [release] = db.session.scalars(select(Release))
        said = json.loads(release.gates)
        assert [one["gate"] for one in said if one["binding"]] == [
            "address",
            "addendum",
            "data_protection",
            "client",
            "kit",
        ]
        assert all(one["open"] for one in said if one["binding"])
        assert set(states()) == {BoxState.RELEASED}
        actions = list(db.session.scalars(select(AuditLine.action)))
        assert actions.count("kits.released") == 1


def void(employee_id: int) -> None:
    """HR takes the signed papers back."""
    agreements.void_pack(employee_id, "Falscher Vertrag", by=BY)


def unpack(employee_id: int) -> None:
    """IT opens the second box again."""
    kit = kits.kit_of(employee_id)
    assert kit is not None
    kit_deeds.unpack_box(kit.boxes[1].id, by=BY)


def lose_the_pin(employee_id: int) -> None:
    """The point on the map turns out to be a guess."""
    home = db.session.get_one(Employee, employee_id).homes[-1]
    home.precision = Precision.POSTCODE


@pytest.mark.parametrize(
    ("change", "gates"),
    [
        (void, [Gate.ADDENDUM, Gate.DATA_PROTECTION]),
        (scene.move, [Gate.ADDENDUM]),
        (unpack, [Gate.KIT]),
        (lose_the_pin, [Gate.ADDRESS]),
    ],
)
def test_a_release_is_not_enough_when_a_gate_has_closed_since(
    app: Flask, given: Given, change: Callable[[int], None], gates: list[Gate]
) -> None:
    with given():
        kit = scene.ready()
        code, employee_id = scene.codes(kit.id)[0], kit.employee_id
        service.check_load(kits.box_by_code(code), by=BY)
    with given():
        change(employee_id)

    with app.app_context():
        with pytest.raises(service.GateClosed) as refusal:
            service.check_load(kits.box_by_code(code), by=BY)
        assert [one.gate for one in refusal.value.closed] == gates


@pytest.mark.parametrize(
    ("roles", "is_open"),
    [
        ([SignerRole.EMPLOYEE], False),
        ([SignerRole.EMPLOYER], False),
        ([SignerRole.EMPLOYEE, SignerRole.EMPLOYER], True),
    ],
)
def test_an_addendum_needs_both_signatures(
    app: Flask, given: Given, *, roles: list[SignerRole], is_open: bool
) -> None:
    with given():
        kit = scene.ready(signed=False)
        scene.signed_papers(kit.employee, roles={**SIGNERS, PaperKind.ADDENDUM: roles})
        employee_id = kit.employee_id
    with app.app_context():
        assert closed_of(employee_id) == ([] if is_open else [Gate.ADDENDUM])


def test_a_refusal_is_noted_with_the_gates_and_without_a_name(app: Flask, given: Given) -> None:
    with given():
        kit = scene.ready(signed=False)
        box = kits.box_by_code(scene.codes(kit.id)[0])
        with pytest.raises(service.GateClosed) as refusal:
            service.check_load(box, by=BY)
        service.note_refusal(refusal.value, box, by=BY)
        employee_id = kit.employee_id
    with app.app_context():
        line = db.session.scalars(
            select(AuditLine).where(AuditLine.action == "gates.held_back")
        ).one()
        assert line.employee_id == employee_id
        assert line.details == {"gates": ["addendum", "data_protection"]}
