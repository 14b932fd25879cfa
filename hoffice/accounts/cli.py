"""This domain at the terminal."""

from __future__ import annotations

from flask.cli import AppGroup

accounts = AppGroup("accounts", help="Accounts of staff.")
