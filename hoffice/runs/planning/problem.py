"""The problem: which stops, which vans on which days, and what must hold (docs/plan-format.md)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hoffice.errors import N_

from .shape import MINUTES_PER_DAY, Fields, Malformed, Node, clock_text

VERSION: Final = 1
MAX_WORK_MIN: Final = 600
"""Nobody works longer than ten hours a day. Source: § 3 ArbZG."""

MOST_STOPS: Final = 20_000
MOST_VANS: Final = 1_000
MOST_SHIFTS: Final = 10_000
MOST_WINDOWS: Final = 1_000
MOST_CREW: Final = 20
MOST_LOAD: Final = 1_000_000
MOST_CENTS: Final = 100_000_000
MOST_PRIORITY: Final = 1_000_000
MOST_MINUTES: Final = 100_000
MOST_KM: Final = 100_000
"""What is more than this is a slip of the pen, and would only be planned wrongly or for ever."""


class Kind(StrEnum):
    """What a stop is for; the amounts say what it takes and brings."""

    DELIVER = "deliver"
    PICKUP = "pickup"
    SWAP = "swap"


class Point(NamedTuple):
    """WGS84, degrees."""

    lat: float
    lon: float


@dataclass(frozen=True)
class Amount:
    """A load in the three dimensions in which a van can be full."""

    boxes: int = 0
    litres: int = 0
    kg: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.boxes + other.boxes, self.litres + other.litres, self.kg + other.kg)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.boxes - other.boxes, self.litres - other.litres, self.kg - other.kg)

    def over(self, capacity: Amount) -> dict[str, int]:
        """By how much this load exceeds a capacity, only in the dimensions that burst."""
        excess = self - capacity
        return {name: amount for name, amount in vars(excess).items() if amount > 0}


@dataclass(frozen=True)
class Depot:
    """Where vans start, load again and end."""

    id: str
    at: Point
    load_min_per_trip: float


@dataclass(frozen=True)
class Van:
    """What a van carries, how many people ride along and what it costs."""

    id: str
    capacity: Amount
    crew: int = 1
    cost_cents_per_day: float = 0
    cost_cents_per_km: float = 0
    cost_cents_per_hour: float = 0


@dataclass(frozen=True)
class Span:
    """From one minute of the day to another."""

    start: int
    end: int


@dataclass(frozen=True)
class Begun:
    """Where a shift stands that is already under way."""

    at: int
    position: Point
    worked_min: float
    breaks: tuple[Span, ...] = ()
    on_board: tuple[str, ...] = ()
    is_order_fixed: bool = False


@dataclass(frozen=True)
class Shift:
    """One van on one day; ``key`` is how plans and locks name it."""

    van: str
    day: date
    start: int
    end: int
    max_work_min: int
    begun: Begun | None = None

    @property
    def key(self) -> tuple[str, date]:
        """Van and day: there is one shift for each pair at most."""
        return self.van, self.day


@dataclass(frozen=True)
class Window:
    """When service may start: any minute from ``start`` to ``end``, both included."""

    day: date
    start: int
    end: int


@dataclass(frozen=True)
class Lock:
    """Bound to one shift; positions put the locked stops of a shift in an order."""

    van: str
    day: date
    position: int | None = None


@dataclass(frozen=True)
class Stop:
    """One visit at one door."""

    id: str
    kind: Kind
    at: Point
    out: Amount
    back: Amount
    service_min: float
    crew: int = 1
    priority: float = 1
    required: bool = False
    windows: tuple[Window, ...] = ()
    lock: Lock | None = None


@dataclass(frozen=True)
class Matrices:
    """Full matrices: depot, stops in their order, then one index for each begun shift."""

    minutes: tuple[tuple[float, ...], ...]
    km: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Rules:
    """Which law of breaks holds and how much overtime may be planned."""

    breaks: str | None = "ArbZG"
    max_overtime_min: int = 0


@dataclass(frozen=True)
class Problem:
    """Everything a planner may know; two equal problems have the same ``sha256``."""

    timezone: str
    depot: Depot
    vans: tuple[Van, ...]
    shifts: tuple[Shift, ...]
    stops: tuple[Stop, ...]
    travel: str | Matrices = "default"
    rules: Rules = field(default_factory=Rules)

    @cached_property
    def van(self) -> Mapping[str, Van]:
        """The vans by their id."""
        return {van.id: van for van in self.vans}

    @cached_property
    def stop(self) -> Mapping[str, Stop]:
        """The stops by their id."""
        return {stop.id: stop for stop in self.stops}

    @cached_property
    def shift(self) -> Mapping[tuple[str, date], Shift]:
        """The shifts by van and day."""
        return {shift.key: shift for shift in self.shifts}

    @cached_property
    def sha256(self) -> str:
        """The fingerprint of the canonical JSON: sorted keys, no spaces, defaults written out."""
        canonical = json.dumps(
            write(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return hashlib.sha256(canonical.encode()).hexdigest()

    def points(self) -> tuple[Point, ...]:
        """The places in the order of the matrices: depot, stops, vans under way."""
        under_way = (shift.begun.position for shift in self.shifts if shift.begun)
        return (self.depot.at, *(stop.at for stop in self.stops), *under_way)

    def limit_min(self, shift: Shift) -> int:
        """The longest work of a shift, planned overtime included."""
        return shift.max_work_min + self.rules.max_overtime_min


def read(value: object) -> Problem:
    """The problem in a parsed JSON file; ``Malformed`` names the first place that is wrong."""
    fields = Node(value).fields()
    if fields["version"].whole() != VERSION:
        raise fields["version"].bad(N_("this program reads version %(version)s"), version=VERSION)
    zone = fields["timezone"]
    try:
        ZoneInfo(zone.text())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise zone.bad(N_("there is no such time zone")) from None
    depot = _depot(fields["depot"].fields())
    vans = tuple(_van(node.fields()) for node in fields["vans"].items(MOST_VANS))
    shifts = tuple(_shift(node.fields()) for node in fields["shifts"].items(MOST_SHIFTS))
    stops = tuple(_stop(node.fields()) for node in fields["stops"].items(MOST_STOPS))
    rules = _rules(fields.get("rules", {}).fields())
    points = 1 + len(stops) + sum(shift.begun is not None for shift in shifts)
    travel = _travel(fields.get("travel", {"model": "default"}).fields(), points)
    fields.close()
    problem = Problem(zone.text(), depot, vans, shifts, stops, travel, rules)
    _refuse_contradictions(problem)
    return problem


def _depot(fields: Fields) -> Depot:
    depot = Depot(
        fields.get("id", "depot").text(),
        _point(fields),
        fields.get("load_min_per_trip", 0).number(0, MINUTES_PER_DAY),
    )
    fields.close()
    return depot


def _point(fields: Fields) -> Point:
    return Point(fields["lat"].number(-90, 90), fields["lon"].number(-180, 180))


def _amount(fields: Fields, *, complete: bool) -> Amount:
    names = ("boxes", "litres", "kg")
    numbers = [
        (fields[name] if complete else fields.get(name, 0)).whole(0, MOST_LOAD) for name in names
    ]
    fields.close()
    return Amount(*numbers)


def _van(fields: Fields) -> Van:
    van = Van(
        fields["id"].text(),
        _amount(fields["capacity"].fields(), complete=True),
        fields.get("crew", 1).whole(1, MOST_CREW),
        fields.get("cost_cents_per_day", 0).number(0, MOST_CENTS),
        fields.get("cost_cents_per_km", 0).number(0, MOST_CENTS),
        fields.get("cost_cents_per_hour", 0).number(0, MOST_CENTS),
    )
    fields.close()
    return van


def _span(fields: Fields) -> Span:
    start, end = fields["start"].clock(), fields["end"]
    if end.clock() < start:
        raise end.bad(N_("the end lies before the start"))
    return Span(start, end.clock())


def _shift(fields: Fields) -> Shift:
    span = _span(fields)
    begun = fields.get("begun")
    shift = Shift(
        fields["van"].text(),
        fields["date"].day(),
        span.start,
        span.end,
        fields["max_work_min"].whole(),
        None if begun.is_null else _begun(begun.fields()),
    )
    fields.close()
    return shift


def _begun(fields: Fields) -> Begun:
    breaks = []
    for node in fields.get("breaks", []).items():
        pause = node.fields()
        breaks.append(_span(pause))
        pause.close()
    begun = Begun(
        fields["at"].clock(),
        _point(fields),
        fields["worked_min"].number(0, MINUTES_PER_DAY),
        tuple(sorted(breaks, key=lambda span: span.start)),
        tuple(node.text() for node in fields.get("on_board", []).items()),
        fields.get("order", "free").choice("fixed", "free") == "fixed",
    )
    fields.close()
    return begun


def _stop(fields: Fields) -> Stop:
    lock = fields.get("lock")
    stop = Stop(
        fields["id"].text(),
        Kind(fields["kind"].choice(*Kind)),
        _point(fields),
        _amount(fields.get("out", {}).fields(), complete=False),
        _amount(fields.get("back", {}).fields(), complete=False),
        fields["service_min"].number(0, MINUTES_PER_DAY),
        fields.get("crew", 1).whole(0, MOST_CREW),
        fields.get("priority", 1).number(-MOST_PRIORITY, MOST_PRIORITY),
        fields.get("required", default=False).flag(),
        tuple(_window(node.fields()) for node in fields.get("windows", []).items(MOST_WINDOWS)),
        None if lock.is_null else _lock(lock.fields()),
    )
    fields.close()
    return stop


def _window(fields: Fields) -> Window:
    span = _span(fields)
    window = Window(fields["date"].day(), span.start, span.end)
    fields.close()
    return window


def _lock(fields: Fields) -> Lock:
    position = fields.get("position")
    lock = Lock(
        fields["van"].text(),
        fields["date"].day(),
        None if position.is_null else position.whole(0, MOST_STOPS),
    )
    fields.close()
    return lock


def _rules(fields: Fields) -> Rules:
    breaks = fields.get("breaks", "ArbZG")
    rules = Rules(
        None if breaks.is_null else breaks.choice("ArbZG"),
        fields.get("max_overtime_min", 0).whole(0, MAX_WORK_MIN),
    )
    fields.close()
    return rules


def _travel(fields: Fields, points: int) -> str | Matrices:
    if fields.get("minutes").is_null:
        model = fields["model"].text()
        fields.close()
        return model
    matrices = Matrices(
        _matrix(fields["minutes"], points, MOST_MINUTES), _matrix(fields["km"], points, MOST_KM)
    )
    fields.close()
    return matrices


def _matrix(node: Node, points: int, most: int) -> tuple[tuple[float, ...], ...]:
    rows = tuple(tuple(cell.number(0, most) for cell in row.items()) for row in node.items())
    if len(rows) != points or any(len(row) != points for row in rows):
        raise node.bad(
            N_("a full matrix of %(points)s × %(points)s numbers is expected here"), points=points
        )
    return rows


def _refuse_contradictions(problem: Problem) -> None:
    """What each part alone cannot see: ids that clash or point nowhere, and the ten hours."""
    _refuse_doubles("vans", [van.id for van in problem.vans])
    _refuse_doubles("stops", [stop.id for stop in problem.stops])
    _refuse_doubles("shifts", [shift.key for shift in problem.shifts])
    aboard = Counter(
        stop for shift in problem.shifts if shift.begun for stop in shift.begun.on_board
    )
    for index, shift in enumerate(problem.shifts):
        _refuse_shift(problem, shift, f"shifts[{index}]")
        if shift.begun:
            _refuse_begun(problem, shift.begun, aboard, f"shifts[{index}].begun")
    for index, stop_ in enumerate(problem.stops):
        lock = stop_.lock
        if lock and (lock.van, lock.day) not in problem.shift:
            raise Malformed(
                f"stops[{index}].lock",
                N_("van %(van)s has no shift on %(date)s"),
                van=lock.van,
                date=lock.day.isoformat(),
            )


def _refuse_shift(problem: Problem, shift: Shift, path: str) -> None:
    if shift.van not in problem.van:
        raise Malformed(f"{path}.van", N_("there is no van %(van)s"), van=shift.van)
    if problem.limit_min(shift) > MAX_WORK_MIN:
        raise Malformed(
            f"{path}.max_work_min",
            N_("%(minutes)s minutes of work with overtime; the law allows %(most)s (§ 3 ArbZG)"),
            minutes=problem.limit_min(shift),
            most=MAX_WORK_MIN,
        )
    midnight = datetime.combine(shift.day, time(), ZoneInfo(problem.timezone))
    begin, end = shift.begun.at if shift.begun else shift.start, shift.end
    first = (midnight + timedelta(minutes=min(begin, shift.start))).replace(fold=0).utcoffset()
    last = (midnight + timedelta(minutes=max(begin, end))).replace(fold=1).utcoffset()
    if first is not None and last is not None and last < first:
        raise Malformed(
            path,
            N_(
                "the clocks are set back in this shift, so some of its times would mean two moments"
            ),
        )


def _refuse_begun(problem: Problem, begun: Begun, aboard: Counter[str], path: str) -> None:
    for number, stop in enumerate(begun.on_board):
        place = f"{path}.on_board[{number}]"
        if stop not in problem.stop:
            raise Malformed(place, N_("there is no stop %(stop)s"), stop=stop)
        if aboard[stop] > 1:
            raise Malformed(place, N_("%(name)s stands here twice"), name=stop)
    free = 0
    for number, span in enumerate(begun.breaks):
        if span.start < free or span.end > begun.at:
            raise Malformed(
                f"{path}.breaks[{number}]",
                N_("this break lies in another one or in the future"),
            )
        free = span.end
    if begun.worked_min > begun.at:
        raise Malformed(f"{path}.worked_min", N_("more than has passed since midnight"))


def _refuse_doubles(name: str, ids: Sequence[str | tuple[str, date]]) -> None:
    seen: set[str | tuple[str, date]] = set()
    for index, one in enumerate(ids):
        if one in seen:
            label = one if isinstance(one, str) else f"{one[0]} {one[1].isoformat()}"
            raise Malformed(f"{name}[{index}]", N_("%(name)s stands here twice"), name=label)
        seen.add(one)


def write(problem: Problem) -> dict[str, object]:
    """The problem as JSON, every default written out; ``read(write(p)) == p``."""
    travel: dict[str, object]
    if isinstance(problem.travel, Matrices):
        travel = {
            "minutes": [list(row) for row in problem.travel.minutes],
            "km": [list(row) for row in problem.travel.km],
        }
    else:
        travel = {"model": problem.travel}
    depot = problem.depot
    return {
        "version": VERSION,
        "timezone": problem.timezone,
        "depot": {
            "id": depot.id,
            **depot.at._asdict(),
            "load_min_per_trip": depot.load_min_per_trip,
        },
        "vans": [vars(van) | {"capacity": dict(vars(van.capacity))} for van in problem.vans],
        "shifts": [_shift_json(shift) for shift in problem.shifts],
        "stops": [_stop_json(stop) for stop in problem.stops],
        "travel": travel,
        "rules": dict(vars(problem.rules)),
    }


def _span_json(span: Span | Window | Shift) -> dict[str, object]:
    return {"start": clock_text(span.start), "end": clock_text(span.end)}


def _shift_json(shift: Shift) -> dict[str, object]:
    begun = shift.begun
    return {
        "van": shift.van,
        "date": shift.day.isoformat(),
        **_span_json(shift),
        "max_work_min": shift.max_work_min,
        "begun": begun
        and {
            "at": clock_text(begun.at),
            **begun.position._asdict(),
            "worked_min": begun.worked_min,
            "breaks": [_span_json(span) for span in begun.breaks],
            "on_board": list(begun.on_board),
            "order": "fixed" if begun.is_order_fixed else "free",
        },
    }


def _stop_json(stop: Stop) -> dict[str, object]:
    lock: dict[str, object] | None = None
    if stop.lock:
        lock = {"van": stop.lock.van, "date": stop.lock.day.isoformat()}
        if stop.lock.position is not None:
            lock["position"] = stop.lock.position
    return {
        "id": stop.id,
        "kind": stop.kind.value,
        **stop.at._asdict(),
        "out": dict(vars(stop.out)),
        "back": dict(vars(stop.back)),
        "service_min": stop.service_min,
        "crew": stop.crew,
        "priority": stop.priority,
        "required": stop.required,
        "windows": [
            {"date": window.day.isoformat(), **_span_json(window)} for window in stop.windows
        ],
        "lock": lock,
    }
