"""Work of this domain that outlives a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hoffice.db import db
from hoffice.jobs.service import Handler, Ticket
from hoffice.people import queries, service
from hoffice.places.rules import Geocoder
from hoffice.units import Actor


def handlers(geocoder: Callable[[], Geocoder]) -> dict[str, Handler]:
    """The kinds of work this domain knows; each step has a geocoder of its own.

    A geocoder of the house reads the address register of the moment in which it was made.
    """

    def apply(ticket: Ticket) -> Mapping[str, object]:
        """Apply a long staff list: worked out first, then written in one transaction.

        A worker that dies before that transaction is stored leaves nothing behind; after it, the
        next one finds the list applied.
        """
        import_id = int(ticket.args["import_id"])
        prepared = service.prepare(queries.staff_import(import_id), geocoder=geocoder())
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

    def relocate(ticket: Ticket) -> Mapping[str, object]:
        """Ask again about every home, a few in each step; the next worker goes on after them.

        Which homes was written down when it was asked for: were they counted anew, those that
        were pinned meanwhile would move the others up, and some would be passed over.
        """
        by = Actor.read(ticket.owner)
        home_ids = list(map(int, ticket.args["homes"]))
        for done in range(ticket.done, len(home_ids), service.STEP):
            some = home_ids[done : done + service.STEP]
            answers = service.answers_about(some, geocoder=geocoder())
            db.session.rollback()  # as above
            with ticket.step(done=done + len(some), total=len(home_ids)):
                service.relocate_homes(some, answers, by=by)
        after = {str(word): count for word, count in queries.homes_by_precision().items()}
        asking = queries.open_questions()
        db.session.rollback()
        before = ticket.args["before"]
        return {"url": "/orte/#homes", "before": before, "after": after, "asking": asking}

    return {service.APPLY: apply, service.RELOCATE: relocate}
