"""Boxes: the list, one box by its label, and labels to print."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from hoffice.accounts.access import open_to, settings
from hoffice.errors import N_
from hoffice.kits import queries, service, words
from hoffice.kits.models import Box
from hoffice.kits.rules import BoxState
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.people.models import Employee
from hoffice.web import lists
from hoffice.web.numbers import row_number


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
                text=lambda row: words.content(place.item for place in row.kit_items),
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
@open_to(*READERS)
def box(code: str) -> ResponseReturnValue:
    """The box with this label: where its QR code leads."""
    found = queries.box_by_code(code)
    if code != found.code:
        return redirect(url_for(".box", code=found.code))
    return render_template("kits/box.html", box=found)


@bp.route("/etiketten.pdf", methods=["GET", "POST"])
@open_to(*READERS)
def labels() -> ResponseReturnValue:
    """Labels to print: of one kit, of the boxes selected, or of all that are packed.

    ``ab`` is the first free place on a sheet that was begun. Nothing is changed by it.
    """
    chosen = request.form.getlist("ids", type=row_number) if request.method == "POST" else None
    wanted = queries.boxes_with_label(
        kit_id=request.args.get("kit", type=row_number),
        box_ids=chosen,
        packed=chosen is None and "kit" not in request.args,
    )
    content = service.label_sheet(
        wanted,
        house_url=settings().url,
        language=str(get_locale() or "de"),
        firm=settings().company,
        first_place=request.values.get("ab", 1, type=int),
    )
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename="etiketten.pdf")
    response.headers.set("Cache-Control", "no-store")
    return response
