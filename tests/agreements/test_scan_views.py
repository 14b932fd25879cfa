"""HR's pages around scanned stacks, and the file for the printer."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from PIL import Image

from hoffice.accounts.rules import Role
from hoffice.agreements.jobs import handlers
from hoffice.agreements.models import Paper, ScanBatch
from hoffice.agreements.queries import scans as queries
from hoffice.agreements.rules import PaperState
from hoffice.agreements.service import load_samples
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.files.service import Store
from hoffice.jobs.worker import work_off
from hoffice.settings import Settings
from tests import makers
from tests.agreements.scene import HR, book, sent
from tests.agreements.stacks import blank, pdf_of, photos_of, prints, torn
from tests.conftest import Given
from tests.pageclient import PageClient


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.instance / "files"


@pytest.fixture
def hr(signed_in: Callable[..., PageClient]) -> PageClient:
    return signed_in(Role.HR)


@pytest.fixture
def sheets(given: Given, folder: Path) -> list[Image.Image]:
    """The printed addendum of Aylin Yıldız, whose pack is on its way."""
    with given():
        load_samples(by=HR)  # papers of several sheets
        return prints(sent(makers.employee("Aylin Yıldız"), folder).papers[0], folder)


def upload(hr: PageClient, *files: bytes) -> str:
    """Send files as one stack; gives back where the browser is led."""
    hr.get("/papiere/stapel/neu")
    answer = hr.post(
        "/papiere/stapel/neu",
        {"files": [(io.BytesIO(content), f"{n}.bin") for n, content in enumerate(files)]},
        content_type="multipart/form-data",
    )
    answer.request.environ["wsgi.input"].close()  # the test client leaves a large upload open
    return answer.location or answer.text


def work(app: Flask, folder: Path) -> None:
    with app.app_context():
        work_off(handlers(Store(folder), book()))


def addendum(app: Flask) -> Paper:
    with app.app_context():
        return db.session.query(Paper).order_by(Paper.id).first() or pytest.fail("no paper")


@pytest.mark.usefixtures("sheets")
def test_without_a_stack_the_list_says_what_it_is_for(hr: PageClient) -> None:
    assert "Noch kam kein Stapel." in hr.get("/papiere/stapel").text


def test_hr_files_a_page_that_nobody_can_read(
    app: Flask, hr: PageClient, folder: Path, sheets: list[Image.Image]
) -> None:
    paper_id = addendum(app).id
    led = upload(hr, *photos_of([*sheets[1:], torn(sheets[0]), blank()]))
    assert led.startswith("/auftraege/")
    number = len(sheets)
    waiting = hr.get("/papiere/stapel/1").text
    assert f"0 von {number + 1}" in waiting

    work(app, folder)

    assert "1 offen" in hr.get("/papiere/stapel").text
    page = hr.get("/papiere/stapel/1").text
    assert "<b>Eine Seite</b> wartet auf deinen Blick." in page
    assert "Blatt 1 fehlt." in page
    assert "Diese Seite ist leer." in page
    asked = hr.get(f"/papiere/stapel/1/seiten/{number}").text
    assert "Auf dieser Seite war kein Code zu lesen." in asked
    assert "Aylin Yıldız, Zusatzvereinbarung" in asked
    picture = hr.get(f"/papiere/stapel/1/seiten/{number}.jpg")
    assert Image.open(io.BytesIO(picture.data)).size[1] > 1000
    assert picture.headers["Cache-Control"] == "no-store"

    answer = hr.post(f"/papiere/stapel/1/seiten/{number}", {"paper": paper_id, "sheet": 1})

    assert answer.location == "/papiere/stapel/1"
    assert "<b>Ein Papier</b> wurde abgelegt und gilt." in hr.get("/papiere/stapel/1").text
    assert "Als Blatt" not in hr.get("/papiere/stapel").text
    assert addendum(app).state is PaperState.SIGNED
    assert "Abgelegt als Blatt 1" in hr.get(f"/papiere/stapel/1/seiten/{number}").text


def test_the_search_offers_only_papers_that_wait(
    app: Flask, hr: PageClient, given: Given, folder: Path, sheets: list[Image.Image]
) -> None:
    with given():
        sent(makers.employee("Marek Kowalczyk"), folder)
        other = sent(makers.employee("Marek Lindner"), folder)
        for paper in other.papers:
            paper.state = PaperState.VOID
    upload(hr, *photos_of([torn(sheets[0])]))
    work(app, folder)

    asked = "/papiere/stapel/1/seiten/1"
    assert "Tippe einen Namen" in hr.get(asked).text
    found = hr.get(f"{asked}?q=marek").text
    assert "Marek Kowalczyk" in found
    assert "Marek Lindner" not in found
    assert "Aylin Yıldız" in hr.get(f"{asked}?q=P{addendum(app).id:06}").text
    assert "kein wartendes Papier" in hr.get(f"{asked}?q=niemand").text


def test_pages_are_left_out_and_put_back(
    app: Flask, hr: PageClient, folder: Path, sheets: list[Image.Image]
) -> None:
    upload(hr, *photos_of([torn(sheets[0]), torn(sheets[1]), torn(sheets[0])]))
    work(app, folder)

    hr.get("/papiere/stapel/1/seiten/1")
    answer = hr.post("/papiere/stapel/1/seiten/1/weglassen")
    assert answer.location == "/papiere/stapel/1/seiten/2"
    assert "Diese 2 Seiten weglassen" in hr.get("/papiere/stapel/1").text
    hr.post("/papiere/stapel/1/weglassen", {"numbers": ["2", "3", "x"]})
    page = hr.get("/papiere/stapel/1").text
    assert "2 Seiten sind weggelassen." in page
    assert "warten auf" not in page
    answer = hr.post("/papiere/stapel/1/seiten/3/zurueck")
    assert answer.location == "/papiere/stapel/1/seiten/3"
    assert "Seite 3 ist wieder offen." in hr.get("/papiere/stapel/1/seiten/3").text


def test_a_sheet_that_does_not_exist_is_refused_and_the_page_stays(
    app: Flask, hr: PageClient, folder: Path, sheets: list[Image.Image]
) -> None:
    upload(hr, *photos_of([torn(sheets[0])]))
    work(app, folder)
    hr.get("/papiere/stapel/1/seiten/1")

    answer = hr.post(
        "/papiere/stapel/1/seiten/1", {"paper": addendum(app).id, "sheet": 99, "q": "aylin"}
    )

    assert answer.status_code == 422
    assert "Dieses Blatt hat das Papier nicht." in answer.text
    assert 'value="aylin"' in answer.text
    answer = hr.post("/papiere/stapel/1/seiten/1", {"paper": "viel", "sheet": "-1"})
    assert answer.status_code == 422


def test_what_is_no_scan_is_refused_with_a_sentence(app: Flask, hr: PageClient) -> None:
    assert "Wähle zuerst eine Datei" in upload(hr)
    assert "weder ein PDF noch ein Bild" in upload(hr, b"MZ" + b"0" * 100)
    assert "weder ein PDF noch ein Bild" in upload(hr, b"%PDF-1.7 kaputt")
    with app.app_context():
        assert not db.session.query(ScanBatch).count()


def test_the_upload_can_be_fetched_again_as_it_was(
    hr: PageClient, sheets: list[Image.Image]
) -> None:
    content = pdf_of(sheets)
    upload(hr, content)

    answer = hr.get("/papiere/stapel/1/datei")

    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.usefixtures("sheets")
def test_a_stack_for_the_printer_begins_everything_on_an_odd_page(
    app: Flask, hr: PageClient, given: Given, folder: Path
) -> None:
    with given():
        sent(makers.employee("Marek Kowalczyk"), folder)
        makers.employee("Nina Nichts")
    hr.get("/papiere/")

    answer = hr.post("/papiere/drucken", {"ids": ["1", "2", "3"]})

    assert answer.mimetype == "application/pdf"
    with app.app_context():
        printed = queries.to_print([1, 2, 3])
        assert [paper.employee.last_name for paper in printed[:1]] == ["Kowalczyk"]
        logged = db.session.query(AuditLine).filter_by(action="agreements.printed").count()
        assert logged == len(printed) == 4
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) >= 2 * 2 + sum(2 for _paper in printed)


@pytest.mark.usefixtures("sheets")
def test_printing_says_when_there_is_nothing_or_too_much(hr: PageClient, given: Given) -> None:
    with given():
        nobody = makers.employee("Nina Nichts").id
    hr.get("/papiere/")

    assert hr.post("/papiere/drucken", {"ids": [str(nobody)]}).status_code == 409
    many = ",".join(map(str, range(1, 60)))
    assert "höchstens 50" in hr.post("/papiere/drucken", {"ids": many}).text


def test_what_is_not_there_is_not_there(hr: PageClient) -> None:
    for path in ("9", "9/datei", "9/seiten/1", "9/seiten/1.jpg"):
        assert hr.get(f"/papiere/stapel/{path}").status_code == 404
