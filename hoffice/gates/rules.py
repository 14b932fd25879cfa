"""The gates: named conditions, each open or closed with a reason, and whose turn it is.

Pure: facts in, answers out. This is the heart of the product; see ``docs/gates.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hoffice.agreements.approving import MAY_WORK, Standing
from hoffice.agreements.rules import WAITING, PaperKind, PaperState
from hoffice.errors import N_
from hoffice.places.rules import EXACT, Precision
from hoffice.runs.rules import Way


class Gate(StrEnum):
    """The conditions a person has to meet before a box may go, in the order of the board."""

    ADDRESS = "address"
    SLOT = "slot"
    ADDENDUM = "addendum"
    DATA_PROTECTION = "data_protection"
    CLIENT = "client"
    KIT = "kit"


GATE_LABELS: dict[Gate, str] = {
    Gate.ADDRESS: N_("Address"),
    Gate.SLOT: N_("Appointment"),
    Gate.ADDENDUM: N_("Addendum"),
    Gate.DATA_PROTECTION: N_("Data protection"),
    Gate.CLIENT: N_("Client's approval"),
    Gate.KIT: N_("Kit"),
}

GATE_ICONS: dict[Gate, str] = {
    Gate.ADDRESS: "geo-alt",
    Gate.SLOT: "calendar-event",
    Gate.ADDENDUM: "pen",
    Gate.DATA_PROTECTION: "shield-lock",
    Gate.CLIENT: "briefcase",
    Gate.KIT: "box-seam",
}

BINDING_FOR_DELIVERY = frozenset(
    {Gate.ADDRESS, Gate.ADDENDUM, Gate.DATA_PROTECTION, Gate.CLIENT, Gate.KIT}
)
"""What must be open before a box is loaded; the appointment only informs."""


class Turn(StrEnum):
    """Who can move a closed gate on."""

    EMPLOYEE = "employee"
    HR = "hr"
    IT = "it"
    CLIENT = "client"


TURN_LABELS: dict[Turn, str] = {
    Turn.EMPLOYEE: N_("Employee"),
    Turn.HR: N_("HR"),
    Turn.IT: N_("IT"),
    Turn.CLIENT: N_("Client"),
}


class Outside(StrEnum):
    """What a paper waits for that is not signed in this house."""

    INK_WANTED = "ink_wanted"
    FILE_NEEDED = "file_needed"
    FILE_TO_LOOK_AT = "file_to_look_at"


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What is known of one paper: its state, and since when it waits or is in force."""

    state: PaperState
    since: datetime | None
    is_in_force: bool
    is_for_this_home: bool = True
    """An addendum names the place of work; after a move it has to be signed anew."""
    outside: Outside | None = None
    is_signed_by_employee: bool = False

    @property
    def counts(self) -> bool:
        """Whether this paper opens its gate."""
        return self.is_in_force and self.is_for_this_home


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """How one of a person's projects stands with its client today."""

    client: str
    standing: Standing
    since: datetime | None = None
    project: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the gates look at, for one person."""

    precision: Precision
    is_question: bool
    """Whether it is asked which address is meant, and nobody has chosen yet."""
    is_confirmed: bool
    confirmed_at: datetime | None
    papers: Mapping[PaperKind, PaperFacts]
    has_kit: bool
    missing_items: int
    boxes: int
    packed_boxes: int
    packed_at: datetime | None
    promised_at: datetime | None
    """Since when a window is promised, or a pick-up at the office is booked."""
    has_stop: bool
    way: Way = Way.VAN
    is_counter_open: bool = False
    """Whether somebody who is to pick up the kit finds hours to choose from."""
    projects: tuple[ProjectFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What one gate says about one person."""

    gate: Gate
    is_open: bool
    reason: str
    """A message id; open gates say what opened them."""
    turn: Turn | None
    """Whose turn it is; None when the gate is open."""
    since: datetime | None
    facts: Mapping[str, object] = field(default_factory=dict)


def answers(facts: Facts) -> tuple[Answer, ...]:
    """What every gate says, in the order of the board."""
    return (
        _address(facts),
        _slot(facts),
        _papers(facts, Gate.ADDENDUM, ADDENDA, also=(PaperKind.LOAN,)),
        _papers(
            facts, Gate.DATA_PROTECTION, (PaperKind.DATA_PROTECTION,), also=(PaperKind.CONDUCT,)
        ),
        _client(facts.projects),
        _kit(facts),
    )


def closed(
    said: tuple[Answer, ...], *, binding: frozenset[Gate] = BINDING_FOR_DELIVERY
) -> tuple[Answer, ...]:
    """The binding gates that are not open, in their order."""
    return tuple(answer for answer in said if answer.gate in binding and not answer.is_open)


