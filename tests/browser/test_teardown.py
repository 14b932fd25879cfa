"""A desk is torn down on a phone: by hand scanner, without a network for a while, by camera."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Page, Route, expect

from hoffice.accounts.rules import Role
from tests import makers
from tests.browser import live
from tests.browser.film import filmed
from tests.browser.staff import account, furnishing, phone, scan
from tests.browser.window import NARROW, PHONE, barriers, overflow

TAGS = ("PC-0001", "KB-0001", "MO-0001", "MN-0001", "HS-0001")


def furnish(folder: Path, template: Path) -> None:
    """Somebody of IT, a kit type and two people whose desks are next."""
    with furnishing(folder, template):
        account(Role.IT, "Jonas Reuter", "jonas")
        makers.kit_type()
        makers.employee("Ayşe Kaya")
        makers.employee("Jana Demir")
        makers.employee("Jan Reuter")


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.House]:
    """A running house with desks to tear down."""
    folder = tmp_path_factory.mktemp("desks")
    furnish(folder, sqlite_template)
    with live.served(folder) as running:
        yield running


def begin(page: Page, name: str) -> None:
    page.goto("/geraete/abbau")
    page.get_by_label("Wessen Platz").fill(name)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Beginnen").wait_for()
    assert barriers(page) == []
    page.get_by_role("button", name="Beginnen").click()
    page.locator("form[data-scan][data-ready]").wait_for()


def test_a_hand_scanner_fills_a_kit_and_the_labels_are_there_at_once(
    browser: Browser, house: live.House
) -> None:
    with phone(browser, house) as window:
        page = window.page
        begin(page, "Kaya")
        assert barriers(page) == []
        told = page.locator("[data-scan-say]")
        filled = page.locator("#places .rows a.tag")

        scan(page, TAGS[0])
        expect(told).to_contain_text("PC-0001 ist neu: PC, in Karton 1.")
        scan(page, "4XK9J13")
        expect(told).to_contain_text("Seriennummer von PC-0001")
        scan(page, TAGS[0].lower())
        expect(told).to_contain_text("schon erfasst")
        scan(page, "K00001ß1")  # a box, by a scanner with the wrong keyboard
        expect(told).to_contain_text("K00001-1 ist die Nummer eines Kartons.")

        page.context.set_offline(True)  # nothing is lost, and it counts once
        for tag in TAGS[1:4]:
            scan(page, tag)
        expect(page.get_by_text("Ohne Verbindung: 3 Scans warten.")).to_be_visible()
        page.context.set_offline(False)
        expect(filled).to_have_count(4)
        window.heard()  # the browser said that it could not reach the house

        page.locator("body").click(position={"x": 5, "y": 300})
        scan(page, TAGS[4])
        expect(filled).to_have_text(list(TAGS))
        page.get_by_label("Foto der Verkabelung").set_input_files(
            {"name": "kabel.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        )
        expect(page.get_by_role("img", name="Verkabelung")).to_be_visible()
        assert barriers(page) == []
        page.emulate_media(color_scheme="dark")
        assert barriers(page) == []
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(NARROW)
        assert overflow(page) == []
        page.set_viewport_size(PHONE)

        page.get_by_role("button", name="Fertig", exact=True).click()

        expect(page.get_by_role("heading", name="Dieser Platz ist fertig.")).to_be_visible()
        expect(page.get_by_role("link", name="Etiketten drucken")).to_be_visible()
        boxes = page.get_by_role("main").locator("a.tag", has_text=re.compile(r"^K\d+-\d$"))
        expect(boxes).to_have_count(2)
        assert barriers(page) == []
        assert overflow(page) == []
        page.get_by_role("link", name="Nächster Platz").click()
        expect(page.get_by_role("main")).to_contain_text("1 Platz ist heute fertig")
        assert barriers(page) == []
        assert overflow(page) == []
        assert window.heard() == []


def test_one_tap_says_what_a_device_is_and_the_camera_reads_codes(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    house: live.House,
    tmp_path: Path,
) -> None:
    film = tmp_path / "codes.y4m"
    film.write_bytes(
        filmed(
            zxingcpp.create_barcode("IT-0101", zxingcpp.BarcodeFormat.QRCode),
            zxingcpp.create_barcode("IT-0102", zxingcpp.BarcodeFormat.Code128),
            zxingcpp.create_barcode("IT-0103", zxingcpp.BarcodeFormat.DataMatrix),
        )
    )
    flags = [
        *browser_type_launch_args["args"],
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    launch = {**browser_type_launch_args, "args": flags}
    with (
        browser_type.launch(**launch) as browser,
        phone(browser, house, permissions=["camera"]) as window,
    ):
        page = window.page
        begin(page, "Demir")
        scan(page, "IT-0100")
        page.get_by_role("button", name="Monitor").click()
        filled = page.locator("#places .rows a.tag")
        expect(filled).to_have_count(1)
        expect(page.locator("#places li", has_text="IT-0100")).to_contain_text("Monitor")

        page.get_by_role("button", name="Mit der Kamera scannen").click()

        expect(filled).to_have_count(4)
        assert set(filled.all_inner_texts()) == {"IT-0100", "IT-0101", "IT-0102", "IT-0103"}
        assert barriers(page) == []
        page.get_by_role("button", name="Kamera schließen").click()
        page.get_by_role("button", name="Letzten Scan zurücknehmen").click()
        expect(filled).to_have_count(3)
        assert window.heard() == []


def test_a_scan_that_breaks_keeps_no_other_waiting_and_two_tabs_lose_none(
    browser: Browser, house: live.House
) -> None:
    broken = True

    def answer(route: Route) -> None:
        if broken and "IT-0301" in (route.request.post_data or ""):
            route.fulfill(status=500, content_type="text/html", body="<h1>500</h1>")
        else:
            route.continue_()

    with phone(browser, house) as window:
        page = window.page
        begin(page, "Reuter")
        page.route("**/scan", answer)
        filled = page.locator("#places .rows a.tag")

        scan(page, "IT-0301")
        scan(page, "IT-0302")

        aside = page.locator("[data-scan-aside]")
        expect(aside).to_contain_text("IT-0301")
        expect(filled).to_have_text(["IT-0302"])
        assert barriers(page) == []
        page.reload()
        page.locator("form[data-scan][data-ready]").wait_for()
        expect(aside).to_contain_text("IT-0301")
        window.heard()  # the browser said what the house answered
        broken = False
        aside.get_by_role("button", name="Noch einmal versuchen: IT-0301").click()
        expect(filled).to_have_text(["IT-0302", "IT-0301"])
        expect(aside).to_be_hidden()

        context = page.context
        other = context.new_page()
        other.goto(page.url)
        other.locator("form[data-scan][data-ready]").wait_for()
        context.set_offline(True)
        scan(page, "IT-0303")
        scan(other, "IT-0304")
        page.close()
        other.close()
        context.set_offline(False)
        last = context.new_page()
        last.goto(house.url + "/geraete/abbau")
        last.get_by_role("link", name="Jan Reuter").click()
        expect(last.locator("#places .rows a.tag")).to_have_count(4)
        window.heard()


def picture() -> bytes:
    """A photo of cables, more or less."""
    made = io.BytesIO()
    Image.new("RGB", (2400, 1800), "navy").save(made, "JPEG")
    return made.getvalue()
