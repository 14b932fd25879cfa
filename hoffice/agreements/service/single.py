"""One paper outside of the usual pack, for one person: a consent of the household, a return.

It joins the present pack, so that there is one sitting and one link; who has no pack gets one of
its own, which gives way as soon as the usual papers are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.agreements import queries, rules, service
from hoffice.agreements.models import Pack, Paper, Signature, TextVersion
from hoffice.agreements.queries import desk
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import (
    ADDED_ONE_BY_ONE,
    BINDING_LANGUAGE,
    IN_FORCE,
    WAITING,
    PaperKind,
    PaperState,
    SignatureMethod,
    SignerRole,
    Terms,
)
from hoffice.agreements.service import contents, signing
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.files.service import Store
from hoffice.paper.words import day
from hoffice.people import queries as people_queries
from hoffice.people.models import Employee
from hoffice.units import Actor
from hoffice.wording.blocks import Block, blocks
from hoffice.wording.fields import Value

FARTHEST = timedelta(days=2 * 366)
"""A last day at home that is further away is a slip of the finger."""
MAILS = {PaperKind.HOUSEHOLD: "household", PaperKind.BACK_TO_OFFICE: "back_to_office"}
"""The mail that brings each kind."""

_NO_LONGER = N_("This paper no longer waits for a signature.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which paper, and what it says that no other paper does."""

    kind: PaperKind
    person: str = ""
    """The adult of the household who is asked."""
    last_day: date | None = None
    """The last day at home."""

    def fields(self) -> Callable[[str], Mapping[str, Value]]:
        """Its own fields, in the words of a language."""
        if self.kind is PaperKind.HOUSEHOLD:
            return lambda _language: {"haushalt": [self.person]}
        on = self.last_day or clock.today()
        return lambda language: {"rueckkehr_am": day(on, language)}


def checked(wanted: Wanted, employee: Employee) -> Wanted:
    """The same with a tidy name; refused when it cannot be what somebody means."""
    if wanted.kind is PaperKind.HOUSEHOLD:
        name = rules.checked_name(wanted.person)
        if _same(name, employee.name):
            raise Refused(
                N_("%(name)s is the employee. Name another adult of the household."), name=name
            )
        return Wanted(kind=wanted.kind, person=name)
    if wanted.kind is PaperKind.BACK_TO_OFFICE:
        return Wanted(kind=wanted.kind, last_day=checked_day(wanted.last_day))
    raise Refused(N_("This kind of paper is not sent by itself."))


def checked_day(last_day: date | None) -> date:
    """A last day at home that can still be one."""
    today = clock.today()
    if last_day is None:
        raise Refused(N_("Say which day is the last one at home."))
    if last_day < today:
        raise Refused(N_("This day is over. The last day at home is today or later."))
    if last_day > today + FARTHEST:
        raise Refused(N_("This day is more than two years away."))
    return last_day


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


# Adding one


def add(  # noqa: PLR0913  # the doors are those of sending
    employee_id: int,
    wanted: Wanted,
    *,
    store: Store,
    book: LinkBook,
    by: Actor,
    signer_name: str = "",
    allow_unapproved: bool = False,
) -> Paper:
    """Freeze one paper on the terms of the last sending, put it into the pack, write the mail.

    A return is signed for the employer by ``signer_name`` at once, as other papers are.
    """
    employee = people_queries.employee(employee_id)
    why_not = service.cannot_be_sent(employee)
    if why_not is not None:
        raise Refused(why_not)
    wanted = checked(wanted, employee)
    text = text_to_send(wanted.kind, allow_unapproved=allow_unapproved)
    terms = terms_of(employee_id)
    signs_for_employer = SignerRole.EMPLOYER in rules.SIGNERS[wanted.kind]
    signer = rules.checked_name(signer_name) if signs_for_employer else terms.represented_by
    now = clock.now()
    pack = _pack_for(employee, wanted, terms, by=by, at=now)
    former = _former(employee_id, wanted)
    paper = service.freeze(
        pack,
        text,
        employee=employee,
        terms=terms,
        signer=signer,
        store=store,
        made_at=now,
        more=wanted.fields(),
    )
    if wanted.last_day is not None:
        signing.keep_last_day(paper, wanted.last_day)
    paper.supersedes_id = former.id if former is not None else None
    record(
        by,
        "agreements.added",
        paper,
        employee_id=employee_id,
        kind=paper.kind,
        text_version=text.number,
        sha256=signing.sha256_of(paper),
    )
    if signs_for_employer:
        signing.countersign(paper, role=SignerRole.EMPLOYER, name=signer, by=by, at=now)
    service.write_to(employee, MAILS[paper.kind], pack, book=book, by=by, papers=[paper])
    return paper


