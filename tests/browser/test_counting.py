"""A stock-take by two phones at once, to its last task; and a check at home with one hand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from hoffice import clock
from hoffice.accounts.links import LinkBook, link_for
from hoffice.accounts.rules import Role, TokenKind
from hoffice.kits import service as kits
from hoffice.kits.rules import Holder, HolderKind, ItemKind
from hoffice.kits.service import home_checks
from hoffice.units import Actor
from tests import houses, makers
from tests.agreements.scene import book
from tests.browser import live
from tests.browser.staff import account, furnishing, looked_at, phone, scan
from tests.browser.window import DESK, PHONE, arrived, opened

TOKEN = "link.txt"


def furnish(folder: Path, template: Path) -> None:
    """Four devices in the house, two at Bo's, two at Ayşe's, who is asked about them."""
    with furnishing(folder, template):
        by = Actor.staff(account(Role.IT, "Jonas Reuter", "jonas").id)
        for number in range(1, 5):
            kits.add_item(f"MO-{number:04d}", ItemKind.MONITOR, by=by, model="Dell P2422H")
        ayse = makers.employee("Ayşe Kaya").id
        hers = [
            kits.add_item(f"HS-{number:04d}", ItemKind.HEADSET, by=by, model="Jabra Evolve2").id
            for number in (1, 2)
        ]
        kits.hand_to(hers, Holder(HolderKind.EMPLOYEE, ayse), by=by, because="handover:1")
        bo = Holder(HolderKind.EMPLOYEE, makers.employee("Bo Rau").id)
        his = [
            kits.add_item(tag, ItemKind.PC, by=by, model="ThinkCentre").id
            for tag in ("PC-0001", "PC-0002")
        ]
        kits.hand_to(his, bo, by=by, because="handover:2")
        home_checks.begin(
            "Herbst",
            due_on=clock.today() + timedelta(days=7),
            wants_photo=True,
            employee_ids=[ayse],
            team_id=None,
            by=by,
            book=book(),
        )
        link = link_for(f"employee:{ayse}", book=book(), by=by, employee_id=ayse)
        keys = LinkBook(houses.SECRET, (), "http://localhost", timedelta(days=9))
        token = keys.token(TokenKind.PERSONAL, link.id, link.nonce)
        (folder / TOKEN).write_text(token, encoding="ascii")


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.House]:
    """A running house in which something is to be counted."""
    folder = tmp_path_factory.mktemp("counting")
    furnish(folder, sqlite_template)
    with live.served(folder) as running:
        yield running


def figure(page: Page, name: str) -> str:
    return page.locator(f"[data-count-figure={name}]").inner_text()


def confirmed(page: Page, question: str) -> None:
    """Answer the one question with yes, as it is written on its button."""
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text(question)
    asked.get_by_role("button").last.click()


def settle_at_once(page: Page, screenshots: Path) -> None:
    """What is missing by ticking it, what was not expected by one decision about all."""
    page.get_by_role("link", name="Aufgabe von Jonas Reuter").first.click()
    looked_at(page)
    page.get_by_role("link", name="Entscheiden …").click()
    expect(page.get_by_text("2 Differenzen warten auf eine Entscheidung.")).to_be_visible()
    page.get_by_label("MO-0004 auswählen").check()
    page.get_by_label("Über die Auswahl entscheiden").get_by_role(
        "button", name="Doch gefunden"
    ).click()
    expect(page.get_by_text("Über eine Zeile ist entschieden.")).to_be_visible()
    page.get_by_role("link", name="Alle auf einmal entscheiden …").click()
    looked_at(page)
    page.screenshot(path=screenshots / "count-decide.png", full_page=True)
    page.get_by_role("button", name="Alle sind jetzt hier …").click()
    confirmed(page, "dass es hier ist?")
    expect(page.get_by_role("row").filter(has_text="PC-0001")).to_contain_text("richtiggestellt")
    page.goto("/aufgaben/")
    looked_at(page)


def test_two_phones_count_and_the_differences_find_an_owner(
    browser: Browser, house: live.House, screenshots: Path
) -> None:
    with phone(browser, house) as mine, phone(browser, house) as other:
        page = mine.page
        page.goto("/geraete/inventuren")
        looked_at(page)
        page.get_by_label("Name").fill("Jahresende")
        page.get_by_role("button", name="Zählung beginnen").click()
        page.locator("form[data-scan][data-ready]").wait_for()
        other.page.goto(page.url)
        other.page.locator("form[data-scan][data-ready]").wait_for()
        told = page.locator("[data-scan-say]")

        scan(page, "MO-0001")
        expect(told).to_contain_text("MO-0001 gefunden: Monitor Dell P2422H.")
        scan(other.page, "MO-0002")
        expect(other.page.locator("[data-scan-say]")).to_contain_text("MO-0002 gefunden")
        scan(page, "MO-0002")
        expect(told).to_contain_text("schon gezählt")
        scan(page, "PC-0001")
        expect(told).to_contain_text("Laut Bestandsbuch: Bo Rau.")
        scan(page, "FREMD-9")
        expect(told).to_contain_text("FREMD-9 kennt niemand.")
        expect(page.get_by_role("link", name="Aufnehmen").first).to_be_visible()
        expect(other.page.locator("[data-count-figure=unexpected]")).to_have_text("1")
        assert (figure(page, "expected"), figure(page, "strangers")) == ("4", "1")
        scan(page, "MO-0003")
        expect(told).to_contain_text("MO-0003 gefunden")
        page.locator("[data-count-back] button").click()
        expect(page.get_by_text("1 ist zurückgenommen.")).to_be_visible()
        looked_at(page)
        page.screenshot(path=screenshots / "count-phone.png", full_page=True)

        page.get_by_role("link", name="Schließen …").click()
        expect(page.locator("main")).to_contain_text("3 Differenzen: 2 fehlen, 1 hier nicht")
        looked_at(page)
        page.get_by_role("button", name="Bestandsaufnahme schließen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Jahresende")
        expect(other.page.get_by_text("Jemand hat diese Bestandsaufnahme")).to_be_visible()
        page.set_viewport_size(DESK)
        row = page.get_by_role("row").filter(has_text="MO-0003")
        row.get_by_role("button", name="Doch gefunden").click()
        expect(row).to_contain_text("doch gefunden")
        arrived(page)  # its address names a line, and the page goes there when it is all there
        page.evaluate("scrollTo(0, 0)")  # the bar above hides what lies half below it
        looked_at(page)
        page.screenshot(path=screenshots / "count-result.png", full_page=True)
        page.get_by_role("link", name="Protokoll zum Drucken").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Protokoll Jahresende")
        looked_at(page)
        page.go_back()
        settle_at_once(page, screenshots)
        assert mine.heard() == other.heard() == []


def test_a_count_begun_by_mistake_warns_at_its_end_and_is_put_away(
    browser: Browser, house: live.House, screenshots: Path
) -> None:
    with phone(browser, house) as window:
        page = window.page
        page.goto("/geraete/inventuren")
        page.get_by_label("Name").fill("Irrtum")
        page.get_by_role("button", name="Zählung beginnen").click()
        page.get_by_role("link", name="Schließen …").click()
        expect(page.get_by_text("Es wurde nichts gescannt.")).to_be_visible()
        page.get_by_role("button", name="Bestandsaufnahme schließen").click()
        expect(page.get_by_text("ein, um sie trotzdem zu schließen.")).to_be_visible()
        looked_at(page)
        page.screenshot(path=screenshots / "count-close-phone.png", full_page=True)
        page.get_by_role("button", name="Verwerfen …").click()
        confirmed(page, "„Irrtum“ verwerfen?")
        expect(page.get_by_text("Nichts daran ist eine Differenz").first).to_be_visible()
        looked_at(page)
        page.screenshot(path=screenshots / "count-discarded-phone.png", full_page=True)
        assert [one for one in window.heard() if "schliessen" not in one] == []


def test_a_check_at_home_takes_one_hand_and_three_minutes(
    browser: Browser, house: live.House, screenshots: Path
) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (3000, 2000), "navy").save(photo, "JPEG")
    token = (house.folder / TOKEN).read_text(encoding="ascii")
    with opened(browser, house.url, viewport=PHONE, has_touch=True) as window:
        page = window.page
        page.goto(f"/l/{token}")
        page.get_by_role("button", name="Weiter").click()
        page.wait_for_url("**/mein/")
        looked_at(page)
        page.get_by_role("link", name="Jetzt antworten").click()
        looked_at(page)
        first, second = (page.locator(".item-row").nth(place) for place in (0, 1))

        page.context.set_offline(True)
        no = first.get_by_role("button", name="nein")
        no.tap()
        kept = page.get_by_text("Keine Verbindung. Deine Antwort ist gemerkt und wird gesendet.")
        expect(kept).to_be_visible()
        looked_at(page)
        page.get_by_role("button", name="Senden").tap()
        expect(page.get_by_text("tippe noch einmal auf „Senden“")).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_text("1 von 2 beantwortet")).to_be_visible()  # by itself
        expect(no).to_have_attribute("aria-pressed", "true")
        expect(kept).to_be_hidden()
        window.heard()  # the browser said that it could not reach the house
        yes = first.get_by_role("button", name="ja")
        yes.tap()
        expect(yes).to_have_attribute("aria-pressed", "true")
        first.get_by_label("Foto von HS-0001").set_input_files(
            {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
        )
        expect(first.get_by_text("Foto aufgehoben")).to_be_visible()
        second.get_by_role("button", name="defekt").tap()
        second.get_by_label("Notiz zu HS-0002").fill("Ein Ohr ist stumm")
        expect(page.get_by_text("Alles gesagt.")).to_be_visible()
        looked_at(page)
        page.screenshot(path=screenshots / "home-check.png", full_page=True)
        page.get_by_role("button", name="Senden").tap()

        expect(page.get_by_role("heading", level=1)).to_have_text("Danke, das war alles.")
        expect(page.get_by_text("Ein Ohr ist stumm")).to_be_visible()  # though nobody saved it
        looked_at(page)
        assert window.heard() == []
    with phone(browser, house) as desk:
        desk.page.goto("/geraete/inventuren")
        desk.page.get_by_role("link", name="Herbst").click()
        expect(desk.page.get_by_role("row").filter(has_text="HS-0002")).to_contain_text("defekt")
        looked_at(desk.page)
        desk.page.set_viewport_size(DESK)
        desk.page.screenshot(path=screenshots / "home-check-desk.png", full_page=True)
        ask_one(desk.page, screenshots)
        assert desk.heard() == []


def ask_one(page: Page, screenshots: Path) -> None:
    """Whoever ticks somebody means her; what was typed stays, and the mails are named before."""
    page.goto("/geraete/inventuren/zuhause/neu")
    page.get_by_label("Name", exact=True).fill("Nur Bo")
    page.get_by_label("Bo Rau auswählen").check()
    chosen = page.get_by_label("die unten angekreuzten")
    expect(chosen).to_be_checked()
    page.get_by_role("searchbox", name="Finden").fill("Rau")
    page.get_by_role("button", name="Finden").click()
    page.wait_for_url("**q=Rau**")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Nur Bo")
    expect(page.get_by_label("Bo Rau auswählen")).to_be_checked()
    expect(chosen).to_be_checked()
    page.get_by_role("button", name="Weiter: wer eine Mail bekommt").click()
    expect(page.get_by_role("button", name="Eine Mail senden")).to_be_visible()
    looked_at(page)
    page.screenshot(path=screenshots / "home-check-ask.png", full_page=True)
    page.get_by_label("alle, die Geräte haben").check()
    expect(page.get_by_label("Bo Rau auswählen")).not_to_be_checked()
