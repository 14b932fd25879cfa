"""Who comes to the office when: a day by its quarters, a list, a time for somebody who calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from svcs.flask import get as door

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.links import LinkBook
from hoffice.errors import N_, Refused
from hoffice.handover.views.blueprint import READERS, held_back, ways
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.runs import queries, rules, service
from hoffice.runs.forms import quarter_in
from hoffice.runs.models import Booking, Counter, Stop
from hoffice.runs.rules import Way
from hoffice.web import formats, lists
from hoffice.web.deeds import after, tried
from hoffice.web.lists import Column, Filter
from hoffice.web.pages import translated

DAYS_SHOWN = 14
LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Row:
    """One quarter of an hour: who comes, and how many more could."""

    counter: Counter
    start_min: int
    bookings: Sequence[Booking]

    @property
    def free(self) -> int:
        """How many more people may come."""
        return self.counter.places - len(self.bookings)


@ways.get("/abholung")
@open_to(*READERS)
def counter() -> ResponseReturnValue:
    """One day at the counter, quarter by quarter, and who has not chosen a time yet."""
    today = clock.today()
    hours = queries.counters(today - LOOK_BACK)
    days = sorted({one.on_date for one in hours})
    day = _chosen(days, today)
    rows = _rows([one for one in hours if one.on_date == day])
    waiting = queries.waiting_on(Way.OFFICE)
    booked = [booking.stop for row in rows for booking in row.bookings]
    return render_template(
        "handover/counter.html",
        day=day,
        today=today,
        days=_near(days, day),
        rows=rows,
        waiting=waiting,
        held=held_back([*booked, *waiting]),
        people=len(booked),
        done=sum(stop.state in rules.STOP_ENDED for stop in booked),
        free=sum(row.free for row in rows),
        depot=queries.depot(),
        ended=rules.STOP_ENDED,
    )


def _chosen(days: Sequence[date], today: date) -> date | None:
    """The day that was asked for, else today or the next one with hours, else the last one."""
    wanted = request.args.get("tag", "")
    asked = next((day for day in days if day.isoformat() == wanted), None)
    ahead = next((day for day in days if day >= today), None)
    return asked or ahead or (days[-1] if days else None)


def _near(days: Sequence[date], day: date | None) -> Sequence[date]:
    """The days to choose from: around the one that is shown."""
    if day is None:
        return ()
    first = max(0, min(days.index(day) - 2, len(days) - DAYS_SHOWN))
    return days[first : first + DAYS_SHOWN]


def _rows(hours: Sequence[Counter]) -> list[Row]:
    found: dict[tuple[int, int], list[Booking]] = defaultdict(list)
    for booking in queries.bookings_at(one.id for one in hours):
        found[booking.counter_id, booking.start_min].append(booking)
    return [
        Row(one, start, found[one.id, start])
        for one in hours
        for start in rules.quarters_of(one.start_min, one.end_min)
    ]


@ways.get("/abholung/liste")
@open_to(*READERS)
def pickups() -> ResponseReturnValue:
    """Every pick-up that is booked, past and ahead."""
    today = clock.today()
    found = lists.listed(
        queries.bookings(),
        name=N_("Pick-ups"),
        columns=COLUMNS,
        key=Booking.id,
        search=people.search_names,
        filters=(
            Filter(
                "wann",
                N_("When"),
                [("neu", _("from today on")), ("alt", _("before today"))],
                lambda value: (
                    Counter.on_date >= today if value == "neu" else Counter.on_date < today
                ),
            ),
        ),
        sort="day",
    )
    if found.export:
        return lists.exported(found, found.export)
    return render_template("handover/pickups.html", listing=found, ended=rules.STOP_ENDED)


def _state(row: Booking) -> str:
    return str(_("picked up") if row.stop.state in rules.STOP_ENDED else _("booked"))


COLUMNS: tuple[Column[Booking], ...] = (
    Column(
        "day",
        N_("Day"),
        sort=(Counter.on_date, Booking.start_min),
        text=lambda row: row.counter.on_date,
    ),
    Column(
        "time",
        N_("Time"),
        sort=(Booking.start_min, Counter.on_date),
        text=lambda row: formats.clock_min(row.start_min),
    ),
    Column(
        "name",
        N_("Person"),
        sort=(Employee.last_name, Employee.first_name),
        text=lambda row: row.stop.employee.name,
    ),
    Column("boxes", N_("Boxes"), text=lambda row: len(row.stop.kit.boxes), end=True),
    Column("state", N_("State"), sort=(Stop.state,), text=_state),
)


@ways.route("/abholung/termin/<int:stop_id>", methods=["GET", "POST"])
@open_to(*READERS)
def appointment(stop_id: int) -> ResponseReturnValue:
    """Choose a time for somebody who calls, or another one."""
    error = ""
    if request.method == "POST":
        chosen = quarter_in(request.form.get("quarter", ""))
        if chosen is None:
            error = _("Choose a time.")
        else:
            booking = tried(
                lambda: service.rebook(stop_id, *chosen, by=current_actor(), links=door(LinkBook))
            )
            if isinstance(booking, Refused):
                error = translated(booking)
            else:
                flash(_("Booked. The confirmation goes out by mail."))
                day = queries.counter(booking.counter_id).on_date
                return redirect(url_for("ways.counter", tag=day.isoformat()), HTTPStatus.SEE_OTHER)
    page = render_template(
        "handover/appointment.html",
        stop=queries.stop(stop_id),
        days=service.by_day(service.free_quarters()),
        error=error,
        office=Way.OFFICE,
    )
    return page, HTTPStatus.CONFLICT if error else HTTPStatus.OK


@ways.post("/abholung/termin/<int:stop_id>/absagen")
@open_to(*READERS)
def cancel(stop_id: int) -> ResponseReturnValue:
    """Somebody does not come, or did not: she is asked by mail to choose another time."""
    return after(
        lambda: service.cancel_booking(stop_id, by=current_actor(), links=door(LinkBook)),
        _("Cancelled. The person is asked by mail to choose another time."),
        url_for("ways.counter"),
    )
