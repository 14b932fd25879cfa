"""Teams, clients and their projects, and who belongs to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import selectinload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.people.models import Client, Employee, Project, Team, employee_project
from hoffice.people.queries.portions import portions


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


def clients_of(employee_ids: Iterable[int]) -> dict[int, list[str]]:
    """The names of the clients these people work for, each once, by name."""
    names: dict[int, list[str]] = defaultdict(list)
    for some in portions(employee_ids):
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
