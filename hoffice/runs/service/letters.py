"""Mails about the way of a kit, each with the person's own link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoffice.accounts.links import LinkBook, link_for
from hoffice.errors import N_
from hoffice.notices import service as notices
from hoffice.notices.rules import LinkKind
from hoffice.paper.words import speaks
from hoffice.people.rules import holder_of
from hoffice.runs import queries
from hoffice.runs.models import Stop
from hoffice.runs.rules import Way
from hoffice.units import Actor

NOT_HANDED_OVER = {
    "nobody_home": N_("we rang at your door today and did not find you."),
    "wrong_address": N_(
        "we could not find your door today: the address is not right. Please look at it on your "
        "page."
    ),
    "no_access": N_("we were at your house today and could not get to your door."),
    "refused": N_("we were at your door today, and the boxes were not taken in."),
    "other": N_("we could not hand over your workplace today."),
}
"""What happened at the door, by the failure that the driver chose, as its person reads it."""


def write_to(
    stop: Stop, template: str, facts: Mapping[str, Any], *, by: Actor, links: LinkBook
) -> None:
    """Put a mail to the person of this stop into the outbox; nothing when there is no address."""
    employee = stop.employee
    if not employee.email:
        return
    link = link_for(holder_of(employee.id), book=links, by=by, employee_id=employee.id)
    notices.send(
        template,
        to=employee.email,
        language=employee.language,
        by=by,
        employee_id=employee.id,
        facts={"first_name": employee.first_name, **facts},
        link=(LinkKind.PERSONAL, link.id),
    )


def tell_of_failure(stop: Stop, failure: str, *, by: Actor, links: LinkBook) -> None:
    """Write to whom the van could not hand over: what happened, and that we plan anew.

    A parcel that came back and a pick-up are not written about: nobody was at a door.
    """
    if stop.way is not Way.VAN:
        return
    what = speaks(stop.employee.language)(NOT_HANDED_OVER[failure])
    write_to(stop, "visit_failed", {"what": what}, by=by, links=links)


def office() -> dict[str, str]:
    """Where kits are collected, as mails say it."""
    depot = queries.depot()
    return {
        "office": depot.name if depot is not None else "",
        "address": depot.address if depot is not None else "",
    }


def clock_text(minute: int) -> str:
    """A minute of the day as a clock shows it, such as ``9:15``."""
    return f"{minute // 60}:{minute % 60:02d}"
