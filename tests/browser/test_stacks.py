"""HR looks at a scanned stack in a real browser: on a desk and on a phone, shut out nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from hoffice.accounts.rules import Role
from hoffice.agreements import service as agreements
from hoffice.agreements.jobs import handlers
from hoffice.agreements.service import scans
from hoffice.files.service import Store
from hoffice.jobs.worker import work_off
from tests import makers
from tests.agreements.scene import HR, book, sent
from tests.agreements.stacks import blank, pdf_of, prints, torn
from tests.browser import live
from tests.browser.staff import account, furnishing, let_go, signed_in
from tests.browser.window import DESK, NARROW, PHONE, Window, barriers, overflow, settled

OPEN = "/papiere/stapel/1/seiten/2"


def furnish(folder: Path, template: Path) -> None:
    """An account of HR, a pack on its way, and its addendum scanned: one corner is torn off."""
    store = Store(folder / "files")
    with furnishing(folder, template) as app:
        account(Role.HR, "Svenja Adler", "svenja")
        agreements.load_samples(by=HR)  # papers of several sheets
        paper = sent(makers.employee("Aylin Yıldız"), store.root).papers[0]
        first, second, *others = prints(paper, store.root)
        scan = pdf_of([first, torn(second), *others, blank()])
        scans.begin(scans.looked_through([scan], max_mb=25), by=HR, store=store)
    with app.app_context():
        work_off(handlers(store, book()))
    let_go(app)


@pytest.fixture
def window(browser: Browser, sqlite_template: Path, tmp_path: Path) -> Iterator[Window]:
    """A running house in which a stack has come, and HR signed in."""
    furnish(tmp_path, sqlite_template)
    with (
        live.served(tmp_path) as house,
        signed_in(browser, house.url, "svenja", viewport=DESK) as found,
    ):
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
