"""Legs that are kept: those an engine has worked out, and those our own vans have driven."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Row, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from hoffice import clock
from hoffice.db import BEGIN_IMMEDIATE, db
from hoffice.places.models import DrivenLeg, TravelLeg
from hoffice.places.queries import legs as queries
from hoffice.places.travel.answers import Cells, Engine, RoadsDown, Spot, Table, TravelTimes
from hoffice.places.travel.learning import LATEST, Driven, Learnt, learn, plausible
from hoffice.places.travel.osrm import nothing_known
from hoffice.places.travel.roads import Roads

STARTS_AT_ONCE = 200
"""Places of departure in one question to the database; SQLite allows 32,766 values in all."""

logger = logging.getLogger(__name__)


def travel_times(engine: Engine | None) -> TravelTimes:
    """The house's travel times: the engine with what it has said before, or the embedded model.

    The model is corrected by the legs of our own vans; it also fills in where the engine is silent.
    """
    model = learnt().model()
    return model if engine is None else Roads(KnownLegs(engine), model)


class KnownLegs:
    """An engine that is asked for each leg once; what it has said is kept for good.

    Legs lie in the database under the engine's key, by places rounded to five digits. Only what an
    engine has said is kept, never an estimate. Needs an application context.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.name = engine.name
        self.key = engine.key
        self.is_worth_keeping = False

    def table(
        self, points: Sequence[Spot], sources: Sequence[int], destinations: Sequence[int]
    ) -> Table:
        """What is kept, and of the rest what the engine says.

        An engine that fails is no error as long as some legs are known: the table says why others
        are missing. With none, :class:`RoadsDown` is raised.
        """
        if not self._engine.is_worth_keeping:
            return self._engine.table(points, sources, destinations)
        names = [place(point) for point in points]
        table = _Growing(names, sources, destinations)
        with db.engine.connect() as connection:
            table.fill(_kept(connection, self.key, table))
        fresh: list[_Leg] = []
        fault = ""
        try:
            for rows, columns in table.gaps():
                said = self._engine.table(points, rows, columns)
                fresh += table.take(said, rows, columns)
        except RoadsDown as down:
            if not table.known:
                raise
            fault = down.reason
        if fresh:
            _keep(self.key, fresh)
        return Table(table.minutes, table.km, fault)


_Leg = tuple[str, str, float, float]
"""Start, end, minutes, kilometres."""


def place(spot: Spot) -> str:
    """A place as legs are kept by: ``52.48120,13.43560``, exact to a metre."""
    return f"{spot[0]:.5f},{spot[1]:.5f}"


class _Growing:
    """A table that is filled from what is kept, then from what the engine says."""

    def __init__(
        self, names: Sequence[str], sources: Sequence[int], destinations: Sequence[int]
    ) -> None:
        self.names, self.sources, self.destinations = names, sources, destinations
        empty = nothing_known(len(sources), len(destinations))
        self.minutes: Cells = empty.minutes
        self.km: Cells = empty.km
        self.known = 0
        self._row = {names[point]: row for row, point in enumerate(sources)}
        self._column = {names[point]: column for column, point in enumerate(destinations)}
        for name in self._row.keys() & self._column.keys():
            self.minutes[self._row[name]][self._column[name]] = 0.0
            self.km[self._row[name]][self._column[name]] = 0.0

    def fill(self, legs: Iterable[Row[str, str, float, float]]) -> None:
        """Write down legs that are kept."""
        row_of, column_of, minutes, km = self._row, self._column, self.minutes, self.km
        for start, end, took, far in legs:
            row, column = row_of[start], column_of[end]
            minutes[row][column], km[row][column] = took, far
            self.known += 1

    def gaps(self) -> Iterable[tuple[list[int], list[int]]]:
        """What to ask, as few and as narrow tables as will do; each after the last one was taken.

        A new place misses its whole row and its whole column: first all new rows, then what is
        left of the columns.
        """
        whole = [row for row, cells in enumerate(self.minutes) if _is_bare(cells)]
        asked = self._missing(whole)
        if asked[0]:
            yield asked
        rest = set(whole)
        asked = self._missing([row for row in range(len(self.sources)) if row not in rest])
        if asked[0]:
            yield asked

    def _missing(self, rows: Iterable[int]) -> tuple[list[int], list[int]]:
        """Those of the rows with empty cells, and the columns of these cells, as points."""
        empty = {
            row: [column for column, cell in enumerate(self.minutes[row]) if cell is None]
            for row in rows
        }
        columns = sorted({column for cells in empty.values() for column in cells})
        return (
            [self.sources[row] for row, cells in empty.items() if cells],
            [self.destinations[column] for column in columns],
        )

    def take(self, said: Table, rows: Sequence[int], columns: Sequence[int]) -> list[_Leg]:
        """Write down what the engine said; gives back the legs that were not known before."""
        fresh = []
        for from_row, start in enumerate(rows):
            row = self._row[self.names[start]]
            for from_column, end in enumerate(columns):
                column = self._column[self.names[end]]
                took, far = said.minutes[from_row][from_column], said.km[from_row][from_column]
                if took is None or far is None or self.minutes[row][column] is not None:
                    continue
                self.minutes[row][column], self.km[row][column] = took, far
                self.known += 1
                fresh.append((self.names[start], self.names[end], took, far))
        return fresh


