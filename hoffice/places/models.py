"""The address register, what online providers answered, and legs of vans."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.db import Model


class RegisterSource(Model):
    """Where addresses come from, such as the official register of a state."""

    __tablename__ = "register_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    """A short name of our own: ``berlin``, ``brandenburg``, ``osm``, or the file's name."""
    kind: Mapped[str]
    """Which reader understood the file, see ``sources``."""
    credit: Mapped[str] = mapped_column(default="")
    """The words that the licence asks for."""
    rank: Mapped[int] = mapped_column(SmallInteger)
    """Whose point is believed when several sources know a house: the smallest wins."""


class RegisterEdition(Model):
    """One import of one source. Its houses are seen once it is the current one, never before."""

    __tablename__ = "register_edition"
    __table_args__ = (
        Index(
            "uq_register_edition_current",
            "source_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("register_source.id"), index=True)
    is_current: Mapped[bool] = mapped_column(default=False)
    file_names: Mapped[str]
    houses: Mapped[int] = mapped_column(default=0)
    points: Mapped[int] = mapped_column(default=0)
    """How many of the houses have a point."""
    began_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    made_by: Mapped[str]

    source: Mapped[RegisterSource] = relationship()


class RegisterStreet(Model):
    """A street within one postcode, town and district."""

    __tablename__ = "register_street"
    __table_args__ = (
        UniqueConstraint("key", "postcode", "city_key", "district"),
        Index(None, "postcode"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    """The normalised name: ``sonnenallee``, ``karlmarxstrasse``."""
    name: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    city_key: Mapped[str]
    district: Mapped[str] = mapped_column(default="")


class RegisterHouse(Model):
    """A house number in one edition of one source.

    Points are whole microdegrees (0.11 m): half the size of a float, and exact enough for a door.
    """

    __tablename__ = "register_house"
    __table_args__ = (
        CheckConstraint("(lat_e6 IS NULL) = (lon_e6 IS NULL)", name="both_or_none"),
        {"sqlite_with_rowid": False},
    )

    street_id: Mapped[int] = mapped_column(ForeignKey("register_street.id"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("register_edition.id"), primary_key=True)
    lat_e6: Mapped[int | None]
    lon_e6: Mapped[int | None]


class StreetAlias(Model):
    """Another name of a street, old or new, entered by hand; those we know are shipped."""

    __tablename__ = "street_alias"
    __table_args__ = (UniqueConstraint("old_key", "new_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    old_name: Mapped[str]
    old_key: Mapped[str]
    new_name: Mapped[str]
    new_key: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class OnlineAnswer(Model):
    """What an online provider answered to one address; asked once, kept for good."""

    __tablename__ = "online_answer"
    __table_args__ = (UniqueConstraint("provider", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str]
    question: Mapped[str]
    """The address that left the house, normalised; never a name."""
    answer: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime]


class OnlineTurn(Model):
    """When a provider may be asked next, agreed upon by every process of the house."""

    __tablename__ = "online_turn"

    provider: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[datetime]


class KeptLegs(Model):
    """The legs from one place that a road engine has worked out.

    One row for each place of departure: 150 × 150 legs are read in 4 ms, of which one row each
    would take 35. How ``legs`` is packed stands in ``service.legs``.
    """

    __tablename__ = "kept_legs"
    __table_args__ = ({"sqlite_with_rowid": False},)

    engine: Mapped[str] = mapped_column(primary_key=True)
    """Which engine with which map."""
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The place, its coordinates rounded to five digits (1 m), as one number."""
    legs: Mapped[str]
    changed_at: Mapped[datetime]


class DrivenLeg(Model):
    """A leg that one of our vans has driven: what the model said and what it took."""

    __tablename__ = "driven_leg"
    __table_args__ = (
        UniqueConstraint("reference"),
        CheckConstraint("model_min > 0 AND driven_min > 0", name="positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str]
    """What it was, such as ``stop:12``; the same leg teaches only once."""
    model_min: Mapped[float]
    """Minutes of the embedded model without any factor."""
    driven_min: Mapped[float]
    driven_at: Mapped[datetime]
