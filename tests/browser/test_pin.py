"""The pin is moved by mouse, finger and keys, asked about when far, and nobody else hears of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from hoffice.accounts.rules import Role
from hoffice.db import db, unit_of_work
from hoffice.factory import create_app
from hoffice.people import queries as people
from hoffice.people.models import Home
from tests import houses
from tests.browser import live
from tests.browser.conftest import enter
from tests.browser.window import DESK, PHONE, Window, barriers, opened, settled
from tests.places.neighbours import neighbours

AT_THE_DESK = "4167"
ON_THE_PHONE = "4101"
"""Two people of the demo whose pins are moved, by personnel number."""
SAVED = re.compile(r"Punkt auf der Karte um \d+\sm verschoben")


def database(demo: live.House) -> str:
    return f"sqlite:///{demo.folder / live.DATABASE}"


@pytest.fixture(scope="module")
def back(demo: live.House) -> Callable[[], None]:
    """Puts the two pins back to where the demo had them; beside them stand houses of the register.

    How near the map shows a pin depends on where it was before: without its house it is far away.
    """
    app = create_app(houses.settings(database(demo), demo.folder))
    before: dict[int, dict[str, object]] = {}
    with app.app_context(), unit_of_work():
        for number in (AT_THE_DESK, ON_THE_PHONE):
            person = people.by_number(number)
            home = None if person is None else people.home_of(person.id)
            assert home is not None
            assert home.lat is not None
            assert home.lon is not None
            before[home.id] = {
                name: getattr(home, name)
                for name in sa.inspect(Home).columns.keys()  # noqa: SIM118  # no dict
            }
            neighbours(
                {"99z": (home.lat + 0.0004, home.lon + 0.0004)}, street=f"Nachbarweg {number}"
            )

    def put_back() -> None:
        with app.app_context(), unit_of_work():
            for home_id, values in before.items():
                db.session.execute(sa.update(Home).where(Home.id == home_id).values(values))

    return put_back


@pytest.fixture
def desk(
    browser: Browser, demo: live.House, things: dict[str, str], back: Callable[[], None]
) -> Iterator[Window]:
    """IT looks at the pin of somebody."""
    back()
    with opened(browser, demo.url, viewport=DESK) as window:
        enter(window.page, Role.IT, demo, things)
        window.page.goto(f"/personen/{things['declined']}/adresse/punkt")
        _is_drawn(window.page)
        yield window
        assert window.heard() == []


@pytest.fixture
def phone(
    browser: Browser, demo: live.House, things: dict[str, str], back: Callable[[], None]
) -> Iterator[Window]:
    """The employee looks at her own pin, on glass."""
    back()
    with opened(browser, demo.url, viewport=PHONE, has_touch=True, is_mobile=True) as window:
        enter(window.page, "unsigned", demo, things)
        window.page.goto("/mein/adresse/punkt")
        _is_drawn(window.page)
        yield window
        assert window.heard() == []


def _is_drawn(page: Page) -> None:
    expect(page.locator("[data-map][data-ready]")).to_be_visible()
    expect(_pin(page)).to_be_visible()


def _pin(page: Page) -> Locator:
    return page.locator(".spot.moves")


def _place(page: Page) -> tuple[float, float]:
    return (
        float(page.locator("#lat").input_value()),
        float(page.locator("#lon").input_value()),
    )


def _box(part: Locator) -> FloatRect:
    box = part.bounding_box()
    assert box is not None
    return box


def _tip(page: Page) -> tuple[float, float]:
    """The middle of the pin's head, where one takes hold of it."""
    box = _box(_pin(page))
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _tip_at_rest(page: Page) -> tuple[float, float]:
    """Where the pin's head is once the map has come to rest."""
    settled(page)
    before = _tip(page)
    for _ in range(600):
        page.wait_for_timeout(100)
        now = _tip(page)
        if now == before:
            return now
        before = now
    pytest.fail("the map does not come to rest")


def test_the_mouse_drags_the_pin_and_the_history_tells_it(desk: Window) -> None:
    page = desk.page
    lat, lon = _place(page)
    x, y = _tip(page)

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 20, steps=6)
    page.mouse.up()

    assert _place(page)[0] < lat
    assert _place(page)[1] > lon
    expect(page.get_by_role("status").filter(has_text="nach Südosten")).to_be_visible()
    page.get_by_role("button", name="Punkt setzen").click()
    page.wait_for_url(re.compile(r"/personen/\d+$"))
    expect(page.locator("ol.timeline")).to_contain_text(SAVED)


