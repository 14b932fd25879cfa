"""Returns: what is due back, one return thing by thing, and what waits for a check."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any, Final

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from svcs.flask import get as door

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store
from hoffice.kits import queries as all_queries
from hoffice.kits import rules
from hoffice.kits.models import Return
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import Holder, HolderKind, ReturnReason
from hoffice.kits.rules import returning as returning_rules
from hoffice.kits.rules.returning import Expected, Progress
from hoffice.kits.service import returning, scanning
from hoffice.kits.service.scanning import Accepted
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.units import Actor, ActorKind
from hoffice.web import lists
from hoffice.web.lists import Column, Filter
from hoffice.web.numbers import row_number
from hoffice.web.pages import say_refusals, translated

MOST_AT_ONCE: Final = 500
LEAVING, BROKEN, EVERYBODY = "leaving", "broken", "all"
OPEN, OVERDUE, CLOSED, ALL = "open", "overdue", "closed", "all"


def after(deed: Callable[[], object], done: str, target: str) -> ResponseReturnValue:
    """Do one deed and go on; a refusal is told there, and nothing is changed."""
    try:
        deed()
    except NotFound:
        raise
    except Refused as refusal:
        db.session.rollback()
        flash(translated(refusal), "problem")
    else:
        flash(done)
    return redirect(target, HTTPStatus.SEE_OTHER)


def staff_name(by: str) -> str:
    """Who of the staff it was, asked once per request; empty for the house itself."""
    who = Actor.read(by) if by else Actor.system()
    if who.kind is not ActorKind.STAFF:
        return ""
    if "staff_names" not in g:
        g.staff_names = {one.id: one.name for one in accounts.everybody()}
    return str(g.staff_names.get(who.id, ""))


def day_sent(name: str = "due_on") -> date | None:
    """The day that somebody chose; none where it is none."""
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None


def reason_sent() -> ReturnReason:
    """Why it is due, as somebody chose; another reason where it was none of ours."""
    word = request.form.get("reason", "")
    return ReturnReason(word) if word in set(ReturnReason) else ReturnReason.OTHER


def reason(word: ReturnReason) -> str:
    """Why something is due back, in words."""
    return str(_(rules.RETURN_REASON_LABELS[word]))


def progress_of(made: Return) -> Progress:
    """How far a return is."""
    return returning_rules.progress(
        Expected(line.expected, line.came, line.outcome) for line in made.lines
    )


def _back(made: Return) -> str:
    how_far = progress_of(made)
    return str(_("%(back)s of %(all)s back", back=how_far.back, all=how_far.expected))


def _not_here(made: Return) -> int:
    how_far = progress_of(made)
    return how_far.expected - how_far.back


def _days_late(made: Return) -> int | None:
    if made.closed_at is not None or made.due_on is None:
        return None
    return max((clock.today() - made.due_on).days, 0) or None


def views_of(current: str) -> list[tuple[str, str, bool]]:
    """The views of this part, with how much waits in each."""
    due = queries.due_count(clock.today() + returning_rules.DUE_AHEAD)
    is_open, _late = queries.return_counts(clock.today())
    waiting = all_queries.state_counts().get(rules.ItemState.TO_CHECK, 0)
    cases = queries.undecided_count()
    return [
        (f"{_(label)} ({count})" if count else str(_(label)), url_for(endpoint), key == current)
        for key, label, endpoint, count in (
            ("returns", N_("Under way"), ".returns", is_open),
            ("due", N_("Due"), ".returns_due", due),
            ("check", N_("To be checked"), ".returns_check", waiting),
            ("damages", N_("Losses and damages"), ".damages", cases),
        )
    ]


@bp.context_processor
def returning_words() -> dict[str, Any]:
    """What the templates of returns know beside the rest."""
    return {
        "reason_word": reason,
        "return_progress": progress_of,
        "staff_name": staff_name,
        "condition_labels": rules.CONDITION_LABELS,
    }


# --- the list -------------------------------------------------------------------------------------


@bp.get("/rueckgaben")
@open_to(*READERS)
def returns() -> ResponseReturnValue:
    """Every return: who, why, by when, how far, and since when somebody is late."""
    today = clock.today()
    listing = lists.listed(
        queries.returns(),
        name=N_("Returns"),
        columns=(
            Column[Return](
                "name",
                N_("Person"),
                (Employee.last_name, Employee.first_name),
                lambda row: row.employee.name,
            ),
            Column("reason", N_("Why"), Return.reason, lambda row: reason(row.reason)),
            Column("due", N_("Due on"), Return.due_on, lambda row: row.due_on),
            Column("late", N_("Days late"), text=_days_late, hidden=True),
            Column("back", N_("How far"), text=_back),
            Column("missing", N_("Not here"), text=_not_here, end=True),
            Column("since", N_("Asked for on"), Return.opened_at, lambda row: row.opened_at),
            Column("closed", N_("Closed on"), Return.closed_at, lambda row: row.closed_at),
            Column("phone", N_("Phone"), text=lambda row: row.employee.phone, hidden=True),
            Column("email", N_("E-mail"), text=lambda row: row.employee.email, hidden=True),
        ),
        key=Return.id,
        search=queries.search_returns,
        filters=(
            Filter(
                "state",
                N_("State"),
                [
                    (OPEN, _("open")),
                    (OVERDUE, _("overdue")),
                    (CLOSED, _("closed")),
                    (ALL, _("all of them")),
                ],
                {
                    OPEN: queries.is_open_return(),
                    OVERDUE: queries.is_overdue(today),
                    CLOSED: ~queries.is_open_return(),
                }.get,
                default=OPEN,
            ),
            Filter(
                "reason",
                N_("Why"),
                [(one.value, reason(one)) for one in ReturnReason],
                lambda word: queries.for_reason(ReturnReason(word)),
            ),
        ),
        sort="due",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "kits/returns.html",
        listing=listing,
        views=views_of("returns"),
        counts=queries.return_counts(today),
        due=queries.due_count(today + returning_rules.DUE_AHEAD),
        today=today,
    )


@bp.get("/rueckgaben/faellig")
@open_to(*READERS)
def returns_due() -> ResponseReturnValue:
    """People who have something and of whom nothing is asked for: who leaves soon comes first."""
    horizon = clock.today() + returning_rules.DUE_AHEAD
    counts: dict[int, int] = {}
    listing = lists.listed(
        queries.people_with_things(),
        name=N_("Due back"),
        columns=(
            Column[Employee](
                "name",
                N_("Name"),
                (Employee.last_name, Employee.first_name),
                lambda row: row.name,
            ),
            Column(
                "number",
                N_("Personnel number"),
                Employee.personnel_number,
                lambda row: row.personnel_number,
            ),
            Column("team", N_("Team"), text=lambda row: row.team.name if row.team else ""),
            Column("ends", N_("Last day"), Employee.ends_on, lambda row: row.ends_on),
            Column("things", N_("Devices"), text=lambda row: counts.get(row.id, 0), end=True),
        ),
        key=Employee.id,
        search=people.search,
        filters=(
            Filter(
                "who",
                N_("Who"),
                [
                    (LEAVING, _("leaves within 30 days, or has left")),
                    (BROKEN, _("says that something is broken")),
                    (EVERYBODY, _("everybody who has something")),
                ],
                {
                    LEAVING: queries.leaves_by(horizon),
                    BROKEN: queries.says_broken(),
                }.get,
                default=LEAVING,
            ),
        ),
        sort="ends",
    )
    counts.update(queries.held_counts([row.id for row in listing]))
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "kits/returns_due.html",
        listing=listing,
        counts=counts,
        views=views_of("due"),
        reasons=tuple(ReturnReason),
        today=clock.today(),
        soonest=clock.today(),
    )


@bp.post("/rueckgaben/beginnen")
@open_to(Role.IT)
def begin_returns() -> ResponseReturnValue:
    """Ask everybody who is ticked for all she has; of whom nothing can be asked is named."""
    ids = list(dict.fromkeys(request.form.getlist("ids", type=row_number)))[:MOST_AT_ONCE]
    if not ids:
        flash(_("Choose people first."), "problem")
        return redirect(url_for(".returns_due"), HTTPStatus.SEE_OTHER)
    result = returning.begin_many(ids, reason_sent(), due_on=day_sent(), by=current_actor())
    if result.returns:
        flash(
            ngettext(
                "One return is under way.", "%(num)s returns are under way.", len(result.returns)
            )
        )
    say_refusals(refusal for _employee_id, refusal in result.refused)
    return redirect(url_for(".returns"), HTTPStatus.SEE_OTHER)


@bp.route("/rueckgaben/neu/<int:employee_id>", methods=["GET", "POST"])
@open_to(Role.IT)
def begin_return(employee_id: int) -> ResponseReturnValue:
    """Ask one person: for everything, or for some of her devices."""
    person = people.employee(employee_id)
    wrong = ""
    if request.method == "POST":
        chosen = request.form.getlist("items", type=row_number)
        wants_all = request.form.get("what") != "some"
        try:
            made = returning.begin(
                employee_id,
                reason_sent(),
                due_on=day_sent(),
                note=request.form.get("note", ""),
                item_ids=None if wants_all else chosen,
                by=current_actor(),
            )
        except NotFound:
            raise
        except Refused as refusal:
            db.session.rollback()
            wrong = translated(refusal)
        else:
            flash(_("The return of %(name)s is under way.", name=person.name))
            return redirect(url_for(".return_page", return_id=made.id), HTTPStatus.SEE_OTHER)
    held = all_queries.held_by(Holder(HolderKind.EMPLOYEE, employee_id))
    page = render_template(
        "kits/return_new.html",
        person=person,
        held=held,
        goods=queries.goods_with(employee_id),
        asked=queries.open_lines_of(item.id for item in held),
        reasons=tuple(ReturnReason),
        wrong=wrong,
        leaves=person.ends_on,
    )
    return page, HTTPStatus.CONFLICT if wrong else HTTPStatus.OK


# --- one return -----------------------------------------------------------------------------------


@bp.get("/rueckgaben/<int:return_id>")
@open_to(*READERS)
def return_page(return_id: int) -> ResponseReturnValue:
    """One return: what is expected, what is back, and a field that takes scan after scan."""
    return _page(return_id)


def _page(return_id: int, *, wrong: Refused | None = None, code: str = "") -> str:
    made = queries.kit_return(return_id)
    found = wrong if isinstance(wrong, returning.NotReturned) else None
    return render_template(
        "kits/return.html",
        made=made,
        how_far=progress_of(made),
        lines=sorted(made.lines, key=lambda line: (line.came >= line.expected, line.id)),
        wrong=translated(wrong) if wrong is not None else "",
        found=found,
        code=code,
        scan_id=str(uuid.uuid4()),
        anyway_id=str(uuid.uuid4()),
        condition=request.form.get("condition", "used"),
        record=queries.record_of(return_id),
        kept=queries.replacements_for(line.item_id or 0 for line in made.lines),
        needs_wipe=returning_rules.needs_wipe,
        today=clock.today(),
    )


@bp.post("/rueckgaben/<int:return_id>/scan")
@open_to(Role.IT)
def scan_return(return_id: int) -> ResponseReturnValue:
    """Take back what was scanned or typed; a script gets the answer as JSON."""
    sent = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    said: dict[str, Any] = sent if isinstance(sent, dict) else {}
    code = str(said.get("code", ""))[: scanning.CODE_LENGTH]

    def take() -> Accepted:
        line = returning.take_back(
            return_id,
            code,
            condition=str(said.get("condition", "used")),
            anyway=str(said.get("anyway", "")) == "1",
            swapped=bool(said.get("swapped")),
            by=current_actor(),
        )
        return Accepted({"tag": line.item.asset_tag if line.item else ""}, item_id=line.item_id)

    try:
        answer = scanning.once(
            str(said.get("id", "")), f"return:{return_id}", code, by=current_actor(), do=take
        )
    except NotFound:
        raise
    except Refused as refusal:
        db.session.rollback()
        if not request.is_json:
            return _page(return_id, wrong=refusal, code=code), HTTPStatus.CONFLICT
        may_anyway = isinstance(refusal, returning.NotReturned) and refusal.may_come_anyway
        return {"ok": False, "say": translated(refusal), "anyway": code if may_anyway else ""}
    words_for_it = str(_("%(tag)s is back.", tag=answer["tag"]))
    if request.is_json:
        return {"ok": True, "say": words_for_it, "id": ""}
    flash(words_for_it)
    return redirect(url_for(".return_page", return_id=return_id), HTTPStatus.SEE_OTHER)


@bp.post("/rueckgaben/<int:return_id>/zeile/<int:line_id>/da")
@open_to(Role.IT)
def tick_return(return_id: int, line_id: int) -> ResponseReturnValue:
    """One thing is here, though its tag cannot be scanned."""
    return after(
        lambda: returning.tick(
            return_id, line_id, condition=request.form.get("condition", "used"), by=current_actor()
        ),
        _("Taken back."),
        url_for(".return_page", return_id=return_id),
    )


@bp.post("/rueckgaben/<int:return_id>/zeile/<int:line_id>/zustand")
@open_to(Role.IT)
def look_at_return(return_id: int, line_id: int) -> ResponseReturnValue:
    """How a thing looks that came back."""
    return after(
        lambda: returning.looks(
            return_id,
            line_id,
            request.form.get("condition", ""),
            note=request.form.get("note"),
            by=current_actor(),
        ),
        _("Noted."),
        url_for(".return_page", return_id=return_id),
    )


@bp.post("/rueckgaben/<int:return_id>/zeile/<int:line_id>/anzahl")
@open_to(Role.IT)
def count_return(return_id: int, line_id: int) -> ResponseReturnValue:
    """How many of a counted good are back."""
    count = request.form.get("came", type=row_number)
    target = url_for(".return_page", return_id=return_id)
    if count is None:
        flash(_("Type how many came back."), "problem")
        return redirect(target, HTTPStatus.SEE_OTHER)
    return after(
        lambda: returning.count_back(return_id, line_id, count, by=current_actor()),
        _("Noted."),
        target,
    )


@bp.post("/rueckgaben/<int:return_id>/zeile/<int:line_id>/streichen")
@open_to(Role.IT)
def take_off_return(return_id: int, line_id: int) -> ResponseReturnValue:
    """One thing is no longer due."""
    return after(
        lambda: returning.take_off(return_id, line_id, by=current_actor()),
        _("It is no longer asked for."),
        url_for(".return_page", return_id=return_id),
    )


@bp.post("/rueckgaben/<int:return_id>/frist")
@open_to(Role.IT)
def due_return(return_id: int) -> ResponseReturnValue:
    """By when everything should be back."""
    return after(
        lambda: returning.set_due(return_id, day_sent(), by=current_actor()),
        _("Noted."),
        url_for(".return_page", return_id=return_id),
    )


@bp.post("/rueckgaben/<int:return_id>/abschliessen")
@open_to(Role.IT)
def close_return(return_id: int) -> ResponseReturnValue:
    """Finish a return; what is not here is missing only when that is said."""
    return after(
        lambda: returning.close(
            return_id,
            by=current_actor(),
            store=door(Store),
            company=settings().company,
            rest_is_missing=request.form.get("rest") == "missing",
        ),
        _("The return is closed. Its record is ready."),
        url_for(".return_page", return_id=return_id),
    )


@bp.get("/rueckgaben/<int:return_id>/protokoll.pdf")
@open_to(*READERS, Role.HR)
def return_record(return_id: int) -> ResponseReturnValue:
    """The record of a return that is closed."""
    found = queries.record_of(return_id)
    if found is None:
        raise NotFound(N_("There is no record of this return yet."))
    response = Response(door(Store).get(found.file.sha256), mimetype=found.file.media_type)
    response.headers.set("Content-Disposition", "inline", filename=found.file.name)
    response.headers.set("Cache-Control", "no-store")
    return response
