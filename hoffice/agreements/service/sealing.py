"""The round of the worker that seals: paper by paper, each file kept as soon as it is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hoffice import clock
from hoffice.agreements.queries import seals as queries
from hoffice.agreements.sealing.keys import NoKey
from hoffice.agreements.sealing.results import Sealed, TimeStampDown
from hoffice.agreements.service import seals
from hoffice.agreements.service.seals import Draft, Sealer
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.jobs.service import Handler, Ticket
from hoffice.units import Actor


def seal_round(ticket: Ticket, *, sealer: Sealer, store: Store) -> Mapping[str, Any]:
    """Seal the papers that the job names, or all that wait.

    Nobody waits for a time-stamp service inside a transaction: the file is made from what was read,
    and kept only if the paper still waits then. When the service or the key fails, everything that
    is left is put off together; a fault of one paper holds up no other. It is the house that seals,
    whoever gave the last signature.
    """
    by, tries = Actor.system(), int(ticket.args.get("tries", 0))
    named: list[int] | None = ticket.args.get("papers")
    ids = list(queries.waiting_for_seal()) if named is None else named
    later = queries.next_round(seals.SEAL, clock.now()) if named is not None else None
    db.session.rollback()
    if later is not None:  # it failed for others a moment ago: do not wait for that again
        with ticket.step(is_last=True):
            pending = seals.note_why(ids, str(later.args["why"]), by=by)
        return {"sealed": 0, "pending": pending}
    done, faulty = 0, 0
    for place, paper_id in enumerate(ids, start=1):
        try:
            made = _made(paper_id, sealer=sealer, store=store)
        except (TimeStampDown, NoKey) as down:
            why = down.reason if isinstance(down, NoKey) else seals.NO_ANSWER
            with ticket.step(is_last=True):
                pending = seals.note_why(ids[place - 1 :], why, by=by)
                seals.try_again(why, tries=tries, by=by)
            return {"sealed": done, "pending": faulty + pending}
        except Refused as refusal:
            with ticket.step(done=place, total=len(ids)):
                faulty += seals.note_why([paper_id], refusal.reason, by=by)
            continue
        if made is not None:
            with ticket.step(done=place, total=len(ids)):
                done += seals.keep_sealed(*made, store=store, by=by)
    with ticket.step(done=len(ids), total=len(ids), is_last=True):
        seals.drop_void(ids)
    return {"sealed": done, "pending": faulty}


def _made(paper_id: int, *, sealer: Sealer, store: Store) -> tuple[Draft, Sealed, datetime] | None:
    """A paper's sealed file, made outside of any transaction; None when it waits for none."""
    try:
        draft = seals.drafted(paper_id, sealer=sealer, store=store)
    finally:
        db.session.rollback()
    if draft is None:
        return None
    now = clock.now()
    return draft, seals.closed(draft, sealer=sealer, at=now), now


def handlers(sealer: Sealer, store: Store) -> dict[str, Handler]:
    """The kind of work that seals."""

    def seal(ticket: Ticket) -> Mapping[str, Any]:
        return seal_round(ticket, sealer=sealer, store=store)

    return {seals.SEAL: seal}
