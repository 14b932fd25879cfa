"""Asking the gates, and releasing boxes when all binding ones are open."""

from __future__ import annotations

from collections.abc import Iterable

from hoffice.audit.rules import canonical
from hoffice.audit.service import record
from hoffice.errors import N_, Refused
from hoffice.gates import queries, rules
from hoffice.gates.rules import Answer, Before
from hoffice.kits import service as kits
from hoffice.kits.models import Box, Release
from hoffice.kits.rules import BoxState
from hoffice.units import Actor


class GateClosed(Refused):
    """A box may not go yet; says which gates are closed, why, and whose turn it is."""

    def __init__(self, box_code: str, name: str, closed: tuple[Answer, ...]) -> None:
        super().__init__(N_("Box %(code)s for %(name)s is not free yet."), code=box_code, name=name)
        self.closed = closed


def answers_of(employee_ids: Iterable[int]) -> dict[int, tuple[Answer, ...]]:
    """What every gate says about each of these people; a fixed number of statements."""
    return {
        employee_id: rules.answers(facts)
        for employee_id, facts in queries.facts_of(employee_ids).items()
    }


def answers_about(employee_id: int) -> tuple[Answer, ...]:
    """What every gate says about one person."""
    return answers_of([employee_id])[employee_id]


def whole_standing_of(employee_id: int) -> tuple[tuple[Answer, ...], tuple[Before, ...]]:
    """What every gate says about one person, and what the start of work at home waits for."""
    facts = queries.facts_of([employee_id])[employee_id]
    return rules.answers(facts), rules.before_work(facts)


def missing_before_work(employee_id: int) -> tuple[Before, ...]:
    """What is missing before this person works from home, and whose turn it is."""
    facts = queries.facts_of([employee_id])[employee_id]
    return tuple(one for one in rules.before_work(facts) if not one.is_open)


def check_load(box: Box, *, by: Actor) -> Release:
    """May this box go onto the van? Asked fresh, every time; a release is written when it may.

    Raises :class:`GateClosed`. A release from an earlier moment is not enough: what was open then
    may be closed now.
    """
    employee = box.kit.employee
    said = answers_about(employee.id)
    closed = rules.closed(said)
    if closed:
        raise GateClosed(box.code, employee.name, closed)
    if box.state is BoxState.RELEASED and box.release is not None:
        return box.release
    return kits.release_boxes(box.kit_id, _as_json(said), by=by)


def note_refusal(refusal: GateClosed, box: Box, *, by: Actor) -> None:
    """Write into the log that a box was held back, and by which gates."""
    record(
        by,
        "gates.held_back",
        box,
        employee_id=box.kit.employee_id,
        gates=[answer.gate.value for answer in refusal.closed],
    )


def _as_json(said: tuple[Answer, ...]) -> str:
    return canonical(
        [
            {
                "gate": answer.gate.value,
                "open": answer.is_open,
                "reason": answer.reason,
                "since": answer.since.isoformat() if answer.since else None,
                "binding": answer.gate in rules.BINDING_FOR_DELIVERY,
            }
            for answer in said
        ]
    )
