"""What is chosen is kept: the cheapest plan with the window, or that there is none."""

from __future__ import annotations

from hoffice.runs.planning.board import Routes
from hoffice.runs.planning.frame import Frame
from hoffice.runs.planning.problem import Window

from .offers import Offer, prove
from .ways import Ways


def keep(frame: Frame, routes: Routes, node: int, window: Window) -> Offer | None:
    """The cheapest change that serves a node inside the window, everybody else inside theirs.

    Never opens a van-day; None if nothing was found.
    """
    return _cheapest(frame, routes, node, window, may_open=False)


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
