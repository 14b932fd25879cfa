"""The employee's pages about the ways home that need no van: a time at the office, a parcel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from svcs.flask import get as door

from hoffice import clock
from hoffice.accounts.access import current_employee_id, open_to, settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Audience
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store
from hoffice.handover import service as handovers
from hoffice.places.travel.answers import TravelTimes
from hoffice.portal.journey import journey_of
from hoffice.runs import queries as runs
from hoffice.runs import service as run_deeds
from hoffice.runs.exports.pickup import PickupFacts, pickup_file
from hoffice.runs.forms import quarter_in
from hoffice.runs.models import Booking, Stop
from hoffice.runs.rules import QUARTER_MIN, StopState, Way
from hoffice.runs.service import Quarter
from hoffice.runs.service.retiming import roads_ahead
from hoffice.units import Actor
from hoffice.web.deeds import why_not
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside

bp = Blueprint("pickup", __name__, url_prefix="/mein/abholung")

FEW_DAYS = 3
"""So many days stand open on the phone; the others are one tap away."""


def _me() -> Actor:
    return Actor.employee(current_employee_id())


def _own_stop() -> Stop:
    """My own stop; nobody else's can be named here."""
    found = runs.open_stop_of(current_employee_id())
    if found is None:
        raise NotFound(N_("Nothing is to be picked up at the moment."))
    return found


def may_switch(stop: Stop | None) -> bool:
    """Whether somebody whom the van is to visit may rather come to the office.

    Only while nothing is promised to her, and when there is a time left to choose.
    """
    return (
        stop is not None
        and stop.way is Way.VAN
        and stop.state is StopState.PROPOSED
        and stop.slot is None
        and bool(run_deeds.free_quarters())
    )


def may_change(booking: Booking | None) -> bool:
    """Until the evening before people choose another time themselves."""
    return booking is None or booking.counter.on_date > clock.today()


@bp.get("")
@open_to(Audience.EMPLOYEE)
def choose() -> ResponseReturnValue:
    """The free quarters of an hour by day, as large buttons, and what is booked."""
    stop = _own_stop()
    if stop.way is Way.PARCEL or (stop.way is Way.VAN and not may_switch(stop)):
        return redirect(url_for("portal.delivery"))
    return _page(stop, error="")


def _page(stop: Stop, *, error: str) -> ResponseReturnValue:
    booking = stop.booking
    page = render_template(
        "portal/pickup.html",
        journey=journey_of(stop.employee_id),
        booking=booking,
        is_switch=stop.way is Way.VAN,
        is_late=not may_change(booking),
        days=_split(run_deeds.free_quarters()),
        depot=runs.depot(),
        error=error,
    )
    return page, HTTPStatus.CONFLICT if error else HTTPStatus.OK


def _split(
    quarters: Sequence[Quarter],
) -> tuple[list[tuple[date, list[Quarter]]], list[tuple[date, list[Quarter]]]]:
    """The first days, and the others."""
    days = list(run_deeds.by_day(quarters).items())
    return days[:FEW_DAYS], days[FEW_DAYS:]


@bp.post("")
@open_to(Audience.EMPLOYEE)
def book() -> ResponseReturnValue:
    """Keep a quarter of an hour for me; whoever was to be visited comes to the office instead."""
    stop = _own_stop()
    chosen = quarter_in(request.form.get("quarter", ""))
    if chosen is None:
        return _page(stop, error=_("Choose a time."))
    links = door(LinkBook)
    with set_aside():
        roads = roads_ahead([stop.id], door(TravelTimes))
    try:
        if stop.way is Way.VAN and may_switch(stop):
            run_deeds.set_way(stop.id, Way.OFFICE, by=_me(), links=links, roads=roads)
        run_deeds.rebook(stop.id, *chosen, by=_me(), links=links)
    except NotFound:
        return _again(_("These hours have just been closed. Choose another time."))
    except Refused as refusal:
        return _again(translated(refusal))
    flash(_("Booked. You get a mail with everything you need to know."))
    return redirect(url_for("portal.delivery"), HTTPStatus.SEE_OTHER)


def _again(error: str) -> ResponseReturnValue:
    """The page anew, with what is free now; nothing was changed."""
    db.session.rollback()
    return _page(_own_stop(), error=error)


@bp.post("/absagen")
@open_to(Audience.EMPLOYEE)
def cancel() -> ResponseReturnValue:
    """I cannot come then; I choose another time."""
    refusal = why_not(
        lambda: run_deeds.cancel_booking(_own_stop().id, by=_me(), links=door(LinkBook))
    )
    if refusal:
        return _again(refusal)
    flash(_("Cancelled. Choose another time when you know it."))
    return redirect(url_for("pickup.choose"), HTTPStatus.SEE_OTHER)


@bp.post("/paket-ist-da")
@open_to(Audience.EMPLOYEE)
def parcel_is_here() -> ResponseReturnValue:
    """The carrier has brought it: now each device is confirmed by itself."""
    handovers.arrive(_own_stop().id, by=_me(), store=door(Store), company=settings().company)
    return redirect(url_for("portal.receive"), HTTPStatus.SEE_OTHER)


@bp.get("/termin.ics")
@open_to(Audience.EMPLOYEE)
def calendar() -> ResponseReturnValue:
    """My pick-up for the calendar of the phone."""
    stop, depot = _own_stop(), runs.depot()
    booking = stop.booking
    if booking is None:
        raise NotFound(N_("No pick-up is booked."))
    day, end_min = booking.counter.on_date, booking.start_min + QUARTER_MIN
    content = pickup_file(
        PickupFacts(
            uid=f"pickup-{stop.id}@{urlsplit(settings().url).hostname}",
            starts_at=clock.at(day, booking.start_min),
            ends_at=clock.at(day, end_min),
            made_at=clock.now(),
            company=settings().company,
            place=f"{depot.name}, {depot.address}" if depot is not None else "",
            language=str(get_locale() or "de"),
        )
    )
    response = Response(content, mimetype="text/calendar")
    response.headers.set("Content-Disposition", "attachment", filename="abholung.ics")
    response.headers.set("Cache-Control", "no-store")
    return response
