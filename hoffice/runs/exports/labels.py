"""How files and links that leave the house call a stop."""

from __future__ import annotations

from hoffice.runs.pdf.facts import StopFacts


def stop_label(position: int | None, postcode: str) -> str:
    """`3 · 12045`: enough for the crew, nothing for anybody else."""
    return " · ".join(filter(None, (str(position or ""), postcode)))


def label(stop: StopFacts) -> str:
    """The same for a stop on paper."""
    return stop_label(stop.position, stop.postcode)
