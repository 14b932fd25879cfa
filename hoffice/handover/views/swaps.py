"""Devices over the counter: what leaves the house asks the gates, which those below cannot."""

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
from hoffice.kits.views.fitness import name_damaged
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
        _say(made)
        return redirect(url_for("kits.replacement", item_id=item_id), HTTPStatus.SEE_OTHER)
    return_id = made.id
    if made.closed_at is not None:
        write_records([return_id])
    if is_alone:
        flash(_("The replacement is handed over."))
    else:
        flash(_("Swapped. The old device waits for a check."))
    return redirect(url_for("kits.return_page", return_id=return_id), HTTPStatus.SEE_OTHER)


@ways.post("/abholung/ausgabe/<int:kit_id>")
@open_to(Role.IT)
def hand_out(kit_id: int) -> ResponseReturnValue:
    """One more device goes out to somebody whose kit is at home."""
    tag = request.form.get("tag", "")
    made = tried(
        lambda: service.hand_out(
            kit_id, tag, received_by=request.form.get("received_by", ""), by=current_actor()
        )
    )
    if isinstance(made, Refused):
        _say(made)
        back = url_for("kits.hand_out", kit_id=kit_id, geraet=tag[:80] or None)
        return redirect(back, HTTPStatus.SEE_OTHER)
    flash(_("%(tag)s is handed out. The receipt is ready to be printed.", tag=made.asset_tag))
    name_damaged([made.id])
    return redirect(url_for("kits.kit", kit_id=kit_id), HTTPStatus.SEE_OTHER)


def _say(refusal: Refused) -> None:
    """Why nothing went out; of closed gates each one."""
    flash(translated(refusal), "problem")
    closed = refusal.closed if isinstance(refusal, service.NothingLeavesYet) else ()
    for one in waits_of(closed):
        flash(f"{one.gate}: {one.reason}", "problem")
