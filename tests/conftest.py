"""A fresh house for every test: on SQLite always, on a real PostgreSQL where it matters."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as drawing
from sqlalchemy import event
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has none
from xdist.workermanage import WorkerController  # type: ignore[import-untyped]  # it has none

from hoffice.accounts.rules import Role
from hoffice.db import db, unit_of_work
from hoffice.factory import create_app
from hoffice.settings import Settings
from tests import bundles, houses, makers, once
from tests.pageclient import PageClient, WholeAnswers
from tests.told import Told

once.install()
houses.stand_in_memory()

for name, is_repeatable in (("house", True), ("explore", False)):
    drawing.register_profile(
        name,
        derandomize=is_repeatable,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
drawing.load_profile("house")
"""Drawn examples are the same in every run, and a busy machine may take its time for them.

``--hypothesis-profile=explore`` looks for others, as ``make soak`` does.
"""

BOTH_DATABASES = ("test_service", "test_queries", "test_worker", "soak_")
"""Test files whose names begin like this run on both databases; so do all stories."""


class Bundles(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Deals the tests out by file, for a file shares its scenes; the longest files come first.

    Those that share the demo in a browser are one bundle. (xdist's own groups need a node id that
    can be changed, which pytest 9.2 no longer has.)
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder, _, name = file.rpartition("/")
        shares_the_demo = folder.endswith("browser") and name not in bundles.HOUSES_OF_THEIR_OWN
        return bundles.DEMO if shares_the_demo else file

    def _assign_work_unit(self, node: WorkerController) -> None:
        longest = min(self.workqueue, key=bundles.rank)  # of equals the one with the most tests
        self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Keep on one worker what would else start the same house twice."""
    return Bundles(config, log)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run on both databases what reads or writes in earnest; pure rules and views run once."""
    if "database" not in metafunc.fixturenames:
        return
    path = metafunc.definition.path
    both = path.name.startswith(BOTH_DATABASES) or path.parent.name in {"stories", "migrations"}
    names = ["sqlite", "postgresql"] if both else ["sqlite"]
    metafunc.parametrize("database", names, indirect=True, scope="function")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty house at the newest migration, copied for every test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    houses.migrate(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[houses.Server]:
    """A real PostgreSQL of our own with an empty house as template database."""
    # not in pytest's own folder: a second run of the tests beside this one tidies up there
    with (
        tempfile.TemporaryDirectory(prefix="hoffice-pg-", ignore_cleanup_errors=True) as folder,
        houses.postgresql(Path(folder)) as server,
    ):
        server.create("template_house")
        houses.migrate(server.url("template_house"), tmp_path_factory.mktemp("pg-instance"))
        yield server


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "house.db")
        yield f"sqlite:///{tmp_path / 'house.db'}"
        return
    server: houses.Server = request.getfixturevalue("postgresql_template")
    name = server.create(f"t{os.getpid()}_{makers.number()}", template="template_house")
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings of a house under test."""
    return houses.settings(database, tmp_path / "instance")


def pytest_collection_finish() -> None:
    """What is loaded now stays, and a test leaves much behind: look for garbage less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@contextmanager
def _without_the_browsers_loop(item: pytest.Item) -> Iterator[None]:
    """Hide the browser's event loop, which waits in this thread, from all tests without a browser.

    Playwright leaves it marked as running until the last test: asyncio would refuse any other.
    """
    if item.path.parent.name == "browser":
        yield
        return
    loop = asyncio._get_running_loop()  # noqa: SLF001  # asyncio has no other door
    asyncio._set_running_loop(None)  # noqa: SLF001
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)  # noqa: SLF001


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Set the scene of a test without the browser's loop."""
    with _without_the_browsers_loop(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Run a test without the browser's loop; what is closed after the last one needs it again."""
    with _without_the_browsers_loop(item):
        yield


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """A fresh application; no context is left open, so a missing commit is seen."""
    made = create_app(settings)
    made.jinja_env.bytecode_cache = once.TEMPLATES
    made.test_client_class = WholeAnswers
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Scenes that many tests share, each told once."""
    return Told(request, tmp_path_factory)


Given = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def given(app: Flask) -> Given:
    """Set the scene in a transaction of its own, stored before the story goes on."""

    @contextmanager
    def scene() -> Iterator[None]:
        with app.app_context(), unit_of_work():
            yield

    return scene


@pytest.fixture
def signed_in(app: Flask, given: Given) -> Callable[..., PageClient]:
    """The browser of somebody on staff with these roles."""

    def browser(*roles: Role) -> PageClient:
        with given():
            account = makers.account(*roles)
            account_id, epoch = account.id, account.session_epoch
        client = PageClient(app)
        client.be_account(account_id, epoch)
        return client

    return browser


@pytest.fixture
def it(signed_in: Callable[..., PageClient]) -> PageClient:
    """The browser of somebody in IT."""
    return signed_in(Role.IT)


@pytest.fixture
def hr(signed_in: Callable[..., PageClient]) -> PageClient:
    """The browser of somebody in HR."""
    return signed_in(Role.HR)


@pytest.fixture
def stranger(app: Flask) -> PageClient:
    """A browser nobody knows."""
    return PageClient(app)


@pytest.fixture
def queries(app: Flask) -> Iterator[list[str]]:
    """Every SQL statement since the test began, so that a list page can prove it is cheap."""
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