def text_to_send(kind: PaperKind, *, allow_unapproved: bool) -> TextVersion:
    """The present text of this kind; refused when it is missing or not approved."""
    if kind not in ADDED_ONE_BY_ONE:
        raise Refused(N_("This kind of paper is not sent by itself."))
    return service.texts_to_send(allow_unapproved=allow_unapproved, kinds=[kind])[kind]


def terms_of(employee_id: int) -> Terms:
    """What the firm said in the person's last papers, else in the last sending of all."""
    said = desk.newest_terms(employee_id) or queries.last_terms()
    if not said:
        raise Refused(
            N_("No papers have been sent yet. This one takes its words from the last sending.")
        )
    return contents.terms_in(said)


def draft(
    employee: Employee, wanted: Wanted, *, signer_name: str, allow_unapproved: bool
) -> tuple[Block, ...]:
    """What the paper would say; nothing is stored or sent."""
    wanted = checked(wanted, employee)
    text = text_to_send(wanted.kind, allow_unapproved=allow_unapproved)
    facts = contents.frozen_facts(
        employee,
        text,
        terms=terms_of(employee.id),
        signer=signer_name,
        made_at=clock.now(),
        number="",
        more=wanted.fields(),
    )
    return blocks(text.source, facts["fields"][text.language])


def _pack_for(employee: Employee, wanted: Wanted, terms: Terms, *, by: Actor, at: datetime) -> Pack:
    """The present pack, locked, or a new one; refused when the same is asked for already.

    Reminders begin anew when nothing else waits for the employee: before, there was nothing to
    remind of.
    """
    if queries.pack_of(employee.id) is None:
        pack = service.begin_pack(employee.id, terms, by=by, at=at)
        pack.sent_at = at
        return pack
    pack = queries.pack_to_change(employee.id)
    for paper in pack.papers:
        if paper.state in WAITING and _is_same_question(paper, wanted):
            raise Refused(N_("This is asked for already. Take it back first, or wait."))
    is_for_employee = rules.waits_for(wanted.kind, SignerRole.EMPLOYEE)
    if is_for_employee and not any(map(queries.lacks_signature, pack.papers)):
        pack.sent_at, pack.reminders = at, 0
        pack.reminded_at = pack.called_at = None
    return pack


def _is_same_question(paper: Paper, wanted: Wanted) -> bool:
    """Each adult of a household has a sheet of her own; a return there is one of."""
    if paper.kind is not wanted.kind:
        return False
    return paper.kind is not PaperKind.HOUSEHOLD or _same(asked_person(paper), wanted.person)


def _former(employee_id: int, wanted: Wanted) -> Paper | None:
    """What the new paper takes the place of once it is signed."""
    found = [
        paper
        for paper in queries.papers_of(employee_id)
        if paper.state in IN_FORCE and _is_same_question(paper, wanted)
    ]
    return found[0] if found else None


def asked_person(paper: Paper) -> str:
    """Who of the household was asked to sign this consent."""
    named = paper.facts["fields"][BINDING_LANGUAGE].get("haushalt") or [""]
    return str(named[0])


