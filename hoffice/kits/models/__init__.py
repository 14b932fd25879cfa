"""Kit types, items, kits, boxes, the custody ledger, counts and returns."""

from hoffice.kits.models.catalogue import (
    BulkGood,
    ItemModel,
    KitType,
    KitTypeGood,
    KitTypeLine,
    Location,
)
from hoffice.kits.models.counting import (
    HomeCheck,
    HomeCheckLine,
    HomeCheckPerson,
    StockTake,
    StockTakeLine,
    StockTakeStranger,
)
from hoffice.kits.models.custody import (
    BulkEntry,
    BulkHolding,
    CustodyEntry,
    Holding,
    Transfer,
    TransferItem,
)
from hoffice.kits.models.records import (
    Attachment,
    ItemImport,
    ItemImportLine,
    Scan,
    Teardown,
)
from hoffice.kits.models.returning import (
    DamageCase,
    EarlierDecision,
    Return,
    ReturnLine,
)
from hoffice.kits.models.things import (
    Box,
    Item,
    Kit,
    KitGood,
    KitItem,
    Release,
    Reservation,
)

__all__ = [
    "Attachment",
    "Box",
    "BulkEntry",
    "BulkGood",
    "BulkHolding",
    "CustodyEntry",
    "DamageCase",
    "EarlierDecision",
    "Holding",
    "HomeCheck",
    "HomeCheckLine",
    "HomeCheckPerson",
    "Item",
    "ItemImport",
    "ItemImportLine",
    "ItemModel",
    "Kit",
    "KitGood",
    "KitItem",
    "KitType",
    "KitTypeGood",
    "KitTypeLine",
    "Location",
    "Release",
    "Reservation",
    "Return",
    "ReturnLine",
    "Scan",
    "StockTake",
    "StockTakeLine",
    "StockTakeStranger",
    "Teardown",
    "Transfer",
    "TransferItem",
]
