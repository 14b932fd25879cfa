"""The employee's own pages: one personal link, one thing at a time."""

from __future__ import annotations

from http import HTTPStatus

import svcs
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice import clock
from hoffice.accounts.access import current_employee_id, open_to, settings
from hoffice.accounts.rules import Audience
from hoffice.agreements.rules import PAPER_LABELS
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.gates import service as gates
from hoffice.gates.rules import Before, Turn
from hoffice.handover import service as handovers
from hoffice.handover.rules import ReceiptAnswer
from hoffice.kits.rules import KIND_LABELS
from hoffice.people import service as people
from hoffice.people.forms import PinForm
from hoffice.people.views.ahead import asked_ahead, asked_ahead_about
from hoffice.people.views.answers import answer, repaired_ahead, told
from hoffice.people.views.pin import pin_or_ask
from hoffice.places.rules import metres_between
from hoffice.places.views import around, point_asked_for
from hoffice.portal import rules
from hoffice.portal.files import download
from hoffice.portal.forms import AddressForm
from hoffice.portal.journey import Journey, is_asked, journey_of
from hoffice.portal.pickup import may_switch
from hoffice.portal.rules import StepKey, StepState
from hoffice.runs import queries as runs
from hoffice.runs.rules import Way, carrier_name, tracking_url
from hoffice.units import Actor, Point
from hoffice.web.pages import translated

bp = Blueprint("portal", __name__, url_prefix="/mein")

TIMES_ONLY = "zeiten"
"""In the address: the times at home are asked for, not the windows to choose from."""
MINUTES_PER_PAPER = 3
NOTE_CHARS = 500
AS_WRITTEN = "as_written"
"""The button that says of one address, which it names, that it is right whatever was found."""
OWN_SURROUNDINGS_M = 1_000
"""How far from their own home people see the houses of the register."""


def _me() -> Actor:
    return Actor.employee(current_employee_id())


def _next(journey: Journey) -> ResponseReturnValue:
    """Where to go on: to the step that is next, or to the overview."""
    current = next((step.key for step in journey.steps if step.state is StepState.NOW), None)
    return redirect(url_for(PAGES[current] if current is not None else "portal.index"))


PAGES = {
    StepKey.ADDRESS: "portal.address",
    StepKey.TIMES: "portal.times",
    StepKey.PAPERS: "papers.sign",
    StepKey.COPY: "papers.receipt",
    StepKey.DELIVERY: "portal.delivery",
    StepKey.RECEIPT: "portal.receive",
}


@bp.get("/")
@open_to(Audience.EMPLOYEE)
def index() -> ResponseReturnValue:
    """What is done, what is next."""
    journey = journey_of(current_employee_id())
    found = journey.steps
    return render_template(
        "portal/index.html",
        journey=journey,
        steps=found,
        left=rules.left(found),
        current=next((step.key for step in found if step.state is StepState.NOW), None),
        pages={key.value: url_for(page) for key, page in PAGES.items()},
        minutes=MINUTES_PER_PAPER * len(journey.waiting),
        missing=_missing(journey),
        paper_labels=PAPER_LABELS,
    )


def _missing(journey: Journey) -> dict[Turn, list[Before]]:
    """What is missing before work at home begins, by whose turn it is; once papers are sent."""
    found: dict[Turn, list[Before]] = {}
    if journey.pack is not None:
        for one in gates.missing_before_work(journey.employee.id):
            if one.turn is not None:
                found.setdefault(one.turn, []).append(one)
    return {turn: found[turn] for turn in Turn if turn in found}


