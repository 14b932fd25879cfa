"""The receipt of the papers: a step of its own after signing (§ 2 (1) sentence 2 NachwG).

The employer hands the terms over in text form, asks for a receipt, and the employee gives it: she
has the texts, and can store and print them.
"""

from __future__ import annotations

from hoffice import clock
from hoffice.agreements import queries
from hoffice.agreements.models import Pack
from hoffice.audit.service import record
from hoffice.errors import N_, Refused
from hoffice.units import Actor


def is_asked(pack: Pack | None) -> bool:
    """Whether the receipt for this pack is asked for and not given yet."""
    return (
        pack is not None
        and pack.receipt_asked_at is not None
        and pack.receipt_confirmed_at is None
        and not any(map(queries.lacks_signature, pack.papers))
    )


def confirm(employee_id: int, *, by: Actor) -> Pack:
    """The employee has received her copies and can store and print them; once is enough."""
    pack = queries.pack_to_change(employee_id)
    if pack.receipt_confirmed_at is not None:
        return pack
    if not is_asked(pack):
        raise Refused(N_("First read and sign your papers."))
    pack.receipt_confirmed_at = clock.now()
    record(by, "agreements.receipt_confirmed", pack, employee_id=employee_id)
    return pack
