"""Lists of devices that were uploaded, and the house as such a list is compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, exists, func, select
from sqlalchemy.orm import joinedload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    Box,
    CustodyEntry,
    Holding,
    Item,
    ItemImport,
    ItemImportLine,
    ItemModel,
    Kit,
    KitItem,
    Location,
    Reservation,
    ReturnLine,
    TransferItem,
)
from hoffice.kits.rules import Holder, HolderKind, ItemKind, ItemState, LocationKind
from hoffice.kits.rules.item_list import FIELDS, House, KnownBox, KnownItem
from hoffice.people.models import Employee
from hoffice.people.queries.portions import portions
from hoffice.people.staff_list.columns import folded

HOLDER_AT: Mapping[LocationKind, HolderKind] = {
    LocationKind.DESK: HolderKind.DESK,
    LocationKind.ROOM: HolderKind.DESK,
    LocationKind.SHELF: HolderKind.STOCK,
    LocationKind.REPAIR: HolderKind.REPAIR,
}
"""As whose a device counts that stands at a location."""
COLUMNS = tuple(getattr(Item, name) for name in FIELDS)
WORDS = ("asset_tag", "serial", "model", "note")
"""What a device is found by, in the order in which its text for the search is made."""


def item_import(import_id: int, *, lock: bool = False) -> ItemImport:
    """The list with this number; with ``lock`` no list is taken over or undone meanwhile.

    All lists are locked, so that two of them cannot bring the same serial number in.
    """
    if lock:
        db.session.execute(select(ItemImport.id).order_by(ItemImport.id).with_for_update())
    found = db.session.scalars(
        select(ItemImport)
        .where(ItemImport.id == import_id)
        .execution_options(populate_existing=lock)
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such import."))
    return found


def newest_item_imports(limit: int = 10) -> Sequence[ItemImport]:
    """The last lists, newest first."""
    return db.session.scalars(select(ItemImport).order_by(ItemImport.id.desc()).limit(limit)).all()


def house() -> House:
    """Everything a list of devices is compared with, in a fixed number of statements."""
    return House(known_items(), _people(), _places(), _labels())


def known_items() -> dict[str, KnownItem]:
    """Every device by its tag, as a list is compared with it."""
    undone, boxes = _undone(), _boxes()
    rows = db.session.execute(select(Item.id, Item.asset_tag, *COLUMNS)).all()
    return {
        row[1]: KnownItem(
            row[0], dict(zip(FIELDS, row[2:], strict=True)), row[0] in undone, boxes.get(row[0])
        )
        for row in rows
    }


def _boxes() -> dict[int, KnownBox]:
    """The box that each device lies in, by the number of the device."""
    rows = db.session.execute(
        select(KitItem.item_id, Box.code, Box.state).join(Box, Box.id == KitItem.box_id)
    ).all()
    return {row.item_id: KnownBox(row.code, row.state) for row in rows}


def owners_of(item_ids: Iterable[int]) -> set[int]:
    """The people whose kits these devices are in."""
    return {
        employee_id
        for some in portions(item_ids)
        for employee_id in db.session.scalars(
            select(Kit.employee_id)
            .join(KitItem, KitItem.kit_id == Kit.id)
            .where(KitItem.item_id.in_(some))
        )
    }


def of_which_model(item_ids: Iterable[int]) -> dict[int, tuple[ItemKind, str, int | None]]:
    """Kind, name of the model and model of the catalogue of each of these devices."""
    return {
        row.id: (row.kind, row.model, row.model_id)
        for some in portions(item_ids)
        for row in db.session.execute(
            select(Item.id, Item.kind, Item.model, Item.model_id).where(Item.id.in_(some))
        )
    }


def _undone() -> set[int]:
    """Devices that are retired because the list that brought them was undone, if only in part."""
    papers = [
        f"import:{row.id}"
        for row in db.session.execute(select(ItemImport.id, ItemImport.counts))
        if "undone" in row.counts
    ]
    if not papers:
        return set()
    return set(
        db.session.scalars(
            select(Item.id)
            .join(Holding, Holding.item_id == Item.id)
            .join(CustodyEntry, CustodyEntry.id == Holding.entry_id)
            .where(Item.state == ItemState.RETIRED, CustodyEntry.because.in_(papers))
        )
    )


def _people() -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = defaultdict(set)
    for row in db.session.execute(
        select(
            Employee.id,
            Employee.personnel_number,
            Employee.email,
            Employee.first_name,
            Employee.last_name,
        )
    ):
        names = (f"{row.first_name} {row.last_name}", f"{row.last_name} {row.first_name}")
        for text in (row.personnel_number, row.email, *names):
            if key := folded(text):
                found[key].add(row.id)
    return {key: tuple(sorted(ids)) for key, ids in found.items()}


def _places() -> dict[str, Holder]:
    found = {}
    for row in db.session.execute(
        select(Location.id, Location.code, Location.name, Location.kind)
        .where(Location.retired_at.is_(None))
        .order_by(Location.id)
    ):
        for text in (row.code, row.name):
            found[folded(text)] = Holder(HOLDER_AT[row.kind], row.id)
    return found


def _labels() -> dict[str, str]:
    return {row.code: row.name for row in db.session.execute(select(Location.code, Location.name))}


def locked_fields(item_ids: Iterable[int]) -> Sequence[Row[Any]]:
    """State and fields of these devices as they are now; nobody else changes them meanwhile."""
    return db.session.execute(
        select(Item.id, Item.state, *COLUMNS)
        .where(Item.id.in_(item_ids))
        .order_by(Item.id)
        .with_for_update()
    ).all()


def locked_words(item_ids: Iterable[int]) -> Sequence[Row[Any]]:
    """What these devices are found by; nobody else changes them before this transaction ends."""
    return db.session.execute(
        select(Item.id, *(getattr(Item, name) for name in WORDS))
        .where(Item.id.in_(item_ids))
        .order_by(Item.id)
        .with_for_update()
    ).all()


def models_by_name() -> dict[tuple[ItemKind, str], ItemModel]:
    """The catalogue of models by kind and folded name."""
    return {
        (one.kind, folded(one.name)): one
        for one in db.session.scalars(select(ItemModel).where(ItemModel.retired_at.is_(None)))
    }


def lines_of_import(
    import_id: int, *, after: int = 0, limit: int | None = None, offset: int = 0
) -> Sequence[ItemImportLine]:
    """What a list made of each device whose number is above ``after``, with the device."""
    return db.session.scalars(
        select(ItemImportLine)
        .where(ItemImportLine.import_id == import_id, ItemImportLine.item_id > after)
        .options(joinedload(ItemImportLine.item))
        .order_by(ItemImportLine.item_id)
        .limit(limit)
        .offset(offset)
    ).all()


def count_of_import(import_id: int, *, after: int = 0) -> int:
    """How many devices a list has changed or brought, of those whose number is above ``after``."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(ItemImportLine)
            .where(ItemImportLine.import_id == import_id, ItemImportLine.item_id > after)
        )
        or 0
    )


def on_the_move_since(import_id: int, item_ids: Iterable[int]) -> set[int]:
    """Of devices that a list brought, those that went elsewhere, are in a kit, or asked for.

    Asked for is what is kept for somebody, about to be passed on, or due in an open return.
    """
    return {
        item_id
        for some in portions(item_ids)
        for item_id in db.session.scalars(
            select(Holding.item_id)
            .join(CustodyEntry, CustodyEntry.id == Holding.entry_id)
            .where(
                Holding.item_id.in_(some),
                (CustodyEntry.because != f"import:{import_id}")
                | exists().where(KitItem.item_id == Holding.item_id)
                | exists().where(Reservation.item_id == Holding.item_id)
                | exists().where(TransferItem.item_id == Holding.item_id, TransferItem.is_open)
                | exists().where(ReturnLine.item_id == Holding.item_id, ReturnLine.is_open),
            )
        )
    }
