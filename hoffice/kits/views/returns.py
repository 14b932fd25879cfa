"""The list of returns: who, why, by when, and how far."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import open_to
from hoffice.errors import N_
from hoffice.kits.models import Return
from hoffice.kits.queries import returning as queries
from hoffice.kits.queries import things_due
from hoffice.kits.rules import ReturnReason
from hoffice.kits.rules import returning as returning_rules
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.kits.views.return_words import progress_of, reason, views_of
from hoffice.people.models import Employee
from hoffice.web import lists
from hoffice.web.lists import Column, Filter

OPEN, OVERDUE, CLOSED, ALL = "open", "overdue", "closed", "all"


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
