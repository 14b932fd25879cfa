"""Teams, clients and their projects."""

from __future__ import annotations

from typing import cast

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts import queries as accounts
from hoffice.accounts.access import current_account, current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.people import queries, service
from hoffice.people.access import CHANGES_PEOPLE
from hoffice.people.forms import NOBODY, ClientForm, ProjectForm, TeamForm, refused
from hoffice.people.models import Team
from hoffice.people.views.blueprint import bp
from hoffice.web.pages import translated


def _team_form(team: Team | None = None) -> TeamForm:
    """The form with everybody who can lead; who leads already may stay whatever her roles are."""
    leads = {one.id: one.name for one in accounts.with_role(Role.LEAD)}
    if team is not None and team.lead_account_id is not None:
        leads[team.lead_account_id] = accounts.account(team.lead_account_id).name
    form = TeamForm()
    form.offer(sorted(leads.items(), key=lambda pair: pair[1]))
    return form


@bp.route("/teams", methods=["GET", "POST"])
@open_to(*CHANGES_PEOPLE)
def teams() -> ResponseReturnValue:
    """All teams, and a new one."""
    form = _team_form()
    if form.validate_on_submit():
        try:
            service.add_team(
                form.name.data or "", by=current_actor(), lead_account_id=form.lead_account_id
            )
        except Refused as refusal:
            db.session.rollback()
            refused(form.name, translated(refusal))
        else:
            flash(_("The team is there."))
            return redirect(url_for(".teams"))
    every = queries.teams()
    leads = {
        number: accounts.account(number).name
        for team, _people in every
        if (number := team.lead_account_id) is not None
    }
    return render_template("people/teams.html", form=form, teams=every, leads=leads)


@bp.route("/teams/<int:team_id>", methods=["GET", "POST"])
@open_to(*CHANGES_PEOPLE)
def team(team_id: int) -> ResponseReturnValue:
    """Rename a team or give it another lead."""
    found = queries.team(team_id)
    before = found.name
    form = _team_form(found)
    if not form.is_submitted():
        form.name.data, form.lead.data = before, str(found.lead_account_id or NOBODY)
    elif form.validate():
        try:
            service.change_team(
                team_id,
                form.name.data or "",
                by=current_actor(),
                lead_account_id=form.lead_account_id,
            )
        except Refused as refusal:
            db.session.rollback()
            refused(form.name, translated(refusal))
        else:
            flash(_("Saved."))
            return redirect(url_for(".teams"))
    return render_template("people/team.html", form=form, name=before)


@bp.route("/auftraggeber", methods=["GET", "POST"])
@open_to(*CHANGES_PEOPLE)
def clients() -> ResponseReturnValue:
    """All clients with their projects, and a new one."""
    form = ClientForm()
    if form.validate_on_submit():
        try:
            service.add_client(by=current_actor(), **_of_client(form))
        except Refused as refusal:
            db.session.rollback()
            refused(form.name, translated(refusal))
        else:
            flash(_("The client is there."))
            return redirect(url_for(".clients"))
    return render_template(
        "people/clients.html",
        form=form,
        clients=queries.clients(),
        people=queries.people_per_client(),
    )


@bp.route("/auftraggeber/<int:client_id>", methods=["GET", "POST"])
@open_to(*CHANGES_PEOPLE)
def client(client_id: int) -> ResponseReturnValue:
    """Rename a client, name somebody else to write to; its projects."""
    found = queries.client(client_id)
    before = found.name
    form = ClientForm()
    if not form.is_submitted():
        for name in ("name", "contact_name", "contact_email"):
            form[name].data = getattr(found, name)
    elif form.validate():
        try:
            service.change_client(client_id, by=current_actor(), **_of_client(form))
        except Refused as refusal:
            db.session.rollback()
            refused(form.name, translated(refusal))
        else:
            flash(_("Saved."))
            return redirect(url_for(".clients"))
    return _client_page(client_id, before, form, ProjectForm(formdata=None))


@bp.post("/auftraggeber/<int:client_id>/projekte")
@open_to(*CHANGES_PEOPLE)
def add_project(client_id: int) -> ResponseReturnValue:
    """Give a client one more project."""
    name = queries.client(client_id).name
    form = ProjectForm()
    if form.validate_on_submit():
        try:
            service.add_project(client_id, form.name.data or "", by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            refused(form.name, translated(refusal))
        else:
            flash(_("The project is there."))
            return redirect(url_for(".client", client_id=client_id))
    found = queries.client(client_id)
    present = ClientForm(formdata=None, obj=found)
    return _client_page(client_id, name, present, form)


@bp.route("/auftraggeber/projekte/<int:project_id>", methods=["GET", "POST"])
@open_to(*CHANGES_PEOPLE)
def project(project_id: int) -> ResponseReturnValue:
    """Rename a project."""
    found = queries.project(project_id)
    before, client_id, client_name = found.name, found.client_id, found.client.name
    form = ProjectForm()
    if not form.is_submitted():
        form.name.data = before
    elif form.validate():
        try:
            service.rename_project(project_id, form.name.data or "", by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            refused(form.name, translated(refusal))
        else:
            flash(_("Saved."))
            return redirect(url_for(".client", client_id=client_id))
    return render_template(
        "people/project.html", form=form, name=before, client_id=client_id, client_name=client_name
    )


def _client_page(
    client_id: int, name: str, form: ClientForm, project_form: ProjectForm
) -> ResponseReturnValue:
    return render_template(
        "people/client.html",
        is_hr=Role.HR in current_account().roles,
        form=form,
        project_form=project_form,
        client=queries.client(client_id),
        name=name,
    )


def _of_client(form: ClientForm) -> dict[str, str]:
    names = ("name", "contact_name", "contact_email")
    return {name: " ".join(cast("str", form[name].data or "").split()) for name in names}
