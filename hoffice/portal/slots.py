"""The employee's pages about her window: choose one, say no to all, name a time, move, change."""

from __future__ import annotations

from http import HTTPStatus

import svcs
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import current_employee_id, open_to, settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Audience
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.places.travel.answers import TravelTimes
from hoffice.portal.journey import is_asked, journey_of
from hoffice.runs import queries as runs
from hoffice.runs.models import Slot, Stop
from hoffice.runs.queries import slots as records
from hoffice.runs.service import moving, slots, wishes
from hoffice.runs.service.offered import Choices, OffersLapsed, unsealed
from hoffice.runs.service.slots import SlotGone
from hoffice.runs.service.witness import Witness, engine
from hoffice.runs.views.wished import driven_days, wish_days, wish_hours, wished
from hoffice.units import Actor
from hoffice.web.deeds import tried
from hoffice.web.pages import translated
from hoffice.web.transaction import begin_anew, set_aside

bp = Blueprint("slots", __name__, url_prefix="/mein/termin")

OPEN_FOR_ANOTHER = "aendern"
"""In the address: show other windows although one is promised, or wished for."""


def _me() -> Actor:
    return Actor.employee(current_employee_id())


def _stop() -> Stop:
    """My own visit; whatever a form says, another person's is never asked for."""
    stop = runs.open_stop_of(current_employee_id())
    if stop is None or not is_asked(stop):
        raise NotFound(N_("There is nothing to choose at the moment."))
    return stop


def _look_ahead() -> int:
    """My stop's number; roads are asked before the writing transaction begins, not inside."""
    with set_aside():
        stop_id = _stop().id
        slots.look_ahead(svcs.flask.get(TravelTimes))
    return stop_id


def _worked_out(number: int | None) -> tuple[Choices, Witness | None]:
    """The set that was shown, and a plan with the chosen window, found while nothing is held."""
    with set_aside():
        choices = unsealed(
            request.form.get("offers", ""), _stop().id, book=svcs.flask.get(LinkBook)
        )
        roads = svcs.flask.get(TravelTimes)
        found = (
            None
            if number is None
            else slots.work_out(choices, number, roads=roads, search=engine())
        )
    return choices, found


@bp.get("/")
@open_to(Audience.EMPLOYEE)
def index() -> ResponseReturnValue:
    """What is to be answered now: a question about moving, three windows, or a time of my own."""
    stop = runs.open_stop_of(current_employee_id())
    if stop is None or not is_asked(stop):
        return redirect(url_for("portal.times"))
    wants_another = OPEN_FOR_ANOTHER in request.args
    facts = {"journey": journey_of(stop.employee_id), "stop": stop, "slot": stop.slot}
    move = records.open_move(stop.id)
    wish = records.open_wish(stop.id)
    if move is not None and stop.slot is not None and not wants_another:
        return render_template("portal/slots_move.html", move=move, **facts)
    if stop.slot is not None and not wants_another:
        return render_template(
            "portal/slots_promised.html", may_change=slots.may_change(stop), wish=wish, **facts
        )
    if wish is not None and not wants_another:
        return render_template("portal/slots_wished.html", wish=wish, **facts)
    return _offers_page(stop)


def _offers_page(stop: Stop) -> ResponseReturnValue:
    """Three windows, or the page to name a time on; why there is neither is said."""
    facts = {"journey": journey_of(stop.employee_id), "stop": stop, "slot": stop.slot}
    try:
        choices = slots.windows_for(stop.id, roads=svcs.flask.get(TravelTimes), search=engine())
    except Refused as refusal:
        return render_template("portal/slots_closed.html", why=translated(refusal), **facts)
    if not choices.windows:
        return _wish_page(stop, rounds=choices.round - 1)
    return _choices_page(stop, choices)


