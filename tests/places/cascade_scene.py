"""A small register of addresses, and how the tests of the cascade ask it."""

from __future__ import annotations

from collections.abc import Sequence

from hoffice.places.cascade.steps import Cascade
from hoffice.places.rules import Finding, Located, Register
from hoffice.places.sources.entries import Entry
from tests.places.memory import MemoryRegister

CENTROIDS = {
    "10551": (52.5290, 13.3350),
    "10999": (52.4975, 13.4240),
    "12045": (52.4850, 13.4370),
    "12047": (52.4900, 13.4290),
    "12103": (52.4620, 13.3720),
    "12435": (52.4880, 13.4570),
    "12487": (52.4460, 13.5080),
    "13347": (52.5480, 13.3620),
    "13351": (52.5530, 13.3350),
    "14467": (52.3990, 13.0570),
    "15938": (51.9700, 13.6000),
    "80331": (48.1370, 11.5750),
}
RADIUS_M = 700


def house(
    street: str,
    number: str,
    postcode: str = "12045",
    city: str = "Berlin",
    district: str = "",
    *,
    at: tuple[float, float] | None = None,
) -> Entry:
    """An address of the register, with a point where one is given."""
    lat, lon = at or (None, None)
    return Entry(street, number, postcode, city, district, lat, lon)


HERE = (52.4812, 13.4356)
THERE = (52.4412, 13.5056)
SONNENALLEE = house("Sonnenallee", "112", district="Neukölln", at=HERE)
WALDSTRASSEN = (
    house("Waldstraße", "10", "12487", district="Johannisthal", at=THERE),
    house("Waldstraße", "10", "10551", district="Moabit", at=(52.5280, 13.3360)),
)


def locate(entries: Sequence[Entry], *columns: str) -> Located:
    """Ask a register that has these addresses."""
    return ask(MemoryRegister(*entries), *columns)


def ask(register: Register, *columns: str) -> Located:
    street, number, postcode, city = (*columns, "", "", "")[:4]
    return Cascade(register, CENTROIDS.get, lambda _: RADIUS_M).locate(
        street, number, postcode, city
    )


def findings(located: Located) -> list[Finding]:
    return [remark.finding for remark in located.remarks]


def offered(located: Located) -> list[str]:
    return [candidate.line for candidate in located.candidates]


def is_at(located: Located, at: tuple[float, float]) -> bool:
    return (located.lat, located.lon) == at
