"""What has happened to devices, row by row, for files: transfers, counts, returns, photos."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select
from sqlalchemy.orm import aliased, contains_eager

from hoffice.db import Model, db
from hoffice.files.models import StoredFile
from hoffice.kits.models import (
    Attachment,
    Box,
    BulkEntry,
    BulkGood,
    BulkHolding,
    CustodyEntry,
    DamageCase,
    HomeCheck,
    HomeCheckLine,
    HomeCheckPerson,
    Item,
    ItemModel,
    Kit,
    KitTypeGood,
    KitTypeLine,
    Location,
    Return,
    ReturnLine,
    StockTake,
    StockTakeLine,
    StockTakeStranger,
    Transfer,
    TransferItem,
)
from hoffice.kits.queries.exports import in_pieces
from hoffice.people.models import Employee


def transfer_rows() -> Iterator[Any]:
    """Every device that was passed on, or that somebody wanted to pass on."""
    giver, receiver = aliased(Employee), aliased(Employee)
    return in_pieces(
        select(
            Transfer,
            Item.asset_tag,
        )
        .join(giver, giver.id == Transfer.from_id)
        .join(receiver, receiver.id == Transfer.to_id)
        .join(TransferItem, TransferItem.transfer_id == Transfer.id)
        .join(Item, Item.id == TransferItem.item_id)
        .options(
            contains_eager(Transfer.giver.of_type(giver)),
            contains_eager(Transfer.receiver.of_type(receiver)),
        )
        .order_by(Transfer.id, Item.asset_tag)
    )


_OF_A_COUNT = (
    StockTake.id,
    StockTake.name,
    Location.name.label("location"),
    StockTake.opened_at,
    StockTake.closed_at,
    StockTake.discarded_at,
)
"""What every line of a stock-take says of the whole of it."""


def count_rows() -> Iterator[Any]:
    """Every device of every stock-take: expected, seen, when and by whom."""
    return in_pieces(
        select(
            *_OF_A_COUNT,
            Item.asset_tag,
            StockTakeLine.is_expected,
            StockTakeLine.seen_at,
            StockTakeLine.seen_by,
            StockTakeLine.note,
        )
        .join(StockTakeLine, StockTakeLine.stock_take_id == StockTake.id)
        .join(Item, Item.id == StockTakeLine.item_id)
        .outerjoin(Location, Location.id == StockTake.location_id)
        .order_by(StockTake.id, Item.asset_tag)
    )


def stranger_rows() -> Iterator[Any]:
    """What was scanned in a stock-take and nobody knows."""
    return in_pieces(
        select(
            *_OF_A_COUNT,
            StockTakeStranger.code,
            StockTakeStranger.at,
            StockTakeStranger.by,
        )
        .join(StockTakeStranger, StockTakeStranger.stock_take_id == StockTake.id)
        .outerjoin(Location, Location.id == StockTake.location_id)
        .order_by(StockTake.id, StockTakeStranger.id)
    )


def home_check_rows() -> Iterator[Any]:
    """Every device that somebody at home was asked about; what is not sent in yet stays hers."""
    return in_pieces(
        select(
            HomeCheck.id,
            HomeCheck.name,
            HomeCheck.due_on,
            Employee.first_name,
            Employee.last_name,
            Employee.personnel_number,
            Item.asset_tag,
            HomeCheckLine.answer,
            HomeCheckLine.note,
            HomeCheckLine.photo_file_id.is_not(None).label("has_photo"),
            HomeCheckPerson.reminded_at,
            HomeCheckPerson.answered_at,
        )
        .join(HomeCheckPerson, HomeCheckPerson.check_id == HomeCheck.id)
        .join(Employee, Employee.id == HomeCheckPerson.employee_id)
        .join(HomeCheckLine, HomeCheckLine.person_id == HomeCheckPerson.id)
        .join(Item, Item.id == HomeCheckLine.item_id)
        .order_by(HomeCheck.id, Employee.last_name, Employee.first_name, Item.asset_tag)
    )


def return_rows() -> Iterator[Any]:
    """Every thing of every return: what was expected, what came, and what became of it."""
    return in_pieces(
        select(
            Return,
            Employee.first_name,
            Employee.last_name,
            Employee.personnel_number,
            Item.asset_tag,
            BulkGood.name.label("good"),
            ReturnLine,
        )
        .join(Employee, Employee.id == Return.employee_id)
        .outerjoin(ReturnLine, ReturnLine.return_id == Return.id)
        .outerjoin(Item, Item.id == ReturnLine.item_id)
        .outerjoin(BulkGood, BulkGood.id == ReturnLine.good_id)
        .order_by(Return.id, ReturnLine.id)
    )


def case_rows() -> Iterator[Any]:
    """Every loss and damage."""
    return in_pieces(
        select(
            DamageCase,
            Item.asset_tag,
            BulkGood.name.label("good"),
            Employee.first_name,
            Employee.last_name,
            Employee.personnel_number,
        )
        .outerjoin(Item, Item.id == DamageCase.item_id)
        .outerjoin(BulkGood, BulkGood.id == DamageCase.good_id)
        .outerjoin(Employee, Employee.id == DamageCase.employee_id)
        .order_by(DamageCase.id)
    )


def attachment_rows() -> Iterator[Any]:
    """Every photo and paper that was not removed, with its file."""
    return in_pieces(
        select(Attachment, StoredFile)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
        .where(Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
    )


def attachment_size() -> tuple[int, int]:
    """How many photos and papers there are, and how many bytes they take together."""
    found = db.session.execute(
        select(func.count(), func.coalesce(func.sum(StoredFile.size), 0))
        .select_from(Attachment)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
        .where(Attachment.removed_at.is_(None))
    ).one()
    return found[0], found[1]


def tags_with_files() -> dict[int, str]:
    """The tags of the devices about which there is a photo or paper."""
    subject = literal("item:") + cast(Item.id, String)
    return {
        row[0]: row[1]
        for row in db.session.execute(
            select(Item.id, Item.asset_tag).join(Attachment, Attachment.subject == subject)
        ).all()
    }


def codes_of_locations() -> dict[int, str]:
    """The label of every location."""
    return {row[0]: row[1] for row in db.session.execute(select(Location.id, Location.code)).all()}


def lengths() -> dict[str, int]:
    """How many lines each table has, in one statement."""
    counts = _counts()
    found = db.session.execute(select(*(one.scalar_subquery() for one in counts.values()))).one()
    return dict(zip(counts, found, strict=True))


def _counts() -> dict[str, Select[int]]:
    one_each = {
        "devices": Item,
        "kits": Kit,
        "boxes": Box,
        "ledger": CustodyEntry,
        "models": ItemModel,
        "locations": Location,
        "parts": BulkGood,
        "parts-ledger": BulkEntry,
        "transfers": TransferItem,
        "home-checks": HomeCheckLine,
        "returns": ReturnLine,
        "cases": DamageCase,
    }
    counted = {key: select(func.count()).select_from(table) for key, table in one_each.items()}
    return counted | {
        "files": select(func.count())
        .select_from(Attachment)
        .where(Attachment.removed_at.is_(None)),
        "parts-held": select(func.count()).select_from(BulkHolding).where(BulkHolding.count > 0),
        "types": _sum_of(KitTypeLine, KitTypeGood),
        "counts": _sum_of(StockTakeLine, StockTakeStranger),
    }


def _sum_of(*tables: type[Model]) -> Select[int]:
    counts = [select(func.count()).select_from(table).scalar_subquery() for table in tables]
    return select(sum(counts[1:], counts[0]))
