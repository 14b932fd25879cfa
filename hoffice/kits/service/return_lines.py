"""Which line of a return a device comes by, and what cannot come by any: pages say why."""

from __future__ import annotations

from hoffice.errors import N_, Refused
from hoffice.kits import queries as all_queries
from hoffice.kits.models import Item, Return, ReturnLine
from hoffice.kits.queries import due_lines
from hoffice.kits.rules import HolderKind
from hoffice.kits.service import damages

NOTE_CHARS = 500
NO_LONGER_THERE = N_("%(tag)s is no longer with %(name)s: take it off the list.")
AWAY: dict[HolderKind, str] = {
    HolderKind.STOCK: N_(
        "%(tag)s is in the store and was with nobody: there is nothing to return."
    ),
    HolderKind.DESK: N_("%(tag)s stands at a desk in the office and was with nobody."),
    HolderKind.REPAIR: N_("%(tag)s is in repair by the ledger. Take it back on its own page."),
    HolderKind.LOST: N_("%(tag)s was lost. Say on its own page that it was found."),
    HolderKind.RETIRED: N_("%(tag)s is retired by the ledger. Put the ledger right first."),
    HolderKind.VAN: N_("%(tag)s is on a van by the ledger. Put the ledger right first."),
    HolderKind.PARCEL: N_("%(tag)s is in a parcel by the ledger. Put the ledger right first."),
}
"""Why a device that is not on the list cannot be returned, by who has it."""


class NotReturned(Refused):
    """A device that cannot be taken in as it is; whoever scans gets a link to it."""

    def __init__(self, reason: str, item: Item, /, **facts: object) -> None:
        super().__init__(reason, tag=item.asset_tag, **facts)
        self.item_id = item.id
        self.return_id: int | None = None
        """Another return in which it is expected, or by which it came back."""
        self.may_come_anyway = False
        """Somebody else has it: it can be taken in all the same."""


def line_for(made: Return, known: ReturnLine | None, item: Item, *, anyway: bool) -> ReturnLine:
    """The line by which a locked device comes back: the one that asks for it, or one of its own.

    What somebody else has comes in ``anyway`` only, and is then not expected of who is asked,
    whatever the list said once. Refused with a sentence that says where it should be.
    """
    if known is not None:
        return _due_again(made, known, item, anyway=anyway)
    return _unexpected(made, item, anyway=anyway)


def _due_again(made: Return, line: ReturnLine, item: Item, *, anyway: bool) -> ReturnLine:
    """A line of the list, for what is hers; what somebody else has by now comes along ``anyway``.

    What went elsewhere and was no longer due is open again.
    """
    if not line.is_open:
        _none_other_asks(item)
        _require_out(item)
    is_hers = not is_with_another(made, item)
    if not is_hers and not anyway:
        raise _with_somebody(item)
    line.expected, line.is_open = int(is_hers), True
    return line


def _unexpected(made: Return, item: Item, *, anyway: bool) -> ReturnLine:
    """A line for what is not on the list, where it may come in at all."""
    _none_other_asks(item)
    _require_out(item)
    is_hers = not is_with_another(made, item)
    if not is_hers and not anyway:
        raise _with_somebody(item)
    line = ReturnLine(item_id=item.id, expected=int(is_hers), is_open=True)
    made.lines.append(line)
    return line


def _require_out(item: Item) -> None:
    """Nobody returns by the ledger what is with nobody."""
    held = item.holding
    if held is not None and held.holder_kind is not HolderKind.EMPLOYEE:
        if held.holder_kind is HolderKind.STOCK and (before := due_lines.came_back_by(item.id)):
            raise _is_back(item, before)
        if held.holder_kind is HolderKind.STOCK and item.kit_item is not None:
            raise NotReturned(
                N_("%(tag)s lies in the house for %(name)s and was never handed out."),
                item,
                name=item.kit_item.kit.employee.name,
            )
        raise NotReturned(AWAY[held.holder_kind], item)


def _is_back(item: Item, before: ReturnLine) -> NotReturned:
    """Somebody has taken it back already, and it went nowhere since."""
    refusal = NotReturned(
        N_("%(tag)s came back on %(day)s in the return of %(name)s and is in the store."),
        item,
        day=before.came_at,
        name=before.kit_return.employee.name,
    )
    refusal.return_id = before.return_id
    return refusal


def _none_other_asks(item: Item) -> None:
    other = due_lines.open_lines_of([item.id]).get(item.id)
    if other is None:
        return
    if other.came:
        raise _is_back(item, other)
    refusal = NotReturned(
        N_("%(tag)s is expected in the return of %(name)s. Take it back there."),
        item,
        name=other.kit_return.employee.name,
    )
    refusal.return_id = other.return_id
    raise refusal


def is_with_another(made: Return, item: Item) -> bool:
    """Whether the ledger says that somebody else has it than who is asked."""
    return damages.holder_of(item) not in {None, made.employee_id}


def _with_somebody(item: Item) -> NotReturned:
    holder = damages.holder_of(item) or 0
    refusal = NotReturned(
        N_("%(tag)s is with %(name)s by the ledger. It can be taken in anyway."),
        item,
        name=all_queries.names_of([holder]).get(holder, "?"),
    )
    refusal.may_come_anyway = True
    return refusal
