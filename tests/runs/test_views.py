"""The pages of the runs: what they say, what they do, who may."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db, unit_of_work
from hoffice.jobs.models import Job
from hoffice.kits import service as kits
from hoffice.notices.jobs import write
from hoffice.notices.models import Notice
from hoffice.notices.rules import LINK_PLACE
from hoffice.places.travel.answers import NO_ANSWER, TOO_SLOW
from hoffice.places.travel.learning import CORRECTED
from hoffice.runs import queries as run_queries
from hoffice.runs import service
from hoffice.runs.models import Depot, Run, Shift, Slot, Van
from hoffice.runs.rules import RunState, StopState
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.runs import campaign, scene
from tests.runs.scene import IT, MONDAY, TUESDAY
from tests.told import Told

DE = {"Accept-Language": "de"}
EN = {"Accept-Language": "en"}
MAP_CONTENT = re.compile(r'data-map-content="map">(.*?)</script>', re.DOTALL)


@pytest.fixture(autouse=True)
def march(request: pytest.FixtureRequest) -> Iterator[None]:
    """The stories play on the Monday of the makers.

    A told scene is a whole house: it comes first, and whoever signs in gets an account in it.
    """
    with clock.frozen(scene.TODAY):
        if "shift_ids" in request.fixturenames:
            request.getfixturevalue("shift_ids")
        yield


@pytest.fixture
def shift_ids(app: Flask, told: Told) -> list[int]:
    """Six people with stops, one van on two days."""
    return campaign.waiting(app, told)


@pytest.fixture
def plan_id(app: Flask, shift_ids: list[int]) -> int:
    """A plan with its answer."""
    with app.app_context():
        return scene.planned(shift_ids)


@pytest.fixture
def run_id(app: Flask, plan_id: int) -> int:
    """The longest run of that plan, taken."""
    with app.app_context(), unit_of_work():
        return max(scene.taken(plan_id), key=lambda run: len(run.stops)).id


def text(client: PageClient, path: str, language: dict[str, str] = EN) -> str:
    response = client.get(path, headers=language)
    assert response.status_code == 200, path
    return response.text


def test_an_empty_house_says_what_comes_next_step_by_step(it: PageClient, given: Given) -> None:
    assert "Where do the runs begin?" in text(it, "/fahrten/")
    with given():
        makers.depot()
    assert "No van yet" in text(it, "/fahrten/")
    with given():
        makers.van()
    assert "No shift ahead" in text(it, "/fahrten/")
    assert "No shift to plan" in text(it, "/fahrten/planen")


@pytest.mark.usefixtures("shift_ids")
def test_the_first_page_says_how_many_wait_and_why(it: PageClient, given: Given) -> None:
    with given():
        lost = makers.employee("Thorsten Brandt", lat=None, lon=None)
        scene.packed(lost, makers.kit_type())
        service.propose_stop(lost.id, by=IT)
    page = text(it, "/fahrten/")
    assert "7 stops wait for a run" in page
    assert "Thorsten Brandt" in page
    assert "No point on the map yet" in page
    assert "No time given" in page
    assert "Nothing planned yet" in page


def test_stops_for_packed_kits_are_one_click(it: PageClient, given: Given) -> None:
    with given():
        scene.people(2)
        scene.shifts(1)
    assert "2 kits have no stop yet" in text(it, "/fahrten/")
    assert it.post("/fahrten/vorschlagen").status_code == 302
    assert "2 stops wait for a run" in text(it, "/fahrten/")


def test_a_plan_is_asked_for_looked_at_and_taken(
    app: Flask, it: PageClient, shift_ids: list[int]
) -> None:
    assert "6 stops wait" in text(it, "/fahrten/planen")
    answer = it.post("/fahrten/planen", {"shifts": shift_ids, "seconds": "5"})
    assert answer.status_code == 302
    with app.app_context():
        job = db.session.query(Job).filter_by(kind="runs.plan").one()
        assert answer.location == f"/auftraege/{job.id}"
        plan_id = job.args["plan"]
    assert "The best plan found so far is kept." in text(it, answer.location)
    assert "There is no answer yet" in text(it, f"/fahrten/plan/{plan_id}")
    with app.app_context():
        scene.work()
    page = text(it, f"/fahrten/plan/{plan_id}")
    assert "Nobody is left out" in page
    assert "Take this plan" in page
    assert "Ayşe Kaya" in page
    assert it.post(f"/fahrten/plan/{plan_id}/nehmen").status_code == 302
    page = text(it, "/fahrten/")
    assert "No stop waits for a run" in page
    assert "6 are planned" in page
    page = text(it, f"/fahrten/plan/{plan_id}")
    assert "This plan was taken" in page
    assert "Take this plan" not in page
    assert it.post(f"/fahrten/plan/{plan_id}/nehmen").status_code == 409


@pytest.mark.usefixtures("shift_ids")
def test_a_plan_without_a_shift_chosen_is_refused_at_the_form(it: PageClient) -> None:
    answer = it.post("/fahrten/planen", {"seconds": "5"}, headers=EN)
    assert answer.status_code == 200
    assert "Choose at least one shift." in answer.text


def test_who_is_left_out_reads_why_in_her_language(
    app: Flask, it: PageClient, given: Given, shift_ids: list[int]
) -> None:
    with given():
        stop = run_queries.unplanned_stops()[0]
        scene.at_home(stop.employee, MONDAY + timedelta(days=9), 600, 660)
        name = stop.employee.name
    with app.app_context():
        plan_id = scene.planned(shift_ids)
    english, german = (text(it, f"/fahrten/plan/{plan_id}", words) for words in (EN, DE))
    assert "One person is left out" in english
    assert name in english
    assert "No window inside any shift" in english
    assert "Kein Fenster liegt in einer Schicht" in german


@pytest.mark.usefixtures("run_id")
def test_a_plan_is_compared_with_what_is_planned_now(
    app: Flask, it: PageClient, shift_ids: list[int]
) -> None:
    with app.app_context():
        again = scene.planned(shift_ids)
    assert "Compared with what is planned now" in text(it, f"/fahrten/plan/{again}")


def test_a_run_tells_the_crew_everything(app: Flask, it: PageClient, run_id: int) -> None:
    page = text(it, f"/fahrten/{run_id}")
    with app.app_context():
        run = run_queries.run(run_id)
        for stop in run.stops:
            assert stop.employee.name in page
            assert stop.employee.phone in page
            assert stop.home.street in page
            for box in stop.kit.boxes:
                assert box.code in page
    assert "Promise windows" in page
    assert "found to the house" in page


def test_the_map_leads_by_the_depot_when_the_van_loads_again(
    app: Flask, it: PageClient, run_id: int
) -> None:
    page = text(it, f"/fahrten/{run_id}")
    found = MAP_CONTENT.search(page)
    assert found is not None
    (run,) = json.loads(found[1])["runs"]
    with app.app_context():
        stops = run_queries.run(run_id).stops
        trips = len({stop.trip for stop in stops})
        depot = db.session.query(Depot).one()
        base = [depot.lat, depot.lon]
        expected = [[stop.home.lat, stop.home.lon] for stop in stops]
    assert trips > 1, "six people with two boxes each do not fit into the van at once"
    assert run["line"].count(base) == trips + 1
    assert [place for place in run["line"] if place != base] == expected


def test_windows_are_shown_before_they_are_promised(
    app: Flask, it: PageClient, run_id: int
) -> None:
    page = text(it, f"/fahrten/{run_id}/zusagen")
    with app.app_context():
        run = run_queries.run(run_id)
        count = len(run.stops)
        assert all(stop.employee.email in page for stop in run.stops)
        assert db.session.query(Slot).count() == 0
    assert it.post(f"/fahrten/{run_id}/zusagen").status_code == 302
    with app.app_context():
        assert db.session.query(Slot).count() == count
    page = text(it, f"/fahrten/{run_id}")
    assert "promised" in page
    assert "Take apart" not in page
    assert it.get(f"/fahrten/{run_id}/zusagen").status_code == 302
    assert it.post(f"/fahrten/{run_id}/zusagen").status_code == 409


def test_whoever_holds_a_window_is_not_promised_another_and_the_asked_are_named(
    it: PageClient, given: Given, run_id: int
) -> None:
    with given():
        run = run_queries.run(run_id)
        first, second, *others = run.stops
        kept, asked = first.employee.name, second.employee.name
        slot = Slot(
            stop_id=first.id,
            shift_id=run.shift_id,
            seat=run_queries.free_seat(run.shift_id),
            start_min=631,
            end_min=751,
            promised_at=clock.now(),
        )
        db.session.add(slot)
        first.state = StopState.PROMISED
        second.invited_at = clock.now()
    page = text(it, f"/fahrten/{run_id}/zusagen")
    assert "One person has a window already" in page
    assert f"{asked} was asked for a window and has not chosen yet" in page
    listed, already = page.split("Promised already")
    assert kept not in listed
    assert kept in already
    assert "10:31" in already
    count = len(others) + 1
    answer = it.post(f"/fahrten/{run_id}/zusagen", headers=EN, follow_redirects=True)
    assert ("One window is" if count == 1 else f"{count} windows are") + " promised" in answer.text


def test_the_page_for_a_plan_counts_what_stays_and_who_has_no_stop(
    it: PageClient, given: Given, run_id: int
) -> None:
    with given():
        scene.people(1)
    it.post(f"/fahrten/{run_id}/zusagen")
    page = text(it, "/fahrten/planen")
    assert re.search("promised stops? stay", page)
    assert "One kit has no stop yet." in page
    assert "One kit has no stop yet." in text(it, f"/fahrten/tafel?von={MONDAY.isoformat()}")


def test_nobody_who_is_away_can_be_promised_anything(
    it: PageClient, given: Given, run_id: int
) -> None:
    with given():
        stop = run_queries.run(run_id).stops[0]
        scene.at_home(stop.employee, MONDAY + timedelta(days=9), 600, 660)
    assert "Not at home at the planned time any more" in text(it, f"/fahrten/{run_id}/zusagen")
    assert it.post(f"/fahrten/{run_id}/zusagen").status_code == 409
    assert "is not at home at the planned time" in text(it, f"/fahrten/{run_id}")


def test_the_mail_about_a_window_names_day_and_hours_in_the_persons_language(
    app: Flask, it: PageClient, run_id: int
) -> None:
    it.post(f"/fahrten/{run_id}/zusagen")
    with app.app_context():
        notice = db.session.query(Notice).filter_by(template="slot").first()
        assert notice is not None
        run = run_queries.run(run_id)
        mail = write(notice)
        assert notice.facts["start"] in mail.subject
        assert str(run.shift.on_date.day) in mail.text
        assert "März 2020" in mail.text
        assert LINK_PLACE in mail.text
        assert LINK_PLACE in mail.html


def test_a_run_is_taken_apart(it: PageClient, run_id: int) -> None:
    assert it.post(f"/fahrten/{run_id}/aufloesen").status_code == 302
    assert it.get(f"/fahrten/{run_id}").status_code == 404


def test_the_driver_of_a_run_is_changed(
    app: Flask, it: PageClient, given: Given, run_id: int
) -> None:
    with given():
        driver = makers.account(Role.DRIVER, name="Mia Haas").id
        stranger = makers.account(Role.HR, name="Vera Kuhn").id
    assert it.post(f"/fahrten/{run_id}/fahrer", {"driver": driver}).status_code == 302
    it.post(f"/fahrten/{run_id}/fahrer", {"driver": stranger})
    with app.app_context():
        assert run_queries.run(run_id).shift.driver_id == driver
    assert "Mia Haas" in text(it, f"/fahrten/{run_id}")


def test_every_run_is_in_the_list_and_can_be_found_by_a_person(
    it: PageClient, run_id: int, app: Flask
) -> None:
    with app.app_context():
        name = run_queries.run(run_id).stops[0].employee.last_name
    assert f"/fahrten/{run_id}" in text(it, f"/fahrten/liste?q={name}")
    assert "Nothing matches" in text(it, "/fahrten/liste?q=niemand")
    assert "Nothing matches" in text(it, "/fahrten/liste?wann=alt")
    for sort in ("day", "van", "driver", "km", "work", "state"):
        assert f"/fahrten/{run_id}" in text(it, f"/fahrten/liste?sort={sort}&dir=down")
    for kind in ("csv", "xlsx"):
        assert it.get(f"/fahrten/liste?export={kind}").status_code == 200


VAN = {
    "name": "Bus 1",
    "plate": "B-HO 2020",
    "boxes": "6",
    "litres": "4300",
    "kg": "900",
    "crew": "2",
    "per_day": "79.50",
    "per_km": "0.25",
    "per_hour": "32",
}


def test_a_van_is_written_down_corrected_and_given_back(app: Flask, it: PageClient) -> None:
    assert it.post("/fahrten/busse", VAN).status_code == 302
    assert "already a van of this name" in it.post("/fahrten/busse", VAN, headers=EN).text
    with app.app_context():
        van = db.session.query(Van).one()
        assert (van.cost_cents_per_day, van.cost_cents_per_km) == (7950, 25)
        van_id = van.id
    assert it.post(f"/fahrten/busse/{van_id}", {**VAN, "boxes": "8"}).status_code == 302
    assert it.post(f"/fahrten/busse/{van_id}", {**VAN, "boxes": "0"}).status_code == 200
    with app.app_context():
        assert db.session.query(Van).one().boxes == 8
    assert "79.50" in text(it, f"/fahrten/busse/{van_id}")
    assert it.post(f"/fahrten/busse/{van_id}/abgeben").status_code == 302
    assert "Bus 1" not in text(it, "/fahrten/busse").split("toasts")[0]


def shift_form(van_id: int, **changes: str) -> dict[str, str]:
    return {
        "van": str(van_id),
        "first": MONDAY.isoformat(),
        "last": (MONDAY + timedelta(days=6)).isoformat(),
        "start": "08:00",
        "end": "16:30",
        "driver": "0",
        "crew_note": "Weber",
        **changes,
    }


def test_shifts_are_added_for_several_weekdays_at_once(
    app: Flask, it: PageClient, given: Given
) -> None:
    with given():
        van_id = makers.van().id
    assert it.post("/fahrten/schichten", shift_form(van_id)).status_code == 302
    with app.app_context():
        assert db.session.query(Shift).count() == 5
        shift_id = db.session.query(Shift).order_by(Shift.on_date).first().id  # type: ignore[union-attr]  # there are five
    again = it.post("/fahrten/schichten", shift_form(van_id), headers=EN)
    assert "already drives on 23 Mar 2020" in again.text
    page = text(it, "/fahrten/schichten")
    assert page.count("Weber") == 5
    changed = {"start": "09:00", "end": "15:00", "driver": "0", "crew_note": ""}
    assert it.post(f"/fahrten/schichten/{shift_id}", changed).status_code == 302
    assert "09:00–15:00" in text(it, "/fahrten/schichten")
    assert it.post(f"/fahrten/schichten/{shift_id}/entfernen").status_code == 302
    with app.app_context():
        assert db.session.query(Shift).count() == 4


def test_a_shift_called_off_is_shown_and_drives_again(it: PageClient, given: Given) -> None:
    with given():
        shift_id = scene.shifts(1)[0].id
    page = f"/fahrten/schichten/{shift_id}"
    assert "Call the shift off …" in text(it, page)
    assert it.post(f"{page}/ausfallen").status_code == 303
    assert "does not drive" in text(it, "/fahrten/schichten")
    assert "is-off" in text(it, "/fahrten/")
    assert "does not drive" in text(it, f"/fahrten/tafel?von={MONDAY.isoformat()}")
    assert "does not drive on" in text(it, page)
    assert it.post(f"{page}/wieder-fahren").status_code == 303
    assert "does not drive" not in text(it, "/fahrten/schichten")
    assert it.post("/fahrten/schichten/999/ausfallen").status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"end": "07:00"}, "The shift ends before it begins."),
        ({"first": "2020-03-01"}, "This day is over."),
        ({"last": "2020-03-20"}, "The last day lies before the first."),
        ({"last": "2021-03-20"}, "At most 62 days at once."),
        ({"first": "2020-03-28", "last": "2020-03-29"}, "Only Sundays or Saturdays"),
        ({"van": "999"}, "entry needs another look"),
    ],
)
def test_what_is_no_shift_is_said_at_the_form(
    app: Flask, it: PageClient, given: Given, changes: dict[str, str], sentence: str
) -> None:
    with given():
        van_id = makers.van().id
    answer = it.post("/fahrten/schichten", shift_form(van_id, **changes), headers=EN)
    assert answer.status_code == 200
    assert sentence in answer.text
    with app.app_context():
        assert db.session.query(Shift).count() == 0


def test_the_depot_is_set_and_moved(app: Flask, it: PageClient) -> None:
    fields = {
        "name": "Büro",
        "address": "Alexanderplatz, 10178 Berlin",
        "lat": "52.5219",
        "lon": "13.4132",
        "load_min_per_trip": "15",
    }
    assert it.post("/fahrten/lager", fields).status_code == 302
    assert it.post("/fahrten/lager", {**fields, "lat": "52,5300"}).status_code == 302
    assert it.post("/fahrten/lager", {**fields, "lat": "152"}).status_code == 200
    with app.app_context():
        assert db.session.query(Depot).one().lat == 52.53
    assert "52.53" in text(it, "/fahrten/lager")


@pytest.mark.usefixtures("shift_ids")
@pytest.mark.parametrize(("lat", "lon"), [("0", "0"), ("48.14", "11.58")])
def test_a_depot_far_from_everybody_is_asked_back_about_once(
    app: Flask, it: PageClient, lat: str, lon: str
) -> None:
    with app.app_context():
        before = db.session.query(Depot).one().lat
    fields = {
        "name": "Büro",
        "address": "Marienplatz 1",
        "lat": lat,
        "lon": lon,
        "load_min_per_trip": "15",
    }
    answer = it.post("/fahrten/lager", fields, headers=EN)
    assert "km from the middle" in answer.text
    with app.app_context():
        assert db.session.query(Depot).one().lat == before
    found = re.search(r'name="sure" value="([^"]+)"', answer.text)
    assert found is not None
    elsewhere = {**fields, "lat": "47.0", "sure": found[1]}
    assert "km from the middle" in it.post("/fahrten/lager", elsewhere, headers=EN).text
    assert it.post("/fahrten/lager", {**fields, "sure": found[1]}).status_code == 302
    with app.app_context():
        assert db.session.query(Depot).one().lat == float(lat)


READ = ("/fahrten/", "/fahrten/liste", "/fahrten/busse", "/fahrten/schichten")
WRITE = ("/fahrten/vorschlagen", "/fahrten/planen", "/fahrten/busse", "/fahrten/schichten")


@pytest.mark.parametrize("role", [Role.DRIVER, Role.ADMIN, Role.HR, Role.AUDITOR])
def test_only_it_sees_all_runs(
    signed_in: Callable[..., PageClient], role: Role, run_id: int
) -> None:
    client = signed_in(role)
    for path in (*READ, f"/fahrten/{run_id}", f"/fahrten/{run_id}/stopps.csv"):
        assert client.get(path).status_code == 403, path
    for path in (*WRITE, f"/fahrten/{run_id}/zusagen", f"/fahrten/{run_id}/aufloesen"):
        assert client.post(path).status_code == 403, path


def test_the_first_page_costs_the_same_for_few_and_for_many(
    app: Flask, it: PageClient, given: Given, queries: list[str], run_id: int
) -> None:
    del run_id
    with given():
        scene.people(1)
        service.propose_missing(by=IT)
        scene.packed(makers.employee("Nele Brinkmann"), makers.kit_type())
    text(it, "/fahrten/")
    queries.clear()
    text(it, "/fahrten/")
    few = len(queries)
    with given():
        scene.people()
        van = makers.van()
        for n in range(5):
            makers.shift(of=van, on=TUESDAY + timedelta(days=n))
        service.propose_missing(by=IT)
    with app.app_context():
        shifts = [shift.id for shift in db.session.query(Shift) if shift.run is None]
        plan_id = scene.planned(shifts)
        with unit_of_work():
            scene.taken(plan_id)
        assert db.session.query(Run).filter_by(state=RunState.PLANNED).count() > 1
    with given():
        scene.people()
        service.propose_missing(by=IT)
        scene.people(3)
    text(it, "/fahrten/")
    queries.clear()
    text(it, "/fahrten/")
    assert len(queries) == few
    assert few <= 20


def travel(app: Flask, plan_id: int, **said: object) -> None:
    """Let a plan have been made with these travel times."""
    with app.app_context(), unit_of_work():
        plan = run_queries.plan(plan_id)
        plan.travel = {"model": "straight line", "uncertainty": 0.272, "notes": [], **said}


def test_a_plan_says_where_its_times_come_from_and_how_sure_they_are(
    it: PageClient, plan_id: int
) -> None:
    path = f"/fahrten/plan/{plan_id}"

    english, german = text(it, path), text(it, path, DE)

    assert "Travel times: straight line, nine in ten drives within ± 27\xa0%." in english
    assert "Fahrzeiten: Luftlinie, neun von zehn Fahrten innerhalb von ± 27\xa0%." in german


def test_estimates_in_place_of_a_silent_engine_are_seen_at_the_plan_and_at_its_runs(
    app: Flask, it: PageClient, plan_id: int
) -> None:
    note = {"text": NO_ANSWER, "facts": {"reason": TOO_SLOW}}
    travel(app, plan_id, notes=[note])
    with app.app_context(), unit_of_work():
        run_id = scene.taken(plan_id)[0].id

    for path in (f"/fahrten/plan/{plan_id}", f"/fahrten/{run_id}"):
        assert "The road engine did not answer (it took too long)." in text(it, path)
        german = text(it, path, DE)
        assert "Der Routendienst hat nicht geantwortet (das hat zu lange gedauert)." in german


def test_a_run_that_no_plan_has_made_was_timed_with_the_embedded_model(
    app: Flask, it: PageClient, plan_id: int
) -> None:
    with app.app_context(), unit_of_work():
        run = scene.taken(plan_id)[0]
        run.plan_id = None
        run_id = run.id

    said = text(it, f"/fahrten/{run_id}")

    assert "Travel times: straight line, nine in ten drives within ± 27\xa0%." in said


def test_own_drives_are_named_with_the_factor_they_taught(
    app: Flask, it: PageClient, plan_id: int
) -> None:
    note = {"text": CORRECTED, "facts": {"legs": 41, "factor": 1.25}}
    travel(app, plan_id, notes=[note], uncertainty=0.19)

    german = text(it, f"/fahrten/plan/{plan_id}", DE)

    assert "± 19\xa0%. Korrigiert nach 41 eigenen Fahrten: × 1,25." in german
    assert "is-waiting" not in german.partition('class="planner"')[0]


def test_a_plan_older_than_its_travel_times_says_nothing_about_them(
    app: Flask, it: PageClient, plan_id: int
) -> None:
    with app.app_context(), unit_of_work():
        run_queries.plan(plan_id).travel = None

    assert "Travel times" not in text(it, f"/fahrten/plan/{plan_id}")


def test_a_promise_that_cannot_be_kept_stands_on_the_page_and_on_the_board(
    given: Given, it: PageClient, run_id: int
) -> None:
    with given():
        run = service.promise_run(run_id, by=IT, book=scene.book())
        stop = run.stops[0]
        stop_id, name = stop.id, stop.employee.name
        assert "Promised, but it cannot be so" not in text(it, "/fahrten/")
        kits.dissolve_kit(stop.kit_id, by=IT)

    page = text(it, "/fahrten/")

    assert "Promised, but it cannot be so" in page
    assert "The kit was dissolved: there is nothing to bring." in page
    assert f'href="/fahrten/fenster/{stop_id}"' in page
    assert f"One promised visit cannot be made as it is: {name}." in text(it, "/fahrten/tafel")
