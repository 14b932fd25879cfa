"""Work of this domain that outlives a request."""

from __future__ import annotations

from collections.abc import Mapping
from time import sleep
from typing import Final

from hoffice.db import db
from hoffice.errors import Refused
from hoffice.jobs.service import Handler, Ticket
from hoffice.kits.queries import item_imports as reading
from hoffice.kits.rules.counting import Decision, waits_as
from hoffice.kits.service import differences, item_import
from hoffice.units import Actor

MOST_TOLD: Final = 200
"""So many lines that were passed over a job names; the others are counted."""
REST_S: Final = 0.1
"""Between two steps: whoever waits for SQLite looks every 100 ms whether it is free."""


def handlers() -> dict[str, Handler]:
    """The kinds of work this domain knows."""
    return {
        item_import.APPLY: _import,
        item_import.UNDO: _undo_import,
        differences.DECIDE: _decide,
    }


def _import(ticket: Ticket) -> Mapping[str, object]:
    """Take over a long list of devices: read first, then written in one transaction.

    A worker that dies before it is stored leaves nothing behind; after it, the next one finds the
    list taken over.
    """
    import_id = int(ticket.args["import_id"])
    listed = item_import.listed_of(reading.item_import(import_id))
    db.session.rollback()  # end reading; the step begins a writing transaction
    with ticket.step(done=int(ticket.args["lines"])):
        made = item_import.apply_import(
            import_id,
            by=Actor.read(ticket.owner),
            skip_errors=bool(ticket.args["skip_errors"]),
            expected=str(ticket.args["expected"]),
            listed=listed,
        )
        counts = dict(made.counts)
    return {"url": f"/geraete/import/{import_id}", **counts}


def _undo_import(ticket: Ticket) -> Mapping[str, object]:
    """Undo a long list of devices, a few in each step; whoever goes on begins after them."""
    import_id, leave_used = int(ticket.args["import_id"]), bool(ticket.args["leave_used"])
    if not leave_used:
        item_import.require_unused(reading.item_import(import_id))
    db.session.rollback()  # as above
    total = int(ticket.args["lines"])
    for done in range(ticket.done, total + 1, item_import.UNDONE_IN_ONE_GO):
        with ticket.step(done=min(done + item_import.UNDONE_IN_ONE_GO, total)):
            item_import.undo_some(import_id, by=Actor.read(ticket.owner), leave_used=leave_used)
        sleep(REST_S)
    return {"url": f"/geraete/import/{import_id}"}


def _decide(ticket: Ticket) -> Mapping[str, object]:
    """Decide the same about many differences of a stock-take, a few in each step.

    Whoever goes on begins anew with what still waits: what cannot be decided is passed over, and
    the result says why.
    """
    count_id, total = int(ticket.args["count_id"]), int(ticket.args["lines"])
    decision, after = Decision(ticket.args["decision"]), 0
    chosen: list[int] | None = ticket.args.get("items")
    by, step = Actor.read(ticket.owner), differences.DECIDED_IN_ONE_GO
    passed: list[tuple[int, Refused]] = []
    for done in range(0, total, step):
        with ticket.step(done=min(done + step, total)):
            if chosen is not None:
                some = chosen[done : done + step]
                decided = differences.decide(count_id, some, decision, by=by)
            else:
                after, decided = differences.decide_some(count_id, decision, after=after, by=by)
        passed += decided.passed
        if chosen is None and not after:
            break
        sleep(REST_S)
    page = f"/geraete/inventuren/{count_id}/liste?result={waits_as(decision)}"
    told = [
        {"item": item_id, "say": why.reason, "facts": _plain(why.facts)}
        for item_id, why in passed[:MOST_TOLD]
    ]
    return {"url": f"{page}&job={ticket.job_id}", "passed": told, "more": len(passed) - len(told)}


def _plain(facts: Mapping[str, object]) -> dict[str, str | int]:
    """The facts of a sentence as a job can keep them."""
    return {name: one if isinstance(one, int) else str(one) for name, one in facts.items()}
