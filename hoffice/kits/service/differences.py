"""What becomes of the differences of stock-takes: tasks first, then what IT decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.jobs import queries as job_queries
from hoffice.jobs import service as jobs
from hoffice.jobs.models import Job
from hoffice.kits import queries as kits
from hoffice.kits import rules
from hoffice.kits.models import CustodyEntry, Item, StockTake, StockTakeLine
from hoffice.kits.queries import counting as queries
from hoffice.kits.queries.item_imports import owners_of
from hoffice.kits.rules import Holder, HolderKind
from hoffice.kits.rules.counting import (
    DECISIONS,
    DIFFERENCES,
    FEW,
    IN_THE_HOUSE,
    MISSING,
    TASK_TITLES,
    UNEXPECTED,
    Decision,
    Found,
    Settled,
    holder_at,
    is_counted_at,
    line_says,
)
from hoffice.kits.service import damages, fate
from hoffice.kits.service.following import lock_kits_of, move_along
from hoffice.kits.service.kits import missing_of
from hoffice.kits.service.ledger import CORRECTED_TO, NEVER_AWAY, correct, hand_to, state_of
from hoffice.tasks import queries as known_tasks
from hoffice.tasks import service as tasks
from hoffice.tasks.rules import FROM
from hoffice.units import Actor

DECIDE: Final = "kits.decide"
"""The kind of job that decides about many differences."""
LONG_FROM: Final = 40
"""From so many differences on a job decides: a request must not keep the database waiting."""
DECIDED_IN_ONE_GO: Final = 20
"""About so many a job decides in one transaction: nobody waits for the others."""

NOT_HERE_AFTER_ALL: Final = N_("Not here after all, as the stock-take said by mistake.")
"""Why the ledger is corrected when "it is here now" is taken back."""

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


def write_one_task(
    count: StockTake, number: int, *, owner_id: int, due_on: date, by: Actor
) -> None:
    """Make many differences of a count one task, which ends with the last of them."""
    tasks.create(
        DIFFERENCES,
        f"stock_take:{count.id}",
        TASK_TITLES[DIFFERENCES],
        {"count": number, "name": count.name},
        owner_id=owner_id,
        due_on=due_on,
        by=by,
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
    fate.lose(item_id, by=by, because=f"stock_take:{count_id}", anyway=True)
    _settle(line, Settled.LOST, MISSING, N_("Given up as lost."), by=by)
    return item


def find_after_all(count_id: int, item_id: int, *, by: Actor) -> Item:
    """A missing item has turned up where it belongs.

    One that was given up is back where it was when the count began, and waits for a check there:
    nobody knows who had it.
    """
    count, line = _difference(count_id, item_id, Found.MISSING, also=Settled.LOST)
    [item] = kits.locked_items([item_id])
    if line.note == Settled.LOST:
        if item.holding is None or item.holding.holder_kind is not HolderKind.LOST:
            raise Refused(ELSEWHERE, tag=item.asset_tag)
        place = queries.holders_then(count_id, [item_id]).get(item_id, _place(count))
        item.is_to_check = place.kind in NEVER_AWAY
        hand_to([item_id], place, by=by, because=f"stock_take:{count_id}")
        damages.close_found(item, by=by)
    _settle(line, Settled.LATER, MISSING, N_("Found after all."), by=by)
    return item


def put_right(count_id: int, item_id: int, *, by: Actor) -> Item:
    """An item that nobody expected is here: the ledger says so from now on.

    What was out of the house leaves its kit, and so does what lies at a desk or in repair instead
    of in its box, which is open again then. What was away, in repair too, waits for a check
    wherever it was found: data of somebody else may be on it.
    """
    count, line = _difference(count_id, item_id, Found.UNEXPECTED)
    item, place = fate.locked_with_kit(item_id), _place(count)
    if not is_in_the_house(item) or place.kind is not HolderKind.STOCK:
        fate.take_out_of_kit(item_id, by=by)
    if not is_in_the_house(item):
        damages.close_found(item, by=by)
    if item.holding is None or item.holding.holder_kind not in NEVER_AWAY:
        item.is_to_check = place.kind in NEVER_AWAY
    hand_to([item_id], place, by=by, because=f"stock_take:{count_id}")
    _settle(line, Settled.HERE, UNEXPECTED, N_("Put right in the ledger."), by=by)
    return item


def take_back_here(count_id: int, item_id: int, *, by: Actor) -> Item:
    """What was put right by this count is not here after all: it waits for a decision again.

    The line of the ledger is corrected, so the device was all the time where it had been before,
    and returns and cases say so, too. It joins the kit of whoever has it again where that lacks
    one of its kind, in no box. Refused when the device has moved since.
    """
    count, line = _difference(count_id, item_id, Found.UNEXPECTED, also=Settled.HERE)
    if line.note != Settled.HERE:
        raise Refused(N_("It waits for a decision already."))
    written = queries.line_by_count(count_id, item_id)
    if written is None:  # the ledger had it here anyhow
        [item] = kits.locked_items([item_id])
    else:
        item = _corrected_back(written, by=by)
    line.note = ""
    db.session.flush()
    _reopen_task(count, item_id, UNEXPECTED, by=by)
    record(by, "kits.difference_reopened", f"stock_take:{count_id}", item=item_id)
    return item


def _corrected_back(written: CustodyEntry, *, by: Actor) -> Item:
    """The device of a line of the ledger, where it was before this line."""
    tag = kits.item(written.item_id).asset_tag
    if written.from_kind is None:
        raise Refused(
            N_("%(tag)s was taken in by this stock-take. If it is not there, say so on its page."),
            tag=tag,
        )
    if written.from_kind not in CORRECTED_TO:
        raise Refused(
            N_("%(tag)s was on its way or retired before. Put it right on its page."), tag=tag
        )
    before = Holder(written.from_kind, written.from_id or 0)
    place = kits.item(written.item_id).kit_item
    people = set() if place is None else {place.kit.employee_id}
    locked = lock_kits_of(people | ({before.id} if before.kind is HolderKind.EMPLOYEE else set()))
    kit = locked.get(before.id) if before.kind is HolderKind.EMPLOYEE else None
    holding = kits.locked_items([written.item_id])[0].holding
    if holding is None or holding.entry_id != written.id:
        raise Refused(ELSEWHERE, tag=tag)
    correct(written.id, before, note=NOT_HERE_AFTER_ALL, by=by)
    [item] = kits.locked_items([written.item_id])
    if kit is not None and item.kit_item is None and missing_of(kit).get(item.kind):
        move_along(item, kit)
        item.state = state_of(item)
    return item


def miss_again(count_id: int, item_id: int, *, by: Actor) -> Item:
    """What was said to be found after all is not: it is missing, and waits for a decision."""
    count, line = _difference(count_id, item_id, Found.MISSING, also=Settled.LATER)
    if line.note != Settled.LATER:
        raise Refused(N_("It is missing already."))
    [item] = kits.locked_items([item_id])
    line.note = ""
    db.session.flush()
    _reopen_task(count, item_id, MISSING, by=by)
    record(by, "kits.difference_reopened", f"stock_take:{count_id}", item=item_id)
    return item


def _reopen_task(count: StockTake, item_id: int, kind: str, *, by: Actor) -> None:
    """Open the task of this count again, that about the item or the one about all."""
    origin = f"stock_take:{count.id}"
    for one in (*known_tasks.tasks_about(about(item_id)), *known_tasks.tasks_about(origin)):
        if one.kind == DIFFERENCES or (one.kind == kind and one.facts.get(FROM) == origin):
            if one.done_at is not None:
                tasks.reopen(one.id, with_deed=True, by=by)
            return


def end_tasks(count: StockTake, *, by: Actor) -> None:
    """End the tasks of a count that goes on; those of others about the same things stay."""
    origin, words = f"stock_take:{count.id}", N_("The stock-take goes on.")
    if tasks.finish_about(DIFFERENCES, origin, words, by=by):
        return
    for kind, found in ((MISSING, Found.MISSING), (UNEXPECTED, Found.UNEXPECTED)):
        subjects = [about(one) for one in queries.items_to_decide(count.id, found, limit=FEW)]
        for subject, task in known_tasks.open_tasks_about(subjects, (kind,)).items():
            if task.facts.get(FROM) == origin:
                tasks.finish_about(kind, subject, words, by=by)


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of deciding about several differences at once."""

    done: int
    passed: tuple[tuple[int, Refused], ...]
    """Each one that still waits, by the number of its item, with the sentence that says why."""

    @property
    def refused(self) -> tuple[Refused, ...]:
        """The sentences alone."""
        return tuple(refusal for _item_id, refusal in self.passed)


