"""The campaign for windows: who was asked, who has chosen, and choosing for somebody by phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from svcs.flask import get as door

from hoffice.accounts.access import current_account, current_actor, open_to
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.people.models import Employee
from hoffice.places.travel.answers import TravelTimes
from hoffice.runs import queries
from hoffice.runs.models import Shift, SlotOffer, SlotWish, Stop
from hoffice.runs.queries import slots as records
from hoffice.runs.rules import OfferAnswer, OfferKind
from hoffice.runs.service import moving, room, slots, wishes
from hoffice.runs.service.offered import Choices, OffersLapsed, unsealed
from hoffice.runs.service.outlook import own_times
from hoffice.runs.service.retiming import roads_ahead
from hoffice.runs.service.slots import SlotGone
from hoffice.runs.service.witness import engine
from hoffice.runs.views.blueprint import bp, elsewhere, person_url
from hoffice.runs.views.room import say_invited, stops_of_form
from hoffice.runs.views.wished import driven_days, wish_days, wish_hours, wished
from hoffice.web import formats, lists
from hoffice.web.lists import Column, Filter
from hoffice.web.pages import translated
from hoffice.web.transaction import begin_anew, set_aside

WHO = (Role.IT, Role.HR)
"""Both call people and choose with them; sealed links of people are shown to neither."""

STANDINGS: dict[str, tuple[str, str]] = {
    "fresh": ("open", N_("not asked yet")),
    "silent": ("waiting", N_("no answer yet")),
    "refused": ("waiting", N_("none has suited yet")),
    "wish": ("problem", N_("insists on a time")),
    "move": ("waiting", N_("asked to move")),
    "chosen": ("done", N_("agreed")),
}
"""How people stand, with the look of the chip, in the order of the filter."""

ANSWERS: dict[OfferAnswer, str] = {
    OfferAnswer.TAKEN: N_("was chosen"),
    OfferAnswer.REFUSED: N_("refused"),
    OfferAnswer.PASSED: N_("another one was taken"),
    OfferAnswer.LAPSED: N_("lapsed"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the campaign, as the list shows her."""

    stop: Stop
    state: str
    since: datetime | None
    rounds: int
    wish: SlotWish | None
    move: SlotOffer | None

    @property
    def id(self) -> int:
        """The stop's number."""
        return self.stop.id

    @property
    def chip(self) -> str:
        """The look of the state."""
        return STANDINGS[self.state][0]

    @property
    def words(self) -> str:
        """The state in words."""
        return str(_(STANDINGS[self.state][1]))


def _lines(stops: list[Stop]) -> dict[int, Line]:
    """Everything the list says about these people, in three statements."""
    ids = [stop.id for stop in stops]
    open_wishes = {wish.stop_id: wish for wish in records.open_wishes(ids)}
    moves = records.moves_of(ids)
    rounds = records.refused_rounds(ids)
    made = {}
    for stop in stops:
        wish, move = open_wishes.get(stop.id), moves.get(stop.id)
        refused = rounds.get(stop.id, 0)
        made[stop.id] = Line(
            stop, _state(stop, wish, move, refused), _since(stop), refused, wish, move
        )
    return made


def _state(stop: Stop, wish: SlotWish | None, move: SlotOffer | None, rounds: int) -> str:
    if wish is not None:
        return "wish"
    if move is not None and move.answer is None:
        return "move"
    if stop.slot is not None:
        return "chosen"
    if stop.invited_at is None:
        return "fresh"
    return "refused" if rounds else "silent"


def _since(stop: Stop) -> datetime | None:
    return stop.slot.promised_at if stop.slot is not None else stop.invited_at


@bp.get("/fenster")
@open_to(*WHO)
def windows() -> ResponseReturnValue:
    """Everybody whom a van is to visit, and how it stands with her window."""
    counts = records.campaign_counts()
    listing = lists.listed(
        records.campaign(),
        name=N_("Windows"),
        columns=COLUMNS,
        key=Stop.id,
        search=records.search_campaign,
        filters=(
            Filter(
                "state",
                N_("State"),
                [
                    *((key, str(_(words))) for key, (_chip, words) in STANDINGS.items()),
                    ("call", str(_("to be called"))),
                ],
                records.standing,
            ),
        ),
        sort="name",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "runs/windows.html",
        listing=listing,
        lines=_lines(list(listing.rows)),
        counts=counts,
        total=counts.fresh + counts.silent + counts.refused + counts.wish + counts.chosen,
        to_invite=len(records.to_invite()),
        too_little=room.shown_too_little(),
        is_it=Role.IT in current_account().roles,
        person_url=person_url,
        ways_url=elsewhere("ways.counter"),
        parcels_url=elsewhere("ways.parcels"),
    )