def test_a_click_on_the_map_puts_the_pin_there(desk: Window) -> None:
    page = desk.page
    lat, lon = _place(page)
    box = _box(page.locator("[data-map]"))

    page.mouse.click(box["x"] + box["width"] / 2 - 90, box["y"] + box["height"] / 2 - 60)

    assert _place(page)[0] > lat
    assert _place(page)[1] < lon


def test_the_keys_move_the_pin_and_take_it_back(desk: Window) -> None:
    page = desk.page
    lat, lon = start = _place(page)

    _pin(page).focus()
    outline = _pin(page).evaluate("pin => getComputedStyle(pin).outlineStyle")
    page.keyboard.press("ArrowRight")
    small = _place(page)[1] - lon
    page.keyboard.press("Shift+ArrowRight")
    large = _place(page)[1] - lon - small
    page.keyboard.press("ArrowUp")

    assert outline != "none"
    assert 0 < 4 * small < large
    assert _place(page)[0] > lat
    expect(_pin(page)).to_be_focused()
    for _step in range(3):
        page.keyboard.press("Control+z")
    assert _place(page) == start


def test_the_way_to_the_pin_leads_over_tab_alone(desk: Window) -> None:
    page = desk.page
    page.locator("[data-map]").focus()

    page.keyboard.press("Tab")

    expect(_pin(page)).to_be_focused()
    expect(_pin(page)).to_have_attribute("aria-label", re.compile("Pfeiltasten"))


def test_buttons_nudge_the_pin_and_undo_it(desk: Window) -> None:
    page = desk.page
    start = _place(page)
    undo = page.get_by_role("button", name="Rückgängig")
    expect(undo).to_be_disabled()

    page.get_by_role("button", name="Ein wenig nach Westen").click()
    page.get_by_role("button", name="Ein wenig nach Norden").click()
    assert _place(page)[0] > start[0]
    assert _place(page)[1] < start[1]
    undo.click()
    undo.click()

    assert _place(page) == start
    expect(undo).to_be_disabled()


def test_typed_numbers_move_the_pin(desk: Window) -> None:
    page = desk.page
    lat, lon = _place(page)
    before = _tip_at_rest(page)

    page.locator("#lon").fill(f"{lon + 0.0008:.6f}".replace(".", ","))
    page.locator("#lon").blur()

    for _ in range(600):  # the map may still glide, and follows the pin
        if _tip(page)[0] > before[0] + 10:
            break
        page.wait_for_timeout(50)
    assert _tip(page)[0] > before[0] + 10
    assert lat == float(page.locator("#lat").input_value())


def test_far_away_is_asked_about_and_taken_back(desk: Window) -> None:
    page = desk.page
    lat, _lon = _place(page)
    page.locator("#lat").fill(f"{lat + 0.01:.6f}")

    page.get_by_role("button", name="Punkt setzen").click()

    question = page.get_by_role("alert")
    expect(question).to_contain_text("1,1\N{NO-BREAK SPACE}km nach Norden verschoben. Stimmt das?")
    expect(question).to_be_focused()
    _is_drawn(page)
    assert barriers(page) == []
    assert [one for one in desk.heard() if "422" not in one] == []
    page.get_by_role("button", name="Ja, dort setzen").click()
    page.wait_for_url(re.compile(r"/personen/\d+$"))
    expect(page.locator("ol.timeline")).to_contain_text("1,1\N{NO-BREAK SPACE}km verschoben")

    page.get_by_role("link", name="Punkt verschieben").click()
    page.get_by_role("button", name="Wieder den Punkt des Registers nehmen").click()
    page.get_by_role("dialog").get_by_role("button", name="Wieder den Punkt").click()
    expect(page.get_by_text("wo die Adresse gefunden wird")).to_be_visible()
    expect(page.get_by_role("button", name="Wieder den Punkt des Registers")).to_have_count(0)


