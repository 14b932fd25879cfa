"""Reading people, their homes and when they are at home; teams, clients and staff imports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from hoffice.audit.models import AuditHead, AuditLine, AuditPersonal
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.people.models import (
    AtHome,
    Client,
    Employee,
    Home,
    Project,
    StaffImport,
    Team,
    employee_project,
)
from hoffice.people.rules import LISTED, initials
from hoffice.people.staff_list import KnownPerson
from hoffice.places.addresses.lines import floor_in_column
from hoffice.places.rules import Precision

IMPORTED = "people.imported"
"""The log's word for what an import did to one person."""
IS_ASKING: Final = func.length(cast(Home.candidates, String)) > len("[]")
"""Homes with candidates; the empty list is the shortest that is ever stored."""
IN_ONE_GO = 5000
"""So many ids stand in one statement; PostgreSQL ends at 65,535 and SQLite at 32,766."""


# --- people ---------------------------------------------------------------------------------------


def employee(employee_id: int) -> Employee:
    """The person with this number in the database, with team and home."""
    found = db.session.scalars(employees().where(Employee.id == employee_id)).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such person."))
    return found


def by_number(personnel_number: str) -> Employee | None:
    """The person with this personnel number."""
    return db.session.scalars(
        employees().where(Employee.personnel_number == personnel_number)
    ).one_or_none()


def employees() -> Select[Employee]:
    """All people, each with team and present home in the same statement."""
    return select(Employee).options(joinedload(Employee.team), joinedload(Employee.home))


def count() -> int:
    """How many people there are."""
    return db.session.scalar(select(func.count()).select_from(Employee)) or 0


def search(words: Sequence[str] | str) -> ColumnElement[bool]:
    """People in whose name, number, mail, team, street or town every word occurs."""
    return _each_word(words, Employee.search_text)


def search_names(words: Sequence[str] | str) -> ColumnElement[bool]:
    """``search`` for those who may not see addresses: only names and numbers are looked at."""
    several = words.split() if isinstance(words, str) else words
    columns = (Employee.first_name, Employee.last_name, Employee.personnel_number)
    return and_(
        *(or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in several)
    )


