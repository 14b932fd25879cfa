"""One person gets her desk at home: from a staff list to a confirmed receipt.

Everything is real: the database, the papers, the optimiser, the mail server. Only the browser is
the page client, which checks each page it is given; ``tests/browser`` walks the same way in
Chromium.
"""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.agreements import queries as agreement_queries
from hoffice.agreements import service as agreements
from hoffice.agreements.models import Paper
from hoffice.agreements.rules import PaperKind, PaperState, WorkModel, packs_of
from hoffice.audit import queries as audit
from hoffice.db import db, unit_of_work
from hoffice.demo.models import DemoMark
from hoffice.factory import create_app
from hoffice.handover import queries as handovers
from hoffice.handover.models import Handover
from hoffice.jobs import worker
from hoffice.jobs.cli import EXTENSION
from hoffice.kits import service as kits
from hoffice.kits.models import Box, Holding, Kit, KitItem, KitType
from hoffice.kits.rules import BoxState, HolderKind, ItemKind
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.places.rules import Precision
from hoffice.portal.rules import days_offered
from hoffice.runs import queries as run_queries
from hoffice.runs import service as runs
from hoffice.runs.models import Plan, Run, Slot, Stop
from hoffice.runs.rules import RunState
from hoffice.settings import Settings, Smtp
from tests import makers
from tests.agreements.scene import in_force
from tests.pageclient import PageClient
from tests.postbox import Postbox, served

STAFF_LIST = (
    "Personalnr.;Nachname;Vorname;E-Mail;Telefon;Team;Straße;Hausnr.;PLZ;Ort;lat;lon\r\n"
    "4471;Yıldız;Aylin;aylin@spreeruf.example;030 23125 171;Team Süd;"
    "Sonnenallee;912;12045;Berlin;52,4810;13,4360\r\n"
    "4472;Müller;Jörg;joerg@spreeruf.example;030 23125 172;Team Süd;"
    "Kantstraße;905;10627;Berlin;;\r\n"
)
CODE = re.compile(r"^(\d{6})\r?$", re.MULTILINE)
LINK = re.compile(r"http://localhost(/l/[\w.\-]+)")
STROKES = json.dumps([[[0.1, 0.5], [0.3, 0.2], [0.5, 0.8], [0.7, 0.3], [0.9, 0.6]]])


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, Smtp]]:
    """A mail server of our own on loopback."""
    with served() as both:
        yield both


@pytest.fixture
def house(settings: Settings, postbox: tuple[Postbox, Smtp]) -> Iterator[Flask]:
    """A house with a mail server; texts that no lawyer has seen yet are allowed by the demo."""
    app = create_app(replace(settings, smtp=postbox[1], demo=True))
    with app.app_context(), unit_of_work():
        db.session.add(DemoMark(id=1, made_at=clock.now(), day_three=clock.today()))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class Story:
    """The people of the story and what they hold."""

    def __init__(self, app: Flask, postbox: Postbox) -> None:
        self.app, self.postbox = app, postbox
        self.it, self.it_id = self._staff(Role.IT, "Jonas Reuter")
        self.hr, _ = self._staff(Role.HR, "Svenja Adler")
        self.driver, self.driver_id = self._staff(Role.DRIVER, "Can Demir")

    def _staff(self, role: Role, name: str) -> tuple[PageClient, int]:
        with self.app.app_context(), unit_of_work():
            account = makers.account(role, name=name)
            ids = account.id, account.session_epoch
        browser = PageClient(self.app)
        browser.be_account(*ids)
        return browser, ids[0]

    def work(self) -> None:
        """Let the worker do what is due."""
        with self.app.app_context():
            worker.work_off(self.app.extensions[EXTENSION])

    def ids(self, model: type[Any], **where: Any) -> list[int]:
        """The numbers of the rows that fit, in their order."""
        with self.app.app_context():
            return list(
                db.session.scalars(sa.select(model.id).filter_by(**where).order_by(model.id))
            )

    def box_codes(self, employee_id: int) -> list[str]:
        """What stands on the labels of this person's boxes."""
        with self.app.app_context():
            return list(
                db.session.scalars(
                    sa.select(Box.code)
                    .join(Kit)
                    .where(Kit.employee_id == employee_id)
                    .order_by(Box.code)
                )
            )

    def holdings(self, employee_id: int) -> list[Holding]:
        """Who has the items of this person's kit; inside an app context."""
        return list(
            db.session.scalars(
                sa.select(Holding)
                .join(KitItem, KitItem.item_id == Holding.item_id)
                .join(Kit, Kit.id == KitItem.kit_id)
                .where(Kit.employee_id == employee_id)
            )
        )

    def last_link(self, to: str) -> str:
        """The personal link in the newest mail to this address."""
        for mail in reversed(self.postbox.mails):
            if mail["To"] == to:
                found = LINK.search(mail.get_body(("plain",)).get_content())
                assert found is not None, "the mail has no link"
                return found[1]
        pytest.fail(f"no mail to {to}")

    def last_code(self) -> str:
        """The one-time code in the newest mail."""
        found = CODE.search(self.postbox.mails[-1].get_body(("plain",)).get_content())
        assert found is not None, "the mail has no code"
        return found[1]


