"""What is chosen is kept: the cheapest plan with the window, or that there is none."""

from __future__ import annotations

from hoffice.runs.planning.board import Routes
from hoffice.runs.planning.frame import Frame
from hoffice.runs.planning.problem import Window

from .further import Search, searched
from .offers import Offer, prove
from .ways import Ways

TRIES = 3
"""So often an engine is asked for a window that it has found before, from another seed maybe."""


def keep(
    frame: Frame, routes: Routes, node: int, window: Window, *, search: Search | None = None
) -> Offer | None:
    """The cheapest change that serves a node inside the window, everybody else inside theirs.

    Never opens a van-day; None if nothing was found. ``search``, an engine's, takes its time and
    is asked only if there is no other way.
    """
    found = _cheapest(frame, routes, node, window, may_open=False)
    if found is not None or search is None:
        return found
    for _ in range(TRIES):
        way = searched(frame, routes, node, [window], search)
        offer = prove(frame, routes, node, way, window) if way and not way.opens else None
        if offer is not None:
            return offer
    return None


def price(frame: Frame, routes: Routes, node: int, window: Window) -> Offer | None:
    """What the window costs somebody who insists on it; a shift in the yard may be opened.

    ``opens_day`` says if one is; None if not even that would do.
    """
    return keep(frame, routes, node, window) or _cheapest(
        frame, routes, node, window, may_open=True
    )


def _cheapest(
    frame: Frame, routes: Routes, node: int, window: Window, *, may_open: bool
) -> Offer | None:
    promised = frame.with_windows(node, (window,))
    for way in Ways(promised, routes, node).all(may_open=may_open):
        offer = prove(promised, routes, node, way, window)
        if offer:
            return offer
    return None
