"""Vans, shifts, runs, stops, promised slots, and the plans that led to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.accounts.models import Account
from hoffice.db import Model, Word
from hoffice.kits.models import Kit
from hoffice.people.models import Employee, Home
from hoffice.runs.rules import (
    OfferAnswer,
    OfferKind,
    PlanMode,
    RunState,
    StopKind,
    StopState,
    Way,
    WishState,
)


class Depot(Model):
    """Where runs begin and end."""

    __tablename__ = "depot"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    load_min_per_trip: Mapped[int] = mapped_column(default=15)


class Van(Model):
    """A van with what fits in and what it costs."""

    __tablename__ = "van"
    __table_args__ = (CheckConstraint("boxes > 0 AND litres > 0 AND kg > 0", name="capacity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    plate: Mapped[str] = mapped_column(default="")
    boxes: Mapped[int]
    litres: Mapped[int]
    kg: Mapped[int]
    crew: Mapped[int] = mapped_column(default=1)
    cost_cents_per_day: Mapped[int] = mapped_column(default=0)
    cost_cents_per_km: Mapped[int] = mapped_column(default=0)
    cost_cents_per_hour: Mapped[int] = mapped_column(default=0)
    co2_g_per_km: Mapped[int | None]
    """Grams of CO2 a kilometre: field V.7 of the registration certificate; None if unknown."""
    retired_at: Mapped[datetime | None]


class Shift(Model):
    """A van with its crew on one day."""

    __tablename__ = "shift"
    __table_args__ = (
        UniqueConstraint("van_id", "on_date"),
        CheckConstraint("0 <= start_min AND start_min < end_min AND end_min <= 1440", name="span"),
        CheckConstraint("max_work_min <= 600", name="working_time_act"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    van_id: Mapped[int] = mapped_column(ForeignKey("van.id"))
    on_date: Mapped[date] = mapped_column(index=True)
    start_min: Mapped[int]
    end_min: Mapped[int]
    max_work_min: Mapped[int] = mapped_column(default=480)
    """Working time in minutes: 8 h as a rule, never more than 10 h (ArbZG § 3)."""
    driver_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    crew_note: Mapped[str] = mapped_column(default="")
    off_at: Mapped[datetime | None]
    """Since when the van does not drive on this day; None as long as it does."""
    booked_at: Mapped[datetime | None]
    """Since when the van is booked, so that people can choose; plans for them may use the day."""

    van: Mapped[Van] = relationship()
    driver: Mapped[Account | None] = relationship()
    run: Mapped[Run | None] = relationship(back_populates="shift", uselist=False)


class Plan(Model):
    """One answer of the planner, with the question, so that it can be checked again."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    problem: Mapped[dict[str, Any]]
    answer: Mapped[dict[str, Any] | None]
    travel: Mapped[dict[str, Any] | None]
    """Where the travel times came from and how sure they are (``planning.plan.Travel``)."""
    mode: Mapped[PlanMode] = mapped_column(Word(PlanMode), default=PlanMode.EVERYTHING)
    is_cut_short: Mapped[bool] = mapped_column(default=False)
    """The search was stopped by hand; the answer is the best plan until then."""
    advice: Mapped[list[Any] | None]
    """What would help, as the planner has worked it out (``planning.advice``)."""
    job_id: Mapped[int | None]
    taken_at: Mapped[datetime | None]
    """When its routes became runs."""