_DEEDS: Final[Mapping[Decision, Callable[..., Item]]] = {
    Decision.LATER: find_after_all,
    Decision.LOST: give_up,
    Decision.HERE: put_right,
    Decision.NOT_LOST: find_after_all,
    Decision.AGAIN: miss_again,
    Decision.NOT_HERE: take_back_here,
}


def decide(count_id: int, item_ids: Iterable[int], decision: Decision, *, by: Actor) -> Decided:
    """Decide the same about several differences; one that cannot does not hinder the others.

    All their kits are locked first, in the order of the kits: nobody waits crosswise.
    """
    deed, chosen = _DEEDS[decision], sorted(set(item_ids))
    queries.count_to_close(count_id)
    owners = owners_of(chosen)
    if decision is Decision.NOT_HERE:  # they go back into the kits of whom they were taken from
        owners |= queries.people_before(count_id, chosen)
    lock_kits_of(owners)
    done = 0
    passed: list[tuple[int, Refused]] = []
    for item_id in chosen:
        try:
            with db.session.begin_nested():
                deed(count_id, item_id, by=by)
        except Refused as refusal:
            passed.append((item_id, refusal))
        else:
            done += 1
    return Decided(done, tuple(passed))


def decide_chosen(
    count_id: int, item_ids: Iterable[int], decision: Decision, *, by: Actor
) -> Decided | Job:
    """The same about those that somebody has chosen; a job does it when they are many."""
    chosen = sorted(set(item_ids))
    if not chosen:
        raise Refused(N_("Choose at least one line."))
    if len(chosen) < LONG_FROM:
        return decide(count_id, chosen, decision, by=by)
    return _by_job(queries.count(count_id), decision, len(chosen), by=by, items=chosen)


