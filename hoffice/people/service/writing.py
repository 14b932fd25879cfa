"""Writing a whole staff list in a handful of statements, inside one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import delete, insert, select, tuple_, update

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.people.models import Client, Employee, Home, Project, Team, employee_project
from hoffice.people.queries import IMPORTED, Known
from hoffice.people.rules import LISTED, LISTED_RADIUS_M, searchable
from hoffice.people.service.mail_address import address_changed
from hoffice.people.service.search import refresh_search
from hoffice.people.staff_list import Change, Field, FieldChange, KnownPerson, ListedPerson
from hoffice.people.staff_list.changes import SUPPLIED_BY, Kind
from hoffice.people.staff_list.preview import ADDRESS, POINT, Preview
from hoffice.places.addresses.lines import joined
from hoffice.places.rules import Located, Precision
from hoffice.places.service.locating import Place
from hoffice.units import Actor

OF_PERSON: Final = (
    *(Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL, Field.PHONE, Field.LANGUAGE),
    *(Field.STARTS_ON, Field.ENDS_ON, Field.WEEKLY_HOURS),
)
"""Fields that stand in the person's own row, under the same name."""
ACCESS: Final = frozenset({Field.FLOOR, Field.LIFT, Field.BELL, Field.PARKING, Field.ACCESS_NOTE})


@dataclass(frozen=True, slots=True)
class Batch:
    """One list that is about to be written."""

    preview: Preview
    known: Mapping[str, Known]
    locate: Callable[[Place], Located]
    by: Actor
    now: datetime
    import_id: int

    @property
    def listed(self) -> dict[str, ListedPerson]:
        """The readable lines by personnel number."""
        return {person.personnel_number: person for person in self.preview.listed.people}

    def of_kind(self, kind: Kind) -> list[Change]:
        """The changes of one kind."""
        return [change for change in self.preview.changes if change.kind is kind]


def place_of(person: KnownPerson) -> Place:
    """What a geocoder is asked."""
    return person.street, person.housenumber, person.postcode, person.city


def after_change(known: Known, change: Change) -> KnownPerson:
    """Somebody as she will be known."""
    differing: dict[str, Any] = {one.field.value: one.after for one in change.fields}
    return replace(known.person, **differing)


def is_move(known: Known, change: Change) -> bool:
    """Whether a change gives somebody another home, or her first one."""
    fields = {one.field for one in change.fields}
    return bool(fields & ADDRESS or (known.home_id is None and fields & (ACCESS | POINT)))


def living_at(person: ListedPerson, after: KnownPerson) -> ListedPerson:
    """A line of the list with the whole address; what the list leaves out is known already."""
    return replace(
        person,
        street=after.street,
        housenumber=after.housenumber,
        postcode=after.postcode,
        city=after.city,
    )


def write(batch: Batch) -> None:
    """Change everybody; the log gets one line per person, with what was before."""
    listed = batch.listed
    new = [listed[change.personnel_number] for change in batch.of_kind(Kind.NEW)]
    changed = batch.of_kind(Kind.CHANGED)
    touched = [*new, *(listed[change.personnel_number] for change in changed)]
    teams = _teams({person.team for person in touched} - {""}, by=batch.by)
    projects = _projects({name for person in touched for name in person.clients}, by=batch.by)
    _add(batch, new, teams, projects)
    _change(batch, changed, teams, projects)
    db.session.expire_all()


def _teams(names: set[str], *, by: Actor) -> dict[str, int]:
    """The numbers of these teams; those that were not there are made."""
    found = _numbers(select(Team.name, Team.id))
    for name in sorted(names - found.keys()):
        team = Team(name=name)
        db.session.add(team)
        db.session.flush()
        found[name] = team.id
        record(by, "people.team_added", team, personal={"name": name})
    return found


def _projects(names: set[str], *, by: Actor) -> dict[str, int]:
    """The first project of each of these clients; clients that were not there are made."""
    clients = _numbers(select(Client.name, Client.id))
    for name in sorted(names - clients.keys()):
        client = Client(name=name, contact_name="", contact_email="")
        db.session.add(client)
        db.session.flush()
        clients[name] = client.id
        record(by, "people.client_added", client, personal={"name": name})
    found = _numbers(
        select(Client.name, Project.id)
        .join(Project, Project.client_id == Client.id)
        .order_by(Project.id.desc())
    )
    for name in sorted(names - found.keys()):
        project = Project(client_id=clients[name], name=name)
        db.session.add(project)
        db.session.flush()
        found[name] = project.id
        record(by, "people.project_added", project, personal={"name": name}, client=clients[name])
    return found


