"""Whom to call: people who have not signed after the last reminder."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.agreements import queries
from hoffice.agreements.forms import CallForm
from hoffice.agreements.models import Pack
from hoffice.agreements.queries import desk
from hoffice.agreements.rules import PAPER_LABELS
from hoffice.agreements.service import reminders
from hoffice.agreements.views.blueprint import bp, code
from hoffice.errors import N_
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.web import lists
from hoffice.web.lists import Column, Filter


@bp.get("/anrufe")
@open_to(Role.HR)
def calls() -> ResponseReturnValue:
    """Who has not signed after three reminders: number, what is missing, and what was said."""
    today = clock.today()
    listing = lists.listed_rows(
        desk.to_call(today, reminders.last_reminder_before(today)),
        name=N_("Calls"),
        columns=(
            Column(
                "name",
                N_("Person"),
                sort=(Employee.last_name, Employee.first_name),
                text=lambda row: row[0].name,
            ),
            Column("phone", N_("Phone"), text=lambda row: row[0].phone),
            Column("missing", N_("Missing"), text=lambda row: ", ".join(_missing(row[1]))),
            Column(
                "reminded",
                N_("Last reminder"),
                sort=Pack.reminded_at,
                text=lambda row: row[1].reminded_at,
            ),
            Column("called", N_("Called"), sort=Pack.called_at, text=lambda row: row[1].called_at),
        ),
        key=Employee.id,
        search=queries.search_people,
        filters=(
            Filter(
                "called",
                N_("Called"),
                [("no", _("not called yet")), ("yes", _("called"))],
                desk.was_called,
                default="no",
                all_text=_("all"),
            ),
        ),
        sort="reminded",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "agreements/calls.html",
        listing=replace(
            listing,
            rows=[(employee, pack, _missing(pack)) for employee, pack, _group in listing.rows],
        ),
        open_calls=desk.count_to_call(today, reminders.last_reminder_before(today)),
    )


def _missing(pack: Pack) -> list[str]:
    """The titles of the papers that wait for the person."""
    return [
        str(_(PAPER_LABELS[paper.kind])) for paper in pack.papers if queries.lacks_signature(paper)
    ]


@bp.route("/mappen/<int:employee_id>/angerufen", methods=["GET", "POST"])
@open_to(Role.HR)
def called(employee_id: int) -> ResponseReturnValue:
    """Note what was said on the phone."""
    employee = people.employee(employee_id)
    form = CallForm()
    if form.validate_on_submit():
        reminders.note_call(employee_id, form.note.data or "", by=current_actor())
        flash(_("Noted."))
        return redirect(url_for(".calls"))
    found = queries.pack_of(employee_id)
    if found is None:
        return redirect(url_for(".pack", employee_id=employee_id))
    page = render_template(
        "agreements/called.html",
        employee=employee,
        pack=found,
        missing=_missing(found),
        form=form,
    )
    return page, code(has_failed=request.method == "POST")
