"""Devices: the list, one device with its ledger, and taking in new ones."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import queries, service, words
from hoffice.kits.forms import ItemForm
from hoffice.kits.models import Item
from hoffice.kits.rules import HolderKind, ItemKind, ItemState
from hoffice.kits.views.blueprint import READERS, bp, may_change
from hoffice.kits.views.naming import Names, ledger, paper
from hoffice.people import queries as people
from hoffice.web import lists
from hoffice.web.pages import translated

SHOWN_STATES = (ItemState.IN_STOCK, ItemState.IN_KIT, ItemState.OUT, ItemState.LOST)
"""The states that stand above the list as figures."""


@bp.get("/")
@open_to(*READERS)
def items() -> ResponseReturnValue:
    """Every device: who has it, and in which state it is."""
    names = Names()
    listing = lists.listed(
        queries.items(),
        name=N_("Devices"),
        columns=(
            lists.Column[Item]("tag", N_("Asset tag"), Item.asset_tag, lambda row: row.asset_tag),
            lists.Column("kind", N_("Kind"), Item.kind, lambda row: words.kind(row.kind)),
            lists.Column("model", N_("Model"), Item.model, lambda row: row.model),
            lists.Column("serial", N_("Serial number"), Item.serial, lambda row: row.serial),
            lists.Column("who", N_("Who has it"), text=lambda row: _holder(row, names)),
            lists.Column("kit", N_("Kit of"), text=_kit_of),
            lists.Column("state", N_("State"), Item.state, lambda row: words.item_state(row.state)),
            lists.Column(
                "since",
                N_("Since"),
                text=lambda row: row.holding.since if row.holding else None,
                hidden=True,
            ),
            lists.Column(
                "paper",
                N_("Condition"),
                text=lambda row: words.condition(row.condition),
                hidden=True,
            ),
        ),
        key=Item.id,
        search=queries.search_items,
        filters=(
            lists.Filter(
                "kind",
                N_("Kind"),
                [(kind.value, words.kind(kind)) for kind in ItemKind],
                lambda word: queries.of_kind(ItemKind(word)),
            ),
            lists.Filter(
                "state",
                N_("State"),
                [(state.value, words.item_state(state)) for state in ItemState],
                lambda word: queries.item_in(ItemState(word)),
            ),
        ),
        sort="tag",
    )
    names.learn((row.holding.holder_kind, row.holding.holder_id) for row in listing if row.holding)
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template("kits/items.html", listing=listing, names=names, tiles=_tiles())


def _holder(item: Item, names: Names) -> str:
    if item.holding is None:
        return ""
    return names.of(item.holding.holder_kind, item.holding.holder_id)


def _kit_of(item: Item) -> str:
    return item.kit_item.kit.employee.name if item.kit_item is not None else ""


def _tiles() -> list[dict[str, object]]:
    """The figures above the list; each narrows it, the one in force leads back to all."""
    counts = queries.state_counts()
    chosen = request.args.get("state", "")
    return [
        {
            "label": words.item_state(state),
            "icon": words.ITEM_LOOKS[state][1],
            "value": counts.get(state, 0),
            "url": url_for(".items", state=None if chosen == state else state.value),
            "current": chosen == state,
        }
        for state in SHOWN_STATES
    ]


@bp.route("/neu", methods=["GET", "POST"])
@open_to(Role.IT)
def new_item() -> ResponseReturnValue:
    """Take in one device, or several like ones whose tags are counted up."""
    form = ItemForm()
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
    if form.count.data and form.count.data > 1:
        return service.add_items(
            form.asset_tag.data or "",
            form.count.data,
            ItemKind(form.kind.data),
            model=form.model.data or "",
            is_fragile=form.is_fragile.data,
            litres=form.litres.data or 0,
            weight_g=form.weight_g,
            by=current_actor(),
        )
    return [
        service.add_item(
            form.asset_tag.data or "",
            ItemKind(form.kind.data),
            model=form.model.data or "",
            serial=form.serial.data or "",
            is_fragile=form.is_fragile.data,
            litres=form.litres.data or 0,
            weight_g=form.weight_g,
            by=current_actor(),
        )
    ]


@bp.get("/<int:item_id>")
@open_to(*READERS)
def item(item_id: int) -> ResponseReturnValue:
    """One device: who has it, where, since when, by which paper."""
    found = queries.item(item_id)
    lines = ledger(queries.ledger_of_item(item_id))
    holding = queries.holding_of(item_id)
    home = None
    if may_change() and holding is not None and holding.holder_kind is HolderKind.EMPLOYEE:
        home = people.home_of(holding.holder_id)
    return render_template(
        "kits/item.html",
        item=found,
        lines=lines,
        now=lines[0] if lines else None,
        holding=holding,
        home=home,
        paper=paper,
        may_change=may_change(),
    )
