"""One person gets her desk at home, in real browsers: two desks, and two phones.

``tests/stories`` tells the same on both databases and looks into them; here it matters that every
button is there, that script and policy let the page work, and that no browser complains.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Playwright, expect

from hoffice import clock
from hoffice.accounts import passwords
from hoffice.accounts.rules import Role
from hoffice.agreements import service as agreements
from hoffice.db import db, unit_of_work
from hoffice.demo.days import Days
from hoffice.demo.models import DemoMark
from hoffice.factory import create_app
from hoffice.kits import service as kits
from hoffice.kits.rules import ItemKind
from hoffice.runs import service as runs
from tests import houses, makers
from tests.browser import live
from tests.browser.window import DESK, Window, barriers, draw, keep, opened, overflow
from tests.postbox import Postbox, served

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
CODE = re.compile(r"^(\d{6})\r?$", re.MULTILINE)
PLAN_WITHIN_MS = 120_000


@dataclass
class Story:
    """The people of the story, each at an own window, and the mail server."""

    house: live.House
    postbox: Postbox
    it: Window
    hr: Window
    driver: Window
    aylin: Window
    screenshots: Path

    def link_in_the_mail(self, to: str) -> str:
        """The personal link in the newest mail to this address, which the worker has sent."""
        for mail in reversed(self.postbox.mails):
            found = LINK.search(mail.get_body(("plain",)).get_content())
            if mail["To"] == to and found is not None:
                return found[1]
        pytest.fail(f"no mail with a link to {to}")

    def code_in_the_mail(self) -> str:
        """The one-time code in the newest mail that carries one."""
        for mail in reversed(self.postbox.mails):
            found = CODE.search(mail.get_body(("plain",)).get_content())
            if found is not None:
                return found[1]
        pytest.fail("no mail with a code")


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
        van_id, day = makers.van().id, Days(clock.today()).on(1)
        runs.add_shift(van_id, day, start_min=480, end_min=990, driver_id=can.id, by=makers.IT)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def house_command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What whoever runs the house types at its terminal: ``flask`` and these words."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=live.ROOT,
        env=live.environment(folder, port=8000),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def story(
    browser: Browser,
    playwright: Playwright,
    sqlite_template: Path,
    tmp_path: Path,
    screenshots: Path,
) -> Iterator[Story]:
    """A running house with its mail server, and four windows."""
    furnish(tmp_path, sqlite_template)
    assert house_command(tmp_path, "agreements", "seal-key", "make").returncode == 0
    phone: dict[str, Any] = {**playwright.devices["Pixel 7"], "device_scale_factor": 2}
    with (
        served() as (postbox, smtp),
        live.served(tmp_path, smtp=smtp) as house,
        ExitStack() as all_,
    ):
        kinds: list[dict[str, Any]] = [{"viewport": DESK}, {"viewport": DESK}, phone, phone]
        it, hr, driver, aylin = (
            all_.enter_context(opened(browser, house.url, **kind)) for kind in kinds
        )
        told = Story(
            house=house,
            postbox=postbox,
            it=it,
            hr=hr,
            driver=driver,
            aylin=aylin,
            screenshots=screenshots,
        )
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


def follow_bar(page: Page, name: str | re.Pattern[str]) -> None:
    """Follow the next step that the bar under the thumb offers."""
    page.get_by_role("complementary", name="Nächster Schritt").get_by_role(
        "link", name=name
    ).click()
    page.wait_for_load_state()


def wait_until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait for something outside of the browser."""
    for _ in range(600):
        if is_so():
            return
        page.wait_for_timeout(100)
    pytest.fail("it did not happen within a minute")


def test_from_a_staff_list_to_a_confirmed_receipt(story: Story) -> None:
    sign_in(story)
    import_the_list(story.it.page)
    give_and_pack_the_kit(story.it.page)
    send_the_papers(story)
    open_the_link_from_the_mail(story)
    confirm_address_and_times(story.aylin.page)
    run_path = plan_the_run(story.it.page)
    codes = refuse_to_load_before_the_signature(story)
    read_and_sign_by_drawing(story)
    keep_the_copies(story.aylin.page)
    check_the_sealed_paper(story)
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
    file: FilePayload = {
        "name": "personal.csv",
        "mimeType": "text/csv",
        "buffer": STAFF_LIST.encode("utf-16"),
    }
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
    expect(page.get_by_role("heading", name="Aylin Yıldız")).to_be_visible()
    follow(page, "Mappe schicken …")
    page.get_by_label("Wer unterschreibt für den Arbeitgeber").fill("Svenja Adler")
    page.get_by_label("Anschrift der Firma").fill("Alexanderplatz 1, 10178 Berlin")
    page.get_by_label("Telefon für Fragen und Störungen").fill("030 23125 110")
    page.get_by_label("Kontakt für den Datenschutz").fill("datenschutz@spreeruf.example")
    press(page, "An eine Person schicken")
    page.wait_for_url("**/papiere/ergebnis/*")  # the page of the job leads on when it is done
    expect(page.get_by_role("main")).to_contain_text("Eine Person hat neue Papiere bekommen.")


