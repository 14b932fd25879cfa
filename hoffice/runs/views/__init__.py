"""Vans, shifts, plans and runs in the browser."""

from hoffice.runs.views import fleet, overview, planning, plans, run
from hoffice.runs.views.blueprint import bp

__all__ = ["bp", "fleet", "overview", "planning", "plans", "run"]
