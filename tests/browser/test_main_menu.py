"""The main menu keeps to one line, in every language that the house speaks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from hoffice.accounts.rules import Role
from tests.browser import live
from tests.browser.conftest import enter
from tests.browser.window import opened

ONE_LINE = """
    () => [...document.querySelectorAll(".bar-nav a")].filter(entry => {
        const words = document.createRange();
        words.selectNodeContents(entry.lastChild);
        return words.getClientRects().length > 1;
    }).map(entry => entry.textContent.trim())
"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [1280, 1024])
@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
def test_every_entry_of_the_main_menu_stands_in_one_line(
    browser: Browser, demo: live.House, things: dict[str, str], locale: str, width: int
) -> None:
    size = {"width": width, "height": 800}
    with opened(browser, demo.url, viewport=size, locale=locale) as window:
        enter(window.page, Role.IT, demo, things)
        window.page.goto("/fahrten/")

        assert window.page.evaluate(ONE_LINE) == []
        assert window.page.evaluate(WIDER) <= 0
