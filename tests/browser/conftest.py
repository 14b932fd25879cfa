"""Chromium from the system's packages, and houses for it to visit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import live
from tests.browser.window import OPEN

FLAGS = (
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)
"""Software drawing, and no request that nobody asked for."""


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
