"""Addresses at the terminal: one group, its commands by what they are about."""

from hoffice.places.cli import locating, online, register, travel
from hoffice.places.cli.group import places

__all__ = ["locating", "online", "places", "register", "travel"]
