"""What would help: larger vans, one more van on a day, one more hour. Nothing is said unbuilt.

Each variant is really built by our own builder, from the plan as it is and anew, and compared with
what the same builder makes of the problem as it stands: what tidying up alone would bring is
nobody's advice. The engine may still find more.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from hoffice.errors import N_

from .assembly import routes_of
from .board import Routes
from .builder import build, refine
from .frame import Frame, Legs
from .plan import Plan
from .problem import MAX_WORK_MIN, Amount, Problem, Shift, Van

MOST_STOPS: Final = 300
"""Larger plans are not built again just to see."""

DATES: Final = 4
"""So many days are tried for one more van or hour: those on which most people left out could be
visited."""

MORE_BOXES: Final = (2, 4, 6)
HOUR: Final = 60
LAST_MINUTE: Final = 24 * 60 - 1
EXTRA_VAN: Final = "+1"
BUILD_SHARE: Final = 0.5
"""At most so much of the time that is left goes into one variant."""


class Kind(StrEnum):
    """What would help."""

    LARGER_VAN = "larger_van"
    MORE_VANS = "more_vans"
    LONGER_DAY = "longer_day"
    LONGER_DAYS = "longer_days"


LARGER_VAN_SERVES: Final = N_(
    "With room for %(boxes)s boxes in each van: stops served %(after)s instead of %(before)s"
)
LARGER_VAN_SAVES: Final = N_(
    "With room for %(boxes)s boxes in each van: van-days %(after)s instead of %(before)s"
)
MORE_VANS_SERVE: Final = N_(
    "With one more van on %(date)s: stops served %(after)s instead of %(before)s"
)
LONGER_DAY_SERVES: Final = N_(
    "With one more hour on %(date)s: stops served %(after)s instead of %(before)s"
)
LONGER_DAYS_SERVE: Final = N_(
    "With one more hour on every day: stops served %(after)s instead of %(before)s"
)
LONGER_DAYS_SAVE: Final = N_(
    "With one more hour on every day: van-days %(after)s instead of %(before)s"
)


@dataclass(frozen=True)
class Advice:
    """One thing that would help: an English text with places, and the figures that belong there.

    ``before`` and ``after`` are what our own builder makes of the problem and of the variant.
    """

    kind: Kind
    text: str
    facts: Mapping[str, Any]

    @property
    def sentence(self) -> str:
        """In English, as it is."""
        return self.text % self.facts


@dataclass(frozen=True)
class _Variant:
    """Another problem, and how its success would be told."""

    kind: Kind
    problem: Problem
    facts: Mapping[str, Any]
    serves: str
    saves: str | None = None


@dataclass(frozen=True)
class _Result:
    served: int
    van_days: int

    def is_better_than(self, other: _Result) -> bool:
        """More people, or as many on fewer van-days."""
        return (self.served, -self.van_days) > (other.served, -other.van_days)


def advice(problem: Problem, legs: Legs, plan: Plan, *, deadline_s: float) -> tuple[Advice, ...]:
    """What would help this plan, the most helpful first; nothing for plans of more than 300 stops.

    No new variant is begun after ``deadline_s`` seconds, so that some that would help may be
    missing. Each kind of help is said once, for days at most the best two.
    """
    until = time.perf_counter() + deadline_s
    if not problem.stops or len(problem.stops) > MOST_STOPS or not problem.shifts:
        return ()
    frame = Frame(problem, legs)
    now = routes_of(frame, plan)
    before = _best(frame, now, until)
    if before is None:
        return ()
    found: list[tuple[tuple[int, int], Advice]] = []
    for variant in _variants(problem, plan):
        if any(advice.kind is variant.kind is Kind.LARGER_VAN for _, advice in found):
            continue
        after = _best(Frame(variant.problem, legs), now, until)
        if after is None:
            break
        said = _said(variant, before, after)
        if said is not None:
            gain = (after.served - before.served, before.van_days - after.van_days)
            found.append((gain, said))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(_few(advice for _, advice in found))


def _few(ranked: Iterator[Advice]) -> Iterator[Advice]:
    """Each kind twice at most."""
    seen: Counter[Kind] = Counter()
    for one in ranked:
        seen[one.kind] += 1
        if seen[one.kind] <= 2:  # noqa: PLR2004  # twice
            yield one


def _best(frame: Frame, now: Routes, until: float) -> _Result | None:
    """What the builder makes of it, from the plan as it is and anew; None if time is up."""
    results = []
    for way in ("refine", "build"):
        begin = time.perf_counter()
        if begin >= until:
            return None
        by = begin + BUILD_SHARE * (until - begin)
        routes = refine(frame, now, until=by) if way == "refine" else build(frame, until=by)
        if time.perf_counter() >= by:
            return None  # half a variant is none
        results.append(
            _Result(
                sum(len(trip) for trips in routes.values() for trip in trips),
                sum(any(trips) for trips in routes.values()),
            )
        )
    return max(results, key=lambda result: (result.served, -result.van_days))


def _said(variant: _Variant, before: _Result, after: _Result) -> Advice | None:
    if not after.is_better_than(before):
        return None
    if after.served > before.served:
        figures = {"before": before.served, "after": after.served}
        return Advice(variant.kind, variant.serves, {**variant.facts, **figures})
    if variant.saves is None:
        return None
    figures = {"before": before.van_days, "after": after.van_days}
    return Advice(variant.kind, variant.saves, {**variant.facts, **figures})


def _variants(problem: Problem, plan: Plan) -> Iterator[_Variant]:
    days = _wanted_days(problem, plan)
    for day in days:
        yield from _one_more_van(problem, day)
    for day in days:
        yield from _longer(problem, day)
    yield from _larger_vans(problem)
    yield from _longer(problem, None)


def _wanted_days(problem: Problem, plan: Plan) -> list[date]:
    """The days of the problem on which most people left out could be visited."""
    driven = sorted({shift.day for shift in problem.shifts})
    wishes: Counter[date] = Counter()
    for left in plan.unplanned:
        windows = problem.stop[left.id].windows
        wishes.update({window.day for window in windows} if windows else driven[:1])
    ranked = sorted(driven, key=lambda day: (-wishes[day], day))
    return [day for day in ranked if wishes[day]][:DATES]


def _one_more_van(problem: Problem, day: date) -> Iterator[_Variant]:
    """The like of the first van that drives that day."""
    like = next(shift for shift in problem.shifts if shift.day == day)
    van = replace(problem.van[like.van], id=f"{like.van}{EXTRA_VAN}")
    if van.id in problem.van:
        return
    start = min(shift.start for shift in problem.shifts if shift.day == day)
    extra = Shift(van.id, day, start, like.end, like.max_work_min)
    more = replace(problem, vans=(*problem.vans, van), shifts=(*problem.shifts, extra))
    yield _Variant(Kind.MORE_VANS, more, {"date": day.isoformat()}, MORE_VANS_SERVE)


def _longer(problem: Problem, day: date | None) -> Iterator[_Variant]:
    """An hour later home on one day, or on all; the ten hours of the law hold."""
    most = MAX_WORK_MIN - problem.rules.max_overtime_min
    shifts = tuple(
        replace(
            shift,
            end=min(LAST_MINUTE, shift.end + HOUR),
            max_work_min=max(shift.max_work_min, min(most, shift.max_work_min + HOUR)),
        )
        if day in (None, shift.day)
        else shift
        for shift in problem.shifts
    )
    longer = replace(problem, shifts=shifts)
    if day is None:
        yield _Variant(Kind.LONGER_DAYS, longer, {}, LONGER_DAYS_SERVE, LONGER_DAYS_SAVE)
    else:
        yield _Variant(Kind.LONGER_DAY, longer, {"date": day.isoformat()}, LONGER_DAY_SERVES)


def _larger_vans(problem: Problem) -> Iterator[_Variant]:
    """Every van at least so large, the smallest that helps is enough."""
    driving = {shift.van for shift in problem.shifts}
    smallest = min(problem.van[van].capacity.boxes for van in driving)
    if not smallest:
        return
    for more in MORE_BOXES:
        boxes = smallest + more
        larger = replace(problem, vans=tuple(_at_least(van, boxes) for van in problem.vans))
        facts = {"boxes": boxes}
        yield _Variant(Kind.LARGER_VAN, larger, facts, LARGER_VAN_SERVES, LARGER_VAN_SAVES)


def _at_least(van: Van, boxes: int) -> Van:
    """The van with room for so many boxes, litres and kilos in step."""
    if not 0 < van.capacity.boxes < boxes:
        return van
    factor = boxes / van.capacity.boxes
    capacity = Amount(boxes, round(van.capacity.litres * factor), round(van.capacity.kg * factor))
    return replace(van, capacity=capacity)
