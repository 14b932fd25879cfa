"""What has happened by the third morning: who took which step on which day, and the runs.

The days follow from the stage of a person, so that no page can contradict another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import time

from hoffice.demo.cast.things import (
    Answer,
    AnswerKind,
    ItemKind,
    Journey,
    Lack,
    PackedKit,
    Parcel,
    Person,
    Run,
    RunState,
    Shortfall,
    Stage,
    Stop,
    Way,
    Window,
)

DRIVER = "mira.weber@spreeruf.example"
HELPER = "can.demir@spreeruf.example"

RUNS: Mapping[int, tuple[int, time, RunState, tuple[str, str]]] = {
    1: (-2, time(8, 0), RunState.CLOSED, (DRIVER, HELPER)),
    2: (-2, time(12, 30), RunState.CLOSED, (DRIVER, HELPER)),
    3: (-1, time(8, 0), RunState.CLOSED, (DRIVER, HELPER)),
    4: (-1, time(12, 30), RunState.CLOSED, (DRIVER, HELPER)),
    5: (0, time(8, 0), RunState.UNDER_WAY, (HELPER, DRIVER)),
    6: (0, time(12, 30), RunState.PROMISED, (HELPER, DRIVER)),
    7: (1, time(8, 0), RunState.PROMISED, (HELPER, DRIVER)),
    8: (1, time(12, 30), RunState.PROMISED, (HELPER, DRIVER)),
}
"""Day, departure, state and crew of every run; one van leaves twice a day with six boxes."""

MORNING = ((8, 10), (9, 11), (10, 12), (10, 12))
AFTERNOON = ((13, 15), (13, 15), (14, 16), (15, 17))
PICK_UP_HOURS = ((9, 10), (10, 11), (14, 15), (15, 16), (16, 17))

ANSWERS: Mapping[str, Answer] = {
    "4171": Answer(
        AnswerKind.DECLINED,
        day=-1,
        text="§ 4 ist mir unklar: Darf der Betrieb unangekündigt in meine Wohnung? "
        "So unterschreibe ich das nicht.",
    ),
    "4167": Answer(
        AnswerKind.DECLINED,
        day=-1,
        text="Wir sind zu fünft in drei Zimmern, ich habe keinen Raum mit Tür. "
        "Ich möchte weiter im Büro arbeiten.",
    ),
    "4228": Answer(
        AnswerKind.QUESTION,
        day=-1,
        text="On Fridays I look after my nephews at my sister's flat. "
        "May I work from there, or only at this address?",
    ),
    "4233": Answer(
        AnswerKind.QUESTION,
        day=0,
        text="Wer zahlt Strom und Internet, und was ist, wenn mein Anschluss ausfällt?",
    ),
}

SHORTFALLS: Mapping[str, tuple[ItemKind, Lack, str]] = {
    "4107": (ItemKind.MOUSE, Lack.MISSING, "Maus lag nicht im Karton. Nachlieferung zugesagt."),
    "4125": (
        ItemKind.MONITOR,
        Lack.DAMAGED,
        "Riss oben links im Bildschirm, beim Auspacken gesehen. Bleibt bis zum Tausch hier.",
    ),
}

PARCELS = (
    Parcel("4109", carrier="Spatz Kurier", tracking_number="SK 2003 417 088", sent_day=-2),
    Parcel("4175", carrier="Spatz Kurier", tracking_number="SK 2003 417 096", sent_day=-2),
)


def window_of(run: int, stop: int) -> Window:
    """The window promised for the stop of this number, counted from 1."""
    day, departs, _, _ = RUNS[run]
    start, end = (MORNING if departs.hour < 12 else AFTERNOON)[stop - 1]  # noqa: PLR2004  # noon
    return Window(day, time(start), time(end))


USUAL: Mapping[Stage, Journey] = {
    Stage.RECEIVED: Journey(-3, -3, -3, -2, -2, -2, None, -1, -1),
    Stage.PLANNED: Journey(-2, -2, -2, -1, -1, 0),
    Stage.READY: Journey(-2, -2, -2, -1, -2),
    Stage.SIGNED: Journey(-2, -1, -1, 0),
    Stage.PACKED: Journey(-2, -1, None, None, -1),
    Stage.DECLINED: Journey(-2, -2, -1, None, -1),
    Stage.INVITED: Journey(0, packed_day=-1),
    Stage.NEW: Journey(packed_day=-1),
}
"""The days of those who are on no run; whoever is invited last is packed last."""

SOONER: Mapping[Stage, Journey] = {
    Stage.READY: Journey(-2, -2, -2, -1, -3),
    Stage.SIGNED: Journey(-2, -1, -1, -1),
    Stage.PACKED: Journey(-2, -1, -1, None, -3),
    Stage.INVITED: Journey(-1, packed_day=-1),
}
"""The same for odd personnel numbers, so that not everybody did everything on one day."""


def journey(number: int, stage: Stage, way: Way, run: int | None, stop: int | None) -> Journey:
    """The days of every step; whoever is on a run follows the run."""
    if run is not None and stop is not None:
        return _by_van(stage, window_of(run, stop))
    steps = (SOONER if number % 2 else USUAL).get(stage, USUAL[stage])
    if way is Way.PICK_UP and steps.promised_day is not None:
        start, end = PICK_UP_HOURS[number % len(PICK_UP_HOURS)]
        day = 1 if steps.handed_over_day is None else steps.handed_over_day
        return replace(steps, window=Window(day, time(start), time(end)))
    return steps


def _by_van(stage: Stage, window: Window) -> Journey:
    """Invited and packed on one day, signed on the next; the first runs all on one day."""
    before = max(window.day - 1, -3)
    if window.day > 0:
        before = -1
    invited = max(before - 1, -3)
    done = window.day if stage in {Stage.RECEIVED, Stage.PARTLY} else None
    return Journey(
        invited_day=invited,
        answered_day=invited,
        opened_day=invited,
        signed_day=before,
        packed_day=invited,
        promised_day=before,
        window=window,
        handed_over_day=done,
        received_day=done if stage is Stage.RECEIVED else None,
    )


def shortfalls(kits: Iterable[PackedKit]) -> tuple[Shortfall, ...]:
    """The items that were missing or broken at the door, by their asset tags."""
    found: list[Shortfall] = []
    for kit in kits:
        if kit.person in SHORTFALLS:
            kind, lack, note = SHORTFALLS[kit.person]
            inside = [item for box in kit.boxes for item in box.items]
            item = next(item for item in inside if item.model.kind is kind)
            found.append(Shortfall(kit.person, item.asset_tag, lack, note))
    return tuple(found)


def runs(seats: Mapping[int, Mapping[int, Person]], boxes: Mapping[str, int]) -> tuple[Run, ...]:
    """The runs with their stops in driving order; ``seats`` is run -> stop -> person."""
    return tuple(
        Run(
            number=number,
            day=day,
            departs=departs,
            state=state,
            crew=crew,
            stops=tuple(
                Stop(
                    person=person.number,
                    boxes=boxes[person.number],
                    start=window_of(number, place).start,
                    end=window_of(number, place).end,
                    is_done=person.journey.handed_over_day is not None,
                )
                for place, person in sorted(seats[number].items())
            ),
        )
        for number, (day, departs, state, crew) in RUNS.items()
    )
