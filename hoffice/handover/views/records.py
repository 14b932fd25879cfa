"""Handover records for staff."""

from __future__ import annotations

import io

import svcs.flask
from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue

from hoffice.accounts.access import open_to
from hoffice.accounts.rules import Role
from hoffice.errors import N_, NotFound
from hoffice.files.service import Store
from hoffice.handover import queries
from hoffice.handover.models import Handover
from hoffice.handover.rules import VISIT_LABELS
from hoffice.people.models import Employee
from hoffice.web import lists

bp = Blueprint("handover", __name__, url_prefix="/uebergaben")


@bp.get("/")
@open_to(Role.IT, Role.HR, Role.AUDITOR)
def index() -> ResponseReturnValue:
    """Every visit, newest first."""
    listing = lists.listed(
        queries.handovers(),
        name=N_("Handovers"),
        columns=(
            lists.Column("at", label=N_("When"), sort=Handover.at, text=lambda row: row.at),
            lists.Column(
                "name",
                label=N_("Person"),
                sort=(Employee.last_name, Employee.first_name),
                text=lambda row: row.employee.name,
            ),
            lists.Column(
                "outcome",
                label=N_("Outcome"),
                sort=Handover.outcome,
                text=lambda row: row.outcome.value,
            ),
            lists.Column(
                "receipt",
                label=N_("Receipt"),
                sort=None,
                text=lambda row: row.receipt.confirmed_at if row.receipt else None,
            ),
        ),
        key=Handover.id,
        search=queries.search,
        sort="at",
        down=True,
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template("handover/index.html", listing=listing, outcomes=VISIT_LABELS)


@bp.get("/<int:handover_id>.pdf")
@open_to(Role.IT, Role.HR, Role.AUDITOR)
def record_pdf(handover_id: int) -> ResponseReturnValue:
    """The handover record."""
    return record_response(queries.handover(handover_id))


def record_response(visit: Handover) -> ResponseReturnValue:
    """The record of a visit as a download; a visit that failed has none."""
    if visit.record_file is None:
        raise NotFound(N_("There is no record of this visit."))
    store = svcs.flask.get(Store)
    return send_file(
        io.BytesIO(store.get(visit.record_file.sha256)),
        mimetype="application/pdf",
        download_name=visit.record_file.name,
    )