@bp.route("/adresse", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def address() -> ResponseReturnValue:
    """Confirm the address, or correct it, and tell the way to the door.

    Where several addresses could be meant, that is asked first; nothing is confirmed before. What
    speaks against an address is said: she corrects it, or says that it is right as written.
    """
    journey = journey_of(current_employee_id())
    before = journey.home
    corrects = request.method == "POST" or "aendern" in request.args
    if before is not None and before.candidates and not corrects:
        return render_template("portal/which.html", home=before, told=told(before))
    form = AddressForm()
    if form.validate_on_submit():
        try:
            saved = people.change_home(
                journey.employee.id,
                form.fields(),
                geocoder=asked_ahead(form.fields().place),
                by=_me(),
                confirmed=True,
            )
            if request.form.get(AS_WRITTEN) == saved.line and saved.confirmed_at is None:
                people.confirm_home(journey.employee.id, by=_me())
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            if saved.candidates or saved.confirmed_at is None:
                return redirect(url_for("portal.address"), 303)
            flash(_("Address confirmed."))
            if saved is not before and people.repairs(saved):
                return redirect(url_for("portal.address"), 303)
            return _next(journey_of(journey.employee.id))
    if request.method == "GET" and journey.home is not None:
        form.show(journey.home)
    home = None if form.errors else journey.home  # what was said of the former is no error of this
    return _page(
        "portal/address.html",
        form,
        journey=journey,
        told=None if home is None else told(home),
        is_doubtful=home is not None and not home.candidates and bool(people.objections(home)),
        is_hopeless=home is not None and people.is_hopeless(home),
    )


@bp.post("/adresse/welche")
@open_to(Audience.EMPLOYEE)
def choose_address() -> ResponseReturnValue:
    """Say which of several addresses is one's own; that confirms it too."""
    employee_id = current_employee_id()
    try:
        was_chosen = answer(employee_id, by=_me(), confirmed=True)
    except Refused as refusal:
        db.session.rollback()
        flash(translated(refusal), "problem")
        return redirect(url_for("portal.address"), 303)
    if not was_chosen:
        flash(
            _("Your address stays as you wrote it. Show us your door, then the driver finds you.")
        )
        return redirect(url_for("portal.pin"), 303)
    flash(_("Address confirmed."))
    return _next(journey_of(employee_id))


@bp.post("/adresse/richtigstellen")
@open_to(Audience.EMPLOYEE)
def repair_address() -> ResponseReturnValue:
    """Write one's own address as it was found; that confirms it too."""
    employee_id = current_employee_id()
    geocoder = repaired_ahead(employee_id)
    home = people.take_repairs(employee_id, geocoder=geocoder, by=_me(), confirmed=True)
    if home.confirmed_at is None:
        flash(_("Address corrected."))
        return redirect(url_for("portal.address"), 303)
    flash(_("Address corrected and confirmed."))
    return _next(journey_of(employee_id))


@bp.route("/adresse/punkt", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def pin() -> ResponseReturnValue:
    """Show on the map where exactly one lives."""
    employee_id = current_employee_id()
    journey = journey_of(employee_id)
    if journey.home is None:
        return redirect(url_for("portal.address"))
    form = PinForm()
    question = None
    if not form.is_submitted():
        form.show_point(journey.home)
    elif form.validate():
        question = pin_or_ask(employee_id, form, by=_me())
        if question is None:
            flash(_("Thank you. The driver will find you there."))
            return _next(journey_of(employee_id))
        journey = journey_of(employee_id)
    page = render_template("portal/pin.html", form=form, home=journey.home, question=question)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@bp.post("/adresse/punkt/zuruecknehmen")
@open_to(Audience.EMPLOYEE)
def unpin() -> ResponseReturnValue:
    """Take one's own point back: home is again where the address is found."""
    employee_id = current_employee_id()
    people.unpin_home(employee_id, geocoder=asked_ahead_about(employee_id), by=_me())
    flash(_("Your home is again where its address is found."))
    return redirect(url_for("portal.pin"))


@bp.get("/umgebung.json")
@open_to(Audience.EMPLOYEE)
def surroundings() -> ResponseReturnValue:
    """The houses around one's own home, never elsewhere: this is no way into the register."""
    home = journey_of(current_employee_id()).home
    asked = point_asked_for()
    if home is None or home.lat is None or home.lon is None:
        return around(None)
    is_near = metres_between(Point(home.lat, home.lon), asked) <= OWN_SURROUNDINGS_M
    return around(asked if is_near else None)


def _page(template: str, form: AddressForm, **facts: object) -> ResponseReturnValue:
    """A page with a form; one that needs another look is no success."""
    code = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template(template, form=form, **facts), code


@bp.route("/zuhause", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def times() -> ResponseReturnValue:
    """Say when somebody is at home; who is asked to choose a window is led there first."""
    employee_id = current_employee_id()
    stop = runs.open_stop_of(employee_id)
    if request.method == "GET" and TIMES_ONLY not in request.args and stop and is_asked(stop):
        return redirect(url_for("slots.index"))
    if request.method == "GET" and stop and stop.way is not Way.VAN:
        return redirect(url_for("pickup.choose"))
    offered = rules.days_offered(clock.today())
    error = ""
    if request.method == "POST":
        spans = rules.spans_in(request.form.getlist("span"), offered)
        if spans:
            people.say_at_home(employee_id, spans, by=_me())
            flash(_("Noted. You hear from us as soon as your window is fixed."))
            return _next(journey_of(employee_id))
        error = _("Tick at least one time, better three or more.")
    journey = journey_of(employee_id)
    said = [(span.on_date, span.start_min, span.end_min) for span in journey.at_home]
    days = [
        (
            day,
            [
                (window, rules.span_value((day, *window)), rules.is_ticked((day, *window), said))
                for window in rules.WINDOWS
            ],
        )
        for day in offered
    ]
    code = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render_template("portal/times.html", journey=journey, days=days, error=error), code


@bp.get("/lieferung")
@open_to(Audience.EMPLOYEE)
def delivery() -> ResponseReturnValue:
    """When the boxes come, and where they are."""
    journey = journey_of(current_employee_id())
    return render_template(
        "portal/delivery.html",
        journey=journey,
        depot=runs.depot(),
        may_switch=may_switch(journey.stop),
        carrier_name=carrier_name,
        tracking=tracking_url,
    )


@bp.route("/annehmen", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def receive() -> ResponseReturnValue:
    """Say item by item what has arrived; done twice it leads on as if it were done once."""
    employee_id = current_employee_id()
    journey = journey_of(employee_id)
    visit = journey.open_receipt
    if visit is None:
        return redirect(url_for("papers.documents" if journey.visits else "portal.delivery"))
    said = {line.item_id: request.form.get(f"item-{line.item_id}", "") for line in visit.lines}
    notes = {
        line.item_id: request.form.get(f"note-{line.item_id}", "").strip()[:NOTE_CHARS]
        for line in visit.lines
    }
    known = {answer.value for answer in ReceiptAnswer}
    missing = [item_id for item_id, answer in said.items() if answer not in known]
    if request.method == "POST" and not missing:
        handovers.confirm_receipt(
            visit.id,
            {
                item_id: handovers.Confirmed(ReceiptAnswer(answer), notes[item_id])
                for item_id, answer in said.items()
            },
            employee_id=employee_id,
            by=_me(),
            store=svcs.flask.get(Store),
            company=settings().company,
        )
        flash(_("Confirmed. The record lies with your papers."))
        return redirect(url_for("papers.documents"))
    error = ""
    if request.method == "POST":
        error = ngettext(
            "One device still has no answer.",
            "%(num)s devices still have no answer.",
            len(missing),
        )
    page = render_template(
        "portal/receive.html",
        journey=journey,
        visit=visit,
        said=said,
        notes=notes,
        missing=missing if error else [],
        error=error,
        kinds=KIND_LABELS,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK


@bp.get("/uebergaben/<int:handover_id>.pdf")
@open_to(Audience.EMPLOYEE)
def record_pdf(handover_id: int) -> ResponseReturnValue:
    """The record of a visit to me; another person's record does not exist here."""
    visits = journey_of(current_employee_id()).visits
    visit = next((one for one in visits if one.id == handover_id), None)
    return download(visit.record_file if visit is not None else None)
