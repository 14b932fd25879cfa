"""Reading checks at home: who was asked, what was said, who has not answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    Holding,
    HomeCheck,
    HomeCheckLine,
    HomeCheckPerson,
    Item,
)
from hoffice.kits.queries.kits import named
from hoffice.kits.rules import HolderKind, HomeAnswer
from hoffice.people.models import Employee


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a check has come."""

    asked: int = 0
    answered: int = 0
    items: int = 0
    yes: int = 0
    no: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class Confirmed:
    """When somebody at home last said that she has an item."""

    employee_id: int
    at: datetime
    answer: HomeAnswer


def checks() -> Sequence[HomeCheck]:
    """Every check: open ones first, then the newest."""
    return db.session.scalars(
        select(HomeCheck).order_by(
            case((HomeCheck.closed_at.is_(None), 0), else_=1), HomeCheck.id.desc()
        )
    ).all()


def check(check_id: int, *, lock: bool = False) -> HomeCheck:
    """The check with this number, or :class:`~hoffice.errors.NotFound`."""
    wanted = select(HomeCheck).where(HomeCheck.id == check_id)
    if lock:
        wanted = wanted.with_for_update(of=HomeCheck).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such check."))
    return found


def standing(check_ids: Sequence[int]) -> dict[int, Standing]:
    """How far these checks have come: two statements; only what was sent in counts as said."""
    people = db.session.execute(
        select(
            HomeCheckPerson.check_id,
            func.count(),
            func.count(HomeCheckPerson.answered_at),
        )
        .where(HomeCheckPerson.check_id.in_(check_ids))
        .group_by(HomeCheckPerson.check_id)
    ).all()
    said = {
        answer: func.sum(
            case(
                (and_(HomeCheckPerson.answered_at.is_not(None), HomeCheckLine.answer == answer), 1),
                else_=0,
            )
        )
        for answer in HomeAnswer
    }
    lines = db.session.execute(
        select(HomeCheckPerson.check_id, func.count(), *said.values())
        .join(HomeCheckLine, HomeCheckLine.person_id == HomeCheckPerson.id)
        .where(HomeCheckPerson.check_id.in_(check_ids))
        .group_by(HomeCheckPerson.check_id)
    ).all()
    numbers = {row[0]: tuple(int(one) for one in row[1:]) for row in lines}
    return {row[0]: Standing(row[1], row[2], *numbers.get(row[0], (0, 0, 0, 0))) for row in people}


def holders(*, employee_ids: Iterable[int] | None, team_id: int | None) -> dict[int, list[int]]:
    """Who has which items by the ledger: all people, those of a team, or these."""
    wanted = (
        select(Holding.holder_id, Holding.item_id)
        .join(Employee, Employee.id == Holding.holder_id)
        .where(Holding.holder_kind == HolderKind.EMPLOYEE)
        .order_by(Holding.holder_id, Holding.item_id)
    )
    if employee_ids is not None:
        wanted = wanted.where(Holding.holder_id.in_(list(employee_ids)))
    if team_id is not None:
        wanted = wanted.where(Employee.team_id == team_id)
    found: dict[int, list[int]] = {}
    for employee_id, item_id in db.session.execute(wanted):
        found.setdefault(employee_id, []).append(item_id)
    return found


def lock_people(employee_ids: Iterable[int]) -> None:
    """Keep these people from being asked by somebody else before this transaction ends.

    Rows that name a person may be written meanwhile: whoever takes something back from her holds
    her devices, and would wait for us while we wait for those.
    """
    db.session.execute(
        select(Employee.id)
        .where(Employee.id.in_(list(employee_ids)))
        .order_by(Employee.id)
        .with_for_update(key_share=True)
    )


def asked_in_open(employee_ids: Iterable[int]) -> set[int]:
    """Those of these people who are asked in a check that has not ended."""
    return set(
        db.session.scalars(
            select(HomeCheckPerson.employee_id)
            .join(HomeCheckPerson.check)
            .where(
                HomeCheck.closed_at.is_(None), HomeCheckPerson.employee_id.in_(list(employee_ids))
            )
        )
    )


def employees(employee_ids: Iterable[int]) -> Sequence[Employee]:
    """These people, in the order of their numbers."""
    return db.session.scalars(
        select(Employee).where(Employee.id.in_(list(employee_ids))).order_by(Employee.id)
    ).all()


