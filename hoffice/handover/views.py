"""Handover records for staff."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("handover", __name__, url_prefix="/uebergaben")
