"""Chromium from the system's packages, and houses for it to visit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from hoffice.accounts.rules import Role
from tests.browser import live, pages
from tests.browser.pages import STRANGER
from tests.browser.window import DESK, OPEN, Window, opened

WindowOf = Callable[[str], Window]

FLAGS = (
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)
"""Plain drawing without a graphics card's stand-in, and no request that nobody asked for."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say ``pytest tests/browser --screenshots`` to renew the pictures of the documentation."""
    parser.addoption(
        "--screenshots", action="store_true", help="write the screenshots to docs/screenshots"
    )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Take Debian's Chromium; say what to install when it is missing."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        pytest.fail("The browser tests need Chromium: apt-get install chromium", pytrace=False)
    return {**browser_type_launch_args, "executable_path": chromium, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def demo(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[live.House]:
    """The demo as ``make run`` shows it, once its first days have happened."""
    folder = tmp_path_factory.mktemp("demo")
    assert pytestconfig.cache is not None
    live.demo_in(folder, pytestconfig.cache.mkdir("hoffice-demo"))
    with live.served(folder) as house:
        yield house


@pytest.fixture(scope="session")
def things(demo: live.House) -> dict[str, str]:
    """The numbers of the demo's things."""
    return pages.things(demo.folder / live.DATABASE)


@pytest.fixture(scope="session")
def window_of(browser: Browser, demo: live.House, things: dict[str, str]) -> Iterator[WindowOf]:
    """The window of a reader, signed in once; by day, and as wide as a desk."""
    known: dict[str, Window] = {}
    with ExitStack() as windows:

        def window(who: str) -> Window:
            if who not in known:
                known[who] = windows.enter_context(opened(browser, demo.url, viewport=DESK))
                enter(known[who].page, who, demo, things)
            known[who].page.set_viewport_size(DESK)
            known[who].page.emulate_media(color_scheme="light")
            return known[who]

        yield window


def enter(page: Page, who: str, demo: live.House, things: dict[str, str]) -> None:
    """Come in as a role, by one click, or as one of the people, from the demo's page."""
    if who in set(Role):
        page.goto(demo.one_click(Role(who)))
    elif who != STRANGER:
        page.goto("/demo/")
        page.locator(f"form[action='/demo/person/{things[who]}']").get_by_role("button").click()
        page.wait_for_url("**/mein/")


@pytest.fixture(scope="session")
def screenshots(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go: a folder that is thrown away, unless they were asked for."""
    if request.config.getoption("--screenshots", default=False):
        folder = live.ROOT / "docs" / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    return tmp_path_factory.mktemp("screenshots")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a failing test tell what stands in its windows."""
    report = yield
    if report.when == "call" and report.failed and "tests/browser" in item.nodeid:
        report.sections += [(f"window {count}", one.shows()) for count, one in enumerate(OPEN, 1)]
    return report
