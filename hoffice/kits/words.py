"""How kinds, states and what is missing are said and drawn on the pages of this domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice.kits import service
from hoffice.kits.models import Box, Item, Kit, KitType
from hoffice.kits.rules import (
    BOX_STATE_LABELS,
    CONDITION_LABELS,
    ITEM_STATE_LABELS,
    KIND_LABELS,
    BoxState,
    ItemKind,
    ItemState,
    counted,
)

KIND_ICONS: Final[dict[ItemKind, str]] = {
    ItemKind.PC: "pc-display",
    ItemKind.LAPTOP: "laptop",
    ItemKind.MONITOR: "display",
    ItemKind.DOCK: "usb-symbol",
    ItemKind.KEYBOARD: "keyboard",
    ItemKind.MOUSE: "mouse",
    ItemKind.HEADSET: "headset",
    ItemKind.PHONE: "phone",
    ItemKind.CAMERA: "camera",
    ItemKind.PRINTER: "printer",
    ItemKind.CHAIR: "person",
    ItemKind.LAMP: "sun",
    ItemKind.OTHER: "plug",
}

ITEM_LOOKS: Final[dict[ItemState, tuple[str, str]]] = {
    ItemState.IN_STOCK: ("open", "house-door"),
    ItemState.AT_DESK: ("open", "pc-display"),
    ItemState.IN_KIT: ("open", "box-seam"),
    ItemState.OUT: ("done", "house-check"),
    ItemState.RETURNING: ("waiting", "arrow-return-left"),
    ItemState.TO_CHECK: ("waiting", "search"),
    ItemState.REPAIR: ("waiting", "tools"),
    ItemState.LOST: ("problem", "dash-circle"),
    ItemState.RETIRED: ("open", "x-circle"),
}
"""State and icon of a chip."""

BOX_LOOKS: Final[dict[BoxState, tuple[str, str]]] = {
    BoxState.OPEN: ("open", "circle"),
    BoxState.PACKED: ("ready", "box-seam"),
    BoxState.RELEASED: ("done", "unlock-fill"),
    BoxState.LOADED: ("waiting", "truck"),
    BoxState.HANDED_OVER: ("done", "house-check"),
    BoxState.RETURNED: ("waiting", "arrow-return-left"),
}
"""State and icon of a chip."""

IN_THE_WAREHOUSE: Final = frozenset({BoxState.OPEN, BoxState.RETURNED})
"""Boxes that are still to be packed."""


def kind(word: ItemKind) -> str:
    """What kind of thing it is."""
    return str(_(KIND_LABELS[word]))


def condition(word: str) -> str:
    """How an item looked; what somebody wrote in own words stays as it is."""
    return str(_(CONDITION_LABELS[word])) if word in CONDITION_LABELS else word


def item_state(word: ItemState) -> str:
    """Where an item is in its life."""
    return str(_(ITEM_STATE_LABELS[word]))


def box_state(word: BoxState) -> str:
    """Where a box stands on its way."""
    return str(_(BOX_STATE_LABELS[word]))


def kinds(counts: Mapping[ItemKind, int]) -> str:
    """Things with their numbers: '1 × Monitor, 2 × Headset'."""
    return counted(counts).said(_)


def content(items: Iterable[Item]) -> str:
    """What lies in a box, by kinds."""
    return kinds(Counter(item.kind for item in items))


def inside(box: Box) -> str:
    """What lies in a box: devices by kinds, and its small parts."""
    devices = content(place.item for place in box.kit_items)
    parts = ", ".join(f"{row.count}\xa0×\xa0{row.good.name}" for row in box.goods)
    return ", ".join(part for part in (devices, parts) if part)


def missing(kit: Kit, box: Box | None = None) -> str:
    """What a kit lacks, or one of its boxes; empty when nothing is."""
    return service.lacking_of(kit, box_no=box.number if box is not None else None).said(_)


def number_of(box: Box) -> str:
    """'1 of 2'."""
    return str(_("%(number)s of %(of)s", number=box.number, of=len(box.kit.boxes)))


def boxes_packed(kit: Kit) -> str:
    """How far the boxes of a kit are."""
    away = sum(box.state is BoxState.HANDED_OVER for box in kit.boxes)
    if away:
        return str(_("%(some)s of %(all)s handed over", some=away, all=len(kit.boxes)))
    packed = sum(box.state not in IN_THE_WAREHOUSE for box in kit.boxes)
    return str(_("%(some)s of %(all)s packed", some=packed, all=len(kit.boxes)))


def is_unpacked(kit: Kit) -> bool:
    """Whether a box of this kit is still to be packed."""
    return any(box.state in IN_THE_WAREHOUSE for box in kit.boxes)


def boxes_of(kit_type: KitType) -> dict[int, str]:
    """What lies in each box of a kit type."""
    inside: dict[int, Counter[ItemKind]] = {}
    for line in kit_type.lines:
        inside.setdefault(line.box_no, Counter())[line.kind] += line.count
    said = {number: [kinds(counts)] for number, counts in inside.items()}
    for row in kit_type.goods:
        said.setdefault(row.box_no, []).append(f"{row.count}\xa0×\xa0{row.good.name}")
    return {number: ", ".join(said[number]) for number in sorted(said)}


def box_count(count: int) -> str:
    """'2 boxes'."""
    return str(ngettext("%(num)s box", "%(num)s boxes", count))


def device_count(count: int) -> str:
    """'5 devices'."""
    return str(ngettext("%(num)s device", "%(num)s devices", count))
