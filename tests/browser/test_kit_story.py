"""The life of one kit: torn down, handed out, a monitor swapped, taken back without its mouse."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from playwright.sync_api import Browser, BrowserType, Page, ViewportSize, expect
from pypdf import PdfReader

from hoffice.accounts.rules import Role
from hoffice.db import unit_of_work
from hoffice.kits.rules import ItemKind
from hoffice.runs import service as runs
from hoffice.runs.rules import Way
from hoffice.units import Actor
from tests import makers
from tests.browser import live, staff
from tests.browser.film import filmed
from tests.browser.staff import scan
from tests.browser.window import NARROW, PHONE, barriers, draw, overflow
from tests.handover import scene as visits
from tests.kits import returning_scene

COUNTER: ViewportSize = {"width": 1280, "height": 900}
NAME = "Ayşe Kaya"
TAGS = {
    ItemKind.PC: "PC-0001",
    ItemKind.KEYBOARD: "KB-0001",
    ItemKind.MOUSE: "MS-0001",
    ItemKind.MONITOR: "MN-0001",
    ItemKind.HEADSET: "HS-0001",
}
"""In the order of the kit type; the monitor is held before the camera."""


@dataclass(frozen=True)
class Story:
    """A running house, who is served, and what lies in it from before."""

    house: live.House
    app: Flask
    person_id: int
    spare: str
    strange: str
    camera: Browser

    def tell(self) -> int:
        """IT notes that she comes to the office for her kit; gives the stop's number."""
        with self.app.app_context(), unit_of_work():
            stop = runs.propose_stop(self.person_id, by=makers.IT)
            runs.set_way(stop.id, Way.OFFICE, by=makers.IT)
            return stop.id


def furnish(folder: Path, template: Path) -> tuple[Flask, int, str, str]:
    """Ayşe has signed everything and has no kit; a spare monitor, and a kit at somebody else's."""
    with staff.furnishing(folder, template) as app:
        staff.account(Role.IT, "Jonas Reuter", "jonas")
        staff.account(Role.HR, "Sabine Krüger", "sabine")
        makers.depot()
        strange = returning_scene.at_home("Bo Rau").items[0].asset_tag
        spare = returning_scene.spare(ItemKind.MONITOR, model="Dell P2422H").asset_tag
        employee = makers.employee(NAME)
        home = employee.homes[-1]
        home.confirmed_at, home.confirmed_by = makers.MONDAY, str(Actor.employee(employee.id))
        visits.signed_papers(employee)
        person_id = employee.id
    return app, person_id, spare, strange


@pytest.fixture
def story(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    sqlite_template: Path,
    tmp_path: Path,
) -> Iterator[Story]:
    """The house, and a browser whose camera sees the label of the monitor."""
    app, person_id, spare, strange = furnish(tmp_path, sqlite_template)
    film = tmp_path / "monitor.y4m"
    label = zxingcpp.create_barcode(TAGS[ItemKind.MONITOR], zxingcpp.BarcodeFormat.Code128)
    film.write_bytes(filmed(label))
    flags = [
        *browser_type_launch_args["args"],
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    with (
        live.served(tmp_path) as house,
        browser_type.launch(**{**browser_type_launch_args, "args": flags}) as camera,
    ):
        yield Story(house, app, person_id, spare, strange, camera)
    staff.let_go(app)


@contextmanager
def at_work(browser: Browser, story: Story, mail: str, **kind: Any) -> Iterator[Page]:
    """The page of somebody of the staff; nothing may have gone wrong on it."""
    kind = {"viewport": COUNTER, **kind}
    with staff.signed_in(browser, story.house.url, mail, **kind) as window:
        yield window.page
        assert window.heard() == []


def test_a_kit_is_torn_down_handed_out_changed_and_taken_back_but_for_a_mouse(
    browser: Browser, story: Story
) -> None:
    touch: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "permissions": ["camera"]}
    with at_work(story.camera, story, "jonas", **touch) as page:
        codes = tear_down(page)
    with at_work(browser, story, "jonas") as page:
        print_labels(page, codes)
        hand_out(page, story.tell())
        swap_the_monitor(page, story.spare)
        take_back(page, story)
        read_the_ledger(page, story.spare)
    with at_work(browser, story, "sabine") as page:
        decide(page)


def tear_down(page: Page) -> list[str]:
    """At the desk: four devices by scanner, the monitor by camera; gives the codes of the boxes."""
    page.goto("/geraete/abbau")
    page.get_by_label("Wessen Platz").fill("Kaya")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Beginnen").click()
    page.locator("form[data-scan][data-ready]").wait_for()
    filled = page.locator("#places .rows a.tag")
    for number, kind in enumerate(TAGS, start=1):
        if kind is ItemKind.MONITOR:
            page.get_by_role("button", name="Mit der Kamera scannen").click()
            expect(filled).to_have_count(number)
            page.get_by_role("button", name="Kamera schließen").click()
        else:
            scan(page, TAGS[kind])
            expect(filled).to_have_count(number)
    assert sorted(filled.all_inner_texts()) == sorted(TAGS.values())
    page.get_by_role("button", name="Fertig", exact=True).click()
    expect(page.get_by_role("heading", name="Dieser Platz ist fertig.")).to_be_visible()
    return sorted(set(page.get_by_role("main").locator("a.tag", has_text="K0").all_inner_texts()))


