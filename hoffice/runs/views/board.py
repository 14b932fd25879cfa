"""The planner's board as the page and the answers show it: lanes, loose stops, totals, words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice import clock
from hoffice.errors import N_
from hoffice.people import queries as people
from hoffice.places.rules import Precision
from hoffice.runs import queries, rules
from hoffice.runs.models import Depot, Run, Shift, Stop
from hoffice.runs.planning.effects import Kind
from hoffice.runs.planning.findings import Code
from hoffice.runs.queries import slots as offered
from hoffice.runs.service.arrangement import Arranged, Effect, Fault, trips_of
from hoffice.runs.views.blueprint import person_url
from hoffice.runs.views.lanes import (
    Entry,
    Lane,
    Said,
    Visit,
    Window,
    lane_of_route,
    lane_of_shift,
    map_of,
    run_url,
)
from hoffice.runs.views.totals import Totals, VanDay, totals_of
from hoffice.web import formats

DAYS_SHOWN: Final = 5
DAYS_MOST: Final = 31

TEXTS: Final[Mapping[Code, str]] = {
    Code.OVERLOAD: N_("%(excess)s %(dimension)s too many"),
    Code.SMALL_CREW: N_("needs %(need)s people at the door, %(crew)s ride along"),
    Code.WRONG_SHIFT: N_("fixed to another run; release the stop first"),
    Code.WRONG_ORDER: N_("against the fixed order"),
    Code.NOT_ON_BOARD: N_("its boxes are not in this van"),
    Code.TOO_MUCH_WORK: N_("%(minutes)s of work, allowed are %(most)s (§ 3 ArbZG)"),
    Code.BREAK_MISSING: N_("%(minutes)s of break, the law wants %(need)s (§ 4 ArbZG)"),
    Code.LONG_STRETCH: N_("%(minutes)s of work without a break (§ 4 ArbZG)"),
    Code.LATE_END: N_("back at %(time)s, the shift ends at %(bound)s"),
}
"""What the checker finds, short enough for a card."""

_LENGTHS: Final = ("minutes", "most", "need")


@dataclass(frozen=True, slots=True)
class BoardFinding:
    """Something that breaks, in words."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class BoardStop:
    """One card."""

    stop: Stop
    id: int
    position: int
    start: int
    window: Window
    is_promised: bool
    is_fixed: bool
    is_movable: bool
    findings: tuple[BoardFinding, ...]
    consent: str | None
    """Who must agree first, where a promised window would be missed by far."""
    asked: str | None
    """Since when the person is asked to let the window move, while there is no answer."""
    ended: str
    """How the stop has ended, in a word."""
    ended_as: str
    url: str | None
    boxes: str


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """One thing that happens in a lane: load, reload, leg, pause, wait, stop, home or free."""

    kind: str
    minutes: int
    at: int
    stop: BoardStop | None = None
    metres: int = 0


@dataclass(frozen=True)
class BoardLane:
    """One van on one day."""

    lane: Lane
    run: Run | None
    is_open: bool
    """Whether its run may still change at all; it may be fixed all the same."""
    is_fixed: bool
    entries: tuple[BoardEntry, ...]
    findings: tuple[BoardFinding, ...]
    trips: list[list[int]]

    @property
    def shift(self) -> Shift:
        """The van and the day."""
        return self.lane.shift

    @property
    def number(self) -> int:
        """Its place on the board, from 1."""
        return self.lane.number

    @property
    def tour(self) -> str:
        """The class that gives colour and shape."""
        return self.lane.tour

    @property
    def crew(self) -> str:
        """The van and who is in it."""
        return self.lane.crew

    @property
    def start(self) -> int:
        """When it begins."""
        return self.lane.start

    @property
    def end(self) -> int:
        """When the van is back."""
        return self.lane.end

    @property
    def metres(self) -> int:
        """How far it drives."""
        return self.lane.metres

    @property
    def work_min(self) -> int:
        """How long the crew works."""
        return self.lane.work_min

    @property
    def box_count(self) -> int:
        """How many boxes go out."""
        return self.lane.box_count

    @property
    def box_places(self) -> int:
        """How many boxes fit in on all trips."""
        return max(1, len(self.trips)) * self.shift.van.boxes

    @property
    def boxes(self) -> str:
        """How full the van is; nothing for one that stays in the yard."""
        return self.lane.boxes if self.trips else ""

    @property
    def is_off(self) -> bool:
        """The van does not drive on this day."""
        return self.lane.is_off

    @property
    def state(self) -> str:
        """How the run looks as a chip."""
        return self.lane.state

    @property
    def state_text(self) -> str:
        """Where the run stands, in a word."""
        return self.lane.state_text


