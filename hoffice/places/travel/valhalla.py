"""Valhalla by its HTTP address: ``/sources_to_targets`` (MIT, valhalla.github.io)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hoffice.places.travel.answers import (
    FAULTY,
    NONSENSE,
    SNAP_MAX_KM,
    RoadsDown,
    Spot,
    Table,
    table_of,
)
from hoffice.places.travel.http import TIMEOUT_S, Declined, HttpDoor
from hoffice.places.travel.osrm import pieces

NAME: Final = "Valhalla"

POINTS_A_SIDE: Final = 50
"""50 × 50 is what a server allows if nobody has set ``max_matrix_location_pairs``."""

LEAST_A_SIDE: Final = 5

TOO_MANY: Final = "150"
NO_ROAD_NEAR: Final = frozenset({"170", "171"})
"""Unconnected regions; no suitable edges near a location. Which one, ``/locate`` says."""


class Valhalla:
    """A Valhalla server; slower than OSRM by a hundred times, and it knows the time of day."""

    name = NAME
    is_worth_keeping = True

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._door = HttpDoor(url, timeout_s)
        self._side = POINTS_A_SIDE
        self.key = f"valhalla {self._door.url}"

    def table(
        self, points: Sequence[Spot], sources: Sequence[int], destinations: Sequence[int]
    ) -> Table:
        """The ways between points that lie near a road; in pieces, as large as the server allows.

        Raises :class:`RoadsDown`; the first piece that fails ends it.
        """
        while True:
            side = self._side
            try:
                return self._in_pieces(points, sources, destinations, side)
            except Declined as no:
                if no.code != TOO_MANY or side <= LEAST_A_SIDE:
                    raise RoadsDown(FAULTY, str(no)) from no
                self._side = max(LEAST_A_SIDE, side // 2)

    def _in_pieces(
        self,
        points: Sequence[Spot],
        sources: Sequence[int],
        destinations: Sequence[int],
        side: int,
    ) -> Table:
        """All pieces; a point off the map refuses its whole piece, so it is taken out once known.

        (A server fails a request for a hundred points because of one; it says not which.)
        """
        lost: set[int] | None = None
        table = Table.empty(len(sources), len(destinations))
        for rows in pieces(range(len(sources)), side):
            for columns in pieces(range(len(destinations)), side):
                starts, ends = [sources[r] for r in rows], [destinations[c] for c in columns]
                piece = self._piece(points, starts, ends, lost or set())
                if piece is None and lost is None:
                    lost = self._off_map(points, sorted({*sources, *destinations}), side)
                    piece = self._piece(points, starts, ends, lost)
                if piece is not None:
                    table.put(piece, rows, columns)
        return table

    def _piece(
        self,
        points: Sequence[Spot],
        sources: Sequence[int],
        destinations: Sequence[int],
        lost: set[int],
    ) -> Table | None:
        """One request; None when it fails for a point that lies near no road."""
        rows = [place for place, one in enumerate(sources) if one not in lost]
        columns = [place for place, one in enumerate(destinations) if one not in lost]
        table = Table.empty(len(sources), len(destinations))
        if not rows or not columns:
            return table
        question = {
            "sources": [_location(points[sources[place]]) for place in rows],
            "targets": [_location(points[destinations[place]]) for place in columns],
            "costing": "auto",
            "units": "kilometers",
            "verbose": False,
        }
        try:
            answer = self._door.ask("/sources_to_targets", question)
        except Declined as no:
            if no.code in NO_ROAD_NEAR:
                return None
            raise
        table.put(read(answer, len(rows), len(columns)), rows, columns)
        return table

    def _off_map(self, points: Sequence[Spot], used: Sequence[int], side: int) -> set[int]:
        """Those of the points that lie near no road."""
        lost: set[int] = set()
        for some in pieces(used, side):
            question = {
                "locations": [_location(points[one]) for one in some],
                "costing": "auto",
                "verbose": False,
            }
            answer = self._door.ask("/locate", question).get("")
            if not isinstance(answer, list) or len(answer) != len(some):
                raise RoadsDown(NONSENSE, "points are missing in the answer")
            lost |= {
                one
                for one, found in zip(some, answer, strict=True)
                if not (isinstance(found, dict) and found.get("edges"))
            }
        return lost


def _location(spot: Spot) -> dict[str, float]:
    lat, lon = spot
    return {"lat": round(lat, 5), "lon": round(lon, 5), "search_cutoff": 1000 * SNAP_MAX_KM}


def read(answer: Mapping[str, Any], height: int, width: int) -> Table:
    """Valhalla's answer: the short form, or the long one of servers that know no other.

    Raises :class:`RoadsDown` when it is not what was asked for.
    """
    try:
        table = answer["sources_to_targets"]
        if isinstance(table, dict):
            seconds, km = table["durations"], table["distances"]
        else:
            seconds = [[cell["time"] for cell in row] for row in table]
            km = [[cell["distance"] for cell in row] for row in table]
    except (KeyError, TypeError) as error:
        raise RoadsDown(NONSENSE, "a part of the answer is missing") from error
    if answer.get("units", "kilometers") != "kilometers":
        raise RoadsDown(NONSENSE, "the distances are no kilometres")
    return table_of(seconds, km, (height, width), seconds=60, metres=1)
