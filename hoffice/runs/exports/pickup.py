"""A pick-up at the office as one event for the person's calendar (RFC 5545)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from hoffice.errors import N_
from hoffice.paper.words import speaks
from hoffice.runs.exports.calendar import EPOCH, PRODUCT
from hoffice.wording.plain import one_line


@dataclass(frozen=True, slots=True)
class PickupFacts:
    """Who comes when and where to; ``uid`` stays the same when the time changes."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    company: str
    place: str
    language: str


def pickup_file(facts: PickupFacts) -> bytes:
    """The event; a later file counts as a later version of the same one."""
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
    event.add("sequence", int((made_at - EPOCH).total_seconds() // 60))
    event.add("dtstart", facts.starts_at.astimezone(UTC))
    event.add("dtend", facts.ends_at.astimezone(UTC))
    event.add("summary", _(N_("Pick up my workplace")) + f" ({one_line(facts.company)})")
    event.add("location", one_line(facts.place))
    event.add("description", _(N_("Bring an identity card.")))
    event.add("class", "PRIVATE")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
