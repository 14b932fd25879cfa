"""What the house found about an address: what it must ask, what it repaired, what it does not know.

Shown wherever somebody can act on it: at the person, at the address, on the employee's own page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.people import queries, service
from hoffice.people.access import CHANGES_PEOPLE
from hoffice.people.models import Home
from hoffice.people.service.answers import REPAIRS, written
from hoffice.people.views.ahead import asked_ahead
from hoffice.people.views.blueprint import bp
from hoffice.places.rules import (
    HOPELESS,
    QUESTIONS,
    Address,
    Candidate,
    Finding,
    Geocoder,
    Precision,
    Remark,
)
from hoffice.places.service.credits import credit_of
from hoffice.units import Actor
from hoffice.web.pages import translated

NONE_OF_THESE: Final = "none"
"""The answer that the address is right as it was written."""
SERIOUS: Final = frozenset({*REPAIRS, *HOPELESS, Finding.POSTCODE_DIFFERS})
"""Findings that may mean another address than the one that was meant."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One address that could be meant, as a page offers it."""

    number: int
    """As on the map, from 1."""
    value: str
    """What the form sends: its place in the list and the words that were seen."""
    candidate: Candidate

    @property
    def street(self) -> str:
        """Street and number."""
        return f"{self.candidate.street} {self.candidate.housenumber}".strip()

    @property
    def town(self) -> str:
        """Postcode, town and, where that says more, the district."""
        one = self.candidate
        district = one.district if one.district != one.city else ""
        return ", ".join(filter(None, (f"{one.postcode} {one.city}".strip(), district)))


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to say about a home's address, in the reader's language."""

    question: str
    """What has to be answered; empty when nothing is open."""
    choices: Sequence[Choice]
    notices: Sequence[tuple[str, str]]
    """State and sentence of everything that is no question."""
    repaired: str
    """The address as it would be written correctly; empty when it is."""
    matched: str
    """The address in the register's own words, where it was found."""
    source: str
    """Whose words and point these are."""

    @property
    def stops(self) -> list[dict[str, Any]]:
        """The choices that have a point, for the map."""
        return [
            {
                "id": f"choice-{one.number}",
                "n": one.number,
                "run": 1,
                "label": f"{one.number}: {one.street}, {one.town}",
                "name": one.street,
                "text": one.town,
                "lat": one.candidate.lat,
                "lon": one.candidate.lon,
            }
            for one in self.choices
            if one.candidate.lat is not None
        ]


def told(home: Home) -> Told:
    """Everything that was found out about this address."""
    remarks = [Remark.from_json(kept) for kept in home.remarks]
    asked = next((one for one in remarks if one.finding in QUESTIONS), None)
    choices = _choices(home)
    better = service.repairs(home)
    objections = service.objections(home)
    said = [
        one
        for one in remarks
        if one.finding not in QUESTIONS
        and (not choices or one.finding in SERIOUS)
        and (home.precision is not Precision.PINNED or one.finding in REPAIRS or one in objections)
        and (one.finding not in REPAIRS or REPAIRS[one.finding] in better)
    ]
    question = asked or Remark(Finding.AMBIGUOUS)
    return Told(
        question=sentence(question) if choices else "",
        choices=choices,
        notices=[("waiting" if one.finding in SERIOUS else "open", sentence(one)) for one in said],
        repaired=Address(*service.as_repaired(home)).line if better else "",
        matched=home.matched,
        source=credit_of(home.provider),
    )


def _choices(home: Home) -> list[Choice]:
    candidates = [Candidate.from_json(kept) for kept in home.candidates]
    return [
        Choice(place + 1, f"{place} {candidate.line}", candidate)
        for place, candidate in enumerate(candidates)
    ]


def sentence(remark: Remark) -> str:
    """What a geocoder had to say, in the reader's language."""
    return remark.said(lambda text: str(_(text)))


def answer(employee_id: int, *, by: Actor, confirmed: bool) -> bool:
    """Settle the question with what the form has sent; False when no candidate was meant.

    :raises Refused: when nothing was chosen, or the choices have changed meanwhile.
    """
    sent = request.form.get("choice", "")
    if request.form.get("answer") == NONE_OF_THESE:
        service.keep_as_written(employee_id, by=by, confirmed=confirmed)
        return False
    place, _space, line = sent.partition(" ")
    if not (place.isascii() and place.isdecimal()):
        raise Refused(N_("Choose one of the addresses, or say that it is none of them."))
    number = int(place[:3])
    home = queries.home_of(employee_id)
    choices = [] if home is None else _choices(home)
    asked = [written(home, one.candidate) for one in choices[number : number + 1] if home]
    service.choose_candidate(
        employee_id,
        number,
        line=line,
        geocoder=asked_ahead(*asked),
        by=by,
        confirmed=confirmed,
    )
    return True


def repaired_ahead(employee_id: int) -> Geocoder:
    """The geocoder for writing an address as it was found."""
    home = queries.home_of(employee_id)
    return asked_ahead() if home is None else asked_ahead(service.as_repaired(home))


@bp.post("/<int:employee_id>/adresse/welche")
@open_to(*CHANGES_PEOPLE)
def choose_address(employee_id: int) -> ResponseReturnValue:
    """Say which of several addresses is meant, or that it is none of them."""
    home = queries.home_of(employee_id)
    before = home.line if home is not None else ""
    try:
        was_chosen = answer(employee_id, by=current_actor(), confirmed=False)
    except Refused as refusal:
        db.session.rollback()
        queries.employee(employee_id)  # one that does not exist is not found
        flash(translated(refusal), "problem")
        return redirect(url_for("people.home", employee_id=employee_id), 303)
    if not was_chosen:
        flash(_("The address stays as it is written. Show where it is on the map."))
        return redirect(url_for("people.pin", employee_id=employee_id), 303)
    return _changed(employee_id, before)


@bp.post("/<int:employee_id>/adresse/richtigstellen")
@open_to(*CHANGES_PEOPLE)
def repair_address(employee_id: int) -> ResponseReturnValue:
    """Write the address as it was found: with its postcode, its town, its street's new name."""
    home = queries.home_of(employee_id)
    before = home.line if home is not None else ""
    service.take_repairs(employee_id, geocoder=repaired_ahead(employee_id), by=current_actor())
    return _changed(employee_id, before)


def _changed(employee_id: int, before: str) -> ResponseReturnValue:
    """Say what the address is now and what it was, so that a slip can be written back."""
    home = queries.home_of(employee_id)
    if home is not None:
        flash(_("The address is %(now)s now. It was: %(before)s", now=home.line, before=before))
    return redirect(url_for("people.home", employee_id=employee_id), 303)
