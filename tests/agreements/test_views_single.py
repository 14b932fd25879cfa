"""HR's pages for papers outside of the pack, and the household's page on the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from hoffice.accounts.links import link_for
from hoffice.accounts.rules import Role
from hoffice.agreements import queries
from hoffice.agreements.models import Paper
from hoffice.agreements.rules import PaperKind, PaperState
from hoffice.agreements.service import bulk, load_samples, single
from hoffice.agreements.service.single import Wanted
from hoffice.audit.models import AuditLine
from hoffice.clock import now
from hoffice.db import db
from hoffice.files.service import Store
from hoffice.jobs.models import Job
from hoffice.notices.models import Notice
from hoffice.people.rules import holder_of
from hoffice.settings import Settings
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import HR, book, sent, short_texts
from tests.conftest import Given
from tests.pageclient import PageClient

TYPED = {"signature_kind": "typed", "signature_typed": "Berke Yıldız"}
HOUSEHOLD = {"person": "Berke Yıldız"}
DOT = "[[[0.5, 0.5]]]"
RETURN = {
    "last_day": (now() + timedelta(days=30)).date().isoformat(),
    "signer_name": "Svenja Adler",
}
COUNCIL = {
    "represented_by": "Svenja Adler",
    "company_address": "Spittelmarkt 7, 10117 Berlin",
    "hotline": "030 23125 000",
    "data_protection_contact": "datenschutz@spreeruf.example",
    "model": "alternierende Telearbeit",
    "starts_on": (now() + timedelta(days=30)).date().isoformat(),
}


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.instance / "files"


def approve_texts() -> None:
    for text in queries.texts():
        text.approved_at, text.approved_by = now(), "staff:99"


@pytest.fixture
def aylin(given: Given, folder: Path) -> int:
    """Somebody whose papers are on their way; all texts are approved."""
    with given():
        short_texts()
        approve_texts()
        employee = makers.employee("Aylin Yıldız")
        sent(employee, folder)
        return employee.id


@pytest.fixture
def asked(given: Given, aylin: int, folder: Path) -> int:
    """The number of a consent that is asked for in Aylin's household."""
    with given():
        paper = single.add(
            aylin,
            Wanted(kind=PaperKind.HOUSEHOLD, person="Berke Yıldız"),
            store=Store(folder),
            book=book(),
            by=HR,
        )
        return paper.id


@pytest.fixture
def phone(app: Flask, given: Given, aylin: int) -> PageClient:
    return phone_of(app, given, aylin)


def phone_of(app: Flask, given: Given, employee_id: int) -> PageClient:
    with given():
        holder = holder_of(employee_id)
        link = link_for(holder, book=book(), by=Actor.system(), employee_id=employee_id)
        link_id = link.id
    client = PageClient(app)
    client.be_holder(link_id)
    return client


def paper(app: Flask, paper_id: int) -> Paper:
    with app.app_context():
        return queries.paper(paper_id)


def kinds(app: Flask, employee_id: int) -> list[PaperKind]:
    with app.app_context():
        pack = queries.pack_of(employee_id)
        return [one.kind for one in pack.papers] if pack is not None else []


# Another paper


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(PaperKind.HOUSEHOLD, HOUSEHOLD), (PaperKind.BACK_TO_OFFICE, RETURN)],
    ids=["household", "return"],
)
def test_hr_looks_at_the_paper_then_sends_it_and_is_back(
    app: Flask, hr: PageClient, aylin: int, kind: PaperKind, fields: dict[str, str]
) -> None:
    address = f"/papiere/mappen/{aylin}/weiteres?art={kind.value}"
    assert "Weiteres Papier" in hr.get(f"/papiere/mappen/{aylin}").text

    seen = hr.post(address, fields)

    assert seen.status_code == 200
    assert "Für Aylin Yıldız (" in seen.text
    assert kind not in kinds(app, aylin)

    answer = hr.post(address, {**fields, "send": "yes"})

    assert answer.location == f"/papiere/mappen/{aylin}"
    assert "Das Papier ist unterwegs an Aylin Yıldız." in hr.get(answer.location).text
    assert kind in kinds(app, aylin)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"person": ""}, "Eine Angabe braucht noch einen Blick"),
        ({"person": "Aylin Yıldız"}, "ist die beschäftigte Person"),
        ({**RETURN, "last_day": "2020-01-01"}, "Dieser Tag ist vorbei"),
        ({**RETURN, "last_day": "31.2.2027"}, "Eine Angabe braucht noch einen Blick"),
    ],
    ids=["nobody", "the employee", "past", "no day"],
)
def test_what_cannot_be_sent_is_said_with_the_form(
    app: Flask, hr: PageClient, aylin: int, fields: dict[str, str], words: str
) -> None:
    kind = PaperKind.HOUSEHOLD if "person" in fields else PaperKind.BACK_TO_OFFICE

    answer = hr.post(
        f"/papiere/mappen/{aylin}/weiteres?art={kind.value}", {**fields, "send": "yes"}
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert kind not in kinds(app, aylin)


def test_the_page_says_before_anything_is_typed_that_the_text_is_not_approved(
    hr: PageClient, given: Given, folder: Path
) -> None:
    with given():
        employee = makers.employee("Aylin Yıldız")
        sent(employee, folder)
        employee_id = employee.id

    page = hr.get(f"/papiere/mappen/{employee_id}/weiteres")

    assert "noch nicht freigegeben" in page.text


def test_a_word_that_names_no_offered_paper_shows_the_first_one(hr: PageClient, aylin: int) -> None:
    page = hr.get(f"/papiere/mappen/{aylin}/weiteres?art=ueberlassung")

    assert page.status_code == 200
    assert "Erwachsene Person des Haushalts" in page.text


def test_hr_takes_one_paper_back_with_a_reason(
    app: Flask, hr: PageClient, aylin: int, asked: int
) -> None:
    assert "Einzeln dazugekommen" in hr.get(f"/papiere/mappen/{aylin}").text
    assert hr.post(f"/papiere/{asked}/zuruecknehmen", {"reason": ""}).status_code == 422

    answer = hr.post(f"/papiere/{asked}/zuruecknehmen", {"reason": "Anruf"})

    assert answer.location == f"/papiere/mappen/{aylin}"
    assert paper(app, asked).state is PaperState.VOID
    page = hr.get(answer.location).text
    assert "Zurückgezogen. Die Datei bleibt als Beleg erhalten." in page
    assert "„Anruf“" in page
    assert hr.get(f"/papiere/{asked}/zuruecknehmen").location == f"/papiere/mappen/{aylin}"


@pytest.mark.usefixtures("asked")
def test_the_list_does_not_count_the_households_answer(hr: PageClient) -> None:
    assert "2 von 2" in hr.get("/papiere/").text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DPO, Role.IT])
