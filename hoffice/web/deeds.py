"""One deed from a form: done, or refused and nothing changed; then on to a page."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.web.pages import translated

T = TypeVar("T")


def after(deed: Callable[[], object], done: str, target: str) -> ResponseReturnValue:
    """Do one deed and go on; a refusal is told there, and nothing is changed.

    A deed that tells by itself what was done leaves ``done`` empty.
    """
    if refusal := why_not(deed):
        flash(refusal, "problem")
    elif done:
        flash(done)
    return redirect(target, HTTPStatus.SEE_OTHER)


def why_not(deed: Callable[[], object]) -> str:
    """Do one deed: empty when it is done, or why it was refused, in the reader's language."""
    told = tried(deed)
    return translated(told) if isinstance(told, Refused) else ""


def tried(deed: Callable[[], T]) -> T | Refused:
    """Do one deed: what it gave, or why it was refused, for a page that shows what was typed.

    Nothing is left of a refused deed. What is not there is no refusal, and goes on to its page.
    """
    try:
        return deed()
    except NotFound:
        raise
    except Refused as refusal:
        db.session.rollback()
        return refusal
