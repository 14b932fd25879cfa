"""Reading kits, items, boxes and the ledger. Every ``select`` of this domain is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    Box,
    CustodyEntry,
    Holding,
    Item,
    Kit,
    KitItem,
    KitType,
    Release,
)
from hoffice.kits.rules import Holder, ItemKind, ItemState
from hoffice.people.models import Employee


def kit_types(*, also_retired: bool = False) -> Sequence[KitType]:
    """The catalogue, by name."""
    wanted = select(KitType).options(selectinload(KitType.lines)).order_by(KitType.name)
    if not also_retired:
        wanted = wanted.where(KitType.retired_at.is_(None))
    return db.session.scalars(wanted).all()


def kit_type(kit_type_id: int) -> KitType:
    """The kit type with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(KitType, kit_type_id)
    if found is None:
        raise NotFound(N_("There is no such kit type."))
    return found


def _whole_kit() -> tuple[ORMOption, ...]:
    return (
        joinedload(Kit.employee),
        joinedload(Kit.kit_type).selectinload(KitType.lines),
        selectinload(Kit.kit_items).joinedload(KitItem.item),
        selectinload(Kit.boxes),
    )


def kit(kit_id: int) -> Kit:
    """The kit with this number, its items, boxes and type loaded."""
    found = db.session.scalars(
        select(Kit).where(Kit.id == kit_id).options(*_whole_kit())
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such kit."))
    return found


def kit_of(employee_id: int) -> Kit | None:
    """The person's present kit."""
    return kits_of([employee_id]).get(employee_id)


def kits_of(employee_ids: Iterable[int]) -> dict[int, Kit]:
    """The present kits of these people, whole; a fixed number of statements."""
    found = db.session.scalars(
        select(Kit)
        .where(Kit.employee_id.in_(list(employee_ids)), Kit.dissolved_at.is_(None))
        .options(*_whole_kit())
    )
    return {kit.employee_id: kit for kit in found}


def kits() -> Select[Kit]:
    """All present kits with their people, for the list page."""
    return select(Kit).join(Kit.employee).where(Kit.dissolved_at.is_(None)).options(*_whole_kit())


def search_kits(words: str) -> ColumnElement[bool]:
    """Kits of a person, or with an item, that carries these words."""
    return or_(
        Employee.search_text.contains(words.lower(), autoescape=True),
        Kit.id.in_(
            select(KitItem.kit_id)
            .join(Item)
            .where(Item.asset_tag.icontains(words, autoescape=True))
        ),
    )


def people_without_kit() -> Select[Employee]:
    """Employees who have no kit yet, for the page that gives kits."""
    with_kit = select(Kit.employee_id).where(Kit.dissolved_at.is_(None))
    return select(Employee).where(Employee.id.not_in(with_kit))


def box(box_id: int) -> Box:
    """The box with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Box, box_id)
    if found is None:
        raise NotFound(N_("There is no such box."))
    return found


def box_by_code(code: str) -> Box:
    """The box with this label, or :class:`~hoffice.errors.NotFound` naming what was read."""
    found = db.session.scalars(
        select(Box)
        .where(Box.code == code.strip().upper())
        .options(
            joinedload(Box.kit).joinedload(Kit.employee),
            selectinload(Box.kit_items).joinedload(KitItem.item),
        )
    ).one_or_none()
    if found is None:
        raise NotFound(
            N_("There is no box “%(code)s”. Box labels look like K00017-1."), code=code[:40]
        )
    return found


def boxes() -> Select[Box]:
    """All boxes of present kits with their people, for the list page."""
    return (
        select(Box)
        .join(Box.kit)
        .join(Kit.employee)
        .where(Kit.dissolved_at.is_(None))
        .options(
            joinedload(Box.kit).joinedload(Kit.employee),
            joinedload(Box.kit).selectinload(Kit.boxes),
            selectinload(Box.kit_items).joinedload(KitItem.item),
        )
    )


def search_boxes(words: str) -> ColumnElement[bool]:
    """Boxes with this code, or of a person with these words."""
    return or_(
        Box.code.icontains(words, autoescape=True),
        Employee.search_text.contains(words.lower(), autoescape=True),
    )


def item(item_id: int) -> Item:
    """The item with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Item, item_id)
    if found is None:
        raise NotFound(N_("There is no such item."))
    return found


def item_by_tag(tag: str) -> Item | None:
    """The item with this asset tag, whatever its case."""
    return db.session.scalars(
        select(Item).where(func.lower(Item.asset_tag) == tag.strip().lower())
    ).one_or_none()


def items() -> Select[Item]:
    """All items with their kit and holder, for the list page."""
    return select(Item).options(
        joinedload(Item.kit_item).joinedload(KitItem.kit).joinedload(Kit.employee),
        joinedload(Item.holding),
    )


def search_items(words: str) -> ColumnElement[bool]:
    """Items whose tag, serial or model contains the words."""
    return or_(
        Item.asset_tag.icontains(words, autoescape=True),
        Item.serial.icontains(words, autoescape=True),
        Item.model.icontains(words, autoescape=True),
    )


def free_items(kind: ItemKind, *, limit: int) -> Sequence[Item]:
    """The first free items of a kind by tag, locked so that two people cannot take the same."""
    return db.session.scalars(
        select(Item)
        .outerjoin(KitItem, KitItem.item_id == Item.id)
        .where(Item.kind == kind, Item.state == ItemState.IN_STOCK, KitItem.item_id.is_(None))
        .order_by(Item.asset_tag)
        .limit(limit)
        .with_for_update(of=Item, skip_locked=True)
    ).all()


def stock() -> dict[ItemKind, int]:
    """How many free items of each kind there are."""
    rows = db.session.execute(
        select(Item.kind, func.count()).where(Item.state == ItemState.IN_STOCK).group_by(Item.kind)
    ).all()
    return {row[0]: row[1] for row in rows}


def holding_of(item_id: int) -> Holding | None:
    """Who has the item now."""
    return db.session.get(Holding, item_id)


def held_by(holder: Holder) -> Sequence[Item]:
    """What this holder has now, by tag."""
    return db.session.scalars(
        select(Item)
        .join(Holding, Holding.item_id == Item.id)
        .where(Holding.holder_kind == holder.kind, Holding.holder_id == holder.id)
        .order_by(Item.asset_tag)
    ).all()


def ledger_of_item(item_id: int) -> Sequence[CustodyEntry]:
    """Every line about this item, newest first."""
    return db.session.scalars(
        select(CustodyEntry).where(CustodyEntry.item_id == item_id).order_by(CustodyEntry.id.desc())
    ).all()


def release_of(kit_id: int) -> Release | None:
    """The newest release of this kit."""
    return db.session.scalars(
        select(Release).where(Release.kit_id == kit_id).order_by(Release.id.desc()).limit(1)
    ).one_or_none()
