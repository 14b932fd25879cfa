"""Whose turn it is: what waits for whom, as short sentences with a way to act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hoffice.accounts.rules import Role
from hoffice.desk.queries import Counts
from hoffice.errors import N_


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that waits: what, why, and the page that moves it on."""

    title: str
    text: str
    number: int
    endpoint: str
    action: str
    icon: str
    state: str = "waiting"
    args: Mapping[str, str] = field(default_factory=dict)


def for_roles(roles: frozenset[Role], counts: Counts, *, failed_mails: int) -> list[Turn]:
    """What waits for somebody with these roles, the most urgent first; nothing that is zero."""
    turns: list[Turn] = []
    if Role.HR in roles:
        turns += _for_hr(counts)
    if Role.IT in roles:
        turns += _for_it(counts)
    if roles & {Role.IT, Role.HR, Role.ADMIN}:
        turns.append(
            Turn(
                N_("Mails did not arrive"),
                N_("Look at the reason, correct the address, send again."),
                failed_mails,
                "desk.notices",
                N_("Look at them"),
                "exclamation-triangle-fill",
                "problem",
            )
        )
    return [turn for turn in turns if turn.number]


def _for_hr(counts: Counts) -> list[Turn]:
    return [
        Turn(
            N_("Papers were declined"),
            N_("Somebody has said why. Talk to each other, then send a new one."),
            counts.declined_papers,
            "agreements.index",
            N_("Look at them"),
            "exclamation-triangle-fill",
            "problem",
        ),
        Turn(
            N_("People have no papers yet"),
            N_("Choose them and send the pack."),
            counts.without_pack,
            "agreements.index",
            N_("Send papers"),
            "file-earmark-text",
        ),
        Turn(
            N_("People have not signed yet"),
            N_("A reminder takes one click."),
            counts.waiting_packs,
            "agreements.index",
            N_("Remind them"),
            "pen",
        ),
    ]


def _for_it(counts: Counts) -> list[Turn]:
    return [
        Turn(
            N_("Addresses are only known approximately"),
            N_("Without a point on the map nobody finds the door."),
            counts.vague_addresses,
            "people.index",
            N_("Set the points"),
            "geo-alt",
            "problem",
            {"precision": "postcode"},
        ),
        Turn(
            N_("Runs are planned, but not promised"),
            N_("Tell people when you come."),
            counts.unpromised_runs,
            "runs.index",
            N_("Promise windows"),
            "calendar-event",
            "ready",
        ),
        Turn(
            N_("Visits wait for a run"),
            N_("Plan them into the next days."),
            counts.unplanned_stops,
            "runs.index",
            N_("Plan runs"),
            "truck",
        ),
        Turn(
            N_("Boxes are to be packed"),
            N_("A packed box is the last thing a kit needs."),
            counts.open_boxes,
            "kits.boxes",
            N_("To the boxes"),
            "box-seam",
        ),
        Turn(
            N_("People have no kit yet"),
            N_("Give many of them a kit at once."),
            counts.without_kit,
            "kits.kits",
            N_("Give kits"),
            "pc-display",
        ),
        Turn(
            N_("Receipts are not confirmed yet"),
            N_("The devices are there; the person has not said so yet."),
            counts.open_receipts,
            "handover.index",
            N_("Look at them"),
            "house-check",
            "open",
        ),
    ]
