"""What ends by itself: papers that hold for a year, and addenda with an agreed end."""

from __future__ import annotations

from datetime import date

from hoffice.agreements.queries import desk
from hoffice.agreements.rules import PaperState
from hoffice.audit.service import record
from hoffice.units import Actor

AT_ONCE = 200
"""So many papers end in one transaction."""


def expire_due(today: date) -> int:
    """Papers whose last day is over stop counting, and their gates close; how many, at most 200."""
    papers = desk.expired_by(today, limit=AT_ONCE)
    for paper in papers:
        paper.state = PaperState.EXPIRED
        record(
            Actor.system(),
            "agreements.expired",
            paper,
            employee_id=paper.employee_id,
            kind=paper.kind,
        )
    return len(papers)
