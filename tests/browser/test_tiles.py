"""A ground of tiles, where the admin has chosen one: from a server, or from a file of the house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from hoffice.accounts.rules import Role
from tests.browser import live, pages, tiles
from tests.browser.conftest import enter
from tests.browser.window import DESK, Window, barriers, opened

CREDIT = "© OpenStreetMap contributors, Kachelwerk"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """A demo house of its own, served several times in a row."""
    made = tmp_path_factory.mktemp("tiles")
    assert pytestconfig.cache is not None
    live.demo_in(made, pytestconfig.cache.mkdir("hoffice-demo"))
    return made


@contextmanager
def map_of_the_depot(
    browser: Browser, folder: Path, *, friends: tuple[str, ...] = (), **settings: str
) -> Iterator[Window]:
    """The map of the depot in a house with these settings."""
    with (
        live.served(folder, more={"HOFFICE_TILES_CREDIT": CREDIT, **settings}) as house,
        opened(browser, house.url, viewport=DESK, friends=friends) as window,
    ):
        enter(window.page, Role.IT, house, pages.things(folder / live.DATABASE))
        window.page.goto("/fahrten/lager")
        yield window


def _is_whole(page: Page) -> None:
    expect(page.locator("[data-map][data-ready]")).to_be_visible()
    expect(page.locator(".leaflet-control-attribution")).to_contain_text(CREDIT)
    expect(page.locator(".leaflet-control-attribution")).to_be_in_viewport()
    expect(page.locator(".ground-label")).to_have_count(0)
    assert barriers(page) == []


def test_tiles_come_from_the_chosen_server_and_it_learns_no_page(
    browser: Browser, folder: Path
) -> None:
    with (
        tiles.tile_server() as server,
        map_of_the_depot(
            browser,
            folder,
            friends=(server.url,),
            HOFFICE_TILES_URL=server.url + "/{z}/{x}/{y}.png",
        ) as window,
    ):
        expect(window.page.locator("img.leaflet-tile-loaded").first).to_be_visible()
        _is_whole(window.page)
        assert window.heard() == []

    assert len(server.asked) > 3
    assert all(path.count("/") == 3 and path.endswith(".png") for path, _ in server.asked)
    for _path, headers in server.asked:
        assert {"Referer", "Cookie"}.isdisjoint(headers)


def test_a_server_that_is_down_leaves_the_drawn_ground(browser: Browser, folder: Path) -> None:
    gone = "http://127.0.0.1:9"
    with map_of_the_depot(
        browser, folder, friends=(gone,), HOFFICE_TILES_URL=gone + "/{z}/{x}/{y}.png"
    ) as window:
        _is_whole(window.page)

        expect(window.page.locator("path.ground.land").first).to_be_visible()
        assert all("ERR_" in said for said in window.heard())


def test_images_come_out_of_a_file_of_the_house(browser: Browser, folder: Path) -> None:
    file = folder / "bilder.pmtiles"
    file.write_bytes(tiles.pmtiles(tiles.image(), tiles.PNG))
    with map_of_the_depot(browser, folder, HOFFICE_PMTILES=str(file)) as window:
        tile = window.page.locator(".leaflet-tile-pane img.leaflet-tile-loaded").first
        expect(tile).to_be_visible()

        assert tile.evaluate("image => image.decode().then(() => image.naturalWidth)") == 256
        _is_whole(window.page)
        assert window.heard() == []


def test_vectors_out_of_a_file_are_drawn_under_the_policy(browser: Browser, folder: Path) -> None:
    file = folder / "linien.pmtiles"
    file.write_bytes(tiles.pmtiles(tiles.earth(), tiles.VECTORS))
    with map_of_the_depot(browser, folder, HOFFICE_PMTILES=str(file)) as window:
        page = window.page
        _is_whole(page)
        expect(page.locator(".leaflet-tile-pane canvas").first).to_be_visible()

        page.wait_for_function(
            """() => [...document.querySelectorAll(".leaflet-tile-pane canvas")].some(
              one => one.getContext("2d").getImageData(9, 9, 1, 1).data[3] > 0)"""
        )
        assert window.heard() == []
