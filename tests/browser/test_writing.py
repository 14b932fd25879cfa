"""HR changes a text in a real browser, and a colleague approves it: on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from hoffice.accounts.rules import Role
from hoffice.agreements import service as agreements
from hoffice.units import Actor
from tests.browser import live
from tests.browser.staff import account, furnishing, signed_in
from tests.browser.window import DESK, PHONE, Window, barriers, opened, overflow

WRITE = "/papiere/texte/zusatz_telearbeit/de/schreiben"
PREVIEW_WITHIN_MS = 60_000


@dataclass
class Desks:
    """Two people of HR: who writes, and who approves."""

    house: live.House
    author: Window
    colleague: Window


def furnish(folder: Path, template: Path) -> None:
    """Two accounts of HR and the sample texts."""
    with furnishing(folder, template):
        account(Role.HR, "Svenja Adler", "svenja.adler")
        account(Role.HR, "Mira Sommer", "mira.sommer")
        agreements.load_samples(by=Actor.system())


@pytest.fixture
def desks(browser: Browser, sqlite_template: Path, tmp_path: Path) -> Iterator[Desks]:
    """A running house, and both of HR signed in."""
    furnish(tmp_path, sqlite_template)
    with live.served(tmp_path) as house, ExitStack() as windows:
        author, colleague = (
            windows.enter_context(signed_in(browser, house.url, mail, viewport=view))
            for mail, view in (("svenja.adler", DESK), ("mira.sommer", PHONE))
        )
        yield Desks(house, author, colleague)
        assert author.heard() == []
        assert colleague.heard() == []


def put(page: Page, old: str, new: str) -> None:
    """Select some words of the text and type others over them, as with the keyboard."""
    area = page.get_by_label("Text", exact=True)
    area.evaluate(
        "(area, old) => { const at = area.value.indexOf(old); area.focus();"
        " area.setSelectionRange(at, at + old.length); }",
        old,
    )
    page.keyboard.insert_text(new)


def test_a_text_is_written_by_one_and_approved_by_another(desks: Desks) -> None:
    page = desks.author.page
    page.goto(WRITE)
    found = page.locator("[data-writing-findings]")
    expect(found).to_contain_text("Nichts gefunden.")

    put(page, "{{ wochenstunden }} Stunden", "{{ wochenstuden }} Stunden")
    expect(found).to_contain_text("hat kein Feld „wochenstuden“")
    expect(found).to_contain_text("Es fehlt: die Wochenstunden.")
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text(
        "2 Fehler verhindern die Freigabe."
    )
    assert barriers(page) == []

    page.get_by_role("button", name=re.compile("Zu Zeile")).first.click()
    area = page.get_by_label("Text", exact=True)
    line = area.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert "wochenstuden" in line

    put(page, "{{ wochenstuden }}", "")
    page.get_by_role("button", name="Wochenstunden zu Hause", exact=True).press("Enter")
    expect(found).to_contain_text("Nichts gefunden.")
    assert "{{ wochenstunden }}" in area.input_value()
    put(page, "## § 2 Umfang, Arbeitszeit", "## § 2 Umfang und Arbeitszeit")

    page.get_by_role("button", name="Ansehen", exact=True).click()
    preview = page.locator("[data-writing-page]")
    expect(preview).to_contain_text("Schwarzenbergen", timeout=PREVIEW_WITHIN_MS)
    expect(page.get_by_role("heading", name="Vorschau mit den längsten Namen")).to_be_focused()
    assert barriers(page) == []

    page.get_by_label("Was sich geändert hat, und warum").fill("Überschrift geändert")
    page.get_by_role("button", name="Diese Version schreiben").click()
    expect(page.get_by_role("main")).to_contain_text("Freigeben muss jemand anderes aus HR")
    expect(page.get_by_role("button", name="Freigeben")).to_have_count(0)

    page.get_by_role("link", name="Vergleichen …").click()
    expect(page.get_by_role("insertion")).to_contain_text("und")
    expect(page.get_by_role("deletion")).to_contain_text(",")
    assert barriers(page) == []
    approve(desks.colleague.page)


def approve(page: Page) -> None:
    """The colleague finds the draft on the phone, looks at it and approves it."""
    page.goto("/papiere/texte")
    waiting = page.locator(".rows li").filter(has_text="Überschrift geändert")
    waiting.get_by_role("link").click()
    expect(page.get_by_role("button", name="Freigeben …")).to_be_visible()
    assert barriers(page) == []
    assert overflow(page) == []
    page.get_by_role("button", name="Freigeben …").click()
    page.get_by_role("dialog").get_by_role("button", name="Freigeben").click()
    expect(page.get_by_role("main")).to_contain_text(
        "freigegeben von Mira Sommer", timeout=PREVIEW_WITHIN_MS
    )


def test_words_that_are_not_stored_are_not_lost_without_a_question(desks: Desks) -> None:
    page = desks.author.page
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(WRITE)
    page.get_by_label("Text", exact=True).press("Control+End")
    page.keyboard.type("Noch ein Satz.")

    page.get_by_role("main").get_by_role("link", name="Zurück").click()

    expect(page.get_by_label("Text", exact=True)).to_have_value(re.compile(r"Noch ein Satz\."))
    assert asked == ["beforeunload"]
    page.remove_listener("dialog", stay)
    page.on("dialog", lambda dialog: dialog.accept())


def test_without_script_the_same_buttons_answer(browser: Browser, desks: Desks) -> None:
    page = desks.author.page
    state = page.context.storage_state()
    with opened(
        browser,
        desks.house.url,
        viewport=PHONE,
        java_script_enabled=False,
        storage_state=state,
    ) as window:
        plain = window.page
        plain.goto(WRITE)
        plain.get_by_label("Text", exact=True).fill("# Probe\n\n{{ unbekannt }}")
        plain.get_by_role("button", name="Ansehen", exact=True).click()
        expect(plain.get_by_role("alert")).to_contain_text("unbekannt", timeout=PREVIEW_WITHIN_MS)
        expect(plain.get_by_label("Text", exact=True)).to_have_value(re.compile("unbekannt"))
        expect(plain.locator("[data-writing-findings]")).to_contain_text("kein Feld")
