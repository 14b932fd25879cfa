"""The people's list: what narrows it, its lines, and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select

from hoffice.audit.models import AuditHead
from hoffice.db import db
from hoffice.people.models import Employee, Home, Project, Team, employee_project
from hoffice.people.queries.groups import clients_of
from hoffice.people.queries.homes import IS_ASKING
from hoffice.people.queries.portions import portions
from hoffice.people.rules import initials
from hoffice.places.rules import Precision


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


COLUMNS = (
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
"""What is read of each person, for a line of the list or to compare with an import."""
PRESENT = and_(Home.employee_id == Employee.id, Home.valid_to.is_(None))
"""Joins people with the home they have now."""
_ROWS = select(*COLUMNS).outerjoin(Team, Team.id == Employee.team_id).outerjoin(Home, PRESENT)


def rows_of(employee_ids: Sequence[int]) -> list[PersonRow]:
    """The lines of these people, in the order given; two statements for each 5,000."""
    found: dict[int, PersonRow] = {}
    for some in portions(employee_ids):
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
