"""Kit types, items, kits, boxes and the custody ledger.

An item is in one kit at most and has one holder at most: both are constraints. The ledger is
append-only (triggers); the present holder is one row, written together with the ledger's line.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.db import Model, Word
from hoffice.kits.rules import BoxState, HolderKind, ItemKind, ItemState
from hoffice.people.models import Employee


class KitType(Model):
    """A catalogue entry: what a workplace of this type consists of."""

    __tablename__ = "kit_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    retired_at: Mapped[datetime | None]

    lines: Mapped[list[KitTypeLine]] = relationship(
        back_populates="kit_type", order_by="KitTypeLine.id", cascade="all, delete-orphan"
    )


class KitTypeLine(Model):
    """So many items of one kind, packed in the box with this number."""

    __tablename__ = "kit_type_line"
    __table_args__ = (
        CheckConstraint("count > 0", name="count"),
        CheckConstraint("box_no > 0", name="box_no"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kit_type_id: Mapped[int] = mapped_column(ForeignKey("kit_type.id"), index=True)
    kind: Mapped[ItemKind] = mapped_column(Word(ItemKind))
    count: Mapped[int]
    box_no: Mapped[int] = mapped_column(default=1)

    kit_type: Mapped[KitType] = relationship(back_populates="lines")


class Item(Model):
    """One device with its tag."""

    __tablename__ = "item"
    __table_args__ = (Index(None, "kind", "state"), Index(None, "serial"))

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_tag: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ItemKind] = mapped_column(Word(ItemKind))
    model: Mapped[str] = mapped_column(default="")
    serial: Mapped[str] = mapped_column(default="")
    condition: Mapped[str] = mapped_column(default="")
    state: Mapped[ItemState] = mapped_column(Word(ItemState), default=ItemState.IN_STOCK)
    litres: Mapped[int] = mapped_column(default=0)
    weight_g: Mapped[int] = mapped_column(default=0)
    is_fragile: Mapped[bool] = mapped_column(default=False)
    value_cents: Mapped[int] = mapped_column(default=0)
    bought_on: Mapped[date | None]
    warranty_until: Mapped[date | None]
    created_at: Mapped[datetime]

    kit_item: Mapped[KitItem | None] = relationship(back_populates="item", uselist=False)
    holding: Mapped[Holding | None] = relationship(back_populates="item", uselist=False)


class Kit(Model):
    """The real set of items for one person."""

    __tablename__ = "kit"
    __table_args__ = (
        Index(
            "uq_kit_current",
            "employee_id",
            unique=True,
            sqlite_where=text("dissolved_at IS NULL"),
            postgresql_where=text("dissolved_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    kit_type_id: Mapped[int] = mapped_column(ForeignKey("kit_type.id"))
    created_at: Mapped[datetime]
    dissolved_at: Mapped[datetime | None]

    employee: Mapped[Employee] = relationship()
    kit_type: Mapped[KitType] = relationship()
    kit_items: Mapped[list[KitItem]] = relationship(
        back_populates="kit", order_by="KitItem.item_id", cascade="all, delete-orphan"
    )
    boxes: Mapped[list[Box]] = relationship(
        back_populates="kit", order_by="Box.number", cascade="all, delete-orphan"
    )

    @property
    def items(self) -> list[Item]:
        """The items of this kit."""
        return [row.item for row in self.kit_items]


class KitItem(Model):
    """An item's place in its kit and box; the primary key allows one kit per item only."""

    __tablename__ = "kit_item"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    kit_id: Mapped[int] = mapped_column(ForeignKey("kit.id"), index=True)
    box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"), index=True)

    item: Mapped[Item] = relationship(back_populates="kit_item")
    kit: Mapped[Kit] = relationship(back_populates="kit_items")
    box: Mapped[Box | None] = relationship(back_populates="kit_items")


class Release(Model):
    """All gates were open: these boxes may go. Written by ``gates`` only, never changed."""

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    kit_id: Mapped[int] = mapped_column(ForeignKey("kit.id"), index=True)
    released_at: Mapped[datetime]
    released_by: Mapped[str]
    gates: Mapped[str]
    """Canonical JSON: which gates were asked and what they answered."""


class Box(Model):
    """One box of a kit; on the van only with a release."""

    __tablename__ = "box"
    __table_args__ = (
        UniqueConstraint("kit_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint(
            "state IN ('open', 'packed', 'returned') OR release_id IS NOT NULL",
            name="leaves_only_released",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kit_id: Mapped[int] = mapped_column(ForeignKey("kit.id"), index=True)
    number: Mapped[int]
    code: Mapped[str] = mapped_column(unique=True)
    state: Mapped[BoxState] = mapped_column(Word(BoxState), default=BoxState.OPEN)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    packed_at: Mapped[datetime | None]
    loaded_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]

    kit: Mapped[Kit] = relationship(back_populates="boxes")
    kit_items: Mapped[list[KitItem]] = relationship(
        back_populates="box", order_by="KitItem.item_id"
    )
    release: Mapped[Release | None] = relationship()


class CustodyEntry(Model):
    """One line of the ledger: from whom to whom, when, by whom, by which paper. Append-only."""

    __tablename__ = "custody_entry"
    __table_args__ = (
        Index(None, "item_id", "id"),
        Index(None, "to_kind", "to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    from_kind: Mapped[HolderKind | None] = mapped_column(Word(HolderKind))
    from_id: Mapped[int | None]
    to_kind: Mapped[HolderKind] = mapped_column(Word(HolderKind))
    to_id: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    because: Mapped[str]
    """The paper or deed, such as ``handover:12``."""


class Holding(Model):
    """Who has the item now; the primary key allows one holder only."""

    __tablename__ = "holding"
    __table_args__ = (Index(None, "holder_kind", "holder_id"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    holder_kind: Mapped[HolderKind] = mapped_column(Word(HolderKind))
    holder_id: Mapped[int]
    since: Mapped[datetime]
    entry_id: Mapped[int] = mapped_column(ForeignKey("custody_entry.id"), unique=True)

    item: Mapped[Item] = relationship(back_populates="holding")
