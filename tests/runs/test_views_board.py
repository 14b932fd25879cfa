"""The planner's board: the page, the answers to its script, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import unit_of_work
from hoffice.runs import queries as run_queries
from hoffice.runs import rules, service
from hoffice.runs.rules import RunState
from hoffice.runs.service import arrangement
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.runs import campaign, scene
from tests.runs.scene import IT
from tests.told import Told

EN = {"Accept-Language": "en"}
EFFECT, SAVE, LOCK, FILL, ASK = (
    f"/fahrten/tafel/{name}" for name in ("wirkung", "sichern", "fest", "einplanen", "fragen")
)

Days = dict[str, list[list[int]]]


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
def planned(app: Flask, shift_ids: list[int]) -> Days:
    """All of them on runs; the arrangement as it is saved."""
    with app.app_context():
        plan_id = scene.planned(shift_ids)
        with unit_of_work():
            scene.taken(plan_id)
    return saved(app, shift_ids)


def saved(app: Flask, shift_ids: list[int]) -> Days:
    with app.app_context():
        shifts = run_queries.arranged_shifts(shift_ids)
        found = arrangement.standing(shifts)
    return {str(number): trips for number, trips in found.items()}


def send(browser: PageClient, path: str, body: object, *, token: str | None = None) -> TestResponse:
    headers = {**EN, "X-CSRFToken": browser.token() if token is None else token}
    return browser.client.post(path, json=body, headers=headers)


def version(app: Flask) -> int:
    with app.app_context():
        return run_queries.timetable().version


def told(answer: TestResponse, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text[:300]
    found = answer.get_json()
    assert isinstance(found, dict)
    return found


def test_the_board_shows_each_shift_as_a_lane_and_who_waits(
    it: PageClient, shift_ids: list[int]
) -> None:
    page = it.get("/fahrten/tafel", headers=EN).text
    assert page.count("data-lane=") == len(shift_ids)
    assert "6 stops wait for a run" in page


def test_an_arrangement_shows_its_effect_and_writes_nothing(
    app: Flask, it: PageClient, shift_ids: list[int]
) -> None:
    with app.app_context():
        stops = [stop.id for stop in run_queries.unplanned_stops()]
    first = str(shift_ids[0])
    answer = told(
        send(it, EFFECT, {"version": version(app), "days": {first: [stops[:2], [stops[2]]]}})
    )
    assert answer["can_save"]
    assert answer["problems"] == []
    assert set(answer["lanes"]) == {first}
    assert answer["arrangement"][first] == [stops[:2], [stops[2]]]
    assert "Everything holds" in answer["said"]
    assert answer["map"]["runs"]
    with app.app_context():
        assert len(run_queries.unplanned_stops()) == 6


def test_too_many_boxes_on_one_trip_are_told_and_not_saved(
    app: Flask, it: PageClient, shift_ids: list[int]
) -> None:
    with app.app_context():
        stops = [stop.id for stop in run_queries.unplanned_stops()]
    body = {"version": version(app), "days": {str(shift_ids[0]): [stops]}}
    answer = told(send(it, EFFECT, body))
    assert not answer["can_save"]
    assert {one["kind"] for one in answer["problems"]} >= {"load"}
    answer = told(send(it, SAVE, body), 422)
    assert not answer["can_save"]
    with app.app_context():
        assert len(run_queries.unplanned_stops()) == 6


def test_what_holds_is_saved_and_the_page_shows_it(
    app: Flask, it: PageClient, shift_ids: list[int]
) -> None:
    with app.app_context():
        stops = [stop.id for stop in run_queries.unplanned_stops()]
    before = version(app)
    days = {str(shift_ids[1]): [stops[:2], stops[2:4]]}
    answer = told(send(it, SAVE, {"version": before, "days": days}))
    assert answer["version"] > before
    assert saved(app, shift_ids)[str(shift_ids[1])] == [stops[:2], stops[2:4]]
    assert answer["arrangement"] == saved(app, shift_ids)
    with app.app_context():
        (run,) = run_queries.runs_between(scene.MONDAY, scene.TUESDAY)
        assert run.state is RunState.PLANNED
        assert [stop.trip for stop in run.stops] == [1, 1, 2, 2]


def test_a_page_that_is_out_of_date_is_told_so(app: Flask, it: PageClient, planned: Days) -> None:
    old = {"version": version(app) - 1, "days": planned}
    for path in (EFFECT, SAVE, FILL):
        assert "Somebody else" in told(send(it, path, old), 409)["error"]


def test_everybody_is_put_in_as_a_proposal(
    app: Flask, it: PageClient, shift_ids: list[int]
) -> None:
    answer = told(send(it, FILL, {"version": version(app), "days": {}}))
    placed = [s for trips in answer["arrangement"].values() for trip in trips for s in trip]
    assert len(placed) == 6
    assert answer["can_save"]
    assert len(saved(app, shift_ids)[str(shift_ids[0])]) == 0


def test_the_best_places_of_a_stop_say_when_and_what_they_cost(
    it: PageClient, planned: Days
) -> None:
    stop = next(trips[0][0] for trips in planned.values() if trips)
    answer = told(it.client.get(f"/fahrten/tafel/plaetze/{stop}", headers=EN))
    assert answer["places"]
    assert {"shift", "trip", "position", "text"} == set(answer["places"][0])
    assert "+" in answer["places"][0]["text"]


def test_a_fixed_run_and_a_fixed_stop_stay_where_they_are(
    app: Flask, it: PageClient, planned: Days
) -> None:
    shift = next(number for number, trips in planned.items() if trips)
    stop = planned[shift][0][0]
    body = {"version": version(app), "days": {}, "stop": stop, "is_fixed": True}
    answer = told(send(it, LOCK, body))
    assert set(answer["lanes"]) == {shift}
    without = [[one for one in trip if one != stop] for trip in planned[shift]]
    answer = told(send(it, EFFECT, {"version": answer["version"], "days": {shift: without}}))
    assert not answer["can_save"]
    assert [one["kind"] for one in answer["problems"]] == ["lock"]

    body = {"version": version(app), "days": {}, "shift": int(shift), "is_fixed": True}
    answer = told(send(it, LOCK, body))
    unchanged = {"version": answer["version"], "days": {shift: planned[shift]}}
    assert told(send(it, EFFECT, unchanged))["can_save"]
    body = {"version": answer["version"], "days": {shift: planned[shift][::-1]}}
    assert "is fixed" in told(send(it, EFFECT, body), 409)["error"]
    body = {"version": answer["version"], "days": {}, "shift": int(shift), "is_fixed": False}
    answer = told(send(it, LOCK, body))
    body = {"version": answer["version"], "days": {shift: planned[shift]}}
    assert told(send(it, EFFECT, body))["can_save"]


NONSENSE: dict[str, object] = {
    "nothing": None,
    "a-list": [],
    "no-version": {"days": {}},
    "a-word-as-version": {"version": "7", "days": {}},
    "true-as-version": {"version": True, "days": {}},
    "days-as-list": {"version": 1, "days": []},
    "a-shift-that-is-no-number": {"version": 1, "days": {"x": []}},
    "a-number-no-row-can-have": {"version": 1, "days": {"99999999999": []}},
    "a-negative-shift": {"version": 1, "days": {"-1": []}},
    "trips-that-are-no-lists": {"version": 1, "days": {"1": [1]}},
    "a-stop-that-is-a-word": {"version": 1, "days": {"1": [["1"]]}},
    "a-stop-that-is-true": {"version": 1, "days": {"1": [[True]]}},
    "a-stop-with-a-comma": {"version": 1, "days": {"1": [[1.5]]}},
    "too-many-shifts": {"version": 1, "days": {str(n): [] for n in range(500)}},
    "too-many-stops": {"version": 1, "days": {"1": [list(range(4000))]}},
}


def test_nonsense_is_refused_in_words(it: PageClient) -> None:
    token = it.token()
    for path in (EFFECT, SAVE, LOCK, FILL):
        for name, body in NONSENSE.items():
            answer = send(it, path, body, token=token)
            assert answer.status_code == 400, (path, name)
            assert "error" in told(answer, 400)


def test_broken_json_and_huge_bodies_are_refused(it: PageClient) -> None:
    headers = {**EN, "X-CSRFToken": it.token(), "Content-Type": "application/json"}
    deep = "[" * 50_000 + "]" * 50_000
    for text, status in (("{", 400), (deep, 400), ("\x00", 400), (" " * 300_000, 413)):
        answer = it.client.post(EFFECT, data=text, headers=headers)
        assert answer.status_code == status, answer.text[:200]
        assert "error" in told(answer, status)


def test_unknown_and_doubled_stops_are_refused_by_name(
    app: Flask, it: PageClient, planned: Days
) -> None:
    now = version(app)
    shift = next(number for number, trips in planned.items() if trips)
    stop = planned[shift][0][0]
    with app.app_context():
        name = run_queries.stop(stop).employee.name
    cases: tuple[tuple[Days, int, str], ...] = (
        ({"424242": []}, 404, "no such shift"),
        ({shift: [[424242]]}, 404, "no such stop"),
        ({shift: [[stop, stop]]}, 409, f"{name} stands in the plan twice"),
    )
    for days, status, words in cases:
        answer = told(send(it, EFFECT, {"version": now, "days": days}), status)
        assert words in answer["error"]


def test_only_it_sees_and_moves_the_board(
    signed_in: Callable[..., PageClient], stranger: PageClient
) -> None:
    for role in set(Role) - {Role.IT}:
        browser = signed_in(role)
        assert browser.client.get("/fahrten/tafel").status_code == 403, role
        assert send(browser, EFFECT, {"version": 0, "days": {}}).status_code == 403, role
    assert stranger.client.get("/fahrten/tafel").status_code in {302, 303, 401}


def test_without_its_token_nothing_is_moved(it: PageClient) -> None:
    for path in (EFFECT, SAVE, LOCK, FILL):
        assert send(it, path, {"version": 0, "days": {}}, token="").status_code == 400


def test_the_effect_takes_as_many_statements_for_two_lanes_as_for_one(
    app: Flask, it: PageClient, planned: Days, queries: list[str]
) -> None:
    token, now = it.token(), version(app)
    first, second = planned
    stop = (planned[first] or planned[second])[0][0]
    rest = {n: [[s for s in trip if s != stop] for trip in t] for n, t in planned.items()}
    counts = []
    for days in ({first: rest[first]}, {first: rest[first], second: [*rest[second], [stop]]}):
        queries.clear()
        told(send(it, EFFECT, {"version": now, "days": {**rest, **days}}, token=token))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 24


def test_asking_for_consent_needs_a_promise(app: Flask, it: PageClient, planned: Days) -> None:
    shift = next(number for number, trips in planned.items() if trips)
    stop = planned[shift][0][0]
    body = {"version": version(app), "days": {}, "stop": stop, "shift": int(shift), "start": 900}
    assert "Nothing is promised" in told(send(it, ASK, body), 409)["error"]


@pytest.fixture
def by_hand(app: Flask, shift_ids: list[int]) -> list[int]:
    """Two people on Tuesday, four who wait; the stops."""
    with app.app_context(), unit_of_work():
        stops = [stop.id for stop in run_queries.unplanned_stops()]
        now = run_queries.timetable().version
        arrangement.save(now, {shift_ids[1]: [stops[:2]]}, scene.roads(), by=IT)
    return stops


def test_a_promised_window_that_would_move_far_needs_consent_and_is_asked_for_by_mail(
    app: Flask, it: PageClient, given: Given, shift_ids: list[int], by_hand: list[int]
) -> None:
    monday, tuesday = shift_ids
    stop, other = by_hand[:2]
    with given():
        run = run_queries.shift(tuesday).run
        assert run is not None
        service.promise_run(run.id, by=IT, book=scene.book())
    days = {str(monday): [[stop]], str(tuesday): [[other]]}
    answer = told(send(it, EFFECT, {"version": version(app), "days": days}))
    assert not answer["can_save"]
    assert "promised for another day" in answer["lanes"][str(monday)].lower()
    assert "needs the consent of" in answer["lanes"][str(monday)]
    body = {"version": version(app), "days": {}, "stop": stop, "shift": tuesday, "start": 900}
    assert "is asked by mail" in told(send(it, ASK, body))["said"]
    page = it.get("/fahrten/tafel", headers={"Accept-Language": "en"}).text
    assert "waits for an answer" in page
    assert page.count("waits for an answer") == 1
    answer = told(send(it, EFFECT, {"version": version(app), "days": days}))
    assert "waits for an answer" in answer["lanes"][str(monday)]


def test_what_a_door_needs_is_said_on_a_page_of_its_own(
    app: Flask, it: PageClient, planned: Days
) -> None:
    stop = next(trips[0][0] for trips in planned.values() if trips)
    path = f"/fahrten/halt/{stop}/bedarf"
    assert it.fill(path, {"crew": "2", "priority": "7"}).status_code == 303
    with app.app_context():
        found = run_queries.stop(stop)
        assert (found.crew, found.priority) == (2, 7)
    assert it.fill(path, {"crew": "20", "priority": "7"}).status_code == 422


@pytest.mark.usefixtures("by_hand")
def test_the_page_for_a_plan_says_what_may_change_and_which_runs_are_locked(
    it: PageClient, given: Given, shift_ids: list[int]
) -> None:
    with given():
        run = run_queries.shift(shift_ids[1]).run
        assert run is not None
        service.fix_run(run.id, is_fixed=True, by=IT)
    page = it.get("/fahrten/planen", headers=EN).text
    for words in rules.PLAN_MODE_LABELS.values():
        assert words in page
    assert "One run is locked" in page


@pytest.mark.usefixtures("planned")
def test_only_a_run_that_is_under_way_has_a_rest(app: Flask, it: PageClient) -> None:
    with app.app_context():
        (run, *_) = run_queries.runs_between(scene.MONDAY, scene.TUESDAY)
        run_id = run.id
    assert it.get(f"/fahrten/{run_id}/neu-ordnen").status_code == 409
    assert it.post(f"/fahrten/{run_id}/neu-ordnen", {"order": "x;y"}).status_code == 409
    assert it.get("/fahrten/4711/neu-ordnen").status_code == 404
