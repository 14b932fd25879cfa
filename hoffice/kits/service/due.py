"""What comes due by itself: a signed return to the office, and what arrived broken.

Papers and handovers stand above devices; they say here what has happened, and nobody has to look
for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries as kits
from hoffice.kits.models import Return
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import DamageKind, HomeAnswer, ReturnReason
from hoffice.kits.rules import returning as rules
from hoffice.kits.rules.counting import BROKEN_AT_HOME, NOT_AT_HOME, TASK_DAYS
from hoffice.kits.service import asking_back, damages, return_closing, returning
from hoffice.kits.service.differences import write_task
from hoffice.units import Actor
from hoffice.workdays import next_working_day


def back_to_office(employee_id: int, on: date | None, *, by: Actor) -> Return | None:
    """Somebody comes back to the office: all she has is due on her last day at home.

    A return that asks for the same reason already gets the new day, and is joined by another one
    for what it does not ask for. Without a day a known one stays; one that is over by the time of
    the signature is today. None when she has nothing that nobody asks for.
    """
    day = on if on is None else max(on, clock.today())
    for known in _for_office(employee_id):
        if day is not None:
            returning.set_due(known.id, day, by=by)
    try:
        with db.session.begin_nested():
            return asking_back.begin(employee_id, ReturnReason.OFFICE, due_on=day, by=by)
    except Refused:  # she has nothing, or all of it is asked for: both are fine
        return None


def stays_at_home(employee_id: int, *, by: Actor) -> None:
    """She does not come back after all: what nobody has brought yet is no longer due."""
    known = _for_office(employee_id)
    returning.hold_still(*known)
    for one in known:
        return_closing.let_rest_stay(one.id, by=by)


def _for_office(employee_id: int) -> list[Return]:
    """Her open returns to the office, all locked before anything that they ask for."""
    wanted = [
        one.id for one in queries.open_returns_of(employee_id) if one.reason is ReturnReason.OFFICE
    ]
    locked = [queries.kit_return(return_id, lock=True) for return_id in wanted]
    return [one for one in locked if one.closed_at is None]


def arrived(
    answers: Mapping[int, tuple[HomeAnswer, str]], *, employee_id: int, name: str, by: Actor
) -> None:
    """What was said of things on their arrival, with a few words each.

    What arrived broken is damaged and becomes a case in which nobody at home can be asked to pay;
    what is broken or did not arrive becomes a task of IT. Said late of what is no longer with her,
    it damages nothing. A yes says nothing here.
    """
    said = {item_id: one for item_id, one in answers.items() if one[0] is not HomeAnswer.YES}
    if not said:
        return
    owner = next(iter(accounts.with_role(Role.IT)), None)
    for item in kits.locked_items(said):
        answer, note = said[item.id]
        is_hers = damages.holder_of(item) == employee_id
        if answer is HomeAnswer.BROKEN and is_hers:
            item.condition = rules.DAMAGED
            damages.open_case(item, DamageKind.DAMAGE, by=by, note=note)
        if answer is HomeAnswer.NO and not is_hers:
            continue  # the ledger knows that she has not got it
        if owner is not None:
            write_task(
                BROKEN_AT_HOME if answer is HomeAnswer.BROKEN else NOT_AT_HOME,
                item,
                f"employee:{employee_id}",
                owner_id=owner.id,
                due_on=next_working_day(clock.today() + timedelta(days=TASK_DAYS)),
                by=by,
                name=name,
                note=note,
            )
    db.session.flush()
