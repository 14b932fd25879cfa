"""The staff's pages of pick-ups and parcels: who may what, and what becomes of nonsense."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.handover import service
from hoffice.runs import queries
from hoffice.runs.models import Booking, Counter, Parcel
from hoffice.runs.rules import StopState, Way
from tests import makers
from tests.conftest import Given
from tests.handover import scene, ways_scene
from tests.pageclient import PageClient
from tests.runs.scene import book

EN = {"Accept-Language": "en"}
NINE = ways_scene.NINE
IN_TWO_DAYS = timedelta(days=2)


def said(browser: PageClient, path: str, data: Mapping[str, object]) -> str:
    """What the page says after sending this form."""
    return browser.post(path, dict(data), headers=EN, follow_redirects=True).text


def test_each_role_sees_only_what_concerns_it(
    given: Given, signed_in: Callable[..., PageClient]
) -> None:
    going = ways_scene.going(given, Way.OFFICE)
    hours = ways_scene.hours(given)
    parcel = ways_scene.going(given, Way.PARCEL, "Rosa Blumenthal", depot=False)
    read = (
        "/fahrten/abholung",
        "/fahrten/abholung/liste",
        "/fahrten/abholung/zeiten",
        f"/fahrten/abholung/termin/{going.stop_id}",
        "/fahrten/pakete",
        "/fahrten/wege",
    )
    it_only = (
        f"/fahrten/abholung/zeiten/{hours}",
        f"/fahrten/pakete/{parcel.stop_id}",
        f"/unterwegs/abholung/{going.stop_id}",
    )
    for role, sees, does in (
        (Role.IT, 200, 200),
        (Role.HR, 200, 403),
        (Role.DRIVER, 403, 403),
        (Role.LEAD, 403, 403),
        (Role.WORKS_COUNCIL, 403, 403),
    ):
        browser = signed_in(role)
        assert {browser.get(path).status_code for path in read} == {sees}, role
        assert {browser.get(path).status_code for path in it_only} == {does}, role


def test_hr_opens_no_hours_and_posts_nothing(given: Given, hr: PageClient) -> None:
    parcel = ways_scene.going(given, Way.PARCEL)
    for path in (
        "/fahrten/abholung/zeiten",
        f"/fahrten/pakete/{parcel.stop_id}",
        f"/fahrten/pakete/{parcel.stop_id}/angekommen",
        f"/fahrten/pakete/{parcel.stop_id}/zurueck",
    ):
        assert hr.post(path, {}).status_code == 403, path


def test_an_empty_house_says_what_to_do(it: PageClient) -> None:
    page = it.get("/fahrten/abholung", headers=EN).text
    assert "No hours are open." in page
    assert "Where is the office?" in it.get("/fahrten/abholung/zeiten", headers=EN).text
    assert "Nothing goes by parcel." in it.get("/fahrten/pakete", headers=EN).text
    assert "Nobody waits for a kit." in it.get("/fahrten/wege", headers=EN).text
    assert "Nobody has booked yet." in it.get("/fahrten/abholung/liste", headers=EN).text


def open_form(**changes: object) -> dict[str, object]:
    """Two days of hours as the form sends them."""
    first = clock.today() + timedelta(days=7 - clock.today().weekday())  # a Monday
    return {
        "first": first.isoformat(),
        "last": (first + timedelta(days=1)).isoformat(),
        "start": "09:00",
        "end": "11:00",
        "places": "2",
        "note": "Tor 3",
        **changes,
    }


def test_hours_are_opened_for_several_days_changed_and_closed(
    app: Flask, given: Given, it: PageClient
) -> None:
    with given():
        makers.depot()
    assert "2 days are open." in said(it, "/fahrten/abholung/zeiten", open_form())
    with app.app_context():
        first, second = db.session.query(Counter).order_by(Counter.on_date)
        assert (first.start_min, first.end_min, first.places, first.note) == (540, 660, 2, "Tor 3")
        ids = first.id, second.id
    change = {"start": "10:00", "end": "11:00", "places": "1", "note": ""}
    assert "Saved." in said(it, f"/fahrten/abholung/zeiten/{ids[0]}", change)
    assert "closed" in said(it, f"/fahrten/abholung/zeiten/{ids[1]}/schliessen", {})
    with app.app_context():
        [left] = db.session.query(Counter)
        assert (left.start_min, left.places) == (600, 1)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"start": "09:05"}, "on a quarter of an hour"),
        ({"end": "09:00"}, "end before they begin"),
        ({"places": "0"}, "People per quarter"),
        ({"places": "21"}, "People per quarter"),
        ({"places": "viele"}, "People per quarter"),
        ({"first": "2020-01-01"}, "First day"),
        ({"last": "2020-01-01"}, "Last day"),
        ({"last": "9999-12-31"}, "Last day"),
        ({"start": "neun"}, "Begin"),
        ({"note": "x" * 121}, "Note"),
    ],
)
def test_hours_that_make_no_sense_are_refused_at_the_form(
    app: Flask, given: Given, it: PageClient, changes: dict[str, object], why: str
) -> None:
    with given():
        makers.depot()
    answer = it.post("/fahrten/abholung/zeiten", open_form(**changes), headers=EN)
    assert answer.status_code == 422
    assert why in answer.text
    with app.app_context():
        assert db.session.query(Counter).count() == 0


def test_hours_in_which_somebody_comes_stay(given: Given, it: PageClient) -> None:
    going = ways_scene.going(given, Way.OFFICE)
    hours = ways_scene.hours(given)
    ways_scene.booked(given, going.stop_id, hours)
    path = f"/fahrten/abholung/zeiten/{hours}"
    assert "Booked by Ayşe Kaya" in said(it, f"{path}/schliessen", {})
    change = {"start": "09:30", "end": "10:00", "places": "1", "note": ""}
    answer = it.post(path, change, headers=EN)
    assert answer.status_code == 422
    assert "Booked by Ayşe Kaya" in answer.text
    assert it.get("/fahrten/abholung/zeiten/999").status_code == 404


def test_the_day_shows_who_comes_when_and_what_is_free(given: Given, it: PageClient) -> None:
    going = ways_scene.going(given, Way.OFFICE, signed=False)
    ways_scene.going(given, Way.OFFICE, "Rosa Blumenthal", depot=False)
    hours = ways_scene.hours(given, places=2)
    ways_scene.booked(given, going.stop_id, hours)
    page = it.get("/fahrten/abholung", headers=EN).text
    assert "One person comes" in page
    assert "7 places are free." in page
    assert "One person has not chosen a time yet." in page
    assert "Rosa Blumenthal" in page
    assert "Addendum: Not sent yet." in page
    assert "Ayşe Kaya" in it.get("/fahrten/abholung/liste?q=kaya", headers=EN).text
    assert "Nothing matches." in it.get("/fahrten/abholung/liste?q=rosa", headers=EN).text
    assert it.get("/fahrten/abholung?tag=gestern").status_code == 200


def test_the_day_costs_as_many_statements_for_many_people_as_for_one(
    given: Given, it: PageClient, queries: list[str]
) -> None:
    hours = 0
    counts = []
    for number, name in enumerate(("Ayşe Kaya", "Rosa Blumenthal", "Emre Kaplan")):
        going = ways_scene.going(given, Way.OFFICE, name, depot=not number)
        hours = hours or ways_scene.hours(given, places=5)
        ways_scene.booked(given, going.stop_id, hours)
        queries.clear()
        assert it.get("/fahrten/abholung").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[2], counts


def test_it_books_for_somebody_who_calls_and_moves_and_cancels_it(
    app: Flask, given: Given, it: PageClient
) -> None:
    going = ways_scene.going(given, Way.OFFICE)
    hours = ways_scene.hours(given)
    path = f"/fahrten/abholung/termin/{going.stop_id}"
    assert "Booked." in said(it, path, {"quarter": f"{hours}-540"})
    assert "Booked." in said(it, path, {"quarter": f"{hours}-555"})
    with app.app_context():
        stop = queries.stop(going.stop_id)
        assert stop.booking is not None
        assert stop.booking.start_min == 555
    assert "Cancelled." in said(it, f"{path}/absagen", {})
    assert "No pick-up is booked" in said(it, f"{path}/absagen", {})


@pytest.mark.parametrize(
    "quarter", ["", "x", "1", "-540", "1-", "1--540", "999-540", "99999999999-540", "1-9"]
)
def test_nonsense_books_nothing(app: Flask, given: Given, it: PageClient, quarter: str) -> None:
    going = ways_scene.going(given, Way.OFFICE)
    ways_scene.hours(given)
    answer = it.post(f"/fahrten/abholung/termin/{going.stop_id}", {"quarter": quarter})
    assert answer.status_code in {404, 409}
    with app.app_context():
        assert db.session.query(Booking).count() == 0


def test_a_quarter_that_was_just_taken_is_told_beside_what_is_free(
    given: Given, it: PageClient
) -> None:
    one = ways_scene.going(given, Way.OFFICE)
    other = ways_scene.going(given, Way.OFFICE, "Rosa Blumenthal", depot=False)
    hours = ways_scene.hours(given)
    ways_scene.booked(given, one.stop_id, hours)
    answer = it.post(
        f"/fahrten/abholung/termin/{other.stop_id}", {"quarter": f"{hours}-540"}, headers=EN
    )
    assert answer.status_code == 409
    assert "has just been taken" in answer.text
    assert f'value="{hours}-555"' in answer.text
    assert f'value="{hours}-540"' not in answer.text


def test_a_parcel_is_posted_corrected_and_arrives(app: Flask, given: Given, it: PageClient) -> None:
    going = ways_scene.going(given, Way.PARCEL)
    path = f"/fahrten/pakete/{going.stop_id}"
    assert "One kit is to be posted" in it.get("/fahrten/pakete", headers=EN).text
    form = {"carrier": "other", "other": "Spatz Kurier", "number": "SK 2003 417 088"}
    assert "gets the number by mail" in said(it, path, form)
    page = it.get("/fahrten/pakete?q=sk2003", headers=EN).text
    assert "SK2003417088" in page
    assert "Spatz Kurier" in page
    assert 'value="SK2003417088"' in it.get(path).text
    said(it, path, {"carrier": "dhl", "other": "", "number": "00340434161234567890"})
    page = it.get("/fahrten/pakete?stand=unterwegs", headers=EN).text
    assert "https://www.dhl.de/" in page
    assert "Arrived." in said(it, f"{path}/angekommen", {})
    with app.app_context():
        assert queries.stop(going.stop_id).state is StopState.DONE
    assert "arrived" in it.get(path, headers=EN).text
    assert "No parcel is on its way" in said(it, f"{path}/angekommen", {})


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"carrier": "dhl", "number": ""},
        {"carrier": "dhl", "number": "12345"},
        {"carrier": "dhl", "number": "x" * 81},
        {"carrier": "taube", "number": "123456"},
        {"carrier": "other", "other": "", "number": "123456"},
        {"carrier": "other", "other": "other", "number": "123456"},
    ],
    ids=["nothing", "no number", "short", "long", "unknown", "no name", "trick"],
)
def test_nonsense_posts_nothing(
    app: Flask, given: Given, it: PageClient, form: dict[str, object]
) -> None:
    going = ways_scene.going(given, Way.PARCEL)
    answer = it.post(f"/fahrten/pakete/{going.stop_id}", form)
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.query(Parcel).count() == 0


def test_a_closed_gate_holds_the_parcel_back_and_the_log_knows(
    app: Flask, given: Given, it: PageClient
) -> None:
    going = ways_scene.going(given, Way.PARCEL, signed=False)
    path = f"/fahrten/pakete/{going.stop_id}"
    page = it.get(path, headers=EN).text
    assert "This kit is not free yet." in page
    assert "It is posted" not in page
    page = said(it, path, {"carrier": "dhl", "number": "00340434161234567890"})
    assert "is not free yet" in page
    with app.app_context():
        assert db.session.query(Parcel).count() == 0
        assert db.session.query(AuditLine).filter_by(action="gates.held_back").count() == 1


def test_a_parcel_that_came_back_is_posted_again(app: Flask, given: Given, it: PageClient) -> None:
    going = ways_scene.going(given, Way.PARCEL)
    with given():
        service.post(going.stop_id, "dhl", "123456", by=makers.IT, links=book())
    assert "wait to be posted" in said(it, f"/fahrten/pakete/{going.stop_id}/zurueck", {})
    with app.app_context():
        [again] = queries.waiting_on(Way.PARCEL)
        assert again.id != going.stop_id


def test_the_page_of_a_parcel_knows_parcels_only(given: Given, it: PageClient) -> None:
    van = ways_scene.going(given, Way.VAN)
    for path in (f"/fahrten/pakete/{van.stop_id}", f"/unterwegs/abholung/{van.stop_id}"):
        assert it.get(path).status_code == 404
    assert it.post(f"/fahrten/pakete/{van.stop_id}/zurueck").status_code == 404
    assert it.get("/fahrten/pakete/999").status_code == 404


def test_the_way_is_chosen_on_the_persons_page(given: Given, hr: PageClient) -> None:
    going = ways_scene.going(given, Way.VAN)
    page = f"/personen/{going.employee_id}"
    assert "Change the way" in hr.get(page, headers=EN).text
    path = f"/fahrten/halt/{going.stop_id}/weg"
    answer = hr.post(path, {"way": "office", "next": page}, headers=EN)
    assert answer.location == page
    assert "Picks up at the office" in hr.get(page, headers=EN).text
    assert "Goes by parcel" in said(hr, path, {"way": "parcel", "next": page})
    assert "Choose a way." in said(hr, path, {"way": "rocket", "next": page})
    assert hr.post(path, {"way": "van", "next": "https://evil.example/"}).location == "/"
    assert hr.post("/fahrten/halt/999/weg", {"way": "van"}).status_code == 404


def test_many_get_one_way_and_who_cannot_change_is_named(
    app: Flask, given: Given, it: PageClient
) -> None:
    one = ways_scene.going(given, Way.VAN)
    other = ways_scene.going(given, Way.OFFICE, "Rosa Blumenthal", depot=False)
    ways_scene.booked(given, other.stop_id, ways_scene.hours(given))
    ids = [str(one.stop_id), str(other.stop_id), "999", "x"]
    page = said(it, "/fahrten/wege", {"way": "parcel", "ids": ids})
    assert "One way is set." in page
    assert "Rosa Blumenthal has booked a pick-up" in page
    with app.app_context():
        assert queries.stop(one.stop_id).way is Way.PARCEL
        assert queries.stop(other.stop_id).way is Way.OFFICE
    assert "Choose people" in said(it, "/fahrten/wege", {"way": "parcel"})
    assert "Choose people" in said(it, "/fahrten/wege", {"way": "x", "ids": ids})
    assert "by parcel" in it.get("/fahrten/wege?weg=parcel", headers=EN).text


def test_at_the_counter_everything_is_ticked_and_signed(
    app: Flask, given: Given, it: PageClient
) -> None:
    going = ways_scene.going(given, Way.OFFICE)
    path = f"/unterwegs/abholung/{going.stop_id}"
    with app.app_context():
        items = scene.items_of(going.kit_id)
    form: dict[str, object] = {f"item-{item_id}": "given" for item_id in items}
    form |= {"received_by": "Ayşe Kaya", "signature_kind": "typed", "signature_typed": "Ayşe Kaya"}
    short = dict(list(form.items())[1:])
    answer = it.post(path, short, headers=EN)
    assert answer.status_code == 422
    assert "Say something about every item" in answer.text
    assert "Handed over to Ayşe Kaya." in said(it, path, form)
    assert "is written down" in it.get(path, headers=EN).text
    assert it.post(path, form).status_code == 422


def test_the_counter_says_why_boxes_may_not_go(app: Flask, given: Given, it: PageClient) -> None:
    going = ways_scene.going(given, Way.OFFICE, signed=False)
    path = f"/unterwegs/abholung/{going.stop_id}"
    page = it.get(path, headers=EN).text
    assert "are not free yet" in page
    assert "It is the turn of: HR." in page
    with app.app_context():
        items = scene.items_of(going.kit_id)
    form: dict[str, object] = {f"item-{item_id}": "given" for item_id in items}
    form |= {"received_by": "Ayşe Kaya", "signature_kind": "typed", "signature_typed": "A. Kaya"}
    assert "are not free yet" in said(it, path, form)
    with app.app_context():
        assert db.session.query(AuditLine).filter_by(action="gates.held_back").count() == 1
