"""Every page of the journey, for each of its readers: nobody is shut out, nothing sticks out."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from werkzeug.exceptions import HTTPException

from hoffice.accounts.rules import Role
from tests.browser import live, pages
from tests.browser.conftest import WindowOf
from tests.browser.pages import VISITS, Visit
from tests.browser.window import DESK, NARROW, PHONE, barriers, opened, overflow, settled


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_page_shuts_nobody_out(window_of: WindowOf, things: dict[str, str], visit: Visit) -> None:
    window = window_of(visit.who)
    page = window.page

    answer = page.goto(visit.path.format(**things))

    assert answer is not None
    assert answer.status == visit.status
    settled(page)
    assert barriers(page) == [], "light, on a desk"
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    settled(page)
    assert barriers(page) == [], "dark, on a phone"
    page.set_viewport_size(NARROW)
    assert overflow(page) == []
    complaints = window.heard()
    assert complaints == [] or (visit.status != 200 and len(complaints) == 1)


def test_no_page_is_forgotten(app: Flask) -> None:
    visited = set()
    routes = app.url_map.bind("localhost")
    for visit in VISITS:
        path = visit.path.format_map(dict.fromkeys([*pages.THINGS, *pages.PEOPLE], "1")).partition(
            "?"
        )[0]
        try:
            visited.add(routes.match(path)[0])
        except HTTPException:
            assert visit.status == 404

    every = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.rule.endswith(".pdf")
    }
    assert every - visited == {*pages.LEFT_OUT, "static"}


def test_the_keyboard_skips_to_the_content(window_of: WindowOf) -> None:
    page = window_of(Role.IT).page
    page.goto("/personen/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt")).to_be_focused()
    expect(page.get_by_role("link", name="Zum Inhalt")).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()


def test_the_search_is_one_key_away_and_goes_by_enter(window_of: WindowOf) -> None:
    page = window_of(Role.IT).page
    page.goto("/fahrten/")

    page.keyboard.press("Control+k")
    page.keyboard.type(pages.PEOPLE["received"])
    page.keyboard.press("Enter")

    page.wait_for_url("**/personen/*")
    expect(page.locator("ol.timeline")).to_contain_text("Empfang bestätigt")


def test_a_menu_opens_and_closes_by_keyboard(window_of: WindowOf) -> None:
    page = window_of(Role.HR).page
    page.goto("/")
    menu = page.locator("details.menu summary.person")

    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Abmelden")).to_be_hidden()
    expect(menu).to_be_focused()


def test_a_form_with_a_mistake_says_so_where_the_keyboard_is(
    browser: Browser, demo: live.House
) -> None:
    with opened(browser, demo.url, viewport=DESK) as window:
        page = window.page
        page.goto("/anmelden")
        page.get_by_label("E-Mail").fill("niemand@spreeruf.example")
        page.get_by_label("Passwort", exact=True).fill("falsch-geraten-12")

        page.keyboard.press("Enter")

        expect(page.get_by_role("alert")).to_be_focused()
        assert barriers(page) == []
