"""Her own pick-up and her own parcel, as her phone shows them."""

from __future__ import annotations

from flask import Flask

from hoffice.db import db
from hoffice.handover import queries as handovers
from hoffice.handover import service
from hoffice.runs import queries
from hoffice.runs.models import Booking
from hoffice.runs.rules import StopState, Way
from tests import makers
from tests.conftest import Given
from tests.handover import ways_scene
from tests.handover.ways_scene import phone_of
from tests.pageclient import PageClient
from tests.runs.scene import book


def booking_of(app: Flask, stop_id: int) -> tuple[int, int] | None:
    """Hours and minute of what is booked."""
    with app.app_context():
        booking = queries.stop(stop_id).booking
        return None if booking is None else (booking.counter_id, booking.start_min)


def test_she_is_led_to_the_times_books_one_changes_her_mind_and_cancels(
    app: Flask, given: Given
) -> None:
    me = ways_scene.going(given, Way.OFFICE)
    hours = ways_scene.hours(given)
    phone = phone_of(app, given, me.employee_id)
    assert "Termin wählen" in phone.get("/mein/").text
    assert phone.get("/mein/zuhause").location == "/mein/abholung"
    assert f'value="{hours}-540"' in phone.get("/mein/abholung").text

    answer = phone.post("/mein/abholung", {"quarter": f"{hours}-540"})

    assert answer.location == "/mein/lieferung"
    page = phone.get("/mein/lieferung").text
    assert "Deine Abholung ist gebucht." in page
    assert "Alexanderplatz, 10178 Berlin" in page
    assert "9:00" in phone.get("/mein/").text
    phone.post("/mein/abholung", {"quarter": f"{hours}-570"})
    assert booking_of(app, me.stop_id) == (hours, 570)
    phone.post("/mein/abholung/absagen")
    assert booking_of(app, me.stop_id) is None


def test_a_taken_quarter_is_told_with_what_is_still_free(app: Flask, given: Given) -> None:
    me = ways_scene.going(given, Way.OFFICE)
    other = ways_scene.going(given, Way.OFFICE, "Rosa Blumenthal", depot=False)
    hours = ways_scene.hours(given)
    ways_scene.booked(given, other.stop_id, hours)
    phone = phone_of(app, given, me.employee_id)

    answer = phone.post("/mein/abholung", {"quarter": f"{hours}-540"})

    assert answer.status_code == 409
    assert "gerade vergeben" in answer.text
    assert f'value="{hours}-555"' in answer.text
    assert booking_of(app, me.stop_id) is None


def test_nonsense_books_nothing(app: Flask, given: Given) -> None:
    me = ways_scene.going(given, Way.OFFICE)
    hours = ways_scene.hours(given)
    phone = phone_of(app, given, me.employee_id)
    for quarter in ("", "x-y", "-", f"{hours + 99}-540", f"{hours}-541", f"{hours}-999999"):
        assert phone.post("/mein/abholung", {"quarter": quarter}).status_code == 409, quarter
    with app.app_context():
        assert db.session.query(Booking).count() == 0


def test_who_would_rather_come_to_the_office_switches_while_nothing_is_promised(
    app: Flask, given: Given
) -> None:
    me = ways_scene.going(given, Way.VAN)
    phone = phone_of(app, given, me.employee_id)
    assert "lieber selbst im Büro" not in phone.get("/mein/lieferung").text
    assert phone.get("/mein/abholung").location == "/mein/lieferung"
    hours = ways_scene.hours(given)
    assert "lieber selbst im Büro" in phone.get("/mein/lieferung").text

    phone.post("/mein/abholung", {"quarter": f"{hours}-555"})

    with app.app_context():
        assert queries.stop(me.stop_id).way is Way.OFFICE
    assert booking_of(app, me.stop_id) == (hours, 555)


def test_a_switch_to_a_taken_quarter_changes_nothing(app: Flask, given: Given) -> None:
    me = ways_scene.going(given, Way.VAN)
    other = ways_scene.going(given, Way.OFFICE, "Rosa Blumenthal", depot=False)
    hours = ways_scene.hours(given)
    ways_scene.booked(given, other.stop_id, hours)
    phone = phone_of(app, given, me.employee_id)

    assert phone.post("/mein/abholung", {"quarter": f"{hours}-540"}).status_code == 409

    with app.app_context():
        assert queries.stop(me.stop_id).way is Way.VAN


