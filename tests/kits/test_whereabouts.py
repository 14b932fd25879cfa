"""The page of a device answers: who has it, where, since when, by which paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from hoffice import clock
from hoffice.db import db
from hoffice.kits import queries, service
from hoffice.kits.models import Location
from hoffice.kits.rules import Holder, HolderKind, ItemKind, LocationKind
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.pageclient import PageClient

BY = makers.IT
SINCE = datetime(2020, 3, 23, 9, 0, tzinfo=UTC)
PLACES = {
    HolderKind.STOCK: LocationKind.SHELF,
    HolderKind.DESK: LocationKind.DESK,
    HolderKind.REPAIR: LocationKind.REPAIR,
}
"""The kinds of holders that are places of the house, which can have a name."""

SAID = {
    (HolderKind.STOCK, True): ("Es ist im Lager: <Hier>", "It is in the store: <Hier>"),
    (HolderKind.STOCK, False): ("Es ist im Lager", "It is in the store"),
    (HolderKind.DESK, True): (
        "Es ist im Büro, am Platz <Hier>",
        "It is in the office, at desk <Hier>",
    ),
    (HolderKind.DESK, False): ("Es ist an einem Platz im Büro", "It is at a desk in the office"),
    (HolderKind.REPAIR, True): ("Es ist in Reparatur: <Hier>", "It is in repair: <Hier>"),
    (HolderKind.REPAIR, False): ("Es ist in Reparatur", "It is in repair"),
    (HolderKind.EMPLOYEE, True): (
        "Ada <Ott> hat es zu Hause (12045 Berlin)",
        "Ada <Ott> has it at home (12045 Berlin)",
    ),
    (HolderKind.VAN, True): (
        "Es ist unterwegs mit Transporter 7",
        "It is on the way with Van 7",
    ),
    (HolderKind.PARCEL, True): (
        "Es ist in einem Paket unterwegs",
        "It is on the way in a parcel",
    ),
    (HolderKind.LOST, False): ("Es ist verloren", "It is lost"),
    (HolderKind.RETIRED, False): ("Es ist ausgemustert", "It is retired"),
}
"""What the page says of each kind of holder, with and without a name: German, English."""


def _holder(kind: HolderKind, *, is_named: bool) -> Holder:
    if not is_named:
        return Holder(kind)
    if kind is HolderKind.EMPLOYEE:
        return Holder(kind, makers.employee("Ada <Ott>").id)
    if kind not in PLACES:
        return Holder(kind, 7)
    place = Location(code="L77777", name="<Hier>", kind=PLACES[kind], created_at=SINCE)
    db.session.add(place)
    db.session.flush()
    return Holder(kind, place.id)


def headline(page: str) -> str:
    """The bold sentence at the top, as it is read."""
    found = re.search(r'<p class="lage">(.*?)</p>', page, re.DOTALL)
    assert found is not None
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split())


def test_there_is_a_sentence_for_every_kind_of_holder() -> None:
    assert {kind for kind, _named in SAID} == set(HolderKind)


@pytest.mark.parametrize(("kind", "is_named"), sorted(SAID))
def test_the_page_of_a_device_says_who_has_it_where_since_when_and_by_which_paper(
    it: PageClient, given: Given, kind: HolderKind, *, is_named: bool
) -> None:
    with given(), clock.frozen(SINCE):
        item = scene.in_stock(ItemKind.PC)[0]
        away = Holder(HolderKind.VAN, 99)
        service.hand_to([item.id], away, by=BY, because="run:1", at=SINCE)
        to = _holder(kind, is_named=is_named)
        service.hand_to([item.id], to, by=BY, because="stock_take:12")
        item_id = item.id

    german = headline(it.get(f"/geraete/{item_id}", headers={"Accept-Language": "de"}).text)
    english = headline(it.get(f"/geraete/{item_id}", headers={"Accept-Language": "en"}).text)

    assert german.startswith(f"{SAID[kind, is_named][0]}, seit ")
    assert german.endswith("seit 6 Jahren (23.03.2020, 10:00). Beleg: Bestandsaufnahme 12.")
    assert english.startswith(f"{SAID[kind, is_named][1]}, for ")
    assert english.endswith("for 6 years now (23 Mar 2020, 10:00). By: Stock-take 12.")


def test_a_device_in_a_box_is_found_by_its_shelf_and_its_box(it: PageClient, given: Given) -> None:
    with given():
        kit = scene.kit("Bo Rau")
        loose, shelved = kit.items[0].id, kit.items[1].id
        box = scene.box_number(queries.item(loose))
        shelf = _holder(HolderKind.STOCK, is_named=True)
        service.hand_to([shelved], shelf, by=BY, because="stock_take:1")
        other_box = scene.box_number(queries.item(shelved))

    said = headline(it.get(f"/geraete/{loose}", headers={"Accept-Language": "de"}).text)
    assert said.startswith(f"Es ist im Lager, in Karton {box} für Bo Rau, gerade ")
    said = headline(it.get(f"/geraete/{shelved}", headers={"Accept-Language": "de"}).text)
    assert said.startswith(f"Es ist im Lager: <Hier>, in Karton {other_box} für Bo Rau, gerade ")
