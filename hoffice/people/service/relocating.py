"""Asking the geocoder again about everybody, after the address register has become better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hoffice.audit.service import record
from hoffice.jobs.models import Job
from hoffice.jobs.service import enqueue
from hoffice.people import queries
from hoffice.people.models import Home
from hoffice.people.service.answers import relocate_home
from hoffice.places.rules import Geocoder
from hoffice.places.service.locating import AskedAhead, Place, ask_ahead
from hoffice.units import Actor

RELOCATE: Final = "people.relocate"
"""The kind of job that asks again about everybody."""
STEP: Final = 25
"""Homes in one transaction: short enough that nobody waits."""


def ask_to_relocate(*, by: Actor) -> Job:
    """Let a job ask again about every home; one that waits or runs already is given back."""
    before = {str(precision): count for precision, count in queries.homes_by_precision().items()}
    home_ids = list(queries.movable_homes())
    args = {"before": before, "homes": home_ids}
    job = enqueue(RELOCATE, args, by=by, key=RELOCATE, total=len(home_ids))
    record(by, "people.relocation_asked", job)
    return job


def answers_about(home_ids: Sequence[int], *, geocoder: Geocoder) -> AskedAhead:
    """Ask about these homes, before anything is written and any lock is taken."""
    return ask_ahead(geocoder, map(home_place, queries.movable_among(home_ids)))


def relocate_homes(home_ids: Sequence[int], answers: AskedAhead, *, by: Actor) -> int:
    """Keep the answers where they are better than what is known; gives how many homes changed.

    A home that was changed since it was asked about waits for the next time; one whose point was
    set by hand meanwhile, or that nobody lives in any more, stays as it is.
    """
    return sum(
        relocate_home(home, geocoder=answers, by=by)
        for home in queries.movable_among(home_ids)
        if home_place(home) in answers
    )


def home_place(home: Home) -> Place:
    """What a geocoder is asked about a home."""
    return home.street, home.housenumber, home.postcode, home.city
