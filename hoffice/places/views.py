"""The map's own addresses: the houses around a point, and the ground where it is a file of ours."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hoffice.accounts.access import open_to, settings
from hoffice.accounts.rules import Audience, Role
from hoffice.places import queries
from hoffice.places.landmarks import stops_near
from hoffice.units import Point

bp = Blueprint("places", __name__, url_prefix="/orte")

SURROUNDINGS_M: Final = 400
"""How far around a pin the register's houses are shown."""
MOST_HOUSES: Final = 400
STOPS_M: Final = 1_500
"""How far around a pin stops are shown; they are landmarks, so they may lie farther away."""
LARGEST_PIECE: Final = 4 * 1024 * 1024
"""No tile and no directory of a PMTiles file is larger."""
KEPT_S: Final = 3600
POLE: Final = 90
DATE_LINE: Final = 180


@bp.get("/umgebung.json")
@open_to(Role.IT, Role.HR)
def surroundings() -> ResponseReturnValue:
    """The houses and stops around a point, as ``[street, number or name, lat, lon]``."""
    return around(point_asked_for())


@bp.get("/grund.pmtiles")
@open_to(Audience.SIGNED_IN, Audience.EMPLOYEE)
def ground() -> Response:
    """One piece of the file of tiles; whoever draws from such a file asks for ranges of bytes."""
    file = settings().pmtiles
    if file is None or not file.is_file():
        abort(HTTPStatus.NOT_FOUND)
    stat = file.stat()
    asked = request.range
    span = None if asked is None else asked.range_for_length(stat.st_size)
    if span is None:
        abort(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    start, end = span[0], min(span[1], span[0] + LARGEST_PIECE)
    with file.open("rb") as opened:
        opened.seek(start)
        piece = opened.read(end - start)
    answer = Response(piece, HTTPStatus.PARTIAL_CONTENT, mimetype="application/octet-stream")
    answer.headers["Content-Range"] = f"bytes {start}-{start + len(piece) - 1}/{stat.st_size}"
    answer.headers["Accept-Ranges"] = "bytes"
    answer.set_etag(f"{stat.st_mtime_ns:x}-{stat.st_size:x}")
    answer.cache_control.private = True
    answer.cache_control.max_age = KEPT_S
    return answer


@bp.get("/quellen", endpoint="credits")
@open_to(Audience.SIGNED_IN, Audience.EMPLOYEE)
def sources() -> ResponseReturnValue:
    """Whose data the maps and the addresses are."""
    return render_template("places/credits.html", sources=queries.sources())


@bp.app_template_global()
def map_tiles() -> dict[str, str] | None:
    """Where the tiles of every map come from and whose they are; None where the ground is drawn."""
    chosen = settings()
    if chosen.tiles_url:
        host = urlsplit(chosen.tiles_url).netloc
        return {"tiles": chosen.tiles_url, "credit": chosen.tiles_credit, "host": host}
    if chosen.pmtiles is not None:
        return {"pmtiles": url_for("places.ground"), "credit": chosen.tiles_credit}
    return None


def point_asked_for() -> Point:
    """The point of a question like ``?lat=52.48&lon=13.43``; anything else is a bad question."""
    lat = request.args.get("lat", type=float)
    lon = request.args.get("lon", type=float)
    if lat is None or lon is None or not (abs(lat) <= POLE and abs(lon) <= DATE_LINE):
        abort(HTTPStatus.BAD_REQUEST)
    return Point(lat, lon)


def around(point: Point | None) -> dict[str, list[tuple[str, str, float, float]]]:
    """What a map draws around a pin: houses of the register, and stops; nothing without a point."""
    if point is None:
        return {"houses": [], "stops": []}
    houses = queries.houses_near(point.lat, point.lon, SURROUNDINGS_M, MOST_HOUSES)
    return {
        "houses": [(one.street, one.number, one.lat, one.lon) for one in houses],
        "stops": [("", name, lat, lon) for lat, lon, name in stops_near(point, STOPS_M)],
    }
