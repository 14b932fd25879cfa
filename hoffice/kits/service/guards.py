"""What several deeds on kits and boxes ask first."""

from __future__ import annotations

from hoffice.errors import N_, Refused
from hoffice.kits import queries
from hoffice.kits.models import Box, Kit
from hoffice.kits.rules import BoxState

CHANGEABLE = frozenset({BoxState.OPEN, BoxState.PACKED, BoxState.RELEASED, BoxState.RETURNED})
"""Boxes that are in the house, so that their content may still be changed."""


def open_kit(kit_id: int) -> Kit:
    """The kit, locked for a change; refused when it has ended."""
    kit = queries.kit(kit_id, lock=True)
    if kit.dissolved_at is not None:
        raise Refused(N_("This kit was dissolved."))
    return kit


def reopen(box: Box) -> None:
    """Say that the content of a box is not settled any more; a release it had is void."""
    box.state, box.packed_at, box.release_id = BoxState.OPEN, None, None