def open_the_link_from_the_mail(story: Story) -> None:
    """The worker has sent a real mail; on her phone Aylin opens the link in it."""
    page = story.aylin.page
    wait_until(page, lambda: len(story.postbox.mails) > 0)
    page.goto(story.link_in_the_mail("aylin@spreeruf.example"))
    press(page, "Weiter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hallo Aylin, noch 5 Schritte")
    assert page.url == f"{story.house.url}/mein/"


def confirm_address_and_times(page: Page) -> None:
    """She confirms the address with the way to her door, and ticks when she is at home."""
    follow_bar(page, "Adresse bestätigen")
    page.get_by_label("Etage").fill("4")
    page.get_by_role("radio", name="Nein").check()
    page.get_by_label("Klingelname").fill("Yıldız / Rau")
    press(page, "So stimmt es")
    expect(page.get_by_role("heading", name="Wann bist du zu Hause?")).to_be_visible()
    for time in page.get_by_role("checkbox").all():
        time.check()
    press(page, "Diese Zeiten passen mir")
    expect(page.get_by_role("heading", name="7 Papiere, eine Unterschrift")).to_be_visible()
    page.goto("/mein/")
    expect(page.get_by_text(re.compile(r"\d+ Zeiten notiert"))).to_be_visible()


def plan_the_run(page: Page) -> str:
    """IT has the engine plan a van run, sees it on a map, and takes it."""
    page.goto("/fahrten/")
    press(page, "Halte für alle anlegen")
    follow(page, "Planen")
    for shift in page.get_by_role("checkbox").all():
        shift.check()
    page.get_by_role("radio", name=re.compile("schnell")).check()
    page.get_by_role("main").get_by_role("button", name="Planen").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Plan übernehmen")).to_be_visible(timeout=PLAN_WITHIN_MS)
    expect(page.locator("[data-map] .spot").first).to_be_visible()
    assert barriers(page) == []
    press(page, "Plan übernehmen")
    follow(page, re.compile("Bus"))
    expect(page.locator("[data-map] .spot").first).to_be_visible()
    return page.url


def refuse_to_load_before_the_signature(story: Story) -> list[str]:
    """The box may not be loaded yet: the page says why, and whose turn it is."""
    page = story.driver.page
    page.goto("/unterwegs/")
    follow(page, re.compile("Bus"))
    codes = page.locator(".rows .tag").all_inner_texts()
    page.get_by_label("Nummer auf dem Karton").fill(codes[0])
    page.keyboard.press("Enter")
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("ist noch nicht frei")
    expect(refusal).to_contain_text("Mitarbeitende")
    expect(refusal).to_be_focused()
    assert overflow(page) == []
    keep(page, story.screenshots / "phone-refusal.png")
    assert barriers(page) == []
    return codes


def read_and_sign_by_drawing(story: Story) -> None:
    """She reads all papers to their end, types in a code, and signs with one drawn signature."""
    page = story.aylin.page
    page.goto("/mein/")
    follow_bar(page, "Lesen und unterschreiben")
    follow_bar(page, "Lesen: Zusatzvereinbarung Homeoffice")
    for place in range(1, 8):
        expect(page.get_by_text(f"Papier {place} von 7")).to_be_visible()
        press(page, "Gelesen, weiter")
    mails = len(story.postbox.mails)
    assert barriers(page) == []
    press(page, "Code schicken")
    expect(page.get_by_text("unterwegs an a…@spreeruf.example")).to_be_visible()
    wait_until(page, lambda: len(story.postbox.mails) > mails)
    page.get_by_label("Code aus sechs Ziffern").fill(story.code_in_the_mail())
    assert barriers(page) == []
    press(page, "Weiter zur Unterschrift")
    expect(page.get_by_text("7 von 7 gelesen")).to_be_visible()
    press(page, "Verbindlich unterschreiben")
    expect(page.get_by_role("alert")).to_contain_text("fehlt noch die Unterschrift")
    draw(page)
    assert barriers(page) == []
    keep(page, story.screenshots / "phone-sign.png")
    press(page, "Verbindlich unterschreiben")


