"""The page of a case says what turned up after the decision, and lets both of them act."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from hoffice.accounts.rules import Role
from hoffice.kits.queries import damage_cases
from tests.conftest import Given
from tests.kits.test_service_found_late import decided, waiting
from tests.pageclient import PageClient

Browser = Callable[..., PageClient]


def test_it_finds_small_parts_of_a_decided_case_and_hr_decides_anew(
    app: Flask, given: Given, signed_in: Browser
) -> None:
    with given():
        _cables, case, _hr = decided()
        case_id = case.id
    it, hr = signed_in(Role.IT), signed_in(Role.HR)
    page = f"/geraete/schaeden/{case_id}"
    assert 'name="count"' in it.get(page).text
    assert 'name="count"' not in hr.get(page).text

    it.post(f"{page}/gefunden", {"count": "1"})

    assert "Eins von 2 ist nach der Entscheidung wieder da." in hr.get(page).text
    with app.app_context():
        [task] = waiting(damage_cases.damage_case(case_id))
        task_id = task.id
    asked = hr.get(f"/aufgaben/{task_id}").text
    assert "ist nach der Entscheidung wieder da: neu entscheiden" in asked
    assert page in asked
    hr.post(f"{page}/wieder-oeffnen", {"because": "eins ist wieder da"})
    assert "ist nach der Entscheidung wieder da" not in hr.get(page).text
    with app.app_context():
        assert damage_cases.damage_case(case_id).count == 1
