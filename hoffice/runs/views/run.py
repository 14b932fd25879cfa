"""One run: its doors in order, the promises, the paper, who drives."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from svcs.flask import get as door

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.kits.rules import BOX_STATE_LABELS, BoxState
from hoffice.paper.sheet import Letterhead
from hoffice.people import queries as people
from hoffice.people.models import Home
from hoffice.runs import pdf, queries, rules, service
from hoffice.runs.forms import DriverForm
from hoffice.runs.models import Depot, Run, Stop
from hoffice.runs.rules import RunState, StopKind
from hoffice.runs.views.blueprint import READERS, bp, elsewhere
from hoffice.runs.views.lanes import lane_of_shift, map_of
from hoffice.runs.views.travel import travel_words
from hoffice.units import Point, Window
from hoffice.web import formats

BOX_CHIPS: dict[BoxState, str] = {
    BoxState.OPEN: "problem",
    BoxState.PACKED: "open",
    BoxState.RELEASED: "ready",
    BoxState.LOADED: "ready",
    BoxState.HANDED_OVER: "done",
    BoxState.RETURNED: "problem",
}

VISITS = {
    StopKind.DELIVER: pdf.Visit.DELIVER,
    StopKind.PICKUP: pdf.Visit.PICK_UP,
    StopKind.SWAP: pdf.Visit.SWAP,
}


@bp.get("/<int:run_id>")
@open_to(*READERS)
def run(run_id: int) -> ResponseReturnValue:
    """The stops in their order with everything the crew must know, and the map."""
    found = queries.run(run_id)
    depot = queries.depot()
    said = people.at_home_of([stop.employee_id for stop in found.stops], found.shift.on_date)
    lane = lane_of_shift(
        1, found.shift, found, load_min=depot.load_min_per_trip if depot else 0, said=said
    )
    form = _driver_form(found)
    return render_template(
        "runs/run.html",
        run=found,
        lane=lane,
        form=form,
        can_promise=found.state is RunState.PLANNED,
        can_undo=found.state in rules.RUN_OPEN_TO_PLANNING
        and all(stop.slot is None for stop in found.stops),
        box_chips=BOX_CHIPS,
        box_labels={state: str(_(label)) for state, label in BOX_STATE_LABELS.items()},
        stop_labels={state: str(_(label)) for state, label in rules.STOP_STATE_LABELS.items()},
        access=access_of,
        kit_url=lambda kit_id: elsewhere("kits.kit", kit_id=kit_id),
        content=map_of(depot, [lane], ()),
        travel=travel_words(queries.travel_of_run(found)),
    )


def _driver_form(run: Run) -> DriverForm:
    form = DriverForm()
    form.set_drivers(driver_choices(run.shift.driver_id))
    if not form.is_submitted():
        form.driver.data = run.shift.driver_id or 0
    return form


def driver_choices(present: int | None = None) -> list[tuple[int, str]]:
    """Who may drive: everybody in the roles of drivers and IT, and who is entered already."""
    who = {
        account.id: account.name
        for role in (Role.DRIVER, Role.IT)
        for account in accounts.with_role(role)
    }
    if present is not None and present not in who:
        who[present] = accounts.account(present).name
    return sorted(who.items(), key=lambda pair: pair[1].casefold())


@bp.post("/<int:run_id>/fahrer")
@open_to(Role.IT)
def set_driver(run_id: int) -> ResponseReturnValue:
    """Say who drives this run."""
    found = queries.run(run_id)
    form = _driver_form(found)
    if form.validate_on_submit():
        service.set_driver(found.shift_id, form.driver.data or None, by=current_actor())
        flash(_("Saved."))
    return redirect(url_for(".run", run_id=run_id))


@bp.get("/<int:run_id>/zusagen")
@open_to(Role.IT)
def promises(run_id: int) -> ResponseReturnValue:
    """What would be promised to whom, before anything is sent."""
    found = queries.run(run_id)
    if found.state is not RunState.PLANNED:
        return redirect(url_for(".run", run_id=run_id))
    promised = service.promises_of(found)
    return render_template(
        "runs/promise.html",
        run=found,
        promises=promised,
        away=[one for one in promised if one.is_away],
        mails=sum(one.is_mailed for one in promised),
    )


@bp.post("/<int:run_id>/zusagen")
@open_to(Role.IT)
def promise(run_id: int) -> ResponseReturnValue:
    """Promise the windows and write to everybody."""
    found = service.promise_run(run_id, by=current_actor(), book=door(LinkBook))
    count = len(found.stops)
    flash(ngettext("One window is promised.", "%(num)s windows are promised.", count))
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/<int:run_id>/aufloesen")
@open_to(Role.IT)
def take_apart(run_id: int) -> ResponseReturnValue:
    """Undo a planned run; its stops wait for the next plan."""
    service.take_apart(run_id, by=current_actor())
    flash(_("The run is taken apart; its stops wait for the next plan."))
    return redirect(url_for(".index"))


@bp.get("/<int:run_id>/tour.pdf")
@open_to(*READERS)
def sheet(run_id: int) -> ResponseReturnValue:
    """The run on paper, so that it also works without any phone."""
    found = queries.run(run_id)
    content = pdf.run_sheet(facts_of(found, queries.depot()))
    name = f"tour-{found.shift.on_date.isoformat()}-{found.id}.pdf"
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response


def facts_of(run: Run, depot: Depot | None) -> pdf.RunFacts:
    """Everything the sheet needs, so that it can be drawn without a database."""
    shift = run.shift
    crew = (shift.driver.name if shift.driver else "", shift.crew_note)
    house = settings()
    return pdf.RunFacts(
        number=1,
        name=f"{shift.van.name}, {formats.day_full(shift.on_date)}",
        on=shift.on_date,
        van=" · ".join(filter(None, (shift.van.name, shift.van.plate))),
        crew=tuple(filter(None, crew)),
        letterhead=Letterhead(house.company, (depot.address,) if depot else ()),
        depot_name=depot.name if depot else "",
        starts_at=clock.at(shift.on_date, run.start_min),
        ends_at=clock.at(shift.on_date, run.end_min),
        stops=tuple(_stop_facts(stop, run) for stop in run.stops),
        made_at=clock.now(),
        language=str(get_locale() or "de"),
        depot=Point(depot.lat, depot.lon) if depot else None,
        route=_route(run, depot),
        kilometres=run.distance_m / 1000,
    )


def _route(run: Run, depot: Depot | None) -> tuple[Point, ...]:
    """From door to door, by the depot between two trips."""
    if depot is None:
        return ()
    base = Point(depot.lat, depot.lon)
    route, trip = [base], 1
    for stop in run.stops:
        if stop.trip != trip:
            route.append(base)
            trip = stop.trip
        if stop.home.lat is not None and stop.home.lon is not None:
            route.append(Point(stop.home.lat, stop.home.lon))
    return (*route, base)


def _stop_facts(stop: Stop, run: Run) -> pdf.StopFacts:
    home, slot, boxes = stop.home, stop.slot, stop.kit.boxes
    fragile = {row.box_id for row in stop.kit.kit_items if row.item.is_fragile}
    return pdf.StopFacts(
        position=stop.position or 0,
        visit=VISITS[stop.kind],
        arrive_at=clock.at(run.shift.on_date, stop.start_min or run.start_min),
        name=stop.employee.name,
        address=home.line,
        window=Window(slot.start_min, slot.end_min) if slot else None,
        phone=stop.employee.phone,
        access=" · ".join(access_of(home)),
        note=home.access_note,
        boxes=tuple(
            pdf.BoxFacts(box.number, len(boxes), box.code, is_fragile=box.id in fragile)
            for box in boxes
        ),
        minutes=stop.service_min,
        url=_door_url(stop),
        point=Point(home.lat, home.lon) if home.lat is not None and home.lon is not None else None,
    )


def _door_url(stop: Stop) -> str:
    """Where the crew ticks off this stop on the phone; empty in a house without such a page."""
    if "doorstep.stop" not in current_app.view_functions:
        return ""
    return settings().url.rstrip("/") + url_for("doorstep.stop", stop_id=stop.id)


def access_of(home: Home) -> list[str]:
    """How one gets to the door: floor, lift, bell, parking."""
    told = []
    if home.floor:
        told.append(_("floor: %(floor)s", floor=home.floor))
    if home.lift is not None:
        told.append(_("with lift") if home.lift else _("no lift"))
    if home.bell:
        told.append(_("bell: %(bell)s", bell=home.bell))
    if home.parking:
        told.append(_("parking: %(parking)s", parking=home.parking))
    return told
