"""The driver's phone: own runs only, refusals that say why, forms that forget nothing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.handover import service as handover
from hoffice.handover.models import Handover
from hoffice.handover.rules import VisitOutcome
from hoffice.kits import queries as kits
from hoffice.kits.models import Box
from hoffice.kits.rules import BoxState
from hoffice.runs import service as runs
from hoffice.runs.models import Run
from hoffice.runs.rules import RunState
from tests import makers
from tests.conftest import Given
from tests.handover import scene
from tests.pageclient import PageClient

EN = {"Accept-Language": "en"}
CHECKED = re.compile(r'name="item-(\d+)" value="(\w+)" required checked')


@dataclass(frozen=True, slots=True)
class Tour:
    """A driver, the run, and the kit that goes to Ayşe Kaya."""

    driver: PageClient
    driver_id: int
    run_id: int
    kit_id: int
    stop_id: int
    codes: list[str]
    items: list[int]

    def page(self, path: str = "") -> str:
        """The run's page, or another one of the driver's."""
        response = self.driver.get(path or f"/unterwegs/{self.run_id}", headers=EN)
        assert response.status_code == 200, path
        return response.text

    def load(self, code: str) -> str:
        """What the driver sees after scanning a box."""
        response = self.driver.post(
            f"/unterwegs/{self.run_id}/laden", {"code": code}, headers=EN, follow_redirects=True
        )
        return response.text


def browser_of(app: Flask, account_id: int, epoch: int) -> PageClient:
    """The phone of somebody on staff."""
    client = PageClient(app)
    client.be_account(account_id, epoch)
    return client


def tour_of(app: Flask, given: Given, *, signed: bool = True, drives: bool = False) -> Tour:
    """A run of today with one stop, at the depot or already on its way."""
    with given():
        account = makers.account(Role.DRIVER, name="Can Demir")
        kit = scene.ready(signed=signed)
        run = scene.run_of([kit], driver=account)
        if drives:
            scene.load(kit.id, run.id)
            handover.start(run.id, by=scene.DRIVER)
        facts = account.id, run.id, kit.id, scene.stop_id_of(kit.id)
        browser = browser_of(app, account.id, account.session_epoch)
        return Tour(browser, *facts, codes=scene.codes(kit.id), items=scene.items_of(kit.id))


@pytest.fixture
def tour(app: Flask, given: Given) -> Tour:
    """A run at the depot, all of whose gates are open."""
    return tour_of(app, given)


@pytest.fixture
def visit(app: Flask, given: Given) -> Tour:
    """A run that drives."""
    return tour_of(app, given, drives=True)


def count(model: type[Handover]) -> int | None:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_driver_sees_and_opens_only_the_own_runs(app: Flask, given: Given, tour: Tour) -> None:
    with given():
        other = makers.account(Role.DRIVER, name="Lea Vogt")
        stranger = browser_of(app, other.id, other.session_epoch)
    assert f"/unterwegs/{tour.run_id}" in tour.page("/unterwegs/")
    assert "No run for you" in stranger.get("/unterwegs/", headers=EN).text
    for path in (
        f"/unterwegs/{tour.run_id}",
        f"/unterwegs/halt/{tour.stop_id}",
        f"/unterwegs/halt/{tour.stop_id}/geht-nicht",
    ):
        assert tour.driver.get(path).status_code == 200
        assert stranger.get(path).status_code == 404
    for path in (
        f"/unterwegs/{tour.run_id}/laden",
        f"/unterwegs/{tour.run_id}/ausladen",
        f"/unterwegs/{tour.run_id}/losfahren",
        f"/unterwegs/halt/{tour.stop_id}/uebergeben",
        f"/unterwegs/halt/{tour.stop_id}/geht-nicht",
    ):
        assert stranger.post(path, {"code": tour.codes[0]}).status_code == 404


def test_the_code_on_a_box_leads_its_driver_to_the_van_or_to_the_door(
    app: Flask, given: Given
) -> None:
    for drives in (False, True):
        tour = tour_of(app, given, drives=drives)
        page = f"/unterwegs/halt/{tour.stop_id}" if drives else f"/unterwegs/{tour.run_id}"
        on_the_way = tour.driver.get(f"/geraete/karton/{tour.codes[0]}")
        assert on_the_way.location == f"/unterwegs/karton/{tour.codes[0]}"
        assert tour.driver.get(on_the_way.location).location == page
    with given():
        other = makers.account(Role.DRIVER, name="Lea Vogt")
        stranger = browser_of(app, other.id, other.session_epoch)
    for code in (tour.codes[0], "K99999-1"):
        said = stranger.get(f"/geraete/karton/{code}", headers=EN, follow_redirects=True).text
        assert f"Box {code} is on none of your runs." in said
        assert "Kaya" not in said


def test_the_driver_is_told_who_waits_at_home_for_boxes_that_stay_behind(
    app: Flask, given: Given
) -> None:
    with given():
        account = makers.account(Role.DRIVER, name="Can Demir")
        going, staying = scene.ready("Ayşe Kaya"), scene.ready("Emre Kaplan")
        run_id = scene.run_of([going, staying], driver=account).id
        scene.load(going.id, run_id)
        driver = browser_of(app, account.id, account.session_epoch)
    assert driver.post(f"/unterwegs/{run_id}/losfahren", headers=EN).status_code == 303
    page = driver.get(f"/unterwegs/{run_id}", headers=EN).text
    assert "Promised, but not on the van: Emre Kaplan." in driver_flash(page)
    assert "Ayşe Kaya" not in driver_flash(page)


def driver_flash(page: str) -> str:
    """What the page says of the deed before it."""
    return (
        page.partition("Promised, but not on the van")[1]
        + page.partition("Promised, but not on the van")[2].partition("</")[0]
    )


def test_it_may_help_on_every_run_and_the_desk_of_hr_may_not(
    it: PageClient, hr: PageClient, tour: Tour
) -> None:
    assert f"/unterwegs/{tour.run_id}" in it.get("/unterwegs/").text
    assert it.get(f"/unterwegs/{tour.run_id}").status_code == 200
    assert hr.get(f"/unterwegs/{tour.run_id}").status_code == 403


def test_a_stop_on_no_run_has_no_door_here(given: Given, it: PageClient, tour: Tour) -> None:
    with given():
        kit = scene.ready("Emre Kaplan")
        stop_id = runs.propose_stop(kit.employee_id, by=makers.IT).id
    assert it.get(f"/unterwegs/halt/{stop_id}").status_code == 404
    assert tour.driver.get(f"/unterwegs/halt/{stop_id}").status_code == 404


@pytest.mark.parametrize(("days", "status"), [(1, 200), (2, 404)])
def test_the_doors_of_a_run_are_closed_after_the_day_after(
    app: Flask, given: Given, tour: Tour, days: int, status: int
) -> None:
    with given():
        run = db.session.get_one(Run, tour.run_id)
        run.shift.on_date = clock.today() - timedelta(days=days)
    assert tour.driver.get(f"/unterwegs/halt/{tour.stop_id}").status_code == status
    with app.app_context():
        assert db.session.get_one(Run, tour.run_id).shift.driver_id == tour.driver_id


def test_a_box_that_may_not_go_says_why_and_whose_turn_it_is_and_the_log_keeps_it(
    app: Flask, given: Given
) -> None:
    tour = tour_of(app, given, signed=False)

    page = tour.load(tour.codes[0])

    assert f"Box {tour.codes[0]} for Ayşe Kaya is not free yet." in page
    assert "Not sent yet. It is the turn of: HR." in page.replace("\n", " ")
    assert "Nothing was changed." in page
    assert page.count("It is the turn of") == 2
    with app.app_context():
        assert set(db.session.scalars(select(Box.state))) == {BoxState.PACKED}
        assert db.session.get_one(Run, tour.run_id).state is RunState.PROMISED
        line = db.session.scalars(
            select(AuditLine).where(AuditLine.action == "gates.held_back")
        ).one()
        assert line.actor == f"staff:{tour.driver_id}"
        assert line.details == {"gates": ["addendum", "data_protection"]}


def test_the_refusal_tells_nothing_of_boxes_of_other_runs(given: Given, tour: Tour) -> None:
    with given():
        other = scene.ready("Emre Kaplan", signed=False)
        code = scene.codes(other.id)[0]
    for asked in (code, "K99999-1", "<b>", "x" * 500):
        page = tour.page(f"/unterwegs/{tour.run_id}?gehalten={asked}")
        assert "Emre Kaplan" not in page
        assert "is not free yet" not in page


def test_the_refusal_goes_as_soon_as_the_box_may(app: Flask, given: Given) -> None:
    tour = tour_of(app, given, signed=False)
    path = f"/unterwegs/{tour.run_id}?gehalten={tour.codes[0]}"
    assert "is not free yet" in tour.page(path)
    with given():
        scene.signed_papers(kits.kit(tour.kit_id).employee)
    assert "is not free yet" not in tour.page(path)


def test_boxes_are_loaded_taken_off_and_driven_away(app: Flask, tour: Tour) -> None:
    first, second = tour.codes
    assert "0 of 2 boxes are on the van" in tour.page()
    assert "Drive off" not in tour.page()
    assert "Box 1 for Ayşe Kaya is on the van." in tour.load(first)
    assert "is already on the van" in tour.load(first)
    assert "There is no box" in tour.load("K99999-1")
    assert "Scan or type the number" in tour.load("")
    tour.load(second)
    assert "Drive off" in tour.page()

    tour.driver.post(f"/unterwegs/{tour.run_id}/ausladen", {"code": second})
    assert "1 of 2 boxes are on the van" in tour.page()
    answer = tour.driver.post(f"/unterwegs/{tour.run_id}/losfahren", headers=EN)
    assert answer.status_code == 409
    assert "No stop of this run has all its boxes on the van." in answer.text

    tour.load(second)
    assert tour.driver.post(f"/unterwegs/{tour.run_id}/losfahren").status_code == 303
    assert "Next: Ayşe Kaya" in tour.page()
    with app.app_context():
        assert db.session.get_one(Run, tour.run_id).state is RunState.UNDER_WAY


def test_a_stop_before_the_van_has_left_has_no_form(tour: Tour) -> None:
    page = tour.page(f"/unterwegs/halt/{tour.stop_id}")
    assert "The run has not started yet" in page
    assert "uebergeben" not in page


def test_an_unfinished_visit_keeps_what_was_said(app: Flask, visit: Tour) -> None:
    first, second, *_rest = visit.items
    sent = {
        f"item-{first}": "given",
        f"item-{second}": "damaged",
        f"note-{second}": 'Riss, "tief"',
        "received_by": "Nachbarin Öz",
        "note": "3. Stock",
    }

    answer = visit.driver.post(f"/unterwegs/halt/{visit.stop_id}/uebergeben", sent, headers=EN)

    assert answer.status_code == 422
    assert "Say something about every item" in answer.text
    assert CHECKED.findall(answer.text) == [(str(first), "given"), (str(second), "damaged")]
    for kept in ("Riss, &#34;tief&#34;", 'value="Nachbarin Öz"', "3. Stock</textarea>"):
        assert kept in answer.text
    with app.app_context():
        assert count(Handover) == 0


def all_given(visit: Tour, **more: str) -> dict[str, str]:
    """The form of a visit at which everything arrived."""
    return {f"item-{item}": "given" for item in visit.items} | {"received_by": "Ayşe Kaya"} | more


JUNK = (
    "",
    "no json",
    "{}",
    '[[["a", "b"]]]',
    "[[[1e999, 0]]]",
    "[[[NaN, 0.5]]]",
    "[" * 5000,
    '[[[0.1, 0.1]], "x"]',
    "null",
    "[[[0.5, 0.5]]]",
)
"""What no pad sends, and a dot."""


def test_junk_instead_of_a_signature_is_refused_kindly_and_nothing_is_lost(
    app: Flask, visit: Tour
) -> None:
    for strokes in JUNK:
        answer = visit.driver.post(
            f"/unterwegs/halt/{visit.stop_id}/uebergeben",
            all_given(visit, signature_kind="drawn", signature_strokes=strokes),
            headers=EN,
        )
        assert answer.status_code == 422, strokes[:40]
        assert "or type your name." in answer.text
        assert len(CHECKED.findall(answer.text)) == len(visit.items)
    with app.app_context():
        assert count(Handover) == 0


def test_a_visit_needs_the_name_of_whoever_took_the_boxes(visit: Tour) -> None:
    for sent, words in (
        ({"received_by": " "}, "Type your full name."),
        ({"received_by": "x" * 300}, "Something in the form is too long."),
        ({"note": "x" * 600}, "Something in the form is too long."),
    ):
        answer = visit.driver.post(
            f"/unterwegs/halt/{visit.stop_id}/uebergeben", all_given(visit, **sent), headers=EN
        )
        assert answer.status_code == 422
        assert words in answer.text


def test_a_word_nobody_knows_is_no_word_about_an_item(visit: Tour) -> None:
    answer = visit.driver.post(
        f"/unterwegs/halt/{visit.stop_id}/uebergeben",
        all_given(visit) | {f"item-{visit.items[0]}": "stolen"},
        headers=EN,
    )
    assert answer.status_code == 422
    assert "Say something about every item" in answer.text


def test_a_finished_visit_is_written_down_with_its_signature_and_only_once(
    app: Flask, visit: Tour
) -> None:
    path = f"/unterwegs/halt/{visit.stop_id}/uebergeben"
    drawn = json.dumps([[[0.1, 0.5], [0.3, 0.2], [0.5, 0.8], [0.7, 0.3], [0.9, 0.6]]])
    sent = all_given(visit, signature_kind="drawn", signature_strokes=drawn)

    answer = visit.driver.post(path, sent, headers=EN, follow_redirects=True)

    assert "Handed over to Ayşe Kaya." in answer.text
    assert "All stops are done" in answer.text
    page = visit.page(f"/unterwegs/halt/{visit.stop_id}")
    assert "This visit is written down" in page
    assert 'id="visit"' not in page
    again = visit.driver.post(path, sent, headers=EN)
    assert again.status_code == 422
    with app.app_context():
        [written] = db.session.scalars(select(Handover))
        assert written.outcome is VisitOutcome.DELIVERED
        assert written.strokes == json.loads(drawn)


def test_a_failed_visit_needs_its_reason(app: Flask, visit: Tour) -> None:
    path = f"/unterwegs/halt/{visit.stop_id}/geht-nicht"
    for sent in ({}, {"reason": "aliens"}):
        answer = visit.driver.post(path, {**sent, "note": "Tür zu"}, headers=EN)
        assert answer.status_code == 422
        assert "Tür zu" in answer.text
    with app.app_context():
        assert count(Handover) == 0

    sent = {"reason": "nobody_home", "note": "Tür zu"}
    answer = visit.driver.post(path, sent, headers=EN, follow_redirects=True)

    assert "the stop is planned again" in answer.text
    with app.app_context():
        [written] = db.session.scalars(select(Handover))
        assert (written.outcome, written.note) == (VisitOutcome.FAILED, "Tür zu")
        assert written.by == f"staff:{visit.driver_id}"
    assert visit.driver.post(path, sent).status_code == 409


def test_names_and_notes_are_never_read_as_html(given: Given, it: PageClient) -> None:
    evil = "<script>alert(1)</script>"
    with given():
        kit = scene.ready(f"Eva {evil}")
        kit.employee.homes[-1].access_note = evil
        run = scene.run_of([kit])
        run_id, stop_id = run.id, scene.stop_id_of(kit.id)
    for path in (
        "/unterwegs/",
        f"/unterwegs/{run_id}",
        f"/unterwegs/halt/{stop_id}",
        f"/unterwegs/halt/{stop_id}/geht-nicht",
    ):
        assert evil not in it.get(path).text
