"""Vans, shifts, plans and runs in the browser."""

from hoffice.runs.views import (
    arranging,
    fleet,
    labels,
    overview,
    planning,
    plans,
    rest,
    room,
    run,
    windows,
    wishes,
)
from hoffice.runs.views.blueprint import bp

__all__ = [
    "arranging",
    "bp",
    "fleet",
    "labels",
    "overview",
    "planning",
    "plans",
    "rest",
    "room",
    "run",
    "windows",
    "wishes",
]
