"""Losses and damages: what is gone or broken, what it was worth, and who bears it."""

from __future__ import annotations

from datetime import timedelta

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.rules import Role
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import rules
from hoffice.kits.models import BulkGood, DamageCase, EarlierDecision, Item, ReturnLine
from hoffice.kits.queries import damage_cases
from hoffice.kits.rules import STOCK, DamageKind, Holder, HolderKind, WhoPays
from hoffice.kits.rules import returning as returning_rules
from hoffice.kits.rules.counting import DECIDE_ANEW, TASK_DAYS, TASK_TITLES
from hoffice.kits.service import bulk
from hoffice.tasks import service as tasks
from hoffice.units import Actor, ActorKind
from hoffice.workdays import next_working_day

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

    A case of the same kind that nobody has decided yet is the one: nothing is counted twice, and
    what is nobody's fault yet (broken on arrival) does not become that of who brings it back.
    """
    known = next(
        (
            one
            for one in damage_cases.cases_of(item.id)
            if one.decided_at is None
            and one.kind is kind
            and one.employee_id in {employee_id, None}
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
        note=note.strip()[:NOTE_CHARS],
        value_cents=item.value_cents,
    )
    return _written(made, by=by)


def open_goods_case(
    line: ReturnLine, count: int, *, employee_id: int, by: Actor
) -> DamageCase | None:
    """So many of a small part did not come back: a loss like any other, of what they are worth."""
    if line.good is None:
        return None
    return open_goods_loss(line.good, count, by=by, employee_id=employee_id, line=line)


def open_goods_loss(
    good: BulkGood,
    count: int,
    *,
    by: Actor,
    employee_id: int | None = None,
    line: ReturnLine | None = None,
) -> DamageCase:
    """So many of a small part are lost; who had them, and the line that asked for them, if any."""
    made = DamageCase(
        good_id=good.id,
        count=count,
        employee_id=employee_id,
        return_line_id=line.id if line is not None else None,
        kind=DamageKind.LOSS,
        note=line.note if line is not None else "",
        value_cents=count * good.value_cents,
    )
    return _written(made, by=by)


def _written(made: DamageCase, *, by: Actor) -> DamageCase:
    made.found_at, made.found_by = clock.now(), str(by)
    db.session.add(made)
    db.session.flush()
    record(
        by,
        "kits.lost" if made.kind is DamageKind.LOSS else "kits.damaged",
        made,
        employee_id=made.employee_id,
        item=made.item_id,
        good=made.good_id,
        count=made.count if made.good_id is not None else None,
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


def reopen(case_id: int, because: str, *, by: Actor) -> DamageCase:
    """Open a decided case again, with the reason; what was decided stays to be read.

    The log keeps who bore it until now, and how much the person was asked for. Small parts that
    were found since the decision are missing no longer.
    """
    case = damage_cases.damage_case(case_id, lock=True)
    if case.decided_at is None or case.who_pays is None:
        raise Refused(N_("Nobody has decided this case yet."))
    if case.reason == returning_rules.FOUND_AGAIN:
        raise Refused(N_("It was found again: there is nothing to decide."))
    because = because.strip()[:NOTE_CHARS]
    if not because:
        raise Refused(N_("Say why it is to be decided anew."))
    case.earlier.append(
        EarlierDecision(
            who_pays=case.who_pays,
            amount_cents=case.amount_cents,
            reason=case.reason,
            decided_at=case.decided_at,
            decided_by=case.decided_by,
            reopened_at=clock.now(),
            reopened_by=str(by),
            reopened_because=because,
        )
    )
    record(
        by,
        "kits.damage_reopened",
        case,
        employee_id=case.employee_id,
        who=case.who_pays.value,
        cents=case.amount_cents,
        personal={"reason": because},
    )
    found = damage_cases.found_since(case)
    case.who_pays, case.amount_cents, case.reason = None, 0, ""
    case.decided_at, case.decided_by = None, ""
    if found:
        _shrink(case, found, by=by)
    db.session.flush()
    subject = f"damage_case:{case.id}"
    tasks.finish_about(DECIDE_ANEW, subject, N_("The case was opened again."), by=by)
    return case


def close_found(item: Item, *, by: Actor) -> None:
    """The item is there again: losses that nobody has decided yet are none any more.

    Was the last one decided, and somebody is to pay for it, HR is asked to decide anew.
    """
    db.session.flush()
    cases = damage_cases.cases_of(item.id, lock=True)
    losses = [case for case in cases if case.kind is DamageKind.LOSS]
    if losses and losses[0].decided_at is not None:
        _ask_anew(losses[0], by=by)
    for case in losses:
        if case.decided_at is None:
            _is_found(case, by=by)


def lost_after_all(item: Item, *, by: Actor, note: str) -> None:
    """What was said to be found is not: the case that its finding closed is open again.

    One that somebody has decided stays decided: it is the same loss.
    """
    db.session.flush()
    cases = damage_cases.cases_of(item.id, lock=True)
    newest = next((case for case in cases if case.kind is DamageKind.LOSS), None)
    if newest is None:
        open_case(item, DamageKind.LOSS, by=by, employee_id=None, note=note)
    elif newest.reason == returning_rules.FOUND_AGAIN:
        newest.who_pays, newest.reason = None, ""
        newest.decided_at, newest.decided_by = None, ""
        record(by, "kits.damage_reopened", newest, employee_id=newest.employee_id)
        db.session.flush()
    else:
        subject = f"damage_case:{newest.id}"
        tasks.finish_about(DECIDE_ANEW, subject, N_("It was not found after all."), by=by)


def goods_found(case_id: int, count: int, *, by: Actor) -> DamageCase:
    """So many missing small parts have turned up: they lie in the store, and the case shrinks.

    With the last of them it is closed. What turns up after the decision leaves the decision as it
    is: the case says how many it were, and HR is asked to decide anew.
    """
    case = damage_cases.damage_case(case_id, lock=True)
    if case.good_id is None:
        raise Refused(N_("This case is about a device: say on its page that it was found."))
    most = case.count - damage_cases.found_since(case)
    if case.reason == returning_rules.FOUND_AGAIN or not most:
        raise Refused(N_("All of it was found already."))
    if not 1 <= count <= most:
        raise Refused(N_("Between 1 and %(most)s of these can be found."), most=most)
    lost, paper = Holder(HolderKind.LOST), paper_of(case)
    bulk.move(case.good_id, lost, STOCK, count, by=by, because=paper)
    turned_up(case, count, by=by)
    return case


def paper_of(case: DamageCase) -> str:
    """How the ledger of small parts names a case: what was found by it is counted so."""
    return f"damage_case:{case.id}"


def turned_up(case: DamageCase, count: int, *, by: Actor) -> None:
    """So many of a case, which is locked, lie in the store by the ledger: it says so, too."""
    if case.decided_at is None:
        _shrink(case, count, by=by)
    else:
        _ask_anew(case, by=by)
    record(
        by, "kits.goods_found", case, employee_id=case.employee_id, good=case.good_id, count=count
    )


def _shrink(case: DamageCase, count: int, *, by: Actor) -> None:
    """So many fewer are missing; with the last of them the case is closed."""
    left = case.count - count
    if left:
        case.value_cents, case.count = case.value_cents * left // case.count, left
    else:
        _is_found(case, by=by)


def _ask_anew(case: DamageCase, *, by: Actor) -> None:
    """Let HR decide again who bears what is there again; what the company bears harms nobody."""
    if case.who_pays is WhoPays.COMPANY:
        return
    decider = Actor.read(case.decided_by)
    of_hr = accounts.with_role(Role.HR)
    owner = next(
        (one for one in of_hr if decider.kind is ActorKind.STAFF and one.id == decider.id),
        next(iter(of_hr), None),
    )
    if owner is not None:
        tasks.create(
            DECIDE_ANEW,
            f"damage_case:{case.id}",
            TASK_TITLES[DECIDE_ANEW],
            {"what": case.good.name if case.good is not None else case.name},
            owner_id=owner.id,
            due_on=next_working_day(clock.today() + timedelta(days=TASK_DAYS)),
            by=by,
        )


def _is_found(case: DamageCase, *, by: Actor) -> None:
    case.who_pays, case.amount_cents = WhoPays.COMPANY, 0
    case.reason = returning_rules.FOUND_AGAIN
    case.decided_at, case.decided_by = clock.now(), str(by)


def _undecided(case_id: int) -> DamageCase:
    case = damage_cases.damage_case(case_id, lock=True)
    if case.decided_at is not None:
        raise Refused(N_("This case is decided already."))
    return case
