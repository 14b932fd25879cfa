"""A run on paper and as files: run sheet, load list, calendar, track, table."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import open_to, settings
from hoffice.accounts.rules import Role
from hoffice.kits.models import Kit
from hoffice.paper.sheet import Letterhead
from hoffice.people.models import Home
from hoffice.runs import exports, pdf, queries
from hoffice.runs.access import own_run
from hoffice.runs.models import Depot, Run, Stop
from hoffice.runs.rules import StopKind
from hoffice.runs.views.blueprint import READERS, bp
from hoffice.units import Point, Window
from hoffice.web import formats

VISITS = {
    StopKind.DELIVER: pdf.Visit.DELIVER,
    StopKind.PICKUP: pdf.Visit.PICK_UP,
    StopKind.SWAP: pdf.Visit.SWAP,
}


@bp.get("/<int:run_id>/tour.pdf")
@open_to(Role.DRIVER, *READERS)
def sheet(run_id: int) -> ResponseReturnValue:
    """The run on paper, so that it also works without any phone; a driver gets the own ones."""
    run = own_run(run_id)
    content = pdf.run_sheet(facts_of(run, queries.depot()))
    return _file(content, "application/pdf", _name("tour", run, "pdf"), inline=True)


@bp.get("/<int:run_id>/ladeliste.pdf")
@open_to(Role.DRIVER, *READERS)
def load_list(run_id: int) -> ResponseReturnValue:
    """What is loaded in which order, the last stop first."""
    run = own_run(run_id)
    content = pdf.load_list(facts_of(run, queries.depot()))
    return _file(content, "application/pdf", _name("ladeliste", run, "pdf"), inline=True)


@bp.get("/<int:run_id>/kalender.ics")
@open_to(Role.DRIVER, *READERS)
def calendar(run_id: int) -> ResponseReturnValue:
    """The run as an event for the crew's calendar, without a name of anybody visited."""
    run = own_run(run_id)
    content = exports.calendar_file(facts_of(run, queries.depot()))
    return _file(content, "text/calendar; charset=utf-8", _name("tour", run, "ics"))


@bp.get("/<int:run_id>/route.gpx")
@open_to(Role.DRIVER, *READERS)
def track(run_id: int) -> ResponseReturnValue:
    """The stops and their order for a navigation program, without a name of anybody visited."""
    run = own_run(run_id)
    content = exports.track_file(facts_of(run, queries.depot()))
    return _file(content, "application/gpx+xml", _name("tour", run, "gpx"))


@bp.get("/<int:run_id>/stopps.csv")
@open_to(*READERS)
def table(run_id: int) -> ResponseReturnValue:
    """The stops with everything about them, for a spreadsheet; only for who plans."""
    run = queries.run(run_id)
    content = exports.stops_table(facts_of(run, queries.depot()))
    return _file(content, "text/csv; charset=utf-8", _name("tour", run, "csv"))


def _name(word: str, run: Run, kind: str) -> str:
    return f"{word}-{run.shift.on_date.isoformat()}-{run.id}.{kind}"


def _file(content: bytes, mimetype: str, name: str, *, inline: bool = False) -> Response:
    response = Response(content, content_type=mimetype)
    response.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response


def facts_of(run: Run, depot: Depot | None) -> pdf.RunFacts:
    """Everything that papers and files need, so that they are made without a database."""
    shift = run.shift
    crew = (shift.driver.name if shift.driver else "", shift.crew_note)
    house = settings()
    return pdf.RunFacts(
        number=1,
        name=f"{shift.van.name}, {formats.day_full(shift.on_date)}",
        on=shift.on_date,
        van=pdf.VanFacts(
            shift.van.name, shift.van.plate, shift.van.boxes, shift.van.litres, shift.van.kg
        ),
        crew=tuple(filter(None, crew)),
        letterhead=Letterhead(house.company, (depot.address,) if depot else ()),
        depot_name=depot.name if depot else "",
        depot_address=depot.address if depot else "",
        starts_at=clock.at(shift.on_date, run.start_min),
        ends_at=clock.at(shift.on_date, run.end_min),
        stops=tuple(_stop_facts(stop, run) for stop in run.stops),
        made_at=clock.now(),
        pauses=tuple(
            pdf.Pause(clock.at(shift.on_date, start), clock.at(shift.on_date, end))
            for start, end in sorted(tuple(pause) for pause in run.breaks)
        ),
        language=str(get_locale() or "de"),
        depot=Point(depot.lat, depot.lon) if depot else None,
        kilometres=run.distance_m / 1000,
        office_phone=house.office_phone,
        uid=f"shift-{shift.id}@{urlsplit(house.url).hostname or 'hoffice'}",
        url=_crew_url("doorstep.run", run_id=run.id),
    )


def _stop_facts(stop: Stop, run: Run) -> pdf.StopFacts:
    home, slot, day = stop.home, stop.slot, run.shift.on_date
    boxes = _boxes(stop.kit)
    is_pick_up = stop.kind is StopKind.PICKUP
    return pdf.StopFacts(
        position=stop.position or 0,
        visit=VISITS[stop.kind],
        arrive_at=clock.at(day, stop.start_min or run.start_min),
        leave_at=clock.at(day, stop.leave_min) if stop.leave_min is not None else None,
        name=stop.employee.name,
        address=home.line,
        postcode=home.postcode,
        trip=stop.trip,
        window=Window(slot.start_min, slot.end_min) if slot else None,
        phone=stop.employee.phone,
        access=" · ".join(access_of(home)),
        note=home.access_note,
        boxes=() if is_pick_up else boxes,
        back=boxes if is_pick_up else (),
        minutes=stop.service_min,
        url=_crew_url("doorstep.stop", stop_id=stop.id),
        point=point_of(home),
    )


def _boxes(kit: Kit) -> tuple[pdf.BoxFacts, ...]:
    """The boxes of a kit with what their items take up."""
    litres: Counter[int | None] = Counter()
    grams: Counter[int | None] = Counter()
    for row in kit.kit_items:
        litres[row.box_id] += row.item.litres
        grams[row.box_id] += row.item.weight_g
    fragile = {row.box_id for row in kit.kit_items if row.item.is_fragile}
    return tuple(
        pdf.BoxFacts(
            box.number,
            len(kit.boxes),
            box.code,
            is_fragile=box.id in fragile,
            litres=litres[box.id],
            weight_g=grams[box.id],
        )
        for box in kit.boxes
    )


def point_of(home: Home) -> Point | None:
    """Where the home lies, when somebody or something has located it."""
    return Point(home.lat, home.lon) if home.lat is not None and home.lon is not None else None


def _crew_url(endpoint: str, **values: Any) -> str:
    """A page on the crew's phone; empty in a house without such pages."""
    if endpoint not in current_app.view_functions:
        return ""
    return settings().url.rstrip("/") + url_for(endpoint, **values)


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


def ways_to(home: Home, position: int | None) -> tuple[exports.NavigationLink, ...]:
    """The navigation links of a stop; none for a home that is not located."""
    point = point_of(home)
    return exports.links_to(point, exports.stop_label(position, home.postcode)) if point else ()


def trip_links(run: Run, depot: Depot | None) -> list[tuple[int, str]]:
    """Each trip as links to Google Maps: number of the trip, address."""
    home = Point(depot.lat, depot.lon) if depot else None
    links = []
    for trip in sorted({stop.trip for stop in run.stops}):
        points = [point_of(stop.home) for stop in run.stops if stop.trip == trip]
        located = [point for point in points if point is not None]
        links += [(trip, url) for url in exports.whole_trip(located, home)]
    return links
