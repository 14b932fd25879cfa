"""Sending, reading, signing, declining and taking back papers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from hoffice import clock
from hoffice.accounts.links import LinkBook, link_for
from hoffice.agreements import pdf, queries, rules
from hoffice.agreements.models import Pack, Paper, Signature, TextVersion
from hoffice.agreements.rules import (
    BINDING_LANGUAGE,
    PaperKind,
    PaperState,
    SignatureMethod,
    SignerRole,
    Terms,
)
from hoffice.agreements.samples import SAMPLES
from hoffice.agreements.service import contents
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store, keep
from hoffice.jobs.models import Job
from hoffice.jobs.service import enqueue
from hoffice.notices.rules import LinkKind
from hoffice.notices.service import send
from hoffice.people import models as people
from hoffice.people import queries as people_queries
from hoffice.units import Actor

SEND_PACK = "agreements.send_pack"
"""The kind of job that sends packs, one person a step."""
PDF = "application/pdf"


# Texts


def load_samples(*, by: Actor) -> int:
    """Write the sample texts as version 1 where there is none; gives back how many were written."""
    written = 0
    for sample in SAMPLES:
        kind = PaperKind(sample.key)
        for language in sample.titles:
            if queries.current_text(kind, language, only_approved=False) is not None:
                continue
            source = sample.source(language)
            made = TextVersion(
                kind=kind,
                language=language,
                number=1,
                source=source,
                sha256=hashlib.sha256(source.encode()).hexdigest(),
                created_at=clock.now(),
                created_by=str(by),
            )
            db.session.add(made)
            db.session.flush()
            record(by, "agreements.text_written", made, kind=kind, language=language, version=1)
            written += 1
    return written


def approve_text(text_id: int, *, by: Actor) -> TextVersion:
    """Say that a text may be used; somebody else than its author has to."""
    text = queries.text(text_id, lock=True)
    if text.approved_at is not None:
        raise Refused(N_("This text is approved already."))
    if text.created_by == str(by):
        raise Refused(N_("Another person than the author has to approve a text."))
    text.approved_at, text.approved_by = clock.now(), str(by)
    record(by, "agreements.text_approved", text, kind=text.kind, version=text.number)
    return text


# Sending


def prepare_packs(
    employee_ids: Sequence[int],
    *,
    by: Actor,
    signer_name: str,
    terms: Terms,
    allow_unapproved: bool = False,
) -> Job:
    """Ask for packs for these people; the job makes their PDFs and writes their mails.

    Refused at once when there is nobody or no text that may be used, so that nobody waits for a
    job that cannot succeed.
    """
    if not employee_ids:
        raise Refused(N_("Nobody is selected."))
    signer = rules.checked_name(signer_name)
    texts_to_send(allow_unapproved=allow_unapproved)
    ids = list(dict.fromkeys(employee_ids))
    job = enqueue(
        SEND_PACK,
        {
            "employees": ids,
            "signer": signer,
            "terms": asdict(terms),
            "allow_unapproved": allow_unapproved,
        },
        by=by,
        total=len(ids),
    )
    record(by, "agreements.packs_ordered", job, employees=ids)
    return job


def texts_to_send(*, allow_unapproved: bool) -> dict[PaperKind, TextVersion]:
    """The text of each paper of a pack; refused when one is missing or not approved."""
    found: dict[PaperKind, TextVersion] = {}
    for kind in rules.PACK:
        text = queries.current_text(kind, only_approved=not allow_unapproved)
        if text is None:
            raise Refused(N_("A text is not approved yet. A lawyer and a second person have to."))
        found[kind] = text
    return found


def drafts(employee: people.Employee, *, terms: Terms) -> list[pdf.PaperFacts]:
    """The papers of a pack as they would be for this person; nothing is stored or sent."""
    made_at, signer = clock.now(), terms.represented_by
    texts = texts_to_send(allow_unapproved=True).values()
    return [
        contents.paper_facts(
            text,
            contents.frozen_facts(
                employee, text, terms=terms, signer=signer, made_at=made_at, number=""
            ),
        )
        for text in texts
    ]


def cannot_be_sent(employee: people.Employee) -> str | None:
    """Why this person cannot get a pack yet, as a message id; None when everything is there."""
    if employee.home is None:
        return N_("The address is missing.")
    if "@" not in employee.email:
        return N_("The e-mail address is missing.")
    return None


def send_pack(  # noqa: PLR0913  # the pack's facts and the doors it leaves by
    employee_id: int,
    *,
    store: Store,
    book: LinkBook,
    by: Actor,
    signer_name: str,
    terms: Terms,
    allow_unapproved: bool = False,
) -> Pack:
    """Freeze both papers for one person, sign the addendum for the employer, and write the mail.

    The frozen files are hashed and stored before anybody signs. Refused for somebody who has a
    pack already: it has to be taken back first.
    """
    employee = people_queries.employee(employee_id)
    why_not = cannot_be_sent(employee)
    if why_not is not None:
        raise Refused(why_not)
    if queries.pack_of(employee_id) is not None:
        raise Refused(
            N_("This person has papers already. Take them back before you send new ones.")
        )
    texts = texts_to_send(allow_unapproved=allow_unapproved)
    now = clock.now()
    pack = Pack(employee_id=employee_id, created_at=now, created_by=str(by))
    db.session.add(pack)
    db.session.flush()
    for text in texts.values():
        paper = _frozen(pack, text, employee=employee, terms=terms, signer=signer_name, store=store)
        record(
            by,
            "agreements.sent",
            paper,
            employee_id=employee_id,
            kind=paper.kind,
            text_version=text.number,
            sha256=_sha256(paper),
        )
        if SignerRole.EMPLOYER in rules.SIGNERS[paper.kind]:
            _countersign(paper, name=signer_name, by=by, at=now)
    pack.sent_at = now
    _write_to(employee, "pack", pack, book=book, by=by)
    return pack


def _frozen(  # noqa: PLR0913  # everything a paper is made from
    pack: Pack,
    text: TextVersion,
    *,
    employee: people.Employee,
    terms: Terms,
    signer: str,
    store: Store,
) -> Paper:
    """One paper with its file, frozen: from here on neither its facts nor its text change."""
    paper = Paper(
        pack=pack,
        employee_id=employee.id,
        kind=text.kind,
        text_version=text,
        facts={},
        state=PaperState.DRAFT,
    )
    db.session.add(paper)
    db.session.flush()
    paper.facts = contents.frozen_facts(
        employee,
        text,
        terms=terms,
        signer=signer,
        made_at=pack.created_at,
        number=contents.reference(paper),
    )
    content = pdf.paper(contents.paper_facts(paper.text_version, paper.facts))
    paper.frozen_file = keep(store, content, name=_file_name(paper), media_type=PDF)
    paper.state = PaperState.SENT
    db.session.flush()
    return paper


def _file_name(paper: Paper) -> str:
    return f"{paper.kind}-{contents.reference(paper)}.pdf"


def _countersign(paper: Paper, *, name: str, by: Actor, at: datetime) -> None:
    """The employer signs first, by typed name, so that the employee's signature completes it."""
    _add_signature(
        paper,
        SignerRole.EMPLOYER,
        name=name,
        method=SignatureMethod.TYPED,
        strokes=(),
        by=by,
        at=at,
    )
    record(
        by,
        "agreements.countersigned",
        paper,
        employee_id=paper.employee_id,
        personal={"name": name},
        sha256=_sha256(paper),
    )