def keep_the_copies(page: Page) -> None:
    """She confirms that her copies have come; that is a step of its own."""
    expect(page.get_by_role("heading", name="Sind deine Papiere angekommen?")).to_be_visible()
    assert barriers(page) == []
    press(page, re.compile("kann sie speichern"))
    expect(page.get_by_text("Alle Papiere sind unterschrieben")).to_be_visible()


def check_the_sealed_paper(story: Story) -> None:
    """She keeps the sealed file; page and terminal say that it holds, and refuse a changed one."""
    page, file = story.aylin.page, story.house.folder / "zusatz.pdf"
    page.goto("/mein/unterlagen")
    paper = page.get_by_role("link", name="Zusatzvereinbarung Homeoffice").get_attribute("href")
    assert paper is not None

    def is_sealed() -> bool:
        file.write_bytes(page.request.get(paper).body())
        return b"/ETSI.CAdES.detached" in file.read_bytes()

    wait_until(page, is_sealed)
    proved = house_command(story.house.folder, "agreements", "verify", str(file))
    assert proved.returncode == 0, proved.stdout
    page.goto("/pruefen")
    page.get_by_label("Datei").set_input_files(file)
    press(page, "Datei prüfen")
    expect(page.get_by_role("alert")).to_contain_text("gesiegelt und ist unverändert")
    expect(page.get_by_role("main")).to_contain_text("Aylin Yıldız")
    assert barriers(page) == []

    whole = file.read_bytes()
    middle = len(whole) // 2
    for changed in (
        whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        whole + b"\n%%EOF\n",
        whole[:-1],
    ):
        file.write_bytes(changed)
        page.get_by_label("Datei").set_input_files(file)
        press(page, "Datei prüfen")
        expect(page.get_by_role("alert")).to_contain_text("Nicht gültig")
        assert house_command(story.house.folder, "agreements", "verify", str(file)).returncode == 1


def promise_the_window(story: Story, run_path: str) -> None:
    """IT promises the window; the mail and her page say the same."""
    mails = len(story.postbox.mails)
    page = story.it.page
    page.goto(run_path)
    follow(page, "Fenster zusagen")
    assert barriers(page) == []
    press(page, "Ein Fenster zusagen")
    wait_until(page, lambda: len(story.postbox.mails) > mails)
    phone = story.aylin.page
    phone.goto("/mein/lieferung")
    expect(phone.get_by_role("heading", name="Dein Fenster steht fest.")).to_be_visible()


def load_and_drive_off(page: Page, codes: list[str]) -> None:
    """Now every gate is open: both boxes are loaded, and the van drives."""
    assert len(codes) == 2
    for code in codes:
        page.get_by_label("Nummer auf dem Karton").fill(code)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("ist im Bus")
    press(page, "Losfahren")
    page.get_by_role("dialog").get_by_role("button", name="Losfahren").click()
    expect(page.get_by_role("link", name="Zu Halt 1")).to_be_visible()


def hand_over_at_the_door(page: Page) -> None:
    """The driver hands over item by item, and lets her sign on the glass."""
    follow_bar(page, "Zu Halt 1")
    for given in page.get_by_role("radio", name="übergeben").all():
        given.check()
    draw(page)
    assert barriers(page) == []
    press(page, "Übergeben")
    expect(page.get_by_text("zugestellt")).to_be_visible()


def confirm_the_receipt(page: Page) -> None:
    """She confirms the receipt item by item."""
    page.goto("/mein/")
    follow_bar(page, "Geräte annehmen")
    for here in page.get_by_role("radio", name="ist da").all():
        here.check()
    press(page, "Empfang bestätigen")
    expect(page.get_by_role("heading", name="Deine Papiere")).to_be_visible()
    page.goto("/mein/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("alles erledigt")


def read_the_history(page: Page) -> None:
    """Her page shows the whole history in one timeline."""
    page.goto("/suche?q=4471")
    history = page.locator("ol.timeline")
    for deed in (
        "Aus der Personalliste übernommen",
        "Karton am Bus zurückgehalten",
        "Papier unterschrieben",
        "Termin zugesagt",
        "Alle Geräte übergeben",
        "Empfang bestätigt",
    ):
        expect(history).to_contain_text(deed)
