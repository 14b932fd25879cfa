"""The campaign for windows on the desk: asking, calling, wishes with their price, calling off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.notices.models import Notice
from hoffice.runs import queries
from hoffice.runs import service as deeds
from hoffice.runs.models import Run, Shift, Slot, SlotOffer, SlotWish, Stop
from hoffice.runs.queries import slots as records
from hoffice.runs.rules import StopState, Way, WishState
from hoffice.runs.service import moving, slots, wishes
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.runs import campaign, scene
from tests.runs.campaign import ROADS, THURSDAY, TUESDAY, WEDNESDAY, offered, take
from tests.runs.scene import IT
from tests.told import Told

SEALED = re.compile(r'name="offers" value="([^"]+)"')


@pytest.fixture(autouse=True)
def march(request: pytest.FixtureRequest) -> Iterator[None]:
    """The stories play on the Monday of the makers.

    A told scene is a whole house: it comes first, and whoever signs in gets an account in it.
    """
    with clock.frozen(scene.TODAY):
        if "stop_ids" in request.fixturenames:
            request.getfixturevalue("stop_ids")
        yield


@pytest.fixture
def stop_ids(app: Flask, given: Given, told: Told) -> list[int]:
    """Six people, planned on Tuesday and Wednesday; Thursday's shift stays in the yard."""
    found = campaign.planned(app, told)
    with given():
        van = queries.vans()[0]
        van.cost_cents_per_day, van.cost_cents_per_km, van.cost_cents_per_hour = 9000, 40, 3000
        makers.shift(of=van, on=THURSDAY)
    return found


@pytest.fixture
def invited(given: Given, stop_ids: list[int]) -> list[int]:
    with given():
        slots.invite(by=IT, book=scene.book())
    return stop_ids


@pytest.fixture
def last(given: Given, invited: list[int]) -> list[int]:
    """All but the first have their window, so that no day can be moved as a whole any more."""
    for stop_id in invited[1:]:
        with given():
            take(offered(stop_id))
    return invited


def sealed(page: str) -> str:
    found = SEALED.search(page)
    assert found is not None
    return found[1]


def name_of(app: Flask, stop_id: int) -> str:
    with app.app_context():
        return campaign.person(stop_id).name


def wish(given: Given, stop_id: int, day: object = THURSDAY) -> int:
    """Somebody insists on a time."""
    with given():
        found = wishes.insist(
            stop_id,
            day,  # type: ignore[arg-type]
            600,
            780,
            by=IT,
            text="nach dem Arzt",
        )
        return found.id


def test_all_who_are_planned_are_asked_from_the_list(it: PageClient, stop_ids: list[int]) -> None:
    assert "Alle 6 Geplanten fragen" in it.get("/fahrten/fenster").text

    it.post("/fahrten/fenster/einladen", {"everybody": "1"})

    page = it.get("/fahrten/fenster").text
    assert "0 von 6 Leuten haben ein Fenster" in page
    assert "6 haben noch nicht geantwortet" in page
    assert "Geplanten fragen" not in page
    assert stop_ids


def test_only_the_selected_are_asked(it: PageClient, app: Flask, stop_ids: list[int]) -> None:
    it.post("/fahrten/fenster/einladen", {"ids": [str(stop_ids[0]), "x", "999999999999999999999"]})

    with app.app_context():
        asked = db.session.query(Stop).filter(Stop.invited_at.is_not(None)).all()
        assert [stop.id for stop in asked] == stop_ids[:1]


def test_one_run_is_asked_from_its_page(it: PageClient, app: Flask, stop_ids: list[int]) -> None:
    with app.app_context():
        run_id = queries.stop(stop_ids[0]).run_id
    assert "Nach Fenstern fragen" in it.get(f"/fahrten/{run_id}").text

    it.post(f"/fahrten/{run_id}/einladen")

    assert "Nach Fenstern fragen" not in it.get(f"/fahrten/{run_id}").text
    assert it.post("/fahrten/99999/einladen").status_code == 404


