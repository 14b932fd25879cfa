"""Plans in the browser: what they cost, what would help, and two of them side by side."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from hoffice.db import unit_of_work
from hoffice.runs import queries, service
from hoffice.runs.planning import plan as plans
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.runs import scene

EN = {"Accept-Language": "en"}


@pytest.fixture
def two_plans(app: Flask, given: Given) -> tuple[int, int]:
    """Two plans for the same people, the second of which leaves the first door out."""
    with given():
        scene.people(6)
        service.propose_missing(by=scene.IT)
        ids = [shift.id for shift in scene.shifts(2)]
    with app.app_context():
        first, second = scene.planned(ids), scene.planned(ids)
        with unit_of_work():
            row = queries.plan(second)
            assert row.answer is not None
            route = row.answer["routes"][0]
            lost = route["trips"][0]["stops"].pop(0)["id"]
            reasons = ["no window inside any shift"]
            row.answer = row.answer | {"unplanned": [{"id": lost, "reasons": reasons}]}
            plans.read(row.answer)
    return first, second


def text(client: PageClient, path: str) -> str:
    response = client.get(path, headers=EN)
    assert response.status_code == 200, path
    return response.text


def test_two_plans_stand_side_by_side(it: PageClient, two_plans: tuple[int, int]) -> None:
    first, second = two_plans
    assert "Side by side" in text(it, f"/fahrten/plan/{first}")
    page = text(it, f"/fahrten/plan/{first}/vergleich?mit={second}")
    assert f"Plan {first} and plan {second}" in page
    assert "One person would be visited otherwise" in page
    assert "left out" in page


def test_each_of_the_two_maps_has_its_own_content_and_legend(
    it: PageClient, two_plans: tuple[int, int]
) -> None:
    first, second = two_plans
    page = text(it, f"/fahrten/plan/{first}/vergleich?mit={second}")
    maps = re.findall(r'<div class="map [^"]*" id="([^"]+)"', page)
    assert len(set(maps)) == 2
    assert re.findall(r'data-map-key="([^"]+)"', page) == maps
    assert re.findall(r'data-map-content="([^"]+)"', page) == maps


@pytest.mark.parametrize("other", ["", "?mit=", "?mit=x"])
def test_without_another_plan_there_is_nothing_to_compare(
    it: PageClient, two_plans: tuple[int, int], other: str
) -> None:
    answer = it.get(f"/fahrten/plan/{two_plans[0]}/vergleich{other}")
    assert answer.status_code == 302


def test_an_unknown_plan_is_not_found(it: PageClient, two_plans: tuple[int, int]) -> None:
    assert it.get(f"/fahrten/plan/{two_plans[0]}/vergleich?mit=9999").status_code == 404


def test_a_plan_says_what_it_costs_and_what_would_help(
    app: Flask, it: PageClient, two_plans: tuple[int, int]
) -> None:
    with app.app_context(), unit_of_work():
        row = queries.plan(two_plans[0])
        text_ = "a van of %(boxes)s boxes saves %(days)s van-days"
        row.advice = [{"text": text_, "facts": {"boxes": 8, "days": 2}}]
        for van in queries.vans():
            van.co2_g_per_km = 200
    page = text(it, f"/fahrten/plan/{two_plans[0]}")
    assert "What would help" in page
    assert "a van of 8 boxes saves 2 van-days" in page
    assert "CO2" in page


def test_a_search_that_was_stopped_early_says_so(
    app: Flask, it: PageClient, two_plans: tuple[int, int]
) -> None:
    assert "stopped early" not in text(it, f"/fahrten/plan/{two_plans[0]}")
    with app.app_context(), unit_of_work():
        queries.plan(two_plans[0]).is_cut_short = True
    assert "stopped early" in text(it, f"/fahrten/plan/{two_plans[0]}")
