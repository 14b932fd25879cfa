"""Reading kits, items, boxes and the ledger. Every ``select`` of this domain is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

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
    KitTypeLine,
    Release,
)
from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemKind, ItemState, tag_of
from hoffice.people.models import Employee


def kit_types(*, also_retired: bool = False) -> Sequence[KitType]:
    """The catalogue, by name."""
    wanted = select(KitType).options(selectinload(KitType.lines)).order_by(KitType.name)
    if not also_retired:
        wanted = wanted.where(KitType.retired_at.is_(None))
    return db.session.scalars(wanted).all()


def catalogue() -> Select[KitType]:
    """All kit types, retired ones too, for the list page."""
    return select(KitType).options(selectinload(KitType.lines))


def search_types(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Kit types whose name contains each of the words."""
    return and_(*(KitType.name.icontains(word, autoescape=True) for word in _several(words)))


def kit_type(kit_type_id: int) -> KitType:
    """The kit type with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(KitType, kit_type_id)
    if found is None:
        raise NotFound(N_("There is no such kit type."))
    return found


def _whole_kit() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Kit.employee),
        joinedload(Kit.kit_type).selectinload(KitType.lines),
        selectinload(Kit.kit_items).joinedload(KitItem.item),
        selectinload(Kit.boxes),
    )


def kit(kit_id: int, *, lock: bool = False) -> Kit:
    """The kit with this number, its items, boxes and type loaded.

    With ``lock`` nobody else changes the kit before this transaction ends, and what was read of
    it before is read again.
    """
    wanted = select(Kit).where(Kit.id == kit_id).options(*_whole_kit())
    if lock:
        wanted = wanted.with_for_update(of=Kit).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
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


def search_kits(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Kits of a person, or with an item or box, that carries each of these words."""
    return and_(*(_kit_with(word) for word in _several(words)))


def _kit_with(word: str) -> ColumnElement[bool]:
    return or_(
        _named(word),
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


def _named(word: str) -> ColumnElement[bool]:
    return Employee.search_text.contains(word.lower(), autoescape=True)


def _several(words: Sequence[str] | str) -> Sequence[str]:
    return words.split() if isinstance(words, str) else words


def of_type(kit_type_id: int) -> ColumnElement[bool]:
    """Kits made from this type."""
    return Kit.kit_type_id == kit_type_id


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
        .where(KitItem.kit_id == Kit.id, Item.kind == wanted.c.kind)
        .correlate(Kit, wanted)
        .scalar_subquery()
    )
    return exists().where(wanted.c.kit_type_id == Kit.kit_type_id, wanted.c.count > present)


def kits_per_type() -> dict[int, int]:
    """How many present kits there are of each type."""
    rows = db.session.execute(
        select(Kit.kit_type_id, func.count())
        .where(Kit.dissolved_at.is_(None))
        .group_by(Kit.kit_type_id)
    ).all()
    return {row[0]: row[1] for row in rows}


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


def box(box_id: int) -> Box:
    """The box with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Box, box_id)
    if found is None:
        raise NotFound(N_("There is no such box."))
    return found


def lock_box(box: Box) -> None:
    """Read a box again while nobody else can change it or its kit."""
    db.session.execute(select(Kit.id).where(Kit.id == box.kit_id).with_for_update(of=Kit))
    db.session.refresh(box, ["state", "release_id"])


def box_by_code(code: str) -> Box:
    """The box with this label, or :class:`~hoffice.errors.NotFound` naming what was read."""
    found = db.session.scalars(
        select(Box)
        .where(Box.code == tag_of(code))
        .options(
            joinedload(Box.kit).options(*_whole_kit()),
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


def boxes_with_label(
    *, kit_id: int | None = None, box_ids: Iterable[int] | None = None, packed: bool = False
) -> Sequence[Box]:
    """The boxes whose labels are wanted, by kit and number; of present kits only."""
    wanted = boxes().order_by(Box.kit_id, Box.number)
    if kit_id is not None:
        wanted = wanted.where(Box.kit_id == kit_id)
    if box_ids is not None:
        wanted = wanted.where(Box.id.in_(list(box_ids)))
    if packed:
        wanted = wanted.where(Box.state.in_([BoxState.PACKED, BoxState.RELEASED]))
    return db.session.scalars(wanted).unique().all()


def search_boxes(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Boxes whose code, or whose person, carries each of these words."""
    return and_(
        *(or_(Box.code.icontains(word, autoescape=True), _named(word)) for word in _several(words))
    )


