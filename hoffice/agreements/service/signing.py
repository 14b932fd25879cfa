"""Reading, signing, declining: one sitting of the employee, and the house's own signatures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from hoffice import clock
from hoffice.agreements import pdf, queries, rules
from hoffice.agreements.models import Pack, Paper, Signature
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import (
    IN_FORCE,
    PaperKind,
    PaperState,
    SignatureMethod,
    SignerRole,
)
from hoffice.agreements.service import codes, contents, seals
from hoffice.agreements.service.proofs import protocol_of
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store, keep
from hoffice.kits.service import due
from hoffice.people import models as people
from hoffice.people import queries as people_queries
from hoffice.units import Actor

PDF = "application/pdf"
HOUSE_ROLES = frozenset({SignerRole.EMPLOYER, SignerRole.TRAINER})
"""Who signs with an account of the house."""

LAST_DAY = "last_day"

_CHANGED = N_("The papers have changed in the meantime. Read them again.")


# Reading


def open_paper(paper_id: int, *, employee_id: int) -> Paper:
    """The employee reads a paper; the first time is written down.

    Looked at again once the pack is locked: what was signed or taken back meanwhile stays so.
    """
    paper = queries.own_paper(paper_id, employee_id=employee_id)
    if paper.state is not PaperState.SENT:
        return paper
    sittings.papers_to_change([paper_id])
    paper = queries.own_paper(paper_id, employee_id=employee_id)
    if paper.state is PaperState.SENT:
        paper.state, paper.opened_at = PaperState.OPENED, clock.now()
        actor = Actor.employee(employee_id)
        record(actor, "agreements.opened", paper, employee_id=employee_id)
    return paper


def mark_read(paper_id: int, *, employee_id: int) -> Paper:
    """The employee has read a paper to the end; it stays so on every device."""
    paper = open_paper(paper_id, employee_id=employee_id)
    if paper.read_at is None:
        paper.read_at = clock.now()
        record(Actor.employee(employee_id), "agreements.read", paper, employee_id=employee_id)
    return paper


# Signing


def sign_pack(  # noqa: PLR0913  # a signature has these facts
    employee_id: int,
    *,
    name: str,
    method: SignatureMethod,
    strokes: object,
    read: Sequence[int],
    by: Actor,
    store: Store,
    code_id: int | None = None,
    at: datetime | None = None,
) -> Pack:
    """Put the employee's signature under all papers that wait for it, in one sitting.

    ``read`` names the papers the person has ticked; all that wait have to be among them, so nobody
    signs what was changed under the hand. ``code_id`` is the code that was entered before, where
    the pack asks for one. A second signature is refused.
    """
    name = rules.checked_name(name)
    drawn = rules.checked_strokes(strokes) if method is SignatureMethod.DRAWN else ()
    pack = queries.pack_to_change(employee_id)
    waiting = [paper for paper in pack.papers if sittings.lacks_signature(paper)]
    _check_sitting(pack, waiting, read=read)
    channel = codes.channel_entered(pack, code_id)
    now = at or clock.now()
    for paper in waiting:
        check_file(paper, store)
        _put_under(
            paper,
            Signature(
                role=SignerRole.EMPLOYEE,
                name=name,
                method=method,
                strokes=[[list(place) for place in line] for line in drawn],
                code_channel=channel,
                by=str(by),
                signed_at=now,
            ),
        )
    for paper in waiting:
        complete(paper, store=store, by=by, at=now)
    if pack.receipt_asked_at is None or pack.receipt_confirmed_at is not None:
        pack.receipt_asked_at, pack.receipt_confirmed_at = now, None  # the log has the former one
    return pack


def _check_sitting(pack: Pack, waiting: Sequence[Paper], *, read: Sequence[int]) -> None:
    if not waiting:
        raise Refused(N_("Everything is signed already."))
    if is_outdated(pack, people_queries.home_of(pack.employee_id)):
        raise Refused(
            N_("Your address has changed since these papers were made. HR has to send new ones.")
        )
    if set(read) - {paper.id for paper in pack.papers}:
        raise Refused(_CHANGED)
    if {paper.id for paper in waiting} - set(read):
        raise Refused(N_("Tick each paper once you have read it."))


def _put_under(paper: Paper, signature: Signature) -> None:
    """The employee's deed for one paper; what nobody signs is noted as read."""
    now, by = signature.signed_at, Actor.read(signature.by)
    paper.opened_at, paper.read_at = paper.opened_at or now, paper.read_at or now
    if rules.is_for_reading(paper.kind):
        record(by, "agreements.acknowledged", paper, employee_id=paper.employee_id, at=now)
        return
    add_signature(paper, signature)
    record(
        by,
        "agreements.signed",
        paper,
        employee_id=paper.employee_id,
        at=now,
        personal={"name": signature.name},
        method=signature.method,
        code=signature.code_channel,
        sha256=sha256_of(paper),
    )
    if paper.state is PaperState.SENT:
        paper.state = PaperState.OPENED


