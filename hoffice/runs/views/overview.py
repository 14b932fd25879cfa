"""How things stand: the days ahead as lanes, who waits for a run, and the list of all runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.errors import N_
from hoffice.people import queries as people
from hoffice.places.rules import Precision
from hoffice.runs import queries, rules, service
from hoffice.runs.models import Run, Shift, Stop, Van
from hoffice.runs.rules import RunState
from hoffice.runs.views.blueprint import READERS, bp, elsewhere, person_url
from hoffice.runs.views.lanes import CHIPS, Lane, Said, lane_of_shift, map_of
from hoffice.web import formats, lists
from hoffice.web.lists import Column, Filter

LANES_AT_ONCE = 4
"""More runs than shapes cannot be told apart on one map."""
DAYS_TO_CHOOSE = 14
LOOK_AHEAD = timedelta(days=120)
WAITING_SHOWN = 8
"""So many people without a run stand open; the rest is one click away."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One stop without a run, and why it is so."""

    stop: Stop
    state: str
    reason: str
    url: str | None
    action: str | None


@dataclass(frozen=True, slots=True)
class NextDay:
    """The next day on which a van drives."""

    day: date
    runs: int
    stops: int


@bp.get("/")
@open_to(*READERS)
def index() -> ResponseReturnValue:
    """How many wait, what is planned and promised, and the next days as lanes and on the map."""
    depot = queries.depot()
    vans = queries.vans()
    today = clock.today()
    shifts = queries.shifts(today, to_date=today + LOOK_AHEAD)
    days = sorted({shift.on_date for shift in shifts})
    chosen = _chosen(shifts, days)
    waiting = queries.unplanned_stops()
    runs = queries.runs_between(chosen[0], chosen[-1]) if chosen else []
    said = people.at_home_of(
        [stop.employee_id for stop in [*waiting, *(stop for run in runs for stop in run.stops)]],
        today,
    )
    load_min = depot.load_min_per_trip if depot else 0
    lanes = _lanes([s for s in shifts if s.on_date in chosen], runs, load_min=load_min, said=said)
    without_stop = queries.kits_without_stop()
    return render_template(
        "runs/index.html",
        depot=depot,
        vans=vans,
        shifts=shifts,
        counts=queries.open_stops(),
        next_day=_next(shifts),
        days=days[:DAYS_TO_CHOOSE],
        chosen=chosen,
        lanes=lanes,
        waiting=sorted((_waiting(stop, said) for stop in waiting), key=_urgency),
        waiting_shown=WAITING_SHOWN,
        in_vain=queries.promised_in_vain(),
        packed=without_stop,
        homeless=[kit.employee for kit in without_stop if kit.employee.home is None],
        content=map_of(depot, lanes, waiting),
        ways_url=elsewhere("ways.counter"),
        parcels_url=elsewhere("ways.parcels"),
    )


def _chosen(shifts: Sequence[Shift], days: Sequence[date]) -> list[date]:
    """The day the reader asks for, else the first days together until the lanes are too many."""
    wanted = request.args.get("tag", "")
    asked = next((day for day in days if day.isoformat() == wanted), None)
    if asked is not None:
        return [asked]
    per_day: dict[date, int] = defaultdict(int)
    for shift in shifts:
        per_day[shift.on_date] += 1
    chosen: list[date] = []
    lanes = 0
    for day in days:
        lanes += per_day[day]
        if chosen and lanes > LANES_AT_ONCE:
            break
        chosen.append(day)
    return chosen


def _lanes(
    shifts: Sequence[Shift], runs: Sequence[Run], *, load_min: int, said: Said
) -> list[Lane]:
    by_shift = {run.shift_id: run for run in runs}
    return [
        lane_of_shift(number, shift, by_shift.get(shift.id), load_min=load_min, said=said)
        for number, shift in enumerate(shifts, start=1)
    ]


