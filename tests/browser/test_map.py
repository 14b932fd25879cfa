"""On a map each pin can be touched for itself, however near each other people live."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, ViewportSize, expect

from hoffice.accounts.rules import Role
from tests.browser.conftest import WindowOf
from tests.browser.window import DESK, PHONE, barriers, settled

Content = dict[str, list[dict[str, Any]]]
HOUSE = (52.5163, 13.3777)
FAR_FROM_THE_DEPOT = (52.47, 13.27)
TOUCHING = 1.0
"""So many pixels two pins may share: their places are whole pixels."""


def at(lat: float, lon: float, number: int, run: int | None) -> dict[str, Any]:
    stop: dict[str, Any] = {"id": 1000 + number, "lat": lat, "lon": lon, "name": f"Halt {number}"}
    return stop | ({} if run is None else {"run": run, "n": number})


def crowd() -> Content:
    """A house with twelve stops of two runs, the next doors, a row of villas, and a man far off."""
    lat, lon = HOUSE
    places = [HOUSE] * 12
    places += [(lat + step * 0.0012, lon + step * 0.0011) for step in range(1, 9)]
    places += [(lat - 0.02, lon + step * 0.0045) for step in range(9)]
    stops = [at(*place, number, 1 + number % 2) for number, place in enumerate(places, 1)]
    waiting = [(lat, lon), (lat + 0.0001, lon), (lat - 0.019, lon + 0.02), (52.40, 13.10)]
    loose = [at(*place, number, None) for number, place in enumerate(waiting, 101)]
    return {
        "runs": [{"run": 1, "name": "Bus 1"}, {"run": 2, "name": "Bus 2"}],
        "stops": [*stops, *loose],
    }


def show(page: Page, content: Content) -> Locator:
    """Draw these stops, and the pins that stand for them afterwards."""
    settled(page)
    page.locator("[data-map]").evaluate(
        "(box, detail) => box.dispatchEvent(new CustomEvent('ho:content', {detail}))", content
    )
    return page.locator(".spot.leaflet-interactive")


def boxes(pins: Locator) -> list[FloatRect]:
    found = [one.bounding_box() for one in pins.all()]
    return [box for box in found if box is not None]


def lying_on_each_other(pins: Locator) -> list[tuple[FloatRect, FloatRect]]:
    found = boxes(pins)
    return [
        (one, other)
        for place, one in enumerate(found)
        for other in found[:place]
        if abs(one["x"] - other["x"]) < one["width"] - TOUCHING
        and abs(one["y"] - other["y"]) < one["height"] - TOUCHING
    ]


def outside(pins: Locator, page: Page) -> list[FloatRect]:
    """Which pins stick out of the map."""
    frame = page.locator("[data-map]").bounding_box()
    assert frame is not None
    return [
        box
        for box in boxes(pins)
        if box["x"] < frame["x"] - 1
        or box["y"] < frame["y"] - 1
        or box["x"] + box["width"] > frame["x"] + frame["width"] + 1
        or box["y"] + box["height"] > frame["y"] + frame["height"] + 1
    ]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_each_pin_of_a_crowd_can_be_touched_for_itself(
    window_of: WindowOf, size: ViewportSize
) -> None:
    page = window_of(Role.IT).page
    page.goto("/fahrten/")
    page.set_viewport_size(size)

    pins = show(page, crowd())

    numbered = pins.and_(page.locator(".tour-1, .tour-2"))
    expect(numbered).to_have_count(29)
    assert lying_on_each_other(pins) == []
    assert outside(numbered, page) == []
    assert barriers(page) == []
    assert {one.get_attribute("tabindex") for one in pins.all()} == {"0"}
    names = [one.get_attribute("aria-label") for one in numbered.all()]
    assert sorted(map(str, names)) == sorted(f"Halt {n}, Halt {n}" for n in range(1, 30))
    assert page.locator("path.leader").count() >= 11  # eleven cannot stand at the house


def test_a_pin_that_stepped_aside_goes_home_when_one_looks_nearer(window_of: WindowOf) -> None:
    page = window_of(Role.IT).page
    page.goto("/fahrten/")
    lat, lon = FAR_FROM_THE_DEPOT
    beside = show(
        page, {"stops": [at(lat, lon, 1, 1), at(lat + 0.0001, lon + 0.0001, 2, 1)], "runs": []}
    )
    leaders = page.locator("path.leader")
    expect(leaders).to_have_count(1)
    assert lying_on_each_other(beside) == []

    nearer = page.get_by_role("button", name="Näher heran")
    zoomed = 0
    while leaders.count() and zoomed < 20:
        nearer.click()
        settled(page)
        assert lying_on_each_other(beside) == []
        zoomed += 1

    expect(leaders).to_have_count(0)


def test_a_pin_that_stepped_aside_opens_by_keyboard(window_of: WindowOf) -> None:
    page = window_of(Role.IT).page
    page.goto("/fahrten/")
    pins = show(page, crowd())

    pins.and_(page.get_by_role("button", name="Halt 12, Halt 12")).focus()
    page.keyboard.press("Enter")

    expect(page.locator(".leaflet-popup")).to_contain_text("Halt 12")


def test_no_pin_stands_on_the_depot(window_of: WindowOf) -> None:
    page = window_of(Role.IT).page
    page.goto("/fahrten/")
    settled(page)
    depot = page.evaluate(
        """() => JSON.parse(document.querySelector("[data-map-content]").textContent).depot"""
    )

    show(page, {"stops": [at(depot["lat"], depot["lon"], 1, 1)], "runs": []})

    expect(page.locator("path.leader")).to_have_count(1)
    assert lying_on_each_other(page.locator(".spot")) == []
