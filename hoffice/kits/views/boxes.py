"""Boxes: the list, and one box by its label."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hoffice.accounts.access import account_or_none, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import N_, NotFound
from hoffice.kits import queries, words
from hoffice.kits.models import Box
from hoffice.kits.rules import BoxState
from hoffice.kits.views.blueprint import READERS, bp, elsewhere
from hoffice.people.models import Employee
from hoffice.web import lists


@bp.get("/kartons")
@open_to(*READERS)
def boxes() -> ResponseReturnValue:
    """Every box: whose it is, which of how many, and where it stands."""
    listing = lists.listed(
        queries.boxes(),
        name=N_("Boxes"),
        columns=(
            lists.Column[Box]("code", N_("Box"), Box.code, lambda row: row.code),
            lists.Column(
                "name",
                N_("Person"),
                (Employee.last_name, Employee.first_name),
                lambda row: row.kit.employee.name,
            ),
            lists.Column("number", N_("No."), text=words.number_of),
            lists.Column(
                "content",
                N_("Content"),
                text=words.inside,
            ),
            lists.Column("state", N_("State"), Box.state, lambda row: words.box_state(row.state)),
            lists.Column("packed", N_("Packed on"), Box.packed_at, lambda row: row.packed_at),
        ),
        key=Box.id,
        search=queries.search_boxes,
        filters=(
            lists.Filter(
                "state",
                N_("State"),
                [(state.value, words.box_state(state)) for state in BoxState],
                lambda word: queries.box_in(BoxState(word)),
            ),
        ),
        sort="name",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template("kits/boxes.html", listing=listing)


@bp.get("/karton/<code>")
@open_to(*READERS, Role.DRIVER)
def box(code: str) -> ResponseReturnValue:
    """The box with this label: where its QR code leads; a driver goes on to the stop it is for."""
    account = account_or_none()
    if account is None or not account.roles & set(READERS):
        page = elsewhere("doorstep.box", code=code)
        if page is None:
            raise NotFound(N_("This page is not for you."))
        return redirect(page)
    found = queries.box_by_code(code)
    if code != found.code:
        return redirect(url_for(".box", code=found.code))
    return render_template("kits/box.html", box=found)
