"""One person gets her desk at home, in real browsers: two desks, and two phones.

``tests/stories`` tells the same on both databases and looks into them; here it matters that every
button is there, that script and policy let the page work, and that no browser complains.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from hoffice import clock
from hoffice.accounts import passwords
from hoffice.accounts.rules import Role
from hoffice.agreements import service as agreements
from hoffice.db import db, unit_of_work
from hoffice.demo.models import DemoMark
from hoffice.factory import create_app
from hoffice.kits import service as kits
from hoffice.kits.rules import ItemKind
from hoffice.runs import service as runs
from tests import houses, makers
from tests.browser import live
from tests.browser.window import DESK, Window, barriers, opened
from tests.postbox import Postbox, served

pytestmark = pytest.mark.xdist_group("browser-journey")

STAFF_LIST = (
    "Personalnr.;Nachname;Vorname;E-Mail;Telefon;Team;Straße;Hausnr.;PLZ;Ort;lat;lon\r\n"
    "4471;Yıldız;Aylin;aylin@spreeruf.example;030 23125 171;Team Süd;"
    "Sonnenallee;912;12045;Berlin;52,4810;13,4360\r\n"
    "4472;Müller;Jörg;joerg@spreeruf.example;030 23125 172;Team Süd;"
    "Kantstraße;905;10627;Berlin;;\r\n"
)
PASSWORD = "Zwei-Kartons-um-acht"
KINDS = (ItemKind.PC, ItemKind.MONITOR, ItemKind.KEYBOARD, ItemKind.MOUSE, ItemKind.HEADSET)
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/l/[\w.\-]+)")
PLAN_WITHIN_MS = 40_000


@dataclass
class Story:
    """The people of the story, each at an own window, and the mail server."""

    house: live.House
    postbox: Postbox
    it: Window
    hr: Window
    driver: Window
    aylin: Window

    def link_in_the_mail(self, to: str) -> str:
        """The personal link in the newest mail to this address, which the worker has sent."""
        for mail in reversed(self.postbox.mails):
            found = LINK.search(mail.get_body(("plain",)).get_content())
            if mail["To"] == to and found is not None:
                return found[1]
        pytest.fail(f"no mail with a link to {to}")


def furnish(folder: Path, template: Path) -> None:
    """The scene: staff, stock, a van with a shift, a depot, sample texts; nobody to serve yet."""
    shutil.copy(template, folder / live.DATABASE)
    app = create_app(houses.settings(f"sqlite:///{folder / live.DATABASE}", folder, demo=True))
    with app.app_context(), unit_of_work():
        db.session.add(DemoMark(id=1, made_at=clock.now(), day_three=clock.today()))
        jonas = makers.account(Role.IT, name="Jonas Reuter", email="jonas.reuter@spreeruf.example")
        jonas.password_hash = passwords.hashed(PASSWORD)
        makers.account(Role.HR, name="Svenja Adler", email="svenja.adler@spreeruf.example")
        can = makers.account(Role.DRIVER, name="Can Demir", email="can.demir@spreeruf.example")
        makers.depot()
        makers.kit_type()
        for kind in KINDS:
            for number in range(2):
                tag = f"HW-{kind}-{number}".upper()
                kits.add_item(tag, kind, by=makers.IT, litres=20, weight_g=4000)
        agreements.load_samples(by=makers.IT)
        van_id, day = makers.van().id, clock.today()
        runs.add_shift(van_id, day, start_min=480, end_min=990, driver_id=can.id, by=makers.IT)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def story(
    browser: Browser, playwright: Playwright, sqlite_template: Path, tmp_path: Path
) -> Iterator[Story]:
    """A running house with its mail server, and four windows."""
    furnish(tmp_path, sqlite_template)
    phone: dict[str, Any] = playwright.devices["Pixel 7"]
    with (
        served() as (postbox, smtp),
        live.served(tmp_path, smtp=smtp) as house,
        ExitStack() as all_,
    ):
        kinds: list[dict[str, Any]] = [{"viewport": DESK}, {"viewport": DESK}, phone, phone]
        it, hr, driver, aylin = (
            all_.enter_context(opened(browser, house.url, **kind)) for kind in kinds
        )
        told = Story(house=house, postbox=postbox, it=it, hr=hr, driver=driver, aylin=aylin)
        yield told
        for window in (it, hr, driver, aylin):
            assert window.heard() == []


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press a button, and wait for the page it leads to."""
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    """Follow a link of the page's content, and wait for the page it leads to."""
    page.get_by_role("main").get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def draw(page: Page) -> None:
    """Sign with the mouse, as with a finger."""
    pad = page.locator("[data-sign-canvas]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    left, middle = box["x"] + 30, box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    for step in range(1, 40):
        height = 30 if step % 6 < 3 else -30
        page.mouse.move(left + step * (box["width"] - 60) / 40, middle + height)
    page.mouse.up()
    expect(page.locator("[data-sign-kind]")).to_have_value("drawn")
    expect(page.locator("[data-sign-hint]")).to_be_hidden()


def test_from_a_staff_list_to_a_confirmed_receipt(story: Story) -> None:
    sign_in(story)
    import_the_list(story.it.page)
    give_and_pack_the_kit(story.it.page)
    send_the_papers(story)
    open_the_link_from_the_mail(story)
    confirm_address_and_times(story.aylin.page)
    run_path = plan_the_run(story.it.page)
    codes = refuse_to_load_before_the_signature(story.driver.page)
    read_and_sign_by_drawing(story.aylin.page)
    promise_the_window(story, run_path)
    load_and_drive_off(story.driver.page, codes)
    hand_over_at_the_door(story.driver.page)
    confirm_the_receipt(story.aylin.page)
    read_the_history(story.it.page)


def sign_in(story: Story) -> None:
    """IT signs in with a password; the others with one click, as in the demo."""
    page = story.it.page
    page.goto("/")
    page.get_by_label("E-Mail").fill("jonas.reuter@spreeruf.example")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Hauptmenü", exact=True)).to_be_visible()
    story.hr.page.goto(story.house.one_click(Role.HR))
    story.driver.page.goto(story.house.one_click(Role.DRIVER))


def import_the_list(page: Page) -> None:
    """IT uploads a staff list, sees line by line what would change, and takes it over."""
    page.goto("/personen/")
    follow(page, re.compile("Personalliste"))
    file = {"name": "personal.csv", "mimeType": "text/csv", "buffer": STAFF_LIST.encode("utf-16")}
    page.get_by_label("Personalliste", exact=True).set_input_files(file)
    press(page, "Liste ansehen")
    expect(page.get_by_role("main")).to_contain_text("Yıldız")
    assert barriers(page) == []
    press(page, "2 Änderungen übernehmen")
    expect(page.get_by_role("main")).to_contain_text("Jörg Müller")
    assert barriers(page) == []


def give_and_pack_the_kit(page: Page) -> None:
    """IT selects her, gives a kit from a kit type, and packs all boxes."""
    page.goto("/geraete/kits/vergeben")
    page.get_by_role("checkbox", name="Aylin Yıldız auswählen").check()
    expect(page.get_by_text("1 ausgewählt")).to_be_visible()
    press(page, "Gerätesätze geben")
    assert barriers(page) == []
    follow(page, "Aylin Yıldız")
    press(page, "Alle Kartons packen")
    expect(page.locator("p.lage")).to_contain_text("Vollständig")


def send_the_papers(story: Story) -> None:
    """HR finds her by name and sends the pack; a job makes the PDFs and the mail."""
    page = story.hr.page
    page.keyboard.press("/")
    page.keyboard.type("Yıldız")
    page.keyboard.press("Enter")
    follow(page, "Aylin Yıldız")
    follow(page, re.compile("Mappe schicken"))
    page.get_by_label("Für den Arbeitgeber").fill("Svenja Adler")
    press(page, "An eine Person schicken")
    expect(page.get_by_role("main")).to_contain_text("Aylin Yıldız", timeout=20_000)
