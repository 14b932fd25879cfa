"""What is due back, how it came, and what was lost or broken."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.db import Model, Word
from hoffice.kits.models.catalogue import BulkGood
from hoffice.kits.models.things import Item, Kit
from hoffice.kits.rules import (
    AfterCheck,
    DamageKind,
    ReturnOutcome,
    ReturnReason,
    WhoPays,
    WipeMethod,
)
from hoffice.people.models import Employee


class Return(Model):
    """What one person has to give back, and how far that is."""

    __tablename__ = "kit_return"

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    kit_id: Mapped[int | None] = mapped_column(ForeignKey("kit.id"))
    reason: Mapped[ReturnReason] = mapped_column(Word(ReturnReason))
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(default="")

    employee: Mapped[Employee] = relationship()
    kit: Mapped[Kit | None] = relationship()
    lines: Mapped[list[ReturnLine]] = relationship(
        back_populates="kit_return", order_by="ReturnLine.id"
    )


class ReturnLine(Model):
    """One item, or so many of a bulk good: expected back, come back, and what becomes of it."""

    __tablename__ = "return_line"
    __table_args__ = (
        CheckConstraint("(item_id IS NULL) <> (good_id IS NULL)", name="one_thing"),
        CheckConstraint("expected >= 0 AND came >= 0", name="counts"),
        CheckConstraint("(wiped_at IS NULL) = (wipe_method IS NULL)", name="a_wipe_has_a_method"),
        Index(
            "uq_return_line_open_item",
            "item_id",
            unique=True,
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("kit_return.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    good_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_good.id"))
    expected: Mapped[int]
    """How many were handed over; 0 for what came along without having been expected."""
    came: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[ReturnOutcome | None] = mapped_column(Word(ReturnOutcome))
    came_at: Mapped[datetime | None]
    condition: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    wipe_method: Mapped[WipeMethod | None] = mapped_column(Word(WipeMethod))
    wiped_at: Mapped[datetime | None]
    wiped_by: Mapped[str] = mapped_column(default="")
    after: Mapped[AfterCheck | None] = mapped_column(Word(AfterCheck))
    """What becomes of it, once somebody has looked at it."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    is_open: Mapped[bool]
    kit_id: Mapped[int | None] = mapped_column(ForeignKey("kit.id"))
    """The kit it was taken out of when it came, so that a slip can be taken back."""
    box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"))
    """And the box."""
    looked: Mapped[str] = mapped_column(default="")
    """How it looked by the books before it came."""

    kit_return: Mapped[Return] = relationship(back_populates="lines")
    item: Mapped[Item | None] = relationship()
    good: Mapped[BulkGood | None] = relationship()


class DamageCase(Model):
    """A loss or a damage of a device, or of so many small parts: its value, and who bears it."""

    __tablename__ = "damage_case"
    __table_args__ = (
        CheckConstraint("(item_id IS NULL) <> (good_id IS NULL)", name="one_thing"),
        CheckConstraint("count > 0 AND (count = 1 OR item_id IS NULL)", name="count"),
        CheckConstraint("value_cents >= 0 AND amount_cents >= 0", name="amounts"),
        CheckConstraint("(decided_at IS NULL) = (who_pays IS NULL)", name="decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    good_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_good.id"), index=True)
    count: Mapped[int] = mapped_column(default=1)
    """How many of the small part; what was found again since is taken off."""
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"), index=True)
    """Who had it."""
    return_line_id: Mapped[int | None] = mapped_column(ForeignKey("return_line.id"))
    kind: Mapped[DamageKind] = mapped_column(Word(DamageKind))
    found_at: Mapped[datetime]
    found_by: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    value_cents: Mapped[int]
    """What all of it was worth when it happened."""
    who_pays: Mapped[WhoPays | None] = mapped_column(Word(WhoPays))
    amount_cents: Mapped[int] = mapped_column(default=0)
    """What the person is asked to pay; 0 unless she is."""
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")

    item: Mapped[Item | None] = relationship()
    good: Mapped[BulkGood | None] = relationship()
    employee: Mapped[Employee | None] = relationship()
    earlier: Mapped[list[EarlierDecision]] = relationship(order_by="EarlierDecision.id")
    """What was decided before the case was opened again."""

    @property
    def name(self) -> str:
        """What it is about, as people call it: the tag of a device, or how many of what."""
        if self.item is not None:
            return self.item.asset_tag
        return f"{self.count}\xa0×\xa0{self.good.name}" if self.good is not None else ""


class EarlierDecision(Model):
    """A decision that counts no longer, because its case was opened again."""

    __tablename__ = "earlier_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("damage_case.id"), index=True)
    who_pays: Mapped[WhoPays] = mapped_column(Word(WhoPays))
    amount_cents: Mapped[int]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    reopened_at: Mapped[datetime]
    reopened_by: Mapped[str]
    reopened_because: Mapped[str]
