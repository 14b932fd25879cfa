"""Travel times in words: who says so, how sure it is, and what is only estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from hoffice.errors import N_
from hoffice.places.travel.learning import CORRECTED
from hoffice.runs.planning.plan import Travel
from hoffice.web import formats

OFF_BY = N_("nine in ten drives within ± %(percent)s")


@dataclass(frozen=True, slots=True)
class TravelWords:
    """The line below a plan, what is behind it, and what must be seen: estimates."""

    model: str
    uncertainty: str
    behind: tuple[str, ...]
    warnings: tuple[str, ...]


def travel_words(kept: Mapping[str, Any] | None) -> TravelWords | None:
    """The travel times of a plan in the reader's language; None for plans older than this."""
    if kept is None:
        return None
    travel = Travel.from_json(kept)
    behind = tuple(_note(*note) for note in travel.notes if note[0] == CORRECTED)
    warnings = tuple(_note(*note) for note in travel.notes if note[0] != CORRECTED)
    off = ""
    if travel.uncertainty is not None:
        off = str(_(OFF_BY, percent=_percent(travel.uncertainty)))
    return TravelWords(str(_(travel.model)), off, behind, warnings)


def _note(text: str, facts: Mapping[str, Any]) -> str:
    """A note with its facts; a reason is itself a text of ours."""
    return str(_(text, **{name: _fact(fact) for name, fact in facts.items()}))


def _fact(fact: object) -> object:
    if isinstance(fact, str):
        return _(fact)
    return formats.number(fact, 2) if isinstance(fact, float) else fact


def _percent(share: float) -> str:
    return f"{formats.number(100 * share)}{formats.NO_BREAK}%"
