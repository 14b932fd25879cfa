"""Which road engine the settings ask for."""

from __future__ import annotations

from pathlib import Path

from hoffice.places.travel.answers import Engine
from hoffice.places.travel.osrm import Osrm
from hoffice.places.travel.osrm_inside import OsrmInside
from hoffice.places.travel.roads import Fuse
from hoffice.places.travel.valhalla import Valhalla
from hoffice.settings import RoadEngine, RoadSettings

SOMEWHERE = ((52.5219, 13.4132), (52.5096, 13.3760))
"""From Alexanderplatz to Potsdamer Platz; an engine with another map answers as well: no way."""


def engine_of(settings: RoadSettings | None) -> Engine | None:
    """The engine behind its fuse; None when the embedded model is to do.

    Made once for the whole process: the fuse is what a dead engine is remembered by.
    """
    if settings is None:
        return None
    if settings.engine is RoadEngine.OSRM_FILE:
        return Fuse(OsrmInside(Path(settings.place)))
    kind = Osrm if settings.engine is RoadEngine.OSRM else Valhalla
    return Fuse(kind(settings.place))


def ask_once(engine: Engine) -> None:
    """Ask for one way, wherever it leads; raises ``RoadsDown`` when there is no answer."""
    engine.table(SOMEWHERE, [0], [1])
