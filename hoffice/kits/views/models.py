"""Models of devices: the list, a new one, and changing one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import queries, words
from hoffice.kits.forms import ModelForm
from hoffice.kits.models import ItemModel
from hoffice.kits.rules import ItemKind
from hoffice.kits.service import catalogue
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.web import lists
from hoffice.web.formats import money
from hoffice.web.pages import translated


@bp.get("/modelle")
@open_to(*READERS)
def models() -> ResponseReturnValue:
    """Every model, with how many devices there are of it."""
    counts = queries.items_per_model()
    listing = lists.listed(
        queries.models(),
        name=N_("Models"),
        columns=(
            lists.Column[ItemModel]("name", N_("Model"), ItemModel.name, lambda row: row.name),
            lists.Column("kind", N_("Kind"), ItemModel.kind, lambda row: words.kind(row.kind)),
            lists.Column("ean", N_("EAN"), ItemModel.ean, lambda row: row.ean),
            lists.Column(
                "serial",
                N_("Serial numbers"),
                ItemModel.serial_pattern,
                lambda row: row.serial_pattern,
            ),
            lists.Column(
                "warranty",
                N_("Warranty in months"),
                ItemModel.warranty_months,
                lambda row: row.warranty_months,
                end=True,
            ),
            lists.Column(
                "value",
                N_("Value"),
                ItemModel.value_cents,
                lambda row: money(row.value_cents) if row.value_cents else "",
                end=True,
            ),
            lists.Column("weight", N_("Weight in g"), text=lambda row: row.weight_g, hidden=True),
            lists.Column(
                "litres", N_("Volume in litres"), text=lambda row: row.litres, hidden=True
            ),
            lists.Column("items", N_("Devices"), text=lambda row: counts.get(row.id, 0), end=True),
            lists.Column(
                "state",
                N_("State"),
                ItemModel.retired_at,
                lambda row: _("in use") if row.retired_at is None else _("no longer offered"),
            ),
            lists.Column("deeds", ""),
        ),
        key=ItemModel.id,
        search=queries.search_models,
        filters=(
            lists.Filter(
                "kind",
                N_("Kind"),
                [(kind.value, words.kind(kind)) for kind in ItemKind],
                lambda word: queries.model_of_kind(ItemKind(word)),
            ),
        ),
        sort="name",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template("kits/models.html", listing=listing, counts=counts)


@bp.route("/modelle/neu", methods=["GET", "POST"])
@open_to(Role.IT)
def new_model() -> ResponseReturnValue:
    """Write a model into the catalogue."""
    form = ModelForm()
    if form.validate_on_submit():
        try:
            made = catalogue.add_model(form.facts, by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            flash(_("%(name)s is in the catalogue.", name=made.name))
            return redirect(url_for(".models"))
    page = render_template("kits/model.html", form=form, model=None)
    return page, 422 if form.errors else 200


@bp.route("/modelle/<int:model_id>", methods=["GET", "POST"])
@open_to(Role.IT)
def model(model_id: int) -> ResponseReturnValue:
    """Change a model; devices that are there already keep what they took over."""
    form = ModelForm(queries.model(model_id))
    if form.validate_on_submit():
        try:
            changed = catalogue.change_model(model_id, form.facts, by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            flash(_("%(name)s is changed. Its devices stay as they are.", name=changed.name))
            return redirect(url_for(".models"))
    page = render_template("kits/model.html", form=form, model=queries.model(model_id))
    return page, 422 if form.errors else 200


@bp.post("/modelle/<int:model_id>/stilllegen")
@open_to(Role.IT)
def retire_model(model_id: int) -> ResponseReturnValue:
    """Offer a model no more."""
    found = catalogue.retire_model(model_id, by=current_actor())
    flash(_("%(name)s is no longer offered.", name=found.name))
    return redirect(url_for(".models"))


@bp.post("/modelle/<int:model_id>/wieder")
@open_to(Role.IT)
def reinstate_model(model_id: int) -> ResponseReturnValue:
    """Offer a model again."""
    found = catalogue.reinstate_model(model_id, by=current_actor())
    flash(_("%(name)s is offered again.", name=found.name))
    return redirect(url_for(".models"))
