"""Naming what is damaged, where somebody chooses it by hand or lays it into the store."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice.kits.queries import fitness


def stock_means() -> str:
    """What "back to stock" means for a damaged device."""
    return str(
        _(
            "What is damaged lies in stock then, but is not given out by itself: only after a "
            "repair, or once its condition is put right on its page and its case is decided."
        )
    )


def name_damaged(item_ids: Iterable[int], *, into_stock: bool = False) -> None:
    """Tell which of these devices are damaged, beside what was done with them."""
    tags = list(fitness.damaged_among(item_ids).values())
    if not tags:
        return
    said = ngettext(
        "%(tags)s is damaged.", "%(tags)s are damaged.", len(tags), tags=", ".join(tags)
    )
    flash(f"{said} {stock_means()}" if into_stock else said, "problem")
