"""Parcels: to post, on their way, arrived."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from svcs.flask import get as door

from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.db import start_writing
from hoffice.errors import N_, NotFound
from hoffice.files.service import Store
from hoffice.gates import service as gates
from hoffice.gates.service import GateClosed
from hoffice.handover import service
from hoffice.handover.rules import FailureReason
from hoffice.handover.views.blueprint import READERS, held_back, ways
from hoffice.kits import queries as kits
from hoffice.kits.rules import KIND_LABELS
from hoffice.people.models import Employee
from hoffice.runs import queries, rules
from hoffice.runs import service as run_deeds
from hoffice.runs.forms import ParcelForm
from hoffice.runs.models import Parcel, Stop
from hoffice.runs.rules import StopState, Way
from hoffice.units import Actor
from hoffice.web import lists
from hoffice.web.deeds import after, tried
from hoffice.web.lists import Column, Filter
from hoffice.web.pages import translated

STATES: dict[str, tuple[str, tuple[StopState, ...]]] = {
    "offen": (N_("to post"), (StopState.PROPOSED, StopState.PROMISED)),
    "unterwegs": (N_("on its way"), (StopState.UNDER_WAY,)),
    "da": (N_("arrived"), (StopState.DONE, StopState.PARTLY_DONE)),
    "zurueck": (N_("came back"), (StopState.FAILED,)),
}
"""What a parcel's stop may be, in the words of this page."""


def state_of(stop: Stop) -> str:
    """The word of this page for how a parcel stands."""
    return next(word for word, (_label, states) in STATES.items() if stop.state in states)


@ways.get("/pakete")
@open_to(*READERS)
def parcels() -> ResponseReturnValue:
    """Every kit that goes by parcel: to post, on its way, arrived."""
    found = lists.listed(
        queries.parcels(),
        name=N_("Parcels"),
        columns=COLUMNS,
        key=Stop.id,
        search=queries.search_parcels,
        filters=(
            Filter(
                "stand",
                N_("State"),
                [(word, str(_(label))) for word, (label, _states) in STATES.items()],
                lambda word: Stop.state.in_(STATES[word][1]),
            ),
        ),
        sort="name",
    )
    if found.export:
        return lists.exported(found, found.export)
    waiting = queries.waiting_on(Way.PARCEL)
    return render_template(
        "handover/parcels.html",
        listing=found,
        waiting=len(waiting),
        held=held_back(waiting),
        state_of=state_of,
        labels={word: str(_(label)) for word, (label, _states) in STATES.items()},
        carrier_name=rules.carrier_name,
        tracking=rules.tracking_url,
    )


def _state(row: Stop) -> str:
    return str(_(STATES[state_of(row)][0]))


COLUMNS: tuple[Column[Stop], ...] = (
    Column(
        "name",
        N_("Person"),
        sort=(Employee.last_name, Employee.first_name),
        text=lambda row: row.employee.name,
    ),
    Column("where", N_("Where to"), text=lambda row: row.home.line),
    Column("boxes", N_("Boxes"), text=lambda row: len(row.kit.boxes), end=True),
    Column(
        "carrier",
        N_("Carrier"),
        sort=(Parcel.carrier,),
        text=lambda row: str(_(rules.carrier_name(row.parcel.carrier))) if row.parcel else "",
    ),
    Column(
        "number",
        N_("Parcel number"),
        sort=(Parcel.number,),
        text=lambda row: row.parcel.number if row.parcel else "",
    ),
    Column(
        "posted",
        N_("Posted"),
        sort=(Parcel.posted_at,),
        text=lambda row: row.parcel.posted_at if row.parcel else None,
    ),
    Column("state", N_("State"), sort=(Stop.state,), text=_state),
)


@ways.route("/pakete/<int:stop_id>", methods=["GET", "POST"])
@open_to(Role.IT)
def parcel(stop_id: int) -> ResponseReturnValue:
    """One parcel: what is in it, where it goes; post it, or correct its number."""
    found = _parcel_stop(stop_id)
    form = ParcelForm()
    form.set_carriers()
    if form.validate_on_submit():
        actor = current_actor()
        refusal = tried(lambda: _send(found, form, actor))
        if isinstance(refusal, GateClosed):
            start_writing()
            gates.note_refusal(refusal, kits.box_by_code(str(refusal.facts["code"])), by=actor)
            flash(translated(refusal), "problem")
            return redirect(url_for("ways.parcel", stop_id=stop_id), HTTPStatus.SEE_OTHER)
        if refusal is None:
            flash(_("Noted. %(name)s gets the number by mail.", name=found.employee.name))
            return redirect(url_for("ways.parcels"), HTTPStatus.SEE_OTHER)
        form.form_errors.append(translated(refusal))
        found = _parcel_stop(stop_id)
    if not form.is_submitted() and found.parcel is not None:
        form.show(found.parcel.carrier, found.parcel.number)
    page = render_template(
        "handover/parcel.html",
        stop=found,
        form=form,
        held=held_back([found]).get(found.employee_id, []),
        state=state_of(found),
        labels={word: str(_(label)) for word, (label, _states) in STATES.items()},
        kinds=KIND_LABELS,
        carrier_name=rules.carrier_name,
        tracking=rules.tracking_url,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _parcel_stop(stop_id: int) -> Stop:
    found = queries.stop(stop_id)
    if found.way is not Way.PARCEL:
        raise NotFound(N_("There is no such parcel."))
    return found


def _send(stop: Stop, form: ParcelForm, actor: Actor) -> None:
    deed = run_deeds.correct_parcel if stop.parcel is not None else service.post
    deed(stop.id, form.chosen, form.number.data or "", by=actor, links=door(LinkBook))


@ways.post("/pakete/<int:stop_id>/angekommen")
@open_to(Role.IT)
def arrived(stop_id: int) -> ResponseReturnValue:
    """The carrier says that it is there; the employee confirms item by item."""
    return after(
        lambda: service.arrive(
            stop_id,
            by=current_actor(),
            store=door(Store),
            company=settings().company,
        ),
        _("Arrived. The receipt is open on the person’s page."),
        url_for("ways.parcels"),
    )


@ways.post("/pakete/<int:stop_id>/zurueck")
@open_to(Role.IT)
def came_back(stop_id: int) -> ResponseReturnValue:
    """The parcel came back: its boxes are in the store again, and it can be posted anew."""
    return after(
        lambda: service.fail(
            _parcel_stop(stop_id).id,
            FailureReason.OTHER,
            note="",
            by=current_actor(),
            links=door(LinkBook),
        ),
        _("Noted. The boxes are in the store again and wait to be posted."),
        url_for("ways.parcels"),
    )
