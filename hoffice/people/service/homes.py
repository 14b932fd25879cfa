"""The deeds around a home: another address, the way to the door, a point set by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.people import queries
from hoffice.people.models import AtHome, Home
from hoffice.people.rules import HomeFields
from hoffice.people.service.search import refresh_search
from hoffice.places.addresses.lines import joined
from hoffice.places.rules import (
    DOUBTS,
    EXACT,
    FINDING_TEXTS,
    HOPELESS,
    PIN_FAR_M,
    QUESTIONS,
    Finding,
    Geocoder,
    Located,
    Precision,
    Remark,
    direction,
    metres_between,
)
from hoffice.units import Actor, Point

PINNED_RADIUS_M = 10
"""Somebody looked at the map and set it: the entrance, give or take a few steps."""
MOST_SPANS = 200
"""More spans than anybody says; more come from a program gone wild."""


def change_home(  # noqa: PLR0913  # the person, the address and who says so
    employee_id: int,
    fields: HomeFields,
    *,
    geocoder: Geocoder,
    by: Actor,
    confirmed: bool = False,
    point: Point | None = None,
) -> Home:
    """Say where a person lives.

    Another street, number, postcode or town is another home: the old one ends today, the new one
    is located and must be confirmed again. Whatever else differs only changes the way to the door.
    ``point`` is set by hand and wins over the geocoder. While it is open which address is meant,
    or there is something to say against it, nothing is confirmed, whatever ``confirmed`` says:
    choosing confirms, and so does :func:`confirm_home`.
    """
    queries.employee(employee_id)
    now = clock.now()
    home = queries.home_of(employee_id)
    before = None if home is None else _written(home)
    if home is None or _place(home) != fields.place:
        located = geocoder.locate(*fields.place)
        if home is not None:
            home.valid_to = clock.today()
            db.session.flush()
        home = Home(employee_id=employee_id, valid_from=clock.today())
        _write(home, fields)
        keep_answer(home, located, now=now)
        db.session.add(home)
        action = "people.home_changed"
    else:
        _write(home, fields)
        action = "people.access_changed"
    db.session.flush()
    after = _written(home)
    if before != after:
        personal = {name: [(before or {}).get(name), value] for name, value in after.items()}
        differing = {name: pair for name, pair in personal.items() if pair[0] != pair[1]}
        record(by, action, home, employee_id=employee_id, personal=differing)
    if point is not None and (home.lat, home.lon) != (point.lat, point.lon):
        _pin(home, point, by=by, now=now)
    if confirmed and home.confirmed_at is None and not home.candidates and not objections(home):
        mark_confirmed(home, by=by)
    db.session.flush()
    refresh_search([employee_id])
    db.session.expire(queries.employee(employee_id), ["home", "homes", "search_text"])
    return home


class MovedFar(Refused):
    """A pin moved so far that it may be another street; to be confirmed with the same metres."""

    def __init__(self, metres: int, towards: str) -> None:
        super().__init__(
            N_("The pin was moved by %(metres)s m. Confirm that this is right."), metres=metres
        )
        self.metres = metres
        self.towards = towards
        """One of ``places.rules.DIRECTIONS``."""


def pin_home(employee_id: int, point: Point, *, by: Actor, confirmed_m: int | None = None) -> Home:
    """Set by hand where the home lies; this wins over every geocoder.

    Raises :class:`MovedFar` when that is more than ``PIN_FAR_M`` from the point known so far,
    unless ``confirmed_m`` is the very distance that somebody has looked at and found right.
    """
    home = _home(employee_id)
    known = _point(home)
    if known is not None:
        metres = round(metres_between(known, point))
        if metres > PIN_FAR_M and metres != confirmed_m:
            raise MovedFar(metres, direction(known, point))
    _pin(home, point, by=by, now=clock.now())
    return home


def unpin_home(employee_id: int, *, geocoder: Geocoder, by: Actor) -> Home:
    """Take back a point set by hand: the home lies again where the geocoder finds its address."""
    home = _home(employee_id)
    pinned = _point(home)
    if home.precision is not Precision.PINNED or pinned is None:
        return home
    keep_answer(home, geocoder.locate(*_place(home)), now=clock.now())
    found = _point(home)
    record(
        by,
        "people.home_unpinned",
        home,
        employee_id=employee_id,
        personal={
            "point": [[pinned.lat, pinned.lon], None if found is None else [found.lat, found.lon]],
            "moved_m": None if found is None else round(metres_between(pinned, found)),
        },
    )
    return home


def confirm_home(employee_id: int, *, by: Actor) -> Home:
    """Say that the present address is right: the employee herself, or HR and IT on her behalf.

    That settles every doubt about it; where nobody can be sent, nothing is to be confirmed.
    """
    home = _home(employee_id)
    if home.candidates:
        raise Refused(N_("Choose first which address it is. Then it can be confirmed."))
    if is_hopeless(home):
        raise Refused(FINDING_TEXTS[objections(home)[0].finding])
    if home.confirmed_at is None:
        mark_confirmed(home, by=by)
    return home


def objections(home: Home) -> list[Remark]:
    """What speaks against an address that nobody has confirmed; the first is the gravest.

    A point set by hand, or that of the very house, settles all that could be a gap of the
    register, and it lies in Germany.
    """
    if home.confirmed_at is not None:
        return []
    remarks = [Remark.from_json(kept) for kept in home.remarks]
    hopeless = [one for one in remarks if one.finding in HOPELESS]
    if home.precision in EXACT:
        return [one for one in hopeless if one.finding is not Finding.ABROAD]
    return hopeless + [one for one in remarks if one.finding in DOUBTS]


def is_hopeless(home: Home) -> bool:
    """Whether the address must be written anew before anybody can confirm it."""
    return any(one.finding in HOPELESS for one in objections(home))


def say_at_home(
    employee_id: int, spans: Sequence[tuple[date, int, int]], *, by: Actor
) -> Sequence[AtHome]:
    """Say when somebody is at home, in minutes of a Berlin day; replaces what was said before.

    Days that have passed stay as they were.
    """
    queries.employee(employee_id)
    today = clock.today()
    if len(spans) > MOST_SPANS:
        raise Refused(N_("These are too many times. Say at most %(most)s."), most=MOST_SPANS)
    for on, start_min, end_min in spans:
        if on < today:
            raise Refused(N_("This day has passed. Choose days from today on."))
        if not 0 <= start_min < end_min <= 24 * 60:
            raise Refused(N_("The time must end after it begins."))
    db.session.execute(
        delete(AtHome).where(AtHome.employee_id == employee_id, AtHome.on_date >= today)
    )
    now = clock.now()
    said = [
        AtHome(employee_id=employee_id, on_date=on, start_min=start, end_min=end, said_at=now)
        for on, start, end in _merged(spans)
    ]
    db.session.add_all(said)
    db.session.flush()
    record(
        by,
        "people.at_home_said",
        f"employee:{employee_id}",
        employee_id=employee_id,
        personal={"spans": [[s.on_date.isoformat(), s.start_min, s.end_min] for s in said]},
        count=len(said),
    )
    return said


def _merged(spans: Sequence[tuple[date, int, int]]) -> list[tuple[date, int, int]]:
    """The spans in order; those that overlap or touch become one."""
    merged: list[tuple[date, int, int]] = []
    for on, start, end in sorted(spans):
        if merged and merged[-1][0] == on and start <= merged[-1][2]:
            merged[-1] = (on, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((on, start, end))
    return merged


def _home(employee_id: int) -> Home:
    queries.employee(employee_id)
    home = queries.home_of(employee_id)
    if home is None:
        raise Refused(N_("There is no address yet. Enter it first."))
    return home


def _point(home: Home) -> Point | None:
    return None if home.lat is None or home.lon is None else Point(home.lat, home.lon)


def _place(home: Home) -> tuple[str, str, str, str]:
    return home.street, home.housenumber, home.postcode, home.city


def _write(home: Home, fields: HomeFields) -> None:
    home.street, home.housenumber, home.postcode, home.city = fields.place
    home.floor, home.lift, home.bell = fields.floor, fields.lift, fields.bell
    home.parking, home.access_note = fields.parking, fields.access_note


def _written(home: Home) -> dict[str, str | bool | None]:
    """The fields of a home as the log keeps them."""
    return {
        "street": home.street,
        "housenumber": home.housenumber,
        "postcode": home.postcode,
        "city": home.city,
        "floor": home.floor,
        "lift": home.lift,
        "bell": home.bell,
        "parking": home.parking,
        "access_note": home.access_note,
    }


def keep_answer(home: Home, located: Located, *, now: datetime) -> None:
    """Keep what a geocoder found, what it had to say, and what it has to ask.

    What was written with the address but belongs to the door joins the access note.
    """
    home.lat, home.lon, home.radius_m = located.lat, located.lon, located.radius_m
    home.precision, home.provider = located.precision, located.provider
    home.matched, home.located_at = located.matched, now
    home.remarks = [remark.to_json() for remark in located.remarks]
    home.candidates = [candidate.to_json() for candidate in located.candidates]
    home.access_note = joined(home.access_note or "", located.door_note)


def settle_question(home: Home) -> None:
    """Forget the candidates: a human has said which place is meant."""
    home.candidates = []
    home.remarks = [kept for kept in home.remarks if Finding(kept["finding"]) not in QUESTIONS]


def _pin(home: Home, point: Point, *, by: Actor, now: datetime) -> None:
    before = _point(home)
    home.lat, home.lon, home.radius_m = point.lat, point.lon, PINNED_RADIUS_M
    home.precision, home.provider, home.located_at = Precision.PINNED, "hand", now
    settle_question(home)  # whoever sets the point has seen which place is meant
    record(
        by,
        "people.home_pinned",
        home,
        employee_id=home.employee_id,
        personal={
            "point": [None if before is None else [before.lat, before.lon], [point.lat, point.lon]],
            "moved_m": None if before is None else round(metres_between(before, point)),
        },
    )


def mark_confirmed(home: Home, *, by: Actor) -> None:
    """Write down that this address is right, and who said so."""
    home.confirmed_at, home.confirmed_by = clock.now(), str(by)
    record(by, "people.home_confirmed", home, employee_id=home.employee_id)
