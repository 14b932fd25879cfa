"""Returns: what is due back, one return thing by thing, and what waits for a check."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
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
from hoffice.kits.models import Reservation, Return
from hoffice.kits.queries import bulk as counted
from hoffice.kits.queries import damage_cases, due_lines, replacements, things_due
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import Holder, HolderKind, ReturnOutcome, ReturnReason
from hoffice.kits.rules import returning as returning_rules
from hoffice.kits.rules.returning import Expected, Progress
from hoffice.kits.service import (
    reserving,
    return_lines,
    return_records,
    return_slips,
    returning,
    scanning,
)
from hoffice.kits.service.scanning import Accepted
from hoffice.kits.views import scanned
from hoffice.kits.views.blueprint import READERS, bp, may_change
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.tasks import queries as tasks
from hoffice.tasks.models import Task
from hoffice.units import Actor, ActorKind
from hoffice.web import lists
from hoffice.web.deeds import after, tried
from hoffice.web.lists import Column, Filter
from hoffice.web.numbers import row_number
from hoffice.web.pages import say_refusals, translated
from hoffice.web.transaction import store_and_set_aside

MOST_AT_ONCE: Final = 500
LEAVING, BROKEN, EVERYBODY = "leaving", "broken", "all"
RECORD_TRIES: Final = 3
OPEN, OVERDUE, CLOSED, ALL = "open", "overdue", "closed", "all"


def write_records(return_ids: Iterable[int]) -> None:
    """Make the records of these closed returns, once what was done is stored.

    Nobody else waits for a page to be made. A record that somebody outdates meanwhile is made
    again, and one that was not made because the house went down is made when somebody opens it.
    """
    store, company, by = door(Store), settings().company, current_actor()
    waiting = list(return_ids)
    for _try in range(RECORD_TRIES):
        if not waiting:
            return
        with store_and_set_aside():
            facts = {one: return_records.facts_of(one, company=company) for one in waiting}
            db.session.rollback()
            contents = {one: return_records.made_of(said) for one, said in facts.items()}
        waiting = [
            one
            for one, said in facts.items()
            if not return_records.file(
                one, said, contents[one], store=store, company=company, by=by
            )
        ]


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
    due = things_due.due_count(clock.today() + returning_rules.DUE_AHEAD)
    is_open, _late = queries.return_counts(clock.today())
    waiting = all_queries.state_counts().get(rules.ItemState.TO_CHECK, 0)
    cases = damage_cases.undecided_count()
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
        due=things_due.due_count(today + returning_rules.DUE_AHEAD),
        today=today,
    )


@bp.get("/rueckgaben/faellig")
@open_to(*READERS)
def returns_due() -> ResponseReturnValue:
    """People who have something and of whom nothing is asked for: who leaves soon comes first."""
    horizon = clock.today() + returning_rules.DUE_AHEAD
    counts: dict[int, int] = {}
    listing = lists.listed(
        things_due.people_with_things(),
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
            *([Column[Employee]("begin", "")] if may_change() else []),
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
                    LEAVING: things_due.leaves_by(horizon),
                    BROKEN: things_due.says_broken(),
                }.get,
                default=LEAVING,
            ),
        ),
        sort="ends",
    )
    counts.update(things_due.held_counts([row.id for row in listing]))
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

    def deed() -> None:
        result = returning.begin_many(ids, reason_sent(), due_on=day_sent(), by=current_actor())
        begun = len(result.returns)
        if begun:
            flash(ngettext("One return is under way.", "%(num)s returns are under way.", begun))
        say_refusals(refusal for _employee_id, refusal in result.refused)

    return after(deed, "", url_for(".returns"))


@bp.route("/rueckgaben/neu/<int:employee_id>", methods=["GET", "POST"])
@open_to(Role.IT)
def begin_return(employee_id: int) -> ResponseReturnValue:
    """Ask one person: for everything, or for some of her devices."""
    person = people.employee(employee_id)
    made: Return | Refused | None = None
    if request.method == "POST":
        made = tried(
            lambda: returning.begin(
                employee_id,
                reason_sent(),
                due_on=day_sent(),
                note=request.form.get("note", ""),
                item_ids=_chosen() if request.form.get("what") == "some" else None,
                by=current_actor(),
            )
        )
    if isinstance(made, Return):
        flash(_("The return of %(name)s is under way.", name=person.name))
        return redirect(url_for(".return_page", return_id=made.id), HTTPStatus.SEE_OTHER)
    held = all_queries.held_by(Holder(HolderKind.EMPLOYEE, employee_id))
    page = render_template(
        "kits/return_new.html",
        person=person,
        held=held,
        goods=counted.goods_with(employee_id),
        asked=due_lines.open_lines_of(item.id for item in held),
        reasons=tuple(ReturnReason),
        wrong=translated(made) if made is not None else "",
        chosen=_chosen(),
        leaves=person.ends_on,
        today=clock.today(),
        sent=request.form,
    )
    return page, HTTPStatus.CONFLICT if made is not None else HTTPStatus.OK


def _chosen() -> list[int]:
    """The devices that are ticked: those sent, or the one from whose page somebody came."""
    if request.method == "POST":
        return request.form.getlist("items", type=row_number)
    return request.args.getlist("geraet", type=row_number)


# --- one return -----------------------------------------------------------------------------------


@bp.get("/rueckgaben/<int:return_id>")
@open_to(*READERS)
def return_page(return_id: int) -> ResponseReturnValue:
    """One return: what is expected, what is back, and a field that takes scan after scan."""
    return _page(return_id)


def _page(return_id: int, *, wrong: Refused | None = None, code: str = "") -> str:
    made = queries.kit_return(return_id)
    found = wrong if isinstance(wrong, return_lines.NotReturned) else None
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
        record=has_record(made),
        kept=_kept_for(made),
        gone=gone_replacements(line.item_id or 0 for line in made.lines),
        cases=damage_cases.cases_by_line(line.id for line in made.lines),
        needs_wipe=returning_rules.needs_wipe,
        today=clock.today(),
    )


def _kept_for(made: Return) -> dict[int, Reservation]:
    """What is kept for the person to replace what this return asks for, by the old device."""
    kept = replacements.replacements_for(line.item_id or 0 for line in made.lines)
    return {old: one for old, one in kept.items() if one.employee_id == made.employee_id}


def gone_replacements(item_ids: Iterable[int]) -> dict[int, Task]:
    """The open tasks to find another replacement for these devices, by the device."""
    subjects = [f"item:{one}" for one in item_ids]
    found = tasks.open_tasks_about(subjects, [reserving.REPLACEMENT_GONE])
    return {int(subject.partition(":")[2]): task for subject, task in found.items()}


@bp.post("/rueckgaben/<int:return_id>/scan")
@open_to(Role.IT)
def scan_return(return_id: int) -> ResponseReturnValue:
    """Take back what was scanned or typed; a script gets the answer as JSON."""
    sent = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    said: dict[str, Any] = sent if isinstance(sent, dict) else {}
    code = str(said.get("code", ""))[: scanning.CODE_LENGTH]

    def take() -> Accepted:
        read = scanning.read(code, swapped=bool(said.get("swapped")))
        line = returning.take_back_read(
            return_id,
            read,
            condition=str(said.get("condition", "used")),
            anyway=str(said.get("anyway", "")) == "1",
            by=current_actor(),
        )
        facts = {"tag": line.item.asset_tag if line.item else ""}
        answer: dict[str, Any] = {"did": "back", "say": N_("%(tag)s is back."), "facts": facts}
        if read.is_put_right:
            answer["put_right"] = True
        return Accepted(answer, item_id=line.item_id)

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
        may_anyway = isinstance(refusal, return_lines.NotReturned) and refusal.may_come_anyway
        return {"ok": False, "say": translated(refusal), "anyway": code if may_anyway else ""}
    if request.is_json:
        return scanned.accepted("", answer)
    flash(scanned.sentence(answer))
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


@bp.post("/rueckgaben/<int:return_id>/zeile/<int:line_id>/doch-nicht")
@open_to(Role.IT)
def undo_return(return_id: int, line_id: int) -> ResponseReturnValue:
    """What was taken back by a slip is not here after all."""
    return after(
        lambda: return_slips.not_back(return_id, line_id, by=current_actor()),
        _("It is not back: the ledger says so, too."),
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

    def deed() -> None:
        returning.close(
            return_id,
            by=current_actor(),
            rest_is_missing=request.form.get("rest") == "missing",
            missing=request.form.get("missing", type=row_number),
        )
        waiting = _kept_for(queries.kit_return(return_id)).values()
        still = [(one.item.asset_tag, one.employee.name) for one in waiting]
        write_records([return_id])
        flash(_("The return is closed. Its record is ready."))
        for tag, name in still:
            flash(_("%(tag)s is still kept for %(name)s.", tag=tag, name=name), "problem")

    return after(
        deed,
        "",
        url_for(".return_page", return_id=return_id),
    )


@bp.post("/rueckgaben/<int:return_id>/absagen")
@open_to(Role.IT)
def call_off_return(return_id: int) -> ResponseReturnValue:
    """Nothing of a return is due any more, and nothing of it came."""
    return after(
        lambda: returning.call_off(return_id, by=current_actor()),
        _("The return is called off. Everything stays where it is."),
        url_for(".return_page", return_id=return_id),
    )


@bp.get("/rueckgaben/<int:return_id>/protokoll.pdf")
@open_to(*READERS, Role.HR)
def return_record(return_id: int) -> ResponseReturnValue:
    """The record of a return that is closed; made afresh when it says less than is known now."""
    found = queries.record_of(return_id)
    if found is not None and not queries.is_wiped_since_record(return_id):
        content, name = door(Store).get(found.file.sha256), found.file.name
    else:
        made = queries.kit_return(return_id)
        if not has_record(made):
            raise NotFound(N_("There is no record of this return yet."))
        facts = return_records.facts_of(return_id, company=settings().company)
        content, name = return_records.made_of(facts), f"{facts.reference}.pdf"
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response


def has_record(made: Return) -> bool:
    """Whether there is something to record: it is closed, and was not called off."""
    return made.closed_at is not None and any(
        line.outcome is not ReturnOutcome.NOT_DUE for line in made.lines
    )
