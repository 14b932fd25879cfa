"""A run as GPX 1.1, which every navigation program reads, with and without a network."""

from __future__ import annotations

import re
from datetime import UTC
from xml.etree import ElementTree as ET

from hoffice.errors import N_
from hoffice.paper.words import speaks
from hoffice.runs.exports.labels import label
from hoffice.runs.pdf.facts import RunFacts
from hoffice.units import Point

NAMESPACE = "http://www.topografix.com/GPX/1/1"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML 1.0 cannot hold."""


def track_file(facts: RunFacts) -> bytes:
    """The depot and the stops as waypoints, and for each trip a route in the driving order.

    Stops that are not located are left out. The order of the elements is the schema's.
    """
    _ = speaks(facts.language)
    depot = _(N_("Depot"))
    root = ET.Element(
        "gpx",
        {
            "version": "1.1",
            "creator": "hoffice",
            "xmlns": NAMESPACE,
            "xmlns:xsi": SCHEMA,
            "xsi:schemaLocation": f"{NAMESPACE} {NAMESPACE}/gpx.xsd",
        },
    )
    about = ET.SubElement(root, "metadata")
    _say(about, "name", facts.name)
    _say(about, "time", f"{facts.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    if facts.depot is not None:
        _place(root, "wpt", facts.depot, depot)
    for stop in facts.stops:
        if stop.point is not None:
            _place(root, "wpt", stop.point, label(stop))
    trips = facts.trips
    for trip in trips:
        route = ET.SubElement(root, "rte")
        told = _(N_("Trip %(number)s")) % {"number": trip.number}
        _say(route, "name", f"{facts.name} · {told}" if len(trips) > 1 else facts.name)
        _say(route, "number", str(trip.number))
        if facts.depot is not None:
            _place(route, "rtept", facts.depot, depot)
        for stop in trip.stops:
            if stop.point is not None:
                _place(route, "rtept", stop.point, label(stop))
        if facts.depot is not None:
            _place(route, "rtept", facts.depot, depot)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _place(parent: ET.Element, tag: str, point: Point, name: str) -> None:
    spot = ET.SubElement(parent, tag, {"lat": f"{point.lat:.6f}", "lon": f"{point.lon:.6f}"})
    _say(spot, "name", name)


def _say(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = _FORBIDDEN.sub("", text)
