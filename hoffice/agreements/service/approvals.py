"""Clients' approvals: asking, answering, reminding, taking back, and what ends by itself.

An approval belongs to a project. Asking again makes a new one; the former counts until the new one
is answered, and then no longer, whatever the answer is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hoffice import clock
from hoffice.accounts import links
from hoffice.accounts import queries as accounts
from hoffice.accounts.links import LinkBook, new_link
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.agreements import approving, pdf, queries, rules
from hoffice.agreements.approving import GIVEN, WAITING, Answer, Verdict
from hoffice.agreements.models import Approval, ApprovedPerson, TextVersion
from hoffice.agreements.queries import approvals as found
from hoffice.agreements.rules import ApprovalState, PaperKind, Terms
from hoffice.agreements.service import approval_papers as papers
from hoffice.agreements.service.approval_papers import Request
from hoffice.agreements.service.signing import PDF, checked_reason
from hoffice.agreements.service.uploads import Looked
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store, keep
from hoffice.notices.rules import LinkKind
from hoffice.notices.service import send
from hoffice.paper.words import day
from hoffice.people import service as people_deeds
from hoffice.people.models import Employee, Project
from hoffice.units import Actor, ActorKind

AT_ONCE = 100
"""So many approvals end in one transaction."""


class Answered(Refused):
    """Somebody was faster, or the request is gone: the page shows how it stands."""


def reference(approval: Approval) -> str:
    """What stands at the foot of each page, such as ``A000017``."""
    return f"A{approval.id:06d}"


def file_name(approval: Approval) -> str:
    """What its file is called when somebody downloads it."""
    return f"{PaperKind.CLIENT_APPROVAL}-{reference(approval)}.pdf"


def holder_of(approval: Approval) -> str:
    """Whose link it is: the client's, as the log names it."""
    return str(Actor(ActorKind.CLIENT, approval.project.client_id))


# Asking


def text_to_send(*, allow_unapproved: bool) -> TextVersion:
    """The text of the request; refused when there is none or nobody has approved it."""
    text = queries.current_text(PaperKind.CLIENT_APPROVAL, only_approved=not allow_unapproved)
    if text is None:
        raise Refused(N_("A text is not approved yet. A lawyer and a second person have to."))
    return text


def checked_people(project: Project, request: Request, today: date) -> list[Employee]:
    """The people of a request, by name; all of them have to work on the project."""
    known = {one.id: one for one in found.people_of_project(project.id, today)}
    wanted = [one for number, one in known.items() if number in set(request.people)]
    if not wanted:
        raise Refused(N_("Choose at least one person of this project."))
    if len(wanted) < len(set(request.people)):
        raise Refused(N_("Somebody you chose does not work on this project any more."))
    if len(wanted) > approving.MOST_PEOPLE:
        raise Refused(N_("One request names at most %(most)s people."), most=approving.MOST_PEOPLE)
    return wanted


def check_request(project: Project, request: Request, today: date) -> None:
    """Refuse what no client can be asked, such as an end in the past."""
    if "@" not in project.client.contact_email:
        raise Refused(
            N_("There is nobody to write to at %(client)s. Enter the contact's e-mail address."),
            client=project.client.name,
        )
    approving.checked_text(request.measures)
    if request.wanted_to is not None and request.wanted_to <= today:
        raise Refused(N_("The end has to lie ahead."))


def ask(  # noqa: PLR0913  # who is asked what, and the doors it leaves by
    project_id: int,
    request: Request,
    *,
    terms: Terms,
    store: Store,
    book: LinkBook,
    by: Actor,
    allow_unapproved: bool = False,
) -> Approval:
    """Freeze the request and write to the client's contact; a client is asked once at a time.

    From now on the project needs the approval. One that is in force counts until this is answered.
    """
    project = found.project_to_change(project_id)
    today, now = clock.today(), clock.now()
    if found.waiting_of(project_id) is not None:
        raise Refused(
            N_("%(client)s has not answered the last request yet. Remind, or take it back first."),
            client=project.client.name,
        )
    check_request(project, request, today)
    people = checked_people(project, request, today)
    text = text_to_send(allow_unapproved=allow_unapproved)
    former = found.given_of(project_id)
    people_deeds.set_needs_approval(project_id, needed=True, by=by)
    approval = Approval(
        project=project,
        state=ApprovalState.DRAFT,
        supersedes=former,
        text_version=text,
        facts={},
        shows_names=request.shows_names,
        needs_file=request.needs_file,
        answered_by_name="",
        conditions="",
        created_at=now,
        created_by=str(by),
        people=[ApprovedPerson(employee_id=one.id) for one in people],
    )
    db.session.add(approval)
    db.session.flush()
    approval.facts = papers.frozen_facts(
        request, project, people, text, terms=terms, made_at=now, number=reference(approval)
    )
    content = pdf.paper(
        papers.paper_facts(text, approval.facts, needs_file=request.needs_file, store=store)
    )
    approval.frozen_file = keep(store, content, name=file_name(approval), media_type=PDF)
    approval.state, approval.asked_at = ApprovalState.ASKED, now
    record(
        by,
        "agreements.approval_asked",
        approval,
        project=project_id,
        people=[one.id for one in people],
        text_version=text.number,
        sha256=approval.frozen_file.sha256,
        wants_file=request.needs_file,
    )
    _write_to_client(approval, "approval", book=book, by=by)
    return approval


