"""The people and things of the demo "March 2020", as plain facts: ``cast()`` returns them all.

Everybody is invented. Streets and postcodes are real, house numbers are not; telephone numbers
come from the ranges that nobody is given, e-mail addresses end in ``.example``.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from hoffice.demo.cast import company, stock, story
from hoffice.demo.cast.people import Listed, listed
from hoffice.demo.cast.things import Cast, Item, PackedKit, Person


@cache
def cast() -> Cast:
    """The whole cast, always the same, on the morning of the third day."""
    everybody = listed()
    items = stock.items()
    kits = _kits(everybody, items)
    seats: defaultdict[int, dict[int, Person]] = defaultdict(dict)
    for entry in everybody:
        if entry.run is not None and entry.stop is not None:
            seats[entry.run][entry.stop] = entry.person
    return Cast(
        office=company.OFFICE,
        campaign=company.CAMPAIGN,
        van=company.VAN,
        staff=company.STAFF,
        teams=company.TEAMS,
        clients=company.CLIENTS,
        people=tuple(entry.person for entry in everybody),
        models=stock.MODELS,
        kit_types=stock.KIT_TYPES,
        items=items,
        kits=kits,
        shortfalls=story.shortfalls(kits),
        parcels=story.PARCELS,
        runs=story.runs(seats, boxes={kit.person: len(kit.boxes) for kit in kits}),
    )


def _kits(everybody: tuple[Listed, ...], items: tuple[Item, ...]) -> tuple[PackedKit, ...]:
    """Give each person the next desk of the right kind."""
    on_desk: defaultdict[int, list[Item]] = defaultdict(list)
    for item in items:
        on_desk[item.desk].append(item)
    free = {kit.code: stock.desks_of(kit.code) for kit in stock.KIT_TYPES}
    return tuple(
        stock.pack(
            entry.person.number,
            entry.person.kit_type,
            tuple(on_desk[next(free[entry.person.kit_type])]),
        )
        for entry in everybody
    )
