"""Rest between two shifts of one driver, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hoffice import clock
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.runs.models import Shift
from hoffice.runs.service.rests import short_rests
from tests import makers
from tests.conftest import Given
from tests.handover import scene
from tests.pageclient import PageClient
from tests.runs.scene import MONDAY, TUESDAY

NIGHT = date(2021, 3, 27)
"""Before this night is over the clock is set forward: it has an hour less."""


def shift(driver: Account, on: date, start: int, end: int) -> Shift:
    """A shift of this driver in a van of its own, stored."""
    made = makers.shift(of=makers.van(), on=on, driver=driver)
    made.start_min, made.end_min = start, end
    return made


@pytest.mark.parametrize(
    ("end", "start", "rests"),
    [(1260, 480, []), (1261, 480, [659]), (1440, 360, [360])],
    ids=["eleven hours", "a minute less", "until midnight"],
)
def test_who_rests_less_than_eleven_hours_is_named(
    given: Given, end: int, start: int, rests: list[int]
) -> None:
    with given():
        can = makers.account(Role.DRIVER, name="Can Demir")
        late, early = shift(can, MONDAY, 720, end), shift(can, TUESDAY, start, 960)
        for asked in (late, early):
            found = short_rests([asked.id])
            assert [one.minutes for one in found] == rests
            assert {one.driver for one in found} <= {"Can Demir"}


def test_the_night_of_the_clock_change_has_an_hour_less(given: Given) -> None:
    with given():
        can = makers.account(Role.DRIVER, name="Can Demir")
        late = shift(can, NIGHT, 720, 1260)
        shift(can, NIGHT + timedelta(days=1), 480, 960)
        assert [one.minutes for one in short_rests([late.id])] == [600]


def test_nobody_drives_two_vans_at_once_and_others_do_not_count(given: Given) -> None:
    with given():
        can, lea = (makers.account(Role.DRIVER, name=name) for name in ("Can Demir", "Lea Vogt"))
        first, second = shift(can, MONDAY, 480, 960), shift(can, MONDAY, 900, 1200)
        other = shift(lea, MONDAY, 900, 1200)
        assert [one.minutes for one in short_rests([first.id])] == [-60]
        assert short_rests([other.id]) == []
        second.off_at = clock.now()
        assert short_rests([first.id]) == []


def test_it_is_said_when_the_driver_of_a_run_is_named(given: Given, it: PageClient) -> None:
    with given():
        can = makers.account(Role.DRIVER, name="Can Demir")
        run = scene.run_of([scene.ready()])
        shift(can, run.shift.on_date - timedelta(days=1), 840, 1380)
        run_id, driver_id = run.id, can.id
    assert it.post(f"/fahrten/{run_id}/fahrer", {"driver": str(driver_id)}).status_code == 302
    page = it.get(f"/fahrten/{run_id}", headers={"Accept-Language": "en"}).text
    assert "§ 5 ArbZG" in page
    assert "9:00" in page
