"""An engine where it answers and knows the way, the embedded model where not; visibly."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from hoffice.places.travel.answers import (
    NO_ANSWER,
    SHORTEST_MIN,
    SOME_ESTIMATED,
    SOME_ESTIMATED_DOWN,
    Engine,
    Matrix,
    Note,
    RoadsDown,
    Spot,
    Table,
)
from hoffice.places.travel.straight import StraightLine, rows

ENGINE_UNCERTAINTY: Final = 0.15
"""An engine counts with empty roads. By day Berlin is driven at 0.87 to 0.91 of that speed (1,000
pairs of places at ten hours of the day), so that a leg takes up to 15 % longer.
Source: docs/plan-format.md#travel."""

REST_S: Final = 60.0
"""So long an engine that has failed is left alone: a dead one costs one time-out a minute."""


class Fuse:
    """An engine that, once it has failed, is not asked again for a minute."""

    def __init__(
        self, engine: Engine, *, rest_s: float = REST_S, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._rest_s = rest_s
        self._now = now
        self._failed: tuple[float, RoadsDown] | None = None
        self.name = engine.name
        self.key = engine.key
        self.is_worth_keeping = engine.is_worth_keeping

    def table(
        self, points: Sequence[Spot], sources: Sequence[int], destinations: Sequence[int]
    ) -> Table:
        """What the engine says, or the fault it had a moment ago."""
        if self._failed is not None:
            since, fault = self._failed
            if self._now() - since < self._rest_s:
                raise RoadsDown(fault.reason, fault.detail)
        try:
            table = self._engine.table(points, sources, destinations)
        except RoadsDown as fault:
            self._failed = (self._now(), fault)
            raise
        self._failed = None
        return table


class Roads:
    """Travel times by an engine; the ways it does not know are estimated, and counted in a note."""

    def __init__(self, engine: Engine, model: StraightLine) -> None:
        self._engine = engine
        self._model = model

    def matrix(self, points: Sequence[Spot]) -> Matrix:
        """Minutes and kilometres among the points; never an error, at worst all are estimated."""
        own = [(round(lat, 5), round(lon, 5)) for lat, lon in points]
        spots = list(dict.fromkeys(own))
        everywhere = range(len(spots))
        if len(spots) < 2:  # noqa: PLR2004  # nowhere to go
            return self._estimated(points, ())
        try:
            table = self._engine.table(spots, everywhere, everywhere)
        except RoadsDown as down:
            return self._estimated(points, (Note(NO_ANSWER, {"reason": down.reason}),))
        place = {spot: number for number, spot in enumerate(spots)}
        return self._filled(points, [place[spot] for spot in own], table)

    def _estimated(self, points: Sequence[Spot], notes: tuple[Note, ...]) -> Matrix:
        made = self._model.matrix(points)
        return Matrix(made.minutes, made.km, made.model, made.uncertainty, (*notes, *made.notes))

    def _filled(self, points: Sequence[Spot], places: Sequence[int], table: Table) -> Matrix:
        """The engine's legs in the order of the points, the unknown ones by the model."""
        import numpy as np  # noqa: PLC0415  # see ``travel.straight``

        chosen = np.ix_(places, places)
        minutes, km = table.minutes[chosen], table.km[chosen]
        same = np.equal.outer(places, places)
        minutes[same] = km[same] = 0.0
        unknown = np.isnan(minutes) | np.isnan(km)
        missing, ways = int(unknown.sum()), len(points) * (len(points) - 1)
        notes = _notes(missing, ways, table.fault)
        if missing == ways:
            return self._estimated(points, notes)
        if missing:
            model_minutes, model_km = self._model.arrays(points)
            minutes[unknown], km[unknown] = model_minutes[unknown], model_km[unknown]
        minutes = np.maximum(minutes, SHORTEST_MIN)
        np.fill_diagonal(minutes, 0.0)
        return Matrix(rows(minutes), rows(km), self._engine.name, ENGINE_UNCERTAINTY, notes)


def _notes(unknown: int, ways: int, fault: str) -> tuple[Note, ...]:
    if not unknown:
        return ()
    facts = {"count": unknown, "all": ways}
    if fault:
        return (Note(SOME_ESTIMATED_DOWN, {**facts, "reason": fault}),)
    return (Note(SOME_ESTIMATED, facts),)
