"""Employees in the browser."""

from hoffice.people.views import imports, listing, person, pin, teams
from hoffice.people.views.blueprint import bp

__all__ = ["bp", "imports", "listing", "person", "pin", "teams"]
