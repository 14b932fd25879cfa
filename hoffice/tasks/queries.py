"""Reading tasks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hoffice.accounts.models import Account
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.tasks.models import Task
from hoffice.tasks.rules import TaskState


def task(task_id: int, *, owner_id: int | None = None, lock: bool = False) -> Task:
    """The task with this number; with ``owner_id`` only one that this account has to do."""
    wanted = select(Task).where(Task.id == task_id).options(joinedload(Task.owner))
    if owner_id is not None:
        wanted = wanted.where(Task.owner_id == owner_id)
    if lock:
        wanted = wanted.with_for_update(of=Task).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such task."))
    return found


def open_task(kind: str, subject: str) -> Task | None:
    """The open task of this kind about this subject, read anew; there is one at most."""
    return db.session.scalars(
        select(Task)
        .where(Task.kind == kind, Task.subject == subject, Task.done_at.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()


def tasks_about(subject: str) -> Sequence[Task]:
    """Every task about a subject: open ones first, then the newest."""
    return db.session.scalars(
        select(Task)
        .where(Task.subject == subject)
        .options(joinedload(Task.owner))
        .order_by(is_done(), Task.id.desc())
    ).all()


def open_tasks_about(subjects: Sequence[str], kinds: Sequence[str]) -> dict[str, Task]:
    """The open task about each of these subjects, of one of these kinds; the oldest of several."""
    found = db.session.scalars(
        select(Task)
        .where(Task.subject.in_(subjects), Task.kind.in_(kinds), Task.done_at.is_(None))
        .options(joinedload(Task.owner))
        .order_by(Task.id.desc())
    )
    return {one.subject: one for one in found}


def next_of(account_id: int, *, limit: int) -> Sequence[Task]:
    """What somebody has to do next, the most urgent first."""
    return db.session.scalars(
        select(Task)
        .where(Task.owner_id == account_id, Task.done_at.is_(None))
        .order_by(Task.due_on, Task.id)
        .limit(limit)
    ).all()


def count_open_of(account_id: int) -> int:
    """How many tasks somebody still has to do."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Task)
            .where(Task.owner_id == account_id, Task.done_at.is_(None))
        )
        or 0
    )


def tasks(*, owner_id: int | None = None) -> Select[Task]:
    """All tasks with their owners, or those of one account, for the list page."""
    wanted = select(Task).join(Task.owner).options(contains_eager(Task.owner))
    return wanted if owner_id is None else wanted.where(Task.owner_id == owner_id)


def is_done() -> ColumnElement[int]:
    """For the order: what is open comes first."""
    return case((Task.done_at.is_(None), 0), else_=1)


def in_state(state: TaskState, today: date) -> ColumnElement[bool]:
    """Tasks that stand so; an overdue one is an open one too."""
    match state:
        case TaskState.DONE:
            return Task.done_at.is_not(None)
        case TaskState.OPEN:
            return Task.done_at.is_(None)
        case TaskState.OVERDUE:
            return and_(Task.done_at.is_(None), Task.due_on < today)


def owned_by(account_id: int) -> ColumnElement[bool]:
    """Tasks of this account."""
    return Task.owner_id == account_id


def search(words: Sequence[str]) -> ColumnElement[bool]:
    """Tasks whose facts (a tag, a name), owner or outcome carry each of these words."""
    facts = cast(Task.facts, String)
    return and_(
        *(
            or_(
                *(facts.icontains(form, autoescape=True) for form in _as_stored(word)),
                Account.name.icontains(word, autoescape=True),
                Task.outcome.icontains(word, autoescape=True),
            )
            for word in words
        )
    )


def _as_stored(word: str) -> set[str]:
    """How a word may stand in stored JSON, whose letters beyond ASCII are written as numbers."""
    return {
        json.dumps(form)[1:-1] for form in (word, word.lower(), word.upper(), word.capitalize())
    }