def sign_for_house(
    paper_ids: Sequence[int], role: SignerRole, *, name: str, by: Actor, store: Store
) -> int:
    """Sign for the employer or as trainer, by typed name; gives back how many papers were signed.

    Papers that do not wait for this role, or that the employee has not signed yet where the
    trainer confirms a talk, are passed over.
    """
    if role not in HOUSE_ROLES:
        raise Refused(N_("This role does not sign with an account of the house."))
    name, now, done = rules.checked_name(name), clock.now(), 0
    for paper in sittings.papers_to_change(paper_ids):
        if not sittings.lacks_signature(paper, role):
            continue
        if role is SignerRole.TRAINER and sittings.lacks_signature(paper):
            continue
        check_file(paper, store)
        countersign(paper, role=role, name=name, by=by, at=now)
        complete(paper, store=store, by=by, at=now)
        done += 1
    return done


def countersign(paper: Paper, *, role: SignerRole, name: str, by: Actor, at: datetime) -> None:
    """A signature of the house by typed name; before or after the employee's."""
    signature = Signature(
        role=role,
        name=name,
        method=SignatureMethod.TYPED,
        strokes=[],
        by=str(by),
        signed_at=at,
    )
    add_signature(paper, signature)
    record(
        by,
        "agreements.countersigned",
        paper,
        employee_id=paper.employee_id,
        personal={"name": name},
        role=role,
        sha256=sha256_of(paper),
    )


def add_signature(paper: Paper, signature: Signature) -> None:
    """One signature; a role signs a paper once, by this rule and by the database's."""
    if any(present.role is signature.role for present in paper.signatures):
        raise Refused(N_("This paper is signed already."))
    signature.frozen_sha256 = sha256_of(paper)
    paper.signatures.append(signature)
    db.session.flush()


def is_outdated(pack: Pack, home: people.Home | None) -> bool:
    """Whether an addendum that waits names another address than the person's present home."""
    return home is not None and any(
        paper.state in rules.WAITING and not rules.names_address(paper.kind, paper.facts, home.line)
        for paper in pack.papers
    )


def check_file(paper: Paper, store: Store) -> None:
    """What is signed must be what was shown: the stored bytes still have the frozen hash."""
    try:
        store.get(sha256_of(paper))
    except NotFound:
        raise Refused(
            N_("The file of a paper is damaged. Nothing was signed; HR has to send it again.")
        ) from None


def sha256_of(paper: Paper) -> str:
    """The hash of the file that was shown."""
    if paper.frozen_file is None:
        msg = f"paper {paper.id} is not frozen"
        raise ValueError(msg)
    return paper.frozen_file.sha256


def file_name(paper: Paper) -> str:
    """What a paper's file is called when somebody downloads it."""
    return f"{paper.kind}-{contents.reference(paper)}.pdf"


# Completing


def complete(paper: Paper, *, store: Store, by: Actor, at: datetime) -> None:
    """When everybody has signed: the file with signatures and certificate, and the state."""
    if not rules.is_complete(paper.kind, (signature.role for signature in paper.signatures)):
        return
    put_in_force(paper, by=by, at=at)
    log_head = protocol_of(paper, completed_at=at).head
    content = pdf.signed(
        contents.paper_facts(paper.text_version, paper.facts),
        tuple(map(contents.signature_facts, paper.signatures)),
        pdf.CertificateFacts(
            frozen_sha256=sha256_of(paper),
            log=contents.log_of(paper),
            log_head=log_head,
            completed_at=at,
            check_url=seals.check_url(),
            will_be_sealed=seals.is_ready(),
        ),
        frozen=store.get(sha256_of(paper)),
    )
    paper.signed_file = keep(store, content, name=file_name(paper), media_type=PDF)
    db.session.flush()
    record(
        by,
        "agreements.completed",
        paper,
        employee_id=paper.employee_id,
        at=at,
        sha256=paper.signed_file.sha256,
        log_head=log_head,
    )
    seals.ask_for_seal(paper, by=by)


