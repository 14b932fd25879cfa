"""The planner's board: stops move by mouse, finger, keys and menu, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, Page, expect

from hoffice import clock
from hoffice.accounts.rules import Role
from tests.browser import live
from tests.browser.window import DESK, PHONE, Window, barriers, opened, overflow

BOARD = "/fahrten/tafel"
FAR_AHEAD = timedelta(days=12)
LONG_PRESS_MS = 600
Lanes = dict[str, list[int]]


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[live.House]:
    """A demo of our own, for runs are changed here."""
    folder = tmp_path_factory.mktemp("board")
    assert pytestconfig.cache is not None
    live.demo_in(folder, pytestconfig.cache.mkdir("hoffice-demo"))
    with live.served(folder) as served:
        yield served


@pytest.fixture
def desk(browser: Browser, house: live.House) -> Iterator[Window]:
    """IT looks at the board, and drops what is not saved at the end."""
    with opened(browser, house.url, viewport=DESK) as window:
        _open(window.page, house)
        yield window
        assert window.heard() == []


@pytest.fixture
def phone(browser: Browser, house: live.House) -> Iterator[Window]:
    """IT looks at the board on glass."""
    with opened(browser, house.url, viewport=PHONE, has_touch=True, is_mobile=True) as window:
        _open(window.page, house)
        yield window
        assert window.heard() == []


def _open(page: Page, house: live.House) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(house.one_click(Role.IT))
    page.goto(BOARD)
    _ready(page)


def _go_far_ahead(page: Page) -> None:
    """To days that no other test fills: what is saved here stays in the house of all of them."""
    page.goto(f"{BOARD}?von={(clock.today() + FAR_AHEAD).isoformat()}")
    _ready(page)


def _ready(page: Page) -> None:
    expect(page.locator("[data-board][data-ready]")).to_be_visible()
    expect(page.locator("[data-map][data-ready]")).to_be_visible()


def _settled(page: Page) -> None:
    """The newest answer is there."""
    expect(page.locator("[data-board]:not([aria-busy])")).to_be_attached()


def _lanes(page: Page) -> Lanes:
    """The stops of every lane, from top to bottom."""
    found: Lanes = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-lane]")].map(lane =>
          [lane.dataset.lane, [...lane.querySelectorAll("[data-stop]")]
            .map(card => Number(card.dataset.stop))]))"""
    )
    return found


def _filled(page: Page) -> str:
    """An open lane with three stops and more."""
    return _first(page, lambda stops: len(stops) > 2)


def _empty(page: Page) -> str:
    return _first(page, lambda stops: not stops)


def _first(page: Page, fits: object) -> str:
    assert callable(fits)
    lanes = _lanes(page)
    is_open = {
        str(lane.get_attribute("data-lane"))
        for lane in page.locator("[data-lane][data-open]").all()
    }
    return next(lane for lane, stops in lanes.items() if lane in is_open and fits(stops))


def _lane(page: Page, lane: str) -> Locator:
    return page.locator(f"[data-lane='{lane}']")


def _card(page: Page, stop: int) -> Locator:
    return page.locator(f"li[data-stop='{stop}']")


def _name(page: Page, stop: int) -> Locator:
    return _card(page, stop).locator("[data-card]")


def _waiting(page: Page) -> list[int]:
    """Who has no run and may be moved."""
    rows = page.locator("[data-loose] li[data-movable]").all()
    return [int(str(row.get_attribute("data-stop"))) for row in rows]


def _show(part: Locator, block: str = "nearest") -> None:
    """Bring a part where no sticky bar lies above it."""
    part.evaluate("(one, block) => one.scrollIntoView({block, inline: 'nearest'})", block)


def _middle(part: Locator) -> tuple[float, float]:
    _show(part)
    box = part.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 30)


def _drag(page: Page, card: Locator, to: Locator, *, below: float = 0) -> None:
    """Take a card by the middle and let it go on another part, so far below its middle."""
    _show(to)
    x, y = _middle(card)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y + 8, steps=3)
    box = to.bounding_box()
    assert box is not None
    page.mouse.move(
        box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 30) + below, steps=8
    )
    page.wait_for_timeout(60)
    page.mouse.up()
    _settled(page)