def _write_to(
    employee: people.Employee, template: str, pack: Pack, *, book: LinkBook, by: Actor
) -> None:
    """The mail with the personal link; the outbox holds a placeholder in its place."""
    link = link_for(str(Actor.employee(employee.id)), book=book, by=by, employee_id=employee.id)
    waiting = [paper for paper in pack.papers if paper.state in rules.WAITING]
    facts = pack.papers[0].facts
    send(
        template,
        to=employee.email,
        language=employee.language,
        by=by,
        facts={
            "first_name": employee.first_name,
            "company": facts["terms"]["company"],
            "papers": [rules.PAPER_LABELS[paper.kind] for paper in waiting],
            "contact": facts["fields"][BINDING_LANGUAGE]["firma_vertreten_durch"],
            "hotline": facts["terms"]["hotline"],
        },
        employee_id=employee.id,
        link=(LinkKind.PERSONAL, link.id),
    )


# Reading and signing


def open_paper(paper_id: int, *, employee_id: int) -> Paper:
    """The employee reads a paper; the first time is written down."""
    paper = queries.own_paper(paper_id, employee_id=employee_id)
    if paper.state is PaperState.SENT:
        paper.state, paper.opened_at = PaperState.OPENED, clock.now()
        actor = Actor.employee(employee_id)
        record(actor, "agreements.opened", paper, employee_id=employee_id)
    return paper


