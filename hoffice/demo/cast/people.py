"""Read the staff list of the story; the columns of people.csv are the fields of a person."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import cast as as_type

from hoffice.demo.cast.story import ANSWERS, journey
from hoffice.demo.cast.things import (
    Access,
    AddressCase,
    Home,
    Language,
    Person,
    Point,
    Stage,
    Way,
)

PEOPLE_CSV = Path(__file__).with_name("people.csv")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A person and the seat on a run, where there is one."""

    person: Person
    run: int | None
    stop: int | None


def listed() -> tuple[Listed, ...]:
    """Everybody on the list, by personnel number; an unknown word in a column is an error."""
    return tuple(
        Listed(_person(row), run=_number(row["run"]), stop=_number(row["stop"])) for row in _rows()
    )


def _rows() -> Iterator[Row]:
    with PEOPLE_CSV.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _person(row: Row) -> Person:
    stage, way = Stage(row["stage"]), Way(row["way"])
    number = row["number"]
    return Person(
        number=number,
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        phone=row["phone"],
        team=row["team"],
        language=_language(row["language"]),
        weekly_hours=Decimal(row["weekly_hours"]),
        with_us_months=int(row["with_us_months"]),
        projects=tuple(row["projects"].split()),
        kit_type=row["kit_type"],
        home=_home(row),
        has_car=_is_yes(row["car"]) is True,
        stage=stage,
        way=way,
        journey=journey(int(number), stage, way, _number(row["run"]), _number(row["stop"])),
        answer=ANSWERS.get(number),
    )


def _home(row: Row) -> Home:
    return Home(
        street=row["street"],
        house_number=row["house_number"],
        postcode=row["postcode"],
        city=row["city"],
        point=Point(float(row["lat"]), float(row["lon"])) if row["lat"] else None,
        case=AddressCase(row["case"]) if row["case"] else None,
        access=Access(
            floor=_number(row["floor"]),
            has_lift=_is_yes(row["lift"]),
            bell=row["bell"],
            parking=row["parking"],
            notes=row["access"],
        ),
    )


def _language(word: str) -> Language:
    if word not in {"de", "en"}:
        raise ValueError(f"{word!r} is not a language of the demo")
    return as_type("Language", word)


def _number(cell: str) -> int | None:
    return int(cell) if cell else None


def _is_yes(cell: str) -> bool | None:
    return {"yes": True, "no": False, "": None}[cell]