def text_of(pdf: bytes) -> str:
    """The words of a PDF."""
    assert pdf.startswith(b"%PDF")
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture
def story(house: Flask, postbox: tuple[Postbox, Smtp]) -> Story:
    """The scene: staff, stock, a van with a shift, a depot, sample texts; nobody to serve yet."""
    made = Story(house, postbox[0])
    with house.app_context(), unit_of_work():
        makers.depot()
        makers.kit_type()
        for kind in (
            ItemKind.PC,
            ItemKind.MONITOR,
            ItemKind.KEYBOARD,
            ItemKind.MOUSE,
            ItemKind.HEADSET,
        ):
            for number in range(2):
                kits.add_item(
                    f"HW-{kind}-{number}".upper(), kind, by=makers.IT, litres=20, weight_g=4000
                )
        agreements.load_samples(by=makers.IT)
        runs.add_shift(
            makers.van().id,
            days_offered(clock.today())[0],
            start_min=480,
            end_min=990,
            driver_id=made.driver_id,
            by=makers.IT,
        )
    return made


def test_from_a_staff_list_to_a_confirmed_receipt(story: Story) -> None:
    aylin_id = import_the_list(story)
    give_and_pack_the_kit(story, aylin_id)
    aylin = send_the_papers(story, aylin_id)
    confirm_address_and_times(story, aylin, aylin_id)
    run_id = plan_the_run(story)
    refuse_to_load_before_the_signature(story, aylin_id, run_id)
    sign_by_drawing(story, aylin, aylin_id)
    promise_the_window(story, aylin, run_id)
    load_and_drive_off(story, aylin_id, run_id)
    hand_over_at_the_door(story, aylin_id)
    confirm_the_receipt(story, aylin, aylin_id)
    read_the_history(story, aylin_id)