def test_who_gets_a_parcel_cannot_book(app: Flask, given: Given) -> None:
    me = ways_scene.going(given, Way.PARCEL)
    hours = ways_scene.hours(given)
    phone = phone_of(app, given, me.employee_id)
    assert phone.get("/mein/abholung").location == "/mein/lieferung"
    assert phone.post("/mein/abholung", {"quarter": f"{hours}-540"}).status_code == 409
    assert booking_of(app, me.stop_id) is None


def test_her_pickup_goes_into_the_calendar(app: Flask, given: Given) -> None:
    me = ways_scene.going(given, Way.OFFICE)
    phone = phone_of(app, given, me.employee_id)
    assert phone.get("/mein/abholung/termin.ics").status_code == 404
    ways_scene.booked(given, me.stop_id, ways_scene.hours(given))

    answer = phone.get("/mein/abholung/termin.ics")

    assert answer.mimetype == "text/calendar"
    assert "BEGIN:VEVENT" in answer.text
    assert "Alexanderplatz" in answer.text.replace("\\", "")
    assert "Kaya" not in answer.text


def test_on_the_day_itself_she_calls(app: Flask, given: Given) -> None:
    me = ways_scene.going(given, Way.OFFICE)
    hours = ways_scene.hours(given)
    ways_scene.booked(given, me.stop_id, hours)
    with given():
        queries.counter(hours).on_date = makers.MONDAY_ON  # the day is here, or over
    phone = phone_of(app, given, me.employee_id)
    page = phone.get("/mein/abholung").text
    assert "Deine Abholung ist heute" in page
    assert "Dieser Termin passt mir" not in page
    assert phone.post("/mein/abholung/absagen").status_code == 409
    assert booking_of(app, me.stop_id) is not None


def test_she_sees_her_parcel_says_that_it_is_there_and_confirms_it(
    app: Flask, given: Given
) -> None:
    me = ways_scene.going(given, Way.PARCEL)
    phone = phone_of(app, given, me.employee_id)
    assert "Deine Kartons kommen als Paket." in phone.get("/mein/lieferung").text
    assert phone.post("/mein/abholung/paket-ist-da").status_code == 409
    with given():
        service.post(me.stop_id, "dhl", "00340434161234567890", by=makers.IT, links=book())
    page = phone.get("/mein/lieferung").text
    assert "00340434161234567890" in page
    assert "https://www.dhl.de/" in page
    assert "unterwegs" in phone.get("/mein/").text

    answer = phone.post("/mein/abholung/paket-ist-da")

    assert answer.location == "/mein/annehmen"
    with app.app_context():
        visit = handovers.open_receipt_of(me.employee_id)
        assert visit is not None
        items = [line.item_id for line in visit.lines]
        assert queries.stop(me.stop_id).state is StopState.DONE
    phone.post("/mein/annehmen", {f"item-{item_id}": "yes" for item_id in items})
    with app.app_context():
        assert handovers.open_receipt_of(me.employee_id) is None
    assert phone.post("/mein/abholung/paket-ist-da").status_code == 404


def test_nobody_touches_the_pickup_of_somebody_else(
    app: Flask, given: Given, stranger: PageClient
) -> None:
    ways_scene.going(given, Way.OFFICE)
    other = ways_scene.going(given, Way.OFFICE, "Rosa Blumenthal", depot=False)
    hours = ways_scene.hours(given)
    ways_scene.booked(given, other.stop_id, hours)
    with given():
        nobody = makers.employee("Emre Kaplan").id
    phone = phone_of(app, given, nobody)
    for path in ("/mein/abholung", "/mein/abholung/termin.ics"):
        assert phone.get(path).status_code == 404
        assert stranger.get(path).status_code == 302
    for path in ("/mein/abholung", "/mein/abholung/absagen", "/mein/abholung/paket-ist-da"):
        assert phone.post(path, {"quarter": f"{hours}-555"}).status_code == 404
        assert stranger.post(path, {"quarter": f"{hours}-555"}).status_code == 302
    assert booking_of(app, other.stop_id) == (hours, 540)
