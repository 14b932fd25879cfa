"""The deeds around teams, clients and their projects."""

from __future__ import annotations

from sqlalchemy import select

from hoffice.accounts import queries as accounts
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.people import queries
from hoffice.people.models import Client, Employee, Project, Team
from hoffice.people.service.search import refresh_search
from hoffice.units import Actor


def add_team(name: str, *, by: Actor, lead_account_id: int | None = None) -> Team:
    """Make a team; names are given once."""
    name = _named(Team, name)
    team = Team(name=name, lead_account_id=_lead(lead_account_id))
    db.session.add(team)
    db.session.flush()
    record(by, "people.team_added", team, personal={"name": name}, lead=lead_account_id)
    return team


def change_team(team_id: int, name: str, *, by: Actor, lead_account_id: int | None) -> Team:
    """Rename a team, or give it another lead."""
    team = queries.team(team_id)
    name = _named(Team, name, but=team_id)
    before, team.name = team.name, name
    team.lead_account_id = _lead(lead_account_id)
    db.session.flush()
    record(by, "people.team_changed", team, personal={"name": [before, name]}, lead=lead_account_id)
    if before != name:
        refresh_search(db.session.scalars(select(Employee.id).where(Employee.team_id == team_id)))
    return team


def add_client(name: str, *, by: Actor, contact_name: str = "", contact_email: str = "") -> Client:
    """Make a client with one project of the same name; more projects may follow."""
    name = _named(Client, name)
    client = Client(name=name, contact_name=contact_name, contact_email=contact_email)
    client.projects.append(Project(name=name))
    db.session.add(client)
    db.session.flush()
    record(
        by,
        "people.client_added",
        client,
        personal={"name": name, "contact_name": contact_name, "contact_email": contact_email},
    )
    return client


def change_client(
    client_id: int, name: str, *, by: Actor, contact_name: str = "", contact_email: str = ""
) -> Client:
    """Rename a client, or name somebody else to write to; a project of its name goes along."""
    client = queries.client(client_id)
    name = _named(Client, name, but=client_id)
    before = {
        "name": client.name,
        "contact_name": client.contact_name,
        "contact_email": client.contact_email,
    }
    for project in client.projects:
        if project.name == client.name:
            project.name = name
    client.name, client.contact_name, client.contact_email = name, contact_name, contact_email
    db.session.flush()
    after = {"name": name, "contact_name": contact_name, "contact_email": contact_email}
    differing = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    record(by, "people.client_changed", client, personal=differing)
    return client


def add_project(client_id: int, name: str, *, by: Actor) -> Project:
    """Give a client one more project."""
    client = queries.client(client_id)
    project = Project(client=client, name=_named_project(client, name))
    db.session.add(project)
    db.session.flush()
    record(by, "people.project_added", project, personal={"name": project.name}, client=client_id)
    return project


def rename_project(project_id: int, name: str, *, by: Actor) -> Project:
    """Give a project another name."""
    project = queries.project(project_id)
    before = project.name
    project.name = _named_project(project.client, name, but=project_id)
    db.session.flush()
    record(by, "people.project_renamed", project, personal={"name": [before, project.name]})
    return project


def set_needs_approval(project_id: int, *, needed: bool, by: Actor) -> Project:
    """Say whether a project's client has to approve that people work on it from home."""
    project = queries.project(project_id)
    if project.needs_approval is not needed:
        project.needs_approval = needed
        record(by, "people.project_needs_approval", project, needed=needed)
    return project


def _named(model: type[Team | Client], name: str, *, but: int | None = None) -> str:
    name = _filled(name)
    if queries.is_taken(model, name, but=but):
        raise Refused(N_("The name %(name)s is already given."), name=name)
    return name


def _named_project(client: Client, name: str, *, but: int | None = None) -> str:
    name = _filled(name)
    for other in client.projects:
        if other.id != but and other.name.lower() == name.lower():
            raise Refused(N_("The name %(name)s is already given."), name=name)
    return name


def _filled(name: str) -> str:
    """The name without needless blanks; an empty one is refused."""
    name = " ".join(name.split())
    if not name:
        raise Refused(N_("The name is missing."))
    return name


def _lead(account_id: int | None) -> int | None:
    """The account of the lead, which must be there."""
    return None if account_id is None else accounts.account(account_id).id