def import_the_list(story: Story) -> int:
    """IT imports a staff list: a preview line by line, then the change; addresses are located."""
    preview = story.it.post(
        "/personen/import",
        {"file": (io.BytesIO(STAFF_LIST.encode("utf-8-sig")), "personal.csv")},
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    assert "4471" in preview.text
    assert "Yıldız" in preview.text
    assert story.ids(Employee) == []

    path = re.search(r"/personen/import/\d+", preview.text)
    expected = re.search(r'name="expected" value="([^"]*)"', preview.text)
    assert path is not None
    assert expected is not None
    story.it.post(f"{path[0]}/uebernehmen", {"expected": html.unescape(expected[1])})

    [aylin_id] = story.ids(Employee, personnel_number="4471")
    [joerg_id] = story.ids(Employee, personnel_number="4472")
    with story.app.app_context():
        homes = people.homes_of([aylin_id, joerg_id])
        assert homes[aylin_id].precision is Precision.HOUSE  # the list's own point wins
        assert homes[joerg_id].precision is Precision.POSTCODE
    page = story.it.get(f"/personen/{joerg_id}")
    assert "ungefähr" in page.text
    return aylin_id


def give_and_pack_the_kit(story: Story, aylin_id: int) -> None:
    """IT gives a kit from a kit type, packs it in boxes and prints the labels."""
    [kit_type_id] = story.ids(KitType)
    story.it.post("/geraete/kits/vergeben", {"ids": [str(aylin_id)], "kit_type": str(kit_type_id)})
    [kit_id] = story.ids(Kit, employee_id=aylin_id)
    story.it.post(f"/geraete/kits/{kit_id}/packen")

    labels = text_of(story.it.get(f"/geraete/etiketten.pdf?kit={kit_id}").data)

    assert all(code in labels for code in story.box_codes(aylin_id))
    with story.app.app_context():
        assert set(db.session.scalars(sa.select(Box.state))) == {BoxState.PACKED}


def send_the_papers(story: Story, aylin_id: int) -> PageClient:
    """HR sends the pack as real PDFs; Aylin opens her link from the mail, on a phone."""
    answer = story.hr.fill(
        f"/papiere/senden?ids={aylin_id}",
        {
            "signer_name": "Svenja Adler",
            "company_address": "Alexanderplatz 1, 10178 Berlin",
            "hotline": "030 23125 110",
            "data_protection_contact": "datenschutz@spreeruf.example",
        },
    )
    assert answer.status_code == 302, answer.text
    story.work()
    addendum_id, *_others = story.ids(Paper, employee_id=aylin_id)
    words = text_of(story.hr.get(f"/papiere/{addendum_id}.pdf").data)
    assert "Aylin Yıldız" in words

    path = story.last_link("aylin@spreeruf.example")
    robot = PageClient(story.app)
    assert robot.get(path).status_code == 200  # a preview robot looks, and uses nothing up
    aylin = PageClient(story.app)
    landed = aylin.post(path)
    assert landed.headers["Location"] == "/mein/"
    assert "Aylin" in aylin.get("/mein/").text
    return aylin


def confirm_address_and_times(story: Story, aylin: PageClient, aylin_id: int) -> None:
    """She confirms the address with the way to her door, and says when she is at home."""
    aylin.post(
        "/mein/adresse",
        {
            "street": "Sonnenallee",
            "housenumber": "912",
            "postcode": "12045",
            "city": "Berlin",
            "floor": "4",
            "lift": "no",
            "bell": "Yıldız / Rau",
            "access_note": "2. Hof",
        },
    )
    spans = re.findall(r'name="span" value="([^"]+)"', aylin.get("/mein/zuhause").text)
    aylin.post("/mein/zuhause", {"span": spans})

    with story.app.app_context():
        home = people.home_of(aylin_id)
        assert home is not None
        assert home.confirmed_at is not None
        assert home.precision is Precision.HOUSE
        assert len(people.at_home(aylin_id, clock.today())) > 0


def plan_the_run(story: Story) -> int:
    """IT plans a van run for the next days with the engine, sees it on a map, prints the sheet."""
    story.it.post("/fahrten/vorschlagen")
    with story.app.app_context():
        [shift_id] = [shift.id for shift in run_queries.shifts(clock.today())]
    answer = story.it.post("/fahrten/planen", {"shifts": [str(shift_id)], "seconds": "5"})
    assert answer.status_code == 302, answer.text
    story.work()
    [plan_id] = story.ids(Plan)
    assert "Yıldız" in story.it.get(f"/fahrten/plan/{plan_id}").text

    story.it.post(f"/fahrten/plan/{plan_id}/nehmen")

    [run_id] = story.ids(Run)
    page = story.it.get(f"/fahrten/{run_id}")
    assert "data-map" in page.text
    sheet = text_of(story.it.get(f"/fahrten/{run_id}/tour.pdf").data)
    assert "Sonnenallee 912" in sheet
    assert "Yıldız / Rau" in sheet
    return run_id


def refuse_to_load_before_the_signature(story: Story, aylin_id: int, run_id: int) -> None:
    """The box may not be loaded yet: the page says why, and whose turn it is."""
    code = story.box_codes(aylin_id)[0]

    page = story.driver.post(f"/unterwegs/{run_id}/laden", {"code": code}, follow_redirects=True)

    assert "ist noch nicht frei" in page.text
    assert "noch nicht geöffnet" in page.text
    assert "Mitarbeitende" in page.text
    with story.app.app_context():
        assert set(db.session.scalars(sa.select(Box.state))) == {BoxState.PACKED}


def sign_by_drawing(story: Story, aylin: PageClient, aylin_id: int) -> None:
    """She reads all papers and signs them with one drawn signature; nobody signs twice."""
    papers = story.ids(Paper, employee_id=aylin_id)
    for paper_id in papers:
        assert "Aylin" in aylin.get(f"/mein/papiere/{paper_id}").text
    signature = {
        "read": [str(paper_id) for paper_id in papers],
        "signature_kind": "drawn",
        "signature_strokes": STROKES,
    }
    assert aylin.post("/mein/papiere", signature).status_code == 422  # nobody signs without a code
    aylin.post("/mein/papiere/code/senden")
    story.work()
    aylin.post("/mein/papiere/code", {"code": story.last_code()})
    answer = aylin.post("/mein/papiere", signature)
    assert answer.status_code == 302, answer.text
    assert aylin.post("/mein/papiere", signature).status_code == 302  # a double tap leads on

    with story.app.app_context():
        pack = agreement_queries.pack_of(aylin_id)
        assert pack is not None
        signed = [
            one.id for one in pack.papers if one.state is PaperState.SIGNED and one.signatures
        ]
        whole = set(packs_of(WorkModel.TELEWORK))
        assert in_force(aylin_id) == whole - {PaperKind.INSTRUCTION}
    assert len(signed) == len(papers) - 2  # one waits for the trainer, one is only read
    for paper_id in signed:
        words = text_of(aylin.get(f"/mein/papiere/{paper_id}.pdf").data)
        assert "einfache elektronische Signatur" in words


def promise_the_window(story: Story, aylin: PageClient, run_id: int) -> None:
    """IT promises the window; the mail and her page say the same."""
    story.it.post(f"/fahrten/{run_id}/zusagen")
    story.work()
    assert story.last_link("aylin@spreeruf.example")
    with story.app.app_context():
        assert len(db.session.scalars(sa.select(Slot)).all()) == 1
    assert "Uhr" in aylin.get("/mein/lieferung").text


def load_and_drive_off(story: Story, aylin_id: int, run_id: int) -> None:
    """Now every gate is open: the boxes are loaded, and the van drives."""
    for code in story.box_codes(aylin_id):
        page = story.driver.post(
            f"/unterwegs/{run_id}/laden", {"code": code}, follow_redirects=True
        )
        assert "ist im Bus" in page.text
    story.driver.post(f"/unterwegs/{run_id}/losfahren")
    with story.app.app_context():
        assert run_queries.run(run_id).state is RunState.UNDER_WAY
        assert {item.holder_kind for item in story.holdings(aylin_id)} == {HolderKind.VAN}


def hand_over_at_the_door(story: Story, aylin_id: int) -> None:
    """The driver marks the stop delivered, item by item."""
    [stop_id] = story.ids(Stop, employee_id=aylin_id)
    with story.app.app_context():
        items = [row.item_id for row in run_queries.stop(stop_id).kit.kit_items]
    assert "2. Hof" in story.driver.get(f"/unterwegs/halt/{stop_id}").text
    half = {f"item-{items[0]}": "given", "received_by": "Aylin Yıldız"}
    unfinished = story.driver.post(f"/unterwegs/halt/{stop_id}/uebergeben", half)
    assert "zu jedem Gerät" in unfinished.text

    story.driver.post(
        f"/unterwegs/halt/{stop_id}/uebergeben",
        {
            **{f"item-{item_id}": "given" for item_id in items},
            "received_by": "Aylin Yıldız",
            "signature_kind": "drawn",
            "signature_strokes": STROKES,
        },
    )

    with story.app.app_context():
        holdings = story.holdings(aylin_id)
        assert {(one.holder_kind, one.holder_id) for one in holdings} == {
            (HolderKind.EMPLOYEE, aylin_id)
        }


def confirm_the_receipt(story: Story, aylin: PageClient, aylin_id: int) -> None:
    """She confirms the receipt item by item; the handover record is a PDF in her file."""
    [visit_id] = story.ids(Handover, employee_id=aylin_id)
    with story.app.app_context():
        items = [line.item_id for line in handovers.handover(visit_id).lines]
    aylin.post("/mein/annehmen", {f"item-{item_id}": "yes" for item_id in items})

    record = text_of(story.it.get(f"/uebergaben/{visit_id}.pdf").data)
    own = text_of(aylin.get(f"/mein/uebergaben/{visit_id}.pdf").data)
    assert record == own
    assert "HW-PC-0" in record
    with story.app.app_context():
        assert aylin_id in handovers.working_from_home_since([aylin_id])


def read_the_history(story: Story, aylin_id: int) -> None:
    """Her page shows the whole history in one timeline, from the log; the chain is whole."""
    page = story.it.get(f"/personen/{aylin_id}").text
    for deed in (
        "Aus der Personalliste übernommen",
        "Gerätesatz zusammengestellt",
        "Karton 1 gepackt",
        "Papiere verschickt",
        "Persönlicher Link geöffnet",
        "Adresse bestätigt",
        "Karton am Bus zurückgehalten",
        "Papier unterschrieben",
        "Termin zugesagt",
        "Alle Bedingungen erfüllt",
        "Alle Geräte übergeben",
        "Empfang bestätigt",
    ):
        assert deed in page, deed
    with story.app.app_context():
        assert audit.first_break() is None
        lines = audit.about_employee(aylin_id)
        assert not any("Yıldız" in json.dumps(line.details) for line, _personal in lines)
