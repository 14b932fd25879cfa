"""OSRM within our own process, over a prepared map file: no server, no network.

Needs the package ``osrm-bindings`` (BSD-2), which exists for Python 3.12 and newer. It is loaded
when the first table is asked for.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from hoffice.places.travel.answers import FAULTY, UNREACHABLE, RoadsDown, Spot, Table
from hoffice.places.travel.osrm import NAME, read

PACKAGE: Final = "osrm"
PROOFS: Final = {".hsgr": "CH", ".partition": "MLD"}
"""The file that each of OSRM's two ways of preparing a map leaves, and how it is to be read."""

UNKNOWN: Final = ("NoSegment", "NoTable")


def is_installed() -> bool:
    """Whether this Python has the package."""
    return importlib.util.find_spec(PACKAGE) is not None


def prepared(file: Path) -> str:
    """How a map was prepared, by the files beside ``berlin.osrm``; empty when it was not."""
    for ending, algorithm in PROOFS.items():
        if file.with_name(file.name + ending).is_file():
            return algorithm
    return ""


class OsrmInside:
    """OSRM's own code over a map; it takes 12 ms for 150 × 150, so its legs are not kept."""

    name = NAME
    is_worth_keeping = False

    def __init__(self, file: Path, *, package: Any = None) -> None:
        self._file = file
        self._osrm = package
        self._engine: Any = None
        self._lock = threading.Lock()
        self.key = f"osrm {file}"

    def _ready(self) -> Any:
        """The engine over the map, opened once for all threads."""
        with self._lock:
            if self._engine is None:
                if self._osrm is None:
                    self._osrm = importlib.import_module(PACKAGE)
                self._engine = self._osrm.OSRM(
                    storage_config=str(self._file),
                    use_shared_memory=False,
                    algorithm=prepared(self._file) or "CH",
                    max_locations_distance_table=-1,
                )
            return self._engine

    def table(
        self, points: Sequence[Spot], sources: Sequence[int], destinations: Sequence[int]
    ) -> Table:
        """The ways between points that lie near a road; all at once.

        Raises :class:`RoadsDown` when the package or the map is not there.
        """
        try:
            engine = self._ready()
        except (ImportError, RuntimeError) as error:
            raise RoadsDown(UNREACHABLE, f"{self._file}: {error}") from error
        try:
            answer = engine.Table(
                self._osrm.TableParameters(
                    coordinates=[(round(lon, 5), round(lat, 5)) for lat, lon in points],
                    sources=list(sources),
                    destinations=list(destinations),
                    annotations=["duration", "distance"],
                    generate_hints=False,
                )
            )
        except RuntimeError as error:
            if str(error).startswith(UNKNOWN):
                return Table.empty(len(sources), len(destinations))
            raise RoadsDown(FAULTY, str(error)) from error
        return read(_plain(answer), len(sources), len(destinations))


def _plain(answer: Any) -> dict[str, Any]:
    """The package's own containers as the server would send them."""
    said: dict[str, Any] = {part: answer[part] for part in ("code", "sources", "destinations")}
    for part in ("durations", "distances"):
        said[part] = [list(row) for row in answer[part]]
    return said
