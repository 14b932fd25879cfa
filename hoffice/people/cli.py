"""This domain at the terminal."""

from __future__ import annotations

from flask.cli import AppGroup

people = AppGroup("people", help="Employees.")
