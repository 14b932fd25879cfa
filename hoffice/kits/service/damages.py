"""Losses and damages: what is gone or broken, what it was worth, and who bears it."""

from __future__ import annotations

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import rules
from hoffice.kits.models import DamageCase, Item
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import DamageKind, HolderKind, WhoPays
from hoffice.kits.rules import returning as returning_rules
from hoffice.units import Actor

NOTE_CHARS = 1_000


def open_case(  # noqa: PLR0913  # a case has these facts
    item: Item,
    kind: DamageKind,
    *,
    by: Actor,
    employee_id: int | None = None,
    line_id: int | None = None,
    note: str = "",
) -> DamageCase:
    """Write down a loss or a damage, with what the item was worth then.

    A case of the same kind that nobody has decided yet is the one: nothing is counted twice.
    """
    known = next(
        (
            one
            for one in queries.cases_of(item.id)
            if one.decided_at is None and one.kind is kind and one.employee_id == employee_id
        ),
        None,
    )
    if known is not None:
        known.return_line_id = known.return_line_id or line_id
        known.note = known.note or note.strip()[:NOTE_CHARS]
        return known
    made = DamageCase(
        item_id=item.id,
        employee_id=employee_id,
        return_line_id=line_id,
        kind=kind,
        found_at=clock.now(),
        found_by=str(by),
        note=note.strip()[:NOTE_CHARS],
        value_cents=item.value_cents,
    )
    db.session.add(made)
    db.session.flush()
    action = "kits.lost" if kind is DamageKind.LOSS else "kits.damaged"
    record(
        by,
        action,
        made,
        employee_id=employee_id,
        item=item.id,
        personal={"note": made.note} if made.note else None,
    )
    return made


def report_damage(item: Item, note: str, *, by: Actor) -> DamageCase:
    """Say that an item is damaged, wherever it is; who has it is named in the case."""
    if item.state in {rules.ItemState.LOST, rules.ItemState.RETIRED}:
        raise Refused(N_("%(tag)s is no longer in use."), tag=item.asset_tag)
    item.condition = returning_rules.DAMAGED
    return open_case(item, DamageKind.DAMAGE, by=by, employee_id=holder_of(item), note=note)


def holder_of(item: Item) -> int | None:
    """The person who has the item, if one has."""
    held = item.holding
    if held is None or held.holder_kind is not HolderKind.EMPLOYEE:
        return None
    return held.holder_id


def value_is(case_id: int, value_cents: int, *, by: Actor) -> DamageCase:
    """Say what the item was worth when it happened, before somebody decides."""
    case = _undecided(case_id)
    if value_cents < 0:
        raise Refused(N_("A value is never less than nothing."))
    case.value_cents = value_cents
    record(by, "kits.damage_valued", case, employee_id=case.employee_id, cents=value_cents)
    return case


def decide(case_id: int, who: WhoPays, *, amount_cents: int, reason: str, by: Actor) -> DamageCase:
    """Say who bears a loss or a damage. A word on paper: the house takes nothing from anybody."""
    case = _undecided(case_id)
    wrong = returning_rules.charge_refused(who, amount_cents, case.value_cents, reason)
    if wrong:
        raise Refused(wrong)
    if who is WhoPays.PERSON and case.employee_id is None:
        raise Refused(N_("Nobody had it, so nobody can be asked to pay."))
    case.who_pays, case.amount_cents = who, amount_cents
    case.reason = reason.strip()[:NOTE_CHARS]
    case.decided_at, case.decided_by = clock.now(), str(by)
    record(
        by,
        "kits.damage_decided",
        case,
        employee_id=case.employee_id,
        who=who.value,
        cents=amount_cents,
        personal={"reason": case.reason},
    )
    return case


def close_found(item: Item, *, by: Actor) -> None:
    """The item is there again: losses that nobody has decided yet are none any more."""
    for case in queries.cases_of(item.id):
        if case.kind is not DamageKind.LOSS or case.decided_at is not None:
            continue
        case.who_pays, case.amount_cents = WhoPays.COMPANY, 0
        case.reason = returning_rules.FOUND_AGAIN
        case.decided_at, case.decided_by = clock.now(), str(by)


def _undecided(case_id: int) -> DamageCase:
    case = queries.damage_case(case_id, lock=True)
    if case.decided_at is not None:
        raise Refused(N_("This case is decided already."))
    return case
