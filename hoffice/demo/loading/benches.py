"""When whose desk was torn down, and who scanned it: two benches, one desk after the other.

Pure: standard library and the cast.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hoffice.demo.cast.things import Cast, Person

HOUR = 60
FIRST_MIN, ROUND_MIN = 8 * HOUR + 5, 14
"""When the first desks of a day are begun, and how long after them the next ones."""
BENCHES, APART_MIN = 2, 4
LUNCH_MIN, AFTER_LUNCH_MIN = 12 * HOUR, 30
SCANNED_MIN = 9
"""So long takes a desk with one monitor, from the first device to the closed box."""
LAST_DAY, LAST_MIN, LAST_APART_MIN = -1, 16 * HOUR + 8, 4
"""The last desks were begun on the evening before the third day, and left as they were."""
SCANNED = (0, 0, 1, 0, 2, 3, 0, 2, 1, 4)
"""So many devices of each of these were scanned."""


@dataclass(frozen=True, slots=True)
class TornDown:
    """The work at one desk; ``done_min`` is None while it is half done."""

    person: str
    day: int
    begun_min: int
    done_min: int | None
    bench: int
    scanned: int = 0
    """Of a desk that is half done, so many devices were scanned."""


def torn_down(cast: Cast, *, first: Iterable[str] = ()) -> list[TornDown]:
    """The work at every desk; each day begins with those of ``first``, whose papers list it."""
    hurry = frozenset(first)
    monitors = {
        kit.person: sum(item.model.is_fragile for box in kit.boxes for item in box.items)
        for kit in cast.kits
    }
    days: dict[int, list[Person]] = {}
    left: list[Person] = []
    for person in cast.people:
        packed = person.journey.packed_day
        (left if packed is None else days.setdefault(packed, [])).append(person)
    found = []
    for day, people in sorted(days.items()):
        people.sort(key=lambda one: (one.number not in hurry, one.number))
        for place, person in enumerate(people):
            turn, bench = divmod(place, BENCHES)
            begun = FIRST_MIN + turn * ROUND_MIN + bench * APART_MIN
            if begun >= LUNCH_MIN:
                begun += AFTER_LUNCH_MIN
            took = SCANNED_MIN + monitors[person.number] + int(person.number) % 2
            found.append(TornDown(person.number, day, begun, begun + took, bench))
    for place, person in enumerate(left):
        begun = LAST_MIN + place * LAST_APART_MIN
        scanned = SCANNED[place % len(SCANNED)]
        found.append(
            TornDown(person.number, LAST_DAY, begun, None, place % BENCHES, scanned=scanned)
        )
    return found
