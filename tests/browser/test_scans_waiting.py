"""Scans that cannot be sent: nothing is finished before they are, and none is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from hoffice.accounts.rules import Role
from hoffice.kits.rules import ItemKind, LocationKind
from hoffice.kits.service import catalogue
from hoffice.kits.service import counting as counts
from hoffice.kits.service import teardown as desks
from hoffice.units import Actor
from tests import makers
from tests.browser import live
from tests.browser.staff import account, furnishing, let_go, looked_at, phone, scan, signed_in
from tests.browser.window import PHONE, barriers
from tests.kits import returning_scene, scene

LOW = {"width": 360, "height": 225}
"""What is left of 1440 by 900 at 400 %."""


@dataclass(frozen=True)
class Scene:
    """A running house with two of IT, desks, a count and somebody who gives back."""

    house: live.House
    desks: tuple[int, ...]
    count_id: int
    person_id: int
    tags: dict[ItemKind, str]
    free: tuple[str, ...]
    """The tags of devices in stock."""
    place: tuple[str, str]
    """The name of a place and the code on its label."""

    def desk(self, number: int = 0) -> str:
        """The address of one of the desks."""
        return f"/geraete/abbau/{self.desks[number]}"

    @property
    def count(self) -> str:
        """The address of the count."""
        return f"/geraete/inventuren/{self.count_id}"


@pytest.fixture(scope="module")
def told(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Desks that were begun, a whole kit at home, a count of the house."""
    folder = tmp_path_factory.mktemp("waiting")
    with furnishing(folder, sqlite_template) as app:
        by = Actor.staff(account(Role.IT, "Jonas Reuter", "jonas").id)
        account(Role.IT, "Mira Vogt", "mira")
        kit = returning_scene.at_home("Ayşe Kaya")
        tags = {kind: scene.item_in(kit, kind).asset_tag for kind in scene.KINDS}
        free = tuple(one.asset_tag for one in scene.in_stock(*scene.KINDS, *scene.KINDS))
        [place] = catalogue.add_locations("A-101", 1, LocationKind.DESK, by=by)
        begun = tuple(
            desks.begin(makers.employee(name).id, kit.kit_type_id, by=by, location_id=None).id
            for name in ("Bo Rau", "Jana Demir", "Kim Ott", "Lea Sommer", "Nils Brandt")
        )
        count_id = counts.begin("Jahresende", location_id=None, by=by).id
        facts = begun, count_id, kit.employee_id, tags, free, (place.name, place.code)
    with live.served(folder) as house:
        yield Scene(house, *facts)
    let_go(app)


def cut(context: BrowserContext) -> None:
    """Let no scan through, though pages still come."""
    context.route("**/scan", lambda route: route.abort())


def mend(page: Page) -> None:
    """Scans go through again, and the browser has noticed."""
    page.context.unroute("**/scan")
    page.evaluate("dispatchEvent(new Event('online'))")


def at(page: Page, address: str) -> Locator:
    """Open a page with a field; gives what it says."""
    page.goto(address)
    page.locator("form[data-scan][data-ready]").wait_for()
    return page.locator("[data-scan-say]")


def listed(page: Page) -> Locator:
    return page.locator("[data-scan-aside]")


def test_a_return_calls_nothing_missing_while_scans_wait(browser: Browser, told: Scene) -> None:
    with phone(browser, told.house) as window, signed_in(browser, told.house.url, "mira") as other:
        page = window.page
        page.goto(f"/geraete/rueckgaben/neu/{told.person_id}")
        page.get_by_role("button", name="Rückgabe beginnen").click()
        said = at(page, page.url)
        page.context.set_offline(True)
        for kind in (ItemKind.PC, ItemKind.KEYBOARD, ItemKind.HEADSET):
            scan(page, told.tags[kind])
        expect(page.get_by_text("Ohne Verbindung: 3 Scans warten.")).to_be_visible()

        page.get_by_role("button", name="Erst 3 Scans senden").click()

        expect(said).to_contain_text("Keine Verbindung: 3 Scans sind noch nicht angekommen.")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.context.set_offline(False)
        expect(page.locator(".lage")).to_contain_text("3 von 5")
        expect(page.get_by_role("button", name="Abschließen: 2 Teile fehlen")).to_be_visible()

        cut(page.context)
        scan(page, told.tags[ItemKind.MONITOR])
        expect(page.get_by_role("button", name="Erst 1 Scan senden")).to_be_visible()
        other.page.goto(page.url)  # a colleague does not see what waits on this phone
        other.page.get_by_role("button", name="Abschließen: 2 Teile fehlen").click()
        other.page.get_by_role("dialog").get_by_role("button", name="Abschließen").click()
        expect(other.page.get_by_role("link", name="Zum Verlust")).to_have_count(2)
        mend(page)
        expect(listed(page)).to_contain_text(told.tags[ItemKind.MONITOR])
        expect(listed(page)).to_contain_text(re.compile(r"gescannt um \d\d:\d\d: .*abgeschlossen"))
        page.reload()
        expect(listed(page)).to_contain_text("1 Scan wurde nicht angenommen.")
        expect(listed(page).get_by_role("link", name="Rückgabe beginnen")).to_be_visible()
        looked_at(page)
        listed(page).get_by_role("link", name="Zum Gerät").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(told.tags[ItemKind.MONITOR])
        page.go_back()
        listed(page).get_by_role("button", name="Verwerfen").click()
        expect(listed(page)).to_be_visible()  # asked once
        listed(page).get_by_role("button", name="Wirklich verwerfen?").click()
        expect(listed(page)).to_be_hidden()