def _is_bare(cells: Sequence[float | None]) -> bool:
    """More than half of a row is missing."""
    return 2 * sum(cell is None for cell in cells) > len(cells)


def _kept(
    connection: Connection, key: str, table: _Growing
) -> Iterable[Row[str, str, float, float]]:
    starts = [table.names[point] for point in table.sources]
    ends = [table.names[point] for point in table.destinations]
    for first in range(0, len(starts), STARTS_AT_ONCE):
        yield from queries.known_legs(connection, key, starts[first : first + STARTS_AT_ONCE], ends)


def _keep(key: str, legs: Iterable[_Leg]) -> None:
    """Store legs in a transaction of their own, whatever becomes of the caller's.

    On SQLite there is one writer at a time: inside a writing transaction of our own we would wait
    for ourselves, so nothing is kept then. Neither is a busy database worth an error: the engine
    is asked again next time.
    """
    if _is_writing():
        return
    now = clock.now()
    rows = [
        {"engine": key, "start": a, "end": b, "minutes": took, "km": far, "asked_at": now}
        for a, b, took, far in legs
    ]
    insert = (
        sqlite.insert(TravelLeg)
        if db.engine.dialect.name == "sqlite"
        else postgresql.insert(TravelLeg)
    )
    try:
        with db.engine.connect().execution_options(**BEGIN_IMMEDIATE) as connection:
            connection.execute(insert.on_conflict_do_nothing(), rows)
            connection.commit()
    except OperationalError as error:
        logger.warning("%s legs could not be kept: %s", len(rows), type(error.orig).__name__)


def _is_writing() -> bool:
    """Whether this thread's session holds SQLite's one place for writers."""
    if db.engine.dialect.name != "sqlite" or not db.session().in_transaction():
        return False
    return "sqlite_begin" in db.session.connection().get_execution_options()


def forget() -> int:
    """Throw away every leg that engines have worked out, as after a new map; says how many."""
    return db.session.connection().execute(delete(TravelLeg)).rowcount


def learnt() -> Learnt:
    """What the legs of our own vans have taught so far."""
    with db.engine.connect() as connection:
        return learn(queries.driven_ratios(connection, LATEST))


def teach(legs: Iterable[Driven]) -> int:
    """Write down legs that were driven, each once; says how many were new and could teach."""
    good = plausible(legs)
    known = queries.taught([leg.reference for leg, _ in good])
    fresh = [(leg, expected) for leg, expected in good if leg.reference not in known]
    db.session.add_all(
        DrivenLeg(
            reference=leg.reference,
            model_min=expected,
            driven_min=leg.minutes,
            driven_at=leg.at,
        )
        for leg, expected in fresh
    )
    db.session.flush()
    return len(fresh)
