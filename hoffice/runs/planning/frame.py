"""The problem as planners need it: indices instead of names, seconds and metres instead of texts.

Node 0 is the depot, node ``1 + n`` the n-th stop, then one node for each van under way. Times are
seconds that really pass from midnight of the shift's day, so a day on which the clocks change is
as long as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from hoffice.errors import N_

from .plan import Travel
from .problem import Amount, Matrices, Point, Problem, Shift, Stop, Window
from .shape import MINUTES_PER_DAY, Malformed

SIX_HOURS: Final = 6 * 3600
NINE_HOURS: Final = 9 * 3600
SHORT_PAUSE: Final = 30 * 60
LONG_PAUSE: Final = 45 * 60
PIECE: Final = 15 * 60
"""§ 4 ArbZG: more than six hours of work need 30 minutes of break, more than nine 45, in pieces of
at least 15 minutes, and nobody works longer than six hours in a row."""

VAN_DAY: Final = 300_000
"""What opening one more van-day costs, in metres plus seconds.

Enough that a day is never opened to save kilometres; with ten times as much (and prizes in step)
the engine drove 8 to 18 % farther in two runs, as its penalties must still outweigh it.
See docs/plan-format.md#what-a-plan-costs.
"""

CHEAPEST_VAN: Final = 0.5
DEAREST_VAN: Final = 2.0
"""A van-day that costs less or more than the others is opened sooner or later, within bounds."""

_NOON: Final = 12 * 60

Windows = tuple[tuple[int, int], ...]
"""When service may start: spans of seconds in order, none touching another one or another day."""


class Legs(Protocol):
    """Minutes and kilometres among the points of a problem, row to column."""

    @property
    def minutes(self) -> tuple[tuple[float, ...], ...]:
        """Minutes from row to column."""

    @property
    def km(self) -> tuple[tuple[float, ...], ...]:
        """Kilometres from row to column."""


class Remark(Protocol):
    """Something to be said beside travel times: an English text with places, and its facts."""

    @property
    def text(self) -> str:
        """What is said."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What belongs into its places."""


class Answer(Legs, Protocol):
    """Legs that somebody has worked out, and how sure he is."""

    @property
    def model(self) -> str:
        """Who says so."""

    @property
    def uncertainty(self) -> float | None:
        """With 0.27, nine in ten drives lie within ±27 %."""

    @property
    def notes(self) -> Sequence[Remark]:
        """What must be said beside the times."""


class Roads(Protocol):
    """Whoever knows how long it takes from door to door."""

    def matrix(self, points: tuple[Point, ...]) -> Answer:
        """Minutes and kilometres among the points."""


NO_ENGINES: Final[Mapping[str, Roads]] = {}


def ask(
    problem: Problem, roads: Roads, engines: Mapping[str, Roads] = NO_ENGINES
) -> tuple[Legs, Travel | None]:
    """The matrices of the problem if it brings its own, else what the roads say, and how sure.

    ``roads`` is the default model; ``engines`` are those that a problem may name besides. Raises
    ``Malformed`` for any other name.
    """
    if isinstance(problem.travel, Matrices):
        return problem.travel, None
    said = roads_of(problem.travel, roads, engines).matrix(problem.points())
    notes = tuple((note.text, note.facts) for note in said.notes)
    return said, Travel(said.model, said.uncertainty, notes)


def roads_of(model: str, roads: Roads, engines: Mapping[str, Roads] = NO_ENGINES) -> Roads:
    """Who knows the roads under this name; ``Malformed`` if nobody does."""
    asked = {"default": roads, **engines}.get(model)
    if asked is None:
        raise Malformed("travel.model", N_("the travel model %(model)s is not set up"), model=model)
    return asked


def legs_of(problem: Problem, roads: Roads, engines: Mapping[str, Roads] = NO_ENGINES) -> Legs:
    """The matrices of the problem if it brings its own, else what the roads say."""
    return ask(problem, roads, engines)[0]


