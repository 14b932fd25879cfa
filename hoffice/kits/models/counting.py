"""Stock-takes: in the house by scanning, and at home by a link."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.db import Model, Word
from hoffice.files.models import StoredFile
from hoffice.kits.models.catalogue import Location
from hoffice.kits.models.things import Item
from hoffice.kits.rules import HomeAnswer
from hoffice.people.models import Employee


class StockTake(Model):
    """One count in the house: of one location, or of everything that is there."""

    __tablename__ = "stock_take"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    """None: everything that is in the house."""
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(default="")
    discarded_at: Mapped[datetime | None]
    """Begun by mistake: it is closed and says nothing."""

    location: Mapped[Location | None] = relationship()
    lines: Mapped[list[StockTakeLine]] = relationship(
        back_populates="stock_take", order_by="StockTakeLine.item_id"
    )


class StockTakeLine(Model):
    """An item that was expected when the count began, or that was seen."""

    __tablename__ = "stock_take_line"
    __table_args__ = (
        CheckConstraint("is_expected OR seen_at IS NOT NULL", name="expected_or_seen"),
        Index(None, "item_id"),
    )

    stock_take_id: Mapped[int] = mapped_column(ForeignKey("stock_take.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    is_expected: Mapped[bool]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")

    stock_take: Mapped[StockTake] = relationship(back_populates="lines")
    item: Mapped[Item] = relationship()

    @property
    def tag(self) -> str:
        """How a list of one count names it for those who do not see it."""
        return self.item.asset_tag

    @property
    def id(self) -> int:
        """The number by which a list of one count chooses it: that of its item."""
        return self.item_id


class StockTakeStranger(Model):
    """A tag that was scanned and that nobody knows."""

    __tablename__ = "stock_take_stranger"
    __table_args__ = (UniqueConstraint("stock_take_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stock_take_id: Mapped[int] = mapped_column(ForeignKey("stock_take.id"))
    code: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]


class HomeCheck(Model):
    """A round of questions to people at home about what they have."""

    __tablename__ = "home_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    due_on: Mapped[date]
    wants_photo: Mapped[bool]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    closed_at: Mapped[datetime | None]

    people: Mapped[list[HomeCheckPerson]] = relationship(
        back_populates="check", order_by="HomeCheckPerson.employee_id"
    )


class HomeCheckPerson(Model):
    """One person who is asked; has answered once for all items."""

    __tablename__ = "home_check_person"
    __table_args__ = (UniqueConstraint("check_id", "employee_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("home_check.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]

    check: Mapped[HomeCheck] = relationship(back_populates="people")
    employee: Mapped[Employee] = relationship()
    lines: Mapped[list[HomeCheckLine]] = relationship(
        back_populates="person", order_by="HomeCheckLine.item_id"
    )


class HomeCheckLine(Model):
    """What the person says about one item."""

    __tablename__ = "home_check_line"

    person_id: Mapped[int] = mapped_column(ForeignKey("home_check_person.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    answer: Mapped[HomeAnswer | None] = mapped_column(Word(HomeAnswer))
    note: Mapped[str] = mapped_column(default="")
    photo_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    person: Mapped[HomeCheckPerson] = relationship(back_populates="lines")
    item: Mapped[Item] = relationship()
    photo_file: Mapped[StoredFile | None] = relationship()
