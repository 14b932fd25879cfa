"""Devices that pass from one person to another: both say so, each on the own phone."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice.accounts.access import current_employee_id, open_to
from hoffice.accounts.rules import Audience
from hoffice.errors import Refused
from hoffice.kits.models import Transfer
from hoffice.kits.queries import transfers
from hoffice.kits.rules import KIND_LABELS
from hoffice.kits.service import transfers as deeds
from hoffice.kits.views.transfers import record_answer
from hoffice.portal.journey import journey_of
from hoffice.units import Actor
from hoffice.web.deeds import tried, why_not
from hoffice.web.pages import translated

bp = Blueprint("transfer", __name__, url_prefix="/mein/weitergabe")

REASON_CHARS = 500
NAMED_AT_MOST = 4


@bp.app_template_global()
def my_open_transfers() -> Sequence[Transfer]:
    """What whoever is here gives or takes at the moment, for the overview."""
    return transfers.open_transfers_of(current_employee_id())


@bp.app_template_global()
def things_in(passing: Transfer) -> str:
    """The devices of a transfer in a line, such as "Mouse HW-02043"; of many the first few."""
    said = [
        f"{_(KIND_LABELS[line.item.kind])} {line.item.asset_tag}"
        for line in passing.lines[:NAMED_AT_MOST]
    ]
    more = len(passing.lines) - len(said)
    if more:
        said.append(ngettext("one more device", "%(num)s more devices", more))
    return ", ".join(said)


def _me() -> Actor:
    return Actor.employee(current_employee_id())


@bp.get("/<int:transfer_id>")
@open_to(Audience.EMPLOYEE)
def transfer(transfer_id: int) -> ResponseReturnValue:
    """What passes between me and somebody else, and what both have said."""
    return _page(transfer_id)


def _page(transfer_id: int, *, error: str = "") -> ResponseReturnValue:
    me = current_employee_id()
    found = transfers.own_transfer(transfer_id, employee_id=me)
    is_giver = found.from_id == me
    page = render_template(
        "portal/transfer.html",
        journey=journey_of(me),
        transfer=found,
        is_giver=is_giver,
        other=found.receiver if is_giver else found.giver,
        mine_at=found.given_at if is_giver else found.taken_at,
        theirs_at=found.taken_at if is_giver else found.given_at,
        kinds=KIND_LABELS,
        broken=transfers.broken_in(found),
        error=error,
    )
    return page, HTTPStatus.CONFLICT if error else HTTPStatus.OK


@bp.get("/<int:transfer_id>/protokoll.pdf")
@open_to(Audience.EMPLOYEE)
def record(transfer_id: int) -> ResponseReturnValue:
    """The record of my transfer, once both have said yes."""
    found = transfers.own_transfer(transfer_id, employee_id=current_employee_id())
    return record_answer(found)


@bp.post("/<int:transfer_id>")
@open_to(Audience.EMPLOYEE)
def confirm(transfer_id: int) -> ResponseReturnValue:
    """I gave it, or I have it."""
    me = current_employee_id()
    made = tried(lambda: deeds.confirm(transfer_id, employee_id=me, by=_me()))
    if isinstance(made, Refused):
        return _page(transfer_id, error=translated(made))
    flash(_("Done: both of you have said so.") if made.ended_at else _("Thank you, noted."))
    return redirect(url_for("transfer.transfer", transfer_id=transfer_id), HTTPStatus.SEE_OTHER)


@bp.route("/<int:transfer_id>/nein", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def decline(transfer_id: int) -> ResponseReturnValue:
    """It is not so, and why; IT sees it."""
    me = current_employee_id()
    found = transfers.own_transfer(transfer_id, employee_id=me)
    reason, error = "", ""
    if request.method == "POST":
        reason = request.form.get("reason", "")[:REASON_CHARS]
        error = why_not(lambda: deeds.decline(transfer_id, reason, employee_id=me, by=_me()))
        if not error:
            flash(_("Noted. IT sees it and gets in touch."))
            return redirect(url_for("portal.index"), HTTPStatus.SEE_OTHER)
        found = transfers.own_transfer(transfer_id, employee_id=me)
    elif found.ended_at is not None:
        return redirect(url_for("transfer.transfer", transfer_id=transfer_id))
    page = render_template(
        "portal/transfer_no.html",
        journey=journey_of(me),
        transfer=found,
        other=found.receiver if found.from_id == me else found.giver,
        reason=reason,
        error=error,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
