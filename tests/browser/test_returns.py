"""A return with a slip, a crack, a missing mouse and a missing cable, up to HR's decision."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from hoffice.accounts.rules import Role
from hoffice.kits.rules import ItemKind
from tests.browser import live
from tests.browser.staff import account, furnishing, let_go, looked_at, phone, scan, signed_in
from tests.browser.window import DESK, barriers
from tests.kits import returning_scene, scene

NAME = "Ayşe Kaya"
FIRST, MONITOR, MOUSE = ItemKind.PC, ItemKind.MONITOR, ItemKind.MOUSE


@dataclass(frozen=True)
class Story:
    """A running house, and who has to give back what."""

    house: live.House
    person_id: int
    tags: dict[ItemKind, str]
    cable: str


@pytest.fixture
def story(sqlite_template: Path, tmp_path: Path) -> Iterator[Story]:
    """Ayşe has a whole kit at home, and three cables."""
    with furnishing(tmp_path, sqlite_template) as app:
        account(Role.IT, "Jonas Reuter", "jonas")
        account(Role.HR, "Sabine Krüger", "sabine")
        kit = returning_scene.at_home(NAME)
        cables = returning_scene.cables_with(kit.employee_id, 3)
        cables.value_cents = 450
        tags = {kind: scene.item_in(kit, kind).asset_tag for kind in scene.KINDS}
        facts = kit.employee_id, tags, cables.name
    with live.served(tmp_path) as house:
        yield Story(house, *facts)
    let_go(app)


def test_a_slip_is_undone_what_is_missing_is_a_case_and_hr_sees_the_photo(
    browser: Browser, story: Story
) -> None:
    with phone(browser, story.house) as window:
        take_back(window.page, story)
        photograph(window.page, story.tags[MONITOR])
        close(window.page)
        assert window.heard() == []
    with signed_in(browser, story.house.url, "sabine", viewport=DESK) as window:
        decide(window.page, story)
        assert window.heard() == []


def take_back(page: Page, story: Story) -> None:
    """The PC is taken back by mistake and is out again; then comes what comes."""
    page.goto(f"/geraete/rueckgaben/neu/{story.person_id}")
    page.get_by_role("button", name="Rückgabe beginnen").click()
    page.locator("form[data-scan][data-ready]").wait_for()
    lage, told = page.locator(".lage"), page.locator("[data-scan-say]")
    expect(lage).to_contain_text("0 von 8")
    first = story.tags[FIRST]
    scan(page, first)
    expect(lage).to_contain_text("1 von 8")
    page.locator("summary", has=page.get_by_label(f"Mehr zu {first}")).click()
    looked_at(page)
    page.get_by_role("button", name="Doch nicht zurück").click()
    expect(lage).to_contain_text("0 von 8")
    page.locator("form[data-scan][data-ready]").wait_for()
    for kind, tag in story.tags.items():
        if kind in {MOUSE, MONITOR}:
            continue
        scan(page, tag)
        expect(told).to_contain_text(f"{tag} ist zurück.")
    page.get_by_label("beschädigt", exact=True).check()
    scan(page, story.tags[MONITOR])
    expect(lage).to_contain_text("4 von 8")
    page.get_by_label(f"Wie viele von „{story.cable}“ zurück sind").fill("2")
    page.get_by_role("button", name="Zählen").click()
    expect(lage).to_contain_text("6 von 8")
    looked_at(page)


def photograph(page: Page, tag: str) -> None:
    """What the crack looks like, on the page of the monitor."""
    back = page.url
    page.goto(f"/geraete/g/{tag}")
    picture = io.BytesIO()
    Image.effect_noise((800, 600), 90).convert("RGB").save(picture, "JPEG")
    shot = {"name": "riss.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    page.locator("#files-file").set_input_files(shot)  # type: ignore[arg-type]
    page.locator("#files-kind").select_option("damage")
    page.locator("#files-note").fill("Riss unten links")
    page.locator("#files").get_by_role("button", name="Aufheben").click()
    expect(page.get_by_role("img", name="Schaden: Riss unten links", exact=True)).to_be_visible()
    page.goto(back)


def close(page: Page) -> None:
    """One button, one question; the record and the losses say what is missing."""
    page.get_by_role("button", name="Abschließen: 2 Teile fehlen").click()
    page.get_by_role("dialog").get_by_role("button", name="Abschließen: 2 Teile fehlen").click()
    expect(page.locator(".lage")).to_contain_text("2 Teile fehlen")
    expect(page.get_by_role("link", name="Zum Verlust")).to_have_count(2)
    looked_at(page)
    link = page.get_by_role("link", name="Rückgabeprotokoll").get_attribute("href")
    pages = PdfReader(io.BytesIO(page.request.get(f"{link}").body())).pages
    record = " ".join("".join(one.extract_text() for one in pages).split())
    assert "6 von 8 angeforderten Teilen sind zurück." in record


def decide(page: Page, story: Story) -> None:
    """HR sees three cases and the photo, decides, and decides anew."""
    page.goto("/geraete/schaeden")
    listed = page.get_by_role("main")
    for name in (story.tags[MOUSE], story.tags[MONITOR], f"1\xa0×\xa0{story.cable}"):
        expect(listed.get_by_role("link", name=name, exact=True)).to_be_visible()
    assert barriers(page) == []
    listed.get_by_role("link", name=story.tags[MONITOR], exact=True).click()
    photo = page.get_by_role("img", name="Schaden: Riss unten links", exact=True)
    expect(photo).to_be_visible()
    assert photo.evaluate("async (one) => { await one.decode(); return one.naturalWidth; }") > 0
    looked_at(page)
    page.get_by_label("die Firma").check()
    page.get_by_label("Grund").fill("Transportschaden")
    page.get_by_role("button", name="Entscheiden").click()
    expect(page.locator(".lage")).to_contain_text("die Firma")
    page.get_by_text("Neu entscheiden …").click()
    page.get_by_label("Warum neu entschieden wird").fill("Der Spediteur haftet")
    looked_at(page)
    page.get_by_role("button", name="Fall wieder öffnen").click()
    expect(page.locator(".lage")).to_contain_text("muss entscheiden")
    earlier = page.get_by_role("listitem").filter(has_text="Der Spediteur haftet")
    expect(earlier).to_contain_text("Transportschaden")
    looked_at(page)
