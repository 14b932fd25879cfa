"""Windows to choose from: those that cost the plan least, each proved with everybody in it.

Two of the windows lie round the same visit, the one that costs nothing or least, and the others
are the cheapest visits on other dates: what a campaign costs depends on over how many different
visits people spread. See docs/planning.md#windows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from hoffice.runs.planning.board import Routes
from hoffice.runs.planning.frame import Day, Frame
from hoffice.runs.planning.problem import Window
from hoffice.runs.planning.schedule import Miss, Timed, Trips, timed

from .further import Search, searched
from .ways import Way, Ways, leeway

WIDTH_MIN: Final = 120
GRID_MIN: Final = 30
SEARCH_GRID_MIN: Final = 60
"""An engine is asked for fewer windows, as each of them is one stop more to it."""

_RELAXED: Final = ((60, 0), (30, 0))
_RELAXED_AFRESH: Final = ((60, 120), (60, 60), (30, 30))
"""How many minutes apart two windows of one date begin, from each other and from those refused;
the second and third only if nothing else is left."""

PAIR: Final = 2
"""So many windows lie round the cheapest visit."""


@dataclass(frozen=True)
class Offer:
    """A window, who would come when, what it costs the whole plan, and the plan that keeps it.

    ``routes`` holds the changed shifts only. ``opens_day`` is true in the price of somebody who
    insists, never in what is offered; ``is_own`` says that the provisional visit stays as it is.
    Minutes are of driving and loading.
    """

    window: Window
    van: str
    start: int
    detour_min: float
    detour_km: float
    opens_day: bool
    is_own: bool
    routes: Mapping[int, Trips]


@dataclass(frozen=True)
class _Slot:
    """A window that one way may keep; ``room`` is the time service can begin in, in seconds."""

    way: Way
    window: Window
    room: int


def offers(  # noqa: PLR0913  # what a set of offers depends on
    frame: Frame,
    routes: Routes,
    node: int,
    *,
    count: int = 3,
    refused: Sequence[Window] = (),
    earliest: tuple[date, int] | None = None,
    search: Search | None = None,
) -> list[Offer]:
    """``count`` windows for a node if there are so many, on two dates if that can be.

    ``routes`` must serve everybody who was promised something: they are the proof that it can be
    kept, and each offer brings another one. ``refused`` windows are not offered again, nor
    anything that begins before ``earliest``. No offer opens a van-day that is not booked.
    ``search``, an engine's, takes its seconds and is asked only if the set would not be complete.
    """
    choice = _Choice(frame, routes, node, refused=refused, after=earliest)
    made = choice.made(count)
    for _ in range(count):
        if search is None or is_complete(made, count) or not choice.look_further(search, count):
            break
        made = choice.made(count)
    return made


def is_complete(made: Sequence[Offer], count: int = 3) -> bool:
    """Whether these are as many as asked for, and on two dates."""
    return len(made) >= count and (count == 1 or len({one.window.day for one in made}) > 1)


class _Choice:
    """One set of offers in the making."""

    def __init__(
        self,
        frame: Frame,
        routes: Routes,
        node: int,
        *,
        refused: Sequence[Window],
        after: tuple[date, int] | None,
    ) -> None:
        self.frame = frame
        self.routes = routes
        self.node = node
        self.ways = Ways(frame, routes, node).all()
        self.refused = refused
        self.after = after
        self.chosen: list[Offer] = []
        self._apart = self._afresh = 0
        self._slots: dict[int, list[_Slot]] = {}

    def made(self, count: int) -> list[Offer]:
        """The set: round the cheapest visit first, then another date, then whatever is left."""
        self.chosen = []
        for apart, afresh in _RELAXED_AFRESH if self.refused else _RELAXED:
            self._apart, self._afresh = apart, afresh
            if not self.chosen:
                self._first_visit(count)
            if len(self.chosen) < count or (count > 1 and len(self._dates()) == 1):
                self._other_date(count)
        for apart, afresh in _RELAXED_AFRESH if self.refused else _RELAXED:
            self._apart, self._afresh = apart, afresh
            self._fill(count)
        return self.chosen

    def look_further(self, search: Search, count: int) -> bool:
        """Ask an engine for a way to one of the windows that are missing; False if it knows none.

        She may come in on any date in use that is not among the chosen ones, or, if those are two
        already, at any time apart from what is chosen and refused.
        """
        dates = self._dates() if len(self._dates()) == 1 < count else set()
        self._apart, self._afresh = _RELAXED_AFRESH[0] if self.refused else _RELAXED[0]
        used = (index for index, trips in self.routes.items() if any(trips))
        wanted = {
            window
            for index in {*used, *(day.index for day in self.frame.days if day.opening == 0)}
            for window in windows_of(
                self.frame, self.frame.days[index], self.node, self.after, grid=SEARCH_GRID_MIN
            )
            if window.day not in dates and self._is_apart(window)
        }
        way = searched(self.frame, self.routes, self.node, wanted, search) if wanted else None
        if way is None or way.opens:
            return False
        self.ways = [*self.ways, way]
        return any(self._is_apart(slot.window) for slot in self._windows(way))

    def _dates(self) -> set[date]:
        return {offer.window.day for offer in self.chosen}

    def _first_visit(self, count: int) -> None:
        """Two windows round the cheapest visit, but one if it is to be followed by one other."""
        for number in range(len(self.ways)):
            self._take(number, 1 if count < PAIR + 1 else PAIR)
            if self.chosen:
                return

    def _other_date(self, count: int) -> None:
        """The cheapest visit on another date."""
        if count == 1 or not self.chosen or len(self._dates()) > 1:
            return
        dates = self._dates()
        for number, way in enumerate(self.ways):
            if self.frame.days[way.day].shift.day not in dates:
                before = len(self.chosen)
                self._take(number, 1)
                if len(self.chosen) > before:
                    return

    def _fill(self, count: int) -> None:
        for number in range(len(self.ways)):
            if len(self.chosen) >= count:
                return
            self._take(number, count - len(self.chosen))

    def _take(self, number: int, most: int) -> None:
        """Offer as many windows of this way as are asked for."""
        if number not in self._slots:
            self._slots[number] = list(self._windows(self.ways[number]))
        slots = [slot for slot in self._slots[number] if self._is_apart(slot.window)]
        for slot in _spread(slots, most, self._apart):
            offer = prove(self.frame, self.routes, self.node, slot.way, slot.window)
            if offer:
                self.chosen.append(offer)

    def _is_apart(self, window: Window) -> bool:
        return not any(
            window.day == offer.window.day and abs(window.start - offer.window.start) < self._apart
            for offer in self.chosen
        ) and not any(
            window.day == old.day
            and (window == old or abs(window.start - old.start) < self._afresh)
            for old in self.refused
        )

    def _windows(self, way: Way) -> Iterable[_Slot]:
        day = self.frame.days[way.day]
        trips = way.routes.get(way.day) or self.routes[way.day]
        span = leeway(self.frame, day, trips, self.node)
        if span is None:
            return
        first, last = span
        for window in windows_of(self.frame, day, self.node, self.after):
            opens, closes = (day.clock.seconds(m) for m in (window.start, window.end))
            room = min(day.squeeze(closes), last) - max(day.squeeze(opens), first)
            if room >= 0:
                # How far the visit could still slip either way, were nothing else in the way.
                begin = max(day.squeeze(opens), first)
                edge = min(begin - day.squeeze(opens), day.squeeze(closes) - begin)
                yield _Slot(way, window, room * 4 + edge)


def _spread(slots: list[_Slot], most: int, apart: int) -> list[_Slot]:
    """The roomiest windows of one visit, so far apart."""
    if most <= 0:
        return []
    if most == 1 or len(slots) == 1:
        return sorted(slots, key=lambda slot: (-slot.room, slot.window.start))[:1]
    pairs = [
        (min(one.room, two.room), one.room + two.room, -one.window.start, one, two)
        for one in slots
        for two in slots
        if two.window.start - one.window.start >= apart
    ]
    if not pairs:
        return _spread(slots, 1, apart)
    best = max(pairs, key=lambda pair: pair[:3])
    return [best[3], best[4]]


def windows_of(
    frame: Frame, day: Day, node: int, after: tuple[date, int] | None, *, grid: int = GRID_MIN
) -> list[Window]:
    """The windows of a shift that may be offered to a node: on the grid, inside her own times."""
    shift = day.shift
    if after and shift.day < after[0]:
        return []
    floor = after[1] if after and shift.day == after[0] else 0
    own = [window for window in frame.stop(node).windows if window.day == shift.day]
    spans = [(max(w.start, shift.start), min(w.end, shift.end)) for w in own]
    if not frame.stop(node).windows:
        spans = [(shift.start, shift.end)]
    found = set()
    for start, end in spans:
        first = max(start, floor)
        if end <= first:
            continue
        if end - first < WIDTH_MIN:
            found.add((first, end))
            continue
        on_grid = -(-first // grid) * grid
        found |= {(at, at + WIDTH_MIN) for at in range(on_grid, end - WIDTH_MIN + 1, grid)}
        if on_grid > end - WIDTH_MIN:
            found.add((first, first + WIDTH_MIN))
    return [Window(shift.day, start, end) for start, end in sorted(found)]


def prove(frame: Frame, routes: Routes, node: int, way: Way, window: Window) -> Offer | None:
    """The offer, if every changed route can be driven to the minute with the window promised."""
    promised = frame.with_windows(node, (window,))
    runs: dict[int, Timed] = {}
    changed: Routes = way.routes or {way.day: routes[way.day]}
    for index, trips in changed.items():
        if not any(trips):
            continue
        run = timed(promised, promised.days[index], trips, thorough=False)
        if isinstance(run, Miss):
            return None
        runs[index] = run
    day = frame.days[way.day]
    begin = runs[way.day].begins[runs[way.day].sequence.index(node)]
    seconds = metres = 0
    for index, trips in way.routes.items():
        for sign, driven in ((1, trips), (-1, routes.get(index, ()))):
            more, further = _driven(frame, frame.days[index], driven)
            seconds += sign * more
            metres += sign * further
    return Offer(
        window,
        day.shift.van,
        day.clock.minute(begin),
        round(seconds / 60, 1),
        round(metres / 1000, 1),
        way.opens,
        not way.routes,
        {index: [list(trip) for trip in trips] for index, trips in way.routes.items()},
    )


def _driven(frame: Frame, day: Day, trips: Trips) -> tuple[int, int]:
    """Seconds of driving and loading, and metres."""
    if not any(trips):
        return 0, 0
    nodes = [day.origin]
    for index, trip in enumerate(trips):
        nodes += [0, *trip] if index else trip
    nodes.append(0)
    legs = list(pairwise(nodes))
    seconds = sum(frame.seconds[a][b] for a, b in legs) + len(trips) * day.load
    return seconds, sum(frame.metres[a][b] for a, b in legs)
