"""Asking people to choose, and booking van-days so that they can: first what it costs, then it."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from svcs.flask import get as door

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.places.travel.answers import TravelTimes
from hoffice.runs import queries
from hoffice.runs.queries import slots as records
from hoffice.runs.service import room as deeds
from hoffice.runs.service import slots
from hoffice.runs.service.room import Room
from hoffice.runs.service.slots import Invited
from hoffice.runs.views.blueprint import bp
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside


def stops_of_form() -> list[int]:
    """The stops that were ticked in a list."""
    return request.form.getlist("ids", type=row_number)


def say_invited(done: Invited) -> None:
    """How many mails go out, and whom somebody must call."""
    flash(ngettext("One mail goes out.", "%(num)s mails go out.", done.mailed))
    if done.to_call:
        flash(_("Without a mail address, to be called: %(names)s", names=", ".join(done.to_call)))


def _found(more: int = 0) -> Room | None:
    """What would be booked; None while there is nothing to book for."""
    if queries.depot() is None:
        return None
    return deeds.room_for(door(TravelTimes), more=more)


def _book(more: int = 0) -> None:
    """Book exactly the van-days that the page has shown; all is worked out before."""
    with set_aside():
        found = _found(more)
    made = deeds.make_room(
        door(TravelTimes),
        by=current_actor(),
        more=more,
        seen=request.form.getlist("shifts", type=row_number),
        found=found,
    )
    flash(ngettext("One van-day is booked.", "%(num)s van-days are booked.", len(made)))


def _page(*, run_id: int | None = None, more: int = 0) -> ResponseReturnValue:
    """What asking these people means, or booking one van-day more for those who were asked."""
    run = None if run_id is None else queries.run(run_id)
    return render_template(
        "runs/room.html",
        run=run,
        more=more,
        to_invite=len(records.to_invite(None if run_id is None else [run_id])),
        room=_found(more),
        too_little=deeds.shown_too_little() if more else [],
    )


def _again(refusal: Refused) -> ResponseReturnValue:
    """Show the van-days as they are now; nothing was booked and nobody was asked."""
    db.session.rollback()
    flash(translated(refusal), "problem")
    return redirect(request.path, HTTPStatus.SEE_OTHER)


@bp.get("/fenster/einladen")
@open_to(Role.IT)
def invite_page() -> ResponseReturnValue:
    """Before everybody is asked: on how many van-days windows are offered, and what more costs."""
    return _page()


@bp.post("/fenster/einladen")
@open_to(Role.IT)
def invite() -> ResponseReturnValue:
    """Ask the selected people, or all who are planned, to choose their window."""
    everybody = request.form.get("everybody") == "1"
    wanted = None if everybody else stops_of_form()
    try:
        if request.form.get("room") == "1":
            _book()
    except Refused as refusal:
        return _again(refusal)
    say_invited(slots.invite(wanted, by=current_actor(), book=door(LinkBook)))
    return redirect(url_for("runs.windows"), HTTPStatus.SEE_OTHER)


@bp.get("/<int:run_id>/einladen")
@open_to(Role.IT)
def invite_run_page(run_id: int) -> ResponseReturnValue:
    """The same before the people of one run are asked."""
    return _page(run_id=run_id)


@bp.post("/<int:run_id>/einladen")
@open_to(Role.IT)
def invite_run(run_id: int) -> ResponseReturnValue:
    """Ask the people of one run, as it was when the page was shown."""
    stop_ids = records.to_invite([queries.run(run_id).id])
    try:
        if request.form.get("room") == "1":
            _book()
    except Refused as refusal:
        return _again(refusal)
    say_invited(slots.invite(stop_ids, by=current_actor(), book=door(LinkBook)))
    return redirect(url_for("runs.run", run_id=run_id), HTTPStatus.SEE_OTHER)


@bp.route("/fenster/fahrtag", methods=["GET", "POST"])
@open_to(Role.IT)
def one_more_day() -> ResponseReturnValue:
    """One more van-day for people who saw too little to choose from: what it costs, then it."""
    if request.method == "GET":
        return _page(more=1)
    try:
        _book(1)
    except Refused as refusal:
        return _again(refusal)
    return redirect(url_for("runs.windows"), HTTPStatus.SEE_OTHER)