def _barriers(page: Page) -> list[str]:
    """What axe finds where nothing lies below the sticky bars."""
    page.evaluate("scrollTo(0, 0)")
    return barriers(page)


def _headline(page: Page) -> Locator:
    return page.locator("[data-board-said]")


def _voice(page: Page) -> Locator:
    return page.locator("[data-board-voice]")


def test_the_mouse_drags_a_stop_to_another_place_of_its_run(desk: Window) -> None:
    page = desk.page
    lane = _filled(page)
    first, second, *rest = _lanes(page)[lane]

    _drag(page, _card(page, first), _card(page, second), below=20)

    assert _lanes(page)[lane] == [second, first, *rest]
    expect(page.locator(".cost .diff").first).to_be_attached()
    expect(page.get_by_role("button", name="Plan sichern")).to_be_enabled()


def test_a_stop_on_another_day_breaks_its_promise_and_the_page_says_so(desk: Window) -> None:
    page = desk.page
    lane, other = _filled(page), _empty(page)
    moved = _lanes(page)[lane][0]

    _drag(page, _card(page, moved), _lane(page, other).locator(".lane-stops"))

    assert _lanes(page)[other] == [moved]
    assert moved not in _lanes(page)[lane]
    broken = _card(page, moved).locator(".finding[data-kind='promise']")
    expect(broken).to_be_visible()
    expect(_headline(page)).to_contain_text(str(_card(page, moved).get_attribute("data-name")))
    expect(page.locator(".lage.is-broken")).to_be_visible()


def test_what_breaks_a_promise_is_not_saved_and_the_focus_goes_there(desk: Window) -> None:
    page = desk.page
    lane, other = _filled(page), _empty(page)
    moved = _lanes(page)[lane][0]
    _drag(page, _card(page, moved), _lane(page, other).locator(".lane-stops"))

    page.keyboard.press("Control+s")
    _settled(page)

    expect(_name(page, moved)).to_be_focused()
    expect(page.get_by_role("button", name="Plan sichern")).to_be_enabled()
    expect(page.get_by_role("alert").filter(has_text="nicht sichern")).to_be_visible()
    assert desk.heard() == []
    page.reload()
    _ready(page)
    expect(_voice(page)).to_contain_text("sind wieder da")
    assert _lanes(page)[other] == [moved], "what is not saved survives a reload"


def test_a_stop_goes_out_of_its_run_and_undo_and_redo_bring_it_back_and_forth(
    desk: Window,
) -> None:
    page = desk.page
    before = _lanes(page)
    lane = _filled(page)
    gone = before[lane][1]

    _drag(page, _card(page, gone), page.locator("[data-loose] .sheet-head"))
    assert gone not in _lanes(page)[lane]
    expect(page.locator("[data-loose]").locator(f"[data-stop='{gone}']")).to_be_attached()

    page.keyboard.press("u")
    _settled(page)
    assert _lanes(page) == before
    expect(page.get_by_role("button", name="Plan sichern")).to_be_disabled()

    page.keyboard.press("Control+Shift+Z")
    _settled(page)
    assert gone not in _lanes(page)[lane]


def test_escape_lets_a_dragged_stop_stay_where_it_was(desk: Window) -> None:
    page = desk.page
    before = _lanes(page)
    lane = _filled(page)
    x, y = _middle(_card(page, before[lane][0]))

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 150, steps=6)
    expect(page.locator(".board-ghost")).to_be_attached()
    page.keyboard.press("Escape")
    page.mouse.up()

    expect(page.locator(".board-ghost")).not_to_be_attached()
    assert _lanes(page) == before
    expect(page.get_by_role("button", name="Plan sichern")).to_be_disabled()


