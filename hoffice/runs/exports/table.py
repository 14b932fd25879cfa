"""The stops of a run as a table for a spreadsheet."""

from __future__ import annotations

from datetime import datetime, time

from hoffice.errors import N_
from hoffice.paper.words import BERLIN, Speak, span, speaks
from hoffice.runs.pdf.facts import RunFacts, StopFacts, Visit


def stops_table(facts: RunFacts) -> bytes:
    """A line for each stop in its order, as CSV like every other list of the house."""
    from hoffice.sheets.writing import csv_bytes  # noqa: PLC0415  # openpyxl is slow to load

    _ = speaks(facts.language)
    header = [
        _(N_("Stop")),
        _(N_("Trip")),
        _(N_("Visit")),
        _(N_("Planned")),
        _(N_("Off again")),
        _(N_("Promised window")),
        _(N_("Name")),
        _(N_("Address")),
        _(N_("Phone")),
        _(N_("Access")),
        _(N_("Note")),
        _(N_("Boxes in")),
        _(N_("Boxes back")),
        _(N_("Box numbers")),
        _(N_("Latitude")),
        _(N_("Longitude")),
    ]
    rows = [_row(stop, _) for stop in facts.stops]
    return csv_bytes(header, rows, locale="en" if facts.language.startswith("en") else "de")


def _row(stop: StopFacts, _: Speak) -> list[str | int | float | time | None]:
    visits = {
        Visit.DELIVER: _(N_("Delivery")),
        Visit.PICK_UP: _(N_("Pick-up")),
        Visit.SWAP: _(N_("Swap")),
    }
    return [
        stop.position,
        stop.trip,
        visits[stop.visit],
        _clock(stop.arrive_at),
        _clock(stop.leave_at) if stop.leave_at else None,
        span(stop.window) if stop.window else None,
        stop.name,
        stop.address,
        stop.phone,
        stop.access,
        stop.note,
        len(stop.boxes),
        len(stop.back),
        ", ".join(box.tag for box in (*stop.boxes, *stop.back)),
        round(stop.point.lat, 6) if stop.point else None,
        round(stop.point.lon, 6) if stop.point else None,
    ]


def _clock(moment: datetime) -> time:
    return moment.astimezone(BERLIN).time()
