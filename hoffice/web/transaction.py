"""One request is one transaction: all of it is stored, or none of it."""

from __future__ import annotations

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
