"""Windows to choose from: two planned days whose people are asked, and what some of them answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hoffice.demo.loading.scene import IT, Scene
from hoffice.demo.loading.timetable import ASKED, ASKED_DAYS, Deed, Entry
from hoffice.errors import Refused
from hoffice.people import queries as people
from hoffice.places.service.legs import travel_times
from hoffice.runs import queries
from hoffice.runs.models import Stop
from hoffice.runs.planning.builder import complete
from hoffice.runs.planning.frame import Frame, Roads, legs_of
from hoffice.runs.rules import CONSENT_FROM_MIN, WINDOW_MIN
from hoffice.runs.service import moving, propose_stop, slots, timetable, wishes
from hoffice.runs.service.question import problem_of
from hoffice.runs.service.witness import write
from hoffice.units import Actor

WISH_DAY, WISH_MIN = 4, 14 * 60
"""The afternoon on which somebody insists: no van drives on that day yet."""
WISH = "Sonst bin ich bei meiner Mutter, sie braucht mich. Nur an diesem Nachmittag bin ich da."


@dataclass
class Campaign:
    """The deeds of a campaign; each can be done again without being done twice."""

    scene: Scene

    @property
    def deeds(self) -> dict[Deed, Callable[[Entry], None]]:
        """Which function does which deed."""
        return {
            Deed.ASK: self._ask,
            Deed.CHOOSE: self._choose,
            Deed.MOVE: self._move,
            Deed.WISH: self._wish,
        }

    def _roads(self) -> Roads:
        return travel_times(None)

    def _stop(self, number: str) -> Stop | None:
        employee = people.by_number(number)
        return None if employee is None else queries.open_stop_of(employee.id)

    def _ask(self, entry: Entry) -> None:
        """Plan the two days with our own builder, which is done at once, and invite everybody."""
        del entry
        by = self.scene.actor(IT)
        on = [self.scene.days.on(day) for day in ASKED_DAYS]
        shifts = [one for one in queries.shifts(min(on), to_date=max(on)) if one.on_date in on]
        if any(shift.run is not None for shift in shifts):
            return
        timetable.hold()
        employees = [found for number in ASKED if (found := people.by_number(number)) is not None]
        stops = [propose_stop(employee.id, by=by) for employee in employees]
        waiting = [stop for stop in stops if stop.run is None and stop.home.lat is not None]
        if not waiting:
            return
        problem = problem_of(shifts, waiting)
        frame = Frame(problem, legs_of(problem, self._roads()))
        runs = write(frame, complete(frame, {}), shifts)
        slots.invite(run_ids=[run.id for run in runs], by=by, book=self.scene.book)

    def _choose(self, entry: Entry) -> None:
        stop = self._stop(entry.who)
        if stop is None or stop.invited_at is None or stop.slot is not None:
            return
        roads, me = self._roads(), Actor.employee(stop.employee_id)
        choices = slots.windows_for(stop.id, roads=roads)
        slots.choose(choices, 0, roads=roads, by=me, book=self.scene.book)

    def _move(self, entry: Entry) -> None:
        """IT asks whether another window would do; the first that could be kept."""
        stop = self._stop(entry.who)
        if stop is None or stop.slot is None or queries.open_questions_of(stop.id)[0]:
            return
        roads, by, slot = self._roads(), self.scene.actor(IT), stop.slot
        for window in slots.windows_for(stop.id, roads=roads).windows:
            same_day = window.on_date == slot.shift.on_date
            if same_day and abs(window.start_min - slot.start_min) <= CONSENT_FROM_MIN:
                continue
            middle = window.start_min + WINDOW_MIN // 2
            try:
                moving.ask_to_move(
                    stop.id, window.shift_id, middle, by=by, book=self.scene.book, roads=roads
                )
            except Refused:
                continue
            return

    def _wish(self, entry: Entry) -> None:
        """Somebody calls and insists on an afternoon; it is written down for the dispatcher."""
        stop = self._stop(entry.who)
        if stop is None or stop.invited_at is None or stop.slot is not None:
            return
        if queries.open_questions_of(stop.id)[1] is None:
            wishes.insist(
                stop.id,
                self.scene.days.on(WISH_DAY),
                WISH_MIN,
                WISH_MIN + wishes.SPAN_MIN,
                by=self.scene.actor(IT),
                text=WISH,
            )
