"""Taking in devices: one, or several like ones in a row."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries
from hoffice.kits.forms import ItemForm
from hoffice.kits.models import Item
from hoffice.kits.service import stock
from hoffice.kits.views.blueprint import bp
from hoffice.web.pages import translated


@bp.route("/neu", methods=["GET", "POST"])
@open_to(Role.IT)
def new_item() -> ResponseReturnValue:
    """Take in one device, or several like ones whose tags are counted up.

    Of a model they take over what the model says now; what was typed beside it does not count.
    """
    form = ItemForm(queries.models_in_use())
    if request.method == "GET":
        form.model_id.data = request.args.get("model", "")
    if form.validate_on_submit():
        try:
            made = _taken_in(form)
        except Refused as refusal:
            db.session.rollback()
            form.asset_tag.errors = [*form.asset_tag.errors, translated(refusal)]
        else:
            flash(
                ngettext(
                    "%(first)s is in stock.",
                    "%(num)s devices are in stock, from %(first)s to %(last)s.",
                    len(made),
                    first=made[0].asset_tag,
                    last=made[-1].asset_tag,
                )
            )
            return redirect(url_for(".items", q=made[0].asset_tag if len(made) == 1 else None))
    status = 422 if form.errors else 200
    return render_template("kits/new_item.html", form=form), status


def _taken_in(form: ItemForm) -> list[Item]:
    facts = form.facts
    if form.chosen_model is not None:
        facts = stock.facts_from(
            queries.model(form.chosen_model), serial=facts.serial, bought_on=facts.bought_on
        )
    return stock.take_in_several(
        form.asset_tag.data or "", form.count.data or 1, facts, by=current_actor()
    )
