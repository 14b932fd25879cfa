"""Bringing a kit up to the newest version of its type."""

from __future__ import annotations

from collections import Counter

from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Counted, Refused
from hoffice.kits import queries, rules
from hoffice.kits.models import Kit, KitType
from hoffice.kits.rules import BoxState
from hoffice.kits.service import bulk
from hoffice.kits.service.catalogue import content_of
from hoffice.kits.service.guards import CHANGEABLE, open_kit, reopen
from hoffice.kits.service.kits import make_boxes, wanted_of
from hoffice.units import Actor


def bring_up_to_date(kit_id: int, *, by: Actor) -> Kit:
    """Let a kit follow the newest version of its type; what it then lacks or has too much is said.

    Bulk goods are filled up at once. A packed box whose content should now be another is open
    again. Refused once a box has left the house: what is on its way stays what it was.
    """
    kit = open_kit(kit_id)
    if kit.kit_type.superseded_at is None:
        raise Refused(N_("This kit is of the newest version already."))
    if any(box.state not in CHANGEABLE for box in kit.boxes):
        raise Refused(N_("A box of this kit has left the house; the kit stays what it was."))
    old, new = kit.kit_type, queries.newest_version(kit.kit_type.series)
    kit.kit_type, kit.kit_type_id = new, new.id
    make_boxes(kit)
    for box in kit.boxes:
        if box.state is not BoxState.OPEN and _differs(old, new, box.number):
            reopen(box)
    bulk.fill_kit(kit)
    _drop_empty_boxes(kit)
    record(by, "kits.brought_up_to_date", kit, employee_id=kit.employee_id, version=new.version)
    return kit


def _differs(old: KitType, new: KitType, number: int) -> bool:
    return any(
        change.box_no == number for change in rules.changes(content_of(old), content_of(new))
    )


def _drop_empty_boxes(kit: Kit) -> None:
    """Boxes that the type no longer asks for and in which nothing lies are gone."""
    asked = {line.box_no for line in kit.kit_type.lines}
    asked |= {row.box_no for row in kit.kit_type.goods}
    full = {row.box_id for row in kit.kit_items} | {row.box_id for row in kit.goods}
    for box in [one for one in kit.boxes if one.number not in asked and one.id not in full]:
        kit.boxes.remove(box)
    db.session.flush()


def surplus_of(kit: Kit) -> Counted:
    """What lies in a kit that its type does not ask for."""
    devices = rules.too_much(wanted_of(kit.kit_type), [item.kind for item in kit.items])
    asked = Counter({(row.good_id, row.box_no): row.count for row in kit.kit_type.goods})
    names: Counter[str] = Counter()
    for row in kit.goods:
        over = row.count - asked[row.good_id, row.box.number]
        if over > 0:
            names[row.good.name] += over
    parts = rules.counted(devices).parts
    return Counted(parts + tuple((count, name) for name, count in sorted(names.items())))