def _address(facts: Facts) -> Answer:
    if facts.is_question:
        reason = N_("It is not clear which address is meant; somebody has to choose.")
        return Answer(Gate.ADDRESS, False, reason, Turn.EMPLOYEE, None)
    if facts.precision is Precision.NONE:
        return Answer(Gate.ADDRESS, False, N_("The address was not found."), Turn.IT, None)
    if not facts.is_confirmed:
        return Answer(
            Gate.ADDRESS, False, N_("The address is not confirmed yet."), Turn.EMPLOYEE, None
        )
    if facts.precision not in EXACT:
        return Answer(
            Gate.ADDRESS,
            False,
            N_("The address is only known approximately; set the point on the map."),
            Turn.IT,
            facts.confirmed_at,
        )
    return Answer(Gate.ADDRESS, True, N_("Confirmed"), None, facts.confirmed_at)


def _slot(facts: Facts) -> Answer:
    if facts.way is Way.PARCEL:
        return Answer(Gate.SLOT, True, N_("Goes by parcel"), None, None)
    if facts.way is Way.OFFICE:
        return _pick_up(facts)
    if facts.promised_at is not None:
        return Answer(Gate.SLOT, True, N_("Promised"), None, facts.promised_at)
    turn = Turn.IT
    reason = N_("Planned, but not promised yet.") if facts.has_stop else N_("Not planned yet.")
    return Answer(Gate.SLOT, False, reason, turn, None)


def _pick_up(facts: Facts) -> Answer:
    if facts.promised_at is not None:
        return Answer(Gate.SLOT, True, N_("Pick-up booked"), None, facts.promised_at)
    if facts.is_counter_open:
        reason = N_("No time chosen for the pick-up yet.")
        return Answer(Gate.SLOT, False, reason, Turn.EMPLOYEE, None)
    reason = N_("No hours for pick-ups are open.")
    return Answer(Gate.SLOT, False, reason, Turn.IT, None)


PAPER_REASONS: dict[PaperState, tuple[str, Turn]] = {
    PaperState.DRAFT: (N_("Not sent yet."), Turn.HR),
    PaperState.SENT: (N_("Sent, not opened yet."), Turn.EMPLOYEE),
    PaperState.OPENED: (N_("Opened, not signed yet."), Turn.EMPLOYEE),
    PaperState.SIGNED: (N_("The other signature is missing."), Turn.HR),
    PaperState.SEALED: (N_("A newer version has to be signed."), Turn.HR),
    PaperState.DECLINED: (N_("Declined."), Turn.HR),
    PaperState.VOID: (N_("Void; send a new one."), Turn.HR),
    PaperState.SUPERSEDED: (N_("A newer version has to be signed."), Turn.HR),
    PaperState.EXPIRED: (N_("Expired; send a new one."), Turn.HR),
}


ADDENDA = (PaperKind.ADDENDUM, PaperKind.MOBILE)
"""One of them says where somebody works."""

OUTSIDE_REASONS: dict[Outside, tuple[str, Turn]] = {
    Outside.INK_WANTED: (N_("Wanted with ink: print it, and file it when it is signed."), Turn.HR),
    Outside.FILE_NEEDED: (N_("Waits for a file that is signed elsewhere."), Turn.EMPLOYEE),
    Outside.FILE_TO_LOOK_AT: (N_("A signed file waits to be looked at."), Turn.HR),
}


def _papers(
    facts: Facts, gate: Gate, one_of: tuple[PaperKind, ...], *, also: tuple[PaperKind, ...]
) -> Answer:
    """One of some papers has to count, and with it those others that the person was sent."""
    known = [facts.papers[kind] for kind in one_of if kind in facts.papers]
    if not known:
        return Answer(gate, False, N_("Not sent yet."), Turn.HR, None)
    first = next((paper for paper in known if paper.counts), None)
    wanted = [first or max(known, key=_is_on_its_way)]
    wanted += [facts.papers[kind] for kind in also if kind in facts.papers]
    said = [_paper(paper, gate) for paper in wanted]
    shut = next((answer for answer in said if not answer.is_open), None)
    if shut is not None:
        return shut
    return max(said, key=lambda answer: (answer.since is not None, answer.since))


def _is_on_its_way(paper: PaperFacts) -> bool:
    return not paper.is_in_force


def _paper(paper: PaperFacts, gate: Gate) -> Answer:
    if not paper.is_for_this_home:
        reason = N_("It names another address than the present one; send a new one.")
        return Answer(gate, False, reason, Turn.HR, paper.since)
    if paper.is_in_force:
        return Answer(gate, True, N_("Signed"), None, paper.since)
    if paper.outside is not None:
        reason, turn = OUTSIDE_REASONS[paper.outside]
        return Answer(gate, False, reason, turn, paper.since)
    is_half = paper.state in WAITING and paper.is_signed_by_employee
    reason, turn = PAPER_REASONS[PaperState.SIGNED if is_half else paper.state]
    return Answer(gate, False, reason, turn, paper.since)


