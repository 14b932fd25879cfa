"""The driver's phone: load, drive, hand over item by item."""

from __future__ import annotations

import svcs.flask
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import current_account, current_actor, open_to, settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.db import db, start_writing
from hoffice.doorstep.forms import BoxForm, FailForm, VisitForm, said_about
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.gates import rules as gate_rules
from hoffice.gates import service as gates
from hoffice.gates.service import GateClosed
from hoffice.handover import queries as handovers
from hoffice.handover import service as handover
from hoffice.handover.rules import OUTCOME_LABELS, ItemOutcome
from hoffice.kits import queries as kits
from hoffice.kits.models import Box
from hoffice.kits.rules import KIND_LABELS, BoxState, tag_of
from hoffice.runs import exports
from hoffice.runs import queries as runs
from hoffice.runs import service as run_deeds
from hoffice.runs.access import own_run
from hoffice.runs.models import Run, Stop
from hoffice.runs.rules import STOP_ENDED, StopState
from hoffice.units import Point
from hoffice.web.pages import translated

bp = Blueprint("doorstep", __name__, url_prefix="/unterwegs")

CODE_CHARS = 20


def _own_stop(stop_id: int) -> Stop:
    stop = runs.stop(stop_id)
    if stop.run_id is None:
        abort(404)
    own_run(stop.run_id)
    return stop


@bp.get("/")
@open_to(Role.DRIVER, Role.IT)
def index() -> ResponseReturnValue:
    """What I drive today and next; IT sees every run of today."""
    account = current_account()
    today = clock.today()
    mine = runs.runs_of_driver(account.id, today)
    others = []
    if Role.IT in account.roles:
        known = {run.id for run in mine}
        others = [run for run in runs.runs_on(today) if run.id not in known]
    return render_template("doorstep/index.html", mine=mine, others=others, today=today)


@bp.get("/<int:run_id>")
@open_to(Role.DRIVER, Role.IT)
def run(run_id: int) -> ResponseReturnValue:
    """One run: load it while it stands, follow its stops once it drives."""
    found = own_run(run_id)
    trip = run_deeds.due_trip(found)
    if trip is None:
        return render_template(
            "doorstep/drive.html", run=found, ended=STOP_ENDED, next_stop=_next_stop(found)
        )
    due = [stop for stop in found.stops if stop.trip == trip]
    boxes = [box for stop in due for box in stop.kit.boxes]
    return render_template(
        "doorstep/load.html",
        run=found,
        stops=list(reversed(due)),
        trip=trip,
        trips=max(stop.trip for stop in found.stops),
        loaded=sum(box.state is BoxState.LOADED for box in boxes),
        total=len(boxes),
        going=sum(stop.state is StopState.LOADED for stop in due),
        form=BoxForm(),
        BoxState=BoxState,
        held=_held_back(found, request.args.get("gehalten", "")),
        labels=gate_rules.GATE_LABELS,
        turns=gate_rules.TURN_LABELS,
    )


def _held_back(run: Run, code: str) -> tuple[Box, tuple[gate_rules.Answer, ...]] | None:
    """The box of this run that was just refused, with what its gates say now; None when it may go.

    Boxes of other runs are none of this driver's business: their gates are not shown.
    """
    box = next((box for stop in run.stops for box in stop.kit.boxes if box.code == code), None)
    if box is None:
        return None
    said = gates.answers_about(box.kit.employee_id)
    return (box, said) if gate_rules.closed(said) else None


def _next_stop(run: Run) -> Stop | None:
    return next((stop for stop in run.stops if stop.state not in STOP_ENDED), None)


@bp.get("/karton/<code>")
@open_to(Role.DRIVER, Role.IT)
def box(code: str) -> ResponseReturnValue:
    """Where the QR code of a box leads who drives: to its door, or to the van while it is loaded.

    Of boxes on nobody's run of mine nothing is said, not even whether they are there.
    """
    wanted = tag_of(code)
    for found in runs.runs_of_driver(current_account().id, clock.today()):
        for stop in found.stops:
            if all(one.code != wanted for one in stop.kit.boxes):
                continue
            if run_deeds.due_trip(found) is None:
                return redirect(url_for(".stop", stop_id=stop.id))
            return redirect(url_for(".run", run_id=found.id))
    flash(_("Box %(code)s is on none of your runs.", code=wanted[:CODE_CHARS]), "problem")
    return redirect(url_for(".index"))


@bp.post("/<int:run_id>/laden")
@open_to(Role.DRIVER, Role.IT)
def load(run_id: int) -> ResponseReturnValue:
    """Put a box onto the van, if its gates are open."""
    own_run(run_id)
    form = BoxForm()
    target = url_for(".run", run_id=run_id)
    if not form.validate_on_submit():
        flash(_("Scan or type the number on the box."), "problem")
        return redirect(target, 303)
    code = str(form.code.data)
    actor = current_actor()
    try:
        box = handover.load_box(code, run_id=run_id, by=actor)
    except GateClosed as refusal:
        db.session.rollback()
        start_writing()
        box = kits.box_by_code(code)
        gates.note_refusal(refusal, box, by=actor)
        return redirect(url_for(".run", run_id=run_id, gehalten=box.code), 303)
    except Refused as refusal:
        db.session.rollback()
        flash(translated(refusal), "problem")
        return redirect(target, 303)
    flash(
        _(
            "Box %(number)s for %(name)s is on the van.",
            number=box.number,
            name=box.kit.employee.name,
        )
    )
    return redirect(target, 303)


