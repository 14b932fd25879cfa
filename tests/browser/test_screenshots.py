"""The pictures of the documentation, taken from the demo; ``--screenshots`` renews them.

Those of a refusal and of a signature are taken by the journey, where they happen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hoffice.accounts.rules import Role
from tests.browser import live
from tests.browser.conftest import WindowOf, enter
from tests.browser.window import PHONE, keep, opened


def map_is_drawn(page: Page) -> None:
    """Wait for the ground and the pins of the map."""
    expect(page.locator("[data-map] path.ground").first).to_be_attached()
    expect(page.locator("[data-map] .spot").first).to_be_visible()


README = live.ROOT / "README.md"
OF_PHONES = {"phone-steps", "phone-sign", "phone-stop", "phone-refusal"}
HAND: dict[str, Any] = {
    "viewport": PHONE,
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@dataclass(frozen=True)
class Picture:
    """One picture of a desk: its file, who looks, and at which page."""

    name: str
    who: str
    path: str
    has_map: bool = False


PICTURES = (
    Picture("today", Role.IT, "/"),
    Picture("people", Role.HR, "/personen/"),
    Picture("person", Role.HR, "/personen/{partly}", has_map=True),
    Picture("papers", Role.HR, "/papiere/"),
    Picture("runs", Role.IT, "/fahrten/", has_map=True),
    Picture("run", Role.IT, "/fahrten/{promised_run}", has_map=True),
    Picture("plan", Role.IT, "/fahrten/plan/{plan}", has_map=True),
    Picture("kit", Role.IT, "/geraete/kits/{kit}"),
)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_desk(
    window_of: WindowOf, things: dict[str, str], screenshots: Path, picture: Picture
) -> None:
    page = window_of(picture.who).page

    page.goto(picture.path.format(**things))

    if picture.has_map:
        map_is_drawn(page)
    keep(page, screenshots / f"{picture.name}.png")


def test_the_phones(
    browser: Browser, demo: live.House, things: dict[str, str], screenshots: Path
) -> None:
    with opened(browser, demo.url, **HAND) as aylin:
        page = aylin.page
        enter(page, "unsigned", demo, things)
        keep(page, screenshots / "phone-steps.png")
    with opened(browser, demo.url, **HAND) as driver:
        page = driver.page
        enter(page, Role.DRIVER, demo, things)
        page.goto(f"/unterwegs/halt/{things['running_stop']}")
        keep(page, screenshots / "phone-stop.png")


def test_every_picture_of_the_readme_is_taken_and_stored() -> None:
    shown = set(re.findall(r"docs/screenshots/([\w-]+)\.png", README.read_text(encoding="utf-8")))
    taken = {picture.name for picture in PICTURES} | OF_PHONES

    assert shown <= taken
    assert {path.stem for path in live.ROOT.glob("docs/screenshots/*.png")} == taken