def test_what_waits_at_a_desk_is_shown_elsewhere_and_survives_its_end(
    browser: Browser, told: Scene
) -> None:
    with phone(browser, told.house) as window, signed_in(browser, told.house.url, "mira") as other:
        page = window.page
        said = at(page, told.desk())
        scan(page, "IT-0001")
        page.get_by_role("button", name="Monitor").click()
        expect(page.locator("#places .rows a.tag")).to_have_count(1)
        cut(page.context)
        scan(page, told.free[0])
        scan(page, told.free[1])
        expect(page.get_by_text("Ohne Verbindung: 2 Scans warten.")).to_be_visible()
        page.get_by_role("button", name="Erst 2 Scans senden").click()
        expect(said).to_contain_text("Keine Verbindung: 2 Scans sind noch nicht angekommen.")

        page.goto("/geraete")
        strip = page.get_by_label("Scans, die noch warten")
        expect(strip).to_contain_text("2 Scans warten noch in diesem Browser: Platz mit Gerätesatz")
        looked_at(page)
        other.page.goto("/geraete")
        kept = page.evaluate("JSON.stringify(localStorage)")
        other.page.evaluate("kept => Object.assign(localStorage, JSON.parse(kept))", kept)
        other.page.reload()
        expect(other.page.locator("[data-scans-left]")).to_be_hidden()  # they are not hers
        other.page.goto(told.desk())
        other.page.get_by_role("button", name="So beenden").click()
        other.page.get_by_role("dialog").get_by_role("button", name="So beenden").click()
        expect(other.page.get_by_text("Dieser Platz ist fertig.")).to_be_visible()

        strip.get_by_role("link", name="Öffnen").click()
        expect(page.get_by_text("Ohne Verbindung: 2 Scans warten.")).to_be_visible()
        mend(page)
        expect(listed(page).get_by_role("listitem")).to_have_count(2)
        expect(listed(page)).to_contain_text("2 Scans wurden nicht angenommen.")
        expect(listed(page)).to_contain_text(
            re.compile(told.free[0] + r".*gescannt um \d\d:\d\d: Dieser Platz ist fertig")
        )
        looked_at(page)
        listed(page).get_by_role("button", name="Weiter scannen").click()
        for tag in told.free[:2]:
            expect(page.locator("#places .rows a.tag", has_text=tag)).to_be_visible()
        expect(listed(page)).to_be_hidden()
        page.goto("/geraete")
        expect(page.locator("[data-scans-left]")).to_be_hidden()


def test_a_count_is_closed_after_its_scans_and_opened_again_for_late_ones(
    browser: Browser, told: Scene
) -> None:
    with phone(browser, told.house) as window, signed_in(browser, told.house.url, "mira") as other:
        page = window.page
        at(page, told.count)
        other.page.goto(told.count)
        scan(page, "FREMD-1")
        expect(page.locator("[data-count-figure=strangers]")).to_have_text("1")
        expect(page.locator("#strangers")).to_be_visible()  # the list says what the figure says
        other.page.reload()
        strangers = other.page.locator("section", has=other.page.locator("#strangers"))
        strangers.get_by_role("button", name="Verwerfen").click()
        expect(page.locator("[data-count-figure=strangers]")).to_have_text("0")
        expect(page.locator("#strangers")).to_have_count(0)

        cut(page.context)
        scan(page, told.free[5])
        page.get_by_role("link", name="Erst 1 Scan senden").click()
        expect(page.locator("[data-scan-say]")).to_contain_text("1 Scan ist noch nicht angekommen")
        page.goto(f"{told.count}/schliessen")
        page.get_by_role("button", name="Erst 1 Scan senden").click()
        expect(page.locator("[data-scan-say]")).to_contain_text("1 Scan ist noch nicht angekommen")
        looked_at(page)
        asked = page.locator("label[for=agreed]")
        before = asked.inner_text()
        mend(page)
        expect(asked).not_to_have_text(before)  # the scan has gone through, and one less is missing

        page.goto(told.count)
        cut(page.context)
        scan(page, told.free[6])
        close(other.page, told.count)
        page.goto(told.count)
        mend(page)
        expect(listed(page)).to_contain_text("Diese Bestandsaufnahme ist geschlossen.")
        looked_at(page)
        listed(page).get_by_role("button", name="Doch weiterzählen").click()
        page.get_by_role("dialog").get_by_role("button").last.click()
        page.locator("form[data-scan][data-ready]").wait_for()
        expect(page.locator("[data-count-last]")).to_contain_text(told.free[6])


