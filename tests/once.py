"""What a process of tests makes once for all its applications, where a house makes it at its start.

Nothing here remembers data: compiled templates and SQL, the rules of addresses, the German
texts, and what lies in the static folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from gettext import NullTranslations
from typing import Any

from babel import Locale
from babel.support import Translations
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.routing.matcher import State
from whitenoise import WhiteNoise

from hoffice import factory
from hoffice.db import db
from hoffice.wording.isolated import isolated


class Templates(BytecodeCache):
    """Templates are compiled once, not once for each application."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give Jinja what was compiled before."""
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what Jinja has compiled."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = Templates()


def _know_addresses_once() -> None:
    """Let every application have the rules of addresses that the first one has made.

    They are the same in all: what answers behind them belongs to the application.
    """
    register = factory._register_pages  # noqa: SLF001
    first: list[Flask] = []

    def shared(app: Flask) -> None:
        if not first:
            register(app)
            app.url_map.update()
            first.append(app)
            return
        named: list[str] = []

        def name(_rule: str, endpoint: str, view: Callable[..., Any], **_options: Any) -> None:
            named.append(endpoint)
            app.view_functions[endpoint] = view

        app.add_url_rule = name  # type: ignore[method-assign,assignment]
        register(app)
        del app.add_url_rule
        own, known = app.url_map, first[0].url_map
        assert Counter(named) == Counter(
            rule.endpoint for rule in known.iter_rules() if rule.endpoint != "static"
        )
        own._matcher._root = _copied(known._matcher._root)  # noqa: SLF001
        own._rules_by_endpoint = {  # noqa: SLF001
            endpoint: list(rules)
            for endpoint, rules in known._rules_by_endpoint.items()  # noqa: SLF001
        }
        own._remap = False  # noqa: SLF001

    factory._register_pages = shared  # noqa: SLF001


def _copied(state: State) -> State:
    """A tree of its own with the same rules, for an application may add some."""
    return State(
        dynamic=[(part, _copied(then)) for part, then in state.dynamic],
        rules=list(state.rules),
        static={word: _copied(then) for word, then in state.static.items()},
    )


def _look_at_static_files_once() -> None:
    """Let every application know the static files that the first one has found."""
    look = WhiteNoise.update_files_dictionary
    found: dict[tuple[object, ...], dict[str, Any]] = {}

    def shared(served: WhiteNoise, root: str, prefix: str) -> None:
        key = root, prefix, served.max_age
        if key not in found:
            look(served, root, prefix)
            found[key] = dict(served.files)
        served.files.update(found[key])

    WhiteNoise.update_files_dictionary = shared


def _read_texts_once() -> None:
    """Read the file of German texts once, not for each application; nobody writes into it."""
    read = cache(Translations.load)

    def shared(
        folder: str, locales: Iterable[str | Locale], domain: str | None = None
    ) -> NullTranslations:
        return read(folder, tuple(locales), domain)

    Translations.load = shared  # type: ignore[method-assign,assignment]


def _compile_sql_once() -> None:
    """Let all engines of a kind share what SQLAlchemy has compiled.

    It keeps that by dialect. With one for each engine every test would compile all its statements,
    and what was compiled for engines long gone would lie in the mappers' caches.
    """
    make = db._make_engine  # noqa: SLF001  # made to be overridden
    first: dict[str, Engine] = {}

    def shared(bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        engine = make(bind_key, options, app)
        known = first.get(engine.dialect.name)
        if known is not None:
            engine.dialect = known.dialect
            engine._compiled_cache = known._compiled_cache  # noqa: SLF001
            return engine

        def remember(*_: object) -> None:
            first.setdefault(engine.dialect.name, engine)

        # comes after SQLAlchemy's own: by then the dialect knows the database's version
        event.listen(engine, "first_connect", remember)
        return engine

    db._make_engine = shared  # type: ignore[method-assign]  # noqa: SLF001


def _be_patient() -> None:
    """Give the children that read typed texts more time than a person would: tests share a machine.

    A test about their end says itself how long they have.
    """
    assert isolated.__kwdefaults__ is not None
    isolated.__kwdefaults__["seconds"] = 120.0


def install() -> None:
    """Let every application of this process share these."""
    _know_addresses_once()
    _look_at_static_files_once()
    _read_texts_once()
    _compile_sql_once()
    _be_patient()
