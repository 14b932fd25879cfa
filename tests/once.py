"""What a process of tests makes once for all its applications, where a house makes it at its start.

Nothing here remembers data: compiled templates, compiled addresses and compiled SQL only.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event
from sqlalchemy.engine import Engine

from hoffice.db import db
from hoffice.web.routing import LateRule
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


def _compile_addresses_once() -> None:
    """Read each rule of an address once: its parts are the same in every application."""
    read = LateRule.compile
    known: dict[tuple[object, ...], tuple[list[Any], list[Any], dict[str, Any], set[str]]] = {}

    def compile_(rule: LateRule) -> None:
        assert rule.map is not None
        key = (
            rule.rule,
            rule.merge_slashes,
            rule.map.host_matching,
            rule.host,
            rule.subdomain,
            *sorted(rule.map.converters.items()),
        )
        if key not in known:
            read(rule)
            known[key] = rule._parts, rule._trace, rule._converters, set(rule.arguments)  # noqa: SLF001
            return
        rule._parts, rule._trace, rule._converters, arguments = known[key]  # noqa: SLF001
        rule.arguments |= arguments
        rule._build = rule._compile_builder(False).__get__(rule, None)  # noqa: SLF001
        rule._build_unknown = rule._compile_builder(True).__get__(rule, None)  # noqa: SLF001

    LateRule.compile = compile_  # type: ignore[method-assign,assignment]


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
    _compile_addresses_once()
    _compile_sql_once()
    _be_patient()
