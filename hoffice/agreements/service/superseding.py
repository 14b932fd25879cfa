"""A newer version for people who have signed an older one: what counts, counts until then."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.agreements import queries, rules, service
from hoffice.agreements.chasing import WARN_DAYS, Anew
from hoffice.agreements.models import Pack, TextVersion
from hoffice.agreements.queries import desk
from hoffice.agreements.queries.desk import Stand
from hoffice.agreements.rules import (
    ADDED_ONE_BY_ONE,
    IN_FORCE,
    WAITING,
    PaperKind,
    PaperState,
    Terms,
    WorkModel,
)
from hoffice.agreements.service.contents import terms_in
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.files.service import Store
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.units import Actor

SENT_TO_PEOPLE = frozenset(kind for model in WorkModel for kind in rules.packs_of(model))
"""Kinds that stand in packs; others have a way of their own, such as the record at the door."""
NOTHING_NEW = N_("Nothing has changed for this person.")
SUPERSEDED = "Neue Fassung"
"""Why papers that nobody has signed are taken back; it stands in the log."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """What one person would sign anew, and why; or why nothing can be sent."""

    employee: Employee
    kinds: Mapping[PaperKind, Anew] = field(default_factory=dict)
    why_not: str | None = None
    """A message id."""


def renewals(
    employee_ids: Collection[int],
    *,
    only: Collection[PaperKind] = (),
    allow_unapproved: bool = False,
) -> list[Renewal]:
    """For each of these people what has to be signed anew; a fixed number of statements.

    ``only`` narrows the reasons to these kinds; what is still open comes along in any case, so
    that nobody has two packs to sign.
    """
    texts = desk.current_texts(only_approved=not allow_unapproved)
    newest = desk.stands(employee_ids)
    today = clock.today()
    return [
        _renewal(one, newest.get(one.id, {}), texts, only=only, today=today)
        for one in queries.people_with(employee_ids)
    ]


def _renewal(
    employee: Employee,
    papers: Mapping[PaperKind, Stand],
    texts: Mapping[PaperKind, TextVersion],
    *,
    only: Collection[PaperKind],
    today: date,
) -> Renewal:
    papers = {kind: one for kind, one in papers.items() if kind not in ADDED_ONE_BY_ONE}
    if not papers:
        return Renewal(employee, why_not=N_("No papers yet: send the pack."))
    why_not = service.cannot_be_sent(employee) or _what_is_in_the_way(papers, texts)
    if why_not is not None:
        return Renewal(employee, why_not=why_not)
    line = employee.home.line if employee.home is not None else ""
    wanted = set(only or SENT_TO_PEOPLE) & SENT_TO_PEOPLE
    kinds: dict[PaperKind, Anew] = {}
    for kind, paper in papers.items():
        why = _why_anew(paper, texts.get(kind), line, today) if kind in wanted else None
        if why is None and paper.state in WAITING and kind in SENT_TO_PEOPLE:
            why = Anew.OPEN
        if why is not None:
            kinds[kind] = why
    for kind in set(rules.packs_of(_model(papers))) & wanted & set(texts) - set(papers):
        kinds[kind] = Anew.MISSING
    if set(kinds.values()) <= {Anew.OPEN}:
        return Renewal(employee, why_not=NOTHING_NEW)
    if any(kind not in texts for kind in kinds):
        return Renewal(
            employee,
            why_not=N_("A text is not approved yet. A lawyer and a second person have to."),
        )
    order = list(PaperKind)
    return Renewal(employee, {kind: kinds[kind] for kind in sorted(kinds, key=order.index)})


def _what_is_in_the_way(
    papers: Mapping[PaperKind, Stand], texts: Mapping[PaperKind, TextVersion]
) -> str | None:
    """What somebody has to settle before a new pack may take the place of the present one."""
    for kind, paper in papers.items():
        if paper.state is PaperState.DECLINED and not _is_newer(texts.get(kind), paper):
            return N_("A paper was declined. Talk to the person first.")
        if paper.state in WAITING and not paper.is_with_employee:
            return N_("A paper waits for the signature of the house. Sign it first.")
        if paper.state in WAITING and paper.has_upload:
            return N_("A signed file waits to be looked at. Decide on it first.")
    return None


def _why_anew(paper: Stand, text: TextVersion | None, line: str, today: date) -> Anew | None:
    if paper.state is PaperState.EXPIRED:
        return Anew.EXPIRED
    if paper.state is PaperState.SUPERSEDED:  # what replaced it was taken back
        return Anew.MISSING
    if _is_newer(text, paper):
        return Anew.TEXT
    if paper.kind is PaperKind.ADDENDUM and paper.address not in {None, line}:
        return Anew.ADDRESS
    ends = paper.expires_on
    if paper.state in IN_FORCE and ends is not None:
        return Anew.ENDING if ends <= today + timedelta(days=max(WARN_DAYS)) else None
    return None


def _is_newer(text: TextVersion | None, paper: Stand) -> bool:
    return text is not None and text.number > paper.version


def _model(papers: Mapping[PaperKind, Stand]) -> WorkModel:
    """The model of work that the newest paper names."""
    named = [stand.work_model for stand in papers.values() if stand.work_model]
    return WorkModel(named[-1]) if named else WorkModel.TELEWORK


def supersede(  # noqa: PLR0913  # the doors are those of sending
    employee_id: int,
    *,
    store: Store,
    book: LinkBook,
    by: Actor,
    signer_name: str,
    only: Sequence[PaperKind] = (),
    ends_on: date | None = None,
    allow_unapproved: bool = False,
) -> Pack:
    """Send one person what has to be signed anew, on the terms of the last time.

    ``ends_on`` is the new end where one was agreed; an addendum without one stays without.

    Papers in force stay in force until the new ones are signed, and their files stay for ever.
    What nobody has signed yet is taken back and comes along in the new pack. Refused with the
    reason of :class:`Renewal` when there is nothing to do or something is in the way.
    """
    employee = people.employee(employee_id)
    present = queries.pack_of(employee_id)
    if present is not None:
        present = queries.pack_to_change(employee_id)
    [renewal] = renewals([employee_id], only=only, allow_unapproved=allow_unapproved)
    if renewal.why_not is not None:
        raise Refused(renewal.why_not)
    terms = terms_in(desk.newest_terms(employee_id))
    if ends_on is not None and terms.ends_on:
        terms = replace(terms, ends_on=ends_on.isoformat())
    _check_end(terms, renewal.kinds)
    if present is not None:
        _end(present, by=by)
    record(
        by,
        "agreements.superseding",
        employee,
        employee_id=employee_id,
        kinds=[kind.value for kind in renewal.kinds],
        why=[why.value for why in renewal.kinds.values()],
    )
    return service.send_pack(
        employee_id,
        store=store,
        book=book,
        by=by,
        signer_name=signer_name,
        terms=terms,
        allow_unapproved=allow_unapproved,
        kinds=list(renewal.kinds),
        mail="renewal",
    )


def _check_end(terms: Terms, kinds: Collection[PaperKind]) -> None:
    """Nobody gets an addendum that is over before it is signed."""
    if rules.is_over(terms, clock.today()) and rules.PLACES_OF_WORK & set(kinds):
        raise Refused(
            N_(
                "The agreed end of the addendum has come. Select the person in the list, press "
                "“Send new versions”, and say until when the new one holds."
            )
        )


def _end(pack: Pack, *, by: Actor) -> None:
    """The former pack is closed: what waits in it is taken back, what counts stays.

    What was added one by one moves along into the new pack.
    """
    for paper in pack.papers:
        if paper.state in WAITING and paper.kind not in ADDED_ONE_BY_ONE:
            paper.state, paper.reason = PaperState.VOID, SUPERSEDED
            record(
                by,
                "agreements.voided",
                paper,
                employee_id=paper.employee_id,
                personal={"reason": SUPERSEDED},
            )
    pack.ended_at = clock.now()
    db.session.flush()
