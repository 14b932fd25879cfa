"""Visits at the door item by item, and the employee's own receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.db import Model, Word
from hoffice.files.models import StoredFile
from hoffice.handover.rules import FailureReason, ItemOutcome, ReceiptAnswer, VisitOutcome
from hoffice.kits.models import Item
from hoffice.people.models import Employee
from hoffice.runs.models import Stop


class Handover(Model):
    """One visit; a stop has one, whatever comes of it."""

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint(
            "(outcome = 'failed') = (failure IS NOT NULL)", name="a_failure_has_a_reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id"), unique=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    outcome: Mapped[VisitOutcome] = mapped_column(Word(VisitOutcome))
    failure: Mapped[FailureReason | None] = mapped_column(Word(FailureReason))
    note: Mapped[str] = mapped_column(default="")
    received_by: Mapped[str] = mapped_column(default="")
    """Who took the boxes at the door, as said there."""
    strokes: Mapped[list[Any]]
    """The signature at the door, as in agreements; may be empty."""
    by: Mapped[str]
    at: Mapped[datetime]
    record_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    """The handover record as a PDF; made anew once the receipt is there."""

    stop: Mapped[Stop] = relationship()
    employee: Mapped[Employee] = relationship()
    record_file: Mapped[StoredFile | None] = relationship()
    lines: Mapped[list[HandoverLine]] = relationship(
        back_populates="handover", order_by="HandoverLine.item_id"
    )
    receipt: Mapped[Receipt | None] = relationship(back_populates="handover", uselist=False)


class HandoverLine(Model):
    """What the driver said about one item."""

    __tablename__ = "handover_line"

    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    outcome: Mapped[ItemOutcome] = mapped_column(Word(ItemOutcome))
    note: Mapped[str] = mapped_column(default="")

    handover: Mapped[Handover] = relationship(back_populates="lines")
    item: Mapped[Item] = relationship()


class Receipt(Model):
    """The employee's own word on what has arrived; given once per visit."""

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"), unique=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    confirmed_at: Mapped[datetime]

    handover: Mapped[Handover] = relationship(back_populates="receipt")
    lines: Mapped[list[ReceiptLine]] = relationship(
        back_populates="receipt", order_by="ReceiptLine.item_id"
    )


class ReceiptLine(Model):
    """The employee's answer about one item."""

    __tablename__ = "receipt_line"
    __table_args__ = (UniqueConstraint("receipt_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    answer: Mapped[ReceiptAnswer] = mapped_column(Word(ReceiptAnswer))
    note: Mapped[str] = mapped_column(default="")

    receipt: Mapped[Receipt] = relationship(back_populates="lines")
    item: Mapped[Item] = relationship()
