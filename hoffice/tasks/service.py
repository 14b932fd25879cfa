"""What happens to tasks: made, given to somebody else, done, opened again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.exc import IntegrityError

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.models import Account
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.tasks import queries
from hoffice.tasks.models import Task
from hoffice.tasks.rules import (
    BETWEEN_WORDS,
    NOTE,
    NOTE_CHARS,
    OUTCOME_CHARS,
    decided_at,
    may_own,
)
from hoffice.units import Actor


def create(  # noqa: PLR0913  # a task has these facts
    kind: str,
    subject: str,
    title: str,
    facts: Mapping[str, str | int],
    *,
    owner_id: int,
    due_on: date,
    by: Actor,
) -> Task:
    """Write a task; where one of this kind about this subject is open, that one is given back.

    ``title`` is a message id with the ``facts`` in its places; the fact ``from`` names where the
    task comes from, such as ``stock_take:3``, and is linked. Facts are shown as they are: they are
    no message ids.
    """
    _can_be_given_to(owner_id)
    known = queries.open_task(kind, subject)
    if known is not None:
        return known
    made = Task(
        kind=kind,
        subject=subject,
        title=title,
        facts=dict(facts),
        owner_id=owner_id,
        due_on=due_on,
        created_at=clock.now(),
        created_by=str(by),
        done_by="",
        outcome="",
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:  # somebody was here in the same moment: theirs is the one
        known = queries.open_task(kind, subject)
        if known is None:
            raise
        return known
    record(by, "tasks.created", made, kind=kind, about=subject, owner=owner_id)
    return made


def add_words(task_id: int, words: str, *, by: Actor) -> Task:
    """Add what somebody says later to the note of an open task; said twice it stands there once."""
    task = _open(task_id)
    said = str(task.facts.get(NOTE, ""))
    known = said.split(BETWEEN_WORDS) if said else []
    if words in known:
        return task
    text = BETWEEN_WORDS.join([*known, words])
    if len(text) > NOTE_CHARS:
        raise Refused(N_("So much was said about this already. Wait for the answer, or call."))
    task.facts = {**task.facts, NOTE: text}
    db.session.flush()
    record(by, "tasks.words_added", task)
    return task


def reassign(task_id: int, *, owner_id: int, due_on: date, by: Actor) -> Task:
    """Give an open task to somebody, by another day if need be."""
    task = _open(task_id)
    if due_on != task.due_on and due_on < clock.today():
        raise Refused(N_("This day has passed. Choose today or a later one."))
    if owner_id != task.owner_id:
        _can_be_given_to(owner_id)
    task.owner_id, task.due_on = owner_id, due_on
    db.session.flush()
    db.session.refresh(task, ["owner"])
    record(by, "tasks.reassigned", task, owner=owner_id, due=due_on.isoformat())
    return task


def finish(task_id: int, outcome: str, *, by: Actor) -> Task:
    """Say that a task is done, and what came of it; one that a deed ends needs the deed."""
    task = _open(task_id)
    if decided_at(task.kind, task.subject, task.facts) is not None:
        raise Refused(N_("This task ends when somebody decides what becomes of the device."))
    text = outcome.strip()[:OUTCOME_CHARS]
    if not text:
        raise Refused(N_("Say in a few words what came of it."))
    _end(task, text, by=by)
    return task


def finish_about(kind: str, subject: str, outcome: str, *, by: Actor) -> bool:
    """End the open task of this kind about this subject, if there is one: the deed was done.

    ``outcome`` may be a message id without places.
    """
    found = queries.open_task(kind, subject)
    if found is None:
        return False
    task = queries.task(found.id, lock=True)
    if task.done_at is not None:
        return False
    _end(task, outcome[:OUTCOME_CHARS], by=by)
    return True


def reopen(task_id: int, *, by: Actor, with_deed: bool = False) -> Task:
    """Open a task again; refused while another one of its kind is open about the same.

    One that a deed ended opens only ``with_deed``, when that is taken back: else nobody could end
    it any more, for the deed is done.
    """
    task = queries.task(task_id, lock=True)
    if task.done_at is None:
        raise Refused(N_("This task is open."))
    if not with_deed and decided_at(task.kind, task.subject, task.facts) is not None:
        raise Refused(
            N_("It ended with a decision. Take the decision back there: it is open again then.")
        )
    _works_here(task.owner_id)
    task.done_at, task.done_by, task.outcome = None, "", ""
    flush_or(N_("There is already an open task about the same."))
    record(by, "tasks.reopened", task)
    return task


def _end(task: Task, outcome: str, *, by: Actor) -> None:
    task.done_at, task.done_by, task.outcome = clock.now(), str(by), outcome
    db.session.flush()
    record(by, "tasks.done", task, kind=task.kind, about=task.subject)


def _open(task_id: int) -> Task:
    task = queries.task(task_id, lock=True)
    if task.done_at is not None:
        raise Refused(N_("This task is already done."))
    return task


def _works_here(account_id: int) -> Account:
    """A task always has an owner who can do it."""
    owner = accounts.account_or_none(account_id)
    if owner is None:
        raise Refused(N_("Choose an owner who still works here."))
    return owner


def _can_be_given_to(account_id: int) -> None:
    """Only to those whose pages lead to their tasks; drivers and auditors have no such page."""
    owner = _works_here(account_id)
    if not may_own(owner.roles):
        raise Refused(
            N_("%(name)s cannot be given tasks: choose somebody of IT, HR or a team lead."),
            name=owner.name,
        )
