"""Invented people in any number, for measurements."""

from __future__ import annotations

import random
from datetime import date, timedelta

import sqlalchemy as sa

from hoffice import clock
from hoffice.db import db, unit_of_work
from hoffice.people.models import Employee, Home, Team
from hoffice.places.rules import Precision

FIRST = ("Ayşe", "Marek", "Linh", "Jonas", "Fatma", "Olga", "Piotr", "Nina", "Emre", "Greta")
LAST = (
    "Brandt",
    "Kaya",
    "Nowak",
    "Schöne",
    "Weiß",
    "Öztürk",
    "Lindner",
    "Hoàng",
    "Petrow",
    "Busch",
)
STREETS = ("Ahornweg", "Birkengasse", "Lindenring", "Am Anger", "Kastanienstieg", "Weidenufer")
POSTCODES = ("10115", "10437", "12043", "12163", "13353", "14467", "14482")
IN_ONE_GO = 1000


def people_up_to(total: int) -> int:
    """Fill the house up to so many people with a home each; give how many were added.

    The same people every time. Needs an application context; each thousand is one transaction.
    """
    chance = random.Random(2020)  # noqa: S311  # a scene, not a secret
    there = db.session.scalar(sa.select(sa.func.count()).select_from(Employee)) or 0
    added = 0
    while there + added < total:
        with unit_of_work():
            teams = list(db.session.scalars(sa.select(Team.id).order_by(Team.id)))
            for _ in range(min(IN_ONE_GO, total - there - added)):
                db.session.add(_person(there + added, chance, teams))
                added += 1
    return added


def _person(number: int, chance: random.Random, teams: list[int]) -> Employee:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    personnel_number = f"B{number:06}"
    moved_on = date(2020, 1, 1) + timedelta(days=chance.randrange(1000))
    postcode = chance.choice(POSTCODES)
    street = chance.choice(STREETS)
    return Employee(
        personnel_number=personnel_number,
        first_name=first,
        last_name=last,
        search_text=f"{first} {last} {personnel_number} {street} {postcode}".lower(),
        email=f"{personnel_number.lower()}@firma.example",
        team_id=chance.choice(teams) if teams else None,
        starts_on=moved_on,
        weekly_hours=40.0,
        created_at=clock.now(),
        homes=[
            Home(
                valid_from=moved_on,
                street=street,
                housenumber=str(chance.randrange(1, 200)),
                postcode=postcode,
                city="Potsdam" if postcode.startswith("14") else "Berlin",
                lat=52.4 + chance.random() / 5,
                lon=13.2 + chance.random() / 3,
                precision=Precision.POSTCODE,
                radius_m=1600,
                provider="bench",
                located_at=clock.now(),
            )
        ],
    )
