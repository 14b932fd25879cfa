"""Work of this domain that outlives a request."""

from __future__ import annotations

from collections.abc import Mapping

from hoffice.jobs.service import Handler, Ticket
from hoffice.kits.service import item_import
from hoffice.units import Actor


def handlers() -> dict[str, Handler]:
    """The kinds of work this domain knows."""
    return {item_import.APPLY: _import, item_import.UNDO: _undo_import}


def _import(ticket: Ticket) -> Mapping[str, object]:
    """Take over a long list of devices, in one transaction.

    A worker that dies before it is stored leaves nothing behind; after it, the next one finds the
    list taken over.
    """
    import_id = int(ticket.args["import_id"])
    with ticket.step(done=int(ticket.args["lines"])):
        made = item_import.apply_import(
            import_id,
            by=Actor.read(ticket.owner),
            skip_errors=bool(ticket.args["skip_errors"]),
            expected=str(ticket.args["expected"]),
        )
        counts = dict(made.counts)
    return {"url": f"/geraete/import/{import_id}", **counts}


def _undo_import(ticket: Ticket) -> Mapping[str, object]:
    """Undo a long list of devices, in one transaction."""
    import_id = int(ticket.args["import_id"])
    with ticket.step(done=int(ticket.args["lines"])):
        item_import.undo_import(
            import_id,
            by=Actor.read(ticket.owner),
            leave_used=bool(ticket.args["leave_used"]),
        )
    return {"url": f"/geraete/import/{import_id}"}