@dataclass(frozen=True, slots=True)
class LooseStop:
    """One stop without a run, and why it is so."""

    stop: Stop
    id: int
    state: str
    reason: str
    url: str | None
    action: str | None
    is_movable: bool


@dataclass(frozen=True, slots=True)
class BoardTotals:
    """What the shown days come to, and by how much more than what is saved."""

    runs: int
    stops: int
    metres: int
    work_min: int
    cents: int
    co2_g: int | None
    runs_more: int
    stops_more: int
    metres_more: int
    work_min_more: int
    cents_more: int
    co2_g_more: int | None

    @classmethod
    def of(cls, now: Totals, saved: Totals) -> BoardTotals:
        """These figures beside those."""
        is_known = now.co2_g is not None and saved.co2_g is not None
        return cls(
            now.runs,
            now.stops,
            now.metres,
            now.work_min,
            now.cents,
            now.co2_g,
            now.runs - saved.runs,
            now.stops - saved.stops,
            now.metres - saved.metres,
            now.work_min - saved.work_min,
            now.cents - saved.cents,
            (now.co2_g or 0) - (saved.co2_g or 0) if is_known else None,
        )


class Board:
    """The shown days as they are saved, or with an arrangement on top; read once, then drawn."""

    def __init__(
        self,
        days: Sequence[date],
        effect: Effect | None = None,
        *,
        drawn: Collection[int] | None = None,
    ) -> None:
        """``drawn`` are the lanes that are shown in full; without it all of them are."""
        self.days = days
        self.effect = effect
        self.depot: Depot | None = queries.depot()
        is_whole = drawn is None
        self.shifts = queries.board_shifts(days[0], days[-1], with_cards=is_whole) if days else []
        self._drawn = {shift.id for shift in self.shifts if is_whole or shift.id in (drawn or ())}
        self._arranged: Mapping[int, Arranged] = effect.lanes if effect else {}
        self._faults: Sequence[Fault] = effect.faults if effect else ()
        self.waiting = list(queries.board_waiting())
        self.today = clock.today()
        stops = self._stops(self._drawn - self._arranged.keys())
        if not is_whole and stops:
            queries.stops_by_id([stop.id for stop in stops])  # one statement instead of many
        if effect:
            stops += effect.stops.values()
        self._questions = offered.open_moves_of(stop.id for stop in stops)
        self.said: Said = people.at_home_of(
            {stop.employee_id for stop in (*stops, *self.waiting)}, self.today
        )

    def _stops(self, shifts: Collection[int]) -> list[Stop]:
        return [
            stop
            for shift in self.shifts
            if shift.run and shift.id in shifts
            for stop in shift.run.stops
        ]

    @cached_property
    def lanes(self) -> dict[int, BoardLane]:
        """Every shift that is drawn, by its number."""
        return {
            shift.id: self._lane(number, shift)
            for number, shift in enumerate(self.shifts, start=1)
            if shift.id in self._drawn
        }

    def _lane(self, number: int, shift: Shift) -> BoardLane:
        load_min = self.depot.load_min_per_trip if self.depot else 0
        arranged = self._arranged.get(shift.id)
        if arranged is None:
            lane = lane_of_shift(number, shift, shift.run, load_min=load_min, said=self.said)
        elif arranged.driven is None or self.effect is None:
            lane = lane_of_shift(number, shift, None, load_min=load_min, said=self.said)
        else:
            route, stops = arranged.driven.route, self.effect.stops
            lane = lane_of_route(number, shift, route, stops, load_min=load_min, said=self.said)
        run = shift.run
        is_shut = shift.on_date < self.today or lane.is_off
        is_open = not is_shut and (run is None or run.state in rules.RUN_OPEN_TO_PLANNING)
        is_fixed = run is not None and run.fixed_at is not None
        entries = tuple(
            BoardEntry(
                entry.kind,
                entry.minutes,
                entry.at,
                None
                if entry.visit is None
                else self._card(entry.visit, is_movable=is_open and not is_fixed),
            )
            for entry in lane.entries
        )
        findings = [
            fault for fault in self._faults if fault.shift == shift.id and not self._is_on(fault)
        ]
        return BoardLane(
            lane,
            run,
            is_open,
            is_fixed,
            entries,
            tuple(self._finding(fault) for fault in findings),
            self._trips(shift),
        )

    def _is_on(self, fault: Fault) -> bool:
        """Whether the fault is shown on the card of its stop."""
        return fault.stop is not None and not (self.effect and fault.stop in self.effect.loose)

    def _card(self, visit: Visit, *, is_movable: bool) -> BoardStop:
        stop = visit.stop
        faults = [fault for fault in self._faults if fault.stop == stop.id and self._is_on(fault)]
        consent = None
        if any(fault.needs_consent for fault in faults):
            consent = str(
                _("needs the consent of %(name)s to another window", name=stop.employee.name)
            )
        return BoardStop(
            stop,
            stop.id,
            visit.position,
            visit.start,
            visit.window,
            is_promised=stop.slot is not None,
            is_fixed=stop.fixed_at is not None,
            is_movable=is_movable and stop.fixed_at is None,
            findings=tuple(self._finding(fault) for fault in faults),
            consent=consent,
            asked=self._asked(stop),
            ended=visit.ended,
            ended_as=visit.ended_as,
            url=visit.url,
            boxes=visit.boxes,
        )

    def _asked(self, stop: Stop) -> str | None:
        """The open question to this person, in a sentence."""
        offer = self._questions.get(stop.id)
        if offer is None:
            return None
        return str(
            _(
                "asked on %(day)s for %(window)s, waits for an answer",
                day=formats.moment(offer.offered_at),
                window=formats.slot(offer.shift.on_date, offer.start_min, offer.end_min),
            )
        )

    def _finding(self, fault: Fault) -> BoardFinding:
        text = words_of(fault)
        return BoardFinding(fault.kind.value, text[:1].upper() + text[1:])

    @cached_property
    def loose(self) -> list[LooseStop]:
        """Who waits: those that have waited and have no place yet, and those taken out."""
        placed = self.effect.placed if self.effect else frozenset()
        waiting = [stop for stop in self.waiting if stop.id not in placed]
        out = [self.effect.stops[one] for one in self.effect.loose] if self.effect else []
        rows = [self._loose(stop) for stop in (*out, *waiting)]
        return sorted(rows, key=lambda row: (ORDER.index(row.state), row.id))

    def _loose(self, stop: Stop) -> LooseStop:
        url = person_url(stop.employee_id)
        clear_up = str(_("Clear up the address"))
        is_movable = stop.home.lat is not None
        state, reason, action = "ready", _("Ready for the next plan"), None
        if not is_movable:
            state, reason, action = "problem", _("No point on the map yet"), clear_up
        elif stop.slot is not None:
            state, reason = "problem", _("Promised, and without a run")
        elif stop.home.precision is Precision.POSTCODE:
            state, reason, action = "waiting", _("Only the postcode is known"), clear_up
        elif not self.said.get(stop.employee_id):
            state, reason = "open", _("No time given: any time is taken")
        return LooseStop(stop, stop.id, state, str(reason), url, action, is_movable)

    @cached_property
    def totals(self) -> BoardTotals:
        """What the shown days come to, beside what is saved."""
        return BoardTotals.of(
            totals_of(filter(None, (self._van_day(shift) for shift in self.shifts))),
            totals_of(filter(None, (_saved(shift) for shift in self.shifts))),
        )

    def _van_day(self, shift: Shift) -> VanDay | None:
        arranged = self._arranged.get(shift.id)
        if arranged is None:
            return _saved(shift)
        if arranged.driven is None:
            return None
        route = arranged.driven.route
        metres = round(route.km * 1000)
        return VanDay(shift.van, len(route.visits), metres, route.work_min)

    @property
    def arrangement(self) -> dict[str, list[list[int]]]:
        """The stops of every shift, trip by trip."""
        return {str(shift.id): self._trips(shift) for shift in self.shifts}

    def _trips(self, shift: Shift) -> list[list[int]]:
        arranged = self._arranged.get(shift.id)
        return [list(trip) for trip in arranged.trips] if arranged else trips_of(shift)

    @property
    def run_urls(self) -> dict[int, str]:
        """Where the run of each lane is shown, if there is one."""
        return {shift.id: run_url(shift.run) for shift in self.shifts if shift.run}

    @property
    def problems(self) -> list[dict[str, Any]]:
        """Everything that breaks, as the script wants it."""
        return [
            {
                "stop": fault.stop,
                "shift": fault.shift,
                "kind": fault.kind.value,
                "text": self._finding(fault).text,
            }
            for fault in self._faults
        ]

    @property
    def content(self) -> dict[str, Any]:
        """What the map draws."""
        lanes = [
            self.lanes[shift.id].lane if shift.id in self._drawn else _sketch(number, shift)
            for number, shift in enumerate(self.shifts, start=1)
        ]
        return map_of(self.depot, lanes, [row.stop for row in self.loose])

    @property
    def can_save(self) -> bool:
        """Whether nothing breaks that must hold."""
        return self.effect is None or self.effect.can_save

    @property
    def sentence(self) -> str:
        """How things stand, for the headline and for who listens."""
        if self._faults:
            first = self._finding(self._faults[0]).text
            names = self._names(self._faults[0])
            return str(
                ngettext(
                    "One thing breaks: %(where)s: %(first)s.",
                    "%(num)s things break. %(where)s: %(first)s.",
                    len(self._faults),
                    where=names,
                    first=first.removesuffix("."),
                )
            )
        if self.effect is None or not self._arranged:
            return self._standing()
        metres, work = self.totals.metres_more, self.totals.work_min_more
        return str(
            _(
                "Everything holds: %(km)s and %(work)s against what is saved.",
                km=_signed(metres, formats.km(abs(metres))),
                work=_signed(work, formats.minutes(abs(work))),
            )
        )

    def _standing(self) -> str:
        runs, waiting = len([s for s in self.shifts if s.run]), len(self.loose)
        planned = ngettext("One run is planned", "%(num)s runs are planned", runs)
        wait = (
            ngettext("one stop waits for a run", "%(num)s stops wait for a run", waiting)
            if waiting
            else _("no stop waits for one")
        )
        return str(_("%(planned)s, %(wait)s.", planned=planned, wait=wait))

    def _names(self, fault: Fault) -> str:
        """Whom or which van a fault is about."""
        if fault.stop is not None and self.effect and fault.stop in self.effect.stops:
            return self.effect.stops[fault.stop].employee.name
        lane = self.lanes.get(fault.shift or 0)
        return lane.lane.name if lane else ""


