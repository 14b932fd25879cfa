"""What belongs to a kit, what is still missing, and how things may move.

Pure: standard library only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hoffice.errors import N_, Counted


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


CONDITION_LABELS: dict[str, str] = {
    "good": N_("good"),
    "used": N_("used"),
    "damaged": N_("damaged"),
}
"""How an item looks; other words may stand there too, as somebody wrote them."""


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
    PARCEL = "parcel"
    LOST = "lost"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Holder:
    """One holder: a person, a van, a parcel on its way, or the store (id 0)."""

    kind: HolderKind
    id: int = 0


STOCK = Holder(HolderKind.STOCK)


class VanNames(Protocol):
    """The door to the names of vans, of which this domain knows only the numbers."""

    def __call__(self) -> Mapping[int, str]:
        """The name of every van by its number."""


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


def enough_for(wanted: Iterable[Wanted], stock: Mapping[ItemKind, int]) -> int:
    """How many kits the free items would make."""
    need: Counter[ItemKind] = Counter()
    for line in wanted:
        need[line.kind] += line.count
    return min((stock.get(kind, 0) // count for kind, count in need.items()), default=0)


def counted(kinds: Mapping[ItemKind, int]) -> Counted:
    """Kinds with their numbers, to be said in the reader's language."""
    return Counted(tuple((count, KIND_LABELS[kind]) for kind, count in kinds.items()))


def tag_of(text: str) -> str:
    """The asset tag somebody typed or scanned: in capitals, so that case never makes two of one.

    Of a web address, as the QR code of a label holds, only the last part counts.
    """
    return text.strip().rstrip("/").rpartition("/")[2].strip().upper()


BOX_CODE = re.compile(r"K\d{5,}-\d+")


def is_box_code(tag: str) -> bool:
    """Whether somebody scanned a box where a device was meant."""
    return BOX_CODE.fullmatch(tag) is not None


def tags_from(first: str, count: int) -> tuple[str, ...]:
    """``count`` tags in a row: the number at the end of the first one is counted up, zeros kept.

    Empty when there are several to make and the first one does not end in a number.
    """
    if count == 1:
        return (first,)
    stem = first.rstrip("0123456789")
    digits = first[len(stem) :]
    if not digits:
        return ()
    start = int(digits)
    return tuple(f"{stem}{number:0{len(digits)}d}" for number in range(start, start + count))


BOX_PATH = "/geraete/karton/"
"""Where the page of a box lies; printed labels hold it, so it never changes."""


def box_address(house_url: str, code: str) -> str:
    """What the QR code of a box says."""
    return f"{house_url.rstrip('/')}{BOX_PATH}{code}"


def box_code(kit_id: int, number: int) -> str:
    """What stands on the label and in the QR code of a box, such as ``K00017-1``."""
    return f"K{kit_id:05d}-{number}"