def _choices_page(stop: Stop, choices: Choices, error: str = "") -> ResponseReturnValue:
    page = render_template(
        "portal/slots.html",
        journey=journey_of(stop.employee_id),
        slot=stop.slot,
        choices=choices,
        sealed=choices.sealed(svcs.flask.get(LinkBook)),
        error=error,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK


def _wish_page(stop: Stop, error: str = "", *, rounds: int = 0) -> ResponseReturnValue:
    page = render_template(
        "portal/slots_wish.html",
        journey=journey_of(stop.employee_id),
        slot=stop.slot,
        days=wish_days(),
        driven=driven_days(),
        hours=wish_hours(),
        said=wished(request.form),
        rounds=rounds,
        error=error,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK


def _again(words: str) -> ResponseReturnValue:
    """Say what went wrong, on the page as it is now; nothing was changed."""
    db.session.rollback()
    flash(words, "problem")
    return redirect(_here(), HTTPStatus.SEE_OTHER)


def _here() -> str:
    """The page somebody came from: with another window to choose, or what is to be answered."""
    return url_for("slots.index", aendern="1" if OPEN_FOR_ANOTHER in request.form else None)


@bp.post("/")
@open_to(Audience.EMPLOYEE)
def choose() -> ResponseReturnValue:
    """Take one of the windows that were shown."""
    book = svcs.flask.get(LinkBook)
    number = request.form.get("window", type=int)
    try:
        choices, found = _worked_out(number)
    except OffersLapsed as refusal:
        return _again(translated(refusal))
    if number is None:
        return _choices_page(_stop(), choices, _("Choose one of the windows."))
    try:
        roads = svcs.flask.get(TravelTimes)
        slots.choose(choices, number, roads=roads, by=_me(), book=book, found=found)
    except SlotGone as refusal:
        begin_anew()
        slots.lapse(choices, by=_me())
        flash(translated(refusal), "problem")
        return redirect(_here(), HTTPStatus.SEE_OTHER)
    except Refused as refusal:
        return _again(translated(refusal))
    flash(_("Agreed. You get a mail with your window."))
    return redirect(url_for("slots.index"), HTTPStatus.SEE_OTHER)


@bp.post("/keins")
@open_to(Audience.EMPLOYEE)
def refuse() -> ResponseReturnValue:
    """None of these windows suits me."""
    stop_id = _stop().id
    try:
        choices = unsealed(request.form.get("offers", ""), stop_id, book=svcs.flask.get(LinkBook))
        slots.refuse_all(choices, by=_me())
    except Refused as refusal:
        return _again(translated(refusal))
    return redirect(_here(), HTTPStatus.SEE_OTHER)


@bp.post("/wunsch")
@open_to(Audience.EMPLOYEE)
def insist() -> ResponseReturnValue:
    """Name a time of my own; somebody in IT decides."""
    stop = _stop()
    said = wished(request.form)
    if said.on_date is None or said.start_min is None:
        rounds = records.refused_rounds([stop.id]).get(stop.id, 0)
        return _wish_page(stop, _("Choose a day and a time."), rounds=rounds)
    try:
        with set_aside():
            roads = svcs.flask.get(TravelTimes)
            left = slots.windows_for(_stop().id, roads=roads, search=engine())
        wishes.insist(
            left.stop_id,
            said.on_date,
            said.start_min,
            said.end_min,
            text=said.text,
            by=_me(),
            left=left,
        )
    except Refused as refusal:
        return _again(translated(refusal))
    flash(_("Noted. IT looks at it and writes to you."))
    return redirect(url_for("slots.index"), HTTPStatus.SEE_OTHER)


@bp.post("/wunsch/zuruecknehmen")
@open_to(Audience.EMPLOYEE)
def take_back() -> ResponseReturnValue:
    """I no longer insist; show me windows again."""
    wishes.take_back(_stop().id, by=_me())
    return redirect(url_for("slots.index"), HTTPStatus.SEE_OTHER)


@bp.post("/verlegen/<int:offer_id>")
@open_to(Audience.EMPLOYEE)
def move(offer_id: int) -> ResponseReturnValue:
    """Yes or no to another time; without a yes everything stays as it was promised."""
    stop_id = _look_ahead()
    is_yes = request.form.get("answer") == "yes"
    refusal = tried(
        lambda: moving.answer_move(
            offer_id,
            stop_id=stop_id,
            is_yes=is_yes,
            roads=svcs.flask.get(TravelTimes),
            by=_me(),
            book=svcs.flask.get(LinkBook),
        )
    )
    if isinstance(refusal, SlotGone):
        begin_anew()
        moving.lapse_move(stop_id, by=_me())
        flash(_("That time has gone meanwhile. Your window stays as it is."), "problem")
        return redirect(url_for("slots.index"), HTTPStatus.SEE_OTHER)
    if isinstance(refusal, Refused):
        return _again(translated(refusal))
    flash(
        _("Thank you. You get a mail with the new window.") if is_yes else _("Your window stays.")
    )
    return redirect(url_for("slots.index"), HTTPStatus.SEE_OTHER)


@bp.get("/kalender.ics")
@open_to(Audience.EMPLOYEE)
def calendar() -> ResponseReturnValue:
    """My window as an event for my own calendar."""
    stop = runs.open_stop_of(current_employee_id())
    if stop is None or stop.slot is None:
        raise NotFound(N_("There is nothing to choose at the moment."))
    response = Response(_event(stop, stop.slot), mimetype="text/calendar")
    response.headers.set("Content-Disposition", "attachment", filename="termin.ics")
    response.headers.set("Cache-Control", "no-store")
    return response


def _event(stop: Stop, slot: Slot) -> bytes:
    """One event; a later file moves it in the calendar instead of adding another."""
    from icalendar import Calendar, Event  # noqa: PLC0415  # slow to load

    calendar = Calendar()
    calendar.add("prodid", "-//hoffice//slots//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"stop-{stop.id}@{settings().url.rpartition('//')[2]}")
    event.add("dtstamp", clock.now())
    event.add("sequence", slot.id)
    event.add("dtstart", clock.at(slot.shift.on_date, slot.start_min))
    event.add("dtend", clock.at(slot.shift.on_date, slot.end_min))
    event.add("summary", _("Your workplace comes home"))
    event.add("description", _("Somebody must be there and take the devices over."))
    event.add("location", stop.home.line)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
