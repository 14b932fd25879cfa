"""Changing what is known of a device."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.kits import queries
from hoffice.kits.forms import ChangeItemForm
from hoffice.kits.service import changing
from hoffice.kits.service.damages import holder_of
from hoffice.kits.views.blueprint import bp
from hoffice.web.pages import translated


@bp.route("/<int:item_id>/aendern", methods=["GET", "POST"])
@open_to(Role.IT)
def change_item(item_id: int) -> ResponseReturnValue:
    """Put right what is known of a device; what the house refuses is said above the form."""
    found = queries.item(item_id)
    form = ChangeItemForm(found, queries.models_in_use(also=[found.model_id or 0]))
    status = HTTPStatus.OK
    if form.validate_on_submit():
        try:
            changes = changing.change_item(
                item_id, form.facts, note=form.note.data or "", by=current_actor()
            )
        except NotFound:
            raise
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
            status = HTTPStatus.CONFLICT
        else:
            flash(_("Kept.") if changes.names else _("Nothing is different."))
            if changes.opened:
                flash(
                    _(
                        "Box %(code)s is open again: what lies in it is of another kind now.",
                        code=changes.opened,
                    )
                )
            if changes.at_home:
                flash(_("It is another kind now. What was signed about it stays as it was."))
            return redirect(url_for(".item", item_id=item_id), HTTPStatus.SEE_OTHER)
    elif form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    item = queries.item(item_id)
    page = render_template(
        "kits/change_item.html",
        form=form,
        item=item,
        at_home=queries.names_of([holder_of(item) or 0]).get(holder_of(item) or 0)
        if changing.is_at_home(item)
        else None,
    )
    return page, status
