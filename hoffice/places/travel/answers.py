"""What a road engine, or the model that stands in for one, is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from hoffice.errors import N_

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Spot = tuple[float, float]
"""(latitude, longitude) in degrees, WGS84."""

SHORTEST_MIN: Final = 2.0
"""Nobody gets into a van, drives off and parks again in less, be it next door."""

SNAP_MAX_KM: Final = 1.0
"""A point farther than this from the next road lies off the engine's map."""

STRAIGHT_LINE: Final = N_("straight line")
NO_ANSWER: Final = N_("The road engine did not answer (%(reason)s). Times are estimated.")
SOME_ESTIMATED: Final = N_(
    "%(count)s of %(all)s ways are estimated: the road engine does not know them."
)
SOME_ESTIMATED_DOWN: Final = N_(
    "%(count)s of %(all)s ways are estimated: the road engine did not answer (%(reason)s)."
)

UNREACHABLE: Final = N_("it cannot be reached")
TOO_SLOW: Final = N_("it took too long")
FAULTY: Final = N_("it reported a fault")
NONSENSE: Final = N_("its answer made no sense")
SENT_ELSEWHERE: Final = N_("it sent us to another address")
TOO_LARGE: Final = N_("its answer was too large")


class RoadsDown(Exception):
    """A road engine has not answered, or not in a way that can be believed.

    ``reason`` is one of the few texts above, so that a page can say it in the reader's language;
    ``detail`` is for the terminal.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be shown beside travel times: an English text with places, and its facts."""

    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """In English, as the terminal says it."""
        return self.text % self.facts if self.facts else self.text


@dataclass(frozen=True, slots=True)
class Matrix:
    """Minutes and kilometres from each point (row) to each point (column); zero on the diagonal.

    ``model`` names where the times come from. ``uncertainty`` is relative: with 0.27, nine in ten
    legs lie within ±27 %. ``notes`` must be shown with the times: they say what is only estimated.
    """

    minutes: tuple[tuple[float, ...], ...]
    km: tuple[tuple[float, ...], ...]
    model: str = STRAIGHT_LINE
    uncertainty: float | None = None
    notes: tuple[Note, ...] = ()


class TravelTimes(Protocol):
    """What the planner asks of a road engine, or of the model that stands in for one."""

    def matrix(self, points: Sequence[Spot]) -> Matrix:
        """Minutes and kilometres among points given as (latitude, longitude) in degrees."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What an engine says about the ways from some points (rows) to some points (columns).

    NaN stands where there is no way, or none that is known.
    """

    minutes: NDArray[np.float64]
    km: NDArray[np.float64]
    fault: str = ""
    """Why some cells are empty, when that is because the engine stopped answering."""

    @classmethod
    def empty(cls, height: int, width: int) -> Table:
        """A table in which nothing is known yet."""
        import numpy as np  # noqa: PLC0415  # see ``travel.straight``

        return cls(np.full((height, width), np.nan), np.full((height, width), np.nan))

    def put(self, part: Table, rows: Sequence[int], columns: Sequence[int]) -> None:
        """Write a part of this table into its place."""
        import numpy as np  # noqa: PLC0415

        self.minutes[np.ix_(rows, columns)] = part.minutes
        self.km[np.ix_(rows, columns)] = part.km

    @property
    def unknown(self) -> NDArray[np.bool_]:
        """Which of the ways are not known."""
        import numpy as np  # noqa: PLC0415

        return np.isnan(self.minutes) | np.isnan(self.km)


class Engine(Protocol):
    """A road engine: it knows the roads, or says that it cannot be asked."""

    @property
    def name(self) -> str:
        """How people call it: “OSRM”."""
        ...

    @property
    def key(self) -> str:
        """Which engine with which map; legs kept under one key are never read under another."""
        ...

    @property
    def is_worth_keeping(self) -> bool:
        """Whether reading a leg that was kept is faster than asking for it again."""
        ...

    def table(
        self, points: Sequence[Spot], sources: Sequence[int], destinations: Sequence[int]
    ) -> Table:
        """The ways from these sources to these destinations, both indices into ``points``.

        Raises :class:`RoadsDown` when the engine cannot be asked.
        """
        ...


def table_of(
    minutes: object, km: object, shape: tuple[int, int], *, seconds: float, metres: float
) -> Table:
    """A foreign answer as a table, in minutes and kilometres.

    ``seconds`` and ``metres`` are what its figures are divided by; ``null`` is a way that is not
    known. Raises :class:`RoadsDown` for anything that is neither a time nor a distance, and for a
    matrix of another shape.
    """
    import numpy as np  # noqa: PLC0415

    try:
        parts = (np.array(minutes, dtype=np.float64), np.array(km, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise RoadsDown(NONSENSE, "no matrix of numbers") from error
    for part in parts:
        if part.shape != shape:
            raise RoadsDown(NONSENSE, f"the matrix is {part.shape}, not {shape}")
        if np.any(part < 0) or np.any(np.isinf(part)):
            raise RoadsDown(NONSENSE, "below zero, or without end")
    table = Table(parts[0] / seconds, parts[1] / metres)
    gone = table.unknown
    table.minutes[gone] = table.km[gone] = np.nan
    return table
