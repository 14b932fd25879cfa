"""Photos and papers about devices: kept without what they tell, removed, brought back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from hoffice.accounts.rules import Role
from hoffice.kits.rules import ItemKind
from tests.conftest import Given
from tests.kits import scene
from tests.kits.photos import GERMAN, PLACE, photo, send
from tests.pageclient import PageClient


def test_a_photo_is_kept_without_its_place_and_can_be_removed_and_brought_back(
    it: PageClient, given: Given, signed_in: Callable[..., PageClient]
) -> None:
    with given():
        item_id = scene.in_stock(ItemKind.MONITOR)[0].id
    page = f"/geraete/{item_id}"

    assert send(it, item_id, (photo(), "../Kabel links.JPG")).status_code == 302

    shown = it.get(page, headers=GERMAN).text
    assert 'alt="Verkabelung: links"' in shown
    address = re.search(r'src="(/geraete/anlagen/\d+)"', shown)
    assert address is not None
    kept = signed_in(Role.AUDITOR).get(address[1])
    assert PLACE not in kept.data
    assert kept.mimetype == "image/jpeg"
    assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert 'inline; filename="Kabel links.jpg"' in kept.headers["Content-Disposition"]
    assert signed_in(Role.HR).get(address[1]).status_code == 403
    assert signed_in(Role.AUDITOR).post(f"{address[1]}/entfernen").status_code == 403

    it.post(f"{address[1]}/entfernen")
    assert it.get(address[1]).status_code == 404
    gone = it.get(page, headers=GERMAN).text
    assert "<img" not in gone
    assert "Eines wurde entfernt" in gone
    it.post(f"{address[1]}/wieder")
    assert it.get(address[1]).status_code == 200


def test_what_is_no_photo_is_refused_by_name_and_the_others_are_kept(
    it: PageClient, given: Given
) -> None:
    with given():
        item_id = scene.in_stock(ItemKind.MONITOR)[0].id
    text, pdf = (b"no photo", "notiz.jpg"), (b"%PDF-1.7\n...", "rechnung.pdf")

    alone = send(it, item_id, text, note="hinten rechts")
    assert alone.status_code == 422
    assert "notiz.jpg: Das ist kein Bild, das sich lesen lässt." in alone.text
    assert 'value="hinten rechts"' in alone.text  # what was typed is still there
    assert send(it, item_id, pdf).status_code == 422  # wiring is no paper

    both = send(it, item_id, text, (photo(), "a.jpg"), pdf, kind="invoice")
    assert both.status_code == 302
    shown = it.get(f"/geraete/{item_id}", headers=GERMAN).text
    assert "notiz.jpg: Das ist kein Bild" in shown
    assert shown.count("<figure") == 2
    paper = re.search(r'href="(/geraete/anlagen/\d+)" download', shown)
    assert paper is not None
    found = it.get(paper[1])
    assert (found.data, found.mimetype) == (pdf[0], "application/pdf")
    assert found.headers["Content-Disposition"].startswith("attachment")


def test_a_photo_of_forty_megabytes_is_told_what_goes_through_and_led_back(
    it: PageClient, given: Given
) -> None:
    with given():
        item_id = scene.in_stock(ItemKind.MONITOR)[0].id

    answer = it.client.post(
        f"/geraete/anlagen/neu?zu=item:{item_id}",
        input_stream=io.BytesIO(b"--x"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(40_000_000)},
        headers=GERMAN,
    )

    assert answer.status_code == 413
    assert "Es gehen höchstens 25 MB auf einmal durch." in answer.text
    assert f'href="/geraete/anlagen/neu?zu=item:{item_id}"' in answer.text
    assert it.get(f"/geraete/anlagen/neu?zu=item:{item_id}").status_code == 200
    for nothing in ("item:999", "item:x", "nonsense", "employee:1"):
        assert it.get(f"/geraete/anlagen/neu?zu={nothing}").status_code == 404
