"""A run that is late: the rest of its stops as planned and in the best order, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from svcs.flask import get as door

from hoffice.accounts.access import current_account, current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import Refused
from hoffice.places.travel.answers import TravelTimes
from hoffice.runs.access import own_run
from hoffice.runs.models import Run, Stop
from hoffice.runs.planning.problem import Point
from hoffice.runs.service import underway
from hoffice.runs.service.arrangement import AskedAhead, fault_of
from hoffice.runs.service.underway import Choice, Options
from hoffice.runs.views.blueprint import bp, elsewhere
from hoffice.runs.views.board import words_of
from hoffice.web import formats
from hoffice.web.numbers import row_number
from hoffice.web.transaction import set_aside

ORDER_CHARS = 4000
POLE = 90


@dataclass(frozen=True, slots=True)
class Arrival:
    """One door that is left: when the van was promised, is expected, and would come instead."""

    stop: Stop
    window: str
    planned: str
    expected: str
    instead: str
    missed: str
    """How the promised window is missed in the better order; empty when it is kept."""
    missed_now: str
    url: str | None


@bp.get("/<int:run_id>/neu-ordnen")
@open_to(Role.IT, Role.DRIVER)
def rest(run_id: int) -> ResponseReturnValue:
    """What is left of a run under way: as it is planned, in the best order, and who to call."""
    run = own_run(run_id)
    found = underway.options(run.id, door(TravelTimes), position=_position())
    return render_template(
        "runs/rest.html",
        run=run,
        options=found,
        arrivals=_arrivals(found),
        others=_others(found.after),
        orders={"before": _text(found.before), "after": _text(found.after)},
        delay=_delay(found),
        is_driver=not _is_it(),
        back_url=_back(run),
        position=_position(),
    )


def _is_it() -> bool:
    return Role.IT in current_account().roles


def _back(run: Run) -> str:
    """The page that the reader has come from."""
    own = None if _is_it() else elsewhere("doorstep.run", run_id=run.id)
    return own or url_for("runs.run", run_id=run.id)


def _position() -> Point | None:
    """Where the van is, if a form says so: used for this question, not kept, and in no address."""
    lat, lon = (request.form.get(name, type=float) for name in ("lat", "lon"))
    if lat is None or lon is None:
        return None
    is_on_earth = abs(lat) <= POLE and abs(lon) <= 2 * POLE  # false for NaN as well
    return Point(lat, lon) if is_on_earth else None


def _arrivals(found: Options) -> list[Arrival]:
    """The stops in the better order."""
    rows = []
    before, after = found.before, found.after
    for trip in after.trips:
        for number in trip:
            stop = found.now.stops[number]
            slot = stop.slot
            rows.append(
                Arrival(
                    stop,
                    formats.window(slot.start_min, slot.end_min) if slot else "",
                    formats.clock_min(stop.start_min),
                    formats.clock_min(before.starts[number]),
                    formats.clock_min(after.starts[number]),
                    _missed(after, number),
                    _missed(before, number),
                    elsewhere("runs.window", stop_id=number) if _is_it() else None,
                )
            )
    return rows


def _missed(choice: Choice, stop: int) -> str:
    breach = choice.broken.get(stop)
    return "" if breach is None else words_of(fault_of(breach, 0))


def _others(choice: Choice) -> list[str]:
    """What else breaks, as sentences."""
    texts = (words_of(fault_of(breach, 0)) for breach in choice.others)
    return [text[:1].upper() + text[1:] for text in texts]


def _delay(found: Options) -> int:
    """By how many minutes the next door is reached later than planned, in the present order."""
    first = next((stop for trip in found.before.trips for stop in trip), None)
    if first is None:
        return 0
    planned = found.now.stops[first].start_min
    return 0 if planned is None else found.before.starts[first] - planned


def _text(choice: Choice) -> str:
    return ";".join(",".join(str(stop) for stop in trip) for trip in choice.trips)


@bp.post("/<int:run_id>/neu-ordnen")
@open_to(Role.IT, Role.DRIVER)
def take_rest(run_id: int) -> ResponseReturnValue:
    """Drive the rest in the order that was shown."""
    run = own_run(run_id)
    order, position = _order(request.form.get("order", "")), _position()
    with set_aside():
        roads = AskedAhead(door(TravelTimes), underway.points_of(run_id, position=position))
    run = own_run(run_id)
    underway.take_order(run_id, order, roads, by=current_actor(), position=position)
    flash(_("The rest of the run is in its new order."))
    return redirect(_back(run), 303)


def _order(text: str) -> list[list[int]]:
    """The order that the page has sent back, such as ``7,3;9``."""
    if len(text) > ORDER_CHARS:
        raise Refused(underway.CHANGED)
    try:
        return [[row_number(one) for one in trip.split(",") if one] for trip in text.split(";")]
    except ValueError:
        raise Refused(underway.CHANGED) from None