class Run(Model):
    """A shift with stops in order."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), unique=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    state: Mapped[RunState] = mapped_column(Word(RunState), default=RunState.DRAFT)
    start_min: Mapped[int]
    end_min: Mapped[int]
    distance_m: Mapped[int]
    work_min: Mapped[int]
    breaks: Mapped[list[Any]]
    """Pairs of minutes after midnight."""
    fixed_at: Mapped[datetime | None]
    """Since when no plan may change this run any more; its stops may still be driven."""
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    shift: Mapped[Shift] = relationship(back_populates="run")
    stops: Mapped[list[Stop]] = relationship(back_populates="run", order_by="Stop.position")


class Timetable(Model):
    """One row that counts every change of runs and promises; whoever changes them locks it."""

    __tablename__ = "timetable"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)


class Stop(Model):
    """One door: what goes in, what comes back, when."""

    __tablename__ = "stop"
    __table_args__ = (
        CheckConstraint("(run_id IS NULL) = (position IS NULL)", name="a_place_in_the_run_or_none"),
        UniqueConstraint("run_id", "position"),
        Index(
            "uq_stop_open",
            "kit_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'promised', 'loaded', 'under_way')"),
            postgresql_where=text("state IN ('proposed', 'promised', 'loaded', 'under_way')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    kit_id: Mapped[int] = mapped_column(ForeignKey("kit.id"), index=True)
    home_id: Mapped[int] = mapped_column(ForeignKey("home.id"))
    kind: Mapped[StopKind] = mapped_column(Word(StopKind), default=StopKind.DELIVER)
    state: Mapped[StopState] = mapped_column(Word(StopState), default=StopState.PROPOSED)
    way: Mapped[Way] = mapped_column(Word(Way), default=Way.VAN)
    service_min: Mapped[int]
    crew: Mapped[int] = mapped_column(default=1)
    """How many people are needed at the door."""
    priority: Mapped[int] = mapped_column(default=1)
    """The higher is left out last."""
    fixed_at: Mapped[datetime | None]
    """Since when no plan may take this stop out of its run any more."""
    invited_at: Mapped[datetime | None]
    """Since when the person may choose among offered windows."""
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), index=True)
    position: Mapped[int | None]
    trip: Mapped[int] = mapped_column(default=1)
    """Which tour of the day: the van may come back and load again."""
    arrive_min: Mapped[int | None]
    start_min: Mapped[int | None]
    leave_min: Mapped[int | None]
    failure: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    employee: Mapped[Employee] = relationship()
    kit: Mapped[Kit] = relationship()
    home: Mapped[Home] = relationship()
    run: Mapped[Run | None] = relationship(back_populates="stops")
    slot: Mapped[Slot | None] = relationship(
        primaryjoin="and_(Stop.id == Slot.stop_id, Slot.withdrawn_at == None)",
        viewonly=True,
        uselist=False,
    )
    booking: Mapped[Booking | None] = relationship(
        primaryjoin="and_(Stop.id == Booking.stop_id, Booking.withdrawn_at == None)",
        viewonly=True,
        uselist=False,
    )
    parcel: Mapped[Parcel | None] = relationship(viewonly=True, uselist=False)

    @property
    def employee_name(self) -> str:
        """Who is meant, where a list names its rows."""
        return self.employee.name


class Slot(Model):
    """A window promised to a person: one per stop, and each place in a shift once."""

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint("0 <= start_min AND start_min < end_min AND end_min <= 1440", name="span"),
        Index(
            "uq_slot_stop",
            "stop_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(
            "uq_slot_seat",
            "shift_id",
            "seat",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    seat: Mapped[int]
    """The place in the shift, counted from 1; two people cannot get the same one."""
    start_min: Mapped[int]
    end_min: Mapped[int]
    promised_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    shift: Mapped[Shift] = relationship()


class SlotOffer(Model):
    """A window that somebody was offered, what it would cost, and what became of it."""

    __tablename__ = "slot_offer"
    __table_args__ = (
        CheckConstraint("0 <= start_min AND start_min < end_min AND end_min <= 1440", name="span"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id"), index=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    kind: Mapped[OfferKind] = mapped_column(Word(OfferKind), default=OfferKind.CHOICE)
    round: Mapped[int] = mapped_column(default=1)
    """The first three windows are round 1, the three after a no to all of them round 2."""
    start_min: Mapped[int]
    end_min: Mapped[int]
    detour_s: Mapped[int] = mapped_column(default=0)
    detour_m: Mapped[int] = mapped_column(default=0)
    offered_at: Mapped[datetime]
    offered_by: Mapped[str]
    answer: Mapped[OfferAnswer | None] = mapped_column(Word(OfferAnswer))
    answered_at: Mapped[datetime | None]

    stop: Mapped[Stop] = relationship()
    shift: Mapped[Shift] = relationship()


class SlotWish(Model):
    """A time that somebody insists on; a dispatcher decides, knowing the price."""

    __tablename__ = "slot_wish"
    __table_args__ = (
        CheckConstraint("0 <= start_min AND start_min < end_min AND end_min <= 1440", name="span"),
        Index(
            "uq_slot_wish_open",
            "stop_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id"), index=True)
    on_date: Mapped[date]
    start_min: Mapped[int]
    end_min: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    said_at: Mapped[datetime]
    state: Mapped[WishState] = mapped_column(Word(WishState), default=WishState.OPEN)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    answer: Mapped[str] = mapped_column(default="")
    """What the person was told."""

    stop: Mapped[Stop] = relationship()


class Counter(Model):
    """Hours in which kits are handed out at the office."""

    __tablename__ = "counter"
    __table_args__ = (
        UniqueConstraint("on_date", "start_min"),
        CheckConstraint("0 <= start_min AND start_min < end_min AND end_min <= 1440", name="span"),
        CheckConstraint("start_min % 15 = 0 AND end_min % 15 = 0", name="quarters"),
        CheckConstraint("places > 0", name="places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    on_date: Mapped[date] = mapped_column(index=True)
    start_min: Mapped[int]
    end_min: Mapped[int]
    places: Mapped[int]
    """How many people may come in one quarter of an hour."""
    note: Mapped[str] = mapped_column(default="")


class Booking(Model):
    """A quarter of an hour at the counter, kept for one person."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("start_min % 15 = 0", name="quarter"),
        Index(
            "uq_booking_stop",
            "stop_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(
            "uq_booking_seat",
            "counter_id",
            "start_min",
            "seat",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    start_min: Mapped[int]
    seat: Mapped[int]
    """Which of the places of this quarter, counted from 1."""
    booked_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    counter: Mapped[Counter] = relationship()
    stop: Mapped[Stop] = relationship()


class Parcel(Model):
    """A kit that goes by post: who carries it, and under which number."""

    __tablename__ = "parcel"

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id"), unique=True)
    carrier: Mapped[str]
    number: Mapped[str]
    posted_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]

    stop: Mapped[Stop] = relationship()
