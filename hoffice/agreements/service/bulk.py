"""One deed for many: one a step, and at the end for whom it did not work and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.agreements import rules, service
from hoffice.agreements.rules import PaperKind
from hoffice.agreements.service import countersigning, resending, single, superseding
from hoffice.agreements.service.signing import checked_reason
from hoffice.agreements.service.single import Wanted
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store
from hoffice.jobs import queries as jobs
from hoffice.jobs.models import Job
from hoffice.jobs.service import Ticket, enqueue
from hoffice.units import Actor

BULK = "agreements.bulk"
"""The kind of job."""
AT_ONCE = 10
"""For so many people a page does it while somebody waits; for more there is a job."""


class Deed(StrEnum):
    """What can be done for many people at once."""

    REMIND = "remind"
    RESEND = "resend"
    VOID = "void"
    RESTORE = "restore"
    SUPERSEDE = "supersede"
    BACK_TO_OFFICE = "back_to_office"
    COUNTERSIGN = "countersign"
    """Its numbers are those of papers, all others' those of people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be done; a job carries it as plain JSON."""

    deed: Deed
    reason: str = ""
    """Why papers are taken back."""
    signer: str = ""
    """Who signs for the employer."""
    kinds: tuple[PaperKind, ...] = ()
    """Which kinds are renewed; empty: all that have to be."""
    last_day: date | None = None
    """The last day at home, for people who return to the office."""
    ends_on: date | None = None
    """The new end of addenda that are renewed, where one was agreed."""
    allow_unapproved: bool = False

    def as_args(self) -> dict[str, Any]:
        """For the job."""
        return {
            "deed": self.deed.value,
            "reason": self.reason,
            "signer": self.signer,
            "kinds": [kind.value for kind in self.kinds],
            "last_day": self.last_day.isoformat() if self.last_day is not None else "",
            "ends_on": self.ends_on.isoformat() if self.ends_on is not None else "",
            "allow_unapproved": self.allow_unapproved,
        }

    @classmethod
    def read(cls, args: Mapping[str, Any]) -> Order:
        """What a job carries."""
        return cls(
            deed=Deed(args["deed"]),
            reason=args["reason"],
            signer=args["signer"],
            kinds=tuple(map(PaperKind, args["kinds"])),
            last_day=date.fromisoformat(args["last_day"]) if args.get("last_day") else None,
            ends_on=date.fromisoformat(args["ends_on"]) if args.get("ends_on") else None,
            allow_unapproved=args["allow_unapproved"],
        )


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody for whom, or a paper for which, it did not work."""

    id: int
    why: str
    """A message id."""
    facts: Mapping[str, str]


def prepare(ids: Sequence[int], order: Order, *, by: Actor) -> Job:
    """Ask for a deed for these; what can be refused at once is refused at once."""
    if not ids:
        raise Refused(N_("Nobody is selected."))
    if order.deed is Deed.VOID:
        checked_reason(order.reason)
    if order.deed in {Deed.SUPERSEDE, Deed.COUNTERSIGN, Deed.BACK_TO_OFFICE}:
        rules.checked_name(order.signer)
    if order.ends_on is not None and order.ends_on <= clock.today():
        raise Refused(N_("The end has to lie ahead."))
    if order.deed is Deed.BACK_TO_OFFICE:
        single.checked_day(order.last_day)
        single.text_to_send(PaperKind.BACK_TO_OFFICE, allow_unapproved=order.allow_unapproved)
    ids = list(dict.fromkeys(ids))
    job = enqueue(BULK, {"ids": ids, **order.as_args()}, by=by, total=len(ids))
    record(by, "agreements.bulk_ordered", job, deed=order.deed.value, ids=ids)
    return job


def do_now(
    ids: Sequence[int], order: Order, *, store: Store, book: LinkBook, by: Actor
) -> list[Left]:
    """Do it for a few in the present transaction; gives back for whom it did not work."""
    deed = _deed(order, store=store, book=book, by=by)
    return [left for one in ids if (left := _tried(one, deed)) is not None]


def do_bulk(ticket: Ticket, *, store: Store, book: LinkBook) -> Mapping[str, Any]:
    """The job: the deed, the refusal and the progress of one person together, or none of it."""
    ids: list[int] = ticket.args["ids"]
    deed = _deed(Order.read(ticket.args), store=store, book=book, by=Actor.read(ticket.owner))
    for place, number in enumerate(ids[ticket.done :], start=ticket.done + 1):
        with ticket.step(done=place, total=len(ids)):
            left = _tried(number, deed)
            if left is not None:
                note(ticket.job_id, left)
    with ticket.step(is_last=True):
        lacking = left_of(jobs.job(ticket.job_id))
    return {
        "deed": ticket.args["deed"],
        "done": len(ids) - len(lacking),
        "left": [[one.id, one.why, dict(one.facts)] for one in lacking],
        "url": f"/papiere/ergebnis/{ticket.job_id}",
    }


def left_of(job: Job) -> list[Left]:
    """For whom a job did not work so far, and why."""
    return [Left(*one) for one in (job.result or {}).get("left", ())]


def note(job_id: int, left: Left) -> None:
    """Write down for whom it did not work, with the step itself, so that no crash forgets it."""
    job = jobs.job(job_id)
    before = (job.result or {}).get("left", [])
    job.result = {"left": [*before, [left.id, left.why, dict(left.facts)]]}


def _tried(number: int, deed: Callable[[int], object]) -> Left | None:
    """Do it for one, whole or not at all."""
    try:
        with db.session.begin_nested():
            deed(number)
    except NotFound:  # the words of this refusal are meant for the person herself
        return Left(number, N_("No papers of this person are out."), {})
    except Refused as refusal:
        return Left(
            number, refusal.reason, {name: str(fact) for name, fact in refusal.facts.items()}
        )
    return None


def _deed(  # noqa: PLR0911  # one for each deed
    order: Order, *, store: Store, book: LinkBook, by: Actor
) -> Callable[[int], object]:
    match order.deed:
        case Deed.REMIND:
            return lambda one: service.remind(one, book=book, by=by)
        case Deed.RESEND:
            return lambda one: resending.resend(one, book=book, by=by)
        case Deed.VOID:
            return lambda one: service.void_pack(one, order.reason, by=by)
        case Deed.RESTORE:
            return lambda one: resending.restore_pack(one, by=by)
        case Deed.COUNTERSIGN:
            return lambda one: countersigning.sign(one, name=order.signer, by=by, store=store)
        case Deed.BACK_TO_OFFICE:
            wanted = Wanted(kind=PaperKind.BACK_TO_OFFICE, last_day=order.last_day)
            return lambda one: single.add(
                one,
                wanted,
                store=store,
                book=book,
                by=by,
                signer_name=order.signer,
                allow_unapproved=order.allow_unapproved,
            )
        case Deed.SUPERSEDE:
            return lambda one: superseding.supersede(
                one,
                store=store,
                book=book,
                by=by,
                signer_name=order.signer,
                only=order.kinds,
                ends_on=order.ends_on,
                allow_unapproved=order.allow_unapproved,
            )
