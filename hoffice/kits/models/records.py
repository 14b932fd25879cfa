"""What was scanned, photographed and imported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.db import Model, Word
from hoffice.files.models import StoredFile
from hoffice.kits.models.catalogue import Location
from hoffice.kits.models.things import Item, Kit
from hoffice.kits.rules import AttachmentKind
from hoffice.sheets.importing import UploadedList


class Teardown(Model):
    """One desk that is torn down into one kit."""

    __tablename__ = "teardown"

    id: Mapped[int] = mapped_column(primary_key=True)
    kit_id: Mapped[int] = mapped_column(ForeignKey("kit.id"), unique=True)
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    """The desk, where it has a label."""
    begun_at: Mapped[datetime]
    begun_by: Mapped[str] = mapped_column(index=True)
    done_at: Mapped[datetime | None]

    kit: Mapped[Kit] = relationship()
    location: Mapped[Location | None] = relationship()


class Scan(Model):
    """One scan that was accepted; the device's own number lets it count once only."""

    __tablename__ = "scan"
    __table_args__ = (Index(None, "subject"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """A UUID that the scanning device made; sent again, it is answered as the first time."""
    subject: Mapped[str]
    """What it belongs to, such as ``teardown:12`` or ``stock_take:3``."""
    code: Mapped[str]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[str]


class Attachment(Model):
    """A photo or a paper about an item, a kit or a location."""

    __tablename__ = "attachment"
    __table_args__ = (Index(None, "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    """Such as ``item:12``, ``kit:3``."""
    kind: Mapped[AttachmentKind] = mapped_column(Word(AttachmentKind))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    by: Mapped[str]
    removed_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship()


class ItemImport(UploadedList):
    """An uploaded list of items, and what became of it."""

    __tablename__ = "item_import"

    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(default="")

    lines: Mapped[list[ItemImportLine]] = relationship(
        back_populates="item_import", order_by="ItemImportLine.item_id"
    )


class ItemImportLine(Model):
    """What an import made of one item; what it was before lets it be undone."""

    __tablename__ = "item_import_line"

    import_id: Mapped[int] = mapped_column(ForeignKey("item_import.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    before: Mapped[dict[str, Any] | None]
    """None: the import has made the item."""
    after: Mapped[dict[str, Any]]

    item_import: Mapped[ItemImport] = relationship(back_populates="lines")
    item: Mapped[Item] = relationship()