def test_keys_alone_pick_up_place_and_drop_a_stop(desk: Window) -> None:
    page = desk.page
    lane = _filled(page)
    first, second, *rest = _lanes(page)[lane]

    _name(page, second).focus()
    page.keyboard.press("ArrowUp")
    expect(_name(page, first)).to_be_focused()
    page.keyboard.press("Space")
    expect(_voice(page)).to_contain_text("aufgenommen")
    page.keyboard.press("ArrowDown")
    expect(_voice(page)).to_contain_text("Platz 2")
    page.keyboard.press("Space")
    _settled(page)

    assert _lanes(page)[lane] == [second, first, *rest]
    expect(_name(page, first)).to_be_focused()


def test_keys_carry_a_stop_to_the_neighbour_and_escape_puts_it_back(desk: Window) -> None:
    page = desk.page
    before = _lanes(page)
    lane = _filled(page)

    _name(page, before[lane][0]).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(_voice(page)).not_to_contain_text("aufgenommen")
    page.keyboard.press("Escape")
    expect(_voice(page)).to_contain_text("bleibt am alten Platz")

    assert _lanes(page) == before


def test_the_menu_moves_a_stop_without_dragging(desk: Window) -> None:
    page = desk.page
    lane = _filled(page)
    first, second, *rest = _lanes(page)[lane]

    _name(page, first).focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("dialog")
    expect(menu.get_by_role("button", name="Einen Platz nach oben")).to_be_disabled()
    assert _barriers(page) == []
    menu.get_by_role("button", name="Einen Platz nach unten").click()
    _settled(page)

    assert _lanes(page)[lane] == [second, first, *rest]


def test_the_menu_offers_the_best_places_of_somebody_without_a_run(desk: Window) -> None:
    page = desk.page
    waiting = _waiting(page)[0]

    _card(page, waiting).locator("[data-menu-of]").click()
    places = page.locator("[data-menu-places] button")
    expect(places.first).to_contain_text("km")
    places.first.click()
    _settled(page)

    assert waiting in [stop for stops in _lanes(page).values() for stop in stops]
    expect(page.locator(".lage.is-broken")).not_to_be_attached()


def test_everybody_who_fits_is_placed_at_once_and_one_step_takes_it_back(desk: Window) -> None:
    page = desk.page
    before = _lanes(page)
    loose = len(_waiting(page))

    page.get_by_role("button", name="Alle einplanen").click()
    expect(page.get_by_role("button", name="Rückgängig")).to_be_enabled()
    _settled(page)

    assert len(_waiting(page)) < loose
    page.get_by_role("button", name="Rückgängig").click()
    _settled(page)
    assert _lanes(page) == before


def test_a_locked_stop_says_so_and_cannot_be_picked_up(desk: Window) -> None:
    page = desk.page
    lane = _filled(page)
    stop = _lanes(page)[lane][-1]

    _name(page, stop).focus()
    page.keyboard.press("l")
    lock = _card(page, stop).locator("[data-lock]")
    expect(lock).to_have_attribute("aria-pressed", "true")
    expect(_voice(page)).to_contain_text("ist festgehalten")
    _name(page, stop).focus()
    page.keyboard.press("Space")
    expect(_voice(page)).to_contain_text("lässt sich nicht verschieben")
    assert _barriers(page) == []

    lock.click()
    expect(lock).to_have_attribute("aria-pressed", "false")


def test_a_locked_run_takes_no_stop_until_it_is_unlocked(desk: Window) -> None:
    page = desk.page
    lane = _filled(page)
    lock = _lane(page, lane).locator("[data-lock='shift']")

    lock.click()
    expect(_lane(page, lane)).to_have_class(re.compile("is-fixed"))
    before = _lanes(page)
    _drag(page, page.locator("[data-loose] li[data-movable]").first, _card(page, before[lane][0]))
    assert _lanes(page) == before

    lock.click()
    expect(_lane(page, lane)).not_to_have_class(re.compile("is-fixed"))


def test_the_search_finds_people_by_name_and_postcode(desk: Window) -> None:
    page = desk.page
    stop = _lanes(page)[_filled(page)][0]
    name = str(_card(page, stop).get_attribute("data-name"))

    page.keyboard.press("f")
    page.keyboard.type(name)
    expect(page.locator("[data-board-found]")).to_contain_text("1 gefunden")
    expect(_card(page, stop)).to_have_class(re.compile("is-found"))
    page.keyboard.press("Enter")
    expect(_name(page, stop)).to_be_focused()


