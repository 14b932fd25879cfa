"""Times that people insist on, each with its price, and what the dispatcher decides."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from svcs.flask import get as door

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.places.travel.answers import TravelTimes
from hoffice.runs.queries import slots as records
from hoffice.runs.service import slots
from hoffice.runs.service import wishes as deeds
from hoffice.runs.service.retiming import roads_ahead
from hoffice.runs.views.blueprint import bp, person_url
from hoffice.web.deeds import after
from hoffice.web.numbers import row_number
from hoffice.web.transaction import set_aside


@bp.get("/wuensche")
@open_to(Role.IT)
def wishes() -> ResponseReturnValue:
    """Every open wish with what it would cost, by every way."""
    found = records.open_wishes()
    return render_template(
        "runs/wishes.html",
        prices=deeds.prices_of(found, roads=door(TravelTimes)),
        person_url=person_url,
    )


@bp.post("/wuensche/<int:wish_id>/zusagen")
@open_to(Role.IT)
def grant_wish(wish_id: int) -> ResponseReturnValue:
    """Promise it; a van leaves the yard for it only if that was the price shown."""
    with set_aside():
        slots.look_ahead(door(TravelTimes))
    return after(
        lambda: deeds.grant(
            wish_id,
            may_open=request.form.get("opens_day") == "1",
            roads=door(TravelTimes),
            by=current_actor(),
            book=door(LinkBook),
        ),
        _("Promised. The mail with the window goes out."),
        url_for("runs.wishes"),
    )


@bp.post("/wuensche/<int:wish_id>/ablehnen")
@open_to(Role.IT)
def decline_wish(wish_id: int) -> ResponseReturnValue:
    """Say no in a sentence; the person chooses among windows anew."""
    return after(
        lambda: deeds.decline(
            wish_id, request.form.get("sentence", ""), by=current_actor(), book=door(LinkBook)
        ),
        _("Declined. The person is written to and chooses among windows anew."),
        url_for("runs.wishes"),
    )


@bp.post("/wuensche/<int:wish_id>/abholen")
@open_to(Role.IT)
def wish_to_office(wish_id: int) -> ResponseReturnValue:
    """Agreed with the person: she picks the kit up at the office."""
    with set_aside():
        roads = roads_ahead([records.wish(wish_id).stop_id], door(TravelTimes))
    try:
        quarter = [row_number(part) for part in request.form.get("quarter", "").split("-")]
        counter_id, start_min = quarter
    except ValueError:
        flash(_("Choose a time at the office."), "problem")
        return redirect(url_for("runs.wishes"), HTTPStatus.SEE_OTHER)
    return after(
        lambda: deeds.hand_out_at_office(
            wish_id, counter_id, start_min, by=current_actor(), book=door(LinkBook), roads=roads
        ),
        _("Booked at the office. The mail goes out."),
        url_for("runs.wishes"),
    )