class Clock:
    """Wall time and real seconds of one day in one zone; the two differ when the clocks change."""

    def __init__(self, day: date, zone: ZoneInfo) -> None:
        self._midnight = datetime.combine(day, time(), zone).astimezone(UTC)
        self._day = day
        self.zone = zone

    def seconds(self, minute: float) -> int:
        """Real seconds since midnight at this minute of the wall clock.

        A minute that the clock jumps over is the first one after the jump.
        """
        moment = self._moment(int(minute))
        return int((moment - self._midnight).total_seconds())

    def _moment(self, minute: int) -> datetime:
        hours, minutes = divmod(minute, 60)
        wall = time(hours, minutes)
        moment = datetime.combine(self._day, wall, self.zone).astimezone(UTC)
        is_jumped_over = moment.astimezone(self.zone).time() != wall
        if is_jumped_over and minute + 1 < MINUTES_PER_DAY:
            return self._moment(minute + 1)
        return moment

    def minute(self, seconds: int) -> int:
        """The minute of the wall clock; a minute that has begun counts as a whole one."""
        moment = datetime.fromtimestamp(self._midnight.timestamp() + seconds, self.zone)
        return moment.hour * 60 + moment.minute + (moment.second > 0)


@dataclass(frozen=True)
class Day:
    """One shift in seconds; ``open`` says when it may serve each node, () = never."""

    index: int
    shift: Shift
    clock: Clock
    start: int
    end: int
    limit: int
    capacity: Amount
    origin: int
    load: int
    worked: int
    stretch: int
    rested: int
    aboard: tuple[int, ...]
    ranks: tuple[dict[int, int], ...]
    open: tuple[Windows, ...]
    has_breaks: bool
    pause: int
    pause_at: int
    opening: int

    @property
    def is_begun(self) -> bool:
        """The van is on the road: it starts where it is, with what it has."""
        return self.shift.begun is not None

    def squeeze(self, second: int) -> int:
        """Break-free clock: the second as if the lawful break at ``pause_at`` took no time."""
        return second if second <= self.pause_at else max(self.pause_at, second - self.pause)


