"""Saying that a driver gets too little rest; who plans decides, for there are exceptions."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash
from flask_babel import gettext as _

from hoffice.runs.service.rests import ShortRest, short_rests
from hoffice.web import formats


def warn_of_rests(shift_ids: Iterable[int]) -> None:
    """Name every two shifts that are too close for their driver, one of them among these."""
    for one in short_rests(shift_ids):
        flash(_words(one), "problem")


def _words(one: ShortRest) -> str:
    facts = {
        "name": one.driver,
        "van": one.before.van.name,
        "other": one.after.van.name,
        "day": formats.day(one.before.on_date),
        "next": formats.day(one.after.on_date),
    }
    if one.minutes < 0:
        return str(
            _("%(name)s would drive %(van)s and %(other)s on %(day)s at the same time.", **facts)
        )
    return str(
        _(
            "%(name)s rests %(rest)s between %(day)s and %(next)s; the law wants 11 h (§ 5 ArbZG).",
            rest=formats.minutes(one.minutes),
            **facts,
        )
    )
