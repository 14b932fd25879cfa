"""Employees and their homes over time, teams, clients and projects, and the staff import."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.db import Model, Word
from hoffice.people.rules import initials
from hoffice.places.rules import Precision
from hoffice.sheets.importing import UploadedList

employee_project = Table(
    "employee_project",
    Model.metadata,
    Column("employee_id", ForeignKey("employee.id"), primary_key=True),
    Column("project_id", ForeignKey("project.id"), primary_key=True),
    sqlite_strict=True,
)


class Team(Model):
    """A team with its lead, who may have an account."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    lead_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Client(Model):
    """A firm for which people work (Auftraggeber)."""

    __tablename__ = "client"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    contact_name: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")

    projects: Mapped[list[Project]] = relationship(back_populates="client")


class Project(Model):
    """What people do for a client."""

    __tablename__ = "project"
    __table_args__ = (UniqueConstraint("client_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    name: Mapped[str]
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Nobody works on it from home before its client has said yes."""

    client: Mapped[Client] = relationship(back_populates="projects")


class Employee(Model):
    """A person with a workplace that can go home."""

    __tablename__ = "employee"
    __table_args__ = (Index(None, "last_name", "first_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    personnel_number: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    search_text: Mapped[str] = mapped_column(default="")
    """Name, number, mail, team, street and town in lower case, for the one search field."""
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    language: Mapped[str] = mapped_column(default="de")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    weekly_hours: Mapped[float | None]
    created_at: Mapped[datetime]

    team: Mapped[Team | None] = relationship()
    projects: Mapped[list[Project]] = relationship(secondary=employee_project)
    homes: Mapped[list[Home]] = relationship(
        back_populates="employee", order_by="Home.id", cascade="all, delete-orphan"
    )
    home: Mapped[Home | None] = relationship(
        primaryjoin="and_(Employee.id == Home.employee_id, Home.valid_to == None)",
        viewonly=True,
        uselist=False,
    )
    """Where the person lives now."""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        """Two letters for the round mark."""
        return initials(self.first_name, self.last_name)


class Home(Model):
    """One address of one person, as typed and as located; a new one ends the old one."""

    __tablename__ = "home"
    __table_args__ = (
        Index(
            "uq_home_current",
            "employee_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="both_or_none"),
        CheckConstraint("(precision = 'none') = (lat IS NULL)", name="point_has_precision"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    street: Mapped[str]
    housenumber: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    floor: Mapped[str] = mapped_column(default="")
    lift: Mapped[bool | None]
    bell: Mapped[str] = mapped_column(default="")
    parking: Mapped[str] = mapped_column(default="")
    access_note: Mapped[str] = mapped_column(default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    precision: Mapped[Precision] = mapped_column(Word(Precision), default=Precision.NONE)
    radius_m: Mapped[int | None]
    provider: Mapped[str] = mapped_column(default="")
    matched: Mapped[str] = mapped_column(default="", server_default="")
    """The address as the register writes it, when it was found there."""
    remarks: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """What the geocoder had to say (``places.rules.Remark``), to be shown with the address."""
    candidates: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Addresses that could be meant (``places.rules.Candidate``), until somebody has chosen."""
    located_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]

    employee: Mapped[Employee] = relationship(back_populates="homes")

    @property
    def street_line(self) -> str:
        """Street and number."""
        return f"{self.street} {self.housenumber}".strip()

    @property
    def town_line(self) -> str:
        """Postcode and town."""
        return f"{self.postcode} {self.city}".strip()

    @property
    def line(self) -> str:
        """The address in one line."""
        return ", ".join(filter(None, (self.street_line, self.town_line)))


class AtHome(Model):
    """When a person says to be at home, one span of one day."""

    __tablename__ = "at_home"
    __table_args__ = (
        UniqueConstraint("employee_id", "on_date", "start_min"),
        CheckConstraint("0 <= start_min AND start_min < end_min AND end_min <= 1440", name="span"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    on_date: Mapped[date]
    start_min: Mapped[int]
    end_min: Mapped[int]
    said_at: Mapped[datetime]


class StaffImport(UploadedList):
    """An uploaded staff list; what it changed stands in the log."""

    __tablename__ = "staff_import"

    at: Mapped[datetime] = mapped_column("created_at")
    by: Mapped[str] = mapped_column("created_by")
