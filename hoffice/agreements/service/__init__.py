"""Sending papers, reminding of them and taking them back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from hoffice import clock
from hoffice.accounts.links import LinkBook, link_for
from hoffice.agreements import pdf, queries, rules
from hoffice.agreements.models import Pack, Paper, TextVersion
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import (
    BINDING_LANGUAGE,
    PaperKind,
    PaperState,
    SignerRole,
    Terms,
    WorkModel,
)
from hoffice.agreements.service import contents, letterhead
from hoffice.agreements.service.signing import (
    PDF,
    checked_reason,
    countersign,
    end_what_it_began,
    file_name,
    is_outdated,
    sha256_of,
)
from hoffice.agreements.service.texts import approve_text, load_samples
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.files.service import Store, keep
from hoffice.jobs.models import Job
from hoffice.jobs.service import enqueue
from hoffice.notices.rules import LinkKind
from hoffice.notices.service import send
from hoffice.people import models as people
from hoffice.people import queries as people_queries
from hoffice.settings import UNNAMED
from hoffice.units import Actor
from hoffice.wording.fields import Value

MOVED_AWAY = "Neue Anschrift"
"""Why papers that name a former home are taken back; it stands in the log."""
SEND_PACK = "agreements.send_pack"
"""The kind of job that sends packs, one person a step."""

__all__ = [
    "SEND_PACK",
    "approve_text",
    "begin_pack",
    "cannot_be_sent",
    "drafts",
    "freeze",
    "is_outdated",
    "load_samples",
    "prepare_packs",
    "remind",
    "send_pack",
    "texts_to_send",
    "void_pack",
    "write_to",
]


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

    Refused at once when there is nobody or no text that may be used, or when the end that is to be
    agreed has come already, so that nobody waits for a job that cannot succeed.
    """
    if not employee_ids:
        raise Refused(N_("Nobody is selected."))
    check_company(terms)
    if rules.is_over(terms, clock.today()):
        raise Refused(N_("The end has to lie ahead."))
    signer = rules.checked_name(signer_name)
    texts_to_send(WorkModel(terms.work_model), allow_unapproved=allow_unapproved)
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


def texts_to_send(
    model: WorkModel = WorkModel.TELEWORK,
    *,
    allow_unapproved: bool,
    kinds: Collection[PaperKind] | None = None,
) -> dict[PaperKind, TextVersion]:
    """The text of each paper of a pack; refused when one is missing or not approved.

    A pack holds what the model of work asks for, or only ``kinds``.
    """
    found: dict[PaperKind, TextVersion] = {}
    for kind in (
        rules.packs_of(model) if kinds is None else sorted(kinds, key=list(PaperKind).index)
    ):
        text = queries.current_text(kind, only_approved=not allow_unapproved)
        if text is None:
            raise Refused(N_("A text is not approved yet. A lawyer and a second person have to."))
        found[kind] = text
    return found


def drafts(employee: people.Employee, *, terms: Terms) -> list[pdf.PaperFacts]:
    """The papers of a pack as they would be for this person; nothing is stored or sent."""
    made_at, signer = clock.now(), terms.represented_by
    texts = texts_to_send(WorkModel(terms.work_model), allow_unapproved=True).values()
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
    kinds: Collection[PaperKind] | None = None,
    mail: str = "pack",
) -> Pack:
    """Freeze a person's papers, sign the addendum for the employer, and write the mail.

    ``kinds`` names the only ones that are needed, such as those whose text has changed; without it
    they are those of the person's model of work.

    The frozen files are hashed and stored before anybody signs. Refused for somebody who has a
    pack already, in which something is left to decide or everything counts: it has to be taken
    back or superseded first.
    """
    employee = people_queries.employee(employee_id)
    why_not = cannot_be_sent(employee)
    if why_not is not None:
        raise Refused(why_not)
    if queries.packs_of([employee_id]):
        raise Refused(
            N_("This person has papers already. Take them back before you send new ones.")
        )
    model = WorkModel(terms.work_model)
    texts = texts_to_send(model, allow_unapproved=allow_unapproved, kinds=kinds)
    now = clock.now()
    pack = begin_pack(employee_id, terms, by=by, at=now)
    former = sittings.newest_in_force([employee_id], clock.today()).get(employee_id, {})
    for text in texts.values():
        paper = freeze(pack, text, employee=employee, terms=terms, signer=signer_name, store=store)
        paper.supersedes_id = former[text.kind].id if text.kind in former else None
        record(
            by,
            "agreements.sent",
            paper,
            employee_id=employee_id,
            kind=paper.kind,
            text_version=text.number,
            sha256=sha256_of(paper),
        )
        if SignerRole.EMPLOYER in rules.SIGNERS[paper.kind]:
            countersign(paper, role=SignerRole.EMPLOYER, name=signer_name, by=by, at=now)
    _take_along(pack, employee, by=by)
    pack.sent_at = now
    write_to(employee, mail, pack, book=book, by=by)
    return pack