ORDER: Final = ("problem", "waiting", "open", "ready")


def _sketch(number: int, shift: Shift) -> Lane:
    """As much of a saved lane as the map draws."""
    run = shift.run
    if run is None:
        return Lane(number, shift, shift.start_min, shift.end_min, 0, 0, ())
    entries: list[Entry] = []
    trip = 1
    for stop in run.stops:
        if stop.trip != trip:
            entries.append(Entry("reload"))
            trip = stop.trip
        start = stop.start_min or 0
        visit = Visit(stop.position or 0, stop, start, Window("", ""), None, is_moved=False)
        entries.append(Entry("stop", at=start, visit=visit))
    return Lane(
        number,
        shift,
        run.start_min,
        run.end_min,
        run.distance_m,
        run.work_min,
        tuple(entries),
        run,
    )


def _saved(shift: Shift) -> VanDay | None:
    run = shift.run
    if run is None:
        return None
    return VanDay(shift.van, len(run.stops), run.distance_m, run.work_min)


def _signed(value: int, text: str) -> str:
    return f"{'−' if value < 0 else '+'}{text}"


def words_of(fault: Fault) -> str:
    """What breaks, in the reader's language and short enough for a card."""
    finding = fault.finding
    if finding is None:
        return str(_(fault.text, **fault.facts))
    if finding.code is Code.OUTSIDE_WINDOW:
        return _missed(fault)
    text = TEXTS.get(finding.code)
    values = dict(finding.values)
    if text is None:
        return str(_(finding.text)) % values
    if "dimension" in values:
        values["dimension"] = _(str(values["dimension"]))
    if finding.code is not Code.SMALL_CREW:
        for name in _LENGTHS:
            if name in values:
                values[name] = formats.minutes(float(str(values[name])))
    return str(_(text, **values))


def _missed(fault: Fault) -> str:
    """By how much a window is missed, promised or said."""
    is_promise, late = fault.kind is Kind.PROMISE, fault.late_min
    if late is None:
        return str(_("promised for another day") if is_promise else _("not at home on this day"))
    length = formats.minutes(abs(late))
    if late > 0:
        promised, said = N_("%(length)s after the promised window"), N_("%(length)s too late")
    else:
        promised, said = N_("%(length)s before the promised window"), N_("%(length)s too early")
    return str(_(promised if is_promise else said, length=length))
