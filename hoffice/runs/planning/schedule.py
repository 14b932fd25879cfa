"""The timing of one shift: driving, waiting, loading, service and the lawful breaks.

Breaks are placed where the order of stops leaves room: before a drive, or after it, at the door or
at the depot, so that waiting is used first. Every moment that a plan shows is a whole minute,
rounded up, and breaks are whole minutes long: a plan therefore keeps its windows, the end of the
shift, the work time and the breaks to the minute, and only single legs differ by less than one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise
from typing import Final

from .frame import LONG_PAUSE, NINE_HOURS, PIECE, SHORT_PAUSE, SIX_HOURS, Day, Frame, Windows
from .problem import Amount

Trips = Sequence[Sequence[int]]
"""The nodes of one shift, trip by trip; between two trips the van loads at the depot."""


_NOTHING: Final = Amount()


class Lack(StrEnum):
    """What a route lacks."""

    ROOM = "room"
    ORDER = "order"
    OPEN = "open"
    TIME = "time"
    WORK = "work"
    BREAK = "break"


@dataclass(frozen=True)
class Miss:
    """A route that cannot be driven: what it lacks, and by how much (seconds, or the overload)."""

    lack: Lack
    seconds: int = 0
    excess: Amount = _NOTHING


@dataclass(frozen=True)
class Timed:
    """A route that can be driven, in seconds since midnight; ``begins`` holds depot and stops.

    ``arrivals[k]`` and ``begins[k]`` belong to the k-th place of ``sequence``: first the origin,
    then the stops with the depot between trips, last the depot in the evening.
    """

    sequence: tuple[int, ...]
    arrivals: tuple[int, ...]
    begins: tuple[int, ...]
    breaks: tuple[tuple[int, int], ...]
    work: int

    @property
    def start(self) -> int:
        """The start of the first loading."""
        return self.begins[0]

    @property
    def end(self) -> int:
        """The end of the last drive home."""
        return self.begins[-1]


@dataclass(frozen=True)
class _Chain:
    """One shift as a chain of places: service there, then a drive to the next."""

    nodes: tuple[int, ...]
    service: tuple[int, ...]
    drive: tuple[int, ...]
    windows: tuple[Windows, ...]


def up(seconds: int) -> int:
    """The next whole minute."""
    return -(-seconds // 60) * 60


def _down(seconds: int) -> int:
    """The last whole minute."""
    return seconds // 60 * 60


def earliest(windows: Windows, second: int) -> int | None:
    """The first moment from ``second`` on at which service may start."""
    for start, end in windows:
        if second <= end:
            return max(start, second)
    return None


def latest(windows: Windows, second: int) -> int | None:
    """The last moment up to ``second`` at which service may start."""
    for start, end in reversed(windows):
        if second >= start:
            return min(end, second)
    return None


def overload(frame: Frame, day: Day, trip: Sequence[int], *, is_first: bool) -> Amount | None:
    """The worst overload of a trip, None if it fits; a swap frees what it delivers first.

    A van under way leaves with what it has on board: nothing else can be delivered on that trip.
    """
    is_begun = is_first and day.is_begun
    if not is_begun and not any(frame.takes_back[node] for node in trip):
        return _start_overload(frame, day, trip)
    for node in trip if is_begun else ():
        if frame.out[node] != _NOTHING and node not in day.aboard:
            return frame.out[node]
    aboard = day.aboard if is_begun else trip
    if _fits_all_the_way(frame, day, aboard, trip):
        return None
    load = sum((frame.out[node] for node in aboard), _NOTHING)
    worst = load.over(day.capacity)
    for node in trip:
        load = load - frame.out[node] + frame.back[node]
        worst = {
            name: max(amount, worst.get(name, 0))
            for name, amount in (worst | load.over(day.capacity)).items()
        }
    return Amount(**worst) if worst else None


def _fits_all_the_way(frame: Frame, day: Day, aboard: Sequence[int], trip: Sequence[int]) -> bool:
    """Whether a trip never bursts; asked far more often than by how much one does."""
    boxes = litres = kg = 0
    for node in aboard:
        out = frame.out[node]
        boxes += out.boxes
        litres += out.litres
        kg += out.kg
    most = day.capacity
    if boxes > most.boxes or litres > most.litres or kg > most.kg:
        return False
    for node in trip:
        out, back = frame.out[node], frame.back[node]
        boxes += back.boxes - out.boxes
        litres += back.litres - out.litres
        kg += back.kg - out.kg
        if boxes > most.boxes or litres > most.litres or kg > most.kg:
            return False
    return True


def _start_overload(frame: Frame, day: Day, trip: Sequence[int]) -> Amount | None:
    """The overload of a trip that only delivers: it is never fuller than at its start."""
    boxes = litres = kg = 0
    for node in trip:
        out = frame.out[node]
        boxes += out.boxes
        litres += out.litres
        kg += out.kg
    most = day.capacity
    if boxes <= most.boxes and litres <= most.litres and kg <= most.kg:
        return None
    return Amount(**Amount(boxes, litres, kg).over(most))


def keeps_order(day: Day, trips: Trips) -> bool:
    """The stops whose order is fixed stand in it; others may come between."""
    for ranks in day.ranks:
        places = [ranks[node] for trip in trips for node in trip if node in ranks]
        if places != sorted(places):
            return False
    return True


def timed(frame: Frame, day: Day, trips: Trips, *, thorough: bool = True) -> Timed | Miss:
    """When everything happens on this shift, with as little work as this order allows.

    Without ``thorough`` the first lawful break will do, and none in several pieces is tried: a
    builder asks often and has other places to put a stop.
    """
    misfit = _misfit(frame, day, trips)
    if misfit:
        return misfit
    chain = _chain(frame, day, trips)
    plain = _drive(day, chain, {})
    if isinstance(plain, Miss):
        return plain
    if _is_lawful(day, plain):
        if plain.work <= day.limit:
            return plain
        lack = Miss(Lack.WORK, plain.work - day.limit)
    else:
        lack = Miss(Lack.BREAK)
    best = _with_break(day, chain, _single_breaks(day, chain), is_hasty=not thorough)
    if best is None and thorough:
        best = _with_break(day, chain, _split_breaks(day, chain), is_hasty=False)
    return best or lack


def _misfit(frame: Frame, day: Day, trips: Trips) -> Miss | None:
    """What is wrong with these trips at any time: load, order, stops of other shifts."""
    for index, trip in enumerate(trips):
        excess = overload(frame, day, trip, is_first=index == 0)
        if excess:
            return Miss(Lack.ROOM, excess=excess)
        if any(not day.open[node] or (index and node in day.aboard) for node in trip):
            return Miss(Lack.OPEN)
    return None if keeps_order(day, trips) else Miss(Lack.ORDER)


def _chain(frame: Frame, day: Day, trips: Trips) -> _Chain:
    nodes = [day.origin]
    service = [0 if day.is_begun else day.load]
    evening: Windows = ((day.start, day.end),)
    windows: list[Windows] = [evening]
    for index, trip in enumerate(trips):
        if index:
            nodes.append(0)
            service.append(day.load)
            windows.append(evening)
        for node in trip:
            nodes.append(node)
            service.append(frame.service[node])
            windows.append(day.open[node])
    nodes.append(0)
    service.append(0)
    windows.append(evening)
    drive = [frame.seconds[a][b] for a, b in pairwise(nodes)]
    return _Chain(tuple(nodes), tuple(service), tuple(drive), tuple(windows))


Pauses = dict[int, int]
"""Breaks by slot: ``2k`` before the drive of leg k, ``2k + 1`` after it, and how long they are."""


def _forward(
    chain: _Chain, start: int, pauses: Pauses
) -> tuple[list[int], list[int], list[int]] | int:
    """Arrivals, the earliest moments for a break after arriving, begins; or by how much it is late.

    The middle list holds for each leg the moment after the break before its drive.
    """
    arrivals, departs, begins = [start], [], [start]
    now = start
    for leg, drive in enumerate(chain.drive):
        now += chain.service[leg]
        if 2 * leg in pauses:
            now = up(now) + pauses[2 * leg]
        departs.append(now)
        now += drive
        arrivals.append(now)
        if 2 * leg + 1 in pauses:
            now = up(now) + pauses[2 * leg + 1]
        begin = earliest(chain.windows[leg + 1], now)
        if begin is None:
            return now - chain.windows[leg + 1][-1][1]
        now = begin
        begins.append(now)
    return arrivals, departs, begins


def _latest_start(chain: _Chain, end: int, pauses: Pauses) -> int:
    """The latest start with which the evening still comes at ``end``, in whole minutes."""
    now = end
    for leg in range(len(chain.drive) - 1, -1, -1):
        if 2 * leg + 1 in pauses:
            now = _down(now - pauses[2 * leg + 1])
        now -= chain.drive[leg]
        if 2 * leg in pauses:
            now = _down(now - pauses[2 * leg])
        bound = latest(chain.windows[leg], now - chain.service[leg])
        if bound is None:
            return chain.windows[0][0][0]
        now = bound
    return _down(now)


def _drive(day: Day, chain: _Chain, pauses: Pauses) -> Timed | Miss:
    """The route with breaks in these slots: home as early as can be, off as late as that allows."""
    run = _forward(chain, day.start, pauses)
    if isinstance(run, int):
        return Miss(Lack.TIME, run)
    if not day.is_begun:
        later = _forward(chain, max(day.start, _latest_start(chain, run[2][-1], pauses)), pauses)
        run = run if isinstance(later, int) else later
    arrivals, departs, begins = run
    breaks = []
    anchor = begins[0] - day.stretch
    for slot in sorted(pauses):
        leg, after = divmod(slot, 2)
        length = pauses[slot]
        # The wait at the next place lets a break begin later than at once, if the law wants it.
        room = begins[leg + 1] - length - (0 if after else chain.drive[leg])
        first = up(arrivals[leg + 1]) if after else departs[leg] - length
        wanted = min(room, anchor + SIX_HOURS) // 60 * 60
        begin = max(first, wanted if 2 * leg + 1 not in pauses or after else first)
        breaks.append((begin, begin + length))
        anchor = begin + length
        if not after:
            arrivals[leg + 1] = max(arrivals[leg + 1], begin + length + chain.drive[leg])
    work = day.worked + up(begins[-1]) - begins[0] - sum(pauses.values())
    return Timed(chain.nodes, tuple(arrivals), tuple(begins), tuple(breaks), work)


def _is_lawful(day: Day, run: Timed) -> bool:
    """§ 4 ArbZG: enough break for the work done, and never more than six hours in a row."""
    if not day.has_breaks:
        return True
    rest = day.rested + sum(end - begin for begin, end in run.breaks)
    need = 0 if run.work <= SIX_HOURS else SHORT_PAUSE if run.work <= NINE_HOURS else LONG_PAUSE
    if rest < need:
        return False
    anchor = run.start - day.stretch
    for begin, end in (*run.breaks, (up(run.end), 0)):
        if begin - anchor > SIX_HOURS:
            return False
        anchor = end
    return True


def _with_break(
    day: Day, chain: _Chain, choices: Iterator[Pauses], *, is_hasty: bool
) -> Timed | None:
    """The lawful route with the least work among these ways to take the break, or the first."""
    best: tuple[tuple[int, int], Timed] | None = None
    for pauses in choices:
        run = _drive(day, chain, pauses)
        if isinstance(run, Miss) or run.work > day.limit or not _is_lawful(day, run):
            continue
        if is_hasty:
            return run
        middle = (run.start + run.end) // 2
        rank = (run.work + sum(pauses.values()), abs(run.breaks[0][0] - middle))
        if best is None or rank < best[0]:
            best = rank, run
    return best[1] if best else None


def _slack(day: Day, chain: _Chain) -> list[int]:
    """For each leg, by how much its arrival may slip without breaking anything later."""
    run = _forward(chain, day.start, {})
    if isinstance(run, int):
        return [-1] * len(chain.drive)
    arrivals = run[0]
    slack = [0] * len(chain.drive)
    now = day.end
    for leg in range(len(chain.drive) - 1, -1, -1):
        bound = latest(chain.windows[leg + 1], now)
        if bound is None:
            return [-1] * len(chain.drive)
        slack[leg] = bound - arrivals[leg + 1]
        now = bound - chain.drive[leg] - chain.service[leg]
    return slack


def _single_breaks(day: Day, chain: _Chain) -> Iterator[Pauses]:
    """One break in each slot with room for it, from the middle outwards; at home it is none."""
    slack = _slack(day, chain)
    middle = len(slack) - 1
    slots = sorted(range(2 * len(slack) - 1), key=lambda slot: (abs(slot - middle), slot))
    for length in (PIECE, SHORT_PAUSE, LONG_PAUSE):
        if not min(day.pause, SHORT_PAUSE) <= length <= max(day.pause, PIECE):
            continue
        for slot in slots:
            if slack[slot // 2] >= length:
                yield {slot: length}


def _split_breaks(day: Day, chain: _Chain) -> Iterator[Pauses]:
    """Two pieces, where no single break fits."""
    slack = _slack(day, chain)
    last = 2 * (len(slack) - 1)
    slots = [slot for slot in range(last + 1) if slack[slot // 2] >= PIECE]
    splits = ((PIECE, PIECE), (PIECE, SHORT_PAUSE), (SHORT_PAUSE, PIECE))
    for first, second in combinations(slots, 2):
        for one, two in splits:
            if one + two >= min(day.pause, SHORT_PAUSE) and slack[second // 2] >= two:
                yield {first: one, second: two}
