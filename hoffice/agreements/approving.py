"""Clients' approvals: what counts on a day, what an answer has to say, when somebody is warned.

Pure: standard library only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from hoffice.agreements.rules import ApprovalState, checked_name
from hoffice.errors import N_, Refused

WAITING = frozenset({ApprovalState.ASKED, ApprovalState.OPENED})
"""The client has not answered yet."""
GIVEN = frozenset({ApprovalState.GIVEN, ApprovalState.PARTLY})
STATE_LABELS: dict[ApprovalState, str] = {
    ApprovalState.DRAFT: N_("draft"),
    ApprovalState.ASKED: N_("asked"),
    ApprovalState.OPENED: N_("opened"),
    ApprovalState.GIVEN: N_("given"),
    ApprovalState.PARTLY: N_("given in part"),
    ApprovalState.REFUSED: N_("refused"),
    ApprovalState.EXPIRED: N_("ended"),
    ApprovalState.WITHDRAWN: N_("taken back"),
    ApprovalState.SUPERSEDED: N_("superseded"),
}

WARN_DAYS = (60, 30, 7)
"""So long before its end whoever asked for an approval is warned."""
MOST_PEOPLE = 300
"""What one page and one table of a paper hold."""
TEXT_CHARS = 2000


class Standing(StrEnum):
    """How one project stands for one person: whether she may work on it outside the office."""

    NOT_NEEDED = "not_needed"
    APPROVED = "approved"
    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    LEFT_OUT = "left_out"
    """The approval is in force, and does not name this person, or says no to her."""
    REFUSED = "refused"
    ENDED = "ended"


MAY_WORK = frozenset({Standing.NOT_NEEDED, Standing.APPROVED})


@dataclass(frozen=True, slots=True)
class Asked:
    """One approval of one project as it concerns one person."""

    state: ApprovalState
    valid_to: date | None
    is_approved: bool | None
    """What the client said of this person; None: nothing, or she was not asked about."""
    since: datetime | None = None
    """When it was answered, else when it was asked."""


def is_in_force(state: ApprovalState, valid_to: date | None, on: date) -> bool:
    """Whether an approval counts on this day; its last day counts, the next one does not."""
    return state in GIVEN and (valid_to is None or on <= valid_to)


def deciding(asked: Sequence[Asked], on: date) -> Asked | None:
    """Of all approvals of one project, oldest first, the one that says how it stands.

    One in force decides, even while a newer one waits for its answer; else it is the newest.
    """
    told = [
        one for one in asked if one.state not in {ApprovalState.DRAFT, ApprovalState.SUPERSEDED}
    ]
    in_force = [one for one in told if is_in_force(one.state, one.valid_to, on)]
    found = in_force or told
    return found[-1] if found else None


def standing(asked: Sequence[Asked], on: date, *, needs_approval: bool) -> Standing:
    """How one project stands for one person on this day."""
    if not needs_approval:
        return Standing.NOT_NEEDED
    one = deciding(asked, on)
    if one is None or one.state is ApprovalState.WITHDRAWN:
        return Standing.NOT_ASKED
    if is_in_force(one.state, one.valid_to, on):
        return Standing.APPROVED if one.is_approved else _not_named(asked)
    if one.state in WAITING:
        return Standing.WAITING
    return Standing.REFUSED if one.state is ApprovalState.REFUSED else Standing.ENDED


def _not_named(asked: Iterable[Asked]) -> Standing:
    """Somebody new in a project may be asked about already, in a newer request."""
    return Standing.WAITING if any(one.state in WAITING for one in asked) else Standing.LEFT_OUT


def warning_due(valid_to: date | None, today: date, *, warned_days: int | None) -> int | None:
    """Which warning is due: 60, 30 or 7 days before the end; None when none is, or it went out.

    Only the nearest one: who has slept through two of them gets one mail.
    """
    if valid_to is None or today > valid_to:
        return None
    left = (valid_to - today).days
    due = next((days for days in sorted(WARN_DAYS) if left <= days), None)
    return None if due is None or (warned_days is not None and warned_days <= due) else due


class Verdict(StrEnum):
    """What a client says about all the people of a request."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A client's answer as it was sent, not looked through yet."""

    verdict: Verdict
    name: str
    """Who answers for the client."""
    ticked: frozenset[int] = frozenset()
    """The people approved one by one, by their employees' numbers."""
    conditions: str = ""
    valid_to: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A checked answer: the new state, and who is approved."""

    state: ApprovalState
    name: str
    approved: frozenset[int]
    conditions: str
    valid_to: date | None
    reason: str


def decision(answer: Answer, people: Collection[int], today: date) -> Decision:
    """What an answer means for these people; refused where it contradicts itself."""
    name = _name(answer.name)
    if answer.verdict is Verdict.NONE:
        if answer.ticked:
            raise Refused(_CONTRADICTS)
        reason = checked_text(answer.reason, N_("Say in a few words why you do not approve."))
        return Decision(
            state=ApprovalState.REFUSED,
            name=name,
            approved=frozenset(),
            conditions="",
            valid_to=None,
            reason=reason,
        )
    if answer.valid_to is not None and answer.valid_to < today:
        raise Refused(N_("The approval cannot end before today."))
    approved = _approved(answer, frozenset(people))
    conditions = checked_text(answer.conditions)
    is_whole = approved == frozenset(people) and not conditions
    return Decision(
        state=ApprovalState.GIVEN if is_whole else ApprovalState.PARTLY,
        name=name,
        approved=approved,
        conditions=conditions,
        valid_to=answer.valid_to,
        reason="",
    )


def _name(name: str) -> str:
    try:
        return checked_name(name)
    except Refused:
        raise Refused(N_("Enter your first and last name.")) from None


_CONTRADICTS = N_("You have ticked single people and chosen something else above. Which is it?")


def _approved(answer: Answer, people: frozenset[int]) -> frozenset[int]:
    if answer.ticked - people:
        raise Refused(N_("You have ticked somebody whom you were not asked about."))
    if answer.verdict is Verdict.ALL:
        if answer.ticked and answer.ticked != people:
            raise Refused(_CONTRADICTS)
        return people
    if not answer.ticked:
        raise Refused(N_("Tick at least one person, or choose that you approve nobody."))
    return answer.ticked


def checked_text(text: str, missing: str = "") -> str:
    """What somebody typed, trimmed; refused when endless, or ``missing`` where it must be there."""
    plain = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if missing and not plain:
        raise Refused(missing)
    if len(plain) > TEXT_CHARS:
        raise Refused(N_("This is longer than 2000 characters."))
    return plain