CLIENT_REASONS: dict[Standing, tuple[str, Turn]] = {
    Standing.WAITING: (N_("%(client)s has not answered yet."), Turn.CLIENT),
    Standing.NOT_ASKED: (N_("%(client)s was not asked yet."), Turn.HR),
    Standing.LEFT_OUT: (N_("%(client)s has not approved this person."), Turn.HR),
    Standing.ENDED: (N_("The approval of %(client)s has ended."), Turn.HR),
    Standing.REFUSED: (N_("%(client)s has refused."), Turn.HR),
}
"""In the order in which one of several projects speaks for all: what may open next comes first."""


def _client(projects: tuple[ProjectFacts, ...]) -> Answer:
    """Work needs the approval of each project; a box may go as soon as one project is open."""
    open_ones = [one for one in projects if one.standing in MAY_WORK]
    shut = [one for one in projects if one.standing not in MAY_WORK]
    approved = [one for one in open_ones if one.standing is Standing.APPROVED]
    since = max((one.since for one in approved if one.since is not None), default=None)
    if not shut:
        reason = N_("Approved") if approved else N_("Not needed")
        return Answer(Gate.CLIENT, True, reason, None, since)
    if open_ones:
        counted = {"open": len(open_ones), "all": len(projects)}
        reason = N_("Open for %(open)s of %(all)s projects")
        return Answer(Gate.CLIENT, True, reason, None, since, counted)
    first = min(shut, key=lambda one: list(CLIENT_REASONS).index(one.standing))
    reason, turn = CLIENT_REASONS[first.standing]
    return Answer(Gate.CLIENT, False, reason, turn, first.since, {"client": first.client})


def _kit(facts: Facts) -> Answer:
    if not facts.has_kit:
        return Answer(Gate.KIT, False, N_("No kit yet."), Turn.IT, None)
    if facts.missing_items:
        return Answer(
            Gate.KIT,
            False,
            N_("%(missing)s items are missing in the kit."),
            Turn.IT,
            None,
            {"missing": facts.missing_items},
        )
    if facts.packed_boxes < facts.boxes:
        return Answer(
            Gate.KIT,
            False,
            N_("%(packed)s of %(boxes)s boxes are packed."),
            Turn.IT,
            None,
            {"packed": facts.packed_boxes, "boxes": facts.boxes},
        )
    return Answer(Gate.KIT, True, N_("Packed"), None, facts.packed_at)


@dataclass(frozen=True, slots=True)
class Before:
    """One thing that has to be there before somebody works from home: a paper, or an approval."""

    paper: PaperKind | None
    """None for a client's approval."""
    project: str
    client: str
    is_open: bool
    reason: str
    """A message id, as of an :class:`Answer`."""
    turn: Turn | None
    since: datetime | None
    facts: Mapping[str, object]


def before_work(facts: Facts) -> tuple[Before, ...]:
    """What the start of work at home waits for; nothing is held back by it, it is shown.

    The addendum and data protection as their gates say, the self-assessment of a workplace at home
    (mobile work has none), the safety instruction, and the approval of each project.
    """
    said = {answer.gate: answer for answer in answers(facts)}
    addendum = _addendum(facts)
    own = [
        _before(addendum, said[Gate.ADDENDUM]),
        _before(PaperKind.DATA_PROTECTION, said[Gate.DATA_PROTECTION]),
    ]
    wanted = [PaperKind.INSTRUCTION]
    if addendum is not PaperKind.MOBILE or PaperKind.WORKPLACE in facts.papers:
        wanted.insert(0, PaperKind.WORKPLACE)
    own += [_before(kind, _papers(facts, Gate.ADDENDUM, (kind,), also=())) for kind in wanted]
    return (*own, *map(_approval, facts.projects))


def _addendum(facts: Facts) -> PaperKind:
    """Which addendum says where this person works, or will."""
    known = [kind for kind in ADDENDA if kind in facts.papers]
    in_force = [kind for kind in known if facts.papers[kind].counts]
    return next(iter(in_force or known), PaperKind.ADDENDUM)


def _before(kind: PaperKind, answer: Answer) -> Before:
    return Before(
        kind, "", "", answer.is_open, answer.reason, answer.turn, answer.since, answer.facts
    )


def _approval(one: ProjectFacts) -> Before:
    said = _client((one,))
    return Before(
        None,
        one.project,
        one.client,
        said.is_open,
        said.reason,
        said.turn,
        said.since,
        said.facts,
    )
