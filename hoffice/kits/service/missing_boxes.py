"""Small parts of a box that was missing at the door: they turn up, or are lost, with its devices.

Nobody asks for them by themselves, since no page moves goods away from a van or a parcel.
"""

from __future__ import annotations

from hoffice.db import db
from hoffice.kits.models import Box
from hoffice.kits.rules import STOCK, BoxState, Holder, HolderKind
from hoffice.kits.service import bulk, damages
from hoffice.units import Actor

ON_THE_WAY = frozenset({HolderKind.VAN, HolderKind.PARCEL})


def let_goods_follow(box: Box | None, to: Holder, *, by: Actor) -> None:
    """The last device of a missing box has gone ``to``: so have the small parts beside it.

    With whose box it is they stay in her kit, from the first device on. Elsewhere they leave it:
    in the house they lie free in the store, and what is lost is a case. The kit is locked.
    """
    if box is None or box.state is not BoxState.HANDED_OVER:
        return
    db.session.flush()
    db.session.expire(box, ["kit_items", "goods"])
    missing = [row for row in box.goods if row.holder_kind in ON_THE_WAY]
    waits = [row.item.holding for row in box.kit_items]
    is_hers = (to.kind, to.id) == (HolderKind.EMPLOYEE, box.kit.employee_id)
    if not missing or (
        not is_hers and any(one.holder_kind in ON_THE_WAY for one in waits if one is not None)
    ):
        return
    taker = to if to.kind in {HolderKind.EMPLOYEE, HolderKind.LOST} else STOCK
    bulk.hand_goods_to([box], taker, by=by, because=f"box:{box.id}")
    if is_hers:
        return
    for row in missing:
        if taker.kind is HolderKind.LOST:
            damages.open_goods_loss(row.good, row.count, by=by)
        box.kit.goods.remove(row)
    db.session.flush()
    db.session.expire(box, ["goods"])