def test_others_send_no_single_papers(
    signed_in: Callable[..., PageClient], aylin: int, asked: int, role: Role
) -> None:
    reader = signed_in(role)

    for path in (
        f"mappen/{aylin}/weiteres",
        f"{asked}/zuruecknehmen",
        "rueckkehr",
        "betriebsrat",
    ):
        assert reader.get(f"/papiere/{path}").status_code == 403


# Many


def test_many_go_back_on_one_day_by_a_job(app: Flask, hr: PageClient, aylin: int) -> None:
    place = hr.post("/papiere/auswahl/rueckkehr", {"ids": aylin}).location
    assert place == f"/papiere/rueckkehr?ids={aylin}"
    assert "<b>Eine Person</b> bekommt eine Mail und ein Papier" in hr.get(place).text

    late = hr.post("/papiere/rueckkehr", {**RETURN, "last_day": "2020-01-01", "ids": aylin})
    assert late.status_code == 422
    assert "Dieser Tag ist vorbei" in late.text
    answer = hr.post("/papiere/rueckkehr", {**RETURN, "ids": aylin})

    assert answer.location.startswith("/auftraege/")
    with app.app_context():
        job = db.session.query(Job).filter_by(kind=bulk.BULK).one()
        assert (job.args["deed"], job.args["ids"]) == ("back_to_office", [aylin])


@pytest.mark.parametrize("page", ["rueckkehr", "betriebsrat"])
def test_without_a_selection_there_is_nothing_to_do(hr: PageClient, page: str) -> None:
    assert hr.post(f"/papiere/auswahl/{page}").location == "/papiere/"
    assert hr.get(f"/papiere/{page}").location == "/papiere/"


def test_the_councils_notice_is_a_file_a_line_in_the_log_and_no_mail(
    app: Flask, hr: PageClient, given: Given
) -> None:
    with given():
        load_samples(by=HR)
        approve_texts()
        aylin = makers.employee("Aylin Yıldız").id
    place = hr.post("/papiere/auswahl/betriebsrat", {"ids": aylin}).location
    assert "Aylin Yıldız" in hr.get(place).text
    with app.app_context():
        before = db.session.query(Notice).count()

    answer = hr.post("/papiere/betriebsrat", {**COUNCIL, "ids": aylin})

    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with app.app_context():
        line = db.session.query(AuditLine).filter_by(action="agreements.council_notice").one()
        assert line.details["employees"] == [aylin]
        assert db.session.query(Notice).count() == before


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Sag, an welchem Tag die Maßnahme beginnt."),
        ("2020-01-01", "Dieser Tag ist vorbei: Der Betriebsrat wird vor dem Beginn informiert."),
    ],
    ids=["none", "over"],
)
def test_the_council_is_told_of_a_day_that_is_yet_to_come(
    app: Flask, hr: PageClient, given: Given, day: str, words: str
) -> None:
    with given():
        load_samples(by=HR)
        approve_texts()
        aylin = makers.employee("Aylin Yıldız").id

    answer = hr.post("/papiere/betriebsrat", {**COUNCIL, "starts_on": day, "ids": aylin})

    assert answer.status_code == 422
    assert words in answer.text
    shown = answer.text.partition('class="side"')[2]
    assert shown.count('name="csrf_token"') == 1
    with app.app_context():
        assert not db.session.query(AuditLine).filter_by(action="agreements.council_notice").all()


