"""The order of the story's past: which deed was done on which day, and at which minute of it.

Pure: standard library and the cast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hoffice.demo.cast.things import AnswerKind, Cast, Person, Run, Stage, Way


class Deed(StrEnum):
    """What people of the story did."""

    GIVE_KIT = "give_kit"
    INVITE = "invite"
    ANSWER = "answer"
    READ = "read"
    DECLINE = "decline"
    PACK = "pack"
    SIGN = "sign"
    PROMISE = "promise"
    LOAD = "load"
    START = "start"
    DELIVER = "deliver"
    RECEIVE = "receive"
    REMIND = "remind"
    PROPOSE = "propose"
    PLAN = "plan"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One line of the timetable; ``who`` is a personnel number, or the day of a run."""

    day: int
    minute: int
    deed: Deed
    who: str = ""


HOUR = 60
PROMISED_MIN, LOADED_MIN, STARTED_MIN = 16 * HOUR, 7 * HOUR + 30, 8 * HOUR
MOVED = {6: 2}
"""The second load of today is promised for the day after tomorrow: a shift has one run, and the
run that is under way takes what is on the van."""
EVERY_THIRD = 3


def runs_by_day(cast: Cast) -> dict[int, list[Run]]:
    """The loads of each day: one shift, driven in one or two trips."""
    found: dict[int, list[Run]] = {}
    for run in cast.runs:
        found.setdefault(MOVED.get(run.number, run.day), []).append(run)
    return dict(sorted(found.items()))


def timetable(cast: Cast) -> list[Entry]:
    """Everything that had happened by the third morning, in its order."""
    entries = [entry for person in cast.people for entry in _of_person(person)]
    for day, loads in runs_by_day(cast).items():
        entries.append(Entry(_promised_on(day), PROMISED_MIN, Deed.PROMISE, str(day)))
        if day > 0:
            continue
        entries.append(Entry(day, LOADED_MIN, Deed.LOAD, str(day)))
        entries.append(Entry(day, STARTED_MIN, Deed.START, str(day)))
        for run in loads:
            for stop in run.stops:
                # the visit itself tells its minute: when the van stands at the door
                came = stop.start.hour * HOUR + stop.start.minute + 30
                if stop.is_done:
                    entries.append(Entry(day, came, Deed.DELIVER, stop.person))
    entries.append(Entry(0, 23 * HOUR, Deed.PROPOSE))
    entries.append(Entry(0, 23 * HOUR + 1, Deed.PLAN))
    return sorted(entries, key=lambda entry: (entry.day, entry.minute))


def _promised_on(day: int) -> int:
    return min(day - 1, -1)


def _of_person(person: Person) -> Iterator[Entry]:
    way, number = person.journey, int(person.number)
    spread = number * 37 % 180
    if way.packed_day is not None:
        given = way.packed_day if way.invited_day is None else min(way.packed_day, way.invited_day)
        yield Entry(given, 8 * HOUR + 15 + spread // 12, Deed.GIVE_KIT, person.number)
        yield Entry(way.packed_day, 14 * HOUR + spread // 2, Deed.PACK, person.number)
    if way.invited_day is not None:
        yield Entry(way.invited_day, 9 * HOUR + spread // 6, Deed.INVITE, person.number)
    if way.answered_day is not None:
        yield Entry(way.answered_day, 10 * HOUR + spread, Deed.ANSWER, person.number)
    if way.opened_day is not None:
        yield Entry(way.opened_day, 10 * HOUR + 3 + spread, Deed.READ, person.number)
    if way.signed_day is not None:
        yield Entry(way.signed_day, 10 * HOUR + 9 + spread, Deed.SIGN, person.number)
    if person.answer is not None and person.answer.kind is AnswerKind.DECLINED:
        yield Entry(person.answer.day, 13 * HOUR + 5, Deed.DECLINE, person.number)
    if way.received_day is not None and way.window is not None and person.way is Way.VAN:
        end = way.window.end
        minute = end.hour * HOUR + end.minute + 40 + spread // 6
        yield Entry(way.received_day, minute, Deed.RECEIVE, person.number)
    if person.stage is Stage.PACKED and number % EVERY_THIRD == 0:
        yield Entry(0, 8 * HOUR + 5, Deed.REMIND, person.number)
