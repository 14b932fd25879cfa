"""Small builders: give what matters to the story, get the rest for free."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

from hoffice.accounts.models import Account, AccountRole
from hoffice.accounts.rules import Role, needs_second_factor
from hoffice.db import db
from hoffice.kits.models import Item, KitType, KitTypeLine
from hoffice.kits.rules import ItemKind, ItemState
from hoffice.people.models import Employee, Home, Team
from hoffice.places.rules import Precision
from hoffice.places.service import register as filling
from hoffice.places.sources.entries import TABLE, Entry, Origin
from hoffice.runs.models import Depot, Shift, Van
from hoffice.units import Actor

MONDAY = datetime(2020, 3, 23, 8, 0, tzinfo=UTC)
MONDAY_ON = date(2020, 3, 23)
IT = Actor.staff(1)
_numbers = itertools.count(1)


def number() -> int:
    """A number nobody else has."""
    return next(_numbers)


def account(*roles: Role, name: str = "Jonas Reuter", email: str = "") -> Account:
    """Somebody on staff with these roles, stored; with a second step where the roles ask for it."""
    made = Account(
        email=email or f"konto{number()}@spreeruf.example",
        name=name,
        session_epoch=1,
        failures=0,
        totp_secret="sealed" if needs_second_factor(frozenset(roles), demo=False) else None,
        created_at=MONDAY,
        role_rows=[AccountRole(role=role) for role in roles],
    )
    db.session.add(made)
    db.session.flush()
    return made


def team(name: str = "Team Süd") -> Team:
    """A team, stored once per name."""
    found = db.session.query(Team).filter_by(name=name).one_or_none()
    if found is None:
        found = Team(name=name)
        db.session.add(found)
        db.session.flush()
    return found


def employee(
    name: str = "Ayşe Kaya",
    *,
    street: str = "Sonnenallee",
    housenumber: str = "912",
    postcode: str = "12045",
    lat: float | None = 52.481,
    lon: float | None = 13.436,
    confirmed: bool = False,
    language: str = "de",
) -> Employee:
    """An employee with a home, stored; located to the house unless told otherwise."""
    first, _, last = name.rpartition(" ")
    count = number()
    made = Employee(
        personnel_number=f"P{count:05d}",
        first_name=first,
        last_name=last,
        search_text=f"{name} p{count:05d} {street} {postcode}".lower(),
        email=f"person{count}@spreeruf.example",
        phone="+49 30 23125 100",
        language=language,
        team=team(),
        created_at=MONDAY,
        homes=[
            Home(
                valid_from=MONDAY_ON,
                street=street,
                housenumber=housenumber,
                postcode=postcode,
                city="Berlin",
                lat=lat,
                lon=lon,
                precision=Precision.HOUSE if lat is not None else Precision.NONE,
                radius_m=20 if lat is not None else None,
                confirmed_at=MONDAY if confirmed else None,
                confirmed_by="employee:0" if confirmed else None,
            )
        ],
    )
    db.session.add(made)
    db.session.flush()
    return made


SONNENALLEE_112 = Entry("Sonnenallee", "112", "12045", "Berlin", "Neukölln", 52.4803, 13.4402)
WALDSTRASSEN = (
    Entry("Waldstraße", "10", "12527", "Berlin", "Grünau", 52.4155, 13.5793),
    Entry("Waldstraße", "10", "13403", "Berlin", "Reinickendorf", 52.5712, 13.3261),
    Entry("Waldstraße", "10", "10551", "Berlin", "Moabit", None, None),
)


def register(*entries: Entry, name: str = "probe", credit: str = "Probe, free to use") -> None:
    """An address register with these addresses, stored; without any, those above.

    A second register of the same name takes the place of the first.
    """
    edition = filling.begin(Origin("table", name, credit, TABLE), [f"{name}.csv"], by=IT)
    filling.add(edition, entries or (SONNENALLEE_112, *WALDSTRASSEN))
    filling.finish(edition, by=IT, may_shrink=True)


def kit_type(name: str = "Arbeitsplatz mit einem Monitor") -> KitType:
    """A kit type with PC, monitor, keyboard, mouse and headset in two boxes, stored."""
    made = KitType(
        name=f"{name} {number()}",
        series=f"series {number()}",
        lines=[
            KitTypeLine(kind=ItemKind.PC, count=1, box_no=1),
            KitTypeLine(kind=ItemKind.KEYBOARD, count=1, box_no=1),
            KitTypeLine(kind=ItemKind.MOUSE, count=1, box_no=1),
            KitTypeLine(kind=ItemKind.MONITOR, count=1, box_no=2),
            KitTypeLine(kind=ItemKind.HEADSET, count=1, box_no=2),
        ],
    )
    db.session.add(made)
    db.session.flush()
    return made


def item(kind: ItemKind = ItemKind.PC) -> Item:
    """An item in stock, without a ledger line; kits.service.add_item makes one with it."""
    count = number()
    made = Item(
        asset_tag=f"HW-{count:05d}",
        kind=kind,
        model="OptiLine 7010",
        serial=f"SN{count:07d}",
        state=ItemState.IN_STOCK,
        litres=30,
        weight_g=6000,
        created_at=MONDAY,
    )
    db.session.add(made)
    db.session.flush()
    return made


def van(name: str = "Bus") -> Van:
    """A rented van for six boxes, stored."""
    made = Van(name=f"{name} {number()}", boxes=6, litres=4300, kg=900, crew=2)
    db.session.add(made)
    db.session.flush()
    return made


def depot() -> Depot:
    """The office, stored."""
    made = Depot(name="Büro", address="Alexanderplatz, 10178 Berlin", lat=52.5219, lon=13.4132)
    db.session.add(made)
    db.session.flush()
    return made


def shift(*, of: Van, on: date = MONDAY_ON, driver: Account | None = None) -> Shift:
    """A working day of a van, stored."""
    made = Shift(van=of, on_date=on, start_min=480, end_min=990, max_work_min=480, driver=driver)
    db.session.add(made)
    db.session.flush()
    return made
