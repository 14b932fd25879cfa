"""The signature of the house under many papers at once, by somebody's own account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_account, current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.agreements import queries
from hoffice.agreements.models import Paper
from hoffice.agreements.queries import desk
from hoffice.agreements.rules import PAPER_LABELS, PaperKind, SignerRole
from hoffice.agreements.service import bulk, countersigning
from hoffice.agreements.service.bulk import Deed, Order
from hoffice.agreements.service.contents import SIGNER_TITLES
from hoffice.agreements.views.blueprint import bp
from hoffice.errors import N_, Refused
from hoffice.people.models import Employee
from hoffice.web import lists
from hoffice.web.lists import Column, Filter
from hoffice.web.numbers import ticked
from hoffice.web.pages import translated

SIGNED_BY_HOUSE = (
    PaperKind.ADDENDUM,
    PaperKind.MOBILE,
    PaperKind.INSTRUCTION,
    PaperKind.BACK_TO_OFFICE,
)
"""Kinds that trainer or employer sign."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paper in the list."""

    paper: Paper

    @property
    def id(self) -> int:
        """For the tick at the line's beginning."""
        return self.paper.id

    @property
    def employee(self) -> Employee:
        """Whose paper it is."""
        return self.paper.employee

    @property
    def name(self) -> str:
        """For screen readers."""
        return f"{self.paper.employee.name}, {_(PAPER_LABELS[self.paper.kind])}"

    @property
    def kind(self) -> PaperKind:
        """What it is."""
        return self.paper.kind

    @property
    def signs_as(self) -> str:
        """As what the house signs it."""
        return _as(self.paper)

    @property
    def since(self) -> lists.Cell:
        """When the employee has signed."""
        return _since(self.paper)


@bp.get("/unterschreiben")
@open_to(Role.HR)
def to_countersign() -> ResponseReturnValue:
    """Papers that the employee has signed and that wait for trainer or employer."""
    listing = lists.listed(
        desk.for_house(),
        name=N_("To be signed by the house"),
        columns=(
            Column(
                "name",
                N_("Person"),
                sort=(Employee.last_name, Employee.first_name),
                text=lambda paper: paper.employee.name,
            ),
            Column(
                "kind",
                N_("Paper"),
                sort=Paper.kind,
                text=lambda paper: str(_(PAPER_LABELS[paper.kind])),
            ),
            Column("as", N_("Signed as"), text=_as),
            Column("since", N_("Signed by the employee"), text=_since),
        ),
        key=Paper.id,
        search=queries.search_people,
        filters=(
            Filter(
                "kind",
                N_("Paper"),
                [(kind.value, str(_(PAPER_LABELS[kind]))) for kind in SIGNED_BY_HOUSE],
                desk.of_kind,
            ),
        ),
        sort="name",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    lines: Sequence[Any] = [Line(paper) for paper in listing.rows]
    return render_template(
        "agreements/countersign.html",
        listing=replace(listing, rows=lines),
        total=desk.count_for_house(),
        labels=PAPER_LABELS,
        own_name=current_account().name,
    )


def _as(paper: Paper) -> str:
    role = countersigning.role_of(paper)
    return str(_(SIGNER_TITLES[role])) if role is not None else ""


def _since(paper: Paper) -> lists.Cell:
    return next(
        (one.signed_at for one in paper.signatures if one.role is SignerRole.EMPLOYEE), None
    )


@bp.post("/unterschreiben")
@open_to(Role.HR)
def countersign() -> ResponseReturnValue:
    """Sign all selected papers with the typed name; a job makes the files."""
    try:
        name = countersigning.checked_own_name(request.form.get("name", ""), current_account().name)
        job = bulk.prepare(ticked(), Order(deed=Deed.COUNTERSIGN, signer=name), by=current_actor())
    except Refused as refusal:
        flash(translated(refusal), "error")
        return redirect(url_for(".to_countersign"))
    return redirect(url_for("desk.job", job_id=job.id))
