"""The catalogue in the browser: models, kit types, small parts and locations."""

from __future__ import annotations

from collections.abc import Callable

from hoffice.accounts.rules import Role
from hoffice.kits import queries, service
from hoffice.kits.queries import bulk as counted
from hoffice.kits.rules import Goods, ItemKind, LocationKind, Wanted
from hoffice.kits.service import bulk, catalogue
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.pageclient import PageClient

BY = makers.IT
GERMAN = {"Accept-Language": "de"}
MODEL = {
    "kind": "monitor",
    "name": "Klarblick P24",
    "serial_pattern": "KB####",
    "weight_kg": "6,1",
    "value": "149,00",
    "warranty_months": "36",
    "is_fragile": "y",
}


def _type_fields(name: str, *lines: tuple[str, int, int], **goods: str) -> dict[str, str]:
    """What the form of a kit type sends with these lines."""
    fields = {"name": name, "role": "Agent"}
    for n in range(12):
        kind, count, box = lines[n] if n < len(lines) else ("", 1, 1)
        fields |= {f"lines-{n}-kind": kind, f"lines-{n}-count": str(count)}
        fields |= {f"lines-{n}-box_no": str(box), f"lines-{n}-model_id": ""}
    return fields | {key.replace("__", "-"): value for key, value in goods.items()}


def test_a_model_is_written_and_devices_taken_in_from_it_carry_its_facts(
    it: PageClient, given: Given
) -> None:
    assert it.post("/geraete/modelle/neu", MODEL).status_code == 302
    again = it.post("/geraete/modelle/neu", {**MODEL, "name": "klarBLICK  p24"}, headers=GERMAN)
    assert again.status_code == 422
    assert "Das Modell „Klarblick P24“ gibt es in dieser Art schon." in again.text
    wrong = it.post("/geraete/modelle/neu", {**MODEL, "name": "M", "ean": "123"}, headers=GERMAN)
    assert "8, 12, 13 oder 14 Ziffern" in wrong.text
    with given():
        model_id = queries.models_in_use()[0].id
    assert f'selected value="{model_id}"' in it.get(f"/geraete/neu?model={model_id}").text
    fields = {"model_id": str(model_id), "kind": "pc", "asset_tag": "HW-7", "count": "1"}

    wrong = it.post("/geraete/neu", {**fields, "serial": "X1"}, headers=GERMAN)
    assert wrong.status_code == 422
    assert "Wurde eine andere Nummer des Geräts gescannt?" in wrong.text
    it.post("/geraete/neu", {**fields, "serial": "kb0001", "bought_on": "2024-11-02"})

    with given():
        item = queries.item_by_tag("HW-7")
        assert item is not None
        assert (item.kind, item.weight_g, item.value_cents) == (ItemKind.MONITOR, 6100, 14900)
        assert str(item.warranty_until) == "2027-11-02"
    page = it.get("/geraete/modelle?kind=monitor&q=klar", headers=GERMAN).text
    assert "KB####" in page
    assert "149 €" in page.replace("\xa0", " ")
    assert "Klarblick" in it.get("/geraete/modelle?export=csv", headers=GERMAN).text
    assert it.post(f"/geraete/modelle/{model_id}", {**MODEL, "name": "P25"}).status_code == 302
    assert "P25" in it.get(f"/geraete/modelle/{model_id}").text
    assert 'value="6,10"' in it.get(f"/geraete/modelle/{model_id}", headers=GERMAN).text
    english = {"Accept-Language": "en"}
    assert 'value="6.10"' in it.get(f"/geraete/modelle/{model_id}", headers=english).text
    assert it.post(f"/geraete/modelle/{model_id}/stilllegen").status_code == 302
    assert it.post(f"/geraete/modelle/{model_id}/wieder").status_code == 302


def test_a_kit_type_gets_versions_and_its_page_says_what_changed(
    it: PageClient, given: Given
) -> None:
    with given():
        cable = bulk.add_good(bulk.GoodFacts("Netzwerkkabel"), by=BY).id
    first = _type_fields("Telefonplatz", ("pc", 1, 1), ("monitor", 1, 2))
    it.post("/geraete/arten/neu", first)
    with given():
        old = queries.kit_types()[0].id
    form = it.get(f"/geraete/arten/{old}/aendern").text
    assert 'value="Telefonplatz"' in form
    better = _type_fields(
        "Telefonplatz",
        ("pc", 1, 1),
        ("monitor", 2, 2),
        goods__0__good_id=str(cable),
        goods__0__count="2",
        goods__0__box_no="1",
    )

    assert it.post(f"/geraete/arten/{old}/aendern", better).status_code == 302

    with given():
        new = queries.kit_types()[0].id
    page = it.get(f"/geraete/arten/{old}", headers=GERMAN).text
    for said in (
        "Karton 1: 2 × Netzwerkkabel ist neu",
        "Karton 2: 2 × Monitor statt 1",
        "Du kommst von Version 1",
        "Version 2",
    ):
        assert said in page
    late = it.post(f"/geraete/arten/{old}/aendern", first, headers=GERMAN)
    assert late.status_code == 409
    assert "hat inzwischen jemand geändert" in late.text
    assert f"/geraete/arten/{new}/aendern" in late.text
    types = it.get("/geraete/arten?q=agent", headers=GERMAN).text
    assert types.count("Telefonplatz</a>") == 1