class Frame:
    """The whole problem by index; made once for a problem and its legs."""

    def __init__(self, problem: Problem, legs: Legs) -> None:
        self.problem = problem
        self.legs = legs
        self.seconds = [[round(cell * 60) for cell in row] for row in legs.minutes]
        self.metres = [[round(cell * 1000) for cell in row] for row in legs.km]
        self.stops = problem.stops
        self.size = 1 + len(self.stops)
        self.node = {stop.id: 1 + index for index, stop in enumerate(self.stops)}
        none = Amount()
        tail = len(problem.points()) - self.size
        self.out = [none, *(stop.out for stop in self.stops), *[none] * tail]
        self.back = [none, *(stop.back for stop in self.stops), *[none] * tail]
        self.takes_back = [amount != none for amount in self.back]
        self.service = [0, *(round(stop.service_min * 60) for stop in self.stops), *[0] * tail]
        self._carrier = {
            stop: shift.key
            for shift in problem.shifts
            if shift.begun
            for stop in shift.begun.on_board
        }
        self.days = self._days()

    def stop(self, node: int) -> Stop:
        """The stop behind a node."""
        return self.stops[node - 1]

    def with_windows(self, node: int, windows: tuple[Window, ...]) -> Frame:
        """The same frame, but for the windows of one stop; everything else is shared."""
        changed = replace(self.stop(node), windows=windows)
        stops = (*self.stops[: node - 1], changed, *self.stops[node:])
        made = copy(self)
        made.stops = stops
        made.problem = replace(self.problem, stops=stops)
        made.days = tuple(
            replace(
                day,
                open=(
                    *day.open[:node],
                    made._windows(changed, day.shift, day.clock, day.start, day.end),  # noqa: SLF001
                    *day.open[node + 1 :],
                ),
            )
            for day in self.days
        )
        return made

    def with_booked(self, days: Collection[int]) -> Frame:
        """The same frame with the van of these shifts booked: opening them costs nothing more."""
        made = copy(self)
        made.days = tuple(
            replace(day, opening=0) if day.index in days else day for day in self.days
        )
        return made

    def with_only(self, days: Collection[int]) -> Frame:
        """The same frame, but nobody may be served on any other shift."""
        made = copy(self)
        nothing: tuple[Windows, ...] = ((),) * self.size
        made.days = tuple(
            day if day.index in days else replace(day, open=nothing) for day in self.days
        )
        return made

    def _days(self) -> tuple[Day, ...]:
        zone = ZoneInfo(self.problem.timezone)
        origin = self.size
        days = []
        for index, shift in enumerate(self.problem.shifts):
            days.append(self._day(index, shift, Clock(shift.day, zone), origin))
            origin += shift.begun is not None
        return tuple(days)

    def _day(self, index: int, shift: Shift, clock: Clock, origin: int) -> Day:
        begun = shift.begun
        start, end = clock.seconds(shift.start), clock.seconds(shift.end)
        worked = stretch = rested = 0
        aboard: tuple[int, ...] = ()
        if begun:
            start = clock.seconds(begun.at)
            worked = stretch = round(begun.worked_min * 60)
            real = [span for span in begun.breaks if (span.end - span.start) * 60 >= PIECE]
            if real:
                stretch = min(stretch, start - clock.seconds(real[-1].end))
            rested = sum(clock.seconds(span.end) - clock.seconds(span.start) for span in real)
            aboard = tuple(self.node[stop] for stop in begun.on_board)
        limit = self.problem.limit_min(shift) * 60
        has_breaks = self.problem.rules.breaks is not None
        pause = _pause(end - start, worked, limit, rested) if has_breaks else 0
        earliest, latest = end - SIX_HOURS - pause, start - stretch + SIX_HOURS - PIECE
        noon = clock.seconds(_NOON)
        return Day(
            index=index,
            shift=shift,
            clock=clock,
            start=start,
            end=end,
            limit=limit,
            capacity=self.problem.van[shift.van].capacity,
            origin=origin if begun else 0,
            load=round(self.problem.depot.load_min_per_trip * 60),
            worked=worked,
            stretch=stretch,
            rested=rested,
            aboard=aboard,
            ranks=self._ranks(shift, aboard),
            open=((), *(self._windows(stop, shift, clock, start, end) for stop in self.stops)),
            has_breaks=has_breaks,
            pause=pause,
            pause_at=max(start, min(max(noon, earliest), max(earliest, latest))),
            opening=round(VAN_DAY * self._dearness(shift)),
        )

    def _dearness(self, shift: Shift) -> float:
        costs = [van.cost_cents_per_day for van in self.problem.vans]
        mean = sum(costs) / len(costs)
        if not mean:
            return 1
        mine = self.problem.van[shift.van].cost_cents_per_day
        return min(DEAREST_VAN, max(CHEAPEST_VAN, mine / mean))

    def _ranks(self, shift: Shift, aboard: tuple[int, ...]) -> tuple[dict[int, int], ...]:
        locked = {
            self.node[stop.id]: stop.lock.position
            for stop in self.stops
            if stop.lock
            and (stop.lock.van, stop.lock.day) == shift.key
            and stop.lock.position is not None
        }
        ranks = [locked] if locked else []
        if shift.begun and shift.begun.is_order_fixed:
            ranks.append({node: place for place, node in enumerate(aboard)})
        return tuple(ranks)

    def _windows(self, stop: Stop, shift: Shift, clock: Clock, start: int, end: int) -> Windows:
        van = self.problem.van[shift.van]
        if stop.crew > van.crew or stop.out.over(van.capacity) or stop.back.over(van.capacity):
            return ()
        if stop.lock and (stop.lock.van, stop.lock.day) != shift.key:
            return ()
        if self._carrier.get(stop.id, shift.key) != shift.key:
            return ()
        if not stop.windows:
            return ((start, end),)
        spans = sorted(
            (max(start, clock.seconds(window.start)), min(end, clock.seconds(window.end)))
            for window in stop.windows
            if window.day == shift.day
        )
        return _merged(span for span in spans if span[0] <= span[1])


def _merged(spans: Iterable[tuple[int, int]]) -> Windows:
    """The spans in order, those that overlap or touch as one."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return tuple(merged)


def _pause(span: int, worked: int, limit: int, rested: int) -> int:
    """How long the break of a shift must be that is worked to its end; 0 where none is needed."""
    work = min(worked + span, limit)
    if work <= SIX_HOURS:
        return 0
    need = SHORT_PAUSE if min(worked + span - SHORT_PAUSE, limit) <= NINE_HOURS else LONG_PAUSE
    return max(0, need - rested)
