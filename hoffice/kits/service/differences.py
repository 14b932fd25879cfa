"""What becomes of the differences of stock-takes: tasks first, then what IT decides."""

from __future__ import annotations

from datetime import date

from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import queries as kits
from hoffice.kits import rules
from hoffice.kits.models import Item, StockTake, StockTakeLine
from hoffice.kits.queries import counting as queries
from hoffice.kits.rules import Holder, HolderKind
from hoffice.kits.rules.counting import (
    IN_THE_HOUSE,
    MISSING,
    TASK_TITLES,
    UNEXPECTED,
    Found,
    Settled,
    holder_at,
    is_counted_at,
    line_says,
)
from hoffice.kits.service import damages, fate
from hoffice.kits.service.ledger import hand_to
from hoffice.tasks import service as tasks
from hoffice.tasks.rules import FROM
from hoffice.units import Actor

ELSEWHERE = N_("%(tag)s has a new holder since the count. Look at its page first.")


def write_task(  # noqa: PLR0913  # a task has these facts
    kind: str,
    item: Item,
    origin: str,
    *,
    owner_id: int,
    due_on: date,
    by: Actor,
    name: str = "",
    note: str = "",
) -> None:
    """Make a difference a task; what is a task already stays the one it is."""
    facts: dict[str, str | int] = {"what": what(item), FROM: origin}
    if name:
        facts["name"] = name
    if note:
        facts["note"] = note
    tasks.create(
        kind, about(item.id), TASK_TITLES[kind], facts, owner_id=owner_id, due_on=due_on, by=by
    )


def what(item: Item) -> str:
    """An item as a task names it."""
    return " ".join(filter(None, (item.asset_tag, item.model)))


def about(item_id: int) -> str:
    """How a task names an item."""
    return f"item:{item_id}"


def is_here(count: StockTake, item: Item) -> bool:
    """Whether the ledger has an item there where this count looked."""
    holding = item.holding
    return holding is not None and is_counted_at(
        Holder(holding.holder_kind, holding.holder_id), count.location_id
    )


def is_in_the_house(item: Item) -> bool:
    """Whether the ledger has an item anywhere in the house."""
    return item.holding is not None and item.holding.holder_kind in IN_THE_HOUSE


def give_up(count_id: int, item_id: int, *, by: Actor) -> Item:
    """A missing item is lost: the ledger says so, because of this count; it leaves its kit."""
    count, line = _difference(count_id, item_id, Found.MISSING)
    item = fate.locked_with_kit(item_id)
    if not is_here(count, item):
        raise Refused(ELSEWHERE, tag=item.asset_tag)
    fate.lose(item_id, by=by, because=f"stock_take:{count_id}")
    _settle(line, Settled.LOST, MISSING, N_("Given up as lost."), by=by)
    return item


def find_after_all(count_id: int, item_id: int, *, by: Actor) -> Item:
    """A missing item has turned up where it belongs; one that was given up is there again."""
    count, line = _difference(count_id, item_id, Found.MISSING, also=Settled.LOST)
    [item] = kits.locked_items([item_id])
    if line.note == Settled.LOST:
        if item.holding is None or item.holding.holder_kind is not HolderKind.LOST:
            raise Refused(ELSEWHERE, tag=item.asset_tag)
        hand_to([item_id], _place(count), by=by, because=f"stock_take:{count_id}")
        damages.close_found(item, by=by)
    _settle(line, Settled.LATER, MISSING, N_("Found after all."), by=by)
    return item


def put_right(count_id: int, item_id: int, *, by: Actor) -> Item:
    """An item that nobody expected is here: the ledger says so from now on.

    What was with somebody, lost or retired leaves its kit, and waits for a check in the store.
    """
    count, line = _difference(count_id, item_id, Found.UNEXPECTED)
    item, place = fate.locked_with_kit(item_id), _place(count)
    if not is_in_the_house(item):
        fate.take_out_of_kit(item_id, by=by)
        damages.close_found(item, by=by)
        item.is_to_check = place.kind is HolderKind.STOCK
    hand_to([item_id], place, by=by, because=f"stock_take:{count_id}")
    _settle(line, Settled.HERE, UNEXPECTED, N_("Put right in the ledger."), by=by)
    return item


def _place(count: StockTake) -> Holder:
    location = count.location
    return rules.STOCK if location is None else holder_at((location.id, location.kind))


def _difference(
    count_id: int, item_id: int, wanted: Found, *, also: Settled | None = None
) -> tuple[StockTake, StockTakeLine]:
    """A line of a closed count that nobody has settled yet."""
    count = queries.count_to_close(count_id)
    if count.closed_at is None:
        raise Refused(N_("The stock-take is still open. Close it first, then decide."))
    line = queries.line(count_id, item_id)
    if line is None:
        raise NotFound(N_("There is no such line."))
    says = line_says(is_expected=line.is_expected, is_seen=line.seen_at is not None)
    if says is not wanted or (line.note and line.note != also):
        raise Refused(N_("This was settled already."))
    return count, line


def _settle(line: StockTakeLine, outcome: Settled, kind: str, words: str, *, by: Actor) -> None:
    line.note = outcome
    db.session.flush()
    tasks.finish_about(kind, about(line.item_id), words, by=by)
    record(
        by,
        "kits.difference_settled",
        f"stock_take:{line.stock_take_id}",
        item=line.item_id,
        outcome=outcome.value,
    )