def test_the_map_follows_the_cards_and_the_cards_the_map(desk: Window) -> None:
    page = desk.page
    first, second, *_ = _lanes(page)[_filled(page)]

    _name(page, first).click()
    expect(page.locator(".spot.picked")).to_have_attribute(
        "data-name", str(_card(page, first).get_attribute("data-name"))
    )
    name = str(_card(page, second).get_attribute("data-name"))
    page.evaluate(
        """id => document.querySelector("[data-map]").dispatchEvent(
          new CustomEvent("ho:stop", {detail: {id}}))""",
        second,
    )
    expect(page.locator(".stop.picked")).to_contain_text(name)


def test_the_clock_shows_the_same_stops_to_scale(desk: Window) -> None:
    page = desk.page
    before = _lanes(page)
    first, second, *_ = before[_filled(page)]

    page.get_by_role("button", name="Uhrzeit").click()

    assert _lanes(page) == before
    starts = [int(str(_card(page, one).get_attribute("data-start"))) for one in (first, second)]
    tops = [_card(page, one).evaluate("one => one.offsetTop") for one in (first, second)]
    assert (tops[1] - tops[0]) / (starts[1] - starts[0]) == pytest.approx(2.5, abs=0.1)
    assert _barriers(page) == []
    page.get_by_role("button", name="Spuren").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out_of_the_board(desk: Window, scheme: str) -> None:
    page = desk.page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    lane = _filled(page)
    other = _first(page, lambda stops: stops != _lanes(page)[lane])
    _drag(page, _card(page, _lanes(page)[lane][0]), _lane(page, other).locator(".lane-stops"))

    assert _barriers(page) == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert _barriers(page) == []


def test_paper_shows_every_lane_and_no_button(desk: Window) -> None:
    page = desk.page
    page.emulate_media(media="print")

    expect(page.locator(".day-name").first).to_be_visible()
    expect(page.locator(".board .tool").first).to_be_hidden()
    expect(page.get_by_role("button", name="Plan sichern")).to_be_hidden()
    for lane in page.locator("[data-lane]").all():
        expect(lane).to_be_visible()


def test_a_saved_plan_is_there_after_a_reload(desk: Window) -> None:
    page = desk.page
    _go_far_ahead(page)
    lane = _empty(page)
    moved = _waiting(page)[0]
    _drag(page, _card(page, moved), _lane(page, lane).locator(".lane-stops"))
    assert _lanes(page)[lane] == [moved]

    page.get_by_role("button", name="Plan sichern").click()
    expect(_voice(page)).to_contain_text("Der Plan ist gesichert")
    expect(page.get_by_role("button", name="Plan sichern")).to_be_disabled()
    page.reload()
    _ready(page)

    assert _lanes(page)[lane] == [moved]
    expect(page.get_by_role("button", name="Rückgängig")).to_be_disabled()


def test_the_second_dispatcher_is_told_and_keeps_the_own_moves(
    browser: Browser, house: live.House
) -> None:
    with ExitStack() as windows:
        one, two = (
            windows.enter_context(opened(browser, house.url, viewport=DESK)) for _ in range(2)
        )
        for window in (one, two):
            _open(window.page, house)
            _go_far_ahead(window.page)
        lane = _empty(one.page)
        theirs, mine = _waiting(one.page)[:2]
        _drag(one.page, _card(one.page, theirs), _lane(one.page, lane).locator(".lane-stops"))
        _drag(two.page, _card(two.page, mine), _lane(two.page, lane).locator(".lane-stops"))
        one.page.get_by_role("button", name="Plan sichern").click()
        expect(_voice(one.page)).to_contain_text("Der Plan ist gesichert")

        two.page.get_by_role("button", name="Plan sichern").click()
        conflict = two.page.get_by_role("alert")
        expect(conflict).to_contain_text("Der Plan ist inzwischen ein anderer")
        assert _barriers(two.page) == []
        conflict.get_by_role("button", name="Laden, meine Züge wiederholen").click()
        expect(_voice(two.page)).to_contain_text("deine Züge sind wiederholt")
        _settled(two.page)

        assert set(_lanes(two.page)[lane]) == {theirs, mine}
        two.page.get_by_role("button", name="Plan sichern").click()
        expect(_voice(two.page)).to_contain_text("Der Plan ist gesichert")
        assert one.heard() == []
        assert [told for told in two.heard() if "409" not in told] == []


