"""Legs that are kept: those an engine has worked out, and those our own vans have driven."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from hoffice import clock
from hoffice.db import BEGIN_IMMEDIATE, db
from hoffice.places.models import DrivenLeg, KeptLegs
from hoffice.places.queries import legs as queries
from hoffice.places.travel.answers import Engine, RoadsDown, Spot, Table, TravelTimes
from hoffice.places.travel.learning import LATEST, Driven, Learnt, learn, plausible
from hoffice.places.travel.roads import Roads

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKED: Final = [("end", "<i8"), ("minutes", "<f4"), ("km", "<f4")]
"""One leg in a row of ``kept_legs``: 16 bytes, ascending by where it ends, written as Base64 so
that a backup can hold it like any other text. A float of four bytes knows minutes to a
thousandth of a second."""

PLACES_AT_ONCE: Final = 500
"""Places of departure in one question to the database."""

logger = logging.getLogger(__name__)


def travel_times(engine: Engine | None) -> TravelTimes:
    """The house's travel times: the engine with what it has said before, or the embedded model.

    The model is corrected by the legs of our own vans; it also fills in where the engine is silent.
    """
    model = learnt().model()
    return model if engine is None else Roads(KnownLegs(engine), model)


def code(spot: Spot) -> int:
    """A place as legs are kept by, exact to a metre: five digits of latitude and longitude."""
    lat, lon = spot
    return round((lat + 90) * 100_000) * 100_000_000 + round((lon + 180) * 100_000)


class KnownLegs:
    """An engine that is asked for each leg once; what it has said is kept for good.

    Only what an engine has said is kept, under its own key, and never an estimate. Needs an
    application context.
    """

    is_worth_keeping = False

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.name = engine.name
        self.key = engine.key

    def table(
        self, points: Sequence[Spot], sources: Sequence[int], destinations: Sequence[int]
    ) -> Table:
        """What is kept, and of the rest what the engine says.

        An engine that fails is no error as long as some legs are known: the table says why others
        are missing. With none, :class:`RoadsDown` is raised.
        """
        if not self._engine.is_worth_keeping:
            return self._engine.table(points, sources, destinations)
        starts = [code(points[one]) for one in sources]
        ends = [code(points[one]) for one in destinations]
        with db.engine.connect() as connection:
            table = _remembered(connection, self.key, starts, ends)
        is_blank = bool(table.unknown.all())
        fresh: set[int] = set()
        fault = ""
        try:
            for rows, columns in gaps(table, starts, ends):
                said = self._engine.table(
                    points, [sources[row] for row in rows], [destinations[c] for c in columns]
                )
                table.put(said, rows, columns)
                fresh.update(rows)
        except RoadsDown as down:
            if is_blank and not fresh:
                raise
            fault = down.reason
        if fresh:
            _keep(self.key, {starts[row]: row for row in fresh}, table, ends)
        return Table(table.minutes, table.km, fault)


def gaps(
    table: Table, starts: Sequence[int], ends: Sequence[int]
) -> Iterator[tuple[list[int], list[int]]]:
    """What to ask, as few and as narrow tables as will do; each after the last one was filled in.

    A new place misses its whole row and its whole column: first come the rows that are mostly
    empty, then what is left of the columns.
    """
    import numpy as np  # noqa: PLC0415  # see ``travel.straight``

    others = np.not_equal.outer(starts, ends)
    bare = (table.unknown & others).sum(axis=1) * 2 > others.sum(axis=1)
    for rows in (bare, ~bare):
        missing = table.unknown & others & rows[:, None]
        if missing.any():
            yield (
                np.flatnonzero(missing.any(axis=1)).tolist(),
                np.flatnonzero(missing.any(axis=0)).tolist(),
            )


def _remembered(
    connection: Connection, key: str, starts: Sequence[int], ends: Sequence[int]
) -> Table:
    """The table as far as it is kept."""
    import numpy as np  # noqa: PLC0415

    table = Table.empty(len(starts), len(ends))
    row_of = {start: row for row, start in enumerate(starts)}
    wanted = np.array(ends, dtype=np.int64)
    for first in range(0, len(starts), PLACES_AT_ONCE):
        some = starts[first : first + PLACES_AT_ONCE]
        for start, packed in queries.kept_legs(connection, key, some):
            legs = _unpacked(packed)
            at = np.minimum(np.searchsorted(legs["end"], wanted), len(legs) - 1)
            known = legs["end"][at] == wanted
            table.minutes[row_of[start], known] = legs["minutes"][at[known]]
            table.km[row_of[start], known] = legs["km"][at[known]]
    return table


def _unpacked(packed: str) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    return np.frombuffer(base64.b64decode(packed), dtype=PACKED)


def _packed(legs: NDArray[Any]) -> str:
    return base64.b64encode(legs.tobytes()).decode("ascii")


def _keep(key: str, rows: Mapping[int, int], table: Table, ends: Sequence[int]) -> None:
    """Store rows of legs in a transaction of their own, whatever becomes of the caller's.

    On SQLite there is one writer at a time: inside a writing transaction of our own we would wait
    for ourselves, so nothing is kept then. Neither is a busy database worth an error: the engine
    is asked again next time. Two that add to the same row at once on PostgreSQL may lose each
    other's legs, which are then asked for again.
    """
    if _is_writing():
        return
    try:
        with (
            db.engine.connect().execution_options(**BEGIN_IMMEDIATE) as connection,
            connection.begin(),
        ):
            places = sorted(rows)
            for first in range(0, len(places), PLACES_AT_ONCE):
                some = places[first : first + PLACES_AT_ONCE]
                _add(connection, key, {start: rows[start] for start in some}, table, ends)
    except OperationalError as error:
        logger.warning("legs could not be kept: %s", type(error.orig).__name__)


def _add(
    connection: Connection,
    key: str,
    rows: Mapping[int, int],
    table: Table,
    ends: Sequence[int],
) -> None:
    kept = dict(iter(queries.kept_legs(connection, key, list(rows), lock=True)))
    now = clock.now()
    values = []
    for start, row in rows.items():
        legs = _merged(kept.get(start), table, row, ends)
        if len(legs):
            values.append({"engine": key, "start": start, "legs": _packed(legs), "changed_at": now})
    if not values:
        return
    is_sqlite = connection.dialect.name == "sqlite"
    insert: Any = (sqlite if is_sqlite else postgresql).insert(KeptLegs)
    excluded = insert.excluded
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[KeptLegs.engine, KeptLegs.start],
            set_={"legs": excluded.legs, "changed_at": excluded.changed_at},
        ),
        values,
    )


def _merged(packed: str | None, table: Table, row: int, ends: Sequence[int]) -> NDArray[Any]:
    """The legs of one row in the order of their ends, those kept before included."""
    import numpy as np  # noqa: PLC0415

    known = ~table.unknown[row]
    new = np.zeros(int(known.sum()), dtype=PACKED)
    new["end"] = np.array(ends, dtype=np.int64)[known]
    new["minutes"] = table.minutes[row][known]
    new["km"] = table.km[row][known]
    if packed is not None:
        new = np.concatenate((new, _unpacked(packed)))
    _ends, first = np.unique(new["end"], return_index=True)  # the newest of two comes first
    return new[first]


def _is_writing() -> bool:
    """Whether this thread's session holds SQLite's one place for writers."""
    if db.engine.dialect.name != "sqlite" or not db.session().in_transaction():
        return False
    return "sqlite_begin" in db.session.connection().get_execution_options()


def forget() -> int:
    """Throw away all that engines have worked out, as after a new map; says of how many places."""
    return db.session.connection().execute(delete(KeptLegs)).rowcount


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