def test_a_wrong_number_in_a_line_of_a_kit_type_is_said_in_german(it: PageClient) -> None:
    said = it.post(
        "/geraete/arten/neu", _type_fields("Agent", ("pc", 99, 1), ("mouse", 1, 0)), headers=GERMAN
    )

    assert said.status_code == 422
    assert said.text.count("muss zwischen") == 2
    assert "Number must" not in said.text
    assert "2 Angaben brauchen noch einen Blick:" in said.text
    assert '<a href="#lines-0-count">Geräte, Zeile 1: Wie viele</a>' in said.text
    assert '<a href="#lines-1-box_no">Geräte, Zeile 2: Karton</a>' in said.text
    assert 'id="lines-1-box_no"' in said.text


def test_an_old_kit_is_brought_up_to_the_newest_version_and_says_what_it_lacks(
    it: PageClient, given: Given
) -> None:
    with given():
        cable = bulk.add_good(bulk.GoodFacts("Netzwerkkabel"), by=BY)
        kit = scene.kit("Bo Rau")
        old = kit.kit_type
        lines = [*service.wanted_of(old), Wanted(ItemKind.DOCK, 1, 1)]
        service.change_kit_type(old.id, old.name, lines, goods=[Goods(cable.id, 2, 1)], by=BY)
        kit_id, cable_id = kit.id, cable.id
    path = f"/geraete/kits/{kit_id}"
    assert "die neueste ist Version 2" in it.get(path, headers=GERMAN).text
    assert "Bo Rau" in it.get("/geraete/kits/?version=old").text

    done = it.post(f"{path}/neueste-fassung", headers=GERMAN, follow_redirects=True)

    assert "1\xa0×\xa0Dockingstation, 2\xa0×\xa0Netzwerkkabel" in done.text
    assert f"{path}/ergaenzen" not in done.text
    nothing = it.post(f"{path}/ergaenzen", headers=GERMAN, follow_redirects=True)
    assert "liegt frei im Bestand" in nothing.text
    with given():
        damaged, dock = scene.in_stock(ItemKind.DOCK, ItemKind.DOCK)
        damaged.condition = "damaged"
        tag = dock.asset_tag
    assert f"{path}/ergaenzen" in it.get(path).text
    laid = it.post(f"{path}/ergaenzen", headers=GERMAN, follow_redirects=True)
    assert f"Aus dem Bestand dazugelegt: {tag}." in laid.text
    assert "Dockingstation, 2" not in laid.text
    assert (
        "liegt frei im Lager"
        in it.post(f"{path}/auffuellen", headers=GERMAN, follow_redirects=True).text
    )
    it.post(f"/geraete/kleinteile/{cable_id}/aufnehmen", {"count": "5"})
    filled = it.post(f"{path}/auffuellen", headers=GERMAN, follow_redirects=True)
    assert "2 Kleinteile wurden hineingelegt." in filled.text
    assert "2&nbsp;×&nbsp;<a" in filled.text
    with given():
        row, code = queries.kit(kit_id).goods[0].id, queries.kit(kit_id).boxes[0].code
    assert "2&nbsp;×&nbsp;Netzwerkkabel" in it.get(f"/geraete/karton/{code}").text
    assert "2\xa0×\xa0Netzwerkkabel" in it.get("/geraete/kartons").text
    out = it.post(f"{path}/kleinteile/{row}/heraus", headers=GERMAN, follow_redirects=True)
    assert "2 × Netzwerkkabel liegt wieder im Lager." in out.text


