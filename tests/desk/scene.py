"""A person about whom there is much to say, and accounts that may read more or less of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from hoffice.agreements.models import Paper
from hoffice.agreements.rules import PaperState
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.people.models import Team
from hoffice.units import Actor
from tests import makers
from tests.handover import scene

STREET = "Sonnenallee"
PHONE = "+49 30 23125 100"
REASON = "Mein Vermieter erlaubt es nicht"
NOTE = "Hintereingang nehmen"


@dataclass(frozen=True, slots=True)
class Person:
    """What the tests look for on the pages."""

    id: int
    number: str
    email: str
    tag: str
    serial: str
    code: str
    paper_id: int
    kit_id: int

    @property
    def path(self) -> str:
        """Her page."""
        return f"/personen/{self.id}"


def person(name: str = "Ayşe Kaya", *, team: Team | None = None) -> Person:
    """Somebody with a packed kit, one signed and one declined paper, and a history with notes."""
    kit = scene.ready(name)
    employee = kit.employee
    if team is not None:
        employee.team = team
    [addendum, other] = db.session.scalars(
        select(Paper).where(Paper.employee_id == employee.id).order_by(Paper.id)
    )
    other.state, other.reason = PaperState.DECLINED, REASON
    by = Actor.employee(employee.id)
    record(
        by,
        "agreements.declined",
        other,
        employee_id=employee.id,
        personal={"reason": REASON},
    )
    record(by, "people.access_changed", employee, employee_id=employee.id, personal={"note": NOTE})
    item = kit.items[0]
    item.serial = f"SN-{employee.id:06d}X"
    db.session.flush()
    return Person(
        id=employee.id,
        number=employee.personnel_number,
        email=employee.email,
        tag=item.asset_tag,
        serial=item.serial,
        code=scene.codes(kit.id)[0],
        paper_id=addendum.id,
        kit_id=kit.id,
    )


def led_team(name: str, account_id: int) -> Team:
    """A team with its lead."""
    team = makers.team(name)
    team.lead_account_id = account_id
    db.session.flush()
    return team
