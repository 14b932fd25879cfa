"""One run: its doors in order, the promises, who drives."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from svcs.flask import get as door

from hoffice.accounts import queries as accounts
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.kits.rules import BOX_STATE_LABELS, BoxState
from hoffice.people import queries as people
from hoffice.runs import queries, rules, service
from hoffice.runs.forms import DriverForm
from hoffice.runs.models import Run
from hoffice.runs.rules import RunState
from hoffice.runs.views.blueprint import READERS, bp, elsewhere
from hoffice.runs.views.lanes import lane_of_shift, map_of
from hoffice.runs.views.paper import access_of, trip_links, ways_to
from hoffice.runs.views.rests import warn_of_rests
from hoffice.runs.views.travel import travel_words

BOX_CHIPS: dict[BoxState, str] = {
    BoxState.OPEN: "problem",
    BoxState.PACKED: "open",
    BoxState.RELEASED: "ready",
    BoxState.LOADED: "ready",
    BoxState.HANDED_OVER: "done",
    BoxState.RETURNED: "problem",
}


@bp.get("/<int:run_id>")
@open_to(*READERS)
def run(run_id: int) -> ResponseReturnValue:
    """The stops in their order with everything the crew must know, and the map."""
    found = queries.run(run_id)
    depot = queries.depot()
    said = people.at_home_of([stop.employee_id for stop in found.stops], found.shift.on_date)
    lane = lane_of_shift(
        1, found.shift, found, load_min=depot.load_min_per_trip if depot else 0, said=said
    )
    form = _driver_form(found)
    return render_template(
        "runs/run.html",
        run=found,
        lane=lane,
        form=form,
        can_promise=found.state is RunState.PLANNED,
        can_undo=found.state in rules.RUN_OPEN_TO_PLANNING
        and all(stop.slot is None for stop in found.stops),
        box_chips=BOX_CHIPS,
        box_labels={state: str(_(label)) for state, label in BOX_STATE_LABELS.items()},
        stop_labels={state: str(_(label)) for state, label in rules.STOP_STATE_LABELS.items()},
        access=access_of,
        ways_to=ways_to,
        trip_links=trip_links(found, depot),
        kit_url=lambda kit_id: elsewhere("kits.kit", kit_id=kit_id),
        content=map_of(depot, [lane], ()),
        travel=travel_words(queries.travel_of_run(found)),
    )


def _driver_form(run: Run) -> DriverForm:
    form = DriverForm()
    form.set_drivers(driver_choices(run.shift.driver_id))
    if not form.is_submitted():
        form.driver.data = run.shift.driver_id or 0
    return form


def driver_choices(present: int | None = None) -> list[tuple[int, str]]:
    """Who may drive: everybody in the roles of drivers and IT, and who is entered already."""
    who = {
        account.id: account.name
        for role in (Role.DRIVER, Role.IT)
        for account in accounts.with_role(role)
    }
    if present is not None and present not in who:
        who[present] = accounts.account(present).name
    return sorted(who.items(), key=lambda pair: pair[1].casefold())


@bp.post("/<int:run_id>/fahrer")
@open_to(Role.IT)
def set_driver(run_id: int) -> ResponseReturnValue:
    """Say who drives this run."""
    found = queries.run(run_id)
    form = _driver_form(found)
    if form.validate_on_submit():
        service.set_driver(found.shift_id, form.driver.data or None, by=current_actor())
        flash(_("Saved."))
        warn_of_rests([found.shift_id])
    return redirect(url_for(".run", run_id=run_id))


@bp.get("/<int:run_id>/zusagen")
@open_to(Role.IT)
def promises(run_id: int) -> ResponseReturnValue:
    """What would be promised to whom, before anything is sent."""
    found = queries.run(run_id)
    if found.state is not RunState.PLANNED:
        return redirect(url_for(".run", run_id=run_id))
    promised = service.promises_of(found)
    return render_template(
        "runs/promise.html",
        run=found,
        promises=promised,
        kept=[stop for stop in found.stops if stop.slot is not None],
        asked=[one for one in promised if one.is_asked],
        away=[one for one in promised if one.is_away],
        mails=sum(one.is_mailed for one in promised),
    )


@bp.post("/<int:run_id>/zusagen")
@open_to(Role.IT)
def promise(run_id: int) -> ResponseReturnValue:
    """Promise the windows that are missing, and write to those who get one."""
    count = len(service.promises_of(queries.run(run_id)))
    service.promise_run(run_id, by=current_actor(), book=door(LinkBook))
    flash(ngettext("One window is promised.", "%(num)s windows are promised.", count))
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/<int:run_id>/aufloesen")
@open_to(Role.IT)
def take_apart(run_id: int) -> ResponseReturnValue:
    """Undo a planned run; its stops wait for the next plan."""
    service.take_apart(run_id, by=current_actor())
    flash(_("The run is taken apart; its stops wait for the next plan."))
    return redirect(url_for(".index"))
