"""The driver's phone."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("doorstep", __name__, url_prefix="/unterwegs")
