"""Problems to plan: small ones by hand, many by chance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from hoffice.places.travel.straight import StraightLine
from hoffice.runs.planning.frame import Frame, legs_of
from hoffice.runs.planning.problem import (
    Amount,
    Begun,
    Depot,
    Kind,
    Lock,
    Matrices,
    Point,
    Problem,
    Rules,
    Shift,
    Span,
    Stop,
    Van,
    Window,
)

MONDAY = date(2020, 3, 23)
MITTE = Point(52.520, 13.404)
BOX = Amount(1, 240, 25)


def hm(text: str) -> int:
    """The minute of the day of ``08:30``."""
    return int(text[:2]) * 60 + int(text[3:])


def van(name: str = "bus-1", *, boxes: int = 6, crew: int = 2) -> Van:
    """A rented bus with room for six boxes."""
    return Van(name, Amount(boxes, 9000, 900), crew, 9000, 30, 2500)


def shift(
    day: date = MONDAY,
    *,
    bus: str = "bus-1",
    start: str = "08:00",
    end: str = "16:30",
    work: int = 480,
    begun: Begun | None = None,
) -> Shift:
    """A usual day of eight hours of work."""
    return Shift(bus, day, hm(start), hm(end), work, begun)


def stop(
    name: str,
    *windows: str,
    day: date = MONDAY,
    lat: float = 52.50,
    lon: float = 13.42,
    out: Amount = BOX,
    back: Amount | None = None,
    minutes: float = 15,
    lock: Lock | None = None,
    priority: float = 1,
    required: bool = False,
    crew: int = 1,
) -> Stop:
    """A box to deliver; windows like ``10:00-12:00`` on ``day``."""
    spans = tuple(Window(day, hm(text[:5]), hm(text[6:])) for text in windows)
    return Stop(
        name,
        Kind.DELIVER,
        Point(lat, lon),
        out,
        back or Amount(),
        minutes,
        crew=crew,
        priority=priority,
        required=required,
        windows=spans,
        lock=lock,
    )


def problem(
    *stops: Stop,
    shifts: tuple[Shift, ...] = (),
    vans: tuple[Van, ...] = (),
    minutes: int | None = None,
    load: float = 15,
    rules: Rules | None = None,
) -> Problem:
    """A problem; with ``minutes`` every leg takes just so long, and as many kilometres."""
    shifts = shifts or (shift(),)
    made = Problem(
        "Europe/Berlin",
        Depot("depot", MITTE, load),
        vans or (van(),),
        shifts,
        stops,
        rules=rules or Rules(),
    )
    if minutes is None:
        return made
    size = len(made.points())
    legs = tuple(tuple(0 if a == b else minutes for b in range(size)) for a in range(size))
    return replace(made, travel=Matrices(legs, legs))


def frame(asked: Problem) -> Frame:
    """The problem by index, with the embedded travel model where it brings no matrices."""
    return Frame(asked, legs_of(asked, StraightLine()))


amounts = st.builds(
    Amount, st.integers(0, 3), st.sampled_from([0, 240, 700]), st.sampled_from([0, 25, 60])
)
points = st.builds(Point, st.floats(52.35, 52.65), st.floats(13.10, 13.70))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Anything the format allows, small enough to be solved at once."""
    days = [MONDAY + timedelta(days=6 + n) for n in range(draw(st.integers(1, 3)))]
    vans = [
        van(f"bus-{n}", boxes=draw(st.integers(1, 6)), crew=draw(st.integers(1, 2)))
        for n in range(1, draw(st.integers(1, 2)) + 1)
    ]
    shifts = []
    for day in days:
        for bus in vans:
            start = draw(st.sampled_from([hm("05:30"), hm("08:00"), hm("10:30")]))
            length = draw(st.sampled_from([180, 390, 510, 640]))
            shifts.append(
                Shift(bus.id, day, start, start + length, draw(st.sampled_from([240, 480, 570])))
            )
    stops = [draw(stops_of(f"e{n:02d}", shifts)) for n in range(draw(st.integers(0, 9)))]
    if draw(st.booleans()):
        shifts[0] = replace(shifts[0], begun=draw(begun_of(shifts[0], stops)))
    return Problem(
        "Europe/Berlin",
        Depot("depot", MITTE, draw(st.sampled_from([0, 7.5, 15]))),
        tuple(vans),
        tuple(shifts),
        tuple(stops),
        rules=Rules(
            draw(st.sampled_from(["ArbZG", "ArbZG", None])), draw(st.sampled_from([0, 30]))
        ),
    )


@st.composite
def stops_of(draw: st.DrawFn, name: str, shifts: list[Shift]) -> Stop:
    """A stop that may fit one of the shifts."""
    windows = []
    for _ in range(draw(st.integers(0, 3))):
        chosen = draw(st.sampled_from(shifts))
        start = draw(st.integers(chosen.start // 30, chosen.end // 30)) * 30
        windows.append(
            Window(chosen.day, start, min(start + draw(st.sampled_from([0, 60, 120])), 1439))
        )
    lock = None
    if draw(st.integers(0, 4)) == 0:
        chosen = draw(st.sampled_from(shifts))
        position = draw(st.one_of(st.none(), st.integers(1, 4)))
        lock = Lock(chosen.van, chosen.day, position)
    return Stop(
        name,
        draw(st.sampled_from(list(Kind))),
        draw(points),
        draw(amounts),
        draw(st.one_of(st.just(Amount()), amounts)),
        draw(st.sampled_from([0, 10, 12.5, 45])),
        crew=draw(st.integers(1, 2)),
        priority=draw(st.sampled_from([1, 1, 2, 0.5])),
        required=draw(st.booleans()),
        windows=tuple(windows),
        lock=lock,
    )


@st.composite
def begun_of(draw: st.DrawFn, chosen: Shift, stops: list[Stop]) -> Begun:
    """A shift under way since an hour or two, with some boxes on board."""
    at = chosen.start + draw(st.sampled_from([60, 170]))
    aboard = tuple(one.id for one in stops if draw(st.integers(0, 3)) == 0)
    breaks = (Span(chosen.start + 30, chosen.start + 45),) if draw(st.booleans()) else ()
    worked = at - chosen.start - sum(span.end - span.start for span in breaks)
    return Begun(at, draw(points), worked, breaks, aboard[:2], draw(st.booleans()))


@st.composite
def campaigns(draw: st.DrawFn) -> Problem:
    """Full days: more people than fit, with and without windows, breaks everywhere."""
    days = [MONDAY + timedelta(days=n) for n in range(2)]
    length = draw(st.sampled_from([hm("16:30"), hm("19:00")]))
    work = draw(st.sampled_from([420, 480, 600]))
    shifts = [Shift("bus-1", day, hm("08:00"), length, work) for day in days]
    stops = []
    for n in range(draw(st.integers(15, 40))):
        one = stop(f"e{n:02d}", minutes=draw(st.sampled_from([10, 12.5, 20])))
        windows = []
        for day in days[: draw(st.integers(0, 2))]:
            start = draw(st.integers(16, 32)) * 30
            windows.append(Window(day, start, start + draw(st.sampled_from([30, 120]))))
        stops.append(replace(one, at=draw(points), windows=tuple(windows)))
    return problem(*stops, shifts=tuple(shifts))
