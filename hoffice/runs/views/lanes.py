"""Runs and routes as lanes: every minute of the day from the first box to the way home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice import clock
from hoffice.people.models import AtHome
from hoffice.runs import queries, rules
from hoffice.runs.models import Depot, Run, Shift, Stop
from hoffice.runs.planning.plan import Route
from hoffice.runs.rules import RunState, StopState
from hoffice.runs.views.blueprint import person_url
from hoffice.web import formats

SHAPES = 8
"""Colour, shape and stroke repeat after so many runs."""

FREE_FROM_MIN = 45
"""Less than that at the end of a day is no room for anybody."""

CHIPS: dict[RunState, str] = {
    RunState.DRAFT: "open",
    RunState.PLANNED: "open",
    RunState.PROMISED: "ready",
    RunState.LOADING: "waiting",
    RunState.LOCKED: "ready",
    RunState.UNDER_WAY: "waiting",
    RunState.CLOSED: "done",
}
"""How each state of a run looks."""

Said = Mapping[int, Sequence[AtHome]]
"""When people say to be at home, by employee."""


@dataclass(frozen=True, slots=True)
class Drive:
    """One stop as it is driven: which trip, at the door, begin of service, off again."""

    stop: Stop
    trip: int
    arrive: int
    start: int
    leave: int


@dataclass(frozen=True, slots=True)
class Window:
    """When the van may come: promised, or as the person said; ``short`` fits into a lane."""

    text: str
    short: str
    is_promised: bool = False
    is_missed: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop in a lane."""

    position: int
    stop: Stop
    start: int
    window: Window
    url: str | None
    is_moved: bool
    """The person lives elsewhere by now."""

    @property
    def ended(self) -> str:
        """How the stop has ended, in a word; nothing while it is still ahead."""
        state = self.stop.state
        return str(_(rules.STOP_STATE_LABELS[state])) if state in rules.STOP_ENDED else ""

    @property
    def ended_as(self) -> str:
        """How that looks as a chip."""
        return "problem" if self.stop.state is StopState.FAILED else "done"

    @property
    def boxes(self) -> str:
        """How many boxes go in here."""
        count = len(self.stop.kit.boxes)
        return str(ngettext("%(num)s box", "%(num)s boxes", count))


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happens in a lane: load, leg, pause, wait, stop, home or free."""

    kind: str
    minutes: int = 0
    at: int = 0
    visit: Visit | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """One van on one day."""

    number: int
    shift: Shift
    start: int
    end: int
    metres: int
    work_min: int
    entries: tuple[Entry, ...]
    run: Run | None = None

    @property
    def tour(self) -> str:
        """The class that gives colour and shape."""
        return f"tour-{(self.number - 1) % SHAPES + 1}"

    @property
    def visits(self) -> list[Visit]:
        """The stops in their order."""
        return [entry.visit for entry in self.entries if entry.visit is not None]

    @property
    def is_empty(self) -> bool:
        """Nothing is planned on this shift yet."""
        return not self.visits

    @property
    def crew(self) -> str:
        """The van and who is in it."""
        shift = self.shift
        people = (shift.driver.name if shift.driver else "", shift.crew_note)
        return " · ".join([shift.van.name, *filter(None, [", ".join(filter(None, people))])])

    @property
    def name(self) -> str:
        """The run as the map's legend calls it."""
        return f"{formats.day(self.shift.on_date)} {self.shift.van.name}"

    @property
    def trips(self) -> int:
        """How often the van is loaded."""
        return len({visit.stop.trip for visit in self.visits}) if self.run else self._loadings

    @property
    def _loadings(self) -> int:
        return sum(1 for entry in self.entries if entry.kind in {"load", "reload"})

    @property
    def box_count(self) -> int:
        """How many boxes go out."""
        return sum(len(visit.stop.kit.boxes) for visit in self.visits)

    @property
    def box_places(self) -> int:
        """How many boxes fit into the van on all its trips."""
        return max(1, self.trips) * self.shift.van.boxes

    @property
    def boxes(self) -> str:
        """How full the van is."""
        count, most = self.box_count, self.shift.van.boxes
        if self.trips > 1:
            return str(_("%(count)s boxes on %(trips)s trips", count=count, trips=self.trips))
        return str(_("%(count)s of %(most)s boxes", count=count, most=most))

    @property
    def state(self) -> str:
        """How the run looks as a chip."""
        return CHIPS[self.run.state] if self.run else "open"

    @property
    def is_off(self) -> bool:
        """The van does not drive on this day."""
        return self.shift.off_at is not None

    @property
    def state_text(self) -> str:
        """Where the run stands, in a word."""
        if self.is_off:
            return str(_("does not drive"))
        if self.run is None:
            return str(_("not planned") if self.is_empty else _("proposal"))
        return str(_(rules.RUN_STATE_LABELS[self.run.state]))