def test_the_council_gets_no_text_that_nobody_has_approved(
    app: Flask, hr: PageClient, given: Given
) -> None:
    with given():
        short_texts()
        employee_id = makers.employee("Aylin Yıldız").id

    answer = hr.post("/papiere/betriebsrat", {**COUNCIL, "ids": employee_id})

    assert answer.status_code == 422
    assert "noch nicht freigegeben" in answer.text
    with app.app_context():
        assert not db.session.query(AuditLine).filter_by(action="agreements.council_notice").all()


# The household, on the employee's phone


def test_the_overview_leads_to_the_households_page(phone: PageClient, asked: int) -> None:
    assert f"/mein/haushalt/{asked}" in phone.get("/mein/").text
    assert phone.get(f"/mein/papiere/{asked}").location == f"/mein/haushalt/{asked}"


def test_the_household_reads_and_signs(app: Flask, phone: PageClient, asked: int) -> None:
    page = phone.get(f"/mein/haushalt/{asked}").text
    for words in ("Telefon weitergeben", "Berke Yıldız", "Niemand muss zustimmen"):
        assert words in page
    assert paper(app, asked).state is PaperState.OPENED

    answer = phone.post(f"/mein/haushalt/{asked}", {"name": "Berke Yıldız", **TYPED})

    assert answer.location == f"/mein/haushalt/{asked}"
    assert paper(app, asked).state is PaperState.SIGNED
    after = phone.get(answer.location).text
    assert "Unterschrieben von Berke Yıldız" in after
    assert "Telefon weitergeben" not in after
    assert f"/mein/haushalt/{asked}" not in phone.get("/mein/").text
    again = phone.post(f"/mein/haushalt/{asked}", {"name": "Berke Yıldız", **TYPED})
    assert again.location == f"/mein/haushalt/{asked}"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "signature_kind": "typed"}, "vollen Namen"),
        ({"name": "Aylin Yıldız", "signature_kind": "typed"}, "wer mit dir zusammenlebt"),
        (
            {
                "name": "Berke Yıldız",
                "signature_kind": "drawn",
                "signature_strokes": "[[[0.5,0.5]]]",
            },
            "zu wenig",
        ),
    ],
    ids=["no name", "the employee", "a dot"],
)
def test_what_is_no_signature_is_said_and_nothing_is_lost(
    app: Flask, phone: PageClient, asked: int, fields: dict[str, str], words: str
) -> None:
    answer = phone.post(f"/mein/haushalt/{asked}", fields)

    assert answer.status_code == 422
    assert words in answer.text
    assert paper(app, asked).signatures == []


def test_a_no_says_first_what_it_means(app: Flask, phone: PageClient, asked: int) -> None:
    page = phone.get(f"/mein/haushalt/{asked}/nein").text
    assert "niemand fragt nach dem Grund" in page
    assert "an der Tür übergeben oder im Büro abgeholt" in page

    answer = phone.post(f"/mein/haushalt/{asked}/nein")

    assert answer.location == "/mein/"
    assert paper(app, asked).state is PaperState.VOID
    assert "Niemand kommt in eure Wohnung" in phone.get("/mein/").text
    assert phone.get(f"/mein/haushalt/{asked}").status_code == 404


def test_the_household_may_want_ink_and_change_its_mind(phone: PageClient, asked: int) -> None:
    assert phone.post(f"/mein/papiere/{asked}/mit-tinte").location == f"/mein/haushalt/{asked}"
    page = phone.get(f"/mein/haushalt/{asked}").text
    assert "Dieses Papier wird mit Tinte unterschrieben." in page
    assert "Zustimmen und unterschreiben" not in page
    assert phone.get(f"/mein/papiere/{asked}/datei").status_code == 200

    phone.post(f"/mein/papiere/{asked}/doch-hier")

    assert "Zustimmen und unterschreiben" in phone.get(f"/mein/haushalt/{asked}").text


def test_the_employees_sitting_knows_nothing_of_the_households_paper(
    phone: PageClient, asked: int
) -> None:
    page = phone.get("/mein/papiere").text

    assert "2 Papiere, eine Unterschrift" in page
    assert f'value="{asked}"' not in page
    assert phone.get(f"/mein/papiere/{asked}/ablehnen").location == "/mein/papiere"


def test_nobody_else_sees_or_answers_for_a_household(app: Flask, given: Given, asked: int) -> None:
    with given():
        stranger = makers.employee("Marek Kowalczyk").id
    phone = phone_of(app, given, stranger)

    for path in (f"/mein/haushalt/{asked}", f"/mein/haushalt/{asked}/nein"):
        assert phone.get(path).status_code == 404
        assert phone.post(path, {"name": "Wer Anders", **TYPED}).status_code == 404
    assert paper(app, asked).signatures == []


def test_only_a_households_paper_has_this_page(app: Flask, phone: PageClient, aylin: int) -> None:
    with app.app_context():
        pack = queries.pack_of(aylin)
        assert pack is not None
        addendum = pack.papers[0].id

    assert phone.get(f"/mein/haushalt/{addendum}").status_code == 404
    assert phone.post(f"/mein/haushalt/{addendum}", TYPED).status_code == 404
