"""The sketch of a run; a day with several trips gets one for each, so that no lines cross."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, TableStyle

from hoffice.errors import N_
from hoffice.paper import flow, fonts
from hoffice.paper.sketch import Sketch, Spot, sketch
from hoffice.paper.text import safe
from hoffice.paper.words import Speak
from hoffice.runs.pdf import parts
from hoffice.runs.pdf.facts import RunFacts, Trip

HEIGHT = 50 * mm
TALL = 96 * mm
CROWDED = 12
"""More stops than that on one sketch, and it gets taller."""
GAP = 4 * mm

_BESIDE = TableStyle(
    [
        ("FONTNAME", (0, 0), (-1, -1), fonts.REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ]
)


def sketches(facts: RunFacts, width: float, _: Speak) -> list[Flowable]:
    """Where the stops lie, and below it which ones could not be drawn."""
    located = [stop for stop in facts.stops if stop.point is not None]
    if facts.depot is None or not located:
        return []
    parts_: list[Flowable] = []
    trips = [trip for trip in facts.trips if any(stop.point for stop in trip.stops)]
    if len(trips) == 1:
        height = TALL if len(located) > CROWDED else HEIGHT
        parts_.append(_picture(facts, trips[0], (width, height), _))
    else:
        parts_ += _side_by_side(facts, trips, width, _)
    missing = [stop.position for stop in facts.stops if stop.point is None]
    if missing:
        told = _(N_("Not on the sketch, because not located: stop %(stops)s"))
        parts_.append(flow.said(told % {"stops": parts.spans(missing)}, parts.SOFT))
    return parts_


def _side_by_side(facts: RunFacts, trips: list[Trip], width: float, _: Speak) -> list[Flowable]:
    across = 3 if len(trips) == 3 else 2  # noqa: PLR2004  # three fit beside each other
    share = (width - GAP * (across - 1)) / across
    rows: list[Flowable] = []
    for first in range(0, len(trips), across):
        cells: list[list[Flowable]] = []
        for trip in trips[first : first + across]:
            told = _(N_("Trip %(number)s: stops %(stops)s"))
            stops = parts.spans([stop.position for stop in trip.stops])
            said = told % {"number": trip.number, "stops": stops}
            cells.append(
                [
                    flow.words(safe(said), parts.STRONG),
                    _picture(facts, trip, (share, HEIGHT), _),
                ]
            )
        cells += [[]] * (across - len(cells))
        row = flow.side_by_side(cells, (*[share + GAP] * (across - 1), share), style=_BESIDE)
        row.spaceAfter = 4
        rows.append(row)
    return rows


def _picture(facts: RunFacts, trip: Trip, size: tuple[float, float], _: Speak) -> flow.Picture:
    spots = tuple(
        Spot(str(stop.position), stop.point) for stop in trip.stops if stop.point is not None
    )
    assert facts.depot is not None  # noqa: S101  # sketches() has looked
    drawn = Sketch(facts.number, facts.depot, spots)
    order = ", ".join(spot.label for spot in spots)
    alt = _(N_("Sketch: from the depot to the stops %(stops)s and back")) % {"stops": order}
    return flow.Picture(*size, lambda canvas: sketch(canvas, drawn, *size), alt)
