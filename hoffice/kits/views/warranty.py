"""Warranties: what ends when, and who has it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import open_to
from hoffice.errors import N_
from hoffice.kits import queries, words
from hoffice.kits.models import Item
from hoffice.kits.rules import ItemKind
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.kits.views.naming import Names
from hoffice.web import lists

SOON = {"30": 30, "90": 90}
"""What is offered above the list: ends within so many days."""


@bp.get("/garantie")
@open_to(*READERS)
def warranty() -> ResponseReturnValue:
    """Devices by the end of their warranty, the next one first."""
    names, today = Names(), clock.today()
    listing = lists.listed(
        queries.under_warranty(),
        name=N_("Warranties"),
        columns=(
            lists.Column[Item](
                "until", N_("Warranty until"), Item.warranty_until, lambda row: row.warranty_until
            ),
            lists.Column("tag", N_("Asset tag"), Item.asset_tag, lambda row: row.asset_tag),
            lists.Column("kind", N_("Kind"), Item.kind, lambda row: words.kind(row.kind)),
            lists.Column("model", N_("Model"), Item.model, lambda row: row.model),
            lists.Column("serial", N_("Serial number"), Item.serial, lambda row: row.serial),
            lists.Column("who", N_("Who has it"), text=lambda row: _holder(row, names)),
            lists.Column(
                "bought", N_("Bought on"), Item.bought_on, lambda row: row.bought_on, hidden=True
            ),
        ),
        key=Item.id,
        search=queries.search_items,
        filters=(
            lists.Filter(
                "end",
                N_("End"),
                [
                    ("30", _("within 30 days")),
                    ("90", _("within 90 days")),
                    ("ended", _("ended")),
                    ("running", _("still running")),
                ],
                lambda word: _ends(word, today),
            ),
            lists.Filter(
                "kind",
                N_("Kind"),
                [(kind.value, words.kind(kind)) for kind in ItemKind],
                lambda word: queries.of_kind(ItemKind(word)),
            ),
        ),
        sort="until",
    )
    names.learn((row.holding.holder_kind, row.holding.holder_id) for row in listing if row.holding)
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template("kits/warranty.html", listing=listing, names=names, today=today)


def _ends(word: str, today: date) -> Any:
    if word == "ended":
        return queries.warranty_ends(until=today - timedelta(days=1))
    until = today + timedelta(days=SOON[word]) if word in SOON else None
    return queries.warranty_ends(after=today, until=until)


def _holder(item: Item, names: Names) -> str:
    if item.holding is None:
        return ""
    return names.of(item.holding.holder_kind, item.holding.holder_id)
