"""Lists of devices that were uploaded, and the house as such a list is compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    CustodyEntry,
    Holding,
    Item,
    ItemImport,
    ItemImportLine,
    ItemModel,
    KitItem,
    Location,
    Reservation,
    TransferItem,
)
from hoffice.kits.rules import Holder, HolderKind, ItemKind, ItemState, LocationKind
from hoffice.kits.rules.item_list import FIELDS, House, KnownItem
from hoffice.people.models import Employee
from hoffice.people.staff_list.columns import folded

HOLDER_AT: Mapping[LocationKind, HolderKind] = {
    LocationKind.DESK: HolderKind.DESK,
    LocationKind.ROOM: HolderKind.DESK,
    LocationKind.SHELF: HolderKind.STOCK,
    LocationKind.REPAIR: HolderKind.REPAIR,
}
"""As whose a device counts that stands at a location."""
COLUMNS = tuple(getattr(Item, name) for name in FIELDS)


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


def item_imports_with_rows_before(moment: datetime) -> Sequence[ItemImport]:
    """Lists that came before this moment and whose rows are still there."""
    found = db.session.scalars(
        select(ItemImport).where(ItemImport.at < moment).order_by(ItemImport.id)
    )
    return [one for one in found if one.rows]


def house() -> House:
    """Everything a list of devices is compared with, in a fixed number of statements."""
    return House(known_items(), _people(), _places(), _labels())


def known_items() -> dict[str, KnownItem]:
    """Every device by its tag, as a list is compared with it."""
    undone = _undone()
    rows = db.session.execute(select(Item.id, Item.asset_tag, *COLUMNS)).all()
    return {
        row[1]: KnownItem(row[0], dict(zip(FIELDS, row[2:], strict=True)), row[0] in undone)
        for row in rows
    }


def _undone() -> set[int]:
    """Devices that are retired because the list that brought them was undone."""
    papers = [
        f"import:{number}"
        for number in db.session.scalars(
            select(ItemImport.id).where(ItemImport.undone_at.is_not(None))
        )
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


def models_by_name() -> dict[tuple[ItemKind, str], ItemModel]:
    """The catalogue of models by kind and folded name."""
    return {
        (one.kind, folded(one.name)): one
        for one in db.session.scalars(select(ItemModel).where(ItemModel.retired_at.is_(None)))
    }


def lines_of_import(
    import_id: int, *, limit: int | None = None, offset: int = 0
) -> Sequence[ItemImportLine]:
    """What a list made of each device, with the device."""
    return db.session.scalars(
        select(ItemImportLine)
        .where(ItemImportLine.import_id == import_id)
        .options(joinedload(ItemImportLine.item))
        .order_by(ItemImportLine.item_id)
        .limit(limit)
        .offset(offset)
    ).all()


def count_of_import(import_id: int) -> int:
    """How many devices a list has changed or brought."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(ItemImportLine)
            .where(ItemImportLine.import_id == import_id)
        )
        or 0
    )


def on_the_move_since(import_id: int) -> set[int]:
    """Devices that a list brought and that went somewhere since, are in a kit, or kept for one."""
    return set(
        db.session.scalars(
            select(ItemImportLine.item_id)
            .join(Holding, Holding.item_id == ItemImportLine.item_id)
            .join(CustodyEntry, CustodyEntry.id == Holding.entry_id)
            .where(
                ItemImportLine.import_id == import_id,
                (CustodyEntry.because != f"import:{import_id}")
                | exists().where(KitItem.item_id == ItemImportLine.item_id)
                | exists().where(Reservation.item_id == ItemImportLine.item_id)
                | exists().where(
                    TransferItem.item_id == ItemImportLine.item_id, TransferItem.is_open
                ),
            )
        )
    )
