"""Items, kits and boxes in the browser."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("kits", __name__, url_prefix="/geraete")
