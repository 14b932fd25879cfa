"""Everything about devices, row by row, for files; never all of it in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, func, literal, select, union

from hoffice.db import db
from hoffice.kits.models import (
    Box,
    BulkEntry,
    BulkGood,
    BulkHolding,
    CustodyEntry,
    Holding,
    Item,
    ItemModel,
    Kit,
    KitGood,
    KitItem,
    KitType,
    KitTypeGood,
    KitTypeLine,
    Location,
)
from hoffice.kits.rules import HolderKind
from hoffice.people.models import Employee

AT_ONCE = 2000
AT_LOCATIONS = (HolderKind.STOCK, HolderKind.DESK, HolderKind.REPAIR)


def in_pieces(statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """The rows one by one, fetched some thousand at a time."""
    return iter(db.session.execute(statement.execution_options(yield_per=AT_ONCE)))


def item_rows() -> Iterator[Any]:
    """Every item with its holder, by tag."""
    return in_pieces(
        select(Item, Holding.holder_kind, Holding.holder_id)
        .outerjoin(Holding, Holding.item_id == Item.id)
        .order_by(Item.asset_tag)
    )


def kit_rows() -> Iterator[Any]:
    """Every kit with its person, its type and how many devices are in it; dissolved ones too."""
    count = (
        select(func.count())
        .select_from(KitItem)
        .where(KitItem.kit_id == Kit.id)
        .correlate(Kit)
        .scalar_subquery()
    )
    return in_pieces(
        select(
            Kit.id,
            Employee.first_name,
            Employee.last_name,
            Employee.personnel_number,
            KitType.name,
            KitType.version,
            count.label("devices"),
            Kit.created_at,
            Kit.dissolved_at,
        )
        .join(Employee, Employee.id == Kit.employee_id)
        .join(KitType, KitType.id == Kit.kit_type_id)
        .order_by(Kit.id)
    )


def tags_without_box() -> dict[int, list[str]]:
    """The tags of what belongs to each kit and lies in no box."""
    found: dict[int, list[str]] = {}
    for kit_id, tag in in_pieces(
        select(KitItem.kit_id, Item.asset_tag)
        .join(Item, Item.id == KitItem.item_id)
        .where(KitItem.box_id.is_(None))
        .order_by(Item.asset_tag)
    ):
        found.setdefault(kit_id, []).append(tag)
    return found


def box_rows() -> Iterator[Any]:
    """Every box with its person, by code."""
    return in_pieces(
        select(
            Box.id,
            Box.code,
            Box.number,
            Box.state,
            Box.kit_id,
            Employee.first_name,
            Employee.last_name,
            Employee.personnel_number,
            Box.packed_at,
            Box.loaded_at,
            Box.handed_over_at,
        )
        .join(Kit, Kit.id == Box.kit_id)
        .join(Employee, Employee.id == Kit.employee_id)
        .order_by(Box.code)
    )


def tags_by_box() -> dict[int, list[str]]:
    """The tags of what lies in each box."""
    found: dict[int, list[str]] = {}
    for box_id, tag in in_pieces(
        select(KitItem.box_id, Item.asset_tag)
        .join(Item, Item.id == KitItem.item_id)
        .where(KitItem.box_id.is_not(None))
        .order_by(Item.asset_tag)
    ):
        found.setdefault(box_id, []).append(tag)
    return found


def goods_by_box() -> dict[int, list[str]]:
    """The small parts in each box: ``3 × Cable``."""
    found: dict[int, list[str]] = {}
    for box_id, count, name in in_pieces(
        select(KitGood.box_id, KitGood.count, BulkGood.name)
        .join(BulkGood, BulkGood.id == KitGood.good_id)
        .order_by(BulkGood.name)
    ):
        found.setdefault(box_id, []).append(f"{count} × {name}")
    return found


def ledger_rows() -> Iterator[Any]:
    """Every line of the ledger with the tag of its item, oldest first."""
    return in_pieces(
        select(
            CustodyEntry.id,
            Item.asset_tag,
            CustodyEntry.at,
            CustodyEntry.from_kind,
            CustodyEntry.from_id,
            CustodyEntry.to_kind,
            CustodyEntry.to_id,
            CustodyEntry.by,
            CustodyEntry.because,
            CustodyEntry.recorded_at,
            CustodyEntry.corrects_id,
            CustodyEntry.note,
        )
        .join(Item, Item.id == CustodyEntry.item_id)
        .order_by(CustodyEntry.id)
    )


def holders() -> Sequence[tuple[HolderKind, int]]:
    """Everybody and everything that ever stood in the ledger, or had small parts."""
    found = db.session.execute(
        union(
            select(CustodyEntry.to_kind, CustodyEntry.to_id),
            select(BulkEntry.to_kind, BulkEntry.to_id),
        )
    ).all()
    return [(row[0], row[1]) for row in found]


def names_of_all() -> dict[int, str]:
    """The name of everybody who ever worked here."""
    rows = db.session.execute(select(Employee.id, Employee.first_name, Employee.last_name)).all()
    return {row[0]: f"{row[1]} {row[2]}" for row in rows}


def personnel_numbers(employee_ids: Iterable[int]) -> dict[int, str]:
    """The numbers of these people, in one statement."""
    rows = db.session.execute(
        select(Employee.id, Employee.personnel_number).where(Employee.id.in_(set(employee_ids)))
    ).all()
    return {row[0]: row[1] for row in rows}


def model_rows() -> Iterator[Any]:
    """Every model of the catalogue, also those no longer offered."""
    return in_pieces(select(ItemModel).order_by(ItemModel.kind, ItemModel.name))


def type_rows() -> Iterator[Any]:
    """Every version of every kit type, one row for each thing in it: devices, then small parts."""
    facts = (
        KitType.name,
        KitType.role,
        KitType.version,
        KitType.superseded_at,
        KitType.retired_at,
    )
    order = (KitType.name, KitType.series, KitType.version)
    yield from in_pieces(
        select(
            *facts,
            KitTypeLine.box_no,
            KitTypeLine.count,
            KitTypeLine.kind,
            ItemModel.name.label("model"),
        )
        .outerjoin(KitTypeLine, KitTypeLine.kit_type_id == KitType.id)
        .outerjoin(ItemModel, ItemModel.id == KitTypeLine.model_id)
        .order_by(*order, KitTypeLine.box_no, KitTypeLine.id)
    )
    yield from in_pieces(
        select(
            *facts,
            KitTypeGood.box_no,
            KitTypeGood.count,
            literal(None).label("kind"),
            BulkGood.name.label("model"),
        )
        .join(KitTypeGood, KitTypeGood.kit_type_id == KitType.id)
        .join(BulkGood, BulkGood.id == KitTypeGood.good_id)
        .order_by(*order, KitTypeGood.box_no, KitTypeGood.id)
    )


def location_rows() -> Iterator[Any]:
    """Every desk, shelf, room and repair shop with how many devices are there."""
    count = (
        select(func.count())
        .select_from(Holding)
        .where(Holding.holder_id == Location.id, Holding.holder_kind.in_(AT_LOCATIONS))
        .correlate(Location)
        .scalar_subquery()
    )
    return in_pieces(
        select(
            Location.code,
            Location.name,
            Location.kind,
            count.label("devices"),
            Location.created_at,
            Location.retired_at,
        ).order_by(Location.code)
    )


def good_rows() -> Iterator[Any]:
    """Every kind of small part, also those no longer offered."""
    return in_pieces(select(BulkGood).order_by(BulkGood.name))


def good_holder_rows() -> Iterator[Any]:
    """Who has how many of which small part now."""
    return in_pieces(
        select(BulkGood.name, BulkHolding.holder_kind, BulkHolding.holder_id, BulkHolding.count)
        .join(BulkGood, BulkGood.id == BulkHolding.good_id)
        .where(BulkHolding.count > 0)
        .order_by(BulkGood.name, BulkHolding.holder_kind, BulkHolding.holder_id)
    )


def good_ledger_rows() -> Iterator[Any]:
    """Every line of the ledger of small parts, oldest first."""
    return in_pieces(
        select(
            BulkEntry.id,
            BulkGood.name,
            BulkEntry.count,
            BulkEntry.at,
            BulkEntry.from_kind,
            BulkEntry.from_id,
            BulkEntry.to_kind,
            BulkEntry.to_id,
            BulkEntry.by,
            BulkEntry.because,
            BulkEntry.recorded_at,
            BulkEntry.note,
        )
        .join(BulkGood, BulkGood.id == BulkEntry.good_id)
        .order_by(BulkEntry.id)
    )
