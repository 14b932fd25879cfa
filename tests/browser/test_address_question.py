"""Which address is meant: answered with a thumb on the phone and with keys at the desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from hoffice.accounts.rules import Role
from hoffice.db import unit_of_work
from hoffice.factory import create_app
from hoffice.people import queries as people
from hoffice.people import service
from hoffice.people.rules import HomeFields
from hoffice.places.service.locating import HouseGeocoder
from tests import houses, makers
from tests.browser import live
from tests.browser.conftest import enter
from tests.browser.pages import PEOPLE
from tests.browser.window import DESK, NARROW, PHONE, Window, barriers, opened, overflow

AT_THE_DESK = "4235"
"""Somebody of the demo whom IT asks about, by personnel number."""
WALDSTRASSE = HomeFields(street="Waldstr.", housenumber="10", postcode="", city="Berlin")
ELSEWHERE = HomeFields(street="Sonnenallee", housenumber="112", postcode="12045", city="Berlin")
SMALLEST_TARGET = 48
"""Pixels; what a thumb hits for certain."""


@pytest.fixture
def asked_at_the_desk(demo: live.House) -> int:
    """The number of somebody of whom it is open in which Waldstraße she lives."""
    return _ask(demo, AT_THE_DESK)


def _ask(demo: live.House, number: str) -> int:
    url = f"sqlite:///{demo.folder / live.DATABASE}"
    app = create_app(houses.settings(url, demo.folder))
    with app.app_context(), unit_of_work():
        makers.register(name="waldstrassen")
        person = people.by_number(number)
        assert person is not None
        for address in (ELSEWHERE, WALDSTRASSE):  # an answer of before is no answer any more
            service.change_home(person.id, address, geocoder=HouseGeocoder(), by=makers.IT)
        return person.id


@pytest.fixture
def phone(browser: Browser, demo: live.House, things: dict[str, str]) -> Iterator[Window]:
    """The employee's own phone, on the page of her address."""
    _ask(demo, PEOPLE["invited"])
    with opened(browser, demo.url, viewport=PHONE, has_touch=True, is_mobile=True) as window:
        enter(window.page, "invited", demo, things)
        window.page.goto("/mein/adresse")
        yield window
        assert window.heard() == []


@pytest.fixture
def desk(
    browser: Browser, demo: live.House, things: dict[str, str], asked_at_the_desk: int
) -> Iterator[Window]:
    """IT before the work list of open questions."""
    with opened(browser, demo.url, viewport=DESK) as window:
        enter(window.page, Role.IT, demo, things)
        window.page.goto(f"/personen/{asked_at_the_desk}/adresse")
        yield window
        assert window.heard() == []


def _is_drawn(page: Page) -> None:
    expect(page.locator("[data-map][data-ready]").first).to_be_visible()


def test_a_thumb_chooses_the_address_and_that_confirms_it(phone: Window) -> None:
    page = phone.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Welche Adresse ist deine?")
    choices = page.locator(".address-choices label")
    expect(choices).to_have_count(3)
    for place in range(3):
        box = choices.nth(place).bounding_box()
        assert box is not None
        assert box["height"] >= SMALLEST_TARGET

    page.get_by_role("button", name="Das ist meine Adresse").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welche Adresse ist deine?")

    choices.filter(has_text="Grünau").tap()
    page.get_by_role("button", name="Das ist meine Adresse").tap()
    page.wait_for_url("**/mein/zuhause")
    expect(page.get_by_text("Adresse bestätigt.")).to_be_visible()

    page.goto("/mein/adresse")
    expect(page.get_by_label("Postleitzahl")).to_have_value("12527")


def test_who_lives_in_none_of_them_shows_the_door_on_the_map(phone: Window) -> None:
    page = phone.page

    page.get_by_role("button", name="Keine davon").tap()

    page.wait_for_url("**/mein/adresse/punkt")
    expect(page.get_by_text("Deine Adresse bleibt, wie du sie geschrieben hast")).to_be_visible()


def test_the_question_shuts_nobody_out_on_a_phone(phone: Window) -> None:
    page = phone.page
    _is_drawn(page)

    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert barriers(page) == []
    page.set_viewport_size(NARROW)
    assert overflow(page) == []


def test_keys_alone_choose_at_the_desk(desk: Window) -> None:
    page = desk.page
    _is_drawn(page)
    assert barriers(page) == []
    first = page.locator(".address-choices input").first

    first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".address-choices input").nth(1)).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Diese nehmen")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Vorher stand da: Waldstr. 10, Berlin")).to_be_visible()
    expect(page.locator(".address-choices")).to_have_count(0)


def test_the_map_numbers_the_addresses_as_the_list_does(desk: Window) -> None:
    page = desk.page
    _is_drawn(page)

    numbers = page.locator(".address-choices .pin").all_text_contents()
    pins = page.locator("#choices-map .spot")

    assert len(numbers) == 2  # the third has no point
    expect(pins).to_have_text(numbers)
    expect(pins.first).to_have_attribute("aria-label", f"{numbers[0]}: " + _words(page, numbers[0]))


def _words(page: Page, number: str) -> str:
    """An address of the list in one line, by its number on the map."""
    label = (
        page.locator(".address-choices label")
        .filter(has_text=number)
        .filter(has=page.locator(".pin", has_text=number))
    )
    street = label.locator("b").text_content() or ""
    town = label.locator("small").text_content() or ""
    return f"{street}, {town.strip()}"


def test_the_work_list_leads_from_the_start_page_to_the_question(
    desk: Window, asked_at_the_desk: int
) -> None:
    page = desk.page
    page.goto("/")

    page.get_by_role("link", name="Entscheiden").click()
    page.wait_for_url("**/personen/?asking=open")
    page.locator(f"a.name[href$='/{asked_at_the_desk}']").click()

    expect(page.get_by_role("heading", name="Welche Adresse ist es?")).to_be_visible()
    assert barriers(page) == []


def test_the_register_tries_an_address_on_the_map(desk: Window) -> None:
    page = desk.page
    page.goto("/orte/")
    field = page.get_by_label("Eine Adresse, wie jemand sie schreiben würde")

    field.fill("Sonnenallee 112, 12045 Berlin")
    field.press("Enter")

    expect(page.get_by_text("aufs Haus genau")).to_be_visible()
    _is_drawn(page)
    assert barriers(page) == []