def print_labels(page: Page, codes: list[str]) -> None:
    """The labels of her boxes, as the link of the kit gives them."""
    page.goto("/geraete/kits/?q=Kaya")
    page.get_by_role("main").get_by_role("link", name=NAME).first.click()
    link = page.get_by_role("link", name="Etiketten drucken").first.get_attribute("href")
    answer = page.request.get(f"{link}")
    assert answer.headers["content-type"] == "application/pdf"
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.body())).pages)
    assert len(codes) == 2
    for code in codes:
        assert code in text


def hand_out(page: Page, stop_id: int) -> None:
    """At the counter: every device, and her signature."""
    page.goto(f"/unterwegs/abholung/{stop_id}")
    for given in page.locator("#visit input[value=given]").all():
        given.check(force=True)
    draw(page)
    page.get_by_role("button", name="Übergeben", exact=True).click()
    expect(page.get_by_role("status").filter(has_text=NAME)).to_be_visible()


def swap_the_monitor(page: Page, spare: str) -> None:
    """A replacement is kept at once, and changes hands with the old one."""
    page.goto(f"/geraete/g/{TAGS[ItemKind.MONITOR]}")
    expect(page.locator(".lage")).to_contain_text(NAME)
    page.get_by_role("link", name="Gegen ein anderes tauschen …").click()
    page.get_by_role("button", name="Zurücklegen").click()
    expect(page.locator(".lage")).to_contain_text(spare)
    assert barriers(page) == []
    page.get_by_label("Genommen von").fill(NAME)
    page.get_by_role("button", name="Tauschen").click()
    expect(page.get_by_text("Alles, was angefordert war, kam zurück.")).to_be_visible()


def take_back(page: Page, story: Story) -> None:
    """All but the mouse comes back, and something that was never hers."""
    page.goto(f"/geraete/rueckgaben/neu/{story.person_id}")
    assert barriers(page) == []
    page.get_by_role("button", name="Rückgabe beginnen").click()
    page.locator("form[data-scan][data-ready]").wait_for()
    told, lage = page.locator("[data-scan-say]"), page.locator(".lage")
    expect(lage).to_contain_text("0 von 5")
    for kind in (ItemKind.PC, ItemKind.KEYBOARD, ItemKind.HEADSET):
        scan(page, TAGS[kind])
        expect(told).to_contain_text(f"{TAGS[kind]} ist zurück.")
    scan(page, story.spare.lower())
    expect(lage).to_contain_text("4 von 5")
    scan(page, story.spare)
    expect(told).to_contain_text("zweimal gescannt zählt es einmal")
    scan(page, story.strange)
    expect(told).to_contain_text("laut Bestandsbuch bei Bo Rau")
    page.get_by_role("button", name="Trotzdem zurücknehmen").click()
    expect(page.get_by_text("war nicht erwartet")).to_be_visible()
    assert barriers(page) == []
    page.set_viewport_size(NARROW)
    assert overflow(page) == []
    page.set_viewport_size(COUNTER)
    page.get_by_role("button", name="Abschließen: ein Teil fehlt").click()
    page.get_by_role("dialog").get_by_role("button", name="Abschließen: ein Teil fehlt").click()
    expect(lage).to_contain_text("Ein Teil fehlt.")
    expect(page.get_by_role("link", name="Rückgabeprotokoll")).to_be_visible()
    page.goto("/geraete/rueckgaben/pruefen")
    assert barriers(page) == []


def read_the_ledger(page: Page, spare: str) -> None:
    """Who had it, line by line, newest first."""
    stories = {
        TAGS[ItemKind.MOUSE]: ("Verloren", NAME, "Lager"),
        TAGS[ItemKind.MONITOR]: ("Lager", NAME, "Lager"),
        spare: ("Lager", NAME, "Lager"),
    }
    for tag, holders in stories.items():
        page.goto(f"/geraete/g/{tag}")
        cells = page.locator("table.grid tbody tr td[data-label=An]")
        expect(cells).to_have_count(len(holders))
        for cell, holder in zip(cells.all(), holders, strict=True):
            expect(cell).to_contain_text(holder)
    page.goto(f"/geraete/g/{TAGS[ItemKind.PC]}")
    told = page.get_by_role("main")
    for paper in ("Abbau 1", "Übergabeprotokoll", "Rückgabe"):
        expect(told).to_contain_text(paper)


def decide(page: Page) -> None:
    """HR says who bears the loss."""
    page.get_by_role("link", name="Geräte").click()
    page.get_by_role("link", name=TAGS[ItemKind.MOUSE]).click()
    assert barriers(page) == []
    page.get_by_label("die Firma").check()
    page.get_by_label("Grund").fill("leichteste Fahrlässigkeit")
    page.get_by_role("button", name="Entscheiden").click()
    expect(page.locator(".lage")).to_contain_text("die Firma")
