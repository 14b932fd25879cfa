"""The employee's pages, as her phone sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.links import link_for
from hoffice.accounts.rules import Role
from hoffice.agreements import queries as agreements
from hoffice.agreements import service
from hoffice.agreements.rules import PaperState
from hoffice.db import db
from hoffice.handover.models import Handover, HandoverLine
from hoffice.handover.rules import ItemOutcome, VisitOutcome
from hoffice.kits.models import Item, Kit
from hoffice.kits.rules import ItemKind
from hoffice.people import queries as people
from hoffice.people.rules import holder_of
from hoffice.portal import rules
from hoffice.runs.models import Run, Stop
from hoffice.runs.rules import StopState
from hoffice.settings import Settings
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import DRAWN, HR, book, in_force, sent
from tests.conftest import Given
from tests.pageclient import PageClient


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.instance / "files"


@pytest.fixture
def employee_id(given: Given, folder: Path) -> int:
    """Somebody whose pack is on its way."""
    with given():
        employee = makers.employee("Aylin Yıldız")
        sent(employee, folder)
        return employee.id


@pytest.fixture
def phone(app: Flask, given: Given, employee_id: int) -> PageClient:
    """Her phone, after she has opened the link of her mail."""
    return browser_of(app, given, employee_id)


def browser_of(app: Flask, given: Given, employee_id: int) -> PageClient:
    with given():
        link = link_for(
            holder_of(employee_id), book=book(), by=Actor.system(), employee_id=employee_id
        )
        link_id = link.id
    client = PageClient(app)
    client.be_holder(link_id)
    return client


def paper_ids(app: Flask, employee_id: int) -> list[int]:
    with app.app_context():
        pack = agreements.pack_of(employee_id)
        assert pack is not None
        return [paper.id for paper in pack.papers]


def signed(app: Flask, employee_id: int) -> int:
    with app.app_context():
        return len(in_force(employee_id))


ADDRESS = {
    "street": "Müllerstraße",
    "housenumber": "48",
    "postcode": "13349",
    "city": "Berlin",
    "floor": "3",
    "lift": "no",
    "bell": "Yıldız / Kern",
}


def test_without_a_link_nothing_opens(stranger: PageClient) -> None:
    assert stranger.get("/mein/").status_code == 302


def test_the_overview_greets_by_name_and_says_what_is_next(phone: PageClient) -> None:
    page = phone.get("/mein/").text

    assert "Hallo Aylin, noch 5 Schritte." in page
    assert "Adresse bestätigen" in page


def test_the_page_speaks_the_employees_language(app: Flask, given: Given) -> None:
    with given():
        employee_id = makers.employee("Grace Wood", language="en").id
    phone = browser_of(app, given, employee_id)

    assert "Hello Grace, 5 more steps." in phone.get("/mein/").text


def test_the_address_is_confirmed_with_the_way_to_the_door(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    assert 'value="Sonnenallee"' in phone.get("/mein/adresse").text

    answer = phone.post(
        "/mein/adresse",
        {**ADDRESS, "street": "Sonnenallee", "housenumber": "912", "postcode": "12045"},
    )

    assert answer.location == "/mein/zuhause"
    with app.app_context():
        home = people.home_of(employee_id)
        assert home is not None
        assert home.confirmed_at is not None
        assert (home.floor, home.lift, home.bell) == ("3", False, "Yıldız / Kern")


def test_a_wrong_address_is_corrected(app: Flask, phone: PageClient, employee_id: int) -> None:
    phone.post("/mein/adresse", ADDRESS)

    with app.app_context():
        home = people.home_of(employee_id)
        assert home is not None
        assert home.line == "Müllerstraße 48, 13349 Berlin"
        assert home.confirmed_by == f"employee:{employee_id}"


def test_an_address_without_a_postcode_is_asked_again(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    answer = phone.post("/mein/adresse", {**ADDRESS, "postcode": "1334"})

    assert answer.status_code == 422
    assert "fünf Ziffern" in answer.text
    assert 'value="Müllerstraße"' in answer.text
    with app.app_context():
        home = people.home_of(employee_id)
        assert home is not None
        assert home.street == "Sonnenallee"


def test_times_are_ticked_and_shown_again(app: Flask, phone: PageClient, employee_id: int) -> None:
    day = rules.days_offered(clock.today())[2]
    values = [rules.span_value((day, *window)) for window in rules.WINDOWS[:2]]

    answer = phone.post("/mein/zuhause", {"span": values})

    assert answer.status_code == 302
    with app.app_context():
        said = people.at_home(employee_id, clock.today())
        assert [(one.on_date, one.start_min, one.end_min) for one in said] == [(day, 480, 960)]
    page = phone.get("/mein/zuhause").text
    assert all(f'value="{value}" checked' in page for value in values)


def test_no_time_at_all_is_asked_again(phone: PageClient) -> None:
    answer = phone.post("/mein/zuhause")

    assert answer.status_code == 422
    assert "mindestens eine Zeit" in answer.text


def test_a_paper_is_read_as_a_page_made_of_the_same_words(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    first, _second = paper_ids(app, employee_id)

    page = phone.get(f"/mein/papiere/{first}").text

    assert "Home-office addendum" in page
    assert "Für Aylin Yıldız (" in page
    assert "Unterschrieben von Svenja Adler" in page
    with app.app_context():
        assert agreements.paper(first).state is PaperState.OPENED


def test_reading_on_leads_from_paper_to_paper_to_the_signature(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    first, second = paper_ids(app, employee_id)

    assert phone.post(f"/mein/papiere/{first}/gelesen").location == f"/mein/papiere/{second}"
    assert phone.get("/mein/papiere").text.count("checked") == 1  # resumes where it stopped
    assert phone.post(f"/mein/papiere/{second}/gelesen").location == "/mein/papiere#signature-label"
    assert phone.get("/mein/papiere").text.count("checked") == 2


def test_one_drawing_signs_everything(app: Flask, phone: PageClient, employee_id: int) -> None:
    both = paper_ids(app, employee_id)

    answer = phone.post(
        "/mein/papiere",
        {"read": both, "signature_kind": "drawn", "signature_strokes": json.dumps(DRAWN)},
        follow_redirects=True,
    )

    assert answer.status_code == 200
    assert signed(app, employee_id) == 2
    assert phone.get(f"/mein/papiere/{both[0]}.pdf").data.startswith(b"%PDF")
    assert "Alles ist unterschrieben." in phone.get("/mein/papiere").text


def test_typing_signs_as_well_without_any_script(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    phone.post(
        "/mein/papiere",
        {
            "read": paper_ids(app, employee_id),
            "signature_kind": "typed",
            "signature_typed": "Aylin Yıldız",
        },
    )

    assert signed(app, employee_id) == 2


def test_a_form_sent_twice_is_signed_once_and_leads_on(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    form = {
        "read": paper_ids(app, employee_id),
        "signature_kind": "typed",
        "signature_typed": "Aylin Yıldız",
    }
    phone.post("/mein/papiere", form)

    again = phone.post("/mein/papiere", form)

    assert again.status_code == 302
    assert signed(app, employee_id) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"read": []}, "Hake jedes Papier"),
        ({"signature_typed": "."}, "vollen Namen"),
        ({"signature_kind": "drawn", "signature_strokes": "[[[0.5,0.5]]]"}, "zu wenig"),
        ({"signature_kind": "drawn", "signature_strokes": "{"}, "nicht gelesen"),
    ],
)
def test_what_is_missing_is_said_on_the_page_and_nothing_is_signed(
    app: Flask, phone: PageClient, employee_id: int, change: dict[str, object], words: str
) -> None:
    form = {
        "read": paper_ids(app, employee_id),
        "signature_kind": "typed",
        "signature_typed": "Aylin Yıldız",
    }

    answer = phone.post("/mein/papiere", {**form, **change})

    assert answer.status_code == 422
    assert words in answer.text
    assert signed(app, employee_id) == 0


def test_another_persons_paper_does_not_exist(
    app: Flask, given: Given, employee_id: int, phone: PageClient
) -> None:
    first = paper_ids(app, employee_id)[0]
    with given():
        other_id = makers.employee("Marek Kowalczyk").id
    other = browser_of(app, given, other_id)

    for path in ("", ".pdf", "/ablehnen"):
        assert other.get(f"/mein/papiere/{first}{path}").status_code == 404
    assert other.post(f"/mein/papiere/{first}/gelesen").status_code == 404
    assert phone.get(f"/mein/papiere/{first}.pdf").status_code == 200


def test_declining_tells_why_and_stops_the_way(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    first = paper_ids(app, employee_id)[0]
    assert phone.post(f"/mein/papiere/{first}/ablehnen", {"reason": " "}).status_code == 422

    phone.post(f"/mein/papiere/{first}/ablehnen", {"reason": "§ 4 ist mir unklar"})

    with app.app_context():
        assert agreements.paper(first).reason == "§ 4 ist mir unklar"
    assert "HR meldet sich" in phone.get("/mein/").text
    assert phone.get(f"/mein/papiere/{first}/ablehnen").status_code == 302


def test_a_paper_taken_back_is_gone(
    app: Flask, given: Given, phone: PageClient, employee_id: int
) -> None:
    first = paper_ids(app, employee_id)[0]
    with given():
        service.void_pack(employee_id, "Falsch", by=HR)

    assert phone.get(f"/mein/papiere/{first}").status_code == 404
    assert "nichts zu unterschreiben" in phone.get("/mein/papiere").text


def visit(given: Given, employee_id: int) -> list[int]:
    """A van was there with a PC and a monitor; gives back the items."""
    with given():
        items: list[Item] = [makers.item(ItemKind.PC), makers.item(ItemKind.MONITOR)]
        kit = Kit(employee_id=employee_id, kit_type=makers.kit_type(), created_at=clock.now())
        db.session.add(kit)
        db.session.flush()
        home = people.home_of(employee_id)
        assert home is not None
        driver = makers.account(Role.DRIVER)
        run = Run(
            shift=makers.shift(of=makers.van()),
            start_min=480,
            end_min=900,
            distance_m=9000,
            work_min=420,
            breaks=[],
        )
        db.session.add(run)
        db.session.add(run)
        stop = Stop(
            run=run,
            position=1,
            employee_id=employee_id,
            kit_id=kit.id,
            home_id=home.id,
            state=StopState.DONE,
            service_min=10,
            created_at=clock.now(),
        )
        db.session.add(stop)
        handover = Handover(
            stop=stop,
            employee_id=employee_id,
            outcome=VisitOutcome.DELIVERED,
            strokes=[],
            by=str(Actor.staff(driver.id)),
            at=clock.now(),
            lines=[HandoverLine(item=item, outcome=ItemOutcome.GIVEN) for item in items],
        )
        db.session.add(handover)
        db.session.flush()
        return [item.id for item in items]


def test_the_receipt_is_given_item_by_item(
    app: Flask, given: Given, phone: PageClient, employee_id: int
) -> None:
    pc, monitor = visit(given, employee_id)
    assert "Was ist angekommen?" in phone.get("/mein/annehmen").text

    half = phone.post("/mein/annehmen", {f"item-{pc}": "yes"})
    assert half.status_code == 422
    assert 'value="yes" checked' in half.text

    whole = phone.post(
        "/mein/annehmen",
        {f"item-{pc}": "yes", f"item-{monitor}": "broken", f"note-{monitor}": "Riss"},
    )
    assert whole.location == "/mein/unterlagen"
    with app.app_context():
        handover = db.session.query(Handover).one()
        assert handover.receipt is not None
        assert [(line.answer, line.note) for line in handover.receipt.lines] == [
            ("yes", ""),
            ("broken", "Riss"),
        ]
    again = phone.post("/mein/annehmen", {f"item-{pc}": "yes", f"item-{monitor}": "yes"})
    assert again.status_code == 302


def test_every_page_of_the_way_is_whole(
    app: Flask, given: Given, phone: PageClient, employee_id: int
) -> None:
    first = paper_ids(app, employee_id)[0]
    paths = ["/", "/adresse", "/zuhause", "/papiere", f"/papiere/{first}", "/lieferung"]
    paths += ["/unterlagen", f"/papiere/{first}/ablehnen", f"/papiere/{first}?sprache=en"]
    visit(given, employee_id)
    for path in [*paths, "/annehmen"]:
        assert phone.get(f"/mein{path}").status_code == 200, path


def test_somebody_without_papers_sees_that_nothing_waits(app: Flask, given: Given) -> None:
    with given():
        employee_id = makers.employee("Marek Kowalczyk").id
    phone = browser_of(app, given, employee_id)

    assert "nichts zu unterschreiben" in phone.get("/mein/papiere").text
    assert phone.get("/mein/annehmen").location == "/mein/lieferung"
    assert phone.get("/mein/unterlagen").status_code == 200
