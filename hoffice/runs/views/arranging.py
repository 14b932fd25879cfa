"""The planner's board: the page, and what it asks while stops are moved about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from flask import (
    flash,
    g,
    get_template_attribute,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from svcs.flask import get as door

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.places.travel.answers import TravelTimes
from hoffice.runs import queries
from hoffice.runs.forms import NeedsForm
from hoffice.runs.planning.frame import Roads
from hoffice.runs.service import arrangement
from hoffice.runs.service.arrangement import (
    AskedAhead,
    BestPlace,
    Broken,
    Days,
    Effect,
    trips_of,
)
from hoffice.runs.service.moving import ask_to_move
from hoffice.runs.service.outlook import outlook
from hoffice.runs.views.blueprint import bp
from hoffice.runs.views.board import DAYS_MOST, DAYS_SHOWN, Board
from hoffice.web import formats
from hoffice.web.numbers import MOST
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside

BODY_MOST: Final = 256 * 1024
"""Bytes of an arrangement; a hundred full lanes have some 20,000."""
SHIFTS_MOST: Final = 200
STOPS_MOST: Final = 3000
LANE_MOST: Final = 150
"""Of one lane: its legs grow with the square of its stops, and nobody drives so many in a day."""

ANSWERS: Final = ("board_effect", "board_save", "board_lock", "board_fill")
"""What the page asks about the days that it shows."""


class Unreadable(Exception):
    """What was sent is no arrangement; ``status`` says how it is refused."""

    def __init__(self, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class Sent:
    """What the page has sent: the version it knows, every changed shift, and what else it says."""

    version: int
    days: Days
    rest: Mapping[str, Any]


def answers_json(view: Any) -> Any:
    """Say every refusal as JSON: these answers are read by a script."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        try:
            return view(*args, **kwargs)  # type: ignore[no-any-return]
        except Unreadable as fault:
            db.session.rollback()
            return jsonify(error=_("That could not be read.")), fault.status
        except Refused as refusal:
            db.session.rollback()
            status = HTTPStatus.NOT_FOUND if isinstance(refusal, NotFound) else HTTPStatus.CONFLICT
            return jsonify(error=translated(refusal)), status

    return answered


def sent() -> Sent:
    """The body of this request, looked at piece by piece; :class:`Unreadable` if it is none."""
    body = read_body()
    days = body.get("days", {})
    if not isinstance(days, dict) or len(days) > SHIFTS_MOST:
        raise Unreadable
    read = {_key(shift): [_stops(trip) for trip in _list(trips)] for shift, trips in days.items()}
    sizes = [sum(len(trip) for trip in trips) for trips in read.values()]
    if sum(sizes) > STOPS_MOST or max(sizes, default=0) > LANE_MOST:
        raise Unreadable
    return Sent(number_in(body, "version"), read, body)


