"""The employee's way home in six steps: which is done, which is next, and whose turn it is.

Pure: standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class StepKey(StrEnum):
    """The steps, in the order of the page."""

    ADDRESS = "address"
    TIMES = "times"
    PAPERS = "papers"
    COPY = "copy"
    DELIVERY = "delivery"
    RECEIPT = "receipt"


class StepState(StrEnum):
    """Where a step stands, in the words of the page's macro."""

    DONE = "done"
    NOW = "now"
    LATER = "later"


class Delivery(StrEnum):
    """What the person may know of the way of her boxes."""

    NONE = "none"
    PROMISED = "promised"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the steps are computed from."""

    address_confirmed: bool
    has_times: bool
    has_pack: bool
    papers_waiting: int
    papers_declined: int
    papers_elsewhere: int = 0
    """Papers that wait for a file signed elsewhere, such as with ink."""
    copy_is_asked: bool = False
    """Whether it is asked to confirm that the copies of the papers have come."""
    delivery: Delivery
    receipt_is_open: bool
    receipt_is_done: bool
    is_to_choose: bool = False
    """Windows wait for her choice: the times at home alone do not do."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step; ``is_mine`` says that the employee has something to do here, now or later."""

    key: StepKey
    state: StepState
    is_mine: bool = True


def steps(facts: Facts) -> tuple[Step, ...]:
    """The six steps; at most one is ``now``, the first that the employee can do at once."""
    is_open = facts.papers_waiting + facts.papers_declined + facts.papers_elsewhere
    has_signed = facts.has_pack and not is_open
    done = {
        StepKey.ADDRESS: facts.address_confirmed,
        StepKey.TIMES: (facts.has_times and not facts.is_to_choose)
        or facts.delivery in {Delivery.PROMISED, Delivery.UNDER_WAY, Delivery.DELIVERED},
        StepKey.PAPERS: has_signed,
        StepKey.COPY: has_signed and not facts.copy_is_asked,
        StepKey.DELIVERY: facts.delivery is Delivery.DELIVERED,
        StepKey.RECEIPT: facts.receipt_is_done and not facts.receipt_is_open,
    }
    possible = {
        StepKey.ADDRESS: True,
        StepKey.TIMES: True,
        StepKey.PAPERS: facts.papers_waiting > 0,
        StepKey.COPY: facts.copy_is_asked,
        StepKey.DELIVERY: False,
        StepKey.RECEIPT: facts.receipt_is_open,
    }
    current = next((key for key in StepKey if not done[key] and possible[key]), None)
    return tuple(
        Step(
            key,
            StepState.DONE if done[key] else StepState.NOW if key is current else StepState.LATER,
            is_mine=key is not StepKey.DELIVERY,
        )
        for key in StepKey
    )


def left(found: Iterable[Step]) -> int:
    """How many steps the employee still has to do."""
    return sum(step.is_mine and step.state is not StepState.DONE for step in found)


WINDOWS = ((8 * 60, 12 * 60), (12 * 60, 16 * 60), (16 * 60, 20 * 60))
"""The spans of a day that can be ticked, in minutes after midnight."""
DAYS_OFFERED = 10
SATURDAY = 5

Span = tuple[date, int, int]


def days_offered(today: date) -> tuple[date, ...]:
    """The next working days, from tomorrow on."""
    days = (today + timedelta(days=ahead) for ahead in range(1, 2 * DAYS_OFFERED))
    return tuple(day for day in days if day.weekday() < SATURDAY)[:DAYS_OFFERED]


def spans_in(values: Iterable[str], offered: Iterable[date]) -> list[Span]:
    """The spans that a form has ticked, such as ``2026-11-24 480-720``; others are left out."""
    known = {span_value((day, *window)): (day, *window) for day in offered for window in WINDOWS}
    return [known[value] for value in dict.fromkeys(values) if value in known]


def span_value(span: Span) -> str:
    """How a form names a span."""
    day, start_min, end_min = span
    return f"{day.isoformat()} {start_min}-{end_min}"


def is_ticked(span: Span, said: Iterable[Span]) -> bool:
    """Whether a span lies in what the person has said; neighbours are stored as one."""
    day, start_min, end_min = span
    return any(on == day and start <= start_min and end_min <= end for on, start, end in said)
