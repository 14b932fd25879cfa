"""The sitting on the phone: code, ink, questions, files and the receipt, page by page."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from hoffice.accounts.links import link_for
from hoffice.accounts.rules import Role
from hoffice.agreements import queries as agreements
from hoffice.agreements.models import Pack, Paper, SignatureCode
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import WAITING, CodeChannel, PaperKind, PaperState
from hoffice.agreements.service import codes
from hoffice.db import db
from hoffice.people.rules import holder_of
from hoffice.settings import Settings
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import TERMS, book, sent
from tests.conftest import Given
from tests.pageclient import PageClient

TYPED = {"signature_kind": "typed", "signature_typed": "Aylin Yıldız"}
WITH_NOTICE = (PaperKind.ADDENDUM, PaperKind.INSTRUCTION, PaperKind.PRIVACY_NOTICE)


@pytest.fixture
def employee_id(given: Given, settings: Settings) -> int:
    """Somebody with an addendum, an instruction and a notice that is only read; with a code."""
    with given():
        makers.account(Role.HR, name="Svenja Adler", email="svenja@spreeruf.example")
        employee = makers.employee("Aylin Yıldız")
        terms = replace(TERMS, needs_code=True)
        sent(employee, settings.instance / "files", terms=terms, kinds=WITH_NOTICE)
        return employee.id


def browser_of(app: Flask, given: Given, employee_id: int) -> PageClient:
    with given():
        holder = holder_of(employee_id)
        link = link_for(holder, book=book(), by=Actor.system(), employee_id=employee_id)
        link_id = link.id
    client = PageClient(app)
    client.be_holder(link_id)
    return client


@pytest.fixture
def phone(app: Flask, given: Given, employee_id: int) -> PageClient:
    return browser_of(app, given, employee_id)


def papers(app: Flask, employee_id: int) -> dict[PaperKind, Paper]:
    with app.app_context():
        pack = agreements.pack_of(employee_id)
        assert pack is not None
        return {paper.kind: paper for paper in pack.papers}


def states(app: Flask, employee_id: int) -> list[PaperState]:
    return [paper.state for paper in papers(app, employee_id).values()]


def pack_of(app: Flask, employee_id: int) -> Pack:
    with app.app_context():
        pack = agreements.pack_of(employee_id)
        assert pack is not None
        return pack


def digits(app: Flask) -> str:
    """The code that the mail carries."""
    with app.app_context():
        code = db.session.scalars(select(SignatureCode).order_by(SignatureCode.id.desc())).first()
        assert code is not None
        return codes.code_of(code, secret=book().secret_key)


def read_all(app: Flask, phone: PageClient, employee_id: int) -> str:
    """Tick each paper as read; gives back where the last one leads."""
    places = [
        phone.post(f"/mein/papiere/{paper.id}/gelesen").location
        for paper in papers(app, employee_id).values()
    ]
    return str(places[-1])


def enter(app: Flask, phone: PageClient) -> None:
    phone.post("/mein/papiere/code/senden")
    phone.post("/mein/papiere/code", {"code": digits(app)})


def signed(app: Flask, phone: PageClient, employee_id: int) -> str:
    ids = [paper.id for paper in papers(app, employee_id).values()]
    return str(phone.post("/mein/papiere", {"read": ids, **TYPED}).location)


def test_from_reading_to_the_code_to_the_signature_to_the_receipt(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    assert read_all(app, phone, employee_id) == "/mein/papiere/code"
    assert "an deine E-Mail-Adresse" in phone.get("/mein/papiere/code").text
    phone.post("/mein/papiere/code/senden")
    assert "unterwegs an p…@spreeruf.example" in phone.get("/mein/papiere/code").text
    answer = phone.post("/mein/papiere/code", {"code": digits(app)})
    assert answer.location == "/mein/papiere#signature-label"

    assert signed(app, phone, employee_id) == "/mein/papiere/erhalten"

    found = papers(app, employee_id)
    assert found[PaperKind.ADDENDUM].state is PaperState.SIGNED
    assert found[PaperKind.PRIVACY_NOTICE].state is PaperState.SIGNED
    assert found[PaperKind.INSTRUCTION].state is PaperState.OPENED  # the trainer's turn
    assert "Sind deine Papiere angekommen?" in phone.get("/mein/papiere/erhalten").text
    assert phone.post("/mein/papiere/erhalten").location == "/mein/"
    assert pack_of(app, employee_id).receipt_confirmed_at is not None
    assert phone.get("/mein/papiere/erhalten").location == "/mein/"
    assert "von uns noch nicht" in phone.get("/mein/papiere").text


def test_what_was_read_is_known_on_another_device_but_the_code_is_not(
    app: Flask, given: Given, phone: PageClient, employee_id: int
) -> None:
    read_all(app, phone, employee_id)
    enter(app, phone)
    tablet = browser_of(app, given, employee_id)

    page = tablet.get("/mein/papiere").text
    assert "3 von 3 gelesen" in page
    assert "Weiter zum Code" in page
    answer = tablet.post(
        "/mein/papiere",
        {"read": [one.id for one in papers(app, employee_id).values()], **TYPED},
    )
    assert answer.status_code == 422
    assert "Gib zuerst den Code ein" in answer.text
    assert PaperState.SIGNED not in states(app, employee_id)
    assert signed(app, phone, employee_id) == "/mein/papiere/erhalten"


def test_a_wrong_code_is_counted_and_said(app: Flask, phone: PageClient, employee_id: int) -> None:
    phone.post("/mein/papiere/code/senden")
    wrong = f"{(int(digits(app)) + 1) % 1_000_000:06d}"

    said = [
        phone.post("/mein/papiere/code", {"code": wrong}, follow_redirects=True).text
        for _ in range(6)
    ]

    assert "noch 4 Versuche" in said[0]
    assert "noch einen Versuch" in said[3]
    assert "fünfte Versuch" in said[4]
    assert "abgelaufen" in said[5]
    assert (
        "abgelaufen"
        in phone.post("/mein/papiere/code", {"code": digits(app)}, follow_redirects=True).text
    )
    assert PaperState.SIGNED not in states(app, employee_id)


def test_what_is_no_code_is_said_and_not_counted(app: Flask, phone: PageClient) -> None:
    phone.post("/mein/papiere/code/senden")

    said = phone.post("/mein/papiere/code", {"code": "12 34"}, follow_redirects=True).text

    assert "Ein Code hat sechs Ziffern." in said
    with app.app_context():
        assert db.session.scalars(select(SignatureCode)).one().tries == 0


def test_a_second_code_at_once_is_not_sent(app: Flask, phone: PageClient) -> None:
    phone.post("/mein/papiere/code/senden")

    again = phone.post("/mein/papiere/code/senden", follow_redirects=True).text

    assert "schon unterwegs" in again
    with app.app_context():
        assert len(db.session.scalars(select(SignatureCode)).all()) == 1


def test_hr_reads_a_code_out_that_is_shown_once(
    app: Flask, phone: PageClient, hr: PageClient, employee_id: int
) -> None:
    page = hr.post(f"/papiere/mappen/{employee_id}/code", {"channel": "call"})
    code = digits(app)
    assert f"{code[:3]} {code[3:]}" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert code[:3] + " " + code[3:] not in hr.get(f"/papiere/mappen/{employee_id}/code").text

    assert "am Telefon gesagt" in phone.get("/mein/papiere/code").text
    phone.post("/mein/papiere/code", {"code": code})
    signed(app, phone, employee_id)
    with app.app_context():
        [paper] = [one for one in papers_now(employee_id) if one.kind is PaperKind.ADDENDUM]
        assert paper.signatures[-1].code_channel is CodeChannel.CALL


def papers_now(employee_id: int) -> list[Paper]:
    pack = agreements.pack_of(employee_id)
    return list(pack.papers) if pack is not None else []


def test_ink_is_a_button_and_the_rest_is_signed_here(
    app: Flask, phone: PageClient, hr: PageClient, employee_id: int
) -> None:
    addendum = papers(app, employee_id)[PaperKind.ADDENDUM]
    assert "Ich möchte es auf Papier" in phone.get(f"/mein/papiere/{addendum.id}").text
    phone.post(f"/mein/papiere/{addendum.id}/mit-tinte")

    assert "auf Papier gewünscht" in phone.get("/mein/papiere").text
    assert "Doch hier unterschreiben" in phone.get(f"/mein/papiere/{addendum.id}").text
    assert "Zu drucken und abzulegen" in hr.get("/papiere/mit-tinte").text
    enter(app, phone)
    signed(app, phone, employee_id)
    assert papers(app, employee_id)[PaperKind.ADDENDUM].state in WAITING
    assert "Ein Papier ist noch offen." in phone.get("/mein/papiere").text

    phone.post(f"/mein/papiere/{addendum.id}/doch-hier")
    assert "Ein Papier, eine Unterschrift" in phone.get("/mein/papiere").text


def made_pdf() -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(out)
    return out.getvalue()


def test_a_signed_scan_is_brought_looked_at_and_counts(
    app: Flask, phone: PageClient, hr: PageClient, employee_id: int
) -> None:
    paper_id = papers(app, employee_id)[PaperKind.ADDENDUM].id
    phone.post(f"/mein/papiere/{paper_id}/mit-tinte")
    none = phone.post(
        f"/mein/papiere/{paper_id}/datei",
        {"form": "paper", "file": (io.BytesIO(b"kein PDF"), "papier.pdf")},
    )
    assert none.status_code == 422
    assert "keine lesbare PDF-Datei" in none.text

    def bring() -> None:
        answer = phone.post(
            f"/mein/papiere/{paper_id}/datei",
            {"form": "paper", "file": (io.BytesIO(made_pdf()), "../../papier.pdf")},
        )
        assert answer.location == "/mein/papiere"

    bring()
    assert "1</b> unterschriebene Dateien" in hr.get("/papiere/mit-tinte").text
    assert hr.get(f"/papiere/{paper_id}/gebracht.pdf").data.startswith(b"%PDF")
    hr.post(f"/papiere/{paper_id}/zurueckgeben", {"reason": "Seite 3 fehlt"})
    assert "Seite 3 fehlt" in phone.get(f"/mein/papiere/{paper_id}").text
    bring()
    assert hr.post(f"/papiere/{paper_id}/annehmen").status_code == 409, "no file is named"
    looked_at = re.search(r'name="file" value="(\d+)"', hr.get("/papiere/mit-tinte").text)
    assert looked_at is not None
    hr.post(f"/papiere/{paper_id}/annehmen", {"file": looked_at[1]})
    assert papers(app, employee_id)[PaperKind.ADDENDUM].state is PaperState.SIGNED
    assert phone.get(f"/mein/papiere/{paper_id}.pdf").data == made_pdf_of(app, paper_id)


def made_pdf_of(app: Flask, paper_id: int) -> bytes:
    """The bytes that were brought, from the store."""
    with app.app_context():
        file = agreements.paper(paper_id).uploaded_file
        assert file is not None
        settings: Settings = app.extensions["hoffice.settings"]
        return (Path(settings.instance) / "files" / file.sha256[:2] / file.sha256).read_bytes()


def test_hr_files_a_paper_that_came_by_post(app: Flask, hr: PageClient, employee_id: int) -> None:
    paper_id = papers(app, employee_id)[PaperKind.ADDENDUM].id
    assert hr.get(f"/papiere/{paper_id}/ablegen").status_code == 200

    form = {"form": "qualified", "file": (io.BytesIO(made_pdf()), "p.pdf")}
    refused = hr.post(f"/papiere/{paper_id}/ablegen", form)
    assert "keine elektronische Signatur" in refused.text
    form = {"form": "paper", "file": (io.BytesIO(made_pdf()), "p.pdf")}
    hr.post(f"/papiere/{paper_id}/ablegen", form)

    assert papers(app, employee_id)[PaperKind.ADDENDUM].state is PaperState.SIGNED
    assert hr.get(f"/papiere/{paper_id}/ablegen").status_code == 302


def test_a_question_is_asked_answered_and_shown(
    app: Flask, phone: PageClient, hr: PageClient, employee_id: int
) -> None:
    paper_id = papers(app, employee_id)[PaperKind.ADDENDUM].id
    assert "antwortet dir per E-Mail" in phone.get(f"/mein/papiere/{paper_id}/frage").text
    assert phone.post(f"/mein/papiere/{paper_id}/frage", {"text": " "}).status_code == 422
    phone.post(f"/mein/papiere/{paper_id}/frage", {"text": "Wer zahlt <b>Strom</b>?"})

    assert "Wer zahlt &lt;b&gt;Strom&lt;/b&gt;?" in phone.get(f"/mein/papiere/{paper_id}").text
    listed = hr.get("/papiere/fragen").text
    assert "Eine Frage</b> wartet" in listed
    with app.app_context():
        [question] = sittings.questions_of(employee_id)
        number = question.id
    assert hr.post(f"/papiere/fragen/{number}", {"text": ""}).status_code == 422
    hr.post(f"/papiere/fragen/{number}", {"text": "Das deckt die Pauschale."})

    assert "Das deckt die Pauschale." in phone.get(f"/mein/papiere/{paper_id}").text
    assert "Keine Frage wartet" in hr.get("/papiere/fragen").text


@pytest.mark.parametrize("path", ["/frage", "/datei"])
def test_another_persons_paper_cannot_be_asked_about_or_brought(
    app: Flask, given: Given, employee_id: int, path: str
) -> None:
    paper_id = papers(app, employee_id)[PaperKind.ADDENDUM].id
    with given():
        other_id = makers.employee("Marek Kowalczyk").id
    other = browser_of(app, given, other_id)

    assert other.get(f"/mein/papiere/{paper_id}{path}").status_code == 404
    for deed in ("mit-tinte", "doch-hier", "gelesen"):
        assert other.post(f"/mein/papiere/{paper_id}/{deed}").status_code == 404
    assert other.post("/mein/papiere/code", {"code": "123456"}).status_code == 404
    assert other.post("/mein/papiere/code/senden").status_code == 404