def _numbers(statement: Any) -> dict[str, int]:
    """Pairs of name and number; the last one of a name counts."""
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _add(
    batch: Batch,
    people: Sequence[ListedPerson],
    teams: Mapping[str, int],
    projects: Mapping[str, int],
) -> None:
    """Insert people, homes and projects, each in one go."""
    if not people:
        return
    rows = [
        {
            **_row(person, OF_PERSON),
            "language": person.language or "de",
            "personnel_number": person.personnel_number,
            "team_id": teams.get(person.team),
            "search_text": searchable(
                person.full_name,
                person.personnel_number,
                person.email,
                person.team,
                f"{person.street} {person.housenumber}".strip(),
                f"{person.postcode} {person.city}".strip(),
            ),
            "created_at": batch.now,
        }
        for person in people
    ]
    ids = _numbers_of(insert(Employee).returning(Employee.personnel_number, Employee.id), rows)
    _insert(
        Home,
        [_home_row(ids[one.personnel_number], one, batch) for one in people if _has_home(one)],
    )
    _insert(
        employee_project,
        [
            {"employee_id": ids[person.personnel_number], "project_id": projects[name]}
            for person in people
            for name in person.clients
        ],
    )
    for person in people:
        employee_id = ids[person.personnel_number]
        filled = {
            field.value: [None, _plain(value)]
            for field in SUPPLIED_BY
            if (value := getattr(person, field.value)) not in {None, "", ()}
        }
        _log(batch, employee_id, "new", person.line, filled)


def _change(
    batch: Batch,
    changes: Sequence[Change],
    teams: Mapping[str, int],
    projects: Mapping[str, int],
) -> None:
    """Update the people that differ, their homes and their projects."""
    listed = batch.listed
    person_rows: list[dict[str, Any]] = []
    moves: list[tuple[Known, ListedPerson]] = []
    home_rows: list[dict[str, Any]] = []
    gone: list[tuple[int, int]] = []
    joined: list[dict[str, Any]] = []
    for change in changes:
        known = batch.known[change.personnel_number]
        person = listed[change.personnel_number]
        after = after_change(known, change)
        fields = {one.field for one in change.fields}
        row = _row(after, [field for field in OF_PERSON if field in fields])
        if Field.TEAM in fields:
            row["team_id"] = teams.get(after.team)
        if row:
            person_rows.append({"id": known.employee_id, **row})
        if Field.CLIENTS in fields:
            out, into = _project_changes(known, after.clients, projects)
            gone += out
            joined += into
        if is_move(known, change):
            moves.append((known, living_at(person, after)))
        elif fields & (ACCESS | POINT):
            home_rows.append({"id": known.home_id, **_home_changes(fields, after, batch)})
        _log(batch, known.employee_id, "changed", change.line, _pairs(change.fields))
        if Field.EMAIL in fields:
            _tell_former_address(batch, known, after)
    _update(Employee, person_rows)
    _update(Home, home_rows)
    _move(moves, batch)
    _leave(gone)
    _insert(employee_project, joined)
    refresh_search(batch.known[change.personnel_number].employee_id for change in changes)


def _tell_former_address(batch: Batch, known: Known, after: KnownPerson) -> None:
    """A list is no way round what a change by hand does."""
    address_changed(
        known.employee_id,
        former=known.person.email,
        present=after.email,
        first_name=after.first_name,
        language=known.person.language or "de",
        by=batch.by,
    )


def _move(moves: Sequence[tuple[Known, ListedPerson]], batch: Batch) -> None:
    """End the old homes today and begin the new ones; the way to the old door is not copied."""
    today = clock.today()
    _update(
        Home,
        [{"id": known.home_id, "valid_to": today} for known, _there in moves if known.home_id],
    )
    _insert(Home, [_home_row(known.employee_id, there, batch) for known, there in moves])


