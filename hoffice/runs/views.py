"""Vans, shifts, plans and runs in the browser."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("runs", __name__, url_prefix="/fahrten")
