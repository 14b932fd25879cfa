"""The people's pages, as IT, HR and the others see them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import Workbook

from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.people import queries, service
from hoffice.people.models import Employee, StaffImport
from hoffice.places.rules import Precision
from hoffice.sheets.importing import ImportState
from tests import makers
from tests.conftest import Given
from tests.makers import IT
from tests.pageclient import PageClient
from tests.people.lists import AYSE, HEADER, MAREK, csv, many
from tests.postcodes import embedded

SignedIn = Callable[..., PageClient]
GERMAN = {"Accept-Language": "de"}
ENGLISH = {"Accept-Language": "en"}


def _upload(browser: PageClient, content: bytes, name: str = "liste.csv") -> str:
    """Upload a list and follow to the page it leads to."""
    answer = browser.post(
        "/personen/import",
        {"file": (io.BytesIO(content), name)},
        follow_redirects=True,
        headers=ENGLISH,
    )
    return answer.text


def _import_id(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(sa.select(sa.func.max(StaffImport.id))).one()


# --- the list -------------------------------------------------------------------------------------


def test_an_empty_house_shows_the_way_to_the_first_list(it: PageClient) -> None:
    page = it.get("/personen/", headers=ENGLISH).text

    assert "Nobody is here yet" in page
    assert 'href="/personen/import"' in page


def test_the_list_shows_where_people_live_and_how_well_that_is_known(
    it: PageClient, given: Given
) -> None:
    with given():
        ayse = makers.employee("Ayşe Kaya", confirmed=True)
        ayse_id = ayse.id

    page = it.get("/personen/", headers=ENGLISH).text

    assert f'href="/personen/{ayse_id}"' in page
    assert "Sonnenallee 912, 12045 Berlin" in page
    assert "to the house" in page


def test_the_list_is_searched_sorted_and_filtered(it: PageClient, given: Given) -> None:
    with given():
        kaya, brandt = (
            makers.employee("Ayşe Kaya"),
            makers.employee("Greta Brandt", lat=None, lon=None),
        )
        brandt.team = makers.team("Team Nord")
        kaya_team = kaya.team_id

    def names(query: str) -> list[str]:
        page = it.get(f"/personen/?{query}").text
        return sorted(
            (name for name in ("Ayşe Kaya", "Greta Brandt") if name in page), key=page.index
        )

    assert names("q=kaya") == ["Ayşe Kaya"]
    assert names(f"team={kaya_team}") == ["Ayşe Kaya"]
    assert names("precision=none") == ["Greta Brandt"]
    assert names("sort=name") == ["Greta Brandt", "Ayşe Kaya"]
    assert names("sort=name&dir=down") == ["Ayşe Kaya", "Greta Brandt"]
    assert names("sort=team&dir=down") == ["Ayşe Kaya", "Greta Brandt"]
    assert names("sort=address&q=nobody") == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_whole_list_can_be_taken_home(it: PageClient, given: Given, kind: str) -> None:
    with given():
        for number in range(60):
            makers.employee(f"Person Nummer{number}")

    answer = it.get(f"/personen/?export={kind}")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    if kind == "csv":
        assert len(answer.data.decode("utf-8-sig").splitlines()) == 61
        assert "Sonnenallee" in answer.text


def test_an_export_carries_no_live_formula(it: PageClient, given: Given) -> None:
    with given():
        makers.employee("=HYPERLINK(1) Kaya")

    file = it.get("/personen/?export=csv").data.decode("utf-8-sig")

    assert "\n'=HYPERLINK(1) Kaya;" in file


def test_a_team_lead_sees_the_own_team_without_addresses(signed_in: SignedIn, given: Given) -> None:
    lead = signed_in(Role.LEAD)
    with given():
        makers.employee("Ayşe Kaya")
        other = makers.employee("Greta Brandt")
        other.team = makers.team("Team Nord")
        account = db.session.scalars(sa.select(Account).order_by(Account.id.desc())).first()
        assert account is not None
        makers.team().lead_account_id = account.id

    page = lead.get("/personen/").text
    file = lead.get("/personen/?export=csv").data.decode("utf-8-sig")

    assert "Ayşe Kaya" in page
    assert "Greta Brandt" not in page
    assert "Sonnenallee" not in page
    assert "Sonnenallee" not in file
    assert "Ayşe Kaya" not in lead.get("/personen/?q=sonnenallee").text


@pytest.mark.parametrize("role", [Role.WORKS_COUNCIL, Role.DPO, Role.AUDITOR])
def test_who_need_not_get_there_sees_no_address(
    signed_in: SignedIn, given: Given, role: Role
) -> None:
    with given():
        makers.employee("Ayşe Kaya")

    page = signed_in(role).get("/personen/").text

    assert "Ayşe Kaya" in page
    assert "Sonnenallee" not in page
    assert "/personen/import" not in page


def test_the_list_costs_the_same_for_20_and_for_200_people(
    it: PageClient, given: Given, queries: list[str]
) -> None:
    def cost() -> int:
        before = len(queries)
        assert it.get("/personen/?per=200").status_code == 200
        return len(queries) - before

    def people(count: int) -> None:
        with given():
            for number in range(count):
                makers.employee(f"Person Nummer{number}")

    it.get("/personen/")  # what is asked once per process
    people(20)
    drawn_20, shown_20 = cost(), cost()
    people(180)
    drawn_200, shown_200 = cost(), cost()

    assert drawn_20 == drawn_200
    assert drawn_200 <= 12
    assert shown_20 == shown_200 < drawn_200


def test_every_change_is_seen_in_the_list_at_once(
    hr: PageClient, it: PageClient, given: Given
) -> None:
    with given():
        person_id = makers.employee("Ayşe Kaya").id
    assert "Ayşe Kaya" in it.get("/personen/").text
    assert "Ayşe Kaya" in it.get("/personen/").text

    hr.post(
        f"/personen/{person_id}/adresse", {"street": "Weidenufer", "housenumber": "3", "lift": ""}
    )
    assert "Weidenufer 3" in it.get("/personen/").text
    with given():
        service.confirm_home(person_id, by=IT)
    assert 'aria-label="confirmed"' in it.get("/personen/", headers=ENGLISH).text
    assert 'aria-label="bestätigt"' in it.get("/personen/", headers=GERMAN).text


def test_a_list_that_was_kept_carries_the_form_token_of_this_browser(
    app: Flask, given: Given
) -> None:
    with given():
        account = makers.account(Role.IT, name="Jonas Reuter")
        account_id, epoch = account.id, account.session_epoch
    browsers = [PageClient(app), PageClient(app)]
    for browser in browsers:
        browser.be_account(account_id, epoch)

    pages = [browser.get("/personen/").text for browser in browsers]

    tokens = [re.search(r'name="csrf-token" content="([^"]+)"', page) for page in pages]
    assert tokens[0] is not None
    assert tokens[1] is not None
    assert tokens[0][1] != tokens[1][1]
    assert tokens[0][1] not in pages[1]


# --- one person -----------------------------------------------------------------------------------


def _person(**changes: str) -> dict[str, str]:
    fields = {
        "personnel_number": "4471",
        "first_name": "Ayşe",
        "last_name": "Kaya",
        "team_id": "0",
        "language": "de",
        "lift": "",
    }
    return {**fields, **changes}


def test_somebody_is_taken_in_by_hand(hr: PageClient, app: Flask) -> None:
    hr.post(
        "/personen/neu",
        _person(street="Sonnenallee", housenumber="912", postcode="12045", weekly_hours="38,5"),
    )

    with app.app_context():
        made = queries.by_number("4471")
        assert made is not None
        assert made.weekly_hours == 38.5
        assert made.home is not None
        assert made.home.precision is Precision.POSTCODE


def test_somebody_may_come_without_an_address(hr: PageClient, app: Flask) -> None:
    hr.post("/personen/neu", _person())

    with app.app_context():
        made = queries.by_number("4471")
        assert made is not None
        assert made.home is None


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("email", "ayse(at)firma", "not an e-mail address"),
        ("postcode", "1204x", "not a German postcode"),
        ("weekly_hours", "viel", "not a number of hours"),
        ("lat", "52,48", "both coordinates"),
        ("postcode", "12045", "The street is missing"),
        ("last_name", "", "required"),
    ],
)
def test_a_wrong_entry_is_said_at_its_field_and_kept(
    hr: PageClient, app: Flask, field: str, typed: str, sentence: str
) -> None:
    answer = hr.post("/personen/neu", _person(**{field: typed}), headers=ENGLISH)

    assert sentence in answer.text
    assert f'value="{typed}"' in answer.text
    with app.app_context():
        assert queries.count() == 0


def test_a_personnel_number_is_given_once(hr: PageClient, app: Flask) -> None:
    hr.post("/personen/neu", _person())

    again = hr.post("/personen/neu", _person(first_name="Marek"), headers=ENGLISH)

    assert "already has the personnel number 4471" in again.text
    with app.app_context():
        assert queries.count() == 1


def test_a_person_is_changed(hr: PageClient, app: Flask, given: Given) -> None:
    with given():
        person = makers.employee("Ayşe Kaya")
        person_id, number = person.id, person.personnel_number
        team = service.add_team("Team Nord", by=IT)
        team_id = team.id
        project = service.add_client("Havelkraft", by=IT).projects[0].id

    page = hr.get(f"/personen/{person_id}/bearbeiten").text
    assert 'value="Kaya"' in page
    hr.post(
        f"/personen/{person_id}/bearbeiten",
        _person(
            personnel_number=number,
            last_name="Brandt",
            team_id=str(team_id),
            project_ids=str(project),
        ),
    )

    with app.app_context():
        changed = queries.employee(person_id)
        assert (changed.last_name, changed.team_id) == ("Brandt", team_id)
        assert queries.clients_of([person_id]) == {person_id: ["Havelkraft"]}
        assert "team nord" in changed.search_text


def test_a_move_keeps_the_old_address_as_history(hr: PageClient, app: Flask, given: Given) -> None:
    with given():
        person_id = makers.employee("Ayşe Kaya", confirmed=True).id

    hr.post(
        f"/personen/{person_id}/adresse",
        {"street": "Weidenufer", "housenumber": "3", "postcode": "14467", "lift": "no"},
    )

    with app.app_context():
        home = queries.home_of(person_id)
        assert home is not None
        assert (home.street, home.lift, home.confirmed_at) == ("Weidenufer", False, None)
    assert "Sonnenallee 912" in hr.get(f"/personen/{person_id}/adresse").text


def test_an_address_is_confirmed_on_behalf(it: PageClient, app: Flask, given: Given) -> None:
    with given():
        person_id = makers.employee("Ayşe Kaya").id

    it.post(f"/personen/{person_id}/adresse/bestaetigen")

    with app.app_context():
        home = queries.home_of(person_id)
        assert home is not None
        assert home.confirmed_by is not None
        assert home.confirmed_by.startswith("staff:")


def test_who_changes_a_mail_address_is_told_what_is_left_to_do(
    hr: PageClient, given: Given
) -> None:
    with given():
        person = makers.employee("Ayşe Kaya")
        person_id, number, mail = person.id, person.personnel_number, person.email
    edit = f"/personen/{person_id}/bearbeiten"

    hr.post(edit, _person(personnel_number=number, email=mail, last_name="Brandt"))
    assert "Schick einen neuen" not in hr.get(f"/personen/{person_id}").text
    hr.post(edit, _person(personnel_number=number, email="neu@spreeruf.example"))

    assert "Schick einen neuen" in hr.get(f"/personen/{person_id}").text


def test_a_person_who_is_not_there_is_not_found(hr: PageClient) -> None:
    assert hr.get("/personen/9999/adresse").status_code == 404
    assert hr.get("/personen/9999/bearbeiten").status_code == 404


# --- teams and clients ----------------------------------------------------------------------------


def test_teams_are_added_and_renamed_once_by_name(hr: PageClient, app: Flask, given: Given) -> None:
    with given():
        person = makers.employee("Ayşe Kaya")
        team_id = person.team_id
        person_id = person.id

    hr.post("/personen/teams", {"name": "Team Nord", "lead": "0"})
    twice = hr.post("/personen/teams", {"name": "team nord", "lead": "0"}, headers=ENGLISH)
    hr.post(f"/personen/teams/{team_id}", {"name": "Team West", "lead": "0"})

    assert "already given" in twice.text
    page = hr.get("/personen/teams").text
    assert "Team Nord" in page
    assert "Team West" in page
    with app.app_context():
        assert "team west" in queries.employee(person_id).search_text


def test_clients_and_their_projects_are_added_and_renamed(hr: PageClient, app: Flask) -> None:
    hr.post("/personen/auftraggeber", {"name": "Havelkraft", "contact_email": "a@havel.example"})
    with app.app_context():
        client = queries.clients()[0]
        client_id, project_id = client.id, client.projects[0].id

    hr.post(f"/personen/auftraggeber/{client_id}", {"name": "Havelkraft Energie"})
    hr.post(f"/personen/auftraggeber/{client_id}/projekte", {"name": "Beschwerden"})
    hr.post(f"/personen/auftraggeber/projekte/{project_id}", {"name": "Hotline"})
    again = hr.post(
        f"/personen/auftraggeber/{client_id}/projekte", {"name": "Hotline"}, headers=ENGLISH
    )

    assert "already given" in again.text
    page = hr.get(f"/personen/auftraggeber/{client_id}").text
    assert "Beschwerden" in page
    assert "Hotline" in page
    assert "Havelkraft Energie" in hr.get("/personen/auftraggeber").text
    assert hr.get(f"/personen/auftraggeber/projekte/{project_id}").status_code == 200


# --- the import -----------------------------------------------------------------------------------


def test_a_list_is_uploaded_looked_at_and_taken_over(it: PageClient, app: Flask) -> None:
    preview = _upload(it, csv(AYSE, MAREK))
    assert "Ayşe Kaya" in preview
    assert "Take over 2 changes" in preview
    with app.app_context():
        assert queries.count() == 0

    done = it.post(
        f"/personen/import/{_import_id(app)}/uebernehmen",
        {"expected": "0-2-0-0-0"},
        follow_redirects=True,
        headers=ENGLISH,
    )

    assert "<b>2</b> new" in done.text
    assert "Ayşe Kaya" in done.text
    with app.app_context():
        assert queries.count() == 2


def test_the_preview_shows_before_and_after(it: PageClient, given: Given) -> None:
    with given():
        made = service.begin_import("a.csv", csv(AYSE), by=IT)
        service.ask_for_import(made.id, geocoder=embedded(), by=IT)

    preview = _upload(it, csv(AYSE.replace("Sonnenallee", "Weidenufer"), MAREK))

    assert "<del" in preview
    assert "Sonnenallee" in preview
    assert "Weidenufer" in preview
    only_new = it.get("/personen/import/2?zeige=new").text
    assert "Marek Nowak" in only_new
    assert "Weidenufer" not in only_new
    assert "Marek Nowak" not in it.get("/personen/import/2?q=kaya").text


def test_a_list_without_the_number_is_asked_about(it: PageClient, app: Flask) -> None:
    page = _upload(it, csv("1;Ayşe Kaya", header="Kennung;Wer"))

    assert "Missing: Personnel number" in page
    import_id = _import_id(app)
    half = it.post(
        f"/personen/import/{import_id}/spalten",
        {"column-0": "personnel_number", "column-1": ""},
        headers=ENGLISH,
    )
    assert "Missing: Name in one column" in half.text
    twice = it.post(
        f"/personen/import/{import_id}/spalten",
        {"column-0": "name", "column-1": "name"},
        headers=ENGLISH,
    )
    assert "same field" in twice.text
    whole = it.post(
        f"/personen/import/{import_id}/spalten",
        {"column-0": "personnel_number", "column-1": "name"},
        headers=ENGLISH,
        follow_redirects=True,
    )
    assert "Ayşe Kaya" in whole.text


def test_a_line_with_an_error_is_named_and_must_be_left_out_on_purpose(
    it: PageClient, app: Flask
) -> None:
    preview = _upload(it, csv(AYSE, MAREK.replace("14467", "1446x")))
    import_id = _import_id(app)
    assert "Line 3" in preview
    assert "is not a German postcode" in preview

    refused = it.post(
        f"/personen/import/{import_id}/uebernehmen", follow_redirects=True, headers=ENGLISH
    )
    assert "Nothing was changed" in refused.text
    with app.app_context():
        assert queries.count() == 0

    it.post(f"/personen/import/{import_id}/uebernehmen", {"skip": "yes"})
    with app.app_context():
        assert queries.count() == 1


def test_a_long_list_goes_to_a_job(it: PageClient, app: Flask) -> None:
    preview = _upload(it, many(500))
    assert "Page 1 of 10" in preview
    import_id = _import_id(app)

    answer = it.post(f"/personen/import/{import_id}/uebernehmen")

    assert answer.status_code == 302
    assert answer.location.startswith("/auftraege/")
    with app.app_context():
        assert queries.staff_import(import_id).state is ImportState.APPLYING
        assert queries.count() == 0


def test_a_list_can_be_put_away(it: PageClient, app: Flask) -> None:
    _upload(it, csv(AYSE))
    import_id = _import_id(app)

    it.post(f"/personen/import/{import_id}/verwerfen")

    gone = it.get(f"/personen/import/{import_id}", headers=ENGLISH).text
    assert "lines are erased" in gone
    assert "Ayşe" not in gone


def _xlsx(*rows: tuple[str, ...]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    sheet = book.create_sheet(index=0)
    for row in (tuple(HEADER.split(";")), *rows):
        sheet.append(row)
    book.save(buffer)
    return buffer.getvalue()


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 250_000_000)
    return buffer.getvalue()


BAD: dict[str, tuple[bytes, str, str]] = {
    "a formula": (_xlsx(("4471", "=1+1", "Kaya")), "liste.xlsx", "Line 2"),
    "a live cell in CSV": (csv(AYSE, "4472;=cmd|x;Nowak"), "liste.csv", "Line 3"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "liste.xls", "XLSX"),
    "an empty file": (b"", "liste.csv", "The file is empty"),
    "only a header": (csv(), "liste.csv", "no line beneath it"),
    "a line too wide": (csv(AYSE + ";mehr"), "liste.csv", "Line 2 has text in column K"),
}


@pytest.mark.parametrize("kind", list(BAD))
def test_a_bad_file_gets_a_sentence_and_changes_nothing(
    it: PageClient, app: Flask, kind: str
) -> None:
    content, name, sentence = BAD[kind]

    page = _upload(it, content, name)

    assert sentence in page
    with app.app_context():
        assert db.session.scalars(sa.select(StaffImport)).all() == []


def test_a_zip_bomb_is_not_opened(it: PageClient) -> None:
    assert "far larger than a table may be" in _upload(it, _bomb(), "liste.xlsx")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_usual_dress_of_a_list_is_read(it: PageClient, encoding: str, separator: str) -> None:
    header = "Personalnummer;Vorname;Nachname;Straße;PLZ;Eintritt"
    lines = ("4471;Jörg;Weiß;Südallee 3;12045;01.03.2019", ";;;;;", "4472;A;B;C 1;12045;2019-03-01")
    text = csv(*lines, header=header).decode().replace(";", separator)

    page = _upload(it, text.encode(encoding))

    assert "Jörg Weiß" in page
    assert "Take over 2 changes" in page


def test_the_same_number_twice_is_named_with_both_lines(it: PageClient) -> None:
    page = _upload(it, csv(AYSE, MAREK.replace("4472", "4471")))

    assert "Line 3 has the same personnel number 4471 as line 2" in page
    assert "Line 2 has the same personnel number 4471 as line 3" in page


def test_the_pages_speak_german(it: PageClient, given: Given) -> None:
    with given():
        makers.employee("Ayşe Kaya")

    assert "<h1>Personen</h1>" in it.get("/personen/", headers=GERMAN).text
    assert "Personalliste importieren" in it.get("/personen/import", headers=GERMAN).text


def test_nobody_else_may_import_or_change(signed_in: SignedIn, given: Given) -> None:
    with given():
        person_id = db.session.scalar(sa.select(Employee.id)) or makers.employee().id
    for role in set(Role) - {Role.IT, Role.HR}:
        browser = signed_in(role)
        for path in ("neu", "import", "teams", "auftraggeber", f"{person_id}/adresse"):
            assert browser.get(f"/personen/{path}").status_code == 403, (role, path)
