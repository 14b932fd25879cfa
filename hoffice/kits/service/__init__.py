"""What people do with items, kits and boxes: one function per deed."""

from hoffice.kits.service.boxes import (
    pack_again,
    pack_box,
    pack_kit,
    release_boxes,
    set_box_state,
    unpack_box,
)
from hoffice.kits.service.guards import (
    CHANGEABLE,
)
from hoffice.kits.service.kits import (
    GivenKits,
    add_to_kit,
    dissolve_kit,
    give_kit,
    give_kits,
    missing_of,
    swap_item,
    take_out,
    wanted_of,
)
from hoffice.kits.service.labels import (
    label_sheet,
)
from hoffice.kits.service.ledger import (
    STATE_WITH,
    hand_to,
)
from hoffice.kits.service.stock import (
    MOST_AT_ONCE,
    add_item,
    add_items,
    add_kit_type,
    reinstate_kit_type,
    retire_kit_type,
)

__all__ = [
    "CHANGEABLE",
    "MOST_AT_ONCE",
    "STATE_WITH",
    "GivenKits",
    "add_item",
    "add_items",
    "add_kit_type",
    "add_to_kit",
    "dissolve_kit",
    "give_kit",
    "give_kits",
    "hand_to",
    "label_sheet",
    "missing_of",
    "pack_again",
    "pack_box",
    "pack_kit",
    "reinstate_kit_type",
    "release_boxes",
    "retire_kit_type",
    "set_box_state",
    "swap_item",
    "take_out",
    "unpack_box",
    "wanted_of",
]