def _project_changes(
    known: Known, clients: Iterable[str], projects: Mapping[str, int]
) -> tuple[list[tuple[int, int]], list[dict[str, Any]]]:
    """The pairs to remove and the rows to add, so that the person works for these clients."""
    wanted = set(clients)
    out = [
        (known.employee_id, project_id)
        for name, ids in known.projects.items()
        if name not in wanted
        for project_id in ids
    ]
    into = [
        {"employee_id": known.employee_id, "project_id": projects[name]}
        for name in sorted(wanted - known.projects.keys())
    ]
    return out, into


def _home_row(employee_id: int, person: KnownPerson, batch: Batch) -> dict[str, Any]:
    """A new home; the point of the list wins over the geocoder's."""
    return {
        "employee_id": employee_id,
        "valid_from": clock.today(),
        **_row(person, [*sorted(ADDRESS), Field.LIFT, *sorted(ACCESS - {Field.FLOOR, Field.LIFT})]),
        "floor": "" if person.floor is None else str(person.floor),
        **_located(person, batch),
    }


def _located(person: KnownPerson, batch: Batch) -> dict[str, Any]:
    if person.lat is not None and person.lon is not None:
        return {**_listed_point(person, batch), "access_note": person.access_note}
    found = batch.locate(place_of(person))
    return {
        "lat": found.lat,
        "lon": found.lon,
        "precision": found.precision,
        "radius_m": found.radius_m,
        "provider": found.provider,
        "matched": found.matched,
        "remarks": [remark.to_json() for remark in found.remarks],
        "candidates": [candidate.to_json() for candidate in found.candidates],
        "access_note": joined(person.access_note, found.door_note),
        "located_at": batch.now,
    }


def _listed_point(person: KnownPerson, batch: Batch) -> dict[str, Any]:
    return {
        "lat": person.lat,
        "lon": person.lon,
        "precision": Precision.HOUSE,
        "radius_m": LISTED_RADIUS_M,
        "provider": LISTED,
        "matched": "",
        "remarks": [],
        "candidates": [],
        "located_at": batch.now,
    }


def _home_changes(fields: set[Field], after: KnownPerson, batch: Batch) -> dict[str, Any]:
    """What changes in a home that stays: the way to the door, or its point."""
    row = _row(after, sorted((ACCESS - {Field.FLOOR}) & fields))
    if Field.FLOOR in fields:
        row["floor"] = "" if after.floor is None else str(after.floor)
    if fields & POINT:
        row |= _listed_point(after, batch)
    return row


def _has_home(person: KnownPerson) -> bool:
    return any(place_of(person)) or person.lat is not None


def _row(person: KnownPerson, fields: Iterable[Field]) -> dict[str, Any]:
    """Fields as the tables keep them: hours are floating there."""
    row = {field.value: getattr(person, field.value) for field in fields}
    hours = row.get(Field.WEEKLY_HOURS.value)
    if isinstance(hours, Decimal):
        row[Field.WEEKLY_HOURS.value] = float(hours)
    return row


def _pairs(fields: Iterable[FieldChange]) -> dict[str, Any]:
    return {one.field.value: [_plain(one.before), _plain(one.after)] for one in fields}


def _plain(value: object) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _log(
    batch: Batch, employee_id: int, kind: str, line: int | None, personal: dict[str, Any]
) -> None:
    record(
        batch.by,
        IMPORTED,
        f"employee:{employee_id}",
        employee_id=employee_id,
        at=batch.now,
        personal=personal,
        kind=kind,
        line=line,
        staff_import=batch.import_id,
    )


def _numbers_of(statement: Any, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Insert the rows; gives the new numbers by what the statement returns first."""
    return {row[0]: row[1] for row in db.session.execute(statement, rows)}


def _insert(table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table), rows)


def _update(model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        db.session.execute(update(model), rows)


def _leave(pairs: Sequence[tuple[int, int]]) -> None:
    """End these memberships in projects."""
    columns = tuple_(employee_project.c.employee_id, employee_project.c.project_id)
    for start in range(0, len(pairs), 1000):
        db.session.execute(delete(employee_project).where(columns.in_(pairs[start : start + 1000])))
