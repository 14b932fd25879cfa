"""Postcodes and towns that a map leaves out, taken from the neighbours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from math import cos, hypot, radians
from typing import Final

from hoffice.places.sources.entries import Entry

FAR_M: Final = 500
"""A neighbour that is farther away is asked nothing."""

_M_PER_DEGREE: Final = 111_200
_FINE: Final = (0.001, 0.0016)
"""Degrees of latitude and longitude that are about 110 m in the middle of Germany."""
_COARSE: Final = (0.005, 0.008)
"""At least 500 m as far north as Germany goes: nine of these hold all neighbours."""
_SHORTEST_M: Final = 95
"""The short side of a fine cell in the very north."""

Cell = tuple[int, int]


class Filling:
    """Entries as they come, then those that lacked something, completed where that was safe.

    ``counts`` tells at the end: ``street`` and ``nearest`` for postcodes by where they were taken
    from, ``city`` for towns, ``left`` for entries that lack something still.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = entries
        self.counts: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Entry]:
        """Those that lack nothing at once, the others when all neighbours are known."""
        self.counts = Counter()
        neighbours = Neighbours()
        lacking = []
        for entry in self._entries:
            neighbours.add(entry)
            if entry.postcode and entry.city:
                yield entry
            else:
                lacking.append(entry)
        for entry in lacking:
            yield self._filled(entry, neighbours)

    def _filled(self, entry: Entry, neighbours: Neighbours) -> Entry:
        filled = entry
        if not entry.postcode:
            source, neighbour = "street", neighbours.of_street(entry)
            if neighbour is None:
                source, neighbour = "nearest", neighbours.nearest(entry)
            if neighbour is not None:
                self.counts[source] += 1
                filled = filled._replace(postcode=neighbour.postcode)
        if filled.postcode and not filled.city:
            neighbour = neighbours.nearest(filled, in_postcode=filled.postcode)
            if neighbour is not None:
                self.counts["city"] += 1
                filled = filled._replace(city=neighbour.city)
        self.counts["left"] += not (filled.postcode and filled.city)
        return filled


def filled(entries: Iterable[Entry]) -> Filling:
    """Give what lacks a postcode that of the nearest house of its street, else of any, in 500 m.

    A town is taken from the nearest house with the same postcode. Nothing is asked of houses
    that are farther away, so an entry may still lack something.
    """
    return Filling(entries)


class Neighbours:
    """Entries with a postcode, by where they are."""

    def __init__(self) -> None:
        self._by_street: defaultdict[tuple[str, Cell], list[Entry]] = defaultdict(list)
        self._by_cell: defaultdict[Cell, list[Entry]] = defaultdict(list)

    def add(self, entry: Entry) -> None:
        """One more, if it can tell a postcode."""
        if entry.postcode and entry.lat is not None and entry.lon is not None:
            coarse = _cell(entry.lat, entry.lon, _COARSE)
            self._by_street[entry.street.casefold(), coarse].append(entry)
            self._by_cell[_cell(entry.lat, entry.lon, _FINE)].append(entry)

    def of_street(self, entry: Entry) -> Entry | None:
        """The nearest of the same street."""
        if entry.lat is None or entry.lon is None:
            return None
        street, centre = entry.street.casefold(), _cell(entry.lat, entry.lon, _COARSE)
        near = (
            each
            for ring in (0, 1)
            for cell in _ring(centre, ring)
            for each in self._by_street.get((street, cell), ())
        )
        found = min(near, key=lambda each: _metres(entry, each), default=None)
        return found if found is not None and _metres(entry, found) <= FAR_M else None

    def nearest(self, entry: Entry, *, in_postcode: str = "") -> Entry | None:
        """The nearest of all; ``in_postcode`` asks for one there that names its town."""
        if entry.lat is None or entry.lon is None:
            return None
        centre = _cell(entry.lat, entry.lon, _FINE)
        best, best_m = None, float(FAR_M)
        ring = 0
        while (ring - 1) * _SHORTEST_M <= best_m:  # what comes is farther than what is found
            for cell in _ring(centre, ring):
                for each in self._by_cell.get(cell, ()):
                    if in_postcode and (each.postcode != in_postcode or not each.city):
                        continue
                    away_m = _metres(entry, each)
                    if away_m <= best_m:
                        best, best_m = each, away_m
            ring += 1
        return best


def _cell(lat: float, lon: float, size: tuple[float, float]) -> Cell:
    return int(lat // size[0]), int(lon // size[1])


def _ring(centre: Cell, ring: int) -> Iterator[Cell]:
    """The cells that are so many steps away from one."""
    row, column = centre
    if ring == 0:
        yield centre
        return
    for step in range(-ring, ring + 1):
        yield row - ring, column + step
        yield row + ring, column + step
    for step in range(-ring + 1, ring):
        yield row + step, column - ring
        yield row + step, column + ring


def _metres(one: Entry, other: Entry) -> float:
    """Distance of two entries with points, on a plane."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return float("inf")
    north = (one.lat - other.lat) * _M_PER_DEGREE
    return hypot(north, (one.lon - other.lon) * _M_PER_DEGREE * cos(radians(one.lat)))
