"""The pictures of the documentation, taken from the demo; ``--screenshots`` renews them.

The one of a refusal is taken by the journey, where it happens.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hoffice.accounts.rules import Role
from tests.browser import live
from tests.browser.conftest import WindowOf, enter
from tests.browser.window import PHONE, draw, keep, opened

pytestmark = pytest.mark.xdist_group("browser-demo")


def map_is_drawn(page: Page) -> None:
    """Wait for the ground and the pins of the map."""
    expect(page.locator("[data-map] path.ground").first).to_be_attached()
    expect(page.locator("[data-map] .spot").first).to_be_visible()


HAND: dict[str, Any] = {
    "viewport": PHONE,
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}

DESK_PAGES: tuple[tuple[str, str, str, Callable[[Page], None] | None], ...] = (
    ("today", Role.IT, "/", None),
    ("people", Role.HR, "/personen/", None),
    ("person", Role.HR, "/personen/{partly}", map_is_drawn),
    ("papers", Role.HR, "/papiere/", None),
    ("runs", Role.IT, "/fahrten/", map_is_drawn),
    ("run", Role.IT, "/fahrten/{promised_run}", map_is_drawn),
    ("plan", Role.IT, "/fahrten/plan/{plan}", map_is_drawn),
    ("kit", Role.IT, "/geraete/kits/{kit}", None),
)


@pytest.mark.parametrize(("name", "who", "path", "wait"), DESK_PAGES, ids=str)
def test_a_desk(  # noqa: PLR0917  # one picture, told by its parameters
    window_of: WindowOf,
    things: dict[str, str],
    screenshots: Path,
    name: str,
    who: str,
    path: str,
    wait: Callable[[Page], None] | None,
) -> None:
    page = window_of(who).page
    page.goto(path.format(**things))
    if wait is not None:
        wait(page)
    keep(page, screenshots / f"{name}.png")


def test_the_phones(
    browser: Browser, demo: live.House, things: dict[str, str], screenshots: Path
) -> None:
    with opened(browser, demo.url, **HAND) as aylin:
        page = aylin.page
        enter(page, "unsigned", demo, things)
        keep(page, screenshots / "phone-steps.png")
        page.goto("/mein/papiere")
        draw(page)
        keep(page, screenshots / "phone-sign.png")
    with opened(browser, demo.url, **HAND) as driver:
        page = driver.page
        enter(page, Role.DRIVER, demo, things)
        page.goto(f"/unterwegs/halt/{things['running_stop']}")
        keep(page, screenshots / "phone-stop.png")