def _each_word(
    words: Sequence[str] | str, column: InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    several = words.split() if isinstance(words, str) else words
    return and_(*(column.contains(word.lower(), autoescape=True) for word in several))


# --- homes ----------------------------------------------------------------------------------------


def homes_of(employee_ids: Iterable[int]) -> dict[int, Home]:
    """Where these people live now; who has no address is not among them."""
    return {
        home.employee_id: home
        for ids in _batches(employee_ids)
        for home in db.session.scalars(
            select(Home).where(Home.employee_id.in_(ids), Home.valid_to.is_(None))
        )
    }


def home_of(employee_id: int) -> Home | None:
    """Where this person lives now."""
    return homes_of([employee_id]).get(employee_id)


def former_homes(employee_id: int) -> Sequence[Home]:
    """Where this person lived before, the last one first."""
    return db.session.scalars(
        select(Home)
        .where(Home.employee_id == employee_id, Home.valid_to.is_not(None))
        .order_by(Home.id.desc())
    ).all()


_MOVABLE: Final = and_(
    Home.valid_to.is_(None),
    Home.precision != Precision.PINNED,
    Home.provider != LISTED,
)
"""Present homes whose point may become better: neither set by hand nor from the list."""


def movable_homes() -> Sequence[int]:
    """The present homes whose point may become better, by their numbers."""
    return db.session.scalars(select(Home.id).where(_MOVABLE).order_by(Home.id)).all()


def movable_among(home_ids: Sequence[int]) -> Sequence[Home]:
    """Those of these homes whose point may still become better, in the order of their numbers."""
    wanted = select(Home).where(Home.id.in_(home_ids), _MOVABLE)
    return db.session.scalars(wanted.order_by(Home.id)).all()


def homes_by_precision() -> dict[Precision, int]:
    """How many present homes are known how well; every word is there, also with none."""
    rows = db.session.execute(
        select(Home.precision, func.count()).where(Home.valid_to.is_(None)).group_by(Home.precision)
    )
    found = {precision: count for precision, count in rows}  # noqa: C416  # rows are no pairs to mypy
    return {precision: found.get(precision, 0) for precision in Precision}


def open_questions() -> int:
    """About how many present homes a human has to say which address is meant."""
    return db.session.scalar(select(func.count()).where(Home.valid_to.is_(None), IS_ASKING)) or 0


def at_home(employee_id: int, from_date: date) -> Sequence[AtHome]:
    """When the person says to be at home, from this day on."""
    return at_home_of([employee_id], from_date).get(employee_id, [])


def at_home_of(employee_ids: Iterable[int], from_date: date) -> dict[int, list[AtHome]]:
    """When these people say to be at home, from this day on, in order of time."""
    spans: dict[int, list[AtHome]] = defaultdict(list)
    for ids in _batches(employee_ids):
        for span in db.session.scalars(
            select(AtHome)
            .where(AtHome.employee_id.in_(ids), AtHome.on_date >= from_date)
            .order_by(AtHome.employee_id, AtHome.on_date, AtHome.start_min)
        ):
            spans[span.employee_id].append(span)
    return dict(spans)


# --- the people's list ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the people's list."""

    id: int
    number: str
    first_name: str
    last_name: str
    name: str
    initials: str
    email: str
    phone: str
    language: str
    team: str
    has_home: bool
    street: str
    housenumber: str
    postcode: str
    city: str
    precision: Precision
    radius_m: int | None
    confirmed_at: datetime | None
    is_asking: bool
    """Whether it is open which address is meant."""
    clients: str

    @property
    def street_line(self) -> str:
        """Street and number."""
        return f"{self.street} {self.housenumber}".rstrip()

    @property
    def town_line(self) -> str:
        """Postcode and town."""
        return f"{self.postcode} {self.city}".strip()


def ids() -> Select[int]:
    """The ids of all people; the list narrows and orders these, then asks for ``rows_of`` a page.

    So counting and sorting touch one table, however many columns a line shows.
    """
    return select(Employee.id)


TEAM_NAME = select(Team.name).where(Team.id == Employee.team_id).scalar_subquery()
"""To order people by."""
TOWN = (
    select(Home.postcode)
    .where(Home.employee_id == Employee.id, Home.valid_to.is_(None))
    .scalar_subquery()
)
"""To order people by."""


def in_team(team_id: int) -> ColumnElement[bool]:
    """People of one team."""
    return Employee.team_id == team_id


def led_by(account_id: int) -> ColumnElement[bool]:
    """People of the teams that this account leads."""
    return Employee.team_id.in_(select(Team.id).where(Team.lead_account_id == account_id))


def with_precision(precision: Precision) -> ColumnElement[bool]:
    """People whose home is known like this; who has no home counts as not found."""
    present = select(Home.employee_id).where(Home.valid_to.is_(None))
    if precision is Precision.NONE:
        return Employee.id.not_in(present.where(Home.precision != Precision.NONE))
    return Employee.id.in_(present.where(Home.precision == precision))


def with_open_question() -> ColumnElement[bool]:
    """People of whose address a human has to say which one is meant."""
    return Employee.id.in_(select(Home.employee_id).where(Home.valid_to.is_(None), IS_ASKING))


def working_for(client_id: int) -> ColumnElement[bool]:
    """People with a project of this client."""
    return Employee.id.in_(
        select(employee_project.c.employee_id)
        .join(Project, Project.id == employee_project.c.project_id)
        .where(Project.client_id == client_id)
    )


_COLUMNS = (
    Employee.id,
    Employee.personnel_number,
    Employee.first_name,
    Employee.last_name,
    Employee.email,
    Employee.phone,
    Employee.language,
    Team.name.label("team"),
    Home.id.label("home_id"),
    Home.street,
    Home.housenumber,
    Home.postcode,
    Home.city,
    Home.precision,
    Home.radius_m,
    Home.confirmed_at,
    IS_ASKING.label("asking"),
)
_NOW = and_(Home.employee_id == Employee.id, Home.valid_to.is_(None))
_ROWS = select(*_COLUMNS).outerjoin(Team, Team.id == Employee.team_id).outerjoin(Home, _NOW)


def rows_of(employee_ids: Sequence[int]) -> list[PersonRow]:
    """The lines of these people, in the order given; two statements for each 5,000."""
    found: dict[int, PersonRow] = {}
    for some in _batches(employee_ids):
        clients = clients_of(some)
        for row in db.session.execute(_ROWS.where(Employee.id.in_(some))):
            found[row[0]] = PersonRow(
                row[0],
                row[1],
                row[2],
                row[3],
                f"{row[2]} {row[3]}".strip(),
                initials(row[2], row[3]),
                row[4],
                row[5],
                row[6],
                row[7] or "",
                row[8] is not None,
                row[9] or "",
                row[10] or "",
                row[11] or "",
                row[12] or "",
                row[13] or Precision.NONE,
                row[14],
                row[15],
                bool(row[16]),
                ", ".join(clients.get(row[0], ())),
            )
    return [found[one] for one in employee_ids if one in found]


def clients_of(employee_ids: Iterable[int]) -> dict[int, list[str]]:
    """The names of the clients these people work for, each once, by name."""
    names: dict[int, list[str]] = defaultdict(list)
    for some in _batches(employee_ids):
        for employee_id, name in db.session.execute(
            select(employee_project.c.employee_id, Client.name)
            .join(Project, Project.id == employee_project.c.project_id)
            .join(Client, Client.id == Project.client_id)
            .where(employee_project.c.employee_id.in_(some))
            .distinct()
            .order_by(employee_project.c.employee_id, Client.name)
        ):
            names[employee_id].append(name)
    return dict(names)


@dataclass(frozen=True, slots=True)
class AddressCounts:
    """How well the homes are known, in people."""

    people: int
    exact: int
    rough: int
    missing: int
    confirmed: int
    asking: int
    """Of these it is open which address is meant."""


def address_counts() -> AddressCounts:
    """How many homes are known to the door, roughly, or not at all; one statement."""
    exact = Home.precision.in_([Precision.PINNED, Precision.HOUSE])
    rough = Home.precision.in_([Precision.STREET, Precision.POSTCODE])
    everybody = select(func.count()).select_from(Employee).scalar_subquery()
    people, to_the_door, nearby, confirmed, asking = db.session.execute(
        select(
            everybody,
            func.count().filter(exact),
            func.count().filter(rough),
            func.count(Home.confirmed_at),
            func.count().filter(IS_ASKING),
        ).where(Home.valid_to.is_(None))
    ).one()
    missing = people - to_the_door - nearby
    return AddressCounts(people, to_the_door, nearby, missing, confirmed, asking)


_VERSION = select(
    AuditHead.seq, AuditHead.hash, select(func.count()).select_from(Employee).scalar_subquery()
)


def version() -> tuple[int, str, int]:
    """Another one after every deed: the head of the log, and how many people there are."""
    seq, digest, people = db.session.execute(_VERSION).one()
    return seq, digest, people


# --- teams, clients, projects ---------------------------------------------------------------------


def team(team_id: int) -> Team:
    """The team with this number."""
    found = db.session.get(Team, team_id)
    if found is None:
        raise NotFound(N_("There is no such team."))
    return found


def teams() -> Sequence[tuple[Team, int]]:
    """Every team with its number of people, by name."""
    rows = db.session.execute(
        select(Team, func.count(Employee.id))
        .outerjoin(Employee, Employee.team_id == Team.id)
        .group_by(Team.id)
        .order_by(Team.name)
    )
    return [(team, count) for team, count in rows]


def team_names() -> list[tuple[int, str]]:
    """Number and name of every team, by name."""
    return [
        (one.id, one.name)
        for one in db.session.execute(select(Team.id, Team.name).order_by(Team.name))
    ]


def client(client_id: int) -> Client:
    """The client with this number."""
    found = db.session.get(Client, client_id)
    if found is None:
        raise NotFound(N_("There is no such client."))
    return found


def clients() -> Sequence[Client]:
    """Every client with its projects, by name."""
    return db.session.scalars(
        select(Client).options(selectinload(Client.projects)).order_by(Client.name)
    ).all()


def client_names() -> list[tuple[int, str]]:
    """Number and name of every client, by name."""
    rows = db.session.execute(select(Client.id, Client.name).order_by(Client.name))
    return [(one.id, one.name) for one in rows]


def people_per_client() -> dict[int, int]:
    """How many people work for each client."""
    rows = db.session.execute(
        select(Project.client_id, func.count(employee_project.c.employee_id.distinct()))
        .join(employee_project, employee_project.c.project_id == Project.id)
        .group_by(Project.client_id)
    )
    return {client_id: people for client_id, people in rows}  # noqa: C416  # rows are not pairs to mypy


def project(project_id: int) -> Project:
    """The project with this number."""
    found = db.session.get(Project, project_id)
    if found is None:
        raise NotFound(N_("There is no such project."))
    return found


def project_choices() -> list[tuple[int, str]]:
    """Every project with its client's name in front, where that says more than the project's."""
    rows = db.session.execute(
        select(Project.id, Project.name, Client.name.label("client"))
        .join(Client, Client.id == Project.client_id)
        .order_by(Client.name, Project.name)
    )
    return [
        (one.id, one.client if one.name == one.client else f"{one.client} · {one.name}")
        for one in rows
    ]


def is_taken(model: type[Team | Client], name: str, *, but: int | None = None) -> bool:
    """Whether another team or client has this name."""
    return bool(
        db.session.scalar(
            select(exists().where(func.lower(model.name) == name.lower(), model.id != (but or 0)))
        )
    )


# --- the staff import -----------------------------------------------------------------------------


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


def imports_with_rows_before(moment: datetime) -> Sequence[StaffImport]:
    """Imports made before this moment whose rows are still there."""
    return [
        one
        for one in db.session.scalars(
            select(StaffImport).where(StaffImport.created_at < moment).order_by(StaffImport.id)
        )
        if one.rows
    ]


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
            *_COLUMNS,
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
        .outerjoin(Home, _NOW)
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


def _batches(employee_ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in portions that fit into one statement; at least none, never an empty one."""
    wanted = list(employee_ids)
    for start in range(0, len(wanted), IN_ONE_GO):
        yield wanted[start : start + IN_ONE_GO]
