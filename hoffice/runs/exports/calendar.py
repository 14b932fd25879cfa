"""A run as one event for the crew's calendar (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime

from hoffice.errors import N_
from hoffice.paper.words import Speak, speaks, time_of_day
from hoffice.runs.exports.labels import label
from hoffice.runs.pdf.facts import Pause, RunFacts, StopFacts
from hoffice.wording.plain import one_line

PRODUCT = "-//hoffice//runs//DE"
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
"""Where the count of versions begins."""


def calendar_file(facts: RunFacts) -> bytes:
    """One event from the first box to the way home, in UTC; its ``facts.uid`` never changes.

    A later file counts as a later version of the same event (``SEQUENCE`` is the minutes since
    2020), so a calendar that is given it again moves the event instead of adding a second one.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415  # slow to load

    _ = speaks(facts.language)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    made_at = facts.made_at.astimezone(UTC)
    event = Event()
    event.add("uid", facts.uid)
    event.add("dtstamp", made_at)
    event.add("last-modified", made_at)
    event.add("sequence", int((made_at - EPOCH).total_seconds() // 60))
    event.add("dtstart", facts.starts_at.astimezone(UTC))
    event.add("dtend", facts.ends_at.astimezone(UTC))
    summary = _(N_("Run %(van)s: %(stops)s stops"))
    event.add("summary", summary % {"van": one_line(facts.van.name), "stops": len(facts.stops)})
    place = ", ".join(filter(None, (facts.depot_name, facts.depot_address)))
    if place:
        event.add("location", one_line(place))
    if facts.depot is not None:
        event.add("geo", (facts.depot.lat, facts.depot.lon))
    event.add("description", "\n".join(_lines(facts, _)))
    if facts.url:
        event.add("url", facts.url)
    event.add("status", "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _lines(facts: RunFacts, _: Speak) -> list[str]:
    """The day line by line: number, time and postcode of each stop, and the breaks."""
    trips = facts.trips
    lines = []
    for trip in trips:
        if len(trips) > 1:
            told = _(N_("Trip %(number)s, %(boxes)s boxes"))
            lines.append(told % {"number": trip.number, "boxes": len(trip.boxes)})
        for stop in trip.stops:
            lines += [_break(pause, _) for pause in facts.pauses_before(stop)]
            lines.append(_stop(stop, _))
    return lines + [_break(pause, _) for pause in facts.pauses_at_the_end()]


def _stop(stop: StopFacts, _: Speak) -> str:
    boxes = _(N_("boxes: %(count)s")) % {"count": len(stop.boxes) + len(stop.back)}
    return f"{time_of_day(stop.arrive_at)} · {label(stop)} · {boxes}"


def _break(pause: Pause, _: Speak) -> str:
    span = f"{time_of_day(pause.starts_at)}–{time_of_day(pause.ends_at)}"
    return _(N_("%(span)s Break")) % {"span": span}
