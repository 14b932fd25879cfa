"""What the tests of clients' approvals share: a client with a project, its people, a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from hoffice import clock
from hoffice.agreements import queries
from hoffice.agreements.approving import Answer, Verdict
from hoffice.agreements.models import Approval, TextVersion
from hoffice.agreements.rules import PaperKind
from hoffice.agreements.service import approvals
from hoffice.agreements.service.approval_papers import Request
from hoffice.agreements.service.uploads import Looked
from hoffice.db import db
from hoffice.files.service import Store
from hoffice.people import service as people
from hoffice.people.models import Employee, Project
from hoffice.units import Actor, ActorKind
from tests import makers
from tests.agreements.scene import HR, TERMS, book

SOURCE = """# Zustimmung im Projekt {{ projekt }}

**{{ firma }}** bittet **{{ auftraggeber }}**, zu Händen {{ ansprechpartner }}, am {{ datum }}.

| Person | Aufgabe |
|---|---|
{% for eine in personen %}
| {{ eine.person }} | {{ eine.aufgabe }} |
{% endfor %}

{% for massnahme in massnahmen %}
- {{ massnahme }}
{% endfor %}

[[unterschrift:client]]
"""
REQUEST = Request(people=(), measures="- Eigener Raum mit Tür\n- Keine Ausdrucke")
YES = Answer(verdict=Verdict.ALL, name="Petra Reinke")
SCAN = Looked(b"%PDF-1.7 signed with ink", 2, 0)


def text() -> TextVersion:
    """A short text of the request, approved, stored once."""
    found = queries.current_text(PaperKind.CLIENT_APPROVAL, only_approved=True)
    if found is None:
        found = TextVersion(
            kind=PaperKind.CLIENT_APPROVAL,
            language="de",
            number=100,
            source=SOURCE,
            sha256="-",
            created_at=clock.now(),
            created_by="staff:7",
            approved_at=clock.now(),
            approved_by="staff:8",
        )
        db.session.add(found)
        db.session.flush()
    return found


def project(*staff: Employee, name: str = "") -> Project:
    """The one project of a client with a contact, and who works on it; stored."""
    name = name or f"Havelkraft Energie {makers.number()}"
    client = people.add_client(
        name, contact_name="Petra Reinke", contact_email="reinke@havelkraft.example", by=HR
    )
    made = client.projects[0]
    for one in staff:
        one.projects.append(made)
    db.session.flush()
    return made


def asked(made: Project, folder: Path, *, request: Request = REQUEST, by: Actor = HR) -> Approval:
    """Its client is asked about everybody, or about the people of the request."""
    text()
    ids = tuple(
        row.id for row in db.session.query(Employee).filter(Employee.projects.contains(made))
    )
    return approvals.ask(
        made.id,
        replace(request, people=request.people or ids),
        terms=TERMS,
        store=Store(folder),
        book=book(),
        by=by,
    )


def client_of(approval: Approval) -> Actor:
    """Who answers, as the log names people."""
    return Actor(ActorKind.CLIENT, approval.project.client_id)


def answered(
    approval: Approval, folder: Path, said: Answer = YES, *, file: Looked | None = None
) -> Approval:
    """The client's answer on its page."""
    return approvals.answer(
        approval.id, said, file=file, by=client_of(approval), store=Store(folder)
    )


def approved(made: Project, folder: Path, *, valid_to: date | None = None) -> Approval:
    """Asked about everybody, and answered with yes."""
    return answered(asked(made, folder), folder, replace(YES, valid_to=valid_to))
