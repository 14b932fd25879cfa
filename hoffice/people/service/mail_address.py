"""A person's mail address is the way her links go: who changes it is seen at the former one."""

from __future__ import annotations

from hoffice.accounts.links import revoke_all
from hoffice.notices.service import send
from hoffice.units import Actor


def is_other(former: str, present: str) -> bool:
    """Whether mail went to the former address and no longer does; capitals make no difference."""
    return bool(former) and former.casefold() != present.casefold()


def address_changed(  # noqa: PLR0913  # whose address, which ones, and who did it
    employee_id: int, *, former: str, present: str, first_name: str, language: str, by: Actor
) -> None:
    """End what the former address opens, and tell it so, where it was one.

    One mail to each person concerned, of whom staff cannot choose where it goes.
    """
    if not is_other(former, present):
        return
    revoke_all(str(Actor.employee(employee_id)), by=by, employee_id=employee_id)
    send(
        "address_changed",
        to=former,
        language=language,
        by=by,
        facts={
            "first_name": first_name,
            "former": masked(former),
            "present": masked(present),
        },
        employee_id=employee_id,
    )


def masked(address: str) -> str:
    """As much of an address as its holder needs to know it again: ``a…@example.org``."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}…{at}{domain}" if at else ""
