"""Scans that count once, however often a device sends them, and what a code is.

A device that scans gives every scan a number of its own (a UUID) and sends it until it has an
answer. :func:`once` does the deed the first time and gives the same answer ever after; scan, deed
and answer are one transaction. A scan that is refused is not kept: nothing has happened.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from hoffice import clock
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import rules
from hoffice.kits.models import Scan
from hoffice.kits.queries import teardown as queries
from hoffice.kits.rules import reading
from hoffice.units import Actor

CODE_LENGTH = 200
"""So much of a code is kept."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a scan.

    ``answer`` is what the device is told: a JSON object of plain values. Texts in it are message
    ids with their facts beside them, translated where they are shown.
    """

    answer: dict[str, Any]
    item_id: int | None = None


def once(
    scan_id: str, subject: str, code: str, *, by: Actor, do: Callable[[], Accepted]
) -> dict[str, Any]:
    """Do this scan, unless it was done before; gives the answer of the first time.

    ``subject`` says what it belongs to, such as ``teardown:12`` or ``stock_take:3``. What ``do``
    refuses is not kept, and the number is free for another try. Two transactions that bring the
    same scan at the same time wait for each other: the row is laid before the deed is done.
    """
    number = _number(scan_id)
    code = reading.cleaned(code)[:CODE_LENGTH]
    known = _answered(number, subject, code)
    if known is not None:
        return known
    made = Scan(
        id=number,
        subject=subject,
        code=code,
        answer={},
        at=clock.now(),
        by=str(by),
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:
        known = _answered(number, subject, code)
        if known is None:
            raise
        return known
    accepted = do()
    made.answer, made.item_id = accepted.answer, accepted.item_id
    db.session.flush()
    return accepted.answer


def _number(scan_id: str) -> str:
    try:
        return str(uuid.UUID(scan_id))
    except ValueError:
        raise Refused(N_("This scan has no number of its own. Please reload the page.")) from None


def _answered(number: str, subject: str, code: str) -> dict[str, Any] | None:
    found = queries.scan(number)
    if found is None:
        return None
    if (found.subject, found.code) != (subject, code):
        raise Refused(N_("This scan was already used for something else. Please scan again."))
    return found.answer


def tags_in(text: str) -> list[str]:
    """The tags in what was scanned or typed into one field; a tag may hold blanks and commas."""
    known = queries.known_as(rules.pieces_of(text))
    return rules.tags_in(text, known.tags)


def read(code: str, *, swapped: bool = False) -> reading.Reading:
    """What a scanned code is, by the tables as they are now.

    ``swapped``: this scanner was seen to believe in an American keyboard.
    """
    return reading.read(code, queries.known_as(reading.spellings(code)), swapped=swapped)