def _write_to_client(approval: Approval, template: str, *, book: LinkBook, by: Actor) -> None:
    """The mail with the link of this one approval; a link that ends is replaced."""
    client, facts = approval.project.client, approval.facts
    link = None if approval.link_id is None else accounts.personal_link(approval.link_id)
    if link is None or not links.is_open(link, clock.now()):
        link = new_link(holder_of(approval), book=book, by=by, employee_id=None)
        approval.link_id = link.id
    send(
        template,
        to=client.contact_email,
        language=facts["language"],
        by=by,
        facts={
            "name": client.contact_name,
            "client": client.name,
            "project": approval.project.name,
            "people": len(facts["people"]),
            "company": facts["terms"]["company"],
            "contact": facts["terms"]["represented_by"],
            "hotline": facts["terms"]["hotline"],
            "needs_file": approval.needs_file,
        },
        link=(LinkKind.PERSONAL, link.id),
    )


def remind(approval_id: int, *, book: LinkBook, by: Actor) -> Approval:
    """One more mail with the link, at most three in all and one a day."""
    approval = found.approval_to_change(approval_id)
    if approval.state not in WAITING:
        raise Refused(N_("This request no longer waits for an answer."))
    now = clock.now()
    rules.check_reminder(count=approval.reminders, last_at=approval.reminded_at, now=now)
    approval.reminders, approval.reminded_at = approval.reminders + 1, now
    record(by, "agreements.approval_reminded", approval, count=approval.reminders)
    _write_to_client(approval, "approval_reminder", book=book, by=by)
    return approval


def withdraw(approval_id: int, reason: str, *, by: Actor) -> Approval:
    """Take a request or an approval back, with a reason; the link then says so."""
    approval = found.approval_to_change(approval_id)
    if approval.state not in WAITING | GIVEN:
        raise Refused(N_("There is nothing to take back any more."))
    why = checked_reason(reason)
    was = approval.state
    approval.state, approval.reason, approval.ended_at = (
        ApprovalState.WITHDRAWN,
        why,
        clock.now(),
    )
    record(by, "agreements.approval_withdrawn", approval, was=was, personal={"reason": why})
    return approval


# Answering


def open_approval(approval_id: int, *, by: Actor) -> Approval:
    """The client looks at it for the first time."""
    approval = found.approval_to_change(approval_id)
    if approval.state is ApprovalState.ASKED:
        approval.state, approval.opened_at = ApprovalState.OPENED, clock.now()
        record(by, "agreements.approval_opened", approval)
    return approval


def answer(
    approval_id: int, said: Answer, *, file: Looked | None, by: Actor, store: Store
) -> Approval:
    """Write the client's answer down; the first one counts, whoever comes second sees it.

    Where the contract wants the written form, only a signed PDF closes it. Without one the house
    makes the sheet that says who has answered what. Staff may only enter what a file proves.
    """
    approval = found.approval_to_change(approval_id)
    _check_waits(approval)
    decided = approving.decision(said, [one.employee_id for one in approval.people], clock.today())
    if file is None and by.kind is not ActorKind.CLIENT:
        raise Refused(N_("Add the answer as a PDF: without it nothing proves what was said."))
    if file is None and approval.needs_file and said.verdict is not Verdict.NONE:
        raise Refused(N_("The contract wants the written form: add the signed approval as a PDF."))
    frozen = _frozen_bytes(approval, store)
    now = clock.now()
    approval.state, approval.answered_at = decided.state, now
    approval.answered_by_name, approval.conditions = decided.name, decided.conditions
    approval.valid_to, approval.reason = decided.valid_to, decided.reason
    for one in approval.people:
        one.is_approved = one.employee_id in decided.approved
    content = file.content if file is not None else None
    if content is None and decided.state in GIVEN:
        content = papers.answer_sheet(approval, frozen, at=now, store=store)
    if content is not None:
        approval.answer_file = keep(store, content, name=file_name(approval), media_type=PDF)
    _end_former(approval, by=by)
    db.session.flush()
    _note_answer(approval, file, by=by)
    _tell_asker(approval, "approval_answered", by=by)
    return approval


