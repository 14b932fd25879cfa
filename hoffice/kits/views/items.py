"""Devices: the list, one device with its ledger, and taking in new ones."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hoffice.accounts.access import open_to
from hoffice.errors import N_
from hoffice.kits import queries, words
from hoffice.kits.models import Item
from hoffice.kits.rules import HolderKind, ItemKind, ItemState
from hoffice.kits.views.blueprint import READERS, bp, may_change
from hoffice.kits.views.naming import Names, ledger, paper
from hoffice.kits.views.whereabouts import whereabouts
from hoffice.people import queries as people
from hoffice.web import lists

ALWAYS_SHOWN = frozenset({ItemState.IN_STOCK, ItemState.IN_KIT, ItemState.OUT, ItemState.LOST})
"""The states that stand above the list as figures even while nothing is in them."""


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
        for state in ItemState
        if state in ALWAYS_SHOWN or counts.get(state) or chosen == state
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
    now = lines[0] if lines and holding is not None else None
    return render_template(
        "kits/item.html",
        item=found,
        lines=lines,
        now=now,
        where=whereabouts(found, holding, now.to_name, home) if now and holding else "",
        holding=holding,
        paper=paper,
        may_change=may_change(),
    )
