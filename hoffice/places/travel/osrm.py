"""OSRM by its HTTP address: ``/table/v1/driving/…`` (BSD-2, project-osrm.org)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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

NAME: Final = "OSRM"

POINTS_A_SIDE: Final = 150
"""Sources and destinations of one request at first: an address of 6 kB, below what proxies allow.
A server that allows fewer (100 if nobody has set ``--max-table-size``) says so and is asked for
less from then on."""

LEAST_A_SIDE: Final = 10

TOO_BIG: Final = "TooBig"
NO_SEGMENT: Final = frozenset({"NoSegment", "NoTable"})
"""No road near one of the points, or no way between any two: nothing is known, nobody is down."""


class Osrm:
    """An OSRM server, ours or somebody else's; ``/driving/`` stands for whatever profile it has."""

    name = NAME
    is_worth_keeping = True

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._door = HttpDoor(url, timeout_s)
        self._side = POINTS_A_SIDE
        self.key = f"osrm {self._door.url}"

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
                if no.code != TOO_BIG or side <= LEAST_A_SIDE:
                    raise RoadsDown(FAULTY, str(no)) from no
                self._side = max(LEAST_A_SIDE, side * 2 // 3)

    def _in_pieces(
        self,
        points: Sequence[Spot],
        sources: Sequence[int],
        destinations: Sequence[int],
        side: int,
    ) -> Table:
        table = Table.empty(len(sources), len(destinations))
        for rows in pieces(range(len(sources)), side):
            for columns in pieces(range(len(destinations)), side):
                table.put(
                    self._piece(
                        points, [sources[row] for row in rows], [destinations[c] for c in columns]
                    ),
                    rows,
                    columns,
                )
        return table

    def _piece(
        self, points: Sequence[Spot], sources: Sequence[int], destinations: Sequence[int]
    ) -> Table:
        used = sorted({*sources, *destinations})
        place = {point: number for number, point in enumerate(used)}
        where = ";".join(f"{points[one][1]:.5f},{points[one][0]:.5f}" for one in used)
        query = "annotations=duration,distance&generate_hints=false"
        if list(sources) != used or list(destinations) != used:
            query += "&sources=" + ";".join(str(place[one]) for one in sources)
            query += "&destinations=" + ";".join(str(place[one]) for one in destinations)
        try:
            answer = self._door.ask(f"/table/v1/driving/{where}?{query}")
        except Declined as no:
            if no.code in NO_SEGMENT:
                return Table.empty(len(sources), len(destinations))
            raise
        return read(answer, len(sources), len(destinations))


def pieces(indices: Sequence[int], side: int) -> Iterator[Sequence[int]]:
    """The indices in parts of equal length as far as possible, none longer than ``side``."""
    count = -(-len(indices) // side)
    for part in range(count):
        yield indices[part * len(indices) // count : (part + 1) * len(indices) // count]


def read(answer: Mapping[str, Any], height: int, width: int) -> Table:
    """OSRM's answer to a table request, by HTTP or from within; points off the map are emptied.

    Raises :class:`RoadsDown` when it is not what was asked for.
    """
    try:
        if answer["code"] != "Ok":
            raise RoadsDown(NONSENSE, "the answer is not marked as good")
        shape = (height, width)
        table = table_of(answer["durations"], answer["distances"], shape, seconds=60, metres=1000)
        rows = _off_map(answer["sources"], height)
        columns = _off_map(answer["destinations"], width)
    except (KeyError, TypeError, ValueError) as error:
        raise RoadsDown(NONSENSE, "a part of the answer is missing") from error
    for cells in (table.minutes, table.km):
        cells[rows, :] = cells[:, columns] = float("nan")
    return table


def _off_map(waypoints: Any, count: int) -> list[int]:
    """The points whose next road is too far away: the map does not reach so far."""
    away = [float(one["distance"]) / 1000 for one in waypoints]
    if len(away) != count:
        raise RoadsDown(NONSENSE, "points are missing in the answer")
    return [number for number, km in enumerate(away) if not km <= SNAP_MAX_KM]
