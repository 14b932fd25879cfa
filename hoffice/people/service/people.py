"""The deeds around a person: taken in by hand, changed by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.people import queries
from hoffice.people.models import Employee
from hoffice.people.rules import HomeFields, PersonFields
from hoffice.people.service.homes import change_home
from hoffice.people.service.mail_address import address_changed
from hoffice.people.service.search import refresh_search
from hoffice.places.rules import Geocoder
from hoffice.units import Actor, Point


def add_person(
    fields: PersonFields,
    home: HomeFields | None,
    *,
    geocoder: Geocoder,
    by: Actor,
    point: Point | None = None,
) -> Employee:
    """Take in one person, with her home where it is known."""
    _require_free_number(fields.personnel_number, but=None)
    person = Employee(created_at=clock.now(), search_text="")
    _write(person, fields)
    db.session.add(person)
    db.session.flush()
    personal = {name: [None, value] for name, value in _written(person).items() if value}
    record(by, "people.added", person, employee_id=person.id, personal=personal)
    if home is not None:
        change_home(person.id, home, geocoder=geocoder, by=by, point=point)
    refresh_search([person.id])
    return person


def change_person(employee_id: int, fields: PersonFields, *, by: Actor) -> Employee:
    """Change what is known of one person, except where she lives.

    Another mail address ends her links, and the former one is told.
    """
    person = queries.employee(employee_id)
    _require_free_number(fields.personnel_number, but=employee_id)
    before = _written(person)
    _write(person, fields)
    db.session.flush()
    db.session.expire(person, ["team"])
    after = _written(person)
    differing = {
        name: [before[name], value] for name, value in after.items() if before[name] != value
    }
    if differing:
        record(by, "people.changed", person, employee_id=employee_id, personal=differing)
    address_changed(
        employee_id,
        former=before["email"],
        present=person.email,
        first_name=person.first_name,
        language=before["language"],
        by=by,
    )
    refresh_search([employee_id])
    return person


def _require_free_number(personnel_number: str, *, but: int | None) -> None:
    """Say it in words; that no number is given twice is the constraint's word."""
    other = queries.by_number(personnel_number)
    if other is not None and other.id != but:
        raise Refused(
            N_("%(name)s already has the personnel number %(number)s."),
            name=other.name,
            number=personnel_number,
        )


def _write(person: Employee, fields: PersonFields) -> None:
    person.personnel_number = fields.personnel_number
    person.first_name, person.last_name = fields.first_name, fields.last_name
    person.email, person.phone, person.language = fields.email, fields.phone, fields.language
    person.team_id = None if fields.team_id is None else queries.team(fields.team_id).id
    person.projects = [queries.project(project_id) for project_id in fields.project_ids]
    person.starts_on, person.ends_on = fields.starts_on, fields.ends_on
    person.weekly_hours = fields.weekly_hours


def _written(person: Employee) -> dict[str, Any]:
    """The fields of a person as the log keeps them."""
    return {
        "personnel_number": person.personnel_number,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "phone": person.phone,
        "team": None if person.team is None else person.team.name,
        "projects": sorted(project.name for project in person.projects),
        "language": person.language,
        "starts_on": _iso(person.starts_on),
        "ends_on": _iso(person.ends_on),
        "weekly_hours": person.weekly_hours,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
