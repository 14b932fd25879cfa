"""A kit was at home: its monitor is swapped at the counter, then all comes back but the mouse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from hoffice import clock
from hoffice.accounts import passwords
from hoffice.accounts.rules import Role
from hoffice.db import db, unit_of_work
from hoffice.demo.models import DemoMark
from hoffice.factory import create_app
from hoffice.kits.rules import ItemKind
from tests import houses, makers
from tests.browser import live
from tests.browser.window import NARROW, Window, barriers, opened, overflow
from tests.kits import returning_scene

PASSWORD = "Zwei-Kartons-um-acht"


@dataclass(frozen=True)
class Furnished:
    """A running house, and the tags and numbers of what is in it."""

    house: live.House
    tags: dict[ItemKind, str]
    monitor_id: int
    person_id: int
    strange: str
    spare: str


@pytest.fixture(scope="module")
def furnished(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """Somebody with a kit at home, a spare monitor, and somebody else with a kit."""
    folder = tmp_path_factory.mktemp("returns")
    shutil.copy(sqlite_template, folder / live.DATABASE)
    app = create_app(houses.settings(f"sqlite:///{folder / live.DATABASE}", folder, demo=True))
    with app.app_context(), unit_of_work():
        db.session.add(DemoMark(id=1, made_at=clock.now(), day_three=clock.today()))
        for role, name, mail in (
            (Role.IT, "Jonas Reuter", "jonas"),
            (Role.HR, "Sabine Krüger", "sabine"),
        ):
            account = makers.account(role, name=name, email=f"{mail}@spreeruf.example")
            account.password_hash = passwords.hashed(PASSWORD)
            account.totp_secret = None  # the demo asks nobody for a second step
        kit, other = returning_scene.at_home("Ayşe Kaya"), returning_scene.at_home("Bo Rau")
        tags = {item.kind: item.asset_tag for item in kit.items}
        monitor_id = next(item.id for item in kit.items if item.kind is ItemKind.MONITOR)
        person_id, strange = kit.employee_id, other.items[0].asset_tag
        spare = returning_scene.spare(ItemKind.MONITOR, model="Dell P2422H").asset_tag
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    with live.served(folder) as house:
        yield Furnished(house, tags, monitor_id, person_id, strange, spare)


def sign_in(window: Window, mail: str) -> Page:
    page = window.page
    page.goto("/anmelden")
    page.get_by_label("E-Mail").fill(f"{mail}@spreeruf.example")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url("**/")
    return page


def scan(page: Page, code: str) -> None:
    """As a hand scanner does it: all signs at once, then Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_a_monitor_is_swapped_and_the_kit_comes_back_without_its_mouse(
    browser: Browser, furnished: Furnished
) -> None:
    with opened(browser, furnished.house.url, viewport={"width": 1280, "height": 900}) as window:
        page = sign_in(window, "jonas")
        page.goto(f"/geraete/{furnished.monitor_id}/ersatz")
        page.get_by_role("button", name="Zurücklegen").click()
        expect(page.locator(".lage")).to_contain_text(furnished.spare)
        assert barriers(page) == []

        page.get_by_label("Genommen von").fill("Ayşe Kaya")
        page.get_by_role("button", name="Tauschen").click()
        expect(page.get_by_text("Alles kam zurück.")).to_be_visible()

        page.goto(f"/geraete/rueckgaben/neu/{furnished.person_id}")
        assert barriers(page) == []
        page.get_by_role("button", name="Rückgabe beginnen").click()
        page.locator("form[data-scan][data-ready]").wait_for()
        told, lage = page.locator("[data-scan-say]"), page.locator(".lage")
        expect(lage).to_contain_text("0 von 5")
        for kind in (ItemKind.PC, ItemKind.KEYBOARD, ItemKind.HEADSET):
            scan(page, furnished.tags[kind])
            expect(told).to_contain_text(f"{furnished.tags[kind]} ist zurück.")
        scan(page, furnished.spare.lower())
        expect(lage).to_contain_text("4 von 5")
        scan(page, furnished.spare)
        expect(told).to_contain_text("zweimal gescannt zählt es einmal")
        scan(page, furnished.strange)
        expect(told).to_contain_text("laut Verzeichnis bei Bo Rau")
        page.get_by_role("button", name="Trotzdem zurücknehmen").click()
        expect(page.get_by_text("war nicht erwartet")).to_be_visible()
        assert barriers(page) == []
        page.set_viewport_size(NARROW)
        assert overflow(page) == []
        page.set_viewport_size({"width": 1280, "height": 900})

        page.get_by_label("fehlt endgültig").check()
        page.get_by_role("button", name="Rückgabe abschließen").click()
        page.get_by_role("dialog").get_by_role("button", name="Rückgabe abschließen").click()
        expect(page.locator(".lage")).to_contain_text("Ein Teil fehlt.")
        expect(page.get_by_role("link", name="Rückgabeprotokoll")).to_be_visible()
        page.goto("/geraete/rueckgaben/pruefen")

        assert barriers(page) == []

    with opened(browser, furnished.house.url, viewport={"width": 1280, "height": 900}) as window:
        page = sign_in(window, "sabine")
        page.get_by_role("link", name="Geräte").click()
        page.get_by_role("link", name=furnished.tags[ItemKind.MOUSE]).click()
        assert barriers(page) == []

        page.get_by_label("die Firma").check()
        page.get_by_label("Grund").fill("leichteste Fahrlässigkeit")
        page.get_by_role("button", name="Entscheiden").click()
        expect(page.locator(".lage")).to_contain_text("die Firma")