def test_the_list_finds_filters_and_goes_into_a_file(
    it: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    with given():
        take(offered(invited[0]))
        campaign.person(invited[1]).email = ""
    wish(given, invited[2])
    first, second, third, fourth = (name_of(app, stop_id) for stop_id in invited[:4])

    agreed = it.get("/fahrten/fenster?state=chosen").text
    assert first in agreed
    assert fourth not in agreed
    assert second in it.get("/fahrten/fenster?state=call").text
    assert third in it.get("/fahrten/fenster?state=wish").text
    assert fourth in it.get("/fahrten/fenster?state=silent").text
    assert fourth not in it.get(f"/fahrten/fenster?q={first.split()[0]}").text
    table = it.get("/fahrten/fenster?export=csv").get_data(as_text=True)
    assert table.count("\n") >= 7
    for order in ("name", "planned", "asked", "state"):
        assert it.get(f"/fahrten/fenster?sort={order}&dir=down").status_code == 200


def test_a_list_of_many_people_costs_few_statements(
    it: PageClient, invited: list[int], queries: list[str]
) -> None:
    queries.clear()
    it.get("/fahrten/fenster")
    assert len(queries) <= 14
    assert invited


def test_somebody_is_called_and_a_window_is_chosen_for_her(
    hr: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    with given():
        campaign.person(invited[0]).email = ""
    page = hr.get(f"/fahrten/fenster/{invited[0]}").text
    assert "kein Umweg" in page
    assert "Umweg" in page

    answer = hr.post(f"/fahrten/fenster/{invited[0]}", {"offers": sealed(page), "window": "0"})

    assert answer.status_code == 303
    page = hr.get(f"/fahrten/fenster/{invited[0]}").text
    assert "Abgemacht:" in page
    assert "am Telefon" in page
    with app.app_context():
        assert queries.stop(invited[0]).state is StopState.PROMISED


def test_no_window_chosen_is_asked_again(it: PageClient, invited: list[int]) -> None:
    page = it.get(f"/fahrten/fenster/{invited[0]}").text

    answer = it.post(f"/fahrten/fenster/{invited[0]}", {"offers": sealed(page)})

    assert answer.status_code == 422
    assert "Wähle eines der Fenster." in answer.text


def test_a_forged_or_foreign_seal_leads_back_to_the_page(
    it: PageClient, app: Flask, invited: list[int]
) -> None:
    foreign = sealed(it.get(f"/fahrten/fenster/{invited[1]}").text)
    for word in ("", "W10.forged", foreign):
        for path in ("", "/keins"):
            answer = it.post(
                f"/fahrten/fenster/{invited[0]}{path}", {"offers": word, "window": "0"}
            )
            assert answer.status_code == 303
    with app.app_context():
        assert db.session.query(SlotOffer).count() == 0
        assert db.session.query(Slot).count() == 0


def test_after_two_noes_the_wish_is_written_down_and_shown_with_its_price(
    it: PageClient, app: Flask, last: list[int]
) -> None:
    path = f"/fahrten/fenster/{last[0]}"
    for minutes in (0, 5):
        with clock.frozen(scene.TODAY + timedelta(minutes=minutes)):
            it.post(f"{path}/keins", {"offers": sealed(it.get(path).text)})
    assert "Schreib auf, auf welcher Zeit" in it.get(path).text
    assert it.post(f"{path}/wunsch", {"day": "x", "start": "600"}).status_code == 422

    it.post(f"{path}/wunsch", {"day": THURSDAY.isoformat(), "start": "600", "note": "Arzt"})

    page = it.get("/fahrten/wuensche").text
    assert name_of(app, last[0]) in page
    assert "dafür fährt eigens ein Bus los" in page
    assert "Mit dem Taxi" in page
    assert "am Ausgabetisch ist nichts frei" in page


def test_a_van_leaves_the_yard_only_if_that_price_was_shown(
    it: PageClient, app: Flask, given: Given, last: list[int]
) -> None:
    wish_id = wish(given, last[0])

    it.post(f"/fahrten/wuensche/{wish_id}/zusagen")
    with app.app_context():
        assert queries.stop(last[0]).slot is None

    it.post(f"/fahrten/wuensche/{wish_id}/zusagen", {"opens_day": "1"})

    with app.app_context():
        slot = queries.stop(last[0]).slot
        assert slot is not None
        assert slot.shift.on_date == THURSDAY
        assert 600 <= slot.start_min < slot.end_min <= 780
        assert db.session.get_one(SlotWish, wish_id).state is WishState.GRANTED
    assert "Niemand besteht auf einer Zeit." in it.get("/fahrten/wuensche").text


def test_a_wish_that_fits_costs_a_detour_only(
    it: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    with app.app_context():
        stop = queries.stop(invited[0])
        assert stop.run is not None
        other = WEDNESDAY if stop.run.shift.on_date == TUESDAY else TUESDAY
    wish_id = wish(given, invited[0], other)

    page = it.get("/fahrten/wuensche").text
    assert "Umweg" in page
    assert "dafür fährt eigens" not in page

    it.post(f"/fahrten/wuensche/{wish_id}/zusagen")

    with app.app_context():
        slot = queries.stop(invited[0]).slot
        assert slot is not None
        assert slot.shift.on_date == other
    assert it.post("/fahrten/wuensche/987654/zusagen").status_code == 404


def test_a_wish_on_a_day_without_a_van_says_so(
    it: PageClient, given: Given, invited: list[int]
) -> None:
    wish(given, invited[0], THURSDAY + timedelta(days=7))

    page = it.get("/fahrten/wuensche").text

    assert "an diesem Tag fährt kein Bus" in page
    assert "Schicht anlegen" in page


def test_a_wish_outside_every_shift_says_when_the_vans_drive(
    it: PageClient, given: Given, invited: list[int]
) -> None:
    wish_id = wish(given, invited[0], TUESDAY)
    with given():
        row = db.session.get_one(SlotWish, wish_id)
        row.start_min, row.end_min = 1140, 1320
        row.on_date = TUESDAY

    page = it.get("/fahrten/wuensche").text

    assert "außerhalb aller Schichten des Tages" in page
    assert "Zusagen</button>" not in page


def test_who_would_move_for_a_wish_is_named_before_it_is_granted(
    it: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    with app.app_context():
        stop = queries.stop(invited[0])
        assert stop.run is not None
        other = WEDNESDAY if stop.run.shift.on_date == TUESDAY else TUESDAY
        before = _visits(invited)
    wish_id = wish(given, invited[0], other)
    with app.test_request_context():
        [price] = wishes.prices_of(records.open_wishes(), roads=ROADS)
        assert price.van is not None
        named = {one.stop.id: (one.shift.id, one.start_min) for one in price.van.moved}

    it.post(f"/fahrten/wuensche/{wish_id}/zusagen")

    with app.app_context():
        after = _visits(invited)
    moved = {
        stop_id: now
        for stop_id, now in after.items()
        if stop_id != invited[0] and _has_moved(before[stop_id], now)
    }
    assert named == moved


def _visits(stop_ids: list[int]) -> dict[int, tuple[int, int]]:
    found = {stop.id: stop for stop in queries.stops_by_id(stop_ids)}
    return {
        number: (stop.run.shift_id, stop.start_min or 0)
        for number, stop in found.items()
        if stop.run is not None
    }


def _has_moved(before: tuple[int, int], now: tuple[int, int]) -> bool:
    return before[0] != now[0] or abs(before[1] - now[1]) >= wishes.MOVED_FROM_MIN


def test_a_wish_is_declined_with_a_sentence_and_a_new_round(
    it: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    wish_id = wish(given, invited[0])
    it.post(f"/fahrten/wuensche/{wish_id}/ablehnen", {"sentence": " "})
    with app.app_context():
        assert db.session.get_one(SlotWish, wish_id).state is WishState.OPEN

    with clock.frozen(scene.TODAY + timedelta(hours=1)):
        it.post(
            f"/fahrten/wuensche/{wish_id}/ablehnen", {"sentence": "Am Donnerstag ist der Bus weg."}
        )

    with app.app_context():
        row = db.session.get_one(SlotWish, wish_id)
        assert (row.state, row.answer) == (WishState.DECLINED, "Am Donnerstag ist der Bus weg.")
        mail = db.session.query(Notice).filter_by(template="wish_declined").one()
        assert mail.facts["sentence"] == "Am Donnerstag ist der Bus weg."
        assert offered(invited[0]).round == 1


def test_a_wish_becomes_a_pick_up_at_the_office(
    it: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    with given():
        counter = deeds.open_counter(THURSDAY, start_min=600, end_min=660, places=2, by=IT)
        counter_id = counter.id
    wish_id = wish(given, invited[0])
    assert "Am Telefon abgemacht" in it.get("/fahrten/wuensche").text
    it.post(f"/fahrten/wuensche/{wish_id}/abholen", {"quarter": "x"})

    it.post(f"/fahrten/wuensche/{wish_id}/abholen", {"quarter": f"{counter_id}-600"})

    with app.app_context():
        stop = queries.stop(invited[0])
        assert stop.way is Way.OFFICE
        assert stop.booking is not None
        assert db.session.get_one(SlotWish, wish_id).state is WishState.GRANTED


def test_a_promise_is_taken_back_with_a_reason(
    it: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    with given():
        take(offered(invited[0]))
        old = queries.stop(invited[0]).slot
        assert old is not None
        before = (old.shift.on_date, old.start_min)
    path = f"/fahrten/fenster/{invited[0]}"
    assert it.post(f"{path}/absagen", {"why": ""}).status_code == 409

    with clock.frozen(scene.TODAY + timedelta(hours=1)):
        it.post(f"{path}/absagen", {"why": "Der Bus ist kaputt."})

        with app.app_context():
            stop = queries.stop(invited[0])
            assert (stop.state, stop.slot, stop.run) == (StopState.PROPOSED, None, None)
            mail = db.session.query(Notice).filter_by(template="slot_off").one()
            assert mail.facts["why"] == "Der Bus ist kaputt."
            windows = offered(invited[0]).windows
            assert windows
            assert before not in {(one.on_date, one.start_min) for one in windows}


def test_a_whole_run_is_called_off(
    it: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    with given():
        take(offered(invited[0]))
        run_id = queries.stop(invited[0]).run_id
        assert run_id is not None
        riders = [stop.id for stop in queries.run(run_id).stops]
    assert "Fahrt absagen" in it.get(f"/fahrten/{run_id}/absagen").text
    assert it.post(f"/fahrten/{run_id}/absagen", {"why": " "}).status_code == 422

    it.post(f"/fahrten/{run_id}/absagen", {"why": "Der Bus ist kaputt."})

    with app.app_context():
        assert all(queries.stop(stop_id).run is None for stop_id in riders)
        assert queries.stop(invited[0]).slot is None
        assert db.session.query(Notice).filter_by(template="slot_off").count() == 1


def test_an_open_question_about_moving_is_shown_and_taken_back(
    it: PageClient, app: Flask, given: Given, invited: list[int]
) -> None:
    with given():
        take(offered(invited[0]))
        slot = queries.stop(invited[0]).slot
        assert slot is not None
        target = 840 if slot.start_min < 660 else 540
        moving.ask_to_move(invited[0], slot.shift_id, target, by=IT, book=scene.book(), roads=ROADS)
    path = f"/fahrten/fenster/{invited[0]}"
    assert "Frage zurücknehmen" in it.get(path).text
    assert name_of(app, invited[0]) in it.get("/fahrten/fenster?state=move").text

    it.post(f"{path}/verlegung-zuruecknehmen")

    assert "Frage zurücknehmen" not in it.get(path).text


def test_a_new_round_offers_everything_again(
    it: PageClient, app: Flask, invited: list[int]
) -> None:
    path = f"/fahrten/fenster/{invited[0]}"
    it.post(f"{path}/keins", {"offers": sealed(it.get(path).text)})

    with clock.frozen(scene.TODAY + timedelta(hours=2)):
        it.post(f"{path}/neu")
        with app.app_context():
            assert offered(invited[0]).round == 1


def test_hr_calls_people_but_decides_nothing(
    signed_in: Callable[..., PageClient], invited: list[int]
) -> None:
    hr = signed_in(Role.HR)
    page = hr.get("/fahrten/fenster").text
    assert 'href="/fahrten/abholung"' in page, "she finds who comes to the office"
    assert 'href="/fahrten/pakete"' in page
    assert hr.get(f"/fahrten/fenster/{invited[0]}").status_code == 200
    assert hr.get("/fahrten/wuensche").status_code == 403
    assert hr.post("/fahrten/fenster/einladen", {"everybody": "1"}).status_code == 403
    assert hr.post(f"/fahrten/fenster/{invited[0]}/absagen", {"why": "x"}).status_code == 403
    assert signed_in(Role.DRIVER).get("/fahrten/fenster").status_code == 403


def test_no_page_of_staff_shows_a_personal_link(it: PageClient, invited: list[int]) -> None:
    for path in ("/fahrten/fenster", f"/fahrten/fenster/{invited[0]}", "/fahrten/wuensche"):
        assert "/l/" not in it.get(path).text


def test_a_person_who_is_not_there_is_not_found(it: PageClient) -> None:
    for path in ("", "/keins", "/wunsch", "/neu", "/absagen", "/verlegung-zuruecknehmen"):
        assert it.post(f"/fahrten/fenster/987654{path}").status_code == 404
    assert it.get("/fahrten/fenster/987654").status_code == 404


@pytest.fixture
def tight(app: Flask, given: Given) -> list[int]:
    """Six people on one Tuesday, and a free shift on Wednesday that costs 90 euros."""
    found = campaign.plan(app, TUESDAY)
    with given():
        van = queries.vans()[0]
        van.cost_cents_per_day = 9000
        makers.shift(of=van, on=WEDNESDAY)
    return found


def booked(app: Flask) -> list[date]:
    with app.app_context():
        rows = db.session.query(Shift).filter(Shift.booked_at.is_not(None)).order_by(Shift.on_date)
        return [shift.on_date for shift in rows]


def shifts_on(page: str) -> list[str]:
    return re.findall(r'name="shifts" value="(\d+)"', page)


def test_before_people_are_asked_the_van_days_and_their_price_are_seen(
    it: PageClient, app: Flask, given: Given, tight: list[int]
) -> None:
    with given():
        for stop_id in tight:
            queries.stop(stop_id).service_min = 60

    page = it.get("/fahrten/fenster/einladen").text

    assert "Fenster gibt es an einem Fahrtag" in page
    assert "mit einer freien Schicht mehr" in page
    assert "Mi., 25. März" in page
    assert "90\u00a0€" in page
    assert re.search(r'name="room" value="1"[^>]* checked', page)
    assert booked(app) == []

    answer = it.post(
        "/fahrten/fenster/einladen", {"everybody": "1", "room": "1", "shifts": shifts_on(page)}
    )

    assert answer.status_code == 303
    assert booked(app) == [TUESDAY, WEDNESDAY]
    with app.app_context():
        assert db.session.query(Stop).filter(Stop.invited_at.is_not(None)).count() == 6
        assert db.session.query(Run).count() == 2


def test_no_van_day_is_booked_that_nobody_has_seen(
    it: PageClient, app: Flask, given: Given, tight: list[int]
) -> None:
    with given():
        for stop_id in tight:
            queries.stop(stop_id).service_min = 60

    answer = it.post("/fahrten/fenster/einladen", {"everybody": "1", "room": "1"})

    assert answer.location.endswith("/fahrten/fenster/einladen")
    assert "Inzwischen würden andere Fahrtage gebucht" in it.get(answer.location).text
    assert booked(app) == []
    with app.app_context():
        assert db.session.query(Stop).filter(Stop.invited_at.is_not(None)).count() == 0


def test_too_few_shifts_are_said_and_people_can_be_asked_all_the_same(
    it: PageClient, app: Flask, given: Given, tight: list[int]
) -> None:
    with given():
        for stop_id in tight:
            queries.stop(stop_id).service_min = 60
        db.session.delete(db.session.query(Shift).filter_by(on_date=WEDNESDAY).one())
        run_id = queries.stop(tight[0]).run_id

    page = it.get(f"/fahrten/{run_id}/einladen").text
    assert "Eine Schicht fehlt. Leg sie zuerst an" in page

    it.post(f"/fahrten/{run_id}/einladen", {"room": "0"})

    assert booked(app) == []
    with app.app_context():
        assert db.session.query(Stop).filter(Stop.invited_at.is_not(None)).count() == 6


def test_who_saw_one_date_only_is_shown_and_one_more_van_day_is_booked(
    it: PageClient, app: Flask, given: Given, tight: list[int]
) -> None:
    with given():
        slots.invite(by=IT, book=scene.book())
    with given():
        take(offered(tight[0]))
    with given():
        slots.refuse_all(offered(tight[1]), by=IT)
    page = it.get("/fahrten/fenster").text
    assert "Einer Person konnten keine drei Fenster an zwei Tagen gezeigt werden" in page
    assert name_of(app, tight[1]) in page

    page = it.get("/fahrten/fenster/fahrtag").text
    assert "90\u00a0€" in page
    with clock.frozen(scene.TODAY + timedelta(minutes=5)):
        it.post("/fahrten/fenster/fahrtag", {"shifts": shifts_on(page)})

    assert booked(app) == [TUESDAY, WEDNESDAY]
    assert "keine drei Fenster" not in it.get("/fahrten/fenster").text
    with app.app_context():
        slot = queries.stop(tight[0]).slot
        assert slot is not None
        assert queries.stop(tight[0]).run_id == slot.shift.run.id  # type: ignore[union-attr]


def test_only_it_books_van_days(signed_in: Callable[..., PageClient], tight: list[int]) -> None:
    hr = signed_in(Role.HR)
    for path in ("/fahrten/fenster/einladen", "/fahrten/fenster/fahrtag"):
        assert hr.get(path).status_code == 403
    assert hr.post("/fahrten/fenster/fahrtag", {}).status_code == 403
    assert tight
