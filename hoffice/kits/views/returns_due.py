"""Who has something that nobody asked for yet, and asking for it."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import N_, Refused
from hoffice.kits import queries as all_queries
from hoffice.kits.models import Return
from hoffice.kits.queries import bulk as counted
from hoffice.kits.queries import due_lines, things_due
from hoffice.kits.rules import Holder, HolderKind, ReturnReason
from hoffice.kits.rules import returning as returning_rules
from hoffice.kits.service import asking_back
from hoffice.kits.views.blueprint import READERS, bp, may_change
from hoffice.kits.views.return_words import MOST_AT_ONCE, day_sent, reason_sent, views_of
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.web import lists
from hoffice.web.deeds import after, tried
from hoffice.web.lists import Column, Filter
from hoffice.web.numbers import row_number, ticked
from hoffice.web.pages import say_refusals, translated

LEAVING, BROKEN, EVERYBODY = "leaving", "broken", "all"


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
    ids = ticked()[:MOST_AT_ONCE]
    if not ids:
        flash(_("Choose people first."), "problem")
        return redirect(url_for(".returns_due"), HTTPStatus.SEE_OTHER)

    def deed() -> None:
        result = asking_back.begin_many(ids, reason_sent(), due_on=day_sent(), by=current_actor())
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
            lambda: asking_back.begin(
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
