"""The record of a return: made when it is closed, and again when more is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask import Response
from flask.typing import ResponseReturnValue
from svcs.flask import get as door

from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.files.service import Store
from hoffice.kits.models import Return
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import ReturnOutcome
from hoffice.kits.service import return_records
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.web.transaction import store_and_set_aside

RECORD_TRIES: Final = 3
"""So often a record is made that somebody outdates meanwhile."""


def write_records(return_ids: Iterable[int]) -> None:
    """Make the records of these closed returns, once what was done is stored.

    Nobody else waits for a page to be made. A record that somebody outdates meanwhile is made
    again, and one that was not made because the house went down is made when somebody opens it.
    """
    store, company, by = door(Store), settings().company, current_actor()
    waiting = list(return_ids)
    for _try in range(RECORD_TRIES):
        if not waiting:
            return
        with store_and_set_aside():
            facts = {one: return_records.facts_of(one, company=company) for one in waiting}
            db.session.rollback()
            contents = {one: return_records.made_of(said) for one, said in facts.items()}
        waiting = [
            one
            for one, said in facts.items()
            if not return_records.file(
                one, said, contents[one], store=store, company=company, by=by
            )
        ]


@bp.get("/rueckgaben/<int:return_id>/protokoll.pdf")
@open_to(*READERS, Role.HR)
def return_record(return_id: int) -> ResponseReturnValue:
    """The record of a return that is closed; made afresh when it says less than is known now."""
    found = queries.record_of(return_id)
    if found is not None and not queries.is_wiped_since_record(return_id):
        content, name = door(Store).get(found.file.sha256), found.file.name
    else:
        made = queries.kit_return(return_id)
        if not has_record(made):
            raise NotFound(N_("There is no record of this return yet."))
        facts = return_records.facts_of(return_id, company=settings().company)
        content, name = return_records.made_of(facts), f"{facts.reference}.pdf"
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response


def has_record(made: Return) -> bool:
    """Whether there is something to record: it is closed, and was not called off."""
    return made.closed_at is not None and any(
        line.outcome is not ReturnOutcome.NOT_DUE for line in made.lines
    )