def test_small_parts_are_taken_in_counted_and_tell_who_has_them(
    it: PageClient, given: Given
) -> None:
    made = it.post("/geraete/kleinteile/neu", {"name": "Netzwerkkabel", "value": "4"})
    path = made.headers["Location"]
    it.post(f"{path}/aufnehmen", {"count": "40"})
    refused = it.post(
        f"{path}/zaehlen",
        {"counted": "38", "expected": "39", "reason": "gezählt"},
        headers=GERMAN,
    )
    assert refused.status_code == 409
    assert "Jetzt müssten es 40 sein" in refused.text
    assert it.post(f"{path}/zaehlen", {"counted": "38", "expected": "40"}).status_code == 422
    assert it.post(f"{path}/aufnehmen", {"count": "0"}).status_code == 422

    it.post(f"{path}/zaehlen", {"counted": "38", "expected": "40", "reason": "zwei fehlen"})

    page = it.get(path, headers=GERMAN).text
    assert "<b>38</b> liegen frei im Lager." in page
    assert "zwei fehlen" in page
    assert "Ins Lager genommen" in page
    assert ";38;0;0;0;2" in it.get("/geraete/kleinteile?export=csv", headers=GERMAN).text
    assert it.post(f"{path}/aendern", {"name": "Kabel"}).status_code == 302
    assert it.post(f"{path}/stilllegen").status_code == 302
    assert "Kabel" in it.get("/geraete/kleinteile?q=kab").text
    with given():
        assert counted.good_by_name("Kabel") is not None


def test_places_are_made_in_a_row_and_devices_are_put_there_by_scanning(
    it: PageClient, given: Given
) -> None:
    made = it.post("/geraete/orte/neu", {"kind": "desk", "name": "A-101", "count": "40"})
    assert made.status_code == 302
    again = it.post(
        "/geraete/orte/neu", {"kind": "desk", "name": "A-140", "count": "1"}, headers=GERMAN
    )
    assert again.status_code == 422
    assert "Den Ort A-140 gibt es schon." in again.text
    with given():
        desk = next(one for one in queries.locations_in_use() if one.name == "A-140")
        code = desk.code
        items = scene.in_stock(ItemKind.PC, ItemKind.MOUSE)
        tags, item_id = [item.asset_tag for item in items], items[0].id
    path = f"/geraete/ort/{code}"
    assert it.get(f"/geraete/ort/{code.lower()}").headers["Location"] == path

    wrong = it.post(f"{path}/hierher", {"tags": f"{tags[0]} HW-99999"}, headers=GERMAN)
    assert wrong.status_code == 409
    assert "Nichts wurde geändert." in wrong.text
    it.post(f"{path}/hierher", {"tags": " ".join(tags)})

    page = it.get(path, headers=GERMAN).text
    assert all(tag in page for tag in tags)
    assert "A-140" in it.get(f"/geraete/{item_id}").text
    assert it.post(f"{path}/stilllegen").status_code == 409
    assert it.post(f"{path}/umbenennen", {"name": "B-1"}).status_code == 302
    assert ">2<" in it.get("/geraete/orte?q=B-1&kind=desk").text
    assert it.get("/geraete/ort/L99999").status_code == 404


def test_an_auditor_reads_the_catalogue_and_changes_nothing(
    signed_in: Callable[..., PageClient], given: Given
) -> None:
    with given():
        good_id = bulk.add_good(bulk.GoodFacts("Netzwerkkabel"), by=BY).id
        type_id = makers.kit_type().id
        code = catalogue.add_locations("A-1", 1, LocationKind.DESK, by=BY)[0].code
    reader = signed_in(Role.AUDITOR)

    for path in (
        "/geraete/modelle",
        "/geraete/kleinteile",
        f"/geraete/kleinteile/{good_id}",
        "/geraete/orte",
        f"/geraete/ort/{code}",
        f"/geraete/arten/{type_id}",
    ):
        page = reader.get(path, headers=GERMAN)
        assert page.status_code == 200, path
        assert 'method="post" action="/geraete' not in page.text, path
    assert reader.post(f"/geraete/ort/{code}/hierher").status_code == 403


def test_a_device_is_changed_on_its_page_and_says_in_the_form_what_is_refused(
    it: PageClient, signed_in: Callable[..., PageClient], given: Given
) -> None:
    with given():
        mine, other = (item.id for item in scene.in_stock(ItemKind.PC, ItemKind.PC))
    path = f"/geraete/{mine}/aendern"
    assert f'href="{path}"' in it.get(f"/geraete/{mine}").text
    assert (
        it.fill(path, {"serial": "SN-1", "value": "849,50", "note": "Lüfter laut"}).status_code
        == 303
    )

    page = it.get(f"/geraete/{mine}", headers=GERMAN).text.replace("\xa0", " ")
    for said in ("SN-1", "849,50 €", "Lüfter laut"):
        assert said in page
    refused = it.fill(f"/geraete/{other}/aendern", {"serial": "sn-1", "note": "bleibt stehen"})
    assert refused.status_code == 409
    assert "bleibt stehen" in refused.text
    wrong = it.fill(path, {"bought_on": "31.02.2020"})
    assert wrong.status_code == 422
    reader = signed_in(Role.AUDITOR)
    assert path not in reader.get(f"/geraete/{mine}").text
    assert reader.get(path).status_code == 403
