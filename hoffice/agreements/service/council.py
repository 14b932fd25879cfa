"""The notice to the works council: whom a measure is about, as a paper to hand over."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from hoffice import clock
from hoffice.agreements import pdf, queries, rules, service
from hoffice.agreements.models import TextVersion
from hoffice.agreements.rules import BINDING_LANGUAGE, PaperKind, Terms
from hoffice.agreements.service import contents, letterhead
from hoffice.agreements.service.fields import without_person
from hoffice.audit.service import record
from hoffice.errors import N_, Refused
from hoffice.files.service import Store
from hoffice.paper.words import day
from hoffice.people.models import Employee
from hoffice.units import Actor
from hoffice.wording.fields import LIST_ENTRIES, Scalar
from hoffice.wording.plain import one_line

MOST_PEOPLE = LIST_ENTRIES
"""As many as one file lists; more are more than one measure."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that was put together: what the file is made from, and whom it lists."""

    facts: pdf.PaperFacts
    text_id: int
    people: tuple[int, ...]


def text_to_hand_over(*, allow_unapproved: bool) -> TextVersion:
    """The present text; refused when it is missing or not approved."""
    kind = PaperKind.WORKS_COUNCIL
    return service.texts_to_send(allow_unapproved=allow_unapproved, kinds=[kind])[kind]


def put_together(
    employee_ids: Sequence[int],
    *,
    terms: Terms,
    store: Store,
    allow_unapproved: bool = False,
) -> Notice:
    """Everything that stands in the notice about these people; nothing is stored or sent.

    ``pdf.paper`` makes the file of its facts, which takes a moment for many people; ``note`` says
    afterwards that it was made.
    """
    people = queries.people_with(employee_ids)
    if not people:
        raise Refused(N_("Nobody is selected."))
    if len(people) > MOST_PEOPLE:
        raise Refused(N_("A notice lists at most %(most)s people."), most=MOST_PEOPLE)
    rules.checked_name(terms.represented_by)
    text = text_to_hand_over(allow_unapproved=allow_unapproved)
    if not terms.starts_on:
        raise Refused(N_("Say on which day the measure begins."))
    made_at = clock.now()
    begins = date.fromisoformat(terms.starts_on)
    facts = {
        "made_at": made_at.isoformat(),
        "reference": "",
        "is_sample": text.approved_at is None,
        "terms": asdict(terms),
        "fields": {
            BINDING_LANGUAGE: {
                **without_person(terms, today=clock.today(), language=BINDING_LANGUAGE),
                "beginn": day(begins, BINDING_LANGUAGE),
                "betroffene": [_line(one, terms, begins) for one in people],
            }
        },
        "signers": [[role, ""] for role in rules.SIGNERS[text.kind]],
    }
    made = letterhead.dressed(contents.paper_facts(text, facts), letterhead.noted(), store)
    people_in = tuple(one.id for one in people)
    return Notice(replace(made, is_signed_outside=True), text.id, people_in)


def note(notice: Notice, content: bytes, *, by: Actor) -> None:
    """A line in the log: about whom the council was told, and the hash of the file."""
    record(
        by,
        "agreements.council_notice",
        f"text_version:{notice.text_id}",
        employees=list(notice.people),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _line(employee: Employee, terms: Terms, begins: date) -> dict[str, Scalar]:
    """What the council reads of one person; no more than it needs for its decision."""
    starts = max(begins, employee.starts_on or begins)
    hours = employee.weekly_hours
    usual = "–" if hours is None else f"{hours:g}".replace(".", ",")
    return {
        "name": one_line(employee.name),
        "personalnummer": one_line(employee.personnel_number),
        "team": one_line(employee.team.name) if employee.team is not None else "–",
        "beginn": day(starts, BINDING_LANGUAGE),
        "wochenstunden": one_line(terms.home_hours) or usual,
    }
