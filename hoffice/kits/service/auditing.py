"""Does every device have one holder, do ledger, kits and goods agree? Reads, changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from hoffice.kits.queries import auditing as queries
from hoffice.kits.queries.auditing import Sides
from hoffice.kits.service.ledger import state_with


def faults() -> Iterator[str]:
    """What does not agree, one English line each; nothing when the books are whole."""
    for sides in queries.sides():
        yield from _faults_of(sides)
    for tag in queries.misplaced():
        yield f"{tag}: lies in a box of another kit, or in a kit that was dissolved"
    for tag, code, holder in queries.packed_but_elsewhere():
        yield f"{tag}: lies in box {code} by its kit, by the ledger it is with {holder}"
    held, moved = queries.goods_held(), queries.goods_moved()
    for where in sorted(held.keys() | moved.keys()):
        if held.get(where, 0) != moved.get(where, 0):
            good_id, kind, number = where
            yield (
                f"good {good_id}: {kind}:{number} has {held.get(where, 0)}, "
                f"by its lines {moved.get(where, 0)}"
            )


def _faults_of(sides: Sides) -> Iterator[str]:
    if sides.holder is None or sides.last is None:
        missing = "holder" if sides.holder is None else "line in the ledger"
        yield f"{sides.tag}: has no {missing}"
        return
    if sides.holder != sides.last:
        yield f"{sides.tag}: its holder is not the one of its last line"
    wanted = state_with(sides.holder[0], is_in_kit=sides.is_in_kit, is_to_check=sides.is_to_check)
    if sides.state is not wanted:
        yield f"{sides.tag}: its state is {sides.state}, by holder and kit {wanted}"
