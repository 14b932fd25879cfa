"""One paper outside of the usual pack: who gets it, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hoffice import clock
from hoffice.agreements import queries
from hoffice.agreements.chasing import Group
from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.queries import desk
from hoffice.agreements.rules import PaperKind, SignatureMethod
from hoffice.agreements.service import single
from hoffice.agreements.service.single import Wanted
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.files.service import Store
from hoffice.notices.models import Notice
from hoffice.people.models import Employee
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import DRAWN, HR, book, sent

MONDAY = datetime(2027, 2, 1, 10, tzinfo=ZoneInfo("Europe/Berlin"))
LAST_DAY = date(2027, 3, 31)
BERKE = Wanted(kind=PaperKind.HOUSEHOLD, person="Berke Yıldız")
RETURN = Wanted(kind=PaperKind.BACK_TO_OFFICE, last_day=LAST_DAY)


def somebody(folder: Path) -> tuple[Employee, Pack]:
    """A person with two papers on their way, and a text for each kind of paper."""
    employee = makers.employee("Aylin Yıldız")
    return employee, sent(employee, folder)


def add(employee: Employee, wanted: Wanted, folder: Path, **more: Any) -> Paper:
    return single.add(
        employee.id,
        wanted,
        store=Store(folder),
        book=book(),
        by=HR,
        **{"signer_name": "Svenja Adler", "allow_unapproved": True, **more},
    )


def consent(paper: Paper, folder: Path, name: str = "Berke Yıldız") -> Paper:
    return single.sign_for_household(
        paper.id,
        employee_id=paper.employee_id,
        name=name,
        method=SignatureMethod.DRAWN,
        strokes=DRAWN,
        by=Actor.employee(paper.employee_id),
        store=Store(folder),
    )


def mails(template: str) -> int:
    return db.session.query(Notice).filter_by(template=template).count()


def deeds(action: str) -> list[AuditLine]:
    db.session.commit()
    return db.session.query(AuditLine).filter_by(action=action).all()


def group(employee: Employee) -> Group:
    db.session.flush()
    return desk.group_of(employee.id, clock.today())


def present(employee: Employee) -> Pack:
    db.session.flush()
    db.session.expire_all()
    found = queries.pack_of(employee.id)
    assert found is not None
    return found
