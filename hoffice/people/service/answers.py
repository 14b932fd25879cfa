"""Settling what a geocoder had to ask, and what it had to say.

One of the candidates, or the address as it was written; what it repaired; and asking it again when
the register has become better.
"""

from __future__ import annotations

from typing import Final

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.people import queries
from hoffice.people.models import Home
from hoffice.people.rules import LISTED, LISTED_RADIUS_M
from hoffice.people.service.homes import (
    is_hopeless,
    keep_answer,
    mark_confirmed,
    objections,
    settle_question,
)
from hoffice.people.service.search import refresh_search
from hoffice.places.rules import (
    Candidate,
    Finding,
    Geocoder,
    Located,
    Precision,
    Remark,
)
from hoffice.units import Actor, Point

REPAIRS: Final = {
    Finding.POSTCODE_REPAIRED: "postcode",
    Finding.TOWN_REPAIRED: "city",
    Finding.RENAMED: "street",
}
"""Findings that name what should be written instead, and in which field of a home."""


def choose_candidate(  # noqa: PLR0913  # who, which of them, and who says so
    employee_id: int,
    place: int,
    *,
    line: str,
    geocoder: Geocoder,
    by: Actor,
    confirmed: bool = False,
) -> Home:
    """Say which of the candidates it is, by its place in the list and its words.

    The home stays the same home, written as the register writes it; a point set by hand stays
    too. ``line`` is what the person saw: another list by now refuses. Whoever lives there has
    ``confirmed`` the address by choosing it.
    """
    home = _asked(employee_id)
    candidates = [Candidate.from_json(kept) for kept in home.candidates]
    if not 0 <= place < len(candidates) or candidates[place].line != line:
        raise Refused(N_("The choices have changed meanwhile. Look at them again."))
    chosen = candidates[place]
    before = [home.street, home.housenumber, home.postcode, home.city]
    after = list(written(home, chosen))
    home.street, home.housenumber, home.postcode, home.city = after
    _keep(home, _certain(geocoder.locate(*after), chosen))
    record(
        by,
        "people.address_chosen",
        home,
        employee_id=employee_id,
        personal={"address": [before, after]},
    )
    _settle(home, by=by, confirmed=confirmed)
    return home


def written(home: Home, chosen: Candidate) -> tuple[str, str, str, str]:
    """A candidate as it will be written, and as a geocoder is asked about it."""
    return (
        chosen.street,
        chosen.housenumber or home.housenumber,
        chosen.postcode,
        chosen.city or home.city,
    )


def keep_as_written(employee_id: int, *, by: Actor, confirmed: bool = False) -> Home:
    """Say that none of the candidates is meant: the address is right, whatever the register says.

    Its point is then set by hand, and nobody is asked again.
    """
    home = _asked(employee_id)
    settle_question(home)
    home.remarks = [*home.remarks, Remark(Finding.AS_WRITTEN).to_json()]
    record(by, "people.address_kept", home, employee_id=employee_id)
    _settle(home, by=by, confirmed=confirmed)
    return home


def repairs(home: Home) -> dict[str, str]:
    """What the geocoder would write otherwise, by the field of the home it stands in."""
    remarks = [Remark.from_json(kept) for kept in home.remarks]
    found = {REPAIRS[one.finding]: one.facts["found"] for one in remarks if one.finding in REPAIRS}
    return {field: text for field, text in found.items() if getattr(home, field) != text}


def as_repaired(home: Home) -> tuple[str, str, str, str]:
    """The address as it would be written, and as a geocoder is asked about it."""
    better = repairs(home)
    return (
        better.get("street", home.street),
        home.housenumber,
        better.get("postcode", home.postcode),
        better.get("city", home.city),
    )


def take_repairs(
    employee_id: int, *, geocoder: Geocoder, by: Actor, confirmed: bool = False
) -> Home:
    """Write the address as it was found: the right postcode, the town, the street's new name.

    What else there is to say against it keeps it from being ``confirmed``.
    """
    queries.employee(employee_id)
    home = queries.home_of(employee_id)
    if home is None or not repairs(home):
        raise Refused(N_("There is nothing to correct about this address."))
    before = [home.street, home.housenumber, home.postcode, home.city]
    after = list(as_repaired(home))
    home.street, home.housenumber, home.postcode, home.city = after
    _keep(home, geocoder.locate(*after))
    record(
        by,
        "people.address_repaired",
        home,
        employee_id=employee_id,
        personal={"address": [before, after]},
    )
    _settle(home, by=by, confirmed=confirmed and not objections(home))
    return home


def relocate_home(home: Home, *, geocoder: Geocoder, by: Actor) -> bool:
    """Ask again where an unpinned home lies; True when the answer is another one.

    A point that was set by hand or came with the list stays, and so does a point that a lesser
    answer would replace.
    """
    if home.precision is Precision.PINNED or home.provider == LISTED:
        return False
    found = geocoder.locate(home.street, home.housenumber, home.postcode, home.city)
    order = list(Precision)
    if order.index(found.precision) > order.index(home.precision):
        return False
    if found.is_question and _is_answered(home):
        return False
    before = _answer(home)
    point = _point(home)
    keep_answer(home, found, now=clock.now())
    if _answer(home) == before:
        return False
    record(
        by,
        "people.home_relocated",
        home,
        employee_id=home.employee_id,
        personal={"point": [_pair(point), _pair(_point(home))]},
        precision=home.precision.value,
    )
    return True


def _is_answered(home: Home) -> bool:
    """Whether somebody has said before that none of the candidates is meant."""
    return any(kept["finding"] == Finding.AS_WRITTEN for kept in home.remarks)


def _asked(employee_id: int) -> Home:
    """The home whose address is an open question."""
    queries.employee(employee_id)
    home = queries.home_of(employee_id)
    if home is None or not home.candidates:
        raise Refused(N_("There is no open question about this address."))
    return home


def _certain(found: Located, chosen: Candidate) -> Located:
    """The answer for the chosen address; its own point where the register asks yet again."""
    if not found.is_question:
        return found
    has_point = chosen.lat is not None
    return Located(
        chosen.lat,
        chosen.lon,
        chosen.precision if has_point else Precision.NONE,
        LISTED_RADIUS_M if has_point else None,
        found.provider,
        chosen.line,
    )


def _keep(home: Home, located: Located) -> None:
    """Keep an answer; where the point was set by hand, only its words."""
    pinned = (home.lat, home.lon, home.radius_m, home.provider, home.located_at)
    is_pinned = home.precision is Precision.PINNED
    keep_answer(home, located, now=clock.now())
    if is_pinned:
        home.precision = Precision.PINNED
        home.lat, home.lon, home.radius_m, home.provider, home.located_at = pinned


def _settle(home: Home, *, by: Actor, confirmed: bool) -> None:
    if confirmed and home.confirmed_at is None and not home.candidates and not is_hopeless(home):
        mark_confirmed(home, by=by)
    db.session.flush()
    refresh_search([home.employee_id])
    db.session.expire(queries.employee(home.employee_id), ["home", "homes", "search_text"])


def _answer(home: Home) -> tuple[object, ...]:
    return (
        home.lat,
        home.lon,
        home.precision,
        home.radius_m,
        home.provider,
        home.matched,
        home.remarks,
        home.candidates,
    )


def _point(home: Home) -> Point | None:
    return None if home.lat is None or home.lon is None else Point(home.lat, home.lon)


def _pair(point: Point | None) -> list[float] | None:
    return None if point is None else [point.lat, point.lon]
