"""Runs at the terminal."""

from __future__ import annotations

from flask.cli import AppGroup

runs = AppGroup("runs", help="Planning.")