def window_of(stop: Stop, on: date, start: int, said: Said) -> Window:
    """The promised window of a stop, or when the person says to be at home that day."""
    slot = stop.slot
    is_over = stop.state in rules.STOP_ENDED
    if slot is not None:
        missed = not is_over and not slot.start_min <= start <= slot.end_min
        return _window(slot.start_min, slot.end_min, is_promised=True, is_missed=missed)
    spans = said.get(stop.employee_id, [])
    if not spans:
        return Window(_("any time"), _("any time"))
    that_day = [span for span in spans if span.on_date == on]
    held = next((span for span in that_day if span.start_min <= start <= span.end_min), None)
    if held is None:
        return Window(_("not at home"), _("not at home"), is_missed=not is_over)
    return _window(held.start_min, held.end_min)


def _window(start: int, end: int, *, is_promised: bool = False, is_missed: bool = False) -> Window:
    short = "–".join(_hour(minute) for minute in (start, end))
    return Window(formats.window(start, end), short, is_promised, is_missed)


def _hour(minute: int) -> str:
    hours, minutes = divmod(minute, 60)
    return f"{hours}:{minutes:02d}" if minutes else str(hours)


def lane_of_shift(number: int, shift: Shift, run: Run | None, *, load_min: int, said: Said) -> Lane:
    """The lane of a shift with what is planned on it, if anything."""
    if run is None:
        free = Entry("free", shift.end_min - shift.start_min, shift.end_min)
        told = () if shift.off_at is not None else (free,)
        return Lane(number, shift, shift.start_min, shift.end_min, 0, 0, told)
    drives = _drives_of(run)
    entries = entries_of(
        drives,
        shift,
        start=run.start_min,
        end=run.end_min,
        breaks=run.breaks,
        load_min=load_min,
        said=said,
    )
    return Lane(
        number, shift, run.start_min, run.end_min, run.distance_m, run.work_min, entries, run
    )


def _drives_of(run: Run) -> list[Drive]:
    """The stops of a run in the order in which they are driven: first those that have ended.

    Those stand where they ended, at the minute at which they did.
    """
    drives = [
        Drive(stop, stop.trip, stop.arrive_min or 0, stop.start_min or 0, stop.leave_min or 0)
        for stop in run.stops
    ]
    over = [(minute, drive) for drive in drives if (minute := _ended_min(run, drive.stop))]
    ahead = [drive for drive in drives if not _ended_min(run, drive.stop)]
    told = []
    here = run.start_min
    for minute, drive in sorted(over, key=lambda pair: (pair[0], pair[1].stop.position or 0)):
        start = max(here, minute - max(0, drive.leave - drive.start))
        here = max(start, minute)
        told.append(replace(drive, arrive=start, start=start, leave=here))
    return [*told, *ahead]


def _ended_min(run: Run, stop: Stop) -> int | None:
    """The minute at which a stop ended on the day of its run."""
    if stop.state not in rules.STOP_ENDED or stop.ended_at is None:
        return None
    wall = stop.ended_at.astimezone(clock.BERLIN)
    return wall.hour * 60 + wall.minute if wall.date() == run.shift.on_date else None


def lane_of_route(  # noqa: PLR0913  # a route and what is known of its places
    number: int,
    shift: Shift,
    route: Route,
    stops: Mapping[int, Stop],
    *,
    load_min: int,
    said: Said,
) -> Lane:
    """The lane of a planned route that is no run yet."""
    drives = [
        Drive(stop, number_of_trip, visit.arrive, visit.start, visit.leave)
        for number_of_trip, trip in enumerate(route.trips, start=1)
        for visit in trip.stops
        if (stop := stops.get(queries.stop_number(visit.id))) is not None
    ]
    entries = entries_of(
        drives,
        shift,
        start=route.start,
        end=route.end,
        breaks=[(span.start, span.end) for span in route.breaks],
        load_min=load_min,
        said=said,
    )
    return Lane(
        number, shift, route.start, route.end, round(route.km * 1000), route.work_min, entries
    )


