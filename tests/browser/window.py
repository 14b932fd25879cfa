"""A window of Chromium that hears every complaint of the page it shows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, ViewportSize, expect

RULES = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice")
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
PATIENCE_MS = 60_000
"""What is there earlier is not waited for; a machine may be busy with others."""
expect.set_options(timeout=PATIENCE_MS)
MOST_BYTES = 150_000
COLOURS = 200
COMPLAINTS = frozenset({"error", "warning"})
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


class Window:
    """One person's browser: a page, and what the browser complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in COMPLAINTS:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def shows(self) -> str:
        """Where this window is and what stands there, for a report."""
        return f"{self.page.url}\n{self.page.locator('body').aria_snapshot()}"

    def heard(self) -> list[str]:
        """The complaints since the last time somebody asked."""
        heard, self.complaints = self.complaints, []
        return heard


OPEN: list[Window] = []
"""The windows that are open now; a failing test tells what they show."""


@contextmanager
def opened(
    browser: Browser, base_url: str, *, friends: tuple[str, ...] = (), **kind: Any
) -> Iterator[Window]:
    """Open a window that speaks German and asks nobody but the house; ends with the block.

    ``friends`` are addresses that the house was told to let browsers ask as well.
    """
    context = browser.new_context(
        **{"base_url": base_url, "locale": "de-DE", "reduced_motion": "reduce", **kind}
    )
    strangers: list[str] = []

    def stop(route: Route, request: Request) -> None:
        strangers.append(request.url)
        route.abort()

    context.route(lambda url: not url.startswith((base_url, "data:", "blob:", *friends)), stop)
    context.set_default_timeout(PATIENCE_MS)
    window = Window(context.new_page())
    OPEN.append(window)
    try:
        yield window
    finally:
        OPEN.remove(window)
        context.close()
    assert strangers == [], "a page asked somebody else"


AT_REST = """() => Promise.all(document.getAnimations()
  .filter(one => one.playState === 'running' && one.effect.getComputedTiming().endTime !== Infinity)
  .map(one => one.finished.catch(() => null)))"""
"""Ends when no colour is on its way to another: half way there, it may lack contrast."""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def barriers(page: Page) -> list[str]:
    """What axe finds on this page, one line per rule; empty when nobody is shut out."""
    arrived(page)
    if not page.evaluate("() => 'axe' in window"):  # it is large; a page is looked at twice
        page.evaluate(_axe())  # the policy allows no script tag of ours
    page.evaluate(AT_REST)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", list(RULES)
    )
    return [
        f"{one['id']} ({one['impact']}): "
        + "; ".join(
            f"{node['target']} {node['html'][:160]} {node.get('failureSummary', '')}"
            for node in one["nodes"][:3]
        )
        for one in found["violations"]
    ]


def arrived(page: Page) -> None:
    """Wait until the page is there as a whole: after a click it may have come half only."""
    page.locator("main").first.wait_for(state="attached")
    page.wait_for_load_state()


def settled(page: Page) -> None:
    """Wait until the maps of this page stand as they will, after it came or changed its size."""
    expect(page.locator("[data-map]:not([data-ready])")).to_have_count(0)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def overflow(page: Page) -> list[str]:
    """What makes the page wider than this window; empty when nobody has to scroll sideways."""
    arrived(page)
    found: list[str] = page.evaluate(
        """() => {
          const wide = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= wide) return [];
          const clipped = one => one && one !== document.body
            && (getComputedStyle(one).overflowX !== "visible" || clipped(one.parentElement));
          const out = [...document.body.querySelectorAll("*")].filter(one =>
            one.getBoundingClientRect().right > wide + 1 && !clipped(one.parentElement));
          return out.length ? out.map(one => one.outerHTML.slice(0, 200)) : ["something"];
        }"""
    )
    return found


def draw(page: Page) -> None:
    """Sign with the mouse, as with a finger."""
    pad = page.locator("[data-sign-canvas]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    left, middle = box["x"] + 30, box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    for step in range(1, 40):
        height = 30 if step % 6 < 3 else -30
        page.mouse.move(left + step * (box["width"] - 60) / 40, middle + height)
    page.mouse.up()
    expect(page.locator("[data-sign-kind]")).to_have_value("drawn")
    expect(page.locator("[data-sign-hint]")).to_be_hidden()


def keep(page: Page, path: Path) -> None:
    """Take a picture of what the window shows, small enough for a page about us."""
    page.evaluate("document.activeElement?.blur()")
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    assert path.stat().st_size < MOST_BYTES
