"""What is due back and when, what must be wiped first, and what somebody may be asked to pay.

Pure: standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hoffice.errors import N_
from hoffice.kits.rules.kinds import CONDITION_LABELS, ItemKind
from hoffice.kits.rules.moving import AfterCheck, ReturnOutcome, WhoPays, WipeMethod

DUE_AHEAD = timedelta(days=30)
"""So long before somebody leaves, her devices are asked for."""

HOLDS_DATA = frozenset({ItemKind.PC, ItemKind.LAPTOP, ItemKind.PHONE, ItemKind.PRINTER})
"""Kinds with storage of their own, printers too: NIST SP 800-88 Rev. 1, appendix A.

Source: docs/sources.md#erasing
"""

DAMAGED = "damaged"
"""The condition that makes a damage of a thing that came back."""

FOUND_AGAIN = "found again"
"""The reason of a case that the house itself has closed: the thing is there."""


def needs_wipe(kind: ItemKind) -> bool:
    """Whether nobody else gets a device of this kind before its data are erased."""
    return kind in HOLDS_DATA


def outcome_of(condition: str) -> ReturnOutcome:
    """How a thing came back that looks like this."""
    return ReturnOutcome.DAMAGED if condition == DAMAGED else ReturnOutcome.BACK


def is_condition(word: str) -> bool:
    """Whether this is one of the words for how a thing looks."""
    return word in CONDITION_LABELS


def why_not(kind: ItemKind, after: AfterCheck, wipe: WipeMethod | None) -> str:
    """Why this cannot become of a checked device; empty when it can.

    A repair may come before the wiping: a broken device often cannot be wiped.
    """
    if after is AfterCheck.REPAIR:
        return ""
    if needs_wipe(kind) and wipe is None:
        return N_("%(tag)s has storage: confirm first how its data were erased.")
    if needs_wipe(kind) and wipe is WipeMethod.DESTROY and after is AfterCheck.STOCK:
        return N_("The storage of %(tag)s is destroyed: send it to repair, or retire it.")
    return ""


def waits(expected: int, came: int, outcome: ReturnOutcome | None) -> bool:
    """Whether something of a line is still to come."""
    return came < expected and outcome is not ReturnOutcome.NOT_DUE


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of a return, as far as the sum needs it."""

    expected: int
    came: int
    outcome: ReturnOutcome | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a return is: things, not lines."""

    expected: int
    back: int
    open: int
    """Nobody has said yet what became of them."""
    missing: int

    @property
    def is_complete(self) -> bool:
        """Whether everything that was handed over is back."""
        return self.back == self.expected


def progress(lines: Iterable[Expected]) -> Progress:
    """How far a return is; what was not expected, or is no longer, does not count."""
    expected = back = waiting = missing = 0
    for line in lines:
        if not line.expected or line.outcome is ReturnOutcome.NOT_DUE:
            continue
        came = min(line.came, line.expected)
        rest = line.expected - came
        expected += line.expected
        back += came
        if line.outcome is None:
            waiting += rest
        else:
            missing += rest
    return Progress(expected, back, waiting, missing)


def charge_refused(who: WhoPays, amount_cents: int, value_cents: int, reason: str) -> str:
    """Why a case cannot be decided like this; empty when it can."""
    if not reason.strip():
        return N_("Say why you decide it so.")
    if who is not WhoPays.PERSON and amount_cents:
        return N_("Only when the person pays is there an amount.")
    if who is WhoPays.PERSON and amount_cents <= 0:
        return N_("Say how much the person is asked to pay.")
    if amount_cents > value_cents:
        return N_("Nobody can be asked for more than the thing was worth.")
    return ""


def begins(found_at: datetime, decided_before_at: datetime | None) -> datetime:
    """From when on a photo of a damage belongs to a case and not to the one before it.

    What was photographed after the last decision and before this case is about this one: people
    take the photo first.
    """
    if decided_before_at is None:
        return found_at
    return min(found_at, decided_before_at)


def case_at(moment: datetime, begun: Sequence[datetime]) -> int:
    """Which of several cases of a thing, by their beginnings, a photo of then is about.

    The first one has all that was photographed before it, too.
    """
    return max((index for index, begin in enumerate(begun) if begin <= moment), default=0)
