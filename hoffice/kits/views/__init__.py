"""Devices, kits and boxes in the browser."""

from hoffice.kits.views import attachments, boxes, catalogue, giving, items, kits, labels, teardown
from hoffice.kits.views.blueprint import bp

__all__ = [
    "attachments",
    "boxes",
    "bp",
    "catalogue",
    "giving",
    "items",
    "kits",
    "labels",
    "teardown",
]
