"""Reading what is due back: who leaves and has things, and what is said to be broken."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import joinedload

from hoffice.db import db
from hoffice.kits.models import (
    BulkHolding,
    DamageCase,
    Holding,
    HomeCheckLine,
    HomeCheckPerson,
    Return,
    ReturnLine,
)
from hoffice.kits.rules import DamageKind, HolderKind, HomeAnswer
from hoffice.kits.rules.counting import BROKEN_AT_HOME
from hoffice.people.models import Employee
from hoffice.tasks.models import Task
from hoffice.tasks.rules import FROM


def people_with_things() -> Select[Employee]:
    """People who have something of the house that nobody has asked for yet.

    Who is asked for one device, because it is broken, may have many that nobody asks for.
    """
    asked_for = exists().where(ReturnLine.item_id == Holding.item_id, ReturnLine.is_open)
    is_asked = select(Return.employee_id).where(Return.closed_at.is_(None))
    return (
        select(Employee)
        .where(
            or_(
                exists().where(
                    Holding.holder_kind == HolderKind.EMPLOYEE,
                    Holding.holder_id == Employee.id,
                    ~asked_for,
                ),
                and_(
                    exists().where(
                        BulkHolding.holder_kind == HolderKind.EMPLOYEE,
                        BulkHolding.holder_id == Employee.id,
                        BulkHolding.count > 0,
                    ),
                    Employee.id.not_in(is_asked),
                ),
            )
        )
        .options(joinedload(Employee.team))
    )


def leaves_by(day: date) -> ColumnElement[bool]:
    """People whose last day is this one at the latest."""
    return Employee.ends_on <= day


def says_broken() -> ColumnElement[bool]:
    """People who have something that is said to be broken."""
    return exists().where(Holding.holder_id == Employee.id, _is_broken())


def broken_with(employee_id: int) -> Sequence[int]:
    """The items of a person that are said to be broken, by her or by who handed them over."""
    return db.session.scalars(
        select(Holding.item_id)
        .where(Holding.holder_id == employee_id, _is_broken())
        .order_by(Holding.item_id)
    ).all()


def _is_broken() -> ColumnElement[bool]:
    """Of a holding: a person has the item, and since then somebody said that it is broken."""
    said_at_home = exists().where(
        HomeCheckLine.item_id == Holding.item_id,
        HomeCheckLine.answer == HomeAnswer.BROKEN,
        HomeCheckPerson.id == HomeCheckLine.person_id,
        HomeCheckPerson.employee_id == Holding.holder_id,
        HomeCheckPerson.answered_at > Holding.since,
    )
    is_damaged = exists().where(
        DamageCase.item_id == Holding.item_id,
        DamageCase.kind == DamageKind.DAMAGE,
        DamageCase.found_at >= Holding.since,
    )
    waits_for_it = exists().where(
        Task.kind == BROKEN_AT_HOME,
        Task.subject == literal("item:") + cast(Holding.item_id, String),
        Task.facts[FROM].as_string() == literal("employee:") + cast(Holding.holder_id, String),
        Task.done_at.is_(None),
        Task.created_at >= Holding.since,
    )
    is_said = or_(said_at_home, is_damaged, waits_for_it)
    return and_(Holding.holder_kind == HolderKind.EMPLOYEE, is_said)


def leavers_with_things(day: date) -> Select[Employee]:
    """People who leave by this day and still have something that nobody asked for."""
    return people_with_things().where(leaves_by(day))


def due_count(day: date) -> int:
    """How many people leave by this day and still have something that nobody asked for."""
    wanted = leavers_with_things(day).subquery()
    return db.session.scalar(select(func.count()).select_from(wanted)) or 0


def held_counts(employee_ids: Collection[int]) -> dict[int, int]:
    """How many items each of these people has."""
    rows = db.session.execute(
        select(Holding.holder_id, func.count())
        .where(Holding.holder_kind == HolderKind.EMPLOYEE, Holding.holder_id.in_(employee_ids))
        .group_by(Holding.holder_id)
    ).all()
    return {row[0]: row[1] for row in rows}