def _next(shifts: Sequence[Shift]) -> NextDay | None:
    """The first day ahead with a run that still has to be driven."""
    ahead = [shift for shift in shifts if shift.run and shift.run.state is not RunState.CLOSED]
    if not ahead:
        return None
    day = ahead[0].on_date
    runs = [shift.run for shift in ahead if shift.on_date == day and shift.run]
    return NextDay(day, len(runs), sum(len(run.stops) for run in runs))


def _waiting(stop: Stop, said: Said) -> Waiting:
    url = person_url(stop.employee_id)
    if stop.home.lat is None:
        return Waiting(
            stop, "problem", _("No point on the map yet"), url, _("Clear up the address")
        )
    if stop.home.precision is Precision.POSTCODE:
        return Waiting(
            stop, "waiting", _("Only the postcode is known"), url, _("Clear up the address")
        )
    if not said.get(stop.employee_id):
        return Waiting(stop, "open", _("No time given: any time is taken"), url, None)
    return Waiting(stop, "ready", _("Ready for the next plan"), url, None)


def _urgency(one: Waiting) -> tuple[int, int]:
    return ("problem", "waiting", "open", "ready").index(one.state), one.stop.id


@bp.post("/vorschlagen")
@open_to(Role.IT)
def propose() -> ResponseReturnValue:
    """Make a stop for every kit that has none."""
    made = service.propose_missing(by=current_actor())
    flash(
        ngettext("One new stop waits for a run.", "%(num)s new stops wait for a run.", made)
        if made
        else _("Every kit has its stop already.")
    )
    return redirect(url_for(".index"))


@bp.get("/liste")
@open_to(*READERS)
def listing() -> ResponseReturnValue:
    """Every run, past and ahead."""
    today = clock.today()
    found = lists.listed(
        queries.runs(),
        name=N_("Runs"),
        columns=COLUMNS,
        key=Run.id,
        search=queries.search_runs,
        filters=(
            Filter(
                "state",
                N_("State"),
                [(state.value, _(label)) for state, label in rules.RUN_STATE_LABELS.items()],
                lambda value: queries.in_state(RunState(value)),
            ),
            Filter(
                "wann",
                N_("When"),
                [("neu", _("from today on")), ("alt", _("before today"))],
                lambda value: (
                    queries.from_day(today) if value == "neu" else ~queries.from_day(today)
                ),
            ),
        ),
        sort="day",
        down=True,
    )
    if found.export:
        return lists.exported(found, found.export)
    return render_template("runs/list.html", listing=found, chips=CHIPS, labels=_labels())


def _labels() -> dict[RunState, str]:
    return {state: str(_(label)) for state, label in rules.RUN_STATE_LABELS.items()}


def _driver(run: Run) -> str:
    return run.shift.driver.name if run.shift.driver else ""


COLUMNS: tuple[Column[Run], ...] = (
    Column("day", N_("Day"), sort=(Shift.on_date,), text=lambda run: run.shift.on_date),
    Column("van", N_("Van"), sort=(Van.name,), text=lambda run: run.shift.van.name),
    Column("driver", N_("Driver"), sort=(Account.name,), text=_driver),
    Column("stops", N_("Stops"), text=lambda run: len(run.stops), end=True),
    Column(
        "km",
        N_("Distance"),
        sort=(Run.distance_m,),
        end=True,
        text=lambda run: round(run.distance_m / 1000, 1),
    ),
    Column("work", N_("Work"), sort=(Run.work_min,), end=True, text=lambda run: run.work_min),
    Column("start", N_("Begin"), hidden=True, text=lambda run: formats.clock_min(run.start_min)),
    Column("end", N_("End"), hidden=True, text=lambda run: formats.clock_min(run.end_min)),
    Column(
        "state",
        N_("State"),
        sort=(Run.state,),
        text=lambda run: str(_(rules.RUN_STATE_LABELS[run.state])),
    ),
)