def box_in(state: BoxState) -> ColumnElement[bool]:
    """Boxes in this state."""
    return Box.state == state


def item(item_id: int) -> Item:
    """The item with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Item, item_id)
    if found is None:
        raise NotFound(N_("There is no such item."))
    return found


def item_by_tag(tag: str) -> Item | None:
    """The item with this asset tag, whatever its case; a scanned web address of it will do."""
    return db.session.scalars(select(Item).where(Item.asset_tag == tag_of(tag))).one_or_none()


def tags_with_serial(serial: str) -> Sequence[str]:
    """The tags of the items with this serial number."""
    return db.session.scalars(
        select(Item.asset_tag)
        .where(Item.serial == serial, Item.serial != "")
        .order_by(Item.asset_tag)
        .limit(2)
    ).all()


def locked_items(item_ids: Iterable[int]) -> Sequence[Item]:
    """These items as they are now; nobody else changes them before this transaction ends.

    Kit and holder are asked in statements of their own, after the lock: joined to it, PostgreSQL
    would show them as they were before the wait.
    """
    wanted = set(item_ids)
    found = db.session.scalars(
        select(Item)
        .where(Item.id.in_(wanted))
        .options(selectinload(Item.kit_item), selectinload(Item.holding))
        .order_by(Item.id)
        .with_for_update(of=Item)
        .execution_options(populate_existing=True)
    ).all()
    if len(found) < len(wanted):
        raise NotFound(N_("There is no such item."))
    return found


def items() -> Select[Item]:
    """All items with their kit and holder, for the list page."""
    return select(Item).options(
        joinedload(Item.kit_item).joinedload(KitItem.kit).joinedload(Kit.employee),
        joinedload(Item.kit_item).joinedload(KitItem.box),
        joinedload(Item.holding),
    )


def search_items(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Items whose tag, serial or model contains each of the words."""
    return and_(
        *(
            or_(
                Item.asset_tag.icontains(word, autoescape=True),
                Item.serial.icontains(word, autoescape=True),
                Item.model.icontains(word, autoescape=True),
            )
            for word in _several(words)
        )
    )


def of_kind(kind: ItemKind) -> ColumnElement[bool]:
    """Items of this kind."""
    return Item.kind == kind


def item_in(state: ItemState) -> ColumnElement[bool]:
    """Items in this state."""
    return Item.state == state


def held_by_kind(kind: HolderKind) -> ColumnElement[bool]:
    """Items that some person, some van, or the store has now."""
    return exists().where(Holding.item_id == Item.id, Holding.holder_kind == kind)


def state_counts() -> dict[ItemState, int]:
    """How many items there are in each state."""
    rows = db.session.execute(select(Item.state, func.count()).group_by(Item.state)).all()
    return {row[0]: row[1] for row in rows}


def free_items(kind: ItemKind, *, limit: int) -> Sequence[Item]:
    """The first free items of a kind by tag, locked so that two people cannot take the same.

    Who comes second waits and gets the next ones; skipping what another has locked could leave
    both without a whole kit.
    """
    return db.session.scalars(
        select(Item)
        .outerjoin(KitItem, KitItem.item_id == Item.id)
        .where(Item.kind == kind, Item.state == ItemState.IN_STOCK, KitItem.item_id.is_(None))
        .options(contains_eager(Item.kit_item))
        .order_by(Item.asset_tag)
        .limit(limit)
        .with_for_update(of=Item)
        .execution_options(populate_existing=True)
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
