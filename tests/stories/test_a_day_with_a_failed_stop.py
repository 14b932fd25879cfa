"""A day that goes wrong and ends well: a closed door, a late van, and a second try the next day.

The runs are planned by the real engine. Everything else goes through the pages: the driver's phone
and the dispatcher's desk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.handover.rules import FailureReason
from hoffice.runs import queries
from hoffice.runs import service as runs
from hoffice.runs.models import Run
from hoffice.runs.rules import PlanMode, RunState, StopState
from hoffice.runs.service import underway
from tests import makers
from tests.conftest import Given
from tests.handover import scene as door
from tests.pageclient import PageClient
from tests.runs import scene
from tests.runs.scene import IT, MONDAY

EN = {"Accept-Language": "en"}
FRIDAY = datetime(2020, 3, 20, 9, 0, tzinfo=UTC)
ORDER = re.compile(r'name="order" value="([\d,;]+)"')


def monday(hour: int, minute: int = 0) -> datetime:
    """A moment of the Monday in Berlin, where winter is an hour ahead of UTC."""
    return datetime(2020, 3, 23, hour, minute, tzinfo=clock.BERLIN)


@dataclass
class Story:
    """The house, who acts, and the runs of Monday and Tuesday."""

    app: Flask
    given: Given
    folder: Path
    accounts: list[tuple[int, int]]
    shift_ids: list[int]

    @property
    def driver(self) -> PageClient:
        """The driver's phone, signed in just now."""
        return self._browser(0)

    @property
    def it(self) -> PageClient:
        """The dispatcher's browser, signed in just now."""
        return self._browser(1)

    def _browser(self, number: int) -> PageClient:
        made = PageClient(self.app)
        made.be_account(*self.accounts[number])
        return made

    def run(self, number: int) -> Run | None:
        """The run of the first or the second shift."""
        return queries.arranged_shifts([self.shift_ids[number]])[0].run

    def run_id(self, number: int = 0) -> int:
        """The number of that run."""
        with self.app.app_context():
            run = self.run(number)
            assert run is not None
            return run.id

    def stops(self, number: int = 0) -> list[tuple[int, str, StopState]]:
        """Kit, name and state of each stop, in the order driven."""
        with self.app.app_context():
            run = self.run(number)
            assert run is not None
            return [(stop.kit_id, stop.employee.name, stop.state) for stop in run.stops]


@pytest.fixture
def story(app: Flask, given: Given, tmp_path: Path) -> Iterator[Story]:
    """Six people whose boxes may go, on two runs that the dispatcher put together on Friday."""
    with clock.frozen(FRIDAY):
        with given():
            account = makers.account(Role.DRIVER, name="Can Demir")
            people = [account, makers.account(Role.IT)]
            for name, _street, _postcode, lat, lon in scene.HOMES:
                home = door.ready(name).employee.homes[-1]
                home.lat, home.lon = lat, lon
            makers.depot()
            van = makers.van()
            shifts = [
                makers.shift(of=van, on=MONDAY + timedelta(days=n), driver=account)
                for n in range(2)
            ]
            runs.propose_missing(by=IT)
            ids = [shift.id for shift in shifts]
            accounts = [(person.id, person.session_epoch) for person in people]
        yield Story(app, given, tmp_path, accounts, ids)


def test_a_day_with_a_failed_stop(story: Story) -> None:
    """A closed door at eight, a van that is two hours late, and nobody is forgotten."""
    arrange_the_runs(story)
    promise_the_windows(story)
    with clock.frozen(monday(8)):
        load_and_leave(story, trip=1)
    with clock.frozen(monday(8, 40)):
        failed = nobody_opens(story)
    with clock.frozen(monday(10, 45)):
        the_driver_is_late_and_re_orders_the_rest(story)
    with clock.frozen(monday(12)):
        deliver_what_is_left(story)
    with clock.frozen(monday(12, 30)):
        the_second_trip_is_loaded_and_driven(story)
    the_failed_stop_is_put_into_tuesdays_run(story, failed)


def arrange_the_runs(story: Story) -> None:
    """Four people go on Monday on two trips, one on Tuesday; one waits for his turn."""
    with story.app.app_context():
        stops = [stop.id for stop in queries.unplanned_stops()]
    browser = story.it
    first, second = map(str, story.shift_ids)
    with story.app.app_context():
        version = queries.timetable().version
    answer = browser.client.post(
        "/fahrten/tafel/sichern",
        json={"version": version, "days": {first: [stops[:3], [stops[3]]], second: [[stops[5]]]}},
        headers={**EN, "X-CSRFToken": browser.token()},
    )
    assert answer.status_code == 200, answer.text[:300]
    assert [name for _, name, _ in story.stops()] == [row[0] for row in scene.HOMES[:4]]


