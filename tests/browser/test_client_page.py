"""A client answers on a phone: from the mail to the answer, without barriers."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import live
from tests.browser.window import NARROW, PHONE, Window, barriers, opened, overflow

ASKED = """
select notice.id, client.name from notice
join client_approval on client_approval.link_id = notice.link_id
join project on project.id = client_approval.project_id
join client on client.id = project.client_id
where notice.template = 'approval' and client_approval.state in ('asked', 'opened')
order by notice.id
"""


@pytest.fixture
def phone(browser: Browser, demo: live.House) -> Iterator[Window]:
    with opened(browser, demo.url, viewport=PHONE, has_touch=True) as window:
        yield window


def test_a_client_approves_on_a_phone(phone: Window, demo: live.House) -> None:
    with sqlite3.connect(demo.folder / live.DATABASE) as house:
        mail, client = house.execute(ASKED).fetchone()
    page = phone.page
    page.goto(f"/demo/postfach/{mail}")
    page.get_by_role("button", name="Link dieser Mail öffnen").click()

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Dürfen diese Personen von zu Hause arbeiten?")
    expect(page.locator("body")).to_contain_text(client)
    assert barriers(page) == []
    page.get_by_text("Den ganzen Text hier lesen").click()
    assert barriers(page) == []
    page.set_viewport_size(NARROW)
    assert overflow(page) == []
    page.set_viewport_size(PHONE)

    page.get_by_role("button", name="Antwort senden").click()
    expect(page.get_by_role("alert")).to_contain_text("Wählen Sie, wen Sie freigeben")
    assert barriers(page) == []

    page.get_by_role("radio", name=re.compile("Ich gebe alle .* Personen frei")).check()
    page.get_by_label("Auflagen").fill("Tür zu, bitte.")
    page.get_by_label("Ihr Vor- und Nachname").fill("Petra Reinke")
    page.get_by_role("button", name="Antwort senden").click()

    expect(heading).to_have_text("Ihre Antwort ist da. Danke.")
    expect(page.locator("main")).to_contain_text("Tür zu, bitte.")
    assert barriers(page) == []
    page.set_viewport_size(NARROW)
    assert overflow(page) == []
    assert [one for one in phone.heard() if "422" not in one] == []
