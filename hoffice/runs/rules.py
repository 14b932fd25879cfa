"""Vans, stops and runs: their states and how long a door takes.

Pure: standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from hoffice.errors import N_, Refused


class StopKind(StrEnum):
    """What happens at a door."""

    DELIVER = "deliver"
    PICKUP = "pickup"
    SWAP = "swap"


class Way(StrEnum):
    """How a kit gets home; all ways end in the same receipt."""

    VAN = "van"
    OFFICE = "office"
    PARCEL = "parcel"


WAY_LABELS: dict[Way, str] = {
    Way.VAN: N_("by van"),
    Way.OFFICE: N_("picked up at the office"),
    Way.PARCEL: N_("by parcel"),
}


class StopState(StrEnum):
    """Where a stop stands."""

    PROPOSED = "proposed"
    PROMISED = "promised"
    LOADED = "loaded"
    UNDER_WAY = "under_way"
    DONE = "done"
    PARTLY_DONE = "partly_done"
    FAILED = "failed"


STOP_STATE_LABELS: dict[StopState, str] = {
    StopState.PROPOSED: N_("proposed"),
    StopState.PROMISED: N_("promised"),
    StopState.LOADED: N_("loaded"),
    StopState.UNDER_WAY: N_("under way"),
    StopState.DONE: N_("done"),
    StopState.PARTLY_DONE: N_("partly done"),
    StopState.FAILED: N_("failed"),
}

STOP_ENDED = frozenset({StopState.DONE, StopState.PARTLY_DONE, StopState.FAILED})


class RunState(StrEnum):
    """Where a run stands."""

    DRAFT = "draft"
    PLANNED = "planned"
    PROMISED = "promised"
    LOADING = "loading"
    LOCKED = "locked"
    UNDER_WAY = "under_way"
    CLOSED = "closed"


RUN_STATE_LABELS: dict[RunState, str] = {
    RunState.DRAFT: N_("draft"),
    RunState.PLANNED: N_("planned"),
    RunState.PROMISED: N_("promised"),
    RunState.LOADING: N_("loading"),
    RunState.LOCKED: N_("packed"),
    RunState.UNDER_WAY: N_("under way"),
    RunState.CLOSED: N_("closed"),
}


class PlanMode(StrEnum):
    """What a new plan may change; windows that are promised hold in each of them."""

    EVERYTHING = "everything"
    INSERT = "insert"
    REORDER = "reorder"


PLAN_MODE_LABELS: dict[PlanMode, str] = {
    PlanMode.EVERYTHING: N_("Change everything that is not promised"),
    PlanMode.INSERT: N_("Keep the planned runs, only put in who waits"),
    PlanMode.REORDER: N_("Keep who goes with which run, only change the order"),
}


class OfferKind(StrEnum):
    """Why a window was offered: to choose one, or to move one that is promised."""

    CHOICE = "choice"
    MOVE = "move"


class OfferAnswer(StrEnum):
    """What became of an offered window."""

    TAKEN = "taken"
    REFUSED = "refused"
    PASSED = "passed"
    """Another one of the same set was taken."""
    LAPSED = "lapsed"
    """Nobody answered in time, or it could no longer be kept."""


class WishState(StrEnum):
    """What became of a time that somebody insists on."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


REST_MIN = 11 * 60
"""So long everybody rests between two days of work. Source: ArbZG § 5."""

CREW_MOST = 5
"""More people than that at one door are a slip of the hand."""
PRIORITY_MOST = 9

CONSENT_FROM_MIN = 30
"""A promised window may move by so many minutes with a mail; beyond that the person is asked."""

RUN_OPEN_TO_PLANNING = frozenset({RunState.DRAFT, RunState.PLANNED, RunState.PROMISED})
"""Runs that a new plan may change; windows that were promised to people hold all the same."""

HANDOVER_MIN = 10
"""Minutes at the door to show the list and tick each item: an assumption, not measured."""

CARRY_MIN_PER_BOX = 2
"""Minutes to carry one box in, on the ground floor or with a lift. An assumption, as above."""

CARRY_MIN_PER_BOX_AND_FLOOR = 0.75
"""Minutes more for each floor without a lift, up and back. An assumption, as above."""


