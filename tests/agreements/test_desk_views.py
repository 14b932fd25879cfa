"""HR's desk in the browser: groups, deeds for many, calls, the house's signature, whole files."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hoffice import clock
from hoffice.accounts.models import PersonalLink
from hoffice.accounts.rules import Role
from hoffice.agreements import queries, service
from hoffice.agreements.chasing import Group
from hoffice.agreements.jobs import handlers
from hoffice.agreements.models import Approval, Pack, Paper
from hoffice.agreements.rules import IN_FORCE, ApprovalState, PaperKind, PaperState
from hoffice.agreements.service import bulk, signing
from hoffice.audit.models import AuditLine
from hoffice.db import db, unit_of_work
from hoffice.files.service import Store, keep
from hoffice.jobs.cli import EXTENSION
from hoffice.jobs.models import Job
from hoffice.jobs.worker import work_off
from hoffice.notices.rules import LinkKind
from hoffice.people.models import Client, Employee, Project
from hoffice.settings import Settings
from tests import makers
from tests.agreements.desk import approve_all, for_house, new_version, sent, sign
from tests.agreements.scene import HR, book
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.told import Told

MANY = bulk.AT_ONCE + 1


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.instance / "files"


@pytest.fixture
def many(app: Flask, told: Told, folder: Path) -> list[int]:
    """More people with papers than a page does while somebody waits."""

    def tell(made: Flask) -> list[int]:
        with made.app_context(), unit_of_work():
            approve_all()
            files = made.extensions["hoffice.settings"].instance / folder.name
            return [sent(makers.employee(f"Person {n}"), files).employee_id for n in range(MANY)]

    return list(told.into(app, "many with papers", tell))


@pytest.fixture
def aylin(app: Flask, told: Told, folder: Path) -> int:
    """Somebody who has signed everything, and the house too."""

    def tell(made: Flask) -> int:
        with made.app_context(), unit_of_work():
            approve_all()
            files = made.extensions["hoffice.settings"].instance / folder.name
            pack = sent(makers.employee("Aylin Yıldız"), files)
            sign(pack, files)
            for_house(pack, files)
            assert {paper.state for paper in pack.papers} <= IN_FORCE
            return pack.employee_id

    return told.into(app, "Aylin has signed", tell)


@pytest.fixture(autouse=True)
def _before_anybody_signs_in(request: pytest.FixtureRequest) -> None:
    """A told scene is a whole house: it comes first, and accounts are made in it."""
    for scene in {"many", "aylin"}.intersection(request.fixturenames):
        request.getfixturevalue(scene)


def work(app: Flask, folder: Path) -> None:
    with app.app_context():
        work_off(handlers(Store(folder), book()))


def the_job(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Job).filter_by(kind=bulk.BULK).order_by(Job.id.desc())[0].id


# The list


def test_the_list_shows_only_groups_with_people_and_filters_by_them(
    given: Given, hr: PageClient, aylin: int
) -> None:
    with given():
        makers.employee("Nina Neu")
        silent = makers.employee("Sil Still")
        silent.email = ""

    page = hr.get("/papiere/").text

    for word in ("alles unterschrieben 1", "noch keine Mappe 1", "nicht erreichbar 1"):
        assert word in re.sub(r"\s+", " ", page)
    assert "state=declined" not in page.split("<table")[0].split("<form")[0]
    unreachable = hr.get("/papiere/?state=unreachable").text
    assert "Sil Still" in unreachable
    assert "Die Mailadresse fehlt." in unreachable
    assert "Nina Neu" not in unreachable
    assert aylin


def test_every_group_opens(hr: PageClient, many: list[int]) -> None:
    assert many
    for group in Group:
        assert hr.get(f"/papiere/?state={group}").status_code == 200, group


def test_the_next_reminder_is_named_with_its_day(hr: PageClient, many: list[int]) -> None:
    assert many
    assert "von selbst am" in hr.get("/papiere/").text


def test_papers_that_end_soon_are_announced_and_lead_to_renewing(
    given: Given, hr: PageClient, aylin: int
) -> None:
    with given():
        pack = queries.pack_of(aylin)
        assert pack is not None
        for paper in pack.papers:
            paper.expires_on = None
        pack.papers[0].expires_on = clock.today() + timedelta(days=5)
        pack.papers[1].expires_on = clock.today() + timedelta(days=25)

    page = hr.get("/papiere/").text

    assert "Ein Papier endet in den nächsten 7 Tagen." in page
    assert "Ein Papier endet in den nächsten 30 Tagen." in page
    assert "Aylin Yıldız" in hr.get("/papiere/?ends=7").text
    assert "endet bald" in hr.get("/papiere/erneuern?ends=7").text


# Many at once


def test_a_few_are_done_at_once_and_many_by_a_job(
    app: Flask, hr: PageClient, many: list[int], folder: Path
) -> None:
    few = hr.post("/papiere/erinnern", {"ids": many[:2]}, follow_redirects=True)
    assert "2 Erinnerungen sind unterwegs." in few.text

    answer = hr.post("/papiere/erinnern", {"group": "sent"})
    job = the_job(app)
    assert answer.location == f"/auftraege/{job}"
    work(app, folder)
    page = hr.get(f"/papiere/ergebnis/{job}").text

    assert f"{MANY - 2} Erinnerungen sind unterwegs." in page
    assert "Bei 2 ging es nicht." in page
    assert "Person 0" in page
    assert "schon eine Erinnerung" in page


def test_new_links_end_the_old_ones(
    app: Flask, given: Given, hr: PageClient, many: list[int]
) -> None:
    with given():
        for pack in db.session.query(Pack):
            assert pack.sent_at is not None
            pack.sent_at -= timedelta(days=1)

    answer = hr.post("/papiere/neuer-link", {"ids": many[:3]}, follow_redirects=True)

    assert "3 neue Links sind unterwegs" in answer.text
    with app.app_context():
        links = db.session.query(PersonalLink)
        assert links.filter(PersonalLink.revoked_at.is_not(None)).count() == 3
        assert links.filter(PersonalLink.revoked_at.is_(None)).count() == MANY


def test_many_are_taken_back_with_one_reason_and_given_back_by_one_click(
    app: Flask, hr: PageClient, many: list[int], folder: Path
) -> None:
    where = hr.post("/papiere/auswahl?fuer=zurueckziehen", {"ids": many}).location
    assert f"{MANY} Personen" in hr.get(where).text
    form = {"ids": ",".join(map(str, many))}
    assert hr.post("/papiere/zurueckziehen", {**form, "reason": " "}).status_code == 422

    hr.post("/papiere/zurueckziehen", {**form, "reason": "Falscher Text"})
    work(app, folder)
    taken = the_job(app)
    assert (
        "lässt sich einen Tag lang rückgängig machen" in hr.get(f"/papiere/ergebnis/{taken}").text
    )
    with app.app_context():
        assert queries.packs_of(many) == {}
    hr.post(f"/papiere/ergebnis/{taken}/rueckgaengig")
    work(app, folder)

    with app.app_context():
        assert set(queries.packs_of(many)) == set(many)
        assert {paper.state for paper in db.session.query(Paper)} == {PaperState.SENT}
    assert hr.post(f"/papiere/ergebnis/{the_job(app)}/rueckgaengig").status_code == 404


def test_one_persons_papers_are_given_back_from_her_page(
    app: Flask, hr: PageClient, aylin: int
) -> None:
    hr.post(f"/papiere/mappen/{aylin}/zurueckziehen", {"reason": "Irrtum"})
    assert "Rückgängig" in hr.get(f"/papiere/mappen/{aylin}").text

    hr.post(f"/papiere/mappen/{aylin}/zurueckgeben")

    with app.app_context():
        pack = queries.pack_of(aylin)
        assert pack is not None
        assert {paper.state for paper in pack.papers} <= IN_FORCE


def test_nobody_selected_is_said(hr: PageClient) -> None:
    for path in ("erinnern", "neuer-link", "auswahl"):
        answer = hr.post(f"/papiere/{path}", follow_redirects=True)
        assert "Niemand ist ausgewählt." in answer.text
    for nonsense in ("ids=x", "ids=99999999999", "group=kings", "ends=8"):
        assert hr.get(f"/papiere/zurueckziehen?{nonsense}").status_code == 302


# New versions


def test_new_versions_are_shown_before_they_are_sent(
    app: Flask, given: Given, hr: PageClient, aylin: int, folder: Path
) -> None:
    assert "Nichts muss neu unterschrieben werden." in hr.get("/papiere/erneuern").text
    with given():
        new_version(PaperKind.CONDUCT)
        new_version(PaperKind.DATA_PROTECTION)

    page = hr.get("/papiere/erneuern").text
    assert "<b>Eine Person</b> würde neu lesen und unterschreiben." in page
    assert "der Text hat sich geändert" in page
    none = hr.post("/papiere/erneuern", {"signer_name": "Svenja Adler"})
    assert none.status_code == 422
    assert "Hake mindestens ein Papier an." in none.text
    hr.post("/papiere/erneuern", {"signer_name": "Svenja Adler", "kinds": PaperKind.CONDUCT.value})
    work(app, folder)

    with app.app_context():
        pack = queries.pack_of(aylin)
        assert pack is not None
        assert [paper.kind for paper in pack.papers] == [PaperKind.CONDUCT]
    assert (
        "Eine Person hat neue Papiere bekommen." in hr.get(f"/papiere/ergebnis/{the_job(app)}").text
    )
    assert "Frühere Papiere" in hr.get(f"/papiere/mappen/{aylin}").text


def test_after_a_move_one_click_sends_the_addendum_anew(
    app: Flask, given: Given, hr: PageClient, aylin: int
) -> None:
    with given():
        home = db.session.get_one(Employee, aylin).home
        assert home is not None
        home.street = "Müllerstraße"
    assert "Die Anschrift hat sich geändert" in hr.get(f"/papiere/mappen/{aylin}").text

    hr.post(f"/papiere/mappen/{aylin}/erneuern")

    with app.app_context():
        pack = queries.pack_of(aylin)
        assert pack is not None
        assert [paper.kind for paper in pack.papers] == [PaperKind.ADDENDUM]


# Calls


def test_who_does_not_answer_is_called_and_leaves_the_list(
    app: Flask, given: Given, hr: PageClient, many: list[int]
) -> None:
    with given():
        pack = queries.pack_of(many[0])
        assert pack is not None
        pack.reminders, pack.reminded_at = 3, clock.now() - timedelta(days=2)

    page = hr.get("/papiere/anrufe").text
    assert "Person 0" in page
    assert "+49 30 23125 100" in page
    assert "Regeln" in page
    assert "Person 1<" not in page
    assert hr.post(f"/papiere/mappen/{many[0]}/angerufen", {"note": ""}).status_code == 422
    hr.post(f"/papiere/mappen/{many[0]}/angerufen", {"note": "unterschreibt heute"})

    assert "Person 0" not in hr.get("/papiere/anrufe").text
    assert "Person 0" in hr.get("/papiere/anrufe?called=yes").text
    assert "Person 0" in hr.get("/papiere/anrufe?called=yes&export=csv").text
    with app.app_context():
        assert db.session.query(AuditLine).filter_by(action="agreements.called").count() == 1


# The house's signature


def test_the_house_signs_all_selected_papers_with_the_accounts_own_name(
    app: Flask, given: Given, hr: PageClient, many: list[int], folder: Path
) -> None:
    with given():
        for employee_id in many[:3]:
            pack = queries.pack_of(employee_id)
            assert pack is not None
            sign(pack, folder)
    page = hr.get("/papiere/unterschreiben").text
    ids = re.findall(r'name="ids" value="(\d+)"', page)
    assert len(ids) == 3

    wrong = hr.post(
        "/papiere/unterschreiben", {"ids": ids, "name": "Svenja Adler"}, follow_redirects=True
    )
    assert "Tippe deinen eigenen Namen" in wrong.text
    hr.post("/papiere/unterschreiben", {"ids": ids, "name": "jonas  reuter"})
    work(app, folder)

    assert "3 Papiere sind unterschrieben." in hr.get(f"/papiere/ergebnis/{the_job(app)}").text
    assert "Kein Papier wartet auf die Firma." in hr.get("/papiere/unterschreiben").text
    with app.app_context():
        signed = db.session.query(AuditLine).filter_by(action="agreements.countersigned")
        assert {line.actor for line in signed if line.actor != str(HR)} != set()


# Whole files


def archive(answer: TestResponse) -> zipfile.ZipFile:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_everything_of_one_person_is_one_file_with_an_index(
    app: Flask, given: Given, hr: PageClient, aylin: int, folder: Path
) -> None:
    with given():
        service.void_pack(aylin, "Neue Texte", by=HR)
        sent(db.session.get_one(Employee, aylin), folder)

    with archive(hr.post(f"/papiere/mappen/{aylin}/alles")) as found:
        assert found.testzip() is None
        table = found.read("index.csv").decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(table), delimiter=";"))
        text = found.read("index.txt").decode("utf-8-sig")
        pdfs = [name for name in found.namelist() if name.endswith(".pdf")]
        assert len(pdfs) == len(rows) > 14
        for row in rows:
            digest = hashlib.sha256(found.read(row["Datei"])).hexdigest()
            assert digest == row["SHA-256"]
            assert digest in text
    assert "Aylin Yıldız" in text
    with app.app_context():
        [line] = db.session.query(AuditLine).filter_by(action="agreements.exported")
        assert line.employee_id == aylin


def test_a_file_that_is_gone_is_named_and_the_others_are_there(
    app: Flask, hr: PageClient, aylin: int, folder: Path
) -> None:
    with app.app_context():
        paper = db.session.query(Paper).order_by(Paper.id)[0]
        assert paper.frozen_file is not None
        Store(folder).path_of(paper.frozen_file.sha256).write_bytes(b"something else")
        reference = f"P{paper.id:06d}"

    with archive(hr.post(f"/papiere/mappen/{aylin}/alles")) as found:
        text = found.read("index.txt").decode("utf-8-sig")
        assert text.count("fehlt oder ist beschädigt") == 1
        assert not [n for n in found.namelist() if n.startswith(reference) and "gesendet" in n]
        assert [n for n in found.namelist() if n.startswith(reference)]


def test_everything_of_a_client_is_one_file_with_question_and_answer(
    app: Flask, given: Given, hr: PageClient, folder: Path
) -> None:
    with given():
        approve_all()
        client = Client(name="Havelkraft Energie", projects=[Project(name="Störungsannahme")])
        empty = Client(name="Neukunde")
        db.session.add_all([client, empty])
        db.session.flush()
        approval = Approval(
            project_id=client.projects[0].id,
            state=ApprovalState.GIVEN,
            text_version=queries.texts()[0],
            facts={},
            created_at=clock.now(),
            created_by=str(HR),
            answered_at=clock.now(),
            frozen_file=keep(Store(folder), b"%PDF-1", name="a.pdf", media_type="application/pdf"),
            answer_file=keep(Store(folder), b"%PDF-2", name="b.pdf", media_type="application/pdf"),
        )
        db.session.add(approval)
        ids = client.id, empty.id

    with archive(hr.post(f"/papiere/auftraggeber/{ids[0]}/alles")) as found:
        assert sorted(name.rpartition("/")[2] for name in found.namelist()) == [
            "anfrage.pdf",
            "antwort.pdf",
            "index.csv",
            "index.txt",
        ]
        assert "Störungsannahme" in found.read("index.txt").decode("utf-8-sig")
        assert "erteilt" in found.read("index.txt").decode("utf-8-sig")
    nothing = hr.post(f"/papiere/auftraggeber/{ids[1]}/alles", follow_redirects=True)
    assert "noch nicht um Zustimmung gebeten" in nothing.text
    assert "Alle Zustimmungen" in hr.get(f"/personen/auftraggeber/{ids[0]}").text
    with app.app_context():
        assert (
            db.session.query(AuditLine).filter_by(action="agreements.client_exported").count() == 1
        )


def test_only_hr_takes_everything_and_only_where_there_is_something(
    given: Given, hr: PageClient, signed_in: Callable[..., PageClient], aylin: int
) -> None:
    with given():
        nobody = makers.employee("Nina Neu").id
    assert hr.post(f"/papiere/mappen/{nobody}/alles").status_code == 302
    assert hr.post("/papiere/mappen/99999/alles").status_code == 404
    assert hr.post("/papiere/auftraggeber/99999/alles").status_code == 404
    for role in (Role.ADMIN, Role.AUDITOR, Role.IT, Role.DPO):
        assert signed_in(role).post(f"/papiere/mappen/{aylin}/alles").status_code == 403


# Links


def test_no_page_of_staff_shows_a_personal_link(
    app: Flask, given: Given, signed_in: Callable[..., PageClient], many: list[int]
) -> None:
    with given():
        pack = queries.pack_of(many[0])
        assert pack is not None
        pack.reminders, pack.reminded_at = 3, clock.now() - timedelta(days=2)
        opened = queries.pack_of(many[1])
        assert opened is not None
        signing.open_paper(opened.papers[0].id, employee_id=many[1])
    boss = signed_in(*Role)
    boss.post("/papiere/erinnern", {"ids": many})
    with app.app_context():
        work_off(app.extensions[EXTENSION])
        tokens = [
            book().address(LinkKind.PERSONAL, link.id).rpartition("/")[2]
            for link in db.session.query(PersonalLink)
        ]
    assert len(tokens) >= MANY

    looked = 0
    for path in _pages(app, many[0], the_job(app)):
        answer = boss.get(path)
        if answer.status_code != 200 or "text" not in answer.headers["Content-Type"]:
            continue
        looked += 1
        assert "/l/" not in answer.text, path
        for token in tokens:
            assert token not in answer.text, path
    assert looked > 40


def _pages(app: Flask, employee_id: int, job_id: int) -> list[str]:
    """Every page of staff that can be opened with the numbers of this scene."""
    numbers = {"employee_id": employee_id, "job_id": job_id}
    paths = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint.split(".")[0] in {
                "static",
                "portal",
                "slots",
                "pickup",
                "demo",
            }:
                continue
            values = {name: numbers.get(name, 1) for name in rule.arguments}
            if rule.arguments and "token" in rule.arguments:
                continue
            paths.append(str(app.url_map.bind("localhost").build(rule.endpoint, values)))
    return sorted(set(paths))
