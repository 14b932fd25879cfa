"""HR asks a household, an adult of it answers on the employee's phone, HR notes the revocation."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from hoffice.accounts.rules import Role
from tests.browser.conftest import WindowOf
from tests.browser.window import DESK, NARROW, PHONE, barriers, overflow, settled


def looked_at(page: Page) -> None:
    """Nobody is shut out of the page that is open, and nothing sticks out on a small phone."""
    settled(page)
    assert barriers(page) == []
    before = page.viewport_size or DESK
    page.set_viewport_size(NARROW)
    assert overflow(page) == []
    page.set_viewport_size(before)


def test_a_household_is_asked_answers_and_revokes(
    window_of: WindowOf, things: dict[str, str]
) -> None:
    desk = window_of(Role.HR).page
    desk.goto(f"/papiere/mappen/{things['received']}")
    desk.get_by_role("link", name="Weiteres Papier").click()
    desk.get_by_label("Erwachsene Person des Haushalts").fill("Jale Beispiel")
    desk.get_by_role("button", name="Ansehen").click()
    expect(desk.get_by_role("article")).to_contain_text("Jale Beispiel")
    looked_at(desk)
    desk.get_by_role("button", name=re.compile("^An .* senden$")).click()
    expect(desk.get_by_role("heading", name="Einzeln dazugekommen")).to_be_visible()
    looked_at(desk)

    phone = window_of("received").page
    phone.set_viewport_size(PHONE)
    phone.goto("/mein/")
    looked_at(phone)
    phone.get_by_role("link", name="Gemeinsam lesen").click()
    expect(phone.get_by_role("heading", name="Telefon weitergeben")).to_be_visible()
    looked_at(phone)
    phone.get_by_role("link", name="Nicht einverstanden").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Keine Besuche in der Wohnung?")
    looked_at(phone)
    phone.get_by_role("link", name="Zurück zum Papier").click()
    phone.get_by_role("button", name="Lieber tippen").click()
    phone.get_by_label("Vor- und Nachname tippen").fill("Jale Beispiel")
    phone.get_by_role("button", name="Zustimmen und unterschreiben").click()
    expect(phone.get_by_role("article")).to_contain_text("Unterschrieben von Jale Beispiel")
    looked_at(phone)

    desk.reload()
    desk.get_by_role("link", name="Dieses zurückziehen").click()
    looked_at(desk)
    desk.get_by_label("Warum wird dieses Papier zurückgezogen?").fill("Anruf am Montag")
    desk.get_by_role("button", name="Zurückziehen").click()
    expect(desk.get_by_text("Die Datei bleibt als Beleg erhalten.")).to_be_visible()
    expect(desk.get_by_role("heading", name="Einzeln dazugekommen")).to_be_hidden()
