"""Packing boxes, and moving them on their way."""

from __future__ import annotations

from datetime import datetime

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import queries
from hoffice.kits.models import Box, Kit, Release
from hoffice.kits.rules import BoxState
from hoffice.kits.service.guards import open_kit, reopen
from hoffice.kits.service.kits import lacking_of
from hoffice.units import Actor


def pack_box(box_id: int, *, by: Actor) -> Box:
    """Say that a box is packed; refused while something of it is missing."""
    box = queries.box(box_id)
    kit = open_kit(box.kit_id)
    if box.state not in {BoxState.OPEN, BoxState.RETURNED}:
        raise Refused(N_("Box %(code)s is already packed."), code=box.code)
    lacking = lacking_of(kit, box_no=box.number)
    if lacking.parts:
        raise Refused(
            N_("Box %(code)s is not complete: %(missing)s missing."),
            code=box.code,
            missing=lacking,
        )
    box.state, box.packed_at, box.release_id = BoxState.PACKED, clock.now(), None
    record(by, "kits.packed", box, employee_id=kit.employee_id, box=box.number)
    return box


def pack_kit(kit_id: int, *, by: Actor) -> Kit:
    """Pack every box of a kit that is still open; refused when there is none."""
    kit = open_kit(kit_id)
    waiting = [box for box in kit.boxes if box.state in {BoxState.OPEN, BoxState.RETURNED}]
    if not waiting:
        raise Refused(N_("Every box of this kit is packed already."))
    for box in waiting:
        pack_box(box.id, by=by)
    return kit


def unpack_box(box_id: int, *, by: Actor) -> Box:
    """Open a box again; a release it had is void for it."""
    box = queries.box(box_id)
    kit = open_kit(box.kit_id)
    if box.state not in {BoxState.PACKED, BoxState.RELEASED}:
        raise Refused(N_("Box %(code)s is not a packed box in the house."), code=box.code)
    reopen(box)
    record(by, "kits.unpacked", box, employee_id=kit.employee_id, box=box.number)
    return box


def release_boxes(kit_id: int, gates: str, *, by: Actor) -> Release:
    """Write that the boxes of a kit may go; only ``gates`` calls this, after asking.

    ``gates`` is canonical JSON with what was asked and answered.
    """
    kit = open_kit(kit_id)
    release = Release(kit_id=kit_id, released_at=clock.now(), released_by=str(by), gates=gates)
    db.session.add(release)
    db.session.flush()
    for box in kit.boxes:
        if box.state is BoxState.PACKED:
            box.release_id, box.state = release.id, BoxState.RELEASED
    record(by, "kits.released", kit, employee_id=kit.employee_id, release=release.id)
    return release


def set_box_state(box: Box, state: BoxState, *, by: Actor, at: datetime | None = None) -> None:
    """Move a box on its way; only ``handover`` calls this, and a release is needed."""
    at = at or clock.now()
    before = box.state
    queries.lock_box(box)
    if box.state is not before:
        raise Refused(N_("Box %(code)s has just been changed by somebody else."), code=box.code)
    leaves = state not in {BoxState.OPEN, BoxState.PACKED, BoxState.RETURNED}
    if leaves and box.release_id is None:
        raise Refused(N_("Box %(code)s is not released."), code=box.code)
    box.state = state
    if state is BoxState.LOADED:
        box.loaded_at = at
    if state is BoxState.HANDED_OVER:
        box.handed_over_at = at
    record(by, f"kits.box_{state}", box, employee_id=box.kit.employee_id, box=box.number, at=at)


def pack_again(box: Box, *, by: Actor) -> None:
    """A box that came back unopened is packed again; it needs a fresh release to leave."""
    box.state, box.release_id, box.loaded_at = BoxState.PACKED, None, None
    record(by, "kits.packed_again", box, employee_id=box.kit.employee_id, box=box.number)