def _window_text(stop: Stop) -> str:
    slot = stop.slot
    return formats.slot(slot.shift.on_date, slot.start_min, slot.end_min) if slot else ""


COLUMNS: tuple[Column[Stop], ...] = (
    Column(
        "name",
        N_("Name"),
        sort=(Employee.last_name, Employee.first_name),
        text=lambda stop: stop.employee.name,
    ),
    Column("phone", N_("Phone"), text=lambda stop: stop.employee.phone),
    Column(
        "planned",
        N_("Planned"),
        sort=(Shift.on_date, Stop.start_min),
        text=lambda stop: stop.run.shift.on_date if stop.run else None,
    ),
    Column("asked", N_("Asked"), sort=(Stop.invited_at,), text=lambda stop: stop.invited_at),
    Column("window", N_("Window"), text=_window_text),
    Column("state", N_("State"), sort=(Stop.state,), text=lambda stop: stop.state.value),
    Column("todo", ""),
)


@bp.post("/fenster/erinnern")
@open_to(*WHO)
def remind() -> ResponseReturnValue:
    """Write once more to the selected people who have not answered."""
    say_invited(slots.remind(stops_of_form(), by=current_actor(), book=door(LinkBook)))
    return redirect(url_for("runs.windows"), HTTPStatus.SEE_OTHER)


@bp.get("/fenster/<int:stop_id>")
@open_to(*WHO)
def window(stop_id: int) -> ResponseReturnValue:
    """One person: what can be offered now, at which price, and what was offered before."""
    return _page(stop_id)


