"""Everything taken home: every table of devices, all photos with their list, and by whom."""

from __future__ import annotations

import csv
import io
import re
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.audit.models import AuditLine
from hoffice.db import db, unit_of_work
from hoffice.files.service import Store
from hoffice.kits.models import Item, KitTypeGood
from hoffice.kits.queries import export_records
from hoffice.kits.rules import AttachmentKind, HomeAnswer, ItemKind, LocationKind, ReturnReason
from hoffice.kits.service import (
    asking_back,
    attachments,
    catalogue,
    counting,
    differences,
    fate,
    home_checks,
    transfers,
)
from hoffice.kits.views.exports import WHOLES
from hoffice.settings import Settings
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import book
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.kits.photos import PLACE, photo
from tests.pageclient import PageClient

GERMAN = {"Accept-Language": "de"}
BY = makers.IT
LIVE = "=HYPERLINK(1)"


@dataclass(frozen=True)
class Told:
    """What stands in the files and can be looked for."""

    tag: str
    box: str
    desk: str


@pytest.fixture
def told(given: Given) -> Told:
    """A house in which something of everything has happened."""
    with given():
        clerk = makers.account(Role.IT, name="Inge Lager")
        kit = returning_scene.at_home("Mert Öztürk")
        other = makers.employee("Lena Fuchs").id
        good = returning_scene.cables_with(kit.employee_id)
        good.name = LIVE
        db.session.add(KitTypeGood(kit_type_id=kit.kit_type_id, good_id=good.id, count=2))
        catalogue.add_model(catalogue.ModelFacts(ItemKind.MONITOR, "Klarblick 24"), by=BY)
        [desk] = catalogue.add_locations("Tisch 12", 1, LocationKind.DESK, by=BY)
        mine: dict[ItemKind, Item] = {item.kind: item for item in kit.items}
        _ask(kit.employee_id, mine[ItemKind.PC], owner_id=clerk.id)
        transfers.propose(
            [mine[ItemKind.MOUSE].id], giver_id=kit.employee_id, receiver_id=other,
            note="am Empfang", by=BY, book=book(),
        )  # fmt: skip
        [lost] = scene.in_stock(ItemKind.HEADSET)
        _count_what_goes_wrong(owner_id=clerk.id)
        count = counting.begin("Herbst", location_id=None, by=Actor.staff(clerk.id))
        counting.scan(count.id, str(uuid.uuid4()), "ZZ-99999", by=BY)
        fate.lose(lost.id, by=BY, note="im Umzug")
        asking_back.begin(
            kit.employee_id, ReturnReason.LEAVER, item_ids=[mine[ItemKind.MONITOR].id], by=BY
        )
        return Told(mine[ItemKind.PC].asset_tag, kit.boxes[0].code, desk.code)


def _count_what_goes_wrong(*, owner_id: int) -> None:
    """A count that finds what was about to be passed on, and one begun by mistake."""
    ada, bo = returning_scene.at_home("Ada Ott"), makers.employee("Bo Rau")
    mouse = scene.item_in(ada, ItemKind.MOUSE)
    transfers.propose(
        [mouse.id], giver_id=ada.employee_id, receiver_id=bo.id, note="", by=BY, book=book()
    )
    count = counting.begin("Frühling", location_id=None, by=BY)
    counting.scan(count.id, str(uuid.uuid4()), mouse.asset_tag, by=BY)
    counting.close(count.id, owner_id=owner_id, due_on=clock.today(), by=BY)
    differences.put_right(count.id, mouse.id, by=BY)
    counting.discard(counting.begin("Versehen", location_id=None, by=BY).id, by=BY)


def _ask(employee_id: int, item: Item, *, owner_id: int) -> None:
    """She was asked about her things, and has not sent in yet what she said."""
    home_checks.begin(
        "Winter", due_on=clock.today() + timedelta(days=5), wants_photo=False,
        employee_ids=[employee_id], team_id=None, by=Actor.staff(owner_id), book=book(),
    )  # fmt: skip
    home_checks.say(employee_id, item.id, HomeAnswer.BROKEN)


def lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_every_table_comes_out_with_what_has_happened(
    app: Flask, told: Told, signed_in: Callable[..., PageClient]
) -> None:
    reader = signed_in(Role.AUDITOR)
    with app.app_context():
        lengths = export_records.lengths()

    tables = {
        key: lines(reader.get(f"/geraete/export/{key}.csv", headers=GERMAN).data) for key in WHOLES
    }

    assert {key: len(rows) for key, rows in tables.items()} == lengths
    assert all(lengths[key] for key in WHOLES if key != "files"), lengths
    assert {told.box} <= {row["Karton"] for row in tables["boxes"]}
    assert ("'" + LIVE, "3", "Mert Öztürk") in {
        (row["Kleinteil"], row["Zahl"], row["Wer es hat"]) for row in tables["parts-held"]
    }
    assert tables["parts-ledger"][-1]["Aufgrund von"] == "Übergabeprotokoll 1"
    assert ("'" + LIVE, "2") in {(row["Modell"], row["Zahl"]) for row in tables["types"]}
    assert [row["Modell"] for row in tables["models"]] == ["Klarblick 24"]
    assert (told.desk, "Tisch 12") in {(row["Etikett"], row["Name"]) for row in tables["locations"]}
    passed = tables["transfers"][0]
    assert (passed["Von"], passed["An"], passed["Stand"]) == (
        "Mert Öztürk", "Lena Fuchs", "wartet auf beide"
    )  # fmt: skip
    assert tables["counts"][-1]["Inventarnummer"] == "ZZ-99999"
    came_of_it = {row["Was daraus wurde"] for row in tables["counts"]}
    assert came_of_it == {
        "", "im Bestandsbuch richtiggestellt", "diese Inventarnummer kennt niemand"
    }  # fmt: skip
    assert {row["Bestandsaufnahme"] for row in tables["counts"] if row["Verworfen am"]} == {
        "Versehen"
    }
    assert "Eins der Geräte ist einen anderen Weg gegangen." in {
        row["Grund"] for row in tables["transfers"]
    }
    assert [row["Antwort"] for row in tables["home-checks"]] == [""] * len(tables["home-checks"])
    assert tables["returns"][0]["Grund"] == "verlässt die Firma"
    assert tables["cases"][0]["Anmerkung"] == "im Umzug"
    undecided = tables["cases"][0]
    assert (undecided["Wer trägt es"], undecided["Anteil der Person in €"]) == ("", "")


def test_one_zip_has_every_table_and_no_formula(
    told: Told, signed_in: Callable[..., PageClient]
) -> None:
    reader = signed_in(Role.AUDITOR)
    assert told.box

    packed = zipfile.ZipFile(
        io.BytesIO(reader.get("/geraete/export/alles.zip", headers=GERMAN).data)
    )

    assert packed.testzip() is None
    assert len(set(packed.namelist())) == len(WHOLES)
    for name in packed.namelist():
        for row in lines(packed.read(name)):
            assert not any((cell or "").startswith("=") for cell in row.values()), name
    assert "/k/" not in "".join(packed.read(name).decode() for name in packed.namelist())


def test_every_table_is_a_workbook_too_and_nobody_else_gets_any(
    told: Told, signed_in: Callable[..., PageClient]
) -> None:
    reader = signed_in(Role.AUDITOR)
    page = reader.get("/geraete/export", headers=GERMAN).text
    for key in WHOLES:
        assert f"/geraete/export/{key}.csv" in page
        assert reader.get(f"/geraete/export/{key}.xlsx").data[:2] == b"PK", key
    assert told.tag not in page
    assert reader.get("/geraete/export/passwords.csv").status_code == 404
    assert signed_in(Role.HR).get("/geraete/export/devices.csv").status_code == 403


def test_all_photos_come_with_a_list_for_it_only_and_the_log_says_so(
    app: Flask,
    settings: Settings,
    it: PageClient,
    given: Given,
    signed_in: Callable[..., PageClient],
) -> None:
    with given():
        store = Store(settings.instance / "files")
        clerk = Actor.staff(makers.account(Role.IT, name="Inge Lager").id)
        [item] = scene.in_stock(ItemKind.MONITOR)
        tag = item.asset_tag
        kept = attachments.attach(
            f"item:{item.id}", AttachmentKind.WIRING, photo(), store=store, by=clerk, note="=links"
        )
        pdf = attachments.attach(
            f"item:{item.id}", AttachmentKind.INVOICE, b"%PDF-1.7 x", store=store, by=clerk
        )
        gone = attachments.attach(
            f"item:{item.id}", AttachmentKind.DAMAGE, photo(100), store=store, by=clerk
        )
        attachments.remove(gone.id, by=clerk)
        kept_id, fingerprint = kept.id, kept.file.sha256
        store.path_of(pdf.file.sha256).unlink()

    answer = it.post("/geraete/export/fotos", headers=GERMAN)

    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    shown, index = lines(packed.read("index.csv"))[0], lines(packed.read("index.csv"))
    assert len(index) == 2
    assert shown["Datei"] == f"{tag.lower()}/{kept_id:06d}-verkabelung.jpg"
    assert (shown["Worum es geht"], shown["Durch wen"], shown["SHA-256"], shown["Anmerkung"]) == (
        tag, "Inge Lager", fingerprint, "'=links"
    )  # fmt: skip
    assert PLACE not in packed.read(shown["Datei"])
    assert index[1]["Vorhanden"] == "Die Datei fehlt oder ist beschädigt."
    with app.app_context(), unit_of_work():
        [line] = db.session.query(AuditLine).filter_by(action="kits.attachments_exported")
        assert line.details["files"] == 2
    assert signed_in(Role.AUDITOR).post("/geraete/export/fotos").status_code == 403
    assert "Alle Fotos" not in signed_in(Role.AUDITOR).get("/geraete/export", headers=GERMAN).text
    assert re.search(
        r"2 Fotos und Papiere, etwa 1 MB", it.get("/geraete/export", headers=GERMAN).text
    )
