"""Reading items: one by its tag, lists, what is free."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    Box,
    Holding,
    Item,
    Kit,
    KitItem,
    Reservation,
)
from hoffice.kits.queries.fitness import is_fit
from hoffice.kits.queries.kits import named, several
from hoffice.kits.rules import HolderKind, ItemKind, ItemState, tag_of
from hoffice.kits.rules.searching import ways_to_write
from hoffice.people.models import Employee


def item(item_id: int) -> Item:
    """The item with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Item, item_id)
    if found is None:
        raise NotFound(N_("There is no such item."))
    return found


def item_by_tag(tag: str) -> Item | None:
    """The item with this asset tag, whatever its case; a scanned web address of it will do."""
    return db.session.scalars(select(Item).where(Item.asset_tag == tag_of(tag))).one_or_none()


def newest_tags(*, limit: int) -> Sequence[str]:
    """The tags that were given last, the newest first."""
    return db.session.scalars(select(Item.asset_tag).order_by(Item.id.desc()).limit(limit)).all()


def tags_with_serial(serial: str) -> Sequence[str]:
    """The tags of the first items with this serial number, in small letters or capitals."""
    return db.session.scalars(
        select(Item.asset_tag)
        .where(Item.serial.in_({serial, serial.upper(), serial.lower()}), Item.serial != "")
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


def items_beside_kit(employee_id: int) -> Sequence[Item]:
    """The devices that a person has and that belong to no kit, by tag."""
    return db.session.scalars(
        select(Item)
        .join(Holding, Holding.item_id == Item.id)
        .where(
            Holding.holder_kind == HolderKind.EMPLOYEE,
            Holding.holder_id == employee_id,
            ~exists().where(KitItem.item_id == Item.id),
        )
        .order_by(Item.asset_tag)
    ).all()


def items() -> Select[Item]:
    """All items with their kit and holder, for the list page."""
    return select(Item).options(
        joinedload(Item.kit_item).joinedload(KitItem.kit).joinedload(Kit.employee),
        joinedload(Item.kit_item).joinedload(KitItem.box),
        joinedload(Item.holding),
    )


def search_items(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Items that carry each of the words, or whose box, kit or holder does.

    A word is a part of a tag, a serial number (with or without dashes), a model, a note, a
    person's name or the code of a box.
    """
    return and_(*(or_(_says(word), _with_somebody(word)) for word in several(words)))


def search_item_texts(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Items on which themselves each of the words stands; without people and boxes."""
    return and_(*(_says(word) for word in several(words)))


def _says(word: str) -> ColumnElement[bool]:
    return or_(*(Item.search_text.contains(way, autoescape=True) for way in ways_to_write(word)))


def _with_somebody(word: str) -> ColumnElement[bool]:
    """In a box with this code, in a kit of this person, or with her."""
    theirs = select(Employee.id).where(named(word)).scalar_subquery()
    return or_(
        Item.id.in_(
            select(Holding.item_id).where(
                Holding.holder_kind == HolderKind.EMPLOYEE, Holding.holder_id.in_(theirs)
            )
        ),
        Item.id.in_(
            select(KitItem.item_id)
            .join(Kit, Kit.id == KitItem.kit_id)
            .outerjoin(Box, Box.id == KitItem.box_id)
            .where(
                or_(Kit.employee_id.in_(theirs), Box.code.contains(word.upper(), autoescape=True))
            )
        ),
    )


def items_exactly(text: str, *, limit: int = 2) -> Sequence[Item]:
    """The item with exactly this tag or serial number; answered by indexes alone."""
    serials = {text, text.upper(), text.lower()}
    return db.session.scalars(
        select(Item)
        .where(or_(Item.asset_tag == tag_of(text), Item.serial.in_(serials)), Item.asset_tag != "")
        .order_by(Item.asset_tag)
        .limit(limit)
    ).all()


def box_exactly(text: str) -> Box | None:
    """The box with exactly this code."""
    return db.session.scalars(select(Box).where(Box.code == tag_of(text))).one_or_none()


def under_warranty() -> Select[Item]:
    """All items in use of which the end of the warranty is known, for its list page."""
    return items().where(
        Item.warranty_until.is_not(None),
        Item.state.not_in([ItemState.RETIRED, ItemState.LOST]),
    )


def warranty_ends(*, after: date | None = None, until: date | None = None) -> ColumnElement[bool]:
    """Items whose warranty ends in these days, both included; None leaves that side open."""
    return and_(
        true() if after is None else Item.warranty_until >= after,
        true() if until is None else Item.warranty_until <= until,
    )


def of_kind(kind: ItemKind) -> ColumnElement[bool]:
    """Items of this kind."""
    return Item.kind == kind


def item_in(state: ItemState) -> ColumnElement[bool]:
    """Items in this state."""
    return Item.state == state


def items_to_check() -> Select[Item]:
    """What came back and waits for somebody to look at it."""
    return select(Item).where(Item.state == ItemState.TO_CHECK).options(joinedload(Item.holding))


def state_counts() -> dict[ItemState, int]:
    """How many items there are in each state."""
    rows = db.session.execute(select(Item.state, func.count()).group_by(Item.state)).all()
    return {row[0]: row[1] for row in rows}


def free_items(kind: ItemKind, *, limit: int, apart_from: Collection[int] = ()) -> Sequence[Item]:
    """The first free items of a kind by tag, but for these; somebody may take them meanwhile.

    What is damaged is not chosen like this.
    """
    return db.session.scalars(
        select(Item)
        .where(Item.kind == kind, Item.id.not_in(apart_from), _is_free())
        .order_by(Item.asset_tag)
        .limit(limit)
    ).all()


def are_free(item_ids: Collection[int]) -> bool:
    """Whether all of these items are free and fit, by a look of its own."""
    found = db.session.scalar(
        select(func.count()).select_from(Item).where(Item.id.in_(item_ids), _is_free())
    )
    return found == len(item_ids)


def _is_free() -> ColumnElement[bool]:
    """In stock and not damaged, in no kit and kept for nobody."""
    return and_(
        Item.state == ItemState.IN_STOCK,
        ~exists().where(KitItem.item_id == Item.id),
        ~exists().where(Reservation.item_id == Item.id),
        is_fit(),
    )


def stock() -> dict[ItemKind, int]:
    """How many free items of each kind there are; what is damaged does not count."""
    rows = db.session.execute(
        select(Item.kind, func.count())
        .where(Item.state == ItemState.IN_STOCK, is_fit())
        .group_by(Item.kind)
    ).all()
    return {row[0]: row[1] for row in rows}
