"""The custody ledger: who had what, who has it, and what passes from hand to hand.

The ledger is append-only (triggers). The present holder of an item is one row, written together
with the line: the primary key allows one holder only.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.db import Model, Word
from hoffice.kits.models.catalogue import BulkGood
from hoffice.kits.models.things import Item
from hoffice.kits.rules import HolderKind
from hoffice.people.models import Employee


class CustodyEntry(Model):
    """One line of the ledger: from whom to whom, when, by whom, by which paper. Append-only.

    A correction is a new line that names the one it corrects and counts from the same moment;
    ``recorded_at`` tells when it was written.
    """

    __tablename__ = "custody_entry"
    __table_args__ = (
        Index(None, "item_id", "at", "id", "recorded_at", "to_kind", "to_id"),
        Index(None, "to_kind", "to_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    from_kind: Mapped[HolderKind | None] = mapped_column(Word(HolderKind))
    from_id: Mapped[int | None]
    to_kind: Mapped[HolderKind] = mapped_column(Word(HolderKind))
    to_id: Mapped[int]
    at: Mapped[datetime]
    """From when on it is so."""
    recorded_at: Mapped[datetime]
    by: Mapped[str]
    because: Mapped[str]
    """The paper or deed, such as ``handover:12``."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    """Why a line was corrected, in somebody's words."""
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("custody_entry.id"), unique=True)
    """The line in whose place this one counts."""


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


class BulkEntry(Model):
    """So many of a bulk good went from one holder to another. Append-only."""

    __tablename__ = "bulk_entry"
    __table_args__ = (
        CheckConstraint("count > 0", name="count"),
        Index(None, "good_id", "at"),
        Index(None, "to_kind", "to_id", "at"),
        Index(None, "from_kind", "from_id", "at"),
        Index(None, "because"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    good_id: Mapped[int] = mapped_column(ForeignKey("bulk_good.id"))
    from_kind: Mapped[HolderKind | None] = mapped_column(Word(HolderKind))
    """Nobody when it came into the house."""
    from_id: Mapped[int | None]
    to_kind: Mapped[HolderKind] = mapped_column(Word(HolderKind))
    to_id: Mapped[int]
    count: Mapped[int]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    by: Mapped[str]
    because: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    """Why a count was corrected, in somebody's words."""


class BulkHolding(Model):
    """How many of a bulk good somebody has now; never less than none."""

    __tablename__ = "bulk_holding"
    __table_args__ = (
        CheckConstraint("count >= 0", name="count"),
        Index(None, "holder_kind", "holder_id"),
    )

    good_id: Mapped[int] = mapped_column(ForeignKey("bulk_good.id"), primary_key=True)
    holder_kind: Mapped[HolderKind] = mapped_column(Word(HolderKind), primary_key=True)
    holder_id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]

    good: Mapped[BulkGood] = relationship()


class Transfer(Model):
    """Items that pass from one person to another: it counts when both have said so."""

    __tablename__ = "transfer"
    __table_args__ = (CheckConstraint("from_id <> to_id", name="two_people"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[str]
    given_at: Mapped[datetime | None]
    """When the giver said that it was handed over."""
    taken_at: Mapped[datetime | None]
    """When the receiver said that it has come."""
    ended_at: Mapped[datetime | None]
    """Done, declined or withdrawn."""
    declined_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")

    giver: Mapped[Employee] = relationship(foreign_keys=[from_id])
    receiver: Mapped[Employee] = relationship(foreign_keys=[to_id])
    lines: Mapped[list[TransferItem]] = relationship(
        back_populates="transfer", order_by="TransferItem.item_id"
    )


class TransferItem(Model):
    """One item of a transfer; an item is in one open transfer at most."""

    __tablename__ = "transfer_item"
    __table_args__ = (
        Index(
            "uq_transfer_item_open",
            "item_id",
            unique=True,
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
    )

    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    is_open: Mapped[bool]

    transfer: Mapped[Transfer] = relationship(back_populates="lines")
    item: Mapped[Item] = relationship()
