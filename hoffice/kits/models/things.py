"""Items, kits and boxes.

An item is in one kit at most: a constraint.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.db import Model, Word
from hoffice.kits.models.catalogue import BulkGood, KitType
from hoffice.kits.rules import BoxState, HolderKind, ItemKind, ItemState
from hoffice.kits.rules.searching import item_text
from hoffice.people.models import Employee

if TYPE_CHECKING:
    from hoffice.kits.models.custody import Holding


def _search_text(context: DefaultExecutionContext) -> str:
    """Of the row that is being inserted, one by one or many at once."""
    row = context.get_current_parameters()  # type: ignore[no-untyped-call]  # it has no types
    return item_text(*(row.get(name) or "" for name in ("asset_tag", "serial", "model", "note")))


class Item(Model):
    """One device with its tag."""

    __tablename__ = "item"
    __table_args__ = (
        Index(None, "kind", "state"),
        Index(None, "serial"),
        Index(None, "warranty_until"),
    )

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
    model_id: Mapped[int | None] = mapped_column(ForeignKey("item_model.id"), index=True)
    note: Mapped[str] = mapped_column(default="", server_default="")
    is_to_check: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """It came back, and nobody has said yet whether it is stock, a case for repair, or done for."""
    search_text: Mapped[str] = mapped_column(default=_search_text, server_default="")
    """Tag, serial, model and note in lower case, for the one search field; keeps itself true."""
    created_at: Mapped[datetime]

    kit_item: Mapped[KitItem | None] = relationship(back_populates="item", uselist=False)
    holding: Mapped[Holding | None] = relationship(back_populates="item", uselist=False)
    reservation: Mapped[Reservation | None] = relationship(
        back_populates="item", uselist=False, foreign_keys="Reservation.item_id"
    )


@event.listens_for(Item, "before_update")
def _keep_search_text(_mapper: Any, _connection: Any, item: Item) -> None:
    """What was changed is found by its new words."""
    found = item_text(item.asset_tag, item.serial, item.model, item.note)
    if item.search_text != found:
        item.search_text = found


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
    goods: Mapped[list[KitGood]] = relationship(
        back_populates="kit", order_by="KitGood.id", cascade="all, delete-orphan"
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


class KitGood(Model):
    """So many of a bulk good in a kit and its box, and who has them.

    While they lie in the store nobody else gets them from there.
    """

    __tablename__ = "kit_good"
    __table_args__ = (
        UniqueConstraint("kit_id", "good_id", "box_id"),
        CheckConstraint("count > 0", name="count"),
        Index(None, "good_id", "holder_kind", "holder_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kit_id: Mapped[int] = mapped_column(ForeignKey("kit.id"), index=True)
    good_id: Mapped[int] = mapped_column(ForeignKey("bulk_good.id"))
    box_id: Mapped[int] = mapped_column(ForeignKey("box.id"), index=True)
    count: Mapped[int]
    holder_kind: Mapped[HolderKind] = mapped_column(Word(HolderKind), default=HolderKind.STOCK)
    holder_id: Mapped[int] = mapped_column(default=0)

    kit: Mapped[Kit] = relationship(back_populates="goods")
    good: Mapped[BulkGood] = relationship()
    box: Mapped[Box] = relationship(back_populates="goods")


class Reservation(Model):
    """An item kept for one person, such as a replacement; nobody else gets it from stock."""

    __tablename__ = "reservation"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), unique=True)
    """The item in whose place it will go."""
    at: Mapped[datetime]
    by: Mapped[str]

    item: Mapped[Item] = relationship(back_populates="reservation", foreign_keys=[item_id])
    replaces: Mapped[Item | None] = relationship(foreign_keys=[replaces_id])
    employee: Mapped[Employee] = relationship()


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
    goods: Mapped[list[KitGood]] = relationship(back_populates="box", order_by="KitGood.id")
    release: Mapped[Release | None] = relationship()
