"""The catalogue: models of devices, bulk goods, kit types in versions, and locations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.db import Model, Word
from hoffice.kits.rules import ItemKind, LocationKind


class ItemModel(Model):
    """A model of a device: what every item of it has in common.

    An item copies these facts when it is taken in; a later change does not touch it.
    """

    __tablename__ = "item_model"
    __table_args__ = (
        UniqueConstraint("kind", "name"),
        CheckConstraint("litres >= 0 AND weight_g >= 0 AND value_cents >= 0", name="sizes"),
        CheckConstraint("warranty_months >= 0", name="warranty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ItemKind] = mapped_column(Word(ItemKind))
    name: Mapped[str]
    """Maker and model, such as "Dell P2422H"."""
    ean: Mapped[str] = mapped_column(default="", index=True)
    """The number under the bar code on its carton (GTIN); empty when not known."""
    serial_pattern: Mapped[str] = mapped_column(default="")
    """How its serial numbers look, as in :mod:`hoffice.kits.rules.patterns`; empty for any."""
    litres: Mapped[int] = mapped_column(default=0)
    weight_g: Mapped[int] = mapped_column(default=0)
    is_fragile: Mapped[bool] = mapped_column(default=False)
    warranty_months: Mapped[int] = mapped_column(default=0)
    value_cents: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


class BulkGood(Model):
    """Something counted, not named one by one: cables, adapters, cheap headsets."""

    __tablename__ = "bulk_good"
    __table_args__ = (
        CheckConstraint("litres >= 0 AND weight_g >= 0 AND value_cents >= 0", name="sizes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    ean: Mapped[str] = mapped_column(default="", index=True)
    litres: Mapped[int] = mapped_column(default=0)
    weight_g: Mapped[int] = mapped_column(default=0)
    value_cents: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


class KitType(Model):
    """One version of a catalogue entry: what a workplace of this type consists of.

    A kit points to the version it was made from and so keeps what it was; a change of the entry
    is a new row of the same series.
    """

    __tablename__ = "kit_type"
    __table_args__ = (
        UniqueConstraint("series", "version"),
        Index(
            "uq_kit_type_name",
            "name",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("version > 0", name="version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="", server_default="")
    """For whom it is, such as "Agent"."""
    series: Mapped[str]
    """The same in all versions of an entry."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    superseded_at: Mapped[datetime | None]
    """Since when a newer version is offered instead."""
    retired_at: Mapped[datetime | None]

    lines: Mapped[list[KitTypeLine]] = relationship(
        back_populates="kit_type", order_by="KitTypeLine.id", cascade="all, delete-orphan"
    )
    goods: Mapped[list[KitTypeGood]] = relationship(
        back_populates="kit_type", order_by="KitTypeGood.id", cascade="all, delete-orphan"
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
    model_id: Mapped[int | None] = mapped_column(ForeignKey("item_model.id"))
    """The usual model; any other of the kind will do."""

    kit_type: Mapped[KitType] = relationship(back_populates="lines")
    model: Mapped[ItemModel | None] = relationship()


class KitTypeGood(Model):
    """So many of a bulk good, packed in the box with this number."""

    __tablename__ = "kit_type_good"
    __table_args__ = (
        UniqueConstraint("kit_type_id", "good_id", "box_no"),
        CheckConstraint("count > 0", name="count"),
        CheckConstraint("box_no > 0", name="box_no"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kit_type_id: Mapped[int] = mapped_column(ForeignKey("kit_type.id"), index=True)
    good_id: Mapped[int] = mapped_column(ForeignKey("bulk_good.id"))
    count: Mapped[int]
    box_no: Mapped[int] = mapped_column(default=1)

    kit_type: Mapped[KitType] = relationship(back_populates="goods")
    good: Mapped[BulkGood] = relationship()


class Location(Model):
    """A desk, a shelf of the store, a room or a repair shop; has a label of its own."""

    __tablename__ = "location"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    """What its label says, such as ``L00012``."""
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[LocationKind] = mapped_column(Word(LocationKind))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
