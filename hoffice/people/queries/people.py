"""Finding people, one by one or by words."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.people.models import Employee


def employee(employee_id: int) -> Employee:
    """The person with this number in the database, with team and home."""
    found = db.session.scalars(employees().where(Employee.id == employee_id)).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such person."))
    return found


def by_number(personnel_number: str) -> Employee | None:
    """The person with this personnel number."""
    return db.session.scalars(
        employees().where(Employee.personnel_number == personnel_number)
    ).one_or_none()


def employees() -> Select[Employee]:
    """All people, each with team and present home in the same statement."""
    return select(Employee).options(joinedload(Employee.team), joinedload(Employee.home))


def count() -> int:
    """How many people there are."""
    return db.session.scalar(select(func.count()).select_from(Employee)) or 0


def search(words: Sequence[str] | str) -> ColumnElement[bool]:
    """People in whose name, number, mail, team, street or town every word occurs."""
    return _each_word(words, Employee.search_text)


def search_names(words: Sequence[str] | str) -> ColumnElement[bool]:
    """``search`` for those who may not see addresses: only names and numbers are looked at."""
    several = words.split() if isinstance(words, str) else words
    columns = (Employee.first_name, Employee.last_name, Employee.personnel_number)
    return and_(
        *(or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in several)
    )


def _each_word(
    words: Sequence[str] | str, column: InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    several = words.split() if isinstance(words, str) else words
    return and_(*(column.contains(word.lower(), autoescape=True) for word in several))
