"""The windows on a person's page: sealed while she reads, written down once she answers.

Looking at offers changes nothing. The set that was shown travels in the page's form, sealed with
the house's key and bound to the stop, and becomes rows of ``SlotOffer`` with the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.runs.models import SlotOffer
from hoffice.runs.planning.problem import Window
from hoffice.runs.queries import slots as records
from hoffice.runs.rules import OfferAnswer, OfferKind
from hoffice.units import Actor

VALID = timedelta(minutes=30)
"""So long a set may be answered; later it is worked out anew. Nothing is held back meanwhile."""

SALT = "runs.slots"


class OffersLapsed(Refused):
    """The set is too old, or not one of ours for this person: others are shown."""

    def __init__(self) -> None:
        super().__init__(N_("This page was open for too long. Here are the windows as of now."))


@dataclass(frozen=True, slots=True)
class Offered:
    """One window as it is offered, and what it costs the plan."""

    shift_id: int
    on_date: date
    start_min: int
    end_min: int
    detour_s: int = 0
    detour_m: int = 0
    is_near: bool = False
    """The van is near then anyhow."""

    @property
    def window(self) -> Window:
        """As the planner knows it."""
        return Window(self.on_date, self.start_min, self.end_min)


@dataclass(frozen=True, slots=True)
class Choices:
    """One set of windows for one stop; ``round`` counts the sets since the invitation."""

    stop_id: int
    round: int
    offered_at: datetime
    windows: tuple[Offered, ...]

    def sealed(self, book: LinkBook) -> str:
        """The set as a word that nobody else can make."""
        return str(
            _sealer(book).dumps(
                [
                    self.stop_id,
                    self.round,
                    self.offered_at.isoformat(),
                    [
                        [
                            one.shift_id,
                            one.on_date.isoformat(),
                            one.start_min,
                            one.end_min,
                            one.detour_s,
                            one.detour_m,
                            one.is_near,
                        ]
                        for one in self.windows
                    ],
                ]
            )
        )


def unsealed(word: str, stop_id: int, *, book: LinkBook) -> Choices:
    """The set behind the word; :class:`OffersLapsed` if it is another's, too old, or no word."""
    try:
        found: Any = _sealer(book).loads(word)
        number, of_round, at, windows = found
    except (BadData, ValueError, TypeError):
        raise OffersLapsed from None
    choices = Choices(
        number,
        of_round,
        datetime.fromisoformat(at),
        tuple(Offered(one[0], date.fromisoformat(one[1]), *one[2:]) for one in windows),
    )
    if choices.stop_id != stop_id or clock.now() - choices.offered_at > VALID:
        raise OffersLapsed
    return choices


def _sealer(book: LinkBook) -> URLSafeSerializer:
    keys = [*reversed(book.old_secret_keys), book.secret_key]  # the newest one last
    return URLSafeSerializer(keys, salt=SALT)


def note(
    choices: Choices,
    *,
    by: Actor,
    taken: Offered | None = None,
    others: OfferAnswer = OfferAnswer.PASSED,
) -> Sequence[SlotOffer]:
    """Write down what became of a set; once it was written, only its answers change."""
    now = clock.now()
    rows = records.offered_together(choices.stop_id, choices.offered_at)
    if not rows:
        rows = [_row(choices, one, by) for one in choices.windows]
        db.session.add_all(rows)
    for row, one in zip(rows, choices.windows, strict=True):
        row.answer = OfferAnswer.TAKEN if one == taken else others
        row.answered_at = now
    db.session.flush()
    return rows


def _row(choices: Choices, one: Offered, by: Actor) -> SlotOffer:
    return SlotOffer(
        stop_id=choices.stop_id,
        shift_id=one.shift_id,
        kind=OfferKind.CHOICE,
        round=choices.round,
        start_min=one.start_min,
        end_min=one.end_min,
        detour_s=one.detour_s,
        detour_m=one.detour_m,
        offered_at=choices.offered_at,
        offered_by=str(by),
    )