def close(page: Page, count: str) -> None:
    """Close a count of which little was scanned."""
    page.goto(f"{count}/schliessen")
    agreed = page.get_by_label("um sie trotzdem zu schließen")
    words = page.locator("label[for=agreed]").inner_text()
    agreed.fill("".join(re.findall(r"\d", words)))
    page.get_by_role("button", name="Bestandsaufnahme schließen").click()
    expect(page.get_by_role("button", name="Doch weiterzählen")).to_be_visible()


def test_a_scan_while_a_question_is_open_presses_no_button(browser: Browser, told: Scene) -> None:
    with phone(browser, told.house) as window:
        page = window.page
        said = at(page, told.desk(1))
        scan(page, "IT-0101")
        expect(said).to_contain_text("IT-0101")
        page.get_by_role("button", name="So beenden").click()
        expect(page.get_by_role("dialog")).to_be_visible()

        scan(page, told.free[2])

        expect(said).to_contain_text(told.free[2])
        expect(page.locator("#places .rows a.tag", has_text=told.free[2])).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="So beenden")).to_be_visible()
        page.get_by_role("button", name="So beenden").click()  # it asks again
        page.get_by_role("dialog").get_by_role("button", name="Zurück").press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="Mit der Kamera scannen").click()
        answer = page.get_by_role("dialog").locator("[data-scan-answer]")
        for code, state in ((told.free[6], "is-done"), ("K00001-9", "is-problem")):
            scan(page, code)
            expect(answer).to_contain_text(code)
            expect(answer).to_have_class(f"notice {state}")
        assert barriers(page) == []
        page.get_by_role("button", name="Kamera schließen").click()
        assert all("409" in one for one in window.heard())  # a box is no device


def test_two_at_one_desk_see_the_same_and_when_it_is_done(browser: Browser, told: Scene) -> None:
    with phone(browser, told.house) as window, signed_in(browser, told.house.url, "mira") as other:
        page = window.page
        at(page, told.desk(2))
        at(other.page, told.desk(2))
        name, label = told.place

        scan(other.page, label)
        scan(other.page, told.free[3])

        for one in (page, other.page):
            expect(one.locator("#places .rows a.tag", has_text=told.free[3])).to_be_visible()
            expect(one.locator(".page-head")).to_contain_text(name)
        other.page.get_by_role("button", name="So beenden").click()
        other.page.get_by_role("dialog").get_by_role("button", name="So beenden").click()
        expect(page.get_by_text("Jemand hat diesen Platz beendet.")).to_be_visible()
        expect(page.locator("form[data-scan]")).to_be_hidden()
        expect(page.locator(".action-bar")).to_be_hidden()
        looked_at(page)
        assert window.heard() == other.heard() == []


def test_whoever_is_signed_out_is_told_that_and_not_of_the_network(
    browser: Browser, told: Scene
) -> None:
    with phone(browser, told.house) as window:
        page = window.page
        said = at(page, told.desk(3))
        page.context.clear_cookies()
        scan(page, told.free[4])
        expect(said).to_contain_text("Du bist abgemeldet.")
        expect(page.locator("[data-scan-waiting]")).to_have_text(
            "1 Scan wartet, bis du wieder angemeldet bist."
        )


def test_a_magnified_page_hides_no_answer(browser: Browser, told: Scene) -> None:
    with phone(browser, told.house, viewport=LOW) as window:
        page = window.page
        said = at(page, told.desk(4))
        scan(page, "K00001-9")
        expect(said).to_contain_text("K00001-9")
        said.scroll_into_view_if_needed()
        assert said.evaluate(
            """one => [0.02, 0.5, 0.98].every(part => {
              const box = one.getBoundingClientRect();
              const there = document.elementFromPoint(box.x + 20, box.y + box.height * part);
              return one.contains(there);
            })"""
        )
        page.set_viewport_size(PHONE)
