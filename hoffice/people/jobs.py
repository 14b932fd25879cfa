"""Work of this domain that outlives a request."""

from __future__ import annotations

from hoffice.jobs.service import Handler


def handlers() -> dict[str, Handler]:
    """The kinds of work this domain knows."""
    return {}
