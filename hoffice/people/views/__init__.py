"""Employees in the browser."""

from hoffice.people.views import answers, imports, listing, person, pin, teams
from hoffice.people.views.blueprint import bp

__all__ = ["answers", "bp", "imports", "listing", "person", "pin", "teams"]
