"""The blueprint of pick-ups and parcels, beside the runs; they ask the gates, which runs cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from flask import Blueprint
from flask_babel import gettext as _

from hoffice.accounts.rules import Role
from hoffice.gates import rules as gate_rules
from hoffice.gates import service as gates
from hoffice.runs.models import Stop

ways = Blueprint("ways", __name__, url_prefix="/fahrten")

READERS: Final = (Role.IT, Role.HR)
"""Who sees who picks up and what is posted; only IT opens hours and posts."""


@dataclass(frozen=True, slots=True)
class Waits:
    """What still keeps a kit in the house, in the reader's language."""

    gate: str
    reason: str


def held_back(stops: Iterable[Stop]) -> dict[int, list[Waits]]:
    """What keeps each of these people's kits in the house; nobody is named whose kit may go."""
    said = gates.answers_of({stop.employee_id for stop in stops})
    return {
        employee_id: waits_of(closed)
        for employee_id, answers in said.items()
        if (closed := gate_rules.closed(answers))
    }


def waits_of(closed: Iterable[gate_rules.Answer]) -> list[Waits]:
    """These closed gates in the reader's language."""
    return [
        Waits(str(_(gate_rules.GATE_LABELS[one.gate])), str(_(one.reason)) % dict(one.facts))
        for one in closed
    ]