# The household's answer, on the employee's phone


def sign_for_household(  # noqa: PLR0913  # a signature has these facts
    paper_id: int,
    *,
    employee_id: int,
    name: str,
    method: SignatureMethod,
    strokes: object,
    by: Actor,
    store: Store,
) -> Paper:
    """An adult of the household consents, on the link of the employee; nobody else is bound."""
    name = rules.checked_name(name)
    drawn = rules.checked_strokes(strokes) if method is SignatureMethod.DRAWN else ()
    paper = _own_to_change(paper_id, employee_id=employee_id)
    if not sittings.lacks_signature(paper, SignerRole.HOUSEHOLD):
        raise Refused(_NO_LONGER)
    employee = people_queries.employee(employee_id)
    if _same(name, employee.name):
        raise Refused(N_("Here signs whoever lives with you, with a name of their own."))
    line = employee.home.line if employee.home is not None else ""
    if not rules.names_household_of(paper.kind, paper.facts, line):
        raise Refused(
            N_("Your address has changed since these papers were made. HR has to send new ones.")
        )
    signing.check_file(paper, store)
    now = clock.now()
    paper.opened_at, paper.read_at = paper.opened_at or now, paper.read_at or now
    signing.add_signature(
        paper,
        Signature(
            role=SignerRole.HOUSEHOLD,
            name=name,
            method=method,
            strokes=[[list(place) for place in line] for line in drawn],
            by=str(by),
            signed_at=now,
        ),
    )
    record(
        by,
        "agreements.signed",
        paper,
        employee_id=employee_id,
        at=now,
        personal={"name": name},
        role=SignerRole.HOUSEHOLD,
        method=method,
        sha256=signing.sha256_of(paper),
    )
    signing.complete(paper, store=store, by=by, at=now)
    return paper


def decline_for_household(paper_id: int, *, employee_id: int, by: Actor) -> Paper:
    """An adult of the household does not consent; no reason is asked for, and nobody is chased."""
    paper = _own_to_change(paper_id, employee_id=employee_id)
    if not sittings.is_open(paper, SignerRole.HOUSEHOLD):
        raise Refused(_NO_LONGER)
    paper.state, paper.declined_at = PaperState.VOID, clock.now()
    paper.reason = None
    record(by, "agreements.household_declined", paper, employee_id=employee_id)
    return paper


def _own_to_change(paper_id: int, *, employee_id: int) -> Paper:
    """The employee's own paper, its pack locked; another person's is not there."""
    queries.own_paper(paper_id, employee_id=employee_id)
    found = sittings.papers_to_change([paper_id])
    if not found or found[0].kind is not PaperKind.HOUSEHOLD:
        raise Refused(_NO_LONGER)
    return found[0]


# Taking one back


def withdraw(paper_id: int, reason: str, *, by: Actor) -> Paper:
    """HR takes one paper back, such as a consent that was revoked; its files stay as proof."""
    queries.paper(paper_id)
    [paper] = sittings.papers_to_change([paper_id])
    why = signing.checked_reason(reason)
    if not may_withdraw(paper):
        raise Refused(N_("This paper cannot be taken back by itself."))
    signing.end_what_it_began(paper, by=by)
    if paper.state is not PaperState.DECLINED:  # the person's own words stay
        paper.reason = why
    paper.state = PaperState.VOID
    record(by, "agreements.voided", paper, employee_id=paper.employee_id, personal={"reason": why})
    db.session.flush()
    pack = paper.pack
    if pack.ended_at is None and all(one.state is PaperState.VOID for one in pack.papers):
        pack.ended_at = clock.now()
    else:
        paper.expires_on = clock.today()
    return paper


def may_withdraw(paper: Paper) -> bool:
    """Whether HR can take this one paper back without the rest of its pack."""
    return paper.kind in ADDED_ONE_BY_ONE and (
        paper.state in WAITING | IN_FORCE or paper.state is PaperState.DECLINED
    )
