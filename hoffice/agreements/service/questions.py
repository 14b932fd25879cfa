"""Questions about papers: asked from the phone, answered by a named person, shown and mailed."""

from __future__ import annotations

from dataclasses import dataclass

from hoffice import clock
from hoffice.accounts.links import LinkBook, link_for
from hoffice.agreements import queries
from hoffice.agreements.models import Question
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import PAPER_LABELS
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.notices.rules import LinkKind
from hoffice.notices.service import send
from hoffice.people import queries as people
from hoffice.units import Actor

MOST_CHARS = 2000
MOST_OPEN = 10
"""More than so many questions without an answer are a call."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers, and where the mail about it goes."""

    name: str
    email: str
    language: str


def ask(
    employee_id: int, paper_id: int | None, text: str, *, contact: Contact | None, by: Actor
) -> Question:
    """Ask about a paper, or about all of them; whoever answers gets a mail."""
    plain = _checked(text, N_("Write your question."))
    if paper_id is not None:
        queries.own_paper(paper_id, employee_id=employee_id)
    waiting = [one for one in sittings.questions_of(employee_id) if one.answered_at is None]
    if len(waiting) >= MOST_OPEN:
        raise Refused(N_("Several of your questions wait for an answer already. Give HR a call."))
    if any(one.text == plain and one.paper_id == paper_id for one in waiting):
        raise Refused(N_("You have asked this already. The answer comes by mail."))
    question = Question(
        employee_id=employee_id, paper_id=paper_id, text=plain, asked_at=clock.now()
    )
    db.session.add(question)
    db.session.flush()
    record(
        by,
        "agreements.question_asked",
        question,
        employee_id=employee_id,
        personal={"text": plain},
        paper=paper_id,
    )
    if contact is not None and "@" in contact.email:
        send(
            "question",
            to=contact.email,
            language=contact.language,
            by=by,
            facts={"name": contact.name, "person": people.employee(employee_id).name},
            employee_id=employee_id,
        )
    return question


def answer(question_id: int, text: str, *, name: str, book: LinkBook, by: Actor) -> Question:
    """Answer a question; the person gets it by mail and finds it with her papers.

    ``name`` is who answers, for the person to see. An answer is given once.
    """
    question = sittings.question(question_id, lock=True)
    if question.answered_at is not None:
        raise Refused(N_("This question is answered already."))
    question.answer = _checked(text, N_("Write the answer."))
    question.answered_at, question.answered_by = clock.now(), str(by)
    employee = people.employee(question.employee_id)
    record(
        by,
        "agreements.question_answered",
        question,
        employee_id=employee.id,
        personal={"text": question.answer},
    )
    if "@" in employee.email:
        link = link_for(str(Actor.employee(employee.id)), book=book, by=by, employee_id=employee.id)
        send(
            "answer",
            to=employee.email,
            language=employee.language,
            by=by,
            facts={
                "first_name": employee.first_name,
                "paper": PAPER_LABELS[question.paper.kind] if question.paper else "",
                "question": question.text,
                "answer": question.answer,
                "name": name,
            },
            employee_id=employee.id,
            link=(LinkKind.PERSONAL, link.id),
        )
    return question


def _checked(text: str, missing: str) -> str:
    plain = text.strip()
    if not plain:
        raise Refused(missing)
    if len(plain) > MOST_CHARS:
        raise Refused(N_("This is longer than 2000 characters."))
    return plain
