"""A house with a road engine: from the form to the plan's page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from hoffice import clock
from hoffice.jobs import worker
from hoffice.jobs.cli import EXTENSION as JOBS
from hoffice.places.queries import legs
from hoffice.runs import queries, service
from hoffice.runs.models import Plan
from hoffice.settings import RoadEngine, RoadSettings, Settings
from tests import houses
from tests.conftest import Given
from tests.contracts.road_servers import Server, osrm_says, serving
from tests.pageclient import PageClient
from tests.runs import scene
from tests.runs.scene import IT

EN = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """The stories play on the Monday of the makers."""
    with clock.frozen(scene.TODAY):
        yield


@pytest.fixture
def server() -> Iterator[Server]:
    """An engine that speaks as OSRM does."""
    with serving(osrm_says) as speaking:
        yield speaking


@pytest.fixture
def settings(database: str, tmp_path: Path, server: Server) -> Settings:
    """A house that asks this engine."""
    roads = RoadSettings(RoadEngine.OSRM, server.url)
    return replace(houses.settings(database, tmp_path / "instance"), roads=roads)


@pytest.fixture
def shift_id(given: Given) -> int:
    """Six people with stops, one shift."""
    with given():
        scene.people()
        service.propose_missing(by=IT)
        return scene.shifts(1)[0].id


def planned(app: Flask, it: PageClient, shift_id: int) -> Plan:
    """Ask for a plan by the form, let the worker make it."""
    asked = it.post("/fahrten/planen", data={"shifts": [shift_id], "seconds": "5"})
    assert asked.status_code == 302, asked.text
    with app.app_context():
        worker.work_off(app.extensions[JOBS])
        return queries.plan(1)


@pytest.mark.usefixtures("quick")
def test_a_plan_is_made_with_the_engines_times(
    app: Flask, it: PageClient, shift_id: int, server: Server
) -> None:
    plan = planned(app, it, shift_id)

    assert plan.problem["travel"] == {"model": "osrm"}
    assert plan.travel == {"model": "OSRM", "uncertainty": 0.15, "notes": []}
    page = it.get("/fahrten/plan/1", headers=EN).text
    assert "Travel times: OSRM, nine in ten drives within ± 15\xa0%." in page
    with app.app_context():
        assert [tuple(row) for row in legs.places_by_engine()] == [(f"osrm {server.url}", 7)]
    assert len(server.asked) == 1


@pytest.mark.usefixtures("quick")
def test_an_engine_that_is_down_stops_no_plan_and_is_seen(
    app: Flask, it: PageClient, shift_id: int, server: Server
) -> None:
    server.status, server.reply = 503, b""

    plan = planned(app, it, shift_id)

    assert plan.answer is not None
    page = it.get("/fahrten/plan/1", headers=EN).text
    assert "The road engine did not answer (it reported a fault). Times are estimated." in page
    assert "Travel times: straight line, nine in ten drives within ± 27\xa0%." in page


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that is good enough at once."""
    kept = service.ask_for_plan

    def at_once(shift_ids: list[int], *, seconds: float, **how: Any) -> object:
        del seconds
        return kept(shift_ids, seconds=1, **how)

    monkeypatch.setattr("hoffice.runs.service.ask_for_plan", at_once)
