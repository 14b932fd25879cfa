"""Staff imports, and everybody as an import compares them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from hoffice.audit.models import AuditLine, AuditPersonal
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.people.models import (
    Client,
    Employee,
    Home,
    Project,
    StaffImport,
    Team,
    employee_project,
)
from hoffice.people.queries.listing import COLUMNS, PRESENT
from hoffice.people.staff_list import KnownPerson
from hoffice.places.addresses.lines import floor_in_column
from hoffice.places.rules import Precision

IMPORTED = "people.imported"
"""The log's word for what an import did to one person."""


def staff_import(import_id: int, *, lock: bool = False) -> StaffImport:
    """The import with this number; with ``lock`` nobody else can apply it at the same time."""
    statement = select(StaffImport).where(StaffImport.id == import_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such import."))
    return found


def newest_imports(limit: int = 10) -> Sequence[StaffImport]:
    """The last imports, newest first."""
    return db.session.scalars(
        select(StaffImport).order_by(StaffImport.id.desc()).limit(limit)
    ).all()


def imported_lines(
    applied_at: datetime, *, limit: int, offset: int
) -> Sequence[tuple[AuditLine, AuditPersonal | None]]:
    """What an import did, person by person, from the log."""
    rows = db.session.execute(
        select(AuditLine, AuditPersonal)
        .outerjoin(AuditPersonal, AuditPersonal.seq == AuditLine.seq)
        .where(AuditLine.action == IMPORTED, AuditLine.at == applied_at)
        .order_by(AuditLine.seq)
        .limit(limit)
        .offset(offset)
    )
    return [(line, personal) for line, personal in rows]


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody in the house as an import compares her, and where that is stored."""

    employee_id: int
    person: KnownPerson
    home_id: int | None
    precision: Precision
    projects: Mapping[str, frozenset[int]]
    """The person's projects by the client's name."""


def known() -> dict[str, Known]:
    """Everybody, by personnel number, ready to be compared with a list; two statements."""
    projects: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for employee_id, project_id, name in db.session.execute(
        select(employee_project.c.employee_id, Project.id, Client.name)
        .join(Project, Project.id == employee_project.c.project_id)
        .join(Client, Client.id == Project.client_id)
    ):
        projects[employee_id][name].add(project_id)
    rows = db.session.execute(
        select(
            *COLUMNS,
            Employee.starts_on,
            Employee.ends_on,
            Employee.weekly_hours,
            Home.floor,
            Home.lift,
            Home.bell,
            Home.parking,
            Home.access_note,
            Home.lat,
            Home.lon,
        )
        .outerjoin(Team, Team.id == Employee.team_id)
        .outerjoin(Home, PRESENT)
    )
    found = {}
    for row in rows:
        by_client = projects.get(row.id, {})
        is_exact = row.precision in {Precision.PINNED, Precision.HOUSE}
        person = KnownPerson(
            personnel_number=row.personnel_number,
            first_name=row.first_name,
            last_name=row.last_name,
            email=row.email,
            phone=row.phone,
            team=row.team or "",
            clients=tuple(sorted(by_client)),
            language=row.language,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            weekly_hours=_hours(row.weekly_hours),
            street=row.street or "",
            housenumber=row.housenumber or "",
            postcode=row.postcode or "",
            city=row.city or "",
            floor=floor_in_column(row.floor) if row.floor else None,
            lift=row.lift,
            bell=row.bell or "",
            parking=row.parking or "",
            access_note=row.access_note or "",
            lat=row.lat if is_exact else None,
            lon=row.lon if is_exact else None,
        )
        found[row.personnel_number] = Known(
            row.id,
            person,
            row.home_id,
            row.precision or Precision.NONE,
            {name: frozenset(ids) for name, ids in by_client.items()},
        )
    return found


def _hours(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))
