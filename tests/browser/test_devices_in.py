"""A list of devices from the upload to its undoing, and a photo that is made smaller on the way."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser import live
from tests.browser.staff import looked_at, phone
from tests.browser.test_counting import house
from tests.browser.window import DESK, PATIENCE_MS

__all__ = ["house"]

LIST = (
    "Asset Tag,Serial,Category,Manufacturer,Model,Purchase Date,Purchase Cost,Warranty,"
    "Checked Out To,Notes\n"
    "MO-0001,CN-1,Monitor,Dell,P2723D,2025-03-01,219.90,36 months,,\n"
    'NB-0001,PF-1,Notebooks,Lenovo,ThinkPad T14,2025-03-01,"1,099.00",36 months,Ayşe Kaya,\n'
    'NB-0002,PF-1,Notebooks,Lenovo,ThinkPad T14,2025-03-01,"1,099.00",36 months,,\n'
    'NB-0003,PF-3,Notebooks,Lenovo,ThinkPad T14,2025-03-01,"1,099.00",36 months,Niemand,\n'
)


def photo() -> bytes:
    """As large as a phone takes it, and not of one colour."""
    target = io.BytesIO()
    Image.radial_gradient("L").resize((4000, 3000)).save(target, "JPEG", quality=95)
    return target.getvalue()


def test_a_list_comes_in_and_goes_and_a_photo_is_made_smaller_before_it_is_sent(
    browser: Browser, house: live.House, screenshots: Path
) -> None:
    with phone(browser, house) as window:
        page = window.page
        page.set_viewport_size(DESK)
        page.goto("/geraete/import")
        looked_at(page)
        upload: FilePayload = {"name": "snipe.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
        page.get_by_label("Geräteliste").set_input_files(upload)
        page.get_by_role("button", name="Liste ansehen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Was die Liste ändern würde")
        looked_at(page)
        page.screenshot(path=screenshots / "import-devices.png", full_page=True)
        page.get_by_role("link", name="Spalten ändern").click()
        looked_at(page)
        page.go_back()
        page.get_by_label("Diese 2 Zeilen auslassen").check()
        page.get_by_role("button", name="2 Änderungen übernehmen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Was die Liste geändert hat")
        looked_at(page)
        page.goto("/geraete/garantie?end=running")
        looked_at(page)
        page.screenshot(path=screenshots / "warranty.png", full_page=True)
        page.goto("/geraete/export")
        looked_at(page)
        page.goto("/geraete/?q=kaya+thinkpad")
        looked_at(page)
        page.get_by_role("link", name="NB-0001").click()
        _photograph(page)
        looked_at(page)
        page.screenshot(path=screenshots / "device-photo.png", full_page=True)
        assert window.heard() == []


def _photograph(page: Page) -> None:
    big = photo()
    page.wait_for_load_state()
    page.get_by_label("Fotos", exact=True).set_input_files(
        {"name": "Kabel.jpg", "mimeType": "image/jpeg", "buffer": big}
    )
    page.wait_for_function(
        "most => document.querySelector('[data-shrink]').files[0].size < most", arg=len(big)
    )
    page.get_by_label("Was es zeigt").select_option("wiring")
    page.get_by_role("button", name="Aufheben").click()
    picture = page.get_by_role("img", name="Verkabelung", exact=True)
    expect(picture).to_be_visible(timeout=PATIENCE_MS)
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 2000
