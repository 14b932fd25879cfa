"""Addresses at the terminal: one group, its commands by what they are about."""

from hoffice.places.cli import locating, register
from hoffice.places.cli.group import places

__all__ = ["locating", "places", "register"]
