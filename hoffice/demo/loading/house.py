"""What stands in the house on the morning of the first day: staff, people, devices, the van."""

from __future__ import annotations

import csv
import io
import secrets
from datetime import date, timedelta

from hoffice import clock
from hoffice.accounts import passwords
from hoffice.accounts import queries as account_queries
from hoffice.accounts import service as accounts
from hoffice.accounts.rules import Role, TokenKind
from hoffice.agreements import service as agreements
from hoffice.demo.cast.things import Person
from hoffice.demo.loading import devices, register
from hoffice.demo.loading.devices import DAYS_PER_MONTH
from hoffice.demo.loading.mails import settle_mails
from hoffice.demo.loading.scene import DRIVER, IT, OTHER_DRIVER, Scene
from hoffice.people import service as people
from hoffice.places.rules import Geocoder
from hoffice.runs import service as runs
from hoffice.units import Actor

BEFORE, FIRST = -4, -3
"""The day before the story, and its first day."""
SHIFT_START_MIN, SHIFT_END_MIN = 8 * 60, 17 * 60
SHIFT_DAYS = range(-2, 15)
CREW = ("mit Can Demir", "mit Mira Weber")
"""Who rides along on the days before today, and from today on; the others of IT tear down desks."""
HOUR_CENTS, CO2_G_PER_KM = 2500, 220
"""An hour of work and the exhaust of the rented bus: invented, like everything of the story."""
HEADER = (
    *("Personalnummer", "Vorname", "Nachname", "E-Mail", "Telefon", "Team", "Auftraggeber"),
    *("Sprache", "Eintritt", "Wochenstunden", "Straße", "Hausnummer", "PLZ", "Ort", "Etage"),
    *("Aufzug", "Klingel", "Parken", "Hinweis", "Breitengrad", "Längengrad"),
)


def furnish(scene: Scene, *, geocoder: Geocoder) -> None:
    """Everything that is there before the first paper is sent, as the people of the story did it.

    One transaction; the devices are written in bulk, all else by the deeds that people use.
    """
    with clock.frozen(scene.moment(BEFORE, 16 * 60)):
        _staff(scene)
        by = scene.actor(IT)
        _clients(scene, by)
        agreements.load_samples(by=Actor.system())
        settle_mails()
    with clock.frozen(scene.moment(FIRST, 7 * 60 + 30)):
        devices.fill(scene, by)
        _fleet(scene, by)
    with clock.frozen(scene.moment(FIRST, 8 * 60)):
        register.fill(by=by)
        _people(scene, by, geocoder)


def _staff(scene: Scene) -> None:
    """Accounts as by invitation; nobody knows the password, the demo has its own way in."""
    nobody_knows = passwords.hashed(secrets.token_urlsafe(32))
    for member in scene.cast.staff:
        key = accounts.invite(
            member.email,
            f"{member.first_name} {member.last_name}",
            [Role(member.role)],
            language="de",
            company=scene.company,
            by=Actor.system(),
        )
        token = scene.book.token(TokenKind.MAILED_KEY, key.id, key.nonce)
        accounts.use_key(token, nobody_knows, book=scene.book)
        account_queries.account(key.account_id).language = None  # as the browser asks


def _clients(scene: Scene, by: Actor) -> None:
    for client in scene.cast.clients:
        made = people.add_client(
            client.name, contact_name=client.contact, contact_email=client.email, by=by
        )
        first, *others = client.projects
        people.rename_project(made.projects[0].id, first.name, by=by)
        for project in others:
            people.add_project(made.id, project.name, by=by)
    leads = {
        member.person: scene.actor(member.email).id for member in scene.cast.staff if member.person
    }
    for team in scene.cast.teams:
        people.add_team(team.name, lead_account_id=leads.get(team.lead), by=by)


def _people(scene: Scene, by: Actor, geocoder: Geocoder) -> None:
    """IT imports the staff list, as a file like any other."""
    staff_import = people.begin_import("Personalliste.csv", staff_list(scene), by=by)
    prepared = people.prepare(staff_import, geocoder=geocoder)
    people.apply_import(staff_import.id, prepared, by=by)


def staff_list(scene: Scene) -> bytes:
    """The people of the story as a staff list, such as a payroll program writes it."""
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow(HEADER)
    teams = {team.code: team.name for team in scene.cast.teams}
    clients = {
        project.code: client.name for client in scene.cast.clients for project in client.projects
    }
    today = scene.days.on(FIRST)
    for person in scene.cast.people:
        rows.writerow(_line(person, teams, clients, today))
    return out.getvalue().encode()


def _line(
    person: Person, teams: dict[str, str], clients: dict[str, str], today: date
) -> tuple[object, ...]:
    home, access = person.home, person.home.access
    began = (today - timedelta(days=round(person.with_us_months * DAYS_PER_MONTH))).replace(day=1)
    lift = {True: "ja", False: "nein", None: ""}[access.has_lift]
    return (
        *(person.number, person.first_name, person.last_name, person.email, person.phone),
        *(teams[person.team], "; ".join(dict.fromkeys(clients[one] for one in person.projects))),
        *(person.language, began.isoformat(), person.weekly_hours),
        *(home.street, home.house_number, home.postcode, home.city),
        *("" if access.floor is None else access.floor, lift),
        *(access.bell, access.parking, access.notes),
        *(("", "") if home.point is None else (home.point.lat, home.point.lon)),
    )


def _fleet(scene: Scene, by: Actor) -> None:
    office, van = scene.cast.office, scene.cast.van
    runs.set_depot(
        office.firm,
        scene.address,
        lat=office.point.lat,
        lon=office.point.lon,
        load_min_per_trip=15,
        by=by,
    )
    made = runs.add_van(
        van.name,
        boxes=van.boxes,
        litres=van.volume_l,
        kg=van.payload_kg,
        crew=2,
        cost_cents_per_day=van.day_cents,
        cost_cents_per_km=van.km_cents,
        cost_cents_per_hour=HOUR_CENTS,
        co2_g_per_km=CO2_G_PER_KM,
        by=by,
    )
    later, drivers = scene.later_today, (scene.actor(OTHER_DRIVER), scene.actor(DRIVER))
    for day in SHIFT_DAYS:
        put_off = later if day == 0 else 0
        runs.add_shift(
            made.id,
            scene.days.on(day),
            start_min=SHIFT_START_MIN + put_off,
            end_min=SHIFT_END_MIN + put_off,
            driver_id=drivers[day >= 0].id,
            by=by,
            crew_note=CREW[day >= 0],
        )
