"""Kit types: what a workplace consists of."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import queries, service, words
from hoffice.kits.forms import KitTypeForm
from hoffice.kits.models import KitType
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.web import lists
from hoffice.web.pages import translated


@bp.get("/arten")
@open_to(*READERS)
def types() -> ResponseReturnValue:
    """The catalogue: each kit type with its boxes and how many kits were made from it."""
    counts = queries.kits_per_type()
    listing = lists.listed(
        queries.catalogue(),
        name=N_("Kit types"),
        columns=(
            lists.Column[KitType]("name", N_("Name"), KitType.name, lambda row: row.name),
            lists.Column("content", N_("What is in it"), text=_content),
            lists.Column("kits", N_("Kits"), text=lambda row: counts.get(row.id, 0), end=True),
            lists.Column("state", N_("State"), KitType.retired_at, _state),
            lists.Column("deeds", ""),
        ),
        key=KitType.id,
        search=queries.search_types,
        sort="name",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template("kits/types.html", listing=listing, counts=counts)


def _content(kit_type: KitType) -> str:
    return "; ".join(
        _("Box %(number)s: %(content)s", number=number, content=content)
        for number, content in words.boxes_of(kit_type).items()
    )


def _state(kit_type: KitType) -> str:
    return str(_("in use") if kit_type.retired_at is None else _("no longer offered"))


@bp.route("/arten/neu", methods=["GET", "POST"])
@open_to(Role.IT)
def new_type() -> ResponseReturnValue:
    """Write a kit type."""
    form = KitTypeForm()
    if form.validate_on_submit():
        try:
            made = service.add_kit_type(form.name.data or "", form.wanted, by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            flash(_("%(name)s is in the catalogue.", name=made.name))
            return redirect(url_for(".types"))
    return render_template("kits/new_type.html", form=form), 422 if form.errors else 200


@bp.post("/arten/<int:kit_type_id>/stilllegen")
@open_to(Role.IT)
def retire_type(kit_type_id: int) -> ResponseReturnValue:
    """Offer a kit type no more."""
    made = service.retire_kit_type(kit_type_id, by=current_actor())
    flash(_("%(name)s is no longer offered. Kits made from it stay as they are.", name=made.name))
    return redirect(url_for(".types"))


@bp.post("/arten/<int:kit_type_id>/wieder")
@open_to(Role.IT)
def reinstate_type(kit_type_id: int) -> ResponseReturnValue:
    """Offer a kit type again."""
    made = service.reinstate_kit_type(kit_type_id, by=current_actor())
    flash(_("%(name)s is offered again.", name=made.name))
    return redirect(url_for(".types"))