def newest_of(employee_id: int, *, lock: bool = False) -> HomeCheckPerson | None:
    """What somebody was asked last, open or ended; its check and lines are loaded."""
    wanted = (
        select(HomeCheckPerson)
        .where(HomeCheckPerson.employee_id == employee_id)
        .options(
            joinedload(HomeCheckPerson.check),
            selectinload(HomeCheckPerson.lines)
            .joinedload(HomeCheckLine.item)
            .joinedload(Item.holding),
        )
        .order_by(HomeCheckPerson.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if lock:
        wanted = wanted.with_for_update(of=HomeCheckPerson)
    return db.session.scalars(wanted).one_or_none()


def silent(check_id: int, *, unreminded: bool = False) -> Sequence[HomeCheckPerson]:
    """Who has not answered yet, by name; with ``unreminded`` only whom nobody reminded."""
    wanted = (
        select(HomeCheckPerson)
        .join(HomeCheckPerson.employee)
        .where(HomeCheckPerson.check_id == check_id, HomeCheckPerson.answered_at.is_(None))
        .options(contains_eager(HomeCheckPerson.employee))
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
    )
    if unreminded:
        wanted = wanted.where(HomeCheckPerson.reminded_at.is_(None))
    return db.session.scalars(wanted).all()


def person(person_id: int) -> HomeCheckPerson | None:
    """Somebody who is asked, as she stands now, kept from others."""
    return db.session.scalars(
        select(HomeCheckPerson)
        .where(HomeCheckPerson.id == person_id)
        .options(selectinload(HomeCheckPerson.check), selectinload(HomeCheckPerson.employee))
        .with_for_update(of=HomeCheckPerson)
        .execution_options(populate_existing=True)
    ).one_or_none()


def open_checks_due(first: date, last: date) -> Sequence[HomeCheck]:
    """Checks that have not ended and are due between these days, both included."""
    return db.session.scalars(
        select(HomeCheck)
        .where(HomeCheck.closed_at.is_(None), HomeCheck.due_on.between(first, last))
        .order_by(HomeCheck.id)
    ).all()


def lines(check_id: int) -> Select[HomeCheckLine]:
    """All lines of a check with their people and items, for the list page."""
    return (
        select(HomeCheckLine)
        .join(HomeCheckLine.person)
        .join(HomeCheckPerson.employee)
        .join(HomeCheckLine.item)
        .where(HomeCheckPerson.check_id == check_id)
        .options(
            contains_eager(HomeCheckLine.person).contains_eager(HomeCheckPerson.employee),
            contains_eager(HomeCheckLine.item),
        )
    )


def says(answer: HomeAnswer) -> ColumnElement[bool]:
    """Lines that say so, once they were sent in."""
    return and_(HomeCheckLine.answer == answer, HomeCheckPerson.answered_at.is_not(None))


def is_silent() -> ColumnElement[bool]:
    """Lines of people who have not sent in their answers."""
    return HomeCheckPerson.answered_at.is_(None)


def search(words: Sequence[str]) -> ColumnElement[bool]:
    """Lines of a person, or about an item, that carries each of these words."""
    return and_(
        *(
            or_(
                named(word),
                Item.asset_tag.icontains(word, autoescape=True),
                Item.serial.icontains(word, autoescape=True),
                Item.model.icontains(word, autoescape=True),
            )
            for word in words
        )
    )


def last_confirmed(item_id: int) -> Confirmed | None:
    """What somebody at home said last about an item, when and who; None when nobody ever did."""
    row = db.session.execute(
        select(HomeCheckPerson.employee_id, HomeCheckPerson.answered_at, HomeCheckLine.answer)
        .join(HomeCheckLine, HomeCheckLine.person_id == HomeCheckPerson.id)
        .where(
            HomeCheckLine.item_id == item_id,
            HomeCheckPerson.answered_at.is_not(None),
            HomeCheckLine.answer.is_not(None),
        )
        .order_by(HomeCheckPerson.answered_at.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row[1] is None or row[2] is None:
        return None
    return Confirmed(row[0], row[1], row[2])


def people_with_items() -> Select[Employee]:
    """Who has something by the ledger, for the page that asks."""
    has_something = exists().where(
        Holding.holder_kind == HolderKind.EMPLOYEE, Holding.holder_id == Employee.id
    )
    return select(Employee).where(has_something).options(joinedload(Employee.team))
