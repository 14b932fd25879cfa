"""Swaps at the counter: what leaves the house asks the gates, which the devices below cannot."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import Refused
from hoffice.handover import service
from hoffice.handover.views.blueprint import waits_of, ways
from hoffice.kits.queries import replacements
from hoffice.kits.service import exchanging
from hoffice.kits.views.return_records import write_records
from hoffice.web.deeds import tried
from hoffice.web.pages import translated


@ways.post("/abholung/tausch/<int:item_id>")
@open_to(Role.IT)
def exchange(item_id: int) -> ResponseReturnValue:
    """The replacement goes out, the old device comes in, in one step, unless it came before."""
    kept = replacements.replacement_for(item_id)
    is_alone = kept is not None and exchanging.hands_out_only(kept)
    made = tried(
        lambda: service.swap(
            item_id,
            received_by=request.form.get("received_by", ""),
            condition=request.form.get("condition", "used"),
            by=current_actor(),
        )
    )
    if isinstance(made, Refused):
        flash(translated(made), "problem")
        closed = made.closed if isinstance(made, service.NothingLeavesYet) else ()
        for one in waits_of(closed):
            flash(f"{one.gate}: {one.reason}", "problem")
        return redirect(url_for("kits.replacement", item_id=item_id), HTTPStatus.SEE_OTHER)
    return_id = made.id
    if made.closed_at is not None:
        write_records([return_id])
    if is_alone:
        flash(_("The replacement is handed over."))
    else:
        flash(_("Swapped. The old device waits for a check."))
    return redirect(url_for("kits.return_page", return_id=return_id), HTTPStatus.SEE_OTHER)
