"""What people do with items, kits and boxes: one function per deed."""

from hoffice.kits.service.boxes import (
    pack_again,
    pack_box,
    pack_kit,
    release_boxes,
    set_box_state,
    unpack_box,
)
from hoffice.kits.service.bulk import (
    fill_kit,
    hand_goods_to,
    missing_goods,
)
from hoffice.kits.service.catalogue import (
    add_kit_type,
    change_kit_type,
    reinstate_kit_type,
    retire_kit_type,
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
    lacking_of,
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
)

__all__ = [
    "CHANGEABLE",
    "MOST_AT_ONCE",
    "STATE_WITH",
    "GivenKits",
    "add_item",
    "add_kit_type",
    "add_to_kit",
    "change_kit_type",
    "dissolve_kit",
    "fill_kit",
    "give_kit",
    "give_kits",
    "hand_goods_to",
    "hand_to",
    "label_sheet",
    "lacking_of",
    "missing_goods",
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
