"""Devices that pass from one person to another: proposing it, and seeing what became of it."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from svcs.flask import get as door

from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.errors import N_, Refused
from hoffice.kits import words
from hoffice.kits.models import Transfer
from hoffice.kits.queries import things_due
from hoffice.kits.queries import transfers as reading
from hoffice.kits.service import transfer_records
from hoffice.kits.service import transfers as deeds
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.kits.views.choosing import Meant, meant
from hoffice.people import queries as people
from hoffice.web import lists
from hoffice.web.deeds import tried
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated

NOTE_CHARS = 500


def standing(one: Transfer) -> tuple[str, str]:
    """How it stands: the state of its chip, and words; whose turn it is comes first."""
    if one.given_at is not None and one.taken_at is not None:
        return "done", _("passed on")
    if one.declined_by:
        return "problem", _("declined")
    if one.ended_at is not None:
        return "open", _("withdrawn")
    if one.given_at is not None:
        return "waiting", _("waits for %(name)s", name=one.receiver.name)
    if one.taken_at is not None:
        return "waiting", _("waits for %(name)s", name=one.giver.name)
    return "waiting", _("waits for both")


def reason_said(one: Transfer) -> str:
    """Why it did not come to it: in somebody's own words, or in the house's."""
    return str(_(one.reason)) if one.reason else ""


@bp.get("/weitergaben")
@open_to(*READERS)
def transfers() -> ResponseReturnValue:
    """Every transfer: from whom to whom, how many devices, and how it stands."""
    listing = lists.listed(
        reading.transfers(),
        name=N_("Passed on"),
        columns=(
            lists.Column[Transfer]("id", N_("No."), Transfer.id, lambda row: row.id),
            lists.Column("giver", N_("From"), text=lambda row: row.giver.name),
            lists.Column("receiver", N_("To"), text=lambda row: row.receiver.name),
            lists.Column(
                "devices",
                N_("Devices"),
                text=lambda row: ", ".join(line.item.asset_tag for line in row.lines),
            ),
            lists.Column(
                "proposed", N_("Proposed on"), Transfer.proposed_at, lambda row: row.proposed_at
            ),
            lists.Column("state", N_("State"), text=lambda row: standing(row)[1]),
            lists.Column("reason", N_("Reason"), text=reason_said, hidden=True),
        ),
        key=Transfer.id,
        filters=(
            lists.Filter(
                "stand",
                N_("State"),
                [("open", _("open")), ("done", _("passed on")), ("off", _("declined, withdrawn"))],
                reading.in_state,
            ),
        ),
        sort="proposed",
        down=True,
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "kits/transfers.html", listing=listing, standing=standing, reason_said=reason_said
    )


@bp.get("/weitergaben/<int:transfer_id>")
@open_to(*READERS)
def transfer(transfer_id: int) -> ResponseReturnValue:
    """One transfer: what, from whom to whom, and what both have said."""
    found = reading.transfer(transfer_id)
    return render_template(
        "kits/transfer.html",
        transfer=found,
        standing=standing(found),
        reason_said=reason_said,
        broken=reading.broken_in(found),
    )


@bp.get("/weitergaben/<int:transfer_id>/protokoll.pdf")
@open_to(*READERS)
def transfer_record(transfer_id: int) -> ResponseReturnValue:
    """The record of a transfer to which both have said yes."""
    return record_answer(reading.transfer(transfer_id))


def record_answer(made: Transfer) -> Response:
    """The record in the reader's language, to look at and to keep."""
    name, content = transfer_records.record_of(
        made, company=settings().company, language=str(get_locale() or "de")
    )
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response


@bp.route("/weitergaben/neu", methods=["GET", "POST"])
@open_to(Role.IT)
def propose_transfer() -> ResponseReturnValue:
    """Choose what one person passes to another; both are asked by mail."""
    giver = meant(request.values.get("von", ""), request.values.get("welche_von", type=row_number))
    giver_id = request.values.get("person", type=row_number)
    if giver_id is not None:
        giver = Meant(people.employee(giver_id))
    if request.method == "GET" or giver.person is None:
        return _proposal(giver)
    receiver = meant(request.form.get("an", ""), request.form.get("welche_an", type=row_number))
    if receiver.person is None:
        return _proposal(giver, receiver)
    made = tried(
        partial(
            deeds.propose,
            request.form.getlist("ids", type=row_number),
            giver.person.id,
            receiver.person.id,
            note=request.form.get("note", "")[:NOTE_CHARS],
            by=current_actor(),
            book=door(LinkBook),
        )
    )
    if isinstance(made, Refused):
        return _proposal(giver, receiver, translated(made))
    flash(_("Proposed. Both get a mail and say on their phone when it has happened."))
    return redirect(url_for(".transfer", transfer_id=made.id), HTTPStatus.SEE_OTHER)


def _proposal(
    giver: Meant, receiver: Meant | None = None, refused: str = ""
) -> ResponseReturnValue:
    items = reading.items_with(giver.person.id) if giver.person is not None else ()
    page = render_template(
        "kits/transfer_new.html",
        giver=giver,
        receiver=receiver,
        items=items,
        taken=reading.items_in_transfers(item.id for item in items),
        broken=set(things_due.broken_with(giver.person.id)) if giver.person is not None else set(),
        chosen=set(request.form.getlist("ids", type=row_number)),
        typed=request.values,
        asked_giver="von" in request.values,
        refused=refused,
        kind=words.kind,
    )
    if refused:
        return page, HTTPStatus.CONFLICT
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK


@bp.post("/weitergaben/<int:transfer_id>/zurueckziehen")
@open_to(Role.IT)
def withdraw_transfer(transfer_id: int) -> ResponseReturnValue:
    """Take a proposal back."""
    deeds.withdraw(transfer_id, by=current_actor())
    flash(_("Withdrawn. Nothing has changed hands."))
    return redirect(url_for(".transfer", transfer_id=transfer_id), HTTPStatus.SEE_OTHER)
