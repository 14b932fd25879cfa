"""The decisions of stock-takes: what was found, what is missing, what becomes of a difference.

Pure: standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from hoffice.errors import N_
from hoffice.kits.rules.kinds import Holder, HolderKind
from hoffice.kits.rules.moving import HomeAnswer, LocationKind

IN_THE_HOUSE: Final = (HolderKind.STOCK, HolderKind.DESK, HolderKind.REPAIR)
"""Holders whose things a stock-take of the whole house expects to see."""

MISSING: Final = "kits.missing"
UNEXPECTED: Final = "kits.unexpected"
NOT_AT_HOME: Final = "kits.not_at_home"
BROKEN_AT_HOME: Final = "kits.broken_at_home"
"""The kinds of tasks that differences become; each is about an item."""
LIST_DOUBTED: Final = "kits.list_doubted"
"""The kind of task when somebody says that the list of her things is wrong; about the person."""
DECIDE_ANEW: Final = "kits.decide_anew"
"""The kind of task when something turned up after it was decided who bears it; about the case."""
DIFFERENCES: Final = "kits.differences"
"""The kind of the one task that many differences become; it is about their stock-take."""
FEW: Final = 20
"""Up to so many differences are a task each; more of them are one task with its lines."""

TASK_TITLES: Final = {
    MISSING: N_("%(what)s is missing: look for it, or give it up as lost"),
    UNEXPECTED: N_("%(what)s was found in the office: put right where it is"),
    DIFFERENCES: N_("%(count)s differences of “%(name)s”: decide what becomes of each"),
    NOT_AT_HOME: N_("%(name)s no longer has %(what)s: find out where it is"),
    BROKEN_AT_HOME: N_("%(what)s of %(name)s is broken: have it swapped or repaired"),
    DECIDE_ANEW: N_("%(what)s was found again after the decision: decide anew"),
    LIST_DOUBTED: N_("%(name)s says that the list of devices is wrong: put it right"),
}
TASK_DAYS: Final = 7
"""So long whoever owns a difference has, unless another day is chosen."""

REMIND_DAYS: Final = 3
"""So many days before the end of a check at home the one reminder goes out."""
SATURDAY: Final = 5


UNSETTLED: Final = "unsettled"
"""The filter of what waits for a decision."""


class Found(StrEnum):
    """What one line of a stock-take says."""

    FOUND = "found"
    MISSING = "missing"
    UNEXPECTED = "unexpected"


FOUND_LABELS: dict[Found, str] = {
    Found.FOUND: N_("found"),
    Found.MISSING: N_("missing"),
    Found.UNEXPECTED: N_("not expected here"),
}


class Settled(StrEnum):
    """What became of a difference; kept as the note of its line."""

    MOVED = "moved"
    LATER = "later"
    LOST = "lost"
    HERE = "here"


SETTLED_LABELS: dict[Settled, str] = {
    Settled.MOVED: N_("went elsewhere during the count"),
    Settled.LATER: N_("found after all"),
    Settled.LOST: N_("given up as lost"),
    Settled.HERE: N_("put right in the ledger"),
}


class NotAtHome(StrEnum):
    """What became of a device of which somebody said that she no longer has it."""

    THERE = "there"
    LOST = "lost"
    ELSEWHERE = "elsewhere"


NOT_AT_HOME_LABELS: Final[dict[NotAtHome, str]] = {
    NotAtHome.THERE: N_("It is there after all."),
    NotAtHome.LOST: N_("It is gone: given up as lost."),
    NotAtHome.ELSEWHERE: N_("It is elsewhere, and the ledger says so."),
}


class Decision(StrEnum):
    """What somebody can decide about a difference, and how she takes it back."""

    LATER = "later"
    LOST = "lost"
    HERE = "here"
    NOT_LOST = "not_lost"
    AGAIN = "again"
    NOT_HERE = "not_here"


DECISIONS: Final[dict[Decision, tuple[Found, str]]] = {
    Decision.LATER: (Found.MISSING, ""),
    Decision.LOST: (Found.MISSING, ""),
    Decision.HERE: (Found.UNEXPECTED, ""),
    Decision.NOT_LOST: (Found.MISSING, Settled.LOST.value),
    Decision.AGAIN: (Found.MISSING, Settled.LATER.value),
    Decision.NOT_HERE: (Found.UNEXPECTED, Settled.HERE.value),
}
"""Which lines a decision is about: what they say, and what was settled about them before."""


def waits_as(decision: Decision) -> str:
    """The filter of the list that shows what a decision has passed over."""
    return DECISIONS[decision][1] or UNSETTLED


@dataclass(frozen=True, slots=True)
class Counters:
    """How far a stock-take has come."""

    expected: int = 0
    found: int = 0
    unexpected: int = 0
    strangers: int = 0

    @property
    def missing(self) -> int:
        """What was expected and not seen yet."""
        return self.expected - self.found


def looks_like_a_mistake(counters: Counters) -> bool:
    """Whether hardly anything was seen: closing would call nearly everything missing."""
    return counters.expected > 0 and 2 * counters.found < counters.expected


def line_says(*, is_expected: bool, is_seen: bool) -> Found:
    """What a line says, by whether its item was expected and whether it was seen."""
    if not is_expected:
        return Found.UNEXPECTED
    return Found.FOUND if is_seen else Found.MISSING


def is_counted_at(holder: Holder, location_id: int | None) -> bool:
    """Whether a count of this location, or of the whole house, expects what this holder has."""
    if holder.kind not in IN_THE_HOUSE:
        return False
    return location_id is None or holder.id == location_id


def has_moved(
    holder: Holder, since: datetime, *, location_id: int | None, opened: datetime
) -> bool:
    """Whether an item that was not seen left the counted place lawfully while it was counted."""
    return since >= opened and not is_counted_at(holder, location_id)


def holder_at(location: tuple[int, LocationKind] | None) -> Holder:
    """Who has an item that was seen at this place; the store, where no place was counted."""
    if location is None:
        return Holder(HolderKind.STOCK)
    number, kind = location
    match kind:
        case LocationKind.DESK:
            return Holder(HolderKind.DESK, number)
        case LocationKind.REPAIR:
            return Holder(HolderKind.REPAIR, number)
        case LocationKind.SHELF | LocationKind.ROOM:
            return Holder(HolderKind.STOCK, number)


def reminds_on(due_on: date, today: date) -> bool:
    """Whether the reminder of a check at home goes out today: on a weekday before its end."""
    return today <= due_on <= today + timedelta(days=REMIND_DAYS) and today.weekday() < SATURDAY


def lacks_photo(
    answer: HomeAnswer | None, *, wants_photo: bool, has_photo: bool, note: str
) -> bool:
    """Whether somebody still owes the photo that was asked for, or a word why there is none."""
    return wants_photo and answer is HomeAnswer.YES and not has_photo and not note