def minutes_at(*, boxes: int, floor: int, has_lift: bool) -> int:
    """Minutes from parking to leaving, rounded up."""
    floors = 0 if has_lift else abs(floor)
    carry = boxes * (CARRY_MIN_PER_BOX + floors * CARRY_MIN_PER_BOX_AND_FLOOR)
    return HANDOVER_MIN + -int(-carry // 1)


RUN_LOADABLE = frozenset({RunState.PLANNED, RunState.PROMISED, RunState.LOADING})
"""Runs whose van still stands at the depot."""


def trip_to_load(run: RunState, stops: Iterable[tuple[int, StopState]]) -> int | None:
    """Which trip of the day the van at the depot is loaded for; None while it may not be loaded.

    ``stops`` are pairs of trip and state. The van comes back and loads again: once every stop of
    the trips before has ended, the next one is due.
    """
    known = list(stops)
    if run not in RUN_LOADABLE and run is not RunState.UNDER_WAY:
        return None
    if any(state is StopState.UNDER_WAY for _trip, state in known):
        return None
    return min((trip for trip, state in known if state not in STOP_ENDED), default=None)


WINDOW_MIN = 120
"""How long a promised window is."""
STEP_MIN = 30
"""Windows begin on the half hour, so that people can remember them."""


def window_around(
    start_min: int, at_home: Sequence[tuple[int, int]], *, shift: tuple[int, int]
) -> tuple[int, int]:
    """The window to promise for a planned start: two hours around it, begun on the half hour.

    It never leaves the span in which the person is at home (when one holds the start), nor the
    shift, and always holds the planned start.
    """
    first = max(0, (start_min - WINDOW_MIN // 2 + STEP_MIN // 2) // STEP_MIN * STEP_MIN)
    home = next((span for span in at_home if span[0] <= start_min <= span[1]), shift)
    lower, upper = max(home[0], shift[0]), min(home[1], shift[1])
    first = max(lower, min(first, upper - WINDOW_MIN))
    last = min(upper, first + WINDOW_MIN)
    return min(first, start_min), max(last, start_min + 1)


def floor_number(words: str) -> int:
    """The floor in what somebody typed, such as ``4. OG``; 0 for the ground floor or nothing."""
    found = re.search(r"-?\d+", words)
    return max(-5, min(60, int(found[0]))) if found else 0


QUARTER_MIN = 15
"""People come to the counter by the quarter of an hour."""
MOST_PLACES = 20
"""More people than that in one quarter of an hour are a slip of the hand."""


def quarters_of(start_min: int, end_min: int) -> tuple[int, ...]:
    """When the quarters of these hours begin."""
    return tuple(range(start_min, end_min, QUARTER_MIN))


class Carrier(StrEnum):
    """Who carries parcels."""

    DHL = "dhl"
    DPD = "dpd"
    GLS = "gls"
    HERMES = "hermes"
    UPS = "ups"
    OTHER = "other"


CARRIER_LABELS: dict[Carrier, str] = {
    Carrier.DHL: "DHL",
    Carrier.DPD: "DPD",
    Carrier.GLS: "GLS",
    Carrier.HERMES: "Hermes",
    Carrier.UPS: "UPS",
    Carrier.OTHER: N_("another carrier"),
}

TRACKING: dict[Carrier, str] = {
    Carrier.DHL: "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=",
    Carrier.DPD: "https://tracking.dpd.de/status/de_DE/parcel/",
    Carrier.GLS: "https://gls-group.com/DE/de/paketverfolgung?match=",
    Carrier.HERMES: "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation/#",
    Carrier.UPS: "https://www.ups.com/track?tracknum=",
}
"""Where each carrier says how far a parcel is; the number follows. Nothing is asked from here."""

PARCEL_NUMBER = re.compile(r"[A-Za-z0-9]{6,40}")


def parcel_number(text: str) -> str:
    """The number of a parcel as typed or pasted, without blanks and dashes, in capitals.

    Refused when no carrier could have given it.
    """
    number = re.sub(r"[\s\-\u2010-\u2014.]", "", text)
    if not PARCEL_NUMBER.fullmatch(number):
        raise Refused(N_("A parcel number has 6 to 40 letters and digits."))
    return number.upper()


def tracking_url(carrier: str, number: str) -> str | None:
    """Where to look how far the parcel is; None for a carrier whose pages nobody knows."""
    known = TRACKING.get(Carrier(carrier)) if carrier in set(Carrier) else None
    return None if known is None else known + number


def carrier_name(carrier: str) -> str:
    """What a carrier is called; one of its own name keeps it. A message id, where it has one."""
    return CARRIER_LABELS[Carrier(carrier)] if carrier in set(Carrier) else carrier
