"""The agreements' blueprint, and what all its pages need."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response

from hoffice.accounts.rules import Role

bp = Blueprint("agreements", __name__, url_prefix="/papiere")

READERS = (Role.HR, Role.AUDITOR, Role.DPO)
"""Who may see where the papers stand; only HR sees what is in them."""
TEXT_READERS = (*READERS, Role.WORKS_COUNCIL)
"""Texts name nobody."""


def code(*, has_failed: bool) -> HTTPStatus:
    """A page that shows a form again after it was sent is no success."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if has_failed else HTTPStatus.OK


def pdf_answer(content: bytes, name: str) -> Response:
    """A PDF to be looked at in the browser; never kept on the way."""
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response