def put_in_force(paper: Paper, *, by: Actor, at: datetime) -> None:
    """From now on this paper counts, until it expires; the one it replaces no longer does."""
    paper.state, paper.signed_at = PaperState.SIGNED, at
    paper.expires_on = _expires_on(paper, at.astimezone(clock.BERLIN).date())
    former = sittings.superseded_by(paper)
    if former is not None and former.state in IN_FORCE:
        former.state = PaperState.SUPERSEDED
        record(by, "agreements.superseded", former, employee_id=paper.employee_id, at=at)
    if paper.kind is PaperKind.BACK_TO_OFFICE:
        due.back_to_office(paper.employee_id, last_day_of(paper), by=by)


def end_what_it_began(paper: Paper, *, by: Actor) -> None:
    """What a signed paper has set in motion ends with it; asked before the paper is taken back."""
    if paper.kind is PaperKind.BACK_TO_OFFICE and paper.state in IN_FORCE:
        due.stays_at_home(paper.employee_id, by=by)


def keep_last_day(paper: Paper, last_day: date) -> None:
    """Note with a paper that was just frozen which day it prints, as a day and not as words."""
    paper.facts = {**paper.facts, LAST_DAY: last_day.isoformat()}


def last_day_of(paper: Paper) -> date | None:
    """The last day at home that a return to the office says; none where it was not noted."""
    said = paper.facts.get(LAST_DAY)
    return date.fromisoformat(said) if said else None


def _expires_on(paper: Paper, today: date) -> date | None:
    """After the months that the text says, or the day after the end that was agreed."""
    ends = []
    if paper.text_version.valid_months is not None:
        ends.append(rules.months_later(today, paper.text_version.valid_months))
    agreed = paper.facts.get("terms", {}).get("ends_on", "")
    if agreed and paper.kind in rules.PLACES_OF_WORK:
        ends.append(date.fromisoformat(agreed) + timedelta(days=1))
    return min(ends, default=None)


# Not signing


def decline(paper_id: int, reason: str, *, employee_id: int, by: Actor) -> Paper:
    """The employee does not agree with one paper and says why; HR has to talk to the person."""
    queries.pack_to_change(employee_id)
    paper = queries.own_paper(paper_id, employee_id=employee_id)
    if not sittings.is_open(paper):
        raise Refused(N_("This paper is no longer waiting for you."))
    paper.reason = checked_reason(reason)
    paper.state, paper.declined_at = PaperState.DECLINED, clock.now()
    record(
        by,
        "agreements.declined",
        paper,
        employee_id=employee_id,
        personal={"reason": paper.reason},
    )
    return paper


def want_paper(paper_id: int, *, employee_id: int, by: Actor) -> Paper:
    """The employee wants to sign one paper with ink; HR prints it and gets it back."""
    queries.pack_to_change(employee_id)
    paper = queries.own_paper(paper_id, employee_id=employee_id)
    if not sittings.is_open_behind_link(paper):
        raise Refused(N_("This paper is no longer waiting for you."))
    if paper.paper_wanted_at is None:
        paper.paper_wanted_at = clock.now()
        record(by, "agreements.paper_wanted", paper, employee_id=employee_id)
    return paper


def sign_here_after_all(paper_id: int, *, employee_id: int, by: Actor) -> Paper:
    """Take the wish for ink back, as long as nothing signed has come."""
    queries.pack_to_change(employee_id)
    paper = queries.own_paper(paper_id, employee_id=employee_id)
    if not sittings.is_open_behind_link(paper):
        raise Refused(N_("This paper is no longer waiting for you."))
    if paper.uploaded_file_id is not None:
        raise Refused(N_("HR looks at the file that you brought."))
    if paper.paper_wanted_at is not None:
        paper.paper_wanted_at = None
        record(by, "agreements.paper_not_wanted", paper, employee_id=employee_id)
    return paper


def checked_reason(reason: str) -> str:
    """A reason in somebody's own words; refused when there is none."""
    plain = reason.strip()[:2000]
    if not plain:
        raise Refused(N_("Say why, in a few words."))
    return plain
