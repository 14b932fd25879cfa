"""Asking a geocoder before a deed: no request holds the database while a network answers."""

from __future__ import annotations

import svcs.flask

from hoffice.people import queries
from hoffice.places.rules import Geocoder
from hoffice.places.service.locating import Place, ask_ahead, asks_online
from hoffice.web.transaction import set_aside


def asked_ahead(*places: Place) -> Geocoder:
    """The geocoder for a deed about these places.

    Where it may ask online it is asked now, and what the request has changed so far is dropped:
    so this comes before the deed. What was read stays usable.
    """
    geocoder: Geocoder = svcs.flask.get_abstract(Geocoder)
    if not asks_online(geocoder):
        return geocoder
    with set_aside():
        return ask_ahead(geocoder, places)


def asked_ahead_about(employee_id: int) -> Geocoder:
    """The geocoder for a deed about where somebody lives now."""
    home = queries.home_of(employee_id)
    if home is None:
        return asked_ahead()
    return asked_ahead((home.street, home.housenumber, home.postcode, home.city))