def check_company(terms: Terms) -> None:
    """Papers name the employer: refused while the house does not know who that is."""
    if terms.company == UNNAMED:
        raise Refused(
            N_(
                "The papers would name no employer. Whoever runs this house has to set "
                "HOFFICE_COMPANY to the full name of the firm, and start it again."
            )
        )


def begin_pack(employee_id: int, terms: Terms, *, by: Actor, at: datetime) -> Pack:
    """An empty pack; one that holds only papers added one by one gives way to it."""
    check_company(terms)
    present = queries.pack_of(employee_id)
    if present is not None:
        present.ended_at = at
        db.session.flush()
    pack = Pack(
        employee_id=employee_id, created_at=at, created_by=str(by), needs_code=terms.needs_code
    )
    db.session.add(pack)
    flush_or(N_("Somebody has just sent papers to this person. Load the page again."))
    return pack


def _take_along(pack: Pack, employee: people.Employee, *, by: Actor) -> None:
    """Papers added one by one that are not settled move into the new pack: there is one sitting.

    A consent that names a former home is taken back: it is nobody's any more.
    """
    line = employee.home.line if employee.home is not None else ""
    for paper in queries.unsettled_added(employee.id):
        if rules.names_household_of(paper.kind, paper.facts, line):
            paper.pack = pack
            record(by, "agreements.moved_along", paper, employee_id=employee.id, pack=pack.id)
        else:
            _void(paper, MOVED_AWAY, by=by)
    db.session.flush()


def freeze(  # noqa: PLR0913  # everything a paper is made from
    pack: Pack,
    text: TextVersion,
    *,
    employee: people.Employee,
    terms: Terms,
    signer: str,
    store: Store,
    made_at: datetime | None = None,
    more: Callable[[str], Mapping[str, Value]] | None = None,
) -> Paper:
    """One paper with its file, frozen: from here on neither its facts nor its text change.

    ``more`` gives the fields that only this kind of paper has, in the words of a language.
    """
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
        made_at=made_at or pack.created_at,
        number=contents.reference(paper),
        more=more,
    )
    made = contents.paper_facts(paper.text_version, paper.facts)
    content = pdf.paper(letterhead.dressed(made, paper.facts.get("letterhead"), store))
    paper.frozen_file = keep(store, content, name=file_name(paper), media_type=PDF)
    paper.state = PaperState.SENT
    db.session.flush()
    return paper


def write_to(  # noqa: PLR0913  # to whom, what, and the doors it leaves by
    employee: people.Employee,
    template: str,
    pack: Pack,
    *,
    book: LinkBook,
    by: Actor,
    papers: Sequence[Paper] | None = None,
) -> None:
    """The mail with the personal link; the outbox holds a placeholder in its place.

    It names ``papers``, or all that wait and that are the employee's own matter.
    """
    link = link_for(str(Actor.employee(employee.id)), book=book, by=by, employee_id=employee.id)
    waiting = papers or [
        paper
        for paper in pack.papers
        if paper.state in rules.WAITING and paper.kind is not PaperKind.HOUSEHOLD
    ]
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


# Reminding, taking back


def remind(employee_id: int, *, book: LinkBook, by: Actor) -> Pack:
    """One more mail with the personal link, at most three in all and one a day."""
    pack = queries.pack_to_change(employee_id)
    missing = [paper for paper in pack.papers if queries.lacks_signature(paper)]
    if not missing:
        raise Refused(N_("There is nothing left to sign."))
    now = clock.now()
    rules.check_reminder(count=pack.reminders, last_at=pack.reminded_at, now=now)
    pack.reminders += 1
    pack.reminded_at = now
    record(by, "agreements.reminded", pack, employee_id=employee_id, count=pack.reminders)
    employee = people_queries.employee(employee_id)
    write_to(employee, "reminder", pack, book=book, by=by, papers=missing)
    return pack


def void_pack(employee_id: int, reason: str, *, by: Actor) -> Pack:
    """Take all papers of the present pack back, signed ones too; the files stay as proof."""
    pack = queries.pack_to_change(employee_id)
    why = checked_reason(reason)
    for paper in pack.papers:
        if paper.state is not PaperState.VOID:  # as one that was taken back by itself
            _void(paper, why, by=by)
    pack.ended_at = clock.now()
    return pack


def _void(paper: Paper, why: str, *, by: Actor) -> None:
    end_what_it_began(paper, by=by)
    if paper.state is not PaperState.DECLINED:  # the person's own words stay
        paper.reason = why
    paper.state = PaperState.VOID
    record(by, "agreements.voided", paper, employee_id=paper.employee_id, personal={"reason": why})