def read_body() -> Mapping[str, Any]:
    """The object that was sent; :class:`Unreadable` if it is none, or too large."""
    if (request.content_length or 0) > BODY_MOST:
        raise Unreadable(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        raise Unreadable
    return body


def number_in(body: Mapping[str, Any], name: str, *, least: int = 0) -> int:
    """A whole number such as a row can have."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
        raise Unreadable
    return value


def _key(text: object) -> int:
    if not isinstance(text, str) or not text.isascii() or not text.isdecimal():
        raise Unreadable
    return number_in({"key": int(text[:11])}, "key")


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable
    return value


def _stops(trip: object) -> list[int]:
    return [number_in({"stop": stop}, "stop") for stop in _list(trip)]


def _first() -> date:
    """The day from which on shifts are shown; today, if nobody asks for another."""
    try:
        return date.fromisoformat(request.args.get("von", ""))
    except ValueError:
        return clock.today()


def _count() -> int:
    wanted = request.args.get("tage", default=DAYS_SHOWN, type=int)
    return min(DAYS_MOST, max(1, wanted))


@bp.url_defaults
def keep_the_days(endpoint: str, values: dict[str, Any]) -> None:
    """What the page asks is about the days that it shows."""
    shown = g.get("board_days")
    if shown and endpoint.removeprefix("runs.") in ANSWERS:
        values.setdefault("von", shown[0])
        values.setdefault("tage", shown[1])


@bp.get("/tafel")
@open_to(Role.IT)
def board() -> ResponseReturnValue:
    """The runs of some days as lanes, and who waits; stops are moved from one to another."""
    first, count = _first(), _count()
    days = queries.days_with_shifts(first, limit=count + 1)
    before = queries.days_with_shifts(first, limit=count, is_back=True)
    later = days[count] if len(days) > count else None
    shown = Board(days[:count])
    if shown.days:
        g.board_days = shown.days[0].isoformat(), count
    return render_template(
        "runs/board.html",
        lanes=list(shown.lanes.values()),
        run_urls=shown.run_urls,
        loose=shown.loose,
        without_stop=len(queries.kits_without_stop()),
        in_vain=queries.promised_in_vain(),
        totals=shown.totals,
        said=shown.sentence,
        version=queries.timetable().version,
        arrangement=shown.arrangement,
        problems=shown.problems,
        can_save=shown.can_save,
        content=shown.content,
        first=shown.days[0] if shown.days else None,
        last=shown.days[-1] if shown.days else None,
        earlier_url=url_for(".board", von=before[0].isoformat(), tage=count) if before else None,
        later_url=url_for(".board", von=later.isoformat(), tage=count) if later else None,
    )


def answer(
    effect: Effect,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    also: Collection[int] = (),
    said: str = "",
) -> ResponseReturnValue:
    """An effect as the page wants it: changed lanes, loose stops and totals ready to be put in.

    ``also`` are lanes that look other now although their stops have not moved.
    """
    days = queries.days_with_shifts(_first(), limit=_count())
    drawn = {*effect.lanes, *also}
    shown = Board(days, effect, drawn=drawn)
    urls = shown.run_urls
    lane = get_template_attribute("runs/board_lane.html", "lane")
    loose = get_template_attribute("runs/board_loose.html", "loose")
    totals = get_template_attribute("runs/board_totals.html", "totals")
    told = {
        "version": effect.version,
        "lanes": {
            str(number): str(lane(one, urls.get(number))) for number, one in shown.lanes.items()
        },
        "loose": str(loose(shown.loose)),
        "totals": str(totals(shown.totals)),
        "said": said or shown.sentence,
        "problems": shown.problems,
        "can_save": effect.can_save,
        "arrangement": shown.arrangement,
        "map": shown.content,
    }
    return jsonify(told), status


def _roads() -> Roads:
    return door(TravelTimes)


def _checked(asked: Sent) -> None:
    """Let others write, for nothing is written here; refuse a page that is out of date."""
    db.session.rollback()
    if queries.timetable().version != asked.version:
        raise arrangement.Stale(arrangement.STALE)


@bp.post("/tafel/wirkung")
@open_to(Role.IT)
@answers_json
def board_effect() -> ResponseReturnValue:
    """What an arrangement would do, even one that breaks rules; nothing is written."""
    asked = sent()
    _checked(asked)
    return answer(arrangement.effect_of(asked.days, _roads()), also=asked.days)


def _ahead(asked: Sent) -> Roads:
    """The travel times of this arrangement, asked for while nothing is locked."""
    with set_aside():
        return AskedAhead(_roads(), arrangement.places_of(asked.days))


@bp.post("/tafel/sichern")
@open_to(Role.IT)
@answers_json
def board_save() -> ResponseReturnValue:
    """Write the arrangement; 422 and what breaks, when something does that must hold."""
    asked = sent()
    roads = _ahead(asked)
    try:
        arrangement.save(asked.version, asked.days, roads, by=current_actor())
    except Broken as broken:
        return answer(broken.effect, HTTPStatus.UNPROCESSABLE_ENTITY, also=asked.days)
    return answer(unchanged(), also=asked.days)


@bp.post("/tafel/fest")
@open_to(Role.IT)
@answers_json
def board_lock() -> ResponseReturnValue:
    """Fix a run or a stop, or release it; at once, whatever else is not saved yet."""
    asked = sent()
    is_fixed = asked.rest.get("is_fixed")
    if not isinstance(is_fixed, bool) or ("stop" in asked.rest) == ("shift" in asked.rest):
        raise Unreadable
    roads = _ahead(asked)
    actor = current_actor()
    if queries.timetable(lock=True).version != asked.version:
        raise arrangement.Stale(arrangement.STALE)
    if "stop" in asked.rest:
        arrangement.fix_stop(number_in(asked.rest, "stop"), is_fixed=is_fixed, by=actor)
    else:
        shift = queries.shift(number_in(asked.rest, "shift"))
        if shift.run is None:
            raise NotFound(N_("There is no such run."))
        if is_fixed and asked.days.get(shift.id, trips_of(shift)) != trips_of(shift):
            raise Refused(N_("Save or drop your moves on this run first."))
        arrangement.fix_run(shift.run.id, is_fixed=is_fixed, by=actor)
    effect = arrangement.effect_of(asked.days, roads)
    return answer(effect, also=[*asked.days, *_touched(asked)])


def _touched(asked: Sent) -> list[int]:
    """The lane of what was fixed, which looks other now."""
    if "shift" in asked.rest:
        return [number_in(asked.rest, "shift")]
    run = queries.stop(number_in(asked.rest, "stop")).run
    return [run.shift_id] if run else []


@bp.route("/tafel/plaetze/<int:stop_id>", methods=["GET", "POST"])
@open_to(Role.IT)
@answers_json
def board_places(stop_id: int) -> ResponseReturnValue:
    """The best places for a stop on the shown days; posted, with the moves that are not saved."""
    moved: Days = {}
    if request.method == "POST":
        asked = sent()
        _checked(asked)
        moved = asked.days
    places = arrangement.best_places(stop_id, _whole(moved), _roads())
    return jsonify(places=[_told(place) for place in places])


def _whole(moved: Days) -> Days:
    """What is saved on the shown days, with these moves on top."""
    days = queries.days_with_shifts(_first(), limit=_count())
    shifts = queries.board_shifts(days[0], days[-1]) if days else []
    return {**arrangement.standing(shifts), **moved}


def _told(place: BestPlace) -> dict[str, Any]:
    shift = place.shift
    parts = [
        formats.day(shift.on_date),
        shift.van.name,
        formats.clock_min(place.start_min),
        f"+{formats.minutes(place.more_min)}",
        f"+{formats.km(place.more_m)}",
    ]
    if place.opens_day:
        parts.append(_("one more van-day"))
    return {
        "shift": shift.id,
        "trip": place.trip,
        "position": place.position,
        "text": ", ".join(parts),
    }


@bp.post("/tafel/einplanen")
@open_to(Role.IT)
@answers_json
def board_fill() -> ResponseReturnValue:
    """Put in everybody who waits and fits, as a proposal; nothing is written."""
    asked = sent()
    _checked(asked)
    whole = _whole(asked.days)
    filled = arrangement.insert_all(whole, _roads())
    changed = {
        number: trips
        for number, trips in filled.items()
        if number in asked.days or trips != [list(trip) for trip in whole[number] if trip]
    }
    return answer(arrangement.effect_of(changed, _roads()))


@bp.post("/tafel/fragen")
@open_to(Role.IT)
@answers_json
def board_ask() -> ResponseReturnValue:
    """Move a promised window a little with a mail, or ask the person by mail to let it move."""
    asked = sent()
    stop_id, shift_id, start = (number_in(asked.rest, one) for one in ("stop", "shift", "start"))
    roads = _roads()
    with set_aside():
        outlook(roads)  # asks for travel times while nothing is locked
        ahead = AskedAhead(roads, arrangement.places_of(asked.days))
    offer = ask_to_move(
        stop_id, shift_id, start, by=current_actor(), book=door(LinkBook), roads=roads
    )
    stop = queries.stop(stop_id)
    if offer is None:
        said = _("The window of %(name)s has moved a little.", name=stop.employee.name)
    else:
        said = _(
            "%(name)s is asked by mail; until then the old window holds.", name=stop.employee.name
        )
    touched = {shift_id, *([stop.run.shift_id] if stop.run else [])}
    try:
        effect = arrangement.effect_of(asked.days, ahead)
    except Refused:  # the moves that are not saved do not go with the new window
        effect = unchanged()
    return answer(effect, also=touched, said=said)


@bp.route("/halt/<int:stop_id>/bedarf", methods=["GET", "POST"])
@open_to(Role.IT)
def needs(stop_id: int) -> ResponseReturnValue:
    """How many people one door needs, and how much it matters that it is visited."""
    stop = queries.stop(stop_id)
    form = NeedsForm(obj=stop)
    day = stop.run.shift.on_date if stop.run else clock.today()
    board_url = url_for(".board", von=day.isoformat())
    if form.validate_on_submit():
        arrangement.set_needs(
            stop_id, crew=form.crew.data or 1, priority=form.priority.data or 1, by=current_actor()
        )
        flash(_("Saved."))
        return redirect(board_url, 303)
    page = render_template("runs/needs.html", stop=stop, form=form, board_url=board_url)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def unchanged() -> Effect:
    """What is saved, without any move on top."""
    return Effect(queries.timetable().version, {}, {}, frozenset(), (), ())
