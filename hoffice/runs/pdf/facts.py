"""What papers and files about a run are made from; no database stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby

from hoffice.paper.sheet import Letterhead
from hoffice.units import Point, Window


class Visit(StrEnum):
    """What happens at a stop."""

    DELIVER = "deliver"
    PICK_UP = "pick_up"
    SWAP = "swap"


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """One box: `2 of 3`, its tag, whether it breaks, and what it takes up (0: not known)."""

    number: int
    of: int
    tag: str
    is_fragile: bool = False
    litres: int = 0
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class StopFacts:
    """One door, as the crew needs to know it."""

    position: int
    visit: Visit
    arrive_at: datetime
    """When the visit is planned to begin."""
    name: str
    address: str
    postcode: str = ""
    trip: int = 1
    leave_at: datetime | None = None
    window: Window | None = None
    phone: str = ""
    access: str = ""
    note: str = ""
    boxes: tuple[BoxFacts, ...] = ()
    """What goes in."""
    back: tuple[BoxFacts, ...] = ()
    """What comes back."""
    minutes: int | None = None
    url: str = ""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A break of the crew."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class VanFacts:
    """The van and what fits in; 0 where nobody has said it."""

    name: str
    plate: str = ""
    boxes: int = 0
    litres: int = 0
    kg: int = 0


@dataclass(frozen=True, slots=True)
class Trip:
    """What the van does between two loadings."""

    number: int
    stops: tuple[StopFacts, ...]

    @property
    def boxes(self) -> tuple[BoxFacts, ...]:
        """Everything that is loaded for this trip."""
        return tuple(box for stop in self.stops for box in stop.boxes)

    @property
    def back(self) -> int:
        """How many boxes come back."""
        return sum(len(stop.back) for stop in self.stops)

    def most_boxes(self) -> int:
        """How many boxes stand in the van at its fullest: out at the start, or after a pick-up."""
        now = most = len(self.boxes)
        for stop in self.stops:
            now += len(stop.back) - len(stop.boxes)
            most = max(most, now)
        return most

    def loading_order(self) -> Iterator[tuple[StopFacts, BoxFacts]]:
        """The last stop's boxes first, so that they stand deepest.

        Of one stop the heavy ones come first and what breaks comes last, on top.
        """
        for stop in reversed(self.stops):
            for box in sorted(
                stop.boxes, key=lambda box: (box.is_fragile, -box.weight_g, box.number)
            ):
                yield stop, box


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run of one day; ``number`` gives colour and shape as on the map."""

    number: int
    name: str
    on: date
    van: VanFacts
    crew: tuple[str, ...]
    letterhead: Letterhead
    depot_name: str
    starts_at: datetime
    ends_at: datetime
    stops: tuple[StopFacts, ...]
    made_at: datetime
    depot_address: str = ""
    pauses: tuple[Pause, ...] = ()
    language: str = "de"
    depot: Point | None = None
    kilometres: float | None = None
    office_phone: str = ""
    uid: str = ""
    """The run's name in calendars, the same for ever; see ``exports.calendar``."""
    url: str = ""

    @property
    def trips(self) -> tuple[Trip, ...]:
        """The stops of each loading, in the order of the day."""
        return tuple(
            Trip(number, tuple(stops))
            for number, stops in groupby(self.stops, key=lambda stop: stop.trip)
        )

    @property
    def box_count(self) -> int:
        """How many boxes go out."""
        return sum(len(stop.boxes) for stop in self.stops)

    def pauses_before(self, stop: StopFacts) -> tuple[Pause, ...]:
        """The breaks between the stop before and this one."""
        at = self.stops.index(stop)
        since = self.stops[at - 1].arrive_at if at else None
        return tuple(
            pause
            for pause in self.pauses
            if pause.starts_at < stop.arrive_at and (since is None or pause.starts_at >= since)
        )

    def pauses_at_the_end(self) -> tuple[Pause, ...]:
        """The breaks after the last stop."""
        last = self.stops[-1].arrive_at if self.stops else self.starts_at
        return tuple(pause for pause in self.pauses if pause.starts_at >= last)