def _touch(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    session.send(
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
    )


def test_a_finger_lifts_a_stop_after_a_moment_and_drops_it_below(phone: Window) -> None:
    page = phone.page
    lane = str(page.locator("[data-lane].is-chosen").get_attribute("data-lane"))
    first, second, *rest = _lanes(page)[lane]
    _show(_card(page, first), "center")
    session = page.context.new_cdp_session(page)
    (x, y), box = _middle(_name(page, first)), _card(page, second).locator(".stop").bounding_box()
    assert box is not None

    _touch(session, "touchStart", (x, y))
    page.wait_for_timeout(LONG_PRESS_MS)
    expect(page.locator(".board-ghost")).to_be_attached()
    for step in range(1, 9):
        _touch(session, "touchMove", (x, y + (box["y"] + box["height"] - 8 - y) * step / 8))
    page.wait_for_timeout(60)
    _touch(session, "touchEnd")
    _settled(page)

    assert _lanes(page)[lane] == [second, first, *rest]


def test_a_finger_that_wipes_scrolls_and_lifts_nothing(phone: Window) -> None:
    page = phone.page
    page.clock.install()
    page.clock.pause_at(clock.now() + timedelta(days=1))  # however slowly the finger wipes
    before = _lanes(page)
    lane = str(page.locator("[data-lane].is-chosen").get_attribute("data-lane"))
    session = page.context.new_cdp_session(page)
    x, y = _middle(_name(page, before[lane][1]))
    height = page.evaluate("scrollY")

    _touch(session, "touchStart", (x, y))
    for step in range(1, 13):
        _touch(session, "touchMove", (x, y - 15 * step))
    _touch(session, "touchEnd")

    page.wait_for_function("height => scrollY > height + 60", arg=height)
    expect(page.locator(".board-ghost")).not_to_be_attached()
    assert _lanes(page) == before


def test_the_phone_shows_one_lane_and_moves_by_menu(phone: Window) -> None:
    page = phone.page
    lane = str(page.locator("[data-lane].is-chosen").get_attribute("data-lane"))
    first, second, *rest = _lanes(page)[lane]
    expect(page.locator("[data-lane]:visible")).to_have_count(1)
    assert overflow(page) == []
    assert _barriers(page) == []

    _card(page, first).locator("[data-menu-of]").tap()
    page.get_by_role("dialog").get_by_role("button", name="Einen Platz nach unten").tap()
    _settled(page)

    assert _lanes(page)[lane] == [second, first, *rest]
    assert overflow(page) == []


def test_the_phone_says_above_the_thumb_what_breaks_and_leads_to_it(phone: Window) -> None:
    page = phone.page
    lane = str(page.locator("[data-lane].is-chosen").get_attribute("data-lane"))
    other, moved = _empty(page), _lanes(page)[lane][0]
    why = page.get_by_role("alert").filter(has_text="nicht sichern")

    _card(page, moved).locator("[data-menu-of]").tap()
    page.get_by_label("In eine andere Fahrt").select_option(
        str(_lane(page, other).get_attribute("data-name"))
    )
    _settled(page)

    expect(why).to_be_in_viewport()
    expect(_lane(page, other)).to_be_hidden()
    assert overflow(page) == []
    assert _barriers(page) == []
    why.get_by_role("button", name="Zeigen").tap()
    expect(_lane(page, other)).to_be_visible()
    expect(_name(page, moved)).to_be_focused()
    expect(page.locator("[data-lane-choose]")).to_have_value(other)