def sign_pack(  # noqa: PLR0913  # a signature has these facts
    employee_id: int,
    *,
    name: str,
    method: SignatureMethod,
    strokes: object,
    read: Sequence[int],
    by: Actor,
    store: Store,
    at: datetime | None = None,
) -> Pack:
    """Put the employee's signature under all papers that wait for it, in one sitting.

    ``read`` names the papers the person has ticked; all that wait have to be among them, so nobody
    signs what was changed under the hand. A second signature is refused.
    """
    name = rules.checked_name(name)
    drawn = rules.checked_strokes(strokes) if method is SignatureMethod.DRAWN else ()
    pack = queries.pack_to_change(employee_id)
    waiting = [paper for paper in pack.papers if queries.lacks_signature(paper)]
    if not waiting:
        raise Refused(N_("Everything is signed already."))
    if is_outdated(pack, people_queries.home_of(employee_id)):
        raise Refused(
            N_("Your address has changed since these papers were made. HR has to send new ones.")
        )
    unknown = set(read) - {paper.id for paper in pack.papers}
    if unknown:
        raise Refused(N_("The papers have changed in the meantime. Read them again."))
    if {paper.id for paper in waiting} - set(read):
        raise Refused(N_("Tick each paper once you have read it."))
    now = at or clock.now()
    for paper in waiting:
        _check_file(paper, store)
        _add_signature(
            paper, SignerRole.EMPLOYEE, name=name, method=method, strokes=drawn, by=by, at=now
        )
        record(
            by,
            "agreements.signed",
            paper,
            employee_id=employee_id,
            at=at,
            personal={"name": name},
            method=method,
            sha256=_sha256(paper),
        )
        _complete(paper, store=store, by=by, at=now)
    return pack


def is_outdated(pack: Pack, home: people.Home | None) -> bool:
    """Whether an addendum that waits names another address than the person's present home."""
    return home is not None and any(
        paper.state in rules.WAITING and not rules.names_address(paper.kind, paper.facts, home.line)
        for paper in pack.papers
    )


def _check_file(paper: Paper, store: Store) -> None:
    """What is signed must be what was shown: the stored bytes still have the frozen hash."""
    try:
        store.get(_sha256(paper))
    except NotFound:
        raise Refused(
            N_("The file of a paper is damaged. Nothing was signed; HR has to send it again.")
        ) from None


def _sha256(paper: Paper) -> str:
    if paper.frozen_file is None:
        msg = f"paper {paper.id} is not frozen"
        raise ValueError(msg)
    return paper.frozen_file.sha256


