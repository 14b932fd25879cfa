"""A list on its way into the house: uploaded, looked at, then taken over or put away.

What is true of every kind of list: how it is kept between the pages, who may still decide on it,
and what somebody must have agreed to. What its lines mean and change, its own domain knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import Model, Word, db
from hoffice.errors import N_, Refused
from hoffice.jobs import queries as jobs
from hoffice.jobs.rules import FINISHED
from hoffice.jobs.service import enqueue
from hoffice.sheets.tables import Table
from hoffice.units import Actor

KEPT: Final = timedelta(days=7)
"""How long a list that nobody decided on is kept."""
CHANGED: Final = N_(
    "Something has changed since you looked at the preview. Look at it again. Nothing was changed "
    "by the list."
)


class ImportState(StrEnum):
    """Where a list stands."""

    PREVIEW = "preview"
    APPLYING = "applying"
    APPLIED = "applied"
    DISCARDED = "discarded"


class UploadedList(Model):
    """An uploaded list between preview and change; its rows are erased once it is decided on."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    header: Mapped[list[Any]]
    rows: Mapped[list[Any]]
    """Pairs of line number and cells, as read."""
    mapping: Mapped[dict[str, Any]]
    """Which column holds what."""
    state: Mapped[ImportState] = mapped_column(Word(ImportState))
    counts: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[str]
    applied_at: Mapped[datetime | None]
    job_id: Mapped[int | None]


L = TypeVar("L", bound=UploadedList)


def keep(made: L, file_name: str, table: Table, *, by: Actor, action: str) -> L:
    """Keep a list that was read, so that somebody can decide on it; nothing is changed yet."""
    made.file_name = file_name[:200]
    made.header = list(table.header)
    made.rows = [[line, list(cells)] for line, cells in table.rows]
    made.state, made.counts = ImportState.PREVIEW, {"lines": len(table.rows)}
    made.at, made.by = clock.now(), str(by)
    db.session.add(made)
    db.session.flush()
    record(by, action, made, personal={"file_name": made.file_name}, lines=len(table.rows))
    return made


def table_of(made: UploadedList) -> Table:
    """The list as it was read."""
    return Table(
        tuple(map(str, made.header)),
        tuple((int(line), tuple(cells)) for line, cells in made.rows),
    )


def is_at_work(made: UploadedList) -> bool:
    """Whether a job is just taking the list over or undoing it."""
    return made.job_id is not None and jobs.job(made.job_id).state not in FINISHED


def is_applied(made: UploadedList) -> bool:
    """Whether the list was taken over already; one that was put away is refused."""
    if made.state is ImportState.DISCARDED:
        raise Refused(N_("This list was put away. Upload it again."))
    return made.state is ImportState.APPLIED


def require_open(made: UploadedList) -> None:
    """Refuse what was decided already; a job that failed leaves the decision open again."""
    if is_applied(made):
        raise Refused(N_("This list was applied already."))
    if is_at_work(made):
        raise Refused(N_("This list is just being applied."))


def require_agreed(*, errors: int, skip_errors: bool, is_readable: bool, is_as_seen: bool) -> None:
    """Refuse what nobody can have meant: nothing to read, wrong lines, another house than seen."""
    if not is_readable:
        raise Refused(N_("Not a single line of this list can be read. Nothing was changed."))
    if errors and not skip_errors:
        raise Refused(
            N_(
                "Lines with errors: %(errors)s. Correct them in the file and upload it again, or "
                "say that these lines shall be left out. Nothing was changed."
            ),
            errors=errors,
        )
    if not is_as_seen:
        raise Refused(CHANGED)


def let_worker_do(kind: str, made: UploadedList, *, lines: int, by: Actor, **args: object) -> None:
    """Let a job take the list over, or undo it; once, however often it is asked."""
    told = {"import_id": made.id, "lines": lines, **args}
    made.job_id = enqueue(kind, told, by=by, key=f"{kind}:{made.id}", total=lines).id


def applied(
    made: UploadedList, counts: Mapping[str, Any], *, by: Actor, at: datetime, action: str
) -> None:
    """Say that the list is taken over; its lines are erased, for what it did stands elsewhere."""
    made.counts = {"lines": len(made.rows), **counts}
    made.rows, made.state, made.applied_at = [], ImportState.APPLIED, at
    record(
        by,
        action,
        made,
        new=counts["new"],
        changed=counts["changed"],
        left_out=counts["error"],
    )


def put_away(made: UploadedList, *, by: Actor, action: str) -> None:
    """Erase the lines of a list that shall not be taken over; nothing was changed by it."""
    made.state, made.rows = ImportState.DISCARDED, []
    record(by, action, made)


def forget_old(kind: type[UploadedList], *, by: Actor, action: str) -> int:
    """Put away the lists of this kind that nobody decided on for a week; gives how many."""
    before = clock.now() - KEPT
    found = db.session.scalars(select(kind).where(kind.at < before).order_by(kind.id))
    old = [one for one in found if one.rows]
    for one in old:
        put_away(one, by=by, action=action)
    return len(old)
