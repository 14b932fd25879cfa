"""A new link in place of the old one, and papers that were taken back by mistake."""

from __future__ import annotations

from datetime import timedelta

from hoffice import clock
from hoffice.accounts.links import LinkBook, revoke_all
from hoffice.agreements import queries, service
from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.queries import desk
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import ADDED_ONE_BY_ONE, PaperKind, PaperState
from hoffice.agreements.service import seals
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.people import queries as people
from hoffice.units import Actor

UNDO_WITHIN = timedelta(hours=24)
"""So long papers that were taken back can be given back as they were."""
PAUSE = timedelta(minutes=2)
"""A form sent twice must not end the link that is just on its way."""


def resend(employee_id: int, *, book: LinkBook, by: Actor) -> Pack:
    """End all links of a person and send a new one, such as after a wrong address or a lost phone.

    Reminders begin anew, for the person gets the papers only now.
    """
    employee = people.employee(employee_id)
    pack = queries.pack_to_change(employee_id)
    waits = any(map(queries.lacks_signature, pack.papers))
    household = [
        one
        for one in pack.papers
        if one.kind is PaperKind.HOUSEHOLD and sittings.is_open_behind_link(one)
    ]
    if not waits and not household:
        raise Refused(N_("There is nothing left to sign."))
    why_not = service.cannot_be_sent(employee)
    if why_not is not None:
        raise Refused(why_not)
    now = clock.now()
    if pack.sent_at is not None and now - pack.sent_at < PAUSE:
        raise Refused(N_("The mail has only just gone out."))
    holder = str(Actor.employee(employee_id))
    revoke_all(holder, by=by, employee_id=employee_id)
    db.session.flush()
    pack.sent_at, pack.reminders = now, 0
    pack.reminded_at = pack.called_at = None
    record(by, "agreements.resent", pack, employee_id=employee_id)
    if waits:
        service.write_to(employee, "pack", pack, book=book, by=by)
    else:
        service.write_to(employee, "household", pack, book=book, by=by, papers=household)
    return pack


def restorable(pack: Pack | None) -> bool:
    """Whether a pack was taken back as a whole a short while ago, and nothing came after it."""
    return (
        pack is not None
        and pack.ended_at is not None
        and clock.now() - pack.ended_at < UNDO_WITHIN
        and bool(pack.papers)
        and all(paper.state is PaperState.VOID for paper in pack.papers)
    )


def restore_pack(employee_id: int, *, by: Actor) -> Pack:
    """Give back a pack that was taken back: every paper stands where it stood before.

    What everybody had signed and what lost its seal by that is sealed now. Refused after a day, or
    when new papers were sent in the meantime.
    """
    people.employee(employee_id)
    pack = desk.newest_pack_of(employee_id)
    if pack is None:
        raise NotFound(N_("There are no papers of this person."))
    if not restorable(pack):
        raise Refused(N_("This can no longer be undone. Send new papers instead."))
    for paper in pack.papers:
        if _was_void(paper):
            continue
        paper.state = _state_before(paper)
        if paper.state is not PaperState.DECLINED:
            paper.reason = None
        record(by, "agreements.restored", paper, employee_id=employee_id)
        if paper.state in seals.SEALABLE and paper.sealed_at is None:
            seals.ask_for_seal(paper, by=by)
    pack.ended_at = None
    db.session.flush()
    return pack


def _was_void(paper: Paper) -> bool:
    """Whether a paper was settled before its pack was taken back: refused, or revoked by itself."""
    if paper.kind not in ADDED_ONE_BY_ONE:
        return False
    has_ended = paper.expires_on is not None and paper.expires_on <= clock.today()
    return has_ended or (paper.kind is PaperKind.HOUSEHOLD and paper.declined_at is not None)


def _state_before(paper: Paper) -> PaperState:
    """Where a paper stood, from the moments that are written on it."""
    if paper.signed_at is not None:
        if any(one.supersedes_id == paper.id and one.signed_at for one in paper.pack.papers):
            return PaperState.SUPERSEDED
        if paper.expires_on is not None and paper.expires_on <= clock.today():
            return PaperState.EXPIRED
        return PaperState.SEALED if paper.sealed_at is not None else PaperState.SIGNED
    if paper.declined_at is not None:
        return PaperState.DECLINED
    return PaperState.OPENED if paper.opened_at is not None else PaperState.SENT
