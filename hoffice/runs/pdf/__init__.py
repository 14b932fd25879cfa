"""Runs on paper, so that they also work without any phone: the crew's sheet and the load list."""

from hoffice.runs.pdf.facts import (
    BoxFacts,
    Pause,
    RunFacts,
    StopFacts,
    Trip,
    VanFacts,
    Visit,
)
from hoffice.runs.pdf.loading import load_list
from hoffice.runs.pdf.sheet import run_sheet

__all__ = [
    "BoxFacts",
    "Pause",
    "RunFacts",
    "StopFacts",
    "Trip",
    "VanFacts",
    "Visit",
    "load_list",
    "run_sheet",
]
