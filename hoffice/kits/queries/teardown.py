"""Reading scans, what a code is known as, and desks that are torn down."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select

from hoffice.db import db
from hoffice.kits.models import Box, BulkGood, Item, ItemModel, Location, Scan
from hoffice.kits.rules.reading import Known, capitals


def scan(scan_id: str) -> Scan | None:
    """The scan with this number, when it was accepted."""
    return db.session.get(Scan, scan_id)


def known_as(spellings: Collection[str]) -> Known:
    """What the tables have under these texts: a fixed number of statements, each by an index."""
    words = sorted({*spellings, *(word.lower() for word in spellings)} - {""})
    if not words:
        return Known()
    tags = select(Item.asset_tag, Item.id).where(Item.asset_tag.in_(words))
    boxes = select(Box.code, Box.id).where(Box.code.in_(words))
    places = select(Location.code, Location.id).where(
        Location.code.in_(words), Location.retired_at.is_(None)
    )
    serials: dict[str, tuple[int, ...]] = {}
    for serial, item_id in db.session.execute(
        select(Item.serial, Item.id).where(Item.serial.in_(words)).order_by(Item.id)
    ):
        serials[capitals(serial)] = (*serials.get(capitals(serial), ()), item_id)
    models = select(ItemModel.ean, ItemModel.id).where(
        ItemModel.ean.in_(words), ItemModel.ean != "", ItemModel.retired_at.is_(None)
    )
    goods = select(BulkGood.ean, BulkGood.id).where(
        BulkGood.ean.in_(words), BulkGood.ean != "", BulkGood.retired_at.is_(None)
    )
    patterns = select(ItemModel.id, ItemModel.serial_pattern).where(
        ItemModel.serial_pattern != "", ItemModel.retired_at.is_(None)
    )
    return Known(
        tags=_numbers(tags),
        serials=serials,
        boxes=_numbers(boxes),
        places=_numbers(places),
        models=_bare(_numbers(models)),
        goods=_bare(_numbers(goods)),
        patterns=tuple((row[0], row[1]) for row in db.session.execute(patterns)),
    )


def _numbers(wanted: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def _bare(articles: dict[str, int]) -> dict[str, int]:
    return {ean.lstrip("0"): number for ean, number in articles.items()}