def promise_the_windows(story: Story) -> None:
    for number in (0, 1):
        assert story.it.post(f"/fahrten/{story.run_id(number)}/zusagen").status_code == 302
    assert {state for _, _, state in story.stops()} == {StopState.PROMISED}


def load_and_leave(story: Story, *, trip: int) -> None:
    """The driver scans every box of the trip and drives off."""
    run_id = story.run_id()
    with story.app.app_context():
        run = queries.run(run_id)
        codes = [box.code for s in run.stops if s.trip == trip for box in s.kit.boxes]
    for code in codes:
        story.driver.post(f"/unterwegs/{run_id}/laden", {"code": code})
    assert story.driver.post(f"/unterwegs/{run_id}/losfahren").status_code == 303
    with story.app.app_context():
        states = [s.state for s in queries.run(run_id).stops if s.trip == trip]
    assert states == [StopState.UNDER_WAY] * (len(codes) // 2)


def nobody_opens(story: Story) -> int:
    """At the first door nobody is at home; the kit waits for a van again by itself."""
    kit, name, _ = story.stops()[0]
    with story.app.app_context():
        stop_id = door.stop_id_of(kit)
    answer = story.driver.post(
        f"/unterwegs/halt/{stop_id}/geht-nicht", {"reason": FailureReason.NOBODY_HOME.value}
    )
    assert answer.status_code == 303
    with story.app.app_context():
        again = next(s for s in queries.unplanned_stops() if s.employee.name == name)
        assert again.id != stop_id
        assert again.state is StopState.PROPOSED
        assert queries.stop(stop_id).state is StopState.FAILED
        return again.id


def the_driver_is_late_and_re_orders_the_rest(story: Story) -> None:
    """Two hours were lost: the phone shows who comes when, who must be called, and a way on."""
    run_id = story.run_id()
    assert f"/fahrten/{run_id}/neu-ordnen" in story.driver.get(f"/unterwegs/{run_id}").text
    page = story.driver.get(f"/fahrten/{run_id}/neu-ordnen", headers=EN).text
    assert "late" in page
    assert "3 stops are left" in page
    with story.app.app_context():
        found = underway.options(run_id, scene.roads())
        late = [found.now.stops[number].employee for number in found.after.broken]
        before = [(stop.id, stop.position) for stop in queries.run(run_id).stops[:1]]
    assert late, "two hours late, somebody cannot be reached in the promised window"
    for person in late:
        assert person.phone in page
    order = ORDER.findall(page)[0]
    assert story.driver.post(f"/fahrten/{run_id}/neu-ordnen", {"order": order}).status_code == 303
    with story.app.app_context():
        run = queries.run(run_id)
        driven = [stop for stop in run.stops if stop.state is not StopState.FAILED]
        wanted = [int(one) for one in re.findall(r"\d+", order)]
        assert [stop.id for stop in driven] == wanted
        assert all((stop.start_min or 0) >= 10 * 60 + 45 for stop in driven)
        assert [(stop.id, stop.position) for stop in run.stops[:1]] == before
        assert [stop.slot is not None for stop in driven] == [True] * 3


def deliver_what_is_left(story: Story) -> None:
    """What is in the van is handed over."""
    run_id = story.run_id()
    for kit, _, state in story.stops():
        if state is StopState.UNDER_WAY:
            with story.given():
                door.deliver(kit, story.folder)
    with story.app.app_context():
        assert queries.run(run_id).state is RunState.UNDER_WAY


def the_second_trip_is_loaded_and_driven(story: Story) -> None:
    """The van is back at the depot, loads what is left, and the run ends."""
    load_and_leave(story, trip=2)
    (kit,) = [kit for kit, _, state in story.stops() if state is StopState.UNDER_WAY]
    with story.given():
        door.deliver(kit, story.folder)
    with story.app.app_context():
        assert queries.run(story.run_id()).state is RunState.CLOSED


def the_failed_stop_is_put_into_tuesdays_run(story: Story, failed: int) -> None:
    """The next plan only puts in who waits; Tuesday's promise stays as it is."""
    before = story.stops(1)
    with clock.frozen(monday(16)):
        answer = story.it.post(
            "/fahrten/planen",
            {"shifts": [story.shift_ids[1]], "seconds": "5", "mode": PlanMode.INSERT.value},
        )
        assert answer.status_code == 302
        with story.app.app_context():
            assert scene.work() == 1
            (plan,) = queries.answered_plans()
            assert plan.mode is PlanMode.INSERT
            plan_id = plan.id
        assert story.it.post(f"/fahrten/plan/{plan_id}/nehmen").status_code == 302
    after = story.stops(1)
    assert [row for row in after if row in before] == before
    with story.app.app_context():
        stop = queries.stop(failed)
        assert stop.run_id == story.run_id(1)
        assert stop.state is StopState.PROPOSED
