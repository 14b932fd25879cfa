"""Everything about devices, row by row, for files; never all of it in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from hoffice.db import db
from hoffice.kits.models import Box, CustodyEntry, Holding, Item, Kit, KitItem, KitType
from hoffice.kits.rules import HolderKind
from hoffice.people.models import Employee

AT_ONCE = 2000


def _rows(statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    return iter(db.session.execute(statement.execution_options(yield_per=AT_ONCE)))


def item_rows() -> Iterator[Any]:
    """Every item with its holder, by tag."""
    return _rows(
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
    return _rows(
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


def box_rows() -> Iterator[Any]:
    """Every box with its person, by code."""
    return _rows(
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
    for box_id, tag in _rows(
        select(KitItem.box_id, Item.asset_tag)
        .join(Item, Item.id == KitItem.item_id)
        .where(KitItem.box_id.is_not(None))
        .order_by(Item.asset_tag)
    ):
        found.setdefault(box_id, []).append(tag)
    return found


def ledger_rows() -> Iterator[Any]:
    """Every line of the ledger with the tag of its item, oldest first."""
    return _rows(
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


def ledger_length() -> int:
    """How many lines the ledger has."""
    return db.session.scalar(select(func.count()).select_from(CustodyEntry)) or 0


def holders() -> Sequence[tuple[HolderKind, int]]:
    """Everybody and everything that ever stood in the ledger."""
    found = db.session.execute(select(CustodyEntry.to_kind, CustodyEntry.to_id).distinct()).all()
    return [(row[0], row[1]) for row in found]


def personnel_numbers(employee_ids: Iterable[int]) -> dict[int, str]:
    """The numbers of these people, in one statement."""
    rows = db.session.execute(
        select(Employee.id, Employee.personnel_number).where(Employee.id.in_(set(employee_ids)))
    ).all()
    return {row[0]: row[1] for row in rows}
