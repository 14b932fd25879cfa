"""Devices, kits and boxes in the browser."""

from hoffice.kits.views import (
    attachments,
    boxes,
    catalogue,
    counting,
    filling,
    giving,
    goods,
    home_checks,
    items,
    kits,
    labels,
    ledger,
    locations,
    models,
    taking_in,
    teardown,
    transfers,
)
from hoffice.kits.views.blueprint import bp

__all__ = [
    "attachments",
    "boxes",
    "bp",
    "catalogue",
    "counting",
    "filling",
    "giving",
    "goods",
    "home_checks",
    "items",
    "kits",
    "labels",
    "ledger",
    "locations",
    "models",
    "taking_in",
    "teardown",
    "transfers",
]
