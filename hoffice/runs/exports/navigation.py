"""Links that open a place or a trip in a navigation program.

Nothing is asked of anybody until somebody presses one. Then the place leaves the house: to an app
on the phone (``geo:``), or to the firm that the link names. No link holds a name or a street.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from hoffice.errors import N_
from hoffice.units import Point

MOST_WAYPOINTS = 9
"""How many places Google takes between start and destination (its documentation of Maps URLs)."""

ZOOM = 17


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """One program: ``name`` is a message for the catalogue, ``url`` is what opens it."""

    name: str
    url: str
    is_foreign: bool = True
    """The place goes to a firm; otherwise only to an app on this phone."""


def links_to(point: Point, label: str = "") -> tuple[NavigationLink, ...]:
    """The ways to be led to a place; ``label`` stands at the pin where a program shows one."""
    lat, lon = _degrees(point.lat), _degrees(point.lon)
    at = f"{lat},{lon}"
    pin = f"({quote(label, safe='')})" if label else ""
    google = urlencode({"api": 1, "destination": at, "travelmode": "driving"}, safe=",")
    apple = urlencode({"daddr": at, "dirflg": "d"}, safe=",")
    return (
        NavigationLink(N_("Map app of this phone"), f"geo:{at}?q={at}{pin}", is_foreign=False),
        NavigationLink("Google Maps", f"https://www.google.com/maps/dir/?{google}"),
        NavigationLink("Apple Maps", f"https://maps.apple.com/?{apple}"),
        NavigationLink("OsmAnd", f"https://osmand.net/map?pin={at}#{ZOOM}/{lat}/{lon}"),
    )


def whole_trip(stops: Sequence[Point], home: Point | None) -> tuple[str, ...]:
    """A trip from where the van is, over its stops and home, as links to Google Maps.

    A trip with more stops than one link takes is cut; the next link begins where the last ended.
    """
    places = [*stops, home] if home is not None and stops else list(stops)
    size = MOST_WAYPOINTS + 1
    return tuple(_trip(places[at : at + size]) for at in range(0, len(places), size))


def _trip(places: Sequence[Point]) -> str:
    *between, last = (f"{_degrees(point.lat)},{_degrees(point.lon)}" for point in places)
    asked: dict[str, str | int] = {"api": 1, "destination": last, "travelmode": "driving"}
    if between:
        asked["waypoints"] = "|".join(between)
    return f"https://www.google.com/maps/dir/?{urlencode(asked, safe=',')}"


def _degrees(value: float) -> str:
    return f"{value:.6f}"