def _check_waits(approval: Approval) -> None:
    if approval.state in WAITING:
        return
    if approval.answered_at is not None:
        raise Answered(
            N_("%(name)s has answered already, on %(day)s. That answer counts."),
            name=approval.answered_by_name,
            day=approval.answered_at.astimezone(clock.BERLIN).date(),
        )
    raise Answered(N_("This request was taken back. There is nothing left to answer."))


def _frozen_bytes(approval: Approval, store: Store) -> bytes:
    """What is answered must be what was shown: the stored bytes still have the frozen hash."""
    if approval.frozen_file is None:
        raise NotFound(N_("This file is no longer there."))
    return store.get(approval.frozen_file.sha256)


def _end_former(approval: Approval, *, by: Actor) -> None:
    """The newest answer counts: what was given before does not any more."""
    former = approval.supersedes
    if former is not None and former.state in GIVEN:
        former.state, former.ended_at = ApprovalState.SUPERSEDED, clock.now()
        record(by, "agreements.approval_superseded", former)


def _note_answer(approval: Approval, file: Looked | None, *, by: Actor) -> None:
    record(
        by,
        "agreements.approval_answered",
        approval,
        state=approval.state,
        approved=[one.employee_id for one in approval.people if one.is_approved],
        valid_to=approval.valid_to.isoformat() if approval.valid_to else None,
        sha256=approval.answer_file.sha256 if approval.answer_file else None,
        uploaded=file is not None,
        personal={
            "name": approval.answered_by_name,
            "conditions": approval.conditions,
            "reason": approval.reason,
        },
    )


# What ends by itself


@dataclass(frozen=True, slots=True)
class Seen:
    """What a morning has found."""

    ended: int
    warned: int


def look_at_approvals(today: date) -> Seen:
    """End what is over, and warn of what ends in 60, 30 or 7 days; done twice it does it once.

    An ended approval has closed its gates by its date already; this only says so.
    """
    ended = found.ended_by(today, limit=AT_ONCE)
    for approval in ended:
        approval.state, approval.ended_at = ApprovalState.EXPIRED, clock.now()
        record(Actor.system(), "agreements.approval_expired", approval)
        _tell_asker(approval, "approval_over", by=Actor.system())
    warned = 0
    for approval in found.ending_soon(today):
        days = approving.warning_due(approval.valid_to, today, warned_days=approval.warned_days)
        if days is None:
            continue
        approval.warned_days = days
        record(Actor.system(), "agreements.approval_warned", approval, days=days)
        _tell_asker(approval, "approval_ending", by=Actor.system())
        warned += 1
    return Seen(ended=len(ended), warned=warned)


def _tell_asker(approval: Approval, template: str, *, by: Actor) -> None:
    """A mail to whoever has asked; when that account is closed, to everybody in HR."""
    said = [one.is_approved for one in approval.people]
    for account in _askers(approval):
        language = account.language or rules.BINDING_LANGUAGE
        ends_on = day(approval.valid_to, language) if approval.valid_to else ""
        send(
            template,
            to=account.email,
            language=language,
            by=by,
            facts={
                "name": account.name,
                "client": approval.project.client.name,
                "project": approval.project.name,
                "state": approving.STATE_LABELS[approval.state],
                "answered_by": approval.answered_by_name,
                "approved": sum(1 for one in said if one),
                "people": len(said),
                "has_conditions": bool(approval.conditions),
                "ends_on": ends_on,
                "left": (approval.valid_to - clock.today()).days if approval.valid_to else None,
            },
        )


def _askers(approval: Approval) -> list[Account]:
    asker = Actor.read(approval.created_by)
    account = accounts.account_or_none(asker.id) if asker.kind is ActorKind.STAFF else None
    return [account] if account is not None else list(accounts.with_role(Role.HR))
