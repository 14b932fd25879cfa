"""Kits and boxes at the terminal."""

from __future__ import annotations

from flask.cli import AppGroup

kits = AppGroup("kits", help="Kits and boxes.")
