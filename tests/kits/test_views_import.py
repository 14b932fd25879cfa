"""Lists of devices in the browser: in, out, and in again without a difference; warranties."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import db, unit_of_work
from hoffice.jobs import worker
from hoffice.jobs.cli import handlers
from hoffice.jobs.service import cancel
from hoffice.kits import jobs, queries, service
from hoffice.kits.queries import item_imports as reading
from hoffice.kits.rules import Holder, HolderKind, ItemKind, ItemState
from hoffice.kits.service import item_import
from hoffice.sheets.reading import read
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient

BY = makers.IT
GERMAN = {"Accept-Language": "de"}
LIST = (
    "Inventarnummer;Kategorie;Modell;Seriennummer;Kaufpreis\r\n"
    "HW-1;Monitor;Dell P24;SN-1;199,90\r\n"
    "HW-2;Headset;Jabra;SN-1;\r\n"
    "HW-3;Maus;<b>Logitech</b>;SN-3;\r\n"
)


def upload(browser: PageClient, content: str | bytes, name: str = "geraete.csv") -> str:
    data = content.encode("utf-8") if isinstance(content, str) else content
    answer = browser.post("/geraete/import", {"file": (io.BytesIO(data), name)}, headers=GERMAN)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_a_list_is_looked_at_taken_over_without_its_wrong_line_and_undone(
    app: Flask, it: PageClient
) -> None:
    path = upload(it, LIST)

    page = it.get(path, headers=GERMAN).text
    assert "Die Seriennummer SN-1 steht schon in Zeile 2, für HW-1." in page
    assert "199,90" in page
    assert page.count("</span> im Lager ·") == 2
    assert "&lt;b&gt;Logitech" in page
    assert "HW-3" not in it.get(f"{path}?zeige=error", headers=GERMAN).text
    with app.app_context():
        assert queries.item_by_tag("HW-1") is None

    it.fill(path, {"expected": "00000000", "skip": "yes"})
    assert "hat sich etwas geändert" in it.get(path, headers=GERMAN).text
    refused = it.fill(path, {"expected": ""})
    assert "Zeilen mit Fehlern: 1" in it.get(refused.location, headers=GERMAN).text
    it.post(f"{path}/uebernehmen", {"skip": "yes"})
    done = it.get(path, headers=GERMAN).text
    assert "<b>2</b> neu" in done
    with app.app_context():
        assert queries.item_by_tag("HW-2") is None
        first = queries.item_by_tag("HW-1")
        assert first is not None
        assert (first.value_cents, first.state) == (19990, ItemState.IN_STOCK)
        item_id = first.id
    ledger = it.get(f"/geraete/{item_id}", headers=GERMAN).text
    assert f'href="{path}">Geräteliste Nr. 1</a>' in ledger

    it.post(f"{path}/rueckgaengig")
    assert "Diese Liste ist rückgängig gemacht." in it.get(path, headers=GERMAN).text
    with app.app_context():
        first = queries.item_by_tag("HW-1")
        assert first is not None
        assert first.state is ItemState.RETIRED


def test_a_list_that_cannot_be_read_or_has_no_tags_says_what_to_do(it: PageClient) -> None:
    no_table = it.post(
        "/geraete/import", {"file": (io.BytesIO(b"\0\1\2"), "x.xlsx")}, headers=GERMAN
    )
    assert no_table.status_code == 422
    assert "als XLSX" in no_table.text

    path = upload(it, "Nummer;Was\r\nA-7;Monitor\r\n")
    assert path.endswith("/spalten")
    page = it.get(path, headers=GERMAN).text
    assert "Es fehlt: Inventarnummer" in page
    twice = it.post(path, {"column-0": "tag", "column-1": "tag"}, headers=GERMAN)
    assert "Zwei Spalten" in twice.text
    answer = it.post(path, {"column-0": "tag", "column-1": "kind"})
    assert "A-7" in it.get(answer.location).text
    it.post(path.replace("/spalten", "/verwerfen"))
    assert it.get(path.replace("/spalten", ""), headers=GERMAN).status_code == 200


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_goes_out_comes_in_as_unchanged(
    app: Flask, it: PageClient, given: Given, language: str, kind: str
) -> None:
    with given():
        for number, one in enumerate(ItemKind):
            made = service.add_item(
                f"RT-{number}", one, model="=Modell 7", serial=f"00{number}",
                weight_g=1234 + number,
                litres=number, is_fragile=number % 2 == 0, value_cents=129_900 + number * 5,
                condition=("good", "used", "damaged", "wie neu", "")[number % 5], by=BY,
            )  # fmt: skip
            made.bought_on, made.warranty_until = date(2025, 2, 3), date(2028, 2, number + 1)
            made.note = "Zeile eins, „zwei“; drei"
        person = makers.employee("Ayşe Kaya").id
        service.hand_to([made.id], Holder(HolderKind.EMPLOYEE, person), by=BY, because="x:1")

    answer = it.get(f"/geraete/export/devices.{kind}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    content = answer.data

    with app.app_context(), unit_of_work():
        table = read(f"x.{kind}", content)
        assert len(table.rows) == len(ItemKind)
        made_import = item_import.begin_import("x", table, by=BY)
        counts = item_import.preview_of(made_import).counts
        assert counts == {
            "error": 0, "new": 0, "changed": 0, "same": len(ItemKind), "hints": 0
        }  # fmt: skip
        assert None not in item_import.columns_of(made_import).fields


def test_a_long_list_is_taken_over_and_undone_by_a_job(app: Flask, it: PageClient) -> None:
    count = item_import.LONG_FROM_LINES
    rows = "".join(f"L-{number:05d};Monitor;S{number}\r\n" for number in range(count))
    path = upload(it, f"Tag;Art;SN\r\n{rows}")

    for deed, state in (("uebernehmen", ItemState.IN_STOCK), ("rueckgaengig", ItemState.RETIRED)):
        answer = it.post(f"{path}/{deed}")
        assert answer.location.startswith("/auftraege/")
        assert it.get(path).location == answer.location  # as long as it is at work
        with app.app_context():
            worker.work_off(handlers())
            db.session.rollback()
            assert queries.state_counts() == {state: count}
            assert reading.newest_item_imports()[0].counts["new"] == count
        assert it.get(path).status_code == 200


def test_undoing_that_was_stopped_can_be_finished_from_the_page(
    app: Flask, it: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_import, "LONG_FROM_LINES", 3)
    monkeypatch.setattr(item_import, "UNDONE_IN_ONE_GO", 2)
    path = upload(it, "Tag;Art\r\nP-1;Maus\r\nP-2;Maus\r\nP-3;Maus\r\nP-4;Maus\r\n")
    with app.app_context(), unit_of_work():
        item_import.apply_import(1, by=BY)
    monkeypatch.setattr(jobs, "sleep", lambda _seconds: _stop_the_job())

    def _stop_the_job() -> None:
        with unit_of_work():
            cancel(reading.item_import(1).job_id or 0, by=BY)

    it.post(f"{path}/rueckgaengig")
    with app.app_context():
        worker.work_off(handlers())
    page = it.get(path, headers=GERMAN).text
    assert "Diese Liste ist zum Teil rückgängig gemacht." in page
    assert "wieder sind wie zuvor: 2" in page
    assert "zum Teil rückgängig" in it.get("/geraete/import", headers=GERMAN).text

    it.post(f"{path}/rueckgaengig")
    assert "Diese Liste ist rückgängig gemacht." in it.get(path, headers=GERMAN).text
    with app.app_context():
        assert queries.state_counts() == {ItemState.RETIRED: 4}


def test_warranties_are_listed_by_their_end(it: PageClient, given: Given) -> None:
    today = clock.today()
    ends: dict[str, Any] = {
        "OVER": today - timedelta(days=1), "TODAY": today, "SOON": today + timedelta(days=30),
        "LATER": today + timedelta(days=90), "FAR": today + timedelta(days=400), "NEVER": None,
        "GONE": today,
    }  # fmt: skip
    with given():
        for tag, until in ends.items():
            service.add_item(f"W-{tag}", ItemKind.LAPTOP, by=BY).warranty_until = until
        gone = queries.item_by_tag("W-GONE")
        assert gone is not None
        service.hand_to([gone.id], Holder(HolderKind.RETIRED), by=BY, because="x:1")

    def shown(end: str) -> list[str]:
        text = it.get(f"/geraete/garantie?end={end}&export=csv").data.decode("utf-8-sig")
        return [line.split(";")[1].removeprefix("W-") for line in text.splitlines()[1:]]

    assert shown("") == ["OVER", "TODAY", "SOON", "LATER", "FAR"]
    assert shown("ended") == ["OVER"]
    assert shown("30") == ["TODAY", "SOON"]
    assert shown("90") == ["TODAY", "SOON", "LATER"]
    assert "noch 30 Tage" in it.get("/geraete/garantie", headers=GERMAN).text


def test_a_list_is_taken_over_at_the_terminal(app: Flask, tmp_path: Path) -> None:
    good, bad = tmp_path / "gut.csv", tmp_path / "schlecht.csv"
    good.write_text("Tag,Model\nT-1,Dell Monitor\n", "utf-8")
    bad.write_text("Tag,Serial\nT-2,S\nT-3,S\n", "utf-8")

    def run(file: Path, *options: str) -> tuple[int, dict[str, Any], str]:
        result = app.test_cli_runner().invoke(args=["kits", "import", str(file), *options])
        return result.exit_code, json.loads(result.stdout.splitlines()[-1]), result.stdout

    code, answer, told = run(good, "--dry-run")
    assert (code, answer["applied"], answer["new"]) == (0, False, 1)
    assert "line 2: new T-1" in told
    assert run(good)[1]["applied"] is True
    assert run(good)[1]["same"] == 1
    code, answer, told = run(bad)
    assert (code, answer["applied"]) == (1, False)
    assert "serial number S stands in line 2 already" in told
    assert run(bad, "--skip-errors")[:2] == (
        0,
        {"lines": 2, "error": 1, "new": 1, "changed": 0, "same": 0, "hints": 0}
        | {"import": 3, "applied": True},
    )
    assert run(Path(__file__))[0] == 2
    with app.app_context():
        assert queries.item_by_tag("T-3") is None