def _add_signature(  # noqa: PLR0913  # a signature has these facts
    paper: Paper,
    role: SignerRole,
    *,
    name: str,
    method: SignatureMethod,
    strokes: rules.Strokes,
    by: Actor,
    at: datetime,
) -> None:
    """One signature; a role signs a paper once, by this rule and by the database's."""
    if any(signature.role is role for signature in paper.signatures):
        raise Refused(N_("This paper is signed already."))
    paper.signatures.append(
        Signature(
            role=role,
            name=name,
            method=method,
            strokes=[[list(place) for place in line] for line in strokes],
            frozen_sha256=_sha256(paper),
            by=str(by),
            signed_at=at,
        )
    )
    db.session.flush()


def _complete(paper: Paper, *, store: Store, by: Actor, at: datetime) -> None:
    """When everybody has signed: the file with signatures and certificate, and the state."""
    if not rules.is_complete(paper.kind, (signature.role for signature in paper.signatures)):
        return
    paper.state, paper.signed_at = PaperState.SIGNED, at
    content = pdf.signed(
        contents.paper_facts(paper.text_version, paper.facts),
        tuple(map(contents.signature_facts, paper.signatures)),
        pdf.CertificateFacts(
            frozen_sha256=_sha256(paper),
            log=contents.log_of(paper),
            completed_at=at,
            will_be_sealed=False,
        ),
    )
    paper.signed_file = keep(store, content, name=_file_name(paper), media_type=PDF)
    db.session.flush()
    record(
        by,
        "agreements.completed",
        paper,
        employee_id=paper.employee_id,
        at=at,
        sha256=paper.signed_file.sha256,
    )


# Declining, reminding, taking back


def decline(paper_id: int, reason: str, *, employee_id: int, by: Actor) -> Paper:
    """The employee does not agree with one paper and says why; HR has to talk to the person."""
    queries.pack_to_change(employee_id)
    paper = queries.own_paper(paper_id, employee_id=employee_id)
    if not queries.lacks_signature(paper):
        raise Refused(N_("This paper is no longer waiting for you."))
    paper.reason = _reason(reason)
    paper.state, paper.declined_at = PaperState.DECLINED, clock.now()
    record(
        by,
        "agreements.declined",
        paper,
        employee_id=employee_id,
        personal={"reason": paper.reason},
    )
    return paper


def _reason(reason: str) -> str:
    plain = reason.strip()[:2000]
    if not plain:
        raise Refused(N_("Say why, in a few words."))
    return plain


def remind(employee_id: int, *, book: LinkBook, by: Actor) -> Pack:
    """One more mail with the personal link, at most three in all and one a day."""
    pack = queries.pack_to_change(employee_id)
    if not any(map(queries.lacks_signature, pack.papers)):
        raise Refused(N_("There is nothing left to sign."))
    now = clock.now()
    rules.check_reminder(count=pack.reminders, last_at=pack.reminded_at, now=now)
    pack.reminders += 1
    pack.reminded_at = now
    record(by, "agreements.reminded", pack, employee_id=employee_id, count=pack.reminders)
    _write_to(people_queries.employee(employee_id), "reminder", pack, book=book, by=by)
    return pack


def void_pack(employee_id: int, reason: str, *, by: Actor) -> Pack:
    """Take all papers of the present pack back, signed ones too; the files stay as proof."""
    pack = queries.pack_to_change(employee_id)
    why = _reason(reason)
    for paper in pack.papers:
        paper.state, paper.reason = PaperState.VOID, why
        record(by, "agreements.voided", paper, employee_id=employee_id, personal={"reason": why})
    pack.ended_at = clock.now()
    return pack


def renew_pack(  # the doors are those of sending
    employee_id: int, *, store: Store, book: LinkBook, by: Actor, allow_unapproved: bool = False
) -> Pack:
    """Take the present pack back and send it anew on the same terms, with the present address."""
    facts = queries.pack_to_change(employee_id).papers[0].facts
    terms = Terms(**facts["terms"])
    void_pack(employee_id, "Neue Anschrift", by=by)
    db.session.flush()
    return send_pack(
        employee_id,
        store=store,
        book=book,
        by=by,
        signer_name=terms.represented_by,
        terms=terms,
        allow_unapproved=allow_unapproved,
    )
