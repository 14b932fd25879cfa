"""One request is one transaction: all of it is stored, or none of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from flask import Flask, Response, request

from hoffice.db import db, start_writing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Open writing requests as writing transactions; commit after a good answer only.

    The commit comes after the view and before the answer leaves: what people see is stored.
    """

    @app.before_request
    def begin() -> None:
        if request.method not in SAFE_METHODS and request.endpoint:
            start_writing()

    @app.after_request
    def finish(response: Response) -> Response:
        if response.status_code < HTTPStatus.BAD_REQUEST:
            db.session.commit()
        else:
            db.session.rollback()
        return response


def begin_anew() -> None:
    """Drop what the request has read or changed so far and go on in a fresh writing transaction."""
    db.session.rollback()
    start_writing()


@contextmanager
def set_aside() -> Iterator[None]:
    """Let go of the transaction for slow work, such as comparing a password; a new one follows.

    What was not committed before is lost, so this comes first in a view or not at all.
    """
    db.session.rollback()
    try:
        yield
    finally:
        begin_anew()


@contextmanager
def store_and_set_aside() -> Iterator[None]:
    """Store what was done so far, then let go of the transaction for slow work; a new one follows.

    For what is made of the deed and can be made again, such as its record as a PDF: should the
    rest fail, the deed stays done.
    """
    db.session.commit()
    try:
        yield
    finally:
        begin_anew()
