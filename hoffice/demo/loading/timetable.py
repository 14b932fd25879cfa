"""The order of the story's past: which deed was done on which day, and at which minute of it.

Pure: standard library and the cast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hoffice.demo.cast.things import AnswerKind, ApprovalState, Cast, Person, Run, Stage, Way
from hoffice.demo.loading.benches import torn_down


class Deed(StrEnum):
    """What people of the story did."""

    GIVE_KIT = "give_kit"
    BEGIN_DESK = "begin_desk"
    INVITE = "invite"
    ANSWER = "answer"
    READ = "read"
    DECLINE = "decline"
    ASK_ABOUT = "ask_about"
    WANT_PAPER = "want_paper"
    KEEP = "keep"
    TRAIN = "train"
    PACK = "pack"
    SIGN = "sign"
    PROMISE = "promise"
    LOAD = "load"
    START = "start"
    DELIVER = "deliver"
    RECEIVE = "receive"
    REMIND = "remind"
    OPEN_COUNTER = "open_counter"
    WAY = "way"
    BOOK = "book"
    HAND_OUT = "hand_out"
    POST = "post"
    CORRECT = "correct"
    COUNT_DESK = "count_desk"
    CLOSE_COUNT = "close_count"
    COUNT_ON = "count_on"
    LOSE = "lose"
    DECIDE = "decide"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    SWAP = "swap"
    CHECK_HOMES = "check_homes"
    SAY_AT_HOME = "say_at_home"
    HAND_ON = "hand_on"
    SAY_GIVEN = "say_given"
    GIVE_CABLES = "give_cables"
    GIVE_BACK = "give_back"
    ARRIVE = "arrive"
    PROPOSE = "propose"
    ASK = "ask"
    CHOOSE = "choose"
    MOVE = "move"
    WISH = "wish"
    PLAN = "plan"
    ASK_CLIENT = "ask_client"
    CLIENT_ANSWERS = "client_answers"


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
EVERY_NINTH = 9
"""So many have signed, and not confirmed yet that their copies have come."""
WANTS_INK = "4132"
"""Who signs the addendum with ink only."""
WHOLE_PACKS = frozenset(
    {
        *("4101", "4116", "4125", "4132", "4142", "4167", "4171"),
        *("4228", "4230", "4233"),
        *("4208", "4226"),
    }
)
"""Who was sent all papers at once; the others got the first two, and get the others later."""
TRAINED_MIN = 17 * HOUR + 45
"""When the trainer signs what was talked about during the day."""
COUNTER_FIRST, COUNTER_DAYS = -3, range(-1, 6)
"""When the hours at the office were opened, and for which days."""
TODAY = frozenset({"4201", "4203"})
"""Whoever comes to the office today; the others of the story come tomorrow."""

ASKED_DAYS = (5, 6)
"""Days that are planned at the end of the story; their people are asked to choose a window."""
ASKED = (
    *("4115", "4117", "4129", "4134", "4139", "4141", "4143"),
    *("4147", "4149", "4178", "4189", "4202", "4206", "4218"),
)
"""Who is planned on these days: all of them have signed, and wait with packed boxes."""
HAVE_CHOSEN = ("4134", "4143", "4147", "4202")
EXCHANGED, CRACKED, COMES_BACK, LOST_MOUSE = "4111", "4125", "4179", "4107"
"""Whose headset was exchanged at the counter, whose monitor will be, who comes back to the office,
and whose mouse was not in the box."""
CHECKED, HAVE_SAID, BROKEN_AT = ("4119", "4122", "4145", "4240"), ("4119", "4145"), "4145"
"""Who is asked what she has at home, who has answered, and whose headset is broken."""
PASSED_ON = ("4229", "4216")
"""Who lends her headset to whom."""
FAR_AWAY = "4127"
"""Who gets more cables beside the kit, on the day when it is picked up."""
OF_DEVICES = (
    Entry(-2, 16 * HOUR + 20, Deed.CORRECT),
    Entry(-1, 8 * HOUR + 20, Deed.LOSE, LOST_MOUSE),
    Entry(-1, 8 * HOUR + 50, Deed.DECIDE, LOST_MOUSE),
    Entry(-1, 11 * HOUR + 16, Deed.EXCHANGE, EXCHANGED),
    Entry(-1, 14 * HOUR + 12, Deed.REPAIR, EXCHANGED),
    Entry(-1, 14 * HOUR + 16, Deed.GIVE_CABLES, FAR_AWAY),
    Entry(-1, 14 * HOUR + 30, Deed.SWAP, CRACKED),
    Entry(-1, 15 * HOUR + 4, Deed.CHECK_HOMES, " ".join(CHECKED)),
    Entry(-1, 15 * HOUR + 10, Deed.HAND_ON, " ".join(PASSED_ON)),
    Entry(-1, 15 * HOUR + 26, Deed.COUNT_DESK),
    Entry(-1, 15 * HOUR + 33, Deed.CLOSE_COUNT),
    Entry(-1, 15 * HOUR + 38, Deed.SAY_GIVEN, " ".join(PASSED_ON)),
    *(
        Entry(-1, 15 * HOUR + 43 + 14 * place, Deed.SAY_AT_HOME, number)
        for place, number in enumerate(HAVE_SAID)
    ),
    Entry(-1, 16 * HOUR + 5, Deed.GIVE_BACK, COMES_BACK),
    Entry(-1, 16 * HOUR + 52, Deed.COUNT_ON),
)
ASKED_TO_MOVE, INSISTS = "4147", "4149"


def runs_by_day(cast: Cast) -> dict[int, list[Run]]:
    """The loads of each day: one shift, driven in one or two trips."""
    found: dict[int, list[Run]] = {}
    for run in cast.runs:
        found.setdefault(MOVED.get(run.number, run.day), []).append(run)
    return dict(sorted(found.items()))


def timetable(cast: Cast) -> list[Entry]:
    """Everything that had happened by the third morning, in its order."""
    entries = [entry for person in cast.people for entry in _of_person(person)]
    entries.extend(_at_the_benches(cast))
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
    entries.extend(Entry(day, TRAINED_MIN, Deed.TRAIN) for day in (-2, -1))
    entries.extend(_of_clients(cast))
    opened = COUNTER_FIRST, 11 * HOUR + 30, Deed.OPEN_COUNTER
    entries.extend(Entry(*opened, str(day)) for day in COUNTER_DAYS)
    known = {person.number for person in cast.people}
    entries.extend(
        Entry(parcel.sent_day, 16 * HOUR + 30, Deed.POST, parcel.person)
        for parcel in cast.parcels
        if parcel.person in known
    )
    entries.extend(_of_devices(known))
    entries.append(Entry(0, 23 * HOUR, Deed.PROPOSE))
    entries.extend(_campaign(known))
    entries.append(Entry(0, 23 * HOUR + 10, Deed.PLAN))
    return sorted(entries, key=lambda entry: (entry.day, entry.minute))


def _at_the_benches(cast: Cast) -> Iterator[Entry]:
    for desk in torn_down(cast, first=WHOLE_PACKS):
        if desk.done_min is None:
            yield Entry(desk.day, desk.begun_min, Deed.BEGIN_DESK, desk.person)
        else:
            yield Entry(desk.day, desk.begun_min, Deed.GIVE_KIT, desk.person)
            yield Entry(desk.day, desk.done_min, Deed.PACK, desk.person)


def _of_devices(known: set[str]) -> Iterator[Entry]:
    """What became of single devices beside the moves; all of it on the days before today."""
    for entry in OF_DEVICES:
        if known.issuperset(entry.who.split()):
            yield entry


def _campaign(known: set[str]) -> Iterator[Entry]:
    """The last evening's work: two more days are planned, and their people are asked."""
    if not known.isdisjoint(ASKED):
        yield Entry(0, 23 * HOUR + 1, Deed.ASK)
    for number in HAVE_CHOSEN:
        if number in known:
            yield Entry(0, 23 * HOUR + 2, Deed.CHOOSE, number)
    if ASKED_TO_MOVE in known:
        yield Entry(0, 23 * HOUR + 3, Deed.MOVE, ASKED_TO_MOVE)
    if INSISTS in known:
        yield Entry(0, 23 * HOUR + 4, Deed.WISH, INSISTS)


