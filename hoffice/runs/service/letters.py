"""Mails about the way of a kit, each with the person's own link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoffice.accounts.links import LinkBook, link_for
from hoffice.notices import service as notices
from hoffice.notices.rules import LinkKind
from hoffice.runs import queries
from hoffice.runs.models import Stop
from hoffice.units import Actor


def write_to(
    stop: Stop, template: str, facts: Mapping[str, Any], *, by: Actor, links: LinkBook
) -> None:
    """Put a mail to the person of this stop into the outbox; nothing when there is no address."""
    employee = stop.employee
    if not employee.email:
        return
    link = link_for(f"employee:{employee.id}", book=links, by=by, employee_id=employee.id)
    notices.send(
        template,
        to=employee.email,
        language=employee.language,
        by=by,
        employee_id=employee.id,
        facts={"first_name": employee.first_name, **facts},
        link=(LinkKind.PERSONAL, link.id),
    )


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
