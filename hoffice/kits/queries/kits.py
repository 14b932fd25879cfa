"""Reading kits and whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    Box,
    Item,
    Kit,
    KitGood,
    KitItem,
    KitType,
    KitTypeGood,
    KitTypeLine,
)
from hoffice.kits.rules import GONE, BoxState
from hoffice.people.models import Employee


def whole_kit() -> tuple[_AbstractLoad, ...]:
    """What is loaded with a kit, in a fixed number of statements."""
    return (
        joinedload(Kit.employee),
        joinedload(Kit.kit_type).selectinload(KitType.lines),
        joinedload(Kit.kit_type).selectinload(KitType.goods).joinedload(KitTypeGood.good),
        selectinload(Kit.kit_items).joinedload(KitItem.item),
        selectinload(Kit.goods).joinedload(KitGood.good),
        selectinload(Kit.boxes),
    )


def kit(kit_id: int, *, lock: bool = False) -> Kit:
    """The kit with this number, its items, boxes and type loaded.

    With ``lock`` nobody else changes the kit before this transaction ends, and what was read of
    it before is read again.
    """
    wanted = select(Kit).where(Kit.id == kit_id).options(*whole_kit())
    if lock:
        wanted = wanted.with_for_update(of=Kit).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such kit."))
    return found


def kit_of(employee_id: int) -> Kit | None:
    """The person's present kit."""
    return kits_of([employee_id]).get(employee_id)


def items_in_kit_of(employee_id: int) -> Sequence[Item]:
    """What lies in the person's present kit, and nothing around it."""
    return db.session.scalars(
        select(Item)
        .join(KitItem, KitItem.item_id == Item.id)
        .join(Kit, Kit.id == KitItem.kit_id)
        .where(Kit.employee_id == employee_id, Kit.dissolved_at.is_(None))
        .order_by(Item.id)
    ).all()


def kits_of(employee_ids: Iterable[int]) -> dict[int, Kit]:
    """The present kits of these people, whole; a fixed number of statements."""
    found = db.session.scalars(
        select(Kit)
        .where(Kit.employee_id.in_(list(employee_ids)), Kit.dissolved_at.is_(None))
        .options(*whole_kit())
    )
    return {kit.employee_id: kit for kit in found}


def hold_kits_of(employee_ids: Iterable[int]) -> None:
    """Let nobody else change the present kits of these people, without reading them whole."""
    db.session.execute(
        select(Kit.id)
        .where(Kit.employee_id.in_(list(employee_ids)), Kit.dissolved_at.is_(None))
        .order_by(Kit.id)
        .with_for_update()
    )


def kits() -> Select[Kit]:
    """All present kits with their people, for the list page."""
    return select(Kit).join(Kit.employee).where(Kit.dissolved_at.is_(None)).options(*whole_kit())


def search_kits(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Kits of a person, or with an item or box, that carries each of these words."""
    return and_(*(_kit_with(word) for word in several(words)))


def _kit_with(word: str) -> ColumnElement[bool]:
    return or_(
        named(word),
        Kit.id.in_(
            select(KitItem.kit_id)
            .join(Item)
            .where(
                or_(
                    Item.asset_tag.icontains(word, autoescape=True),
                    Item.serial.icontains(word, autoescape=True),
                )
            )
        ),
        Kit.id.in_(select(Box.kit_id).where(Box.code.icontains(word, autoescape=True))),
    )


def named(word: str) -> ColumnElement[bool]:
    """People whose name, number, mail, team, street or town contains this word."""
    return Employee.search_text.contains(word.lower(), autoescape=True)


def several(words: Sequence[str] | str) -> Sequence[str]:
    """The words that somebody typed, one by one."""
    return words.split() if isinstance(words, str) else words


def with_box_in(state: BoxState) -> ColumnElement[bool]:
    """Kits of which at least one box is in this state."""
    return exists().where(Box.kit_id == Kit.id, Box.state == state)


def is_incomplete() -> ColumnElement[bool]:
    """Kits that lack something their type asks for."""
    wanted = (
        select(
            KitTypeLine.kit_type_id,
            KitTypeLine.kind,
            func.sum(KitTypeLine.count).label("count"),
        )
        .group_by(KitTypeLine.kit_type_id, KitTypeLine.kind)
        .subquery()
    )
    present = (
        select(func.count())
        .select_from(KitItem)
        .join(Item)
        .where(KitItem.kit_id == Kit.id, Item.kind == wanted.c.kind, Item.state.not_in(GONE))
        .correlate(Kit, wanted)
        .scalar_subquery()
    )
    packed = (
        select(func.coalesce(func.sum(KitGood.count), 0))
        .join(Box, KitGood.box_id == Box.id)
        .where(
            KitGood.kit_id == Kit.id,
            KitGood.good_id == KitTypeGood.good_id,
            Box.number == KitTypeGood.box_no,
        )
        .correlate(Kit, KitTypeGood)
        .scalar_subquery()
    )
    return or_(
        exists().where(wanted.c.kit_type_id == Kit.kit_type_id, wanted.c.count > present),
        exists().where(KitTypeGood.kit_type_id == Kit.kit_type_id, KitTypeGood.count > packed),
    )


def people_without_kit() -> Select[Employee]:
    """Employees who have no kit yet, for the page that gives kits."""
    with_kit = select(Kit.employee_id).where(Kit.dissolved_at.is_(None))
    return (
        select(Employee)
        .where(Employee.id.not_in(with_kit))
        .options(joinedload(Employee.team), joinedload(Employee.home))
    )


def names_of(employee_ids: Iterable[int]) -> dict[int, str]:
    """The names of these people, in one statement."""
    rows = db.session.execute(
        select(Employee.id, Employee.first_name, Employee.last_name).where(
            Employee.id.in_(set(employee_ids))
        )
    ).all()
    return {row[0]: f"{row[1]} {row[2]}" for row in rows}