def decide_all(
    count_id: int, decision: Decision, *, by: Actor, agreed: int | None = None
) -> Decided | Job:
    """Decide the same about every difference of its kind; a job does it when they are many.

    ``agreed`` is how many somebody saw and agreed to: more than these are refused.
    """
    found, note = DECISIONS[decision]
    count = queries.count_to_close(count_id)
    waiting = queries.items_to_decide(count_id, found, note)
    if not waiting:
        raise Refused(N_("Nothing of this kind waits for a decision any more."))
    if agreed is not None and agreed < len(waiting):
        raise Refused(
            N_("Meanwhile there are %(count)s of them. Look once more, then decide."),
            count=len(waiting),
        )
    if len(waiting) < LONG_FROM:
        return decide(count_id, waiting, decision, by=by)
    return _by_job(count, decision, len(waiting), by=by)


def _by_job(
    count: StockTake, decision: Decision, lines: int, *, by: Actor, items: list[int] | None = None
) -> Job:
    """Let a job decide; the same asked twice is one job, and another one waits for its end."""
    args = {"count_id": count.id, "decision": decision.value, "lines": lines, "items": items}
    if (present := deciding(count.id)) is not None and present.args != args:
        raise Refused(N_("A job is deciding about this stock-take. Wait until it is done."))
    return jobs.enqueue(DECIDE, args, by=by, key=f"{DECIDE}:{count.id}", total=lines)


def deciding(count_id: int) -> Job | None:
    """The job that decides about differences of this count, waiting or running."""
    return job_queries.open_with_key(f"{DECIDE}:{count_id}")


def decide_some(count_id: int, decision: Decision, *, after: int, by: Actor) -> tuple[int, Decided]:
    """Decide about the next few; the number of the last one, 0 when none was left."""
    numbers = queries.items_to_decide(
        count_id, *DECISIONS[decision], after=after, limit=DECIDED_IN_ONE_GO
    )
    decided = decide(count_id, numbers, decision, by=by)
    return (numbers[-1] if numbers else 0), decided


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
    if count.discarded_at is not None:
        raise Refused(N_("This stock-take was discarded; nothing of it is a difference."))
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
    if not queries.unsettled(line.stock_take_id):
        count = f"stock_take:{line.stock_take_id}"
        tasks.finish_about(DIFFERENCES, count, N_("Every difference is settled."), by=by)
