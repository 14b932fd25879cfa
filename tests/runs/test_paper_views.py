"""Papers and files of a run in the browser: what they hold, and who gets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db, unit_of_work
from hoffice.paper import look
from hoffice.runs import queries as run_queries
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.paper import reading
from tests.runs import campaign, scene
from tests.told import Told

OWN = {
    "tour.pdf": "application/pdf",
    "ladeliste.pdf": "application/pdf",
    "kalender.ics": "text/calendar",
    "route.gpx": "application/gpx+xml",
}
"""What the crew of a run gets too."""
ALL = {**OWN, "stopps.csv": "text/csv"}
DE = {"Accept-Language": "de"}
EN = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def march(request: pytest.FixtureRequest) -> Iterator[None]:
    """The stories play on the Monday of the makers.

    A told scene is a whole house: it comes first, and whoever signs in gets an account in it.
    """
    with clock.frozen(scene.TODAY):
        if "run_id" in request.fixturenames:
            request.getfixturevalue("run_id")
        yield


@pytest.fixture
def run_id(app: Flask, told: Told) -> int:
    """The longest run of a plan for six people."""
    shift_ids = campaign.waiting(app, told)
    with app.app_context():
        plan_id = scene.planned(shift_ids)
    with app.app_context(), unit_of_work():
        return max(scene.taken(plan_id), key=lambda run: len(run.stops)).id


@pytest.mark.parametrize("name", sorted(ALL))
def test_it_gets_every_paper_and_no_browser_keeps_it(
    it: PageClient, run_id: int, name: str
) -> None:
    answer = it.get(f"/fahrten/{run_id}/{name}")

    assert answer.status_code == 200
    assert answer.mimetype == ALL[name]
    assert answer.headers["Cache-Control"] == "no-store"
    assert f".{name.partition('.')[2]}" in answer.headers["Content-Disposition"]


def test_the_papers_hold_the_run_as_it_is_stored(app: Flask, it: PageClient, run_id: int) -> None:
    with app.app_context():
        run = run_queries.run(run_id)
        names = [stop.employee.name for stop in run.stops]
        order = [
            stop.kit.boxes[0].code
            for stop in sorted(run.stops, key=lambda stop: (stop.trip, -(stop.position or 0)))
        ]
        shift_id = run.shift_id

    sheet = reading.text(it.get(f"/fahrten/{run_id}/tour.pdf", headers=DE).data)
    loading = reading.text(it.get(f"/fahrten/{run_id}/ladeliste.pdf", headers=DE).data)
    table = it.get(f"/fahrten/{run_id}/stopps.csv", headers=DE).data.decode("utf-8-sig")
    [event] = Calendar.from_ical(it.get(f"/fahrten/{run_id}/kalender.ics").data).walk("VEVENT")

    assert [name for name in names if name not in sheet or name not in table] == []
    places = [loading.index(code) for code in order]
    assert places == sorted(places)
    assert event["UID"] == f"shift-{shift_id}@localhost"
    assert [name for name in names if name in str(event["DESCRIPTION"])] == []


def test_litres_and_weight_are_summed_from_the_items(
    app: Flask, it: PageClient, run_id: int
) -> None:
    with app.app_context():
        first = [stop for stop in run_queries.run(run_id).stops if stop.trip == 1]
        items = [row.item for stop in first for row in stop.kit.kit_items]
        litres, grams = sum(item.litres for item in items), sum(item.weight_g for item in items)

    pdf = it.get(f"/fahrten/{run_id}/ladeliste.pdf", headers=EN).data

    told = {str(e.get("/Alt", "")) for e in reading.elements(pdf) if e["/S"] == "/Figure"}
    assert litres > 0
    assert any(f"Litres: {litres:,} of" in words for words in told)
    assert any(f"Kilograms: {-(-grams // 1000)} of" in words for words in told)


def test_labels_of_a_run_have_its_colour_and_the_number_of_each_stop(
    app: Flask, it: PageClient, run_id: int
) -> None:
    with app.app_context():
        run = run_queries.run(run_id)
        day = run.shift.on_date
        places = [shift.id for shift in run_queries.shifts(day, to_date=day)]
        colour = look.run_colour(places.index(run.shift_id) + 1)
        stops = [(stop.position, [box.code for box in stop.kit.boxes]) for stop in run.stops]
        van = run.shift.van.name

    assert f"/fahrten/{run_id}/etiketten" in it.get(f"/fahrten/{run_id}").text
    pdf = it.fill(f"/fahrten/{run_id}/etiketten", {"paper": "roll", "names": "0"}).data

    told = [" ".join(page.extract_text().split()) for page in reading.reader(pdf).pages]
    assert len(told) == sum(len(boxes) for _place, boxes in stops)
    labels = iter(told)
    for place, codes in stops:
        for code in codes:
            words = next(labels)
            assert code in words
            assert f"Halt {place}" in words
            assert van in words
    red, green, blue = (f"{part:.6f}"[1:] for part in colour.rgb())
    drawn = reading.code(reading.reader(pdf).pages[0]).decode("latin-1")
    assert f"{red} {green} {blue} rg" in drawn
    assert len(reading.reader(it.get(f"/fahrten/{run_id}/etiketten.pdf").data).pages) == len(told)


@pytest.mark.parametrize("asked", ["kit", "ids", "what"])
def test_labels_printed_from_the_devices_have_the_run_too(
    app: Flask, it: PageClient, run_id: int, asked: str
) -> None:
    with app.app_context():
        run = run_queries.run(run_id)
        stop = run.stops[-1]
        box = stop.kit.boxes[0]
        value = {"kit": stop.kit_id, "ids": box.id, "what": "packed"}[asked]
        code, place, van = box.code, stop.position, run.shift.van.name

    pdf = it.get(f"/geraete/etiketten.pdf?{asked}={value}&paper=roll").data

    told = [" ".join(page.extract_text().split()) for page in reading.reader(pdf).pages]
    [label] = [words for words in told if code in words]
    assert f"Halt {place}" in label
    assert van in label


def test_the_page_of_a_run_offers_every_paper(it: PageClient, run_id: int) -> None:
    page = it.get(f"/fahrten/{run_id}", headers=EN).text

    assert "Paper and files" in page
    assert [name for name in ALL if f"/fahrten/{run_id}/{name}" not in page] == []


def test_links_to_foreign_maps_tell_nobody_where_they_come_from(
    it: PageClient, run_id: int
) -> None:
    page = it.get(f"/fahrten/{run_id}", headers=EN).text

    links = [part.partition(">")[0] for part in page.split("<a ")]
    foreign = [
        link
        for link in links
        if any(host in link for host in ("google.com", "apple.com", "osmand.net"))
    ]
    assert len(foreign) > 3
    assert [link for link in foreign if 'rel="noreferrer noopener"' not in link] == []
    assert "geo:52." in page
    assert "learn the place, but no name" in page


@pytest.fixture
def driver(signed_in: Callable[..., PageClient], given: Given, run_id: int) -> PageClient:
    """Who drives the run."""
    client = signed_in(Role.DRIVER)
    with given():
        run_queries.run(run_id).shift.driver_id = client_account(client)
    return client


def client_account(client: PageClient) -> int:
    with client.client.session_transaction() as session:
        return int(session["account"])


@pytest.mark.parametrize("name", sorted(OWN))
def test_the_driver_gets_the_papers_of_the_own_run(
    driver: PageClient, run_id: int, name: str
) -> None:
    assert driver.get(f"/fahrten/{run_id}/{name}").status_code == 200
    assert f"/fahrten/{run_id}/{name}" in driver.get(f"/unterwegs/{run_id}").text


def test_the_driver_does_not_get_the_table(driver: PageClient, run_id: int) -> None:
    assert driver.get(f"/fahrten/{run_id}/stopps.csv").status_code == 403


@pytest.mark.parametrize("name", sorted(OWN))
def test_another_drivers_run_is_not_there(
    signed_in: Callable[..., PageClient], run_id: int, name: str
) -> None:
    assert signed_in(Role.DRIVER).get(f"/fahrten/{run_id}/{name}").status_code == 404


@pytest.mark.parametrize(("days_ago", "status"), [(1, 200), (2, 404)])
def test_old_runs_close_their_papers(
    driver: PageClient, given: Given, run_id: int, days_ago: int, status: int
) -> None:
    with given():
        run_queries.run(run_id).shift.on_date = clock.today() - timedelta(days=days_ago)

    answers = {driver.get(f"/fahrten/{run_id}/{name}").status_code for name in OWN}

    assert answers == {status}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.HR, Role.AUDITOR])
@pytest.mark.parametrize("name", sorted(ALL))
def test_nobody_else_gets_them(
    signed_in: Callable[..., PageClient], run_id: int, role: Role, name: str
) -> None:
    assert signed_in(role).get(f"/fahrten/{run_id}/{name}").status_code == 403


def test_a_run_without_a_depot_still_has_its_papers(
    it: PageClient, given: Given, run_id: int
) -> None:
    with given():
        db.session.delete(run_queries.depot())

    for name in ALL:
        assert it.get(f"/fahrten/{run_id}/{name}").status_code == 200, name
    assert it.get(f"/fahrten/{run_id}").status_code == 200
