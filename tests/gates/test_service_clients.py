"""The client's gate: shut only when every project of a person waits for its client."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from hoffice import clock
from hoffice.agreements.approving import MAY_WORK, Standing
from hoffice.gates import rules, service
from hoffice.gates.rules import BINDING_FOR_DELIVERY, Answer, Gate, ProjectFacts, Turn
from tests import makers
from tests.agreements.approval_scene import approved, asked, project
from tests.conftest import Given
from tests.gates.test_rules import MONDAY, TUESDAY, WHOLE, answer


def client_gate(*projects: ProjectFacts) -> Answer:
    return answer(replace(WHOLE, projects=projects), Gate.CLIENT)


def test_nobody_waits_for_clients_who_need_not_approve() -> None:
    assert client_gate().reason == "Not needed"
    assert client_gate(ProjectFacts("Egal AG", Standing.NOT_NEEDED)).is_open


def test_an_approval_opens_it_and_says_since_when() -> None:
    said = client_gate(
        ProjectFacts("A", Standing.APPROVED, MONDAY), ProjectFacts("B", Standing.APPROVED, TUESDAY)
    )

    assert (said.is_open, said.reason, said.since) == (True, "Approved", TUESDAY)


@pytest.mark.parametrize("other", [Standing.APPROVED, Standing.NOT_NEEDED])
def test_one_open_project_is_enough_for_a_delivery(other: Standing) -> None:
    said = client_gate(ProjectFacts("A", Standing.REFUSED), ProjectFacts("B", other))

    assert said.is_open
    assert dict(said.facts) == {"open": 1, "all": 2}


@pytest.mark.parametrize(
    ("standing", "reason", "turn"),
    [
        (Standing.NOT_ASKED, "not asked yet", Turn.HR),
        (Standing.WAITING, "not answered yet", Turn.CLIENT),
        (Standing.LEFT_OUT, "not approved this person", Turn.HR),
        (Standing.REFUSED, "has refused", Turn.HR),
        (Standing.ENDED, "has ended", Turn.HR),
    ],
)
def test_it_says_whose_turn_it_is(standing: Standing, reason: str, turn: Turn) -> None:
    said = client_gate(ProjectFacts("Havelkraft", standing, MONDAY))

    assert (said.is_open, said.turn, said.since) == (False, turn, MONDAY)
    assert reason in said.reason
    assert said.facts == {"client": "Havelkraft"}


def test_of_several_shut_projects_the_one_that_may_open_next_speaks() -> None:
    said = client_gate(
        ProjectFacts("A", Standing.REFUSED),
        ProjectFacts("B", Standing.WAITING),
        ProjectFacts("C", Standing.NOT_ASKED),
    )

    assert said.facts == {"client": "B"}


@drawn(st.lists(st.sampled_from(Standing), min_size=1))
def test_it_is_shut_exactly_when_no_project_is_open(standings: list[Standing]) -> None:
    said = client_gate(*(ProjectFacts("A", one) for one in standings))

    assert said.is_open is bool(MAY_WORK & set(standings))
    assert said.reason % dict(said.facts)


def test_it_binds_the_delivery() -> None:
    assert Gate.CLIENT in BINDING_FOR_DELIVERY


def test_the_gate_opens_with_the_answer_and_closes_by_its_date(
    given: Given, tmp_path: Path
) -> None:
    today = clock.today()
    with given():
        kaya = makers.employee("Ay\u015fe Kaya")
        made = project(kaya, name="Havelkraft")
        assert _said(kaya.id).reason == "Not needed"
        asked(made, tmp_path)
        assert _said(kaya.id).turn is Turn.CLIENT
    with given():
        other = makers.employee("Nils Vogt")
        approved(project(other, name="Birkenthal"), tmp_path, valid_to=today)
        employee_id = other.id
        assert _said(employee_id).is_open
    with clock.frozen(clock.now() + timedelta(days=1)), given():
        assert "has ended" in _said(employee_id).reason
        closed = rules.closed(service.answers_about(employee_id))
        assert Gate.CLIENT in {one.gate for one in closed}


def _said(employee_id: int) -> Answer:
    return next(one for one in service.answers_about(employee_id) if one.gate is Gate.CLIENT)
