"""Choosing a window on the phone: three windows, none of them, a time of one's own, a move."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.links import link_for
from hoffice.db import db
from hoffice.people.rules import holder_of
from hoffice.runs import queries
from hoffice.runs.models import Slot, SlotOffer, SlotWish
from hoffice.runs.rules import OfferAnswer, RunState, StopState, WishState
from hoffice.runs.service import moving, slots
from hoffice.units import Actor
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.runs import campaign, scene
from tests.runs.campaign import ROADS, THURSDAY
from tests.runs.scene import IT
from tests.told import Told

SEALED = re.compile(r'name="offers" value="([^"]+)"')


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """The stories play on the Monday of the makers."""
    with clock.frozen(scene.TODAY):
        yield


@pytest.fixture
def invited(app: Flask, given: Given, told: Told) -> list[int]:
    """Three people, planned and asked to choose."""
    found = campaign.planned(app, told, count=3)
    with given():
        slots.invite(by=IT, book=scene.book())
    return found


@pytest.fixture
def phone(app: Flask, given: Given, invited: list[int]) -> PageClient:
    """The phone of the first of them."""
    return phone_of(app, given, invited[0])


def phone_of(app: Flask, given: Given, stop_id: int) -> PageClient:
    with given():
        person = campaign.person(stop_id)
        link = link_for(
            holder_of(person.id), book=scene.book(), by=Actor.system(), employee_id=person.id
        )
        link_id = link.id
    client = PageClient(app)
    client.be_holder(link_id)
    return client


def sealed(page: str) -> str:
    found = SEALED.search(page)
    assert found is not None
    return found[1]


def test_the_overview_leads_to_three_windows(phone: PageClient) -> None:
    with_step = phone.get("/mein/").text
    assert "Fenster wählen" in with_step
    assert with_step.count("Fenster warten auf deine Wahl") == 2, "at the step and at the delivery"
    assert "Fenster warten auf deine Wahl" in phone.get("/mein/lieferung").text
    assert "Fenster warten auf deine Wahl" in phone.get("/mein/zuhause?zeiten=1").text
    assert phone.get("/mein/zuhause").location == "/mein/termin/"

    page = phone.get("/mein/termin/").text

    assert page.count('name="window"') == 3
    assert "Bus ist dann in deiner Nähe" in page
    assert "Umweg" not in page


def test_the_times_at_home_can_still_be_said(phone: PageClient) -> None:
    assert "Kreuze alle Zeiten an" in phone.get("/mein/zuhause?zeiten=1").text


def test_who_was_not_asked_says_when_she_is_at_home(app: Flask, given: Given, told: Told) -> None:
    stop_ids = campaign.planned(app, told, count=2)
    phone = phone_of(app, given, stop_ids[0])

    assert phone.get("/mein/termin/").location == "/mein/zuhause"
    assert phone.get("/mein/zuhause").status_code == 200
    assert phone.post("/mein/termin/", {"offers": "x", "window": "0"}).status_code == 404


def test_the_chosen_window_is_confirmed_and_goes_into_the_calendar(
    phone: PageClient, app: Flask, invited: list[int]
) -> None:
    page = phone.get("/mein/termin/").text
    answer = phone.post("/mein/termin/", {"offers": sealed(page), "window": "1"})
    assert answer.status_code == 303

    page = phone.get("/mein/termin/").text
    assert "Dein Fenster steht fest." in page
    assert "In meinen Kalender" in page
    event = phone.get("/mein/termin/kalender.ics").get_data(as_text=True)
    assert "BEGIN:VEVENT" in event
    with app.app_context():
        stop = queries.stop(invited[0])
        assert stop.state is StopState.PROMISED
        assert stop.slot is not None
        assert f"SEQUENCE:{stop.slot.id}" in event
    assert "Fenster wählen" not in phone.get("/mein/").text


def test_a_double_click_is_once(phone: PageClient, app: Flask) -> None:
    page = phone.get("/mein/termin/").text
    for _ in range(2):
        phone.post("/mein/termin/", {"offers": sealed(page), "window": "0"})

    with app.app_context():
        assert db.session.query(Slot).count() == 1


def test_without_a_tick_the_same_windows_are_asked_again(phone: PageClient) -> None:
    page = phone.get("/mein/termin/").text

    answer = phone.post("/mein/termin/", {"offers": sealed(page)})

    assert answer.status_code == 422
    assert "Wähle eines der Fenster." in answer.text
    assert sealed(answer.text) == sealed(page)


def test_after_half_an_hour_new_windows_are_shown(phone: PageClient, app: Flask) -> None:
    page = phone.get("/mein/termin/").text
    with clock.frozen(scene.TODAY + timedelta(minutes=31)):
        answer = phone.post(
            "/mein/termin/", {"offers": sealed(page), "window": "0"}, follow_redirects=True
        )

    assert "Die Seite war zu lange offen." in answer.text
    assert answer.text.count('name="window"') == 3
    with app.app_context():
        assert db.session.query(Slot).count() == 0


def test_a_foreign_or_forged_seal_promises_nothing(
    phone: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    other = sealed(phone_of(app, given, invited[1]).get("/mein/termin/").text)
    for word in (other, "W10.x", ""):
        for path in ("/mein/termin/", "/mein/termin/keins"):
            assert phone.post(path, {"offers": word, "window": "0"}).status_code == 303

    own = sealed(phone.get("/mein/termin/").text)
    for number in ("7", "-1"):
        phone.post("/mein/termin/", {"offers": own, "window": number})
    with app.app_context():
        assert db.session.query(Slot).count() == 0
        assert db.session.query(SlotOffer).count() == 0


def test_a_window_that_has_gone_is_followed_by_new_ones_at_once(
    phone: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    page = phone.get("/mein/termin/").text
    with given():
        stop = queries.stop(invited[0])
        stop.service_min = 600  # nobody has that much time by now

    answer = phone.post(
        "/mein/termin/", {"offers": sealed(page), "window": "0"}, follow_redirects=True
    )

    assert "ging gerade an jemand anderen" in answer.text
    with app.app_context():
        assert {row.answer for row in db.session.query(SlotOffer)} == {OfferAnswer.LAPSED}
        assert db.session.query(Slot).count() == 0


def test_boxes_on_the_van_can_no_longer_be_moved(
    phone: PageClient, given: Given, invited: list[int]
) -> None:
    page = phone.get("/mein/termin/").text
    with given():
        run = queries.stop(invited[0]).run
        assert run is not None
        run.state = RunState.LOADING

    answer = phone.post(
        "/mein/termin/", {"offers": sealed(page), "window": "0"}, follow_redirects=True
    )

    assert "schon im Bus" in answer.text


def refuse(phone: PageClient, minutes: int) -> None:
    with clock.frozen(scene.TODAY + timedelta(minutes=minutes)):
        page = phone.get("/mein/termin/").text
        phone.post("/mein/termin/keins", {"offers": sealed(page)})


def test_after_two_noes_she_names_her_own_time_and_may_take_it_back(
    phone: PageClient, app: Flask
) -> None:
    refuse(phone, 0)
    assert "Das sind andere Zeiten." in phone.get("/mein/termin/").text
    refuse(phone, 5)
    page = phone.get("/mein/termin/").text
    assert "Nenn uns deine Zeit" in page
    assert "Du hast zwei Vorschläge abgelehnt" in page
    assert "· ein Bus fährt" in page

    assert phone.post("/mein/termin/wunsch", {"day": "gestern"}).status_code == 422
    late = {"day": (THURSDAY + timedelta(days=200)).isoformat(), "start": "600"}
    assert phone.post("/mein/termin/wunsch", late).status_code == 422
    phone.post(
        "/mein/termin/wunsch",
        {"day": THURSDAY.isoformat(), "start": "600", "note": "nach dem Arzt"},
    )

    page = phone.get("/mein/termin/").text
    assert "Die IT prüft deine Zeit." in page
    assert "nach dem Arzt" in page
    with app.app_context():
        wish = db.session.query(SlotWish).one()
        assert (wish.on_date, wish.start_min, wish.end_min) == (THURSDAY, 600, 780)
    assert "Andere Zeit nennen" in page
    assert phone.get("/mein/").text.count("Die IT prüft deine Zeit") == 2
    assert "Die IT prüft deine Zeit" in phone.get("/mein/lieferung").text
    assert "Nenn uns deine Zeit" in phone.get("/mein/termin/?aendern=1").text

    phone.post("/mein/termin/wunsch/zuruecknehmen")

    with app.app_context():
        assert db.session.query(SlotWish).one().state is WishState.WITHDRAWN


def test_who_still_has_windows_to_choose_from_cannot_name_her_own_time(
    phone: PageClient, app: Flask
) -> None:
    wish = {"day": THURSDAY.isoformat(), "start": "600"}
    answer = phone.post("/mein/termin/wunsch", wish, follow_redirects=True)
    assert "noch Fenster zur Wahl" in answer.text
    with app.app_context():
        assert db.session.query(SlotWish).count() == 0


def test_a_promise_is_changed_and_holds_until_the_new_one(
    phone: PageClient, app: Flask, invited: list[int]
) -> None:
    page = phone.get("/mein/termin/").text
    phone.post("/mein/termin/", {"offers": sealed(page), "window": "0"})
    with clock.frozen(scene.TODAY + timedelta(hours=1)):
        page = phone.get("/mein/termin/?aendern=1").text
        assert "Bisher abgemacht" in page
        with app.app_context():
            before = queries.stop(invited[0]).slot
            assert before is not None
            old = before.id

        phone.post("/mein/termin/", {"offers": sealed(page), "window": "0", "aendern": "1"})

    with app.app_context():
        slot = queries.stop(invited[0]).slot
        assert slot is not None
        assert slot.id != old
        assert db.session.query(Slot).filter(Slot.withdrawn_at.is_(None)).count() == 1


def asked_to_move(given: Given, stop_id: int) -> int:
    """Her window is promised, and IT asks for another hour of the same day."""
    with given():
        campaign.take(campaign.offered(stop_id))
        slot = queries.stop(stop_id).slot
        assert slot is not None
        target = 840 if slot.start_min < 660 else 540
        offer = moving.ask_to_move(
            stop_id, slot.shift_id, target, by=IT, book=scene.book(), roads=ROADS
        )
        assert offer is not None
        return offer.id


def test_a_move_is_answered_with_yes(
    phone: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    offer_id = asked_to_move(given, invited[0])
    assert "Dürfen wir zu einer anderen Zeit kommen?" in phone.get("/mein/").text
    assert "Ja, kommt dann" in phone.get("/mein/termin/").text
    with app.app_context():
        offer = db.session.get_one(SlotOffer, offer_id)
        wanted = (offer.shift.on_date, offer.start_min)

    for _ in range(2):
        phone.post(f"/mein/termin/verlegen/{offer_id}", {"answer": "yes"})

    with app.app_context():
        slot = queries.stop(invited[0]).slot
        assert slot is not None
        assert (slot.shift.on_date, slot.start_min) == wanted
        assert db.session.get_one(SlotOffer, offer_id).answer is OfferAnswer.TAKEN


def test_a_move_is_answered_with_no_and_everything_stays(
    phone: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    offer_id = asked_to_move(given, invited[0])
    with app.app_context():
        before = queries.stop(invited[0]).slot
        assert before is not None
        old = before.id

    phone.post(f"/mein/termin/verlegen/{offer_id}", {"answer": "no"})

    with app.app_context():
        slot = queries.stop(invited[0]).slot
        assert slot is not None
        assert slot.id == old
        assert db.session.get_one(SlotOffer, offer_id).answer is OfferAnswer.REFUSED
    assert "Dein Fenster steht fest." in phone.get("/mein/termin/").text


def test_a_move_that_no_longer_fits_leaves_the_old_window(
    phone: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    offer_id = asked_to_move(given, invited[0])
    with given():
        queries.stop(invited[0]).service_min = 600

    answer = phone.post(
        f"/mein/termin/verlegen/{offer_id}", {"answer": "yes"}, follow_redirects=True
    )

    assert "Diese Zeit ist inzwischen vergeben." in answer.text
    with app.app_context():
        assert db.session.get_one(SlotOffer, offer_id).answer is OfferAnswer.LAPSED
        assert queries.stop(invited[0]).slot is not None


def test_another_persons_question_does_not_exist_here(
    app: Flask, given: Given, invited: list[int]
) -> None:
    offer_id = asked_to_move(given, invited[0])
    stranger = phone_of(app, given, invited[1])

    assert stranger.post(f"/mein/termin/verlegen/{offer_id}", {"answer": "yes"}).status_code == 404
    assert stranger.post("/mein/termin/verlegen/98765", {"answer": "yes"}).status_code == 404


def test_without_a_window_there_is_no_calendar_file(phone: PageClient) -> None:
    assert phone.get("/mein/termin/kalender.ics").status_code == 404
