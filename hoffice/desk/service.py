"""Deeds that staff do from a person's page."""

from __future__ import annotations

from hoffice.accounts.links import LinkBook, new_link, revoke_all
from hoffice.errors import N_, Refused
from hoffice.notices import service as notices
from hoffice.notices.models import Notice
from hoffice.notices.rules import LinkKind
from hoffice.people import queries as people
from hoffice.people.rules import holder_of
from hoffice.units import Actor


def send_link(employee_id: int, *, book: LinkBook, by: Actor) -> Notice:
    """Send a person a fresh personal link; nobody on staff ever sees it."""
    employee = people.employee(employee_id)
    if not employee.email:
        raise Refused(N_("%(name)s has no e-mail address yet."), name=employee.name)
    link = new_link(holder_of(employee.id), book=book, by=by, employee_id=employee.id)
    return notices.send(
        "link",
        to=employee.email,
        language=employee.language,
        by=by,
        employee_id=employee.id,
        facts={"first_name": employee.first_name},
        link=(LinkKind.PERSONAL, link.id),
    )


def revoke_links(employee_id: int, *, by: Actor) -> int:
    """End every link of a person at once, such as after a lost phone."""
    employee = people.employee(employee_id)
    return revoke_all(holder_of(employee.id), by=by, employee_id=employee.id)