def entries_of(  # noqa: PLR0913  # a day has these facts
    drives: Sequence[Drive],
    shift: Shift,
    *,
    start: int,
    end: int,
    breaks: Iterable[Sequence[int]],
    load_min: int,
    said: Said,
) -> tuple[Entry, ...]:
    """Every minute of a day: loading, driving, breaks, waiting, doors, the way home, what is free.

    The way back to load again is part of the leg to the next stop.
    """
    pauses = sorted((pause[0], pause[1]) for pause in breaks)
    told: list[Entry] = []
    here, trip = start, 0

    def rest_until(moment: int) -> int:
        """Tell the breaks that begin before this minute; gives back how long they last."""
        taken = 0
        while pauses and pauses[0][0] < moment:
            begin, finish = pauses.pop(0)
            told.append(Entry("pause", finish - begin, begin))
            taken += finish - begin
        return taken

    for position, drive in enumerate(drives, start=1):
        if drive.trip != trip:
            told.append(Entry("reload" if trip else "load", load_min, here))
            if not trip:
                here += load_min
            trip = drive.trip
        place = len(told)
        resting = rest_until(drive.start)
        driving = max(0, drive.arrive - here - (resting if _rests_on_the_way(told, drive) else 0))
        waiting = max(0, drive.start - here - resting - driving)
        told.insert(place, Entry("leg", driving, here))
        if waiting:
            told.append(Entry("wait", waiting, drive.arrive))
        told.append(
            Entry(
                "stop",
                drive.leave - drive.start,
                drive.start,
                _visit(position, drive, window_of(drive.stop, shift.on_date, drive.start, said)),
            )
        )
        here = drive.leave
    place = len(told)
    resting = rest_until(end)
    told.insert(place, Entry("leg", max(0, end - here - resting), here))
    told.append(Entry("home", 0, end))
    if shift.end_min - end >= FREE_FROM_MIN:
        told.append(Entry("free", shift.end_min - end, shift.end_min))
    return tuple(told)


def _rests_on_the_way(told: Sequence[Entry], drive: Drive) -> bool:
    """Whether the break told last lies before the door is reached, not in front of it."""
    return bool(told) and told[-1].kind == "pause" and told[-1].at < drive.arrive


def _visit(position: int, drive: Drive, window: Window) -> Visit:
    stop = drive.stop
    return Visit(
        position,
        stop,
        drive.start,
        window,
        person_url(stop.employee_id),
        is_moved=stop.home.valid_to is not None,
    )


def map_of(depot: Depot | None, lanes: Iterable[Lane], loose: Iterable[Stop]) -> dict[str, Any]:
    """What the map draws: the depot, the runs, and the stops without a run."""
    driven = [lane for lane in lanes if not lane.is_empty]
    spots = [
        _spot(visit.stop, lane.number, visit.position, formats.clock_min(visit.start))
        for lane in driven
        for visit in lane.visits
        if visit.stop.home.lat is not None
    ]
    spots += [_spot(stop, None, 0, "") for stop in loose if stop.home.lat is not None]
    content: dict[str, Any] = {
        "runs": [
            {"run": lane.number, "name": lane.name, "line": _line(depot, lane)} for lane in driven
        ],
        "stops": spots,
    }
    if depot is not None:
        content["depot"] = {"lat": depot.lat, "lon": depot.lon, "name": depot.name}
    return content


def _line(depot: Depot | None, lane: Lane) -> list[tuple[float, float]]:
    """Where a run leads, straight from door to door, by the depot when the van loads again."""
    base = [] if depot is None else [(depot.lat, depot.lon)]
    line = list(base)
    for entry in lane.entries:
        if entry.kind == "reload":
            line += base
        elif entry.visit is not None:
            home = entry.visit.stop.home
            if home.lat is not None and home.lon is not None:
                line.append((home.lat, home.lon))
    return line + base


def _spot(stop: Stop, run: int | None, position: int, text: str) -> dict[str, Any]:
    home = stop.home
    spot: dict[str, Any] = {
        "id": stop.id,
        "lat": home.lat,
        "lon": home.lon,
        "n": position,
        "name": stop.employee.name,
        "text": " · ".join(filter(None, (text, home.street_line))),
        "precision": home.precision.value,
        "radius_m": home.radius_m,
        "url": person_url(stop.employee_id),
    }
    return spot if run is None else {**spot, "run": run}


def run_url(run: Run) -> str:
    """The page of a run."""
    return url_for("runs.run", run_id=run.id)