def _page(stop_id: int, error: str = "") -> ResponseReturnValue:
    stop = queries.stop(stop_id)
    choices: Choices | None = None
    why_not = ""
    try:
        # a page that answers a form holds the database: there nobody searches
        search = engine() if request.method == "GET" else None
        choices = slots.windows_for(stop_id, roads=door(TravelTimes), search=search)
    except Refused as refusal:
        why_not = translated(refusal)
    page = render_template(
        "runs/window.html",
        stop=stop,
        line=_lines([stop])[stop.id],
        choices=choices,
        sealed=choices.sealed(door(LinkBook)) if choices else "",
        why_not=why_not,
        at_home=own_times(stop),
        offered=records.offers_to(stop_id),
        answers={answer: str(_(words)) for answer, words in ANSWERS.items()},
        moves=OfferKind.MOVE,
        days=wish_days(),
        driven=driven_days(),
        hours=wish_hours(),
        said=wished(request.form),
        error=error,
        is_it=Role.IT in current_account().roles,
        person_url=person_url(stop.employee_id),
        home_url=elsewhere("people.person", employee_id=stop.employee_id),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK


def _again(stop_id: int, words: str) -> ResponseReturnValue:
    db.session.rollback()
    flash(words, "problem")
    return redirect(url_for("runs.window", stop_id=stop_id), HTTPStatus.SEE_OTHER)


@bp.post("/fenster/<int:stop_id>")
@open_to(*WHO)
def choose_window(stop_id: int) -> ResponseReturnValue:
    """Take one of the shown windows for somebody on the phone."""
    book, number = door(LinkBook), request.form.get("window", type=int)
    found = None
    try:
        with set_aside():
            word, roads = request.form.get("offers", ""), door(TravelTimes)
            choices = unsealed(word, queries.stop(stop_id).id, book=book)
            if number is not None:
                found = slots.work_out(choices, number, roads=roads, search=engine())
    except OffersLapsed as refusal:
        return _again(stop_id, translated(refusal))
    by = current_actor()
    if number is None:
        return _page(stop_id, _("Choose one of the windows."))
    try:
        slots.choose(choices, number, roads=roads, by=by, book=book, found=found)
    except SlotGone as refusal:
        begin_anew()
        slots.lapse(choices, by=by)
        flash(translated(refusal), "problem")
        return redirect(url_for("runs.window", stop_id=stop_id), HTTPStatus.SEE_OTHER)
    flash(_("Agreed. The mail with the window goes out."))
    return redirect(url_for("runs.window", stop_id=stop_id), HTTPStatus.SEE_OTHER)


@bp.post("/fenster/<int:stop_id>/keins")
@open_to(*WHO)
def refuse_windows(stop_id: int) -> ResponseReturnValue:
    """None of them suits the person on the phone."""
    queries.stop(stop_id)
    try:
        choices = unsealed(request.form.get("offers", ""), stop_id, book=door(LinkBook))
    except OffersLapsed as refusal:
        return _again(stop_id, translated(refusal))
    slots.refuse_all(choices, by=current_actor())
    return redirect(url_for("runs.window", stop_id=stop_id), HTTPStatus.SEE_OTHER)


@bp.post("/fenster/<int:stop_id>/wunsch")
@open_to(*WHO)
def note_wish(stop_id: int) -> ResponseReturnValue:
    """Write down the time on which the person on the phone insists."""
    queries.stop(stop_id)
    said = wished(request.form)
    if said.on_date is None or said.start_min is None:
        return _page(stop_id, _("Choose a day and a time."))
    wishes.insist(
        stop_id,
        said.on_date,
        said.start_min,
        said.end_min,
        text=said.text,
        by=current_actor(),
    )
    flash(_("Noted: it waits for a decision among the wishes."))
    return redirect(url_for("runs.window", stop_id=stop_id), HTTPStatus.SEE_OTHER)


@bp.post("/fenster/<int:stop_id>/neu")
@open_to(Role.IT)
def new_round(stop_id: int) -> ResponseReturnValue:
    """Let somebody choose anew; what she refused before is offered again if it is the best."""
    slots.open_round(stop_id, by=current_actor(), book=door(LinkBook))
    flash(_("A new round is open; the person is written to."))
    return redirect(url_for("runs.window", stop_id=stop_id), HTTPStatus.SEE_OTHER)


@bp.post("/fenster/<int:stop_id>/verlegung-zuruecknehmen")
@open_to(Role.IT)
def withdraw_move(stop_id: int) -> ResponseReturnValue:
    """The question about another time no longer stands."""
    queries.stop(stop_id)
    moving.lapse_move(stop_id, by=current_actor())
    flash(_("The question is taken back; the promised window stays."))
    return redirect(url_for("runs.window", stop_id=stop_id), HTTPStatus.SEE_OTHER)


@bp.post("/fenster/<int:stop_id>/absagen")
@open_to(Role.IT)
def call_off(stop_id: int) -> ResponseReturnValue:
    """Take a promise back, with a sentence that the person reads."""
    with set_aside():
        roads = roads_ahead([stop_id], door(TravelTimes))
    why = request.form.get("why", "")
    moving.call_off(stop_id, why, by=current_actor(), book=door(LinkBook), roads=roads)
    flash(_("Called off. The person is written to and chooses another window."))
    return redirect(url_for("runs.window", stop_id=stop_id), HTTPStatus.SEE_OTHER)


@bp.route("/<int:run_id>/absagen", methods=["GET", "POST"])
@open_to(Role.IT)
def call_off_run(run_id: int) -> ResponseReturnValue:
    """Take all promises of a run back, because nobody drives it."""
    found = queries.run(run_id)
    promised = [stop for stop in found.stops if stop.slot is not None]
    why = request.form.get("why", "")
    if request.method == "POST" and why.strip():
        called = moving.call_off_run(run_id, why, by=current_actor(), book=door(LinkBook))
        flash(
            ngettext(
                "The run is called off: one person chooses another window.",
                "The run is called off: %(num)s people choose another window.",
                len(called),
            )
        )
        return redirect(url_for("runs.windows"), HTTPStatus.SEE_OTHER)
    error = _("Say why; the people read it.") if request.method == "POST" else ""
    page = render_template("runs/call_off.html", run=found, promised=promised, error=error)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
