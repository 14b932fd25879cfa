"""Locations: desks, shelves, rooms and repair shops, and what is there."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import queries
from hoffice.kits.forms import LocationsForm
from hoffice.kits.models import Location
from hoffice.kits.rules import LOCATION_LABELS, LocationKind
from hoffice.kits.service import catalogue, scanning
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.web import lists
from hoffice.web.pages import translated

CONFLICT: Final = 409
NAME_LENGTH: Final = 60
TEXT_LENGTH: Final = 4000
"""So much fits into the field for tags: a hundred scans with their addresses."""


@bp.get("/orte")
@open_to(*READERS)
def locations() -> ResponseReturnValue:
    """Every location, and how many devices are there."""
    counts: dict[int, int] = {}
    listing = lists.listed(
        queries.locations(),
        name=N_("Locations"),
        columns=(
            lists.Column[Location]("name", N_("Name"), Location.name, lambda row: row.name),
            lists.Column("code", N_("On the label"), Location.code, lambda row: row.code),
            lists.Column(
                "kind", N_("Kind"), Location.kind, lambda row: _(LOCATION_LABELS[row.kind])
            ),
            lists.Column("items", N_("Devices"), text=lambda row: counts.get(row.id, 0), end=True),
            lists.Column(
                "state",
                N_("State"),
                Location.retired_at,
                lambda row: (
                    pgettext("location", "in use")
                    if row.retired_at is None
                    else _("no longer in use")
                ),
            ),
        ),
        key=Location.id,
        search=queries.search_locations,
        filters=(
            lists.Filter(
                "kind",
                N_("Kind"),
                [(kind.value, str(_(LOCATION_LABELS[kind]))) for kind in LocationKind],
                lambda word: queries.location_of_kind(LocationKind(word)),
            ),
        ),
        sort="name",
    )
    counts.update(queries.count_at([row.id for row in listing]))
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "kits/locations.html", listing=listing, counts=counts, labels=LOCATION_LABELS
    )


@bp.route("/orte/neu", methods=["GET", "POST"])
@open_to(Role.IT)
def new_locations() -> ResponseReturnValue:
    """Make one location, or several in a row."""
    form = LocationsForm()
    if form.validate_on_submit():
        try:
            made = catalogue.add_locations(
                form.name.data or "",
                form.count.data or 1,
                LocationKind(form.kind.data),
                by=current_actor(),
            )
        except Refused as refusal:
            db.session.rollback()
            form.name.errors = [*form.name.errors, translated(refusal)]
        else:
            flash(
                ngettext(
                    "%(first)s is there.",
                    "%(num)s locations are there, from %(first)s to %(last)s.",
                    len(made),
                    first=made[0].name,
                    last=made[-1].name,
                )
            )
            return redirect(url_for(".locations"))
    return render_template("kits/new_locations.html", form=form), 422 if form.errors else 200


@bp.get("/ort/<code>")
@open_to(*READERS)
def location(code: str) -> ResponseReturnValue:
    """The location with this label: where its QR code leads; what is there now."""
    found = _by_code(code)
    if code != found.code:
        return redirect(url_for(".location", code=found.code))
    return _page(found)


def _by_code(code: str) -> Location:
    found = queries.location_by_code(code)
    if found is None:
        raise NotFound(
            N_("There is no location “%(code)s”. Their labels look like L00012."), code=code[:40]
        )
    return found


def _page(found: Location, *, wrong: str = "", typed: str = "") -> str:
    return render_template(
        "kits/location.html",
        location=found,
        kind=_(LOCATION_LABELS[found.kind]),
        items=queries.items_at(found.id),
        wrong=wrong,
        typed=typed,
    )


@bp.post("/ort/<code>/hierher")
@open_to(Role.IT)
def put_here(code: str) -> ResponseReturnValue:
    """Put devices here: one scanned tag, or several in the field."""
    found = _by_code(code)
    typed = request.form.get("tags", "")[:TEXT_LENGTH]
    try:
        items = catalogue.put_at(found.id, scanning.tags_in(typed), by=current_actor())
    except Refused as refusal:
        db.session.rollback()
        return _page(_by_code(code), wrong=translated(refusal), typed=typed), CONFLICT
    flash(
        ngettext(
            "%(tag)s is at %(place)s now.",
            "%(num)s devices are at %(place)s now.",
            len(items),
            tag=items[0].asset_tag,
            place=found.name,
        )
    )
    return redirect(url_for(".location", code=found.code))


@bp.post("/ort/<code>/umbenennen")
@open_to(Role.IT)
def rename_location(code: str) -> ResponseReturnValue:
    """Give a location another name; its label stays."""
    name = request.form.get("name", "").strip()[:NAME_LENGTH]
    found = catalogue.rename_location(_by_code(code).id, name, by=current_actor())
    flash(_("It is called %(name)s now.", name=found.name))
    return redirect(url_for(".location", code=found.code))


@bp.post("/ort/<code>/stilllegen")
@open_to(Role.IT)
def retire_location(code: str) -> ResponseReturnValue:
    """Use a location no more; only when nothing is there."""
    found = catalogue.retire_location(_by_code(code).id, by=current_actor())
    flash(_("%(name)s is no longer in use.", name=found.name))
    return redirect(url_for(".locations"))


@bp.post("/ort/<code>/wieder")
@open_to(Role.IT)
def reinstate_location(code: str) -> ResponseReturnValue:
    """Use a location again."""
    found = catalogue.reinstate_location(_by_code(code).id, by=current_actor())
    flash(_("%(name)s is in use again.", name=found.name))
    return redirect(url_for(".location", code=found.code))
