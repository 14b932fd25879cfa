"""HR looks at a scanned stack in a real browser: on a desk and on a phone, shut out nowhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from hoffice import clock
from hoffice.accounts import passwords
from hoffice.accounts.rules import Role
from hoffice.agreements import service as agreements
from hoffice.agreements.jobs import handlers
from hoffice.agreements.service import scans
from hoffice.db import db, unit_of_work
from hoffice.demo.models import DemoMark
from hoffice.factory import create_app
from hoffice.files.service import Store
from hoffice.jobs.worker import work_off
from tests import houses, makers
from tests.agreements.scene import HR, book, sent
from tests.agreements.stacks import blank, pdf_of, prints, torn
from tests.browser import live
from tests.browser.window import DESK, NARROW, PHONE, Window, barriers, opened, overflow, settled

PASSWORD = "Zwei-Kartons-um-acht"
OPEN = "/papiere/stapel/1/seiten/2"


def furnish(folder: Path, template: Path) -> None:
    """An account of HR, a pack on its way, and its addendum scanned: one corner is torn off."""
    shutil.copy(template, folder / live.DATABASE)
    app = create_app(houses.settings(f"sqlite:///{folder / live.DATABASE}", folder, demo=True))
    store = Store(folder / "files")
    with app.app_context(), unit_of_work():
        db.session.add(DemoMark(id=1, made_at=clock.now(), day_three=clock.today()))
        account = makers.account(Role.HR, name="Svenja Adler", email="svenja@spreeruf.example")
        account.password_hash = passwords.hashed(PASSWORD)
        account.totp_secret = None  # the demo asks nobody for a second step
        agreements.load_samples(by=HR)  # papers of several sheets
        paper = sent(makers.employee("Aylin Yıldız"), store.root).papers[0]
        first, second, *others = prints(paper, store.root)
        scan = pdf_of([first, torn(second), *others, blank()])
        scans.begin(scans.looked_through([scan], max_mb=25), by=HR, store=store)
    with app.app_context():
        work_off(handlers(store, book()))
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def window(browser: Browser, sqlite_template: Path, tmp_path: Path) -> Iterator[Window]:
    """A running house in which a stack has come, and HR signed in."""
    furnish(tmp_path, sqlite_template)
    with (
        live.served(tmp_path) as house,
        opened(browser, house.url, viewport=DESK) as found,
    ):
        found.page.goto("/anmelden")
        found.page.get_by_label("E-Mail").fill("svenja@spreeruf.example")
        found.page.get_by_label("Passwort", exact=True).fill(PASSWORD)
        found.page.get_by_role("button", name="Anmelden").click()
        found.page.wait_for_url("**/")
        yield found


def test_a_page_that_nobody_can_read_is_filed_with_one_click(window: Window) -> None:
    page = window.page
    for path in ("/papiere/stapel", "/papiere/stapel/1", OPEN, f"{OPEN}?q=aylin"):
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        page.goto(path)
        settled(page)
        assert barriers(page) == [], path
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(PHONE)
        settled(page)
        assert barriers(page) == [], path
        page.set_viewport_size(NARROW)
        assert overflow(page) == [], path
    page.set_viewport_size(DESK)
    page.goto("/papiere/stapel/1")
    page.get_by_role("link", name="Eine Seite ansehen").click()

    page.get_by_role("button", name="Blatt 2 · Aylin").click()

    expect(page.get_by_text("Das Papier ist vollständig und gilt ab jetzt.")).to_be_visible()
    settled(page)
    assert barriers(page) == []
    expect(page.get_by_role("main")).to_contain_text("Ein Papier wurde abgelegt und gilt.")
    assert window.heard() == []
