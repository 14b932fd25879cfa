"""Work of this domain that outlives a request."""

from __future__ import annotations

from collections.abc import Mapping

from hoffice.db import db
from hoffice.jobs.service import Handler, Ticket
from hoffice.people import queries, service
from hoffice.places.geocoders.postcodes import embedded
from hoffice.places.rules import Geocoder
from hoffice.units import Actor


def handlers(geocoder: Geocoder | None = None) -> dict[str, Handler]:
    """The kinds of work this domain knows."""
    chosen = geocoder or embedded()

    def apply(ticket: Ticket) -> Mapping[str, object]:
        """Apply a long staff list: worked out first, then written in one transaction.

        A worker that dies before that transaction is stored leaves nothing behind; after it, the
        next one finds the list applied.
        """
        import_id = int(ticket.args["import_id"])
        prepared = service.prepare(queries.staff_import(import_id), geocoder=chosen)
        db.session.rollback()  # end reading; the step begins a writing transaction
        with ticket.step(done=int(ticket.args["lines"])):
            applied = service.apply_import(
                import_id,
                prepared,
                by=Actor.read(ticket.owner),
                skip_errors=bool(ticket.args["skip_errors"]),
                expected=str(ticket.args["expected"]),
            )
            counts = dict(applied.counts)
        return {"url": f"/personen/import/{import_id}", **counts}

    return {service.APPLY: apply}
