"""What people say of their own things without having been asked: it becomes a task of IT.

Nothing changes hands by it: somebody of IT looks, and decides as after a check at home.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.audit.service import record
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import queries as kits
from hoffice.kits.models import Item
from hoffice.kits.rules import HomeAnswer
from hoffice.kits.rules.counting import (
    BROKEN_AT_HOME,
    LIST_DOUBTED,
    NOT_AT_HOME,
    TASK_DAYS,
    TASK_TITLES,
)
from hoffice.kits.service import damages
from hoffice.kits.service.differences import about, what
from hoffice.people import queries as people
from hoffice.tasks import service as tasks
from hoffice.tasks.models import Task
from hoffice.tasks.queries import open_task
from hoffice.tasks.rules import FROM, NOTE
from hoffice.units import Actor
from hoffice.workdays import next_working_day

WORDS_CHARS = 500
"""So much somebody can say at once."""

NOT_HERS = N_("This device is not in your name.")
PASSED_ON = N_("Somebody else has it by now and says what is wrong with it, in a task of its own.")
_KINDS: Mapping[HomeAnswer, str] = {
    HomeAnswer.BROKEN: BROKEN_AT_HOME,
    HomeAnswer.NO: NOT_AT_HOME,
}


def tell_of_device(
    employee_id: int, item_id: int, answer: HomeAnswer, words: str, *, by: Actor
) -> Task:
    """Somebody says that one of her things is broken, or that she no longer has it.

    Said again it adds to the task that is open; one about a former holder ends, for who has it now
    says it anew, and is asked. Things of others are not there for her.
    """
    kind = _KINDS.get(answer)
    if kind is None:
        raise Refused(N_("Say what is wrong: is it broken, or do you no longer have it?"))
    said = _words(words)
    [item] = kits.locked_items([item_id])
    if damages.holder_of(item) != employee_id:
        raise NotFound(NOT_HERS)
    task = _tell(kind, employee_id, said, item=item, by=by)
    record(
        by,
        "kits.told_of_device",
        item,
        employee_id=employee_id,
        answer=answer.value,
        task=task.id,
        personal={"note": said},
    )
    return task


def doubt_list(employee_id: int, words: str, *, by: Actor) -> Task:
    """Somebody says that the list of her things is wrong: something is missing on it, or not so."""
    said = _words(words)
    task = _tell(LIST_DOUBTED, employee_id, said, item=None, by=by)
    record(
        by,
        "kits.list_doubted",
        task.subject,
        employee_id=employee_id,
        task=task.id,
        personal={"note": said},
    )
    return task


def listens() -> Account | None:
    """Who of IT gets what people say of their things; None where nobody is there yet."""
    return next(iter(accounts.with_role(Role.IT)), None)


def _words(words: str) -> str:
    said = " ".join(words.split())[:WORDS_CHARS]
    if not said:
        raise Refused(N_("Say in a few words what is wrong."))
    return said


def _tell(kind: str, employee_id: int, said: str, *, item: Item | None, by: Actor) -> Task:
    owner = listens()
    if owner is None:
        raise Refused(N_("Nobody of IT can take this yet. Tell HR."))
    name, person = people.employee(employee_id).name, f"employee:{employee_id}"
    facts = {"name": name, NOTE: said}
    if item is not None:
        facts |= {"what": what(item), FROM: person}
    due_on = next_working_day(clock.today() + timedelta(days=TASK_DAYS))
    subject = person if item is None else about(item.id)
    known = open_task(kind, subject)
    if known is not None and known.facts.get("name") != name:  # somebody else had it then
        tasks.finish_about(kind, subject, PASSED_ON, by=by)
    task = tasks.create(
        kind, subject, TASK_TITLES[kind], facts, owner_id=owner.id, due_on=due_on, by=by
    )
    return tasks.add_words(task.id, said, by=by)