def test_the_houses_of_the_register_stand_around_the_pin(phone: Window) -> None:
    page = phone.page

    expect(page.locator(".near-label.street")).to_contain_text([f"Nachbarweg {ON_THE_PHONE}"])
    expect(page.locator(".near-label.house")).to_contain_text(["99z"])
    expect(page.locator("[data-map-key]")).to_contain_text("Haus im Adressregister")


def test_a_finger_taps_the_pin_to_the_door(phone: Window) -> None:
    page = phone.page
    settled(page)
    lat, lon = _place(page)
    before = page.locator("#lat").input_value()
    box = _box(page.locator("[data-map]"))

    page.touchscreen.tap(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2 + 50)

    expect(page.locator("#lat")).not_to_have_value(before)  # a tap is heard a moment later
    assert _place(page)[0] < lat
    assert _place(page)[1] > lon
    assert barriers(page) == []


def test_a_finger_drags_the_pin_and_sends_it(phone: Window) -> None:
    page = phone.page
    lat, lon = _place(page)
    x, y = _tip_at_rest(page)
    glass = page.context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": a, "y": b} for a, b in at]
        glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (x, y))
    for step in range(1, 7):
        touch("touchMove", (x - 5 * step, y - 5 * step))
    touch("touchEnd")

    assert _place(page)[0] > lat
    assert _place(page)[1] < lon
    page.get_by_role("button", name="Das ist meine Haustür").tap()
    expect(page.get_by_text("Dort findet dich der Fahrer")).to_be_visible()


def test_the_pin_is_large_enough_for_a_thumb(phone: Window) -> None:
    page = phone.page

    for part in (_pin(page), *page.locator(".pin-tools .btn").all()):
        assert min(_box(part)["width"], _box(part)["height"]) >= 48


def test_without_script_the_two_numbers_do(
    browser: Browser, demo: live.House, things: dict[str, str]
) -> None:
    with opened(browser, demo.url, viewport=DESK, java_script_enabled=False) as window:
        page = window.page
        enter(page, Role.HR, demo, things)
        page.goto(f"/personen/{things['declined']}/adresse/punkt")
        expect(page.locator(".pin-tools")).to_be_hidden()
        assert "Ohne JavaScript gibt es hier keine Karte." in page.content()

        _lat, lon = _place(page)
        page.locator("#lon").fill(str(lon + 0.0005))
        page.get_by_role("button", name="Punkt setzen").click()

        page.wait_for_url(re.compile(r"/personen/\d+$"))


@pytest.mark.parametrize(
    "path",
    ["/fahrten/", "/fahrten/lager", "/fahrten/plan/{plan}", "/personen/{declined}/adresse/punkt"],
)
def test_by_default_a_map_asks_this_house_alone(
    browser: Browser, demo: live.House, things: dict[str, str], path: str
) -> None:
    with opened(browser, demo.url, viewport=DESK) as window:
        page = window.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        enter(page, Role.IT, demo, things)
        page.goto(path.format(**things))
        expect(page.locator("[data-map][data-ready]")).to_be_visible()
        for _step in range(3):
            page.get_by_role("button", name="Weiter weg").click()

        own = urlsplit(demo.url).netloc
        assert {urlsplit(url).netloc for url in asked} == {own}
        assert any(url.endswith(".geojson") or "geojson?" in url for url in asked)
        credit = page.locator(".leaflet-control-attribution")
        expect(credit).to_contain_text("OpenStreetMap")
        expect(credit).to_be_in_viewport()
        expect(page.locator(".leaflet-control-scale-line")).to_be_visible()
        assert window.heard() == []


def test_what_is_no_number_leaves_the_pin_where_it_was(phone: Window) -> None:
    page = phone.page
    lat, _lon = _place(page)
    page.get_by_text("Dasselbe als zwei Zahlen").click()
    page.locator("#lat").fill("nan")

    page.get_by_role("button", name="Das ist meine Haustür").click()

    expect(page.get_by_text("Das ist keine Koordinate.")).to_be_visible()
    assert all("422" in complaint for complaint in phone.heard())
    _is_drawn(page)
    expect(_pin(page)).not_to_have_class(re.compile(r"\bunset\b"))
    _pin(page).focus()
    page.keyboard.press("ArrowUp")
    assert 0 < _place(page)[0] - lat < 0.01
