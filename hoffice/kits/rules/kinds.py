"""Kinds of devices, the states of items and boxes, and who can hold what.

Pure: standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hoffice.errors import N_


class ItemKind(StrEnum):
    """What kind of thing an item is."""

    PC = "pc"
    LAPTOP = "laptop"
    MONITOR = "monitor"
    DOCK = "dock"
    KEYBOARD = "keyboard"
    MOUSE = "mouse"
    HEADSET = "headset"
    PHONE = "phone"
    CAMERA = "camera"
    PRINTER = "printer"
    CHAIR = "chair"
    LAMP = "lamp"
    OTHER = "other"


KIND_LABELS: dict[ItemKind, str] = {
    ItemKind.PC: N_("PC"),
    ItemKind.LAPTOP: N_("Laptop"),
    ItemKind.MONITOR: N_("Monitor"),
    ItemKind.DOCK: N_("Docking station"),
    ItemKind.KEYBOARD: N_("Keyboard"),
    ItemKind.MOUSE: N_("Mouse"),
    ItemKind.HEADSET: N_("Headset"),
    ItemKind.PHONE: N_("Phone"),
    ItemKind.CAMERA: N_("Camera"),
    ItemKind.PRINTER: N_("Printer"),
    ItemKind.CHAIR: N_("Chair"),
    ItemKind.LAMP: N_("Lamp"),
    ItemKind.OTHER: N_("Other"),
}


CONDITION_LABELS: dict[str, str] = {
    "good": N_("good"),
    "used": N_("used"),
    "damaged": N_("damaged"),
}
"""How an item looks; other words may stand there too, as somebody wrote them."""


class ItemState(StrEnum):
    """Where an item is in its life."""

    IN_STOCK = "in_stock"
    AT_DESK = "at_desk"
    IN_KIT = "in_kit"
    OUT = "out"
    RETURNING = "returning"
    TO_CHECK = "to_check"
    REPAIR = "repair"
    LOST = "lost"
    RETIRED = "retired"


ITEM_STATE_LABELS: dict[ItemState, str] = {
    ItemState.IN_STOCK: N_("in stock"),
    ItemState.AT_DESK: N_("at a desk in the office"),
    ItemState.IN_KIT: N_("in a kit"),
    ItemState.OUT: N_("with the person"),
    ItemState.RETURNING: N_("on its way back"),
    ItemState.TO_CHECK: N_("to be checked"),
    ItemState.REPAIR: N_("in repair"),
    ItemState.LOST: N_("lost"),
    ItemState.RETIRED: N_("retired"),
}


GONE = frozenset({ItemState.LOST, ItemState.RETIRED, ItemState.AT_DESK, ItemState.REPAIR})
"""An item in one of these states fills no place of a kit: it is gone, or lies elsewhere."""


class BoxState(StrEnum):
    """Where a box stands on its way."""

    OPEN = "open"
    PACKED = "packed"
    RELEASED = "released"
    LOADED = "loaded"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"


BOX_STATE_LABELS: dict[BoxState, str] = {
    BoxState.OPEN: N_("open"),
    BoxState.PACKED: N_("packed"),
    BoxState.RELEASED: N_("released"),
    BoxState.LOADED: N_("loaded"),
    BoxState.HANDED_OVER: N_("handed over"),
    BoxState.RETURNED: N_("returned"),
}


class HolderKind(StrEnum):
    """Who or what can hold an item."""

    STOCK = "stock"
    DESK = "desk"
    REPAIR = "repair"
    EMPLOYEE = "employee"
    VAN = "van"
    PARCEL = "parcel"
    LOST = "lost"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Holder:
    """One holder, such as a person or a van.

    ``id`` is the number of the employee, van or parcel; of a desk, a shelf of the store and a
    repair shop that of its :class:`~hoffice.kits.models.Location`; 0 where nothing more is known.
    """

    kind: HolderKind
    id: int = 0


STOCK = Holder(HolderKind.STOCK)


class VanNames(Protocol):
    """The door to the names of vans, of which this domain knows only the numbers."""

    def __call__(self) -> Mapping[int, str]:
        """The name of every van by its number."""
