"""What belongs to a kit, what is still missing, and how things may move.

Pure: standard library only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

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
    ItemKind.OTHER: N_("Other"),
}


class ItemState(StrEnum):
    """Where an item is in its life."""

    IN_STOCK = "in_stock"
    IN_KIT = "in_kit"
    OUT = "out"
    RETURNING = "returning"
    TO_CHECK = "to_check"
    LOST = "lost"
    RETIRED = "retired"


ITEM_STATE_LABELS: dict[ItemState, str] = {
    ItemState.IN_STOCK: N_("in stock"),
    ItemState.IN_KIT: N_("in a kit"),
    ItemState.OUT: N_("with the person"),
    ItemState.RETURNING: N_("on its way back"),
    ItemState.TO_CHECK: N_("to be checked"),
    ItemState.LOST: N_("lost"),
    ItemState.RETIRED: N_("retired"),
}


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
    EMPLOYEE = "employee"
    VAN = "van"
    LOST = "lost"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Holder:
    """One holder: a person, a van, or the store (id 0)."""

    kind: HolderKind
    id: int = 0


STOCK = Holder(HolderKind.STOCK)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a kit type: so many of this kind, packed in box ``box_no``."""

    kind: ItemKind
    count: int
    box_no: int


def missing(wanted: Iterable[Wanted], present: Iterable[ItemKind]) -> Mapping[ItemKind, int]:
    """How many items of each kind a kit still lacks."""
    need: Counter[ItemKind] = Counter()
    for line in wanted:
        need[line.kind] += line.count
    need.subtract(Counter(present))
    return {kind: count for kind, count in need.items() if count > 0}


def box_code(kit_id: int, number: int) -> str:
    """What stands on the label and in the QR code of a box, such as ``K00017-1``."""
    return f"K{kit_id:05d}-{number}"