def _of_clients(cast: Cast) -> Iterator[Entry]:
    """HR asks each client; whoever has answered or opened it did so by the cast's day."""
    for place, client in enumerate(cast.clients):
        told = client.approval
        asked_min = 8 * HOUR + 40 + 3 * place
        yield Entry(told.asked_day, asked_min, Deed.ASK_CLIENT, client.code)
        day = told.asked_day if told.decided_day is None else told.decided_day
        if told.state is not ApprovalState.SENT:
            minute = 9 * HOUR + 50 if day == told.asked_day else 7 * HOUR + 10
            yield Entry(day, minute + place, Deed.CLIENT_ANSWERS, client.code)


def _promised_on(day: int) -> int:
    return min(day - 1, -1)


def _of_person(person: Person) -> Iterator[Entry]:
    way, number = person.journey, int(person.number)
    spread = number * 37 % 180
    if way.invited_day is not None:
        yield Entry(way.invited_day, 9 * HOUR + spread // 6, Deed.INVITE, person.number)
    if way.answered_day is not None:
        yield Entry(way.answered_day, 10 * HOUR + spread, Deed.ANSWER, person.number)
    yield from _sitting(person, spread)
    if way.received_day is not None and way.window is not None and person.way is Way.VAN:
        end = way.window.end
        minute = end.hour * HOUR + end.minute + 40 + spread // 6
        yield Entry(way.received_day, minute, Deed.RECEIVE, person.number)
    if person.way is not Way.VAN and way.packed_day is not None:
        yield from _without_van(person, spread)
    if person.stage is Stage.PACKED and number % EVERY_THIRD == 0:
        yield Entry(0, 8 * HOUR + 5, Deed.REMIND, person.number)


def _sitting(person: Person, spread: int) -> Iterator[Entry]:
    """What somebody did with the papers."""
    way = person.journey
    if way.opened_day is not None:
        yield Entry(way.opened_day, 10 * HOUR + 3 + spread, Deed.READ, person.number)
    if way.signed_day is not None:
        yield Entry(way.signed_day, 10 * HOUR + 9 + spread, Deed.SIGN, person.number)
        if int(person.number) % EVERY_NINTH:
            yield Entry(way.signed_day, 10 * HOUR + 12 + spread, Deed.KEEP, person.number)
    if person.answer is not None:
        declines = person.answer.kind is AnswerKind.DECLINED
        deed = Deed.DECLINE if declines else Deed.ASK_ABOUT
        yield Entry(person.answer.day, 13 * HOUR + 5, deed, person.number)
    if person.number == WANTS_INK:
        yield Entry(-1, 16 * HOUR + 20, Deed.WANT_PAPER, person.number)


def pickup_day(person: Person) -> int:
    """The day on which somebody comes to the office."""
    window = person.journey.window
    return 0 if window is None or person.number in TODAY else window.day


def _without_van(person: Person, spread: int) -> Iterator[Entry]:
    """IT chooses the way; the person books and comes, or the carrier brings it."""
    way = person.journey
    yield Entry(way.packed_day or 0, 14 * HOUR + 40 + spread // 12, Deed.WAY, person.number)
    if way.promised_day is not None and way.window is not None:
        booked = 7 * HOUR + 45 if way.promised_day == 0 else 15 * HOUR + 50
        yield Entry(way.promised_day, booked, Deed.BOOK, person.number)
    if way.handed_over_day is None:
        return
    came = way.window.start.hour * HOUR + 10 if way.window is not None else 11 * HOUR
    deed = Deed.HAND_OUT if person.way is Way.PICK_UP else Deed.ARRIVE
    yield Entry(way.handed_over_day, came, deed, person.number)
    if way.received_day is not None:
        yield Entry(way.received_day, came + 90 + spread // 3, Deed.RECEIVE, person.number)