@bp.post("/<int:run_id>/ausladen")
@open_to(Role.DRIVER, Role.IT)
def unload(run_id: int) -> ResponseReturnValue:
    """Take a box off the van again."""
    own_run(run_id)
    form = BoxForm()
    if form.validate_on_submit():
        box = handover.unload_box(str(form.code.data), run_id=run_id, by=current_actor())
        flash(_("Box %(code)s is off the van again.", code=box.code))
    return redirect(url_for(".run", run_id=run_id), 303)


@bp.post("/<int:run_id>/losfahren")
@open_to(Role.DRIVER, Role.IT)
def start(run_id: int) -> ResponseReturnValue:
    """Drive off with what is loaded; the order is fixed from now on."""
    waiting = {stop.id: stop.employee.name for stop in own_run(run_id).stops if stop.slot}
    gone = handover.start(run_id, by=current_actor(), links=svcs.flask.get(LinkBook))
    flash(_("Have a good trip. The order of the stops is fixed now."))
    left = [name for stop_id, name in waiting.items() if stop_id not in {s.id for s in gone.stops}]
    if left:
        flash(
            _(
                "Promised, but not on the van: %(names)s. The mail goes out; call as well.",
                names=", ".join(left),
            ),
            "problem",
        )
    return redirect(url_for(".run", run_id=run_id), 303)


@bp.get("/halt/<int:stop_id>")
@open_to(Role.DRIVER, Role.IT)
def stop(stop_id: int) -> ResponseReturnValue:
    """One door: who, where, how to get in, and every item."""
    found = _own_stop(stop_id)
    return _stop_page(found, VisitForm(), wrong="")


def _stop_page(stop: Stop, form: VisitForm, *, wrong: str) -> ResponseReturnValue:
    assert stop.run is not None  # noqa: S101  # _own_stop has looked
    page = render_template(
        "doorstep/stop.html",
        stop=stop,
        form=form,
        said=request.form,
        wrong=wrong,
        outcomes=[(outcome, _(OUTCOME_LABELS[outcome])) for outcome in ItemOutcome],
        kinds=KIND_LABELS,
        visit=handovers.of_stop(stop.id),
        is_under_way=stop.state is StopState.UNDER_WAY,
        count=len(stop.run.stops),
        ways=_ways_to(stop),
    )
    return page, 422 if wrong else 200


def _ways_to(stop: Stop) -> tuple[exports.NavigationLink, ...]:
    """The navigation links to this door; none while it is not located."""
    home = stop.home
    if home.lat is None or home.lon is None:
        return ()
    label = exports.stop_label(stop.position, home.postcode)
    return exports.links_to(Point(home.lat, home.lon), label)


def hand_over(stop: Stop, form: VisitForm) -> None:
    """Write down what the form says of a visit, at a door or at the office."""
    handover.deliver(
        stop.id,
        said_about(request.form, [row.item_id for row in stop.kit.kit_items]),
        received_by=form.signer(),
        strokes=[[list(point) for point in line] for line in form.strokes()],
        note=(form.note.data or "").strip(),
        by=current_actor(),
        store=svcs.flask.get(Store),
        company=settings().company,
    )


@bp.post("/halt/<int:stop_id>/uebergeben")
@open_to(Role.DRIVER, Role.IT)
def deliver(stop_id: int) -> ResponseReturnValue:
    """Finish a visit: what was given, what is missing, what is damaged, and who took it."""
    found = _own_stop(stop_id)
    form = VisitForm()
    if not form.validate_on_submit():
        return _stop_page(found, form, wrong=_("Something in the form is too long."))
    try:
        hand_over(found, form)
    except Refused as refusal:
        db.session.rollback()
        return _stop_page(_own_stop(stop_id), form, wrong=translated(refusal))
    flash(_("Handed over to %(name)s.", name=found.employee.name))
    return redirect(url_for(".run", run_id=found.run_id), 303)


@bp.route("/halt/<int:stop_id>/geht-nicht", methods=["GET", "POST"])
@open_to(Role.DRIVER, Role.IT)
def fail(stop_id: int) -> ResponseReturnValue:
    """Nothing could be handed over: say why; the boxes come back and the stop is planned again."""
    found = _own_stop(stop_id)
    form = FailForm()
    if form.validate_on_submit():
        handover.fail(
            stop_id,
            form.failure,
            note=(form.note.data or "").strip(),
            by=current_actor(),
            links=svcs.flask.get(LinkBook),
        )
        flash(_("Noted. The boxes go back to the store, the stop is planned again."))
        return redirect(url_for(".run", run_id=found.run_id), 303)
    return render_template("doorstep/fail.html", stop=found, form=form), 422 if form.errors else 200
